//! How values of the catalogue stand in columns, and how a statement fails.
//!
//! A column is read back like something from outside: a value that does not fit makes the
//! row corrupt, and the error names the column's meaning, never the value.

use jiff::Timestamp;
use lienthong_core::catalogue::DetailStanding;
use lienthong_core::ports::catalogue::CatalogueStoreError;
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

impl From<Failure> for CatalogueStoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Database(error) => LaneError::database(&error).into(),
            Failure::Corrupt { what } => Self::Corrupt { what },
        }
    }
}

impl From<LaneError> for CatalogueStoreError {
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

/// A moment.
pub(super) fn moment(micros: i64, what: &'static str) -> Result<Timestamp, Failure> {
    known(Timestamp::from_microsecond(micros).ok(), what)
}

/// A count.
pub(super) fn count(number: i64, what: &'static str) -> Result<u64, Failure> {
    known(u64::try_from(number).ok(), what)
}

/// A count as it stands in a column.
pub(super) fn column(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

const STANDINGS: [(&str, DetailStanding); 3] = [
    ("FRESH", DetailStanding::Fresh),
    ("OLDER", DetailStanding::Older),
    ("MISSING", DetailStanding::Missing),
];

/// How well details are known, as it stands in a column.
pub(super) fn standing_name(standing: DetailStanding) -> &'static str {
    match standing {
        DetailStanding::Fresh => "FRESH",
        DetailStanding::Older => "OLDER",
        DetailStanding::Missing => "MISSING",
    }
}

/// How well details are known.
pub(super) fn standing(name: &str) -> Result<DetailStanding, Failure> {
    let found = STANDINGS.into_iter().find(|(it, _)| *it == name);
    known(
        found.map(|(_, standing)| standing),
        "how well details are known",
    )
}
