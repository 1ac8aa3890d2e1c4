//! Promises about what comes of an attempt.

use lienthong_core::ports::outbox::{AskReason, Claim, Intent, PutBack, Settled, Settlement};
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::outcome::{AttemptOutcome, NextStep};
use lienthong_core::sync::state::SyncState;

use super::{Desk, Ground, LEASE, at, said, settlement};
use crate::store::samples::{state, step_body};

const REFUSED: AttemptOutcome = AttemptOutcome::Refused(Cause::FieldRejected);
const TIMEOUT: AttemptOutcome = AttemptOutcome::Unknown(Cause::UpstreamTimeout);
const UNREADABLE: AttemptOutcome = AttemptOutcome::NotApplied(Cause::UpstreamNonsense);

/// One dossier with a state and `steps` steps, of which the state is accepted.
async fn with_steps(ground: &dyn Ground, steps: u32) -> Desk {
    let desk = Desk::open(ground).await;
    let steps = (1..=steps).map(|n| step_body(1, &format!("S{n}")));
    desk.record_all("e", 0, [state(1, "A")].into_iter().chain(steps).collect())
        .await;
    let claim = desk.claim_one(0).await;
    desk.accept(&claim, 0, 1).await;
    desk
}

/// One dossier with two states, the first of which is claimed.
async fn claimed(ground: &dyn Ground) -> (Desk, Claim) {
    let desk = Desk::open(ground).await;
    desk.record_all("e", 0, vec![state(1, "A"), state(1, "B")])
        .await;
    let claim = desk.claim_one(0).await;
    (desk, claim)
}

pub(crate) async fn an_accepted_event_makes_room_for_the_next(ground: &dyn Ground) {
    let (desk, claim) = claimed(ground).await;
    desk.accept(&claim, 3, 1).await;
    assert_eq!(
        desk.states(1).await,
        [SyncState::Accepted, SyncState::Pending]
    );
    assert_eq!(desk.0.next_due().await.unwrap(), Some(at(3)));
    assert_eq!(desk.dossier(1).await.last_accepted_at, Some(at(3)));
    let next = desk.claim_one(3).await;
    assert_eq!((said(&next), next.attempt), (vec!["B".to_owned()], 1));
    desk.accept(&next, 4, 1).await;
    assert_eq!(desk.dossier(1).await.state, SyncState::Accepted);
    // What comes after everything is accepted is a head at once.
    desk.record("e3", 5, state(1, "C")).await.unwrap();
    assert_eq!(said(&desk.claim_one(5).await), ["C"]);
}

pub(crate) async fn every_next_step_leads_to_its_state(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    let cases = [
        (
            NextStep::SendNow,
            AttemptOutcome::AlreadyThere,
            SyncState::Pending,
            Some(at(5)),
        ),
        (
            NextStep::SendAt(at(90)),
            UNREADABLE,
            SyncState::Waiting,
            Some(at(90)),
        ),
        (
            NextStep::AskAt(at(80)),
            TIMEOUT,
            SyncState::Unknown,
            Some(at(80)),
        ),
        (NextStep::Refuse, REFUSED, SyncState::Refused, None),
        (NextStep::GiveUp, UNREADABLE, SyncState::Dead, None),
        (
            NextStep::Accepted { events: 1 },
            AttemptOutcome::Accepted,
            SyncState::Accepted,
            None,
        ),
    ];
    for (index, (next, outcome, state_then, due)) in (1..).zip(cases) {
        desk.record(&format!("e{index}"), 0, state(index, "A"))
            .await
            .unwrap();
        let claim = desk.claim_one(1).await;
        assert_eq!(
            desk.settle(&claim, 5, outcome, next).await,
            Settled::Recorded
        );
        let record = desk.dossier(index).await;
        assert_eq!(record.state, state_then, "{next:?}");
        assert_eq!(record.timeline[0].next_attempt_at, due, "{next:?}");
        let attempt = &record.timeline[0].attempts[0];
        assert_eq!((attempt.started_at, attempt.ended_at), (at(1), Some(at(5))));
        assert_eq!(
            (attempt.outcome, attempt.cause),
            (Some(outcome), outcome.cause())
        );
    }
}

pub(crate) async fn a_dead_dossier_is_not_claimed_again(ground: &dyn Ground) {
    let (desk, claim) = claimed(ground).await;
    desk.settle(&claim, 1, UNREADABLE, NextStep::GiveUp).await;
    assert!(desk.claim(1_000_000).await.is_empty());
    desk.record("e3", 9, state(1, "C")).await.unwrap();
    assert!(desk.claim(1_000_000).await.is_empty());
    let blocked = [SyncState::Dead, SyncState::Blocked, SyncState::Blocked];
    assert_eq!(desk.states(1).await, blocked);
    assert_eq!(desk.dossier(1).await.state, SyncState::Dead);
}

