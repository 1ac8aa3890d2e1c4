use lienthong_core::birth::BirthDate;
use lienthong_core::identity::OldIdCardNumber;
use serde_json::{Value, json};

use super::*;
use crate::population::samples::{self, call, query, query_named, question, route};
use crate::population::{AccessRecipe, OfferedOperation};

fn written(dialect: &JsonWrapXml, query: &lienthong_core::citizen::CitizenQuery) -> Value {
    let call = call();
    let Ok(body) = dialect.write(&question(Operation::LookUp, query, &call)) else {
        panic!("not written")
    };
    serde_json::from_slice(&body).unwrap()
}

fn dialect() -> JsonWrapXml {
    JsonWrapXml {
        date_format: WireDateFormat::Compact,
        name_key_rule: KeyRule::LettersAndDigits,
        general_procedure: Some("VPCP".to_owned()),
    }
}

#[test]
fn the_request_is_the_one_that_thanh_hoa_takes() {
    let expected = json!({
        "HoVaTen": "TRANTHIMAUTHU", "SoDinhDanh": "000185000001", "SoCMND": "",
        "NgayThangNam": "19850213", "Nam": "", "MaTichHop": "037", "MaDVC": "VPCP",
        "MaCanBo": samples::OFFICER, "MaYeuCau": samples::REQUEST_NUMBER,
    });
    assert_eq!(written(&dialect(), &query()), expected);
}

/// Part D 4 and 5.
#[test]
fn a_year_and_an_old_number_have_their_own_keys() {
    let mut query = query();
    query.identity = OldIdCardNumber::parse("000185001").unwrap().into();
    query.birth = BirthDate::Year(1950);
    let request = written(&dialect(), &query);
    for (key, value) in [
        ("SoDinhDanh", ""),
        ("SoCMND", "000185001"),
        ("NgayThangNam", ""),
        ("Nam", "1950"),
    ] {
        assert_eq!(request[key], value, "{key}");
    }
}

#[test]
fn date_format_name_key_and_procedure_are_the_provinces() {
    let other = JsonWrapXml {
        date_format: WireDateFormat::Hyphens,
        name_key_rule: KeyRule::KeepApostrophe,
        general_procedure: None,
    };
    let request = written(&other, &query_named("H'Hen \"Niê\""));
    assert_eq!(request["NgayThangNam"], "1985-02-13");
    assert_eq!(request["HoVaTen"], "H'HENNIE");
    assert_eq!(request["MaDVC"], "1.001193");
}

#[test]
fn an_operation_that_the_wrapper_does_not_know_is_refused_at_set_up() {
    let mut route = route("http://127.0.0.1:1", AccessRecipe::None);
    let confirm = OfferedOperation::confirm("/xacthuc");
    route.operations.insert(Operation::Confirm, confirm);
    let error = JsonWrapXmlSettings::new(route)
        .registry(samples::port(&samples::clock()))
        .map(drop)
        .unwrap_err();
    assert!(matches!(error, SetupError::Operation { name: "confirm" }));
}

#[test]
fn a_general_procedure_that_no_server_takes_is_refused_at_set_up() {
    for code in ["", "VP CP", "123456789012345678901"] {
        let route = route("http://127.0.0.1:1", AccessRecipe::None);
        let settings = JsonWrapXmlSettings {
            general_procedure: Some(code.to_owned()),
            ..JsonWrapXmlSettings::new(route)
        };
        let set_up = settings
            .registry(samples::port(&samples::clock()))
            .map(drop);
        assert!(matches!(set_up, Err(SetupError::Procedure)), "{code}");
    }
}
