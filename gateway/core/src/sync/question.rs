//! What is concluded from a question to the portal, after an attempt of unknown effect.
//!
//! What a reader would get wrong: presence of the dossier shows that a state may be sent
//! again, since it is sent whole, and shows nothing at all of steps, which the portal
//! appends. Only a list of steps can show them, and a mark in it shows one step: not the
//! equal one that was accepted before.

use super::cause::Cause;
use super::outcome::{AttemptOutcome, Decision, NextStep, Situation};
use super::outcome::{not_applied, time_asked_for, unknown};
use super::state::SyncState;
use crate::dossier::Step;
use crate::ports::outbox::{AskReason, Work};
use crate::ports::portal::{PortalError, PortalReference, PortalView, StepMark, StepsThere};

/// What happens to steps of unknown effect where the portal tells that it holds the
/// dossier, and lists no steps (portal.md 4: the public knowledge of the real answer).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum StepsWithoutList {
    /// A person looks at the portal, and says what he found
    /// ([`crate::ports::ledger::Ledger::resolve`]). No step is ever sent twice.
    #[default]
    Person,
    /// They are sent again. Each lost answer may leave its steps at the portal once more.
    SendAgain,
}

/// What was asked about.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The work whose effect is unknown.
    pub work: &'a Work,
    /// Marks of the dossier's earlier steps that the portal has accepted.
    pub earlier_steps: &'a [StepMark],
    /// What to do where steps are not listed.
    pub without_list: StepsWithoutList,
}

/// What is known without a call about work that was never given a number, at a portal that
/// issues them (`issues_numbers`); `None` where the portal is to be asked.
///
/// A number is kept before anything is sent under it, so a gateway that stopped without one
/// had sent nothing. A lost answer without one is another profile's, and after a restore the
/// number may be among what was lost: then something may be there, and nobody can ask.
#[must_use]
pub fn without_asking(
    issues_numbers: bool,
    reference: Option<&PortalReference>,
    known_at_portal: bool,
    why: AskReason,
) -> Option<Result<PortalView, PortalError>> {
    if !issues_numbers || reference.is_some() {
        return None;
    }
    Some(match why {
        AskReason::Interrupted if !known_at_portal => Ok(PortalView::Absent),
        AskReason::Interrupted | AskReason::LostAnswer | AskReason::BeforeRestore => {
            Err(PortalError::NotOffered {
                operation: "question without a number",
            })
        }
    })
}

/// Whether `work` is sent again in place of the question, because there is no way to ask and
/// a second time changes nothing: a state, where the portal repeats states
/// ([`crate::ports::portal::Portal::repeats_states`]).
#[must_use]
pub fn is_sent_unasked(
    result: &Result<PortalView, PortalError>,
    work: &Work,
    repeats_states: bool,
) -> bool {
    let cannot_ask = matches!(result, Err(PortalError::NotOffered { .. }));
    match work {
        Work::State(_) => cannot_ask && repeats_states,
        Work::Steps { .. } => false,
    }
}

/// Decides what the answer to a question means for the work.
#[must_use]
pub fn after_question(
    result: &Result<PortalView, PortalError>,
    question: Question<'_>,
    situation: Situation<'_>,
) -> Decision {
    match (result, question.work) {
        // Asking later would be as vain: a person looks at the portal.
        (Err(PortalError::NotOffered { .. }), _) => by_hand(None),
        (Err(error), _) => {
            let still_unknown = unknown(error.cause(), situation);
            Decision {
                next: time_asked_for(error, situation).map_or(still_unknown.next, NextStep::AskAt),
                ..still_unknown
            }
        }
        (Ok(PortalView::Absent), Work::State(_)) => Decision {
            outcome: AttemptOutcome::FoundAbsent,
            next: NextStep::SendNow,
            known_at_portal: Some(false),
        },
        (Ok(PortalView::Absent), Work::Steps { .. }) => Decision {
            known_at_portal: Some(false),
            ..not_applied(Cause::DossierNotFound, situation)
        },
        // An update carries the full state, so sending it again changes nothing
        // that had arrived, and brings what had not.
        (Ok(PortalView::Present { .. }), Work::State(_)) => there_and_sent_again(),
        (Ok(PortalView::Present { steps, .. }), Work::Steps { steps: sent, .. }) => {
            about_steps(sent, steps, question, situation)
        }
    }
}

