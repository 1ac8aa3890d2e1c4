//! Which operation of the database answers which question.
//!
//! The narrowest that will do: what is not fetched cannot be seen, kept or lost
//! (population.md 14, rule 7).

use std::collections::BTreeSet;

use lienthong_core::citizen::{Checked, CitizenField};
use lienthong_core::ports::population::{Operation, PopulationError, PopulationRegistry};

/// Fields that a record about relatives holds (population.md 4).
const OF_RELATIVES: &[CitizenField] = &[
    CitizenField::PersonalNumber,
    CitizenField::OldIdCardNumber,
    CitizenField::FullName,
    CitizenField::Birth,
    CitizenField::Father,
    CitizenField::Mother,
];

/// How a verification is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Means {
    /// By the record (037), which compares the birth too.
    Record,
    /// By yes or no (033), which does not (population.md 3).
    Confirmation,
}

impl Means {
    /// The better of those that are licensed.
    pub(super) fn of(registry: &dyn PopulationRegistry) -> Self {
        if registry.offers(Operation::Confirm) && !registry.offers(Operation::LookUp) {
            Self::Confirmation
        } else {
            Self::Record
        }
    }

    /// The operation.
    pub(super) fn operation(self) -> Operation {
        match self {
            Self::Record => Operation::LookUp,
            Self::Confirmation => Operation::Confirm,
        }
    }

    /// What it compares.
    pub(super) fn checked(self) -> &'static [Checked] {
        match self {
            Self::Record => &[Checked::Number, Checked::Name, Checked::Birth],
            Self::Confirmation => &[Checked::Number, Checked::Name],
        }
    }
}

/// How a record of which only `shown` is handed on is fetched.
pub(super) fn record(
    registry: &dyn PopulationRegistry,
    shown: &BTreeSet<CitizenField>,
) -> Operation {
    let parents = shown.contains(&CitizenField::Father) || shown.contains(&CitizenField::Mother);
    let enough = shown.iter().all(|field| OF_RELATIVES.contains(field));
    if parents && enough && registry.offers(Operation::Relatives) {
        Operation::Relatives
    } else {
        Operation::LookUp
    }
}

/// Which of the `allowed` fields an answer to `operation` can hold.
pub(super) fn brought(
    operation: Operation,
    allowed: &BTreeSet<CitizenField>,
) -> BTreeSet<CitizenField> {
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
pub(super) fn may_be_bridged(error: &PopulationError) -> bool {
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
