//! The data file of the working calendar.
//!
//! What a reader would get wrong: a province does not repeat the national days. Its
//! entries carry its code in `unit` and stand above the national ones, day by day.

mod raw;

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};

use super::days::{DayKind, SpecialDay, WorkCalendar, Year};
use super::hours::{Hours, Session};
use super::problem::CalendarProblem;
use crate::agency::AgencyCode;
use crate::places::SourceCertainty;
use raw::{File, RawDays, RawHours, RawYear};

/// Years that a calendar may hold.
const YEARS: std::ops::RangeInclusive<i16> = 1945..=2099;
/// The working week where a year names none.
const WEEK: [Weekday; 5] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
];

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

const CERTAINTIES: [(&str, SourceCertainty); 3] = [
    ("seen", SourceCertainty::Seen),
    ("inferred", SourceCertainty::Inferred),
    ("unverified", SourceCertainty::Unverified),
];

/// What was read so far, and what is wrong with it.
#[derive(Default)]
struct Reading {
    problems: Vec<CalendarProblem>,
    /// The years of the calendar below.
    base: BTreeMap<i16, Year>,
    years: BTreeMap<i16, Year>,
    days: BTreeMap<Option<AgencyCode>, BTreeMap<Date, (usize, SpecialDay)>>,
    hours: BTreeMap<Option<AgencyCode>, Vec<(usize, Hours)>>,
}

impl WorkCalendar {
    /// Reads a calendar:
    ///
    /// ```toml
    /// version = "2026-11-1"
    ///
    /// [[year]]
    /// year = 2026
    /// announced = true
    /// source = "Thông báo số 9441 của Bộ Nội vụ"
    /// certainty = "seen"
    ///
    /// [[days]]
    /// dates = ["2026-01-02"]
    /// kind = "swapped-off"
    /// name = "Tết Dương lịch"
    /// source = "12729/VPCP-KGVX ngày 25/12/2025"
    /// certainty = "seen"
    ///
    /// [[hours]]
    /// valid_from = "2026-01-01"
    /// sessions = ["07:30-11:30", "13:30-17:30"]
    /// unit = "H22"
    /// source = "quy chế làm việc"
    /// certainty = "unverified"
    /// ```
    ///
    /// `announced` tells whether all special days of the year stand in the file; while it
    /// is false no date in that year is computed. `week` names other working days than
    /// Monday to Friday. `unit` limits an entry to a province or unit.
    ///
    /// # Errors
    /// Everything that is wrong, table by table in the order of the file.
    pub fn parse(text: &str) -> Result<Self, Vec<CalendarProblem>> {
        Self::read(text, None)
    }

    /// This calendar with a file of the same form above it, as a province has one: its
    /// entries replace those of the same day and unit, and it may announce a year that is
    /// not announced here. Results name both versions.
    ///
    /// # Errors
    /// Everything that is wrong with the file, or with both together.
    pub fn extended(&self, text: &str) -> Result<Self, Vec<CalendarProblem>> {
        Self::read(text, Some(self))
    }

    fn read(text: &str, base: Option<&Self>) -> Result<Self, Vec<CalendarProblem>> {
        let file: File = toml::from_str(text)
            .map_err(|error| vec![CalendarProblem::Syntax(error.message().to_owned())])?;
        let mut reading = Reading {
            base: base.map(|base| base.years.clone()).unwrap_or_default(),
            ..Reading::default()
        };
        for (entry, raw) in (1..).zip(file.year) {
            reading.year(entry, raw);
        }
        for (entry, raw) in (1..).zip(file.days) {
            reading.days(entry, raw);
        }
        for (entry, raw) in (1..).zip(file.hours) {
            reading.hours(entry, raw);
        }
        let (calendar, mut problems) = reading.above(base, &file.version);
        pairs(&calendar, &mut problems);
        if problems.is_empty() {
            Ok(calendar)
        } else {
            Err(problems)
        }
    }
}

