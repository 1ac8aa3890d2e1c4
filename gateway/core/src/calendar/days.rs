//! Which days are working days, for the country and for one unit.
//!
//! What a reader would get wrong: Monday to Friday are not always working days, nor are
//! Saturdays always free; a swap turns both round, and the more special entry wins.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use thiserror::Error;

use super::hours::Hours;
use crate::agency::{AgencyCode, AgencyForm};
use crate::places::SourceCertainty;

/// Lịch làm việc: the announced years, their special days and the office hours, for the
/// country, with the entries of provinces and units above them (administration.md 5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkCalendar {
    pub(super) version: String,
    pub(super) years: BTreeMap<i16, Year>,
    pub(super) days: BTreeMap<Option<AgencyCode>, BTreeMap<Date, SpecialDay>>,
    pub(super) hours: BTreeMap<Option<AgencyCode>, Vec<Hours>>,
}

/// One year of the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Year {
    /// Whether all its special days are announced.
    pub(super) announced: bool,
    pub(super) week: Vec<Weekday>,
    pub(super) certainty: SourceCertainty,
}

/// A day that is not what its weekday makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecialDay {
    /// What makes it special.
    pub kind: DayKind,
    /// Its name in Vietnamese, such as Giỗ Tổ Hùng Vương.
    pub name: String,
    /// The document that says so.
    pub source: String,
    /// How well it is known.
    pub certainty: SourceCertainty,
}

/// What makes a day special.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DayKind {
    /// Nghỉ lễ, Tết.
    Holiday,
    /// Nghỉ bù: a weekday for a holiday that falls on a day of rest.
    Substitute,
    /// Nghỉ hoán đổi: a weekday swapped for another day.
    SwappedOff,
    /// Làm bù: a day of rest that is worked for the weekday swapped.
    SwappedOn,
    /// A unit is closed although the country works, as after a storm.
    Closed,
    /// A unit works although the country does not.
    Open,
}

impl DayKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Holiday,
        Self::Substitute,
        Self::SwappedOff,
        Self::SwappedOn,
        Self::Closed,
        Self::Open,
    ];

    /// Name in data files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Holiday => "holiday",
            Self::Substitute => "substitute",
            Self::SwappedOff => "swapped-off",
            Self::SwappedOn => "swapped-on",
            Self::Closed => "closed",
            Self::Open => "open",
        }
    }

    /// The Vietnamese name for reports.
    #[must_use]
    pub const fn name_vi(self) -> &'static str {
        match self {
            Self::Holiday => "Nghỉ lễ, Tết",
            Self::Substitute => "Nghỉ bù",
            Self::SwappedOff => "Nghỉ hoán đổi",
            Self::SwappedOn => "Làm bù",
            Self::Closed => "Đơn vị nghỉ",
            Self::Open => "Đơn vị làm việc",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether such a day is worked.
    #[must_use]
    pub const fn is_working(self) -> bool {
        match self {
            Self::SwappedOn | Self::Open => true,
            Self::Holiday | Self::Substitute | Self::SwappedOff | Self::Closed => false,
        }
    }
}

/// What the calendar says of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayStanding<'c> {
    /// A weekday like any other.
    Working,
    /// Nghỉ hằng tuần: the weekly rest.
    Rest,
    /// A special day.
    Special(&'c SpecialDay),
}

impl DayStanding<'_> {
    /// Whether the day counts for limits in working days.
    #[must_use]
    pub fn is_working(self) -> bool {
        match self {
            Self::Working => true,
            Self::Rest => false,
            Self::Special(day) => day.kind.is_working(),
        }
    }
}

/// Why the calendar gives no answer. No date is computed then: the reader is told to supply
/// the data (administration.md 5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CalendarGap {
    /// The year is not in the calendar.
    #[error("the working calendar has no year {year}; supply it before dates in it are computed")]
    Year {
        /// Which year.
        year: i16,
    },
    /// The year is in the calendar, but its holidays are not announced in full.
    #[error("the holidays of {year} are not announced in full; no date in it is computed")]
    NotAnnounced {
        /// Which year.
        year: i16,
    },
    /// No office hours count on that day.
    #[error("the working calendar has no office hours for {date}")]
    Hours {
        /// Which day.
        date: Date,
    },
    /// The result lies beyond the last day that can be written.
    #[error("the time limit ends beyond the calendar")]
    TooFar,
}

/// The calendar of one unit: what the unit, its province and the country say, in this order.
#[derive(Debug, Clone)]
pub struct UnitCalendar<'c> {
    calendar: &'c WorkCalendar,
    layers: Vec<&'c BTreeMap<Date, SpecialDay>>,
    hours: Vec<&'c [Hours]>,
}

