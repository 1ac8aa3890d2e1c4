//! What is printed when a configuration is wrong.

use super::*;

/// One of every kind of mistake that is found while the file is read.
const MISTAKES: &str = r#"
listne = 1

[listen]
tls = "localhost:50443"
plain = "192.168.1.2:50051"
plane_client = "shell"
console = 8080

[listen.certificate]
chain_file = "pki/server.pem"
key_file = "pki/sever.key"
client_ca_file = "pki"

[listen.limits]
connections = 0
streams_per_connection = "many"
handshake = "10 s"
request_size = "1MB"
drain = 1.5

[[clients]]
name = "iGate"
common_name = "igate"

[[clients]]
name = "shell"
common_name = ""
fingerprint = "00:11"

[[access.grants]]
client = "igate"
procedures = ["*", "TTHC-7"]
purposes = ["DOSSIER_INTAKE", "CURIOSITY"]
fields = "full_name"

[[access.grants]]
client = "shell"
procedures = ["*"]
purposes = []
fields = ["fullname", "salary"]

[catalogue]
test_place = "yes"

[population]
profile = "soap-lgps"
base_url = "lgsp.example.gov.vn"
token_path = "token"
lookup_path = "/dan cu"
operations = ["lookup", "confirm"]
ca_file = "pki/missing.pem"
date_format = "dd/MM/yyyy"
lookup_code = "API 037"

[population.esb]
secret_key = ""
timestamp_unit = "hours"
x_road_client = "VN/GOV/Đơn vị"

[population.protection]
parallel = 0
daily_quota = "many"
retry = 101

[[population.maintenance]]
weekday = "chủ nhật"

[[population.officers]]
officer = "cán bộ 1"
key_name = 1
key_pass = "a"
key_pass_file = "b"

[portal]
profile = "p22"
base_url = "ftp://portal.example.gov.vn"
login_path = "/mapi/login"
integration_path = "/mapi/g?x"
username = " h99"
agency_code = "H22-12"
dstcode = ["x"]
password_file = "secrets/none"
limits = "10s"

[cache]
scope = "country"

[cache.person]
cached = "no"
keep = "forever"
size = "1MB"

[cache.photograph]
keep = "1s"

[audit]
database = "nowhere/audit.sqlite"
hash_key = "short"
hash_key_id = "K 1"
readers = "igate"

[sync]
database = "nowhere/outbox.sqlite"
retry_after = ["5s", 30, "soon"]
parallel = 0

[log]
format = "xml"
filter = "lienthong=loud"
"#;

#[test]
fn every_problem_is_reported_at_once_with_its_line() {
    let variables = [
        ("LIENTHONG__PORTAL__PASSWRD", "x"),
        ("LIENTHONG__PORTEL__PASSWORD", "x"),
        ("LIENTHONG__PORTEL__USERNAME", "x"),
        ("LIENTHONG__SYNC__LEASE", "forever"),
        ("LIENTHONG__LOG__FORMAT__X", "x"),
        ("LIENTHONG__CLIENTS__9__NAME", "x"),
        ("LIENTHONG__", "x"),
    ];
    insta::assert_snapshot!(Folder::new().report(MISTAKES, &variables));
}

#[test]
fn an_empty_file_lacks_its_sections() {
    insta::assert_snapshot!(Folder::new().report("", &[]));
}

#[test]
fn sections_without_settings_lack_what_has_no_default() {
    let text = "[listen]\n[[clients]]\n[access]\ngrants = [{}]\n\n[population]\n\
                [population.credential]\n[population.shared_officer]\n\n[portal]\n";
    insta::assert_snapshot!(Folder::new().report(text, &[]));
}

#[test]
fn an_error_in_the_syntax_is_the_only_one_reported() {
    let text = example_with(
        "\nagency_code = \"000.00.00.H99\"",
        "\nagency_code = \"000.00.00.H99",
    );
    insta::assert_snapshot!(Folder::new().report(&text, &[]), @r#"
    error: the file is not TOML: invalid basic string, expected `"`
       --> lienthong.toml:133:19
        |
    133 | agency_code = "***"
        |                   ^

    1 problem in the configuration lienthong.toml
    "#);
}

#[test]
fn a_key_that_is_there_twice_is_an_error_in_the_syntax() {
    let text = example_with("profile = \"p2\"", "profile = \"p2\"\nprofile = \"p1\"");
    let report = Folder::new().report(&text, &[]);
    assert!(
        report.contains("the file is not TOML: duplicate key"),
        "{report}"
    );
}

#[test]
fn a_file_that_is_no_text_is_refused_as_a_whole() {
    let folder = Folder::new();
    fs::write(folder.path("lienthong.toml"), b"a = \"\xFF\"").unwrap();
    let problems = load(&folder.path("lienthong.toml"), []).unwrap_err();
    assert_eq!(problems.problems[0].origin, Origin::File);
    assert_eq!(problems.problems[0].message, "the file is not UTF-8 text");
}

#[test]
fn a_bad_variable_is_named_and_its_value_is_not_shown() {
    let folder = Folder::new();
    let problems = folder
        .load(example(), &[("LIENTHONG__LISTEN__PLAIN", "0.0.0.0:50051")])
        .unwrap_err();
    let [problem] = problems.problems.as_slice() else {
        panic!("{problems}")
    };
    assert_eq!(
        problem.origin,
        Origin::Variable("LIENTHONG__LISTEN__PLAIN".to_owned())
    );
    assert_eq!(problem.key, "listen.plain");
    assert!(!problems.to_string().contains("0.0.0.0"), "{problems}");
}

#[test]
fn two_variables_that_differ_in_case_only_are_refused() {
    let folder = Folder::new();
    let variables = [
        ("LIENTHONG__LOG__FILTER", "info"),
        ("LIENTHONG__log__filter", "debug"),
    ];
    let report = folder.report(example(), &variables);
    assert!(
        report.contains("is set by two variables that differ in case only"),
        "{report}"
    );
}
