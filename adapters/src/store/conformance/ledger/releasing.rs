//! Promises about what a person brings back.

use lienthong_core::ports::ledger::{DossierFilter, Released};
use lienthong_core::ports::outbox::{AskReason, Intent};
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::outcome::{AttemptOutcome, NextStep};
use lienthong_core::sync::state::SyncState;
use tokio::task::JoinSet;

use super::{Bench, Ground, REFUSED, at, release};
use crate::store::conformance::outbox::{request, said};
use crate::store::samples::{number, state};

const UNKNOWN_TEXT: AttemptOutcome = AttemptOutcome::Unknown(Cause::UnknownText);
const VAIN: AttemptOutcome = AttemptOutcome::Unknown(Cause::CannotBeAsked);

pub(crate) async fn a_refused_event_is_due_again_with_fresh_patience(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    bench.begin(0, [1]).await;
    bench.step(0, 1, "B").await;
    for second in [1, 2] {
        let claim = bench.desk.claim_one(second).await;
        let next = match second {
            1 => NextStep::SendAt(at(2)),
            _ => NextStep::Refuse,
        };
        bench.fail(&claim, second, (REFUSED, next), "-1").await;
    }
    assert_eq!(bench.release(1, 50).await, Released::Due { revision: 1 });
    let record = bench.desk.dossier(1).await;
    assert_eq!(record.state, SyncState::Pending);
    assert_eq!(record.timeline[0].next_attempt_at, Some(at(50)));
    assert_eq!(bench.store.next_due().await.unwrap(), Some(at(50)));
    let claim = bench.desk.claim_one(50).await;
    assert_eq!((claim.attempt, claim.spent), (3, 0));
    assert_eq!(
        (claim.intent, said(&claim)),
        (Intent::Send, vec!["A".to_owned()])
    );
    bench.desk.accept(&claim, 51, 1).await;
    assert_eq!(said(&bench.desk.claim_one(51).await), ["B"]);
}

pub(crate) async fn a_dead_event_of_unknown_effect_comes_back_as_a_question(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    bench.begin(0, [1]).await;
    let claim = bench.desk.claim_one(1).await;
    bench
        .fail(&claim, 2, (UNKNOWN_TEXT, NextStep::GiveUp), "")
        .await;
    assert_eq!(bench.release(1, 9).await, Released::Due { revision: 1 });
    assert_eq!(bench.desk.dossier(1).await.state, SyncState::Unknown);
    let claim = bench.desk.claim_one(9).await;
    assert_eq!(
        (claim.intent, claim.spent),
        (Intent::Ask(AskReason::LostAnswer), 0)
    );
}

pub(crate) async fn a_state_that_cannot_be_asked_about_is_sent_again(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    bench.begin(0, [1]).await;
    let claim = bench.desk.claim_one(1).await;
    bench.fail(&claim, 2, (VAIN, NextStep::GiveUp), "").await;
    assert_eq!(bench.release(1, 9).await, Released::Due { revision: 1 });
    assert_eq!(bench.desk.claim_one(9).await.intent, Intent::Send);
}

pub(crate) async fn steps_that_cannot_be_asked_about_wait_for_a_persons_word(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    bench.begin(0, [1]).await;
    bench.accept_all(0).await;
    bench.step(1, 1, "B").await;
    let claim = bench.desk.claim_one(1).await;
    bench.fail(&claim, 2, (VAIN, NextStep::GiveUp), "").await;
    assert_eq!(bench.release(1, 9).await, Released::Untouched);
    assert_eq!(bench.desk.dossier(1).await.state, SyncState::Dead);
    assert!(bench.desk.claim(9).await.is_empty());
}

pub(crate) async fn a_task_of_unknown_effect_is_still_asked_about_whole(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    bench.begin(0, [1]).await;
    bench.accept_all(0).await;
    for content in ["B", "C", "D"] {
        bench.step(1, 1, content).await;
    }
    let claim = bench.desk.claim_one(1).await;
    assert_eq!(said(&claim), ["B", "C", "D"]);
    bench
        .fail(&claim, 2, (UNKNOWN_TEXT, NextStep::GiveUp), "")
        .await;
    assert_eq!(bench.release(1, 9).await, Released::Due { revision: 2 });
    // Meanwhile one step goes into a call.
    let asked = bench.store.claim(request(9, 9, 1)).await.unwrap().remove(0);
    assert_eq!(
        (asked.intent, said(&asked).len()),
        (Intent::Ask(AskReason::LostAnswer), 3)
    );
}

pub(crate) async fn what_is_neither_refused_nor_dead_is_left_alone(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    assert_eq!(bench.release(404, 0).await, Released::NotRecorded);
    bench.begin(0, 1..=5).await;
    let claims = bench.desk.claim(1).await;
    bench.begin(0, [6]).await;
    let outage = AttemptOutcome::NotApplied(Cause::UpstreamUnavailable);
    bench.desk.accept(&claims[0], 2, 1).await;
    bench
        .fail(&claims[1], 2, (outage, NextStep::SendAt(at(99))), "")
        .await;
    bench
        .fail(&claims[2], 2, (UNKNOWN_TEXT, NextStep::AskAt(at(99))), "")
        .await;
    let before = bench.list(&DossierFilter::default()).await;
    for index in 1..=6 {
        assert_eq!(
            bench.release(index, 3).await,
            Released::Untouched,
            "{index}"
        );
    }
    assert_eq!(bench.list(&DossierFilter::default()).await, before);
    // The claims that were out still hold.
    bench.desk.accept(&claims[3], 4, 1).await;
}

