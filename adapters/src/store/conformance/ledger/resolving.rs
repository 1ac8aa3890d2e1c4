//! Promises about what a person found at the portal.

use lienthong_core::ports::ledger::{DossierFilter, Found, Resolved};
use lienthong_core::ports::outbox::{AskReason, Claim, Intent};
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::outcome::{AttemptOutcome, NextStep};
use lienthong_core::sync::state::SyncState;
use tokio::task::JoinSet;

use super::{Bench, Ground, REFUSED, at, release};
use crate::store::conformance::outbox::{LEASE, said};
use crate::store::samples::number;

const VAIN: AttemptOutcome = AttemptOutcome::Unknown(Cause::CannotBeAsked);
const ALL_OF_IT: Found = Found::Arrived { through: None };

fn through(revision: u64) -> Found {
    Found::Arrived {
        through: Some(revision),
    }
}

async fn resolve(bench: &Bench, revision: u64, found: Found, second: i64) -> Resolved {
    let (dossier, release) = (number(1), release(second));
    let resolved = bench.store.resolve(&dossier, revision, found, &release);
    resolved.await.unwrap()
}

/// Dossier 1 with an accepted state and the steps B, C and D, which were sent together and
/// are dead by now, since nobody could ask; the state E is behind them.
async fn with_lost_steps(ground: &dyn Ground) -> Bench {
    let bench = Bench::open(ground).await;
    bench.begin(0, [1]).await;
    bench.accept_all(0).await;
    for content in ["B", "C", "D"] {
        bench.step(1, 1, content).await;
    }
    let lost = bench.desk.claim_one(1).await;
    assert_eq!(said(&lost), ["B", "C", "D"]);
    bench.begin(2, [1]).await;
    bench.fail(&lost, 3, (VAIN, NextStep::GiveUp), "").await;
    bench
}

async fn states(bench: &Bench) -> Vec<SyncState> {
    bench.desk.states(1).await
}

async fn count(bench: &Bench, state: SyncState) -> u64 {
    let facts = bench.store.facts().await.unwrap();
    facts.counts.get(&state).copied().unwrap_or(0)
}

pub(crate) async fn what_a_person_found_is_accepted_and_what_is_behind_goes_on(
    ground: &dyn Ground,
) {
    let bench = with_lost_steps(ground).await;
    let before = bench.store.facts().await.unwrap();
    let accepted = Resolved::Accepted {
        through_revision: 4,
    };
    assert_eq!(resolve(&bench, 2, ALL_OF_IT, 9).await, accepted);
    let record = bench.desk.dossier(1).await;
    assert_eq!(
        (record.state, record.known_at_portal),
        (SyncState::Pending, true)
    );
    assert_eq!(record.last_accepted_at, Some(at(9)));
    let whole = [SyncState::Accepted; 4]
        .into_iter()
        .chain([SyncState::Pending]);
    assert_eq!(states(&bench).await, whole.collect::<Vec<_>>());
    assert_eq!(count(&bench, SyncState::Accepted).await, 4);
    assert_eq!(count(&bench, SyncState::Dead).await, 0);
    assert_eq!(count(&bench, SyncState::Blocked).await, 0);
    // A person's word says nothing about the way to the portal.
    let after = bench.store.facts().await.unwrap();
    assert_eq!(after.last_success, before.last_success);
    assert_eq!(resolve(&bench, 2, ALL_OF_IT, 9).await, Resolved::Untouched);
    let next = bench.desk.claim_one(9).await;
    assert_eq!(
        (next.intent, said(&next)),
        (Intent::Send, vec!["A".to_owned()])
    );
    assert_eq!((next.attempt, next.spent), (1, 0));
    bench.desk.accept(&next, 10, 1).await;
    assert_eq!(bench.groups(&DossierFilter::default()).await, []);
}

pub(crate) async fn of_steps_sent_together_a_person_may_find_some(ground: &dyn Ground) {
    let bench = with_lost_steps(ground).await;
    let accepted = Resolved::Accepted {
        through_revision: 2,
    };
    assert_eq!(resolve(&bench, 2, through(2), 9).await, accepted);
    let claim = bench.desk.claim_one(9).await;
    assert_eq!(
        (claim.intent, said(&claim)),
        (Intent::Send, texts(&["C", "D"]))
    );
}

