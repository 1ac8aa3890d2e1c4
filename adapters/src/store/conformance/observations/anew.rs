//! Promises about sources that are told anew.

use lienthong_core::access::{ClientName, OfficerId};
use lienthong_core::observation::DossierFacts;
use lienthong_core::ports::audit::AccessOutcome;
use lienthong_core::ports::observations::{
    Anew, Observations, Portion, Rebuild, RebuildCause, Source,
};
use lienthong_core::text::Text;

use super::folding::{eventful, some_lookups};
use super::following::follower;
use super::{
    Ground, Happened, at, ended, expected, fold, log, lookup, portion, received, standing, stands,
    state, stepped,
};
use crate::store::samples::number;

/// That an operator asks for all sources.
pub(super) fn asked() -> RebuildCause {
    RebuildCause::Asked {
        operator: OfficerId::parse("canbo.07").unwrap(),
        client: ClientName::parse("igate").unwrap(),
        reason: Text::parse("Thay đổi quy tắc").unwrap(),
    }
}

pub(super) fn put_back(source: Source, position: u64) -> RebuildCause {
    RebuildCause::PutBack { source, position }
}

async fn begin(store: &dyn Observations) {
    for standing in store.standings().await.unwrap() {
        let seen = follower("one", 0);
        let followed = store.follow(&standing.source, &seen, None).await;
        assert_eq!(followed, Ok(true));
    }
    let begun = store.begin_anew(at(500), &asked()).await;
    assert!(begun.unwrap().is_some());
}

/// Tells a source anew from its beginning.
pub(super) async fn tell(store: &dyn Observations, source: &Source, happened: Vec<Happened>) {
    let told = store.observe_anew(source, portion(0, happened)).await;
    assert_eq!(told, Ok(true));
}

/// Ends the telling at `position`, and has everything take its place.
pub(super) async fn take(store: &dyn Observations, source: &Source, position: u64) {
    assert_eq!(store.told_anew(source, position).await, Ok(true));
    while !store.take_anew(source, 2).await.unwrap() {}
    assert_eq!(standing(store, source).await.anew, None);
}

pub(super) async fn facts(store: &dyn Observations, index: u32) -> DossierFacts {
    store.dossier(&number(index)).await.unwrap().unwrap()
}

pub(crate) async fn nothing_that_is_told_anew_is_read_before_all_is_told(ground: &dyn Ground) {
    let store = ground.open().await;
    fold(&*store, &Source::Events, eventful()).await;
    fold(&*store, &log("a"), some_lookups()).await;
    let before = facts(&*store, 1).await;
    begin(&*store).await;
    tell(&*store, &Source::Events, eventful()[..1].to_vec()).await;
    tell(&*store, &log("a"), some_lookups()[1..2].to_vec()).await;
    assert_eq!(facts(&*store, 1).await, before);
    let told = standing(&*store, &Source::Events).await;
    assert_eq!(told.position, 5, "what is known goes on");
    let telling = Anew::Telling {
        position: 1,
        fingerprint: Some(stands(1)),
    };
    assert_eq!(told.anew, Some(telling));
    assert!(!told.is_lost);
    for position in [1, 5] {
        let early = store.told_anew(&Source::Events, position).await;
        assert_eq!(early, Ok(false), "{position}");
    }
    assert_eq!(store.take_anew(&Source::Events, 9).await, Ok(false));
    assert_eq!(facts(&*store, 1).await, before);
}

pub(crate) async fn everything_that_is_still_kept_is_told_anew(ground: &dyn Ground) {
    let store = ground.open().await;
    // What is known is wrong: a step too many, and look-ups twice.
    let mut wrong = eventful();
    wrong.push(stepped(1, 6, 7, "Phòng khác"));
    let twice = [some_lookups(), some_lookups()].concat();
    fold(&*store, &Source::Events, wrong).await;
    fold(&*store, &log("a"), twice).await;
    begin(&*store).await;
    let events = eventful();
    let told = Portion {
        after: 6,
        ..portion(0, events.clone())
    };
    let told = store.observe_anew(&Source::Events, told).await;
    assert_eq!(told, Ok(true));
    take(&*store, &Source::Events, 6).await;
    let told = Portion {
        after: 8,
        ..portion(0, some_lookups())
    };
    assert_eq!(store.observe_anew(&log("a"), told).await, Ok(true));
    take(&*store, &log("a"), 8).await;
    let all = [events, some_lookups()].concat();
    assert_eq!(Some(facts(&*store, 1).await), expected(&number(1), &all));
    assert_eq!(store.position(&Source::Events).await, Ok(6));
    fold(&*store, &log("a"), some_lookups()).await;
    assert_eq!(facts(&*store, 1).await.lookups.matched, 2);
}

