//! A portal whose answer tells that a dossier is there and nothing more: all that is publicly
//! known of the real one (portal.md 4).
//!
//! What a reader would get wrong: such an answer cannot tell whether a step has arrived. So a
//! step whose answer was lost is not sent again by itself; a person looks, and says.

use lienthong::demo::messages::OFFICER;
use lienthong::demo::vendor::Vendor;
use lienthong_mocks::{Fault, FaultEffect, LookupAnswer};
use lienthong_proto::v1;
use lienthong_proto::v1::difference::Kind;
use lienthong_proto::v1::reconciliation::Depth;
use lienthong_proto::v1::resolve_unknown_request::Found;
use lienthong_proto::v1::{Cause, SyncState};
use lienthong_tests::callers::record;
use lienthong_tests::lives::Life;
use lienthong_tests::operator::Operator;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::{Stage, dossier_in, outline};

use super::arrived;

async fn stage() -> Stage {
    let settings = Settings::default()
        .impatient()
        .with("sync.operators", "['igate']")
        .with("sync.questions_per_minute", "6000")
        .with("sync.retry_per_minute", "6000");
    let stage = Stage::with(settings).await.unwrap();
    stage.mocks().portal().show_lookups(LookupAnswer::CodeOnly);
    stage
}

/// A life whose first step's answer was lost, in the hands of a person.
async fn lost(stage: &Stage, effect: FaultEffect) -> (Vendor, Life, v1::DossierSync) {
    let mut vendor = stage.plain_vendor().await.unwrap();
    let life = Life::new(1, 3, stage.now());
    record(&mut vendor, &life.events[0]).await.unwrap();
    dossier_in(&mut vendor, &life.code, SyncState::Accepted)
        .await
        .unwrap();
    let fault = Fault::new(effect).on("steps").for_key(&life.code);
    stage.mocks().portal().script(fault).unwrap();
    record(&mut vendor, &life.events[1]).await.unwrap();
    let sync = dossier_in(&mut vendor, &life.code, SyncState::Dead)
        .await
        .unwrap();
    let attempts = &sync.timeline[1].attempts;
    let last = attempts.last().unwrap();
    assert_eq!(last.cause(), Cause::CannotBeAsked, "{:#?}", outline(&sync));
    assert!(!last.advice_vi.is_empty() && !last.advice_en.is_empty());
    // What follows waits behind it.
    for event in &life.events[2..] {
        record(&mut vendor, event).await.unwrap();
    }
    (vendor, life, sync)
}

async fn resolve(vendor: &mut Vendor, life: &Life, found: Found) -> v1::ResolveUnknownResponse {
    let request = v1::ResolveUnknownRequest {
        dossier_code: life.code.clone(),
        revision: 2,
        found: found.into(),
        reason: "Đã xem trên cổng".to_owned(),
        operator_id: OFFICER.to_owned(),
        ..v1::ResolveUnknownRequest::default()
    };
    let answer = vendor.sync.resolve_unknown(request).await.unwrap();
    answer.into_inner()
}

#[tokio::test]
async fn a_step_that_a_person_found_there_is_not_sent_again_and_the_rest_follows() {
    let stage = stage().await;
    let (mut vendor, life, _) = lost(&stage, FaultEffect::DropAfterEffect).await;
    resolve(&mut vendor, &life, Found::Arrived).await;
    dossier_in(&mut vendor, &life.code, SyncState::Accepted)
        .await
        .unwrap();
    arrived(&stage, &[life]).await.unwrap();
}

#[tokio::test]
async fn a_step_that_a_person_did_not_find_there_is_sent_and_the_rest_follows() {
    let stage = stage().await;
    let (mut vendor, life, _) = lost(&stage, FaultEffect::HangBeforeEffect).await;
    resolve(&mut vendor, &life, Found::Absent).await;
    dossier_in(&mut vendor, &life.code, SyncState::Accepted)
        .await
        .unwrap();
    arrived(&stage, &[life]).await.unwrap();
}

#[tokio::test]
async fn a_state_whose_answer_was_lost_needs_nobody() {
    let stage = stage().await;
    let mut vendor = stage.plain_vendor().await.unwrap();
    let life = Life::new(1, 2, stage.now());
    let fault = Fault::new(FaultEffect::DropAfterEffect).on("create");
    stage.mocks().portal().script(fault).unwrap();
    for event in &life.events {
        record(&mut vendor, event).await.unwrap();
    }
    dossier_in(&mut vendor, &life.code, SyncState::Accepted)
        .await
        .unwrap();
    arrived(&stage, &[life]).await.unwrap();
}

#[tokio::test]
async fn presence_is_enough_to_find_a_lost_dossier_and_to_bring_it_back() {
    let stage = stage().await;
    let mut vendor = stage.plain_vendor().await.unwrap();
    let lives: Vec<Life> = (0..4)
        .map(|number| Life::new(number, 2, stage.now()))
        .collect();
    for event in lives.iter().flat_map(|life| &life.events) {
        record(&mut vendor, event).await.unwrap();
    }
    for life in &lives {
        dossier_in(&mut vendor, &life.code, SyncState::Accepted)
            .await
            .unwrap();
    }
    assert!(stage.mocks().portal().forget_dossier(&lives[2].code));
    let mut operator = Operator::through(&vendor.sync);
    let compared = operator.reconcile().await.unwrap();
    assert_eq!(compared.depth(), Depth::Presence, "{compared:?}");
    let found = operator
        .differences(&compared.reconciliation_id)
        .await
        .unwrap();
    let [lost] = found.as_slice() else {
        panic!("{found:#?}")
    };
    assert_eq!(
        (lost.dossier_code.as_str(), lost.kind(), lost.repairable),
        (lives[2].code.as_str(), Kind::MissingOnPortal, true)
    );
    operator.make_whole().await.unwrap();
    let again = stage.mocks().portal().dossier(&lives[2].code).unwrap();
    assert_eq!((again.status(), again.steps.len()), (Some("10"), 2));
}