pub(crate) async fn a_refused_dossier_is_not_claimed_again(ground: &dyn Ground) {
    let (desk, claim) = claimed(ground).await;
    desk.settle(&claim, 1, REFUSED, NextStep::Refuse).await;
    assert!(desk.claim(1_000_000).await.is_empty());
    assert_eq!(
        desk.states(1).await,
        [SyncState::Refused, SyncState::Blocked]
    );
}

pub(crate) async fn a_waiting_event_is_not_due_before_its_time(ground: &dyn Ground) {
    let (desk, claim) = claimed(ground).await;
    desk.settle(&claim, 1, UNREADABLE, NextStep::SendAt(at(500)))
        .await;
    assert!(desk.claim(499).await.is_empty());
    let again = desk.claim_one(500).await;
    assert_eq!((again.attempt, again.intent), (2, Intent::Send));
    assert_ne!(again.fence, claim.fence);
}

pub(crate) async fn an_unknown_effect_is_asked_about_before_the_next_send(ground: &dyn Ground) {
    let (desk, claim) = claimed(ground).await;
    desk.settle(&claim, 1, TIMEOUT, NextStep::AskAt(at(10)))
        .await;
    let question = desk.claim_one(10).await;
    assert_eq!(
        (question.attempt, question.intent),
        (2, Intent::Ask(AskReason::LostAnswer))
    );
    desk.settle(&question, 11, TIMEOUT, NextStep::AskAt(at(20)))
        .await;
    let again = desk.claim_one(20).await;
    assert_eq!(again.intent, Intent::Ask(AskReason::LostAnswer));
    desk.settle(&again, 21, AttemptOutcome::FoundAbsent, NextStep::SendNow)
        .await;
    assert_eq!(desk.claim_one(21).await.intent, Intent::Send);
}

pub(crate) async fn steps_accepted_in_part_leave_the_rest_due_at_once(ground: &dyn Ground) {
    let desk = with_steps(ground, 4).await;
    let claim = desk.claim_one(1).await;
    assert_eq!(said(&claim), ["S1", "S2", "S3"]);
    desk.accept(&claim, 2, 2).await;
    let states = desk.states(1).await;
    assert_eq!(
        states[1..],
        [
            SyncState::Accepted,
            SyncState::Accepted,
            SyncState::Pending,
            SyncState::Blocked
        ]
    );
    let rest = desk.claim_one(2).await;
    assert_eq!(
        (said(&rest), rest.attempt),
        (vec!["S3".to_owned(), "S4".to_owned()], 1)
    );
}

pub(crate) async fn each_step_of_a_claim_shows_how_it_got_there(ground: &dyn Ground) {
    let desk = with_steps(ground, 3).await;
    let claim = desk.claim_one(1).await;
    desk.settle(&claim, 2, UNREADABLE, NextStep::SendAt(at(3)))
        .await;
    let claim = desk.claim_one(3).await;
    desk.accept(&claim, 4, 3).await;
    let timeline = desk.timeline(1).await;
    assert_eq!(
        timeline[1].attempts.len(),
        2,
        "the head shows the failed attempt too"
    );
    let arrived = &timeline[1].attempts[1];
    for (entry, number) in timeline[1..].iter().zip([2, 1, 1]) {
        let last = entry.attempts.last().unwrap();
        assert_eq!(last.number, number);
        assert_eq!(usize::try_from(number).unwrap(), entry.attempts.len());
        assert_eq!((last.started_at, last.ended_at), (at(3), Some(at(4))));
        assert_eq!(last.outcome, Some(AttemptOutcome::Accepted));
        assert_eq!(last.upstream_text, arrived.upstream_text);
    }
}

pub(crate) async fn no_more_is_accepted_than_was_claimed(ground: &dyn Ground) {
    let desk = with_steps(ground, 5).await;
    let claim = desk.claim_one(1).await;
    desk.accept(&claim, 2, 50).await;
    let accepted = desk
        .states(1)
        .await
        .iter()
        .filter(|s| **s == SyncState::Accepted)
        .count();
    assert_eq!(accepted, 4, "the state and the three steps of the claim");
}

