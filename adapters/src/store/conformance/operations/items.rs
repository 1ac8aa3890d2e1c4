//! Promises about the items of an operation.

use lienthong_core::ports::operations::{
    Item, ItemResult, ItemsWanted, OperationKind, OperationState,
};
use lienthong_core::ports::outbox::Settled;
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::reconcile::Finding;

use super::{Ground, Office, at, id, new};
use crate::store::samples::number;

const RETRY: OperationKind = OperationKind::Retry;
const ALL: ItemsWanted = ItemsWanted::All { after: 0 };

fn numbers(items: &[Item]) -> Vec<u64> {
    items.iter().map(|item| item.number).collect()
}

pub(crate) async fn items_are_numbered_and_no_dossier_comes_twice(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    office.0.create(new("op-1", RETRY, 0)).await.unwrap();
    office.0.create(new("op-2", RETRY, 0)).await.unwrap();
    let add = async |name, dossiers: &[u32]| {
        let dossiers = dossiers.iter().map(|index| number(*index)).collect();
        office
            .0
            .add_items(&id(name), dossiers, at(1))
            .await
            .unwrap();
    };
    add("op-1", &[5, 3, 5]).await;
    add("op-2", &[3]).await;
    add("op-1", &[]).await;
    add("op-1", &[3, 9]).await;
    let items = office.items(&id("op-1"), ALL).await;
    let told: Vec<_> = items
        .iter()
        .map(|it| (it.number, it.dossier.clone()))
        .collect();
    assert_eq!(told, [(1, number(5)), (2, number(3)), (3, number(9))]);
    let first = &items[0];
    assert_eq!(
        (first.revision, first.result, first.ended_at),
        (None, None, None)
    );
    assert_eq!(office.operation(&id("op-1")).await.total, 3);
    assert_eq!(office.operation(&id("op-2")).await.total, 1);
}

pub(crate) async fn nothing_is_added_to_what_runs(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    let op = office.start("op-1", RETRY, 0, [1]).await;
    office
        .0
        .add_items(&op, vec![number(2)], at(1))
        .await
        .unwrap();
    assert_eq!(office.operation(&op).await.total, 1);
    assert_eq!(office.items(&op, ALL).await.len(), 1);
}

pub(crate) async fn items_are_read_by_what_became_of_them(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    let op = office.held("op-1", RETRY, 0, 1..=6).await;
    office.begin_item(&op, 2, Some(4)).await;
    office.begin_item(&op, 3, None).await;
    office.begin_item(&op, 4, Some(1)).await;
    office.end_item(&op, 4, ItemResult::Succeeded, 9).await;
    office.end_item(&op, 5, ItemResult::Skipped, 9).await;
    let read = async |wanted, most| office.0.items(&op, wanted, most).await.unwrap();
    assert_eq!(numbers(&read(ItemsWanted::Untouched, 9).await), [1, 6]);
    assert_eq!(numbers(&read(ItemsWanted::Untouched, 1).await), [1]);
    let under_way = read(ItemsWanted::UnderWay, 9).await;
    assert_eq!(numbers(&under_way), [2, 3]);
    assert_eq!(
        (under_way[0].revision, under_way[1].revision),
        (Some(4), None)
    );
    assert_eq!(
        numbers(&read(ItemsWanted::All { after: 3 }, 2).await),
        [4, 5]
    );
    let ended = read(ItemsWanted::All { after: 3 }, 1).await.remove(0);
    assert_eq!(
        (ended.result, ended.ended_at),
        (Some(ItemResult::Succeeded), Some(at(9)))
    );
    assert_eq!(ended.revision, Some(1));
}

pub(crate) async fn results_are_counted_once(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    let op = office.held("op-1", RETRY, 0, 1..=4).await;
    let failed = ItemResult::Failed(Cause::FieldRejected);
    for (item, result, second) in [
        (1, ItemResult::Succeeded, 5),
        (1, ItemResult::Skipped, 6),
        (2, failed, 7),
        (2, failed, 8),
        (3, ItemResult::Skipped, 9),
        (404, ItemResult::Succeeded, 9),
    ] {
        office.end_item(&op, item, result, second).await;
    }
    let kept = office.operation(&op).await;
    assert_eq!(
        (kept.total, kept.succeeded, kept.failed, kept.skipped),
        (4, 1, 1, 1)
    );
    let items = office.items(&op, ALL).await;
    let told: Vec<_> = items.iter().map(|it| (it.result, it.ended_at)).collect();
    assert_eq!(
        told,
        [
            (Some(ItemResult::Succeeded), Some(at(5))),
            (Some(failed), Some(at(7))),
            (Some(ItemResult::Skipped), Some(at(9))),
            (None, None),
        ]
    );
}

pub(crate) async fn items_survive_a_restart(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    let op = office.held("op-1", RETRY, 0, 1..=50).await;
    office.begin_item(&op, 1, Some(2)).await;
    office.end_item(&op, 2, ItemResult::Succeeded, 3).await;
    let before = (office.operation(&op).await, office.items(&op, ALL).await);
    drop(office);
    let office = Office::open(ground).await;
    assert_eq!(
        (office.operation(&op).await, office.items(&op, ALL).await),
        before
    );
}

pub(crate) async fn what_a_slow_worker_brings_changes_no_item(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    let op = office.start("op-1", RETRY, 0, 1..=3).await;
    assert_eq!(office.take("slow", 0).await.as_deref(), Some("op-1"));
    let (begin, end) = (
        async |worker, item| {
            office
                .0
                .begin_item(&op, worker, item, Some(7))
                .await
                .unwrap()
        },
        async |worker, item| {
            let done = ItemResult::Succeeded;
            office
                .0
                .end_item(&op, worker, item, done, at(9))
                .await
                .unwrap()
        },
    );
    assert_eq!(begin("slow", 1).await, Settled::Recorded);
    // Its lease is over, and nobody else wants the operation: it still counts.
    assert_eq!(end("slow", 1).await, Settled::Recorded);
    assert_eq!(begin("other", 2).await, Settled::LeaseLost, "never held it");
    let over = 1 + i64::try_from(super::HELD.as_secs()).unwrap();
    assert_eq!(office.take("other", over).await.as_deref(), Some("op-1"));
    let before = office.items(&op, ALL).await;
    assert_eq!(begin("slow", 2).await, Settled::LeaseLost);
    assert_eq!(end("slow", 2).await, Settled::LeaseLost);
    let finding = Finding::Unanswered(Cause::UpstreamTimeout);
    let found = office.0.found(&op, "slow", 2, finding, at(9)).await;
    assert_eq!(found.unwrap(), Settled::LeaseLost);
    assert_eq!(office.items(&op, ALL).await, before);
    assert_eq!(end("other", 2).await, Settled::Recorded);
    // What has ended is held by nobody.
    let cancelled = OperationState::Cancelled;
    assert!(office.0.end(&op, cancelled, "", at(99)).await.unwrap());
    assert_eq!(end("other", 3).await, Settled::LeaseLost);
    let kept = office.operation(&op).await;
    assert_eq!((kept.succeeded, kept.failed), (2, 0));
}
