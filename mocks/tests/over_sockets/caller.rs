//! A plain HTTP client that speaks both upstreams' languages by hand.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lienthong_mocks::{Mocks, MocksConfig};
use reqwest::{Client, Response};
use serde_json::{Value, json};

/// Test vector of population.md 9.3.
pub(crate) const APPLICATION: &str = "eyJBY2Nlc3NLZXkiOiJkZW1vQUsiLCJTZWNyZXRLZXkiOiJkZW1vU0siLCJBcHBOYW1lIjoiZGVtb0FwcCIsIlBhcnRuZXJDb2RlIjoiMDAwLjAwLjAwLkg5OSIsIlBhcnRuZXJDb2RlQ3VzIjoiMDAwLjAwLjAwLkg5OSJ9";
pub(crate) const DOSSIER: &str = "H22.12-250714-0007";

pub(crate) fn client() -> Client {
    let _already = rustls::crypto::aws_lc_rs::default_provider().install_default();
    Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(20))
        .build()
        .unwrap()
}

pub(crate) async fn mocks() -> Mocks {
    Mocks::start(MocksConfig::on_free_ports()).await.unwrap()
}

pub(crate) fn officer() -> String {
    STANDARD.encode("canbo_demo:demo-only")
}

pub(crate) async fn token(client: &Client, mocks: &Mocks) -> String {
    let answer = client
        .post(format!("{}/token", mocks.population_url()))
        .header("lgspaccesstoken", APPLICATION)
        .form(&[("grant_type", "client_credentials")])
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(
        (&answer["token_type"], &answer["expires_in"]),
        (&json!("Bearer"), &json!(3600))
    );
    answer["access_token"].as_str().unwrap().to_owned()
}

/// Sends an operation with all credentials right.
pub(crate) async fn ask(mocks: &Mocks, path: &str, operation: &str) -> reqwest::Result<Response> {
    let client = client();
    let token = token(&client, mocks).await;
    client
        .post(format!("{}{path}", mocks.population_url()))
        .bearer_auth(token)
        .header("lgspaccesstoken", APPLICATION)
        .header("AuthHash", officer())
        .header("Content-Type", "application/xml")
        .body(envelope(operation))
        .send()
        .await
}

pub(crate) fn envelope(operation: &str) -> String {
    format!(
        r#"<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:dan="http://dancuquocgia.bca"><soapenv:Header/><soapenv:Body>{operation}</soapenv:Body></soapenv:Envelope>"#
    )
}

/// Names and texts of a look-up; the birth is written as it stands.
pub(crate) fn lookup(number: (&str, &str), name: &str, birth: (&str, &str)) -> String {
    let (element, value) = birth;
    format!(
        "<dan:TraCuuThongTinCongDan><dan:MaYeuCau>H99-1</dan:MaYeuCau><dan:MaDVC>1.001193</dan:MaDVC>\
         <dan:MaTichHop>037</dan:MaTichHop><dan:MaCanBo>000180000009</dan:MaCanBo>\
         <dan:{0}>{1}</dan:{0}><dan:HoVaTen>{name}</dan:HoVaTen><dan:NgayThangNamSinh>\
         <dan:{element}>{value}</dan:{element}></dan:NgayThangNamSinh></dan:TraCuuThongTinCongDan>",
        number.0, number.1
    )
}

pub(crate) fn plain_lookup() -> String {
    lookup(
        ("SoDinhDanh", "000185000001"),
        "TRANTHIMAUTHU",
        ("NgayThangNam", "1985-02-13"),
    )
}

/// Logs in and gives the session.
pub(crate) async fn session(mocks: &Mocks) -> String {
    let body = json!({"username": "h99_motcua", "password": "demo-only"});
    let answer = post(mocks, "/mapi/login", &body).await;
    assert_eq!(
        (&answer["error_code"], &answer["message"]),
        (&json!("0"), &json!("Thành công"))
    );
    answer["session"].as_str().unwrap().to_owned()
}

/// Posts JSON to the portal and reads the answer, which must be HTTP 200.
pub(crate) async fn post(mocks: &Mocks, path: &str, body: &Value) -> Value {
    let answer = try_post(mocks, path, body).await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

pub(crate) async fn try_post(mocks: &Mocks, path: &str, body: &Value) -> reqwest::Result<Response> {
    client()
        .post(format!("{}{path}", mocks.portal_url()))
        .json(body)
        .send()
        .await
}

pub(crate) fn call(session: &str, service: &str, parameters: &Value) -> Value {
    let mut body = json!({"session": session, "madonvi": "000.00.00.H99", "service": service});
    body.as_object_mut()
        .unwrap()
        .extend(parameters.as_object().unwrap().clone());
    body
}

pub(crate) fn create(session: &str, dossier: &Value) -> Value {
    call(
        session,
        "DongBoHoSoMC",
        &json!({"isUpdating": "False", "data": [dossier]}),
    )
}

pub(crate) fn update(session: &str, dossier: &Value) -> Value {
    call(
        session,
        "DongBoHoSoMC",
        &json!({"isUpdating": "True", "data": [dossier]}),
    )
}

/// The dossier of portal.md 5.6.
pub(crate) fn dossier() -> Value {
    serde_json::from_str(include_str!("dossier.json")).unwrap()
}

/// The same with one field changed; `null` takes it away.
pub(crate) fn dossier_with(field: &str, value: Value) -> Value {
    let mut dossier = dossier();
    let fields = dossier.as_object_mut().unwrap();
    if value.is_null() {
        fields.remove(field);
    } else {
        fields.insert(field.to_owned(), value);
    }
    dossier
}

/// The step of portal.md 6.
pub(crate) fn step() -> Value {
    json!({
        "MaHoSo": DOSSIER, "NguoiXuLy": "Trần Văn Mẫu", "ChucDanh": "Chuyên viên",
        "ThoiDiemXuLy": "20250715101500", "PhongBanXuLy": "Bộ phận chuyên môn",
        "NoiDungXuLy": "Thẩm định hồ sơ", "TrangThai": "4", "NgayBatDau": "20250714140000",
        "NgayKetThucTheoQuyDinh": "20250718170000"
    })
}

pub(crate) fn progress(session: &str, steps: &[Value]) -> Value {
    call(session, "CapNhatTienDoHoSoMC", &json!({"data": steps}))
}
