//! The data file of agencies that ceased.
//!
//! What a reader would get wrong: an operator's file adds to the shipped one, and its entry
//! for a code that stands there already takes that entry's place.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;
use thiserror::Error;

use super::{Agencies, ClosedAgency};
use crate::agency::AgencyCode;
use crate::places::SourceCertainty;

/// One thing that is wrong with a file of agencies. Entries are counted from 1 in the order
/// of the file; nothing in it is secret, so it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AgenciesProblem {
    /// Not TOML, or not with the expected keys.
    #[error("is not a file of agencies: {0}")]
    Syntax(String),
    /// `version` is missing or empty.
    #[error("`version` is missing")]
    Version,
    /// A key is missing or empty.
    #[error("agency {entry} has no `{key}`")]
    Missing {
        /// Which agency.
        entry: usize,
        /// Which key.
        key: &'static str,
    },
    /// A text that is no code of an agency.
    #[error("agency {entry}: `{key}` is \"{found}\", not a code such as H22 or H22.12")]
    Code {
        /// Which agency.
        entry: usize,
        /// Which key.
        key: &'static str,
        /// What stands there.
        found: String,
    },
    /// A code that stands twice in one file.
    #[error("agency {entry}: {code} stands there already")]
    CodeAgain {
        /// Which agency.
        entry: usize,
        /// Which code.
        code: AgencyCode,
    },
    /// A day that the calendar does not have.
    #[error("agency {entry}: `last_day` is \"{found}\", not a day such as 2025-06-30")]
    Day {
        /// Which agency.
        entry: usize,
        /// What stands there.
        found: String,
    },
    /// An agency that is its own successor.
    #[error("agency {entry}: {code} cannot succeed itself")]
    OwnSuccessor {
        /// Which agency.
        entry: usize,
        /// Which code.
        code: AgencyCode,
    },
    /// A certainty that is not known.
    #[error("agency {entry}: certainty \"{found}\" is not seen, inferred or unverified")]
    Certainty {
        /// Which agency.
        entry: usize,
        /// What stands there.
        found: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: Option<String>,
    #[serde(default)]
    agency: Vec<Raw>,
}

/// Every key may be missing, so that one such entry does not hide the next.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    code: Option<String>,
    name: Option<String>,
    last_day: Option<String>,
    successor: Option<String>,
    source: Option<String>,
    certainty: Option<String>,
}

impl Agencies {
    /// Reads a file of agencies that ceased:
    ///
    /// ```toml
    /// version = "2026-11-1"
    ///
    /// [[agency]]
    /// code = "H22"
    /// name = "Hà Giang"
    /// last_day = "2025-06-30"
    /// successor = "H60"
    /// source = "Quyết định 09/2025/QĐ-TTg"
    /// certainty = "inferred"
    /// ```
    ///
    /// Optional is `successor`.
    ///
    /// # Errors
    /// Everything that is wrong, agency by agency in the order of the file.
    pub fn parse(text: &str) -> Result<Self, Vec<AgenciesProblem>> {
        Self::default().extended_by(text)
    }

    /// These agencies with those of an operator's file of the same form. The version
    /// becomes that of both.
    ///
    /// # Errors
    /// Everything that is wrong, agency by agency in the order of the file.
    pub fn extended_by(&self, text: &str) -> Result<Self, Vec<AgenciesProblem>> {
        let file: File = toml::from_str(text)
            .map_err(|error| vec![AgenciesProblem::Syntax(error.message().to_owned())])?;
        let mut problems = Vec::new();
        let version = file.version.unwrap_or_default().trim().to_owned();
        if version.is_empty() {
            problems.push(AgenciesProblem::Version);
        }
        let mut read = BTreeMap::new();
        for (entry, raw) in (1..).zip(file.agency) {
            let mut reading = Reading {
                entry,
                problems: &mut problems,
            };
            if let Some(agency) = reading.agency(raw) {
                let code = agency.code.clone();
                if read.insert(code.clone(), agency).is_some() {
                    problems.push(AgenciesProblem::CodeAgain { entry, code });
                }
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut closed = self.closed.clone();
        closed.extend(read);
        let version = if self.version.is_empty() {
            version
        } else {
            format!("{}+{version}", self.version)
        };
        Ok(Self { version, closed })
    }
}

/// Reads one entry and keeps what is wrong with it.
struct Reading<'p> {
    entry: usize,
    problems: &'p mut Vec<AgenciesProblem>,
}

impl Reading<'_> {
    fn agency(&mut self, raw: Raw) -> Option<ClosedAgency> {
        let before = self.problems.len();
        let code = self.text("code", raw.code);
        let code = self.code("code", code);
        let name = self.text("name", raw.name);
        let last_day = self.day(raw.last_day);
        let successor = self.code("successor", raw.successor);
        let source = self.text("source", raw.source);
        let certainty = self.certainty(raw.certainty);
        if let Some(code) = code.clone().filter(|code| successor.as_ref() == Some(code)) {
            let entry = self.entry;
            self.problems
                .push(AgenciesProblem::OwnSuccessor { entry, code });
        }
        if self.problems.len() > before {
            return None;
        }
        Some(ClosedAgency {
            code: code?,
            name: name?,
            last_day: last_day?,
            successor,
            source: source?,
            certainty: certainty?,
        })
    }

    fn text(&mut self, key: &'static str, value: Option<String>) -> Option<String> {
        let value = value.filter(|text| !text.trim().is_empty());
        if value.is_none() {
            let entry = self.entry;
            self.problems.push(AgenciesProblem::Missing { entry, key });
        }
        value
    }

    fn code(&mut self, key: &'static str, value: Option<String>) -> Option<AgencyCode> {
        let found = value?;
        let code = AgencyCode::parse(&found).ok();
        if code.is_none() {
            let entry = self.entry;
            self.problems
                .push(AgenciesProblem::Code { entry, key, found });
        }
        code
    }

    fn day(&mut self, value: Option<String>) -> Option<Date> {
        let found = self.text("last_day", value)?;
        let day = found.parse().ok();
        if day.is_none() {
            let entry = self.entry;
            self.problems.push(AgenciesProblem::Day { entry, found });
        }
        day
    }

    fn certainty(&mut self, value: Option<String>) -> Option<SourceCertainty> {
        let found = self.text("certainty", value)?;
        let known = match found.as_str() {
            "seen" => Some(SourceCertainty::Seen),
            "inferred" => Some(SourceCertainty::Inferred),
            "unverified" => Some(SourceCertainty::Unverified),
            _ => None,
        };
        if known.is_none() {
            let entry = self.entry;
            self.problems
                .push(AgenciesProblem::Certainty { entry, found });
        }
        known
    }
}