pub(crate) async fn what_cannot_be_told_anew_stays(ground: &dyn Ground) {
    let store = ground.open().await;
    let events = vec![state(1, 0, received(1, 0)), state(1, 0, ended(2, 0, 9))];
    fold(&*store, &Source::Events, events.clone()).await;
    fold(
        &*store,
        &log("a"),
        vec![lookup(2, 1, AccessOutcome::Matched)],
    )
    .await;
    let before = facts(&*store, 2).await;
    begin(&*store).await;
    // Retention took the bodies of the second.
    let told = Portion {
        after: 2,
        ..portion(0, events[..1].to_vec())
    };
    let told = store.observe_anew(&Source::Events, told).await;
    assert_eq!(told, Ok(true));
    take(&*store, &Source::Events, 2).await;
    let told = Portion {
        after: 1,
        ..Portion::default()
    };
    assert_eq!(store.observe_anew(&log("a"), told).await, Ok(true));
    take(&*store, &log("a"), 1).await;
    assert_eq!(facts(&*store, 2).await, before);
}

pub(crate) async fn events_whose_first_ones_are_gone_go_on_from_what_is_known(ground: &dyn Ground) {
    let store = ground.open().await;
    fold(&*store, &Source::Events, eventful()).await;
    let before = facts(&*store, 1).await;
    let cause = put_back(Source::Events, 5);
    assert!(store.begin_anew(at(9), &cause).await.unwrap().is_some());
    // Retention took the bodies up to the fourth event.
    let mut kept = eventful().split_off(4);
    kept.push(stepped(1, 6, 301, "Bộ phận một cửa"));
    tell(&*store, &Source::Events, kept).await;
    take(&*store, &Source::Events, 2).await;
    let after = facts(&*store, 1).await;
    assert_eq!((after.revision, after.steps.len()), (6, 4));
    assert_eq!(after.first_due, before.first_due);
}

pub(crate) async fn a_failed_look_up_whose_record_is_gone_is_not_forgotten(ground: &dyn Ground) {
    let store = ground.open().await;
    let record = vec![
        lookup(1, 0, AccessOutcome::NotAnswered),
        lookup(1, 1, AccessOutcome::NotAnswered),
        lookup(1, 2, AccessOutcome::Matched),
        lookup(1, 3, AccessOutcome::NotMatched),
    ];
    fold(&*store, &Source::Events, vec![state(1, 0, received(1, 0))]).await;
    fold(&*store, &log("a"), record.clone()).await;
    let followed = store.follow(&log("a"), &follower("one", 0), None).await;
    assert_eq!(followed, Ok(true));
    // Once without its beginning, once put back without its end.
    for (cause, left) in [
        (asked(), &record[2..]),
        (put_back(log("a"), 4), &record[2..3]),
    ] {
        store.begin_anew(at(9), &cause).await.unwrap().unwrap();
        let told = Portion {
            after: 4,
            ..portion(0, left.to_vec())
        };
        assert_eq!(store.observe_anew(&log("a"), told).await, Ok(true));
        take(&*store, &log("a"), 4).await;
        let seen = facts(&*store, 1).await.lookups;
        assert_eq!((seen.failed, seen.matched, seen.not_matched), (1, 1, 1));
        assert!(seen.paper_is_lawful());
        assert_eq!(
            (seen.first_asked_at, seen.last_failed_at),
            (Some(at(0)), Some(at(1)))
        );
    }
}

