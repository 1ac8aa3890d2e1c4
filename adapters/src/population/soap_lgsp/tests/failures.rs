use lienthong_core::ports::population::{AnswerStructure, PopulationRegistry as _};

use super::*;
use crate::http::rough_server::{Behaviour, RoughServer, nobody, say};

async fn look_up_against(template: ResponseTemplate) -> PopulationError {
    let server = bus(1).await;
    answers(&server, "/tracuu", template, 1).await;
    registry(&server.uri())
        .0
        .look_up(&query(), &call())
        .await
        .unwrap_err()
        .error
}

/// The token call answers well, then this happens.
async fn look_up_after_token(behaviour: Behaviour) -> (PopulationError, RoughServer) {
    let server = RoughServer::start(vec![say("application/json", TOKEN), behaviour]).await;
    let error = registry(&server.url)
        .0
        .look_up(&query(), &call())
        .await
        .unwrap_err()
        .error;
    (error, server)
}

async fn token_against(template: ResponseTemplate) -> PopulationError {
    let server = MockServer::start().await;
    answers(&server, "/token", template, 1).await;
    answers(&server, "/tracuu", xml(&found("")), 0).await;
    registry(&server.uri())
        .0
        .look_up(&query(), &call())
        .await
        .unwrap_err()
        .error
}

#[tokio::test]
async fn each_status_has_its_meaning_and_none_is_tried_again() {
    for (status, error) in [
        (400, PopulationError::Rejected { status: 400 }),
        (403, PopulationError::AddressRefused),
        (404, PopulationError::Rejected { status: 404 }),
        (429, PopulationError::Throttled { retry_after: None }),
        (500, PopulationError::Failed { status: 500 }),
        (503, PopulationError::Failed { status: 503 }),
    ] {
        assert_eq!(look_up_against(ResponseTemplate::new(status)).await, error);
    }
    let busy = ResponseTemplate::new(429).insert_header("retry-after", "7");
    let retry_after = Some(Duration::from_secs(7));
    assert_eq!(
        look_up_against(busy).await,
        PopulationError::Throttled { retry_after }
    );
}

#[tokio::test]
async fn a_status_without_an_answer_is_nonsense() {
    for status in [202, 204, 302] {
        let error = look_up_against(ResponseTemplate::new(status)).await;
        assert!(
            matches!(error, PopulationError::Nonsense(_)),
            "{status}: {error:?}"
        );
    }
}

#[tokio::test]
async fn a_fault_is_a_failure_with_500_and_nonsense_with_200() {
    let fault = "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body>\
        <e:Fault><faultcode>e:Server</faultcode></e:Fault></e:Body></e:Envelope>";
    let failed = ResponseTemplate::new(500).set_body_raw(fault, "text/xml");
    assert_eq!(
        look_up_against(failed).await,
        PopulationError::Failed { status: 500 }
    );
    let error = look_up_against(xml(fault)).await;
    let structure = AnswerStructure {
        status: 200,
        media_type: "text/xml".to_owned(),
        length: fault.len(),
        problem: "a SOAP fault",
        ..AnswerStructure::default()
    };
    assert_eq!(error, PopulationError::Nonsense(structure));
}

#[tokio::test]
async fn what_is_no_answer_of_the_profile_is_nonsense_that_names_no_one() {
    let whole = found(PERSON);
    for body in [
        "<html><body>Bảo trì hệ thống 000185000001</body></html>",
        "{\"error_code\":\"-1\",\"message\":\"TRẦN THỊ MẪU THỬ\"}",
        "",
        &whole[..whole.len() - 30],
        &whole.replace("http://www.mic.gov.vn/dancu/1.0", "urn:khac"),
        &whole.replace("000185000001", "0001850000"),
        &confirmed(true),
    ] {
        let error = look_up_against(xml(body)).await;
        assert!(
            matches!(error, PopulationError::Nonsense(_)),
            "{body}: {error:?}"
        );
        let shown = format!("{error:?} {error}");
        assert!(
            !shown.contains("00018") && !shown.contains("MẪU"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn nobody_listening_is_unreachable() {
    let error = registry(&nobody().await)
        .0
        .look_up(&query(), &call())
        .await
        .unwrap_err()
        .error;
    assert_eq!(error, PopulationError::Unreachable);
}

#[tokio::test]
async fn a_lost_connection_is_not_tried_again() {
    for behaviour in [Behaviour::HangUp, Behaviour::Reset] {
        let (error, server) = look_up_after_token(behaviour).await;
        assert_eq!(error, PopulationError::Interrupted);
        assert_eq!(server.connections(), 2);
    }
}

#[tokio::test]
async fn a_flood_is_nonsense_and_is_not_read_to_its_end() {
    let (error, server) = look_up_after_token(Behaviour::Flood(100 << 20)).await;
    let PopulationError::Nonsense(structure) = error else {
        panic!("{error:?}")
    };
    assert_eq!(structure.problem, "longer than allowed");
    assert!(server.flooded() < 50 << 20, "{}", server.flooded());
}

#[tokio::test]
async fn the_budget_covers_token_and_look_up_together() {
    let hurried = LookupCall {
        budget: Duration::from_secs(1),
        ..call()
    };
    for script in [
        vec![Behaviour::FallSilent],
        vec![say("application/json", TOKEN), Behaviour::FallSilent],
        vec![say("application/json", TOKEN), Behaviour::Drip],
    ] {
        let server = RoughServer::start(script.clone()).await;
        let error = registry(&server.url)
            .0
            .look_up(&query(), &hurried)
            .await
            .unwrap_err()
            .error;
        assert_eq!(error, PopulationError::TimedOut);
        assert_eq!(server.connections(), script.len());
    }
}

#[tokio::test]
async fn without_time_nothing_is_asked() {
    let server = bus(0).await;
    let (registry, _) = registry(&server.uri());
    let late = LookupCall {
        budget: Duration::ZERO,
        ..call()
    };
    let error = registry.look_up(&query(), &late).await.unwrap_err().error;
    assert_eq!(error, PopulationError::TimedOut);
}

#[tokio::test]
async fn a_failed_token_call_fails_the_look_up_before_it_is_sent() {
    for (status, error) in [
        (400, PopulationError::CredentialsRefused),
        (401, PopulationError::CredentialsRefused),
        (403, PopulationError::AddressRefused),
        (404, PopulationError::Rejected { status: 404 }),
        (429, PopulationError::Throttled { retry_after: None }),
        (502, PopulationError::Failed { status: 502 }),
    ] {
        assert_eq!(token_against(ResponseTemplate::new(status)).await, error);
    }
    for body in [
        "",
        "<html/>",
        "{}",
        r#"{"access_token":7}"#,
        "{\"access_token\":\"a\\u0000b\"}",
    ] {
        let error = token_against(json(body)).await;
        assert!(
            matches!(error, PopulationError::Nonsense(_)),
            "{body}: {error:?}"
        );
    }
}
