//! Promises about the list of dossiers.

use std::collections::BTreeSet;

use lienthong_core::agency::AgencyCode;
use lienthong_core::dossier::event::EventBody;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::ledger::{DossierFilter, ListPosition};
use lienthong_core::ports::outbox::Settled;
use lienthong_core::ports::portal::PortalReference;
use lienthong_core::procedure::ProcedureCode;
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::outcome::{AttemptOutcome, NextStep};
use lienthong_core::sync::state::SyncState;

use super::{Bench, Ground, REFUSED, at, index_of};
use crate::store::samples::{dossier, event, number, step_body};

const OUTAGE: AttemptOutcome = AttemptOutcome::NotApplied(Cause::UpstreamUnavailable);
const TIMEOUT: AttemptOutcome = AttemptOutcome::Unknown(Cause::UpstreamTimeout);

fn any() -> DossierFilter {
    DossierFilter::default()
}

/// Eight dossiers, begun at second 10 times their index: 1 accepted, 2 refused, 3 dead,
/// 4 waiting, 5 of unknown outcome, 6 being sent, 7 and 8 pending; each with a step behind.
async fn all_states(ground: &dyn Ground) -> Bench {
    let bench = Bench::open(ground).await;
    for index in 1..=6 {
        let second = i64::from(index) * 10;
        bench.begin(second, [index]).await;
    }
    let claims = bench.desk.claim(100).await;
    bench.desk.accept(&claims[0], 101, 1).await;
    let fail = async |claim: usize, how, code| bench.fail(&claims[claim], 102, how, code).await;
    fail(1, (REFUSED, NextStep::Refuse), "-1").await;
    fail(
        2,
        (
            AttemptOutcome::Refused(Cause::MappingMissing),
            NextStep::GiveUp,
        ),
        "procedure 1",
    )
    .await;
    fail(3, (OUTAGE, NextStep::SendAt(at(900))), "503").await;
    fail(4, (TIMEOUT, NextStep::AskAt(at(900))), "").await;
    bench.begin(70, [7]).await;
    bench.begin(80, [8]).await;
    bench
}

pub(crate) async fn the_longest_unsent_comes_first_and_whole_dossiers_last(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    bench.begin(0, [3, 1]).await;
    bench.accept_all(1).await;
    bench.begin(20, [4]).await;
    bench.begin(10, [6, 5, 2]).await;
    assert_eq!(bench.listed(&any()).await, [2, 5, 6, 4, 1, 3]);
    bench.step(30, 3, "B").await;
    assert_eq!(bench.listed(&any()).await, [2, 5, 6, 4, 3, 1]);
    // What is recorded behind an unsent event does not make the dossier younger.
    bench.step(40, 2, "B").await;
    assert_eq!(bench.listed(&any()).await, [2, 5, 6, 4, 3, 1]);
}

pub(crate) async fn pages_follow_each_other_without_gap_or_repetition(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    bench.begin(0, 1..=5).await;
    bench.accept_all(1).await;
    bench.begin(2, 6..=9).await;
    for claim in bench.desk.claim(3).await {
        bench
            .fail(&claim, 4, (REFUSED, NextStep::Refuse), "-1")
            .await;
    }
    bench.begin(2, 10..=12).await;
    bench.begin(1, 13..=14).await;
    let whole = bench.listed(&any()).await;
    assert_eq!(whole, [13, 14, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5]);
    for most in 1..=5 {
        let mut paged = Vec::new();
        let mut after: Option<ListPosition> = None;
        loop {
            let page = bench.store.dossiers(&any(), after.as_ref(), most).await;
            let page = page.unwrap();
            assert!(page.len() <= usize::try_from(most).unwrap());
            let Some(last) = page.last() else { break };
            after = Some(ListPosition {
                oldest_unsent_at: last.oldest_unsent_at,
                dossier: last.dossier.clone(),
            });
            paged.extend(page.iter().map(|it| index_of(it.dossier.as_str())));
        }
        assert_eq!(paged, whole, "pages of {most}");
    }
}

