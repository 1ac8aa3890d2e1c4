//! What a call about the essential services can fail with.
//!
//! What a reader would get wrong: a service of which nothing is known is no failure. It has
//! an answer, which says so.

use lienthong_core::ports::evidence::EvidenceError;
use lienthong_core::ports::observations::ObservationError;
use lienthong_core::ports::reports::ArchiveError;
use lienthong_core::publication::DeedRefused;
use thiserror::Error;
use tonic::Code;

use super::Reason;
use crate::essential::Role;

/// Why a call about the essential services failed.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum EssentialFailure {
    /// The calling system has not the role for what it asks.
    #[error("this system may not {}", .0.deed())]
    RoleNotPermitted(Role),
    /// What the traffic shows cannot be read.
    #[error(transparent)]
    Observations(#[from] ObservationError),
    /// The evidence register said no.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// The archive of reports cannot be used at present.
    #[error("the archive of reports cannot be used: {reason}")]
    ArchiveUnavailable {
        /// What the store said.
        reason: String,
    },
    /// Something in the archive of reports cannot be read back.
    #[error("the archive of reports holds something that cannot be read back: {what}")]
    ArchiveCorrupt {
        /// What.
        what: String,
    },
    /// The dossiers could not all be looked at in the time of the call.
    #[error("the dossiers could not all be looked at in time; ask for fewer days")]
    TooSlow,
    /// As many checks are at work as there are places for.
    #[error("as many checks are at work as there are places for")]
    Busy,
    /// What is kept stays for good, so nothing is kept while dossiers or look-ups are not all
    /// looked at.
    #[error("not all that is kept of dossiers and look-ups is looked at yet; nothing was kept")]
    Incomplete,
    /// The gateway knows no dossier of the days and the agency, so no report of them is kept.
    #[error("no dossier of these days and this agency is known; nothing was kept")]
    NothingSeen,
    /// No report with this id is kept.
    #[error("no such report is kept")]
    ReportNotFound,
    /// Of the report only its number, days and hash are still kept.
    #[error("the content of this report is not kept any more")]
    ReportContentGone,
    /// The event id was used before for another decision.
    #[error("this event id was used before for another decision about a report")]
    ReportEventReused,
    /// The report has more rows than the form that was asked for holds.
    #[error("the report has more rows than this form holds; ask for fewer days or for one unit")]
    ReportTooLarge,
    /// A fault of this program: the report cannot be drawn.
    #[error("the report cannot be drawn: {reason}")]
    ReportBroken {
        /// What the library of the form said.
        reason: String,
    },
    /// The report does not stand where this decision could be taken.
    #[error("the report cannot take this decision: {why}")]
    ReportState {
        /// Why, without a value of the caller.
        why: Why,
    },
}

/// Why a decision about a report is refused, and what to do. `Display` is English.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Why {
    /// In Vietnamese.
    pub vi: &'static str,
    /// In English.
    pub en: &'static str,
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.en)
    }
}

impl EssentialFailure {
    pub(super) fn code(&self) -> Code {
        match self {
            Self::RoleNotPermitted(_) => Code::PermissionDenied,
            Self::Observations(ObservationError::Unavailable { .. })
            | Self::Evidence(EvidenceError::Unavailable { .. })
            | Self::ArchiveUnavailable { .. }
            | Self::Incomplete => Code::Unavailable,
            Self::ArchiveCorrupt { .. } | Self::ReportBroken { .. } => Code::Internal,
            Self::Evidence(EvidenceError::OtherContent) | Self::ReportEventReused => {
                Code::AlreadyExists
            }
            Self::Evidence(EvidenceError::NotThere { .. })
            | Self::NothingSeen
            | Self::ReportState { .. } => Code::FailedPrecondition,
            Self::TooSlow => Code::DeadlineExceeded,
            Self::Busy | Self::ReportTooLarge => Code::ResourceExhausted,
            Self::ReportNotFound | Self::ReportContentGone => Code::NotFound,
        }
    }

    pub(super) fn reason(&self) -> Reason {
        match self {
            Self::RoleNotPermitted(_) => Reason::NotPermittedRecorder,
            Self::Observations(ObservationError::Unavailable { .. })
            | Self::Evidence(EvidenceError::Unavailable { .. })
            | Self::ArchiveUnavailable { .. } => Reason::StoreUnavailable,
            Self::ArchiveCorrupt { .. } => Reason::StoreCorrupt,
            Self::Evidence(EvidenceError::OtherContent) | Self::ReportEventReused => {
                Reason::EventIdReused
            }
            Self::Evidence(EvidenceError::NotThere { .. }) => Reason::EvidenceNotFound,
            Self::TooSlow => Reason::CheckTooSlow,
            Self::Busy => Reason::CheckBusy,
            Self::Incomplete => Reason::ObservationsIncomplete,
            Self::NothingSeen => Reason::ReportNothingSeen,
            Self::ReportNotFound => Reason::ReportNotFound,
            Self::ReportContentGone => Reason::ReportContentGone,
            Self::ReportTooLarge => Reason::ReportTooLarge,
            Self::ReportBroken { .. } => Reason::Internal,
            Self::ReportState { .. } => Reason::ReportState,
        }
    }

