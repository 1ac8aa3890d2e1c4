//! The content of a report: what is drawn, kept and hashed.
//!
//! What a reader would get wrong: this is not the core's report with another name. It holds
//! every name as text, so that a content that was kept years ago can be read and drawn by a
//! program whose tables have changed since.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use lienthong_core::check::Verdict;
use lienthong_core::ports::reports::ContentHash;
use lienthong_core::report::{self, ColumnKind, Language, Report, ReportKind};
use lienthong_core::share::Share;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use super::canonical::{canonical, hash};

/// Why a kept content cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a kept report cannot be read back (line {line}, column {column})")]
pub(crate) struct UnreadableContent {
    /// Line of the fault, from 1.
    pub(crate) line: usize,
    /// Column of the fault, from 1.
    pub(crate) column: usize,
}

/// The content of a report in one language.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Content {
    /// Name of the kind ([`ReportKind::name`]).
    pub(crate) kind: String,
    /// `vi` or `en`.
    pub(crate) language: String,
    /// Title.
    pub(crate) title: String,
    /// First day whose traffic it is about.
    #[serde(with = "text")]
    pub(crate) first_day: Date,
    /// Last day whose traffic it is about.
    #[serde(with = "text")]
    pub(crate) last_day: Date,
    /// Judged as of this moment.
    #[serde(with = "text")]
    pub(crate) as_of: Timestamp,
    /// For which agency; `None`: the whole province.
    pub(crate) unit: Option<String>,
    /// Versions of the rules.
    pub(crate) rules: Vec<Rule>,
    /// Dossiers that the gateway saw in the window.
    pub(crate) dossiers_seen: Cell,
    /// The same against all dossiers.
    pub(crate) coverage: Cell,
    /// Remarks that belong under the title.
    pub(crate) remarks: Vec<String>,
    /// The tables.
    pub(crate) sections: Vec<Section>,
}

/// A version of a file of rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rule {
    /// What it is.
    pub(crate) name: String,
    /// Its version.
    pub(crate) version: String,
}

/// One table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Section {
    /// Stable name.
    pub(crate) name: String,
    /// Heading.
    pub(crate) heading: String,
    /// Remarks under the table.
    pub(crate) remarks: Vec<String>,
    /// Columns.
    pub(crate) columns: Vec<Column>,
    /// Rows: a cell for the name of each column.
    pub(crate) rows: Vec<BTreeMap<String, Cell>>,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Column {
    /// Stable name.
    pub(crate) name: String,
    /// Heading.
    pub(crate) heading: String,
    /// What it holds.
    pub(crate) kind: Kind,
}

/// What a column holds, for its width and alignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// A few characters.
    Code,
    /// A short text.
    Text,
    /// A long text that is broken into lines.
    Prose,
    /// A number, a share, a value.
    Number,
    /// A day or a moment.
    Moment,
}

/// One cell. In JSON a text is a text, a count a number and nothing `null`; the others are
/// objects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Cell {
    /// Nothing to say.
    Empty,
    /// A text.
    Text(String),
    /// A count.
    Count(u64),
    /// A count that is too small to be shown.
    FewerThan {
        /// It is fewer than this.
        fewer_than: u64,
    },
    /// A figure that is known and not shown, because a small count could be computed from it.
    Withheld {
        /// Always true.
        withheld: bool,
    },
    /// A share.
    Share {
        /// How many.
        part: u64,
        /// Of how many.
        whole: u64,
        /// The same as a percentage to two decimals, e.g. `68.7`; `None` of nothing.
        percent: Option<String>,
    },
    /// A value.
    Value {
        /// The value.
        #[serde(serialize_with = "plain")]
        value: f64,
        /// Its unit.
        unit: String,
    },
    /// A day.
    Day {
        /// The day.
        #[serde(with = "text")]
        day: Date,
    },
    /// A moment.
    Moment {
        /// The moment.
        #[serde(with = "text")]
        moment: Timestamp,
    },
    /// A verdict.
    Verdict {
        /// Its name ([`Verdict::name`]).
        verdict: String,
    },
}

impl Content {
    /// The content of `report`.
    pub(crate) fn of(report: &Report) -> Self {
        let language = match report.language {
            Language::Vietnamese => "vi",
            Language::English => "en",
        };
        Self {
            kind: report.kind.name().to_owned(),
            language: language.to_owned(),
            title: clean(&report.title),
            first_day: report.window.first(),
            last_day: report.window.last(),
            as_of: report.as_of,
            unit: report.unit.as_ref().map(|unit| unit.as_str().to_owned()),
            rules: report.rules.iter().map(Rule::of).collect(),
            dossiers_seen: Cell::of(&report.dossiers_seen),
            coverage: Cell::of(&report.coverage),
            remarks: report.remarks.iter().map(|it| clean(it)).collect(),
            sections: report.sections.iter().map(Section::of).collect(),
        }
    }

    /// Reads a kept content.
    ///
    /// # Errors
    /// [`UnreadableContent`], without what was read.
    pub(crate) fn read(json: &str) -> Result<Self, UnreadableContent> {
        serde_json::from_str(json).map_err(|error| UnreadableContent {
            line: error.line(),
            column: error.column(),
        })
    }

    /// Its canonical JSON: what is kept, and what the hash is of.
    pub(crate) fn canonical(&self) -> String {
        canonical(&self.value())
    }

