//! Promises about the items of an operation.

use lienthong_core::ports::operations::{Item, ItemResult, ItemsWanted, OperationKind};
use lienthong_core::sync::cause::Cause;

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
        office.0.add_items(&id(name), dossiers).await.unwrap();
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
    office.0.add_items(&op, vec![number(2)]).await.unwrap();
    assert_eq!(office.operation(&op).await.total, 1);
    assert_eq!(office.items(&op, ALL).await.len(), 1);
}

pub(crate) async fn items_are_read_by_what_became_of_them(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    let op = office.start("op-1", RETRY, 0, 1..=6).await;
    office.0.begin_item(&op, 2, Some(4)).await.unwrap();
    office.0.begin_item(&op, 3, None).await.unwrap();
    office.0.begin_item(&op, 4, Some(1)).await.unwrap();
    office
        .0
        .end_item(&op, 4, ItemResult::Succeeded, at(9))
        .await
        .unwrap();
    office
        .0
        .end_item(&op, 5, ItemResult::Skipped, at(9))
        .await
        .unwrap();
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
    let op = office.start("op-1", RETRY, 0, 1..=4).await;
    let failed = ItemResult::Failed(Cause::FieldRejected);
    for (item, result, second) in [
        (1, ItemResult::Succeeded, 5),
        (1, ItemResult::Skipped, 6),
        (2, failed, 7),
        (2, failed, 8),
        (3, ItemResult::Skipped, 9),
        (404, ItemResult::Succeeded, 9),
    ] {
        office
            .0
            .end_item(&op, item, result, at(second))
            .await
            .unwrap();
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
    let op = office.start("op-1", RETRY, 0, 1..=50).await;
    office.0.begin_item(&op, 1, Some(2)).await.unwrap();
    office
        .0
        .end_item(&op, 2, ItemResult::Succeeded, at(3))
        .await
        .unwrap();
    let before = (office.operation(&op).await, office.items(&op, ALL).await);
    drop(office);
    let office = Office::open(ground).await;
    assert_eq!(
        (office.operation(&op).await, office.items(&op, ALL).await),
        before
    );
}
