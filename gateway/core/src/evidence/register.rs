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
    /// Where each piece stands.
    places: BTreeMap<EvidenceId, usize>,
    /// What takes the place of a piece.
    successors: BTreeMap<EvidenceId, Vec<usize>>,
    /// What repeals a national code.
    repeals: BTreeMap<String, Vec<usize>>,
    /// What publishes a national code.
    publications: BTreeMap<String, Vec<usize>>,
}

impl Register {
    /// A register of `pieces`; `closed` are agencies that ceased, with their last day
    /// (administration.md 6).
    #[must_use]
    pub fn new(mut pieces: Vec<Evidence>, closed: BTreeMap<AgencyCode, Date>) -> Self {
        pieces.sort_by(|one, other| (one.issued_on, &one.id).cmp(&(other.issued_on, &other.id)));
        let mut register = Self {
            closed,
            ..Self::default()
        };
        for (place, piece) in pieces.iter().enumerate() {
            register.places.entry(piece.id.clone()).or_insert(place);
            for id in &piece.supersedes {
                register
                    .successors
                    .entry(id.clone())
                    .or_default()
                    .push(place);
            }
            for code in &piece.repeals {
                let code = code.national().to_owned();
                register.repeals.entry(code).or_default().push(place);
            }
            if piece.class == EvidenceClass::PublicationDecision {
                for code in &piece.codes {
                    let code = code.national().to_owned();
                    register.publications.entry(code).or_default().push(place);
                }
            }
        }
        register.pieces = pieces;
        register
    }

    /// Every piece, the earliest issued first.
    #[must_use]
    pub fn pieces(&self) -> &[Evidence] {
        &self.pieces
    }

    /// The piece with this id.
    #[must_use]
    pub fn piece(&self, id: &EvidenceId) -> Option<&Evidence> {
        self.pieces.get(*self.places.get(id)?)
    }

    /// The agencies that ceased, with their last day.
    #[must_use]
    pub fn closed_agencies(&self) -> &BTreeMap<AgencyCode, Date> {
        &self.closed
    }

    /// What takes the place of `id` on this day.
    #[must_use]
    pub fn successor(&self, id: &EvidenceId, on: Date) -> Option<&Evidence> {
        self.in_force_of(self.successors.get(id), on).next()
    }

    /// The decision that repealed `code` by this day, unless another one took its place or
    /// the code was published again after it.
    #[must_use]
    pub fn repeal(&self, code: &ProcedureCode, on: Date) -> Option<&Evidence> {
        let mut standing = self.repeals(code, on).filter(|(_, again)| again.is_none());
        standing.next().map(|(repeal, _)| repeal)
    }

    /// Every decision that repealed `code` by this day and that none took the place of, each
    /// with the first later decision that published the code again.
    pub fn repeals(
        &self,
        code: &ProcedureCode,
        on: Date,
    ) -> impl Iterator<Item = (&Evidence, Option<&Evidence>)> {
        let repeals = self.in_force_of(self.repeals.get(code.national()), on);
        let standing = repeals.filter(move |it| self.successor(&it.id, on).is_none());
        let publications = self.publications.get(code.national());
        standing.map(move |repeal| {
            let again = self.in_force_of(publications, on).find(|it| {
                let later = it.issued_on > repeal.issued_on && it.valid_from >= repeal.valid_from;
                later && self.successor(&it.id, on).is_none()
            });
            (repeal, again)
        })
    }

    /// The last decision publishing `code` that was issued after `after`, by this day.
    #[must_use]
    pub fn publication(&self, code: &ProcedureCode, after: Date, on: Date) -> Option<&Evidence> {
        let publications = self.in_force_of(self.publications.get(code.national()), on);
        publications.filter(|it| it.issued_on > after).last()
    }

    /// The last day of an agency that ceased before this day, or of one above it; of several
    /// the first.
    #[must_use]
    pub fn closed(&self, unit: &AgencyCode, on: Date) -> Option<Date> {
        let over = self.closed.iter();
        let over = over.filter(|(closed, last)| **last < on && closed.includes(unit));
        over.map(|(_, last)| *last).min()
    }

    /// Two decisions in force on one day, of one class and about one code and unit, where
    /// neither says that it takes the other's place: a person has to say which one counts.
    pub fn rivals(&self, on: Date) -> impl Iterator<Item = (&Evidence, &Evidence)> {
        let current = move |it: &Evidence| self.successor(&it.id, on).is_none();
        let pairs = self.in_force(on).flat_map(move |one| {
            let others = self.in_force(on);
            others
                .filter(move |other| {
                    other.id > one.id && other.issued_on == one.issued_on && clash(one, other)
                })
                .map(move |other| (one, other))
        });
        // Asked last: it is the dearest of the conditions.
        pairs.filter(move |(one, other)| current(one) && current(other))
    }

    /// Those of `places` that are in force, in the order of their days of issue.
    fn in_force_of(
        &self,
        places: Option<&Vec<usize>>,
        on: Date,
    ) -> impl Iterator<Item = &Evidence> {
        let pieces = places.into_iter().flatten();
        pieces
            .filter_map(|place| self.pieces.get(*place))
            .filter(move |it| it.valid_from <= on)
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
