//! What a check is asked: which services, which days, whose, and as of when.
//!
//! What a reader would get wrong: days that are over are judged as of their end, and not as
//! of now, so that whoever asks about them twice is told the same.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use lienthong_core::agency::AgencyCode;
use lienthong_core::essential::ServiceNumber;
use lienthong_core::observation::{InvalidWindow, Window};
use lienthong_core::wire_time::local_date;

/// What a check is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Which services; empty: all.
    pub numbers: Vec<ServiceNumber>,
    /// Days whose traffic is looked at.
    pub window: Window,
    /// For this agency and what is below it; `None`: the whole province.
    pub unit: Option<AgencyCode>,
    /// What came later is not in it.
    pub as_of: Timestamp,
}

impl Question {
    /// All services on these days, asked at `now`.
    #[must_use]
    pub fn about(window: Window, now: Timestamp) -> Self {
        Self {
            numbers: Vec::new(),
            window,
            unit: None,
            as_of: now.min(window.ends()),
        }
    }

    /// The last day as of which it is judged: the last one that was looked at in full, or
    /// today.
    #[must_use]
    pub fn judged_on(&self) -> Date {
        // The end of a window is the first moment behind it.
        let last = self.as_of.checked_sub(1.nanosecond()).unwrap_or(self.as_of);
        local_date(last)
    }
}

/// More days than any record of dossiers has.
const LONGEST: u32 = 366 * 200;

/// The last `days` days in Việt Nam that are over at `now`.
#[must_use]
pub fn last_days(now: Timestamp, days: u32) -> Window {
    let last = local_date(now).yesterday().unwrap_or(Date::MIN);
    let back = days.saturating_sub(1).min(LONGEST);
    let first = last.saturating_sub(i64::from(back).days());
    match Window::new(first, last) {
        Ok(window) => window,
        Err(InvalidWindow::Backwards) => unreachable!("{first} is not after {last}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn the_last_days_are_over_in_viet_nam() {
        // 01:30 of 22/11 in Hà Nội, still the 21st in UTC.
        let window = last_days(at("2026-11-21T18:30:00Z"), 30);
        assert_eq!(window.first(), day("2026-10-23"));
        assert_eq!(window.last(), day("2026-11-21"));
        assert_eq!(
            last_days(at("2026-11-21T16:59:59Z"), 1).last(),
            day("2026-11-20")
        );
    }

    #[test]
    fn days_that_are_over_are_judged_as_of_their_end() {
        let window = Window::new(day("2026-10-01"), day("2026-10-31")).unwrap();
        let later = Question::about(window, at("2026-11-21T18:30:00Z"));
        let much_later = Question::about(window, at("2027-01-21T18:30:00Z"));
        assert_eq!(later, much_later);
        assert_eq!(later.as_of, at("2026-10-31T17:00:00Z"));
        assert_eq!(later.judged_on(), day("2026-10-31"));
    }

    #[test]
    fn days_that_are_not_over_are_judged_as_of_now() {
        let window = Window::new(day("2026-11-01"), day("2026-11-30")).unwrap();
        let now = at("2026-11-21T18:30:00Z");
        let question = Question::about(window, now);
        assert_eq!(question.as_of, now);
        assert_eq!(question.judged_on(), day("2026-11-22"));
    }
}
