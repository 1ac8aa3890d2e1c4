//! The profiles of the portal, their keys, and the mapping table.

use lienthong_adapters::portal::{FieldSet, NumberBy};
use lienthong_core::mapping::{CodeKind, Translation};

use super::*;

const IS_UPDATING: &str = r#"
profile = "p3_is_updating"
base_url = "http://127.0.0.1:9102"
agency_code = "000.00.00.H99"
dossier_path = "/api/SynsTTHCC/DongBoHoSoMC"
steps_path = "/api/SynsTTHCC/CapNhatTienDoHoSoMC"
find_path = "/api/SynsTTHCC/TraCuuHoSo"
[[portal.headers]]
name = "AppName"
value = "S3CRET-app"
[[portal.headers]]
name = "SecretKey"
value_file = "secrets/portal-password"
"#;

const THREE_URLS: &str = r#"
profile = "p3_three_urls"
base_url = "http://127.0.0.1:9102"
create_path = "/motcua/themmoi"
update_path = "/motcua/capnhat"
steps_path = "/motcua/tientrinh"
fields = "p1"
"#;

const P4: &str = r#"
profile = "p4"
base_url = "http://127.0.0.1:9102"
token_path = "/dvcsync/token"
number_path = "/dvcsync/number"
upload_path = "/dvcsync/upload"
dossier_path = "/dvcsync/noihoso"
steps_path = "/dvcsync/tientrinh"
status_path = "/dvcsync/trangthai"
find_path = "/dvcsync/tracuu"
client_id = "demo-client"
client_secret = "S3CRET-client"
[portal.files]
sources = ["http://127.0.0.1:9200/files"]
"#;

/// The example with another `[portal]`.
pub(super) fn example_by(portal: &str) -> String {
    let begin = example().find("\n[portal]\n").unwrap() + 1;
    let end = example().find("\n[sync]").unwrap() + 1;
    let (before, after) = (&example()[..begin], &example()[end..]);
    format!("{before}[portal]\n{portal}\n{after}")
}

fn load_by(portal: &str) -> Config {
    Folder::new()
        .load(&example_by(portal), &[])
        .unwrap_or_else(|problems| panic!("{problems}"))
}

/// Every problem of the example with this `[portal]`.
fn problems(portal: &str) -> Vec<String> {
    let problems = Folder::new()
        .load(&example_by(portal), &[])
        .expect_err(portal);
    let mut found: Vec<String> = problems
        .problems
        .iter()
        .map(|problem| format!("{} {}", problem.key, problem.message))
        .collect();
    found.sort_unstable();
    found
}

#[test]
fn each_wrapper_has_its_own_paths() {
    let config = load_by(IS_UPDATING);
    assert_eq!(config.portal.profile(), PortalProfile::P3IsUpdating);
    let PortalRoute::Wrapper(wrapper) = &config.portal.route else {
        panic!("{:?}", config.portal.route);
    };
    let form = WrapperForm::IsUpdating {
        dossier_path: "/api/SynsTTHCC/DongBoHoSoMC".to_owned(),
        agency_code: "000.00.00.H99".parse().unwrap(),
    };
    assert_eq!((&wrapper.form, wrapper.fields), (&form, FieldSet::P2));
    let values: Vec<_> = wrapper
        .headers
        .iter()
        .map(|header| (header.name.as_str(), header.value.expose_secret()))
        .collect();
    assert_eq!(
        values,
        [("AppName", "S3CRET-app"), ("SecretKey", "S3CRET-portal")]
    );

    let config = load_by(THREE_URLS);
    assert_eq!(config.portal.profile(), PortalProfile::P3ThreeUrls);
    let PortalRoute::Wrapper(wrapper) = &config.portal.route else {
        panic!("{:?}", config.portal.route);
    };
    assert_eq!(wrapper.fields, FieldSet::P1);
    assert_eq!(wrapper.find_path, None);
}

#[test]
fn noi_ho_so_has_a_path_for_each_step_and_a_place_for_files() {
    let config = load_by(P4);
    assert_eq!(config.portal.profile(), PortalProfile::P4);
    let PortalRoute::NoiHoSo(route) = &config.portal.route else {
        panic!("{:?}", config.portal.route);
    };
    assert_eq!(route.paths.dossier, "/dvcsync/noihoso");
    assert_eq!(route.number_by, NumberBy::Unit);
    assert_eq!(route.client_secret.expose_secret(), "S3CRET-client");
    let files = &route.files;
    assert_eq!(files.sources[0].as_str(), "http://127.0.0.1:9200/files");
    assert_eq!(
        (files.size, files.time),
        (20 << 20, Duration::from_secs(20))
    );
}

#[test]
fn every_profile_is_described_without_its_secrets() {
    for portal in [IS_UPDATING, THREE_URLS, P4] {
        let folder = Folder::new();
        let config = folder.load(&example_by(portal), &[]).unwrap();
        let described = config.describe().to_string();
        assert!(!described.contains("S3CRET"), "{described}");
        let again = folder.load_again(&described);
        assert_eq!(again.describe().to_string(), described);
    }
}

