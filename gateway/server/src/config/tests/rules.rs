//! Rules between settings: each is broken alone in a file that is right otherwise.

use super::*;

/// The only problem of the example after one piece of it was replaced.
fn only_problem(piece: &str, by: &str) -> (String, String) {
    let problems = Folder::new()
        .load(&example_with(piece, by), &[])
        .expect_err(piece);
    match problems.problems.as_slice() {
        [problem] => (problem.key.clone(), problem.message.clone()),
        _ => panic!("{problems}"),
    }
}

fn assert_only(piece: &str, by: &str, key: &str, message: &str) {
    assert_eq!(
        only_problem(piece, by),
        (key.to_owned(), message.to_owned()),
        "{by}"
    );
}

#[test]
fn a_gateway_without_a_door_is_refused() {
    let text = example_with("tls = \"127.0.0.1:50443\"\n", "")
        .replace("plain = \"127.0.0.1:50051\"", "")
        .replace("plain_client = \"shell\"", "");
    let report = Folder::new().report(&text, &[]);
    assert!(
        report.contains("`listen` opens no door to callers"),
        "{report}"
    );
}

#[test]
fn tls_needs_a_certificate() {
    let piece = "[listen.certificate]\nchain_file = \"pki/server.pem\"\n\
                 key_file = \"pki/server.key\"\nclient_ca_file = \"pki/ca.pem\"\n";
    assert_only(piece, "", "listen.tls", "needs a certificate");
}

#[test]
fn listeners_do_not_share_an_address() {
    let piece = "console = \"127.0.0.1:8080\"";
    let message = "is the same address as `listen.plain`";
    assert_only(
        piece,
        "console = \"127.0.0.1:50051\"",
        "listen.console",
        message,
    );
    let free =
        example_with(piece, "console = \"127.0.0.1:0\"").replace("127.0.0.1:50051", "127.0.0.1:0");
    assert!(
        Folder::new().load(&free, &[]).is_ok(),
        "port 0 is any free port"
    );
}

#[test]
fn a_plain_text_client_needs_plain_text() {
    let piece = "plain = \"127.0.0.1:50051\"";
    assert_only(
        piece,
        "",
        "listen.plain_client",
        "is of no use without plain text",
    );
}

#[test]
fn clients_are_known_and_told_apart() {
    let key = "listen.plain_client";
    let report = Folder::new().report(
        &example_with("plain_client = \"shell\"", "plain_client = \"sh\""),
        &[],
    );
    assert!(
        report.contains(&format!("`{key}` is none of the clients")),
        "{report}"
    );
    assert!(
        report.contains("`clients[1]` cannot be recognised"),
        "{report}"
    );

    let twice = "name = \"shell\"\n\n[[clients]]\nname = \"shell\"";
    assert_only(
        "name = \"shell\"",
        twice,
        "clients[2].name",
        "is the name of two clients",
    );
    let same = "name = \"shell\"\ncommon_name = \"igate\"";
    let message = "has the same certificate as the client igate";
    assert_only("name = \"shell\"", same, "clients[1]", message);
    let piece = "client = \"shell\"\nprocedures";
    assert_only(
        piece,
        "client = \"x\"\nprocedures",
        "access.grants[1].client",
        "is none of the clients",
    );
    let both = "common_name = \"igate\"\nfingerprint = \
                \"0000000000000000000000000000000000000000000000000000000000000000\"";
    let message = "is given beside a common name";
    assert_only(
        "common_name = \"igate\"",
        both,
        "clients[0].fingerprint",
        message,
    );
}

#[test]
fn https_needs_an_authority_to_trust() {
    let message = "is https, and no authority is named to trust";
    let piece = "ca_file = \"pki/ca.pem\"\noperations = [\"look-up\", \"confirm\", ";
    let without = "operations = [\"look-up\", \"confirm\", ";
    assert_only(piece, without, "population.base_url", message);
    let plain = example_with(piece, without).replace("https://localhost:9101", "http://[::1]:9101");
    assert!(Folder::new().load(&plain, &[]).is_ok());
}

