//! Promises about what is told of dossiers and of the sync.

use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::outbox::{ATTEMPTS_TOLD, EventKind};
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::health::{OldestUnsent, SyncFacts};
use lienthong_core::sync::outcome::{AttemptOutcome, NextStep};
use lienthong_core::sync::state::SyncState;

use super::{Desk, Ground, LEASE, at};
use crate::store::samples::{event_of, number, state, step_body};

const REFUSED: AttemptOutcome = AttemptOutcome::Refused(Cause::FieldRejected);

pub(crate) async fn a_dossier_is_shown_with_its_newest_state_and_whole_timeline(
    ground: &dyn Ground,
) {
    let desk = Desk::open(ground).await;
    desk.record_all(
        "e",
        0,
        vec![state(1, "A"), step_body(1, "B"), state(1, "C")],
    )
    .await;
    desk.record("e4", 1, step_body(1, "D")).await.unwrap();
    let claim = desk.claim_one(2).await;
    let record = desk.dossier(1).await;
    assert_eq!(record.dossier.unwrap().summary.as_str(), "C");
    assert_eq!((record.revision, record.state), (4, SyncState::Sending));
    assert_eq!(record.last_accepted_at, None);
    let kinds: Vec<_> = record.timeline.iter().map(|entry| entry.kind).collect();
    let (state_kind, step_kind) = (EventKind::State, EventKind::Step);
    assert_eq!(kinds, [state_kind, step_kind, state_kind, step_kind]);
    let revisions: Vec<_> = record.timeline.iter().map(|entry| entry.revision).collect();
    assert_eq!(revisions, [1, 2, 3, 4]);
    assert!(
        record
            .timeline
            .iter()
            .all(|entry| entry.status == PortalStatus::Received)
    );
    assert_eq!(
        record.timeline[0].next_attempt_at, None,
        "the end of a lease is no attempt"
    );
    let running = &record.timeline[0].attempts[0];
    assert_eq!((running.number, running.started_at), (1, at(2)));
    assert_eq!(
        (running.ended_at, running.outcome, running.cause),
        (None, None, None)
    );
    desk.accept(&claim, 3, 1).await;
    assert_eq!(desk.dossier(1).await.state, SyncState::Pending);
}

pub(crate) async fn a_glance_shows_whatever_changes_the_timeline(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    assert_eq!(desk.0.glance(&number(1)).await.unwrap(), None);
    desk.record("e1", 0, state(1, "A")).await.unwrap();
    let mut glances = Vec::new();
    let mut look = async || {
        let glance = desk.0.glance(&number(1)).await.unwrap().unwrap();
        let whole = desk.dossier(1).await;
        assert_eq!(glance.recorded_by, whole.recorded_by);
        assert_eq!(
            (glance.revision, glance.state, glance.last_accepted_at),
            (whole.revision, whole.state, whole.last_accepted_at)
        );
        assert!(!glances.contains(&glance), "{glance:?} in {glances:?}");
        glances.push(glance);
    };
    look().await;
    let lost = desk.claim_one(1).await;
    look().await;
    let unknown = AttemptOutcome::Unknown(Cause::UpstreamTimeout);
    desk.settle(&lost, 2, unknown, NextStep::AskAt(at(10)))
        .await;
    look().await;
    let asked = desk.claim_one(10).await;
    look().await;
    desk.settle(&asked, 11, unknown, NextStep::AskAt(at(20)))
        .await;
    look().await;
    let found = desk.claim_one(20).await;
    look().await;
    desk.accept(&found, 21, 1).await;
    look().await;
    desk.record("e2", 22, step_body(1, "B")).await.unwrap();
    look().await;
    let second = desk.claim_one(23).await;
    look().await;
    desk.settle(&second, 24, REFUSED, NextStep::Refuse).await;
    look().await;
    let newest = glances.last().unwrap();
    assert_eq!(
        (newest.accepted_revision, newest.attempts, newest.due_at),
        (1, 1, None)
    );
}

pub(crate) async fn a_dossier_that_was_never_recorded_is_not_there(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    desk.record("e1", 0, state(1, "A")).await.unwrap();
    assert!(desk.0.dossier(&number(2)).await.unwrap().is_none());
}

pub(crate) async fn a_dossier_tells_who_recorded_it_first(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    desk.record("e1", 0, state(1, "A")).await.unwrap();
    let other = event_of("other", "e1", at(0), state(2, "B"));
    desk.0.record(other, at(0)).await.unwrap();
    desk.record("e2", 1, state(1, "C")).await.unwrap();
    drop(desk);
    let desk = Desk::open(ground).await;
    for (index, client) in [(1, "igate"), (2, "other")] {
        assert_eq!(desk.dossier(index).await.recorded_by.as_str(), client);
    }
}

