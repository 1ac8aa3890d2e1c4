//! What can be said of a draft by itself, whatever else is wrong with it.
//!
//! What a reader would get wrong: an entry that could not be read is told where it was read.
//! Nothing is said here that only follows from its absence.

use jiff::civil::Date;

use super::super::draft::Sketch;
use super::super::remark::{Note, Remark};
use super::super::{DraftField, EvidenceClass, statements};
use super::Examination;
use crate::agency::AgencyCode;
use crate::document::DocumentKind;
use crate::procedure::ProcedureCode;

impl Examination<'_> {
    /// What can be said of a draft by itself.
    pub(super) fn alone(&self, sketch: &Sketch, remarks: &mut Vec<Remark>) {
        for number in &sketch.services {
            if self.services.service(*number).is_none() {
                let note = Note::UnknownService { number: *number };
                remarks.push(Remark::at(DraftField::Services, note));
            }
        }
        for code in &sketch.codes {
            self.code(sketch, code, remarks);
        }
        for unit in &sketch.units {
            self.unit(sketch, unit, DraftField::Units, remarks);
        }
        if let Some(issuer) = &sketch.issuer_code {
            self.unit(sketch, issuer, DraftField::IssuerCode, remarks);
        }
        remarks.extend(symbol(sketch));
        let counts_before = sketch
            .valid_from
            .zip(sketch.issued_on)
            .is_some_and(|(from, issued)| from < issued);
        if counts_before {
            remarks.push(Remark::at(DraftField::ValidFrom, Note::CountsBefore));
        }
        if sketch.valid_to.is_some_and(|last| last < self.today) {
            remarks.push(Remark::at(DraftField::ValidTo, Note::AlreadyOver));
        }
        repeals(sketch, remarks);
        remarks.extend(statements::remarks(sketch.class, &sketch.statements));
    }

    /// Whether a code is over, and whether it is one of the services.
    fn code(&self, sketch: &Sketch, code: &ProcedureCode, remarks: &mut Vec<Remark>) {
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
        if let Some(over) = sketch.issued_on.and_then(over) {
            remarks.push(Remark::at(DraftField::Codes, repealed(over, true)));
        } else if let Some(over) = over(self.today) {
            remarks.push(Remark::at(DraftField::Codes, repealed(over, false)));
        }
        let code = code.clone();
        match listed {
            Some((service, _)) if sketch.services.contains(&service.number) => {}
            Some((service, _)) if sketch.is_whole(&DraftField::Services) => {
                let number = service.number;
                let note = Note::CodeOfOtherService { code, number };
                remarks.push(Remark::at(DraftField::Codes, note));
            }
            Some(_) => {}
            None => remarks.push(Remark::at(DraftField::Codes, Note::CodeNotListed { code })),
        }
    }

    fn unit(
        &self,
        sketch: &Sketch,
        unit: &AgencyCode,
        field: DraftField,
        remarks: &mut Vec<Remark>,
    ) {
        let closed = |on| self.register.closed(unit, on);
        let (last, at_issue) = match (sketch.issued_on.and_then(closed), closed(self.today)) {
            (Some(last), _) => (last, true),
            (None, Some(last)) => (last, false),
            (None, None) => return,
        };
        remarks.push(Remark::at(field, Note::UnitClosed { last, at_issue }));
    }
}

/// What a draft says of publishing and repealing.
fn repeals(sketch: &Sketch, remarks: &mut Vec<Remark>) {
    let publishes = sketch.class == Some(EvidenceClass::PublicationDecision);
    let whole = sketch.is_whole(&DraftField::Codes) && sketch.is_whole(&DraftField::Repeals);
    if publishes && whole && sketch.codes.is_empty() && sketch.repeals.is_empty() {
        remarks.push(Remark::at(DraftField::Codes, Note::PublishesNothing));
    }
    if sketch.repeals.is_empty() {
        return;
    }
    if sketch.class.is_some() && !publishes {
        let note = Note::RepealsOutsidePublication;
        remarks.push(Remark::at(DraftField::Repeals, note));
    }
    let codes = sketch.repeals.len();
    remarks.push(Remark::at(DraftField::Repeals, Note::Repeals { codes }));
}

/// Whether the symbol fits the class and the day of issue.
fn symbol(sketch: &Sketch) -> Option<Remark> {
    let decides = matches!(
        sketch.class,
        Some(
            EvidenceClass::OptionDecision
                | EvidenceClass::PublicationDecision
                | EvidenceClass::ProcessDecision
        )
    );
    let Some(symbol) = &sketch.symbol else {
        let absent = decides && sketch.is_whole(&DraftField::Symbol);
        return absent.then(|| Remark::at(DraftField::Symbol, Note::NoSymbol));
    };
    let other_year = symbol
        .year()
        .zip(sketch.issued_on)
        .is_some_and(|(year, issued)| year != issued.year());
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
