//! How values of the catalogue stand in columns, and how a statement fails.
//!
//! What no column says twice, how a row is read at all, stands in the engine (`engine::row`).

use lienthong_core::catalogue::DetailStanding;
use lienthong_core::ports::catalogue::CatalogueStoreError;

use crate::store::sqlite::engine::LaneError;
pub(super) use crate::store::sqlite::engine::row::{Failure, known, moment};

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
        let reason = error.reason();
        Self::Unavailable { reason }
    }
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
