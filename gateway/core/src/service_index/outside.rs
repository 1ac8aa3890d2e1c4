//! Counts for the index that the gateway cannot see, as the operator knows them from
//! elsewhere (administration.md 4.2).
//!
//! What a reader would get wrong: a count is about its days and its agency, and about no
//! others. Nothing is added up or shared out: for a quarter there is a count of the quarter,
//! or none.

mod problem;

pub use problem::OutsideProblem;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Deserialize;

use super::IndexRules;
use crate::agency::AgencyCode;
use crate::observation::Window;

/// Counts from outside the gateway.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OutsideFigures {
    version: String,
    figures: Vec<Entry>,
    home: Option<AgencyCode>,
}

/// A count of a period and an agency.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    window: Window,
    unit: Option<AgencyCode>,
    code: String,
    figure: OutsideFigure,
}

/// A count with where it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutsideFigure {
    /// The count.
    pub count: u64,
    /// Where it was read: the report, its day.
    pub source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: Option<String>,
    #[serde(default)]
    figure: Vec<Raw>,
}

/// Every key may be missing, so that one such count does not hide the next.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    first_day: Option<String>,
    last_day: Option<String>,
    unit: Option<String>,
    code: Option<String>,
    count: Option<i64>,
    source: Option<String>,
}

impl OutsideFigures {
    /// Reads an operator's counts:
    ///
    /// ```toml
    /// version = "H60-2026-10"
    ///
    /// [[figure]]
    /// first_day = "2026-10-01"
    /// last_day = "2026-10-31"
    /// unit = "H60.12"        # optional; without it the whole province
    /// code = "petitions"     # as in the rule files of the readings
    /// count = 128
    /// source = "Báo cáo phản ánh, kiến nghị tháng 10/2026"
    /// ```
    ///
    /// The codes are those of `index`, but for those that `is_own` says the gateway counts
    /// itself.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the file.
    pub fn parse(
        text: &str,
        index: &[IndexRules],
        is_own: impl Fn(&str) -> bool,
    ) -> Result<Self, Vec<OutsideProblem>> {
        let file: File = toml::from_str(text)
            .map_err(|error| vec![OutsideProblem::Syntax(error.message().to_owned())])?;
        let components = index.iter().flat_map(IndexRules::components);
        let known: BTreeSet<&str> = components.flat_map(|it| it.figures()).collect();
        let mut problems = Vec::new();
        let version = file.version.unwrap_or_default().trim().to_owned();
        if version.is_empty() {
            problems.push(OutsideProblem::Version);
        }
        let mut figures: Vec<(usize, Entry)> = Vec::with_capacity(file.figure.len());
        for (entry, raw) in (1..).zip(file.figure) {
            let mut reading = Reading {
                entry,
                known: &known,
                is_own: &is_own,
                problems: &mut problems,
            };
            let Some(figure) = reading.figure(raw) else {
                continue;
            };
            let same = |other: &Entry| {
                (&other.code, &other.unit, other.window)
                    == (&figure.code, &figure.unit, figure.window)
            };
            if let Some((earlier, _)) = figures.iter().find(|(_, other)| same(other)) {
                let earlier = *earlier;
                problems.push(OutsideProblem::Again { entry, earlier });
            }
            figures.push((entry, figure));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            version,
            figures: figures.into_iter().map(|(_, figure)| figure).collect(),
            home: None,
        })
    }

    /// The same in the province with this mã định danh: a count of that agency is one of the
    /// whole province. Where the file has both, the one without an agency counts.
    #[must_use]
    pub fn of_province(self, home: Option<AgencyCode>) -> Self {
        Self { home, ..self }
    }

    /// Version of the file; empty where there is none.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The counts of exactly these days and this agency, or the whole province without one,
    /// by their codes.
    #[must_use]
    pub fn of(&self, window: Window, unit: Option<&AgencyCode>) -> BTreeMap<&str, &OutsideFigure> {
        let unit = self.below_home(unit);
        let figures = self.figures.iter();
        let mut meant: Vec<&Entry> = figures
            .filter(|it| it.window == window && self.below_home(it.unit.as_ref()) == unit)
            .collect();
        meant.sort_by_key(|it| it.unit.is_none());
        let figures = meant.into_iter().map(|it| (it.code.as_str(), &it.figure));
        figures.collect()
    }
}

impl OutsideFigures {
    /// The agency; `None` for the whole province, by whatever name.
    fn below_home<'u>(&self, unit: Option<&'u AgencyCode>) -> Option<&'u AgencyCode> {
        unit.filter(|unit| Some(*unit) != self.home.as_ref())
    }
}

/// Reads one count and keeps what is wrong with it.
struct Reading<'p, F> {
    entry: usize,
    known: &'p BTreeSet<&'p str>,
    is_own: &'p F,
    problems: &'p mut Vec<OutsideProblem>,
}

