//! The National Public Service Portal (Cổng Dịch vụ công quốc gia) as a port.
//!
//! The portal decides with Vietnamese texts. Reading them is the adapter's
//! business; past this port there are only the outcomes below, and a text that
//! no table knows is [`Reading::NotUnderstood`], never a success.

mod view;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use thiserror::Error;

use crate::certainty::Certainty;
use crate::dossier::{Dossier, Step};
use crate::dossier_number::DossierNumber;
use crate::mapping::CodeKind;
use crate::masked::masked_text_without;
use crate::sync::cause::Cause;
pub use view::{PortalDetails, PortalView, StepMark, StepStatus, StepsThere};

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
    /// `error_code` as text, masked and cut like the text; empty when there was none.
    pub code: String,
    /// `message`, masked (see [`Said`]) and cut to [`PortalAnswer::TEXT_LIMIT`]
    /// characters. It is stored with the attempt, and operators and the dossier's own
    /// callers read it in the dossier's timeline.
    pub text: String,
    /// How the portal names the dossier from now on, where the answer says so.
    pub reference: Option<PortalReference>,
}

impl PortalAnswer {
    /// Longest text kept of an answer, in characters.
    pub const TEXT_LIMIT: usize = 300;

    /// An answer that means `reading` and was told in these words.
    #[must_use]
    pub fn new(reading: Reading, said: Said) -> Self {
        Self {
            reading,
            code: said.code,
            text: said.text,
            reference: None,
        }
    }

    /// The same answer, whose text also says which `fields` of the dossier the call could
    /// not carry. The portal's own words are cut to make room for it.
    #[must_use]
    pub fn not_carrying(mut self, fields: &[&str]) -> Self {
        if fields.is_empty() {
            return self;
        }
        let note = format!("[không chuyển: {}]", fields.join(", "));
        let room = Self::TEXT_LIMIT.saturating_sub(note.chars().count() + 1);
        let words: String = self.text.chars().take(room).collect();
        let words = words.trim_end();
        self.text = if words.is_empty() {
            note
        } else {
            format!("{words} {note}")
        };
        self
    }
}

/// What the portal said in words, fit to be stored: masked by
/// [`masked_text_without`] and cut to [`PortalAnswer::TEXT_LIMIT`] characters.
///
/// The mask is a best effort, so `Debug` shows lengths only.
#[derive(Clone, PartialEq, Eq)]
pub struct Said {
    code: String,
    text: String,
}

/// Longest text that is looked at, in characters; far more than is ever kept.
const LONGEST_LOOKED_AT: usize = 64 * PortalAnswer::TEXT_LIMIT;

impl Said {
    /// The words of an answer, without `known`: values of the call that the portal may
    /// repeat, such as the owner's name.
    #[must_use]
    pub fn new(code: &str, text: &str, known: &[&str]) -> Self {
        // Masked before it is cut: half a name would not be found any more.
        let fit = |text: &str| {
            let text: String = text.chars().take(LONGEST_LOOKED_AT).collect();
            let masked = masked_text_without(&text, known);
            masked.chars().take(PortalAnswer::TEXT_LIMIT).collect()
        };
        Self {
            code: fit(code),
            text: fit(text),
        }
    }

    /// `error_code`; empty when there was none.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// `message`; empty when there was none.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [code, text] = [&self.code, &self.text].map(|text| text.chars().count());
        write!(f, "Said({code} and {text} characters)")
    }
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
    /// A create in several calls: the portal holds the dossier, and its state did not come
    /// through.
    CreatedWithoutState {
        /// What became of the call that carried the state.
        failure: Box<PortalError>,
    },
}

/// How the portal itself names a dossier, where that is not the dossier's own number: P4
/// issues a number and an id (portal.md 9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortalReference {
    /// Number that the portal issued (`MaHoSo` of P4); at most 50 characters.
    pub number: String,
    /// Id that it gave with the first accepted submission (`idHoSo`).
    pub id: Option<String>,
}

/// Whether work for the portal may be begun, as whoever protects it judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// As much as there are places for.
    Free,
    /// One piece, which shows whether the portal is back.
    Probe,
    /// None: the portal is left alone.
    Parked {
        /// Time after which to ask again.
        left: Duration,
    },
}

/// The National Public Service Portal, reached by one profile.
#[async_trait]
pub trait Portal: Send + Sync {
    /// Name of the profile, as in the configuration (`p2`).
    fn profile(&self) -> &str;

    /// Most steps that one call may carry.
    fn steps_per_call(&self) -> usize;

