//! How many dossiers there were, from a source outside the gateway, and so what share of them
//! the gateway saw (coverage, administration.md 3.5).
//!
//! What a reader would get wrong: no total, no coverage. Nothing is estimated from a longer or
//! a shorter time, and more dossiers seen than there were is told as it is: one of the two
//! numbers is wrong.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Deserialize;
use thiserror::Error;

use super::Window;
use crate::agency::AgencyCode;
use crate::essential::ServiceNumber;
use crate::ports::observations::ServiceTotal;
use crate::share::Share;

/// What share of a service's dossiers the gateway saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coverage {
    /// No totals are known that cover the days, all of them and no others.
    Unknown,
    /// So many of all.
    Known(Share),
    /// More than there were by the totals: one of the two is wrong.
    Above {
        /// What the gateway saw.
        seen: u64,
        /// What the totals say.
        total: u64,
    },
}

/// The coverage of `service` in `window`, for `unit` or, without one, the whole province;
/// `seen` are its dossiers that were received in those days. Several totals are added up
/// where their days are those of the window.
#[must_use]
pub fn coverage(
    totals: &[ServiceTotal],
    service: ServiceNumber,
    unit: Option<&AgencyCode>,
    window: Window,
    seen: u64,
) -> Coverage {
    let mut parts: Vec<&ServiceTotal> = totals
        .iter()
        .filter(|total| total.service == service && total.unit.as_ref() == unit)
        .filter(|total| {
            window.contains(total.window.first()) && window.contains(total.window.last())
        })
        .collect();
    parts.sort_unstable_by_key(|total| total.window.first());
    let mut next = Some(window.first());
    let mut total: u64 = 0;
    for part in parts {
        if next != Some(part.window.first()) {
            return Coverage::Unknown;
        }
        next = part.window.last().checked_add(1.day()).ok();
        total = total.saturating_add(part.dossiers);
    }
    if next != window.last().checked_add(1.day()).ok() {
        return Coverage::Unknown;
    }
    Share::new(seen, total).map_or(Coverage::Above { seen, total }, Coverage::Known)
}

/// One thing that is wrong with a file of totals; they are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TotalsProblem {
    /// Not TOML, or not with the expected keys.
    #[error("is not a file of totals: {0}")]
    Syntax(String),
    /// A key is missing or empty.
    #[error("total {entry} has no `{key}`")]
    Missing {
        /// Which total.
        entry: usize,
        /// Which key.
        key: &'static str,
    },
    /// `service` is no number of a service.
    #[error("total {entry}: {found} is not the number of a service")]
    Service {
        /// Which total.
        entry: usize,
        /// What stands there.
        found: i64,
    },
    /// `unit` is no agency code.
    #[error("total {entry}: `unit` is not an agency code")]
    Unit {
        /// Which total.
        entry: usize,
    },
    /// A day that the calendar does not have.
    #[error("total {entry}: `{key}` is \"{found}\", not a day such as 2026-07-01")]
    Day {
        /// Which total.
        entry: usize,
        /// Which key.
        key: &'static str,
        /// What stands there.
        found: String,
    },
    /// It ends before it begins.
    #[error("total {entry} ends before it begins")]
    Backwards {
        /// Which total.
        entry: usize,
    },
    /// `dossiers` is less than nothing.
    #[error("total {entry}: {found} is no number of dossiers")]
    Dossiers {
        /// Which total.
        entry: usize,
        /// What stands there.
        found: i64,
    },
    /// Days for which another total of the service and the unit stands there.
    #[error("total {entry} has days of total {earlier}")]
    Overlap {
        /// Which total.
        entry: usize,
        /// The one before.
        earlier: usize,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    total: Vec<Raw>,
}

/// Every key may be missing, so that one such total does not hide the next.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    service: Option<i64>,
    unit: Option<String>,
    first_day: Option<String>,
    last_day: Option<String>,
    dossiers: Option<i64>,
    source: Option<String>,
}

