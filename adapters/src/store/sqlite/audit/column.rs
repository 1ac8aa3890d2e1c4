//! How core values stand in columns, and how a statement fails.
//!
//! A column is read back like something from outside: a value that does not fit makes
//! the row corrupt, and the error names the column's meaning, never the value.

use jiff::Timestamp;
use lienthong_core::access::Purpose;
use lienthong_core::ports::audit::AuditError;
use thiserror::Error;

use crate::store::sqlite::engine::LaneError;

/// Why a statement, or what it read, was of no use.
#[derive(Debug, Error)]
pub(super) enum Failure {
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] rusqlite::Error),
    /// A stored row cannot be read back.
    #[error("a stored row cannot be read back")]
    Corrupt {
        /// Which part, without its value.
        what: &'static str,
    },
}

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
        let reason = match error {
            LaneError::Closed => "it is closed".to_owned(),
            LaneError::BrokeOff
            | LaneError::Ended
            | LaneError::Moved
            | LaneError::Database { .. } => error.to_string(),
        };
        Self::Unavailable { reason }
    }
}

/// What was read, where it can be understood; `what` names it where it cannot.
pub(super) fn known<T>(read: Option<T>, what: &'static str) -> Result<T, Failure> {
    read.ok_or(Failure::Corrupt { what })
}

/// A moment as it stands in a column; finer parts are cut.
pub(super) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// A moment.
pub(super) fn moment(micros: i64, what: &'static str) -> Result<Timestamp, Failure> {
    known(Timestamp::from_microsecond(micros).ok(), what)
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
