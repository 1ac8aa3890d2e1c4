use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use lienthong_core::clock::ManualClock;
use lienthong_core::mapping::{CodeKind, MappingTable};
use lienthong_core::ports::portal::{
    Portal as _, PortalError, PortalView, Reading, Said, SubmissionMode,
};
use lienthong_core::sync::cause::Cause;
use serde_json::{Value, json};
use wiremock::matchers::{body_json, body_partial_json, header, method, path, query_param};
use wiremock::{Match, Mock, MockServer, Request, ResponseTemplate};

use super::{P3Form, P3Portal, P3Settings};
use crate::http::rough_server::{Behaviour, RoughServer, nobody};
use crate::http::{BaseUrl, Limits};
use crate::portal::entry::samples::{dossier, step};
use crate::portal::entry::{DossierEntry, FieldSet};

const DONE: &str = r#"{"error_code":"0","message":"Đồng bộ thành công","session":null}"#;
const BUDGET: Duration = Duration::from_secs(30);

fn is_updating() -> P3Form {
    P3Form::IsUpdating {
        dossier_path: "/api/SynsTTHCC/DongBoHoSoMC".to_owned(),
        agency_code: "000.00.01.H22".parse().unwrap(),
    }
}

fn three_urls() -> P3Form {
    P3Form::ThreeUrls {
        create_path: "/themmoi".to_owned(),
        update_path: "/capnhat".to_owned(),
    }
}

fn settings(url: &str, form: P3Form) -> P3Settings {
    P3Settings {
        limits: Limits {
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(5),
            total: BUDGET,
            max_body: 64 * 1024,
        },
        find_path: Some("/tracuu".to_owned()),
        ..P3Settings::new(BaseUrl::parse(url).unwrap(), form, "/tientrinh".to_owned())
    }
}

fn portal_with(settings: P3Settings) -> P3Portal {
    let clock = Arc::new(ManualClock::starting_at(Timestamp::UNIX_EPOCH));
    P3Portal::new(settings, clock).unwrap()
}

fn portal(url: &str, form: P3Form) -> P3Portal {
    portal_with(settings(url, form))
}

fn answer(media_type: &str, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.to_owned(), media_type)
}

fn object(body: &str) -> ResponseTemplate {
    answer("application/json", body)
}

