//! The profiles of the population database and their settings.

use lienthong_adapters::population::{
    ClientSecretPlace, FieldOrder, RequestField, TimestampUnit, UnitElement, WireDateFormat,
};

use super::*;

/// The settings that the example only mentions, by blocks: lines that begin with `#` and
/// no space.
fn mentioned() -> Vec<String> {
    let mut blocks = Vec::new();
    let mut block = String::new();
    for line in example().lines().chain([""]) {
        match line.strip_prefix('#') {
            Some(setting) if !setting.starts_with(' ') => {
                block.push_str(setting);
                block.push('\n');
            }
            Some(_) | None if block.is_empty() => {}
            Some(_) | None => blocks.push(std::mem::take(&mut block)),
        }
    }
    blocks
}

/// The example with another `[population]`, up to what every profile has.
pub(super) fn example_by(population: &str) -> String {
    let begin = example().find("[population]\n").unwrap();
    let end = example().find("[population.protection]").unwrap();
    format!("{}{population}\n{}", &example()[..begin], &example()[end..])
}

/// The `[population]` with this profile that the example mentions.
pub(super) fn profile(name: &str) -> String {
    let named = format!("profile = \"{name}\"");
    let block = mentioned().into_iter().find(|block| block.contains(&named));
    block.unwrap_or_else(|| panic!("the example does not mention {name}"))
}

fn load_by(population: &str) -> Population {
    let config = Folder::new().load(&example_by(population), &[]);
    config
        .unwrap_or_else(|problems| panic!("{problems}"))
        .population
}

/// The only problem of the example with this `[population]`.
fn only_problem(population: &str) -> String {
    let problems = Folder::new()
        .load(&example_by(population), &[])
        .expect_err(population);
    match problems.problems.as_slice() {
        [problem] => format!("{} {}", problem.key, problem.message),
        _ => panic!("{problems}"),
    }
}

#[test]
fn what_the_example_mentions_loads_as_well() {
    let blocks = mentioned();
    assert_eq!(blocks.len(), 9);
    for block in &blocks {
        let text = if block.contains("[population]") {
            example_by(block)
        } else if let Some(portal) = block.strip_prefix("[portal]\n") {
            super::portal::example_by(portal)
        } else if block.starts_with('[') {
            format!("{}\n{block}", example())
        } else {
            example_with("\n[portal]\n", &format!("\n[portal]\n{block}"))
        };
        let folder = Folder::new();
        folder.write("mapping.toml", "catalogue = \"2026-07-01\"\n");
        let config = folder
            .load(&text, &[])
            .unwrap_or_else(|problems| panic!("{problems}"));
        let described = config.describe().to_string();
        let again = folder.load_again(&described);
        assert_eq!(again.describe().to_string(), described);
    }
}

#[test]
fn a_profile_brings_its_own_dates_access_and_procedure() {
    let esb = load_by(&profile("soap-esb"));
    assert_eq!(esb.form.date_format, WireDateFormat::Compact);
    let soap = esb.form.soap.unwrap();
    let (after, before) = (UnitElement::AfterOfficer, UnitElement::BeforeOfficer);
    assert_eq!(soap.fields, FieldOrder::of_look_up(after));
    assert_eq!(soap.household_fields, FieldOrder::of_look_up(before));
    let AccessRecipe::Esb(access) = &esb.access else {
        panic!("{:?}", esb.access);
    };
    assert_eq!(access.timestamp_unit, TimestampUnit::Milliseconds);
    assert!(access.soap_action);
    assert_eq!(access.service_urls[&Operation::Confirm], "/dancu/xacthuc");

    let wrap = load_by(&profile("json-wrap-xml"));
    assert_eq!(wrap.form.date_format, WireDateFormat::Compact);
    assert_eq!(wrap.form.general_procedure.as_deref(), Some("VPCP"));
    assert!(matches!(wrap.access, AccessRecipe::None));
    assert!(wrap.form.soap.is_none());
    assert_eq!(
        wrap.shared_officer.unwrap().code.unwrap().expose(),
        "VPUB_H99"
    );

    let flat = load_by(&profile("json-flat"));
    assert_eq!(flat.form.date_format, WireDateFormat::Hyphens);
    assert_eq!(flat.form.general_procedure, None);
    assert_eq!(flat.form.service_user.as_deref(), Some("STTTT_H99"));
    assert!(matches!(flat.access, AccessRecipe::AuthHeader(_)));
}