    /// Whether work may be begun. A call that is made all the same is answered
    /// [`PortalError::BreakerOpen`] where it may not.
    fn admission(&self) -> Admission {
        Admission::Free
    }

    /// Whether a dossier's state that is sent a second time changes nothing: the portal
    /// answers a second create that the dossier is there, and an update carries the whole
    /// state. Where it cannot be asked, a state whose answer was lost is then sent again.
    fn repeats_states(&self) -> bool {
        false
    }

    /// Whether the portal issues the numbers itself, so that [`Portal::reserve`] comes
    /// before the first [`Portal::submit`] of a dossier.
    fn issues_numbers(&self) -> bool {
        false
    }

    /// Fetches a number for a dossier that has none at the portal yet. A number that is
    /// never used does no harm; one that is used must be kept durably first, because
    /// after a lost answer the dossier can be found by it only.
    async fn reserve(
        &self,
        _dossier: &Dossier,
        _budget: Duration,
    ) -> Result<PortalReference, PortalError> {
        Err(PortalError::NotOffered {
            operation: "number",
        })
    }

    /// Brings a dossier's full state to the portal (`DongBoHoSoMC`).
    async fn submit(
        &self,
        dossier: &Dossier,
        mode: SubmissionMode,
        reference: Option<&PortalReference>,
        budget: Duration,
    ) -> Result<PortalAnswer, PortalError>;

    /// Appends processing steps, in order (`CapNhatTienDoHoSoMC`).
    async fn append_steps(
        &self,
        dossier: &DossierNumber,
        steps: &[Step],
        reference: Option<&PortalReference>,
        budget: Duration,
    ) -> Result<PortalAnswer, PortalError>;

    /// Asks what the portal holds (`TraCuuHoSo`).
    async fn find(
        &self,
        dossier: &DossierNumber,
        reference: Option<&PortalReference>,
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
    SessionRefused {
        /// In its words.
        said: Option<Said>,
    },
    /// Too many calls.
    #[error("the portal asks to slow down")]
    Throttled {
        /// Time that the portal asks to wait.
        retry_after: Option<Duration>,
        /// In its words.
        said: Option<Said>,
    },
    /// The portal answered that it does not work at present ("đang bảo trì").
    #[error("the portal says that it is out of service")]
    OutOfService {
        /// In its words.
        said: Option<Said>,
    },
    /// The portal did not take this call as it was written, before it looked at the
    /// dossier. Other calls may well be taken, so it is no outage.
    #[error("the portal rejected the call with HTTP status {status}")]
    Rejected {
        /// HTTP status.
        status: u16,
    },
    /// A code of the dossier has no counterpart in the mapping table, so nothing was
    /// sent.
    #[error("the {} code {code} has no counterpart at the portal", kind.name())]
    MappingMissing {
        /// Which table.
        kind: CodeKind,
        /// The code.
        code: String,
    },
    /// A value that this profile cannot carry or that the portal is known to refuse, so
    /// nothing was sent.
    #[error("the profile cannot carry {field}: {problem}")]
    FieldNotCarried {
        /// Name of the field on the wire.
        field: &'static str,
        /// Why, without the value.
        problem: &'static str,
    },
    /// A file of the dossier could not be brought to the portal, so the dossier was not
    /// sent. Only a profile that carries files itself says this.
    #[error("a file of {field} could not be brought to the portal: {problem}")]
    FileUnreachable {
        /// Name of the field on the wire.
        field: &'static str,
        /// Why, without the address.
        problem: &'static str,
    },
    /// The portal does not let this system in (address, agency or account).
    #[error("the portal does not allow this system")]
    AccessDenied {
        /// In its words.
        said: Option<Said>,
    },
    /// The profile has no such operation, or it is not configured; nothing was sent.
    #[error("the profile offers no {operation}")]
    NotOffered {
        /// What was wanted.
        operation: &'static str,
    },
    /// The breaker is open; nothing was sent.
    #[error("the portal is left alone until it is seen to be back")]
    BreakerOpen,
    /// Our own rate of calls leaves no room in the time that there was, or moving a dossier's
    /// files took all of it; nothing of the dossier was sent. It says nothing about the
    /// portal.
    #[error("there is no room in time for the call to the portal")]
    Busy,
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
        /// In the portal's words, where there were any.
        said: Option<Said>,
    },
}

