//! Promises about sending again what the portal lost.

use lienthong_core::ports::ledger::{DossierFilter, Released, Replay};
use lienthong_core::ports::outbox::Intent;
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::outcome::{AttemptOutcome, NextStep};
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
    let replay = Replay::of(&bench.desk.dossier(1).await, 1, true);
    let nobody = bench.store.replay(&number(404), &replay, &release(9)).await;
    assert_eq!(nobody.unwrap(), Released::NotRecorded);
}

pub(crate) async fn what_was_given_up_goes_along_behind_what_is_sent_again(ground: &dyn Ground) {
    let bench = accepted(ground).await;
    bench.step(10, 1, "E").await;
    bench.step(11, 1, "F").await;
    let claim = bench.desk.claim_one(12).await;
    let lost = AttemptOutcome::NotApplied(Cause::DossierNotFound);
    bench.fail(&claim, 13, (lost, NextStep::GiveUp), "-1").await;
    assert_eq!(bench.desk.states(1).await[4], SyncState::Dead);
    // Not without anything before it: that is a release.
    assert_eq!(bench.replay(1, 5, 14).await, Released::Untouched);
    assert_eq!(bench.replay(1, 1, 15).await, Released::Due { revision: 1 });
    let counts = bench.store.facts().await.unwrap().counts;
    let of = |state| counts.get(&state).copied().unwrap_or(0);
    assert_eq!(
        [SyncState::Pending, SyncState::Blocked, SyncState::Dead].map(of),
        [1, 5, 0]
    );
    let again = [vec!["A"], vec!["B", "C"], vec!["D"], vec!["E", "F"]];
    assert_eq!(sent(&bench, 16).await, again);
    let counts = bench.store.facts().await.unwrap().counts;
    assert_eq!(counts[&SyncState::Accepted], 6);
}

pub(crate) async fn what_may_be_at_the_portal_does_not_go_along(ground: &dyn Ground) {
    let bench = accepted(ground).await;
    bench.step(10, 1, "E").await;
    let claim = bench.desk.claim_one(11).await;
    let lost = AttemptOutcome::Unknown(Cause::UnknownText);
    bench.fail(&claim, 12, (lost, NextStep::GiveUp), "").await;
    assert_eq!(bench.replay(1, 1, 13).await, Released::Untouched);
    assert_eq!(bench.desk.states(1).await[4], SyncState::Dead);
    assert!(bench.desk.claim(13).await.is_empty());
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
        let replay = Replay::of(&bench.desk.dossier(1).await, 4, known);
        let replayed = bench.replay_as(1, &replay, second).await;
        assert_eq!(replayed, Released::Due { revision: 4 });
        let claim = bench.desk.claim_one(second).await;
        assert_eq!(claim.known_at_portal, known);
        bench.desk.accept(&claim, second, 1).await;
    }
}

pub(crate) async fn a_ledger_that_has_moved_since_the_decision_is_left_alone(ground: &dyn Ground) {
    let bench = accepted(ground).await;
    let decided = Replay::of(&bench.desk.dossier(1).await, 2, true);
    // A step is recorded and accepted after the question: sent again it would stand twice.
    bench.step(10, 1, "E").await;
    bench.accept_all(11).await;
    assert_eq!(bench.replay_as(1, &decided, 12).await, Released::Untouched);
    assert_eq!(bench.desk.states(1).await, [SyncState::Accepted; 5]);
    assert!(bench.desk.claim(12).await.is_empty());
    // Another replay went through meanwhile: no event is new, but all of them stand there.
    let decided = Replay::of(&bench.desk.dossier(1).await, 2, true);
    assert_eq!(bench.replay(1, 5, 13).await, Released::Due { revision: 5 });
    bench.accept_all(14).await;
    assert_eq!(bench.replay_as(1, &decided, 15).await, Released::Untouched);
    assert!(bench.desk.claim(15).await.is_empty());
    assert_eq!(bench.replay(1, 2, 16).await, Released::Due { revision: 2 });
}

pub(crate) async fn of_two_equal_replays_one_counts(ground: &dyn Ground) {
    let bench = accepted(ground).await;
    let decided = Replay::of(&bench.desk.dossier(1).await, 4, true);
    let (one, other) = tokio::join!(
        bench.replay_as(1, &decided, 10),
        bench.replay_as(1, &decided, 10),
    );
    let due = Released::Due { revision: 4 };
    assert_eq!([one, other].iter().filter(|it| **it == due).count(), 1);
    assert_eq!(sent(&bench, 11).await, [vec!["D"]]);
    assert_eq!(bench.replay_as(1, &decided, 12).await, Released::Untouched);
}
