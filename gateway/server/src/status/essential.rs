//! What a call about the essential services can fail with.
//!
//! What a reader would get wrong: a service of which nothing is known is no failure. It has
//! an answer, which says so.

use lienthong_core::ports::evidence::EvidenceError;
use lienthong_core::ports::observations::ObservationError;
use thiserror::Error;
use tonic::Code;

use super::Reason;

/// Why a call about the essential services failed.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum EssentialFailure {
    /// The calling system may not record evidence, nor decide about reports.
    #[error("this system may not record evidence or decide about reports")]
    RecorderNotPermitted,
    /// What the traffic shows cannot be read.
    #[error(transparent)]
    Observations(#[from] ObservationError),
    /// The evidence register, or what is kept beside it, said no.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// The dossiers could not all be looked at in the time of the call.
    #[error("the dossiers could not all be looked at in time; ask for fewer days")]
    TooSlow,
    /// As many checks are at work as there are places for.
    #[error("as many checks are at work as there are places for")]
    Busy,
    /// No report with this id is kept.
    #[error("no such report is kept")]
    ReportNotFound,
    /// The report does not stand where this decision could be taken.
    #[error("the report cannot take this decision: {why}")]
    ReportState {
        /// Why, without a value of the caller.
        why: &'static str,
    },
}

impl EssentialFailure {
    pub(super) fn code(&self) -> Code {
        match self {
            Self::RecorderNotPermitted => Code::PermissionDenied,
            Self::Observations(ObservationError::Unavailable { .. })
            | Self::Evidence(EvidenceError::Unavailable { .. }) => Code::Unavailable,
            Self::Evidence(EvidenceError::OtherContent) => Code::AlreadyExists,
            Self::Evidence(EvidenceError::NotThere { .. }) | Self::ReportState { .. } => {
                Code::FailedPrecondition
            }
            Self::TooSlow => Code::DeadlineExceeded,
            Self::Busy => Code::ResourceExhausted,
            Self::ReportNotFound => Code::NotFound,
        }
    }

    pub(super) fn reason(&self) -> Reason {
        match self {
            Self::RecorderNotPermitted => Reason::NotPermittedRecorder,
            Self::Observations(ObservationError::Unavailable { .. })
            | Self::Evidence(EvidenceError::Unavailable { .. }) => Reason::StoreUnavailable,
            Self::Evidence(EvidenceError::OtherContent) => Reason::EventIdReused,
            Self::Evidence(EvidenceError::NotThere { .. }) => Reason::EvidenceNotFound,
            Self::TooSlow => Reason::CheckTooSlow,
            Self::Busy => Reason::CheckBusy,
            Self::ReportNotFound => Reason::ReportNotFound,
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
            Self::RecorderNotPermitted
            | Self::Evidence(EvidenceError::OtherContent | EvidenceError::NotThere { .. })
            | Self::TooSlow
            | Self::Busy
            | Self::ReportNotFound
            | Self::ReportState { .. } => self.to_string(),
        }
    }

    /// Whether the same call may succeed by itself later.
    pub(super) fn is_outage(&self) -> bool {
        match self {
            Self::Observations(ObservationError::Unavailable { .. })
            | Self::Evidence(EvidenceError::Unavailable { .. }) => true,
            Self::RecorderNotPermitted
            | Self::Evidence(EvidenceError::OtherContent | EvidenceError::NotThere { .. })
            | Self::TooSlow
            | Self::Busy
            | Self::ReportNotFound
            | Self::ReportState { .. } => false,
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
            Self::ReportState { why } => Some(("REPORT_STATE", "report", why)),
            Self::RecorderNotPermitted
            | Self::Observations(_)
            | Self::Evidence(EvidenceError::OtherContent | EvidenceError::Unavailable { .. })
            | Self::TooSlow
            | Self::Busy
            | Self::ReportNotFound => None,
        }
    }
}
