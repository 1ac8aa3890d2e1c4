//! Nothing that must stay hidden is ever printed.

use super::*;

/// Stands in every value that must stay hidden.
const MARK: &str = "S3CRET";

/// The example with every secret, and an officer, written into the file itself.
fn open_example() -> String {
    let officers = "[[population.officers]]\nofficer = \"S3CRET-000180000009\"\n\
                    key_name = \"S3CRET-name\"\nkey_pass = \"S3CRET-pass\" # was S3CRET-old\n\n[portal]";
    example_with("\n[portal]\n", &format!("\n{officers}\n"))
        .replace("\"demoAK\"", "\"S3CRET-access\"")
        .replace(
            "secret_key_file = \"secrets/lgsp-secret-key\"",
            "secret_key = \"S3CRET-key\"",
        )
        .replace(
            "hash_key_file = \"secrets/audit-hash-key\"",
            "hash_key = \"S3CRET-hash-S3CRET-hash-S3CRET-hash\"",
        )
        .replace("\"canbo_demo\"", "\"S3CRET-shared\"")
        .replace(
            "password_file = \"secrets/portal-password\"",
            "password = \"S3CRET-word\"",
        )
}

fn assert_hidden(shown: &str) {
    assert!(!shown.contains(MARK), "{shown}");
}

#[test]
fn a_configuration_prints_no_secret() {
    let variables = [(
        "LIENTHONG__POPULATION__SHARED_OFFICER__KEY_NAME",
        "S3CRET-from-outside",
    )];
    let config = Folder::new().load(&open_example(), &variables).unwrap();
    assert_eq!(
        config.population.officers[0].officer.expose(),
        "S3CRET-000180000009"
    );
    let described = config.describe().to_string();
    assert!(
        described.contains("[[population.officers]]\nofficer = \"***\""),
        "{described}"
    );
    assert_hidden(&described);
    assert_hidden(&format!("{config:?} {config:#?}"));
}

/// Mistakes to make in [`open_example`]: a piece of it, and what replaces it.
const MISTAKES: &[(&str, &str)] = &[
    // The value does not fit.
    ("password = \"S3CRET-word\"", "password = [\"S3CRET-word\"]"),
    (
        "password = \"S3CRET-word\"",
        "password = { value = \"S3CRET-word\" }",
    ),
    (
        "officer = \"S3CRET-000180000009\"",
        "officer = \"S3CRET 000180000009\"",
    ),
    (
        "key_pass = \"S3CRET-pass\"",
        "key_pass = \"S3CRET-pass\"\nkey_pass_file = \"x\"",
    ),
    (
        "password = \"S3CRET-word\"",
        "password_file = \"S3CRET-word\"",
    ),
    (
        "password = \"S3CRET-word\"",
        "password_file = \" S3CRET-word\"",
    ),
    // The name does not.
    ("password = \"S3CRET-word\"", "pasword = \"S3CRET-word\""),
    ("password = \"S3CRET-word\"", "pass.word = \"S3CRET-word\""),
    (
        "password = \"S3CRET-word\"",
        "credential = { word = \"S3CRET-word\" }",
    ),
    (
        "password = \"S3CRET-word\"",
        "extra = { word = [\"S3CRET-word\"], x = 1 } # S3CRET",
    ),
    // It stands in the place of something else.
    (
        "[population.credential]",
        "[population]\ncredential = \"S3CRET-a:S3CRET-b\"\n[other]",
    ),
    (
        "\nbase_url = \"https://localhost:9102\"",
        "\nbase_url = \"https://a:S3CRET-word@localhost\"",
    ),
    (
        "\nbase_url = \"https://localhost:9102\"",
        "\nbase_url = \"a:S3CRET-word@localhost\"",
    ),
    // Another mistake stands beside it.
    (
        "[population.shared_officer]\nkey_name = \"S3CRET-shared\"",
        "[population.shared_officer]\nx = 1\nkey_name = \"S3CRET-shared\"",
    ),
    (
        "\nlookup_path = \"/tracuu\"",
        "\nlookup_path = \"/tra cuu\" # S3CRET-comment",
    ),
    (
        "[population.shared_officer]\nkey_name = \"S3CRET-shared\"",
        "[population.shared_officer]\ncode = \"S3CRET 1\"\nkey_name = \"S3CRET-shared\"",
    ),
    ("hash_key = \"S3CRET-hash", "hash_key = [\"S3CRET-hash"),
    // It is of no use there.
    (
        "[population.credential]",
        "esb = \"S3CRET-word\"\n[population.credential]",
    ),
    (
        "[population.credential]",
        "static_bearer = { token = \"S3CRET-word\" }\n[population.credential]",
    ),
    (
        "[population.credential]",
        "access = \"esb\"\n[population.esb]\napi_key = \"S3CRET-word\"\n[population.credential]",
    ),
    ("[sync]\n", "[sync] # S3CRET-comment\nlease = \"1s\""),
    // The file does not parse.
    ("password = \"S3CRET-word\"", "password = \"S3CRET-word"),
    ("password = \"S3CRET-word\"", "password = S3CRET-word"),
    ("password = \"S3CRET-word\"", "password \"S3CRET-word\""),
    (
        "password = \"S3CRET-word\"",
        "password = \"\"\"\nS3CRET-word=\n",
    ),
    (
        "password = \"S3CRET-word\"",
        "password = '''S3CRET-word''''''\n",
    ),
    (
        "password = \"S3CRET-word\"",
        "x = [\n\"a\" \"S3CRET-word\"\n]",
    ),
    (
        "password = \"S3CRET-word\"",
        "password = \"S3CRET-word\"\npassword = \"S3CRET-two\"",
    ),
];

