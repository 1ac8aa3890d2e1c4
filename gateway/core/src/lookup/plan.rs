//! Which operation of the database answers which question.
//!
//! The narrowest that will do: what is not fetched cannot be seen, kept or lost
//! (population.md 14, rule 7).

use std::collections::BTreeSet;

use crate::citizen::{Checked, CitizenField};
use crate::ports::population::{Operation, PopulationError, PopulationRegistry};

/// Fields that a record about relatives holds (population.md 4).
pub const OF_RELATIVES: &[CitizenField] = &[
    CitizenField::PersonalNumber,
    CitizenField::OldIdCardNumber,
    CitizenField::FullName,
    CitizenField::Birth,
    CitizenField::Father,
    CitizenField::Mother,
];

/// How a verification is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// By the record (037), which compares the birth too.
    Record,
    /// By yes or no (033), which does not (population.md 3).
    Confirmation,
}

impl Means {
    /// The better of those that are licensed.
    #[must_use]
    pub fn of(registry: &dyn PopulationRegistry) -> Self {
        if registry.offers(Operation::Confirm) && !registry.offers(Operation::LookUp) {
            Self::Confirmation
        } else {
            Self::Record
        }
    }

    /// The operation.
    #[must_use]
    pub fn operation(self) -> Operation {
        match self {
            Self::Record => Operation::LookUp,
            Self::Confirmation => Operation::Confirm,
        }
    }

    /// What it compares.
    #[must_use]
    pub fn checked(self) -> &'static [Checked] {
        match self {
            Self::Record => &[Checked::Number, Checked::Name, Checked::Birth],
            Self::Confirmation => &[Checked::Number, Checked::Name],
        }
    }
}

/// How a record of which only `shown` is handed on is fetched.
#[must_use]
pub fn record(registry: &dyn PopulationRegistry, shown: &BTreeSet<CitizenField>) -> Operation {
    let parents = shown.contains(&CitizenField::Father) || shown.contains(&CitizenField::Mother);
    let enough = shown.iter().all(|field| OF_RELATIVES.contains(field));
    if parents && enough && registry.offers(Operation::Relatives) {
        Operation::Relatives
    } else {
        Operation::LookUp
    }
}

/// Which of the `allowed` fields an answer to `operation` can hold.
#[must_use]
pub fn brought(operation: Operation, allowed: &BTreeSet<CitizenField>) -> BTreeSet<CitizenField> {
    match operation {
        Operation::LookUp => allowed.clone(),
        Operation::Relatives => allowed
            .iter()
            .copied()
            .filter(|field| OF_RELATIVES.contains(field))
            .collect(),
        Operation::Confirm | Operation::Household => BTreeSet::new(),
    }
}

/// Whether a verdict that was kept may stand in when the source gave `error`: it may when
/// the source could not be asked, and not when it, or the province's licence, said no.
#[must_use]
pub fn may_be_bridged(error: &PopulationError) -> bool {
    match error {
        PopulationError::Unreachable
        | PopulationError::Interrupted
        | PopulationError::TimedOut
        | PopulationError::CertificateRejected
        | PopulationError::Maintenance { .. }
        | PopulationError::BreakerOpen { .. }
        | PopulationError::Busy
        | PopulationError::RateLimited { .. }
        | PopulationError::QuotaSpent { .. }
        | PopulationError::Throttled { .. }
        | PopulationError::Failed { .. }
        | PopulationError::Nonsense(_) => true,
        // A refused credential or account may be the officer's own.
        PopulationError::NotOffered
        | PopulationError::CredentialsRefused
        | PopulationError::AddressRefused
        | PopulationError::Forbidden
        | PopulationError::Rejected { .. }
        | PopulationError::OfficerNotMapped
        | PopulationError::ProcedureNotLicensed
        | PopulationError::OfficerNotLicensed
        | PopulationError::StepUpRequired => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_no_is_never_bridged_and_silence_is() {
        for no in [
            PopulationError::CredentialsRefused,
            PopulationError::Forbidden,
            PopulationError::OfficerNotLicensed,
            PopulationError::Rejected { status: 400 },
        ] {
            assert!(!may_be_bridged(&no), "{no}");
        }
        for silence in [
            PopulationError::Unreachable,
            PopulationError::TimedOut,
            PopulationError::Busy,
        ] {
            assert!(may_be_bridged(&silence), "{silence}");
        }
    }

    #[test]
    fn an_answer_about_relatives_brings_nothing_else() {
        let everything = CitizenField::ALL.iter().copied().collect();
        let brought_by = |operation| brought(operation, &everything);
        assert_eq!(brought_by(Operation::LookUp), everything);
        assert_eq!(
            brought_by(Operation::Relatives),
            OF_RELATIVES.iter().copied().collect()
        );
        assert!(brought_by(Operation::Confirm).is_empty());
    }
}
