//! What an exchange over HTTP means for a call to the portal, whatever the profile.
//!
//! Nothing of a dossier goes out before there is a session or a token. Whatever fails on
//! the way to one is therefore certainly not applied.

use std::time::Duration;

use lienthong_core::dossier::{Dossier, Step};
use lienthong_core::identity::Identity;
use lienthong_core::ports::portal::PortalError;
use lienthong_core::text::Text;
use secrecy::SecretString;
use tokio::time::Instant;

use super::answers::Hidden;
use crate::access::{FetchFailure, Issued, NoCredential};
use crate::http::{AnswerHead, ExchangeError};

/// Every waiting dossier wants a session; after an outage they ask for one log-in a
/// second between them.
pub(super) const LOG_IN_PAUSE: Duration = Duration::from_secs(1);

/// How long before its end a session or token is not used any more.
pub(super) const CREDENTIAL_MARGIN: Duration = Duration::from_secs(10);

impl FetchFailure for PortalError {
    fn is_refusal(&self) -> bool {
        match self {
            Self::SessionRefused { .. } | Self::Rejected { .. } | Self::AccessDenied { .. } => true,
            Self::Unreachable
            | Self::Interrupted
            | Self::TimedOut
            | Self::CertificateRejected
            | Self::Throttled { .. }
            | Self::OutOfService { .. }
            | Self::Failed { .. }
            | Self::MappingMissing { .. }
            | Self::FieldNotCarried { .. }
            | Self::FileUnreachable { .. }
            | Self::NotOffered { .. }
            | Self::BreakerOpen
            | Self::Busy
            | Self::Nonsense { .. } => false,
        }
    }
}

/// No session, and no word about it.
pub(super) const REFUSED: PortalError = PortalError::SessionRefused { said: None };

/// A session or token, if it comes before the deadline.
pub(super) async fn in_time(
    credential: impl Future<Output = Result<Issued<SecretString>, NoCredential<PortalError>>>,
    deadline: Instant,
) -> Result<Issued<SecretString>, PortalError> {
    match tokio::time::timeout_at(deadline, credential).await {
        Ok(Ok(credential)) => Ok(credential),
        Ok(Err(NoCredential::Failed(error))) => Err(error),
        // Nothing of the dossier was sent, which a time-out would leave open.
        Ok(Err(NoCredential::TimedOut)) | Err(_) => Err(PortalError::Unreachable),
        Ok(Err(NoCredential::Lost)) => Err(REFUSED),
    }
}

/// A call that brought no answer.
pub(super) fn failure(error: &ExchangeError) -> PortalError {
    match error {
        ExchangeError::NoTimeLeft | ExchangeError::Unreachable => PortalError::Unreachable,
        ExchangeError::CertificateRejected => PortalError::CertificateRejected,
        ExchangeError::TimedOut => PortalError::TimedOut,
        ExchangeError::Interrupted => PortalError::Interrupted,
        ExchangeError::BodyTooLarge(_) => PortalError::Nonsense {
            problem: "longer than allowed",
            said: None,
        },
        ExchangeError::Unreadable(_) => PortalError::Nonsense {
            problem: "a broken content coding",
            said: None,
        },
    }
}

/// A call that carries nothing of a dossier's state and brought no answer: a log-in, the
/// fetching of a number or a file.
pub(super) fn failure_without_effect(error: &ExchangeError) -> PortalError {
    match error {
        ExchangeError::CertificateRejected => PortalError::CertificateRejected,
        ExchangeError::NoTimeLeft
        | ExchangeError::Unreachable
        | ExchangeError::TimedOut
        | ExchangeError::Interrupted => PortalError::Unreachable,
        ExchangeError::BodyTooLarge(_) | ExchangeError::Unreadable(_) => REFUSED,
    }
}

/// An answer whose status is not 200 and which no profile reads further.
pub(super) fn of_status(head: &AnswerHead) -> PortalError {
    match head.status {
        429 => PortalError::Throttled {
            retry_after: head.retry_after,
            said: None,
        },
        // The method, the size or the form of the call: nobody looked at what is in it.
        status @ (405 | 413 | 415) => PortalError::Rejected { status },
        status => PortalError::Failed { status },
    }
}

/// Whether an answer of P1 to P3 with this status is read by its words. No source gives
/// them a meaning there (portal.md 2): a wrapper may say 409 of what is there already, and
/// 400 of nine steps out of ten. Without words the effect is unknown.
pub(super) fn is_read_by_its_words(status: u16) -> bool {
    matches!(status, 400 | 409 | 422)
}

/// What a dossier says of its owner, lest the portal's answer repeat it.
pub(super) fn values_of(dossier: &Dossier) -> Hidden<'_> {
    let owner = &dossier.owner;
    let contacts = [&owner.email, &owner.phone, &owner.fax];
    let contacts = contacts
        .into_iter()
        .flatten()
        .map(|contact| contact.expose().as_str());
    let values = std::iter::once(owner.name.as_str())
        .chain(owner.identities.iter().map(Identity::expose))
        .chain(owner.tech_id.as_ref().map(Text::as_str))
        .chain(contacts);
    Hidden::Values(values.collect())
}

/// Who handled the steps, for the same reason. Whose dossier it is the steps do not tell.
pub(super) fn handlers_of(steps: &[Step]) -> Hidden<'_> {
    let handlers = steps.iter().map(|step| step.handler_name.as_str());
    Hidden::Names(handlers.collect())
}
