//! The binary as an operator meets it: exit codes, and what is said about a wrong
//! configuration.

mod backups;
mod caller;
mod catalogue;
mod citizens;
mod copies;
mod dossiers;
mod operators;
mod services;
mod targets;

use std::path::Path;

use lienthong_tests::process::{Processes, Said, run};
use lienthong_tests::settings::{FILE, Settings};

fn nothing() -> Settings {
    Settings::default().without("listen.plain_client")
}

async fn said(dir: &Path, arguments: &[&str]) -> Said {
    run(dir, arguments, &nothing()).await.unwrap()
}

const MANY_MISTAKES: &str = r#"[listen]
tls = "127.0.0.1:not-a-port"
plain = "0.0.0.0:50051"
colour = "green"

[[clients]]
name = "igate"

[population]
profile = "telepathy"
base_url = "ftp://example"
token_path = "/token"
operations = ["look-up"]

[portal]
password = "demo-only"

[sync]
lease = "ten minutes"
parallel = 0
"#;

#[tokio::test]
async fn a_wrong_configuration_is_refused_with_64_and_every_mistake_with_its_line() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("wrong.toml"), MANY_MISTAKES).unwrap();
    for command in ["serve", "check"] {
        let said = said(dir.path(), &[command, "--config", "wrong.toml"]).await;
        assert_eq!(said.code, Some(64), "{command}: {}", said.err);
        assert_eq!(said.out, "", "{command}");
        let mistakes = [
            ("tls", 2),
            ("plain", 3),
            ("colour", 4),
            ("telepathy", 10),
            ("ftp", 11),
            ("ten minutes", 19),
            ("parallel", 20),
        ];
        for (mistake, line) in mistakes {
            assert!(
                said.err.contains(mistake),
                "{command}: {mistake} is missing:\n{}",
                said.err
            );
            let place = format!("wrong.toml:{line}");
            assert!(
                said.err.contains(&place),
                "{command}: no {place}:\n{}",
                said.err
            );
        }
        assert!(
            !said.err.contains("demo-only"),
            "{command}: a secret is shown"
        );
    }
}

#[tokio::test]
async fn what_cannot_be_read_as_a_configuration_is_refused_with_64() {
    let dir = tempfile::tempdir().unwrap();
    let rows: [(&str, &[u8]); 4] = [
        ("not-toml", b"[listen\ntls = \n"),
        ("empty", b""),
        ("not-utf8", &[0xff, 0xfe, 0]),
        ("a-list", b"listen = []\n"),
    ];
    for (name, content) in rows {
        std::fs::write(dir.path().join(name), content).unwrap();
        let said = said(dir.path(), &["serve", "--config", name]).await;
        assert_eq!(said.code, Some(64), "{name}: {}", said.err);
        assert!(said.err.contains(name), "{name}: {}", said.err);
    }
    let said = said(dir.path(), &["serve", "--config", "missing.toml"]).await;
    assert_eq!(said.code, Some(64));
    assert!(said.err.contains("missing.toml"), "{}", said.err);
}

#[tokio::test]
async fn a_variable_wins_over_the_file_and_is_named_when_it_is_wrong() {
    let processes = Processes::start(nothing()).await.unwrap();
    let settings = Settings::default().with("sync.lease", "soon");
    let arguments = ["check", "--offline", "--config", FILE];
    let said = run(processes.dir(), &arguments, &settings).await.unwrap();
    assert_eq!(said.code, Some(64));
    assert!(said.err.contains("LIENTHONG__SYNC__LEASE"), "{}", said.err);
}

#[tokio::test]
async fn check_shows_the_configuration_without_its_secrets_and_tries_the_connections() {
    let processes = Processes::start(Settings::default()).await.unwrap();
    let arguments = ["--lang", "en", "check", "--config", FILE];
    let good = run(processes.dir(), &arguments, processes.settings())
        .await
        .unwrap();
    assert_eq!(good.code, Some(0), "{}{}", good.out, good.err);
    let dead = Settings::default()
        .with("population.base_url", "https://127.0.0.1:1")
        .with("portal.base_url", "https://127.0.0.1:1");
    let said = run(processes.dir(), &arguments, &dead).await.unwrap();
    assert_eq!(said.code, Some(69), "{}{}", said.out, said.err);
    let offline = ["--lang", "en", "check", "--offline", "--config", FILE];
    let offline = run(processes.dir(), &offline, &dead).await.unwrap();
    assert_eq!(offline.code, Some(0), "{}{}", offline.out, offline.err);
    for said in [good, said, offline] {
        let all = format!("{}{}", said.out, said.err);
        assert!(all.contains("H99") && all.contains("h99_motcua"), "{all}");
        for secret in ["demo-only", "demoSK", "demoAK"] {
            assert!(!all.contains(secret), "{secret} is shown:\n{all}");
        }
    }
}

#[tokio::test]
async fn a_port_that_is_taken_ends_the_gateway_with_1_and_names_it() {
    let processes = Processes::start(Settings::default()).await.unwrap();
    let gateway = processes.serve().await.unwrap();
    let taken = gateway.address("grpc_plain").unwrap().to_string();
    let settings = Settings::default()
        .with("population.base_url", "https://127.0.0.1:1")
        .with("portal.base_url", "https://127.0.0.1:1")
        .with("sync.database", "other.sqlite")
        .with("listen.plain", taken.clone());
    let said = run(processes.dir(), &["serve", "--config", FILE], &settings)
        .await
        .unwrap();
    assert_eq!(said.code, Some(1), "{}", said.err);
    assert!(said.err.contains(&taken), "{}", said.err);
}

#[tokio::test]
async fn usage_and_version_end_as_documented() {
    let dir = tempfile::tempdir().unwrap();
    for arguments in [
        &["serve"][..],
        &["serve", "--no-such-option"],
        &["no-such-command"],
        &["demo", "--ports", "7"],
        &["--lang", "tlh", "check"],
        &[],
    ] {
        assert_eq!(
            said(dir.path(), arguments).await.code,
            Some(2),
            "{arguments:?}"
        );
    }
    let version = said(dir.path(), &["--version"]).await;
    assert_eq!(version.code, Some(0));
    assert!(version.out.starts_with("lienthong 0."), "{}", version.out);
    assert_eq!(said(dir.path(), &["--help"]).await.code, Some(0));
}

#[tokio::test]
async fn development_keys_are_made_once_and_kept() {
    let dir = tempfile::tempdir().unwrap();
    let made = said(dir.path(), &["pki", "dev", "keys"]).await;
    assert_eq!(made.code, Some(0), "{}", made.err);
    let key = dir.path().join("keys/client.key");
    let first = std::fs::read(&key).unwrap();
    let again = said(dir.path(), &["pki", "dev", "keys"]).await;
    assert_eq!(again.code, Some(0), "{}", again.err);
    assert!(
        first == std::fs::read(&key).unwrap(),
        "the keys were made anew"
    );
    std::fs::remove_file(&key).unwrap();
    let broken = said(dir.path(), &["pki", "dev", "keys"]).await;
    assert_eq!(
        broken.code,
        Some(1),
        "half a set is not made whole by force"
    );
}