#[test]
fn a_key_of_another_profile_is_refused() {
    assert_eq!(
        problems(&format!(
            "login_path = \"/mapi/login\"\npassword = \"x\"\n{THREE_URLS}"
        )),
        [
            "portal.login_path is of no use with the profile p3_three_urls",
            "portal.password is of no use with the profile p3_three_urls",
        ]
    );
    let found = problems(&IS_UPDATING.replace("dossier_path", "create_path"));
    assert_eq!(
        found,
        [
            "portal.create_path is of no use with the profile p3_is_updating",
            "portal.dossier_path is missing",
        ]
    );
    let found = problems(&P4.replace("client_id", "username"));
    assert_eq!(
        found,
        [
            "portal.client_id is missing",
            "portal.username is of no use with the profile p4",
        ]
    );
}

#[test]
fn without_a_profile_no_key_is_called_unknown() {
    let found = problems(&P4.replace("\"p4\"", "\"p5\""));
    assert_eq!(found, ["portal.profile is not one of the known values"]);
    // What is wrong by itself is still said.
    let wrong = P4
        .replace("\"p4\"", "\"p5\"")
        .replace("/dvcsync/token", "token");
    assert_eq!(problems(&wrong).len(), 2);
}

#[test]
fn a_header_that_cannot_be_sent_is_refused() {
    for (name, message) in [
        ("App Name", "is not the name of a header"),
        ("Content-Type", "is a header that the gateway sets itself"),
    ] {
        let found = problems(&IS_UPDATING.replace("AppName", name));
        assert_eq!(found, [format!("portal.headers[0].name {message}")]);
    }
    let text = IS_UPDATING.replace("value = \"S3CRET-app\"", "value = 5");
    let report = Folder::new().report(&example_by(&text), &[]);
    assert!(report.contains("portal.headers[0].value"), "{report}");
}

#[test]
fn files_are_fetched_from_named_and_trusted_places_only() {
    let found = problems(&P4.replace("[\"http://127.0.0.1:9200/files\"]", "[]"));
    assert_eq!(found, ["portal.files.sources names no address"]);
    let found = problems(&P4.replace("http://127.0.0.1:9200", "https://files.example"));
    assert_eq!(
        found,
        ["portal.files.sources[0] is https, and no authority is named to trust"]
    );
    let far = P4.replace("http://127.0.0.1:9200", "http://files.example");
    assert_eq!(
        problems(&far),
        [
            "portal.files.sources[0] is http on another host: citizens' papers could be read on the way"
        ]
    );
    load_by(&format!("allow_plain_text = true\n{far}"));
    let end = P4.find("[portal.files]").unwrap();
    assert_eq!(problems(&P4[..end]), ["portal.files is missing"]);
}

#[test]
fn a_mapping_table_is_read_at_the_start() {
    let folder = Folder::new();
    folder.write(
        "mapping.toml",
        "catalogue = \"2026-07-01\"\n[[entries]]\nkind = \"procedure\"\nlocal = \"1.004222.H22\"\n\
         national = \"1.004222\"\nvalid_from = \"2025-07-01\"\n",
    );
    let text = example_by(&format!("mapping_file = \"mapping.toml\"\n{THREE_URLS}"));
    let config = folder
        .load(&text, &[])
        .unwrap_or_else(|problems| panic!("{problems}"));
    let day = jiff::civil::date(2026, 7, 2);
    let mapping = &config.portal.mapping;
    assert_eq!(
        mapping.translate(CodeKind::Procedure, "1.004222.H22", day),
        Translation::To("1.004222")
    );
    let described = config.describe().to_string();
    assert!(described.contains("mapping.toml"), "{described}");
}

#[test]
fn every_mistake_in_a_mapping_table_is_reported_with_the_others() {
    let folder = Folder::new();
    folder.write(
        "mapping.toml",
        "catalogue = \"July\"\n[[entries]]\nkind = \"procedure\"\nlocal = \"1.004222\"\n\
         national = \"x\"\nvalid_from = \"2025-07-01\"\n",
    );
    let text = format!("mapping_file = \"mapping.toml\"\n{THREE_URLS}");
    let text = text.replace("create_path", "creat_path");
    let report = folder.report(&example_by(&text), &[]);
    for part in [
        "names a table with a mistake: `catalogue` is not a day",
        "names a table with a mistake: entry 1: `national` is not a procedure code",
        "`portal.creat_path` is not a setting of the gateway",
        "`portal.create_path` is missing",
    ] {
        assert!(report.contains(part), "{part} not in {report}");
    }
    let missing = folder.report(
        &example_by(&format!("mapping_file = \"none.toml\"\n{THREE_URLS}")),
        &[],
    );
    assert!(missing.contains("`portal.mapping_file`"), "{missing}");
}
