//! The reconciliation of every day.

use jiff::SignedDuration;
use jiff::civil::time;
use lienthong_core::access::OfficerId;
use lienthong_core::clock::Clock as _;
use lienthong_core::portal_status::PortalStatus as Status;
use lienthong_core::ports::ledger::DossierFilter;
use lienthong_core::ports::operations::{
    NewOperation, OperationId, OperationKind, OperationState, Operations as _,
};
use lienthong_core::ports::portal_history::PortalHistory as _;
use lienthong_core::sync::health::Comparison;
use lienthong_proto::v1::PortalStatus;

use crate::sync::operations::Daily;
use crate::sync::operations::ground::{Ground, Mood, order};

const LIFE: [PortalStatus; 2] = [PortalStatus::Received, PortalStatus::Processing];
const KIND: OperationKind = OperationKind::Reconciliation;

/// A ground that begins at 9 in the morning of 7 October, Viet Nam time, with one dossier.
async fn ground(hour: i8, minute: i8) -> (Ground, String) {
    let daily = Daily {
        at: time(hour, minute, 0, 0),
        window_days: 7,
    };
    let ground = Ground::with_daily(daily);
    let code = ground.record(1, &LIFE).await;
    ground.settle().await;
    (ground, code)
}

/// Ids of the reconciliations, the newest first.
async fn started(ground: &Ground, kind: OperationKind) -> Vec<String> {
    let newest = ground.store.newest(kind, 9).await.unwrap();
    let ids = newest.iter().map(|it| it.started.id.as_str().to_owned());
    ids.collect()
}

/// An operation of the gateway itself that was never chosen to its end.
fn left_behind(ground: &Ground, id: &str, kind: OperationKind) -> NewOperation {
    NewOperation {
        id: OperationId::parse(id).unwrap(),
        kind,
        operator: OfficerId::gateway(),
        system: None,
        started_at: ground.clock.now(),
        ..Ground::running(id).started
    }
}

/// Reconciliations of operators, more than are looked through at once.
async fn push_out(ground: &Ground) {
    let now = ground.clock.now();
    for number in 0..60 {
        let mut new = Ground::running(&format!("c-{number}")).started;
        new.started_at = now;
        ground.store.create(new.clone()).await.unwrap();
        let state = OperationState::Finished;
        assert!(ground.store.end(&new.id, state, "", now).await.unwrap());
    }
}

#[tokio::test]
async fn every_day_at_its_hour_one_gateway_compares_and_repairs() {
    let (ground, code) = ground(9, 30).await;
    ground.portal.forget(&code);
    let other = ground.restarted("two");
    other.run_due().await.unwrap();
    assert!(started(&ground, KIND).await.is_empty());

    ground.clock.advance(SignedDuration::from_mins(30));
    for _ in 0..20 {
        ground.pass(SignedDuration::from_secs(1)).await;
        other.run_due().await.unwrap();
    }
    assert_eq!(started(&ground, KIND).await.len(), 1);
    let repairs = ground.store.newest(OperationKind::Repair, 9).await.unwrap();
    assert_eq!(repairs.len(), 1);
    assert_eq!(repairs[0].state, OperationState::Finished);
    assert_eq!(repairs[0].succeeded, 1);
    assert_eq!(ground.portal.held(&code).unwrap().steps.len(), 2);

    let questions = ground.portal.questions();
    ground.clock.advance(SignedDuration::from_hours(7));
    ground.pass(SignedDuration::from_secs(5)).await;
    assert_eq!(ground.portal.questions(), questions);
    ground.clock.advance(SignedDuration::from_hours(17));
    ground.pass(SignedDuration::from_secs(5)).await;
    assert_eq!(started(&ground, KIND).await.len(), 2);
}

#[tokio::test]
async fn one_that_was_due_before_midnight_is_started_after_it() {
    let (ground, _) = ground(23, 30).await;
    // Nobody looked from 23:20 to 00:10.
    let away = SignedDuration::from_hours(15) + SignedDuration::from_mins(10);
    ground.clock.advance(away);
    ground.pass(SignedDuration::from_secs(5)).await;
    assert_eq!(started(&ground, KIND).await, ["daily-2026-10-07"]);
    // Six hours later it would be in the middle of the day's work.
    let (late, _) = self::ground(23, 30).await;
    late.clock.advance(away + SignedDuration::from_hours(6));
    late.pass(SignedDuration::from_secs(5)).await;
    assert!(started(&late, KIND).await.is_empty());
}

#[tokio::test]
async fn one_whose_choice_was_interrupted_is_begun_anew_the_same_day() {
    let (ground, _) = ground(9, 30).await;
    ground.clock.advance(SignedDuration::from_mins(30));
    let left = left_behind(&ground, "daily-2026-10-07", KIND);
    ground.store.create(left.clone()).await.unwrap();
    ground.pass(SignedDuration::from_secs(5)).await;
    assert_eq!(
        started(&ground, KIND).await.len(),
        1,
        "it may still be chosen"
    );
    ground.clock.advance(SignedDuration::from_mins(15));
    ground.pass(SignedDuration::from_secs(20)).await;
    let first = ground.operation(&left.id).await;
    assert_eq!(first.failure, "INTERRUPTED");
    let all = started(&ground, KIND).await;
    assert_eq!(all, ["daily-2026-10-07-2", "daily-2026-10-07"]);
    let second = OperationId::parse(&all[0]).unwrap();
    assert_eq!(
        ground.operation(&second).await.state,
        OperationState::Finished
    );
}

