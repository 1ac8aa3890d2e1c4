mod failing;
mod files;
mod questions;

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lienthong_core::clock::{Clock, ManualClock};
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::portal::Portal as _;
use lienthong_core::sync::cause::Cause;
use serde_json::{Value, json};
use wiremock::matchers::{body_json, body_partial_json, header, method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::*;
use crate::http::{BaseUrl, Limits};
use crate::portal::entry::samples::{dossier, step};

const NUMBER: &str = "G09.20-20260609-0092637";
const OTHER: &str = "G09.20-20260609-0092638";
const BUDGET: Duration = Duration::from_secs(30);

fn limits() -> Limits {
    Limits {
        connect_timeout: Duration::from_secs(5),
        read_timeout: Duration::from_secs(5),
        total: BUDGET,
        max_body: 64 * 1024,
    }
}

fn settings(url: &str, files: &str) -> P4Settings {
    let path = |name: &str| format!("/dvcsync/{name}");
    let paths = P4Paths {
        token: path("token"),
        number: path("number"),
        upload: path("upload"),
        dossier: path("noihoso"),
        steps: path("tientrinh"),
        status: path("trangthai"),
        find: Some(path("tracuu")),
    };
    let sources = vec![BaseUrl::parse(&format!("{files}/f")).unwrap()];
    P4Settings {
        limits: limits(),
        files: FileSettings {
            limits: limits(),
            ..FileSettings::new(sources)
        },
        ..P4Settings::new(
            BaseUrl::parse(url).unwrap(),
            paths,
            "h22".to_owned(),
            "bi-mat".into(),
            FileSettings::new(Vec::new()),
        )
    }
}

fn portal_with(settings: P4Settings) -> (P4Portal, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::starting_at(Timestamp::UNIX_EPOCH));
    let portal = P4Portal::new(settings, Arc::clone(&clock) as Arc<dyn Clock>).unwrap();
    (portal, clock)
}

/// A portal with its files on the same server.
fn portal(server: &MockServer) -> P4Portal {
    portal_with(settings(&server.uri(), &server.uri())).0
}

fn typed(code: i64, message: &str, data: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200)
        .set_body_json(json!({"code": code, "message": message, "data": data}))
}

fn done() -> ResponseTemplate {
    typed(200, "Thành công", &Value::Null)
}

async fn mount(server: &MockServer, at: &str, template: ResponseTemplate, times: u64) {
    Mock::given(path(format!("/dvcsync/{at}")))
        .respond_with(template)
        .expect(times)
        .mount(server)
        .await;
}

/// A portal that gives a token, `times` times, and keeps the file of the sample.
async fn server(tokens: u64) -> MockServer {
    let server = MockServer::start().await;
    let token = json!({"access_token": "t-1", "expires_in": 900, "token_type": "Bearer"});
    Mock::given(method("POST"))
        .and(path("/dvcsync/token"))
        .and(body_json(
            json!({"client_id": "h22", "client_secret": "bi-mat"}),
        ))
        .respond_with(typed(200, "Thành công", &token))
        .expect(tokens)
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .and(path("/f/0d0d"))
        .respond_with(ResponseTemplate::new(200).set_body_bytes(b"PDF"))
        .mount(&server)
        .await;
    server
}

fn uploaded() -> ResponseTemplate {
    let file = json!([{"IdTepTin": "f-001", "HashTepTin": "ab12"}]);
    typed(200, "Thành công", &file)
}

/// The sample, with its file on `server`.
fn dossier_on(server: &MockServer) -> Dossier {
    let mut dossier = dossier();
    let url = format!("{}/f/0d0d", server.uri());
    dossier.documents[0].url = lienthong_core::dossier::FileUrl::parse(&url).unwrap();
    dossier
}

fn reference(id: Option<&str>) -> PortalReference {
    PortalReference {
        number: NUMBER.to_owned(),
        id: id.map(str::to_owned),
    }
}

async fn create(portal: &P4Portal, dossier: &Dossier) -> Result<PortalAnswer, PortalError> {
    let mode = SubmissionMode::Create;
    portal
        .submit(dossier, mode, Some(&reference(None)), BUDGET)
        .await
}

async fn update(
    portal: &P4Portal,
    reference: &PortalReference,
) -> Result<PortalAnswer, PortalError> {
    let mode = SubmissionMode::Update;
    portal
        .submit(&dossier(), mode, Some(reference), BUDGET)
        .await
}