impl<F: Fn(&str) -> bool> Reading<'_, F> {
    /// The count; `None` when anything is wrong with it.
    fn figure(&mut self, raw: Raw) -> Option<Entry> {
        let entry = self.entry;
        let before = self.problems.len();
        let first = self.day("first_day", raw.first_day);
        let last = self.day("last_day", raw.last_day);
        let window = first.zip(last).and_then(|(first, last)| {
            let window = Window::new(first, last).ok();
            if window.is_none() {
                self.problems.push(OutsideProblem::Backwards { entry });
            }
            window
        });
        let unit = raw.unit.map(|text| AgencyCode::parse(&text));
        if matches!(unit, Some(Err(_))) {
            self.problems.push(OutsideProblem::Unit { entry });
        }
        let code = self.text("code", raw.code);
        if let Some(found) = &code {
            self.problems.extend(self.refused(found));
        }
        let count = self.given("count", raw.count).and_then(|found| {
            let count = u64::try_from(found).ok();
            if count.is_none() {
                self.problems.push(OutsideProblem::Count { entry, found });
            }
            count
        });
        let source = self.text("source", raw.source);
        if self.problems.len() > before {
            return None;
        }
        Some(Entry {
            window: window?,
            unit: unit.and_then(Result::ok),
            code: code?,
            figure: OutsideFigure {
                count: count?,
                source: source?,
            },
        })
    }

    /// Why a code is none that can be given.
    fn refused(&self, found: &str) -> Option<OutsideProblem> {
        let entry = self.entry;
        if (self.is_own)(found) {
            let found = found.to_owned();
            return Some(OutsideProblem::Own { entry, found });
        }
        (!self.known.contains(found)).then(|| OutsideProblem::Unknown {
            entry,
            found: found.to_owned(),
        })
    }

    fn text(&mut self, key: &'static str, value: Option<String>) -> Option<String> {
        let text = value.map(|text| text.trim().to_owned());
        self.given(key, text.filter(|text| !text.is_empty()))
    }

    fn given<T>(&mut self, key: &'static str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            let entry = self.entry;
            self.problems.push(OutsideProblem::Missing { entry, key });
        }
        value
    }

    fn day(&mut self, key: &'static str, text: Option<String>) -> Option<Date> {
        let found = self.given(key, text)?;
        let day = found.parse().ok();
        if day.is_none() {
            let entry = self.entry;
            self.problems
                .push(OutsideProblem::Day { entry, key, found });
        }
        day
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        version = "H60-1"

        [[figure]]
        first_day = "2026-10-01"
        last_day = "2026-10-31"
        code = "petitions"
        count = 128
        source = "Báo cáo thử"

        [[figure]]
        first_day = "2026-10-01"
        last_day = "2026-10-31"
        unit = "H60.12"
        code = "petitions"
        count = 0
        source = "Báo cáo thử"
    "#;

    fn parse(text: &str) -> Result<OutsideFigures, Vec<OutsideProblem>> {
        let index = IndexRules::shipped().unwrap();
        OutsideFigures::parse(text, &index, |code| code == "dossiers_received")
    }

    fn window(first: &str, last: &str) -> Window {
        Window::new(first.parse().unwrap(), last.parse().unwrap()).unwrap()
    }

    #[test]
    fn a_count_is_of_its_own_days_and_agency_alone() {
        let figures = parse(GOOD).unwrap();
        let unit = AgencyCode::parse("H60.12").unwrap();
        let october = window("2026-10-01", "2026-10-31");
        let count = |window, unit| {
            let found = figures.of(window, unit);
            found.get("petitions").map(|it| it.count)
        };
        assert_eq!(count(october, None), Some(128));
        assert_eq!(count(october, Some(&unit)), Some(0));
        let other = AgencyCode::parse("H60.13").unwrap();
        assert_eq!(count(october, Some(&other)), None);
        for (first, last) in [
            ("2026-10-01", "2026-10-30"),
            ("2026-10-02", "2026-10-31"),
            ("2026-09-01", "2026-10-31"),
        ] {
            assert_eq!(count(window(first, last), None), None, "{first} {last}");
        }
    }

    #[test]
    fn a_count_of_the_provinces_own_code_is_one_of_the_whole_province() {
        let home = AgencyCode::parse("H60").unwrap();
        let text = GOOD.replacen("code = ", "unit = \"H60\"\ncode = ", 1);
        let figures = parse(&text).unwrap().of_province(Some(home.clone()));
        let october = window("2026-10-01", "2026-10-31");
        for unit in [None, Some(&home)] {
            let found = figures.of(october, unit);
            assert_eq!(found.get("petitions").map(|it| it.count), Some(128));
        }
        let unit = AgencyCode::parse("H60.12").unwrap();
        assert_eq!(figures.of(october, Some(&unit))["petitions"].count, 0);
    }

    #[test]
    fn everything_wrong_with_the_counts_is_told_at_once() {
        let text = r#"
            [[figure]]
            first_day = "2026-02-30"
            unit = "?"
            code = "no_such_count"
            count = -1
            source = " "

            [[figure]]
            first_day = "2026-10-31"
            last_day = "2026-10-01"
            code = "dossiers_received"
            count = 5
            source = "thử"

            [[figure]]
            first_day = "2026-10-01"
            last_day = "2026-10-31"
            code = "petitions"
            count = 5
            source = "thử"

            [[figure]]
            first_day = "2026-10-01"
            last_day = "2026-10-31"
            code = "petitions"
            count = 6
            source = "thử"
        "#;
        let problems = parse(text).unwrap_err();
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "`version` is missing",
                "figure 1: `first_day` is \"2026-02-30\", not a day such as 2026-07-01",
                "figure 1 has no `last_day`",
                "figure 1: `unit` is not an agency code",
                "figure 1: no reading of the index has a count \"no_such_count\"",
                "figure 1: -1 is no count",
                "figure 1 has no `source`",
                "figure 2 ends before it begins",
                "figure 2: the gateway counts \"dossiers_received\" itself",
                "figure 4 is of the code, the days and the agency of figure 3",
            ]
        );
    }
}
