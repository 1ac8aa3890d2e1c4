//! A piece of evidence as somebody wrote it down, before it is known to be one.
//!
//! What a reader would get wrong: nothing is guessed here. 30/02 is no date, 1/9/26 is no
//! year, and a code that does not have its form is told, also where one can see what was
//! meant. Everything that is wrong is told at once, and nothing of such a draft is used.

mod problem;
mod sketch;

pub use problem::{DraftField, DraftProblem, Wrong};
pub(super) use sketch::Sketch;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{Comparison, Evidence, EvidenceClass, EvidenceId, FileHash};
use crate::agency::AgencyCode;
use crate::document::{DocumentSymbol, parse_date};
use crate::essential::ServiceNumber;
use crate::procedure::ProcedureCode;
use crate::text::{InvalidText, Text};

/// Entries that one list of a draft may have.
const MOST_ENTRIES: usize = 500;
/// Statements that one piece may carry.
const MOST_STATEMENTS: usize = 100;
/// Characters of the longest name of a statement.
const LONGEST_NAME: usize = 60;

/// One piece of evidence as texts; an empty text is one that is missing.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct EvidenceDraft {
    /// Its name within the call that records it; empty where nothing refers to it.
    pub name: String,
    /// Loại: `E1` to `E9`.
    pub class: String,
    /// Numbers of the services.
    pub services: Vec<String>,
    /// Mã thủ tục.
    pub codes: Vec<String>,
    /// Mã đơn vị.
    pub units: Vec<String>,
    /// Số, ký hiệu.
    pub symbol: String,
    /// Trích yếu.
    pub title: String,
    /// Cơ quan ban hành.
    pub issuer: String,
    /// Mã định danh of the issuer.
    pub issuer_code: String,
    /// Người ký.
    pub signer: String,
    /// Ngày ban hành.
    pub issued_on: String,
    /// Hiệu lực từ; empty: the day of issue.
    pub valid_from: String,
    /// Hiệu lực đến; empty: no end is stated.
    pub valid_to: String,
    /// Thay thế: ids, or the ids that symbols were found to mean.
    pub supersedes: Vec<String>,
    /// Bãi bỏ: mã thủ tục.
    pub repeals: Vec<String>,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Where the file is kept.
    pub address: String,
    /// Ngày đối chiếu.
    pub compared_on: String,
    /// Người đối chiếu.
    pub compared_by: String,
    /// What it states, by name.
    pub statements: BTreeMap<String, String>,
}

impl std::fmt::Debug for EvidenceDraft {
    /// Without who signed and who compared it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EvidenceDraft")
            .field("name", &self.name)
            .field("class", &self.class)
            .field("services", &self.services)
            .field("symbol", &self.symbol)
            .field("issued_on", &self.issued_on)
            .finish_non_exhaustive()
    }
}

impl EvidenceDraft {
    /// Reads the draft. `today` is the present day in Việt Nam: nothing was issued or
    /// compared after it, while a first day may still be to come. A piece without a name
    /// gets the id `new`.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the fields.
    pub fn read(&self, today: Date) -> Result<Evidence, Vec<DraftProblem>> {
        let (sketch, problems) = self.sketch(today);
        match sketch.evidence() {
            Some(evidence) if problems.is_empty() => Ok(evidence),
            _ => Err(problems),
        }
    }

    /// What can be read of the draft, and everything that is wrong, in the order of the
    /// fields; `today` as in [`EvidenceDraft::read`].
    pub(super) fn sketch(&self, today: Date) -> (Sketch, Vec<DraftProblem>) {
        let mut reading = Reading::default();
        let sketch = reading.sketch(self, today);
        let wrong = reading.problems.iter().map(|it| it.field.clone()).collect();
        (Sketch { wrong, ..sketch }, reading.problems)
    }
}

/// Collects what is wrong while a draft is read.
#[derive(Default)]
struct Reading {
    problems: Vec<DraftProblem>,
}

