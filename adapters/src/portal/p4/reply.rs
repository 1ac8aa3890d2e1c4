//! What an answer of P4 means: real HTTP statuses, and a table for the sentence.
//!
//! A status is the word of the adapter, and only with its own object beside it. The same
//! number from a gateway in between, with a page or nothing, says less (portal.md 9).

use lienthong_core::certainty::Certainty;
use lienthong_core::ports::portal::{PortalAnswer, PortalError, Reading};
use lienthong_core::sync::cause::Cause;

use crate::http::Answer;
use crate::portal::answers::{self, Envelope};
use crate::portal::exchange::of_status;

/// An answer that has a sentence.
pub(super) struct Reply {
    status: u16,
    pub(super) envelope: Envelope,
}

impl Reply {
    /// Reads an answer; what it says is kept without the values `known`.
    ///
    /// # Errors
    /// [`PortalError`] when the status alone says what happened, or nothing can be read.
    pub(super) fn read(answer: &Answer, known: &[&str]) -> Result<Self, PortalError> {
        let status = answer.head.status;
        let envelope = Envelope::read_typed(&answer.body, status == 200);
        let said = |envelope: &Envelope| envelope.said(known);
        match (status, envelope) {
            (200, envelope) => envelope.map(|envelope| Self { status, envelope }),
            (400 | 404 | 409 | 422, Ok(envelope)) => Ok(Self { status, envelope }),
            // Renewed already: the second token was refused as well.
            (401, envelope) => Err(PortalError::SessionRefused {
                said: envelope.ok().as_ref().map(said),
            }),
            // No right, and no such operation: nobody looked at the dossier.
            (403 | 404, envelope) => Err(PortalError::AccessDenied {
                said: envelope.ok().as_ref().map(said),
            }),
            // "The adapter cannot reach the portal", in its own words.
            (502, Ok(_)) => Err(PortalError::Unreachable),
            (_, _) => Err(of_status(&answer.head)),
        }
    }

    /// What the answer to B4, B5 or B6 means.
    ///
    /// # Errors
    /// As [`answers::of_write`].
    pub(super) fn of_write(&self, known: &[&str]) -> Result<PortalAnswer, PortalError> {
        let answer = answers::of_write(&answers::P4, &self.envelope, known)?;
        let said = || self.envelope.said(known);
        match (self.status, &answer.reading) {
            (404, Reading::NotUnderstood) => Err(PortalError::AccessDenied { said: Some(said()) }),
            // 400 is "missing body fields", whatever the words.
            (400 | 409 | 422, Reading::NotUnderstood) => {
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