pub(crate) async fn only_what_was_sent_together_can_be_found(ground: &dyn Ground) {
    let bench = with_lost_steps(ground).await;
    let beyond = Resolved::NotSentTogether { last_revision: 4 };
    for revision in [0, 1, 5, u64::MAX] {
        assert_eq!(resolve(&bench, 2, through(revision), 9).await, beyond);
    }
    assert_eq!(states(&bench).await[1], SyncState::Dead);
}

/// Dossier 1 with an accepted state and the step B, which was sent by itself at second 1; C and
/// D were recorded before anybody asked about it.
async fn with_steps_recorded_after_the_sending(ground: &dyn Ground) -> (Bench, Claim) {
    let bench = Bench::open(ground).await;
    bench.begin(0, [1]).await;
    bench.accept_all(0).await;
    bench.step(1, 1, "B").await;
    let sent = bench.desk.claim_one(1).await;
    assert_eq!(said(&sent), ["B"]);
    for content in ["C", "D"] {
        bench.step(2, 1, content).await;
    }
    (bench, sent)
}

/// Nobody could answer the question about the step B; a person finds "it".
async fn found_after_a_question(bench: &Bench, asked: &Claim, second: i64) {
    bench
        .fail(asked, second, (VAIN, NextStep::GiveUp), "")
        .await;
    let beyond = Resolved::NotSentTogether { last_revision: 2 };
    assert_eq!(resolve(bench, 2, through(3), second).await, beyond);
    let accepted = Resolved::Accepted {
        through_revision: 2,
    };
    assert_eq!(resolve(bench, 2, ALL_OF_IT, second).await, accepted);
    let claim = bench.desk.claim_one(second).await;
    assert_eq!(
        (claim.intent, said(&claim)),
        (Intent::Send, texts(&["C", "D"]))
    );
}

pub(crate) async fn what_was_recorded_after_the_sending_is_not_found(ground: &dyn Ground) {
    let (bench, sent) = with_steps_recorded_after_the_sending(ground).await;
    let timeout = AttemptOutcome::Unknown(Cause::UpstreamTimeout);
    bench
        .fail(&sent, 3, (timeout, NextStep::AskAt(at(5))), "")
        .await;
    let asked = bench.desk.claim_one(5).await;
    assert_eq!(
        (asked.intent, said(&asked)),
        (Intent::Ask(AskReason::LostAnswer), texts(&["B"]))
    );
    found_after_a_question(&bench, &asked, 6).await;
}

pub(crate) async fn what_was_recorded_during_a_lost_lease_is_not_asked_about(ground: &dyn Ground) {
    let (bench, _) = with_steps_recorded_after_the_sending(ground).await;
    let over = LEASE.as_secs() + 1;
    let asked = bench.desk.claim_one(over).await;
    assert_eq!(
        (asked.intent, said(&asked)),
        (Intent::Ask(AskReason::Interrupted), texts(&["B"]))
    );
    found_after_a_question(&bench, &asked, over).await;
}

pub(crate) async fn after_a_restore_only_what_is_named_is_found_behind_the_first(
    ground: &dyn Ground,
) {
    let (bench, sent) = with_steps_recorded_after_the_sending(ground).await;
    let timeout = AttemptOutcome::Unknown(Cause::UpstreamTimeout);
    bench
        .fail(&sent, 3, (timeout, NextStep::AskAt(at(5))), "")
        .await;
    ground.outbox().mark_restored(4).await;
    // What was sent together is not known any more, so as much as fits is asked about.
    let asked = bench.desk.claim_one(5).await;
    assert_eq!(
        (asked.intent, said(&asked)),
        (
            Intent::Ask(AskReason::BeforeRestore),
            texts(&["B", "C", "D"])
        )
    );
    bench.fail(&asked, 6, (VAIN, NextStep::GiveUp), "").await;
    let accepted = |through_revision| Resolved::Accepted { through_revision };
    assert_eq!(resolve(&bench, 2, ALL_OF_IT, 7).await, accepted(2));
    let next = bench.desk.claim_one(7).await;
    assert_eq!(
        (next.intent, said(&next)),
        (Intent::Ask(AskReason::BeforeRestore), texts(&["C", "D"]))
    );
    bench.fail(&next, 8, (VAIN, NextStep::GiveUp), "").await;
    assert_eq!(resolve(&bench, 3, through(4), 9).await, accepted(4));
}

