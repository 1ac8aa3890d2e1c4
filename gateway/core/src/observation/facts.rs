//! The facts of one dossier.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::agency::AgencyCode;
use crate::dossier::{Channel, OnlinePayment, OwnerKind, ReturnMethod, Reuse};
use crate::dossier_number::DossierNumber;
use crate::lateness::{DossierTimes, Supplement};
use crate::portal_status::PortalStatus;
use crate::procedure::{ComponentCode, ProcedureCode, ResultCode};

/// What is known of one dossier from its traffic, and nothing of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DossierFacts {
    /// Mã hồ sơ.
    pub number: DossierNumber,
    /// Revision of the newest event that is folded in.
    pub revision: u64,
    /// Mã thủ tục of the newest state, as it was given.
    pub procedure: ProcedureCode,
    /// The receiving unit, else the agency of the dossier's number.
    pub unit: AgencyCode,
    /// Kênh thực hiện.
    pub channel: Channel,
    /// Hình thức trả kết quả.
    pub return_method: ReturnMethod,
    /// Loại đối tượng: only a citizen is in the population database.
    pub owner: OwnerKind,
    /// Ngày nộp.
    pub submitted: Timestamp,
    /// Ngày tiếp nhận.
    pub received: Timestamp,
    /// The first ngày hẹn trả that was given.
    pub first_due: Option<Timestamp>,
    /// The ngày hẹn trả of the newest state.
    pub due: Option<Timestamp>,
    /// When a ngày hẹn trả was replaced after it had passed, the last time. It had not where
    /// it passed only because the dossier waited (status 5, 6, 8).
    pub due_moved_late_at: Option<Timestamp>,
    /// First status 9, or ngày kết thúc xử lý where no such status came.
    pub processed: Option<Timestamp>,
    /// First status 10, or ngày trả where no such status came.
    pub returned: Option<Timestamp>,
    /// First status 8.
    pub stopped: Option<Timestamp>,
    /// First status 3, or ngày từ chối where no such status came.
    pub refused: Option<Timestamp>,
    /// First status 7.
    pub withdrawn: Option<Timestamp>,
    /// When a finished dossier (status 9 or 10) went back to work, the first time.
    pub reopened_at: Option<Timestamp>,
    /// The newest status, and since when.
    pub status: PortalStatus,
    /// Since when it has that status.
    pub status_since: Timestamp,
    /// Times in which the dossier waited (status 5, 6, 8), each once, in their order.
    pub pauses: Vec<Pause>,
    /// Tài khoản được xác thực với VNeID, of the newest state.
    pub vneid: bool,
    /// Được thanh toán trực tuyến, of the newest state.
    pub payment: OnlinePayment,
    /// Sum of the fees of the newest state, in đồng.
    pub fee: u64,
    /// Hồ sơ có thành phần số hóa, of the newest state.
    pub digitised_flag: bool,
    /// Papers of the newest state that were not taken back, in their order.
    pub papers: Vec<PaperFact>,
    /// Result papers of the newest state, in their order.
    pub results: Vec<ResultFact>,
    /// Steps, in the order in which they were handled; one that was told twice counts once.
    pub steps: Vec<StepFact>,
    /// When an apology step was seen first (văn bản xin lỗi, Mẫu 04).
    pub apologised_at: Option<Timestamp>,
    /// Look-ups for this dossier.
    pub lookups: LookupFacts,
}

impl DossierFacts {
    /// When it came to its end (thời điểm kết thúc, administration.md 5.3 point 1).
    #[must_use]
    pub fn ended(&self) -> Option<Timestamp> {
        self.times().end()
    }

