//! Time limits of procedures, and the day on which the result is due.
//!
//! What a reader would get wrong: the day of receipt is not counted, and a limit of 0
//! working days means the same day, for which the cut-off of the procedure decides.

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Span, Timestamp};

use super::days::{CalendarGap, UnitCalendar, least, tomorrow};
use super::hours::local_time;
use super::legal_clock::PauseReason;
use crate::places::SourceCertainty;
use crate::wire_time::local_date;

/// Thời hạn giải quyết, in the unit in which it is published (administration.md 5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeLimit {
    /// Ngày làm việc; 0 for procedures that are settled on the day.
    WorkingDays(u16),
    /// Ngày.
    CalendarDays(u16),
    /// Giờ làm việc.
    WorkingHours(u16),
    /// Giờ.
    Hours(u16),
    /// Tháng.
    Months(u8),
}

/// The time rules of one version of a procedure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeRule {
    /// Thời hạn giải quyết.
    pub limit: TimeLimit,
    /// What is received after this time of a working day counts as received on the next
    /// one; 15:00 for same-day procedures in two decisions of Hà Nội (administration.md
    /// 5.1). `None` where the procedure has no such rule.
    pub cut_off: Option<Time>,
    /// Which pauses stop the clock. Whether a financial duty does depends on the procedure
    /// (administration.md 5.4).
    pub pausing: Vec<PauseReason>,
}

/// When a dossier counts as received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// The moment from which hours are counted.
    pub at: Timestamp,
    /// The day after which days are counted.
    pub on: Date,
    /// Whether the cut-off moved it to the next working day.
    pub moved: bool,
}

/// Ngày hẹn trả: when the result is due, and how well the days up to it are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// The last moment that is in time.
    pub due: Timestamp,
    /// How well the days that were counted are known, and for a limit in working hours the
    /// office hours too; a date that rests on an unverified holiday says so.
    pub certainty: SourceCertainty,
    /// Version of the calendar; a date once given keeps it (administration.md 5.1).
    pub calendar: String,
}

impl TimeRule {
    /// When a dossier that came in at `received` counts as received. On a day off the
    /// cut-off says nothing: the next working day is the first that is counted anyway.
    ///
    /// # Errors
    /// [`CalendarGap`].
    pub fn received(
        &self,
        received: Timestamp,
        calendar: &UnitCalendar<'_>,
    ) -> Result<Received, CalendarGap> {
        let on = local_date(received);
        let late_in_the_day = self
            .cut_off
            .is_some_and(|cut_off| local_time(received) > cut_off);
        if !late_in_the_day || !calendar.is_working(on)? {
            return Ok(Received {
                at: received,
                on,
                moved: false,
            });
        }
        let next = calendar.working_day_from(tomorrow(on)?)?;
        Ok(Received {
            at: calendar.opening(next)?,
            on: next,
            moved: true,
        })
    }

    /// When the result of a dossier received then is due, without any pause. Limits in days
    /// and months end at the close of the office; where calendar days or months end on a
    /// day off, at the close of the next working day.
    ///
    /// # Errors
    /// [`CalendarGap`]; no date is guessed.
    pub fn appointment(
        &self,
        received: Timestamp,
        calendar: &UnitCalendar<'_>,
    ) -> Result<Appointment, CalendarGap> {
        self.appointment_with(received, Extension::default(), calendar)
    }

    /// As [`TimeRule::appointment`], moved by what the clock stood still.
    pub(super) fn appointment_with(
        &self,
        received: Timestamp,
        extension: Extension,
        calendar: &UnitCalendar<'_>,
    ) -> Result<Appointment, CalendarGap> {
        let start = self.received(received, calendar)?;
        let due = self.due(start, extension, calendar)?;
        let mut certainty = calendar.certainty_between(local_date(received), local_date(due))?;
        if matches!(self.limit, TimeLimit::WorkingHours(_)) {
            certainty = least(certainty, calendar.hours_on(local_date(due))?.certainty);
        }
        Ok(Appointment {
            due,
            certainty,
            calendar: calendar.version().to_owned(),
        })
    }

    fn due(
        &self,
        start: Received,
        extension: Extension,
        calendar: &UnitCalendar<'_>,
    ) -> Result<Timestamp, CalendarGap> {
        let date = match self.limit {
            TimeLimit::Hours(hours) => {
                let time = SignedDuration::from_hours(hours.into()) + extension.time;
                return start.at.checked_add(time).map_err(|_| CalendarGap::TooFar);
            }
            TimeLimit::WorkingHours(hours) => {
                let time = SignedDuration::from_hours(hours.into()) + extension.working_time;
                return calendar.add_working_time(start.at, time);
            }
            TimeLimit::WorkingDays(days) => {
                let first = if days == 0 {
                    calendar.working_day_from(start.on)?
                } else {
                    start.on
                };
                calendar.add_working_days(first, u32::from(days) + extension.working_days)?
            }
            TimeLimit::CalendarDays(days) => {
                let days = Span::new().days(i64::from(days) + extension.days);
                calendar.working_day_from(later(start.on, days)?)?
            }
            TimeLimit::Months(months) => {
                let end = later(start.on, Span::new().months(i64::from(months)))?;
                let end = later(end, Span::new().days(extension.days))?;
                calendar.working_day_from(end)?
            }
        };
        calendar.closing(date)
    }
}

/// How long the clock stood still, in every unit in which a limit may be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Extension {
    pub(super) working_days: u32,
    pub(super) days: i64,
    pub(super) working_time: SignedDuration,
    pub(super) time: SignedDuration,
}

fn later(date: Date, span: Span) -> Result<Date, CalendarGap> {
    date.checked_add(span).map_err(|_| CalendarGap::TooFar)
}
