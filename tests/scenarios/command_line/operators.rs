//! `lienthong sync`: what an operator sees and does.

use lienthong_mocks::{Fault, FaultEffect};
use lienthong_proto::v1::{PortalStatus, SyncState};
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::{Stage, dossier_in};
use serde_json::Value;

use super::caller::{Going, OPERATOR, REASON, json, lines, said, stage, state, write};

/// Lets the portal refuse the next state of each of these dossiers, and records them.
async fn refused(stage: &Stage, sequences: &[u32]) -> Vec<String> {
    let codes: Vec<String> = sequences
        .iter()
        .map(|sequence| stage.dossier_code(*sequence))
        .collect();
    for code in &codes {
        let refusal = FaultEffect::ErrorText {
            code: "-1".into(),
            message: "Dữ liệu không hợp lệ: thiếu trường bắt buộc TrichYeuHoSo".to_owned(),
        };
        let fault = Fault::new(refusal).on("DongBoHoSoMC").for_key(code);
        stage.mocks().portal().script(fault).unwrap();
    }
    record(stage, &codes).await;
    let mut vendor = stage.vendor().await.unwrap();
    for code in &codes {
        dossier_in(&mut vendor, code, SyncState::Refused)
            .await
            .unwrap();
    }
    codes
}

async fn record(stage: &Stage, codes: &[String]) {
    let events: Vec<Value> = codes
        .iter()
        .map(|code| state(stage, code, PortalStatus::Received))
        .collect();
    write(stage, "events.jsonl", &lines(&events));
    let recorded = said(stage, &["dossier", "record", "events.jsonl"]).await;
    assert_eq!(recorded.code, Some(0), "{}{}", recorded.out, recorded.err);
}

#[tokio::test]
async fn the_health_is_shown_for_people_and_for_programs() {
    let stage = stage().await;
    let status = said(&stage, &["sync", "status"]).await;
    assert_eq!(status.code, Some(0), "{}", status.err);
    assert!(status.out.starts_with("Sync: healthy"), "{}", status.out);
    for upstream in ["portal [p2]", "population [soap-lgsp]"] {
        assert!(status.out.contains(upstream), "{}", status.out);
    }
    let health = json(&stage, &["sync", "status"]).await;
    assert_eq!(health["health"]["condition"], "HEALTHY");
    let mut watching = Going::start(
        &stage,
        &["sync", "watch", "--interval", "1s", "--output", "json"],
    );
    for _ in 0..2 {
        let health: Value = serde_json::from_str(&watching.line().await).unwrap();
        assert_eq!(health["health"]["upstreams"].as_array().unwrap().len(), 2);
    }
    let hasty = said(&stage, &["sync", "watch", "--interval", "10ms"]).await;
    assert_eq!(hasty.code, Some(2), "{}", hasty.err);
    assert!(hasty.err.contains("interval"), "{}", hasty.err);
}

#[tokio::test]
async fn refused_dossiers_are_shown_by_cause_and_sent_again_once_an_operator_says_so() {
    let stage = stage().await;
    let codes = refused(&stage, &[1, 2]).await;
    let failures = said(&stage, &["sync", "failures"]).await;
    assert_eq!(failures.code, Some(0), "{}", failures.err);
    for word in ["FIELD_REJECTED", &codes[0], &codes[1], "-1"] {
        assert!(failures.out.contains(word), "no {word}:\n{}", failures.out);
    }
    let groups = json(&stage, &["sync", "failures", "--unit", "H99.12"]).await;
    assert_eq!(groups["groups"][0]["dossiers"], "2");
    let none = json(&stage, &["sync", "failures", "--cause", "session"]).await;
    assert_eq!(none.get("groups"), None);
    let listed = json(&stage, &["sync", "dossiers", "--state", "refused"]).await;
    assert_eq!(listed["dossiers"].as_array().unwrap().len(), 2);
    let first = json(
        &stage,
        &["sync", "dossiers", "--state", "refused", "--limit", "1"],
    )
    .await;
    assert_eq!(first["dossiers"].as_array().unwrap().len(), 1);

    let preview = said(
        &stage,
        &["sync", "retry", "--state", "refused", "--preview"],
    )
    .await;
    assert_eq!(preview.code, Some(0), "{}", preview.err);
    assert!(preview.out.contains("FIELD_REJECTED"), "{}", preview.out);

    let retry = [
        "sync",
        "retry",
        "--state",
        "refused",
        "--operator",
        OPERATOR,
        "--reason",
        REASON,
    ];
    let unasked = said(&stage, &retry).await;
    assert_eq!(unasked.code, Some(2), "{}", unasked.out);
    assert!(unasked.err.contains("--yes"), "{}", unasked.err);
    let untouched = json(&stage, &["dossier", "show", &codes[0]]).await;
    assert_eq!(untouched["sync"]["state"], "REFUSED");

    let done = said(&stage, &[&retry[..], &["--yes"]].concat()).await;
    assert_eq!(done.code, Some(0), "{}{}", done.out, done.err);
    assert!(
        done.out.contains("finished, 2/2 (2 succeeded"),
        "{}",
        done.out
    );
    assert!(!done.out.contains(OPERATOR), "{}", done.out);
    for code in &codes {
        let shown = json(&stage, &["dossier", "show", code]).await;
        assert_eq!(shown["sync"]["state"], "ACCEPTED");
    }
    let again = said(&stage, &[&retry[..], &["--yes"]].concat()).await;
    assert_eq!(again.code, Some(0), "{}", again.err);
    assert!(again.out.contains("nothing to send again"), "{}", again.out);
}

