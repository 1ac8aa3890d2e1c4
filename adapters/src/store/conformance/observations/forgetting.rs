//! Promises about what is removed when its time is over.

use lienthong_core::ports::audit::AccessOutcome;
use lienthong_core::ports::observations::{RebuildCause, Source};

use super::{Ground, at, ended, everything, fold, log, lookup, received, state, stepped, told};
use crate::store::samples::number;

pub(crate) async fn what_ended_long_ago_is_forgotten_and_nothing_else(ground: &dyn Ground) {
    let store = ground.open().await;
    // Processed at the moment that the state tells: hour 5, hour 9, never.
    let events = vec![
        state(1, 5, ended(1, 0, 5)),
        state(1, 9, ended(2, 0, 9)),
        state(1, 0, received(3, 0)),
    ];
    fold(&*store, &Source::Events, events).await;
    let seen = vec![
        lookup(2, 1, AccessOutcome::Matched),
        lookup(4, 5, AccessOutcome::Matched),
        lookup(5, 9, AccessOutcome::NotAnswered),
    ];
    fold(&*store, &log("a"), seen).await;
    assert_eq!(store.forget_ended(at(9), 100).await, Ok(2));
    let left = [number(2).to_string(), number(3).to_string()];
    assert_eq!(told(&*store, &everything(), 9).await, left);
    assert_eq!(store.forget_ended(at(9), 100).await, Ok(0));
    // The look-ups of the fifth are still there, those of the fourth are not.
    let late = vec![state(1, 10, received(4, 0)), state(1, 10, received(5, 0))];
    fold(&*store, &Source::Events, late).await;
    let lookups = async |index| {
        let facts = store.dossier(&number(index)).await.unwrap().unwrap();
        facts.lookups
    };
    assert!(!lookups(4).await.asked());
    assert_eq!(lookups(5).await.failed, 1);
}

pub(crate) async fn no_more_is_forgotten_than_asked(ground: &dyn Ground) {
    let store = ground.open().await;
    let events = (1..=5).map(|index| state(1, 5, ended(index, 0, 5)));
    fold(&*store, &Source::Events, events.collect()).await;
    assert_eq!(store.forget_ended(at(99), 2).await, Ok(2));
    assert_eq!(told(&*store, &everything(), 9).await.len(), 3);
    assert_eq!(store.forget_ended(at(99), 9).await, Ok(3));
}

pub(crate) async fn a_name_that_no_dossier_needs_is_forgotten(ground: &dyn Ground) {
    let store = ground.open().await;
    let department = "Phòng Tư pháp – Nguyễn Văn Mẫu";
    let events = vec![
        state(1, 0, received(1, 0)),
        stepped(1, 2, 1, "Bộ phận một cửa"),
        state(1, 5, received(2, 0)),
        stepped(2, 2, 5, department),
        state(3, 5, ended(2, 0, 5)),
        state(1, 0, received(3, 0)),
    ];
    fold(&*store, &Source::Events, events).await;
    fold(
        &*store,
        &log("a"),
        vec![lookup(1, 1, AccessOutcome::Matched)],
    )
    .await;
    while !store.forget_names(1).await.unwrap() {}
    assert!(ground.names().await.iter().any(|name| name == department));
    assert_eq!(store.forget_ended(at(99), 9).await, Ok(1));
    while !store.forget_names(2).await.unwrap() {}
    let mut left = ground.names().await;
    left.sort_unstable();
    assert_eq!(left, ["Bộ phận một cửa", "a", "birth", "full_name"]);
    let facts = store.dossier(&number(1)).await.unwrap().unwrap();
    assert_eq!(
        facts.steps[0].department.as_deref(),
        Some("Bộ phận một cửa")
    );
    assert_eq!(facts.lookups.fields.len(), 2);
}

pub(crate) async fn a_name_that_is_needed_meanwhile_stays(ground: &dyn Ground) {
    let store = ground.open().await;
    let mut events = vec![
        state(1, 5, received(4, 0)),
        stepped(4, 2, 5, "Phòng A"),
        state(3, 5, ended(4, 0, 5)),
    ];
    events.extend((1..=3).map(|index| state(1, 0, received(index, 0))));
    fold(&*store, &Source::Events, events).await;
    // The search is past the first dossier when that comes to need the name.
    assert_eq!(store.forget_names(2).await, Ok(false));
    let needed = vec![stepped(1, 2, 6, "Phòng A"), stepped(2, 2, 6, "Phòng B")];
    fold(&*store, &Source::Events, needed).await;
    assert_eq!(store.forget_ended(at(99), 9).await, Ok(1));
    while !store.forget_names(2).await.unwrap() {}
    for (index, name) in [(1, "Phòng A"), (2, "Phòng B")] {
        let facts = store.dossier(&number(index)).await.unwrap().unwrap();
        assert_eq!(facts.steps[0].department.as_deref(), Some(name));
    }
    // Nothing is removed while a source is told anew.
    assert!(store.forget_names(2).await.is_ok());
    let cause = RebuildCause::PutBack {
        source: Source::Events,
        position: 8,
    };
    store.begin_anew(at(1), &cause).await.unwrap().unwrap();
    assert_eq!(store.forget_names(2).await, Ok(true));
    assert_eq!(ground.names().await.len(), 2);
}
