//! Promises about what is found again.

use lienthong_core::access::{ClientName, OfficerId, Purpose};
use lienthong_core::agency::AgencyCode;
use lienthong_core::ports::audit::{AccessFilter, AccessOutcome, AccessRecord};
use lienthong_core::procedure::ProcedureCode;

use super::{Ground, access, at, denied, numbers, person};
use crate::store::samples::number;

pub(crate) async fn the_newest_come_first_and_pages_join_without_loss(ground: &dyn Ground) {
    let log = ground.open().await;
    // The moments run against the numbers, which alone decide.
    for second in (0..7).rev() {
        log.record(access(1, second)).await.unwrap();
    }
    let mut before = None;
    let mut pages = Vec::new();
    loop {
        let filter = AccessFilter::default();
        let page = log.accesses(&filter, before, 3).await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.sequence);
        pages.push(page.iter().map(|it| it.sequence).collect::<Vec<_>>());
        // What comes meanwhile is newer than every page to come.
        log.record(access(2, 0)).await.unwrap();
    }
    assert_eq!(pages, [vec![7, 6, 5], vec![4, 3, 2], vec![1]]);
    let none = log.accesses(&AccessFilter::default(), None, 0).await;
    assert!(none.unwrap().is_empty());
}

pub(crate) async fn a_number_that_was_never_given_is_below_no_bound(ground: &dyn Ground) {
    let log = ground.open().await;
    log.record(access(1, 0)).await.unwrap();
    let filter = AccessFilter::default();
    let found = async |before| log.accesses(&filter, Some(before), 9).await.unwrap().len();
    assert_eq!(found(0).await, 0);
    assert_eq!(found(1).await, 0);
    assert_eq!(found(2).await, 1);
    assert_eq!(found(u64::MAX).await, 1);
}

type Change = fn(&mut AccessRecord);
type Condition = fn(&mut AccessFilter);

fn other_client() -> ClientName {
    ClientName::parse("other").unwrap()
}

fn other_officer() -> OfficerId {
    OfficerId::parse("canbo.02").unwrap()
}

fn other_unit() -> AgencyCode {
    AgencyCode::parse("000.00.13.H22").unwrap()
}

fn other_procedure() -> ProcedureCode {
    ProcedureCode::parse("1.001193.H22").unwrap()
}

/// For each condition: what makes a record differ from the others, and the condition
/// that finds it by that.
const CONDITIONS: [(Change, Condition); 10] = [
    (
        |it| it.context.client = other_client(),
        |filter| filter.client = Some(other_client()),
    ),
    (
        |it| it.context.officer = other_officer(),
        |filter| filter.officer = Some(other_officer()),
    ),
    (
        |it| it.context.unit = other_unit(),
        |filter| filter.unit = Some(other_unit()),
    ),
    (
        |it| it.context.dossier = number(77),
        |filter| filter.dossier = Some(number(77)),
    ),
    (
        |it| it.context.procedure = other_procedure(),
        |filter| filter.procedure = Some(other_procedure()),
    ),
    (
        |it| it.context.purpose = Purpose::Inspection,
        |filter| filter.purpose = Some(Purpose::Inspection),
    ),
    (
        |it| it.outcome = AccessOutcome::NotAnswered,
        |filter| filter.outcome = Some(AccessOutcome::NotAnswered),
    ),
    (
        |it| it.person = person("k1", 2),
        |filter| filter.person = Some(person("k1", 2)),
    ),
    (
        |it| it.asked_at = at(500),
        |filter| filter.from = Some(at(400)),
    ),
    (
        |it| it.asked_at = at(-500),
        |filter| filter.until = Some(at(-400)),
    ),
];

pub(crate) async fn each_condition_selects_by_itself(ground: &dyn Ground) {
    let log = ground.open().await;
    for (change, _) in CONDITIONS {
        let mut access = access(1, 0);
        change(&mut access);
        log.record(access).await.unwrap();
    }
    for (expected, (_, condition)) in (1..).zip(CONDITIONS) {
        let mut filter = AccessFilter::default();
        condition(&mut filter);
        assert_eq!(numbers(&*log, &filter).await, [expected], "{filter:?}");
    }
}

pub(crate) async fn all_conditions_must_hold_together(ground: &dyn Ground) {
    let log = ground.open().await;
    for access in [access(1, 0), access(1, 10), denied(1, 10), access(2, 10)] {
        log.record(access).await.unwrap();
    }
    let wanted = access(1, 0);
    let filter = AccessFilter {
        from: Some(at(5)),
        until: Some(at(15)),
        client: Some(wanted.context.client),
        officer: Some(wanted.context.officer),
        unit: Some(wanted.context.unit),
        dossier: Some(wanted.context.dossier),
        procedure: Some(wanted.context.procedure),
        purpose: Some(wanted.context.purpose),
        outcome: Some(wanted.outcome),
        person: Some(wanted.person),
    };
    assert_eq!(numbers(&*log, &filter).await, [2]);
    let below = log.accesses(&filter, Some(2), 9).await.unwrap();
    assert!(below.is_empty());
}

pub(crate) async fn a_person_under_another_key_is_another_person(ground: &dyn Ground) {
    let log = ground.open().await;
    for key in ["k1", "k2"] {
        let access = AccessRecord {
            person: person(key, 1),
            ..access(1, 0)
        };
        log.record(access).await.unwrap();
    }
    let filter = AccessFilter {
        person: Some(person("k2", 1)),
        ..AccessFilter::default()
    };
    assert_eq!(numbers(&*log, &filter).await, [2]);
}

pub(crate) async fn a_moment_belongs_to_what_it_begins_and_not_to_what_it_ends(
    ground: &dyn Ground,
) {
    let log = ground.open().await;
    for second in 0..4 {
        log.record(access(1, second)).await.unwrap();
    }
    let filter = AccessFilter {
        from: Some(at(1)),
        until: Some(at(3)),
        ..AccessFilter::default()
    };
    assert_eq!(numbers(&*log, &filter).await, [3, 2]);
}

pub(crate) async fn requests_are_summed_for_one_profile_from_one_moment(ground: &dyn Ground) {
    let log = ground.open().await;
    for (profile, second, attempts) in [
        ("soap-lgsp", 0, 16),
        ("soap-lgsp", 10, 1),
        ("soap-esb", 11, 8),
        ("soap-lgsp", 12, 2),
        ("soap-lgsp", 13, 0),
    ] {
        let access = AccessRecord {
            profile: profile.to_owned(),
            attempts,
            ..access(1, second)
        };
        log.record(access).await.unwrap();
    }
    let since = async |profile, second| log.attempts_since(profile, at(second)).await.unwrap();
    assert_eq!(since("soap-lgsp", 10).await, 3);
    assert_eq!(since("soap-lgsp", 0).await, 19);
    assert_eq!(since("soap-esb", 0).await, 8);
    assert_eq!(since("json-flat", 0).await, 0);
    assert_eq!(since("soap-lgsp", 99).await, 0);
}
