//! What every store promises to operators: lists, failures by cause, and the few things
//! that a person may change.
//!
//! What a reader would get wrong: the store is driven here through the outbox alone, so
//! a list can only be right when recording, claiming and settling keep it so.

pub(crate) mod choosing;
pub(crate) mod expiring;
pub(crate) mod grouping;
pub(crate) mod listing;
pub(crate) mod releasing;
pub(crate) mod replaying;
pub(crate) mod resolving;

use std::sync::Arc;

use async_trait::async_trait;
use lienthong_core::access::{ClientName, OfficerId};
use lienthong_core::dossier::event::EventBody;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::ledger::{
    DossierFilter, DossierSummary, FailureGroup, Ledger, Release, Released, Replay,
};
use lienthong_core::ports::operations::Operations;
use lienthong_core::ports::outbox::{Claim, Outbox, Settled};
use lienthong_core::ports::portal_history::PortalHistory;
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::outcome::{AttemptOutcome, NextStep};
use lienthong_core::text::Text;

use super::outbox::{self, Desk, at, settlement};
use crate::store::samples::{number, state, step_body};

/// All that one store does.
pub(crate) trait Store: Outbox + Ledger + Operations + PortalHistory {}

impl<S: Outbox + Ledger + Operations + PortalHistory> Store for S {}

/// A fresh place for one store.
#[async_trait]
pub(crate) trait Ground: Send + Sync {
    /// The same place as the outbox's suite knows it.
    fn outbox(&self) -> &dyn outbox::Ground;

    /// Opens the store there; opened again, it finds what was kept.
    async fn open_store(&self) -> Arc<dyn Store>;
}

/// Makes a test of each promise; `$ground` is an expression for a fresh ground.
///
/// Brackets before it hold one more attribute for each test (`[ignore = "…"]`).
macro_rules! ledger_conformance {
    ($ground:expr) => {
        crate::store::conformance::ledger::ledger_conformance!([cfg(test)] $ground);
    };
    ([$($attribute:tt)+] $ground:expr) => {
        crate::store::conformance::promises! { ledger, [$($attribute)+] $ground =>
            listing {
                the_longest_unsent_comes_first_and_whole_dossiers_last,
                pages_follow_each_other_without_gap_or_repetition,
                a_summary_tells_where_its_dossier_stands,
                a_summary_tells_the_number_that_the_portal_issued,
                each_condition_holds_by_itself,
                conditions_hold_together,
                units_below_are_found_in_both_forms,
                named_dossiers_are_found_and_no_others,
                a_list_is_the_same_after_a_restart,
                a_dossier_that_cannot_be_read_hides_no_other,
            }
            choosing {
                a_choice_goes_in_the_order_of_beginning_whatever_becomes_of_them,
                a_choice_holds_what_a_list_of_the_same_filter_holds,
                a_choice_is_made_part_by_part_without_gap_or_repetition,
                a_choice_reaches_one_among_many_that_are_not_meant,
            }
            grouping {
                failures_are_grouped_by_cause_and_code_the_largest_first,
                only_what_is_held_up_by_a_failure_is_counted,
                a_group_tells_its_first_and_latest_failure,
                at_most_five_examples_are_given,
                a_filter_narrows_the_groups,
                groups_of_one_size_come_by_their_names,
                the_largest_groups_are_told_when_there_are_too_many,
            }
            releasing {
                a_refused_event_is_due_again_with_fresh_patience,
                a_dead_event_of_unknown_effect_comes_back_as_a_question,
                a_state_that_cannot_be_asked_about_is_sent_again,
                steps_that_cannot_be_asked_about_wait_for_a_persons_word,
                a_refused_state_is_put_right_by_the_content_of_the_newest,
                only_a_state_that_had_no_effect_is_put_right,
                what_is_released_goes_out_with_its_own_content_again,
                an_emptied_state_is_put_right_by_a_newer_one_that_is_kept,
                a_task_of_unknown_effect_is_still_asked_about_whole,
                what_is_neither_refused_nor_dead_is_left_alone,
                of_many_releases_at_once_one_counts,
            }
            resolving {
                what_a_person_found_is_accepted_and_what_is_behind_goes_on,
                of_steps_sent_together_a_person_may_find_some,
                only_what_was_sent_together_can_be_found,
                what_was_recorded_after_the_sending_is_not_found,
                what_was_recorded_during_a_lost_lease_is_not_asked_about,
                after_a_restore_only_what_is_named_is_found_behind_the_first,
                what_a_person_did_not_find_is_sent_and_not_asked_about,
                what_waits_for_a_question_may_be_resolved_before_it,
                only_what_is_of_unknown_effect_is_resolved,
                only_the_event_that_was_meant_is_resolved,
                of_two_who_resolve_at_once_one_counts,
            }
            replaying {
                accepted_events_are_sent_again_in_their_order,
                what_came_before_the_replay_stays_accepted,
                nothing_is_replayed_while_something_is_under_way,
                what_was_given_up_goes_along_behind_what_is_sent_again,
                what_may_be_at_the_portal_does_not_go_along,
                a_replay_begins_at_an_event_that_there_is,
                what_the_question_taught_goes_with_the_replay,
                a_ledger_that_has_moved_since_the_decision_is_left_alone,
                of_two_equal_replays_one_counts,
            }
            expiring {
                what_is_personal_goes_and_the_rest_stays,
                what_is_open_or_recent_stays_whole,
                no_more_dossiers_than_asked_at_a_time,
                an_expired_event_is_still_known_again,
                an_expired_dossier_is_not_replayed,
                an_expired_dossier_goes_on_with_its_next_event,
                what_did_not_come_to_its_end_has_a_term_of_its_own,
                who_released_an_expired_dossier_is_not_kept,
            }
        }
    };
}
pub(crate) use ledger_conformance;

