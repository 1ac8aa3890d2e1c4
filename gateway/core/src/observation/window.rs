//! The days that a report is about.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use thiserror::Error;

use super::DossierFacts;
use crate::wire_time::viet_nam;

/// Days in Việt Nam, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    first: Date,
    last: Date,
}

/// Days that are no window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidWindow {
    /// The last day is before the first.
    #[error("the last day is before the first")]
    Backwards,
}

impl Window {
    /// The days from `first` to `last`.
    ///
    /// # Errors
    /// [`InvalidWindow`].
    pub fn new(first: Date, last: Date) -> Result<Self, InvalidWindow> {
        if last < first {
            return Err(InvalidWindow::Backwards);
        }
        Ok(Self { first, last })
    }

    /// First day.
    #[must_use]
    pub fn first(self) -> Date {
        self.first
    }

    /// Last day.
    #[must_use]
    pub fn last(self) -> Date {
        self.last
    }

    /// Whether `day` is one of them.
    #[must_use]
    pub fn contains(self, day: Date) -> bool {
        self.first <= day && day <= self.last
    }

    /// The first moment.
    #[must_use]
    pub fn begins(self) -> Timestamp {
        midnight(self.first)
    }

    /// The first moment after it.
    #[must_use]
    pub fn ends(self) -> Timestamp {
        midnight(self.last.checked_add(1.day()).unwrap_or(Date::MAX))
    }

    /// Whether the dossier was received on one of the days.
    #[must_use]
    pub fn received(self, dossier: &DossierFacts) -> bool {
        self.begins() <= dossier.received && dossier.received < self.ends()
    }

    /// Whether the dossier was in hand on one of the days: received by its end, and not at
    /// its end before it begins.
    #[must_use]
    pub fn in_hand(self, dossier: &DossierFacts) -> bool {
        dossier.received < self.ends() && dossier.ended().is_none_or(|ended| self.begins() <= ended)
    }
}

/// The first moment of a day.
fn midnight(day: Date) -> Timestamp {
    day.to_zoned(viet_nam())
        .map_or(Timestamp::MAX, |moment| moment.timestamp())
}
