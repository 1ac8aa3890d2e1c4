use std::time::Duration;

use lienthong_core::ports::population::{LookupCall, PopulationError, SentCount, TimeLeft};

use super::grounds::{ASKED, NAME};
use super::*;
use crate::http::rough_server::nobody;

/// A failed look-up and how many requests it counted.
async fn failed(ground: &Ground, template: ResponseTemplate) -> Unanswered {
    let (looked_up, arrived) = look_up_against(ground, template).await;
    let unanswered = looked_up.unwrap_err();
    assert_eq!(unanswered.attempts, arrived, "{}", ground.profile);
    unanswered
}

async fn failed_roughly(ground: &Ground, behaviour: Behaviour) -> (Unanswered, RoughServer) {
    let server = rough(ground, behaviour).await;
    let looked_up = registry(ground, &server.url)
        .look_up(&query(), &call())
        .await;
    (looked_up.unwrap_err(), server)
}

fn once(error: PopulationError) -> Unanswered {
    Unanswered { error, attempts: 1 }
}

#[tokio::test]
async fn each_status_means_the_same_everywhere_and_is_not_tried_again() {
    for ground in GROUNDS {
        for (status, error) in [
            (400, PopulationError::Rejected { status: 400 }),
            (403, PopulationError::Forbidden),
            (404, PopulationError::Rejected { status: 404 }),
            (429, PopulationError::Throttled { retry_after: None }),
            (500, PopulationError::Failed { status: 500 }),
            (503, PopulationError::Failed { status: 503 }),
        ] {
            let unanswered = failed(ground, ResponseTemplate::new(status)).await;
            assert_eq!(unanswered, once(error), "{}", ground.profile);
        }
        let busy = ResponseTemplate::new(429).insert_header("retry-after", "7");
        let retry_after = Some(Duration::from_secs(7));
        let throttled = PopulationError::Throttled { retry_after };
        assert_eq!(failed(ground, busy).await, once(throttled));
    }
}

