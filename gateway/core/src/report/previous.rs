//! What is kept of a report for the comparison with a later one.
//!
//! What a reader would get wrong: it holds no counts. Of the figures only those percentages
//! are kept from which no small count follows, the others of the service and the counts of the
//! board known; so it can lie beside the public board of the same days.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Material;
use super::told::Told;
use crate::check::{Criterion, Verdict};
use crate::essential::ServiceNumber;
use crate::evidence::DocumentedState;
use crate::observation::Window;
use crate::share::Percent;

/// A report as a later one sees it. As data it is plain texts and numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Plain", into = "Plain")]
pub struct PreviousReport {
    /// Days that it was about.
    pub window: Window,
    /// Judged as of this moment.
    pub as_of: Timestamp,
    /// Versions of its rules, by their ids.
    pub versions: BTreeMap<String, String>,
    /// Its services.
    pub services: BTreeMap<ServiceNumber, PreviousService>,
}

/// A service of an earlier report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviousService {
    /// How far the documents went.
    pub state: DocumentedState,
    /// Verdict by criterion.
    pub verdicts: BTreeMap<Criterion, Verdict>,
    /// Percentages by the codes of the figures.
    pub figures: BTreeMap<String, Percent>,
}

/// Why something kept is no earlier report.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{place}: \"{found}\" is not known")]
pub struct InvalidPreviousReport {
    /// Where it stands.
    pub place: &'static str,
    /// What stands there.
    pub found: String,
}

impl PreviousReport {
    /// What is to be kept of a report of `material`.
    #[must_use]
    pub fn of(material: &Material<'_>) -> Self {
        let told = Told::of(material);
        let services = material.checks.iter().map(|check| {
            let verdicts = check.findings.iter().map(|it| (it.criterion, it.verdict));
            let figures = check.figures.iter().filter_map(|figure| {
                let percent = told.percent(check.service, figure)?;
                Some((figure.code.to_owned(), percent))
            });
            let service = PreviousService {
                state: check.documented.state,
                verdicts: verdicts.collect(),
                figures: figures.collect(),
            };
            (check.service, service)
        });
        let versions = material.versions.iter();
        Self {
            window: material.window,
            as_of: material.as_of,
            versions: versions
                .map(|(id, version)| ((*id).to_owned(), version.clone()))
                .collect(),
            services: services.collect(),
        }
    }
}

/// The same as plain values.
#[derive(Clone, Serialize, Deserialize)]
struct Plain {
    first_day: String,
    last_day: String,
    as_of: String,
    versions: BTreeMap<String, String>,
    services: BTreeMap<u16, PlainService>,
}

#[derive(Clone, Serialize, Deserialize)]
struct PlainService {
    state: String,
    verdicts: BTreeMap<String, String>,
    figures: BTreeMap<String, String>,
}

impl From<PreviousReport> for Plain {
    fn from(report: PreviousReport) -> Self {
        let services = report.services.into_iter().map(|(number, service)| {
            let verdicts = service.verdicts.into_iter();
            let figures = service.figures.into_iter();
            let plain = PlainService {
                state: service.state.name().to_owned(),
                verdicts: verdicts
                    .map(|(criterion, verdict)| (criterion.id(), verdict.name().to_owned()))
                    .collect(),
                figures: figures
                    .map(|(code, percent)| (code, percent.to_string()))
                    .collect(),
            };
            (number.get(), plain)
        });
        Self {
            first_day: report.window.first().to_string(),
            last_day: report.window.last().to_string(),
            as_of: report.as_of.to_string(),
            versions: report.versions,
            services: services.collect(),
        }
    }
}

impl TryFrom<Plain> for PreviousReport {
    type Error = InvalidPreviousReport;

    fn try_from(plain: Plain) -> Result<Self, Self::Error> {
        let first: Date = read("first_day", &plain.first_day)?;
        let last: Date = read("last_day", &plain.last_day)?;
        let window = Window::new(first, last).map_err(|_| unknown("last_day", &plain.last_day))?;
        let mut services = BTreeMap::new();
        for (number, service) in plain.services {
            let number = ServiceNumber::new(number)
                .ok_or_else(|| unknown("services", &number.to_string()))?;
            services.insert(number, service.try_into()?);
        }
        Ok(Self {
            window,
            as_of: read("as_of", &plain.as_of)?,
            versions: plain.versions,
            services,
        })
    }
}

impl TryFrom<PlainService> for PreviousService {
    type Error = InvalidPreviousReport;

    fn try_from(plain: PlainService) -> Result<Self, Self::Error> {
        let state = DocumentedState::from_name(&plain.state)
            .ok_or_else(|| unknown("state", &plain.state))?;
        let mut verdicts = BTreeMap::new();
        for (criterion, verdict) in plain.verdicts {
            // One that another version of the rules has or had: there is nothing to compare
            // it with, and the others stand.
            let Some(criterion) = Criterion::from_id(&criterion) else {
                continue;
            };
            let known = Verdict::from_name(&verdict);
            verdicts.insert(
                criterion,
                known.ok_or_else(|| unknown("verdicts", &verdict))?,
            );
        }
        let mut figures = BTreeMap::new();
        for (code, percent) in plain.figures {
            let percent = Percent::parse(&percent).map_err(|_| unknown("figures", &percent))?;
            figures.insert(code, percent);
        }
        Ok(Self {
            state,
            verdicts,
            figures,
        })
    }
}

fn read<T: std::str::FromStr>(
    place: &'static str,
    found: &str,
) -> Result<T, InvalidPreviousReport> {
    found.parse().map_err(|_| unknown(place, found))
}

fn unknown(place: &'static str, found: &str) -> InvalidPreviousReport {
    InvalidPreviousReport {
        place,
        found: found.to_owned(),
    }
}
