//! What goes wrong, and what it leaves open.

use super::*;
use crate::http::rough_server::{Behaviour, RoughServer, nobody, say};

fn no_session(code: &str, text: &str) -> PortalError {
    let said = Some(Said::new(code, text, &[]));
    PortalError::SessionRefused { said }
}

#[tokio::test]
async fn a_log_in_that_fails_has_applied_nothing() {
    let unexplained = PortalError::SessionRefused { said: None };
    let busy = PortalError::Throttled {
        retry_after: None,
        said: None,
    };
    for (template, error) in [
        (
            answer(r#"{"error_code":"-1","message":"Sai mật khẩu"}"#),
            no_session("-1", "Sai mật khẩu"),
        ),
        (
            answer(r#"{"error_code":"0","message":"Thành công"}"#),
            no_session("0", "Thành công"),
        ),
        (
            answer(r#"{"error_code":"0","session":""}"#),
            no_session("0", ""),
        ),
        (answer(r#"{"session":"s"}"#), no_session("", "")),
        (answer("<html>Bảo trì</html>"), PortalError::Unreachable),
        (
            answer(r#"{"error_code":"-1","message":"Hệ thống đang bảo trì"}"#),
            PortalError::Unreachable,
        ),
        (ResponseTemplate::new(401), unexplained.clone()),
        (ResponseTemplate::new(302), unexplained),
        (ResponseTemplate::new(502), PortalError::Unreachable),
        (ResponseTemplate::new(429), busy),
    ] {
        let server = MockServer::start().await;
        answers(&server, "/login", template, 1).await;
        answers(&server, "/tichhop", answer(DONE), 0).await;
        let (portal, _) = portal(&server.uri());
        assert_eq!(submit(&portal).await, Err(error.clone()));
        // Nor is it repeated for the next call.
        assert_eq!(submit(&portal).await, Err(error));
    }
    for behaviour in [Behaviour::HangUp, Behaviour::Reset] {
        let server = RoughServer::start(vec![behaviour]).await;
        assert_eq!(
            submit(&portal(&server.url).0).await,
            Err(PortalError::Unreachable)
        );
        assert_eq!(server.connections(), 1);
    }
}

#[tokio::test]
async fn time_that_runs_out_at_the_log_in_has_applied_nothing() {
    let server = RoughServer::start(vec![Behaviour::FallSilent]).await;
    let (portal, _) = portal(&server.url);
    let budget = Duration::from_secs(1);
    let sent = portal
        .submit(&dossier(), SubmissionMode::Create, None, budget)
        .await;
    assert_eq!(sent.unwrap_err(), PortalError::Unreachable);
    let sent = portal
        .submit(&dossier(), SubmissionMode::Create, None, Duration::ZERO)
        .await;
    assert_eq!(sent.unwrap_err(), PortalError::Unreachable);
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn each_status_has_its_meaning_and_none_is_tried_again() {
    for status in [201, 204, 302, 401, 403, 404, 408, 500, 503] {
        let error = submit_against(ResponseTemplate::new(status))
            .await
            .unwrap_err();
        assert_eq!(error, PortalError::Failed { status });
    }
    for status in [405, 413, 415] {
        let error = submit_against(ResponseTemplate::new(status))
            .await
            .unwrap_err();
        assert_eq!(error, PortalError::Rejected { status });
    }
    // No source gives these a meaning, so they leave the effect open.
    for status in [400, 409, 422] {
        let read = submit_against(ResponseTemplate::new(status)).await;
        assert_eq!(read, Ok(Reading::NotUnderstood), "{status}");
        let there = r#"{"error_code":"-3","message":"Hồ sơ đã tồn tại"}"#;
        let there = ResponseTemplate::new(status).set_body_raw(there, "application/json");
        assert_eq!(submit_against(there).await, Ok(Reading::AlreadyThere));
        let done = ResponseTemplate::new(status).set_body_raw(DONE, "application/json");
        assert_eq!(submit_against(done).await, Ok(Reading::NotUnderstood));
    }
    let busy = ResponseTemplate::new(429).insert_header("retry-after", "7");
    let retry_after = Some(Duration::from_secs(7));
    assert_eq!(
        submit_against(busy).await,
        Err(PortalError::Throttled {
            retry_after,
            said: None
        })
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_neither_done_nor_refused() {
    for body in [
        "",
        "<html>Bảo trì</html>",
        "{\"error_code\":\"0\",\"mess",
        "OK",
    ] {
        let error = submit_against(answer(body)).await.unwrap_err();
        assert!(
            matches!(error, PortalError::Nonsense { .. }),
            "{body}: {error:?}"
        );
    }
    let unknown = answer(r#"{"error_code":"0","message":"Đã ghi nhận"}"#);
    assert_eq!(submit_against(unknown).await, Ok(Reading::NotUnderstood));
}

#[tokio::test]
async fn nobody_listening_is_unreachable() {
    assert_eq!(
        submit(&portal(&nobody().await).0).await,
        Err(PortalError::Unreachable)
    );
}

#[tokio::test]
async fn a_call_lost_after_sending_leaves_its_effect_open_and_is_not_tried_again() {
    let brief = Duration::from_secs(1);
    for (behaviour, budget, error) in [
        (Behaviour::HangUp, BUDGET, PortalError::Interrupted),
        (Behaviour::Reset, BUDGET, PortalError::Interrupted),
        (Behaviour::FallSilent, brief, PortalError::TimedOut),
        (Behaviour::Drip, brief, PortalError::TimedOut),
        (
            Behaviour::Flood(100 << 20),
            BUDGET,
            PortalError::Nonsense {
                problem: "longer than allowed",
                said: None,
            },
        ),
    ] {
        let server = RoughServer::start(vec![say("application/json", SESSION), behaviour]).await;
        let (portal, _) = portal(&server.url);
        let sent = portal
            .submit(&dossier(), SubmissionMode::Create, None, budget)
            .await;
        assert_eq!(sent.unwrap_err(), error);
        assert_eq!(server.connections(), 2);
    }
}
