//! What a bulk retry touches, and how fast it goes.
//!
//! What a reader would get wrong: only refused and dead events are ever brought back. A
//! filter that names other states chooses fewer dossiers, never others.

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::cause::Cause;
use super::outcome::AttemptOutcome;
use super::state::SyncState;
use crate::ports::ledger::DossierFilter;
use crate::ports::outbox::EventKind;

/// The states that an operator may bring back (contract.md 2).
pub const BROUGHT_BACK: [SyncState; 2] = [SyncState::Refused, SyncState::Dead];

/// Whether trying again can help before somebody has changed something.
#[must_use]
pub fn may_help(cause: Cause) -> bool {
    match cause {
        // The file's server may be back, and the portal may use other words today.
        Cause::FileUnreachable
        | Cause::UnknownText
        | Cause::Session
        | Cause::UpstreamTimeout
        | Cause::UpstreamUnavailable
        | Cause::UpstreamThrottled
        | Cause::UpstreamNonsense
        | Cause::Certificate
        | Cause::AccessDenied
        | Cause::Interrupted => true,
        Cause::MappingMissing
        | Cause::FieldRejected
        | Cause::DuplicateNumber
        | Cause::DossierNotFound
        | Cause::CannotBeAsked
        | Cause::StoredUnreadable => false,
    }
}

/// How an event that a person brings back becomes due, by its `last` ended attempt: as a
/// question where something may have reached the portal, or where the event is older than a
/// backup that was put back (`before_restore`).
///
/// Where there is no way to ask, a state is sent, which a second time leaves as it is. Steps
/// do not come back at all (`None`): the portal appends them, and only somebody who has
/// looked may say that they are not there ([`crate::ports::ledger::Ledger::resolve`]).
#[must_use]
pub fn comes_back_as(
    kind: EventKind,
    last: Option<AttemptOutcome>,
    before_restore: bool,
) -> Option<SyncState> {
    Some(match last {
        Some(AttemptOutcome::Unknown(Cause::CannotBeAsked)) => match kind {
            EventKind::State => SyncState::Pending,
            EventKind::Step => return None,
        },
        Some(AttemptOutcome::Unknown(_)) => SyncState::Unknown,
        Some(
            AttemptOutcome::Accepted
            | AttemptOutcome::AlreadyThere
            | AttemptOutcome::NotThere
            | AttemptOutcome::NotApplied(_)
            | AttemptOutcome::Refused(_)
            | AttemptOutcome::FoundDone
            | AttemptOutcome::FoundAbsent
            | AttemptOutcome::FoundPresent,
        )
        | None => {
            if before_restore {
                SyncState::Unknown
            } else {
                SyncState::Pending
            }
        }
    })
}

/// Whether a refused or dead event whose `last` ended attempt came out so is certainly not at
/// the portal, as far as attempts tell: only then may other content take its place, or may it
/// go along unasked behind what is sent again.
#[must_use]
pub fn had_no_effect(last: Option<AttemptOutcome>) -> bool {
    !matches!(last, Some(AttemptOutcome::Unknown(_)))
}

/// `filter` without what a retry may not touch, and without events recorded after
/// `previewed_at`; `None` where nothing can be left.
///
/// A state that cannot be asked about is sent again unasked when it is brought back
/// ([`comes_back_as`]). A filter means such dossiers only where it names their cause, or one
/// single dossier: of thousands nobody has looked at each.
#[must_use]
pub fn brought_back(filter: &DossierFilter, previewed_at: Timestamp) -> Option<DossierFilter> {
    let asked = &filter.states;
    let states: BTreeSet<SyncState> = BROUGHT_BACK
        .into_iter()
        .filter(|state| asked.is_empty() || asked.contains(state))
        .collect();
    let since = filter.unsent_since.unwrap_or(previewed_at);
    let causes = if filter.causes.is_empty() && filter.dossiers.len() != 1 {
        Cause::ALL
            .into_iter()
            .filter(|cause| *cause != Cause::CannotBeAsked)
            .collect()
    } else {
        filter.causes.clone()
    };
    (!states.is_empty()).then(|| DossierFilter {
        states,
        causes,
        unsent_since: Some(since.min(previewed_at)),
        ..filter.clone()
    })
}

