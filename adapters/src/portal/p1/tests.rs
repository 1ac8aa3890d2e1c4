mod failing;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use lienthong_core::clock::{Clock, ManualClock};
use lienthong_core::ports::portal::{
    Portal as _, PortalError, PortalView, Reading, Said, SubmissionMode,
};
use lienthong_core::sync::cause::Cause;
use serde_json::{Value, json};
use wiremock::matchers::{body_json, body_partial_json, header, headers, method, path};
use wiremock::{Match, Mock, MockServer, Request, ResponseTemplate};

use super::{P1Paths, P1Portal, P1Settings};
use crate::http::{BaseUrl, Limits};
use crate::portal::entry::FieldSet;
use crate::portal::entry::samples::{dossier, step};

const SESSION: &str =
    r#"{"error_code":"0","message":"Thành công","session":"5c0b6b6e-0000-4000-8000-0f0f0f0f0f0f"}"#;
const EXPIRED: &str =
    r#"{"error_code":"-1","message":"Phiên làm việc (session) không hợp lệ hoặc đã hết hạn"}"#;
const DONE: &str = r#"{"error_code":"0","message":"Đồng bộ thành công"}"#;
const BUDGET: Duration = Duration::from_secs(10);

fn settings(url: &str) -> P1Settings {
    let paths = P1Paths {
        login: "/login".to_owned(),
        integration: "/tichhop".to_owned(),
    };
    P1Settings {
        limits: Limits {
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(5),
            total: BUDGET,
            max_body: 64 * 1024,
        },
        ..P1Settings::new(
            BaseUrl::parse(url).unwrap(),
            paths,
            "h22_motcua".to_owned(),
            "mat-khau".into(),
            "000.00.00.H22".to_owned(),
        )
    }
}

fn portal(url: &str) -> (P1Portal, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::starting_at(Timestamp::UNIX_EPOCH));
    let portal = P1Portal::new(settings(url), Arc::clone(&clock) as Arc<dyn Clock>).unwrap();
    (portal, clock)
}

fn answer(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.to_owned(), "application/json")
}

async fn answers(server: &MockServer, at: &str, template: ResponseTemplate, times: u64) {
    Mock::given(path(at))
        .respond_with(template)
        .expect(times)
        .mount(server)
        .await;
}

/// A portal whose log-in goes well, `log_ins` times.
async fn server(log_ins: u64) -> MockServer {
    let server = MockServer::start().await;
    answers(&server, "/login", answer(SESSION), log_ins).await;
    server
}

async fn submit(portal: &P1Portal) -> Result<Reading, PortalError> {
    let answer = portal
        .submit(&dossier(), SubmissionMode::Create, None, BUDGET)
        .await;
    answer.map(|answer| answer.reading)
}

async fn submit_against(template: ResponseTemplate) -> Result<Reading, PortalError> {
    let server = server(1).await;
    answers(&server, "/tichhop", template, 1).await;
    submit(&portal(&server.uri()).0).await
}

/// A request without this header.
struct Without(&'static str);

impl Match for Without {
    fn matches(&self, request: &Request) -> bool {
        !request.headers.contains_key(self.0)
    }
}

/// A portal that answers to exactly the published calls, once each.
async fn published_exchange() -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/login"))
        .and(header("accept", "application/json"))
        .and(header("content-type", "application/json"))
        .and(header("charset", "utf-8"))
        .and(Without("dstcode"))
        .and(body_json(
            json!({"username": "h22_motcua", "password": "mat-khau"}),
        ))
        .respond_with(answer(SESSION))
        .expect(1)
        .mount(&server)
        .await;
    for (service, more) in [
        (
            "DongBoHoSoMC",
            json!({"isUpdating": "True", "data": [{"MaHoSo": "H22.12-250714-0007"}]}),
        ),
        (
            "CapNhatTienDoHoSoMC",
            json!({"data": [{"TrangThai": "4"}, {"TrangThai": "4"}]}),
        ),
        ("TraCuuHoSo", json!({"mahoso": "H22.12-250714-0007"})),
    ] {
        let mut body = json!({
            "session": "5c0b6b6e-0000-4000-8000-0f0f0f0f0f0f",
            "madonvi": "000.00.00.H22",
            "service": service,
        });
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        Mock::given(method("POST"))
            .and(path("/tichhop"))
            .and(header("charset", "utf-8"))
            .and(Without("dstcode"))
            .and(body_partial_json(body))
            .respond_with(answer(DONE))
            .expect(1)
            .mount(&server)
            .await;
    }
    server
}