impl Reading {
    fn sketch(&mut self, draft: &EvidenceDraft, today: Date) -> Sketch {
        let id = self.name(&draft.name);
        let class = self.class(&draft.class);
        let services = self.services(&draft.services);
        let codes = self.codes(DraftField::Codes, &draft.codes);
        let units = self.units(&draft.units);
        let symbol = self.symbol(&draft.symbol);
        let title = self.needed::<1000>(DraftField::Title, &draft.title);
        let issuer = self.needed::<200>(DraftField::Issuer, &draft.issuer);
        let issuer_code = self.issuer_code(&draft.issuer_code);
        let signer = self.text::<100>(DraftField::Signer, &draft.signer);
        let days = self.days(draft, today);
        let supersedes = self.supersedes(&draft.supersedes);
        let repeals = self.codes(DraftField::Repeals, &draft.repeals);
        let sha256 = self.sha256(&draft.sha256);
        let address = self.text::<2000>(DraftField::Address, &draft.address);
        let compared = self.compared(draft, days.issued_on, today);
        let statements = self.statements(&draft.statements);
        Sketch {
            id,
            class,
            services,
            codes,
            units,
            symbol,
            title,
            issuer,
            issuer_code,
            signer,
            issued_on: days.issued_on,
            valid_from: days.valid_from,
            valid_to: days.valid_to,
            supersedes,
            repeals,
            sha256,
            address,
            compared,
            statements,
            wrong: BTreeSet::new(),
        }
    }

    fn refuse(&mut self, field: DraftField, wrong: Wrong) {
        self.problems.push(DraftProblem { field, wrong });
    }

    fn take<T>(&mut self, field: DraftField, read: Result<T, Wrong>) -> Option<T> {
        read.map_err(|wrong| self.refuse(field, wrong)).ok()
    }

    fn name(&mut self, raw: &str) -> Option<EvidenceId> {
        let raw = raw.trim();
        let name = if raw.is_empty() { "new" } else { raw };
        let read = EvidenceId::parse(name).map_err(|_| Wrong::Name);
        let read = read.and_then(|id| {
            if id.is_given() {
                Err(Wrong::Name)
            } else {
                Ok(id)
            }
        });
        self.take(DraftField::Name, read)
    }

    fn class(&mut self, raw: &str) -> Option<EvidenceClass> {
        let raw = raw.trim();
        let read = match EvidenceClass::from_id(raw) {
            Some(class) => Ok(class),
            None if raw.is_empty() => Err(Wrong::Missing),
            None => Err(Wrong::Class),
        };
        self.take(DraftField::Class, read)
    }

    fn services(&mut self, raw: &[String]) -> BTreeSet<ServiceNumber> {
        let read = |text: &str| text.parse().ok().and_then(ServiceNumber::new);
        let numbers = self.entries(DraftField::Services, raw, read, Wrong::service);
        if numbers.is_empty() && raw.iter().all(|entry| entry.trim().is_empty()) {
            self.refuse(DraftField::Services, Wrong::Missing);
        }
        numbers
    }

    fn codes(&mut self, field: DraftField, raw: &[String]) -> BTreeSet<ProcedureCode> {
        let read = |text: &str| ProcedureCode::parse(text).ok();
        self.entries(field, raw, read, Wrong::code)
    }

    fn units(&mut self, raw: &[String]) -> BTreeSet<AgencyCode> {
        let read = |text: &str| AgencyCode::parse(text).ok();
        self.entries(DraftField::Units, raw, read, Wrong::unit)
    }

    fn supersedes(&mut self, raw: &[String]) -> BTreeSet<EvidenceId> {
        let read = |text: &str| EvidenceId::parse(text).ok();
        self.entries(DraftField::Supersedes, raw, read, Wrong::reference)
    }

    /// A list; what is written twice counts once, and empty entries are none.
    fn entries<T: Ord>(
        &mut self,
        field: DraftField,
        raw: &[String],
        read: impl Fn(&str) -> Option<T>,
        wrong: fn(usize) -> Wrong,
    ) -> BTreeSet<T> {
        if raw.len() > MOST_ENTRIES {
            self.refuse(field, Wrong::TooMany { most: MOST_ENTRIES });
            return BTreeSet::new();
        }
        let mut entries = BTreeSet::new();
        for (entry, text) in (1..).zip(raw.iter().map(|text| text.trim())) {
            if text.is_empty() {
                continue;
            }
            match read(text) {
                Some(value) => {
                    entries.insert(value);
                }
                None => self.refuse(field.clone(), wrong(entry)),
            }
        }
        entries
    }

    fn symbol(&mut self, raw: &str) -> Option<DocumentSymbol> {
        if raw.trim().is_empty() {
            return None;
        }
        // Registers write the issuer behind it where the symbol does not tell it.
        let read = DocumentSymbol::parse_with_issuer(raw).map_err(Wrong::Symbol);
        self.take(DraftField::Symbol, read).map(|read| read.symbol)
    }

    fn issuer_code(&mut self, raw: &str) -> Option<AgencyCode> {
        let raw = raw.trim();
        if raw.is_empty() {
            return None;
        }
        let read = AgencyCode::parse(raw).map_err(|_| Wrong::Unit { entry: 1 });
        self.take(DraftField::IssuerCode, read)
    }

