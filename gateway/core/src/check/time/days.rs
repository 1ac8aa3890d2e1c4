//! Working days and hours of one agency, added up once so that a dossier costs no walk through
//! the calendar.

use jiff::civil::{Date, Time};
use jiff::{Span, Timestamp};

use crate::calendar::{CalendarGap, Session, TimeLimit, UnitCalendar};
use crate::wire_time::viet_nam;

/// Longest stretch that is added up, in days.
const MOST_DAYS: i64 = 3_000;

/// The days of an agency around the window. Days outside it are asked of the calendar.
pub(in crate::check) struct DayTable<'c> {
    calendar: UnitCalendar<'c>,
    first: Date,
    rows: Vec<Row<'c>>,
}

/// One day.
struct Row<'c> {
    working: bool,
    /// Working days from the first day of the table up to and with this one.
    days: i64,
    /// Working seconds before this day.
    seconds: i64,
    sessions: &'c [Session],
}

/// How many days lie after `after` up to and with `until`; negative where `until` is earlier.
pub(super) fn days_between(after: Date, until: Date) -> i64 {
    until.duration_since(after).as_hours() / 24
}

impl<'c> DayTable<'c> {
    /// The days from `first` to `last`, as far as the calendar knows them without a gap.
    pub(in crate::check) fn new(calendar: UnitCalendar<'c>, first: Date, last: Date) -> Self {
        let mut rows: Vec<Row<'c>> = Vec::new();
        let (mut days, mut seconds) = (0, 0);
        let mut day = first;
        for _ in 0..=days_between(first, last).min(MOST_DAYS) {
            let (Ok(working), Ok(sessions)) = (calendar.is_working(day), calendar.sessions(day))
            else {
                break;
            };
            days += i64::from(working);
            rows.push(Row {
                working,
                days,
                seconds,
                sessions,
            });
            if working {
                let worked = sessions.iter().map(|it| clock(it.to) - clock(it.from));
                seconds += worked.sum::<i64>();
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        Self {
            calendar,
            first,
            rows,
        }
    }

    pub(super) fn calendar(&self) -> &UnitCalendar<'c> {
        &self.calendar
    }

    fn row(&self, day: Date) -> Option<&Row<'c>> {
        let place = usize::try_from(days_between(self.first, day)).ok()?;
        self.rows.get(place)
    }

    pub(super) fn is_working(&self, day: Date) -> Result<bool, CalendarGap> {
        match self.row(day) {
            Some(row) => Ok(row.working),
            None => self.calendar.is_working(day),
        }
    }

    /// As [`UnitCalendar::working_days_between`].
    pub(super) fn working_days(&self, after: Date, until: Date) -> Result<i64, CalendarGap> {
        if let (Some(from), Some(to)) = (self.row(after), self.row(until)) {
            return Ok((to.days - from.days).max(0));
        }
        let days = self.calendar.working_days_between(after, until)?;
        Ok(i64::from(days))
    }

    /// As [`UnitCalendar::working_time_between`], in seconds.
    pub(super) fn working_seconds(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<i64, CalendarGap> {
        if to <= from {
            return Ok(0);
        }
        let (first, last) = (self.worked_until(from), self.worked_until(to));
        if let (Some(first), Some(last)) = (first, last) {
            return Ok(last - first);
        }
        let time = self.calendar.working_time_between(from, to)?;
        Ok(time.as_secs())
    }

    /// Working seconds from the first day of the table up to `moment`.
    fn worked_until(&self, moment: Timestamp) -> Option<i64> {
        let local = viet_nam().to_datetime(moment);
        let row = self.row(local.date())?;
        if !row.working {
            return Some(row.seconds);
        }
        let now = clock(local.time());
        let worked = row.sessions.iter().map(|session| {
            let from = clock(session.from);
            (now.min(clock(session.to)) - from).max(0)
        });
        Some(row.seconds + worked.sum::<i64>())
    }

    /// The last day of a limit in days or months that is counted from `start`: the next
    /// working day where it would end on a day off. Other limits have none and give `start`.
    pub(super) fn last_day(&self, start: Date, limit: TimeLimit) -> Result<Date, CalendarGap> {
        let span = match limit {
            TimeLimit::CalendarDays(days) => Span::new().days(i64::from(days)),
            TimeLimit::Months(months) => Span::new().months(i64::from(months)),
            TimeLimit::WorkingDays(_) | TimeLimit::WorkingHours(_) | TimeLimit::Hours(_) => {
                return Ok(start);
            }
        };
        let mut day = start.checked_add(span).map_err(|_| CalendarGap::TooFar)?;
        while !self.is_working(day)? {
            day = day.tomorrow().map_err(|_| CalendarGap::TooFar)?;
        }
        Ok(day)
    }
}

/// Seconds since midnight.
fn clock(time: Time) -> i64 {
    i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60 + i64::from(time.second())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::calendar::WorkCalendar;
    use crate::wire_time::local_date;

    fn calendar() -> WorkCalendar {
        WorkCalendar::parse(include_str!("../../../data/working-calendar.toml")).unwrap()
    }

    #[test]
    fn a_day_that_is_not_announced_is_a_gap_and_no_guess() {
        let calendar = calendar();
        let table = DayTable::new(calendar.national(), date(2026, 12, 1), date(2027, 2, 1));
        let gap = CalendarGap::NotAnnounced { year: 2027 };
        let new_year = date(2027, 1, 4);
        assert_eq!(table.working_days(date(2026, 12, 31), new_year), Err(gap));
        assert_eq!(table.is_working(new_year), Err(gap));
    }

    proptest! {
        #[test]
        fn the_table_says_what_the_calendar_says(
            from in 1_767_000_000i64..1_790_000_000,
            hours in 0i64..2_000,
        ) {
            let calendar = calendar();
            let table = DayTable::new(calendar.national(), date(2026, 1, 15), date(2026, 9, 1));
            let from = Timestamp::from_second(from).unwrap();
            let to = from + jiff::SignedDuration::from_hours(hours);
            let national = calendar.national();
            let seconds = national.working_time_between(from, to).unwrap().as_secs();
            prop_assert_eq!(table.working_seconds(from, to), Ok(seconds));
            let (after, until) = (local_date(from), local_date(to));
            let days = national.working_days_between(after, until).unwrap();
            prop_assert_eq!(table.working_days(after, until), Ok(i64::from(days)));
        }
    }
}