impl WorkCalendar {
    /// The version that results name beside a date.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The years in which dates can be computed.
    pub fn years(&self) -> impl Iterator<Item = i16> + '_ {
        let announced = self.years.iter().filter(|(_, year)| year.announced);
        announced.map(|(&year, _)| year)
    }

    /// The calendar of the country.
    #[must_use]
    pub fn national(&self) -> UnitCalendar<'_> {
        self.over(|scope| scope.is_none())
    }

    /// The calendar of a unit. An entry for `H22` is for all of the province, one for
    /// `H22.12` also for the units below.
    #[must_use]
    pub fn of(&self, unit: &AgencyCode) -> UnitCalendar<'_> {
        self.over(|scope| scope.is_none_or(|scope| covers(scope, unit)))
    }

    /// The layers that `counts` chooses, the most special first.
    fn over(&self, counts: impl Fn(Option<&AgencyCode>) -> bool) -> UnitCalendar<'_> {
        let special = |scope: Option<&AgencyCode>| scope.map_or(0, |scope| scope.as_str().len());
        let mut layers: Vec<_> = self
            .days
            .iter()
            .filter(|(scope, _)| counts(scope.as_ref()))
            .collect();
        layers.sort_by_key(|(scope, _)| std::cmp::Reverse(special(scope.as_ref())));
        let mut hours: Vec<_> = self
            .hours
            .iter()
            .filter(|(scope, _)| counts(scope.as_ref()))
            .collect();
        hours.sort_by_key(|(scope, _)| std::cmp::Reverse(special(scope.as_ref())));
        UnitCalendar {
            calendar: self,
            layers: layers.into_iter().map(|(_, days)| days).collect(),
            hours: hours
                .into_iter()
                .map(|(_, hours)| hours.as_slice())
                .collect(),
        }
    }
}

/// Whether an entry for `scope` counts for `unit`.
fn covers(scope: &AgencyCode, unit: &AgencyCode) -> bool {
    let below = || {
        unit.form() == AgencyForm::New
            && unit
                .as_str()
                .strip_prefix(scope.as_str())
                .is_some_and(|rest| rest.starts_with('.'))
    };
    scope == unit || scope.as_str() == unit.level1() || below()
}

impl<'c> UnitCalendar<'c> {
    /// The version of the calendar.
    #[must_use]
    pub fn version(&self) -> &'c str {
        self.calendar.version()
    }

    /// What `date` is.
    ///
    /// # Errors
    /// [`CalendarGap`] when its year is not known in full.
    pub fn day(&self, date: Date) -> Result<DayStanding<'c>, CalendarGap> {
        let year = self.year(date)?;
        let special = self.layers.iter().find_map(|days| days.get(&date));
        Ok(match special {
            Some(day) => DayStanding::Special(day),
            None if year.week.contains(&date.weekday()) => DayStanding::Working,
            None => DayStanding::Rest,
        })
    }

    /// Whether `date` is a working day (ngày làm việc).
    ///
    /// # Errors
    /// As [`UnitCalendar::day`].
    pub fn is_working(&self, date: Date) -> Result<bool, CalendarGap> {
        self.day(date).map(DayStanding::is_working)
    }

    /// The first working day on or after `date`.
    ///
    /// # Errors
    /// As [`UnitCalendar::day`], for every day looked at.
    pub fn working_day_from(&self, date: Date) -> Result<Date, CalendarGap> {
        let mut day = date;
        while !self.is_working(day)? {
            day = tomorrow(day)?;
        }
        Ok(day)
    }

    /// The `count`-th working day after `date`, which is not counted itself; `date` where
    /// `count` is 0.
    ///
    /// # Errors
    /// As [`UnitCalendar::day`], for every day counted.
    pub fn add_working_days(&self, date: Date, count: u32) -> Result<Date, CalendarGap> {
        let mut day = date;
        for _ in 0..count {
            day = self.working_day_from(tomorrow(day)?)?;
        }
        Ok(day)
    }

    /// How many working days lie after `after` up to and with `until`; 0 where `until` is
    /// not later. The inverse of [`UnitCalendar::add_working_days`].
    ///
    /// # Errors
    /// As [`UnitCalendar::day`], for every day counted.
    pub fn working_days_between(&self, after: Date, until: Date) -> Result<u32, CalendarGap> {
        let mut count = 0;
        let mut day = after;
        while day < until {
            day = tomorrow(day)?;
            count += u32::from(self.is_working(day)?);
        }
        Ok(count)
    }

    /// How well the days from `first` to `last` are known: as well as the worst of them.
    ///
    /// # Errors
    /// As [`UnitCalendar::day`], for every day.
    pub fn certainty_between(
        &self,
        first: Date,
        last: Date,
    ) -> Result<SourceCertainty, CalendarGap> {
        let mut worst = SourceCertainty::Seen;
        let mut day = first;
        while day <= last {
            worst = least(worst, self.year(day)?.certainty);
            if let DayStanding::Special(special) = self.day(day)? {
                worst = least(worst, special.certainty);
            }
            day = tomorrow(day)?;
        }
        Ok(worst)
    }

    fn year(&self, date: Date) -> Result<&'c Year, CalendarGap> {
        let year = date.year();
        match self.calendar.years.get(&year) {
            None => Err(CalendarGap::Year { year }),
            Some(known) if !known.announced => Err(CalendarGap::NotAnnounced { year }),
            Some(known) => Ok(known),
        }
    }

    /// The office hours that count on `date`, of the most special scope that has some.
    pub(super) fn hours_on(&self, date: Date) -> Result<&'c Hours, CalendarGap> {
        self.hours
            .iter()
            .find_map(|hours| hours.iter().rev().find(|hours| hours.valid_from <= date))
            .ok_or(CalendarGap::Hours { date })
    }
}

/// The less certain of two.
pub(super) fn least(one: SourceCertainty, other: SourceCertainty) -> SourceCertainty {
    use SourceCertainty::{Inferred, Seen, Unverified};
    match (one, other) {
        (Unverified, _) | (_, Unverified) => Unverified,
        (Inferred, _) | (_, Inferred) => Inferred,
        (Seen, Seen) => Seen,
    }
}

pub(super) fn tomorrow(date: Date) -> Result<Date, CalendarGap> {
    date.tomorrow().map_err(|_| CalendarGap::TooFar)
}
