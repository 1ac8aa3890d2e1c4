//! What every store of dossier events promises.
//!
//! Moments are given and never waited for: a lease ends because a later claim says
//! that it is later.

pub(crate) mod bulk;
pub(crate) mod claiming;
pub(crate) mod load;
pub(crate) mod reading;
pub(crate) mod recording;
pub(crate) mod settling;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use lienthong_core::dossier::event::EventBody;
use lienthong_core::ports::outbox::{
    Claim, ClaimRequest, DossierRecord, Outbox, Receipt, RecordError, Settled, Settlement,
    TimelineEntry, Work,
};
use lienthong_core::sync::outcome::{AttemptOutcome, NextStep};
use lienthong_core::sync::state::SyncState;

use crate::store::samples::{event, number};

/// A fresh place for one store.
#[async_trait]
pub(crate) trait Ground: Send + Sync {
    /// Opens the store there; opened again, it finds what was kept.
    async fn open(&self) -> Arc<dyn Outbox>;

    /// From now on the database refuses to keep the event of this name, as `broken` says.
    async fn refuse(&self, event_id: &str, broken: Broken);

    /// From now on the database keeps everything again.
    async fn mend(&self);

    /// Marks the store as put back from a backup: what had happened by `second` may have been
    /// sent by attempts that it does not hold.
    async fn mark_restored(&self, second: i64);

    /// Spoils the number of dossier `index` in its row, so that it cannot be read.
    async fn spoil(&self, index: u32);

    /// Spoils the content of the event of this name.
    async fn spoil_content(&self, event_id: &str);

    /// Adds the row of the next attempt at the head of dossier `index`, which ended already.
    async fn double_attempt(&self, index: u32);

    /// Spoils the row of the operation of this name, so that it cannot be read.
    async fn spoil_operation(&self, name: &str);

    /// How many releases and replays still tell who did it or why.
    async fn operators_kept(&self) -> u64;

    /// Spoils the cause of the last failure of dossier `index`.
    async fn spoil_cause(&self, index: u32);
}

/// Why a database does not keep an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    /// It cannot keep anything more at present.
    Disk,
    /// It does not take this row.
    Row,
}

/// Makes a test of each promise; `$ground` is an expression for a fresh ground.
///
/// Brackets before it hold one more attribute for each test (`[ignore = "…"]`).
macro_rules! conformance {
    ($ground:expr) => {
        crate::store::conformance::outbox::conformance!([cfg(test)] $ground);
    };
    ([$($attribute:tt)+] $ground:expr) => {
        crate::store::conformance::promises! { outbox, [$($attribute)+] $ground =>
            recording {
                an_event_is_kept_with_its_receipt,
                the_same_event_again_gives_the_receipt_of_then,
                one_name_for_two_contents_is_refused,
                the_same_name_of_another_client_is_another_event,
                an_event_older_than_the_newest_is_stale,
                a_step_needs_a_recorded_dossier,
                events_of_another_system_are_refused_and_change_nothing,
                one_dossier_begun_by_two_systems_at_once_belongs_to_one,
                two_equal_requests_at_once_are_one_event,
                eight_recorders_at_once_keep_their_own_order,
                what_was_recorded_survives_a_restart,
            }
            claiming {
                only_the_head_of_a_dossier_is_handed_out,
                a_claim_is_not_handed_out_again_while_its_lease_holds,
                the_longest_due_comes_first_and_no_more_than_asked,
                consecutive_steps_go_together_up_to_the_limit,
                steps_do_not_overtake_a_state,
                two_claimers_at_once_never_get_one_dossier,
                a_row_that_is_there_already_holds_up_nobody,
                a_lease_that_is_over_comes_back_as_a_question,
                work_that_was_being_sent_survives_a_restart,
                a_question_is_about_every_step_that_may_have_been_sent,
                a_question_about_steps_tells_the_accepted_steps_before_it,
                a_task_that_cannot_be_read_is_set_aside_and_says_so,
                what_may_have_been_sent_stays_unknown_when_it_cannot_be_read,
            }
            settling {
                an_accepted_event_makes_room_for_the_next,
                every_next_step_leads_to_its_state,
                a_dead_dossier_is_not_claimed_again,
                a_refused_dossier_is_not_claimed_again,
                a_waiting_event_is_not_due_before_its_time,
                an_unknown_effect_is_asked_about_before_the_next_send,
                steps_accepted_in_part_leave_the_rest_due_at_once,
                each_step_of_a_claim_shows_how_it_got_there,
                no_more_is_accepted_than_was_claimed,
                accepting_nothing_accepts_nothing,
                what_a_slow_worker_brings_is_not_recorded,
                a_lease_that_nobody_took_over_still_counts,
                an_attempt_is_settled_once,
                what_the_portal_holds_is_remembered,
                a_claim_tells_how_much_patience_is_spent,
                what_the_portal_said_is_kept_cut,
                a_send_that_is_put_back_leaves_no_trace,
                what_waits_and_is_put_back_goes_on_waiting,
                a_question_that_is_put_back_stays_a_question,
                a_slow_worker_puts_nothing_back,
            }
            reading {
                a_dossier_is_shown_with_its_newest_state_and_whole_timeline,
                a_dossier_that_was_never_recorded_is_not_there,
                a_dossier_tells_who_recorded_it_first,
                a_glance_shows_whatever_changes_the_timeline,
                only_the_newest_attempts_are_told,
                facts_count_every_state,
                the_oldest_unsent_is_one_that_the_gateway_can_still_send,
                the_latest_success_and_failure_are_remembered,
                the_next_due_moment_is_that_of_an_attempt_or_a_lease,
            }
            bulk {
                many_events_at_once_are_answered_each_as_if_alone,
                a_large_load_keeps_the_order_of_each_dossier,
                loads_at_once_are_each_kept_whole,
                what_comes_behind_a_lost_part_is_not_kept,
                what_comes_behind_a_lost_event_of_its_dossier_is_not_kept,
                a_reference_is_kept_before_anything_is_sent_under_it,
                a_settlement_may_name_the_dossier,
            }
            load {
                two_thousand_events_reach_the_portal_in_order,
            }
        }
    };
}
pub(crate) use conformance;

