use jiff::SignedDuration;
use lienthong_core::portal_status::PortalStatus as Status;
use lienthong_core::ports::ledger::{DossierFilter, Ledger as _, Released, Replay};
use lienthong_core::ports::operations::{ItemResult, OperationId, OperationState, Operations as _};
use lienthong_core::ports::portal::StepStatus;
use lienthong_core::sync::reconcile::{ByHand, Repair};
use lienthong_core::sync::state::SyncState;
use lienthong_proto::v1::PortalStatus;

use crate::sync::operations::ground::{Ground, Mood, order};

const LIFE: [PortalStatus; 2] = [PortalStatus::Received, PortalStatus::Processing];

/// A dossier at the portal and the reconciliation of it after `change`.
async fn reconciled(ground: &Ground, change: impl FnOnce(&str)) -> (String, OperationId) {
    let code = ground.record(1, &LIFE).await;
    ground.settle().await;
    change(&code);
    let started = ground
        .desk
        .start_reconciliation(order("c1", 60), DossierFilter::default())
        .await
        .unwrap();
    ground.pass(SignedDuration::from_secs(5)).await;
    (code, started.started.id)
}

async fn repair(ground: &Ground, reconciliation: &OperationId) -> OperationId {
    let started = ground
        .desk
        .start_repair(order("p1", 60), reconciliation.clone(), Vec::new())
        .await
        .unwrap();
    ground.pass(SignedDuration::from_secs(10)).await;
    started.started.id
}

async fn repairs(ground: &Ground, reconciliation: &OperationId) -> Vec<Repair> {
    let found = ground
        .desk
        .differences(reconciliation, 0, 10)
        .await
        .unwrap();
    found.into_iter().map(|found| found.repair).collect()
}

#[tokio::test]
async fn a_dossier_that_the_portal_lost_comes_back_whole_and_once() {
    let ground = Ground::new();
    let (code, found_by) = reconciled(&ground, |code| ground.portal.forget(code)).await;
    let id = repair(&ground, &found_by).await;
    let operation = ground.operation(&id).await;
    assert_eq!(operation.state, OperationState::Finished);
    assert_eq!(operation.succeeded, 1);
    let held = ground.portal.held(&code).unwrap();
    assert_eq!(held.status, Status::Processing);
    assert_eq!(held.steps.len(), 2);
    assert_eq!(ground.summary(&code).await.state, SyncState::Accepted);
}

#[tokio::test]
async fn only_the_missing_steps_are_sent_again() {
    let ground = Ground::new();
    let lose_last = |code: &str| ground.portal.change(code, |held| drop(held.steps.pop()));
    let (code, found_by) = reconciled(&ground, lose_last).await;
    let sends = ground.portal.sends();
    repair(&ground, &found_by).await;
    let held = ground.portal.held(&code).unwrap();
    let statuses: Vec<StepStatus> = held.steps.into_iter().map(|step| step.status).collect();
    let whole = [Status::Received, Status::Processing].map(StepStatus::from);
    assert_eq!(statuses, whole);
    assert_eq!(ground.portal.sends(), sends + 1);
}

#[tokio::test]
async fn a_changed_date_is_set_right_where_no_step_would_be_doubled() {
    let ground = Ground::new();
    let (code, found_by) = reconciled(&ground, |_| {}).await;
    assert_eq!(repairs(&ground, &found_by).await, []);

    ground.record_state(&code, PortalStatus::Processed).await;
    ground.settle().await;
    let due = ground.portal.held(&code).unwrap().due;
    ground.portal.change(&code, |held| held.due = None);
    let started = ground
        .desk
        .start_reconciliation(order("c2", 60), DossierFilter::default())
        .await
        .unwrap();
    ground.pass(SignedDuration::from_secs(5)).await;
    repair(&ground, &started.started.id).await;
    let held = ground.portal.held(&code).unwrap();
    assert_eq!((held.due, held.steps.len()), (due, 2));
}

#[tokio::test]
async fn what_is_not_safe_is_listed_and_left_alone() {
    let ground = Ground::new();
    let change = |code: &str| ground.portal.change(code, |held| held.due = None);
    let (_, found_by) = reconciled(&ground, change).await;
    let doubled = Repair::ByHand(ByHand::WouldDouble);
    assert_eq!(repairs(&ground, &found_by).await, [doubled]);
    let sends = ground.portal.sends();
    let id = repair(&ground, &found_by).await;
    assert_eq!(ground.operation(&id).await.total, 0);
    assert_eq!(ground.portal.sends(), sends);
}

