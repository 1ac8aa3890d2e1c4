//! What new pieces would do to the register, and what keeps them out of it.
//!
//! What a reader would get wrong: a code or an agency that ceased is no fault of a document
//! that was issued before. It is refused only where it had ceased when the document was
//! issued, because then the document cannot be what it says it is.

mod alone;
mod repeated;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::draft::Sketch;
use super::remark::{Note, Remark};
use super::{
    DraftField, Evidence, EvidenceDraft, EvidenceId, EvidenceRules, OutOfDate, Register, Standing,
};
use crate::document::DocumentSymbol;
use crate::essential::ServiceList;

/// What new pieces are held against.
#[derive(Debug, Clone, Copy)]
pub struct Examination<'a> {
    /// The list of services.
    pub services: &'a ServiceList,
    /// What is recorded already.
    pub register: &'a Register,
    /// Pieces that a draft may say again under another event id, so that it counts as that one:
    /// for a file those that the same caller recorded, otherwise none.
    pub own: &'a [&'a Evidence],
    /// When evidence is out of date.
    pub rules: &'a EvidenceRules,
    /// The present day in Việt Nam.
    pub today: Date,
}

/// A draft that is to be recorded.
#[derive(Debug, Clone)]
pub struct NewDraft<'a> {
    /// The draft.
    pub draft: EvidenceDraft,
    /// What the register holds under the same event id, where it holds something.
    pub recorded: Option<&'a Evidence>,
}

/// A new piece and what there is to say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// The piece, under its name within the call; `None` where it cannot be read.
    pub evidence: Option<Evidence>,
    /// Under which id it is recorded already, where it is.
    pub recorded: Option<EvidenceId>,
    /// What there is to say, in the order of the fields.
    pub remarks: Vec<Remark>,
}

impl Examined {
    /// Whether something keeps it from being recorded.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.evidence.is_none() || self.remarks.iter().any(Remark::refuses)
    }
}

