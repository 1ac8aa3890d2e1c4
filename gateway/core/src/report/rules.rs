//! The rules of the reports, read from dated data.

use serde::Deserialize;
use thiserror::Error;

use crate::lateness::{LateReading, RateKind};
use crate::places::SourceCertainty;
use crate::share::Percent;

const SHIPPED: &str = include_str!("../../data/report-rules.toml");

/// Readings of the late rule, by their names in the data file.
const READINGS: [(&str, LateReading); 2] = [
    ("while-waiting", LateReading::WhileWaiting),
    ("for-good", LateReading::ForGood),
];

/// What is too small to be told, when evidence is about to run out, what counts as a change,
/// and which late rate is held against a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRules {
    version: String,
    pub(super) limit: u64,
    pub(super) most_rows: usize,
    pub(super) horizons: [u16; 3],
    pub(super) tolerance: Percent,
    pub(super) compared: RateKind,
    pub(super) reading: LateReading,
}

/// One thing that is wrong with a file of report rules.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReportRulesProblem {
    /// Not TOML, or not with the expected keys.
    #[error("are no rules of reports: {0}")]
    Syntax(String),
    /// The version is empty.
    #[error("`version` is missing")]
    Version,
    /// A table that is missing.
    #[error("[{table}] is missing")]
    Absent {
        /// Which.
        table: &'static str,
    },
    /// A limit of small counts that protects nothing or hides everything.
    #[error("small_cells: `limit` is {found}; it is 1, which hides nothing, or 3 to 100")]
    Limit {
        /// What stands there.
        found: i64,
    },
    /// Most rows of a table that are too few for the units of a province, or more than a
    /// spreadsheet or a page holds well.
    #[error("tables: `most_rows` is {found}; it is 5000 to 100000")]
    MostRows {
        /// What stands there.
        found: i64,
    },
    /// Horizons that are not three growing numbers of days.
    #[error("expiry: `horizons` are three growing numbers of days from 1 to 3660")]
    Horizons,
    /// A tolerance that is no percentage.
    #[error("changes: `tolerance_points` is \"{found}\", not a number of points from 0 to 100")]
    Tolerance {
        /// What stands there.
        found: String,
    },
    /// A late rate that does not exist.
    #[error("late: `compared` is \"{found}\"; known are R1, R2, R3")]
    Compared {
        /// What stands there.
        found: String,
    },
    /// A reading of the late rule that does not exist.
    #[error("late: `reading` is \"{found}\"; known are while-waiting, for-good")]
    Reading {
        /// What stands there.
        found: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    small_cells: Option<RawSmallCells>,
    tables: Option<RawTables>,
    expiry: Option<RawExpiry>,
    changes: Option<RawChanges>,
    late: Option<RawLate>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSmallCells {
    limit: i64,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "certainty")]
    _certainty: SourceCertainty,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTables {
    most_rows: i64,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "certainty")]
    _certainty: SourceCertainty,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawExpiry {
    horizons: Vec<i64>,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "certainty")]
    _certainty: SourceCertainty,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawChanges {
    tolerance_points: String,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "certainty")]
    _certainty: SourceCertainty,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLate {
    compared: String,
    reading: String,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "certainty")]
    _certainty: SourceCertainty,
}

/// The tables of a file, each read or `None` where it is not given.
#[derive(Default)]
struct Tables {
    limit: Option<u64>,
    most_rows: Option<usize>,
    horizons: Option<[u16; 3]>,
    tolerance: Option<Percent>,
    late: Option<(RateKind, LateReading)>,
}

impl ReportRules {
    /// The rules that are shipped.
    ///
    /// # Errors
    /// Never for a released program; the shipped file is read by a test.
    pub fn shipped() -> Result<Self, Vec<ReportRulesProblem>> {
        Self::parse(SHIPPED)
    }