pub(crate) async fn accepting_nothing_accepts_nothing(ground: &dyn Ground) {
    let (desk, claim) = claimed(ground).await;
    desk.accept(&claim, 2, 0).await;
    assert_eq!(
        desk.states(1).await,
        [SyncState::Pending, SyncState::Blocked]
    );
    assert_eq!(desk.dossier(1).await.last_accepted_at, None);
    assert_eq!(said(&desk.claim_one(2).await), ["A"]);
}

pub(crate) async fn what_a_slow_worker_brings_is_not_recorded(ground: &dyn Ground) {
    let (desk, slow) = claimed(ground).await;
    let quick = desk.claim_one(LEASE.as_secs()).await;
    let before = (desk.timeline(1).await, desk.0.facts().await.unwrap());
    let mut late = settlement(&slow, 70, REFUSED, NextStep::Refuse);
    late.known_at_portal = Some(true);
    assert_eq!(desk.0.settle(late).await.unwrap(), Settled::LeaseLost);
    assert_eq!(
        (desk.timeline(1).await, desk.0.facts().await.unwrap()),
        before
    );
    desk.settle(&quick, 71, AttemptOutcome::FoundAbsent, NextStep::SendNow)
        .await;
    assert!(
        !desk.claim_one(71).await.known_at_portal,
        "the late answer left no trace"
    );
}

pub(crate) async fn a_lease_that_nobody_took_over_still_counts(ground: &dyn Ground) {
    let (desk, claim) = claimed(ground).await;
    desk.accept(&claim, LEASE.as_secs() + 1, 1).await;
    assert_eq!(
        desk.states(1).await,
        [SyncState::Accepted, SyncState::Pending]
    );
}

pub(crate) async fn an_attempt_is_settled_once(ground: &dyn Ground) {
    let (desk, claim) = claimed(ground).await;
    desk.accept(&claim, 1, 1).await;
    let again = desk.settle(&claim, 2, REFUSED, NextStep::Refuse).await;
    assert_eq!(again, Settled::LeaseLost);
    assert_eq!(
        desk.states(1).await,
        [SyncState::Accepted, SyncState::Pending]
    );
    let invented = Settlement {
        task: 404,
        ..settlement(&claim, 2, AttemptOutcome::Accepted, NextStep::SendNow)
    };
    assert_eq!(
        desk.0.settle(invented.clone()).await.unwrap(),
        Settled::LeaseLost
    );
    let beyond = Settlement {
        task: u64::MAX,
        fence: u64::MAX,
        ..invented
    };
    assert_eq!(desk.0.settle(beyond).await.unwrap(), Settled::LeaseLost);
}

pub(crate) async fn what_the_portal_holds_is_remembered(ground: &dyn Ground) {
    let (desk, claim) = claimed(ground).await;
    assert!(!claim.known_at_portal);
    for (second, taught, known) in [
        (1, Some(true), true),
        (2, None, true),
        (3, Some(false), false),
        (4, None, false),
    ] {
        let claim = match second {
            1 => claim.clone(),
            _ => desk.claim_one(second).await,
        };
        let mut settled = settlement(&claim, second, AttemptOutcome::NotThere, NextStep::SendNow);
        settled.known_at_portal = taught;
        desk.0.settle(settled).await.unwrap();
        let next = desk.claim_one(second).await;
        assert_eq!(next.known_at_portal, known, "after {taught:?}");
        desk.settle(&next, second, AttemptOutcome::NotThere, NextStep::SendNow)
            .await;
    }
}

pub(crate) async fn a_claim_tells_how_much_patience_is_spent(ground: &dyn Ground) {
    let (desk, mut claim) = claimed(ground).await;
    let outcomes = [
        AttemptOutcome::NotApplied(Cause::UpstreamUnavailable),
        UNREADABLE,
        TIMEOUT,
        AttemptOutcome::AlreadyThere,
        AttemptOutcome::FoundAbsent,
        AttemptOutcome::Unknown(Cause::UnknownText),
    ];
    let mut expected = 0;
    for (second, outcome) in (1..).zip(outcomes) {
        let next = NextStep::SendAt(at(second));
        desk.settle(&claim, second, outcome, next).await;
        claim = desk.claim_one(second).await;
        // Which outcomes count is not the store's to decide.
        expected += u32::from(outcome.spends_patience());
        assert_eq!(claim.spent, expected, "after {outcome:?}");
    }
    assert!((1..outcomes.len()).contains(&usize::try_from(expected).unwrap()));
    desk.accept(&claim, 10, 1).await;
    assert_eq!(
        desk.claim_one(10).await.spent,
        0,
        "the next event begins afresh"
    );
}