#[tokio::test]
async fn a_number_is_fetched_for_the_unit_or_for_the_procedure() {
    for (by, code) in [
        (NumberBy::Unit, "H22.12"),
        (NumberBy::Procedure, "1.004222"),
    ] {
        let server = server(1).await;
        Mock::given(path("/dvcsync/number"))
            .and(header("authorization", "Bearer t-1"))
            .and(body_json(json!({"code": code})))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!({"value": NUMBER})))
            .expect(1)
            .mount(&server)
            .await;
        let (portal, _) = portal_with(P4Settings {
            number_by: by,
            ..settings(&server.uri(), &server.uri())
        });
        assert_eq!((portal.profile(), portal.issues_numbers()), ("p4", true));
        let reserved = portal.reserve(&dossier(), BUDGET).await;
        assert_eq!(reserved, Ok(reference(None)));
    }
}

#[tokio::test]
async fn a_new_dossier_is_its_files_then_itself_then_its_status() {
    let server = server(1).await;
    Mock::given(path("/dvcsync/upload"))
        .and(header("authorization", "Bearer t-1"))
        .respond_with(|request: &Request| {
            let text = String::from_utf8_lossy(&request.body);
            assert!(
                text.contains("name=\"files\"; filename=\"CT01.pdf\""),
                "{text}"
            );
            assert!(text.contains("\r\n\r\nPDF\r\n--lienthong-"), "{text}");
            uploaded()
        })
        .expect(1)
        .mount(&server)
        .await;
    let paper = json!({"IdGiayTo": "f-001", "TenGiayTo": "CT01.pdf", "HashTepTin": "ab12"});
    let sent = json!({
        "MaHoSo": NUMBER, "LoaiDoiTuong": 0, "NgayNop": "2025-07-14 08:15:02",
        "ThanhPhanHoSo": [{"GiayToDinhKem": [paper]}],
    });
    Mock::given(path("/dvcsync/noihoso"))
        .and(body_partial_json(sent))
        .respond_with(typed(
            200,
            "Thành công",
            &json!({"idHoSo": 77, "maHoSo": NUMBER}),
        ))
        .expect(1)
        .mount(&server)
        .await;
    let status = json!([{"IdHoSo": "77", "MaHoSo": NUMBER, "TrangThai": 2}]);
    Mock::given(path("/dvcsync/trangthai"))
        .and(body_json(status))
        .respond_with(done())
        .expect(1)
        .mount(&server)
        .await;
    let answer = create(&portal(&server), &dossier_on(&server))
        .await
        .unwrap();
    assert_eq!(answer.reading, Reading::Accepted);
    assert_eq!(answer.reference, Some(reference(Some("77"))));
    assert_eq!(answer.text, "Thành công [không chuyển: NgayHenTra]");
}

#[tokio::test]
async fn a_dossier_just_registered_needs_no_status_after_it() {
    let server = server(1).await;
    mount(&server, "noihoso", done(), 1).await;
    mount(&server, "trangthai", done(), 0).await;
    let mut dossier = dossier();
    dossier.documents.clear();
    dossier.status = PortalStatus::Registered;
    let answer = create(&portal(&server), &dossier).await.unwrap();
    assert_eq!(answer.reading, Reading::Accepted);
}

#[tokio::test]
async fn a_dossier_whose_status_did_not_come_through_is_there_all_the_same() {
    let without_state = |failure| Reading::CreatedWithoutState {
        failure: Box::new(failure),
    };
    let throttled = |retry_after, said| PortalError::Throttled { retry_after, said };
    let busy = Some(Said::new("429", "Quá nhiều yêu cầu", &[]));
    let cases = [
        (
            ResponseTemplate::new(500),
            without_state(PortalError::Failed { status: 500 }),
        ),
        (
            typed(429, "Quá nhiều yêu cầu", &Value::Null),
            without_state(throttled(None, busy)),
        ),
        (
            ResponseTemplate::new(429).insert_header("retry-after", "7"),
            without_state(throttled(Some(Duration::from_secs(7)), None)),
        ),
        (
            typed(200, "Lỗi không xác định", &Value::Null),
            Reading::NotUnderstood,
        ),
        (
            typed(409, "Hồ sơ đã tồn tại", &Value::Null),
            Reading::NotUnderstood,
        ),
        (
            typed(400, "Trường TrangThai không hợp lệ", &Value::Null),
            Reading::Refused {
                cause: Cause::FieldRejected,
            },
        ),
    ];
    for (template, expected) in cases {
        let server = server(1).await;
        mount(&server, "upload", uploaded(), 1).await;
        let told = json!({"idHoSo": "77", "maHoSo": NUMBER});
        mount(&server, "noihoso", typed(200, "Thành công", &told), 1).await;
        mount(&server, "trangthai", template, 1).await;
        let answer = create(&portal(&server), &dossier_on(&server))
            .await
            .unwrap();
        assert_eq!(answer.reading, expected);
        assert_eq!(answer.reference, Some(reference(Some("77"))));
    }
}

