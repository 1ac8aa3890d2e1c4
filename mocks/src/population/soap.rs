//! What the two SOAP profiles have in common: how a body is read and an answer written.
//!
//! What a reader would get wrong: `Content-Type` is `application/xml`, not `text/xml`
//! (population.md 1.1).

use axum::http::StatusCode;

use super::desk::Writing;
use super::question::{Operation, Question, WrongRequest};
use super::registry::Found;
use super::reply;
use super::request::{self, SoapRules};
use crate::answer::{Answer, XML};
use crate::fault::ErrorCode;

/// Media type of requests.
pub(super) const MEDIA_TYPE: &str = "application/xml";

pub(super) fn read(
    operation: Operation,
    body: &[u8],
    rules: SoapRules,
) -> (Option<String>, Result<Question, WrongRequest>) {
    match request::operation(body) {
        Ok(element) => (
            request::request_number(&element),
            request::question(operation, &element, rules),
        ),
        Err(wrong) => (None, Err(wrong)),
    }
}

pub(super) fn answer(found: &Found<'_>, writing: &Writing<'_>) -> Answer {
    let document = reply::document(found, writing.shape, writing.at, writing.strange());
    Answer::new(StatusCode::OK, XML, document)
}

pub(super) fn refuse(wrong: &WrongRequest) -> Answer {
    fault("soapenv:Client", &wrong.to_string())
}

pub(super) fn error_text(code: &ErrorCode, message: &str) -> Answer {
    fault(&code.to_text(), message)
}

fn fault(code: &str, reason: &str) -> Answer {
    Answer::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        XML,
        reply::fault(code, reason),
    )
}
