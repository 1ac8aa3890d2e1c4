//! How core values stand in columns, and how a statement fails.
//!
//! What no column says twice, how a row is read at all, stands in the engine (`engine::row`).

use jiff::Timestamp;
use lienthong_core::access::Purpose;
use lienthong_core::ports::audit::AuditError;

use crate::store::sqlite::engine::LaneError;
pub(super) use crate::store::sqlite::engine::row::{Failure, known, moment};

impl From<Failure> for AuditError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Database(error) => LaneError::database(&error).into(),
            Failure::Corrupt { what } => Self::Corrupt { what },
        }
    }
}

impl From<LaneError> for AuditError {
    fn from(error: LaneError) -> Self {
        let reason = error.reason();
        Self::Unavailable { reason }
    }
}

/// A moment as it stands in a column; finer parts are cut.
pub(super) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// A purpose as it stands in a column.
pub(super) fn purpose_name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::DossierIntake => "DOSSIER_INTAKE",
        Purpose::DossierProcessing => "DOSSIER_PROCESSING",
        Purpose::ResultDelivery => "RESULT_DELIVERY",
        Purpose::DataCleaning => "DATA_CLEANING",
        Purpose::Inspection => "INSPECTION",
    }
}

/// The purpose with this name.
pub(super) fn purpose(name: &str) -> Option<Purpose> {
    [
        Purpose::DossierIntake,
        Purpose::DossierProcessing,
        Purpose::ResultDelivery,
        Purpose::DataCleaning,
        Purpose::Inspection,
    ]
    .into_iter()
    .find(|purpose| purpose_name(*purpose) == name)
}

/// Names of fields as they stand in a column.
pub(super) fn names<N: serde::Serialize>(names: &[N]) -> Result<String, AuditError> {
    serde_json::to_string(names).map_err(|_| AuditError::Unavailable {
        reason: "names of fields cannot be written as JSON".to_owned(),
    })
}

/// Names of fields.
pub(super) fn read_names(stored: &str, what: &'static str) -> Result<Vec<String>, Failure> {
    known(serde_json::from_str(stored).ok(), what)
}
