//! Promises about what was known of the portal's side at a moment.
//!
//! What a reader would get wrong: what was known at a moment that is over never changes,
//! whatever is found, mended or removed later.

use std::collections::BTreeMap;

use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::operations::{
    ItemResult, OperationId, OperationKind, OperationState, Stopped,
};
use lienthong_core::ports::portal_history::{Compared, PortalSide};
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::outage::Outage;
use lienthong_core::sync::reconcile::{Difference, Finding};

use super::{Ground, Office, at, new, worker};
use crate::store::samples::number;

const RECONCILIATION: OperationKind = OperationKind::Reconciliation;

fn compared(second: i64) -> Compared {
    let at = at(second);
    Compared {
        at,
        by_fields: true,
    }
}

fn answered(differences: Vec<Difference>) -> Finding {
    Finding::Answered {
        by_fields: true,
        differences,
    }
}

fn behind(theirs: PortalStatus) -> Difference {
    Difference::StatusBehind {
        ours: PortalStatus::Processed,
        theirs,
    }
}

impl Office {
    async fn side(&self, second: i64) -> PortalSide {
        self.0.side(at(second)).await.unwrap()
    }

    /// Dossiers that differed at `second`, with the seconds since which that was known.
    async fn differed(&self, second: i64) -> Vec<(u32, i64)> {
        let differing = self.side(second).await.differing;
        let since: BTreeMap<_, _> = (1..9).map(|index| (number(index), index)).collect();
        let told = differing.iter();
        told.map(|(dossier, moment)| (since[dossier], moment.duration_since(at(0)).as_secs()))
            .collect()
    }

    /// One reconciliation of dossier 1 and 2 that finds this of the first.
    async fn reconciled_at(&self, second: i64, finding: Finding) -> OperationId {
        let name = format!("r-{second}");
        let op = self.held(&name, RECONCILIATION, second, [1, 2]).await;
        for (item, finding) in [(1, finding), (2, answered(vec![]))] {
            let worker = worker(&op);
            let found = self.0.found(&op, &worker, item, finding, at(second));
            found.await.unwrap();
        }
        self.ended(&op, OperationState::Finished, second + 1).await;
        op
    }

    async fn ended(&self, op: &OperationId, state: OperationState, second: i64) {
        assert!(self.0.end(op, state, "", at(second)).await.unwrap());
    }

    async fn outage(&self, from: i64, until: i64) {
        let outage = Outage::new(at(from), at(until)).unwrap();
        self.0.keep_outage(outage).await.unwrap();
    }

    async fn outages(&self, second: i64) -> Vec<(i64, i64)> {
        let seconds = |it: jiff::Timestamp| it.duration_since(at(0)).as_secs();
        let told = self.side(second).await.outages;
        told.iter()
            .map(|it| (seconds(it.from()), seconds(it.until())))
            .collect()
    }
}

pub(crate) async fn a_difference_stands_from_its_finding_until_it_is_mended(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    let missing = || Difference::MissingThere;
    let received = || behind(PortalStatus::Received);
    for (second, finding) in [
        (10, answered(vec![missing()])),
        (20, answered(vec![missing(), received()])),
        (30, Finding::Unanswered(Cause::UpstreamTimeout)),
        (40, answered(vec![received()])),
        (50, answered(vec![])),
        (60, answered(vec![received()])),
    ] {
        office.reconciled_at(second, finding).await;
    }
    drop(office);
    let office = Office::open(ground).await;
    for (second, expected) in [
        (9, vec![]),
        (10, vec![(1, 10)]),
        (39, vec![(1, 10)]),
        (40, vec![(1, 20)]),
        (49, vec![(1, 20)]),
        (50, vec![]),
        (59, vec![]),
        (60, vec![(1, 60)]),
        (999, vec![(1, 60)]),
    ] {
        assert_eq!(office.differed(second).await, expected, "at {second}");
    }
}