    /// What decides whether it is late.
    #[must_use]
    pub fn times(&self) -> DossierTimes {
        let supplements = self
            .pauses
            .iter()
            .filter(|pause| pause.reason == PauseReason::Supplement)
            .filter_map(|pause| Supplement::new(pause.from, pause.until).ok());
        DossierTimes {
            received: Some(self.received),
            appointment: self.due,
            processed: self.processed,
            returned: self.returned,
            stopped: self.stopped,
            refused: self.refused,
            withdrawn: self.withdrawn,
            supplements: supplements.collect(),
            maximum: None,
        }
    }
}

/// Why a dossier waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PauseReason {
    /// Status 5, yêu cầu bổ sung.
    Supplement,
    /// Status 6, nghĩa vụ tài chính.
    Payment,
    /// Status 8, dừng xử lý.
    Stop,
}

/// A time in which a dossier waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pause {
    /// Why.
    pub reason: PauseReason,
    /// From when.
    pub from: Timestamp,
    /// Until when; `None` while it waits.
    pub until: Option<Timestamp>,
}

/// A submitted paper.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PaperFact {
    /// Mã thành phần hồ sơ.
    pub component: ComponentCode,
    /// Được số hóa.
    pub digitised: bool,
    /// Được tái sử dụng.
    pub reuse: Reuse,
    /// Được lấy từ kho dữ liệu điện tử.
    pub from_store: bool,
    /// Mã kết quả thay thế.
    pub replaced_by: Option<ResultCode>,
    /// Papers of one dossier that point to one file have the same number, from 0 in the
    /// order of their first appearance: a number alone says nothing about the file.
    pub file: u16,
}

/// A result paper.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ResultFact {
    /// Mã giấy tờ kết quả.
    pub code: Option<ResultCode>,
    /// Whether it names a file.
    pub has_file: bool,
}

/// A processing step.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StepFact {
    /// Thời điểm xử lý.
    pub handled_at: Timestamp,
    /// Ngày kết thúc theo quy định.
    pub due_at: Option<Timestamp>,
    /// Trạng thái.
    pub status: PortalStatus,
    /// Phòng ban xử lý, as the calling system writes it: nobody can say that no official's
    /// name is in it.
    pub department: Option<String>,
}

/// Look-ups in the population database for one dossier.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LookupFacts {
    /// Answered with a match, kept answers included.
    pub matched: u32,
    /// Answered without a match.
    pub not_matched: u32,
    /// Not answered: the source failed or the time ran out.
    pub failed: u32,
    /// Refused by the gateway.
    pub denied: u32,
    /// The first match.
    pub first_matched_at: Option<Timestamp>,
    /// The first question of any outcome.
    pub first_asked_at: Option<Timestamp>,
    /// The last question that was not answered.
    pub last_failed_at: Option<Timestamp>,
    /// The first question that was not answered or found no match; `None` also where it was
    /// counted before this moment was kept.
    pub first_unserved_at: Option<Timestamp>,
    /// Names of the fields that were handed on.
    pub fields: BTreeSet<String>,
}

impl LookupFacts {
    /// Whether the population database was asked at all.
    #[must_use]
    pub fn asked(&self) -> bool {
        self.matched + self.not_matched + self.failed > 0
    }

    /// Whether paper instead of data is lawful: a look-up failed or brought no match
    /// (Nghị quyết 66.7/2025/NQ-CP, administration.md 3.1).
    #[must_use]
    pub fn paper_is_lawful(&self) -> bool {
        self.failed > 0 || self.not_matched > 0
    }

    /// The same by what had happened at `as_of`. Where the moment is not known, a failure
    /// counts from the first question on, so that it makes nothing unlawful.
    #[must_use]
    pub fn paper_was_lawful(&self, as_of: Timestamp) -> bool {
        let since = self.first_unserved_at.or(self.first_asked_at);
        self.paper_is_lawful() && since.is_none_or(|at| at <= as_of)
    }

    /// Whether a failure is counted whose moment is not known.
    pub(super) fn is_unserved_sometime(&self) -> bool {
        self.first_unserved_at.is_none() && self.paper_is_lawful()
    }
}
