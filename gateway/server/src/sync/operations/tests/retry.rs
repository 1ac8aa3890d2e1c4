use std::time::Duration;

use jiff::SignedDuration;
use lienthong_core::access::OfficerId;
use lienthong_core::clock::Clock as _;
use lienthong_core::ports::ledger::{DossierFilter, Ledger as _, Release};
use lienthong_core::ports::operations::{
    ItemResult, Operation, OperationId, OperationState, Stopped,
};
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::state::SyncState;
use lienthong_core::text::Text;
use lienthong_proto::v1::PortalStatus;
use tokio_util::sync::CancellationToken;

use crate::sync::operations::ground::{Ground, Mood, client, only, order, rate};

const LIFE: [PortalStatus; 2] = [PortalStatus::Received, PortalStatus::Processing];

/// So many dossiers that the portal has refused.
async fn refused(ground: &Ground, dossiers: u32) -> Vec<String> {
    ground.portal.be(Mood::Strict);
    let mut codes = Vec::new();
    for sequence in 1..=dossiers {
        codes.push(ground.record(sequence, &LIFE).await);
    }
    ground.settle().await;
    ground.portal.be(Mood::Up);
    codes
}

async fn start(ground: &Ground, id: &str, per_minute: u32) -> OperationId {
    let everything = DossierFilter::default();
    let now = ground.clock.now();
    let started = ground
        .desk
        .start_retry(order(id, per_minute), &everything, now)
        .await
        .unwrap();
    started.started.id
}

fn counts(operation: &Operation) -> [u64; 4] {
    let Operation {
        total,
        succeeded,
        failed,
        skipped,
        ..
    } = operation;
    [*total, *succeeded, *failed, *skipped]
}

#[tokio::test]
async fn refused_dossiers_are_brought_back_and_followed_to_the_portal() {
    let ground = Ground::new();
    let codes = refused(&ground, 3).await;
    let accepted = ground.record(9, &LIFE).await;
    ground.settle().await;
    let id = start(&ground, "r1", 600).await;
    ground.pass(SignedDuration::from_secs(10)).await;

    let operation = ground.operation(&id).await;
    assert_eq!(operation.state, OperationState::Finished);
    assert_eq!(counts(&operation), [3, 3, 0, 0]);
    for code in &codes {
        assert_eq!(ground.portal.held(code).unwrap().steps.len(), 2);
        assert_eq!(ground.summary(code).await.state, SyncState::Accepted);
    }
    let items = ground.items(&id).await;
    assert!(items.iter().all(|item| item.dossier.as_str() != accepted));
    assert!(items.iter().all(|item| item.revision == Some(1)));
}

#[tokio::test]
async fn a_dossier_that_is_refused_again_has_failed_with_its_cause() {
    let ground = Ground::new();
    refused(&ground, 2).await;
    ground.portal.be(Mood::Strict);
    let id = start(&ground, "r1", 600).await;
    ground.pass(SignedDuration::from_secs(10)).await;

    assert_eq!(counts(&ground.operation(&id).await), [2, 0, 2, 0]);
    let failed = Some(ItemResult::Failed(Cause::FieldRejected));
    let items = ground.items(&id).await;
    assert!(items.iter().all(|item| item.result == failed));
}

#[tokio::test]
async fn no_minute_brings_back_more_than_the_operator_allowed() {
    let ground = Ground::new();
    let codes = refused(&ground, 20).await;
    let id = start(&ground, "r1", 6).await;
    let mut arrived = Vec::new();
    for _ in 0..4 {
        ground.pass(SignedDuration::from_secs(59)).await;
        let there = codes
            .iter()
            .filter(|code| ground.portal.held(code).is_some());
        arrived.push(there.count());
        ground.pass(SignedDuration::from_secs(1)).await;
    }
    assert_eq!(arrived, [6, 12, 18, 20]);
    ground.pass(SignedDuration::from_secs(5)).await;
    assert_eq!(counts(&ground.operation(&id).await), [20, 20, 0, 0]);
}

#[tokio::test]
async fn a_cancelled_retry_brings_nothing_more_back() {
    let ground = Ground::new();
    let codes = refused(&ground, 10).await;
    let id = start(&ground, "r1", 6).await;
    ground.pass(SignedDuration::from_secs(25)).await;
    let by = Stopped {
        operator: OfficerId::parse("CB-02").unwrap(),
        system: Some(client("console")),
    };
    let cancelled = ground.desk.cancel(&id, &by).await.unwrap().unwrap();
    assert_eq!(cancelled.state, OperationState::Cancelled);
    let there = |ground: &Ground| {
        let there = codes
            .iter()
            .filter(|code| ground.portal.held(code).is_some());
        there.count()
    };
    let before = there(&ground);
    assert!(0 < before && before < codes.len());
    ground.pass(SignedDuration::from_mins(5)).await;
    assert_eq!(there(&ground), before);
    let kept = ground.operation(&id).await;
    assert_eq!(kept.state, OperationState::Cancelled);
    assert_eq!(kept.stopped_by, Some(by));
    assert_eq!(kept.started.system, Some(client("console")));
}