#[tokio::test]
async fn a_retry_that_fails_again_ends_with_1_and_names_the_dossier() {
    let stage = stage().await;
    let codes = refused(&stage, &[1]).await;
    let refusal = FaultEffect::ErrorText {
        code: "-1".into(),
        message: "Dữ liệu không hợp lệ: thiếu trường bắt buộc TrichYeuHoSo".to_owned(),
    };
    let fault = Fault::new(refusal).on("DongBoHoSoMC").for_key(&codes[0]);
    stage.mocks().portal().script(fault).unwrap();
    let retry = [
        "sync",
        "retry",
        "--dossier",
        &codes[0],
        "--operator",
        OPERATOR,
        "--reason",
        REASON,
        "--yes",
    ];
    let failed = said(&stage, &retry).await;
    assert_eq!(failed.code, Some(1), "{}{}", failed.out, failed.err);
    assert!(failed.out.contains(&codes[0]), "{}", failed.out);
    assert!(failed.out.contains("FIELD_REJECTED"), "{}", failed.out);
}

#[tokio::test]
async fn a_detached_retry_is_followed_and_cancelled_by_its_id() {
    let stage = stage().await;
    refused(&stage, &[1, 2, 3]).await;
    let retry = [
        "sync",
        "retry",
        "--state",
        "refused",
        "--operator",
        OPERATOR,
        "--reason",
        REASON,
        "--yes",
        "--detach",
        "--per-minute",
        "1",
    ];
    let started = json(&stage, &retry).await;
    let id = started["operation"]["operationId"].as_str().unwrap();
    let cancelled = said(&stage, &["sync", "cancel", id, "--operator", OPERATOR]).await;
    assert_eq!(cancelled.code, Some(0), "{}", cancelled.err);
    let followed = said(&stage, &["sync", "follow", id]).await;
    assert_eq!(followed.code, Some(1), "{}{}", followed.out, followed.err);
    assert!(followed.out.contains("cancelled"), "{}", followed.out);
    let unknown = said(&stage, &["sync", "follow", "no-such-operation"]).await;
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.err.contains("NOT_FOUND"), "{}", unknown.err);
}

#[tokio::test]
async fn what_the_portal_lost_is_found_by_a_comparison_and_repaired() {
    let stage = stage().await;
    let codes = [stage.dossier_code(1), stage.dossier_code(2)];
    record(&stage, &codes).await;
    let mut vendor = stage.vendor().await.unwrap();
    for code in &codes {
        dossier_in(&mut vendor, code, SyncState::Accepted)
            .await
            .unwrap();
    }
    assert!(stage.mocks().portal().forget_dossier(&codes[1]));
    let reconcile = [
        "sync",
        "reconcile",
        "--operator",
        OPERATOR,
        "--per-minute",
        "6000",
    ];
    let found = json(&stage, &reconcile).await;
    assert_eq!(
        found["differences"].as_array().unwrap().len(),
        1,
        "{found:#}"
    );
    assert_eq!(found["differences"][0]["kind"], "MISSING_ON_PORTAL");
    assert_eq!(found["differences"][0]["dossierCode"], codes[1]);
    let earlier = said(&stage, &["sync", "reconcile", "--id", "newest"]).await;
    assert_eq!(earlier.code, Some(0), "{}", earlier.err);
    assert!(
        earlier.out.contains("missing on the portal"),
        "{}",
        earlier.out
    );

    let repair = [&reconcile[..], &["--repair", "--reason", REASON]].concat();
    let unasked = said(&stage, &repair).await;
    assert_eq!(unasked.code, Some(2), "{}{}", unasked.out, unasked.err);
    let repaired = json(&stage, &[&repair[..], &["--yes"]].concat()).await;
    assert_eq!(repaired["repair"]["state"], "FINISHED", "{repaired:#}");
    assert!(stage.mocks().portal().dossier(&codes[1]).is_some());
    let after = json(&stage, &reconcile).await;
    assert_eq!(after.get("differences"), None, "{after:#}");
}

#[tokio::test]
async fn what_an_operator_must_say_is_asked_for_before_anything_is_called() {
    let stage = stage().await;
    for arguments in [
        &["sync", "retry", "--state", "refused"][..],
        &["sync", "retry", "--state", "happy", "--preview"],
        &["sync", "reconcile"],
        &["sync", "reconcile", "--operator", OPERATOR, "--repair"],
        &["sync", "cancel", "r-1"],
        &["sync", "dossiers", "--limit", "0"],
        &["sync", "failures", "--older-than", "soon"],
        // The gateway's own rule: an empty choice is no choice.
        &["sync", "retry", "--preview"],
        &["sync", "failures", "--unit", "no unit at all"],
    ] {
        let said = said(&stage, arguments).await;
        assert_eq!(
            said.code,
            Some(2),
            "{arguments:?}: {}{}",
            said.out,
            said.err
        );
        assert!(!said.err.is_empty(), "{arguments:?}");
    }
}

#[tokio::test]
async fn a_system_that_is_no_operator_is_told_so() {
    let stage = Stage::with(Settings::default()).await.unwrap();
    let refused = said(&stage, &["sync", "failures"]).await;
    assert_eq!(refused.code, Some(1), "{}", refused.out);
    assert!(
        refused.err.contains("NOT_PERMITTED_OPERATOR"),
        "{}",
        refused.err
    );
    let health = said(&stage, &["sync", "status"]).await;
    assert_eq!(health.code, Some(0), "{}", health.err);
}
