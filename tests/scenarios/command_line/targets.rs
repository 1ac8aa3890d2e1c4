//! Which gateway a command calls, and how it ends when that cannot be.

use std::ffi::OsStr;
use std::path::Path;

use lienthong_tests::process::{Said, binary};
use lienthong_tests::stage::Stage;
use tokio::process::Command;

/// Runs the binary with only these variables of ours.
async fn said(dir: &Path, arguments: &[&str], variables: &[(&str, &OsStr)]) -> Said {
    let output = Command::new(binary().unwrap())
        .args(arguments)
        .env_remove("LANG")
        .envs(variables.iter().copied())
        .current_dir(dir)
        .output()
        .await
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Said {
        code: output.status.code(),
        out: text(&output.stdout),
        err: text(&output.stderr),
    }
}

#[tokio::test]
async fn a_gateway_that_is_not_there_ends_every_command_with_69_and_what_to_check() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("events.json"), "{}").unwrap();
    for command in [
        &["dossier", "show", "H99.12-260701-0001"][..],
        &["dossier", "watch", "H99.12-260701-0001"],
        &["dossier", "record", "events.json"],
        &["sync", "status"],
        &["sync", "watch"],
        &["sync", "failures"],
        &["sync", "dossiers", "--output", "json"],
        &["sync", "retry", "--preview", "--state", "dead"],
        &["sync", "reconcile", "--operator", "000180000009"],
        &["sync", "follow", "r-1"],
        &["sync", "cancel", "r-1", "--operator", "000180000009"],
    ] {
        let all = [command, &["--server", "127.0.0.1:1"]].concat();
        let said = said(dir.path(), &all, &[]).await;
        assert_eq!(said.code, Some(69), "{command:?}: {}{}", said.out, said.err);
        assert_eq!(said.out, "", "{command:?}");
        for word in ["127.0.0.1:1", "--server"] {
            assert!(said.err.contains(word), "{command:?}: {}", said.err);
        }
    }
}

#[tokio::test]
async fn an_address_or_keys_that_do_not_do_are_refused_before_anything_is_sent() {
    let dir = tempfile::tempdir().unwrap();
    let status = ["--lang", "en", "sync", "status"];
    for (options, code, word) in [
        (&["--server", "10.0.0.1:50051"][..], 2, "--tls"),
        (&["--server", "gateway.example:50051"], 2, "--tls"),
        (&["--server", "localhost"], 2, "host:port"),
        (&["--server", "http://localhost:1"], 2, "host:port"),
        (&["--tls"], 2, "--ca"),
        (&["--ca", "ca.pem"], 2, "--cert"),
        (
            &["--ca", "none.pem", "--cert", "c.pem", "--key", "k.pem"],
            64,
            "none.pem",
        ),
        (&["--output", "yaml"], 2, "yaml"),
    ] {
        let said = said(dir.path(), &[&status[..], options].concat(), &[]).await;
        // clap's own words are told by the parser that they stand for.
        assert_eq!(said.code, Some(code), "{options:?}: {}", said.err);
        assert!(said.err.contains(word), "{options:?}: {}", said.err);
    }
}

#[tokio::test]
async fn a_gateway_is_called_over_mutual_tls_with_what_the_environment_names() {
    let stage = Stage::start().await.unwrap();
    let pki = stage.pki();
    let tls = stage.addresses().unwrap().tls.unwrap().to_string();
    let whole = [
        ("LIENTHONG_SERVER", OsStr::new(&tls)),
        ("LIENTHONG_TLS", OsStr::new("true")),
        ("LIENTHONG_CA", pki.ca.as_os_str()),
        ("LIENTHONG_CERT", pki.client_chain.as_os_str()),
        ("LIENTHONG_KEY", pki.client_key.as_os_str()),
    ];
    let good = said(stage.dir(), &["sync", "status"], &whole).await;
    assert_eq!(good.code, Some(0), "{}{}", good.out, good.err);
    assert!(good.out.contains("portal"), "{}", good.out);

    let (wrong_ca, rest) = (
        pki.client_chain.as_os_str(),
        [whole[0], whole[1], whole[3], whole[4]],
    );
    let distrusted = [&rest[..], &[("LIENTHONG_CA", wrong_ca)]].concat();
    let refused = said(stage.dir(), &["sync", "status"], &distrusted).await;
    assert_eq!(refused.code, Some(69), "{}{}", refused.out, refused.err);

    let unreadable = [&rest[..], &[("LIENTHONG_CA", pki.client_key.as_os_str())]].concat();
    let unusable = said(stage.dir(), &["sync", "status"], &unreadable).await;
    assert!(
        matches!(unusable.code, Some(64 | 69)),
        "{}{}",
        unusable.out,
        unusable.err
    );
}

#[tokio::test]
async fn the_language_is_that_of_the_locale_unless_one_is_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let unreachable = ["sync", "status", "--server", "127.0.0.1:1"];
    let vietnamese = said(dir.path(), &unreachable, &[]).await;
    assert!(vietnamese.err.contains("Kiểm tra"), "{}", vietnamese.err);
    let english = [("LANG", OsStr::new("en_GB.UTF-8"))];
    let of_locale = said(dir.path(), &unreachable, &english).await;
    assert!(of_locale.err.contains("Check"), "{}", of_locale.err);
    let asked = [&["--lang", "vi"], &unreachable[..]].concat();
    let asked = said(dir.path(), &asked, &english).await;
    assert!(asked.err.contains("Kiểm tra"), "{}", asked.err);
}