fn about_steps(
    sent: &[Step],
    there: &StepsThere,
    question: Question<'_>,
    situation: Situation<'_>,
) -> Decision {
    let unclear = Decision {
        known_at_portal: Some(true),
        ..unknown(Cause::UpstreamNonsense, situation)
    };
    match there {
        StepsThere::NotCarried => match question.without_list {
            StepsWithoutList::Person => by_hand(Some(true)),
            StepsWithoutList::SendAgain => there_and_sent_again(),
        },
        StepsThere::Unreadable => unclear,
        StepsThere::Listed(there) => match arrived(sent, question.earlier_steps, there) {
            None => unclear,
            Some(0) => there_and_sent_again(),
            Some(events) => Decision {
                outcome: AttemptOutcome::FoundDone,
                next: NextStep::Accepted { events },
                known_at_portal: Some(true),
            },
        },
    }
}

/// Neither time nor another question makes it known.
fn by_hand(known_at_portal: Option<bool>) -> Decision {
    Decision {
        outcome: AttemptOutcome::Unknown(Cause::CannotBeAsked),
        next: NextStep::GiveUp,
        known_at_portal,
    }
}

fn there_and_sent_again() -> Decision {
    Decision {
        outcome: AttemptOutcome::FoundPresent,
        next: NextStep::SendNow,
        known_at_portal: Some(true),
    }
}

/// How many of the leading steps of `sent` stand at the portal; `None` where it cannot be
/// told. A mark there shows one step: what `earlier` steps account for shows none of these,
/// and of two equal steps the second has arrived only when it is there twice. Where the
/// portal has lost earlier steps, a mark may show one of them or an equal one of `sent`.
fn arrived(sent: &[Step], earlier: &[StepMark], there: &[StepMark]) -> Option<usize> {
    let mut unclaimed: Vec<&StepMark> = there.iter().collect();
    let mut claim = |mark: &StepMark| {
        let found = unclaimed.iter().position(|there| there.is_same_step(mark));
        found.map(|index| unclaimed.swap_remove(index)).is_some()
    };
    let all_earlier = earlier.iter().filter(|mark| !claim(mark)).count() == 0;
    let arrived = sent
        .iter()
        .take_while(|step| claim(&StepMark::of(step)))
        .count();
    let doubtful = sent.get(arrived).map(StepMark::of).is_some_and(|missing| {
        // It may stand there under a status that the portal made up …
        unclaimed.iter().any(|there| there.may_be(&missing))
            // … or be the one that an equal, lost step was taken for.
            || (!all_earlier && earlier.iter().any(|mark| mark.is_same_step(&missing)))
    });
    (!doubtful).then_some(arrived)
}

/// Whether a person's word may settle an event in `state` whose `last` ended attempt came
/// out so: where its effect is unknown, and nobody is asking or sending just now.
#[must_use]
pub fn may_be_resolved(state: SyncState, last: Option<AttemptOutcome>) -> bool {
    match state {
        SyncState::Unknown => true,
        SyncState::Dead => matches!(last, Some(AttemptOutcome::Unknown(_))),
        SyncState::Pending
        | SyncState::Sending
        | SyncState::Accepted
        | SyncState::Waiting
        | SyncState::Refused
        | SyncState::Blocked => false,
    }
}

/// What comes of an event in `state` that cannot be read back: what may have been sent
/// before stays unknown. `None` is a state that cannot be read either.
#[must_use]
pub fn outcome_of_unreadable(state: Option<SyncState>) -> AttemptOutcome {
    match state {
        Some(SyncState::Pending | SyncState::Waiting) => {
            AttemptOutcome::NotApplied(Cause::StoredUnreadable)
        }
        Some(
            SyncState::Sending
            | SyncState::Unknown
            | SyncState::Accepted
            | SyncState::Refused
            | SyncState::Dead
            | SyncState::Blocked,
        )
        | None => AttemptOutcome::Unknown(Cause::StoredUnreadable),
    }
}

#[cfg(test)]
mod tests;
