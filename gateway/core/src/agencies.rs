//! Agencies that ceased, as dated data.
//!
//! What a reader would get wrong: a closed agency keeps its old dossiers. Only what it gets
//! after its last day went to the wrong address, and its code is never given to another
//! (administration.md 6.3 and 6.4).

mod file;

pub use file::AgenciesProblem;

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::agency::AgencyCode;
use crate::places::SourceCertainty;

const SHIPPED: &str = include_str!("../data/agencies.toml");

/// Cơ quan, đơn vị đã chấm dứt hoạt động.
///
/// What a reader would get wrong: an entry that nobody has verified proves nothing against
/// anybody, see [`ClosedAgency::is_confirmed`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedAgency {
    /// Mã định danh.
    pub code: AgencyCode,
    /// Its name.
    pub name: String,
    /// Its last day.
    pub last_day: Date,
    /// Who goes on with its work, where that is known.
    pub successor: Option<AgencyCode>,
    /// The document that says so.
    pub source: String,
    /// How well it is known.
    pub certainty: SourceCertainty,
}

impl ClosedAgency {
    /// Whether a source was read or concluded from, so that a dossier to the agency can be a
    /// contradiction (C15).
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        match self.certainty {
            SourceCertainty::Seen | SourceCertainty::Inferred => true,
            SourceCertainty::Unverified => false,
        }
    }
}

/// Which agencies ceased, and when.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Agencies {
    version: String,
    closed: BTreeMap<AgencyCode, ClosedAgency>,
}

impl Agencies {
    /// The provinces that ceased on 1/7/2025, as they are shipped.
    ///
    /// # Errors
    /// Never for a released program; the shipped file is read by a test.
    pub fn shipped() -> Result<Self, Vec<AgenciesProblem>> {
        Self::parse(SHIPPED)
    }

    /// Version of the data, the operator's additions included.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Every agency that ceased, by its code.
    pub fn all(&self) -> impl Iterator<Item = &ClosedAgency> {
        self.closed.values()
    }

    /// The last day of each, in the form that [`crate::evidence::Register::new`] takes.
    #[must_use]
    pub fn closed_by_last_day(&self) -> BTreeMap<AgencyCode, Date> {
        let days = self.closed.values();
        days.map(|it| (it.code.clone(), it.last_day)).collect()
    }

    /// The entry by which `unit` no longer exists on the day `on`: its own, or that of an
    /// agency above it; of several the one that ceased first.
    #[must_use]
    pub fn closed(&self, unit: &AgencyCode, on: Date) -> Option<&ClosedAgency> {
        self.closed
            .values()
            .filter(|it| it.last_day < on && it.code.includes(unit))
            .min_by_key(|it| (it.last_day, it.code.as_str().len()))
    }

    /// The entry by which `unit` ceased on whatever day, a confirmed one before any other;
    /// of several the one that ceased first.
    #[must_use]
    pub fn closing(&self, unit: &AgencyCode) -> Option<&ClosedAgency> {
        self.closed
            .values()
            .filter(|it| it.code.includes(unit))
            .min_by_key(|it| (!it.is_confirmed(), it.last_day, it.code.as_str().len()))
    }
}

#[cfg(test)]
mod tests;
