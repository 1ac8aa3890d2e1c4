//! The days on which the invented offices work, and when a result is due there.
//!
//! What a reader would get wrong: the invented year also reaches into years that the
//! calendar does not know. There every weekday works, which is good enough for an invented
//! day and for nothing else.

use jiff::civil::{Date, Weekday};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use lienthong_core::calendar::{TimeLimit, TimeRule, UnitCalendar, WorkCalendar};
use lienthong_core::observation::Window;
use lienthong_core::wire_time::local_date;

/// Minutes after midnight at which the invented offices open, and for how long they do.
const OPENS: u32 = 7 * 60 + 30;
const MORNING: u32 = 4 * 60;
/// Where the hours of the afternoon begin.
const AFTERNOON: u32 = 13 * 60 + 30;
/// Minutes of a working day.
pub(super) const WORKING_MINUTES: u32 = 7 * 60;
/// An invented calendar without end would be no better.
const MOST_DAYS: usize = 60;

/// Working days of the invented year.
pub(super) struct Days<'c> {
    calendar: UnitCalendar<'c>,
    working: Vec<Date>,
}

impl<'c> Days<'c> {
    pub(super) fn of(window: Window, calendar: &'c WorkCalendar) -> Self {
        let mut days = Self {
            calendar: calendar.national(),
            working: Vec::new(),
        };
        let all = days_of(window);
        days.working = all.filter(|day| days.is_working(*day)).collect();
        days
    }

    /// How many working days there are.
    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.working.len()).unwrap_or(u32::MAX)
    }

    /// The working day with this number, the last one beyond the end.
    pub(super) fn day(&self, number: u32) -> Option<Date> {
        let day = self.working.get(number as usize);
        day.or(self.working.last()).copied()
    }

    /// The moment `minute` working minutes into a working day.
    pub(super) fn moment(day: Date, minute: u32) -> Timestamp {
        let minute = if minute < MORNING {
            OPENS + minute
        } else {
            AFTERNOON + (minute - MORNING)
        };
        midnight(day) + SignedDuration::from_mins(minute.into())
    }

    /// When the result of what was received then is due.
    pub(super) fn due(&self, received: Timestamp, limit: TimeLimit) -> Timestamp {
        let rule = TimeRule {
            limit,
            cut_off: None,
            pausing: Vec::new(),
        };
        let due = rule.appointment(received, &self.calendar);
        due.map_or_else(|_| self.guess(received, limit), |it| it.due)
    }

    /// A due moment in a year that the calendar does not know.
    fn guess(&self, received: Timestamp, limit: TimeLimit) -> Timestamp {
        let days = match limit {
            TimeLimit::WorkingDays(days) | TimeLimit::CalendarDays(days) => days,
            TimeLimit::WorkingHours(hours) | TimeLimit::Hours(hours) => hours.div_ceil(8),
            TimeLimit::Months(months) => u16::from(months) * 22,
        };
        let after = following(local_date(received)).skip(1);
        let mut working = after.filter(|day| self.is_working(*day));
        let last = working.nth(usize::from(days).clamp(1, MOST_DAYS) - 1);
        last.map_or(received, |day| Self::moment(day, WORKING_MINUTES))
    }

    fn is_working(&self, day: Date) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        self.calendar.is_working(day).unwrap_or(!weekend)
    }
}

/// Every day of a window.
pub(super) fn days_of(window: Window) -> impl Iterator<Item = Date> {
    following(window.first()).take_while(move |day| *day <= window.last())
}

fn following(day: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(day), |day| day.checked_add(1.day()).ok())
}

/// The first moment of a day in Việt Nam.
pub(super) fn midnight(day: Date) -> Timestamp {
    Window::new(day, day).map_or(Timestamp::MIN, Window::begins)
}
