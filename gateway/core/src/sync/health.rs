//! Whether the sync to the portal is healthy: one pure judgement that the RPC, the
//! health service, the metrics and the log all read.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::cause::Cause;
use super::state::SyncState;
use crate::dossier_number::DossierNumber;
use crate::guard::status::BreakerState;
use crate::ports::operations::OperationId;

/// Facts read from the outbox.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SyncFacts {
    /// Number of events in each state; a state without events may be missing.
    pub counts: BTreeMap<SyncState, u64>,
    /// The event that has waited longest among those the gateway can still send
    /// by itself.
    pub oldest_unsent: Option<OldestUnsent>,
    /// When the portal last accepted something.
    pub last_success: Option<Timestamp>,
    /// The latest failed attempt.
    pub last_failure: Option<(Timestamp, Cause)>,
    /// Whether the outbox could not be written lately.
    pub store_failing: bool,
}

/// The event that has waited longest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldestUnsent {
    /// Its dossier.
    pub dossier: DossierNumber,
    /// When the gateway took it.
    pub accepted_at: Timestamp,
}

/// From when on waiting is worth a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HealthThresholds {
    /// The oldest unsent event is this old: lagging.
    pub lagging_after: Duration,
    /// The oldest unsent event is this old, and nothing was accepted for as long:
    /// stalled.
    pub stalled_after: Duration,
}

/// Condition of the sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Condition {
    /// Everything reaches the portal in time.
    Healthy,
    /// Something waits too long, or waits for a person.
    Lagging,
    /// Nothing reaches the portal.
    Stalled,
}

/// Why the sync is not healthy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HealthReason {
    /// The outbox cannot be written: nothing new is taken, and nothing settled.
    Store,
    /// The oldest unsent event is old.
    OldestUnsent {
        /// Its age.
        age: SignedDuration,
        /// Its dossier.
        dossier: DossierNumber,
    },
    /// Nothing was accepted for long while something waits.
    NoSuccess {
        /// Last success, if there ever was one.
        since: Option<Timestamp>,
    },
    /// The latest attempts fail.
    Failing {
        /// Cause of the latest failure.
        cause: Cause,
    },
    /// The portal refused events; a person must act.
    Refused {
        /// How many.
        events: u64,
    },
    /// The schedule ran out for events; a person must act.
    Dead {
        /// How many.
        events: u64,
    },
    /// The portal failed repeatedly and is left alone for a pause.
    BreakerOpen {
        /// End of the pause.
        until: Timestamp,
    },
    /// The portal failed repeatedly and is being tried.
    BreakerHalfOpen,
    /// The last reconciliation could not go on, so nobody knows whether the sides agree.
    ReconciliationFailed {
        /// Why, by its name
        /// ([`OperationFailure`](crate::sync::operation_failure::OperationFailure)).
        failure: String,
    },
    /// The last reconciliation found dossiers that differ, and no repair mended them; a
    /// person must look.
    DifferencesLeft {
        /// How many.
        dossiers: u64,
        /// Which reconciliation.
        reconciliation: Option<OperationId>,
    },
}

impl HealthReason {
    /// Stable name of the reason.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store => "STORE",
            Self::OldestUnsent { .. } => "OLDEST_UNSENT",
            Self::NoSuccess { .. } => "NO_SUCCESS",
            Self::Failing { .. } => "FAILING",
            Self::Refused { .. } => "REFUSED",
            Self::Dead { .. } => "DEAD",
            Self::BreakerOpen { .. } => "BREAKER_OPEN",
            Self::BreakerHalfOpen => "BREAKER_HALF_OPEN",
            Self::ReconciliationFailed { .. } => "RECONCILIATION_FAILED",
            Self::DifferencesLeft { .. } => "DIFFERENCES_LEFT",
        }
    }
}

/// What the last reconciliation left behind; that of the schedule where there is one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// When one last came to its end.
    pub finished_at: Option<Timestamp>,
    /// That one.
    pub reconciliation: Option<OperationId>,
    /// Why the last one could not go on; `None` where it came to its end.
    pub failure: Option<String>,
    /// Dossiers in which it found a difference that was not repaired since. While a repair
    /// runs, none.
    pub left: u64,
}

/// What the portal accepted lately, as this gateway saw it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pace {
    /// Events accepted.
    pub events: u64,
    /// Within this time; zero: nothing was seen yet.
    pub over: Duration,
}

impl Pace {
    /// Events a minute.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "a rate for people; 2^52 events do not come in minutes"
    )]
    pub fn per_minute(self) -> f64 {
        if self.over.is_zero() {
            return 0.0;
        }
        self.events as f64 * 60.0 / self.over.as_secs_f64()
    }

    /// How long `waiting` events need at this pace; `None` when nothing waits or nothing
    /// moves.
    #[must_use]
    pub fn time_for(self, waiting: u64) -> Option<SignedDuration> {
        if waiting == 0 || self.events == 0 {
            return None;
        }
        let needed = u128::from(waiting) * self.over.as_millis() / u128::from(self.events);
        let needed = i64::try_from(needed).unwrap_or(i64::MAX);
        Some(SignedDuration::from_millis(needed))
    }
}

