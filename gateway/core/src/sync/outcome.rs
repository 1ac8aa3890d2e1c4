//! What an attempt to send means and what happens next: pure decisions. What follows from
//! a question is in [`super::question`].
//!
//! The one thing to get right: *unknown* is its own answer. A time-out after
//! sending, a connection lost in the middle and a text that no table knows are
//! neither failure nor success, and lead to a question, never to a second send.

use std::time::Duration;

use jiff::Timestamp;

use super::cause::Cause;
use super::schedule::{Jitter, Schedule};
use crate::certainty::Certainty;
use crate::ports::portal::{PortalAnswer, PortalError, Reading, SubmissionMode};

/// What came of one attempt; kept in its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttemptOutcome {
    /// The portal has it.
    Accepted,
    /// A create met a dossier that was there already; an update follows.
    AlreadyThere,
    /// An update met no dossier; a create follows.
    NotThere,
    /// Certainly without effect.
    NotApplied(Cause),
    /// It may have had its effect.
    Unknown(Cause),
    /// The portal's final no.
    Refused(Cause),
    /// Asked: what was sent has arrived.
    FoundDone,
    /// Asked: the portal does not hold the dossier.
    FoundAbsent,
    /// Asked: the portal holds the dossier, and its answer does not show whether
    /// what was sent has arrived.
    FoundPresent,
}

impl AttemptOutcome {
    /// The cause of a failed attempt.
    #[must_use]
    pub fn cause(self) -> Option<Cause> {
        match self {
            Self::NotApplied(cause) | Self::Unknown(cause) | Self::Refused(cause) => Some(cause),
            Self::Accepted
            | Self::AlreadyThere
            | Self::NotThere
            | Self::FoundDone
            | Self::FoundAbsent
            | Self::FoundPresent => None,
        }
    }

    /// Its name, as stores keep it, without its cause.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "ACCEPTED",
            Self::AlreadyThere => "ALREADY_THERE",
            Self::NotThere => "NOT_THERE",
            Self::NotApplied(_) => "NOT_APPLIED",
            Self::Unknown(_) => "UNKNOWN",
            Self::Refused(_) => "REFUSED",
            Self::FoundDone => "FOUND_DONE",
            Self::FoundAbsent => "FOUND_ABSENT",
            Self::FoundPresent => "FOUND_PRESENT",
        }
    }

    /// The outcome with this name and cause; `None` also where the one does not go with
    /// the other.
    #[must_use]
    pub fn from_name(name: &str, cause: Option<Cause>) -> Option<Self> {
        let plain = [
            Self::Accepted,
            Self::AlreadyThere,
            Self::NotThere,
            Self::FoundDone,
            Self::FoundAbsent,
            Self::FoundPresent,
        ];
        let failed = cause.map(|cause| {
            [
                Self::NotApplied(cause),
                Self::Unknown(cause),
                Self::Refused(cause),
            ]
        });
        plain
            .into_iter()
            .chain(failed.into_iter().flatten())
            .find(|outcome| outcome.name() == name && outcome.cause() == cause)
    }

    /// Whether the attempt counts against the schedule. Outages do not: an
    /// upstream that is down does not use up a dossier's attempts. A change between
    /// create and update does, so that a portal that contradicts itself comes to an
    /// end.
    #[must_use]
    pub fn spends_patience(self) -> bool {
        match self {
            Self::AlreadyThere | Self::NotThere => true,
            Self::NotApplied(cause) | Self::Unknown(cause) | Self::Refused(cause) => {
                !cause.is_outage()
            }
            Self::Accepted | Self::FoundDone | Self::FoundAbsent | Self::FoundPresent => false,
        }
    }
}

/// What happens next with a claim's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    /// The first `events` of the claim are at the portal; whatever is left of it
    /// is due at once.
    Accepted {
        /// Number of events, at least 1.
        events: usize,
    },
    /// Send again at once.
    SendNow,
    /// Send again later.
    SendAt(Timestamp),
    /// Ask the portal, then decide.
    AskAt(Timestamp),
    /// Leave it to a person: the portal said no.
    Refuse,
    /// Leave it to a person: the schedule ran out.
    GiveUp,
}

/// An outcome with its consequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// For the attempt's row.
    pub outcome: AttemptOutcome,
    /// For the task.
    pub next: NextStep,
    /// What the attempt taught about the dossier being at the portal.
    pub known_at_portal: Option<bool>,
}

/// What a decision depends on besides the answer.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// Number of the attempt that just ended, from 1.
    pub attempt: u32,
    /// How many earlier attempts counted against the schedule.
    pub spent: u32,
    /// The schedule.
    pub schedule: &'a Schedule,
    /// Present moment.
    pub now: Timestamp,
    /// How long a call may still take its effect after its answer was lost. The portal is
    /// not asked sooner: it would say that nothing is there, and the effect would come
    /// between that answer and the next send. An effect that comes later than this is not
    /// seen, so a step may then stand there twice.
    pub late_effect: Duration,
    /// Drawn by the caller.
    pub jitter: Jitter,
}

/// What had been sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// A dossier's state.
    State(SubmissionMode),
    /// This many steps.
    Steps(usize),
}

/// Changes between create and update without waiting, counted by what was spent and
/// not by attempts: after a long outage the first change is as free as ever. More
/// would let a portal that contradicts itself be called in a loop.
const FREE_CHANGES: u32 = 2;

