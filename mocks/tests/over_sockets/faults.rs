//! What a scripted fault does to the bytes and to the effect.

use std::collections::BTreeMap;

use lienthong_mocks::{ErrorCode, Fault, FaultEffect, Mocks, Outcome, ScriptProblem};
use serde_json::{Value, json};

use crate::caller::{DOSSIER, ask, create, dossier, mocks, plain_lookup, post, session, try_post};

const CALL: &str = "/mapi/g";

async fn scripted(effect: FaultEffect) -> (Mocks, Value) {
    let mocks = mocks().await;
    let session = session(&mocks).await;
    mocks
        .portal()
        .script(Fault::new(effect).on("DongBoHoSoMC").for_key(DOSSIER))
        .unwrap();
    let body = create(&session, &dossier());
    (mocks, body)
}

fn last_outcome(mocks: &Mocks) -> (Outcome, Option<&'static str>) {
    let entry = mocks.portal().journal().pop().unwrap();
    (entry.outcome, entry.fault)
}

#[tokio::test]
async fn a_connection_dropped_before_the_effect_stores_nothing() {
    let (mocks, body) = scripted(FaultEffect::DropBeforeEffect).await;
    assert!(try_post(&mocks, CALL, &body).await.is_err());
    assert_eq!(
        last_outcome(&mocks),
        (Outcome::NotApplied, Some("drop_before_effect"))
    );
    assert_eq!(mocks.portal().dossier(DOSSIER), None);
    assert_eq!(post(&mocks, CALL, &body).await["error_code"], json!("0"));
}

#[tokio::test]
async fn a_connection_dropped_after_the_effect_has_stored_the_dossier() {
    let (mocks, body) = scripted(FaultEffect::DropAfterEffect).await;
    assert!(try_post(&mocks, CALL, &body).await.is_err());
    assert_eq!(
        last_outcome(&mocks),
        (Outcome::Created, Some("drop_after_effect"))
    );
    assert_eq!(post(&mocks, CALL, &body).await["error_code"], json!("-3"));
}

#[tokio::test]
async fn a_scripted_status_comes_with_its_headers_and_without_effect() {
    let headers = BTreeMap::from([("Retry-After".to_owned(), "7".to_owned())]);
    let effect = FaultEffect::Status {
        code: 503,
        body: "bảo trì".to_owned(),
        headers,
    };
    let (mocks, body) = scripted(effect).await;
    let answer = try_post(&mocks, CALL, &body).await.unwrap();
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.headers()["retry-after"], "7");
    assert_eq!(answer.text().await.unwrap(), "bảo trì");
    assert_eq!(mocks.portal().dossier(DOSSIER), None);
}

#[tokio::test]
async fn a_truncated_answer_ends_before_its_announced_length() {
    let (mocks, body) = scripted(FaultEffect::Truncate { bytes: 5 }).await;
    let answer = try_post(&mocks, CALL, &body).await.unwrap();
    assert!(answer.content_length().unwrap() > 5);
    assert!(answer.bytes().await.is_err());
    assert_eq!(last_outcome(&mocks).0, Outcome::Created);
}

#[tokio::test]
async fn garbage_and_the_firewall_page_are_no_json_and_only_garbage_takes_effect() {
    let (mocks, body) = scripted(FaultEffect::Garbage).await;
    let answer = try_post(&mocks, CALL, &body).await.unwrap();
    assert!(answer.json::<Value>().await.is_err());
    assert!(mocks.portal().dossier(DOSSIER).is_some());
    let (mocks, body) = scripted(FaultEffect::Html).await;
    let answer = try_post(&mocks, CALL, &body).await.unwrap();
    assert!(answer.text().await.unwrap().contains("Request Rejected"));
    assert_eq!(mocks.portal().dossier(DOSSIER), None);
}

#[tokio::test]
async fn a_huge_answer_announces_no_length_and_would_parse() {
    let (mocks, body) = scripted(FaultEffect::HugeBody { bytes: 3_000_000 }).await;
    let answer = try_post(&mocks, CALL, &body).await.unwrap();
    assert_eq!(answer.content_length(), None);
    let bytes = answer.bytes().await.unwrap();
    assert_eq!(bytes.len(), 3_000_000);
    assert_eq!(
        serde_json::from_slice::<Value>(&bytes).unwrap()["error_code"],
        json!("0")
    );
}

#[tokio::test]
async fn a_dripping_and_a_late_answer_are_true_in_the_end() {
    let slow = [
        FaultEffect::SlowDrip {
            bytes: 7,
            every_ms: 1,
        },
        FaultEffect::Delay {
            ms: 20,
            before_effect: false,
        },
        FaultEffect::Delay {
            ms: 20,
            before_effect: true,
        },
    ];
    for effect in slow {
        let (mocks, body) = scripted(effect).await;
        assert_eq!(post(&mocks, CALL, &body).await["error_code"], json!("0"));
        assert_eq!(last_outcome(&mocks).0, Outcome::Created);
    }
}

