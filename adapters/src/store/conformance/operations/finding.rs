//! Promises about what a reconciliation found.

use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::operations::{
    FoundCounts, ItemResult, ItemsWanted, KeptDifference, OperationId, OperationKind,
};
use lienthong_core::ports::outbox::Settled;
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::reconcile::{DateField, Difference, Finding};

use super::{Ground, Office, at, worker};
use crate::store::samples::number;

const RECONCILIATION: OperationKind = OperationKind::Reconciliation;

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

fn every_difference() -> Vec<Difference> {
    let date = |field, ours, theirs| Difference::DateChanged {
        field,
        ours,
        theirs,
    };
    vec![
        Difference::MissingThere,
        Difference::MissingHere,
        Difference::UnexpectedThere,
        behind(PortalStatus::Received),
        Difference::StatusAhead {
            ours: PortalStatus::Received,
            theirs: PortalStatus::ResultReturned,
        },
        Difference::StatusUnknown {
            ours: PortalStatus::Received,
            theirs: "11 \"khác\"".to_owned(),
        },
        Difference::StepsMissing {
            steps: 3,
            first_revision: 2,
        },
        date(DateField::Received, Some(at(1)), None),
        date(DateField::Due, None, Some(at(2))),
        date(DateField::Finished, Some(at(3)), Some(at(4))),
        date(DateField::Returned, None, None),
        Difference::ResultWithoutFile { papers: 2 },
    ]
}

impl Office {
    async fn found(&self, op: &OperationId, item: u64, finding: Finding, second: i64) {
        let found = self
            .0
            .found(op, &worker(op), item, finding, at(second))
            .await;
        assert_eq!(found.unwrap(), Settled::Recorded);
    }

    async fn differences(&self, op: &OperationId) -> Vec<KeptDifference> {
        self.0.differences(op, 0, 100).await.unwrap()
    }
}

pub(crate) async fn every_difference_is_read_back_as_it_was_found(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    let op = office.held("r-1", RECONCILIATION, 0, [7]).await;
    office.found(&op, 1, answered(every_difference()), 9).await;
    drop(office);
    let office = Office::open(ground).await;
    let kept = office.differences(&op).await;
    let differences: Vec<_> = kept.iter().map(|it| it.difference.clone()).collect();
    assert_eq!(differences, every_difference());
    let numbers: Vec<_> = kept.iter().map(|it| it.number).collect();
    assert!(numbers.iter().copied().eq(1..=12), "{numbers:?}");
    for it in &kept {
        assert_eq!(it.dossier, number(7));
        assert_eq!((it.found_at, it.known_since), (at(9), at(9)));
    }
}

pub(crate) async fn findings_are_counted_by_what_they_say(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    let op = office.held("r-1", RECONCILIATION, 0, 1..=7).await;
    assert_eq!(office.0.counts(&op).await.unwrap(), FoundCounts::default());
    let presence = |differences| Finding::Answered {
        by_fields: false,
        differences,
    };
    let findings = [
        answered(vec![]),
        presence(vec![]),
        presence(vec![Difference::MissingThere]),
        answered(vec![
            behind(PortalStatus::Received),
            Difference::ResultWithoutFile { papers: 1 },
        ]),
        presence(vec![Difference::UnexpectedThere]),
        Finding::Unanswered(Cause::UpstreamTimeout),
    ];
    for (item, finding) in (1..).zip(findings) {
        office.found(&op, item, finding, 9).await;
    }
    let counts = FoundCounts {
        equal: 2,
        different: 2,
        missing: 1,
        unanswered: 1,
        by_fields: 2,
    };
    assert_eq!(office.0.counts(&op).await.unwrap(), counts);
    let kept = office.operation(&op).await;
    assert_eq!(
        (kept.total, kept.succeeded, kept.failed, kept.skipped),
        (7, 5, 1, 0)
    );
}

pub(crate) async fn an_item_that_was_found_has_its_result(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    let op = office.held("r-1", RECONCILIATION, 0, 1..=3).await;
    office
        .found(&op, 1, answered(vec![Difference::MissingThere]), 9)
        .await;
    office
        .found(&op, 2, Finding::Unanswered(Cause::UpstreamTimeout), 9)
        .await;
    office.end_item(&op, 3, ItemResult::Skipped, 9).await;
    let items = office.items(&op, ItemsWanted::All { after: 0 }).await;
    let results: Vec<_> = items.iter().map(|it| it.result.unwrap()).collect();
    let failed = ItemResult::Failed(Cause::UpstreamTimeout);
    assert_eq!(
        results,
        [ItemResult::Succeeded, failed, ItemResult::Skipped]
    );
    // A second finding of one item changes nothing.
    office.found(&op, 1, answered(vec![]), 10).await;
    office
        .found(&op, 3, answered(vec![Difference::MissingThere]), 10)
        .await;
    assert_eq!(office.differences(&op).await.len(), 1);
    assert_eq!(office.0.counts(&op).await.unwrap().missing, 1);
    assert_eq!(
        office.items(&op, ItemsWanted::All { after: 0 }).await,
        items
    );
}

pub(crate) async fn a_difference_keeps_its_age_while_it_lasts(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    let missing = || Difference::MissingThere;
    let received = || behind(PortalStatus::Received);
    // What each reconciliation finds of one dossier, and since when that is known.
    let rounds = [
        (10, answered(vec![missing()]), vec![10]),
        (20, answered(vec![missing(), received()]), vec![10, 20]),
        (30, Finding::Unanswered(Cause::UpstreamTimeout), vec![]),
        (40, answered(vec![received()]), vec![20]),
        (50, answered(vec![missing(), received()]), vec![50, 20]),
        (
            60,
            answered(vec![behind(PortalStatus::Registered)]),
            vec![60],
        ),
        (70, answered(vec![]), vec![]),
        (
            80,
            answered(vec![behind(PortalStatus::Registered)]),
            vec![80],
        ),
    ];
    for (second, finding, since) in rounds {
        let name = format!("r-{second}");
        let op = office.held(&name, RECONCILIATION, second, [1, 2]).await;
        office.found(&op, 2, answered(vec![]), second).await;
        office.found(&op, 1, finding, second).await;
        let kept = office.differences(&op).await;
        let known: Vec<_> = kept.iter().map(|it| it.known_since).collect();
        let expected: Vec<_> = since.into_iter().map(at).collect();
        assert_eq!(known, expected, "at {second}");
        assert!(kept.iter().all(|it| it.found_at == at(second)));
    }
}

pub(crate) async fn differences_are_read_page_by_page(ground: &dyn Ground) {
    let office = Office::open(ground).await;
    let op = office.held("r-1", RECONCILIATION, 0, 1..=3).await;
    let other = office.held("r-2", RECONCILIATION, 0, [9]).await;
    for item in [2, 1, 3] {
        let two = vec![Difference::MissingThere, behind(PortalStatus::Received)];
        office.found(&op, item, answered(two), 5).await;
    }
    office
        .found(&other, 1, answered(vec![Difference::MissingThere]), 5)
        .await;
    let page = async |after, most| {
        let page = office.0.differences(&op, after, most).await.unwrap();
        page.into_iter()
            .map(|it| (it.number, it.dossier))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        page(0, 3).await,
        [(1, number(2)), (2, number(2)), (3, number(1))]
    );
    assert_eq!(
        page(3, 9).await,
        [(4, number(1)), (5, number(3)), (6, number(3))]
    );
    assert_eq!(page(6, 9).await, []);
    assert_eq!(office.differences(&other).await.len(), 1);
}