#[tokio::test]
async fn a_known_code_in_the_body_of_a_refusal_is_understood_everywhere() {
    for ground in GROUNDS {
        for (status, body, error) in [
            (
                400,
                r#"{"message":"Error","errorCode":"004"}"#,
                PopulationError::ProcedureNotLicensed,
            ),
            (
                400,
                r#"{"message":"Error","errorCode":"005"}"#,
                PopulationError::OfficerNotLicensed,
            ),
            (400, r#"{"message":"00"}"#, PopulationError::StepUpRequired),
            (403, r#"{"message":"01"}"#, PopulationError::StepUpRequired),
            (
                200,
                r#"{"status":0,"errorCode":101,"message":"IP_DISALLOWED"}"#,
                PopulationError::AddressRefused,
            ),
            (
                401,
                r#"{"status":0,"errorCode":101}"#,
                PopulationError::AddressRefused,
            ),
            (
                500,
                r#"{"type":"Server.ServerProxy.ServiceFailed","message":"m","detail":"d"}"#,
                PopulationError::Failed { status: 500 },
            ),
            (
                400,
                r#"{"errorCode":"java.lang.IllegalStateException: 000185000001"}"#,
                PopulationError::Rejected { status: 400 },
            ),
        ] {
            let template = ResponseTemplate::new(status).set_body_raw(body, "application/json");
            let unanswered = failed(ground, template).await;
            assert_eq!(unanswered, once(error), "{} {body}", ground.profile);
        }
    }
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_what_cannot_be_renewed_not_at_all() {
    for ground in GROUNDS {
        let renews = ground.token.is_some();
        let unanswered = failed(ground, ResponseTemplate::new(401)).await;
        assert_eq!(unanswered.error, PopulationError::CredentialsRefused);
        let sent = if renews { 2 } else { 1 };
        assert_eq!(unanswered.attempts, sent, "{}", ground.profile);
    }
}

#[tokio::test]
async fn a_token_is_not_renewed_for_a_caller_whose_time_is_over() {
    for ground in GROUNDS.iter().filter(|ground| ground.token.is_some()) {
        let server = upstream(ground).await;
        let refuses = Mock::given(path("/tracuu")).respond_with(ResponseTemplate::new(401));
        refuses.mount(&server).await;
        let sent = SentCount::default();
        let counted = sent.clone();
        let call = LookupCall {
            budget: TimeLeft::told_by(move || {
                Duration::from_secs(u64::from(counted.so_far() == 0))
            }),
            sent,
            ..call()
        };
        let registry = registry(ground, &server.uri());
        let unanswered = registry.look_up(&query(), &call).await.unwrap_err();
        assert_eq!(unanswered, once(PopulationError::TimedOut));
        assert_eq!(call.sent.so_far(), 1, "{}", ground.profile);
        let requests = server.received_requests().await.unwrap();
        let paths: Vec<_> = requests.iter().map(|it| it.url.path()).collect();
        assert_eq!(paths, ["/token", "/tracuu"], "{}", ground.profile);
    }
}

#[tokio::test]
async fn after_a_renewal_the_same_request_is_answered() {
    for ground in GROUNDS.iter().filter(|ground| ground.token.is_some()) {
        let server = upstream(ground).await;
        Mock::given(path("/tracuu"))
            .respond_with(ResponseTemplate::new(401))
            .up_to_n_times(1)
            .mount(&server)
            .await;
        let template = said(ground, (ground.people)(&[ASKED]));
        let look_ups = Mock::given(path("/tracuu")).respond_with(template);
        look_ups.mount(&server).await;
        let registry = registry(ground, &server.uri());
        let observed = registry.look_up(&query(), &call()).await.unwrap();
        assert_eq!(observed.attempts, 2, "{}", ground.profile);
        let requests = server.received_requests().await.unwrap();
        let paths: Vec<_> = requests.iter().map(|it| it.url.path()).collect();
        assert_eq!(paths, ["/token", "/tracuu", "/token", "/tracuu"]);
        assert_eq!(requests[1].body, requests[3].body, "{}", ground.profile);
    }
}

#[tokio::test]
async fn a_token_that_cannot_be_had_sends_no_look_up() {
    for ground in GROUNDS {
        let Some(token) = &ground.token else { continue };
        for (status, error) in [
            (400, PopulationError::CredentialsRefused),
            (401, PopulationError::CredentialsRefused),
            (403, PopulationError::Forbidden),
            (404, PopulationError::Rejected { status: 404 }),
            (429, PopulationError::Throttled { retry_after: None }),
            (502, PopulationError::Failed { status: 502 }),
        ] {
            let server = MockServer::start().await;
            let refused = ResponseTemplate::new(status);
            let tokens = Mock::given(path(token.path)).respond_with(refused);
            tokens.mount(&server).await;
            let registry = registry(ground, &server.uri());
            let unanswered = registry.look_up(&query(), &call()).await.unwrap_err();
            assert_eq!(unanswered, error.into(), "{}", ground.profile);
            assert_eq!(arrived(&server).await, 0);
        }
    }
}

#[tokio::test]
async fn what_is_no_answer_is_nonsense_that_names_no_one() {
    for ground in GROUNDS {
        let whole = (ground.people)(&[ASKED]);
        let fault = "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body>\
            <e:Fault><faultcode>e:Server</faultcode></e:Fault></e:Body></e:Envelope>";
        for body in [
            "<html><body>Bảo trì hệ thống 000185000001</body></html>".to_owned(),
            format!("{{\"error_code\":\"-1\",\"message\":\"{NAME}\"}}"),
            String::new(),
            "null".to_owned(),
            fault.to_owned(),
            whole[..whole.len() - 30].to_owned(),
            (ground.elsewhere)(),
            (ground.bomb)(),
            whole.replace(ASKED, "0001850000"),
        ] {
            let length = body.len();
            let unanswered = failed(ground, said(ground, body.clone())).await;
            let shown = format!("{unanswered:?} {unanswered}");
            let PopulationError::Nonsense(structure) = unanswered.error else {
                panic!("{}: {body} {shown}", ground.profile)
            };
            assert_eq!((structure.status, structure.length), (200, length));
            for value in ["00018", "MẪU", "Bảo"] {
                assert!(!shown.contains(value), "{}: {shown}", ground.profile);
            }
        }
        for status in [202, 204, 302] {
            let unanswered = failed(ground, ResponseTemplate::new(status)).await;
            assert!(matches!(unanswered.error, PopulationError::Nonsense(_)));
        }
    }
}

#[tokio::test]
async fn nobody_listening_means_that_nothing_was_sent() {
    for ground in GROUNDS {
        let registry = registry(ground, &nobody().await);
        let unanswered = registry.look_up(&query(), &call()).await.unwrap_err();
        let nothing_sent = PopulationError::Unreachable.into();
        assert_eq!(unanswered, nothing_sent, "{}", ground.profile);
    }
}

#[tokio::test]
async fn a_lost_connection_counts_as_sent_and_is_not_tried_again() {
    for ground in GROUNDS {
        let whole = (ground.people)(&[ASKED]);
        let cut = format!("HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n{whole}");
        for behaviour in [
            Behaviour::HangUp,
            Behaviour::Reset,
            Behaviour::Say(cut.into_bytes()),
        ] {
            let (unanswered, server) = failed_roughly(ground, behaviour).await;
            let lost = once(PopulationError::Interrupted);
            assert_eq!(unanswered, lost, "{}", ground.profile);
            let expected = 1 + usize::from(ground.token.is_some());
            assert_eq!(server.connections(), expected, "{}", ground.profile);
        }
    }
}

#[tokio::test]
async fn a_flood_is_nonsense_and_is_not_read_to_its_end() {
    for ground in GROUNDS {
        let (unanswered, server) = failed_roughly(ground, Behaviour::Flood(100 << 20)).await;
        let PopulationError::Nonsense(structure) = unanswered.error else {
            panic!("{}: {:?}", ground.profile, unanswered.error)
        };
        assert_eq!(structure.problem, "longer than allowed");
        assert!(server.flooded() < 50 << 20, "{}", server.flooded());
    }
}

#[tokio::test]
async fn whoever_asked_ends_silence_and_a_drip_and_knows_what_was_sent() {
    let hurried = Duration::from_millis(300);
    for ground in GROUNDS {
        for behaviour in [Behaviour::FallSilent, Behaviour::Drip] {
            let server = rough(ground, behaviour).await;
            let registry = registry(ground, &server.url);
            let call = call();
            let (query, sent) = (query(), call.sent.clone());
            let asked = tokio::time::timeout(hurried, registry.look_up(&query, &call));
            assert!(asked.await.is_err(), "{}", ground.profile);
            assert_eq!(sent.so_far(), 1, "{}", ground.profile);
        }
        if ground.token.is_some() {
            let server = RoughServer::start(vec![Behaviour::FallSilent]).await;
            let registry = registry(ground, &server.url);
            let call = call();
            let (query, sent) = (query(), call.sent.clone());
            let asked = tokio::time::timeout(hurried, registry.look_up(&query, &call));
            assert!(asked.await.is_err(), "{}", ground.profile);
            assert_eq!((sent.so_far(), server.connections()), (0, 1));
        }
    }
}

#[tokio::test]
async fn without_time_nothing_is_asked() {
    let late = LookupCall {
        budget: TimeLeft::fixed(Duration::ZERO),
        ..call()
    };
    for ground in GROUNDS {
        let server = upstream(ground).await;
        let registry = registry(ground, &server.uri());
        let unanswered = registry.look_up(&query(), &late).await.unwrap_err();
        assert_eq!(unanswered, PopulationError::TimedOut.into());
        assert!(server.received_requests().await.unwrap().is_empty());
    }
}