pub(crate) async fn only_the_newest_attempts_are_told(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    desk.record_all("e", 0, vec![state(1, "A"), state(1, "B")])
        .await;
    let most = u32::try_from(ATTEMPTS_TOLD).unwrap();
    let outage = AttemptOutcome::NotApplied(Cause::UpstreamUnavailable);
    let told = async || {
        let attempts = desk.timeline(1).await.remove(0).attempts;
        attempts.iter().map(|it| it.number).collect::<Vec<_>>()
    };
    for n in 1..=most + 3 {
        let second = i64::from(n);
        let claim = desk.claim_one(second).await;
        let again = NextStep::SendAt(at(second + 1));
        desk.settle(&claim, second, outage, again).await;
        if n == most {
            assert_eq!(told().await, (1..=most).collect::<Vec<_>>());
        }
    }
    assert_eq!(told().await, (4..=most + 3).collect::<Vec<_>>());
    assert_eq!(desk.dossier(1).await.state, SyncState::Waiting);
}

pub(crate) async fn facts_count_every_state(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    assert_eq!(desk.0.facts().await.unwrap(), SyncFacts::default());
    for index in 1..=6 {
        let bodies = vec![state(index, "A"), step_body(index, "B")];
        desk.record_all(&format!("d{index}-"), 0, bodies).await;
    }
    let claims = desk.0.claim(super::request(1, 5, 3)).await.unwrap();
    let unknown = AttemptOutcome::Unknown(Cause::UpstreamTimeout);
    desk.accept(&claims[0], 2, 1).await;
    desk.settle(&claims[1], 2, REFUSED, NextStep::Refuse).await;
    desk.settle(&claims[2], 2, unknown, NextStep::AskAt(at(9)))
        .await;
    desk.settle(&claims[3], 2, unknown, NextStep::GiveUp).await;
    let counts = desk.0.facts().await.unwrap().counts;
    let expected = [
        (SyncState::Pending, 2),
        (SyncState::Sending, 1),
        (SyncState::Accepted, 1),
        (SyncState::Unknown, 1),
        (SyncState::Refused, 1),
        (SyncState::Dead, 1),
        (SyncState::Blocked, 5),
    ];
    assert_eq!(counts, expected.into_iter().collect());
}

pub(crate) async fn the_oldest_unsent_is_one_that_the_gateway_can_still_send(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    for index in 1..=3 {
        let second = i64::from(index) * 10;
        desk.record(&format!("d{index}-1"), second, state(index, "A"))
            .await
            .unwrap();
        desk.record(&format!("d{index}-2"), second + 1, state(index, "B"))
            .await
            .unwrap();
    }
    let oldest = async || desk.0.facts().await.unwrap().oldest_unsent;
    let unsent = |index, second| OldestUnsent {
        dossier: number(index),
        accepted_at: at(second),
    };
    let claims = desk.claim(40).await;
    assert_eq!(
        oldest().await,
        Some(unsent(1, 10)),
        "also while it is being sent"
    );
    desk.settle(&claims[0], 41, REFUSED, NextStep::Refuse).await;
    assert_eq!(
        oldest().await,
        Some(unsent(2, 20)),
        "a refused one waits for a person"
    );
    desk.accept(&claims[1], 42, 1).await;
    assert_eq!(
        oldest().await,
        Some(unsent(2, 21)),
        "its next event is the head"
    );
    let wait = NextStep::SendAt(at(9_000));
    let outage = AttemptOutcome::NotApplied(Cause::UpstreamUnavailable);
    desk.settle(&claims[2], 43, outage, wait).await;
    let last = desk.claim_one(44).await;
    desk.accept(&last, 45, 1).await;
    assert_eq!(oldest().await, Some(unsent(3, 30)), "waiting is unsent");
}

pub(crate) async fn the_latest_success_and_failure_are_remembered(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    for index in 1..=3 {
        desk.record(&format!("e{index}"), 0, state(index, "A"))
            .await
            .unwrap();
    }
    let claims = desk.claim(1).await;
    let marks = async || {
        let facts = desk.0.facts().await.unwrap();
        (facts.last_success, facts.last_failure)
    };
    desk.settle(
        &claims[0],
        2,
        AttemptOutcome::FoundAbsent,
        NextStep::SendNow,
    )
    .await;
    assert_eq!(
        marks().await,
        (None, None),
        "an answer to a question is neither"
    );
    desk.settle(&claims[1], 3, REFUSED, NextStep::Refuse).await;
    assert_eq!(marks().await, (None, Some((at(3), Cause::FieldRejected))));
    desk.accept(&claims[2], 4, 1).await;
    assert_eq!(
        marks().await,
        (Some(at(4)), Some((at(3), Cause::FieldRejected)))
    );
}

pub(crate) async fn the_next_due_moment_is_that_of_an_attempt_or_a_lease(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    let due = async || desk.0.next_due().await.unwrap();
    assert_eq!(due().await, None);
    desk.record_all("a", 10, vec![state(1, "A"), state(1, "B")])
        .await;
    assert_eq!(due().await, Some(at(10)));
    let claim = desk.claim_one(20).await;
    assert_eq!(due().await, Some(at(20) + LEASE));
    let outage = AttemptOutcome::NotApplied(Cause::UpstreamUnavailable);
    desk.settle(&claim, 21, outage, NextStep::SendAt(at(300)))
        .await;
    assert_eq!(due().await, Some(at(300)));
    let claim = desk.claim_one(300).await;
    desk.settle(&claim, 301, REFUSED, NextStep::Refuse).await;
    assert_eq!(due().await, None, "nothing happens by itself any more");
}
