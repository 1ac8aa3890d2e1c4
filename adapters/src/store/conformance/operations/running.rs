//! Promises about an operation as a whole.

use jiff::SignedDuration;
use lienthong_core::access::{ClientName, OfficerId};
use lienthong_core::ports::operations::{Operation, OperationKind, OperationState, Stopped};
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
            let taken = store
                .take(&format!("w{n}"), &[], at(2), HELD)
                .await
                .unwrap();
            taken.map(|it| it.started.id.as_str().to_owned())
        });
    }
    let mut taken: Vec<_> = workers.join_all().await.into_iter().flatten().collect();
    taken.sort();
    assert_eq!(taken, ["op-1", "op-2"]);
}

pub(crate) async fn only_operations_of_the_wanted_kinds_are_taken(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    let (reconciliation, repair) = (OperationKind::Reconciliation, OperationKind::Repair);
    office.start("r-1", reconciliation, 0, [1]).await;
    office.start("p-1", repair, 1, [1]).await;
    office.start("op-1", RETRY, 2, [1]).await;
    let take = async |worker: &str, kinds: &[OperationKind]| {
        let taken = office.0.take(worker, kinds, at(3), HELD).await.unwrap();
        taken.map(|it| it.started.id.as_str().to_owned())
    };
    assert_eq!(take("w1", &[RETRY, repair]).await.as_deref(), Some("p-1"));
    assert_eq!(take("w2", &[RETRY, repair]).await.as_deref(), Some("op-1"));
    assert_eq!(take("w3", &[RETRY, repair]).await, None);
    // Its own again, but only where it is of a kind that it wants.
    assert_eq!(take("w1", &[RETRY]).await, None);
    assert_eq!(take("w1", &[]).await.as_deref(), Some("p-1"));
    assert_eq!(take("w3", &[reconciliation]).await.as_deref(), Some("r-1"));
}

pub(crate) async fn what_has_not_ended_is_told_with_its_last_sign_of_life(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    assert_eq!(office.0.open(9).await.unwrap(), []);
    office.0.create(new("op-1", RETRY, 5)).await.unwrap();
    office.start("op-2", RETRY, 3, [1]).await;
    let ended = office.start("op-3", RETRY, 1, [1]).await;
    let finished = OperationState::Finished;
    assert!(office.0.end(&ended, finished, "", at(4)).await.unwrap());
    let open = async || -> Vec<_> {
        let open = office.0.open(9).await.unwrap();
        let told = open.into_iter().map(|it| {
            let id = it.started.id.as_str().to_owned();
            (id, it.state, it.touched_at)
        });
        told.collect()
    };
    let (choosing, running) = (OperationState::Choosing, OperationState::Running);
    let told = |id: &str, state, second| (id.to_owned(), state, at(second));
    assert_eq!(
        open().await,
        [told("op-2", running, 3), told("op-1", choosing, 5)]
    );
    // However long the choice takes, it shows that somebody is at it, also without dossiers.
    let op = id("op-1");
    office.0.add_items(&op, vec![], at(700)).await.unwrap();
    assert_eq!(open().await[1], told("op-1", choosing, 700));
    let dossier = vec![crate::store::samples::number(1)];
    office.0.add_items(&op, dossier, at(1400)).await.unwrap();
    assert_eq!(open().await[1], told("op-1", choosing, 1400));
    assert_eq!(office.take("w1", 100_000).await.as_deref(), Some("op-2"));
    assert_eq!(open().await[1].1, choosing, "nothing ends by itself");
    assert_eq!(office.0.open(1).await.unwrap().len(), 1);
    let held = office.operation(&id("op-2")).await;
    let until = at(100_000) + SignedDuration::try_from(HELD).unwrap();
    assert_eq!(
        (held.held_by.as_str(), held.held_until),
        ("w1", Some(until))
    );
}

