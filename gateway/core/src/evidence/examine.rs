//! What new pieces would do to the register, and what keeps them out of it.
//!
//! What a reader would get wrong: a code or an agency that ceased is no fault of a document
//! that was issued before. It is refused only where it had ceased when the document was
//! issued, because then the document cannot be what it says it is.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::remark::{Note, Remark};
use super::{
    DraftField, Evidence, EvidenceClass, EvidenceDraft, EvidenceId, EvidenceRules, OutOfDate,
    Register, Standing,
};
use crate::agency::AgencyCode;
use crate::document::{DocumentKind, DocumentSymbol};
use crate::essential::ServiceList;
use crate::procedure::ProcedureCode;

/// What new pieces are held against.
#[derive(Debug, Clone, Copy)]
pub struct Examination<'a> {
    /// The list of services.
    pub services: &'a ServiceList,
    /// What is recorded already.
    pub register: &'a Register,
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
    /// Reads drafts in their order and tells everything about them at once. In `supersedes`
    /// a draft may name what is in the register by its id or by a symbol that nothing else
    /// there has, and earlier drafts by their names or symbols.
    #[must_use]
    pub fn of(&self, drafts: &[NewDraft<'_>]) -> Vec<Examined> {
        let mut examined: Vec<Examined> = Vec::with_capacity(drafts.len());
        let mut earlier = Earlier::default();
        for NewDraft { draft, recorded } in drafts {
            if let Some(recorded) = recorded {
                examined.push(self.again(draft, recorded));
                let name = draft.name.trim().to_owned();
                earlier.recorded.insert(name, recorded.id.clone());
                continue;
            }
            let mut remarks = Vec::new();
            let mut draft = draft.clone();
            draft.supersedes = self.referred(&draft.supersedes, &earlier, &mut remarks);
            let evidence = self.read(&draft, &mut remarks);
            if let Some(evidence) = &evidence {
                self.alone(evidence, &mut remarks);
                self.same_document(evidence, &earlier.read, &mut remarks);
                earlier.read.push(evidence.clone());
            }
            examined.push(Examined {
                evidence,
                recorded: None,
                remarks,
            });
        }
        self.together(&earlier.read, &mut examined);
        examined
    }

    fn read(&self, draft: &EvidenceDraft, remarks: &mut Vec<Remark>) -> Option<Evidence> {
        match draft.read(self.today) {
            Ok(evidence) => Some(evidence),
            Err(problems) => {
                remarks.extend(problems.into_iter().map(Remark::from));
                None
            }
        }
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
        let evidence = self.read(&draft, &mut remarks);
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
        let all = || self.register.pieces().iter().chain(&earlier.read);
        if let Some(piece) = all().find(|it| it.id.as_str() == text) {
            return vec![piece.id.clone()];
        }
        let Ok(symbol) = DocumentSymbol::parse(text) else {
            return Vec::new();
        };
        let taken: BTreeSet<&EvidenceId> = all().flat_map(|it| &it.supersedes).collect();
        let has_it = |it: &&Evidence| it.symbol.as_ref().is_some_and(|own| own.may_be(&symbol));
        all()
            .filter(has_it)
            .filter(|it| !taken.contains(&it.id))
            .map(|it| it.id.clone())
            .collect()
    }

    /// What can be said of a piece by itself.
    fn alone(&self, piece: &Evidence, remarks: &mut Vec<Remark>) {
        for number in &piece.services {
            if self.services.service(*number).is_none() {
                let note = Note::UnknownService { number: *number };
                remarks.push(Remark::at(DraftField::Services, note));
            }
        }
        for code in &piece.codes {
            self.code(piece, code, remarks);
        }
        for unit in &piece.units {
            self.unit(piece, unit, DraftField::Units, remarks);
        }
        if let Some(issuer) = &piece.issuer_code {
            self.unit(piece, issuer, DraftField::IssuerCode, remarks);
        }
        remarks.extend(symbol(piece));
        if piece.valid_from < piece.issued_on {
            remarks.push(Remark::at(DraftField::ValidFrom, Note::CountsBefore));
        }
        if piece.valid_to.is_some_and(|last| last < self.today) {
            remarks.push(Remark::at(DraftField::ValidTo, Note::AlreadyOver));
        }
        let publishes = piece.class == EvidenceClass::PublicationDecision;
        if publishes && piece.codes.is_empty() && piece.repeals.is_empty() {
            remarks.push(Remark::at(DraftField::Codes, Note::PublishesNothing));
        }
        if !piece.repeals.is_empty() {
            if !publishes {
                let note = Note::RepealsOutsidePublication;
                remarks.push(Remark::at(DraftField::Repeals, note));
            }
            let codes = piece.repeals.len();
            remarks.push(Remark::at(DraftField::Repeals, Note::Repeals { codes }));
        }
        remarks.extend(super::statements::remarks(piece));
    }

    /// Whether a code is over, and whether it is one of the services.
    fn code(&self, piece: &Evidence, code: &ProcedureCode, remarks: &mut Vec<Remark>) {
        let listed = self.services.service_of(code);
        let over = |on: Date| {
            let by = self.register.repeal(code, on);
            let last = listed
                .and_then(|(_, it)| it.days.to)
                .filter(|last| *last < on);
            (by.is_some() || last.is_some()).then(|| (by.map(|it| it.id.clone()), last))
        };
        let repealed = |(by, last), at_issue| Note::Repealed {
            code: code.clone(),
            last,
            by,
            at_issue,
        };
        if let Some(over) = over(piece.issued_on) {
            remarks.push(Remark::at(DraftField::Codes, repealed(over, true)));
        } else if let Some(over) = over(self.today) {
            remarks.push(Remark::at(DraftField::Codes, repealed(over, false)));
        }
        let code = code.clone();
        match listed {
            Some((service, _)) if piece.services.contains(&service.number) => {}
            Some((service, _)) => {
                let number = service.number;
                let note = Note::CodeOfOtherService { code, number };
                remarks.push(Remark::at(DraftField::Codes, note));
            }
            None => remarks.push(Remark::at(DraftField::Codes, Note::CodeNotListed { code })),
        }
    }

    fn unit(
        &self,
        piece: &Evidence,
        unit: &AgencyCode,
        field: DraftField,
        remarks: &mut Vec<Remark>,
    ) {
        let closed = |on| self.register.closed(unit, on);
        let (last, at_issue) = match (closed(piece.issued_on), closed(self.today)) {
            (Some(last), _) => (last, true),
            (None, Some(last)) => (last, false),
            (None, None) => return,
        };
        remarks.push(Remark::at(field, Note::UnitClosed { last, at_issue }));
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
    fn together(&self, read: &[Evidence], examined: &mut [Examined]) {
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
        for each in examined {
            let id = each.evidence.as_ref().map(|it| &it.id);
            if let Some(more) = id.and_then(|id| told.remove(id)) {
                each.remarks.extend(more);
            }
        }
    }
}

/// The drafts before one.
#[derive(Default)]
struct Earlier {
    /// Those that can be read.
    read: Vec<Evidence>,
    /// Names of those that are recorded already, and their ids.
    recorded: BTreeMap<String, EvidenceId>,
}

/// Whether the symbol fits the class and the day of issue.
fn symbol(piece: &Evidence) -> Option<Remark> {
    let decides = matches!(
        piece.class,
        EvidenceClass::OptionDecision
            | EvidenceClass::PublicationDecision
            | EvidenceClass::ProcessDecision
    );
    let Some(symbol) = &piece.symbol else {
        return decides.then(|| Remark::at(DraftField::Symbol, Note::NoSymbol));
    };
    let other_year = symbol.year().is_some_and(|it| it != piece.issued_on.year());
    let kind = symbol.implied_kind();
    let note = if symbol.is_bare() {
        Note::BareSymbol
    } else if other_year {
        Note::OtherYear
    } else if decides && kind.is_some_and(|kind| kind != DocumentKind::Decision) {
        Note::NoDecision
    } else {
        return None;
    };
    Some(Remark::at(DraftField::Symbol, note))
}

#[cfg(test)]
mod tests;
