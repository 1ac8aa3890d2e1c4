//! The moments of the invented year on which something begins or ends.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use lienthong_core::observation::Window;

use super::days::Days;
use super::{InventError, portal_side};

/// Moments that the plan, the documents and the dossiers share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moments {
    /// The first day: what is documented counts from here on.
    pub(super) begins: Date,
    /// The first moment after the year.
    pub(super) until: Timestamp,
    /// The last day of a commune.
    pub(super) unit_ends: Date,
    /// The first day of the present code of service 15.
    pub(super) code_begins: Date,
    /// The last day of the earlier code of service 16.
    pub(super) other_code_ends: Date,
    /// The first day of a sheet that cuts a paper of service 3.
    pub(super) sheet_begins: Date,
    /// A day of the last week.
    pub(super) last_week: Date,
    /// Days on which the population database was away.
    pub(super) outages: [Date; 4],
}

impl Moments {
    pub(super) fn of(window: Window, days: &Days<'_>) -> Result<Self, InventError> {
        let part = |percent: u32| days.day(days.count() * percent / 100);
        let part = |percent| part(percent).ok_or(InventError::NoDay);
        let tomorrow = |day: Date| day.checked_add(1.day()).map_err(|_| InventError::NoDay);
        Ok(Self {
            begins: window.first(),
            until: window.ends(),
            unit_ends: part(50)?,
            code_begins: tomorrow(part(55)?)?,
            other_code_ends: part(65)?,
            sheet_begins: tomorrow(part(40)?)?,
            last_week: part(97)?,
            outages: [part(30)?, part(31)?, part(72)?, part(95)?],
        })
    }

    /// Whether the portal was away when a dossier was handed in or received.
    pub(super) fn portal_away(&self, submitted: Timestamp, received: Timestamp) -> bool {
        let has = |moment: Timestamp| {
            let away = portal_side::away(self.until);
            away.is_some_and(|it| it.from() <= moment && moment < it.until())
        };
        has(submitted.min(received)) || has(received)
    }

    /// Whether the population database was away on a day.
    pub(super) fn outage(&self, day: Date) -> bool {
        self.outages.contains(&day)
    }
}
