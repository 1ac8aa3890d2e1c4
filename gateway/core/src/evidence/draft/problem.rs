//! What is wrong with a draft, in the words of both languages.

use std::borrow::Cow;

use jiff::civil::Date;

use crate::document::{InvalidSymbol, InvalidVietnameseDate, short_date};
use crate::report::Language;

/// A field of a draft.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DraftField {
    /// Its name within the call.
    Name,
    /// Loại minh chứng.
    Class,
    /// Dịch vụ.
    Services,
    /// Mã thủ tục.
    Codes,
    /// Mã đơn vị.
    Units,
    /// Số, ký hiệu.
    Symbol,
    /// Trích yếu.
    Title,
    /// Cơ quan ban hành.
    Issuer,
    /// Mã cơ quan ban hành.
    IssuerCode,
    /// Người ký.
    Signer,
    /// Ngày ban hành.
    IssuedOn,
    /// Hiệu lực từ.
    ValidFrom,
    /// Hiệu lực đến.
    ValidTo,
    /// Thay thế.
    Supersedes,
    /// Bãi bỏ.
    Repeals,
    /// SHA-256.
    Sha256,
    /// Địa chỉ.
    Address,
    /// Ngày đối chiếu.
    ComparedOn,
    /// Người đối chiếu.
    ComparedBy,
    /// All statements together.
    Statements,
    /// Nội dung: the statement with this name.
    Statement(String),
}

impl DraftField {
    /// Its name in the contract and in files: `service_numbers`, `issued_on`; of a statement
    /// the statement's own.
    #[must_use]
    pub fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(match self {
            Self::Name => "evidence_id",
            Self::Class => "class",
            Self::Services => "service_numbers",
            Self::Codes => "procedure_codes",
            Self::Units => "unit_codes",
            Self::Symbol => "symbol",
            Self::Title => "title",
            Self::Issuer => "issuer",
            Self::IssuerCode => "issuer_code",
            Self::Signer => "signer",
            Self::IssuedOn => "issued_on",
            Self::ValidFrom => "valid_from",
            Self::ValidTo => "valid_to",
            Self::Supersedes => "supersedes",
            Self::Repeals => "repealed_procedure_codes",
            Self::Sha256 => "sha256",
            Self::Address => "address",
            Self::ComparedOn => "checked_on",
            Self::ComparedBy => "checked_by",
            Self::Statements => "statements",
            Self::Statement(name) => return Cow::Owned(format!("statements[{name}]")),
        })
    }
}

/// One thing that is wrong with a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftProblem {
    /// With which field.
    pub field: DraftField,
    /// What.
    pub wrong: Wrong,
}

/// A way in which a field can be wrong; never holds what stands there. Entries of a list are
/// counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// It has to be there.
    Missing,
    /// A name that is none, or that the register keeps for itself.
    Name,
    /// No class of evidence.
    Class,
    /// No number of a service.
    Service {
        /// Which entry.
        entry: usize,
    },
    /// No code of a procedure.
    Code {
        /// Which entry.
        entry: usize,
    },
    /// No code of an agency.
    Unit {
        /// Which entry.
        entry: usize,
    },
    /// No id of evidence.
    Reference {
        /// Which entry.
        entry: usize,
    },
    /// No document symbol.
    Symbol(InvalidSymbol),
    /// No date.
    Date(InvalidVietnameseDate),
    /// A day that is still to come.
    InFuture {
        /// The present day.
        today: Date,
    },
    /// The last day comes before the first.
    BeforeFirstDay {
        /// The first day.
        first: Date,
    },
    /// It was compared before there was anything to compare.
    BeforeIssue {
        /// The day of issue.
        issued: Date,
    },
    /// No SHA-256.
    Hash,
    /// A SHA-256 of nothing but zeros, as it stands in samples: no file has it.
    HashOfZeros,
    /// A statement whose name does not have the form of one, and is not repeated: it may be
    /// anything.
    StatementName {
        /// Which, from 1, in the order of the names.
        entry: usize,
    },
    /// More entries than a piece may have.
    TooMany {
        /// Most that are taken.
        most: usize,
    },
    /// A longer text than is kept.
    TooLong {
        /// Most characters that are kept.
        most: usize,
        /// Characters found.
        found: usize,
    },
    /// Characters that steer a terminal.
    ControlCharacter,
}

impl Wrong {
    pub(super) fn service(entry: usize) -> Self {
        Self::Service { entry }
    }

    pub(super) fn code(entry: usize) -> Self {
        Self::Code { entry }
    }

    pub(super) fn unit(entry: usize) -> Self {
        Self::Unit { entry }
    }

    pub(super) fn reference(entry: usize) -> Self {
        Self::Reference { entry }
    }

