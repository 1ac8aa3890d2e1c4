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
        if before.is_some_and(|it| it.name != *name) && !fields.iter().any(|it| it == NAME) {
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EARLIER: Timestamp = Timestamp::UNIX_EPOCH;

    fn now() -> Timestamp {
        "2026-11-02T01:00:00+07:00".parse().unwrap()
    }

    fn code(text: &str) -> ProcedureCode {
        ProcedureCode::parse(text).unwrap()
    }

    fn procedure(text: &str, requirements: &str) -> Procedure {
        Procedure {
            requirements: requirements.to_owned(),
            ..Procedure::named(code(text), format!("Thủ tục {text}"))
        }
    }

    fn held(text: &str) -> Listing {
        Listing {
            code: code(text),
            name: format!("Thủ tục {text}"),
            fields: Vec::new(),
            levels: Vec::new(),
            withdrawn_at: None,
            changed_at: EARLIER,
            detail: DetailStanding::Fresh,
        }
    }

    fn list<const N: usize>(codes: [&str; N]) -> SourceList {
        let row = |text: &str| (code(text), format!("Thủ tục {text}"));
        SourceList {
            procedures: codes.into_iter().map(row).collect(),
            ..SourceList::default()
        }
    }

    fn kinds(step: &Step) -> Vec<(&str, ChangeKind)> {
        let changes = step.changes.iter();
        changes.map(|it| (it.code.as_str(), it.kind)).collect()
    }

    fn row<'s>(step: &'s Step, text: &str) -> &'s NextRow {
        step.rows
            .iter()
            .find(|it| it.code.as_str() == text)
            .unwrap()
    }

    #[test]
    fn new_changed_and_withdrawn_procedures_are_told_and_the_others_are_not() {
        let before = [held("1.000001"), held("1.000002"), held("1.000003")];
        let old = procedure("1.000001", "");
        let details = BTreeMap::from([
            (
                code("1.000001"),
                Detail::of(Some(&old), procedure("1.000001", "mới")),
            ),
            (code("1.000002"), Detail::Same),
            (
                code("1.000004"),
                Detail::of(None, procedure("1.000004", "")),
            ),
        ]);
        let step = advance(
            &before,
            &list(["1.000001", "1.000002", "1.000004"]),
            details,
            now(),
        );
        assert_eq!(
            kinds(&step),
            [
                ("1.000001", ChangeKind::Changed),
                ("1.000003", ChangeKind::Withdrawn),
                ("1.000004", ChangeKind::Added),
            ]
        );
        assert_eq!(step.changes[0].fields, ["requirements"]);
        assert_eq!(row(&step, "1.000002").changed_at, EARLIER);
        assert_eq!(row(&step, "1.000003").withdrawn_at, Some(now()));
        let counts = step.counts;
        assert_eq!((counts.added, counts.changed, counts.withdrawn), (1, 1, 1));
    }

    #[test]
    fn the_first_catalogue_counts_what_it_has_and_tells_no_changes() {
        let step = advance(&[], &list(["1.000001", "1.000002"]), BTreeMap::new(), now());
        assert_eq!((step.counts.added, step.changes.len()), (2, 0));
        assert_eq!(row(&step, "1.000001").detail, DetailStanding::Missing);
    }

    #[test]
    fn details_that_did_not_come_are_kept_marked_and_no_change() {
        let step = advance(
            &[held("1.000001")],
            &list(["1.000001"]),
            BTreeMap::new(),
            now(),
        );
        assert!(step.changes.is_empty());
        let kept = row(&step, "1.000001");
        assert_eq!((kept.detail, &kept.content), (DetailStanding::Older, &None));
        assert_eq!(step.counts.not_fetched, 1);
    }

    #[test]
    fn details_that_come_for_the_first_time_are_no_change_at_the_source() {
        let before = Listing {
            detail: DetailStanding::Missing,
            ..held("1.000001")
        };
        let first = Detail::of(None, procedure("1.000001", ""));
        let details = BTreeMap::from([(code("1.000001"), first)]);
        let step = advance(&[before], &list(["1.000001"]), details, now());
        assert!(step.changes.is_empty());
        assert!(row(&step, "1.000001").content.is_some());
    }

    #[test]
    fn a_procedure_that_stays_away_keeps_the_day_on_which_it_went_and_may_come_back() {
        let gone = Listing {
            withdrawn_at: Some(EARLIER),
            ..held("1.000001")
        };
        let other = held("1.000002");
        let away = advance(
            &[gone.clone(), other.clone()],
            &list(["1.000002"]),
            BTreeMap::from([(code("1.000002"), Detail::Same)]),
            now(),
        );
        assert!(away.changes.is_empty());
        assert_eq!(row(&away, "1.000001").withdrawn_at, Some(EARLIER));
        let back = advance(
            &[gone, other],
            &list(["1.000001", "1.000002"]),
            BTreeMap::new(),
            now(),
        );
        assert_eq!(kinds(&back), [("1.000001", ChangeKind::Restored)]);
        assert_eq!(row(&back, "1.000001").withdrawn_at, None);
    }

    #[test]
    fn another_name_in_the_list_is_a_change_even_without_details() {
        let mut named = list(["1.000001"]);
        named
            .procedures
            .insert(code("1.000001"), "Tên mới".to_owned());
        let step = advance(&[held("1.000001")], &named, BTreeMap::new(), now());
        assert_eq!(step.changes[0].fields, ["summary.name"]);
        assert_eq!(row(&step, "1.000001").name, "Tên mới");
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_every_change_is_counted(
            before in proptest::collection::btree_set(0u32..30, 0..20),
            after in proptest::collection::btree_set(0u32..30, 0..20),
        ) {
            let text = |number: &u32| format!("1.{number:06}");
            let held: Vec<Listing> = before.iter().map(|it| held(&text(it))).collect();
            let list = SourceList {
                procedures: after
                    .iter()
                    .map(|it| (code(&text(it)), format!("Thủ tục {}", text(it))))
                    .collect(),
                ..SourceList::default()
            };
            let step = advance(&held, &list, BTreeMap::new(), now());
            prop_assert_eq!(step.rows.len(), before.union(&after).count());
            let listed = step.rows.iter().filter(|it| it.withdrawn_at.is_none());
            prop_assert_eq!(listed.count(), after.len());
            let counts = step.counts;
            prop_assert_eq!(counts.added, after.difference(&before).count() as u64);
            prop_assert_eq!(counts.withdrawn, before.difference(&after).count() as u64);
            let told = counts.added + counts.changed + counts.withdrawn + counts.restored;
            if !before.is_empty() {
                prop_assert_eq!(told, step.changes.len() as u64);
            }
        }
    }
}
