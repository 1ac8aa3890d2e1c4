use lienthong_core::birth::BirthDate;
use lienthong_core::citizen::CitizenQuery;
use lienthong_core::identity::OldIdCardNumber;
use serde_json::{Value, json};

use super::*;
use crate::population::samples::{self, call, query, question, route};
use crate::population::{AccessRecipe, OfferedOperation};

fn written(query: &CitizenQuery) -> Value {
    let dialect = JsonFlat {
        user_name_service: "STTTT_MAU".to_owned(),
        date_format: WireDateFormat::Hyphens,
        name_key_rule: KeyRule::LettersAndDigits,
        general_procedure: None,
    };
    let call = call();
    let Ok(body) = dialect.write(&question(Operation::LookUp, query, &call)) else {
        panic!("not written")
    };
    serde_json::from_slice(&body).unwrap()
}

#[test]
fn the_request_is_the_one_that_dong_thap_takes() {
    let expected = json!({
        "maYeuCau": samples::REQUEST_NUMBER, "maDVC": "1.001193", "maCanBo": samples::OFFICER,
        "soDinhDanh": "000185000001", "soCMND": "", "hoVaTen": "TRANTHIMAUTHU",
        "ngayThangNam": "1985-02-13", "userNameService": "STTTT_MAU",
    });
    assert_eq!(written(&query()), expected);
}

/// Part D 4 and 5.
#[test]
fn a_year_is_sent_alone_and_an_old_number_under_its_own_key() {
    let request = written(&CitizenQuery {
        identity: OldIdCardNumber::parse("000185001").unwrap().into(),
        birth: BirthDate::Year(1950),
        ..query()
    });
    assert_eq!(request["soDinhDanh"], "");
    assert_eq!(request["soCMND"], "000185001");
    assert_eq!(request["ngayThangNam"], "1950");
}

#[test]
fn an_operation_that_the_profile_does_not_know_is_refused_at_set_up() {
    let mut route = route("http://127.0.0.1:1", AccessRecipe::None);
    let household = OfferedOperation {
        path: "/hogiadinh".to_owned(),
        service_code: "000".to_owned(),
    };
    route.operations.insert(Operation::Household, household);
    let error = JsonFlatSettings::new(route, "STTTT_MAU")
        .registry(samples::port(&samples::clock()))
        .map(drop)
        .unwrap_err();
    assert!(matches!(error, SetupError::Operation { name: "household" }));
}
