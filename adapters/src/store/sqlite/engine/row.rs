//! How a row is read back where its store tells what is wrong by the meaning of a column.
//!
//! A column is read like something from outside: a value that does not fit makes the row
//! corrupt, and the error names the column's meaning, never the value.

use jiff::Timestamp;
use thiserror::Error;

/// Why a statement, or what it read, was of no use.
#[derive(Debug, Error)]
pub(in crate::store::sqlite) enum Failure {
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

/// What was read, where it can be understood; `what` names it where it cannot.
pub(in crate::store::sqlite) fn known<T>(
    read: Option<T>,
    what: &'static str,
) -> Result<T, Failure> {
    read.ok_or(Failure::Corrupt { what })
}

/// A moment.
pub(in crate::store::sqlite) fn moment(
    micros: i64,
    what: &'static str,
) -> Result<Timestamp, Failure> {
    known(Timestamp::from_microsecond(micros).ok(), what)
}
