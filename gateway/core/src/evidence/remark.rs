//! What there is to say about a new piece before it is recorded.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::words::day;
use super::{DraftField, DraftProblem, EvidenceId, OutOfDate};
use crate::essential::ServiceNumber;
use crate::procedure::ProcedureCode;
use crate::report::Language;

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

    /// The note.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        match self {
            Self::Draft(problem) => problem.wrong.text(language),
            Self::Statement { vi, en, .. } => match language {
                Language::Vietnamese => vi.clone(),
                Language::English => en.clone(),
            },
            Self::Repealed {
                code,
                last,
                by,
                at_issue,
            } => repealed(code, *last, by.as_ref(), *at_issue, language),
            Self::UnitClosed { last, at_issue } => unit_closed(*last, *at_issue, language),
            Self::SeveralReferences { entry, ids } => {
                let ids: Vec<&str> = ids.iter().map(EvidenceId::as_str).collect();
                let ids = ids.join(", ");
                match language {
                    Language::Vietnamese => {
                        format!("mục {entry} có thể là {ids}: hãy ghi mã minh chứng")
                    }
                    Language::English => format!("entry {entry} may be {ids}: give the id"),
                }
            }
            Self::Ends { other, reason } => {
                let reason = reason.text(language);
                match language {
                    Language::Vietnamese => format!("{other} thôi còn hiệu lực: {reason}"),
                    Language::English => format!("{other} counts no more: {reason}"),
                }
            }
            Self::UnknownService { .. }
            | Self::UnknownReference { .. }
            | Self::OtherContent { .. }
            | Self::Rival { .. }
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
            | Self::SameDocument { .. }
            | Self::Repeals { .. } => match language {
                Language::Vietnamese => self.vi(),
                Language::English => self.en(),
            },
        }
    }

    fn vi(&self) -> String {
        match self {
            Self::UnknownService { number } => {
                format!("danh mục không có dịch vụ {}", number.get())
            }
            Self::UnknownReference { entry } => format!(
                "mục {entry} không có trong sổ minh chứng, cũng không đứng trước trong tệp này"
            ),
            Self::OtherContent { other } => {
                format!("mã sự kiện đã dùng cho {other} với nội dung khác")
            }
            Self::Rival { other } => format!(
                "cùng ngày, cùng loại, cùng mã với {other}: hãy ghi văn bản nào thay thế văn bản nào"
            ),
            Self::CodeOfOtherService { code, number } => {
                format!("mã {code} thuộc dịch vụ {}", number.get())
            }
            Self::CodeNotListed { code } => format!("danh mục dịch vụ chưa có mã {code}"),
            Self::NoSymbol => "quyết định không có số, ký hiệu".to_owned(),
            Self::BareSymbol => "chỉ có số, không có ký hiệu".to_owned(),
            Self::NoDecision => "ký hiệu không phải của một quyết định".to_owned(),
            Self::OtherYear => "năm trong ký hiệu khác năm ban hành".to_owned(),
            Self::PublishesNothing => {
                "quyết định công bố không nêu mã thủ tục nào được công bố hay bãi bỏ".to_owned()
            }
            Self::RepealsOutsidePublication => {
                "thường chỉ quyết định công bố (E2) bãi bỏ mã thủ tục".to_owned()
            }
            Self::CountsBefore => "có hiệu lực trước ngày ban hành".to_owned(),
            Self::AlreadyOver => "đã hết hiệu lực".to_owned(),
            Self::SameDocument { other } => format!("có thể là cùng một văn bản với {other}"),
            Self::Repeals { codes } => format!("bãi bỏ {codes} mã thủ tục"),
            Self::Draft(_)
            | Self::Statement { .. }
            | Self::Repealed { .. }
            | Self::UnitClosed { .. }
            | Self::SeveralReferences { .. }
            | Self::Ends { .. } => self.text(Language::Vietnamese),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::UnknownService { number } => format!("the list has no service {}", number.get()),
            Self::UnknownReference { entry } => format!(
                "entry {entry} is not in the register, and does not stand earlier in this file"
            ),
            Self::OtherContent { other } => {
                format!("the event id was used for {other} with another content")
            }
            Self::Rival { other } => format!(
                "same day, class and code as {other}: say which takes the place of the other"
            ),
            Self::CodeOfOtherService { code, number } => {
                format!("the code {code} belongs to service {}", number.get())
            }
            Self::CodeNotListed { code } => format!("the list of services does not have {code}"),
            Self::NoSymbol => "a decision without number and symbol".to_owned(),
            Self::BareSymbol => "a number without a symbol names no document".to_owned(),
            Self::NoDecision => "the symbol is not that of a decision".to_owned(),
            Self::OtherYear => "the symbol carries another year than the day of issue".to_owned(),
            Self::PublishesNothing => {
                "a decision publishing procedures that publishes or repeals no code".to_owned()
            }
            Self::RepealsOutsidePublication => {
                "as a rule only decisions publishing procedures (E2) repeal codes".to_owned()
            }
            Self::CountsBefore => "counts from a day before it was issued".to_owned(),
            Self::AlreadyOver => "has ended already".to_owned(),
            Self::SameDocument { other } => format!("may be the same document as {other}"),
            Self::Repeals { codes } => format!("repeals {codes} codes"),
            Self::Draft(_)
            | Self::Statement { .. }
            | Self::Repealed { .. }
            | Self::UnitClosed { .. }
            | Self::SeveralReferences { .. }
            | Self::Ends { .. } => self.text(Language::English),
        }
    }
}

fn repealed(
    code: &ProcedureCode,
    last: Option<Date>,
    by: Option<&EvidenceId>,
    at_issue: bool,
    language: Language,
) -> String {
    let by = by.map(|by| match language {
        Language::Vietnamese => format!(" theo {by}"),
        Language::English => format!(" by {by}"),
    });
    let last = last.map(|last| match language {
        Language::Vietnamese => format!(", ngày cuối {}", day(last, language)),
        Language::English => format!(", last day {}", day(last, language)),
    });
    let how = [by, last].into_iter().flatten().collect::<String>();
    match (at_issue, language) {
        (true, Language::Vietnamese) => format!("mã {code} đã bị bãi bỏ khi ban hành{how}"),
        (false, Language::Vietnamese) => format!("mã {code} nay đã bị bãi bỏ{how}"),
        (true, Language::English) => format!("the code {code} was repealed before its issue{how}"),
        (false, Language::English) => format!("the code {code} is repealed by now{how}"),
    }
}

fn unit_closed(last: Date, at_issue: bool, language: Language) -> String {
    let last = day(last, language);
    match (at_issue, language) {
        (true, Language::Vietnamese) => {
            format!("cơ quan đã không còn hoạt động khi ban hành, ngày cuối {last}")
        }
        (false, Language::Vietnamese) => {
            format!("cơ quan nay không còn hoạt động, ngày cuối {last}")
        }
        (true, Language::English) => {
            format!("the agency had ceased before its issue, last day {last}")
        }
        (false, Language::English) => format!("the agency has ceased by now, last day {last}"),
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
