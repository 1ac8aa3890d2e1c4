//! Promises about handing out work.

use std::collections::BTreeSet;

use lienthong_core::ports::outbox::{AskReason, Intent, Work};
use lienthong_core::ports::portal::StepMark;
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::outcome::{AttemptOutcome, NextStep};
use lienthong_core::sync::state::SyncState;
use tokio::task::JoinSet;

use super::{Desk, Ground, LEASE, at, request, said};
use crate::store::samples::{full_dossier, number, state, step_body};

pub(crate) async fn only_the_head_of_a_dossier_is_handed_out(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    desk.record_all(
        "a",
        0,
        vec![state(1, "A1"), state(1, "A2"), step_body(1, "A3")],
    )
    .await;
    desk.record_all("b", 0, vec![state(2, "B1")]).await;
    let claims = desk.claim(0).await;
    assert_eq!(
        claims.iter().map(said).collect::<Vec<_>>(),
        [["A1"], ["B1"]]
    );
    for claim in &claims {
        assert_eq!((claim.attempt, claim.spent), (1, 0));
        assert_eq!((claim.intent, claim.known_at_portal), (Intent::Send, false));
    }
    let blocked = [SyncState::Sending, SyncState::Blocked, SyncState::Blocked];
    assert_eq!(desk.states(1).await, blocked);
    let full = full_dossier(&number(3));
    let body = lienthong_core::dossier::event::EventBody::State(Box::new(full.clone()));
    desk.record("c1", 1, body).await.unwrap();
    assert_eq!(desk.claim_one(1).await.work, Work::State(Box::new(full)));
}

pub(crate) async fn a_claim_is_not_handed_out_again_while_its_lease_holds(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    desk.record_all("a", 0, vec![state(1, "A1"), state(1, "A2")])
        .await;
    desk.claim_one(0).await;
    assert!(desk.claim(0).await.is_empty());
    assert!(desk.claim(LEASE.as_secs() - 1).await.is_empty());
    assert_eq!(said(&desk.claim_one(LEASE.as_secs()).await), ["A1"]);
}

pub(crate) async fn the_longest_due_comes_first_and_no_more_than_asked(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    for (index, second) in [(1, 30), (2, 10), (3, 20), (4, 10), (5, 90)] {
        desk.record(
            &format!("e{index}"),
            second,
            state(index, &format!("S{index}")),
        )
        .await
        .unwrap();
    }
    let first = desk.0.claim(request(50, 3, 1)).await.unwrap();
    assert_eq!(
        first.iter().map(said).collect::<Vec<_>>(),
        [["S2"], ["S4"], ["S3"]]
    );
    let rest = desk.0.claim(request(50, 3, 1)).await.unwrap();
    assert_eq!(
        rest.iter().map(said).collect::<Vec<_>>(),
        [["S1"]],
        "S5 is not due yet"
    );
}

pub(crate) async fn consecutive_steps_go_together_up_to_the_limit(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    let steps = (2..=6).map(|n| step_body(1, &format!("A{n}")));
    desk.record_all("a", 0, [state(1, "A1")].into_iter().chain(steps).collect())
        .await;
    let claim = desk.claim_one(0).await;
    desk.accept(&claim, 1, 1).await;
    let claim = desk.claim_one(1).await;
    assert_eq!(said(&claim), ["A2", "A3", "A4"]);
    assert_eq!(*claim.work.dossier(), number(1));
    desk.accept(&claim, 2, 3).await;
    assert_eq!(said(&desk.claim_one(2).await), ["A5", "A6"]);
}

pub(crate) async fn steps_do_not_overtake_a_state(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    let bodies = vec![
        state(1, "A1"),
        step_body(1, "A2"),
        state(1, "A3"),
        step_body(1, "A4"),
    ];
    desk.record_all("a", 0, bodies).await;
    for expected in ["A1", "A2", "A3", "A4"] {
        let claim = desk.claim_one(1).await;
        assert_eq!(said(&claim), [expected]);
        desk.accept(&claim, 1, 1).await;
    }
    assert!(desk.claim(999).await.is_empty());
}

