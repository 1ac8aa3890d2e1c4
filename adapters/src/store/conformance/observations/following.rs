//! Promises about how sources stand, and who follows them.

use lienthong_core::ports::observations::{Follower, FollowerId, Portion, Source, Standing};

use super::folding::eventful;
use super::{Ground, at, fold, log, portion, standing, stands};

pub(super) fn follower(name: &str, hours: i64) -> Follower {
    Follower {
        id: FollowerId(name.to_owned()),
        seen_at: at(hours),
    }
}

pub(crate) async fn what_stood_where_a_source_stands_is_known_again(ground: &dyn Ground) {
    let store = ground.open().await;
    assert_eq!(store.standings().await, Ok(Vec::new()));
    fold(&*store, &Source::Events, eventful()).await;
    fold(&*store, &log("b"), Vec::new()).await;
    fold(&*store, &log("a"), Vec::new()).await;
    drop(store);
    let store = ground.open().await;
    let all = store.standings().await.unwrap();
    let sources: Vec<_> = all.iter().map(|it| it.source.clone()).collect();
    assert_eq!(sources, [Source::Events, log("a"), log("b")]);
    let expected = Standing {
        position: 5,
        fingerprint: Some(stands(5)),
        ..Standing::new(Source::Events)
    };
    assert_eq!(all[0], expected);
    let unknown = Portion {
        before: 5,
        after: 6,
        ..Portion::default()
    };
    assert_eq!(store.observe(&Source::Events, unknown).await, Ok(true));
    let standing = standing(&*store, &Source::Events).await;
    assert_eq!((standing.position, standing.fingerprint), (6, None));
}

pub(crate) async fn rows_that_could_not_be_read_are_counted_by_source(ground: &dyn Ground) {
    let store = ground.open().await;
    for unreadable in [2, 0, 3] {
        let before = store.position(&log("a")).await.unwrap();
        let portion = Portion {
            unreadable,
            ..portion(before, super::folding::some_lookups())
        };
        assert_eq!(store.observe(&log("a"), portion).await, Ok(true));
    }
    assert_eq!(standing(&*store, &log("a")).await.unreadable, 5);
    assert_eq!(standing(&*store, &Source::Events).await.unreadable, 0);
}

pub(crate) async fn who_follows_is_noted_and_nobody_else_at_once(ground: &dyn Ground) {
    let store = ground.open().await;
    let source = log("a");
    let (one, other) = (follower("one", 1), follower("other", 2));
    assert_eq!(store.follow(&source, &one, None).await, Ok(true));
    assert_eq!(standing(&*store, &source).await.follower, Some(one.clone()));
    assert_eq!(store.position(&source).await, Ok(0));
    // Both saw nobody, or somebody who is not noted.
    for seen in [None, Some(&other.id)] {
        let third = follower("third", 3);
        assert_eq!(store.follow(&source, &third, seen).await, Ok(false));
    }
    assert_eq!(standing(&*store, &source).await.follower, Some(one.clone()));
    let later = follower("one", 4);
    let again = store.follow(&source, &later, Some(&one.id)).await;
    assert_eq!(again, Ok(true));
    let taken = store.follow(&source, &other, Some(&one.id)).await;
    assert_eq!(taken, Ok(true));
    fold(&*store, &source, Vec::new()).await;
    assert_eq!(standing(&*store, &source).await.follower, Some(other));
}

pub(crate) async fn a_source_is_complete_up_to_a_moment_that_never_moves_back(ground: &dyn Ground) {
    let store = ground.open().await;
    fold(&*store, &Source::Events, eventful()).await;
    let complete = async |position, hours| {
        let noted = store.complete(&Source::Events, position, at(hours)).await;
        assert_eq!(noted, Ok(()));
        standing(&*store, &Source::Events).await.complete_until
    };
    assert_eq!(complete(4, 3).await, None, "it stands elsewhere");
    assert_eq!(complete(5, 3).await, Some(at(3)));
    assert_eq!(complete(5, 2).await, Some(at(3)));
    assert_eq!(complete(5, 9).await, Some(at(9)));
}
