//! Promises about sending again what the portal lost.

use lienthong_core::ports::ledger::{DossierFilter, Released};
use lienthong_core::ports::outbox::Intent;
use lienthong_core::sync::outcome::NextStep;
use lienthong_core::sync::state::SyncState;

use super::{Bench, Ground, REFUSED, at, release};
use crate::store::conformance::outbox::said;
use crate::store::samples::{number, state};

/// Dossier 1: a state, two steps and a state, all accepted by second 5.
async fn accepted(ground: &dyn Ground) -> Bench {
    let bench = Bench::open(ground).await;
    bench.begin(0, [1]).await;
    bench.step(1, 1, "B").await;
    bench.step(2, 1, "C").await;
    bench.desk.record("last", 3, state(1, "D")).await.unwrap();
    bench.accept_all(5).await;
    bench
}

/// What the portal is given until nothing is due, call by call.
async fn sent(bench: &Bench, second: i64) -> Vec<Vec<String>> {
    let mut sent = Vec::new();
    loop {
        let Some(claim) = bench.desk.claim(second).await.pop() else {
            return sent;
        };
        assert_eq!((claim.intent, claim.spent), (Intent::Send, 0));
        sent.push(said(&claim));
        bench.desk.accept(&claim, second, 100).await;
    }
}

pub(crate) async fn accepted_events_are_sent_again_in_their_order(ground: &dyn Ground) {
    let bench = accepted(ground).await;
    assert_eq!(bench.replay(1, 1, 10).await, Released::Due { revision: 1 });
    let states = bench.desk.states(1).await;
    assert_eq!(states[0], SyncState::Pending);
    assert_eq!(states[1..], [SyncState::Blocked; 3]);
    let counts = bench.store.facts().await.unwrap().counts;
    assert_eq!(
        (counts[&SyncState::Pending], counts[&SyncState::Blocked]),
        (1, 3)
    );
    let summary = bench.list(&DossierFilter::default()).await.remove(0);
    assert_eq!(
        (summary.state, summary.accepted_revision),
        (SyncState::Pending, 0)
    );
    assert_eq!(summary.next_attempt_at, Some(at(10)));
    let again = sent(&bench, 10).await;
    assert_eq!(again, [vec!["A"], vec!["B", "C"], vec!["D"]]);
    let attempts = bench.desk.timeline(1).await.remove(0).attempts;
    assert_eq!(attempts.len(), 2, "both ways there are told");
    let counts = bench.store.facts().await.unwrap().counts;
    assert_eq!(counts[&SyncState::Accepted], 4);
}

pub(crate) async fn what_came_before_the_replay_stays_accepted(ground: &dyn Ground) {
    let bench = accepted(ground).await;
    assert_eq!(bench.replay(1, 3, 10).await, Released::Due { revision: 3 });
    let states = bench.desk.states(1).await;
    assert_eq!(states[..2], [SyncState::Accepted; 2]);
    let summary = bench.list(&DossierFilter::default()).await.remove(0);
    assert_eq!((summary.revision, summary.accepted_revision), (4, 2));
    // What is recorded meanwhile goes behind.
    bench.step(11, 1, "E").await;
    assert_eq!(sent(&bench, 12).await, [vec!["C"], vec!["D"], vec!["E"]]);
}

pub(crate) async fn nothing_is_replayed_while_something_is_under_way(ground: &dyn Ground) {
    let bench = accepted(ground).await;
    bench.step(10, 1, "E").await;
    assert_eq!(bench.replay(1, 1, 11).await, Released::Untouched);
    let claim = bench.desk.claim_one(12).await;
    assert_eq!(bench.replay(1, 1, 12).await, Released::Untouched);
    bench
        .fail(&claim, 13, (REFUSED, NextStep::Refuse), "-1")
        .await;
    assert_eq!(bench.replay(1, 1, 14).await, Released::Untouched);
    assert_eq!(bench.desk.states(1).await[..4], [SyncState::Accepted; 4]);
    let nobody = bench.store.replay(&number(404), 1, true, &release(9)).await;
    assert_eq!(nobody.unwrap(), Released::NotRecorded);
}

pub(crate) async fn a_replay_begins_at_an_event_that_there_is(ground: &dyn Ground) {
    let bench = accepted(ground).await;
    assert_eq!(bench.replay(1, 5, 10).await, Released::Untouched);
    assert_eq!(bench.replay(1, u64::MAX, 10).await, Released::Untouched);
    assert_eq!(bench.replay(1, 0, 10).await, Released::Due { revision: 1 });
    assert_eq!(bench.replay(1, 0, 10).await, Released::Untouched);
}

pub(crate) async fn what_the_question_taught_goes_with_the_replay(ground: &dyn Ground) {
    let bench = accepted(ground).await;
    for (second, known) in [(10, false), (20, true)] {
        let replayed = bench
            .store
            .replay(&number(1), 4, known, &release(second))
            .await;
        assert_eq!(replayed.unwrap(), Released::Due { revision: 4 });
        let claim = bench.desk.claim_one(second).await;
        assert_eq!(claim.known_at_portal, known);
        bench.desk.accept(&claim, second, 1).await;
    }
}