pub(crate) async fn what_the_portal_said_is_kept_cut(ground: &dyn Ground) {
    let (desk, claim) = claimed(ground).await;
    let mut settled = settlement(&claim, 1, REFUSED, NextStep::Refuse);
    settled.upstream_code = "-1".to_owned();
    settled.upstream_text = "Lỗi ".repeat(200);
    desk.0.settle(settled).await.unwrap();
    let attempt = desk.timeline(1).await.remove(0).attempts.remove(0);
    assert_eq!(attempt.upstream_code, "-1");
    assert_eq!(attempt.upstream_text, "Lỗi ".repeat(75), "300 characters");
}

fn put_back(claim: &Claim, due: i64) -> PutBack {
    PutBack {
        task: claim.task,
        fence: claim.fence,
        dossier: claim.work.dossier().clone(),
        intent: claim.intent,
        due_at: at(due),
    }
}

pub(crate) async fn a_send_that_is_put_back_leaves_no_trace(ground: &dyn Ground) {
    let (desk, claim) = claimed(ground).await;
    let before = desk.0.facts().await.unwrap();
    let kept = desk.0.put_back(put_back(&claim, 9)).await.unwrap();
    assert_eq!(kept, Settled::Recorded);
    let record = desk.dossier(1).await;
    assert_eq!(record.state, SyncState::Pending);
    assert_eq!(record.timeline[0].attempts, []);
    assert_eq!(record.timeline[0].next_attempt_at, Some(at(9)));
    let facts = desk.0.facts().await.unwrap();
    assert_eq!(facts.last_failure, before.last_failure);
    let count = |state| facts.counts.get(&state).copied().unwrap_or(0);
    let counted = [SyncState::Sending, SyncState::Pending].map(count);
    assert_eq!(counted, [0, 1]);
    assert!(desk.claim(8).await.is_empty());
    let again = desk.claim_one(9).await;
    assert_eq!((again.attempt, again.spent), (1, 0));
    assert_eq!((again.intent, said(&again)), (Intent::Send, said(&claim)));
    assert_ne!(again.fence, claim.fence);
    desk.accept(&again, 10, 1).await;
    assert_eq!(desk.timeline(1).await[0].attempts.len(), 1);
}

pub(crate) async fn what_waits_and_is_put_back_goes_on_waiting(ground: &dyn Ground) {
    let (desk, claim) = claimed(ground).await;
    let away = AttemptOutcome::NotApplied(Cause::UpstreamUnavailable);
    desk.settle(&claim, 2, away, NextStep::SendAt(at(5))).await;
    let before = desk.0.facts().await.unwrap();
    let again = desk.claim_one(5).await;
    desk.0.put_back(put_back(&again, 9)).await.unwrap();
    let record = desk.dossier(1).await;
    assert_eq!(record.state, SyncState::Waiting);
    assert_eq!(record.timeline[0].next_attempt_at, Some(at(9)));
    assert_eq!(desk.0.facts().await.unwrap().counts, before.counts);
    let again = desk.claim_one(9).await;
    assert_eq!((again.attempt, again.intent), (2, Intent::Send));
}

pub(crate) async fn a_question_that_is_put_back_stays_a_question(ground: &dyn Ground) {
    let desk = with_steps(ground, 3).await;
    let sent = desk.claim_one(1).await;
    desk.settle(&sent, 2, TIMEOUT, NextStep::AskAt(at(10)))
        .await;
    let asked = desk.claim_one(10).await;
    desk.0.put_back(put_back(&asked, 20)).await.unwrap();
    assert_eq!(desk.dossier(1).await.state, SyncState::Unknown);
    let again = desk.claim_one(20).await;
    assert_eq!((again.attempt, again.intent), (2, asked.intent));
    assert_eq!(said(&again), ["S1", "S2", "S3"]);
}

pub(crate) async fn a_slow_worker_puts_nothing_back(ground: &dyn Ground) {
    let (desk, claim) = claimed(ground).await;
    let late = desk.claim_one(LEASE.as_secs() + 1).await;
    let lost = desk.0.put_back(put_back(&claim, 9)).await.unwrap();
    assert_eq!(lost, Settled::LeaseLost);
    assert_eq!(desk.states(1).await[0], SyncState::Sending);
    desk.accept(&late, LEASE.as_secs() + 2, 1).await;
    let settled = desk.0.put_back(put_back(&late, 99)).await.unwrap();
    assert_eq!(settled, Settled::LeaseLost);
}