#[tokio::test]
async fn the_calls_are_those_of_the_published_exchange() {
    let server = published_exchange().await;
    let (portal, _) = portal(&server.uri());
    let dossier = dossier();
    let updated = portal
        .submit(&dossier, SubmissionMode::Update, None, BUDGET)
        .await
        .unwrap();
    assert_eq!(
        (updated.reading, updated.code.as_str()),
        (Reading::Accepted, "0")
    );
    assert_eq!(updated.text, "Đồng bộ thành công");
    let steps = portal
        .append_steps(&dossier.number, &[step(), step()], None, BUDGET)
        .await
        .unwrap();
    assert_eq!(steps.reading, Reading::Accepted);
    assert_eq!(
        portal.find(&dossier.number, None, BUDGET).await,
        Ok(PortalView::Absent)
    );
    assert_eq!((portal.profile(), portal.steps_per_call()), ("p2", 10));
}

#[tokio::test]
async fn the_destination_code_goes_with_every_call_where_there_is_one() {
    let server = MockServer::start().await;
    for (at, body) in [("/login", SESSION), ("/tichhop", DONE)] {
        Mock::given(path(at))
            .and(headers("dstcode", vec!["VN:GOV:000.00.00.G22:dvcqg"]))
            .respond_with(answer(body))
            .expect(1)
            .mount(&server)
            .await;
    }
    let settings = P1Settings {
        dstcode: Some("VN:GOV:000.00.00.G22:dvcqg".to_owned()),
        fields: FieldSet::P1,
        ..settings(&server.uri())
    };
    let clock = Arc::new(ManualClock::starting_at(Timestamp::UNIX_EPOCH));
    let portal = P1Portal::new(settings, clock).unwrap();
    assert_eq!(portal.profile(), "p1");
    assert_eq!(submit(&portal).await, Ok(Reading::Accepted));
}

#[tokio::test]
async fn a_session_is_used_for_its_lifetime_and_no_longer() {
    let server = server(2).await;
    answers(&server, "/tichhop", answer(DONE), 3).await;
    let (portal, clock) = portal(&server.uri());
    submit(&portal).await.unwrap();
    clock.advance(SignedDuration::from_secs(589));
    submit(&portal).await.unwrap();
    // From here on a caller waits for the new one; a little earlier it is fetched behind
    // the caller's back.
    clock.advance(SignedDuration::from_secs(11));
    submit(&portal).await.unwrap();
}