pub(crate) async fn a_summary_tells_where_its_dossier_stands(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    let bodies = vec![
        super::state_with(1, PortalStatus::Received),
        step_body(1, "B"),
    ];
    bench.desk.record_all("e", 10, bodies).await;
    let next = super::state_with(1, PortalStatus::Processing);
    bench.desk.record("e3", 20, next).await.unwrap();
    let summary = async || bench.list(&any()).await.remove(0);
    let fresh = summary().await;
    assert_eq!(fresh.dossier, number(1));
    assert_eq!(fresh.procedure.as_str(), "1.001193");
    assert_eq!((fresh.state, fresh.cause), (SyncState::Pending, None));
    assert_eq!((fresh.revision, fresh.accepted_revision), (3, 0));
    assert_eq!(fresh.oldest_unsent_at, Some(at(10)));
    assert_eq!((fresh.next_attempt_at, fresh.attempts), (Some(at(10)), 0));
    assert_eq!(
        (fresh.last_accepted_at, fresh.status),
        (None, PortalStatus::Processing)
    );

    let claim = bench.desk.claim_one(30).await;
    let sending = summary().await;
    assert_eq!((sending.state, sending.attempts), (SyncState::Sending, 1));
    assert_eq!(
        sending.next_attempt_at, None,
        "the end of a lease is no attempt"
    );
    bench
        .fail(&claim, 31, (OUTAGE, NextStep::SendAt(at(40))), "503")
        .await;
    let waiting = summary().await;
    assert_eq!(
        (waiting.state, waiting.next_attempt_at),
        (SyncState::Waiting, Some(at(40)))
    );
    assert_eq!(waiting.cause, Some(Cause::UpstreamUnavailable));
    let claim = bench.desk.claim_one(40).await;
    assert_eq!(
        summary().await.cause,
        Some(Cause::UpstreamUnavailable),
        "the last failure"
    );
    bench.desk.accept(&claim, 41, 1).await;
    let next = summary().await;
    assert_eq!((next.state, next.cause), (SyncState::Pending, None));
    assert_eq!((next.revision, next.accepted_revision), (3, 1));
    assert_eq!((next.oldest_unsent_at, next.attempts), (Some(at(10)), 0));
    assert_eq!(next.last_accepted_at, Some(at(41)));
    bench.accept_all(50).await;
    let done = summary().await;
    assert_eq!((done.state, done.cause), (SyncState::Accepted, None));
    assert_eq!((done.accepted_revision, done.oldest_unsent_at), (3, None));
    assert_eq!(
        (done.next_attempt_at, done.last_accepted_at),
        (None, Some(at(50)))
    );
}

pub(crate) async fn a_summary_tells_the_number_that_the_portal_issued(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    bench.begin(10, [1]).await;
    let number = async || bench.list(&any()).await.remove(0).portal_number;
    assert_eq!(number().await, None);
    let claim = bench.desk.claim_one(30).await;
    let issued = PortalReference {
        number: "H99-P4-7".to_owned(),
        id: None,
    };
    let outbox = &bench.desk.0;
    let kept = outbox
        .keep_reference(claim.task, claim.fence, &issued)
        .await;
    assert_eq!(kept.unwrap(), Settled::Recorded);
    assert_eq!(number().await.as_deref(), Some("H99-P4-7"));
}

/// Each condition alone, and the dossiers of [`all_states`] for which it holds.
fn single_conditions() -> Vec<(DossierFilter, Vec<u32>)> {
    let states = |states: &[SyncState]| DossierFilter {
        states: states.iter().copied().collect(),
        ..any()
    };
    vec![
        (states(&[SyncState::Accepted]), vec![1]),
        (states(&[SyncState::Refused, SyncState::Dead]), vec![2, 3]),
        (
            states(&[SyncState::Accepted, SyncState::Pending]),
            vec![7, 8, 1],
        ),
        (
            states(&[SyncState::Waiting, SyncState::Unknown, SyncState::Sending]),
            vec![4, 5, 6],
        ),
        (states(&[SyncState::Blocked]), vec![]),
        (
            DossierFilter {
                causes: BTreeSet::from([Cause::FieldRejected, Cause::UpstreamTimeout]),
                ..any()
            },
            vec![2, 5],
        ),
        (
            DossierFilter {
                upstream_code: Some("503".to_owned()),
                ..any()
            },
            vec![4],
        ),
        (
            DossierFilter {
                unsent_since: Some(at(40)),
                ..any()
            },
            vec![2, 3, 4],
        ),
        (
            DossierFilter {
                recorded_from: Some(at(60)),
                ..any()
            },
            vec![6, 7, 8],
        ),
        (
            DossierFilter {
                recorded_before: Some(at(30)),
                ..any()
            },
            vec![2, 1],
        ),
        (
            DossierFilter {
                recorded_before: Some(at(0)),
                ..any()
            },
            vec![],
        ),
        (any(), vec![2, 3, 4, 5, 6, 7, 8, 1]),
    ]
}

pub(crate) async fn each_condition_holds_by_itself(ground: &dyn Ground) {
    let bench = all_states(ground).await;
    for (filter, expected) in single_conditions() {
        assert_eq!(bench.listed(&filter).await, expected, "{filter:?}");
    }
}