pub(crate) async fn two_claimers_at_once_never_get_one_dossier(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    for index in 1..=60 {
        desk.record_all(
            &format!("d{index}-"),
            0,
            vec![state(index, "A"), step_body(index, "B")],
        )
        .await;
    }
    let mut claimers = JoinSet::new();
    for _ in 0..8 {
        let outbox = desk.0.clone();
        claimers.spawn(async move {
            let mut mine = Vec::new();
            loop {
                let claims = outbox.claim(request(1, 3, 3)).await.unwrap();
                if claims.is_empty() {
                    return mine;
                }
                mine.extend(claims.iter().map(|claim| claim.work.dossier().clone()));
            }
        });
    }
    let claimed: Vec<_> = claimers.join_all().await.into_iter().flatten().collect();
    assert_eq!(claimed.len(), 60);
    assert_eq!(
        claimed
            .iter()
            .map(ToString::to_string)
            .collect::<BTreeSet<_>>()
            .len(),
        60
    );
}

pub(crate) async fn a_lease_that_is_over_comes_back_as_a_question(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    desk.record("e1", 0, state(1, "A")).await.unwrap();
    let first = desk.claim_one(0).await;
    let over = LEASE.as_secs() + 7;
    let second = desk.claim_one(over).await;
    assert_eq!(second.task, first.task);
    assert_ne!(second.fence, first.fence);
    assert_eq!(
        (second.attempt, second.spent, second.intent),
        (2, 0, Intent::Ask(AskReason::Interrupted))
    );
    let attempts = desk.timeline(1).await.remove(0).attempts;
    let interrupted = AttemptOutcome::Unknown(Cause::Interrupted);
    assert_eq!(attempts.len(), 2);
    assert_eq!(attempts[0].outcome, Some(interrupted));
    assert_eq!(attempts[0].cause, Some(Cause::Interrupted));
    assert_eq!(attempts[0].ended_at, Some(at(0) + LEASE));
    assert_eq!(
        (attempts[1].started_at, attempts[1].ended_at),
        (at(over), None)
    );
    let failure = desk.0.facts().await.unwrap().last_failure;
    assert_eq!(failure, Some((at(0) + LEASE, Cause::Interrupted)));
    // A question that is interrupted stays a question.
    let third = desk.claim_one(over + LEASE.as_secs()).await;
    assert_eq!(
        (third.attempt, third.intent),
        (3, Intent::Ask(AskReason::Interrupted))
    );
}

pub(crate) async fn work_that_was_being_sent_survives_a_restart(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    desk.record_all("a", 0, vec![state(1, "A1"), state(1, "A2")])
        .await;
    let before = desk.claim_one(0).await;
    drop(desk);
    let desk = Desk::open(ground).await;
    assert_eq!(
        desk.states(1).await,
        [SyncState::Sending, SyncState::Blocked]
    );
    assert!(
        desk.claim(1).await.is_empty(),
        "the lease outlives the program"
    );
    assert_eq!(desk.0.next_due().await.unwrap(), Some(at(0) + LEASE));
    let after = desk.claim_one(LEASE.as_secs()).await;
    assert_eq!(
        (after.task, after.intent),
        (before.task, Intent::Ask(AskReason::Interrupted))
    );
    assert!(after.fence > before.fence);
}

pub(crate) async fn a_question_is_about_every_step_that_may_have_been_sent(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    let steps = (2..=6).map(|n| step_body(1, &format!("A{n}")));
    desk.record_all("a", 0, [state(1, "A1")].into_iter().chain(steps).collect())
        .await;
    let claim = desk.claim_one(0).await;
    desk.accept(&claim, 0, 1).await;
    assert_eq!(said(&desk.claim_one(0).await), ["A2", "A3", "A4"]);
    // Meanwhile the portal's profile takes one step in a call.
    let mut asked = desk.0.claim(request(LEASE.as_secs(), 9, 1)).await.unwrap();
    let asked = asked.remove(0);
    assert_eq!(
        (said(&asked).len(), asked.intent),
        (3, Intent::Ask(AskReason::Interrupted))
    );
    let found = AttemptOutcome::FoundPresent;
    desk.settle(&asked, LEASE.as_secs(), found, NextStep::SendNow)
        .await;
    let sent = desk.0.claim(request(LEASE.as_secs(), 9, 1)).await.unwrap();
    assert_eq!(
        (said(&sent[0]), sent[0].intent),
        (vec!["A2".to_owned()], Intent::Send)
    );
}

