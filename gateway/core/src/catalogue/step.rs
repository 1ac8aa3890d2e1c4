//! From the catalogue that is held and what a fetch brought to the next one.
//!
//! What a reader would get wrong: a procedure whose details did not come keeps those that it
//! had, and is no change. Only the list decides what is there.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::change::{Change, ChangeKind, differences};
use super::listing::{DetailStanding, Listing};
use super::procedure::Procedure;
use crate::procedure::ProcedureCode;

/// What the source's list holds (`LayDanhSachTTHC`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceList {
    /// Name of each procedure.
    pub procedures: BTreeMap<ProcedureCode, String>,
    /// Rows for a code that came before; the first one counts.
    pub repeated: u64,
    /// Rows whose code is none, such as an internal code of another portal.
    pub unreadable: u64,
}

/// What became of the question for one procedure's details.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detail {
    /// As they are held.
    Same,
    /// They came, and nothing was held to compare them with.
    First(Box<Procedure>),
    /// They differ from what is held.
    Other {
        /// The new ones.
        procedure: Box<Procedure>,
        /// Where they differ.
        fields: Vec<String>,
    },
    /// They did not come.
    NotFetched,
}

impl Detail {
    /// What `fetched` means next to what is held.
    #[must_use]
    pub fn of(held: Option<&Procedure>, fetched: Procedure) -> Self {
        let Some(held) = held else {
            return Self::First(Box::new(fetched));
        };
        let fields = differences(held, &fetched);
        if fields.is_empty() {
            Self::Same
        } else {
            Self::Other {
                procedure: Box::new(fetched),
                fields,
            }
        }
    }
}

/// Path of the name.
const NAME: &str = "summary.name";

/// One procedure of the next catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextRow {
    /// Mã thủ tục.
    pub code: ProcedureCode,
    /// Tên thủ tục.
    pub name: String,
    /// Details that take the place of what is held; `None`: they stay, if there are any.
    pub content: Option<Box<Procedure>>,
    /// How well the details are known then.
    pub detail: DetailStanding,
    /// When the source was first seen not to list it any more.
    pub withdrawn_at: Option<Timestamp>,
    /// When its content was last seen to change.
    pub changed_at: Timestamp,
}

/// The next catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Step {
    /// Its procedures, in the order of the codes.
    pub rows: Vec<NextRow>,
    /// What is different from the one before; nothing for the first catalogue, which has
    /// none before it.
    pub changes: Vec<Change>,
    /// How much is different.
    pub counts: StepCounts,
}

/// How much a fetch changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StepCounts {
    /// Procedures that are new; all of them in the first catalogue.
    pub added: u64,
    /// Procedures whose content changed.
    pub changed: u64,
    /// Procedures that the source lists no longer.
    pub withdrawn: u64,
    /// Procedures that the source lists again.
    pub restored: u64,
    /// Procedures whose details did not come.
    pub not_fetched: u64,
}

/// The next catalogue at `now`, of what is held, the source's list and the details that were
/// fetched for it. Details that are missing from `details` count as not fetched.
#[must_use]
pub fn advance(
    held: &[Listing],
    list: &SourceList,
    mut details: BTreeMap<ProcedureCode, Detail>,
    now: Timestamp,
) -> Step {
    let mut before: BTreeMap<&ProcedureCode, &Listing> = held
        .iter()
        .map(|listing| (&listing.code, listing))
        .collect();
    let first = held.is_empty();
    let mut step = Step::default();
    for (code, name) in &list.procedures {
        let detail = details.remove(code).unwrap_or(Detail::NotFetched);
        step.list(before.remove(code), (code, name), detail, now);
    }
    for gone in before.into_values() {
        step.miss(gone, now);
    }
    step.rows.sort_by(|one, other| one.code.cmp(&other.code));
    step.changes.sort_by(|one, other| one.code.cmp(&other.code));
    if first {
        step.changes.clear();
    }
    step
}

impl Step {
    /// A procedure that the source lists.
    fn list(
        &mut self,
        before: Option<&Listing>,
        (code, name): (&ProcedureCode, &String),
        detail: Detail,
        now: Timestamp,
    ) {
        let had_details = before.is_some_and(|it| it.detail != DetailStanding::Missing);
        let (content, standing, mut fields) = match detail {
            Detail::Same => (None, DetailStanding::Fresh, Vec::new()),
            Detail::First(procedure) => (Some(procedure), DetailStanding::Fresh, Vec::new()),
            Detail::Other { procedure, fields } => (Some(procedure), DetailStanding::Fresh, fields),
            Detail::NotFetched if had_details => (None, DetailStanding::Older, Vec::new()),
            Detail::NotFetched => (None, DetailStanding::Missing, Vec::new()),
        };
        if standing != DetailStanding::Fresh {
            self.counts.not_fetched += 1;
        }
        // A row without a name says nothing of it where its details, which do, did not come.
        let name = match before {
            Some(before) if name.is_empty() => &before.name,
            Some(_) | None => name,
        };
        // The row's own name decides: it may have been told while the details did not come.
        fields.retain(|it| it != NAME);
        if before.is_some_and(|it| it.name != *name) {
            fields.insert(0, NAME.to_owned());
        }
        let kind = match before {
            None => Some(ChangeKind::Added),
            Some(before) if before.withdrawn_at.is_some() => Some(ChangeKind::Restored),
            Some(_) => (!fields.is_empty()).then_some(ChangeKind::Changed),
        };
        self.rows.push(NextRow {
            code: code.clone(),
            name: name.clone(),
            content,
            detail: standing,
            withdrawn_at: None,
            changed_at: match (kind, before) {
                (None, Some(before)) => before.changed_at,
                (Some(_), _) | (None, None) => now,
            },
        });
        if let Some(kind) = kind {
            self.note(code, name, kind, fields);
        }
    }

    /// A procedure that the source does not list.
    fn miss(&mut self, gone: &Listing, now: Timestamp) {
        self.rows.push(NextRow {
            code: gone.code.clone(),
            name: gone.name.clone(),
            content: None,
            detail: gone.detail,
            withdrawn_at: Some(gone.withdrawn_at.unwrap_or(now)),
            changed_at: gone.changed_at,
        });
        if gone.withdrawn_at.is_none() {
            self.note(&gone.code, &gone.name, ChangeKind::Withdrawn, Vec::new());
        }
    }

    fn note(&mut self, code: &ProcedureCode, name: &str, kind: ChangeKind, fields: Vec<String>) {
        let count = match kind {
            ChangeKind::Added => &mut self.counts.added,
            ChangeKind::Changed => &mut self.counts.changed,
            ChangeKind::Withdrawn => &mut self.counts.withdrawn,
            ChangeKind::Restored => &mut self.counts.restored,
        };
        *count += 1;
        self.changes.push(Change {
            code: code.clone(),
            name: name.to_owned(),
            kind,
            fields,
        });
    }
}

#[cfg(test)]
mod tests;