#[test]
fn no_problem_prints_a_secret() {
    let open = open_example();
    for (piece, by) in MISTAKES {
        assert_eq!(open.matches(piece).count(), 1, "{piece}");
        let problems = Folder::new()
            .load(&open.replace(piece, by), &[])
            .expect_err(by);
        assert!(!problems.problems.is_empty(), "{by}");
        assert_hidden(&problems.to_string());
        assert_hidden(&format!("{problems:?}"));
    }
}

#[test]
fn no_way_in_prints_its_secrets() {
    let esb = profiles::profile("soap-esb").replace("\"demo_secret\"", "\"S3CRET-key\"")
        + "api_key = \"S3CRET-api\"\n[[population.officers]]\nofficer = \"S3CRET-1\"\n\
           code = \"S3CRET-2\"\n";
    let wrap = profiles::profile("json-wrap-xml")
        .replace("lookup_path", "access = \"static-bearer\"\nlookup_path")
        .replace("VPUB_H99", "S3CRET-3")
        + "[population.static_bearer]\ntoken = \"S3CRET-token\"\n";
    let flat = profiles::profile("json-flat").replace("demo-auth", "S3CRET-auth");
    let (own, _) = flat.split_once("[population.auth_header]").unwrap();
    let oauth = own.replace("lookup_path", "access = \"oauth\"\nlookup_path")
        + "[population.oauth]\nclient_id = \"demo\"\nclient_secret = \"S3CRET-client\"\n";
    for population in [&esb, &wrap, &flat, &oauth] {
        let config = Folder::new()
            .load(&profiles::example_by(population), &[])
            .unwrap_or_else(|problems| panic!("{problems}"));
        assert!(population.contains(MARK));
        assert_hidden(&config.describe().to_string());
        assert_hidden(&format!("{config:?}"));
    }
}

#[test]
fn no_variable_prints_its_value() {
    for name in [
        "LIENTHONG__PORTAL__PASSWRD",
        "LIENTHONG__PORTAL",
        "LIENTHONG__PORTAL__USERNAME__X",
        "LIENTHONG__PORTAL__BASE_URL",
        "LIENTHONG__POPULATION__CREDENTIAL",
        "LIENTHONG__SYNC__LEASE",
        "LIENTHONG__LOG__FILTER",
    ] {
        let problems = Folder::new()
            .load(example(), &[(name, "S3CRET=S3CRET=x")])
            .expect_err(name);
        assert_hidden(&problems.to_string());
        assert!(problems.to_string().contains(name), "{problems}");
    }
}

#[test]
fn a_secret_is_given_once_and_a_variable_wins() {
    let folder = Folder::new();
    let both = example_with(
        "password_file =",
        "password = \"S3CRET-word\"\npassword_file =",
    );
    let report = folder.report(&both, &[]);
    assert!(
        report.contains("is given twice, here and by `portal.password_file`"),
        "{report}"
    );

    let outside = [("LIENTHONG__PORTAL__PASSWORD", "from outside")];
    let config = folder.load(example(), &outside).unwrap();
    assert_eq!(
        session_of(&config.portal).password.expose_secret(),
        "from outside"
    );

    folder.write("secrets/other", "from another file\n");
    let outside = [("LIENTHONG__PORTAL__PASSWORD_FILE", "secrets/other")];
    let written = open_example();
    let config = folder.load(&written, &outside).unwrap();
    assert_eq!(
        session_of(&config.portal).password.expose_secret(),
        "from another file"
    );
}

#[test]
fn a_file_that_holds_no_secret_is_refused() {
    let folder = Folder::new();
    let check = |message: &str| {
        let report = folder.report(example(), &[]);
        assert!(
            report.contains(&format!("`portal.password_file` {message}")),
            "{report}"
        );
    };
    folder.write("secrets/portal-password", "\n");
    check("names an empty file");
    folder.write("secrets/portal-password", &"x".repeat(70_000));
    check("names a file that is too large for a secret");
    fs::write(folder.path("secrets/portal-password"), b"\xFF").unwrap();
    check("names a file that is not UTF-8 text");
    fs::remove_file(folder.path("secrets/portal-password")).unwrap();
    check("names a file that does not exist");
    fs::create_dir(folder.path("secrets/portal-password")).unwrap();
    check("names a file that cannot be read: is a directory");
}
