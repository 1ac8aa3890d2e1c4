//! What turned to a contradiction between two boards.
//!
//! What a reader would get wrong: a contradiction where nothing was judged before has not
//! turned. On a new installation, of a service without a dossier, or by a criterion that is
//! new, all of them are found for the first time, and an alarm for each would bury the one
//! that counts.

use lienthong_core::check::{Criterion, Verdict};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::essential::ServiceNumber;
use lienthong_core::report::PreviousReport;

/// A verdict that turned to a contradiction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Turned {
    /// Of which service.
    pub(crate) service: ServiceNumber,
    /// By which criterion.
    pub(crate) criterion: Criterion,
    /// What it was before.
    pub(crate) before: Verdict,
    /// Dossiers that show it.
    pub(crate) examples: Vec<DossierNumber>,
}

/// What is contradicted on a board and was not on the one before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Turns {
    /// What was judged otherwise before, in the order of the list.
    pub(crate) turned: Vec<Turned>,
    /// How many were not judged before.
    pub(crate) first_found: u64,
}

impl Turns {
    /// What turned between `older` and `newer`. `was_seen` tells whether `older` looked at any
    /// dossier of a service, and `examples` dossiers that show what turned.
    pub(crate) fn between(
        newer: &PreviousReport,
        older: Option<&PreviousReport>,
        was_seen: impl Fn(ServiceNumber) -> bool,
        examples: impl Fn(ServiceNumber, Criterion) -> Vec<DossierNumber>,
    ) -> Self {
        let mut turns = Self::default();
        for (number, service) in &newer.services {
            for (criterion, verdict) in &service.verdicts {
                if *verdict != Verdict::Contradicted {
                    continue;
                }
                let before = older.and_then(|older| {
                    let service = older.services.get(number)?;
                    service.verdicts.get(criterion).copied()
                });
                match before {
                    Some(Verdict::Contradicted) => {}
                    None | Some(Verdict::CannotObserve) => turns.first_found += 1,
                    Some(_) if !was_seen(*number) => turns.first_found += 1,
                    Some(before) => turns.turned.push(Turned {
                        service: *number,
                        criterion: *criterion,
                        before,
                        examples: examples(*number, *criterion),
                    }),
                }
            }
        }
        turns
    }

    /// How many turned.
    pub(crate) fn count(&self) -> u64 {
        u64::try_from(self.turned.len()).unwrap_or(u64::MAX)
    }
}