pub(crate) async fn of_many_releases_at_once_one_counts(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    bench.begin(0, [1]).await;
    let claim = bench.desk.claim_one(1).await;
    bench
        .fail(&claim, 2, (REFUSED, NextStep::Refuse), "-1")
        .await;
    let mut people = JoinSet::new();
    for _ in 0..8 {
        let store = bench.store.clone();
        people.spawn(async move { store.release(&number(1), &release(3)).await.unwrap() });
    }
    let answers = people.join_all().await;
    let due = answers.iter().filter(|it| **it != Released::Untouched);
    assert_eq!(due.collect::<Vec<_>>(), [&Released::Due { revision: 1 }]);
    assert_eq!(bench.desk.claim(3).await.len(), 1);
}

pub(crate) async fn a_refused_state_is_put_right_by_the_content_of_the_newest(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    bench.begin(0, [1]).await;
    let claim = bench.desk.claim_one(1).await;
    bench
        .fail(&claim, 2, (REFUSED, NextStep::Refuse), "-1")
        .await;
    assert_eq!(bench.correct(1, 3).await, Released::Untouched, "with what?");
    bench.step(3, 1, "B").await;
    for (second, summary) in [(4, "A1"), (5, "A2")] {
        let corrected = state(1, summary);
        bench.desk.record(summary, second, corrected).await.unwrap();
    }
    assert_eq!(bench.correct(1, 9).await, Released::Due { revision: 1 });
    let mut sent = Vec::new();
    for second in 9..13 {
        let claim = bench.desk.claim_one(second).await;
        sent.extend(said(&claim));
        bench.desk.accept(&claim, second, 1).await;
    }
    assert_eq!(sent, ["A2", "B", "A1", "A2"]);
    assert_eq!(bench.desk.dossier(1).await.state, SyncState::Accepted);
    assert_eq!(bench.correct(1, 20).await, Released::Untouched);
    assert_eq!(bench.correct(2, 20).await, Released::NotRecorded);
}

pub(crate) async fn only_a_state_that_had_no_effect_is_put_right(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    bench.begin(0, [1]).await;
    let unclear = bench.desk.claim_one(1).await;
    bench
        .fail(&unclear, 1, (UNKNOWN_TEXT, NextStep::GiveUp), "")
        .await;
    bench.begin(2, [2]).await;
    bench.accept_all(2).await;
    bench.step(3, 2, "B").await;
    let step = bench.desk.claim_one(3).await;
    bench
        .fail(&step, 3, (REFUSED, NextStep::Refuse), "-1")
        .await;
    bench.begin(3, [3]).await;
    let unasked = bench.desk.claim_one(3).await;
    bench.fail(&unasked, 3, (VAIN, NextStep::GiveUp), "").await;
    for index in [1, 2, 3] {
        let newer = state(index, "A1");
        let id = format!("newer-{index}");
        bench.desk.record(&id, 4, newer).await.unwrap();
        assert_eq!(bench.correct(index, 9).await, Released::Untouched);
    }
    assert_eq!(bench.release(2, 9).await, Released::Due { revision: 2 });
    assert_eq!(said(&bench.desk.claim_one(9).await), ["B"]);
}

/// Dossier 1, whose state A was refused and is put right by its state A1 at second 9.
async fn put_right(bench: &Bench) {
    let newer = state(1, "A1");
    bench.desk.record("newer", 8, newer).await.unwrap();
    assert_eq!(bench.correct(1, 9).await, Released::Due { revision: 1 });
}

pub(crate) async fn what_is_released_goes_out_with_its_own_content_again(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    bench.begin(0, [1]).await;
    let no = (REFUSED, NextStep::Refuse);
    bench
        .fail(&bench.desk.claim_one(1).await, 2, no, "-1")
        .await;
    put_right(&bench).await;
    let corrected = bench.desk.claim_one(9).await;
    assert_eq!(said(&corrected), ["A1"]);
    bench.fail(&corrected, 10, no, "-1").await;
    assert_eq!(bench.release(1, 11).await, Released::Due { revision: 1 });
    assert_eq!(said(&bench.desk.claim_one(11).await), ["A"]);
}

pub(crate) async fn an_emptied_state_is_put_right_by_a_newer_one_that_is_kept(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    bench.begin(0, [1]).await;
    let no = (REFUSED, NextStep::Refuse);
    bench
        .fail(&bench.desk.claim_one(1).await, 2, no, "-1")
        .await;
    assert_eq!(bench.store.expire_unfinished(at(5), 9).await.unwrap(), 1);
    put_right(&bench).await;
    let corrected = bench.desk.claim_one(9).await;
    assert_eq!(said(&corrected), ["A1"]);
    bench.fail(&corrected, 10, no, "-1").await;
    assert_eq!(bench.release(1, 11).await, Released::Expired);
    assert_eq!(bench.store.expire_unfinished(at(20), 9).await.unwrap(), 1);
    assert_eq!(bench.correct(1, 21).await, Released::Expired);
}