#[tokio::test]
async fn what_may_be_done_does_not_depend_on_where_a_page_ends() {
    let ground = Ground::new();
    let change = |code: &str| {
        ground.portal.change(code, |held| {
            held.status = Status::ResultReturned;
            held.steps.pop();
            held.due = None;
        });
    };
    let (_, found_by) = reconciled(&ground, change).await;
    let by_hand = Repair::ByHand(ByHand::NotOurs);
    assert_eq!(repairs(&ground, &found_by).await, [by_hand; 3]);
    for after in 0..3 {
        let page = ground.desk.differences(&found_by, after, 1).await.unwrap();
        let page: Vec<_> = page.iter().map(|it| (it.kept.number, it.repair)).collect();
        assert_eq!(page, [(after + 1, by_hand)]);
    }
}

#[tokio::test]
async fn what_the_portal_has_meanwhile_is_not_sent_again() {
    let ground = Ground::new();
    let lost = std::cell::RefCell::new(None);
    let lose_last = |code: &str| {
        ground
            .portal
            .change(code, |held| *lost.borrow_mut() = held.steps.pop());
    };
    let (code, found_by) = reconciled(&ground, lose_last).await;
    ground.portal.change(&code, |held| {
        held.steps.extend(lost.borrow_mut().take());
    });
    let sends = ground.portal.sends();
    let id = repair(&ground, &found_by).await;
    let result = ground.items(&id).await[0].result;
    assert_eq!(result, Some(ItemResult::Succeeded));
    assert_eq!(ground.portal.sends(), sends);
}

#[tokio::test]
async fn a_repair_that_stopped_before_its_replay_goes_on() {
    let ground = Ground::new();
    let (code, found_by) = reconciled(&ground, |code| ground.portal.forget(code)).await;
    let started = ground
        .desk
        .start_repair(order("p1", 60), found_by, Vec::new())
        .await
        .unwrap();
    let id = started.started.id;
    ground.begun(&id, 1).await;
    ground.pass(SignedDuration::from_secs(10)).await;
    assert_eq!(ground.operation(&id).await.succeeded, 1);
    assert_eq!(ground.portal.held(&code).unwrap().steps.len(), 2);
}

#[tokio::test]
async fn a_repair_waits_for_a_silent_portal() {
    let ground = Ground::new();
    let (code, found_by) = reconciled(&ground, |code| ground.portal.forget(code)).await;
    ground.portal.be(Mood::Down);
    let id = repair(&ground, &found_by).await;
    assert_eq!(ground.operation(&id).await.state, OperationState::Running);
    ground.portal.be(Mood::Up);
    ground.pass(SignedDuration::from_mins(1)).await;
    assert_eq!(ground.operation(&id).await.succeeded, 1);
    assert!(ground.portal.held(&code).is_some());
}

#[tokio::test]
async fn what_was_recorded_while_the_portal_was_asked_is_not_doubled() {
    let ground = Ground::new();
    let lose_last = |code: &str| ground.portal.change(code, |held| drop(held.steps.pop()));
    let (code, found_by) = reconciled(&ground, lose_last).await;
    let record = ground.desk.outbox().dossier(&code.parse().unwrap()).await;
    let record = record.unwrap().unwrap();
    // Between the question and the replay another step is recorded, and accepted.
    ground.record_step(&code, PortalStatus::Processed).await;
    ground.settle().await;
    let replay = Replay::of(&record, 4, true);
    let operation = Ground::running("p1");
    let release = ground.desk.release_of(&operation);
    let replayed = ground.store.replay(&record.number, &replay, &release).await;
    assert_eq!(replayed.unwrap(), Released::Untouched);
    // The repair itself asks anew and brings what is missing in its place, once.
    let id = repair(&ground, &found_by).await;
    let result = ground.items(&id).await[0].result;
    let steps = ground.portal.held(&code).unwrap().steps.len();
    assert!(steps <= 3, "{result:?}");
}

#[tokio::test]
async fn only_the_dossiers_of_named_differences_are_repaired() {
    let ground = Ground::new();
    let mut codes = Vec::new();
    for sequence in 1..=4 {
        codes.push(ground.record(sequence, &LIFE).await);
    }
    ground.settle().await;
    for code in &codes {
        ground.portal.forget(code);
    }
    let started = ground
        .desk
        .start_reconciliation(order("c1", 600), DossierFilter::default())
        .await
        .unwrap();
    let found_by = started.started.id;
    ground.pass(SignedDuration::from_secs(10)).await;
    let unknown = ground.desk.not_among_differences(&found_by, &[2, 5, 4, 9]);
    assert_eq!(unknown.await.unwrap(), [9, 5]);
    let started = ground
        .desk
        .start_repair(order("p1", 600), found_by.clone(), vec![4, 2, 2])
        .await
        .unwrap();
    ground.pass(SignedDuration::from_secs(10)).await;
    assert_eq!(ground.operation(&started.started.id).await.succeeded, 2);
    let kept = ground.store.differences(&found_by, 0, 9).await.unwrap();
    for kept in kept {
        let there = ground.portal.held(kept.dossier.as_str()).is_some();
        assert_eq!(there, [2, 4].contains(&kept.number), "{}", kept.number);
    }
}
