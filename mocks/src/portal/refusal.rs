//! Why the portal says no, in the words that it uses.
//!
//! What a reader would get wrong: clients in the field decide on these words. "session" marks an
//! ended session (portal.md 3) and "đã tồn tại" a duplicate (portal.md 21); no other message may
//! contain either. No value of a request is repeated but the dossier number.

use thiserror::Error;

use super::field::FieldProblem;
use super::ledger::Culprit;
use crate::journal::Outcome;

/// A refusal; its text is the `message` of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum Refusal {
    #[error("Phiên làm việc (session) không hợp lệ hoặc đã hết hạn")]
    Session,
    #[error("Tài khoản hoặc mật khẩu không đúng")]
    Account,
    #[error("Hồ sơ {} đã tồn tại", .0.code)]
    Duplicate(Culprit),
    /// An assumption: the real answer is unknown (portal.md Part E 7).
    #[error("Hồ sơ {} chưa có trên hệ thống", .0.code)]
    UnknownDossier(Culprit),
    #[error("Dữ liệu không hợp lệ: {0}")]
    Field(FieldProblem),
    #[error("Mỗi lần chỉ nhận tối đa {0} bước xử lý")]
    TooManySteps(usize),
    #[error("Content-Type phải là application/json")]
    ContentType,
    #[error("Nội dung không phải đối tượng JSON")]
    NotJson,
    #[error("Trường madonvi không đúng")]
    Agency,
    #[error("Thiếu hoặc sai dstcode")]
    Destination,
    #[error("Thiếu trường service")]
    NoService,
    #[error("Dịch vụ không được hỗ trợ")]
    OtherService,
    #[error("Nội dung có trường không được quy định")]
    OtherMember,
    #[error("isUpdating phải là \"True\" hoặc \"False\"")]
    IsUpdating,
    #[error("Thiếu trường mahoso")]
    NoCode,
    /// More than the pace that the control set.
    #[error("Hệ thống đang quá tải, vui lòng thử lại sau")]
    Throttled(Option<u64>),
    /// A wrapper's static headers (an assumption of this project).
    #[error("Không có quyền truy cập dịch vụ")]
    NoAccess,
    #[error("Nội dung không phải danh sách JSON")]
    NotAList,
    #[error("Tham số MaDinhDanhDV không đúng")]
    UnitParameter,
    #[error("Token không hợp lệ hoặc đã hết hạn")]
    Token,
    /// P4 lists what is missing (portal.md 9).
    #[error("Thiếu trường: {}", .0.join(", "))]
    MissingFields(Vec<&'static str>),
    #[error("Dữ liệu không hợp lệ: trường MaHoSo không phải mã do hệ thống cấp")]
    NumberNotIssued,
    #[error("Dữ liệu không hợp lệ: trường IdGiayTo không phải tệp đã tải lên")]
    UnknownFile,
    #[error("Dữ liệu không hợp lệ: trường HashTepTin không khớp tệp đã tải lên")]
    OtherHash,
    #[error("Dữ liệu không hợp lệ: trường {0} chỉ dùng với trạng thái 5, 6, 9")]
    ListNotAllowed(&'static str),
    #[error("Content-Type phải là multipart/form-data")]
    NotMultipart,
}

impl Refusal {
    /// What the journal says of it.
    pub(super) fn outcome(&self) -> Outcome {
        match self {
            Self::Session | Self::Account | Self::NoAccess | Self::Token => {
                Outcome::Unauthenticated(self.to_string())
            }
            Self::Duplicate(_) => Outcome::AlreadyExists,
            Self::Throttled(_) => Outcome::Throttled,
            Self::UnknownDossier(_)
            | Self::Field(_)
            | Self::TooManySteps(_)
            | Self::ContentType
            | Self::NotJson
            | Self::Agency
            | Self::Destination
            | Self::NoService
            | Self::OtherService
            | Self::OtherMember
            | Self::IsUpdating
            | Self::NoCode
            | Self::NotAList
            | Self::UnitParameter
            | Self::MissingFields(_)
            | Self::NumberNotIssued
            | Self::UnknownFile
            | Self::OtherHash
            | Self::ListNotAllowed(_)
            | Self::NotMultipart => Outcome::Refused(self.to_string()),
        }
    }

    /// `Retry-After` that comes with it, in seconds.
    pub(super) const fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Throttled(seconds) => *seconds,
            _ => None,
        }
    }
}

impl From<FieldProblem> for Refusal {
    fn from(problem: FieldProblem) -> Self {
        Self::Field(problem)
    }
}