/// The portal's final no.
pub(crate) const REFUSED: AttemptOutcome = AttemptOutcome::Refused(Cause::FieldRejected);

/// A store with short words for what the tests do.
pub(crate) struct Bench {
    /// The store.
    pub(crate) store: Arc<dyn Store>,
    /// The same store as the gateway uses it.
    pub(crate) desk: Desk,
}

impl Bench {
    pub(crate) async fn open(ground: &dyn Ground) -> Self {
        let store = ground.open_store().await;
        Self {
            desk: Desk(store.clone()),
            store,
        }
    }

    /// Records at `second` a state of each of these dossiers.
    pub(crate) async fn begin(&self, second: i64, dossiers: impl IntoIterator<Item = u32>) {
        for index in dossiers {
            let id = format!("d{index}-{second}");
            let body = state(index, "A");
            self.desk.record(&id, second, body).await.unwrap();
        }
    }

    /// Records at `second` a step of dossier `index`.
    pub(crate) async fn step(&self, second: i64, index: u32, content: &str) {
        let id = format!("s{index}-{second}-{content}");
        let body = step_body(index, content);
        self.desk.record(&id, second, body).await.unwrap();
    }

    /// Settles `claim` at `second` with this code.
    pub(crate) async fn fail(
        &self,
        claim: &Claim,
        second: i64,
        (outcome, next): (AttemptOutcome, NextStep),
        code: &str,
    ) {
        let mut settled = settlement(claim, second, outcome, next);
        settled.upstream_code = code.to_owned();
        settled.upstream_text = format!("text {code} {second}");
        let answer = self.store.settle(settled).await.unwrap();
        assert_eq!(answer, Settled::Recorded);
    }

    /// Brings everything that is due at `second` to the portal.
    pub(crate) async fn accept_all(&self, second: i64) {
        loop {
            let claims = self.desk.claim(second).await;
            if claims.is_empty() {
                return;
            }
            for claim in claims {
                self.desk.accept(&claim, second, 100).await;
            }
        }
    }

    /// All dossiers that `filter` names.
    pub(crate) async fn list(&self, filter: &DossierFilter) -> Vec<DossierSummary> {
        self.store.dossiers(filter, None, 1000).await.unwrap()
    }

    /// The numbers of all dossiers that `filter` names, as indices of the samples.
    pub(crate) async fn listed(&self, filter: &DossierFilter) -> Vec<u32> {
        let listed = self.list(filter).await;
        listed
            .iter()
            .map(|it| index_of(it.dossier.as_str()))
            .collect()
    }

    /// The groups that `filter` names.
    pub(crate) async fn groups(&self, filter: &DossierFilter) -> Vec<FailureGroup> {
        self.store.failures(filter).await.unwrap()
    }

    /// Releases dossier `index` at `second`.
    pub(crate) async fn release(&self, index: u32, second: i64) -> Released {
        let release = release(second);
        self.store.release(&number(index), &release).await.unwrap()
    }

    /// Has the refused state of dossier `index` put right at `second`.
    pub(crate) async fn correct(&self, index: u32, second: i64) -> Released {
        let release = release(second);
        self.store.correct(&number(index), &release).await.unwrap()
    }

    /// Replays dossier `index` from `revision` on, at `second`, as it stands.
    pub(crate) async fn replay(&self, index: u32, revision: u64, second: i64) -> Released {
        let replay = Replay::of(&self.desk.dossier(index).await, revision, true);
        self.replay_as(index, &replay, second).await
    }

    /// Replays dossier `index` as it was decided.
    pub(crate) async fn replay_as(&self, index: u32, replay: &Replay, second: i64) -> Released {
        let release = release(second);
        let replayed = self.store.replay(&number(index), replay, &release).await;
        replayed.unwrap()
    }
}

/// Index of a sample dossier.
pub(crate) fn index_of(number: &str) -> u32 {
    number.rsplit('-').next().unwrap().parse().unwrap()
}

/// A person's word, given at `second`.
pub(crate) fn release(second: i64) -> Release {
    Release {
        operator: OfficerId::parse("CB-01").unwrap(),
        system: ClientName::parse("console"),
        reason: Text::parse("Đã bổ sung mã").unwrap(),
        operation: None,
        at: at(second),
    }
}

/// The state of dossier `index` with this portal status.
pub(crate) fn state_with(index: u32, status: PortalStatus) -> EventBody {
    let mut body = state(index, "A");
    if let EventBody::State(dossier) = &mut body {
        dossier.status = status;
    }
    body
}