#[tokio::test]
async fn a_late_answer_has_taken_effect_before_it_comes() {
    let (mocks, body) = scripted(FaultEffect::Delay {
        ms: 600_000,
        before_effect: false,
    })
    .await;
    let (portal, url) = (
        mocks.portal().clone(),
        format!("{}{CALL}", mocks.portal_url()),
    );
    let waiting = tokio::spawn(crate::caller::client().post(url).json(&body).send());
    while portal.dossier(DOSSIER).is_none() {
        tokio::task::yield_now().await;
    }
    mocks.portal().pause();
    assert!(waiting.await.unwrap().is_err());
}

#[tokio::test]
async fn an_error_text_carries_its_code_as_it_was_scripted() {
    for (code, expected) in [
        (ErrorCode::from("99"), json!("99")),
        (ErrorCode::from(7), json!(7)),
    ] {
        let message = "Hệ thống bận".to_owned();
        let (mocks, body) = scripted(FaultEffect::ErrorText { code, message }).await;
        let answer = post(&mocks, CALL, &body).await;
        assert_eq!(
            answer,
            json!({"error_code": expected, "message": "Hệ thống bận"})
        );
        assert_eq!(mocks.portal().dossier(DOSSIER), None);
    }
    let (mocks, body) = scripted(FaultEffect::IntegerErrorCode).await;
    assert_eq!(post(&mocks, CALL, &body).await["error_code"], json!(0));
}

#[tokio::test]
async fn a_session_that_ends_just_before_the_call_is_refused_and_stays_ended() {
    let (mocks, body) = scripted(FaultEffect::ExpireSession).await;
    for _ in 0..2 {
        let answer = post(&mocks, CALL, &body).await;
        assert!(
            answer["message"].as_str().unwrap().contains("session"),
            "{answer}"
        );
    }
    assert_eq!(mocks.portal().dossier(DOSSIER), None);
}

#[tokio::test]
async fn a_fault_for_another_dossier_waits() {
    let (mocks, _) = scripted(FaultEffect::DropBeforeEffect).await;
    let mut other = dossier();
    other["MaHoSo"] = json!("H22.12-250714-0099");
    let session = session(&mocks).await;
    assert_eq!(
        post(&mocks, CALL, &create(&session, &other)).await["error_code"],
        json!("0")
    );
    assert_eq!(mocks.portal().waiting_faults().len(), 1);
    mocks.portal().clear_faults();
    assert!(mocks.portal().waiting_faults().is_empty());
}

#[tokio::test]
async fn the_population_database_plays_its_own_faults() {
    let mocks = mocks().await;
    let population = mocks.population();
    population
        .script(
            Fault::new(FaultEffect::WrongNamespace)
                .on("037")
                .for_key("H99-1"),
        )
        .unwrap();
    let strange = ask(&mocks, "/tracuu", &plain_lookup())
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(
        strange.contains("CongDan>") && !strange.contains("mic.gov.vn"),
        "{strange}"
    );

    population
        .script(Fault::new(FaultEffect::ExpireSession).on("037"))
        .unwrap();
    assert_eq!(
        ask(&mocks, "/tracuu", &plain_lookup())
            .await
            .unwrap()
            .status(),
        401
    );

    let message = "hệ thống bảo trì".to_owned();
    let effect = FaultEffect::ErrorText {
        code: "soapenv:Server".into(),
        message,
    };
    population.script(Fault::new(effect).on("037")).unwrap();
    let answer = ask(&mocks, "/tracuu", &plain_lookup()).await.unwrap();
    assert_eq!(answer.status(), 500);
    assert!(
        answer
            .text()
            .await
            .unwrap()
            .contains("<faultstring>hệ thống bảo trì</faultstring>")
    );

    population
        .script(Fault::new(FaultEffect::DropAfterEffect).on("037").times(2))
        .unwrap();
    for _ in 0..2 {
        assert!(ask(&mocks, "/tracuu", &plain_lookup()).await.is_err());
    }
    assert_eq!(
        ask(&mocks, "/tracuu", &plain_lookup())
            .await
            .unwrap()
            .status(),
        200
    );
}

#[tokio::test]
async fn a_fault_that_cannot_be_played_is_refused_with_every_reason() {
    let mocks = mocks().await;
    let impossible = Fault::new(FaultEffect::WrongNamespace).on("037").times(0);
    let upstream = "portal";
    assert_eq!(
        mocks.portal().script(impossible).unwrap_err(),
        [
            ScriptProblem::Never,
            ScriptProblem::UnknownOperation { upstream },
            ScriptProblem::OtherUpstream {
                kind: "wrong_namespace",
                upstream
            },
        ]
    );
    assert!(mocks.portal().waiting_faults().is_empty());
}
