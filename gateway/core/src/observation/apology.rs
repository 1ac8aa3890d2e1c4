//! Whether somebody is to be apologised to for a dossier (administration.md 5.6).
//!
//! What a reader would get wrong: the checks and the reports must not differ here, so both
//! ask this one question.

use jiff::{SignedDuration, Timestamp};

use super::facts::{DossierFacts, PauseReason};
use crate::lateness::{ApologyDuty, Supplement, owes_apology};

impl DossierFacts {
    /// Whether a written apology is owed at `as_of`, whether or not it was given.
    #[must_use]
    pub fn apology_duty(&self, allowance: SignedDuration, as_of: Timestamp) -> ApologyDuty {
        let others: Vec<Supplement> = self
            .pauses
            .iter()
            .filter(|pause| match pause.reason {
                PauseReason::Payment | PauseReason::Stop => true,
                PauseReason::Supplement => false,
            })
            .filter_map(|pause| Supplement::new(pause.from, pause.until).ok())
            .collect();
        owes_apology(&self.times(), &others, allowance, as_of)
    }

    /// Whether an apology was given by then.
    #[must_use]
    pub fn is_apologised(&self, as_of: Timestamp) -> bool {
        self.apologised_at.is_some_and(|at| at <= as_of)
    }
}