impl Examination<'_> {
    /// Reads drafts in their order and tells everything about them at once, also what else is
    /// wrong with a draft of which not everything can be read. In `supersedes` a draft may
    /// name what is in the register by its id or by a symbol that nothing else there has, and
    /// earlier drafts by their names or symbols.
    #[must_use]
    pub fn of(&self, drafts: &[NewDraft<'_>]) -> Vec<Examined> {
        let mut examined: Vec<Examined> = Vec::with_capacity(drafts.len());
        // The name of each draft that is new here, by which others tell of it.
        let mut names: Vec<Option<EvidenceId>> = Vec::with_capacity(drafts.len());
        let mut earlier = Earlier::default();
        for NewDraft { draft, recorded } in drafts {
            if let Some(recorded) = recorded.or_else(|| self.said_before(draft, &earlier)) {
                examined.push(self.again(draft, recorded));
                names.push(None);
                let name = draft.name.trim().to_owned();
                earlier.recorded.insert(name, recorded.id.clone());
                continue;
            }
            let (one, sketch) = self.first(draft, &earlier);
            names.push(sketch.id.clone());
            examined.push(one);
            match sketch.stand_in() {
                Some(piece) => earlier.pieces.push(piece),
                None => earlier.unplaced.push(sketch),
            }
        }
        self.together(&earlier.pieces, &names, &mut examined);
        for each in &mut examined {
            // What is about the piece as a whole comes last.
            let place = |it: &Remark| (it.field.is_none(), it.field.clone());
            each.remarks.sort_by_key(place);
        }
        examined
    }

    /// A draft that is not recorded yet, and what could be read of it.
    fn first(&self, draft: &EvidenceDraft, earlier: &Earlier) -> (Examined, Sketch) {
        let mut remarks = Vec::new();
        let mut draft = draft.clone();
        draft.supersedes = self.referred(&draft.supersedes, earlier, &mut remarks);
        let (sketch, problems) = draft.sketch(self.today);
        let evidence = sketch.evidence().filter(|_| problems.is_empty());
        remarks.extend(problems.into_iter().map(Remark::from));
        self.alone(&sketch, &mut remarks);
        if let Some(piece) = sketch.stand_in() {
            self.same_document(&piece, &earlier.pieces, &mut remarks);
        }
        let examined = Examined {
            evidence,
            recorded: None,
            remarks,
        };
        (examined, sketch)
    }

    /// A draft whose event id was used before: it has to say the same. What it takes the
    /// place of is not looked for again, because by now something may have taken that place.
    fn again(&self, draft: &EvidenceDraft, recorded: &Evidence) -> Examined {
        let mut remarks = Vec::new();
        let mut draft = draft.clone();
        draft.supersedes = recorded
            .supersedes
            .iter()
            .map(ToString::to_string)
            .collect();
        let evidence = match draft.read(self.today) {
            Ok(evidence) => Some(evidence),
            Err(problems) => {
                remarks.extend(problems.into_iter().map(Remark::from));
                None
            }
        };
        let says_the_same = |it: &Evidence| {
            let id = recorded.id.clone();
            Evidence { id, ..it.clone() } == *recorded
        };
        if evidence.as_ref().is_some_and(|it| !says_the_same(it)) {
            let other = recorded.id.clone();
            remarks.push(Remark::of(Note::OtherContent { other }));
        }
        Examined {
            evidence,
            recorded: Some(recorded.id.clone()),
            remarks,
        }
    }

    /// The ids that entries of `supersedes` mean.
    fn referred(
        &self,
        entries: &[String],
        earlier: &Earlier,
        remarks: &mut Vec<Remark>,
    ) -> Vec<String> {
        let mut ids = Vec::new();
        for (entry, text) in (1..).zip(entries.iter().map(|it| it.trim())) {
            if text.is_empty() {
                continue;
            }
            let found = self.meant(text, earlier);
            match found.as_slice() {
                [id] => ids.push(id.to_string()),
                [] => remarks.push(Remark::at(
                    DraftField::Supersedes,
                    Note::UnknownReference { entry },
                )),
                _ => remarks.push(Remark::at(
                    DraftField::Supersedes,
                    Note::SeveralReferences { entry, ids: found },
                )),
            }
        }
        ids
    }

    /// The pieces that a text may mean: the one with this id, or all with this symbol whose
    /// place nothing has taken.
    fn meant(&self, text: &str, earlier: &Earlier) -> Vec<EvidenceId> {
        if let Some(id) = earlier.recorded.get(text) {
            return vec![id.clone()];
        }
        let all = || self.register.pieces().iter().chain(&earlier.pieces);
        let unplaced = || earlier.unplaced.iter();
        let ids = all().map(|it| &it.id);
        let mut ids = ids.chain(unplaced().filter_map(|it| it.id.as_ref()));
        if let Some(id) = ids.find(|it| it.as_str() == text) {
            return vec![id.clone()];
        }
        let Ok(symbol) = DocumentSymbol::parse(text) else {
            return Vec::new();
        };
        let taken: BTreeSet<&EvidenceId> = all().flat_map(|it| &it.supersedes).collect();
        let has_it = |own: Option<&DocumentSymbol>| own.is_some_and(|own| own.may_be(&symbol));
        let placed = all()
            .filter(|it| has_it(it.symbol.as_ref()))
            .filter(|it| !taken.contains(&it.id))
            .map(|it| &it.id);
        let unplaced = unplaced().filter(|it| has_it(it.symbol.as_ref()));
        let unplaced = unplaced.filter_map(|it| it.id.as_ref());
        placed.chain(unplaced).cloned().collect()
    }

    /// Whether the document stands there already, without being replaced by this one.
    fn same_document(&self, piece: &Evidence, earlier: &[Evidence], remarks: &mut Vec<Remark>) {
        let Some(symbol) = piece.symbol.as_ref().filter(|it| !it.is_bare()) else {
            return;
        };
        let same = |it: &&Evidence| {
            it.class == piece.class
                && it.issued_on == piece.issued_on
                && it.symbol.as_ref().is_some_and(|own| own.may_be(symbol))
                && !piece.supersedes.contains(&it.id)
        };
        if let Some(other) = self.register.pieces().iter().chain(earlier).find(same) {
            let other = other.id.clone();
            remarks.push(Remark::at(DraftField::Symbol, Note::SameDocument { other }));
        }
    }

    /// What the pieces do to others and to each other.
    fn together(&self, read: &[Evidence], names: &[Option<EvidenceId>], examined: &mut [Examined]) {
        let all = self.register.pieces().iter().chain(read).cloned().collect();
        let closed = self.register.closed_agencies().clone();
        let after = Register::new(all, closed);
        // Also what counts only later does something, from that day on.
        let on = read
            .iter()
            .map(|it| it.valid_from)
            .fold(self.today, Date::max);
        let mut told: BTreeMap<EvidenceId, Vec<Remark>> = BTreeMap::new();
        for (one, other) in after.rivals(on) {
            // The later one is to say which of them counts; both may be new.
            for (piece, other) in [(one, other), (other, one)] {
                if let Some(newer) = read.iter().rposition(|it| it.id == piece.id)
                    && read[newer..].iter().all(|it| it.id != other.id)
                {
                    let other = other.id.clone();
                    let remark = Remark::at(DraftField::Supersedes, Note::Rival { other });
                    told.entry(piece.id.clone()).or_default().push(remark);
                }
            }
        }
        for piece in after.pieces() {
            let Standing::OutOfDate(reasons) = piece.standing(on, &after, self.rules) else {
                continue;
            };
            for reason in reasons {
                let by = match &reason {
                    OutOfDate::Superseded { by }
                    | OutOfDate::Repealed { by, .. }
                    | OutOfDate::PublishedAnew { by, .. } => by.clone(),
                    OutOfDate::Ended { .. }
                    | OutOfDate::TooOld { .. }
                    | OutOfDate::UnitClosed { .. }
                    | OutOfDate::NotReviewed { .. } => continue,
                };
                if read.iter().any(|it| it.id == by) {
                    let other = piece.id.clone();
                    let remark = Remark::of(Note::Ends { other, reason });
                    told.entry(by).or_default().push(remark);
                }
            }
        }
        for (each, name) in examined.iter_mut().zip(names) {
            if let Some(more) = name.as_ref().and_then(|name| told.remove(name)) {
                each.remarks.extend(more);
            }
        }
    }
}

/// The drafts before one.
#[derive(Default)]
struct Earlier {
    /// Those of which it can be said what they do to others.
    pieces: Vec<Evidence>,
    /// The others.
    unplaced: Vec<Sketch>,
    /// Names of those that are recorded already, and their ids.
    recorded: BTreeMap<String, EvidenceId>,
}

#[cfg(test)]
mod tests;
