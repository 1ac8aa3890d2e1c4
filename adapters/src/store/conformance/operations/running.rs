//! Promises about an operation as a whole.

use jiff::SignedDuration;
use lienthong_core::ports::operations::{LONGEST_CHOICE, OperationKind, OperationState};
use tokio::task::JoinSet;

use super::{Ground, HELD, Office, at, id, new};

const RETRY: OperationKind = OperationKind::Retry;

pub(crate) async fn an_operation_is_kept_as_it_was_started(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    assert!(office.0.operation(&id("op-1")).await.unwrap().is_none());
    for (name, kind) in [
        ("op-1", RETRY),
        ("op-2", OperationKind::Reconciliation),
        ("op-3", OperationKind::Repair),
    ] {
        let mut started = new(name, kind, 7);
        if kind == OperationKind::Repair {
            started.reconciliation = Some(id("op-2"));
        }
        if kind == OperationKind::Reconciliation {
            started.profile = Some("p2".to_owned());
        }
        office.0.create(started.clone()).await.unwrap();
        let kept = office.operation(&id(name)).await;
        assert_eq!(
            (kept.started, kept.state),
            (started, OperationState::Choosing)
        );
        assert_eq!(
            (kept.total, kept.succeeded, kept.failed, kept.skipped),
            (0, 0, 0, 0)
        );
        assert_eq!((kept.ended_at, kept.failure), (None, String::new()));
    }
    assert!(
        office.0.create(new("op-1", RETRY, 8)).await.is_err(),
        "an id names one"
    );
}

pub(crate) async fn only_what_is_chosen_wholly_is_taken(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    office.0.create(new("op-1", RETRY, 0)).await.unwrap();
    assert_eq!(office.take("w1", 1).await, None);
    office.0.run(&id("op-1")).await.unwrap();
    assert_eq!(
        office.operation(&id("op-1")).await.state,
        OperationState::Running
    );
    assert_eq!(office.take("w1", 1).await.as_deref(), Some("op-1"));
    // Running once more changes nothing, and what has ended does not run again.
    office.0.run(&id("op-1")).await.unwrap();
    let finished = OperationState::Finished;
    assert!(
        office
            .0
            .end(&id("op-1"), finished, "", at(2))
            .await
            .unwrap()
    );
    office.0.run(&id("op-1")).await.unwrap();
    assert_eq!(office.operation(&id("op-1")).await.state, finished);
    assert_eq!(office.take("w1", 1000).await, None);
}

pub(crate) async fn a_worker_takes_again_what_it_holds_and_another_one_does_not(
    ground: &dyn Ground,
) {
    let office = Office::open(ground).await;
    office.start("op-1", RETRY, 0, [1]).await;
    assert_eq!(office.take("w1", 1).await.as_deref(), Some("op-1"));
    assert_eq!(office.take("w2", 2).await, None);
    assert_eq!(office.take("w1", 30).await.as_deref(), Some("op-1"));
    // Its second taking renewed the lease.
    assert_eq!(office.take("w2", 80).await, None);
    office.start("op-2", RETRY, 5, [2]).await;
    assert_eq!(
        office.take("w1", 31).await.as_deref(),
        Some("op-1"),
        "its own first"
    );
    assert_eq!(office.take("w2", 32).await.as_deref(), Some("op-2"));
}

pub(crate) async fn a_lease_that_is_over_is_taken_over(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    office.start("op-1", RETRY, 0, [1]).await;
    assert_eq!(office.take("w1", 1).await.as_deref(), Some("op-1"));
    drop(office);
    let office = Office::open(ground).await;
    let over = 1 + i64::try_from(HELD.as_secs()).unwrap();
    assert_eq!(office.take("w2", over - 1).await, None);
    assert_eq!(office.take("w2", over).await.as_deref(), Some("op-1"));
    assert_eq!(office.take("w1", over).await, None);
}

pub(crate) async fn of_many_workers_at_once_one_takes_an_operation(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    office.start("op-1", RETRY, 0, [1]).await;
    office.start("op-2", RETRY, 1, [2]).await;
    let mut workers = JoinSet::new();
    for n in 0..8 {
        let store = office.0.clone();
        workers.spawn(async move {
            let taken = store.take(&format!("w{n}"), at(2), HELD).await.unwrap();
            taken.map(|it| it.started.id.as_str().to_owned())
        });
    }
    let mut taken: Vec<_> = workers.join_all().await.into_iter().flatten().collect();
    taken.sort();
    assert_eq!(taken, ["op-1", "op-2"]);
}

pub(crate) async fn what_was_left_while_it_was_chosen_ends_as_interrupted(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    office.0.create(new("op-1", RETRY, 0)).await.unwrap();
    let over = at(0) + SignedDuration::try_from(LONGEST_CHOICE).unwrap();
    let before = over - SignedDuration::from_secs(1);
    assert!(office.0.take("w1", before, HELD).await.unwrap().is_none());
    assert_eq!(
        office.operation(&id("op-1")).await.state,
        OperationState::Choosing
    );
    assert!(office.0.take("w1", over, HELD).await.unwrap().is_none());
    let ended = office.operation(&id("op-1")).await;
    assert_eq!(
        (ended.state, ended.ended_at),
        (OperationState::Failed, Some(over))
    );
    assert_eq!(ended.failure, "INTERRUPTED");
}

pub(crate) async fn an_operation_ends_once(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    let id = office.start("op-1", RETRY, 0, [1]).await;
    let end = async |state, failure, second| {
        let ended = office.0.end(&id, state, failure, at(second)).await;
        ended.unwrap()
    };
    assert!(end(OperationState::Cancelled, "", 5).await);
    assert!(!end(OperationState::Finished, "", 6).await);
    let kept = office.operation(&id).await;
    assert_eq!(
        (kept.state, kept.ended_at),
        (OperationState::Cancelled, Some(at(5)))
    );
    assert_eq!(office.take("w1", 7).await, None);
    let nobody = super::id("op-404");
    let ended = office
        .0
        .end(&nobody, OperationState::Finished, "", at(5))
        .await;
    assert!(!ended.unwrap());
    // Also what is still being chosen can be stopped, and does not run then.
    office.0.create(new("op-2", RETRY, 0)).await.unwrap();
    let second = super::id("op-2");
    let cancelled = OperationState::Cancelled;
    assert!(office.0.end(&second, cancelled, "", at(5)).await.unwrap());
    office.0.run(&second).await.unwrap();
    assert_eq!(office.operation(&second).await.state, cancelled);
    let third = office.start("op-3", RETRY, 0, [1]).await;
    let failed = OperationState::Failed;
    assert!(office.0.end(&third, failed, "STORE", at(5)).await.unwrap());
    assert_eq!(office.operation(&third).await.failure, "STORE");
}

pub(crate) async fn the_newest_of_a_kind_come_first(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    for (name, second) in [("op-1", 10), ("op-2", 30), ("op-3", 20)] {
        office.start(name, RETRY, second, []).await;
    }
    office.start("op-4", OperationKind::Repair, 40, []).await;
    let newest = async |kind, most| -> Vec<String> {
        let newest = office.0.newest(kind, most).await.unwrap();
        let ids = newest.iter().map(|it| it.started.id.as_str().to_owned());
        ids.collect()
    };
    assert_eq!(newest(RETRY, 9).await, ["op-2", "op-3", "op-1"]);
    assert_eq!(newest(RETRY, 2).await, ["op-2", "op-3"]);
    assert_eq!(newest(OperationKind::Reconciliation, 9).await, [""; 0]);
}
