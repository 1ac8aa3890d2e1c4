//! The mapping table: codes of the province and what the portal calls them, with the days
//! from and to which each entry counts.
//!
//! What a reader would get wrong: the day that counts is the day on which a code is sent,
//! not a day of the dossier. The portal checks codes against its catalogue of that day.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use serde::Deserialize;
use thiserror::Error;

use super::CodeKind;
use crate::agency::AgencyCode;
use crate::procedure::{ComponentCode, FieldCode, ProcedureCode, ResultCode};

/// Codes of the province and their counterparts at the portal (portal.md 24 and part D 15).
/// The default holds nothing and changes nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MappingTable {
    catalogue: Option<Date>,
    complete: Vec<CodeKind>,
    entries: BTreeMap<(CodeKind, String), Vec<Counterpart>>,
}

/// What a code is called at the portal, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Counterpart {
    national: String,
    valid_from: Date,
    valid_to: Option<Date>,
}

/// What the table says of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Translation<'t> {
    /// The portal calls it the same.
    Same,
    /// The portal calls it this.
    To(&'t str),
    /// The table is complete for codes of this kind, and this one is not in it.
    Missing,
}

/// One thing that is wrong with a mapping table. Codes of a catalogue are nobody's secret,
/// so they are shown.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MappingProblem {
    /// Not TOML, or not with the expected keys.
    #[error("is not a mapping table: {0}")]
    Syntax(String),
    /// The day of the catalogue is not a day.
    #[error("`catalogue` is not a day such as 2026-07-01")]
    Catalogue,
    /// `complete` names a kind that does not exist.
    #[error(
        "`complete` names the unknown kind \"{kind}\"; known are {}",
        KnownKinds
    )]
    UnknownCompleteKind {
        /// What stands there.
        kind: String,
    },
    /// An entry is of a kind that does not exist.
    #[error(
        "entry {entry} is of the unknown kind \"{kind}\"; known are {}",
        KnownKinds
    )]
    UnknownKind {
        /// Which entry, counted from 1.
        entry: usize,
        /// What stands there.
        kind: String,
    },
    /// A key of an entry is missing.
    #[error("entry {entry} has no `{key}`")]
    Missing {
        /// Which entry, counted from 1.
        entry: usize,
        /// Which key.
        key: &'static str,
    },
    /// A code that is not one of its kind: as the province's own it would never occur, as
    /// the portal's it would be refused there.
    #[error("entry {entry}: `{key}` is not a {} code", kind.name())]
    Code {
        /// Which entry, counted from 1.
        entry: usize,
        /// `local` or `national`.
        key: &'static str,
        /// Of which kind it should be.
        kind: CodeKind,
    },
    /// A day that is none.
    #[error("entry {entry}: `{key}` is not a day such as 2026-07-01")]
    Day {
        /// Which entry, counted from 1.
        entry: usize,
        /// `valid_from` or `valid_to`.
        key: &'static str,
    },
    /// An entry ends before it begins.
    #[error("entry {entry} ends before it begins")]
    Backwards {
        /// Which entry, counted from 1.
        entry: usize,
    },
    /// The same entry stands twice.
    #[error("entry {entry} is the same as entry {earlier}")]
    Duplicate {
        /// Which entry, counted from 1.
        entry: usize,
        /// The one before.
        earlier: usize,
    },
    /// Two entries for one code count on the same day.
    #[error("entry {entry} and entry {earlier} are for one code and count on the same days")]
    Overlap {
        /// Which entry, counted from 1.
        entry: usize,
        /// The one before.
        earlier: usize,
    },
}

struct KnownKinds;

impl fmt::Display for KnownKinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&CodeKind::ALL.map(CodeKind::name).join(", "))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    catalogue: String,
    #[serde(default)]
    complete: Vec<String>,
    #[serde(default)]
    entries: Vec<Entry>,
}

/// Every key may be missing, so that one such entry does not hide the next.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    kind: Option<String>,
    local: Option<String>,
    national: Option<String>,
    valid_from: Option<String>,
    valid_to: Option<String>,
}

/// An entry whose values are all right.
struct Checked {
    entry: usize,
    kind: CodeKind,
    local: String,
    counterpart: Counterpart,
}

impl MappingTable {
    /// Reads a table:
    ///
    /// ```toml
    /// catalogue = "2026-07-01"
    /// complete = ["procedure"]
    ///
    /// [[entries]]
    /// kind = "agency"
    /// local = "000.00.01.H22"
    /// national = "H22.1"
    /// valid_from = "2025-07-01"
    /// ```
    ///
    /// `valid_to` is the last day; without it an entry counts for good. `complete` names
    /// the kinds of which a code that is not in the table must not be sent.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the file.
    pub fn parse(text: &str) -> Result<Self, Vec<MappingProblem>> {
        let file: File = toml::from_str(text)
            .map_err(|error| vec![MappingProblem::Syntax(error.message().to_owned())])?;
        let mut problems = Vec::new();
        let catalogue = file.catalogue.parse().ok();
        if catalogue.is_none() {
            problems.push(MappingProblem::Catalogue);
        }
        let complete = complete(&file.complete, &mut problems);
        let mut checked = Vec::with_capacity(file.entries.len());
        for (entry, raw) in (1..).zip(file.entries) {
            checked.extend(check(entry, raw, &mut problems));
        }
        clashes(&checked, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut entries: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for it in checked {
            let key = (it.kind, it.local);
            entries.entry(key).or_default().push(it.counterpart);
        }
        Ok(Self {
            catalogue,
            complete,
            entries,
        })
    }

    /// The day of the catalogue that the table was made from; `None` where there is no
    /// table.
    #[must_use]
    pub fn catalogue(&self) -> Option<Date> {
        self.catalogue
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.values().map(Vec::len).sum()
    }

    /// Whether there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether the table changes or holds back no code of any kind.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.is_empty() && self.complete.is_empty()
    }