impl Reading {
    fn year(&mut self, entry: usize, raw: RawYear) {
        let at = At {
            table: "year",
            entry,
        };
        let certainty = self.certainty(at, raw.certainty);
        self.text(at, "source", raw.source);
        let announced = self.present(at, "announced", raw.announced);
        let mut week = Vec::new();
        if raw.week.as_ref().is_some_and(Vec::is_empty) {
            self.missing(at, "week");
        }
        for name in raw.week.iter().flatten() {
            week.extend(self.one_of(at, "week", name, &WEEKDAYS));
        }
        let Some(found) = self.present(at, "year", raw.year) else {
            return;
        };
        let Some(year) = i16::try_from(found).ok().filter(|it| YEARS.contains(it)) else {
            return self.problems.push(CalendarProblem::Year { entry, found });
        };
        if raw.week.is_none() {
            week.extend(WEEK);
        }
        let known = Year {
            announced: announced.unwrap_or_default(),
            week,
            certainty: certainty.unwrap_or(SourceCertainty::Unverified),
        };
        if self.years.insert(year, known).is_some() {
            self.problems
                .push(CalendarProblem::YearAgain { entry, year });
        }
    }

    fn days(&mut self, entry: usize, raw: RawDays) {
        let at = At {
            table: "days",
            entry,
        };
        let kinds = DayKind::ALL.map(|kind| (kind.name(), kind));
        let kind = self.present(at, "kind", raw.kind);
        let kind = kind.and_then(|name| self.one_of(at, "kind", &name, &kinds));
        let name = self.text(at, "name", raw.name);
        let source = self.text(at, "source", raw.source);
        let certainty = self.certainty(at, raw.certainty);
        let unit = self.unit(at, raw.unit.as_deref());
        let dates = raw.dates.filter(|dates| !dates.is_empty());
        let dates = self.present(at, "dates", dates).unwrap_or_default();
        let dates: Vec<Date> = dates
            .iter()
            .filter_map(|text| self.date(at, text))
            .collect();
        for date in dates {
            let known = self.years.get(&date.year());
            let Some(year) = known.or_else(|| self.base.get(&date.year())) else {
                self.problems
                    .push(CalendarProblem::DayWithoutYear { entry, date });
                continue;
            };
            let (Some(kind), Some(unit)) = (kind, unit.clone()) else {
                continue;
            };
            if unit.is_none() && is_idle(kind, year.week.contains(&date.weekday())) {
                self.problems
                    .push(CalendarProblem::Idle { entry, date, kind });
            }
            let day = SpecialDay {
                kind,
                name: name.clone().unwrap_or_default(),
                source: source.clone().unwrap_or_default(),
                certainty: certainty.unwrap_or(SourceCertainty::Unverified),
            };
            let earlier = self
                .days
                .entry(unit)
                .or_default()
                .insert(date, (entry, day));
            if let Some((earlier, _)) = earlier {
                self.problems.push(CalendarProblem::DayAgain {
                    entry,
                    earlier,
                    date,
                });
            }
        }
    }

    fn hours(&mut self, entry: usize, raw: RawHours) {
        let at = At {
            table: "hours",
            entry,
        };
        self.text(at, "source", raw.source);
        let certainty = self.certainty(at, raw.certainty);
        let unit = self.unit(at, raw.unit.as_deref());
        let valid_from = self.present(at, "valid_from", raw.valid_from);
        let valid_from = valid_from.and_then(|text| self.date(at, &text));
        let sessions = raw.sessions.filter(|sessions| !sessions.is_empty());
        let texts = self.present(at, "sessions", sessions).unwrap_or_default();
        let mut sessions: Vec<Session> = Vec::with_capacity(texts.len());
        for found in texts {
            let follows = |it: &Session| sessions.last().is_none_or(|last| last.to <= it.from);
            match Session::parse(&found).filter(follows) {
                Some(session) => sessions.push(session),
                None => self
                    .problems
                    .push(CalendarProblem::Session { entry, found }),
            }
        }
        let (Some(valid_from), Some(unit)) = (valid_from, unit) else {
            return;
        };
        let of_unit = self.hours.entry(unit).or_default();
        let again = of_unit.iter().find(|(_, it)| it.valid_from == valid_from);
        if let Some(&(earlier, _)) = again {
            self.problems
                .push(CalendarProblem::HoursAgain { entry, earlier });
        }
        let hours = Hours {
            valid_from,
            sessions,
            certainty: certainty.unwrap_or(SourceCertainty::Unverified),
        };
        of_unit.push((entry, hours));
    }