    /// Reads a file with all tables.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn parse(text: &str) -> Result<Self, Vec<ReportRulesProblem>> {
        let (version, tables) = read(text, true)?;
        let Tables {
            limit: Some(limit),
            most_rows: Some(most_rows),
            horizons: Some(horizons),
            tolerance: Some(tolerance),
            late: Some((compared, reading)),
        } = tables
        else {
            // What is not given was told when the file was read.
            return Err(Vec::new());
        };
        Ok(Self {
            version,
            limit,
            most_rows,
            horizons,
            tolerance,
            compared,
            reading,
        })
    }

    /// These rules with those of a province's own file of the same form above them, which
    /// has only the tables that are otherwise. The version becomes that of both.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn extended_by(&self, text: &str) -> Result<Self, Vec<ReportRulesProblem>> {
        let (version, tables) = read(text, false)?;
        let (compared, reading) = tables.late.unwrap_or((self.compared, self.reading));
        Ok(Self {
            version: format!("{}+{version}", self.version),
            limit: tables.limit.unwrap_or(self.limit),
            most_rows: tables.most_rows.unwrap_or(self.most_rows),
            horizons: tables.horizons.unwrap_or(self.horizons),
            tolerance: tables.tolerance.unwrap_or(self.tolerance),
            compared,
            reading,
        })
    }

    /// Version of the rules.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Days before the last day of evidence, growing.
    #[must_use]
    pub fn horizons(&self) -> [u16; 3] {
        self.horizons
    }

    /// How the sentence on a second request for supplements is read, in reports and checks.
    #[must_use]
    pub fn reading(&self) -> LateReading {
        self.reading
    }
}

/// Version and tables of a file.
fn read(text: &str, all: bool) -> Result<(String, Tables), Vec<ReportRulesProblem>> {
    let file: File = toml::from_str(text)
        .map_err(|error| vec![ReportRulesProblem::Syntax(error.message().to_owned())])?;
    let mut problems = Vec::new();
    let version = file.version.trim().to_owned();
    if version.is_empty() {
        problems.push(ReportRulesProblem::Version);
    }
    let given = [
        ("small_cells", file.small_cells.is_some()),
        ("tables", file.tables.is_some()),
        ("expiry", file.expiry.is_some()),
        ("changes", file.changes.is_some()),
        ("late", file.late.is_some()),
    ];
    let absent = given.into_iter().filter(|(_, is_given)| all && !is_given);
    problems.extend(absent.map(|(table, _)| ReportRulesProblem::Absent { table }));
    let tables = Tables {
        limit: file
            .small_cells
            .and_then(|raw| limit(raw.limit, &mut problems)),
        most_rows: file
            .tables
            .and_then(|raw| most_rows(raw.most_rows, &mut problems)),
        horizons: file.expiry.and_then(|raw| {
            let found = horizons(&raw.horizons);
            if found.is_none() {
                problems.push(ReportRulesProblem::Horizons);
            }
            found
        }),
        tolerance: file.changes.and_then(|raw| {
            let found = raw.tolerance_points;
            let tolerance = Percent::parse(&found).ok();
            if tolerance.is_none() {
                problems.push(ReportRulesProblem::Tolerance { found });
            }
            tolerance
        }),
        late: file.late.and_then(|raw| late(raw, &mut problems)),
    };
    if problems.is_empty() {
        Ok((version, tables))
    } else {
        Err(problems)
    }
}

fn limit(found: i64, problems: &mut Vec<ReportRulesProblem>) -> Option<u64> {
    let limit = u64::try_from(found)
        .ok()
        .filter(|limit| *limit == 1 || (3..=100).contains(limit));
    if limit.is_none() {
        problems.push(ReportRulesProblem::Limit { found });
    }
    limit
}

fn most_rows(found: i64, problems: &mut Vec<ReportRulesProblem>) -> Option<usize> {
    let most = usize::try_from(found)
        .ok()
        .filter(|most| (5_000..=100_000).contains(most));
    if most.is_none() {
        problems.push(ReportRulesProblem::MostRows { found });
    }
    most
}

fn late(raw: RawLate, problems: &mut Vec<ReportRulesProblem>) -> Option<(RateKind, LateReading)> {
    let found = raw.compared;
    let compared = RateKind::ALL.into_iter().find(|it| it.code() == found);
    if compared.is_none() {
        problems.push(ReportRulesProblem::Compared { found });
    }
    let found = raw.reading;
    let reading = READINGS.into_iter().find(|(name, _)| *name == found);
    if reading.is_none() {
        problems.push(ReportRulesProblem::Reading { found });
    }
    compared.zip(reading.map(|(_, reading)| reading))
}

fn horizons(found: &[i64]) -> Option<[u16; 3]> {
    let days: Vec<u16> = found
        .iter()
        .filter_map(|days| u16::try_from(*days).ok())
        .filter(|days| (1..=3660).contains(days))
        .collect();
    let growing = days.is_sorted_by(|one, next| one < next);
    let days = <[u16; 3]>::try_from(days).ok()?;
    (growing && found.len() == days.len()).then_some(days)
}