    fn needed<const MOST: usize>(&mut self, field: DraftField, raw: &str) -> Option<String> {
        let read = Text::<MOST>::parse(raw).map_err(wrong_text);
        self.take(field, read).map(|text| text.as_str().to_owned())
    }

    fn text<const MOST: usize>(&mut self, field: DraftField, raw: &str) -> Option<String> {
        let read = Text::<MOST>::parse_optional(raw).map_err(wrong_text);
        let text = self.take(field, read)?;
        text.map(|text| text.as_str().to_owned())
    }

    fn date(&mut self, field: DraftField, raw: &str) -> Option<Date> {
        if raw.trim().is_empty() {
            return None;
        }
        let read = parse_date(raw).map_err(Wrong::Date);
        self.take(field, read)
    }

    fn days(&mut self, draft: &EvidenceDraft, today: Date) -> Days {
        let issued_on = self.date(DraftField::IssuedOn, &draft.issued_on);
        if draft.issued_on.trim().is_empty() {
            self.refuse(DraftField::IssuedOn, Wrong::Missing);
        }
        if issued_on.is_some_and(|day| day > today) {
            self.refuse(DraftField::IssuedOn, Wrong::InFuture { today });
        }
        let stated_from = self.date(DraftField::ValidFrom, &draft.valid_from);
        let valid_to = self.date(DraftField::ValidTo, &draft.valid_to);
        let is_stated = !draft.valid_from.trim().is_empty();
        let valid_from = if is_stated { stated_from } else { issued_on };
        if let (Some(from), Some(to)) = (valid_from, valid_to)
            && to < from
        {
            self.refuse(DraftField::ValidTo, Wrong::BeforeFirstDay { first: from });
        }
        Days {
            issued_on,
            valid_from,
            valid_to,
        }
    }

    fn sha256(&mut self, raw: &str) -> Option<FileHash> {
        let raw = raw.trim();
        let read = if raw.is_empty() {
            Err(Wrong::Missing)
        } else {
            match FileHash::parse(raw) {
                Ok(hash) if hash == FileHash::new([0; 32]) => Err(Wrong::HashOfZeros),
                Ok(hash) => Ok(hash),
                Err(_) => Err(Wrong::Hash),
            }
        };
        self.take(DraftField::Sha256, read)
    }

    fn compared(
        &mut self,
        draft: &EvidenceDraft,
        issued_on: Option<Date>,
        today: Date,
    ) -> Option<Comparison> {
        let on = self.date(DraftField::ComparedOn, &draft.compared_on);
        let by = self.text::<100>(DraftField::ComparedBy, &draft.compared_by);
        let (told_when, told_who) = (
            !draft.compared_on.trim().is_empty(),
            !draft.compared_by.trim().is_empty(),
        );
        if told_when && !told_who {
            self.refuse(DraftField::ComparedBy, Wrong::Missing);
        }
        if told_who && !told_when {
            self.refuse(DraftField::ComparedOn, Wrong::Missing);
        }
        if on.is_some_and(|day| day > today) {
            self.refuse(DraftField::ComparedOn, Wrong::InFuture { today });
        }
        if let (Some(on), Some(issued)) = (on, issued_on)
            && on < issued
        {
            self.refuse(DraftField::ComparedOn, Wrong::BeforeIssue { issued });
        }
        Some(Comparison { on: on?, by: by? })
    }

    fn statements(&mut self, raw: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        if raw.len() > MOST_STATEMENTS {
            let most = MOST_STATEMENTS;
            self.refuse(DraftField::Statements, Wrong::TooMany { most });
            return BTreeMap::new();
        }
        let mut statements = BTreeMap::new();
        for (entry, (name, value)) in (1..).zip(raw) {
            if !is_statement_name(name) {
                self.refuse(DraftField::Statements, Wrong::StatementName { entry });
                continue;
            }
            let field = DraftField::Statement(name.clone());
            if let Some(value) = self.text::<4000>(field, value) {
                statements.insert(name.clone(), value);
            }
        }
        statements
    }
}

/// The days of a piece, as far as they can be read.
struct Days {
    issued_on: Option<Date>,
    valid_from: Option<Date>,
    valid_to: Option<Date>,
}

fn is_statement_name(name: &str) -> bool {
    let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=LONGEST_NAME).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(letters)
}

fn wrong_text(invalid: InvalidText) -> Wrong {
    match invalid {
        InvalidText::Empty => Wrong::Missing,
        InvalidText::TooLong { max, found } => Wrong::TooLong { most: max, found },
        InvalidText::ControlCharacter => Wrong::ControlCharacter,
    }
}

#[cfg(test)]
mod tests;
