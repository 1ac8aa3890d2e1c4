//! Promises about what a store that was put back does not hold, and about whom it has lost.

use lienthong_core::ports::audit::AccessOutcome;
use lienthong_core::ports::observations::{
    Follower, FollowerId, Observations, Portion, Rival, Source,
};

use super::anew::{asked, facts, put_back, take, tell};
use super::{
    Ground, Happened, at, ended, fold, log, lookup, portion, received, standing, state, stepped,
};
use crate::store::samples::number;

fn at_work(id: &str, hours: i64) -> Follower {
    Follower {
        id: FollowerId(id.to_owned()),
        seen_at: at(hours),
    }
}

/// Two dossiers, of which the first has three events.
fn before() -> Vec<Happened> {
    vec![
        state(1, 0, received(1, 0)),
        state(1, 0, received(2, 0)),
        stepped(1, 2, 1, "Phòng A"),
        stepped(1, 3, 2, "Phòng B"),
    ]
}

async fn lose(store: &dyn Observations) {
    fold(store, &Source::Events, before()).await;
    let cause = put_back(Source::Events, 4);
    assert!(store.begin_anew(at(9), &cause).await.unwrap().is_some());
}

pub(crate) async fn a_dossier_that_is_only_known_here_begins_with_its_first_event_again(
    ground: &dyn Ground,
) {
    let store = ground.open().await;
    lose(&*store).await;
    tell(&*store, &Source::Events, vec![state(1, 0, received(2, 0))]).await;
    assert_eq!(store.told_anew(&Source::Events, 1).await, Ok(true));
    assert_eq!(store.take_anew(&Source::Events, 9).await, Ok(true));
    assert_eq!(facts(&*store, 1).await.revision, 3, "it stays as it was");
    let seen = lookup(1, 3, AccessOutcome::Matched);
    fold(&*store, &log("a"), vec![seen]).await;
    drop(store);
    // It is recorded anew, in fewer events.
    let store = ground.open().await;
    let again = vec![state(1, 9, ended(1, 0, 9))];
    fold(&*store, &Source::Events, again.clone()).await;
    let known = facts(&*store, 1).await;
    assert_eq!((known.revision, known.ended()), (1, Some(at(9))));
    assert_eq!((known.steps.len(), known.lookups.matched), (2, 1));
    fold(&*store, &Source::Events, again).await;
    assert_eq!(facts(&*store, 1).await, known, "and once only");
    fold(&*store, &Source::Events, vec![stepped(1, 2, 10, "Phòng C")]).await;
    assert_eq!(facts(&*store, 1).await.steps.len(), 3);
    // What was told goes on from where it is.
    let known = facts(&*store, 2).await;
    fold(&*store, &Source::Events, vec![state(1, 9, ended(2, 0, 9))]).await;
    assert_eq!(facts(&*store, 2).await, known);
}

pub(crate) async fn a_dossier_whose_events_are_not_told_any_more_goes_on(ground: &dyn Ground) {
    let store = ground.open().await;
    lose(&*store).await;
    // The third has no facts any more either.
    let told = Portion {
        after: 4,
        silent: vec![number(1), number(3)],
        ..portion(0, vec![state(1, 0, received(2, 0))])
    };
    let told = store.observe_anew(&Source::Events, told).await;
    assert_eq!(told, Ok(true));
    take(&*store, &Source::Events, 4).await;
    assert_eq!(store.dossier(&number(3)).await, Ok(None));
    let known = facts(&*store, 1).await;
    fold(&*store, &Source::Events, vec![stepped(1, 3, 5, "Phòng D")]).await;
    assert_eq!(facts(&*store, 1).await, known);
    fold(&*store, &Source::Events, vec![stepped(1, 4, 5, "Phòng D")]).await;
    assert_eq!(facts(&*store, 1).await.steps.len(), 3);
}

pub(crate) async fn who_was_refused_is_noted_until_it_follows(ground: &dyn Ground) {
    let store = ground.open().await;
    let (source, one) = (log("a"), at_work("one", 0));
    assert_eq!(store.follow(&source, &one, None).await, Ok(true));
    for hours in [1, 3] {
        let rival = at_work("two", hours);
        store.note_rival(&source, &rival).await.unwrap();
    }
    let rival = Rival {
        id: FollowerId("two".to_owned()),
        since: at(1),
        seen_at: at(3),
    };
    let known = standing(&*store, &source).await;
    assert_eq!(known.rival.as_ref(), Some(&rival));
    assert_eq!(known.follower.as_ref(), Some(&one));
    let later = at_work("one", 4);
    let noted = store.follow(&source, &later, Some(&one.id)).await;
    assert_eq!(noted, Ok(true));
    assert_eq!(standing(&*store, &source).await.rival, Some(rival));
    let two = at_work("two", 5);
    assert_eq!(store.follow(&source, &two, Some(&one.id)).await, Ok(true));
    assert_eq!(standing(&*store, &source).await.rival, None);
}

pub(crate) async fn a_log_that_nobody_tells_is_given_up_and_holds_up_no_forgetting(
    ground: &dyn Ground,
) {
    let store = ground.open().await;
    let events = vec![
        state(1, 5, received(1, 0)),
        stepped(1, 2, 5, "Phòng Tư pháp"),
        state(3, 5, ended(1, 0, 5)),
    ];
    fold(&*store, &Source::Events, events).await;
    let seen = vec![lookup(2, 99, AccessOutcome::NotAnswered)];
    fold(&*store, &log("a"), seen).await;
    let gone = at_work("gone", 0);
    assert_eq!(store.follow(&log("a"), &gone, None).await, Ok(true));
    store.begin_anew(at(9), &asked()).await.unwrap().unwrap();
    let told = Portion {
        after: 3,
        ..Portion::default()
    };
    let told = store.observe_anew(&Source::Events, told).await;
    assert_eq!(told, Ok(true));
    take(&*store, &Source::Events, 3).await;
    assert_eq!(store.forget_ended(at(50), 9).await, Ok(1));
    assert_eq!(store.forget_names(9).await, Ok(true));
    let names = ground.names().await;
    assert!(names.iter().any(|it| it == "Phòng Tư pháp"), "it waits");
    store.give_up_anew(&log("a")).await.unwrap();
    let known = standing(&*store, &log("a")).await;
    assert_eq!((known.anew, known.position), (None, 1));
    assert_eq!(store.forget_names(9).await, Ok(true));
    assert_eq!(ground.names().await, ["a"]);
    // What takes its place is not given up.
    store.begin_anew(at(9), &asked()).await.unwrap().unwrap();
    let seen = vec![lookup(2, 99, AccessOutcome::NotAnswered)];
    tell(&*store, &log("a"), seen).await;
    assert_eq!(store.told_anew(&log("a"), 1).await, Ok(true));
    store.give_up_anew(&log("a")).await.unwrap();
    assert!(standing(&*store, &log("a")).await.anew.is_some());
}
