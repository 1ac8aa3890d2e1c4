//! Notes in the words of both languages.

use jiff::civil::Date;

use super::super::EvidenceId;
use super::super::words::day;
use super::Note;
use crate::procedure::ProcedureCode;
use crate::report::Language;

impl Note {
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