impl PortalError {
    /// What the failed call may have done at the portal.
    #[must_use]
    pub fn certainty(&self) -> Certainty {
        match self {
            Self::Unreachable
            | Self::CertificateRejected
            | Self::SessionRefused { .. }
            | Self::Throttled { .. }
            | Self::AccessDenied { .. }
            | Self::FileUnreachable { .. }
            | Self::BreakerOpen
            | Self::Busy
            | Self::Rejected { .. } => Certainty::NotApplied,
            Self::MappingMissing { .. }
            | Self::FieldNotCarried { .. }
            | Self::NotOffered { .. } => Certainty::Refused,
            Self::Interrupted
            | Self::TimedOut
            | Self::OutOfService { .. }
            | Self::Failed { .. }
            | Self::Nonsense { .. } => Certainty::Unknown,
        }
    }

    /// The cause under which operators find the failure. [`PortalError::BreakerOpen`] and
    /// [`PortalError::Busy`] are none of a dossier: whoever meets them puts the work back.
    #[must_use]
    pub fn cause(&self) -> Cause {
        match self {
            Self::Unreachable
            | Self::Interrupted
            | Self::OutOfService { .. }
            | Self::BreakerOpen
            | Self::Busy
            | Self::Failed { .. } => Cause::UpstreamUnavailable,
            Self::MappingMissing { .. } => Cause::MappingMissing,
            Self::FileUnreachable { .. } => Cause::FileUnreachable,
            Self::AccessDenied { .. } => Cause::AccessDenied,
            Self::NotOffered { .. } => Cause::CannotBeAsked,
            Self::TimedOut => Cause::UpstreamTimeout,
            Self::CertificateRejected => Cause::Certificate,
            Self::SessionRefused { .. } => Cause::Session,
            Self::Throttled { .. } => Cause::UpstreamThrottled,
            Self::FieldNotCarried { .. } | Self::Rejected { .. } => Cause::FieldRejected,
            Self::Nonsense { .. } => Cause::UpstreamNonsense,
        }
    }

    /// What the portal said in words, where it said anything.
    #[must_use]
    pub fn said(&self) -> Option<&Said> {
        match self {
            Self::SessionRefused { said }
            | Self::Throttled { said, .. }
            | Self::OutOfService { said }
            | Self::AccessDenied { said }
            | Self::Nonsense { said, .. } => said.as_ref(),
            Self::Unreachable
            | Self::Interrupted
            | Self::TimedOut
            | Self::CertificateRejected
            | Self::Rejected { .. }
            | Self::MappingMissing { .. }
            | Self::FieldNotCarried { .. }
            | Self::FileUnreachable { .. }
            | Self::NotOffered { .. }
            | Self::BreakerOpen
            | Self::Busy
            | Self::Failed { .. } => None,
        }
    }

    /// What stands as the code of the failed attempt: the portal's own, or what an
    /// operator has to look at (`procedure 1.004222`, `LoaiDoiTuong`, `HTTP 422`). Failures
    /// are grouped by it. Empty when there is nothing of the kind.
    #[must_use]
    pub fn upstream_code(&self) -> String {
        match self {
            Self::MappingMissing { kind, code } => format!("{} {code}", kind.name()),
            Self::FieldNotCarried { field, .. } | Self::FileUnreachable { field, .. } => {
                (*field).to_owned()
            }
            Self::NotOffered { operation } => (*operation).to_owned(),
            Self::Rejected { status } | Self::Failed { status } => format!("HTTP {status}"),
            Self::SessionRefused { .. }
            | Self::Throttled { .. }
            | Self::OutOfService { .. }
            | Self::AccessDenied { .. }
            | Self::Nonsense { .. }
            | Self::Unreachable
            | Self::Interrupted
            | Self::TimedOut
            | Self::CertificateRejected
            | Self::BreakerOpen
            | Self::Busy => self.said().map(Said::code).unwrap_or_default().to_owned(),
        }
    }

    /// What stands as the text of the failed attempt: the portal's words, or ours where
    /// nothing was sent because of something that a person can change. Empty otherwise:
    /// the cause says the rest.
    #[must_use]
    pub fn upstream_text(&self) -> String {
        match self {
            Self::MappingMissing { .. }
            | Self::FieldNotCarried { .. }
            | Self::FileUnreachable { .. }
            | Self::NotOffered { .. } => self.to_string(),
            Self::Rejected { .. }
            | Self::Failed { .. }
            | Self::SessionRefused { .. }
            | Self::Throttled { .. }
            | Self::OutOfService { .. }
            | Self::AccessDenied { .. }
            | Self::Nonsense { .. }
            | Self::Unreachable
            | Self::Interrupted
            | Self::TimedOut
            | Self::CertificateRejected
            | Self::BreakerOpen
            | Self::Busy => self.said().map(Said::text).unwrap_or_default().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
