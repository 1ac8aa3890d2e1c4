//! Announced maintenance (bảo trì theo kế hoạch): times in which the upstream is not
//! asked at all.
//!
//! The population database announces none by machine (population.md 11), so windows
//! come from the configuration. A window that passes midnight belongs to the day on
//! which it begins.

use jiff::Timestamp;
use jiff::civil::{DateTime, Time, Weekday};

use super::viet_nam_moment;
use crate::wire_time::viet_nam;

/// One announced time. The beginning belongs to it, the end does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// Once.
    Once(OneOff),
    /// Each week.
    Weekly(Weekly),
}

/// A window that comes once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OneOff {
    from: Timestamp,
    until: Timestamp,
}

impl OneOff {
    /// A window between two moments; `None` when it does not end after it begins.
    #[must_use]
    pub fn new(from: Timestamp, until: Timestamp) -> Option<Self> {
        (from < until).then_some(Self { from, until })
    }
}

/// A window that comes each week, on the clock of Viet Nam.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weekly {
    day: Weekday,
    from: Time,
    until: Time,
}

impl Weekly {
    /// A window that begins on `day`. An `until` before `from` is on the day after;
    /// 00:00 thus ends the day. `None` when both are the same, which could mean no time
    /// at all or a whole day.
    #[must_use]
    pub fn new(day: Weekday, from: Time, until: Time) -> Option<Self> {
        (from != until).then_some(Self { day, from, until })
    }

    fn end_at(self, local: DateTime) -> Option<DateTime> {
        let today = local.date();
        let begins = [Some(today), today.yesterday().ok()];
        begins.into_iter().flatten().find_map(|begin| {
            let last = if self.until > self.from {
                begin
            } else {
                begin.tomorrow().ok()?
            };
            let covers = begin.weekday() == self.day
                && begin.to_datetime(self.from) <= local
                && local < last.to_datetime(self.until);
            covers.then(|| last.to_datetime(self.until))
        })
    }
}

impl Window {
    /// The end of this window, when `now` lies in it.
    #[must_use]
    pub fn end_at(&self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Once(window) => {
                (window.from <= now && now < window.until).then_some(window.until)
            }
            Self::Weekly(window) => window
                .end_at(viet_nam().to_datetime(now))
                .map(viet_nam_moment),
        }
    }
}

/// When the maintenance of `now` ends; windows that follow each other without a gap
/// count as one. `None` outside all windows.
#[must_use]
pub fn ends_at(windows: &[Window], now: Timestamp) -> Option<Timestamp> {
    let mut end = None;
    // Windows that cover the whole week have no end; each is followed once.
    for _ in windows {
        let at = end.unwrap_or(now);
        match windows.iter().filter_map(|window| window.end_at(at)).max() {
            Some(later) => end = Some(later),
            None => break,
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn weekly(day: Weekday, from: Time, until: Time) -> Window {
        Window::Weekly(Weekly::new(day, from, until).unwrap())
    }

    fn once(from: &str, until: &str) -> Window {
        Window::Once(OneOff::new(at(from), at(until)).unwrap())
    }

    #[test]
    fn a_window_begins_at_its_first_moment_and_ends_before_its_last() {
        let windows = [once(
            "2026-11-21T22:00:00+07:00",
            "2026-11-22T02:00:00+07:00",
        )];
        let end = Some(at("2026-11-21T19:00:00Z"));
        assert_eq!(ends_at(&windows, at("2026-11-21T14:59:59Z")), None);
        assert_eq!(ends_at(&windows, at("2026-11-21T15:00:00Z")), end);
        assert_eq!(ends_at(&windows, at("2026-11-21T18:59:59Z")), end);
        assert_eq!(ends_at(&windows, at("2026-11-21T19:00:00Z")), None);
    }

    #[test]
    fn a_weekly_window_passes_midnight_on_the_clock_of_viet_nam() {
        // 21 November 2026 is a Saturday.
        let windows = [weekly(
            Weekday::Saturday,
            time(22, 0, 0, 0),
            time(2, 30, 0, 0),
        )];
        let end = Some(at("2026-11-22T02:30:00+07:00"));
        assert_eq!(ends_at(&windows, at("2026-11-21T21:59:59+07:00")), None);
        assert_eq!(ends_at(&windows, at("2026-11-21T22:00:00+07:00")), end);
        assert_eq!(ends_at(&windows, at("2026-11-22T02:29:59+07:00")), end);
        assert_eq!(ends_at(&windows, at("2026-11-22T02:30:00+07:00")), None);
        // The small hours of Saturday belong to Friday, which has no window.
        assert_eq!(ends_at(&windows, at("2026-11-21T01:00:00+07:00")), None);
        assert_eq!(ends_at(&windows, at("2026-11-22T23:00:00+07:00")), None);
    }

    #[test]
    fn an_end_at_midnight_is_the_end_of_the_day() {
        let windows = [weekly(Weekday::Sunday, time(20, 0, 0, 0), Time::midnight())];
        assert_eq!(
            ends_at(&windows, at("2026-11-22T23:59:59+07:00")),
            Some(at("2026-11-23T00:00:00+07:00"))
        );
        assert_eq!(ends_at(&windows, at("2026-11-23T00:00:00+07:00")), None);
    }

    #[test]
    fn windows_that_touch_are_one() {
        let windows = [
            weekly(Weekday::Sunday, Time::midnight(), time(2, 0, 0, 0)),
            weekly(Weekday::Saturday, time(22, 0, 0, 0), Time::midnight()),
        ];
        assert_eq!(
            ends_at(&windows, at("2026-11-21T22:30:00+07:00")),
            Some(at("2026-11-22T02:00:00+07:00"))
        );
    }

    #[test]
    fn windows_without_a_gap_in_the_week_still_have_an_answer() {
        let days = [
            Weekday::Monday,
            Weekday::Tuesday,
            Weekday::Wednesday,
            Weekday::Thursday,
            Weekday::Friday,
            Weekday::Saturday,
            Weekday::Sunday,
        ];
        let noon = time(12, 0, 0, 0);
        let windows: Vec<Window> = days
            .into_iter()
            .flat_map(|day| {
                [
                    weekly(day, Time::midnight(), noon),
                    weekly(day, noon, Time::midnight()),
                ]
            })
            .collect();
        let now = at("2026-11-21T22:30:00+07:00");
        assert!(ends_at(&windows, now).is_some_and(|end| end > now));
    }

    #[test]
    fn a_window_without_length_is_none() {
        let moment = Timestamp::UNIX_EPOCH;
        assert_eq!(OneOff::new(moment, moment), None);
        let noon = time(12, 0, 0, 0);
        assert_eq!(Weekly::new(Weekday::Monday, noon, noon), None);
    }

    proptest! {
        #[test]
        fn an_end_lies_ahead_and_within_a_day(
            second in 0_i64..4_000_000_000,
            day in 1_i8..=7,
            from in 0_i8..24,
            until in 0_i8..24,
        ) {
            prop_assume!(from != until);
            let day = Weekday::from_monday_one_offset(day).unwrap();
            let windows = [weekly(day, time(from, 0, 0, 0), time(until, 0, 0, 0))];
            let now = Timestamp::from_second(second).unwrap();
            if let Some(end) = ends_at(&windows, now) {
                let left = end.duration_since(now).as_secs();
                prop_assert!(left > 0 && left < 86_400);
                prop_assert_eq!(ends_at(&windows, end), None);
            }
        }
    }
}
