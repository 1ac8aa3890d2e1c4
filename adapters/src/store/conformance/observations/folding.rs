//! Promises about what is folded in.

use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::audit::AccessOutcome;
use lienthong_core::ports::observations::{Observation, Portion, Source};

use super::{
    Ground, Happened, at, everything, expected, fold, log, lookup, portion, received, state,
    stepped,
};
use crate::store::samples::{full_dossier, number};

/// A dossier with much of what facts can hold, in microseconds as stores keep them.
pub(super) fn eventful() -> Vec<Happened> {
    let mut full = full_dossier(&number(1));
    full.documents[0].deleted = false;
    full.status = PortalStatus::Received;
    let due = "2025-07-16T10:11:12.123456Z".parse().unwrap();
    for date in [
        &mut full.dates.due,
        &mut full.dates.finished,
        &mut full.dates.returned,
        &mut full.dates.refused,
    ] {
        *date = Some(due);
    }
    let mut moved = full.clone();
    moved.dates.due = Some(at(400));
    moved.status = PortalStatus::SupplementRequired;
    vec![
        state(1, 0, full),
        stepped(1, 2, 1, "Bộ phận một cửa"),
        stepped(1, 3, 2, "Phòng Tư pháp"),
        stepped(1, 4, 3, "Bộ phận một cửa"),
        state(5, 300, moved),
    ]
}

pub(super) fn some_lookups() -> Vec<Happened> {
    vec![
        lookup(1, 0, AccessOutcome::NotAnswered),
        lookup(1, 1, AccessOutcome::Matched),
        lookup(1, 2, AccessOutcome::Denied),
        lookup(1, 3, AccessOutcome::NotMatched),
    ]
}

pub(crate) async fn facts_come_back_as_they_were_folded_in(ground: &dyn Ground) {
    let store = ground.open().await;
    assert_eq!(store.dossier(&number(1)).await, Ok(None));
    fold(&*store, &Source::Events, eventful()).await;
    fold(&*store, &log("a"), some_lookups()).await;
    let told = store.dossier(&number(1)).await.unwrap();
    let all = [eventful(), some_lookups()].concat();
    assert_eq!(told, expected(&number(1), &all));
    let facts = told.unwrap();
    assert_eq!((facts.steps.len(), facts.lookups.matched), (3, 1));
    assert_eq!(facts.due_moved_late_at, Some(at(300)));
}

pub(crate) async fn what_was_folded_in_survives_a_restart(ground: &dyn Ground) {
    let store = ground.open().await;
    fold(&*store, &Source::Events, eventful()).await;
    let before = store.dossier(&number(1)).await;
    drop(store);
    let store = ground.open().await;
    assert_eq!(store.dossier(&number(1)).await, before);
    assert_eq!(store.position(&Source::Events).await, Ok(5));
}

pub(crate) async fn lookups_before_the_first_state_are_not_lost(ground: &dyn Ground) {
    let store = ground.open().await;
    fold(&*store, &log("a"), some_lookups()).await;
    assert_eq!(store.dossier(&number(1)).await, Ok(None));
    fold(&*store, &Source::Events, eventful()).await;
    let more = vec![lookup(1, 9, AccessOutcome::Matched)];
    fold(&*store, &log("a"), more.clone()).await;
    let all = [some_lookups(), eventful(), more].concat();
    let told = store.dossier(&number(1)).await.unwrap();
    assert_eq!(told, expected(&number(1), &all));
    assert_eq!(told.unwrap().lookups.matched, 2);
}

pub(crate) async fn a_source_that_stands_elsewhere_changes_nothing(ground: &dyn Ground) {
    let store = ground.open().await;
    let source = log("a");
    fold(&*store, &source, some_lookups()).await;
    let before = store.dossier(&number(1)).await;
    for position in [0, 3, 5] {
        let counted = store.observe(&source, portion(position, some_lookups()));
        let counted = counted.await;
        assert_eq!(counted, Ok(false), "{position}");
    }
    assert_eq!(store.position(&source).await, Ok(4));
    assert_eq!(store.dossier(&number(1)).await, before);
}

pub(crate) async fn each_source_has_a_position_of_its_own(ground: &dyn Ground) {
    let store = ground.open().await;
    for (source, after) in [(Source::Events, 7), (log("a"), 8), (log("b"), 9)] {
        assert_eq!(store.position(&source).await, Ok(0));
        let counted = store.observe(
            &source,
            Portion {
                after,
                ..Portion::default()
            },
        );
        let counted = counted.await;
        assert_eq!(counted, Ok(true));
    }
    assert_eq!(store.position(&Source::Events).await, Ok(7));
    assert_eq!(store.position(&log("a")).await, Ok(8));
    assert_eq!(store.position(&log("b")).await, Ok(9));
}