/// Decides what a send means.
#[must_use]
pub fn after_send(
    result: &Result<PortalAnswer, PortalError>,
    sent: Sent,
    situation: Situation<'_>,
) -> Decision {
    let answer = match result {
        Ok(answer) => answer,
        Err(error) => return after_failure(error, situation),
    };
    match (&answer.reading, sent) {
        (Reading::Accepted, Sent::State(_)) => Decision {
            outcome: AttemptOutcome::Accepted,
            next: NextStep::Accepted { events: 1 },
            known_at_portal: Some(true),
        },
        (Reading::Accepted, Sent::Steps(events)) => Decision {
            outcome: AttemptOutcome::Accepted,
            next: NextStep::Accepted { events },
            known_at_portal: Some(true),
        },
        (Reading::AlreadyThere, Sent::State(SubmissionMode::Create)) => {
            change_mode(AttemptOutcome::AlreadyThere, true, situation)
        }
        (Reading::NotThere, Sent::State(SubmissionMode::Update)) => {
            change_mode(AttemptOutcome::NotThere, false, situation)
        }
        (Reading::NotThere, Sent::Steps(_)) => Decision {
            known_at_portal: Some(false),
            ..not_applied(Cause::DossierNotFound, situation)
        },
        (Reading::Refused { cause }, _) => Decision {
            outcome: AttemptOutcome::Refused(*cause),
            next: NextStep::Refuse,
            known_at_portal: None,
        },
        // The dossier itself is there, whatever became of its state: an update follows.
        (Reading::CreatedWithoutState { failure }, Sent::State(SubmissionMode::Create)) => {
            Decision {
                known_at_portal: Some(true),
                ..after_failure(failure, situation)
            }
        }
        // An answer that makes no sense for what was sent is not understood either.
        (
            Reading::CreatedWithoutState { .. } | Reading::AlreadyThere,
            Sent::State(SubmissionMode::Update) | Sent::Steps(_),
        )
        | (Reading::NotUnderstood, _)
        | (Reading::NotThere, Sent::State(SubmissionMode::Create)) => {
            unknown(Cause::UnknownText, situation)
        }
    }
}

/// Decides what follows when no number could be had from the portal
/// ([`crate::ports::portal::Portal::reserve`]). A number that was issued and got lost
/// does no harm, so whatever went wrong had no effect.
#[must_use]
pub fn after_reservation(error: &PortalError, situation: Situation<'_>) -> Decision {
    match error.certainty() {
        Certainty::NotApplied | Certainty::Refused => after_failure(error, situation),
        Certainty::Unknown => not_applied(error.cause(), situation),
    }
}

fn after_failure(error: &PortalError, situation: Situation<'_>) -> Decision {
    if let Some(at) = time_asked_for(error, situation) {
        return Decision {
            outcome: AttemptOutcome::NotApplied(error.cause()),
            next: NextStep::SendAt(at),
            known_at_portal: None,
        };
    }
    match error.certainty() {
        Certainty::NotApplied => not_applied(error.cause(), situation),
        Certainty::Unknown => lost_answer(error.cause(), situation),
        Certainty::Refused => Decision {
            outcome: AttemptOutcome::Refused(error.cause()),
            next: NextStep::Refuse,
            known_at_portal: None,
        },
    }
}

/// When to try next where the portal named a time itself.
pub(super) fn time_asked_for(error: &PortalError, situation: Situation<'_>) -> Option<Timestamp> {
    let PortalError::Throttled {
        retry_after: Some(asked),
        ..
    } = error
    else {
        return None;
    };
    let Situation {
        attempt,
        schedule,
        now,
        jitter,
        ..
    } = situation;
    Some(schedule.next_asked(attempt, *asked, now, jitter))
}

fn change_mode(outcome: AttemptOutcome, known: bool, situation: Situation<'_>) -> Decision {
    if situation.spent < FREE_CHANGES {
        return Decision {
            outcome,
            next: NextStep::SendNow,
            known_at_portal: Some(known),
        };
    }
    Decision {
        known_at_portal: Some(known),
        // "Already there" and "not there" of one number: it is somebody else's there.
        ..not_applied(Cause::DuplicateNumber, situation)
    }
}

pub(super) fn not_applied(cause: Cause, situation: Situation<'_>) -> Decision {
    let next = wait(cause, situation).map_or(NextStep::GiveUp, NextStep::SendAt);
    Decision {
        outcome: AttemptOutcome::NotApplied(cause),
        next,
        known_at_portal: None,
    }
}

/// The call may be under way still, so the question waits until its effect would show.
fn lost_answer(cause: Cause, situation: Situation<'_>) -> Decision {
    let decision = unknown(cause, situation);
    let NextStep::AskAt(at) = decision.next else {
        return decision;
    };
    let shows = situation.now.checked_add(situation.late_effect);
    Decision {
        next: NextStep::AskAt(at.max(shows.unwrap_or(Timestamp::MAX))),
        ..decision
    }
}

pub(super) fn unknown(cause: Cause, situation: Situation<'_>) -> Decision {
    let next = wait(cause, situation).map_or(NextStep::GiveUp, NextStep::AskAt);
    Decision {
        outcome: AttemptOutcome::Unknown(cause),
        next,
        known_at_portal: None,
    }
}

fn wait(cause: Cause, situation: Situation<'_>) -> Option<Timestamp> {
    let Situation {
        attempt,
        spent,
        schedule,
        now,
        jitter,
        ..
    } = situation;
    if cause.is_outage() {
        Some(schedule.next_patient(attempt, now, jitter))
    } else {
        schedule.next(spent.saturating_add(1), now, jitter)
    }
}

#[cfg(test)]
mod tests;
