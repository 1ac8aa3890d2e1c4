//! The error of one item in a stream: what a single call would have ended with.

use lienthong_proto::v1;

use super::to_duration;
use crate::status::ServerError;

/// `error` in the words of the contract. It goes to the log here, as that of a single
/// call does when it becomes a status.
pub(crate) fn call_error(error: &ServerError) -> v1::CallError {
    error.log();
    told(error)
}

/// As [`call_error`], of an error that is in the log already.
pub(crate) fn told(error: &ServerError) -> v1::CallError {
    let violations = if let ServerError::Invalid(violations) = error {
        violations.as_slice()
    } else {
        &[]
    };
    v1::CallError {
        code: error.code().into(),
        reason: error.reason().name().to_owned(),
        message: error.message(),
        violations: violations
            .iter()
            .map(|violation| v1::FieldViolation {
                field: violation.field.clone(),
                description: violation.message.clone().into_owned(),
            })
            .collect(),
        retry_after: error
            .retry_after()
            .and_then(|delay| jiff::SignedDuration::try_from(delay).ok())
            .map(to_duration),
        metadata: error.metadata().into_iter().collect(),
    }
}