    /// What `code` is called at the portal on the day `on` in Viet Nam, the day of sending.
    #[must_use]
    pub fn translate(&self, kind: CodeKind, code: &str, on: Date) -> Translation<'_> {
        let counterparts = self.entries.get(&(kind, code.to_owned()));
        let valid = counterparts.and_then(|all| all.iter().find(|one| one.counts_on(on)));
        match valid {
            Some(one) if one.national == code => Translation::Same,
            Some(one) => Translation::To(&one.national),
            None if self.complete.contains(&kind) => Translation::Missing,
            None => Translation::Same,
        }
    }
}

impl Counterpart {
    fn counts_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }

    fn overlaps(&self, other: &Self) -> bool {
        let begins_in_time =
            |one: &Self, other: &Self| other.valid_to.is_none_or(|last| one.valid_from <= last);
        begins_in_time(self, other) && begins_in_time(other, self)
    }
}

fn complete(names: &[String], problems: &mut Vec<MappingProblem>) -> Vec<CodeKind> {
    let mut kinds = Vec::new();
    for name in names {
        match CodeKind::from_name(name) {
            Some(kind) => kinds.push(kind),
            None => problems.push(MappingProblem::UnknownCompleteKind { kind: name.clone() }),
        }
    }
    kinds
}

fn check(entry: usize, raw: Entry, problems: &mut Vec<MappingProblem>) -> Option<Checked> {
    let before = problems.len();
    let missing = |key| MappingProblem::Missing { entry, key };
    let named = raw.kind.as_deref().map(CodeKind::from_name);
    match (named, &raw.kind) {
        (Some(Some(_)), _) => {}
        (Some(None), kind) => problems.push(MappingProblem::UnknownKind {
            entry,
            kind: kind.clone().unwrap_or_default(),
        }),
        (None, _) => problems.push(missing("kind")),
    }
    let kind = named.flatten();
    for (key, code) in [("local", &raw.local), ("national", &raw.national)] {
        match (code, kind) {
            (None, _) => problems.push(missing(key)),
            (Some(code), Some(kind)) if !is_code(kind, code) => {
                problems.push(MappingProblem::Code { entry, key, kind });
            }
            (Some(_), _) => {}
        }
    }
    if raw.valid_from.is_none() {
        problems.push(missing("valid_from"));
    }
    let mut day = |key, text: &Option<String>| {
        let parsed: Option<Date> = text.as_ref().and_then(|text| text.parse().ok());
        if text.is_some() && parsed.is_none() {
            problems.push(MappingProblem::Day { entry, key });
        }
        parsed
    };
    let valid_from = day("valid_from", &raw.valid_from);
    let valid_to = day("valid_to", &raw.valid_to);
    if let (Some(first), Some(last)) = (valid_from, valid_to)
        && last < first
    {
        problems.push(MappingProblem::Backwards { entry });
    }
    if problems.len() > before {
        return None;
    }
    Some(Checked {
        entry,
        kind: kind?,
        local: raw.local?,
        counterpart: Counterpart {
            national: raw.national?,
            valid_from: valid_from?,
            valid_to,
        },
    })
}

/// Reports entries for one code that count on the same days.
fn clashes(checked: &[Checked], problems: &mut Vec<MappingProblem>) {
    let mut seen: BTreeMap<(CodeKind, &str), Vec<&Checked>> = BTreeMap::new();
    for it in checked {
        let others = seen.entry((it.kind, &it.local)).or_default();
        for other in others.iter() {
            let (entry, earlier) = (it.entry, other.entry);
            if it.counterpart == other.counterpart {
                problems.push(MappingProblem::Duplicate { entry, earlier });
            } else if it.counterpart.overlaps(&other.counterpart) {
                problems.push(MappingProblem::Overlap { entry, earlier });
            }
        }
        others.push(it);
    }
}

fn is_code(kind: CodeKind, code: &str) -> bool {
    match kind {
        CodeKind::Procedure => ProcedureCode::parse(code).is_ok(),
        CodeKind::Field => FieldCode::parse(code).is_ok(),
        CodeKind::Agency => AgencyCode::parse(code).is_ok(),
        CodeKind::Component => ComponentCode::parse(code).is_ok(),
        CodeKind::Result => ResultCode::parse(code).is_ok(),
    }
}

#[cfg(test)]
mod tests;
