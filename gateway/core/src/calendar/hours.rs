//! Office hours, and the working time between two moments.
//!
//! What a reader would get wrong: a working hour is not an hour on the wall. The lunch
//! break, the night and every day off between two moments count nothing.

use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::days::{CalendarGap, UnitCalendar, tomorrow};
use crate::places::SourceCertainty;
use crate::wire_time::local_date;

const VIET_NAM: Offset = Offset::constant(7);

/// One stretch of office hours, such as the morning (buổi làm việc).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// When it begins.
    pub from: Time,
    /// When it ends.
    pub to: Time,
}

/// The office hours from one day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hours {
    pub(super) valid_from: Date,
    /// At least one, in order, without overlaps.
    pub(super) sessions: Vec<Session>,
    pub(super) certainty: SourceCertainty,
}

impl Session {
    /// Reads `07:30-11:30`; `None` when it is none or ends before it begins.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        let from: Time = from.trim().parse().ok()?;
        let to: Time = to.trim().parse().ok()?;
        (from < to).then_some(Self { from, to })
    }
}

impl<'c> UnitCalendar<'c> {
    /// When the office closes on `date`, whether or not that is a working day.
    ///
    /// # Errors
    /// [`CalendarGap::Hours`].
    pub fn closing(&self, date: Date) -> Result<Timestamp, CalendarGap> {
        let last = self.hours_on(date)?.sessions.last();
        last.map_or(Err(CalendarGap::Hours { date }), |session| {
            moment(date, session.to)
        })
    }

    /// When the office opens on `date`, whether or not that is a working day.
    ///
    /// # Errors
    /// [`CalendarGap::Hours`].
    pub fn opening(&self, date: Date) -> Result<Timestamp, CalendarGap> {
        let first = self.hours_on(date)?.sessions.first();
        first.map_or(Err(CalendarGap::Hours { date }), |session| {
            moment(date, session.from)
        })
    }

    /// The stretches of work on `date`, whether or not that is a working day.
    ///
    /// # Errors
    /// [`CalendarGap::Hours`].
    pub fn sessions(&self, date: Date) -> Result<&'c [Session], CalendarGap> {
        self.hours_on(date).map(|hours| hours.sessions.as_slice())
    }

    /// The working time (giờ làm việc) from `from` to `to`; zero where `to` is not later.
    ///
    /// # Errors
    /// [`CalendarGap`] for any day on the way.
    pub fn working_time_between(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<SignedDuration, CalendarGap> {
        let mut sum = SignedDuration::ZERO;
        if to <= from {
            return Ok(sum);
        }
        let mut day = local_date(from);
        let last = local_date(to);
        while day <= last {
            for (opens, closes) in self.sessions_on(day)? {
                let begins = opens.max(from);
                let ends = closes.min(to);
                if begins < ends {
                    sum += ends.duration_since(begins);
                }
            }
            day = tomorrow(day)?;
        }
        Ok(sum)
    }

    /// The moment at which `time` of working time has gone by since `from`. Zero gives
    /// `from`; a whole day's work gives the close of that day, not the next morning.
    ///
    /// # Errors
    /// [`CalendarGap`] for any day on the way.
    pub fn add_working_time(
        &self,
        from: Timestamp,
        time: SignedDuration,
    ) -> Result<Timestamp, CalendarGap> {
        let mut left = time;
        let mut day = local_date(from);
        if left <= SignedDuration::ZERO {
            return Ok(from);
        }
        loop {
            for (opens, closes) in self.sessions_on(day)? {
                let begins = opens.max(from);
                let worked = closes.duration_since(begins);
                if worked >= left {
                    return begins.checked_add(left).map_err(|_| CalendarGap::TooFar);
                }
                if worked > SignedDuration::ZERO {
                    left -= worked;
                }
            }
            day = tomorrow(day)?;
        }
    }

    /// The stretches of work on `date`; none on a day off.
    fn sessions_on(&self, date: Date) -> Result<Vec<(Timestamp, Timestamp)>, CalendarGap> {
        if !self.is_working(date)? {
            return Ok(Vec::new());
        }
        let sessions = self.hours_on(date)?.sessions.iter();
        sessions
            .map(|it| Ok((moment(date, it.from)?, moment(date, it.to)?)))
            .collect()
    }
}

/// Clock time in Viet Nam.
pub(super) fn moment(date: Date, time: Time) -> Result<Timestamp, CalendarGap> {
    let local = date.to_datetime(time);
    VIET_NAM
        .to_timestamp(local)
        .map_err(|_| CalendarGap::TooFar)
}

/// The clock on the wall in Viet Nam.
pub(super) fn local_time(moment: Timestamp) -> Time {
    VIET_NAM.to_datetime(moment).time()
}
