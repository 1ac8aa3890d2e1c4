//! The register as a whole: what one piece does to another.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Evidence, EvidenceClass, EvidenceId};
use crate::agency::AgencyCode;
use crate::procedure::ProcedureCode;

/// Everything that was ever recorded, in the order of its days of issue.
#[derive(Debug, Clone, Default)]
pub struct Register {
    pieces: Vec<Evidence>,
    /// Agencies that ceased, with their last day.
    closed: BTreeMap<AgencyCode, Date>,
}

impl Register {
    /// A register of `pieces`; `closed` are agencies that ceased, with their last day
    /// (administration.md 6).
    #[must_use]
    pub fn new(mut pieces: Vec<Evidence>, closed: BTreeMap<AgencyCode, Date>) -> Self {
        pieces.sort_by(|one, other| (one.issued_on, &one.id).cmp(&(other.issued_on, &other.id)));
        Self { pieces, closed }
    }

    /// Every piece, the earliest issued first.
    #[must_use]
    pub fn pieces(&self) -> &[Evidence] {
        &self.pieces
    }

    /// The piece with this id.
    #[must_use]
    pub fn piece(&self, id: &EvidenceId) -> Option<&Evidence> {
        self.pieces.iter().find(|it| it.id == *id)
    }

    /// What takes the place of `id` on this day.
    #[must_use]
    pub fn successor(&self, id: &EvidenceId, on: Date) -> Option<&Evidence> {
        self.in_force(on).find(|it| it.supersedes.contains(id))
    }

    /// The decision that repealed `code` by this day.
    #[must_use]
    pub fn repeal(&self, code: &ProcedureCode, on: Date) -> Option<&Evidence> {
        self.in_force(on)
            .find(|it| it.repeals.iter().any(|repealed| is_same(repealed, code)))
    }

    /// The last decision publishing `code` that was issued after `after`, by this day.
    #[must_use]
    pub fn publication(&self, code: &ProcedureCode, after: Date, on: Date) -> Option<&Evidence> {
        let publishes = |it: &&Evidence| {
            it.class == EvidenceClass::PublicationDecision
                && it.issued_on > after
                && it.codes.iter().any(|published| is_same(published, code))
        };
        self.in_force(on).filter(publishes).last()
    }

    /// The last day of an agency that ceased before this day, or of one above it.
    #[must_use]
    pub fn closed(&self, unit: &AgencyCode, on: Date) -> Option<Date> {
        self.closed
            .iter()
            .find(|(closed, last)| **last < on && closed.includes(unit))
            .map(|(_, last)| *last)
    }

    /// Two decisions in force on one day, of one class and about one code and unit, where
    /// neither says that it takes the other's place: a person has to say which one counts.
    pub fn rivals(&self, on: Date) -> impl Iterator<Item = (&Evidence, &Evidence)> {
        let current = move |it: &&Evidence| self.successor(&it.id, on).is_none();
        self.in_force(on).filter(current).flat_map(move |one| {
            let later = self.in_force(on).filter(current);
            later
                .filter(move |other| {
                    other.id > one.id && one.issued_on == other.issued_on && clash(one, other)
                })
                .map(move |other| (one, other))
        })
    }

    fn in_force(&self, on: Date) -> impl Iterator<Item = &Evidence> {
        self.pieces.iter().filter(move |it| it.valid_from <= on)
    }
}

fn clash(one: &Evidence, other: &Evidence) -> bool {
    let decides = matches!(
        one.class,
        EvidenceClass::OptionDecision
            | EvidenceClass::PublicationDecision
            | EvidenceClass::ProcessDecision
    );
    let same_code = one
        .codes
        .iter()
        .any(|code| other.codes.iter().any(|theirs| is_same(code, theirs)));
    let same_unit = one.units.is_empty() && other.units.is_empty()
        || one.units.iter().any(|unit| other.units.contains(unit));
    decides && one.class == other.class && same_code && same_unit
}

/// Whether two codes name one national procedure.
pub(super) fn is_same(one: &ProcedureCode, other: &ProcedureCode) -> bool {
    one.national() == other.national()
}