/// Reads an operator's totals. They are best given by calendar month: months add up to every
/// window that begins and ends with one, while a total of a year tells nothing of its months.
///
/// ```toml
/// [[total]]
/// service = 9
/// unit = "H60.12"        # optional; without it the whole province
/// first_day = "2026-10-01"
/// last_day = "2026-10-31"
/// dossiers = 1209
/// source = "Báo cáo KSTT tháng 10/2026"
/// ```
///
/// # Errors
/// Everything that is wrong, in the order of the file.
pub fn parse_totals(text: &str) -> Result<Vec<ServiceTotal>, Vec<TotalsProblem>> {
    let file: File = toml::from_str(text)
        .map_err(|error| vec![TotalsProblem::Syntax(error.message().to_owned())])?;
    let mut problems = Vec::new();
    let mut totals: Vec<(usize, ServiceTotal)> = Vec::with_capacity(file.total.len());
    for (entry, raw) in (1..).zip(file.total) {
        let mut reading = Reading {
            entry,
            problems: &mut problems,
        };
        let Some(total) = reading.total(raw) else {
            continue;
        };
        if let Some(earlier) = overlapped(&totals, &total) {
            problems.push(TotalsProblem::Overlap { entry, earlier });
        }
        totals.push((entry, total));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(totals.into_iter().map(|(_, total)| total).collect())
}

/// The place of a total with days of `total`.
fn overlapped(totals: &[(usize, ServiceTotal)], total: &ServiceTotal) -> Option<usize> {
    let shares_days = |other: &ServiceTotal| {
        other.service == total.service
            && other.unit == total.unit
            && other.window.first() <= total.window.last()
            && total.window.first() <= other.window.last()
    };
    let found = totals.iter().find(|(_, other)| shares_days(other));
    found.map(|(entry, _)| *entry)
}

/// Reads one total and keeps what is wrong with it.
struct Reading<'p> {
    entry: usize,
    problems: &'p mut Vec<TotalsProblem>,
}