pub(crate) async fn who_started_and_who_stopped_it_is_kept(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    let by = |operator, system| Stopped {
        operator: OfficerId::parse(operator).unwrap(),
        system: ClientName::parse(system),
    };
    let op = office.start("op-1", RETRY, 0, [1]).await;
    assert_eq!(office.take("w1", 1).await.as_deref(), Some("op-1"));
    assert_eq!(office.operation(&op).await.stopped_by, None);
    let stopped = by("CB-02", "igate");
    assert!(office.0.cancel(&op, &stopped, at(5)).await.unwrap());
    assert!(
        !office
            .0
            .cancel(&op, &by("CB-03", "igate"), at(6))
            .await
            .unwrap()
    );
    let kept = office.operation(&op).await;
    assert_eq!(kept.started, new("op-1", RETRY, 0));
    assert_eq!(kept.stopped_by, Some(stopped));
    assert_eq!(
        (kept.state, kept.ended_at),
        (OperationState::Cancelled, Some(at(5)))
    );
    assert_eq!((kept.held_by.as_str(), kept.held_until), ("", None));
    // One on a schedule, stopped by nobody's system.
    let mut daily = new("r-1", OperationKind::Reconciliation, 7);
    daily.system = None;
    office.0.create(daily.clone()).await.unwrap();
    let stopped = Stopped {
        system: None,
        ..by("CB-02", "igate")
    };
    assert!(office.0.cancel(&id("r-1"), &stopped, at(8)).await.unwrap());
    let kept = office.operation(&id("r-1")).await;
    assert_eq!((kept.started, kept.stopped_by), (daily, Some(stopped)));
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

pub(crate) async fn what_the_gateway_started_and_the_repairs_of_one_are_found(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    let (kind, repair) = (OperationKind::Reconciliation, OperationKind::Repair);
    for (name, second, asked) in [("c-1", 1, false), ("c-2", 3, false), ("c-3", 2, true)] {
        let mut started = new(name, kind, second);
        started.system = started.system.filter(|_| asked);
        office.0.create(started).await.unwrap();
    }
    for (name, second, of) in [("p-1", 4, "c-1"), ("p-2", 6, "c-1"), ("p-3", 5, "c-2")] {
        let mut started = new(name, repair, second);
        started.reconciliation = Some(id(of));
        office.0.create(started).await.unwrap();
    }
    let told = |operations: Vec<Operation>| -> Vec<String> {
        let ids = operations.into_iter().map(|it| it.started.id);
        ids.map(|id| id.as_str().to_owned()).collect()
    };
    let scheduled = async |kind, most| told(office.0.scheduled(kind, most).await.unwrap());
    assert_eq!(scheduled(kind, 9).await, ["c-2", "c-1"]);
    assert_eq!(scheduled(kind, 1).await, ["c-2"]);
    assert_eq!(scheduled(repair, 9).await, [""; 0]);
    let repairs = async |of, most| told(office.0.repairs(&id(of), most).await.unwrap());
    assert_eq!(repairs("c-1", 9).await, ["p-2", "p-1"]);
    assert_eq!(repairs("c-1", 1).await, ["p-2"]);
    assert_eq!(repairs("c-3", 9).await, [""; 0]);
}

pub(crate) async fn an_operation_that_cannot_be_read_holds_up_no_other(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    office.start("op-1", RETRY, 0, [1]).await;
    office.start("op-2", RETRY, 1, [2]).await;
    ground.outbox().spoil_operation("op-1").await;
    let told = |operations: Vec<Operation>| -> Vec<String> {
        let ids = operations.into_iter().map(|it| it.started.id);
        ids.map(|id| id.as_str().to_owned()).collect()
    };
    assert_eq!(told(office.0.open(9).await.unwrap()), ["op-2"]);
    assert_eq!(told(office.0.newest(RETRY, 9).await.unwrap()), ["op-2"]);
    assert_eq!(office.take("w1", 2).await.as_deref(), Some("op-2"));
    assert_eq!(office.take("w2", 2).await, None);
    // It has ended, and is not met again.
    let finished = OperationState::Finished;
    let ended = office.0.end(&id("op-1"), finished, "", at(3)).await;
    assert!(!ended.unwrap());
    assert!(office.0.operation(&id("op-1")).await.is_err());
}
