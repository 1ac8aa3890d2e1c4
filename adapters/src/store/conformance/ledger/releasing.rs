//! Promises about what a person brings back.

use lienthong_core::ports::ledger::{DossierFilter, Released};
use lienthong_core::ports::outbox::Intent;
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::outcome::{AttemptOutcome, NextStep};
use lienthong_core::sync::state::SyncState;
use tokio::task::JoinSet;

use super::{Bench, Ground, REFUSED, at, release};
use crate::store::conformance::outbox::{request, said};
use crate::store::samples::number;

const UNKNOWN_TEXT: AttemptOutcome = AttemptOutcome::Unknown(Cause::UnknownText);

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
    assert_eq!((claim.intent, claim.spent), (Intent::Ask, 0));
}

pub(crate) async fn what_cannot_be_asked_about_is_sent_by_a_persons_word(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    bench.begin(0, [1]).await;
    let claim = bench.desk.claim_one(1).await;
    let vain = AttemptOutcome::Unknown(Cause::CannotBeAsked);
    bench.fail(&claim, 2, (vain, NextStep::GiveUp), "").await;
    assert_eq!(bench.release(1, 9).await, Released::Due { revision: 1 });
    assert_eq!(bench.desk.claim_one(9).await.intent, Intent::Send);
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
    assert_eq!((asked.intent, said(&asked).len()), (Intent::Ask, 3));
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