#[test]
fn a_general_procedure_can_be_switched_off() {
    let wrap = profile("json-wrap-xml");
    let own = wrap.replace("lookup_path", "general_procedure = false\nlookup_path");
    assert_eq!(load_by(&own).form.general_procedure, None);
    let wrong = wrap.replace("lookup_path", "general_procedure = true\nlookup_path");
    assert_eq!(
        only_problem(&wrong),
        "population.general_procedure must be a text"
    );
}

#[test]
fn a_profile_can_have_another_way_in() {
    let wrap = profile("json-wrap-xml");
    let bearer = wrap.replace("lookup_path", "access = \"static-bearer\"\nlookup_path")
        + "[population.static_bearer]\ntoken = \"t\"\n";
    assert!(matches!(
        load_by(&bearer).access,
        AccessRecipe::StaticBearer(_)
    ));

    let esb = profile("soap-esb");
    let (own, _) = esb.split_once("[population.esb]").unwrap();
    let oauth = own.replace(
        "lookup_path",
        "access = \"oauth\"\ntoken_path = \"/ngsp/token\"\nlookup_path",
    ) + "[population.oauth]\nclient_id = \"demo\"\nclient_secret = \"s\"\n";
    let AccessRecipe::OAuth(access) = load_by(&oauth).access else {
        panic!("the access that is named");
    };
    assert_eq!(access.token_path, "/ngsp/token");
    assert_eq!(access.secret_place, ClientSecretPlace::BasicHeader);

    let lonely = own.replace("lookup_path", "access = \"oauth\"\nlookup_path");
    let report = Folder::new().report(&example_by(&lonely), &[]);
    assert!(report.contains("`population.oauth` is missing"), "{report}");
    assert!(
        report.contains("`population.token_path` is missing"),
        "{report}"
    );
}

#[test]
fn a_section_of_another_way_in_is_refused() {
    let two = profile("soap-esb") + "[population.auth_header]\nauth = \"a\"\n";
    assert_eq!(
        only_problem(&two),
        "population.auth_header is of no use with the access \"esb\""
    );
    let report = Folder::new().report(&example_by(&two), &[]);
    let help = "set `population.access = \"auth-header\"` or take this section out";
    assert!(report.contains(help), "{report}");

    let token = profile("soap-esb").replace("lookup_path", "token_path = \"/t\"\nlookup_path");
    assert_eq!(
        only_problem(&token),
        "population.token_path is of no use with the access \"esb\""
    );
}

#[test]
fn what_a_profile_does_not_send_is_refused() {
    let flat = profile("json-flat");
    for (setting, key) in [
        ("unit_element = \"absent\"", "unit_element"),
        (
            "household_unit_element = \"absent\"",
            "household_unit_element",
        ),
        ("send_account = false", "send_account"),
    ] {
        let wrong = flat.replace("lookup_path", &format!("{setting}\nlookup_path"));
        let expected = format!("population.{key} is of no use with the profile json-flat");
        assert_eq!(only_problem(&wrong), expected);
    }
    let esb = profile("soap-esb").replace("lookup_path", "service_user = \"a\"\nlookup_path");
    assert_eq!(
        only_problem(&esb),
        "population.service_user is of no use with the profile soap-esb"
    );
    let lonely = flat.replace("service_user = \"STTTT_H99\"\n", "");
    assert_eq!(only_problem(&lonely), "population.service_user is missing");
}

#[test]
fn a_profile_offers_only_what_it_knows() {
    let flat = profile("json-flat").replace("[\"look-up\"]", "[\"look-up\", \"household\"]");
    let problems = Folder::new().report(&example_by(&flat), &[]);
    let message = "names \"household\", which the profile json-flat does not have";
    assert!(problems.contains(message), "{problems}");
}