/// How long claims hold here.
pub(crate) const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// The moment `seconds` after the tests begin.
pub(crate) fn at(seconds: i64) -> Timestamp {
    let begin: Timestamp = "2025-07-14T03:00:00Z".parse().unwrap();
    begin + SignedDuration::from_secs(seconds)
}

/// A store with short words for what the tests do.
pub(crate) struct Desk(pub(crate) Arc<dyn Outbox>);

impl Desk {
    pub(crate) async fn open(ground: &dyn Ground) -> Self {
        Self(ground.open().await)
    }

    /// Records an event that happened and comes at `second`.
    pub(crate) async fn record(
        &self,
        id: &str,
        second: i64,
        body: EventBody,
    ) -> Result<Receipt, RecordError> {
        self.0.record(event(id, at(second), body), at(second)).await
    }

    /// Records events of one second in this order, named `{prefix}1`, `{prefix}2`, …
    pub(crate) async fn record_all(&self, prefix: &str, second: i64, bodies: Vec<EventBody>) {
        for (index, body) in bodies.into_iter().enumerate() {
            self.record(&format!("{prefix}{}", index + 1), second, body)
                .await
                .unwrap();
        }
    }

    /// Claims at `second`, at most 100 claims of at most three steps.
    pub(crate) async fn claim(&self, second: i64) -> Vec<Claim> {
        self.0.claim(request(second, 100, 3)).await.unwrap()
    }

    /// Claims at `second` where exactly one claim is due.
    pub(crate) async fn claim_one(&self, second: i64) -> Claim {
        let mut claims = self.claim(second).await;
        assert_eq!(claims.len(), 1, "claims at second {second}");
        claims.remove(0)
    }

    /// Settles `claim` at `second`.
    pub(crate) async fn settle(
        &self,
        claim: &Claim,
        second: i64,
        outcome: AttemptOutcome,
        next: NextStep,
    ) -> Settled {
        self.0
            .settle(settlement(claim, second, outcome, next))
            .await
            .unwrap()
    }

    /// Settles `claim` at `second`: the portal has the first `events` of it.
    pub(crate) async fn accept(&self, claim: &Claim, second: i64, events: usize) {
        let next = NextStep::Accepted { events };
        let settled = self
            .settle(claim, second, AttemptOutcome::Accepted, next)
            .await;
        assert_eq!(settled, Settled::Recorded);
    }

    /// What is known of dossier `index`.
    pub(crate) async fn dossier(&self, index: u32) -> DossierRecord {
        self.0
            .dossier(&number(index))
            .await
            .unwrap()
            .expect("the dossier is recorded")
    }

    /// The timeline of dossier `index`.
    pub(crate) async fn timeline(&self, index: u32) -> Vec<TimelineEntry> {
        self.dossier(index).await.timeline
    }

    /// The states of the events of dossier `index`, oldest first.
    pub(crate) async fn states(&self, index: u32) -> Vec<SyncState> {
        self.timeline(index)
            .await
            .iter()
            .map(|entry| entry.state)
            .collect()
    }
}

/// Asks for work at `second`.
pub(crate) fn request(second: i64, limit: usize, steps_per_call: usize) -> ClaimRequest {
    ClaimRequest {
        now: at(second),
        lease: Duration::from_secs(LEASE.as_secs().unsigned_abs()),
        limit: NonZeroUsize::new(limit).unwrap(),
        steps_per_call: NonZeroUsize::new(steps_per_call).unwrap(),
        worker: "worker-1".to_owned(),
    }
}

/// A settlement of `claim` that taught nothing about the dossier being there.
pub(crate) fn settlement(
    claim: &Claim,
    second: i64,
    outcome: AttemptOutcome,
    next: NextStep,
) -> Settlement {
    Settlement {
        task: claim.task,
        fence: claim.fence,
        dossier: claim.work.dossier().clone(),
        ended_at: at(second),
        outcome,
        upstream_code: "0".to_owned(),
        upstream_text: "Thành công".to_owned(),
        next,
        known_at_portal: None,
        reference: None,
    }
}

/// What the work of a claim says: the summary of a state, the contents of steps.
pub(crate) fn said(claim: &Claim) -> Vec<String> {
    match &claim.work {
        Work::State(dossier) => vec![dossier.summary.as_str().to_owned()],
        Work::Steps { steps, .. } => steps
            .iter()
            .map(|step| step.content.as_str().to_owned())
            .collect(),
    }
}
