//! What every store of facts promises.
//!
//! What a reader would get wrong: what is folded in is compared with the same folding in
//! memory, which the rules' own tests hold to the domain page. Here it is only asked whether a
//! store keeps what it was given, once, and tells what is wanted.

pub(crate) mod anew;
pub(crate) mod folding;
pub(crate) mod following;
pub(crate) mod forgetting;
pub(crate) mod put_back;
pub(crate) mod telling;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use lienthong_core::dossier::event::EventBody;
use lienthong_core::dossier::{Dossier, Step};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::observation::{DossierFacts, DossierKept, ObservationRules, Window};
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::audit::AccessOutcome;
use lienthong_core::ports::observations::{
    Fingerprint, LookupSeen, Observation, Observations, Portion, Source, Standing, Wanted,
};

use crate::store::samples::{dossier, number, step};

/// A fresh place for one store.
#[async_trait]
pub(crate) trait Ground: Send + Sync {
    /// Opens the store there; opened again, it finds what was kept.
    async fn open(&self) -> Arc<dyn Observations>;

    /// Spoils what is kept of the events of this dossier.
    async fn spoil(&self, number: &DossierNumber);

    /// The names that are listed.
    async fn names(&self) -> Vec<String>;
}

/// Makes a test of each promise; `$ground` is an expression for a fresh ground.
///
/// Brackets before it hold one more attribute for each test (`[ignore = "…"]`).
macro_rules! observations_conformance {
    ($ground:expr) => {
        crate::store::conformance::observations::observations_conformance!([cfg(test)] $ground);
    };
    ([$($attribute:tt)+] $ground:expr) => {
        crate::store::conformance::promises! { observations, [$($attribute)+] $ground =>
            folding {
                facts_come_back_as_they_were_folded_in,
                what_was_folded_in_survives_a_restart,
                lookups_before_the_first_state_are_not_lost,
                a_source_that_stands_elsewhere_changes_nothing,
                each_source_has_a_position_of_its_own,
                the_same_events_again_change_nothing,
                of_two_who_fold_at_once_one_counts,
                gateways_that_fold_their_own_lookups_at_once_lose_none,
                a_batch_of_thousands_is_folded_in_whole,
                a_row_that_cannot_be_read_is_told_of_and_begun_afresh,
                a_row_that_cannot_be_read_is_counted_and_the_others_are_told,
            }
            following {
                what_stood_where_a_source_stands_is_known_again,
                rows_that_could_not_be_read_are_counted_by_source,
                who_follows_is_noted_and_nobody_else_at_once,
                a_source_is_complete_up_to_a_moment_that_never_moves_back,
            }
            anew {
                nothing_that_is_told_anew_is_read_before_all_is_told,
                everything_that_is_still_kept_is_told_anew,
                what_cannot_be_told_anew_stays,
                events_whose_first_ones_are_gone_go_on_from_what_is_known,
                a_failed_look_up_whose_record_is_gone_is_not_forgotten,
                a_log_that_is_told_anew_changes_no_other,
                what_happens_while_it_takes_its_place_counts_once,
                a_source_that_was_put_back_stands_still_until_it_is_told,
                of_two_who_find_it_put_back_one_begins,
                what_was_given_once_is_not_told_anew,
                telling_that_begins_again_forgets_what_was_told,
                it_goes_on_after_a_restart_at_each_step,
                who_asked_is_kept_and_told,
            }
            put_back {
                a_dossier_that_is_only_known_here_begins_with_its_first_event_again,
                a_dossier_whose_events_are_not_told_any_more_goes_on,
                who_was_refused_is_noted_until_it_follows,
                a_log_that_nobody_tells_is_given_up_and_holds_up_no_forgetting,
            }
            telling {
                pages_join_without_loss_in_the_order_of_numbers,
                what_was_in_hand_in_the_days_is_told,
                a_unit_is_told_with_what_is_below_it,
                a_procedure_is_told_with_every_suffix,
                all_conditions_must_hold_together,
                a_dossier_of_which_only_lookups_are_known_is_not_told,
            }
            forgetting {
                what_ended_long_ago_is_forgotten_and_nothing_else,
                no_more_is_forgotten_than_asked,
                a_name_that_no_dossier_needs_is_forgotten,
                a_name_that_is_needed_meanwhile_stays,
            }
        }
    };
}
pub(crate) use observations_conformance;

/// The moment `hours` after the tests begin, which is 10 o'clock of 14/7/2025 in Việt Nam.
pub(crate) fn at(hours: i64) -> Timestamp {
    let begin: Timestamp = "2025-07-14T03:00:00Z".parse().unwrap();
    begin + SignedDuration::from_hours(hours)
}

