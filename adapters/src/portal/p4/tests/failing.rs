//! What goes wrong, and what it leaves open.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use lienthong_core::dossier::OwnerKind;
use lienthong_core::mapping::CodeKind;
use lienthong_core::ports::portal::Said;

use super::*;
use crate::http::rough_server::{Behaviour, RoughServer, say};

/// What an update against this answer comes to.
async fn update_against(template: ResponseTemplate) -> Result<Reading, PortalError> {
    let server = server(1).await;
    mount(&server, "trangthai", template, 1).await;
    let sent = update(&portal(&server), &reference(Some("77"))).await;
    sent.map(|answer| answer.reading)
}

fn told(status: u16, message: &str) -> ResponseTemplate {
    ResponseTemplate::new(status)
        .set_body_json(json!({"code": status, "message": message, "data": null}))
}

fn refused_field() -> Reading {
    Reading::Refused {
        cause: Cause::FieldRejected,
    }
}

fn denied(status: &str, message: &str) -> PortalError {
    let said = Some(Said::new(status, message, &[]));
    PortalError::AccessDenied { said }
}

#[tokio::test]
async fn each_status_has_its_meaning_and_none_is_tried_again() {
    let refused = refused_field();
    // What stands in between and has sent the call on.
    let gateway = || {
        let words = "An invalid response was received from the upstream server";
        ResponseTemplate::new(502).set_body_json(json!({"message": words}))
    };
    let page = |status| ResponseTemplate::new(status).set_body_raw("<html>", "text/html");
    let open = PortalError::AccessDenied { said: None };
    for (template, expected) in [
        (told(400, "Thiếu trường: ChuHoSo"), Ok(refused.clone())),
        (told(400, "Lỗi gì đó"), Ok(refused)),
        (
            told(400, "Hồ sơ chưa có trên hệ thống"),
            Ok(Reading::NotThere),
        ),
        (page(400), Err(PortalError::Rejected { status: 400 })),
        (
            told(400, "Thành công 9/10 bước, 1 bước thiếu trường"),
            Ok(Reading::NotUnderstood),
        ),
        // In no manual: only what they say counts.
        (told(409, "Xung đột"), Ok(Reading::NotUnderstood)),
        (page(409), Ok(Reading::NotUnderstood)),
        (page(422), Ok(Reading::NotUnderstood)),
        (
            told(422, "Trường TrangThai không hợp lệ"),
            Ok(refused_field()),
        ),
        (
            told(403, "Không có quyền"),
            Err(denied("403", "Không có quyền")),
        ),
        (page(403), Err(open.clone())),
        (
            told(404, "Không có API này"),
            Err(denied("404", "Không có API này")),
        ),
        (told(404, "Hồ sơ không tồn tại"), Ok(Reading::NotThere)),
        (page(404), Err(open)),
        (
            told(502, "Không kết nối được Cổng"),
            Err(PortalError::Unreachable),
        ),
        (page(502), Err(PortalError::Failed { status: 502 })),
        (gateway(), Err(PortalError::Failed { status: 502 })),
        (told(500, "Lỗi"), Err(PortalError::Failed { status: 500 })),
        (page(302), Err(PortalError::Failed { status: 302 })),
        (page(413), Err(PortalError::Rejected { status: 413 })),
    ] {
        assert_eq!(update_against(template).await, expected);
    }
    let busy = ResponseTemplate::new(429).insert_header("retry-after", "7");
    let throttled = PortalError::Throttled {
        retry_after: Some(Duration::from_secs(7)),
        said: None,
    };
    assert_eq!(update_against(busy).await, Err(throttled));
}

#[tokio::test]
async fn what_cannot_be_read_is_neither_done_nor_refused() {
    for body in [
        "",
        "<html>Bảo trì</html>",
        "{\"code\":200,\"mess",
        "[]",
        "OK",
    ] {
        let template = ResponseTemplate::new(200).set_body_raw(body, "application/json");
        let error = update_against(template).await.unwrap_err();
        assert!(
            matches!(error, PortalError::Nonsense { .. }),
            "{body}: {error:?}"
        );
    }
    let unknown = typed(200, "Đã ghi nhận", &Value::Null);
    assert_eq!(update_against(unknown).await, Ok(Reading::NotUnderstood));
}

