//! How a statement fails.

use lienthong_core::ports::observations::ObservationError;
use thiserror::Error;

use crate::store::observations::{Problem, UNREADABLE};
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
        /// What is wrong, without the value.
        problem: Problem,
    },
}

impl From<Failure> for ObservationError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Database(error) => LaneError::database(&error).into(),
            Failure::Corrupt { problem } => Self::Unavailable {
                reason: format!("{UNREADABLE}: {problem}"),
            },
        }
    }
}

impl From<LaneError> for ObservationError {
    fn from(error: LaneError) -> Self {
        Self::Unavailable {
            reason: error.to_string(),
        }
    }
}

/// A problem as a failure.
pub(super) fn corrupt(problem: Problem) -> Failure {
    Failure::Corrupt { problem }
}