    /// What the caller is told, without the store's own words.
    pub(super) fn message(&self) -> String {
        match self {
            Self::Observations(ObservationError::Unavailable { .. }) => {
                "the gateway's observations cannot be used at present".to_owned()
            }
            Self::Evidence(EvidenceError::Unavailable { .. }) => {
                "the gateway's evidence register cannot be used at present".to_owned()
            }
            Self::ArchiveUnavailable { .. } => {
                "the gateway's archive of reports cannot be used at present".to_owned()
            }
            Self::ArchiveCorrupt { .. } => {
                "the gateway's archive of reports holds something that cannot be read back"
                    .to_owned()
            }
            Self::ReportBroken { .. } => "the report cannot be drawn".to_owned(),
            Self::RoleNotPermitted(_)
            | Self::Evidence(EvidenceError::OtherContent | EvidenceError::NotThere { .. })
            | Self::TooSlow
            | Self::Busy
            | Self::Incomplete
            | Self::NothingSeen
            | Self::ReportNotFound
            | Self::ReportContentGone
            | Self::ReportTooLarge
            | Self::ReportEventReused
            | Self::ReportState { .. } => self.to_string(),
        }
    }

    /// Whether the same call may succeed by itself later.
    pub(super) fn is_outage(&self) -> bool {
        match self {
            Self::Observations(ObservationError::Unavailable { .. })
            | Self::Evidence(EvidenceError::Unavailable { .. })
            | Self::ArchiveUnavailable { .. }
            | Self::Incomplete => true,
            Self::RoleNotPermitted(_)
            | Self::Evidence(EvidenceError::OtherContent | EvidenceError::NotThere { .. })
            | Self::ArchiveCorrupt { .. }
            | Self::TooSlow
            | Self::Busy
            | Self::NothingSeen
            | Self::ReportNotFound
            | Self::ReportContentGone
            | Self::ReportTooLarge
            | Self::ReportBroken { .. }
            | Self::ReportEventReused
            | Self::ReportState { .. } => false,
        }
    }

    /// Whether somebody must mend something here.
    pub(super) fn is_broken(&self) -> bool {
        matches!(
            self,
            Self::ArchiveCorrupt { .. } | Self::ReportBroken { .. }
        )
    }

    /// The role that is missing, for programs.
    pub(super) fn role(&self) -> Option<&'static str> {
        match self {
            Self::RoleNotPermitted(role) => Some(role.name()),
            Self::Observations(_)
            | Self::Evidence(_)
            | Self::ArchiveUnavailable { .. }
            | Self::ArchiveCorrupt { .. }
            | Self::TooSlow
            | Self::Busy
            | Self::Incomplete
            | Self::NothingSeen
            | Self::ReportNotFound
            | Self::ReportContentGone
            | Self::ReportTooLarge
            | Self::ReportBroken { .. }
            | Self::ReportEventReused
            | Self::ReportState { .. } => None,
        }
    }

    /// What has to hold first: its kind, of what, and what to do.
    pub(super) fn precondition(&self) -> Option<(&'static str, &str, &'static str)> {
        match self {
            Self::Evidence(EvidenceError::NotThere { id }) => Some((
                "EVIDENCE_RECORDED",
                id.as_str(),
                "record the evidence that is named first",
            )),
            Self::NothingSeen => Some((
                "DOSSIERS_SEEN",
                "window",
                "check the days and the code of the agency; a report without a dossier is not kept",
            )),
            Self::ReportState { why } => Some(("REPORT_STATE", "report", why.en)),
            Self::RoleNotPermitted(_)
            | Self::Observations(_)
            | Self::Evidence(EvidenceError::OtherContent | EvidenceError::Unavailable { .. })
            | Self::ArchiveUnavailable { .. }
            | Self::ArchiveCorrupt { .. }
            | Self::TooSlow
            | Self::Busy
            | Self::Incomplete
            | Self::ReportNotFound
            | Self::ReportContentGone
            | Self::ReportTooLarge
            | Self::ReportBroken { .. }
            | Self::ReportEventReused => None,
        }
    }
}

impl From<ArchiveError> for EssentialFailure {
    fn from(error: ArchiveError) -> Self {
        match error {
            ArchiveError::NotThere { .. } => Self::ReportNotFound,
            ArchiveError::Unavailable { reason } => Self::ArchiveUnavailable { reason },
            ArchiveError::Corrupt { what } => Self::ArchiveCorrupt { what },
            ArchiveError::Refused(DeedRefused::OtherContent) => Self::ReportEventReused,
            ArchiveError::Refused(refused) => Self::ReportState { why: why(&refused) },
        }
    }
}

/// Why a deed is refused, and what to do.
fn why(refused: &DeedRefused) -> Why {
    let (vi, en) = match refused {
        DeedRefused::NotPublished => (
            "chỉ danh sách đơn vị trễ hạn hằng tháng được duyệt và công khai",
            "only the monthly list of late units is approved and published",
        ),
        DeedRefused::OtherContent => (
            "mã sự kiện này đã dùng cho việc khác",
            "this event id was used before for something else",
        ),
        DeedRefused::OtherHash { .. } => (
            "nội dung có mã băm khác: hãy đọc lại báo cáo trước khi duyệt",
            "its content has another hash: read the report again before approving it",
        ),
        DeedRefused::AlreadyApproved { .. } => ("báo cáo đã được duyệt", "it is approved already"),
        DeedRefused::AnotherApproved { .. } => (
            "một danh sách khác của cùng kỳ đã được duyệt: hãy thu hồi danh sách đó trước",
            "another list of the same days is approved: withdraw that one first",
        ),
        DeedRefused::NotApproved { .. } => ("báo cáo chưa được duyệt", "it is not approved yet"),
        DeedRefused::AlreadyPublished { .. } => (
            "việc công khai ở nơi này đã được ghi",
            "its publication at this place is recorded already",
        ),
        DeedRefused::BeforeApproval => (
            "ngày công khai trước ngày duyệt",
            "the day of publication is before the day of approval",
        ),
        DeedRefused::InFuture => (
            "ngày công khai ở tương lai",
            "the day of publication lies in the future",
        ),
        DeedRefused::Withdrawn { .. } => ("báo cáo đã bị thu hồi", "it is withdrawn"),
    };
    Why { vi, en }
}
