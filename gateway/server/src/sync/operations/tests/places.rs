//! Which operations are worked on, and which are not taken.

use jiff::SignedDuration;
use lienthong_core::clock::Clock as _;
use lienthong_core::ports::ledger::DossierFilter;
use lienthong_core::ports::operations::{
    LONGEST_CHOICE, Operation, OperationKind, OperationState, Operations as _,
};
use lienthong_proto::v1::PortalStatus;

use crate::sync::operations::ground::{Ground, Mood, order};
use crate::sync::operations::{Again, OpenAs, OrderError};

const LIFE: [PortalStatus; 2] = [PortalStatus::Received, PortalStatus::Processing];

async fn reconcile(ground: &Ground, id: &str, per_minute: u32) -> Result<Operation, OrderError> {
    let everything = DossierFilter::default();
    ground
        .desk
        .start_reconciliation(order(id, per_minute), everything)
        .await
}

#[tokio::test]
async fn reconciliations_that_wait_for_the_portal_do_not_hold_up_a_retry() {
    let ground = Ground::new();
    ground.record(1, &LIFE).await;
    ground.settle().await;
    ground.portal.be(Mood::Strict);
    let refused = ground.record(2, &LIFE).await;
    ground.settle().await;
    // The guard leaves the portal alone, so none of these moves.
    ground.portal.be(Mood::Parked);
    for id in ["c1", "c2", "c3", "c4"] {
        reconcile(&ground, id, 60).await.unwrap();
    }
    ground.settle().await;
    let now = ground.clock.now();
    let everything = DossierFilter::default();
    let retry = ground
        .desk
        .start_retry(order("r1", 600), &everything, now)
        .await
        .unwrap();
    ground.pass(SignedDuration::from_secs(3)).await;
    let (under_way, id) = (ground.summary(&refused).await, retry.started.id);
    assert!(under_way.state.name() != "REFUSED", "{under_way:?}");
    ground.portal.be(Mood::Up);
    ground.pass(SignedDuration::from_secs(60)).await;
    let ended = ground.operation(&id).await;
    assert_eq!(
        (ended.state, ended.succeeded),
        (OperationState::Finished, 1)
    );
}

#[tokio::test]
async fn no_more_reconciliations_are_taken_than_there_are_places() {
    let ground = Ground::new();
    ground.record(1, &LIFE).await;
    ground.settle().await;
    ground.portal.be(Mood::Parked);
    for id in ["c1", "c2", "c3", "c4"] {
        reconcile(&ground, id, 60).await.unwrap();
    }
    let refused = reconcile(&ground, "c5", 60).await.unwrap_err();
    assert!(matches!(refused, OrderError::NoPlace { open: 4 }));
    // A repeated order is no new one.
    assert!(reconcile(&ground, "c4", 60).await.is_ok());
    // What the gateway starts by itself is never refused.
    let mut own = order("daily-x", 60);
    own.system = None;
    let everything = DossierFilter::default();
    let own = ground.desk.start_reconciliation(own, everything).await;
    assert!(own.is_ok());
    ground.portal.be(Mood::Up);
    ground.pass(SignedDuration::from_mins(1)).await;
    assert!(reconcile(&ground, "c5", 60).await.is_ok());
}

#[tokio::test]
async fn all_reconciliations_together_keep_to_the_rate_of_questions() {
    let ground = Ground::new();
    for sequence in 1..=60 {
        ground.record(sequence, &LIFE).await;
    }
    ground.settle().await;
    for id in ["c1", "c2", "c3"] {
        reconcile(&ground, id, 120).await.unwrap();
    }
    // The ground allows 120 in a minute, where each of these may ask as many.
    let before = ground.portal.questions();
    ground.pass(SignedDuration::from_secs(59)).await;
    let asked = ground.portal.questions() - before;
    assert!((100..=120).contains(&asked), "{asked}");
    let mut done = Vec::new();
    for operation in ground.store.open(9).await.unwrap() {
        done.push(operation.succeeded);
    }
    assert!(
        done.iter().all(|done| *done > 20),
        "each in its turn: {done:?}"
    );
}

#[tokio::test]
async fn an_operation_that_nobody_works_on_is_told_to_wait() {
    let ground = Ground::new();
    ground.record(1, &LIFE).await;
    ground.settle().await;
    let id = reconcile(&ground, "c1", 60).await.unwrap().started.id;
    let waits = async || {
        let operation = ground.operation(&id).await;
        OpenAs::of(&operation, ground.clock.now())
    };
    assert_eq!(waits().await, Some(OpenAs::Waiting));
    ground.portal.be(Mood::Parked);
    ground.runner.run_due().await.unwrap();
    assert_eq!(waits().await, Some(OpenAs::Running));
    ground.clock.advance(SignedDuration::from_mins(5));
    assert_eq!(waits().await, Some(OpenAs::Waiting));
}

#[tokio::test]
async fn an_operation_is_held_longer_than_its_questions_in_a_row_take() {
    let ground = Ground::new();
    ground.record(1, &LIFE).await;
    ground.settle().await;
    ground.portal.be(Mood::Parked);
    let id = reconcile(&ground, "c1", 60).await.unwrap().started.id;
    ground.runner.run_due().await.unwrap();
    // Four questions of half a minute each, and what the store needs beside them.
    ground.clock.advance(SignedDuration::from_secs(4 * 30 + 30));
    let held = ground.operation(&id).await;
    assert_eq!(OpenAs::of(&held, ground.clock.now()), Some(OpenAs::Running));
}

#[tokio::test]
async fn a_choice_without_a_sign_of_life_ends_as_interrupted() {
    let ground = Ground::new();
    let mut left = Ground::running("c1").started;
    left.started_at = ground.clock.now();
    ground.store.create(left.clone()).await.unwrap();
    let longest = SignedDuration::try_from(LONGEST_CHOICE).unwrap();
    let nearly = longest - SignedDuration::from_secs(1);
    ground.clock.advance(nearly);
    let now = ground.clock.now();
    ground
        .store
        .add_items(&left.id, Vec::new(), now)
        .await
        .unwrap();
    ground.clock.advance(nearly);
    ground.runner.run_due().await.unwrap();
    assert_eq!(
        ground.operation(&left.id).await.state,
        OperationState::Choosing,
        "it is counted from the last sign of life"
    );
    ground.clock.advance(SignedDuration::from_secs(1));
    ground.runner.run_due().await.unwrap();
    let ended = ground.operation(&left.id).await;
    assert_eq!(ended.state, OperationState::Failed);
    assert_eq!(ended.failure, "INTERRUPTED");
    let standing = ground.desk.board().standing();
    let failed = (OperationKind::Reconciliation, OperationState::Failed);
    assert_eq!(standing.ended.get(&failed), Some(&1));
}

#[tokio::test]
async fn an_equal_order_is_the_same_until_its_operation_has_ended() {
    let ground = Ground::new();
    ground.record(1, &LIFE).await;
    ground.settle().await;
    let start = async || {
        let again = Again::OnceEnded;
        let order = crate::sync::operations::Order {
            again,
            ..order("c1", 60)
        };
        let everything = DossierFilter::default();
        let started = ground.desk.start_reconciliation(order, everything).await;
        started.unwrap().started.id.as_str().to_owned()
    };
    assert_eq!([start().await, start().await], ["c1", "c1"]);
    ground.pass(SignedDuration::from_secs(10)).await;
    assert_eq!([start().await, start().await], ["c1-2", "c1-2"]);
}