    /// What was read, above the calendar `base`.
    fn above(
        self,
        base: Option<&WorkCalendar>,
        version: &str,
    ) -> (WorkCalendar, Vec<CalendarProblem>) {
        let mut calendar = base.cloned().unwrap_or_else(|| WorkCalendar {
            version: String::new(),
            years: BTreeMap::new(),
            days: BTreeMap::new(),
            hours: BTreeMap::new(),
        });
        if base.is_some() {
            calendar.version.push('+');
        }
        calendar.version.push_str(version);
        calendar.years.extend(self.years);
        for (unit, days) in self.days {
            let days = days.into_iter().map(|(date, (_, day))| (date, day));
            calendar.days.entry(unit).or_default().extend(days);
        }
        for (unit, hours) in self.hours {
            let known = calendar.hours.entry(unit).or_default();
            for (_, hours) in hours {
                known.retain(|it| it.valid_from != hours.valid_from);
                known.push(hours);
            }
            known.sort_by_key(|hours| hours.valid_from);
        }
        (calendar, self.problems)
    }

    fn present<T>(&mut self, at: At, key: &'static str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.missing(at, key);
        }
        value
    }

    fn missing(&mut self, At { table, entry }: At, key: &'static str) {
        let problem = CalendarProblem::Missing { table, entry, key };
        self.problems.push(problem);
    }

    fn text(&mut self, at: At, key: &'static str, value: Option<String>) -> Option<String> {
        self.present(at, key, value.filter(|text| !text.trim().is_empty()))
    }

    fn certainty(&mut self, at: At, value: Option<String>) -> Option<SourceCertainty> {
        let name = self.present(at, "certainty", value)?;
        self.one_of(at, "certainty", &name, &CERTAINTIES)
    }

    fn one_of<T: Copy>(
        &mut self,
        At { table, entry }: At,
        key: &'static str,
        found: &str,
        known: &[(&'static str, T)],
    ) -> Option<T> {
        let value = known.iter().find(|(name, _)| *name == found);
        if value.is_none() {
            self.problems.push(CalendarProblem::Unknown {
                table,
                entry,
                key,
                found: found.to_owned(),
                known: known.iter().map(|(name, _)| *name).collect(),
            });
        }
        value.map(|&(_, value)| value)
    }

    fn date(&mut self, At { table, entry }: At, text: &str) -> Option<Date> {
        let date = text.parse().ok();
        if date.is_none() {
            let found = text.to_owned();
            self.problems.push(CalendarProblem::Day {
                table,
                entry,
                found,
            });
        }
        date
    }

    /// The unit, or the country; `None` where it is wrong.
    #[expect(
        clippy::option_option,
        reason = "no unit means the country, which is not the same as a wrong unit"
    )]
    fn unit(&mut self, At { table, entry }: At, text: Option<&str>) -> Option<Option<AgencyCode>> {
        let Some(text) = text else {
            return Some(None);
        };
        let unit = AgencyCode::parse(text).ok();
        if unit.is_none() {
            self.problems.push(CalendarProblem::Unit { table, entry });
        }
        unit.map(Some)
    }
}

/// Reports years in which swapped days do not come in pairs.
fn pairs(calendar: &WorkCalendar, problems: &mut Vec<CalendarProblem>) {
    for (unit, days) in &calendar.days {
        for &year in calendar.years.keys() {
            let count = |kind| {
                let of_kind =
                    |(date, day): &(&Date, &SpecialDay)| date.year() == year && day.kind == kind;
                days.iter().filter(of_kind).count()
            };
            let (off, on) = (count(DayKind::SwappedOff), count(DayKind::SwappedOn));
            if off != on {
                let unit = unit.clone();
                problems.push(CalendarProblem::Unpaired {
                    year,
                    unit,
                    off,
                    on,
                });
            }
        }
    }
}

/// Which entry of which table.
#[derive(Clone, Copy)]
struct At {
    table: &'static str,
    entry: usize,
}

/// Whether a national day of this kind says what its weekday says anyway. A holiday may fall
/// on a day of rest: it is then replaced by a substitute, and is still a holiday.
fn is_idle(kind: DayKind, weekday_works: bool) -> bool {
    match kind {
        DayKind::Holiday => false,
        DayKind::Substitute | DayKind::SwappedOff | DayKind::Closed => !weekday_works,
        DayKind::SwappedOn | DayKind::Open => weekday_works,
    }
}
