//! Promises about operations whose time is over.

use lienthong_core::ports::operations::{
    Item, ItemResult, ItemsWanted, KeptDifference, Operation, OperationId, OperationKind,
    OperationState,
};
use lienthong_core::sync::reconcile::{Difference, Finding};

use super::{Ground, Office, at, worker};

const RECONCILIATION: OperationKind = OperationKind::Reconciliation;
const RETRY: OperationKind = OperationKind::Retry;

impl Office {
    /// A reconciliation at `second` that finds these dossiers missing and finishes.
    async fn reconciled(&self, name: &str, second: i64, dossiers: Vec<u32>) -> OperationId {
        let items = u64::try_from(dossiers.len()).unwrap();
        let op = self.held(name, RECONCILIATION, second, dossiers).await;
        for item in 1..=items {
            let finding = Finding::Answered {
                by_fields: false,
                differences: vec![Difference::MissingThere],
            };
            let worker = worker(&op);
            let found = self.0.found(&op, &worker, item, finding, at(second));
            found.await.unwrap();
        }
        let finished = OperationState::Finished;
        assert!(self.0.end(&op, finished, "", at(second)).await.unwrap());
        op
    }

    async fn all_of(&self, id: &OperationId) -> (Operation, Vec<Item>, Vec<KeptDifference>) {
        let items = self.items(id, ItemsWanted::All { after: 0 }).await;
        let differences = self.0.differences(id, 0, 1000).await.unwrap();
        (self.operation(id).await, items, differences)
    }

    async fn forget(&self, before: i64, most: u32) -> u32 {
        self.0.forget(at(before), most).await.unwrap()
    }
}

pub(crate) async fn counts_stay_when_items_and_differences_go(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    let old = office.reconciled("r-1", 10, vec![1, 2]).await;
    office.reconciled("r-2", 100, vec![1]).await;
    let (before, ..) = office.all_of(&old).await;
    let counts = office.0.counts(&old).await.unwrap();
    assert_eq!(office.forget(10, 100).await, 0, "it ended then, not before");
    assert_eq!(office.forget(11, 100).await, 4);
    assert_eq!(office.forget(11, 100).await, 0);
    let (after, items, differences) = office.all_of(&old).await;
    assert_eq!((items, differences), (vec![], vec![]));
    assert_eq!(office.0.counts(&old).await.unwrap(), counts);
    assert!(after.expired && !before.expired);
    // Who it was, and why, is gone; how it went is not.
    assert_eq!(after.started.operator.expose(), "-");
    assert_eq!(after.started.reason.as_str(), "-");
    let mut expected = before;
    expected.started.operator = after.started.operator.clone();
    expected.started.reason = after.started.reason.clone();
    expected.expired = true;
    assert_eq!(after, expected);
}

pub(crate) async fn what_runs_and_the_newest_reconciliation_stay_whole(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    let runs = office.held("op-1", RETRY, 0, [1]).await;
    let newest = office.reconciled("r-1", 10, vec![7]).await;
    // A later one that did not come to its end tells less.
    let failed = office.held("r-2", RECONCILIATION, 20, [7]).await;
    let end = OperationState::Failed;
    assert!(office.0.end(&failed, end, "NO", at(21)).await.unwrap());
    let whole = (office.all_of(&runs).await, office.all_of(&newest).await);
    assert_eq!(office.forget(1000, 100).await, 1, "of the failed one");
    let after = (office.all_of(&runs).await, office.all_of(&newest).await);
    assert_eq!(after, whole);
    // By it a difference keeps its age, however old it is.
    let next = office.reconciled("r-3", 2000, vec![7]).await;
    let (_, _, differences) = office.all_of(&next).await;
    assert_eq!(differences[0].known_since, at(10));
    assert_eq!(
        office.forget(3000, 100).await,
        2,
        "another one is the newest"
    );
    assert_eq!(office.all_of(&next).await.2, differences);
    let cancelled = OperationState::Cancelled;
    assert!(office.0.end(&runs, cancelled, "", at(2500)).await.unwrap());
    assert_eq!(office.forget(3000, 100).await, 1);
}

pub(crate) async fn a_large_operation_goes_in_small_steps(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    let large = office.reconciled("r-1", 10, (1..=25).collect()).await;
    let small = office.held("op-1", RETRY, 11, [1]).await;
    office.end_item(&small, 1, ItemResult::Succeeded, 12).await;
    let finished = OperationState::Finished;
    assert!(office.0.end(&small, finished, "", at(12)).await.unwrap());
    office.reconciled("r-2", 20, vec![]).await;
    let mut removed = Vec::new();
    loop {
        let (kept, items, differences) = office.all_of(&large).await;
        assert_eq!(kept.expired, items.len() < 25);
        assert_eq!(items.len(), differences.len());
        match office.forget(100, 10).await {
            0 => break,
            rows => removed.push(rows),
        }
    }
    assert_eq!(removed.iter().sum::<u32>(), 51);
    assert!(removed.iter().all(|rows| *rows <= 20), "{removed:?}");
    assert_eq!(office.all_of(&small).await.1, []);
}