pub(crate) async fn a_log_that_is_told_anew_changes_no_other(ground: &dyn Ground) {
    let store = ground.open().await;
    fold(&*store, &Source::Events, eventful()).await;
    fold(&*store, &log("a"), some_lookups()).await;
    fold(
        &*store,
        &log("b"),
        vec![lookup(1, 7, AccessOutcome::Matched)],
    )
    .await;
    let before = facts(&*store, 1).await;
    let cause = put_back(log("a"), 4);
    store.begin_anew(at(9), &cause).await.unwrap().unwrap();
    for other in [Source::Events, log("b")] {
        let standing = standing(&*store, &other).await;
        assert_eq!((standing.anew, standing.is_lost), (None, false));
    }
    tell(&*store, &log("a"), some_lookups()).await;
    take(&*store, &log("a"), 4).await;
    assert_eq!(facts(&*store, 1).await, before);
    assert_eq!(before.lookups.matched, 2);
}

pub(crate) async fn what_happens_while_it_takes_its_place_counts_once(ground: &dyn Ground) {
    let store = ground.open().await;
    let source = log("a");
    let seen = |index| lookup(index, 1, AccessOutcome::Matched);
    let states = (1..=5).map(|index| state(1, 0, received(index, 0)));
    fold(&*store, &Source::Events, states.collect()).await;
    fold(&*store, &source, (1..=5).map(seen).collect()).await;
    begin(&*store).await;
    // It is told up to where it stood; then more happens, and is told as well.
    tell(&*store, &source, (1..=5).map(seen).collect()).await;
    fold(&*store, &source, vec![seen(5)]).await;
    assert_eq!(
        store.told_anew(&source, 5).await,
        Ok(false),
        "there is more"
    );
    let more = store.observe_anew(&source, portion(5, vec![seen(5)])).await;
    assert_eq!(more, Ok(true));
    assert_eq!(store.told_anew(&source, 6).await, Ok(true));
    assert_eq!(standing(&*store, &source).await.anew, Some(Anew::Taking));
    assert_eq!(store.take_anew(&source, 2).await, Ok(false));
    // Of two that have taken their place, and two that have not.
    fold(&*store, &source, (1..=4).map(seen).collect()).await;
    while !store.take_anew(&source, 1).await.unwrap() {}
    for index in 1..=5 {
        let facts = facts(&*store, index).await;
        assert_eq!(facts.lookups.matched, 2, "{index}");
    }
}

pub(crate) async fn a_source_that_was_put_back_stands_still_until_it_is_told(ground: &dyn Ground) {
    let store = ground.open().await;
    fold(&*store, &Source::Events, eventful()).await;
    store.complete(&Source::Events, 5, at(400)).await.unwrap();
    let before = facts(&*store, 1).await;
    let cause = put_back(Source::Events, 5);
    store.begin_anew(at(401), &cause).await.unwrap().unwrap();
    let lost = standing(&*store, &Source::Events).await;
    assert!(lost.is_lost && !lost.is_followed());
    assert_eq!(lost.complete_until, None);
    // Numbers of the store that was mean nothing any more.
    let newer = portion(5, vec![stepped(1, 6, 302, "Phòng khác")]);
    let folded = store.observe(&Source::Events, newer).await;
    assert_eq!(folded, Ok(false));
    assert_eq!(facts(&*store, 1).await, before);
    // Other events under the same revisions, and fewer.
    let other = vec![state(1, 0, received(1, 0)), stepped(1, 2, 5, "Phòng khác")];
    tell(&*store, &Source::Events, other.clone()).await;
    assert_eq!(store.told_anew(&Source::Events, 2).await, Ok(true));
    store.complete(&Source::Events, 2, at(402)).await.unwrap();
    let taking = standing(&*store, &Source::Events).await;
    assert!(taking.is_lost && taking.is_followed());
    assert_eq!((taking.position, taking.complete_until), (2, None));
    assert_eq!(store.take_anew(&Source::Events, 9).await, Ok(true));
    assert_eq!(Some(facts(&*store, 1).await), expected(&number(1), &other));
    store.complete(&Source::Events, 2, at(403)).await.unwrap();
    let again = standing(&*store, &Source::Events).await;
    assert_eq!(
        (again.is_lost, again.complete_until),
        (false, Some(at(403)))
    );
}

pub(crate) async fn what_was_given_once_is_not_told_anew(ground: &dyn Ground) {
    let store = ground.open().await;
    for source in [Source::Events, log("a"), log("given")] {
        fold(&*store, &source, Vec::new()).await;
    }
    let followed = store.follow(&log("a"), &follower("one", 0), None).await;
    assert_eq!(followed, Ok(true));
    let begun = store.begin_anew(at(1), &asked()).await;
    assert_eq!(begun, Ok(Some(1)));
    for (source, is_begun) in [
        (Source::Events, true),
        (log("a"), true),
        (log("given"), false),
    ] {
        let standing = standing(&*store, &source).await;
        assert_eq!(standing.anew.is_some(), is_begun, "{source:?}");
    }
}

