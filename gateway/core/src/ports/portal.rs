//! The National Public Service Portal (Cổng Dịch vụ công quốc gia) as a port.
//!
//! The portal decides with Vietnamese texts. Reading them is the adapter's
//! business; past this port there are only the outcomes below, and a text that
//! no table knows is [`Reading::NotUnderstood`], never a success.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use thiserror::Error;

use crate::certainty::Certainty;
use crate::dossier::{Dossier, Step};
use crate::dossier_number::DossierNumber;
use crate::portal_status::PortalStatus;
use crate::sync::cause::Cause;

/// Whether a dossier is made at the portal or changed there (`isUpdating`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SubmissionMode {
    /// The portal does not hold the dossier yet (`False`).
    Create,
    /// The portal holds the dossier (`True`).
    Update,
}

/// An answer of the portal, read by the profile's table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortalAnswer {
    /// What the answer means.
    pub reading: Reading,
    /// `error_code` as it came, as text; empty when there was none.
    pub code: String,
    /// `message` as it came, cut to [`PortalAnswer::TEXT_LIMIT`] characters; for the
    /// operator, never for callers.
    pub text: String,
}

impl PortalAnswer {
    /// Longest text kept of an answer, in characters.
    pub const TEXT_LIMIT: usize = 300;
}

/// Meaning of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Done.
    Accepted,
    /// A create for a dossier that the portal holds already ("đã tồn tại").
    AlreadyThere,
    /// An update or a step for a dossier that the portal does not hold.
    NotThere,
    /// A final no.
    Refused {
        /// Why.
        cause: Cause,
    },
    /// In no table. It may have been applied.
    NotUnderstood,
}

/// What the portal knows of a dossier (`TraCuuHoSo`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PortalView {
    /// It does not hold the dossier.
    Absent,
    /// It holds the dossier. The real answer is publicly known only as present or
    /// absent, so each field may be missing.
    Present {
        /// Status there.
        status: Option<PortalStatus>,
        /// Steps there, in the portal's order.
        steps: Option<Vec<StepMark>>,
    },
}

/// By what a step is recognised at the portal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StepMark {
    /// Moment of the step (`ThoiDiemXuLy`), whole seconds.
    pub handled_at: Timestamp,
    /// Status that the step led to (`TrangThai`).
    pub status: PortalStatus,
    /// Content (`NoiDungXuLy`).
    pub content: String,
}

/// The National Public Service Portal, reached by one profile.
#[async_trait]
pub trait Portal: Send + Sync {
    /// Name of the profile, as in the configuration (`p2`).
    fn profile(&self) -> &str;

    /// Most steps that one call may carry.
    fn steps_per_call(&self) -> usize;

    /// Brings a dossier's full state to the portal (`DongBoHoSoMC`).
    async fn submit(
        &self,
        dossier: &Dossier,
        mode: SubmissionMode,
        budget: Duration,
    ) -> Result<PortalAnswer, PortalError>;

    /// Appends processing steps, in order (`CapNhatTienDoHoSoMC`).
    async fn append_steps(
        &self,
        dossier: &DossierNumber,
        steps: &[Step],
        budget: Duration,
    ) -> Result<PortalAnswer, PortalError>;

    /// Asks what the portal holds (`TraCuuHoSo`).
    async fn find(
        &self,
        dossier: &DossierNumber,
        budget: Duration,
    ) -> Result<PortalView, PortalError>;
}

/// Why a call to the portal brought no answer that counts.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum PortalError {
    /// No connection came about; nothing was sent.
    #[error("the portal cannot be reached")]
    Unreachable,
    /// The connection was lost after the request had been sent.
    #[error("the connection to the portal was lost before the answer")]
    Interrupted,
    /// The time for the exchange ran out after sending.
    #[error("the portal did not answer in time")]
    TimedOut,
    /// The portal's certificate does not hold.
    #[error("the portal's certificate was not accepted")]
    CertificateRejected,
    /// No session could be had, or a fresh one was refused too.
    #[error("the portal gave no valid session")]
    SessionRefused,
    /// Too many calls.
    #[error("the portal asks to slow down")]
    Throttled {
        /// Time that the portal asks to wait.
        retry_after: Option<Duration>,
    },
    /// The portal said that it failed.
    #[error("the portal failed with HTTP status {status}")]
    Failed {
        /// HTTP status.
        status: u16,
    },
    /// The answer is not one that the profile knows.
    #[error("the portal gave an answer that cannot be understood: {problem}")]
    Nonsense {
        /// What was wrong, in our words.
        problem: &'static str,
    },
}

impl PortalError {
    /// What the failed call may have done at the portal.
    #[must_use]
    pub fn certainty(&self) -> Certainty {
        match self {
            Self::Unreachable
            | Self::CertificateRejected
            | Self::SessionRefused
            | Self::Throttled { .. } => Certainty::NotApplied,
            Self::Interrupted | Self::TimedOut | Self::Failed { .. } | Self::Nonsense { .. } => {
                Certainty::Unknown
            }
        }
    }

    /// The cause under which operators find the failure.
    #[must_use]
    pub fn cause(&self) -> Cause {
        match self {
            Self::Unreachable | Self::Interrupted | Self::Failed { .. } => {
                Cause::UpstreamUnavailable
            }
            Self::TimedOut => Cause::UpstreamTimeout,
            Self::CertificateRejected => Cause::Certificate,
            Self::SessionRefused => Cause::Session,
            Self::Throttled { .. } => Cause::UpstreamThrottled,
            Self::Nonsense { .. } => Cause::UpstreamNonsense,
        }
    }
}

#[cfg(test)]
mod tests;
