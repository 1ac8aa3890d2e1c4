//! What may be wrong with a calendar file, all of which is told at once.
//!
//! What a reader would get wrong: entries are counted within their table, so "days 3" is the
//! third `[[days]]` and not the third table of the file.

use std::fmt;

use jiff::civil::{Date, Weekday};
use thiserror::Error;

use super::days::DayKind;
use crate::agency::AgencyCode;

/// One thing that is wrong with a calendar file. Entries are counted from 1 within their
/// table; nothing in such a file is secret, so it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CalendarProblem {
    /// Not TOML, or not with the expected keys.
    #[error("is not a working calendar: {0}")]
    Syntax(String),
    /// A key of an entry is missing or empty.
    #[error("{table} {entry} has no `{key}`")]
    Missing {
        /// `year`, `days` or `hours`.
        table: &'static str,
        /// Which entry.
        entry: usize,
        /// Which key.
        key: &'static str,
    },
    /// A value that is not one of those known.
    #[error("{table} {entry}: `{key}` is \"{found}\"; known are {}", known.join(", "))]
    Unknown {
        /// `year`, `days` or `hours`.
        table: &'static str,
        /// Which entry.
        entry: usize,
        /// Which key.
        key: &'static str,
        /// What stands there.
        found: String,
        /// What may stand there.
        known: Vec<&'static str>,
    },
    /// A year outside 1945 to 2099.
    #[error("year {entry}: {found} is not a year between 1945 and 2099")]
    Year {
        /// Which entry.
        entry: usize,
        /// What stands there.
        found: i64,
    },
    /// A year that stands twice.
    #[error("year {entry}: {year} stands there already")]
    YearAgain {
        /// Which entry.
        entry: usize,
        /// Which year.
        year: i16,
    },
    /// A day that the calendar does not have, such as 2026-02-30.
    #[error("{table} {entry}: \"{found}\" is not a day such as 2026-07-01")]
    Day {
        /// `days` or `hours`.
        table: &'static str,
        /// Which entry.
        entry: usize,
        /// What stands there.
        found: String,
    },
    /// A day of a year that neither the file nor the calendar below it has.
    #[error("days {entry}: {date} is in no year of the calendar")]
    DayWithoutYear {
        /// Which entry.
        entry: usize,
        /// Which day.
        date: Date,
    },
    /// A day that stands twice for one unit.
    #[error("days {entry}: {date} stands there already, in days {earlier}")]
    DayAgain {
        /// Which entry.
        entry: usize,
        /// The one before.
        earlier: usize,
        /// Which day.
        date: Date,
    },
    /// A weekday off that is a day of rest anyway, or a day worked that is worked anyway:
    /// most often a slip in the date.
    #[error("days {entry}: {date} is a {}, so `{}` changes nothing", weekday(*date), kind.name())]
    Idle {
        /// Which entry.
        entry: usize,
        /// Which day.
        date: Date,
        /// What it is called.
        kind: DayKind,
    },
    /// Swapped days must come in pairs within a year.
    #[error("{year} has {off} days swapped off and {on} swapped on{}", of_unit(unit.as_ref()))]
    Unpaired {
        /// Which year.
        year: i16,
        /// For which unit; `None` for the country.
        unit: Option<AgencyCode>,
        /// Days swapped off.
        off: usize,
        /// Days swapped on.
        on: usize,
    },
    /// `unit` is no agency code.
    #[error("{table} {entry}: `unit` is not an agency code")]
    Unit {
        /// `days` or `hours`.
        table: &'static str,
        /// Which entry.
        entry: usize,
    },
    /// Something that is no session, or one that begins before the last has ended.
    #[error("hours {entry}: \"{found}\" is not a session such as 07:30-11:30 after the one before")]
    Session {
        /// Which entry.
        entry: usize,
        /// What stands there.
        found: String,
    },
    /// Two entries of office hours for one unit from the same day.
    #[error("hours {entry} begin on the same day as hours {earlier}")]
    HoursAgain {
        /// Which entry.
        entry: usize,
        /// The one before.
        earlier: usize,
    },
}

fn weekday(date: Date) -> &'static str {
    match date.weekday() {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

fn of_unit(unit: Option<&AgencyCode>) -> impl fmt::Display {
    unit.map_or_else(String::new, |unit| format!(" for {}", unit.as_str()))
}