impl Reading<'_> {
    /// The total; `None` when anything is wrong with it.
    fn total(&mut self, raw: Raw) -> Option<ServiceTotal> {
        let entry = self.entry;
        let before = self.problems.len();
        let service = self.given("service", raw.service).and_then(|found| {
            let number = u16::try_from(found).ok().and_then(ServiceNumber::new);
            if number.is_none() {
                self.problems.push(TotalsProblem::Service { entry, found });
            }
            number
        });
        let unit = raw.unit.map(|text| AgencyCode::parse(&text));
        if matches!(unit, Some(Err(_))) {
            self.problems.push(TotalsProblem::Unit { entry });
        }
        let first = self.day("first_day", raw.first_day);
        let last = self.day("last_day", raw.last_day);
        let window = first.zip(last).and_then(|(first, last)| {
            let window = Window::new(first, last).ok();
            if window.is_none() {
                self.problems.push(TotalsProblem::Backwards { entry });
            }
            window
        });
        let dossiers = self.given("dossiers", raw.dossiers).and_then(|found| {
            let dossiers = u64::try_from(found).ok();
            if dossiers.is_none() {
                self.problems.push(TotalsProblem::Dossiers { entry, found });
            }
            dossiers
        });
        let source = raw.source.filter(|text| !text.trim().is_empty());
        let source = self.given("source", source);
        if self.problems.len() > before {
            return None;
        }
        Some(ServiceTotal {
            service: service?,
            unit: unit.and_then(Result::ok),
            window: window?,
            dossiers: dossiers?,
            source: source?,
        })
    }

    fn given<T>(&mut self, key: &'static str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            let entry = self.entry;
            self.problems.push(TotalsProblem::Missing { entry, key });
        }
        value
    }

    fn day(&mut self, key: &'static str, text: Option<String>) -> Option<Date> {
        let found = self.given(key, text)?;
        let day = found.parse().ok();
        if day.is_none() {
            let entry = self.entry;
            self.problems.push(TotalsProblem::Day { entry, key, found });
        }
        day
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        [[total]]
        service = 9
        first_day = "2026-10-01"
        last_day = "2026-10-31"
        dossiers = 100
        source = "thử"

        [[total]]
        service = 9
        first_day = "2026-09-01"
        last_day = "2026-09-30"
        dossiers = 50
        source = "thử"

        [[total]]
        service = 9
        unit = "H60.12"
        first_day = "2026-10-01"
        last_day = "2026-10-31"
        dossiers = 7
        source = "thử"
    "#;

    fn window(first: &str, last: &str) -> Window {
        Window::new(first.parse().unwrap(), last.parse().unwrap()).unwrap()
    }

    fn of(unit: Option<&str>, first: &str, last: &str, seen: u64) -> Coverage {
        let totals = parse_totals(GOOD).unwrap();
        let unit = unit.map(|code| AgencyCode::parse(code).unwrap());
        let service = ServiceNumber::new(9).unwrap();
        coverage(&totals, service, unit.as_ref(), window(first, last), seen)
    }

    fn known(part: u64, whole: u64) -> Coverage {
        Coverage::Known(Share::new(part, whole).unwrap())
    }

    #[test]
    fn the_coverage_of_a_window_is_over_totals_of_exactly_its_days() {
        assert_eq!(of(None, "2026-10-01", "2026-10-31", 80), known(80, 100));
        assert_eq!(of(None, "2026-09-01", "2026-10-31", 120), known(120, 150));
        assert_eq!(
            of(Some("H60.12"), "2026-10-01", "2026-10-31", 7),
            known(7, 7)
        );
    }

    #[test]
    fn days_that_no_total_tells_of_leave_the_coverage_unknown() {
        for (unit, first, last) in [
            (None, "2026-10-01", "2026-10-30"),
            (None, "2026-10-02", "2026-10-31"),
            (None, "2026-08-01", "2026-10-31"),
            (None, "2026-10-01", "2026-11-01"),
            (None, "2025-10-01", "2025-10-31"),
            (Some("H60.13"), "2026-10-01", "2026-10-31"),
            (Some("H60.12"), "2026-09-01", "2026-10-31"),
        ] {
            assert_eq!(
                of(unit, first, last, 5),
                Coverage::Unknown,
                "{first} {last}"
            );
        }
    }

    #[test]
    fn more_than_there_were_is_told_and_not_clipped() {
        let above = Coverage::Above {
            seen: 101,
            total: 100,
        };
        assert_eq!(of(None, "2026-10-01", "2026-10-31", 101), above);
    }

    /// Each total is wrong in its own way.
    const WRONG: &str = r#"
        [[total]]
        service = 0
        unit = "tỉnh"
        first_day = "2026-02-30"
        last_day = "2026-03-01"
        dossiers = -1
        source = " "

        [[total]]
        service = 9
        first_day = "2026-10-31"
        last_day = "2026-10-01"
        dossiers = 5
        source = "thử"

        [[total]]
        service = 3
        first_day = "2026-10-01"
        last_day = "2026-10-31"
        dossiers = 5
        source = "thử"

        [[total]]
        service = 3
        first_day = "2026-10-31"
        last_day = "2026-11-30"
        dossiers = 5
        source = "thử"

        [[total]]
    "#;

    #[test]
    fn everything_that_is_wrong_with_a_file_is_told_at_once() {
        let missing = |key| TotalsProblem::Missing { entry: 5, key };
        assert_eq!(
            parse_totals(WRONG).unwrap_err(),
            [
                TotalsProblem::Service { entry: 1, found: 0 },
                TotalsProblem::Unit { entry: 1 },
                TotalsProblem::Day {
                    entry: 1,
                    key: "first_day",
                    found: "2026-02-30".to_owned()
                },
                TotalsProblem::Dossiers {
                    entry: 1,
                    found: -1
                },
                TotalsProblem::Missing {
                    entry: 1,
                    key: "source"
                },
                TotalsProblem::Backwards { entry: 2 },
                TotalsProblem::Overlap {
                    entry: 4,
                    earlier: 3
                },
                missing("service"),
                missing("first_day"),
                missing("last_day"),
                missing("dossiers"),
                missing("source"),
            ]
        );
        assert!(matches!(
            parse_totals("totals = 1").unwrap_err()[..],
            [TotalsProblem::Syntax(_)]
        ));
        assert_eq!(parse_totals(""), Ok(Vec::new()));
    }
}