pub(crate) async fn what_was_known_of_a_moment_stays_when_more_is_found(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    office
        .reconciled_at(10, answered(vec![Difference::MissingThere]))
        .await;
    office.outage(12, 15).await;
    let then = office.side(20).await;
    assert_eq!(then.asked, Some(compared(11)));
    office.reconciled_at(30, answered(vec![])).await;
    office.outage(12, 35).await;
    office.0.forget(at(1000), 1000).await.unwrap();
    let told = office.side(20).await;
    assert_eq!(
        (told.own, told.asked, told.differing),
        (then.own, then.asked, then.differing)
    );
    assert_eq!(office.side(40).await.asked, Some(compared(31)));
}

pub(crate) async fn a_repair_that_succeeds_mends(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    let found = office.held("r-1", RECONCILIATION, 10, 1..=4).await;
    for item in 1..=4 {
        let missing = answered(vec![Difference::MissingThere]);
        let worker = worker(&found);
        let kept = office.0.found(&found, &worker, item, missing, at(10));
        kept.await.unwrap();
    }
    office.ended(&found, OperationState::Finished, 10).await;
    // A retry of the same dossier says nothing of the portal's side.
    let retry = office.held("op-1", OperationKind::Retry, 15, [4]).await;
    office.end_item(&retry, 1, ItemResult::Succeeded, 16).await;
    office.ended(&retry, OperationState::Finished, 17).await;
    let repair = office.held("p-1", OperationKind::Repair, 20, 1..=3).await;
    for (item, result) in [
        (1, ItemResult::Succeeded),
        (2, ItemResult::Skipped),
        (3, ItemResult::Failed(Cause::UpstreamTimeout)),
    ] {
        office.end_item(&repair, item, result, 25).await;
    }
    let four = vec![(1, 10), (2, 10), (3, 10), (4, 10)];
    assert_eq!(office.differed(24).await, four);
    assert_eq!(office.differed(25).await, four[1..]);
}

pub(crate) async fn what_a_repair_sent_again_stands_until_an_answer_shows_it(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    let steps = Difference::StepsMissing {
        steps: 2,
        first_revision: 0,
    };
    let both = vec![behind(PortalStatus::Received), steps.clone()];
    office.reconciled_at(10, answered(both)).await;
    let repair = office.held("p-1", OperationKind::Repair, 20, [1]).await;
    let by = worker(&repair);
    let begun = office.0.begin_item(&repair, &by, 1, Some(3));
    begun.await.unwrap();
    office.end_item(&repair, 1, ItemResult::Succeeded, 25).await;
    office.ended(&repair, OperationState::Finished, 26).await;
    assert_eq!(office.differed(26).await, [(1, 10)]);
    office.reconciled_at(30, answered(vec![steps])).await;
    assert_eq!(office.differed(31).await, [(1, 10)], "the steps still miss");
    office.reconciled_at(40, answered(vec![])).await;
    assert_eq!(office.differed(41).await, []);
}

pub(crate) async fn an_answer_about_presence_mends_nothing_but_that(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    let presence = |differences| Finding::Answered {
        by_fields: false,
        differences,
    };
    let late = vec![behind(PortalStatus::Received)];
    office.reconciled_at(10, answered(late)).await;
    let missing = vec![Difference::MissingThere];
    office.reconciled_at(20, presence(missing)).await;
    office.reconciled_at(30, presence(vec![])).await;
    assert_eq!(office.differed(31).await, [(1, 10)], "no status was seen");
    office.reconciled_at(40, answered(vec![])).await;
    assert_eq!(office.differed(41).await, []);
    let missing = vec![Difference::MissingThere];
    office.reconciled_at(50, presence(missing)).await;
    assert_eq!(office.differed(51).await, [(1, 50)]);
    office.reconciled_at(60, presence(vec![])).await;
    assert_eq!(office.differed(61).await, []);
}