#[tokio::test]
async fn another_gateway_goes_on_where_one_stopped() {
    let ground = Ground::new();
    refused(&ground, 10).await;
    let id = start(&ground, "r1", 60).await;
    ground.pass(SignedDuration::from_secs(3)).await;
    // The first is gone; its lease runs out.
    ground.clock.advance(SignedDuration::from_mins(3));
    let other = ground.restarted("two");
    for _ in 0..60 {
        ground.clock.advance(SignedDuration::from_secs(1));
        other.run_due().await.unwrap();
        ground.worker.run_due().await.unwrap();
    }
    let operation = ground.operation(&id).await;
    assert_eq!(operation.state, OperationState::Finished);
    assert_eq!(counts(&operation), [10, 10, 0, 0]);
}

#[tokio::test]
async fn a_gateway_that_stopped_before_or_behind_the_release_loses_nothing() {
    let ground = Ground::new();
    let codes = refused(&ground, 2).await;
    let id = start(&ground, "r1", 600).await;
    for number in [1, 2] {
        ground.begun(&id, number).await;
    }
    let items = ground.items(&id).await;
    let released = items.iter().find(|item| item.number == 2).unwrap();
    let release = Release {
        operator: OfficerId::parse("CB-01").unwrap(),
        reason: Text::parse("Đã sửa trường").unwrap(),
        system: None,
        operation: Some("r1".to_owned()),
        at: ground.clock.now(),
    };
    ground
        .store
        .release(&released.dossier, &release)
        .await
        .unwrap();
    ground.pass(SignedDuration::from_secs(10)).await;
    let operation = ground.operation(&id).await;
    assert_eq!(operation.state, OperationState::Finished);
    assert_eq!(counts(&operation), [2, 2, 0, 0]);
    for code in &codes {
        assert_eq!(ground.portal.held(code).unwrap().steps.len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_gateway_works_on_what_is_started_until_it_is_told_to_stop() {
    let ground = Ground::new();
    refused(&ground, 1).await;
    let stop = CancellationToken::new();
    let (runner, stopping) = (ground.runner.clone(), stop.clone());
    let running = tokio::spawn(async move { runner.run(stopping).await });
    let id = start(&ground, "r1", 60).await;
    for _ in 0..60 {
        if ground.operation(&id).await.state == OperationState::Finished {
            break;
        }
        ground.clock.advance(SignedDuration::from_secs(1));
        ground.worker.run_due().await.unwrap();
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    assert_eq!(counts(&ground.operation(&id).await), [1, 1, 0, 0]);
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn what_was_released_by_somebody_else_is_skipped() {
    let ground = Ground::new();
    refused(&ground, 1).await;
    let first = start(&ground, "r1", 600).await;
    let second = start(&ground, "r2", 600).await;
    ground.pass(SignedDuration::from_secs(10)).await;
    assert_eq!(counts(&ground.operation(&first).await), [1, 1, 0, 0]);
    assert_eq!(counts(&ground.operation(&second).await), [1, 0, 0, 1]);
}

#[tokio::test]
async fn the_same_order_twice_is_one_operation() {
    let ground = Ground::new();
    refused(&ground, 2).await;
    start(&ground, "r1", 600).await;
    ground.pass(SignedDuration::from_secs(10)).await;
    let sends = ground.portal.sends();
    let again = start(&ground, "r1", 600).await;
    ground.pass(SignedDuration::from_secs(10)).await;
    assert_eq!(counts(&ground.operation(&again).await), [2, 2, 0, 0]);
    assert_eq!(ground.portal.sends(), sends);
}

#[tokio::test]
async fn a_preview_counts_what_is_touched_and_what_is_not() {
    let ground = Ground::new();
    refused(&ground, 3).await;
    let under_way = ground.record(8, &LIFE).await;
    let preview = async |filter: &DossierFilter| {
        let now = ground.clock.now();
        ground.desk.preview(filter, now, rate(2)).await.unwrap()
    };
    let everything = preview(&DossierFilter::default()).await;
    assert_eq!((everything.dossiers, everything.untouched), (3, 1));
    assert_eq!(everything.blocked, 9);
    assert_eq!(everything.duration.as_secs(), 120);
    assert_eq!(everything.groups[0].cause, Cause::FieldRejected);
    let nothing = preview(&only(&under_way)).await;
    assert_eq!((nothing.dossiers, nothing.untouched), (0, 1));
}