    /// What is wrong, as the end of a sentence that begins with the field.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        match language {
            Language::Vietnamese => self.vi(),
            Language::English => self.en(),
        }
    }

    fn vi(&self) -> String {
        match self {
            Self::Missing => "bắt buộc phải có".to_owned(),
            Self::Name => "gồm 1 đến 40 chữ cái, chữ số, dấu -, không bắt đầu bằng MC-".to_owned(),
            Self::Class => "phải là một trong E1 đến E9".to_owned(),
            Self::Service { entry } => format!("mục {entry} không phải số thứ tự của dịch vụ"),
            Self::Code { entry } => {
                format!("mục {entry} không phải mã thủ tục, ví dụ 1.004222 (nhập dạng văn bản)")
            }
            Self::Unit { entry } => format!("mục {entry} không phải mã định danh đơn vị"),
            Self::Reference { entry } => {
                format!("mục {entry} không phải mã minh chứng, ví dụ MC-000001")
            }
            Self::Symbol(wrong) => symbol_vi(*wrong).to_owned(),
            Self::Date(wrong) => date_vi(*wrong).to_owned(),
            Self::InFuture { today } => format!("sau ngày hôm nay ({})", short_date(*today)),
            Self::BeforeFirstDay { first } => {
                format!("trước ngày bắt đầu hiệu lực ({})", short_date(*first))
            }
            Self::BeforeIssue { issued } => {
                format!("trước ngày ban hành ({})", short_date(*issued))
            }
            Self::Hash => "SHA-256 gồm 64 chữ số thập lục phân".to_owned(),
            Self::HashOfZeros => {
                "toàn số 0, không phải SHA-256 thật của tệp: hãy tính từ tệp văn bản".to_owned()
            }
            Self::StatementName { entry } => format!(
                "tên của nội dung thứ {entry} (xếp theo tên) không hợp lệ: tên gồm chữ thường không \
                 dấu, chữ số và dấu _, bắt đầu bằng chữ"
            ),
            Self::TooMany { most } => format!("có quá {most} mục"),
            Self::TooLong { most, found } => format!("dài {found} ký tự, tối đa {most}"),
            Self::ControlCharacter => "có ký tự điều khiển".to_owned(),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::Missing => "is required".to_owned(),
            Self::Name => {
                "is 1 to 40 letters, digits and -, and does not begin with MC-".to_owned()
            }
            Self::Class => "must be one of E1 to E9".to_owned(),
            Self::Service { entry } => format!("entry {entry} is no number of a service"),
            Self::Code { entry } => {
                format!("entry {entry} is no procedure code such as 1.004222 (enter it as text)")
            }
            Self::Unit { entry } => format!("entry {entry} is no code of an agency"),
            Self::Reference { entry } => {
                format!("entry {entry} is no id of evidence such as MC-000001")
            }
            Self::Symbol(wrong) => wrong.to_string(),
            Self::Date(wrong) => wrong.to_string(),
            Self::InFuture { today } => format!("is after the present day ({today})"),
            Self::BeforeFirstDay { first } => format!("is before the first day ({first})"),
            Self::BeforeIssue { issued } => format!("is before the day of issue ({issued})"),
            Self::Hash => "a SHA-256 is 64 hexadecimal digits".to_owned(),
            Self::HashOfZeros => {
                "is all zeros and not a real hash: compute it from the file".to_owned()
            }
            Self::StatementName { entry } => format!(
                "statement {entry} in the order of their names: a name is small letters, digits \
                 and _, a letter first"
            ),
            Self::TooMany { most } => format!("has more than {most} entries"),
            Self::TooLong { most, found } => {
                format!("must have at most {most} characters, has {found}")
            }
            Self::ControlCharacter => "must not contain control characters".to_owned(),
        }
    }
}

fn date_vi(wrong: InvalidVietnameseDate) -> &'static str {
    match wrong {
        InvalidVietnameseDate::Format => {
            "ngày có dạng 09/7/2022, 9-7-2022 hoặc ngày 09 tháng 7 năm 2022"
        }
        InvalidVietnameseDate::ShortYear => "năm phải đủ bốn chữ số",
        InvalidVietnameseDate::TooEarly => "năm trước 1945",
        InvalidVietnameseDate::NoSuchDay => "lịch không có ngày này",
    }
}

fn symbol_vi(wrong: InvalidSymbol) -> &'static str {
    match wrong {
        InvalidSymbol::NoNumber => "số, ký hiệu bắt đầu bằng một số",
        InvalidSymbol::Codes => "số, ký hiệu có dạng 781/QĐ-UBND, 118/2025/NĐ-CP hoặc 453-KL/TU",
    }
}