pub(crate) async fn a_reconciliation_counts_once_it_had_an_answer_and_finished(
    ground: &dyn Ground,
) {
    let office = Office::open(ground).await;
    assert_eq!(office.side(999).await, PortalSide::default());
    let silent = office.held("r-1", RECONCILIATION, 10, [1]).await;
    let nothing = Finding::Unanswered(Cause::UpstreamTimeout);
    let by = worker(&silent);
    let kept = office.0.found(&silent, &by, 1, nothing, at(11));
    kept.await.unwrap();
    office.ended(&silent, OperationState::Finished, 12).await;
    let stopped = office.held("r-2", RECONCILIATION, 20, [1]).await;
    let by = worker(&stopped);
    let kept = office.0.found(&stopped, &by, 1, answered(vec![]), at(21));
    kept.await.unwrap();
    let person = Stopped {
        operator: new("x", RECONCILIATION, 0).operator,
        system: None,
    };
    assert!(office.0.cancel(&stopped, &person, at(22)).await.unwrap());
    assert_eq!(office.side(999).await.asked, None);
    office.reconciled_at(30, answered(vec![])).await;
    assert_eq!(office.side(30).await.asked, None, "not ended yet");
    assert_eq!(office.side(31).await.asked, Some(compared(31)));
    // The gateway's own stands beside a later one that an operator asked for.
    let mut own = new("daily", RECONCILIATION, 25);
    own.system = None;
    office.0.create(own).await.unwrap();
    let id = super::id("daily");
    office
        .0
        .add_items(&id, vec![number(5)], at(25))
        .await
        .unwrap();
    office.0.run(&id).await.unwrap();
    let taken = office.0.take("w", &[], at(25), super::HELD).await.unwrap();
    assert_eq!(taken.unwrap().started.id, id);
    let there = Finding::Answered {
        by_fields: false,
        differences: Vec::new(),
    };
    let kept = office.0.found(&id, "w", 1, there, at(26));
    kept.await.unwrap();
    office.ended(&id, OperationState::Finished, 27).await;
    let side = office.side(999).await;
    let presence = Compared {
        at: at(27),
        by_fields: false,
    };
    assert_eq!(side.own, Some(presence), "no status was seen");
    assert_eq!(side.asked, Some(compared(31)));
}

pub(crate) async fn an_outage_is_kept_as_long_as_it_was_and_told_until_then(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    office.outage(10, 12).await;
    office.outage(10, 20).await;
    office.outage(10, 15).await;
    office.outage(18, 30).await;
    office.outage(50, 60).await;
    drop(office);
    let office = Office::open(ground).await;
    for (second, expected) in [
        (9, vec![]),
        (15, vec![(10, 15)]),
        (40, vec![(10, 30)]),
        (55, vec![(10, 30), (50, 55)]),
        (99, vec![(10, 30), (50, 60)]),
    ] {
        assert_eq!(office.outages(second).await, expected, "at {second}");
    }
}

pub(crate) async fn what_stands_is_never_forgotten(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    let missing = || answered(vec![Difference::MissingThere]);
    let both = office.held("r-1", RECONCILIATION, 10, 1..=3).await;
    for (item, second) in [(1, 10), (2, 11), (3, 12)] {
        let by = worker(&both);
        let kept = office.0.found(&both, &by, item, missing(), at(second));
        kept.await.unwrap();
    }
    office.ended(&both, OperationState::Finished, 12).await;
    let next = office.held("r-2", RECONCILIATION, 20, 1..=2).await;
    for (item, second) in [(1, 20), (2, 30)] {
        let by = worker(&next);
        let kept = office
            .0
            .found(&next, &by, item, answered(vec![]), at(second));
        kept.await.unwrap();
    }
    office.outage(1, 5).await;
    office.outage(20, 40).await;
    assert_eq!(office.0.forget_side(at(20), 100).await.unwrap(), 1);
    assert_eq!(office.0.forget_side(at(31), 1).await.unwrap(), 1);
    assert_eq!(office.0.forget_side(at(31), 100).await.unwrap(), 1);
    assert_eq!(office.0.forget_side(at(31), 100).await.unwrap(), 0);
    assert_eq!(office.differed(19).await, [(3, 12)]);
    assert_eq!(office.outages(99).await, [(20, 40)]);
}