pub(crate) async fn conditions_hold_together(ground: &dyn Ground) {
    let bench = all_states(ground).await;
    let mut other = dossier(&number(9), "A");
    other.procedure = ProcedureCode::parse("2.000815").unwrap();
    let body = EventBody::State(Box::new(other));
    bench.desk.record("o1", 90, body).await.unwrap();
    let procedure = |code| DossierFilter {
        procedure: Some(ProcedureCode::parse(code).unwrap()),
        ..any()
    };
    assert_eq!(bench.listed(&procedure("2.000815")).await, [9]);
    assert_eq!(bench.listed(&procedure("1.001193")).await.len(), 8);
    // The procedure is that of the newest state.
    bench.begin(95, [9]).await;
    assert_eq!(bench.listed(&procedure("2.000815")).await, [0; 0]);
    let filter = DossierFilter {
        states: BTreeSet::from([SyncState::Refused, SyncState::Waiting, SyncState::Pending]),
        causes: BTreeSet::from([Cause::FieldRejected, Cause::UpstreamUnavailable]),
        recorded_from: Some(at(30)),
        ..procedure("1.001193")
    };
    assert_eq!(bench.listed(&filter).await, [4]);
}

pub(crate) async fn units_below_are_found_in_both_forms(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    let numbers = [
        "H22-250714-0001",
        "H22.12-250714-0002",
        "H22.12.3-250714-0003",
        "H22.123-250714-0004",
        "000.00.12.H22-250714-0005",
        "000.05.12.H22-250714-0006",
        "000.00.13.H22-250714-0007",
    ];
    for (n, text) in (1..).zip(numbers) {
        let number = DossierNumber::parse(text).unwrap();
        let body = EventBody::State(Box::new(dossier(&number, "A")));
        let event = event(&format!("e{n}"), at(n), body);
        bench.store.record(event, at(n)).await.unwrap();
    }
    for (unit, expected) in [
        ("H22", vec![1, 2, 3, 4]),
        ("H22.12", vec![2, 3]),
        ("H22.12.3", vec![3]),
        ("H23", vec![]),
        ("000.00.00.H22", vec![5, 6, 7]),
        ("000.00.12.H22", vec![5, 6]),
        ("000.05.12.H22", vec![6]),
        ("000.00.00.G22", vec![]),
    ] {
        let unit_only = DossierFilter {
            unit: Some(AgencyCode::parse(unit).unwrap()),
            ..any()
        };
        assert_eq!(bench.listed(&unit_only).await, expected, "{unit}");
    }
    // Also among those that are wholly accepted, where the order is that of numbers.
    bench.accept_all(50).await;
    let unit = Some(AgencyCode::parse("H22.12").unwrap());
    assert_eq!(bench.listed(&DossierFilter { unit, ..any() }).await, [2, 3]);
}

pub(crate) async fn named_dossiers_are_found_and_no_others(ground: &dyn Ground) {
    let bench = all_states(ground).await;
    let named = |dossiers: &[u32]| DossierFilter {
        dossiers: dossiers.iter().map(|index| number(*index)).collect(),
        ..any()
    };
    assert_eq!(bench.listed(&named(&[1, 404, 5, 3, 5])).await, [3, 5, 1]);
    assert_eq!(bench.listed(&named(&[404])).await, [0; 0]);
    let refused = DossierFilter {
        states: BTreeSet::from([SyncState::Refused]),
        ..named(&[1, 2, 3])
    };
    assert_eq!(bench.listed(&refused).await, [2]);
    let after = ListPosition {
        oldest_unsent_at: Some(at(30)),
        dossier: number(3),
    };
    let page = bench
        .store
        .dossiers(&named(&[1, 3, 5]), Some(&after), 1)
        .await;
    assert_eq!(page.unwrap()[0].dossier, number(5));
}

pub(crate) async fn a_list_is_the_same_after_a_restart(ground: &dyn Ground) {
    let bench = all_states(ground).await;
    let before = bench.list(&any()).await;
    let groups = bench.groups(&any()).await;
    drop(bench);
    let bench = Bench::open(ground).await;
    assert_eq!(bench.list(&any()).await, before);
    assert_eq!(bench.groups(&any()).await, groups);
}

pub(crate) async fn a_dossier_that_cannot_be_read_hides_no_other(ground: &dyn Ground) {
    let bench = all_states(ground).await;
    ground.outbox().spoil(2).await;
    ground.outbox().spoil_cause(4).await;
    assert_eq!(bench.listed(&any()).await, [3, 5, 6, 7, 8, 1]);
    let chosen = bench.store.choose(&any(), None, 100).await.unwrap();
    let chosen: Vec<u32> = chosen
        .dossiers
        .iter()
        .map(|it| index_of(it.as_str()))
        .collect();
    assert_eq!(chosen, [1, 3, 4, 5, 6, 7, 8]);
    let groups = bench.groups(&any()).await;
    let told: BTreeSet<_> = groups.iter().map(|it| it.cause).collect();
    assert!(told.contains(&Cause::MappingMissing) && told.contains(&Cause::UpstreamTimeout));
    bench.store.facts().await.unwrap();
    bench.desk.claim(2000).await;
}