#[tokio::test]
async fn an_answer_about_another_dossier_is_none_to_ours() {
    let server = server(1).await;
    mount(&server, "upload", uploaded(), 1).await;
    let stranger = json!({"idHoSo": "78", "maHoSo": OTHER});
    mount(&server, "noihoso", typed(200, "Thành công", &stranger), 1).await;
    mount(&server, "trangthai", done(), 0).await;
    let answer = create(&portal(&server), &dossier_on(&server))
        .await
        .unwrap();
    assert_eq!(answer.reading, Reading::NotUnderstood);
    assert_eq!(answer.reference, Some(reference(None)));
}

#[tokio::test]
async fn what_a_change_of_status_does_not_carry_is_told() {
    let server = server(1).await;
    mount(&server, "trangthai", done(), 1).await;
    let answer = update(&portal(&server), &reference(Some("77")))
        .await
        .unwrap();
    let told = "[không chuyển: MaTTHC, ChuHoSo, NgayTiepNhan, TaiLieuNop, NgayHenTra]";
    assert_eq!(answer.text, format!("Thành công {told}"));
}

#[tokio::test]
async fn a_number_that_is_there_already_leads_to_an_update_with_its_id() {
    let server = server(1).await;
    mount(&server, "upload", uploaded(), 1).await;
    let told = json!({"idHoSo": "77", "maHoSo": NUMBER});
    let there = typed(409, "Hồ sơ đã tồn tại", &told);
    mount(&server, "noihoso", there, 1).await;
    mount(&server, "trangthai", done(), 1).await;
    let portal = portal(&server);
    let answer = create(&portal, &dossier_on(&server)).await.unwrap();
    assert_eq!(answer.reading, Reading::AlreadyThere);
    let reference = answer.reference.unwrap();
    assert_eq!(reference.id.as_deref(), Some("77"));
    let answer = update(&portal, &reference).await.unwrap();
    assert_eq!(answer.reading, Reading::Accepted);
}

#[tokio::test]
async fn steps_go_in_the_order_given_under_the_id() {
    let server = server(1).await;
    let (first, second) = (
        json!({"IDHoSo": "77", "MaHoSo": NUMBER, "TrangThai": 4}),
        json!({"IDHoSo": "77", "MaHoSo": NUMBER, "TrangThai": 10}),
    );
    Mock::given(path("/dvcsync/tientrinh"))
        .and(body_partial_json(json!([first, second])))
        .respond_with(done())
        .expect(1)
        .mount(&server)
        .await;
    let last = Step {
        status: PortalStatus::ResultReturned,
        ..step()
    };
    let (number, known) = (dossier().number, reference(Some("77")));
    let answer = portal(&server)
        .append_steps(&number, &[step(), last], Some(&known), BUDGET)
        .await
        .unwrap();
    assert_eq!(answer.reading, Reading::Accepted);
    assert_eq!(answer.reference, Some(known));
}

#[tokio::test]
async fn a_token_is_used_for_its_lifetime_and_no_longer() {
    let server = server(2).await;
    mount(&server, "trangthai", done(), 3).await;
    let (portal, clock) = portal_with(settings(&server.uri(), &server.uri()));
    let known = reference(Some("77"));
    update(&portal, &known).await.unwrap();
    clock.advance(SignedDuration::from_secs(889));
    update(&portal, &known).await.unwrap();
    clock.advance(SignedDuration::from_secs(11));
    update(&portal, &known).await.unwrap();
}

#[tokio::test]
async fn no_secret_shows_in_debug() {
    let server = server(1).await;
    mount(&server, "trangthai", done(), 1).await;
    let portal = portal(&server);
    update(&portal, &reference(Some("77"))).await.unwrap();
    let text = format!("{:?} {portal:?}", settings(&server.uri(), &server.uri()));
    for secret in ["bi-mat", "t-1"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}
