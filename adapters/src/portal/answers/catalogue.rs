//! Whether an answer of the catalogue services holds what was asked for.
//!
//! What a reader would get wrong: an empty list may be an answer, and it may be an overload
//! that comes with code 0 and nothing else. Only words that leave no doubt make it a list;
//! whoever takes the list still judges whether it may be empty.

use lienthong_core::ports::portal::PortalError;
use serde_json::Value;

use super::envelope::{Code, Envelope};
use super::search::{found_nothing, is_empty, reason};

/// What hangs on an answer that went well; `None` when the portal looked and has nothing.
///
/// # Errors
/// [`PortalError`] for the reason that the words give, [`PortalError::Nonsense`] where they
/// give none that is known.
pub(in crate::portal) fn of_catalogue(envelope: &Envelope) -> Result<Option<&Value>, PortalError> {
    if let Some(status) = envelope.wordless() {
        return Err(PortalError::Rejected { status });
    }
    match envelope.class() {
        Code::Zero if !is_empty(envelope.result()) => Ok(Some(envelope.result())),
        Code::Zero if found_nothing(envelope) => Ok(None),
        Code::Zero => Err(reason(envelope, "an empty answer with other words")),
        Code::NonZero | Code::Text => Err(reason(envelope, "a failure without a known reason")),
        Code::Absent => Err(reason(envelope, "an answer without a code")),
    }
}