/// A dossier that was received at `hours`.
pub(crate) fn received(index: u32, hours: i64) -> Dossier {
    let mut dossier = dossier(&number(index), "Hồ sơ thử");
    dossier.dates.submitted = at(hours);
    dossier.dates.received = at(hours);
    dossier
}

/// A dossier that was received at one and came to its end at another hour.
pub(crate) fn ended(index: u32, hours: i64, end: i64) -> Dossier {
    let mut dossier = received(index, hours);
    dossier.status = PortalStatus::Processed;
    dossier.dates.finished = Some(at(end));
    dossier
}

/// What happened to a dossier.
pub(crate) type Happened = (DossierNumber, Observation);

pub(crate) fn state(revision: u64, hours: i64, dossier: Dossier) -> Happened {
    let number = dossier.number.clone();
    let body = EventBody::State(Box::new(dossier));
    (
        number,
        Observation::Event {
            revision,
            occurred_at: at(hours),
            body,
        },
    )
}

pub(crate) fn stepped(index: u32, revision: u64, hours: i64, department: &str) -> Happened {
    let step = Step {
        handled_at: at(hours),
        department: lienthong_core::text::Text::parse(department).ok(),
        status: PortalStatus::Processing,
        ..step("Chuyển xử lý")
    };
    let body = EventBody::Step {
        dossier: number(index),
        step: Box::new(step),
    };
    (
        number(index),
        Observation::Event {
            revision,
            occurred_at: at(hours),
            body,
        },
    )
}

pub(crate) fn lookup(index: u32, hours: i64, outcome: AccessOutcome) -> Happened {
    let fields = match outcome {
        AccessOutcome::Matched => vec!["birth".to_owned(), "full_name".to_owned()],
        AccessOutcome::NotMatched | AccessOutcome::Denied | AccessOutcome::NotAnswered => {
            Vec::new()
        }
    };
    let seen = LookupSeen {
        dossier: number(index),
        asked_at: at(hours),
        outcome,
        fields,
    };
    (number(index), Observation::Lookup(seen))
}

/// The source of look-ups of gateway `name`.
pub(crate) fn log(name: &str) -> Source {
    Source::Lookups(name.to_owned())
}

/// What the same folding gives in memory.
pub(crate) fn expected(number: &DossierNumber, happened: &[Happened]) -> Option<DossierFacts> {
    let rules = ObservationRules::shipped().unwrap();
    let mut kept = DossierKept::default();
    for (of, one) in happened {
        if of == number {
            kept.observe(one, &rules);
        }
    }
    kept.told()
}

/// Folds `happened` in behind where the source stands.
pub(crate) async fn fold(store: &dyn Observations, source: &Source, happened: Vec<Happened>) {
    let before = store.position(source).await.unwrap();
    let counted = store.observe(source, portion(before, happened)).await;
    assert_eq!(counted, Ok(true));
}

/// A portion of this, behind `before`.
pub(crate) fn portion(before: u64, happened: Vec<Happened>) -> Portion {
    let after = before + happened.len() as u64;
    Portion {
        before,
        after,
        fingerprint: Some(stands(after)),
        unreadable: 0,
        happened,
        ..Portion::default()
    }
}

/// What stands at a place.
pub(crate) fn stands(position: u64) -> Fingerprint {
    let mut hash = [7; 32];
    hash[..8].copy_from_slice(&position.to_be_bytes());
    Fingerprint(hash)
}

/// How a source stands.
pub(crate) async fn standing(store: &dyn Observations, source: &Source) -> Standing {
    let all = store.standings().await.unwrap();
    let found = all.into_iter().find(|standing| standing.source == *source);
    found.unwrap_or_else(|| Standing::new(source.clone()))
}

/// All dossiers in hand between two hours, whatever their unit and procedure.
pub(crate) fn everything() -> Wanted {
    Wanted {
        window: Window::new("2020-01-01".parse().unwrap(), "2030-12-31".parse().unwrap()).unwrap(),
        unit: None,
        procedures: Vec::new(),
    }
}

/// The numbers of the dossiers that are wanted, read in pages of `size`.
pub(crate) async fn told(store: &dyn Observations, wanted: &Wanted, size: u32) -> Vec<String> {
    let mut told: Vec<DossierNumber> = Vec::new();
    let mut after = None;
    loop {
        let page = store.page(wanted, after.as_ref(), size).await.unwrap();
        assert!(page.facts.len() <= size as usize);
        assert_eq!(page.unreadable, 0);
        told.extend(page.facts.into_iter().map(|facts| facts.number));
        after = page.next;
        if after.is_none() {
            return told.iter().map(ToString::to_string).collect();
        }
    }
}
