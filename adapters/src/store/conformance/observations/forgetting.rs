//! Promises about what is removed when its time is over.

use lienthong_core::ports::audit::AccessOutcome;
use lienthong_core::ports::observations::Source;

use super::{Ground, at, ended, everything, fold, log, lookup, received, state, told};
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