/// Gives out sessions `s1`, `s2`, … and takes only the last.
fn portal_that_forgets(
    log_ins: &Arc<AtomicUsize>,
) -> impl Fn(&Request) -> ResponseTemplate + use<> {
    let log_ins = Arc::clone(log_ins);
    move |request| {
        let body: Value = request.body_json().unwrap();
        if request.url.path() == "/login" {
            let session = format!("s{}", log_ins.fetch_add(1, Ordering::SeqCst) + 1);
            return answer(&json!({"error_code": 0, "session": session}).to_string());
        }
        let session = body["session"].as_str().unwrap();
        answer(if session == "s1" { EXPIRED } else { DONE })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_calls_with_one_expired_session_log_in_once_and_are_replayed() {
    let log_ins = Arc::new(AtomicUsize::new(0));
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(portal_that_forgets(&log_ins))
        .mount(&server)
        .await;
    let (portal, _) = portal(&server.uri());
    let all = join_all((0..40).map(|_| submit(&portal))).await;
    assert!(
        all.into_iter()
            .all(|reading| reading == Ok(Reading::Accepted))
    );
    assert_eq!(log_ins.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_session_refused_twice_is_refused_and_not_tried_again() {
    let server = server(2).await;
    answers(&server, "/tichhop", answer(EXPIRED), 2).await;
    let error = submit(&portal(&server.uri()).0).await.unwrap_err();
    let said = Some(Said::new(
        "-1",
        "Phiên làm việc (session) không hợp lệ hoặc đã hết hạn",
        &[],
    ));
    assert_eq!(error, PortalError::SessionRefused { said });
}

#[tokio::test]
async fn a_question_that_finds_nothing_for_want_of_a_session_is_put_again_with_a_fresh_one() {
    const GONE: &str = r#"{"error_code":0,"message":"Phiên làm việc đã hết hạn","result":null}"#;
    let number = dossier().number;
    let server = MockServer::start().await;
    answers(&server, "/login", answer(SESSION), 2).await;
    Mock::given(path("/tichhop"))
        .respond_with(answer(GONE))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    answers(&server, "/tichhop", answer(DONE), 1).await;
    let found = portal(&server.uri()).0.find(&number, None, BUDGET).await;
    assert_eq!(found, Ok(PortalView::Absent));

    let stubborn = self::server(2).await;
    answers(&stubborn, "/tichhop", answer(GONE), 2).await;
    let found = portal(&stubborn.uri()).0.find(&number, None, BUDGET).await;
    assert!(matches!(found, Err(PortalError::SessionRefused { .. })));
    // A write may have been applied: it is asked about, not sent again.
    assert_eq!(
        submit_against(answer(GONE)).await,
        Ok(Reading::NotUnderstood)
    );
}

#[tokio::test]
async fn a_field_that_speaks_of_a_session_is_refused_after_one_fresh_session() {
    let server = server(2).await;
    let field = r#"{"error_code":"-1","message":"ThongTinKhac không hợp lệ (session, đăng nhập)"}"#;
    answers(&server, "/tichhop", answer(field), 2).await;
    let cause = Cause::FieldRejected;
    assert_eq!(
        submit(&portal(&server.uri()).0).await,
        Ok(Reading::Refused { cause })
    );
}

#[tokio::test]
async fn nothing_of_the_owner_comes_back_with_the_words_of_the_portal() {
    let message = "LÝ THỊ THỬ NGHIỆM (000199000001, 0900000001, thu.nghiem@example.com): ";
    for (rest, kept) in [
        ("đã ghi", "***"),
        ("lỗi hệ thống", "***"),
        ("quá tải", "***"),
    ] {
        let body = json!({"error_code": "-1", "message": format!("{message}{rest}")});
        let server = server(1).await;
        answers(&server, "/tichhop", answer(&body.to_string()), 1).await;
        let sent = portal(&server.uri())
            .0
            .submit(&dossier(), SubmissionMode::Create, None, BUDGET)
            .await;
        let text = match &sent {
            Ok(answer) => answer.text.as_str(),
            Err(error) => error.said().unwrap().text(),
        };
        assert!(text.contains(kept) && text.ends_with(rest), "{text}");
        for secret in ["THỬ", "000199000001", "0900000001", "thu.nghiem"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

#[tokio::test]
async fn neither_the_officer_nor_the_owner_comes_back_with_a_step() {
    let server = server(1).await;
    let step = step();
    let handler = step.handler_name.as_str();
    let message = format!("{handler} chưa được ghi, hồ sơ của Lý Thị Thử Nghiệm");
    let body = json!({"error_code": "-1", "message": message});
    answers(&server, "/tichhop", answer(&body.to_string()), 1).await;
    let answer = portal(&server.uri())
        .0
        .append_steps(&dossier().number, &[step], None, BUDGET)
        .await
        .unwrap();
    assert_eq!(answer.text, "*** chưa được ghi, hồ sơ của ***");
}

#[tokio::test]
async fn no_secret_shows_in_debug() {
    let server = server(1).await;
    answers(&server, "/tichhop", answer(DONE), 1).await;
    let (portal, _) = portal(&server.uri());
    submit(&portal).await.unwrap();
    let text = format!("{:?} {portal:?}", settings(&server.uri()));
    for secret in ["mat-khau", "5c0b6b6e"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}
