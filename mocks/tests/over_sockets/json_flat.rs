//! Profile json-flat: camel-case JSON behind a token with an expiry date.

use std::time::Duration;

use jiff::Timestamp;
use lienthong_mocks::{AnswerShape, Fault, FaultEffect, Mocks, MocksConfig, NotFoundForm, Outcome};
use reqwest::Response;
use serde_json::{Value, json};

use crate::caller::{client, mocks};

async fn token_with(mocks: &Mocks, auth: &str, form: &[(&str, &str)]) -> Response {
    let url = format!("{}/api/v1/Authentication/Token", mocks.population_url());
    let request = client().post(url).header("Auth", auth).form(form);
    request.send().await.unwrap()
}

async fn token(mocks: &Mocks) -> Value {
    let answer = token_with(mocks, "demo-auth", &[]).await;
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

fn plain() -> Value {
    json!({
        "maYeuCau": "H99-F1", "maDVC": "1.001193", "maCanBo": "000180000009",
        "soDinhDanh": "000185000001", "hoVaTen": "TRANTHIMAUTHU",
        "ngayThangNam": "1985-02-13", "userNameService": "STTTT_DEMO",
    })
}

fn plain_with(changes: &[(&str, &str)]) -> Value {
    let mut body = plain();
    for (key, value) in changes {
        body[*key] = json!(value);
    }
    body
}

async fn send(mocks: &Mocks, bearer: &str, body: &Value) -> Response {
    client()
        .post(format!("{}/api/v1/dancu/tracuu", mocks.population_url()))
        .bearer_auth(bearer)
        .json(body)
        .send()
        .await
        .unwrap()
}

async fn asked(mocks: &Mocks, body: &Value) -> (u16, Value) {
    let token = token(mocks).await;
    let answer = send(mocks, token["token"].as_str().unwrap(), body).await;
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn a_token_tells_when_it_ends_and_ends_then() {
    let mocks = mocks().await;
    let answer = token(&mocks).await;
    assert!(answer["refreshToken"].as_str().is_some());
    let ends: Timestamp = answer["expiryDate"].as_str().unwrap().parse().unwrap();
    let issued = mocks.population().journal().pop().unwrap();
    assert_eq!(
        (issued.profile, issued.operation.as_str()),
        (Some("json-flat"), "token")
    );
    let life = ends.duration_since(issued.at).as_secs();
    assert!((3590..=3600).contains(&life), "{life}");
    let bearer = answer["token"].as_str().unwrap();
    assert_eq!(send(&mocks, bearer, &plain()).await.status(), 200);
    mocks.advance(Duration::from_hours(1));
    assert_eq!(send(&mocks, bearer, &plain()).await.status(), 401);
}

#[tokio::test]
async fn a_token_needs_the_static_header_and_an_empty_form() {
    let mocks = mocks().await;
    assert_eq!(token_with(&mocks, "other", &[]).await.status(), 401);
    let grant = [("grant_type", "client_credentials")];
    assert_eq!(token_with(&mocks, "demo-auth", &grant).await.status(), 400);
    assert_eq!(mocks.population().tokens_issued(), 0);
}

#[tokio::test]
async fn the_record_has_the_element_names_as_keys() {
    let mocks = mocks().await;
    let (status, body) = asked(&mocks, &plain()).await;
    assert_eq!(status, 200);
    let citizen = &body["CongdanCollection"]["CongDan"];
    assert_eq!(citizen["SoDinhDanh"], json!("000185000001"));
    assert_eq!(
        citizen["HoVaTen"],
        json!({"Ho": "", "ChuDem": "", "Ten": "TRẦN THỊ MẪU THỬ"})
    );
    assert_eq!(
        citizen["NgayThangNamSinh"],
        json!({"Nam": "1985", "NgayThangNam": "19850213"})
    );
    assert_eq!(citizen["SoCMND"], json!(""));
}

#[tokio::test]
async fn nobody_one_and_several_are_told_apart_by_the_collection() {
    let mocks = mocks().await;
    let nobody = asked(&mocks, &plain_with(&[("hoVaTen", "AIDO")])).await;
    assert_eq!(nobody, (200, json!({"CongdanCollection": {}})));
    let several = [
        ("soDinhDanh", "000082000027"),
        ("hoVaTen", "MACVANDOI"),
        ("ngayThangNam", "1982"),
    ];
    let (_, body) = asked(&mocks, &plain_with(&several)).await;
    let citizens = body["CongdanCollection"]["CongDan"].as_array().unwrap();
    assert_eq!(citizens.len(), 2);
    let shape = AnswerShape {
        not_found: NotFoundForm::ZeroCount,
        ..AnswerShape::default()
    };
    mocks.population().shape_answers(shape).unwrap();
    let (_, body) = asked(&mocks, &plain_with(&[("hoVaTen", "AIDO")])).await;
    assert_eq!(
        body,
        json!({"CongdanCollection": {"CongDan": {"SoLuongCongDan": "0"}}})
    );
}

#[tokio::test]
async fn the_answer_may_stand_one_level_deeper() {
    let mut config = MocksConfig::on_free_ports();
    config.population_settings.json_flat.under_body = true;
    let mocks = Mocks::start(config).await.unwrap();
    let (_, body) = asked(&mocks, &plain()).await;
    let citizen = &body["Body"]["CongdanCollection"]["CongDan"];
    assert_eq!(citizen["SoDinhDanh"], json!("000185000001"));
}

#[tokio::test]
async fn an_old_card_a_lone_year_and_empty_unused_numbers_are_taken() {
    let mocks = mocks().await;
    let card = [
        ("soDinhDanh", ""),
        ("soCMND", "000100013"),
        ("hoVaTen", "HOANGVANCU"),
        ("ngayThangNam", "1958"),
    ];
    let (_, body) = asked(&mocks, &plain_with(&card)).await;
    let citizen = &body["CongdanCollection"]["CongDan"];
    assert_eq!(citizen["SoCMND"], json!("000100013"));
}

#[tokio::test]
async fn a_wrong_request_gets_free_text_where_a_code_should_stand() {
    let mut config = MocksConfig::on_free_ports();
    config.population_settings.json_flat.user_name_service = Some("STTTT_DEMO".to_owned());
    let mocks = Mocks::start(config).await.unwrap();
    let wrong = [
        (plain_with(&[("ngayThangNam", "19850213")]), "NgayThangNam"),
        (
            plain_with(&[("userNameService", "KHAC")]),
            "userNameService",
        ),
        (plain_with(&[("soCMND", "000100002")]), "SoCMND"),
        (plain_with(&[("maDVC", "")]), "maDVC"),
        (plain_with(&[("MaDVC", "1.001193")]), "key"),
    ];
    for (body, field) in wrong {
        let (status, answer) = asked(&mocks, &body).await;
        assert_eq!(status, 400);
        let code = answer["errorCode"].as_str().unwrap();
        assert!(code.contains(field), "{code}");
    }
    let refused = mocks.population().journal();
    let refused = refused
        .iter()
        .filter(|entry| matches!(entry.outcome, Outcome::Refused(_)));
    assert_eq!(refused.count(), 5);
}

#[tokio::test]
async fn licences_that_are_missing_come_as_codes() {
    let mocks = mocks().await;
    for (effect, code) in [
        (FaultEffect::procedure_not_licensed(), "004"),
        (FaultEffect::officer_not_licensed(), "005"),
    ] {
        let fault = Fault::new(effect).through("json-flat").on("037");
        mocks.population().script(fault).unwrap();
        let (status, answer) = asked(&mocks, &plain()).await;
        assert_eq!((status, &answer["errorCode"]), (400, &json!(code)));
    }
    let bomb = Fault::new(FaultEffect::EntityBomb).on("037");
    mocks.population().script(bomb).unwrap();
    let token = token(&mocks).await;
    let answer = send(&mocks, token["token"].as_str().unwrap(), &plain()).await;
    assert!(answer.text().await.unwrap().starts_with("[[[[[["));
}