pub(crate) async fn a_question_about_steps_tells_the_accepted_steps_before_it(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    let bodies = vec![
        state(1, "A1"),
        step_body(1, "A2"),
        step_body(1, "A3"),
        state(1, "A4"),
        step_body(1, "A3"),
        step_body(1, "A6"),
    ];
    desk.record_all("a", 0, bodies).await;
    for expected in [vec!["A1"], vec!["A2", "A3"], vec!["A4"]] {
        let claim = desk.claim_one(0).await;
        assert_eq!(
            (said(&claim), claim.earlier_steps.len()),
            (told(&expected), 0)
        );
        desk.accept(&claim, 0, 2).await;
    }
    let lost = desk.claim_one(0).await;
    assert_eq!((lost.intent, lost.earlier_steps.len()), (Intent::Send, 0));
    let asked = desk.claim_one(LEASE.as_secs()).await;
    assert_eq!(said(&asked), ["A3", "A6"]);
    let Work::Steps { steps, .. } = &asked.work else {
        panic!("steps were asked about");
    };
    let contents = asked.earlier_steps.iter().map(|mark| mark.content.as_str());
    assert_eq!(contents.collect::<Vec<_>>(), ["A2", "A3"]);
    assert_eq!(asked.earlier_steps[1], StepMark::of(&steps[0]));
}

fn told(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

pub(crate) async fn a_task_that_cannot_be_read_is_set_aside_and_says_so(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    for index in 1..=2 {
        let id = format!("e{index}");
        desk.record(&id, 0, state(index, "A")).await.unwrap();
    }
    ground.spoil_content("e1").await;
    let claim = desk.claim_one(1).await;
    assert_eq!(*claim.work.dossier(), number(2));
    assert!(desk.claim(2).await.is_empty());
    let facts = desk.0.facts().await.unwrap();
    let count = |state| facts.counts.get(&state).copied().unwrap_or(0);
    assert_eq!([SyncState::Dead, SyncState::Pending].map(count), [1, 0]);
    assert_eq!(facts.last_failure, Some((at(1), Cause::StoredUnreadable)));
}

pub(crate) async fn what_may_have_been_sent_stays_unknown_when_it_cannot_be_read(
    ground: &dyn Ground,
) {
    let desk = Desk::open(ground).await;
    desk.record("e1", 0, state(1, "A")).await.unwrap();
    desk.record("e2", 0, state(1, "B")).await.unwrap();
    desk.claim_one(0).await;
    ground.spoil_content("e1").await;
    assert!(desk.claim(LEASE.as_secs()).await.is_empty());
    let first = desk.timeline(1).await.remove(0);
    let outcomes: Vec<_> = first.attempts.iter().map(|it| it.outcome).collect();
    let told = [Cause::Interrupted, Cause::StoredUnreadable]
        .map(|cause| Some(AttemptOutcome::Unknown(cause)));
    assert_eq!((first.state, &outcomes[..]), (SyncState::Dead, &told[..]));
    assert_eq!(first.attempts[1].ended_at, Some(at(LEASE.as_secs())));
}

pub(crate) async fn a_row_that_is_there_already_holds_up_nobody(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    for index in 1..=3 {
        let body = state(index, "A");
        desk.record(&format!("e{index}"), 0, body).await.unwrap();
    }
    ground.double_attempt(1).await;
    let claims = desk.claim(1).await;
    assert_eq!(claims.len(), 3);
    for claim in &claims {
        desk.accept(claim, 2, 1).await;
    }
    assert!(desk.claim(3).await.is_empty());
}
