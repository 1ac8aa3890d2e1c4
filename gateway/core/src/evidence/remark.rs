//! What there is to say about a new piece before it is recorded.

mod text;

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{DraftField, DraftProblem, EvidenceId, OutOfDate};
use crate::essential::ServiceNumber;
use crate::procedure::ProcedureCode;

/// Something to know about a new piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// With which field; `None`: with the piece as a whole.
    pub field: Option<DraftField>,
    /// What.
    pub note: Note,
}

/// How a note about a piece counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// It keeps the piece from being recorded.
    Refuses,
    /// Somebody should look at it again.
    Warns,
    /// What the piece does to others.
    Tells,
}

/// What there is to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// The draft cannot be read.
    Draft(DraftProblem),
    /// The list has no such service.
    UnknownService {
        /// Which number.
        number: ServiceNumber,
    },
    /// It says that it takes the place of something that is not there.
    UnknownReference {
        /// Which entry, from 1.
        entry: usize,
    },
    /// What it says to replace may be one of several.
    SeveralReferences {
        /// Which entry, from 1.
        entry: usize,
        /// What may be meant.
        ids: Vec<EvidenceId>,
    },
    /// The event id was used before for another content.
    OtherContent {
        /// Which piece that is.
        other: EvidenceId,
    },
    /// Another decision of the same day about the same code and agency.
    Rival {
        /// Which.
        other: EvidenceId,
    },
    /// The code was repealed before the piece was issued, or by now.
    Repealed {
        /// Which code.
        code: ProcedureCode,
        /// Its last day, where it is known.
        last: Option<Date>,
        /// By what, where the register knows it.
        by: Option<EvidenceId>,
        /// Already on the day of issue.
        at_issue: bool,
    },
    /// An agency ceased before the piece was issued, or by now.
    UnitClosed {
        /// Its last day.
        last: Date,
        /// Already on the day of issue.
        at_issue: bool,
    },
    /// A statement cannot be read.
    Statement {
        /// Why, in Vietnamese.
        vi: String,
        /// Why, in English.
        en: String,
        /// How it counts.
        weight: Weight,
    },
    /// The code belongs to another service.
    CodeOfOtherService {
        /// Which code.
        code: ProcedureCode,
        /// Whose.
        number: ServiceNumber,
    },
    /// The list does not know the code.
    CodeNotListed {
        /// Which code.
        code: ProcedureCode,
    },
    /// A decision without number and symbol.
    NoSymbol,
    /// A number alone names no document.
    BareSymbol,
    /// The symbol is that of another kind of document.
    NoDecision,
    /// The symbol carries another year than the day of issue.
    OtherYear,
    /// A decision publishing procedures that names no code.
    PublishesNothing,
    /// Only decisions publishing procedures repeal codes.
    RepealsOutsidePublication,
    /// It counts from a day before it was issued.
    CountsBefore,
    /// It has ended already.
    AlreadyOver,
    /// The same document may be in the register already.
    SameDocument {
        /// As which piece.
        other: EvidenceId,
    },
    /// Because of it another piece does not count any more.
    Ends {
        /// Which.
        other: EvidenceId,
        /// Why.
        reason: OutOfDate,
    },
    /// It repeals codes.
    Repeals {
        /// How many.
        codes: usize,
    },
}

impl Note {
    /// How it counts.
    #[must_use]
    pub fn weight(&self) -> Weight {
        match self {
            Self::Draft(_)
            | Self::UnknownService { .. }
            | Self::UnknownReference { .. }
            | Self::SeveralReferences { .. }
            | Self::OtherContent { .. }
            | Self::Rival { .. }
            | Self::Repealed { at_issue: true, .. }
            | Self::UnitClosed { at_issue: true, .. } => Weight::Refuses,
            Self::Statement { weight, .. } => *weight,
            Self::Repealed { .. }
            | Self::UnitClosed { .. }
            | Self::CodeOfOtherService { .. }
            | Self::CodeNotListed { .. }
            | Self::NoSymbol
            | Self::BareSymbol
            | Self::NoDecision
            | Self::OtherYear
            | Self::PublishesNothing
            | Self::RepealsOutsidePublication
            | Self::CountsBefore
            | Self::AlreadyOver
            | Self::SameDocument { .. } => Weight::Warns,
            Self::Ends { .. } | Self::Repeals { .. } => Weight::Tells,
        }
    }
}

impl Remark {
    /// A remark about a field.
    pub(super) fn at(field: DraftField, note: Note) -> Self {
        Self {
            field: Some(field),
            note,
        }
    }

    /// A remark about the piece.
    pub(super) fn of(note: Note) -> Self {
        Self { field: None, note }
    }

    /// The same with the ids that the register gave in place of names within a call.
    #[must_use]
    pub fn with_ids(self, ids: &BTreeMap<EvidenceId, EvidenceId>) -> Self {
        let given = |id: EvidenceId| ids.get(&id).cloned().unwrap_or(id);
        let field = self.field;
        let note = match self.note {
            Note::Rival { other } => Note::Rival {
                other: given(other),
            },
            Note::SameDocument { other } => Note::SameDocument {
                other: given(other),
            },
            Note::Ends { other, reason } => Note::Ends {
                other: given(other),
                reason: match reason {
                    OutOfDate::Superseded { by } => OutOfDate::Superseded { by: given(by) },
                    OutOfDate::Repealed { code, by } => OutOfDate::Repealed {
                        code,
                        by: given(by),
                    },
                    OutOfDate::PublishedAnew { code, by } => OutOfDate::PublishedAnew {
                        code,
                        by: given(by),
                    },
                    reason @ (OutOfDate::Ended { .. }
                    | OutOfDate::TooOld { .. }
                    | OutOfDate::UnitClosed { .. }
                    | OutOfDate::NotReviewed { .. }) => reason,
                },
            },
            note @ (Note::Draft(_)
            | Note::UnknownService { .. }
            | Note::UnknownReference { .. }
            | Note::SeveralReferences { .. }
            | Note::OtherContent { .. }
            | Note::Repealed { .. }
            | Note::UnitClosed { .. }
            | Note::Statement { .. }
            | Note::CodeOfOtherService { .. }
            | Note::CodeNotListed { .. }
            | Note::NoSymbol
            | Note::BareSymbol
            | Note::NoDecision
            | Note::OtherYear
            | Note::PublishesNothing
            | Note::RepealsOutsidePublication
            | Note::CountsBefore
            | Note::AlreadyOver
            | Note::Repeals { .. }) => note,
        };
        Self { field, note }
    }

    /// Whether it keeps the piece from being recorded.
    #[must_use]
    pub fn refuses(&self) -> bool {
        self.note.weight() == Weight::Refuses
    }
}

impl From<DraftProblem> for Remark {
    fn from(problem: DraftProblem) -> Self {
        Self::at(problem.field.clone(), Note::Draft(problem))
    }
}