pub(crate) async fn the_same_events_again_change_nothing(ground: &dyn Ground) {
    let store = ground.open().await;
    let events = eventful();
    fold(&*store, &Source::Events, events[..4].to_vec()).await;
    fold(&*store, &Source::Events, events[1..].to_vec()).await;
    fold(&*store, &Source::Events, events[..2].to_vec()).await;
    let told = store.dossier(&number(1)).await.unwrap();
    assert_eq!(told, expected(&number(1), &events));
}

pub(crate) async fn of_two_who_fold_at_once_one_counts(ground: &dyn Ground) {
    let store = ground.open().await;
    let folding = (0..8).map(|_| {
        let store = std::sync::Arc::clone(&store);
        tokio::spawn(async move {
            let portion = portion(0, some_lookups());
            store.observe(&log("a"), portion).await
        })
    });
    let mut counted = 0;
    for one in folding.collect::<Vec<_>>() {
        counted += u32::from(one.await.unwrap().unwrap());
    }
    assert_eq!(counted, 1);
    fold(&*store, &Source::Events, eventful()).await;
    let facts = store.dossier(&number(1)).await.unwrap().unwrap();
    assert_eq!(facts.lookups.matched, 1);
}

pub(crate) async fn gateways_that_fold_their_own_lookups_at_once_lose_none(ground: &dyn Ground) {
    let store = ground.open().await;
    let folding = (0..6).map(|gateway| {
        let store = std::sync::Arc::clone(&store);
        tokio::spawn(async move {
            let source = log(&format!("gateway-{gateway}"));
            for _ in 0..5 {
                // The same dossiers everywhere, in another order each.
                let mut seen: Vec<_> = (1..=6)
                    .map(|index| lookup(index, 1, AccessOutcome::Matched))
                    .collect();
                seen.rotate_left(gateway);
                fold(&*store, &source, seen).await;
            }
        })
    });
    for one in folding.collect::<Vec<_>>() {
        one.await.unwrap();
    }
    let begun = (1..=6).map(|index| state(1, 0, received(index, 0)));
    fold(&*store, &Source::Events, begun.collect()).await;
    for index in 1..=6 {
        let facts = store.dossier(&number(index)).await.unwrap().unwrap();
        assert_eq!(facts.lookups.matched, 30, "dossier {index}");
    }
}

pub(crate) async fn a_batch_of_thousands_is_folded_in_whole(ground: &dyn Ground) {
    let store = ground.open().await;
    let mut events = Vec::new();
    for index in 1..=500 {
        events.push(state(1, 0, received(index, 0)));
    }
    for revision in 2..=10 {
        for index in 1..=500 {
            let hours = i64::try_from(revision).unwrap();
            let department = format!("Phòng {}", (u64::from(index) + revision) % 40);
            events.push(stepped(index, revision, hours, &department));
        }
    }
    assert_eq!(events.len(), 5_000);
    fold(&*store, &Source::Events, events.clone()).await;
    for index in [1, 250, 500] {
        let told = store.dossier(&number(index)).await.unwrap();
        assert_eq!(told, expected(&number(index), &events));
        assert_eq!(told.unwrap().steps.len(), 9);
    }
}

pub(crate) async fn a_row_that_cannot_be_read_is_told_of_and_begun_afresh(ground: &dyn Ground) {
    let store = ground.open().await;
    let events = vec![state(1, 0, received(1, 0)), state(1, 0, received(2, 0))];
    fold(&*store, &Source::Events, events).await;
    ground.spoil(&number(1)).await;
    let error = store.dossier(&number(1)).await.unwrap_err().to_string();
    assert!(error.contains("anew") && !error.contains("H22"), "{error}");
    let newer = vec![state(2, 1, received(1, 0))];
    fold(&*store, &Source::Events, newer.clone()).await;
    let told = store.dossier(&number(1)).await.unwrap();
    assert_eq!(told, expected(&number(1), &newer));
    assert!(matches!(newer[0].1, Observation::Event { revision: 2, .. }));
}

pub(crate) async fn a_row_that_cannot_be_read_is_counted_and_the_others_are_told(
    ground: &dyn Ground,
) {
    let store = ground.open().await;
    let events = (1..=5).map(|index| state(1, 0, received(index, 0)));
    fold(&*store, &Source::Events, events.collect()).await;
    for index in [2, 4, 5] {
        ground.spoil(&number(index)).await;
    }
    let page = store.page(&everything(), None, 2).await.unwrap();
    let told: Vec<_> = page
        .facts
        .iter()
        .map(|facts| facts.number.clone())
        .collect();
    assert_eq!((told, page.unreadable), (vec![number(1)], 1));
    assert_eq!(page.next, Some(number(2)), "it goes on behind it");
    let rest = store
        .page(&everything(), page.next.as_ref(), 9)
        .await
        .unwrap();
    assert_eq!((rest.facts.len(), rest.unreadable, rest.next), (1, 2, None));
}
