//! The answer `{error_code, message}`, with the whole SOAP XML as text in `message`
//! (population.md 8).
//!
//! What is not such an envelope is never "no match": on failure the message is any
//! text, in any language.

use lienthong_core::ports::population::CitizenAnswer;

use crate::population::record::outcome_code::is_success;
use crate::population::record::{Element, Flaw, json, read_look_up as read_soap_look_up};

/// Reads the answer of the look-up.
///
/// # Errors
/// A [`Flaw`] when it is not such an answer, or one that says that it failed.
pub(in crate::population) fn read_look_up(bytes: &[u8]) -> Result<CitizenAnswer, Flaw> {
    let wrapper = json::document(bytes)?;
    if wrapper.repeats("error_code") || wrapper.repeats("message") {
        return Err(Flaw::within(
            &wrapper,
            "a wrapper with more than one answer",
        ));
    }
    let code = wrapper.text_of("error_code");
    let message = wrapper.child("message").and_then(Element::text);
    let message = match (code, message) {
        (None, _) => return Err(Flaw::within(&wrapper, "a wrapper without an error code")),
        (Some(code), _) if !is_success(code) => {
            return Err(Flaw::within(&wrapper, "a wrapper that says that it failed"));
        }
        (Some(_), None) => return Err(Flaw::within(&wrapper, "a wrapper without a message")),
        (Some(_), Some(message)) => message,
    };
    if !message.starts_with(['<', '\u{feff}']) {
        return Err(Flaw::within(&wrapper, "a message that is not XML"));
    }
    read_soap_look_up(message.as_bytes()).map_err(|flaw| flaw.inside_message_of(&wrapper))
}

#[cfg(test)]
mod tests;