/// A request with exactly this query.
struct Query(&'static str);

impl Match for Query {
    fn matches(&self, request: &Request) -> bool {
        request.url.query().unwrap_or_default() == self.0
    }
}

async fn expect(server: &MockServer, at: &str, query: &'static str, body: Value) {
    Mock::given(method("POST"))
        .and(path(at))
        .and(Query(query))
        .and(header("content-type", "application/json"))
        .and(body_json(body))
        .respond_with(object(DONE))
        .expect(1)
        .mount(server)
        .await;
}

fn published_dossier(fields: FieldSet) -> Value {
    serde_json::to_value([DossierEntry::of(&dossier(), fields)]).unwrap()
}

fn published_step() -> Value {
    json!([{
        "MaHoSo": "H22.12-250714-0007", "NguoiXuLy": "Trần Văn Mẫu", "ChucDanh": "Chuyên viên",
        "ThoiDiemXuLy": "20250715101500", "PhongBanXuLy": "Bộ phận chuyên môn",
        "NoiDungXuLy": "Thẩm định hồ sơ", "TrangThai": "4", "NgayBatDau": "20250714140000",
        "NgayKetThucTheoQuyDinh": "20250718170000",
    }])
}

/// Creates, updates, appends and asks once each.
async fn all_four(portal: &P3Portal) {
    let dossier = dossier();
    for mode in [SubmissionMode::Create, SubmissionMode::Update] {
        let sent = portal.submit(&dossier, mode, None, BUDGET).await.unwrap();
        assert_eq!(sent.reading, Reading::Accepted);
    }
    let steps = portal
        .append_steps(&dossier.number, &[step()], None, BUDGET)
        .await
        .unwrap();
    assert_eq!(steps.reading, Reading::Accepted);
    let view = portal.find(&dossier.number, None, BUDGET).await;
    assert_eq!(view, Ok(PortalView::Absent));
}

#[tokio::test]
async fn the_wrapper_with_is_updating_is_called_as_published() {
    let server = MockServer::start().await;
    let at = "/api/SynsTTHCC/DongBoHoSoMC";
    let list = published_dossier(FieldSet::P2);
    let created = "MaDinhDanhDV=000.00.01.H22&isUpdating=False";
    expect(&server, at, created, list.clone()).await;
    let updated = "MaDinhDanhDV=000.00.01.H22&isUpdating=True";
    expect(&server, at, updated, list).await;
    let agency = "MaDinhDanhDV=000.00.01.H22";
    expect(&server, "/tientrinh", agency, published_step()).await;
    let question = json!({"mahoso": "H22.12-250714-0007"});
    expect(&server, "/tracuu", agency, question).await;
    let portal = portal(&server.uri(), is_updating());
    all_four(&portal).await;
    assert_eq!(portal.profile(), "p3_is_updating");
    assert_eq!(
        (portal.steps_per_call(), portal.issues_numbers()),
        (10, false)
    );
}

#[tokio::test]
async fn the_wrapper_with_three_addresses_is_called_as_published() {
    let server = MockServer::start().await;
    let list = published_dossier(FieldSet::P1);
    expect(&server, "/themmoi", "", list.clone()).await;
    expect(&server, "/capnhat", "", list).await;
    expect(&server, "/tientrinh", "", published_step()).await;
    let question = json!({"mahoso": "H22.12-250714-0007"});
    expect(&server, "/tracuu", "", question).await;
    let portal = portal_with(P3Settings {
        fields: FieldSet::P1,
        ..settings(&server.uri(), three_urls())
    });
    all_four(&portal).await;
    assert_eq!(portal.profile(), "p3_three_urls");
}

async fn create_against(form: P3Form, template: ResponseTemplate) -> Result<Reading, PortalError> {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(template)
        .expect(1)
        .mount(&server)
        .await;
    let sent = portal(&server.uri(), form)
        .submit(&dossier(), SubmissionMode::Create, None, BUDGET)
        .await;
    sent.map(|answer| answer.reading)
}

const NO_SENTENCE: PortalError = PortalError::Nonsense {
    problem: "neither an object nor a sentence of the wrapper",
    said: None,
};

#[tokio::test]
async fn a_sentence_is_read_from_plain_text_from_a_json_string_and_from_an_object() {
    let plain = "text/plain; charset=utf-8";
    let page = format!("Thành công {}", "x".repeat(5000));
    for (media_type, body, expected) in [
        (plain, "Đồng bộ thành công", Ok(Reading::Accepted)),
        (
            plain,
            "\u{feff} Đồng bộ thành công\n",
            Ok(Reading::Accepted),
        ),
        (
            "application/json",
            "\"Đồng bộ thành công\"",
            Ok(Reading::Accepted),
        ),
        ("application/json", DONE, Ok(Reading::Accepted)),
        (plain, "Hồ sơ đã tồn tại", Ok(Reading::AlreadyThere)),
        (
            plain,
            "{\"error_code\":\"-3\",\"message\":\"Hồ sơ đã tồn tại\"}",
            Ok(Reading::AlreadyThere),
        ),
        (plain, "OK", Ok(Reading::NotUnderstood)),
        (
            plain,
            "Dữ liệu không hợp lệ: thiếu trường bắt buộc MaTTHC",
            Ok(Reading::Refused {
                cause: Cause::FieldRejected,
            }),
        ),
        (plain, "", Err(NO_SENTENCE)),
        (plain, "<html>Thành công</html>", Err(NO_SENTENCE)),
        (plain, "[\"thành công\"]", Err(NO_SENTENCE)),
        ("text/html", "Thành công", Err(NO_SENTENCE)),
        ("application/json", "\"thành công", Err(NO_SENTENCE)),
        (plain, page.as_str(), Err(NO_SENTENCE)),
    ] {
        let read = create_against(three_urls(), answer(media_type, body)).await;
        assert_eq!(read, expected, "{body}");
    }
}

#[tokio::test]
async fn the_wrapper_with_is_updating_speaks_in_objects_only() {
    for body in ["Đồng bộ thành công", "\"thành công\"", "[]", ""] {
        let error = create_against(is_updating(), object(body))
            .await
            .unwrap_err();
        assert!(matches!(error, PortalError::Nonsense { .. }), "{error:?}");
    }
    let unknown = object(r#"{"error_code":0,"message":"Đã ghi nhận"}"#);
    let read = create_against(is_updating(), unknown).await;
    assert_eq!(read, Ok(Reading::NotUnderstood));
}

#[tokio::test]
async fn a_session_that_the_wrapper_lost_is_no_refusal_of_the_dossier() {
    let body = r#"{"error_code":"-1","message":"Phiên làm việc (session) không hợp lệ"}"#;
    for form in [is_updating(), three_urls()] {
        let error = create_against(form, object(body)).await.unwrap_err();
        let said = Some(Said::new(
            "-1",
            "Phiên làm việc (session) không hợp lệ",
            &[],
        ));
        assert_eq!(error, PortalError::SessionRefused { said });
    }
}

#[tokio::test]
async fn each_status_has_its_meaning_and_none_is_tried_again() {
    for status in [401, 403] {
        let body = r#"{"error_code":"-1","message":"Không có quyền truy cập dịch vụ"}"#;
        let template = ResponseTemplate::new(status).set_body_raw(body, "application/json");
        let said = Some(Said::new("-1", "Không có quyền truy cập dịch vụ", &[]));
        let denied = PortalError::AccessDenied { said };
        assert_eq!(create_against(is_updating(), template).await, Err(denied));
        let bare = create_against(is_updating(), ResponseTemplate::new(status)).await;
        assert_eq!(bare, Err(PortalError::AccessDenied { said: None }));
    }
    for status in [201, 302, 404, 500, 503] {
        let read = create_against(three_urls(), ResponseTemplate::new(status)).await;
        assert_eq!(read, Err(PortalError::Failed { status }));
    }
    for status in [405, 413, 415] {
        let read = create_against(three_urls(), ResponseTemplate::new(status)).await;
        assert_eq!(read, Err(PortalError::Rejected { status }));
    }
    // No source gives these a meaning, so they leave the effect open.
    for status in [400, 409, 422] {
        let read = create_against(three_urls(), ResponseTemplate::new(status)).await;
        assert_eq!(read, Ok(Reading::NotUnderstood), "{status}");
        let there = ResponseTemplate::new(status).set_body_raw("Hồ sơ đã tồn tại", "text/plain");
        let read = create_against(three_urls(), there).await;
        assert_eq!(read, Ok(Reading::AlreadyThere), "{status}");
    }
    let busy = ResponseTemplate::new(429).insert_header("retry-after", "7");
    let throttled = PortalError::Throttled {
        retry_after: Some(Duration::from_secs(7)),
        said: None,
    };
    assert_eq!(create_against(is_updating(), busy).await, Err(throttled));
}

#[tokio::test]
async fn a_wrapper_that_cannot_be_asked_is_not_asked() {
    let server = MockServer::start().await;
    let portal = portal_with(P3Settings {
        find_path: None,
        ..settings(&server.uri(), three_urls())
    });
    let not_offered = PortalError::NotOffered {
        operation: "question",
    };
    let asked = portal.find(&dossier().number, None, BUDGET).await;
    assert_eq!(asked, Err(not_offered));
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_is_configured_goes_with_every_call_and_shows_nowhere() {
    let server = MockServer::start().await;
    Mock::given(header("AppName", "motcua"))
        .and(header("SecretKey", "bi-mat"))
        .respond_with(object(DONE))
        .expect(4)
        .mount(&server)
        .await;
    let headers = [("AppName", "motcua"), ("SecretKey", "bi-mat")];
    let settings = P3Settings {
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.into()))
            .to_vec(),
        ..settings(&server.uri(), is_updating())
    };
    let text = format!("{settings:?}");
    let portal = portal_with(settings);
    all_four(&portal).await;
    let text = format!("{text} {portal:?}");
    assert!(!text.contains("bi-mat"), "{text}");
}

#[tokio::test]
async fn codes_are_sent_as_the_portal_calls_them() {
    let server = MockServer::start().await;
    let table = "catalogue = \"2026-07-01\"\n[[entries]]\nkind = \"procedure\"\n\
                 local = \"1.004222\"\nnational = \"1.004223\"\nvalid_from = \"1970-01-01\"\n";
    Mock::given(query_param("isUpdating", "False"))
        .and(body_partial_json(json!([{"MaTTHC": "1.004223"}])))
        .respond_with(object(DONE))
        .expect(1)
        .mount(&server)
        .await;
    let portal = portal_with(P3Settings {
        mapping: Arc::new(MappingTable::parse(table).unwrap()),
        ..settings(&server.uri(), is_updating())
    });
    let dossier = dossier();
    let create = SubmissionMode::Create;
    let sent = portal.submit(&dossier, create, None, BUDGET).await;
    assert_eq!(sent.unwrap().reading, Reading::Accepted);
    let complete = "catalogue = \"2026-07-01\"\ncomplete = [\"procedure\"]\n";
    let portal = portal_with(P3Settings {
        mapping: Arc::new(MappingTable::parse(complete).unwrap()),
        ..settings(&server.uri(), is_updating())
    });
    let missing = PortalError::MappingMissing {
        kind: CodeKind::Procedure,
        code: "1.004222".to_owned(),
    };
    let sent = portal.submit(&dossier, create, None, BUDGET).await;
    assert_eq!(sent, Err(missing));
}

#[tokio::test]
async fn nothing_of_the_owner_comes_back_with_the_words_of_the_wrapper() {
    let server = MockServer::start().await;
    let text = "LÝ THỊ THỬ NGHIỆM (000199000001): đã ghi";
    Mock::given(method("POST"))
        .respond_with(answer("text/plain", text))
        .mount(&server)
        .await;
    let portal = portal(&server.uri(), three_urls());
    let sent = portal
        .submit(&dossier(), SubmissionMode::Create, None, BUDGET)
        .await
        .unwrap();
    for secret in ["THỬ", "000199000001"] {
        assert!(!sent.text.contains(secret), "{}", sent.text);
    }
}

#[tokio::test]
async fn a_call_lost_after_sending_leaves_its_effect_open_and_is_not_tried_again() {
    let brief = Duration::from_secs(1);
    let create = SubmissionMode::Create;
    for (behaviour, budget, error) in [
        (Behaviour::HangUp, BUDGET, PortalError::Interrupted),
        (Behaviour::Reset, BUDGET, PortalError::Interrupted),
        (Behaviour::FallSilent, brief, PortalError::TimedOut),
        (
            Behaviour::Flood(100 << 20),
            BUDGET,
            PortalError::Nonsense {
                problem: "longer than allowed",
                said: None,
            },
        ),
    ] {
        let server = RoughServer::start(vec![behaviour]).await;
        let portal = portal(&server.url, is_updating());
        let sent = portal.submit(&dossier(), create, None, budget).await;
        assert_eq!(sent.unwrap_err(), error);
        assert_eq!(server.connections(), 1);
    }
    let portal = portal(&nobody().await, three_urls());
    let sent = portal.submit(&dossier(), create, None, BUDGET).await;
    assert_eq!(sent.unwrap_err(), PortalError::Unreachable);
}