#[test]
fn plain_text_to_another_host_must_be_allowed() {
    let message = "is http on another host: passwords and citizens' data could be read on the way";
    for section in ["population", "portal"] {
        let port = if section == "portal" { 9102 } else { 9101 };
        let url = format!("\nbase_url = \"https://localhost:{port}\"");
        for host in [
            "lgsp.example.gov.vn",
            "localhost.example",
            "10.0.0.8",
            "[::2]",
        ] {
            let plain = format!("\nbase_url = \"http://{host}:8080\"");
            let key = format!("{section}.base_url");
            assert_only(&url, &plain, &key, message);
            let allowed = format!("{plain}\nallow_plain_text = true");
            let config = Folder::new().load(&example_with(&url, &allowed), &[]);
            assert!(config.is_ok(), "{host}");
        }
        for host in ["localhost", "127.0.0.9", "[::1]"] {
            let plain = format!("\nbase_url = \"http://{host}:8080\"");
            let config = Folder::new().load(&example_with(&url, &plain), &[]);
            assert!(config.is_ok(), "{host}");
        }
    }
}

#[test]
fn the_refusal_of_plain_text_says_what_to_do() {
    let url = "\nbase_url = \"https://localhost:9102\"";
    let far = "\nbase_url = \"http://portal.example\"";
    let report = Folder::new().report(&example_with(url, far), &[]);
    assert!(
        report.contains("use https, or set `portal.allow_plain_text = true`"),
        "{report}"
    );
}

#[test]
fn an_operation_that_is_offered_has_a_path() {
    let piece = "\nconfirm_path = \"/xacthuc\"";
    assert_only(piece, "", "population.confirm_path", "is missing");
    let without = example_with(piece, "").replace("[\"look-up\", \"confirm\", ", "[\"look-up\", ");
    let config = Folder::new().load(&without, &[]).unwrap();
    let offered: Vec<_> = config.population.operations.keys().collect();
    assert_eq!(offered, [&Operation::LookUp, &Operation::Household]);
    let none = "operations = []";
    let message = "must name at least one operation";
    assert_only(
        "operations = [\"look-up\", \"confirm\", \"household\"]",
        none,
        "population.operations",
        message,
    );
}

#[test]
fn look_ups_need_an_officer_and_each_officer_once() {
    let piece = "[population.shared_officer]\nkey_name = \"canbo_demo\"\n\
                 key_pass_file = \"secrets/officer-key-pass\"\n";
    let message = "has no officer's credential, so no look-up is possible";
    assert_only(piece, "", "population", message);
    let officer =
        "[[population.officers]]\nofficer = \"CB01\"\nkey_name = \"a\"\nkey_pass = \"b\"\n";
    let twice = officer.repeat(2);
    assert_only(
        piece,
        &twice,
        "population.officers[1].officer",
        "is given twice",
    );
    assert!(
        Folder::new()
            .load(&example_with(piece, officer), &[])
            .is_ok()
    );
}

#[test]
fn times_do_not_contradict_each_other() {
    let limits = |text: &str| format!("{text}\n[sync]");
    assert_only(
        "[sync]",
        &limits("[portal.limits]\nconnect = \"31s\""),
        "portal.limits.connect",
        "is longer than the total",
    );
    assert_only(
        "[sync]",
        &limits("[population.limits]\ntotal = \"9s\""),
        "population.limits.read",
        "is longer than the total",
    );
    assert_only(
        "[sync]",
        &limits("[listen.limits]\ndefault_deadline = \"6m\""),
        "listen.limits.default_deadline",
        "is longer than the longest deadline",
    );
    let message = "is not at least 1s longer than `portal.limits.total`";
    assert_only(
        "[sync]",
        "[sync]\nlease = \"30900ms\"",
        "sync.lease",
        message,
    );
    let message = "is not shorter than `sync.stalled_after`";
    assert_only(
        "[sync]",
        "[sync]\nlagging_after = \"30m\"",
        "sync.lagging_after",
        message,
    );
    let message = "is longer than half of `portal.limits.total`";
    assert_only(
        "[sync]",
        &limits("[portal.limits]\nconnect = \"1s\"\nread = \"1s\"\ntotal = \"1900ms\""),
        "sync.breaker.patience",
        message,
    );
    let piece = "retry_after = [\"5s\", \"30s\", \"5m\", \"30m\", \"2h\"]";
    assert_only(
        piece,
        "retry_after = []",
        "sync.retry_after",
        "must have at least one delay",
    );
}