/// How long `items` take at `per_minute`, in whole minutes.
#[must_use]
pub fn time_needed(items: u64, per_minute: NonZeroU32) -> Duration {
    let minutes = items.div_ceil(u64::from(per_minute.get()));
    Duration::from_secs(minutes.saturating_mul(60))
}

/// Spaces the items of an operation, so that no minute sees more of them than allowed.
///
/// It begins slowly: an operation that goes on after a restart does not know what the
/// minute before saw.
#[derive(Debug, Clone)]
pub struct Pace {
    spacing: SignedDuration,
    /// How far ahead of the even spacing items may come.
    lead: SignedDuration,
    /// When the next item would come if all were evenly spaced.
    due: Timestamp,
    seen: Timestamp,
}

impl Pace {
    /// At most `per_minute` items in any minute from `now` on.
    #[must_use]
    pub fn new(per_minute: NonZeroU32, now: Timestamp) -> Self {
        let per_minute = i64::from(per_minute.get());
        // A twelfth at once: the steps of an operation may lie five seconds apart.
        let burst = (per_minute / 12).max(1);
        let even = per_minute - burst + 1;
        // Rounded up, so that the rate is never passed.
        let micros = (60_000_000 + even - 1) / even;
        let lead = SignedDuration::from_micros(micros * (burst - 1));
        Self {
            spacing: SignedDuration::from_micros(micros),
            lead,
            due: now.saturating_add(lead).unwrap_or(now),
            seen: now,
        }
    }

    /// How many items may come now.
    #[must_use]
    pub fn allowance(&mut self, now: Timestamp) -> u32 {
        // A clock that was set back must not stop the operation until it has caught up.
        if now < self.seen {
            self.due = now.saturating_add(self.lead).unwrap_or(now);
        }
        self.seen = now;
        self.due = self.due.max(now);
        let ahead = self.lead - self.due.duration_since(now);
        if ahead.is_negative() {
            return 0;
        }
        let items = ahead.as_micros() / self.spacing.as_micros().max(1) + 1;
        u32::try_from(items).unwrap_or(u32::MAX)
    }

    /// One item came.
    pub fn spend(&mut self) {
        self.due = self.due.saturating_add(self.spacing).unwrap_or(self.due);
    }