pub(crate) async fn what_a_person_did_not_find_is_sent_and_not_asked_about(ground: &dyn Ground) {
    let bench = with_lost_steps(ground).await;
    let due = Resolved::Due { revision: 2 };
    assert_eq!(resolve(&bench, 2, Found::Absent, 9).await, due);
    assert_eq!(states(&bench).await[1], SyncState::Pending);
    let claim = bench.desk.claim_one(9).await;
    assert_eq!(
        (claim.intent, said(&claim)),
        (Intent::Send, texts(&["B", "C", "D"]))
    );
    assert_eq!((claim.attempt, claim.spent), (2, 0));
}

pub(crate) async fn what_waits_for_a_question_may_be_resolved_before_it(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    bench.begin(0, [1]).await;
    let claim = bench.desk.claim_one(1).await;
    let timeout = AttemptOutcome::Unknown(Cause::UpstreamTimeout);
    bench
        .fail(&claim, 2, (timeout, NextStep::AskAt(at(99))), "")
        .await;
    let accepted = Resolved::Accepted {
        through_revision: 1,
    };
    assert_eq!(resolve(&bench, 1, ALL_OF_IT, 9).await, accepted);
    assert_eq!(bench.desk.dossier(1).await.state, SyncState::Accepted);
    assert!(bench.desk.claim(1_000).await.is_empty());
    assert_eq!(bench.store.next_due().await.unwrap(), None);
}

async fn ended(bench: &Bench, claim: &Claim, outcome: AttemptOutcome, next: NextStep) {
    bench.fail(claim, 2, (outcome, next), "").await;
    for found in [ALL_OF_IT, Found::Absent] {
        assert_eq!(resolve(bench, 1, found, 3).await, Resolved::Untouched);
    }
}

pub(crate) async fn only_what_is_of_unknown_effect_is_resolved(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    for found in [ALL_OF_IT, Found::Absent] {
        assert_eq!(resolve(&bench, 1, found, 0).await, Resolved::NotRecorded);
    }
    bench.begin(0, [1]).await;
    assert_eq!(resolve(&bench, 1, ALL_OF_IT, 0).await, Resolved::Untouched);
    let claim = bench.desk.claim_one(1).await;
    assert_eq!(resolve(&bench, 1, ALL_OF_IT, 1).await, Resolved::Untouched);
    let outage = AttemptOutcome::NotApplied(Cause::UpstreamUnavailable);
    ended(&bench, &claim, outage, NextStep::SendAt(at(5))).await;
    let claim = bench.desk.claim_one(5).await;
    let given_up = AttemptOutcome::NotApplied(Cause::FileUnreachable);
    ended(&bench, &claim, given_up, NextStep::GiveUp).await;
    bench.release(1, 6).await;
    let claim = bench.desk.claim_one(6).await;
    ended(&bench, &claim, REFUSED, NextStep::Refuse).await;
    bench.release(1, 7).await;
    let claim = bench.desk.claim_one(7).await;
    bench.desk.accept(&claim, 8, 1).await;
    assert_eq!(
        resolve(&bench, 1, Found::Absent, 9).await,
        Resolved::Untouched
    );
    // A worker that comes late does not undo what a person said.
    assert!(bench.desk.claim(LEASE.as_secs() + 9).await.is_empty());
}

pub(crate) async fn only_the_event_that_was_meant_is_resolved(ground: &dyn Ground) {
    let bench = with_lost_steps(ground).await;
    for revision in [0, 1, 3, 5, u64::MAX] {
        for found in [ALL_OF_IT, Found::Absent] {
            assert_eq!(
                resolve(&bench, revision, found, 9).await,
                Resolved::Untouched
            );
        }
    }
}

pub(crate) async fn of_two_who_resolve_at_once_one_counts(ground: &dyn Ground) {
    let bench = with_lost_steps(ground).await;
    let mut people = JoinSet::new();
    for index in 0..8 {
        let store = bench.store.clone();
        let found = [ALL_OF_IT, Found::Absent][index % 2];
        people.spawn(async move {
            let release = release(9);
            store.resolve(&number(1), 2, found, &release).await.unwrap()
        });
    }
    let answers = people.join_all().await;
    let counted = answers.iter().filter(|it| **it != Resolved::Untouched);
    assert_eq!(counted.count(), 1, "{answers:?}");
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}