#[test]
fn a_service_code_that_is_not_public_must_be_given() {
    let lgsp = example_with("household_code = \"999\" ", "");
    let report = Folder::new().report(&lgsp, &[]);
    assert!(
        report.contains("`population.household_code` is missing"),
        "{report}"
    );
    let esb = profile("soap-esb").replace("\"confirm\"]", "\"confirm\", \"relatives\"]");
    let report = Folder::new().report(&example_by(&esb), &[]);
    for key in ["relatives_path", "relatives_code"] {
        assert!(
            report.contains(&format!("`population.{key}` is missing")),
            "{report}"
        );
    }
}

#[test]
fn an_officer_has_a_key_only_where_one_is_used() {
    let esb = profile("soap-esb");
    let officer = "[[population.officers]]\nofficer = \"CB01\"\n";
    let mapped = load_by(&format!("{esb}{officer}code = \"VPUB_01\"\n"));
    assert_eq!(
        mapped.officers[0].code.as_ref().unwrap().expose(),
        "VPUB_01"
    );
    assert!(
        load_by(&format!("{esb}{officer}")).officers[0]
            .code
            .is_none()
    );
    assert_eq!(
        only_problem(&format!("{esb}{officer}key_name = \"a\"\n")),
        "population.officers[0].key_name is of no use with the access \"esb\""
    );
    assert_eq!(
        only_problem(&format!("{esb}[population.shared_officer]\n")),
        "population.shared_officer.code is missing"
    );
    let keyless = "[population.shared_officer]\ncode = \"VPUB_01\"\n[population.protection]";
    let shared = example_with("[population.protection]", "").replace(
        "[population.shared_officer]\nkey_name = \"canbo_demo\"\n\
         key_pass_file = \"secrets/officer-key-pass\"\n",
        keyless,
    );
    let report = Folder::new().report(&shared, &[]);
    for key in ["key_name", "key_pass"] {
        let missing = format!("`population.shared_officer.{key}` is missing");
        assert!(report.contains(&missing), "{report}");
    }
}

#[test]
fn an_unknown_profile_is_not_judged_by_another() {
    let typo = profile("soap-esb").replace("soap-esb", "soap-esp");
    assert_eq!(
        only_problem(&typo),
        "population.profile is not one of the known values"
    );
    let inner = typo.replace("user_name = \"demo_user\"\n", "");
    let report = Folder::new().report(&example_by(&inner), &[]);
    assert!(
        report.contains("`population.esb.user_name` is missing"),
        "{report}"
    );
}

#[test]
fn the_elements_of_a_request_can_stand_in_any_order() {
    let esb = profile("soap-esb").replace("unit_element = \"after-officer\"\n", "");
    let with = |setting: &str| esb.replace("lookup_path", &format!("{setting}\nlookup_path"));
    let elements =
        "\"MaCanBo\", \"MaYeuCau\", \"MaDVC\", \"MaTichHop\", \"SoDinhDanh\", \"HoVaTen\"";
    let given = load_by(&with(&format!(
        "fields = [{elements}, \"NgayThangNamSinh\"]"
    )));
    let fields = given.form.soap.unwrap().fields;
    assert_eq!(fields.fields().first(), Some(&RequestField::Officer));
    assert_eq!(
        only_problem(&with(&format!("fields = [{elements}]"))),
        "population.fields does not make a request: NgayThangNamSinh is missing"
    );
    assert_eq!(
        only_problem(&with("fields = [\"Ma\"]")),
        "population.fields[0] is not an element of a request"
    );
    let both = with(&format!(
        "unit_element = \"absent\"\nfields = [{elements}, \"NgayThangNamSinh\"]"
    ));
    assert_eq!(
        only_problem(&both),
        "population.unit_element is of no use beside `population.fields`"
    );
    let account = load_by(&with("send_account = true")).form.soap.unwrap();
    for order in [account.fields, account.household_fields] {
        assert!(order.fields().contains(&RequestField::Account));
    }
}