pub(crate) async fn of_two_who_find_it_put_back_one_begins(ground: &dyn Ground) {
    let store = ground.open().await;
    fold(&*store, &Source::Events, eventful()).await;
    for stale in [0, 4, 6] {
        let cause = put_back(Source::Events, stale);
        assert_eq!(store.begin_anew(at(9), &cause).await, Ok(None), "{stale}");
    }
    let finding = (0..4).map(|_| {
        let store = std::sync::Arc::clone(&store);
        tokio::spawn(async move {
            let cause = put_back(Source::Events, 5);
            store.begin_anew(at(9), &cause).await.unwrap()
        })
    });
    let mut begun = 0;
    for one in finding.collect::<Vec<_>>() {
        begun += u32::from(one.await.unwrap().is_some());
    }
    assert_eq!(begun, 1);
    assert_eq!(store.rebuilds(9).await.unwrap().len(), 1);
}

pub(crate) async fn telling_that_begins_again_forgets_what_was_told(ground: &dyn Ground) {
    let store = ground.open().await;
    let two = || vec![state(1, 0, received(1, 0)), state(1, 0, received(2, 0))];
    fold(&*store, &Source::Events, two()).await;
    begin(&*store).await;
    tell(&*store, &Source::Events, vec![state(1, 0, ended(2, 0, 9))]).await;
    let cause = put_back(Source::Events, 1);
    store.begin_anew(at(9), &cause).await.unwrap().unwrap();
    tell(&*store, &Source::Events, vec![state(1, 0, received(1, 0))]).await;
    take(&*store, &Source::Events, 1).await;
    assert_eq!(
        facts(&*store, 2).await.ended(),
        None,
        "it was not told again"
    );
}

pub(crate) async fn it_goes_on_after_a_restart_at_each_step(ground: &dyn Ground) {
    let source = log("a");
    let seen = |index| lookup(index, 1, AccessOutcome::NotAnswered);
    let store = ground.open().await;
    let states = (1..=3).map(|index| state(1, 0, received(index, 0)));
    fold(&*store, &Source::Events, states.collect()).await;
    fold(&*store, &source, (1..=3).map(seen).collect()).await;
    begin(&*store).await;
    drop(store);
    for index in 1..=3 {
        let store = ground.open().await;
        let before = u64::from(index - 1);
        let told = store.observe_anew(&source, portion(before, vec![seen(index)]));
        assert_eq!(told.await, Ok(true));
        assert_eq!(facts(&*store, index).await.lookups.failed, 1);
    }
    let store = ground.open().await;
    assert_eq!(store.told_anew(&source, 3).await, Ok(true));
    drop(store);
    for is_over in [false, false, false, true] {
        let store = ground.open().await;
        for index in 1..=3 {
            assert_eq!(facts(&*store, index).await.lookups.failed, 1);
        }
        assert_eq!(store.take_anew(&source, 1).await, Ok(is_over));
    }
    let store = ground.open().await;
    assert_eq!(standing(&*store, &source).await.anew, None);
    assert_eq!(
        standing(&*store, &source).await.fingerprint,
        Some(stands(3))
    );
}

pub(crate) async fn who_asked_is_kept_and_told(ground: &dyn Ground) {
    let store = ground.open().await;
    assert_eq!(store.begin_anew(at(1), &asked()).await, Ok(Some(1)));
    fold(&*store, &log("a"), some_lookups()).await;
    let found = put_back(log("a"), 4);
    assert_eq!(store.begin_anew(at(2), &found).await, Ok(Some(2)));
    drop(store);
    let store = ground.open().await;
    let rebuild = |number, hours, cause| Rebuild {
        number,
        at: at(hours),
        cause,
    };
    let all = vec![rebuild(2, 2, found), rebuild(1, 1, asked())];
    assert_eq!(store.rebuilds(9).await, Ok(all.clone()));
    assert_eq!(store.rebuilds(1).await, Ok(all[..1].to_vec()));
}
