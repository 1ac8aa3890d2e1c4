//! Why the portal says no, in the words that it uses.
//!
//! What a reader would get wrong: clients in the field decide on these words. "session" marks an
//! ended session (portal.md 3) and "đã tồn tại" a duplicate (portal.md 21); no other message may
//! contain either. No value of a request is repeated but the dossier number.

use thiserror::Error;

use super::field::FieldProblem;
use super::ledger::Culprit;

/// A refusal; its text is the `message` of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum Refusal {
    #[error("Phiên làm việc (session) không hợp lệ hoặc đã hết hạn")]
    Session,
    #[error("Tài khoản hoặc mật khẩu không đúng")]
    Account,
    #[error("Hồ sơ {} đã tồn tại", .0.0)]
    Duplicate(Culprit),
    /// An assumption: the real answer is unknown (portal.md Part E 7).
    #[error("Hồ sơ {} chưa có trên hệ thống", .0.0)]
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
}