    /// The same as a value.
    pub(crate) fn value(&self) -> serde_json::Value {
        // Every map of it has texts as keys and no number is infinite, so it has a JSON form.
        serde_json::to_value(self).unwrap_or_default()
    }

    /// SHA-256 of the canonical JSON.
    pub(crate) fn sha256(&self) -> ContentHash {
        hash(&self.canonical())
    }

    /// The language of its texts.
    pub(crate) fn language(&self) -> Language {
        if self.language == "en" {
            Language::English
        } else {
            Language::Vietnamese
        }
    }

    /// Which report it is; `None` of a kind that this program does not know any more.
    pub(crate) fn kind(&self) -> Option<ReportKind> {
        ReportKind::from_name(&self.kind)
    }
}

impl Rule {
    fn of(rule: &report::RuleVersion) -> Self {
        Self {
            name: clean(&rule.name),
            version: clean(&rule.version),
        }
    }
}

impl Section {
    fn of(section: &report::Section) -> Self {
        let columns: Vec<Column> = section.columns.iter().map(Column::of).collect();
        let row = |cells: &Vec<report::Cell>| {
            let named = columns.iter().zip(cells);
            named
                .map(|(column, cell)| (column.name.clone(), Cell::of(cell)))
                .collect()
        };
        Self {
            name: section.name.to_owned(),
            heading: clean(&section.heading),
            remarks: section.remarks.iter().map(|it| clean(it)).collect(),
            rows: section.rows.iter().map(row).collect(),
            columns,
        }
    }

    /// The cells of a row in the order of the columns.
    pub(crate) fn cells<'a>(
        &'a self,
        row: &'a BTreeMap<String, Cell>,
    ) -> impl Iterator<Item = (&'a Column, &'a Cell)> {
        let columns = self.columns.iter();
        columns.map(|column| (column, row.get(&column.name).unwrap_or(&Cell::Empty)))
    }
}

impl Column {
    fn of(column: &report::Column) -> Self {
        Self {
            name: column.name.to_owned(),
            heading: clean(&column.heading),
            kind: match column.kind {
                ColumnKind::Code => Kind::Code,
                ColumnKind::Text => Kind::Text,
                ColumnKind::Prose => Kind::Prose,
                ColumnKind::Number => Kind::Number,
                ColumnKind::Moment => Kind::Moment,
            },
        }
    }
}

impl Cell {
    fn of(cell: &report::Cell) -> Self {
        match cell {
            report::Cell::Text(text) => Self::Text(clean(text)),
            report::Cell::Count(count) => Self::Count(*count),
            report::Cell::FewerThan(bound) => Self::FewerThan { fewer_than: *bound },
            report::Cell::Withheld => Self::Withheld { withheld: true },
            report::Cell::Share(share) => Self::Share {
                part: share.part(),
                whole: share.whole(),
                percent: share.percent().map(|percent| percent.to_string()),
            },
            report::Cell::Value(value, unit) if value.is_finite() => Self::Value {
                value: *value,
                unit: clean(unit),
            },
            // No number of a figure is infinite; one that were could not be written as JSON.
            report::Cell::Empty | report::Cell::Value(..) => Self::Empty,
            report::Cell::Day(day) => Self::Day { day: *day },
            report::Cell::Moment(moment) => Self::Moment { moment: *moment },
            report::Cell::Verdict(verdict) => Self::Verdict {
                verdict: verdict.name().to_owned(),
            },
        }
    }

    /// The share of a cell that holds one.
    pub(crate) fn share(&self) -> Option<Share> {
        match self {
            Self::Share { part, whole, .. } => Share::new(*part, *whole),
            Self::Empty
            | Self::Text(_)
            | Self::Count(_)
            | Self::FewerThan { .. }
            | Self::Withheld { .. }
            | Self::Value { .. }
            | Self::Day { .. }
            | Self::Moment { .. }
            | Self::Verdict { .. } => None,
        }
    }
}

/// The verdict of this name in the words of a language; the name where it is not known.
pub(crate) fn verdict_text(name: &str, language: Language) -> String {
    match (Verdict::from_name(name), language) {
        (Some(verdict), Language::Vietnamese) => verdict.name_vi().to_owned(),
        (Some(verdict), Language::English) => verdict.name_en().to_owned(),
        (None, Language::Vietnamese | Language::English) => name.to_owned(),
    }
}

/// `text` without what would steer a terminal, a printer or the direction of a line.
fn clean(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let kept = text.chars().filter(|c| !turns(*c));
    kept.map(|c| if c.is_control() && c != '\n' { ' ' } else { c })
        .collect()
}

/// A whole number without a decimal point, so that every writer of JSON gives the same text.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands on a reference"
)]
fn plain<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    /// Beyond it not every whole number has a double of its own.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < EXACT {
        // The text of a whole double is that of an integer.
        let whole: i64 = format!("{value:.0}")
            .parse()
            .map_err(serde::ser::Error::custom)?;
        serializer.serialize_i64(whole)
    } else {
        serializer.serialize_f64(*value)
    }
}

/// Values as the text that they are shown with.
mod text {
    use super::{Deserialize as _, Deserializer, Display, FromStr, Serializer};

    pub(super) fn serialize<T: Display, S: Serializer>(
        value: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(super) fn deserialize<'de, T: FromStr, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse()
            .map_err(|_| serde::de::Error::custom("no such day or moment"))
    }
}