#[tokio::test]
async fn one_that_the_store_failed_is_begun_anew_when_it_had_time_to_come_back() {
    let (ground, _) = ground(9, 30).await;
    ground.clock.advance(SignedDuration::from_mins(30));
    let failed = left_behind(&ground, "daily-2026-10-07", KIND);
    ground.store.create(failed.clone()).await.unwrap();
    let (state, now) = (OperationState::Failed, ground.clock.now());
    let ended = ground
        .store
        .end(&failed.id, state, "STORE_UNAVAILABLE", now);
    assert!(ended.await.unwrap());
    ground.clock.advance(SignedDuration::from_mins(9));
    ground.runner.run_due().await.unwrap();
    assert_eq!(started(&ground, KIND).await.len(), 1);
    ground.clock.advance(SignedDuration::from_mins(1));
    ground.runner.run_due().await.unwrap();
    assert_eq!(started(&ground, KIND).await.len(), 2);
}

#[tokio::test]
async fn one_that_the_profile_cannot_answer_is_not_tried_again_and_told() {
    let (ground, _) = ground(9, 30).await;
    ground.portal.be(Mood::Mute);
    ground.clock.advance(SignedDuration::from_mins(30));
    ground.pass(SignedDuration::from_secs(60)).await;
    assert_eq!(started(&ground, KIND).await.len(), 1);
    let comparison = ground.desk.board().standing().comparison;
    assert_eq!(comparison.failure.as_deref(), Some("CANNOT_BE_ASKED"));
}

#[tokio::test]
async fn there_is_no_second_one_while_one_runs() {
    let (ground, _) = ground(9, 30).await;
    ground.clock.advance(SignedDuration::from_mins(30));
    ground.portal.be(Mood::Parked);
    for _ in 0..3 {
        ground.pass(SignedDuration::from_secs(20)).await;
        ground.clock.advance(SignedDuration::from_hours(24));
    }
    assert_eq!(started(&ground, KIND).await, ["daily-2026-10-07"]);
    ground.portal.be(Mood::Up);
    ground.pass(SignedDuration::from_secs(90)).await;
    let all = started(&ground, KIND).await;
    assert_eq!(all, ["daily-2026-10-10", "daily-2026-10-07"]);
}

#[tokio::test]
async fn a_repair_whose_choice_was_interrupted_is_begun_anew() {
    let (ground, code) = ground(9, 30).await;
    ground.portal.forget(&code);
    ground.clock.advance(SignedDuration::from_mins(30));
    // Its gateway had created the repair and went away before it had chosen anything.
    let mut left = left_behind(&ground, "repair-daily-2026-10-07", OperationKind::Repair);
    left.reconciliation = OperationId::parse("daily-2026-10-07");
    ground.store.create(left).await.unwrap();
    ground.pass(SignedDuration::from_secs(10)).await;
    assert!(ground.portal.held(&code).is_none());
    push_out(&ground).await;
    ground.clock.advance(SignedDuration::from_mins(15));
    ground.pass(SignedDuration::from_secs(30)).await;
    let all = started(&ground, OperationKind::Repair).await;
    let expected = ["repair-daily-2026-10-07-2", "repair-daily-2026-10-07"];
    assert_eq!(all, expected);
    assert_eq!(ground.portal.held(&code).unwrap().steps.len(), 2);
}

#[tokio::test]
async fn what_is_left_for_a_person_is_told_until_a_later_one_finds_nothing() {
    let (ground, code) = ground(9, 30).await;
    let due = ground.portal.held(&code).unwrap().due;
    // A date that differs beside steps that stand there: to send again would double them.
    ground.portal.change(&code, |held| held.due = None);
    ground.clock.advance(SignedDuration::from_mins(30));
    ground.pass(SignedDuration::from_secs(20)).await;
    let comparison = async || {
        ground.runner.run_due().await.unwrap();
        ground.desk.board().standing().comparison
    };
    assert_eq!(comparison().await.left, 1);
    // A comparison of nothing says nothing about everything.
    let nothing = DossierFilter {
        recorded_from: Some(ground.clock.now()),
        ..DossierFilter::default()
    };
    let asked = ground
        .desk
        .start_reconciliation(order("c1", 60), nothing)
        .await;
    ground.pass(SignedDuration::from_secs(5)).await;
    let asked = ground.operation(&asked.unwrap().started.id).await;
    assert_eq!(asked.state, OperationState::Finished);
    assert_eq!(comparison().await.left, 1);
    push_out(&ground).await;
    let told = comparison().await;
    let daily = OperationId::parse("daily-2026-10-07");
    assert_eq!((told.left, told.reconciliation), (1, daily));
    ground.portal.change(&code, |held| held.due = due);
    ground.clock.advance(SignedDuration::from_hours(24));
    ground.pass(SignedDuration::from_secs(20)).await;
    let Comparison { failure, left, .. } = comparison().await;
    assert_eq!((failure, left), (None, 0));
}

#[tokio::test]
async fn what_is_known_to_differ_is_asked_about_until_somebody_has_mended_it() {
    let (ground, code) = ground(9, 30).await;
    // Ahead of ours: nothing that could be sent again.
    ground.portal.change(&code, |held| {
        held.status = Status::ResultReturned;
    });
    ground.clock.advance(SignedDuration::from_mins(30));
    ground.pass(SignedDuration::from_secs(10)).await;
    let differing = async || {
        let side = ground.store.side(ground.clock.now()).await.unwrap();
        side.differing
            .into_keys()
            .map(|it| it.as_str().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(differing().await, [code.as_str()]);
    // Untouched for longer than the window.
    ground.clock.advance(SignedDuration::from_hours(24 * 9));
    ground.pass(SignedDuration::from_secs(10)).await;
    assert_eq!(differing().await, [code.as_str()]);
    ground.portal.change(&code, |held| {
        held.status = Status::Processing;
    });
    ground.clock.advance(SignedDuration::from_hours(24));
    ground.pass(SignedDuration::from_secs(10)).await;
    assert!(differing().await.is_empty());
}