/// The judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncHealth {
    /// Condition.
    pub condition: Condition,
    /// Why; empty when healthy.
    pub reasons: Vec<HealthReason>,
    /// Age of the oldest unsent event.
    pub oldest_unsent_age: Option<SignedDuration>,
    /// The facts judged.
    pub facts: SyncFacts,
    /// When.
    pub observed_at: Timestamp,
    /// The portal's circuit breaker, where it has one.
    pub breaker: Option<BreakerState>,
    /// What the portal accepted lately.
    pub pace: Pace,
    /// What the last reconciliation left behind.
    pub comparison: Comparison,
}

impl SyncHealth {
    /// The same judgement with what this gateway sees by itself: the portal's breaker and
    /// the pace. An open breaker is worth a word at once; one that waits for something to
    /// try the portal with, only while something waits.
    #[must_use]
    pub fn seen_with(mut self, breaker: Option<BreakerState>, pace: Pace) -> Self {
        let reason = match breaker {
            Some(BreakerState::Open { until }) => Some(HealthReason::BreakerOpen { until }),
            Some(BreakerState::HalfOpen) if self.facts.oldest_unsent.is_some() => {
                Some(HealthReason::BreakerHalfOpen)
            }
            Some(BreakerState::HalfOpen | BreakerState::Closed) | None => None,
        };
        if let Some(reason) = reason {
            self.reasons.push(reason);
            self.condition = self.condition.max(Condition::Lagging);
        }
        Self {
            breaker,
            pace,
            ..self
        }
    }

    /// The same judgement with what the last reconciliation left behind. It never stalls the
    /// sync: everything that was recorded goes on reaching the portal.
    #[must_use]
    pub fn compared(mut self, comparison: Comparison) -> Self {
        let failed = comparison.failure.clone();
        let failed = failed.map(|failure| HealthReason::ReconciliationFailed { failure });
        let dossiers = comparison.left;
        let reconciliation = comparison.reconciliation.clone();
        let left = (dossiers > 0).then_some(HealthReason::DifferencesLeft {
            dossiers,
            reconciliation,
        });
        for reason in failed.into_iter().chain(left) {
            self.reasons.push(reason);
            self.condition = self.condition.max(Condition::Lagging);
        }
        Self { comparison, ..self }
    }

    /// How many events the gateway still has to bring to the portal by itself.
    #[must_use]
    pub fn unsent(&self) -> u64 {
        let count = |state| self.facts.counts.get(&state).copied().unwrap_or(0);
        [
            SyncState::Pending,
            SyncState::Sending,
            SyncState::Unknown,
            SyncState::Waiting,
            SyncState::Blocked,
        ]
        .into_iter()
        .map(count)
        .fold(0, u64::saturating_add)
    }

    /// How long the queue needs at the present pace.
    #[must_use]
    pub fn time_to_drain(&self) -> Option<SignedDuration> {
        self.pace.time_for(self.unsent())
    }
}

/// Judges `facts`.
#[must_use]
pub fn assess(facts: SyncFacts, thresholds: HealthThresholds, now: Timestamp) -> SyncHealth {
    let age = facts
        .oldest_unsent
        .as_ref()
        .map(|oldest| now.duration_since(oldest.accepted_at));
    let silent = |limit: SignedDuration| {
        facts
            .last_success
            .is_none_or(|success| now.duration_since(success) >= limit)
    };
    let lagging_after = signed(thresholds.lagging_after);
    let stalled_after = signed(thresholds.stalled_after);
    let stalled = age.is_some_and(|age| age >= stalled_after) && silent(stalled_after);

    let mut reasons = Vec::new();
    if facts.store_failing {
        reasons.push(HealthReason::Store);
    }
    if let (Some(age), Some(oldest)) = (age, &facts.oldest_unsent)
        && age >= lagging_after
    {
        reasons.push(HealthReason::OldestUnsent {
            age,
            dossier: oldest.dossier.clone(),
        });
        if let Some((at, cause)) = facts.last_failure
            && facts.last_success.is_none_or(|success| at > success)
        {
            reasons.push(HealthReason::Failing { cause });
        }
    }
    if stalled {
        reasons.push(HealthReason::NoSuccess {
            since: facts.last_success,
        });
    }
    let count = |state| facts.counts.get(&state).copied().unwrap_or(0);
    if count(SyncState::Refused) > 0 {
        reasons.push(HealthReason::Refused {
            events: count(SyncState::Refused),
        });
    }
    if count(SyncState::Dead) > 0 {
        reasons.push(HealthReason::Dead {
            events: count(SyncState::Dead),
        });
    }
    // Without the store the portal's state is no news: what is sent cannot be settled.
    let condition = match (stalled || facts.store_failing, reasons.is_empty()) {
        (true, _) => Condition::Stalled,
        (false, false) => Condition::Lagging,
        (false, true) => Condition::Healthy,
    };
    SyncHealth {
        condition,
        reasons,
        oldest_unsent_age: age,
        facts,
        observed_at: now,
        breaker: None,
        pace: Pace::default(),
        comparison: Comparison::default(),
    }
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
mod tests;
