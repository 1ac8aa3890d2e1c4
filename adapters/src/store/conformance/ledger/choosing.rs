//! Promises about choosing dossiers for an operation.

use std::collections::BTreeSet;

use lienthong_core::dossier::event::Event;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::ledger::{ChoicePosition, DossierFilter};
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::outcome::NextStep;
use lienthong_core::sync::state::SyncState;

use super::{Bench, Ground, REFUSED, at, index_of, state_with};
use crate::store::samples::{event, number, state};

fn any() -> DossierFilter {
    DossierFilter::default()
}

/// All that `filter` chooses, in parts of at most `most`; how many parts there were.
async fn chosen(bench: &Bench, filter: &DossierFilter, most: u32) -> (Vec<u32>, usize) {
    let mut after: Option<ChoicePosition> = None;
    let (mut chosen, mut parts) = (Vec::new(), 0);
    loop {
        let part = bench.store.choose(filter, after.as_ref(), most).await;
        let part = part.unwrap();
        parts += 1;
        assert!(part.dossiers.len() <= usize::try_from(most).unwrap());
        chosen.extend(part.dossiers.iter().map(|it| index_of(it.as_str())));
        let Some(next) = part.next else {
            return (chosen, parts);
        };
        assert_ne!(after.as_ref(), Some(&next), "it moves on");
        after = Some(next);
    }
}

/// Dossiers begun at second 10 times their index: 1 and 4 accepted, 2 refused, 3 pending.
async fn four(ground: &dyn Ground) -> Bench {
    let bench = Bench::open(ground).await;
    for index in [1, 2, 4] {
        bench.begin(i64::from(index) * 10, [index]).await;
    }
    let claims = bench.desk.claim(50).await;
    bench.desk.accept(&claims[0], 51, 1).await;
    bench
        .fail(&claims[1], 51, (REFUSED, NextStep::Refuse), "-1")
        .await;
    bench.desk.accept(&claims[2], 60, 1).await;
    bench.begin(30, [3]).await;
    bench
}

pub(crate) async fn a_choice_goes_in_the_order_of_beginning_whatever_becomes_of_them(
    ground: &dyn Ground,
) {
    let bench = four(ground).await;
    assert_eq!(chosen(&bench, &any(), 9).await.0, [1, 2, 3, 4]);
    let first = bench.store.choose(&any(), None, 2).await.unwrap();
    assert_eq!(first.dossiers, [number(1), number(2)]);
    let next = first.next.unwrap();
    assert_eq!((next.recorded_at, &next.dossier), (at(20), &number(2)));
    // What was chosen is sent, what was not is accepted: neither comes twice nor is missed.
    bench.step(70, 1, "B").await;
    bench.release(2, 71).await;
    bench.accept_all(72).await;
    let rest = bench.store.choose(&any(), Some(&next), 9).await.unwrap();
    assert_eq!(rest.dossiers, [number(3), number(4)]);
    assert_eq!(rest.next, None);
    let none = bench.store.choose(&any(), rest.next.as_ref(), 0).await;
    assert!(none.unwrap().dossiers.len() <= 1);
}

pub(crate) async fn a_choice_holds_what_a_list_of_the_same_filter_holds(ground: &dyn Ground) {
    let bench = four(ground).await;
    let returned = state_with(4, PortalStatus::ResultReturned);
    bench.desk.record("late", 80, returned).await.unwrap();
    let filters = [
        any(),
        DossierFilter {
            states: BTreeSet::from([SyncState::Accepted]),
            ..any()
        },
        DossierFilter {
            causes: BTreeSet::from([Cause::FieldRejected]),
            ..any()
        },
        DossierFilter {
            upstream_code: Some("-1".to_owned()),
            ..any()
        },
        DossierFilter {
            unsent_since: Some(at(40)),
            ..any()
        },
        DossierFilter {
            recorded_from: Some(at(20)),
            recorded_before: Some(at(40)),
            ..any()
        },
        DossierFilter {
            touched_from: Some(at(55)),
            ..any()
        },
        DossierFilter {
            dossiers: vec![number(4), number(404), number(2), number(4)],
            ..any()
        },
        DossierFilter {
            dossiers: vec![number(1), number(2)],
            states: BTreeSet::from([SyncState::Refused]),
            ..any()
        },
    ];
    let mut sizes = Vec::new();
    for filter in filters {
        let mut listed = bench.listed(&filter).await;
        listed.sort_unstable();
        for most in [1, 9] {
            assert_eq!(chosen(&bench, &filter, most).await.0, listed, "{filter:?}");
        }
        sizes.push(listed.len());
    }
    assert_eq!(sizes, [4, 1, 1, 1, 2, 2, 1, 2, 1]);
}

pub(crate) async fn a_choice_is_made_part_by_part_without_gap_or_repetition(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    // Many of one moment, so that the numbers decide where a part ends.
    bench.begin(10, 1..=7).await;
    bench.begin(20, 8..=9).await;
    let all: Vec<u32> = (1..=9).collect();
    for most in 1..=9 {
        assert_eq!(chosen(&bench, &any(), most).await.0, all, "parts of {most}");
    }
}

pub(crate) async fn a_choice_reaches_one_among_many_that_are_not_meant(ground: &dyn Ground) {
    const OTHERS: u32 = 10_100;
    let bench = Bench::open(ground).await;
    let load: Vec<Event> = (1..=OTHERS)
        .map(|index| event(&format!("d{index}"), at(1), state(index, "A")))
        .collect();
    for answer in bench.store.record_all(load, at(1)).await {
        answer.unwrap();
    }
    let last = state_with(OTHERS + 1, PortalStatus::ResultReturned);
    bench.desk.record("last", 2, last).await.unwrap();
    let meant = DossierFilter {
        recorded_from: Some(at(0)),
        touched_from: Some(at(2)),
        ..any()
    };
    let (found, parts) = chosen(&bench, &meant, 10).await;
    assert_eq!(found, [OTHERS + 1]);
    assert!(parts > 1, "no part reads them all");
}