/// Gives out tokens `t1`, `t2`, … and takes only the last.
fn portal_that_forgets(tokens: &Arc<AtomicUsize>) -> impl Fn(&Request) -> ResponseTemplate + use<> {
    let tokens = Arc::clone(tokens);
    move |request| {
        if request.url.path() == "/dvcsync/token" {
            let token = format!("t{}", tokens.fetch_add(1, Ordering::SeqCst) + 1);
            return ResponseTemplate::new(200)
                .set_body_json(json!({"access_token": token, "expires_in": 900}));
        }
        match request.headers["authorization"].to_str().unwrap() {
            "Bearer t1" => told(401, "Token không hợp lệ hoặc đã hết hạn"),
            _ => done(),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_calls_with_one_expired_token_fetch_one_more_and_are_replayed() {
    let tokens = Arc::new(AtomicUsize::new(0));
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(portal_that_forgets(&tokens))
        .mount(&server)
        .await;
    let (portal, known) = (portal(&server), reference(Some("77")));
    let all = join_all((0..40).map(|_| update(&portal, &known))).await;
    for answer in all {
        assert_eq!(answer.unwrap().reading, Reading::Accepted);
    }
    assert_eq!(tokens.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_token_refused_twice_is_refused_and_not_tried_again() {
    let server = server(2).await;
    mount(&server, "trangthai", told(401, "Token hết hạn"), 2).await;
    let sent = update(&portal(&server), &reference(Some("77"))).await;
    let said = Some(Said::new("401", "Token hết hạn", &[]));
    assert_eq!(sent, Err(PortalError::SessionRefused { said }));
}

#[tokio::test]
async fn a_token_that_is_not_given_has_applied_nothing() {
    let wrong = Some(Said::new("401", "Sai tài khoản", &[]));
    let silent = Some(Said::new("200", "Thành công", &[]));
    for (template, error) in [
        (
            told(401, "Sai tài khoản"),
            PortalError::SessionRefused { said: wrong },
        ),
        (done(), PortalError::SessionRefused { said: silent }),
        (ResponseTemplate::new(502), PortalError::Unreachable),
        (
            ResponseTemplate::new(200).set_body_string("<html>"),
            PortalError::Unreachable,
        ),
    ] {
        let server = MockServer::start().await;
        mount(&server, "token", template, 1).await;
        mount(&server, "trangthai", done(), 0).await;
        let sent = update(&portal(&server), &reference(Some("77"))).await;
        assert_eq!(sent, Err(error));
    }
}

#[tokio::test]
async fn a_number_that_does_not_come_has_applied_nothing() {
    // No outage, which would be asked again for ever and use up a number each time.
    let unusable = PortalError::FieldNotCarried {
        field: "MaHoSo",
        problem: "the portal issued no number that can be kept",
    };
    let long = "9".repeat(51);
    let unit = PortalError::MappingMissing {
        kind: CodeKind::Agency,
        code: "H22.12".to_owned(),
    };
    for (template, error) in [
        (ResponseTemplate::new(500), PortalError::Unreachable),
        (told(400, "Mã đơn vị không tồn tại"), unit),
        (told(400, "Lỗi"), PortalError::Rejected { status: 400 }),
        (done(), unusable.clone()),
        (typed(200, "Thành công", &json!({"value": long})), unusable),
        (
            ResponseTemplate::new(200).set_body_json(json!({"value": long})),
            PortalError::Rejected { status: 200 },
        ),
        (
            typed(200, "Hệ thống đang bảo trì", &json!({"value": ""})),
            PortalError::Unreachable,
        ),
    ] {
        let server = server(1).await;
        mount(&server, "number", template, 1).await;
        let reserved = portal(&server).reserve(&dossier(), BUDGET).await;
        assert_eq!(reserved, Err(error));
    }
    let rough = RoughServer::start(vec![
        say("application/json", "{\"access_token\":\"t\"}"),
        Behaviour::HangUp,
    ])
    .await;
    let (portal, _) = portal_with(settings(&rough.url, &rough.url));
    let reserved = portal.reserve(&dossier(), BUDGET).await;
    assert_eq!(reserved, Err(PortalError::Unreachable));
}

#[tokio::test]
async fn what_the_profile_cannot_carry_costs_the_portal_nothing() {
    let server = server(0).await;
    let mut dossier = dossier_on(&server);
    dossier.owner.kind = OwnerKind::StateAgency;
    let portal = portal(&server);
    for error in [
        portal.reserve(&dossier, BUDGET).await.unwrap_err(),
        create(&portal, &dossier).await.unwrap_err(),
    ] {
        assert!(matches!(
            error,
            PortalError::FieldNotCarried {
                field: "LoaiDoiTuong",
                ..
            }
        ));
    }
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_call_lost_after_sending_leaves_its_effect_open_and_is_not_tried_again() {
    let brief = Duration::from_secs(1);
    let token = "{\"access_token\":\"t\",\"expires_in\":900}";
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
        let server = RoughServer::start(vec![say("application/json", token), behaviour]).await;
        let (portal, _) = portal_with(settings(&server.url, &server.url));
        let known = reference(Some("77"));
        let sent = portal
            .submit(&dossier(), SubmissionMode::Update, Some(&known), budget)
            .await;
        assert_eq!(sent.unwrap_err(), error);
        assert_eq!(server.connections(), 2);
    }
}

#[tokio::test]
async fn nothing_of_the_owner_comes_back_with_the_words_of_the_portal() {
    let server = server(1).await;
    mount(&server, "upload", uploaded(), 1).await;
    let words = "LÝ THỊ THỬ NGHIỆM (000199000001) đã ghi";
    mount(&server, "noihoso", told(400, words), 1).await;
    let answer = create(&portal(&server), &dossier_on(&server))
        .await
        .unwrap();
    for secret in ["THỬ", "000199000001"] {
        assert!(!answer.text.contains(secret), "{}", answer.text);
    }
}
