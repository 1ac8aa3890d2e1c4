//! Profile json-wrap-xml: SOAP text inside JSON.

use lienthong_mocks::{Fault, FaultEffect, Mocks, MocksConfig, Outcome, WrapAccess};
use reqwest::Response;
use serde_json::{Value, json};

use crate::caller::{client, mocks};

const LOOKUP: &str = "/apiCSDLDanCu/ChiaSeThongTinCongDan";

fn plain() -> Value {
    json!({
        "HoVaTen": "TRANTHIMAUTHU", "SoDinhDanh": "000185000001", "SoCMND": "",
        "NgayThangNam": "19850213", "Nam": "", "MaTichHop": "037", "MaDVC": "VPCP",
        "MaCanBo": "VPUB_DEMO", "MaYeuCau": "H99-W1",
    })
}

fn plain_with(changes: &[(&str, &str)]) -> Value {
    let mut body = plain();
    for (key, value) in changes {
        body[*key] = json!(value);
    }
    body
}

async fn send(mocks: &Mocks, bearer: Option<&str>, body: &Value) -> Response {
    let mut request = client()
        .post(format!("{}{LOOKUP}", mocks.population_url()))
        .json(body);
    if let Some(bearer) = bearer {
        request = request.bearer_auth(bearer);
    }
    request.send().await.unwrap()
}

/// `error_code` and `message` of an answer that is HTTP 200, as all of them are.
async fn asked(mocks: &Mocks, body: &Value) -> (Value, String) {
    let answer = send(mocks, None, body).await;
    assert_eq!(answer.status(), 200);
    let answer: Value = answer.json().await.unwrap();
    let message = answer["message"].as_str().unwrap().to_owned();
    (answer["error_code"].clone(), message)
}

#[tokio::test]
async fn a_look_up_is_answered_with_the_whole_soap_document_as_a_text() {
    let mocks = mocks().await;
    let (code, message) = asked(&mocks, &plain()).await;
    assert_eq!(code, json!("0"));
    assert!(message.starts_with("<soapenv:Envelope"), "{message}");
    assert!(message.contains("<ns1:Ten>TRẦN THỊ MẪU THỬ</ns1:Ten>"));
    let entry = mocks.population().journal().pop().unwrap();
    assert_eq!(
        (entry.profile, entry.key(), &entry.outcome),
        (Some("json-wrap-xml"), Some("H99-W1"), &Outcome::Matched)
    );
}

#[tokio::test]
async fn nobody_is_an_empty_collection_and_an_accented_name_is_nobody() {
    let mocks = mocks().await;
    for name in ["TRANTHIMAU", "TRẦN THỊ MẪU THỬ"] {
        let (code, message) = asked(&mocks, &plain_with(&[("HoVaTen", name)])).await;
        assert_eq!(code, json!("0"));
        assert!(
            message.contains("CongdanCollection") && !message.contains("CongDan>"),
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_lone_year_and_an_old_card_go_into_their_own_keys() {
    let mocks = mocks().await;
    let year = [
        ("HoVaTen", "PHAMTHINAM"),
        ("SoDinhDanh", "000145000004"),
        ("NgayThangNam", ""),
        ("Nam", "1945"),
    ];
    let card = [
        ("HoVaTen", "HOANGVANCU"),
        ("SoDinhDanh", ""),
        ("SoCMND", "000100013"),
        ("NgayThangNam", "19581224"),
    ];
    for changes in [year, card] {
        let (_, message) = asked(&mocks, &plain_with(&changes)).await;
        assert!(message.contains("<ns1:CongDan>"), "{message}");
    }
}

#[tokio::test]
async fn a_wrong_request_is_told_in_plain_text_and_is_still_http_200() {
    let mocks = mocks().await;
    let mut missing = plain();
    missing.as_object_mut().unwrap().remove("SoCMND");
    let mut number = plain();
    number["Nam"] = json!(1985);
    let mut beyond = plain();
    beyond["MaDonVi"] = json!("H99.1");
    let wrong = [
        (missing, "SoCMND"),
        (number, "Nam"),
        (beyond, "key"),
        (
            plain_with(&[("NgayThangNam", "1985-02-13")]),
            "NgayThangNam",
        ),
        (plain_with(&[("Nam", "1985")]), "NgayThangNam"),
        (plain_with(&[("SoCMND", "000100002")]), "SoCMND"),
        (plain_with(&[("SoDinhDanh", "000100002")]), "SoDinhDanh"),
        (plain_with(&[("MaTichHop", "033")]), "MaTichHop"),
        (plain_with(&[("MaYeuCau", "")]), "MaYeuCau"),
        (plain_with(&[("HoVaTen", "")]), "HoVaTen"),
        (json!([]), "JSON"),
    ];
    for (body, field) in wrong {
        let (code, message) = asked(&mocks, &body).await;
        assert_eq!(code, json!("-1"), "{field}");
        assert!(
            message.contains(field) && !message.contains('<'),
            "{message}"
        );
        assert!(!message.contains("TRANTHI") && !message.contains("000185"));
    }
}

#[tokio::test]
async fn the_error_code_is_a_number_where_the_province_writes_it_so() {
    let mut config = MocksConfig::on_free_ports();
    config.population_settings.json_wrap.integer_error_code = true;
    let mocks = Mocks::start(config).await.unwrap();
    assert_eq!(asked(&mocks, &plain()).await.0, json!(0));
    assert_eq!(
        asked(&mocks, &plain_with(&[("HoVaTen", "")])).await.0,
        json!(-1)
    );
}

#[tokio::test]
async fn a_bearer_is_asked_for_when_it_is_agreed() {
    let mut config = MocksConfig::on_free_ports();
    config.population_settings.json_wrap.access = WrapAccess::Bearer("demo-static".to_owned());
    let mocks = Mocks::start(config).await.unwrap();
    for (bearer, status) in [
        (None, 401),
        (Some("other"), 401),
        (Some("demo-static"), 200),
    ] {
        assert_eq!(send(&mocks, bearer, &plain()).await.status(), status);
    }
}

#[tokio::test]
async fn document_faults_strike_the_xml_and_leave_the_json_whole() {
    let mocks = mocks().await;
    let script = |effect| {
        let fault = Fault::new(effect).through("json-wrap-xml").on("037");
        mocks.population().script(fault).unwrap();
    };
    script(FaultEffect::TruncatedDocument { bytes: 200 });
    let (code, message) = asked(&mocks, &plain()).await;
    assert_eq!((code, message.len()), (json!("0"), 200));
    script(FaultEffect::EntityBomb);
    assert!(asked(&mocks, &plain()).await.1.contains("<!ENTITY e9"));
    script(FaultEffect::WrongNamespace);
    assert!(!asked(&mocks, &plain()).await.1.contains("mic.gov.vn"));
    script(FaultEffect::IntegerErrorCode);
    assert_eq!(asked(&mocks, &plain()).await.0, json!(0));
    script(FaultEffect::error_text("-1", "Hệ thống bận"));
    let busy = (json!("-1"), "Hệ thống bận".to_owned());
    assert_eq!(asked(&mocks, &plain()).await, busy);
}
