//! When the daily check is due, and when it is overdue.
//!
//! What a reader would get wrong: overdue is worked out from the clock and the last board, and
//! not told by whoever makes the check. A check that hangs is overdue too.

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp};
use lienthong_core::observation::Window;
use lienthong_core::wire_time::viet_nam;

/// Time for the check once it is due: it may wait for what is not looked at yet.
const PATIENCE: SignedDuration = SignedDuration::from_hours(2);

/// When the daily check is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Schedule {
    /// At which time of each day, in Việt Nam.
    pub(crate) at: Time,
    /// When this gateway started: it can have missed nothing before.
    pub(crate) since: Timestamp,
}

impl Schedule {
    /// Whether it is the hour, or past it, on the day of `now`.
    pub(crate) fn is_past(self, now: Timestamp) -> bool {
        viet_nam().to_datetime(now).time() >= self.at
    }

    /// Whether the check that was last due is not made, and that for long.
    pub(crate) fn is_overdue(self, checked: Option<Window>, now: Timestamp) -> bool {
        let (struck, last_day) = self.last_struck(now);
        let today = viet_nam().to_datetime(now).date();
        // A board of days to come was kept by a wrong clock, and is no check of these.
        let is_made = checked.is_some_and(|checked| (last_day..=today).contains(&checked.last()));
        !is_made && PATIENCE < now.duration_since(struck.max(self.since))
    }

    /// The last moment not after `now` at which it was the hour, and the last day that was
    /// over then.
    fn last_struck(self, now: Timestamp) -> (Timestamp, Date) {
        let today = viet_nam().to_datetime(now).date();
        let day = if self.is_past(now) {
            today
        } else {
            today.yesterday().unwrap_or(today)
        };
        let struck = day.to_datetime(self.at).to_zoned(viet_nam());
        // Việt Nam has no hour that is left out or struck twice.
        let struck = struck.map_or(now, |struck| struck.timestamp());
        (struck, day.yesterday().unwrap_or(day))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn checked(last: &str) -> Window {
        let last: Date = last.parse().unwrap();
        Window::new(last.first_of_month(), last).unwrap()
    }

    /// Half past five in Hà Nội, of a gateway that started long ago.
    const SCHEDULE: Schedule = Schedule {
        at: time(5, 30, 0, 0),
        since: Timestamp::UNIX_EPOCH,
    };

    #[test]
    fn a_check_that_is_not_made_two_hours_after_its_hour_is_overdue() {
        let yesterday = Some(checked("2026-11-20"));
        for (now, overdue) in [
            ("2026-11-21T22:29:59Z", false),
            // 05:30 of the 22nd: the 21st is over.
            ("2026-11-21T22:30:00Z", false),
            ("2026-11-22T00:30:00Z", false),
            ("2026-11-22T00:30:01Z", true),
            ("2026-11-22T22:00:00Z", true),
        ] {
            assert_eq!(SCHEDULE.is_overdue(yesterday, at(now)), overdue, "{now}");
        }
        let made = Some(checked("2026-11-21"));
        assert!(!SCHEDULE.is_overdue(made, at("2026-11-22T22:00:00Z")));
        assert!(SCHEDULE.is_overdue(None, at("2026-11-22T22:00:00Z")));
        let to_come = Some(checked("2036-11-21"));
        assert!(SCHEDULE.is_overdue(to_come, at("2026-11-22T22:00:00Z")));
    }

    #[test]
    fn a_gateway_that_just_started_is_given_its_time() {
        let schedule = Schedule {
            since: at("2026-11-22T03:00:00Z"),
            ..SCHEDULE
        };
        assert!(!schedule.is_overdue(None, at("2026-11-22T05:00:00Z")));
        assert!(schedule.is_overdue(None, at("2026-11-22T05:00:01Z")));
    }
}
