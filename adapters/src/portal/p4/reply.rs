//! What an answer of P4 means: real HTTP statuses, and a table for the sentence.
//!
//! A status is the word of the adapter, and only with its own object beside it. The same
//! number from a gateway in between, with a page, with JSON of its own or with nothing, says
//! less: it may come after the call went on to the portal (portal.md 9).

use lienthong_core::certainty::Certainty;
use lienthong_core::ports::portal::{PortalAnswer, PortalError, Reading};
use lienthong_core::sync::cause::Cause;

use crate::http::Answer;
use crate::portal::answers::{self, Envelope, Hidden};
use crate::portal::exchange::of_status;

/// An answer that has a sentence, or none where its status is in no manual.
pub(super) struct Reply {
    status: u16,
    pub(super) envelope: Envelope,
}

impl Reply {
    /// Reads an answer; what it says is kept without what is `hidden`.
    ///
    /// # Errors
    /// [`PortalError`] when the status alone says what happened, or nothing can be read.
    pub(super) fn read(answer: &Answer, hidden: &Hidden<'_>) -> Result<Self, PortalError> {
        let status = answer.head.status;
        let envelope = Envelope::read_typed(&answer.body, status == 200);
        let said = |envelope: &Envelope| envelope.said(hidden);
        match (status, envelope) {
            (200, envelope) => envelope.map(|envelope| Self { status, envelope }),
            (400 | 404, Ok(envelope)) => Ok(Self { status, envelope }),
            // "Missing fields" without the words for it (portal.md 9).
            (400, Err(_)) => Err(PortalError::Rejected { status }),
            // In no manual: what they say decides, if they say anything.
            (409 | 422, envelope) => Ok(Self {
                status,
                envelope: Envelope::under_status(envelope, status),
            }),
            // Renewed already: the second token was refused as well.
            (401, envelope) => Err(PortalError::SessionRefused {
                said: envelope.ok().as_ref().map(said),
            }),
            // No right, and no such operation: nobody looked at the dossier.
            (403 | 404, envelope) => Err(PortalError::AccessDenied {
                said: envelope.ok().as_ref().map(said),
            }),
            // "The adapter cannot reach the portal", in its own words.
            (502, Ok(envelope)) if envelope.is_own(502) => Err(PortalError::Unreachable),
            (_, _) => Err(of_status(&answer.head)),
        }
    }

    /// What the answer to B4, B5 or B6 means.
    ///
    /// # Errors
    /// As [`answers::of_write`].
    pub(super) fn of_write(&self, hidden: &Hidden<'_>) -> Result<PortalAnswer, PortalError> {
        let answer = answers::of_write(&answers::P4, &self.envelope, hidden)?;
        let said = || self.envelope.said(hidden);
        match (self.status, &answer.reading) {
            (404, Reading::NotUnderstood) => Err(PortalError::AccessDenied { said: Some(said()) }),
            // 400 is "missing body fields", whatever the words; a claim that some of it
            // went well is none of them.
            (400, Reading::NotUnderstood) if !self.envelope.claims_success() => {
                let cause = Cause::FieldRejected;
                Ok(PortalAnswer::new(Reading::Refused { cause }, said()))
            }
            (_, _) => Ok(answer),
        }
    }
}

/// The failure of a call that carries nothing of a dossier's state: whatever it did there,
/// the same dossier may be sent.
pub(super) fn without_effect(error: PortalError) -> PortalError {
    match error.certainty() {
        Certainty::Unknown => PortalError::Unreachable,
        Certainty::NotApplied | Certainty::Refused => error,
    }
}
