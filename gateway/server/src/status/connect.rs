//! Codes as the Connect protocol writes them.
//!
//! The names and HTTP statuses are those of the protocol's table of error codes; they
//! are not the canonical mapping of gRPC's own HTTP transcoding (`canceled` has one l
//! and 499, `unimplemented` is 501).

use http::StatusCode;
use tonic::Code;

/// A code in the Connect protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ConnectCode {
    /// Name in the JSON error.
    pub(crate) name: &'static str,
    /// Status of the HTTP response.
    pub(crate) http: StatusCode,
}

impl ConnectCode {
    /// How the protocol writes `code`; `Ok` has no error form and is `unknown`.
    pub(crate) fn of(code: Code) -> Self {
        let (name, http) = match code {
            Code::Cancelled => ("canceled", 499),
            Code::Ok | Code::Unknown => ("unknown", 500),
            Code::InvalidArgument => ("invalid_argument", 400),
            Code::DeadlineExceeded => ("deadline_exceeded", 504),
            Code::NotFound => ("not_found", 404),
            Code::AlreadyExists => ("already_exists", 409),
            Code::PermissionDenied => ("permission_denied", 403),
            Code::ResourceExhausted => ("resource_exhausted", 429),
            Code::FailedPrecondition => ("failed_precondition", 400),
            Code::Aborted => ("aborted", 409),
            Code::OutOfRange => ("out_of_range", 400),
            Code::Unimplemented => ("unimplemented", 501),
            Code::Internal => ("internal", 500),
            Code::Unavailable => ("unavailable", 503),
            Code::DataLoss => ("data_loss", 500),
            Code::Unauthenticated => ("unauthenticated", 401),
        };
        let http = StatusCode::from_u16(http).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { name, http }
    }
}