    /// One that was spent did not come after all.
    pub fn give_back(&mut self) {
        self.due = self.due.saturating_sub(self.spacing).unwrap_or(self.due);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dossier::samples;

    fn minute(rate: u32) -> NonZeroU32 {
        NonZeroU32::new(rate).unwrap()
    }

    fn states(states: &[SyncState]) -> DossierFilter {
        DossierFilter {
            states: states.iter().copied().collect(),
            ..DossierFilter::default()
        }
    }

    #[test]
    fn only_refused_and_dead_are_brought_back() {
        let now = Timestamp::UNIX_EPOCH;
        let left = |asked: &[SyncState]| {
            brought_back(&states(asked), now).map(|filter| filter.states.into_iter().collect())
        };
        assert_eq!(left(&[]), Some(vec![SyncState::Refused, SyncState::Dead]));
        assert_eq!(
            left(&[SyncState::Dead, SyncState::Accepted]),
            Some(vec![SyncState::Dead])
        );
        assert_eq!(left(&[SyncState::Waiting]), None);
    }

    #[test]
    fn what_nobody_has_looked_at_is_brought_back_only_where_it_is_named() {
        let vain = Cause::CannotBeAsked;
        let holds = |filter: &DossierFilter| {
            let chosen = brought_back(filter, Timestamp::UNIX_EPOCH).unwrap().causes;
            chosen.is_empty() || chosen.contains(&vain)
        };
        let mut filter = DossierFilter::default();
        assert!(!holds(&filter));
        filter.dossiers = vec![samples::number(); 2];
        assert!(!holds(&filter), "a list of many is not looked through");
        filter.dossiers.truncate(1);
        assert!(holds(&filter));
        filter.dossiers.clear();
        filter.causes = [Cause::FieldRejected].into();
        assert!(!holds(&filter));
        filter.causes.insert(vain);
        assert!(holds(&filter));
        let all_others = brought_back(&DossierFilter::default(), Timestamp::UNIX_EPOCH);
        assert_eq!(all_others.unwrap().causes.len(), Cause::ALL.len() - 1);
    }

    #[test]
    fn what_was_recorded_after_the_preview_is_left_out() {
        let now = Timestamp::UNIX_EPOCH;
        let earlier = now - SignedDuration::from_hours(1);
        let since = |unsent_since| {
            let filter = DossierFilter {
                unsent_since,
                ..DossierFilter::default()
            };
            brought_back(&filter, now).unwrap().unsent_since
        };
        assert_eq!(since(None), Some(now));
        assert_eq!(since(Some(earlier)), Some(earlier));
    }

    #[test]
    fn what_may_have_arrived_comes_back_as_a_question() {
        let refused = Some(AttemptOutcome::Refused(Cause::FieldRejected));
        let unknown = Some(AttemptOutcome::Unknown(Cause::Interrupted));
        for kind in EventKind::ALL {
            let back = |last, restored| comes_back_as(kind, last, restored).unwrap();
            assert_eq!(back(refused, false), SyncState::Pending);
            assert_eq!(back(unknown, false), SyncState::Unknown);
            assert_eq!(back(None, false), SyncState::Pending);
            // The attempts that a backup does not hold may have been others.
            assert_eq!(back(refused, true), SyncState::Unknown);
            assert_eq!(back(None, true), SyncState::Unknown);
        }
    }

    #[test]
    fn of_what_cannot_be_asked_about_only_a_state_comes_back() {
        let vain = Some(AttemptOutcome::Unknown(Cause::CannotBeAsked));
        for restored in [false, true] {
            let state = comes_back_as(EventKind::State, vain, restored);
            assert_eq!(state, Some(SyncState::Pending));
            assert_eq!(comes_back_as(EventKind::Step, vain, restored), None);
        }
    }

    #[test]
    fn only_an_unknown_outcome_may_have_had_an_effect() {
        assert!(had_no_effect(None));
        for cause in Cause::ALL {
            assert!(had_no_effect(Some(AttemptOutcome::Refused(cause))));
            assert!(had_no_effect(Some(AttemptOutcome::NotApplied(cause))));
            assert!(!had_no_effect(Some(AttemptOutcome::Unknown(cause))));
        }
    }

    #[test]
    fn a_part_of_a_minute_counts_as_a_whole_one() {
        let needed = |items| time_needed(items, minute(60)).as_secs();
        assert_eq!([0, 1, 60, 61].map(needed), [0, 60, 60, 120]);
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_stop_the_work() {
        let now = Timestamp::UNIX_EPOCH;
        let mut pace = Pace::new(minute(1), now);
        pace.spend();
        assert_eq!(pace.allowance(now), 0);
        assert_eq!(pace.allowance(now - SignedDuration::from_hours(5)), 1);
    }

    #[test]
    fn what_is_given_back_may_be_spent_and_no_more_than_that() {
        let now = Timestamp::UNIX_EPOCH;
        let mut pace = Pace::new(minute(60), now);
        for _ in 0..pace.allowance(now) {
            pace.spend();
        }
        pace.give_back();
        assert_eq!(pace.allowance(now), 1);
        // Given back when it would have grown back by itself, it adds nothing.
        let later = now + SignedDuration::from_mins(5);
        let whole = Pace::new(minute(60), now).allowance(later);
        pace.give_back();
        assert_eq!(pace.allowance(later), whole);
    }

    proptest! {
        /// Whenever somebody asks and however much he takes.
        #[test]
        fn no_minute_sees_more_than_allowed_and_patience_gets_it_all(
            rate in 1..200_u32,
            pauses in proptest::collection::vec(0..9_000_i64, 1..60),
        ) {
            let mut now = Timestamp::UNIX_EPOCH;
            let mut pace = Pace::new(minute(rate), now);
            let mut taken: Vec<Timestamp> = Vec::new();
            for pause in pauses {
                now += SignedDuration::from_millis(pause);
                for _ in 0..pace.allowance(now) {
                    pace.spend();
                    taken.push(now);
                }
                prop_assert_eq!(pace.allowance(now), 0);
            }
            let one_more = usize::try_from(rate).unwrap() + 1;
            for minute in taken.windows(one_more) {
                let span = minute[one_more - 1].duration_since(minute[0]);
                prop_assert!(span >= SignedDuration::from_mins(1));
            }
            now += SignedDuration::from_mins(1);
            prop_assert!(pace.allowance(now) >= 1);
        }
    }
}
