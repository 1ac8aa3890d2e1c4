//! Statuses that the transport library made up, put into our words.
//!
//! tonic answers a message that it cannot decode with `INTERNAL`, which reads as a
//! fault of the gateway. Our own statuses always carry details, so one without comes
//! from the library or from a service of another package. What a reader would get
//! wrong: codes and messages of such other services stay as they are.

use std::borrow::Cow;
use std::collections::HashMap;

use http::HeaderMap;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use super::{DOMAIN, Reason, ServerError};

/// Where a status stands in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Placement {
    /// In the headers: nothing was answered but the status.
    Alone,
    /// In the trailers, after the headers and possibly messages.
    AfterHeaders,
}

/// What a caller is told about an undecodable message.
const UNDECODABLE: Cow<'static, str> = Cow::Borrowed("it is not a message of this method");

/// Gives the status in `headers` its details if it has none. `limit` is the largest
/// request message in bytes.
pub(crate) fn complete(headers: &mut HeaderMap, placement: Placement, limit: usize) {
    if headers.contains_key(Status::GRPC_STATUS_DETAILS) {
        return;
    }
    let Some(status) = Status::from_header_map(headers) else {
        return;
    };
    let completed = match (status.code(), placement) {
        (Code::Ok, _) => return,
        (Code::Internal | Code::OutOfRange, Placement::Alone) => of_library(status.code(), limit),
        (Code::Unimplemented, _) if status.message().is_empty() => {
            ServerError::UnknownMethod.to_status()
        }
        _ => with_reason(&status),
    };
    // Header values that tonic made itself are always valid ones.
    let _written = completed.add_header(headers);
}

/// What an error of an incoming stream means: hand the result to the caller.
///
/// Undecodable messages come out of tonic as `INTERNAL` and are `INVALID_ARGUMENT`
/// here; statuses of the door pass unchanged.
#[must_use]
pub fn of_incoming_stream(status: Status, limit: usize) -> Status {
    if !status.details().is_empty() {
        return status;
    }
    match status.code() {
        Code::Internal | Code::OutOfRange => of_library(status.code(), limit),
        _ => status,
    }
}

fn of_library(code: Code, limit: usize) -> Status {
    if code == Code::OutOfRange {
        ServerError::MessageTooLarge { limit }.to_status()
    } else {
        ServerError::MalformedMessage {
            problem: UNDECODABLE,
        }
        .to_status()
    }
}

fn with_reason(status: &Status) -> Status {
    let reason = match status.code() {
        Code::Unimplemented => Reason::UnknownMethod,
        Code::DeadlineExceeded => Reason::DeadlineExceeded,
        _ => Reason::Unspecified,
    };
    Status::with_error_details(
        status.code(),
        status.message(),
        ErrorDetails::with_error_info(reason.name(), DOMAIN, HashMap::new()),
    )
}
