//! The code that a finished call ended with, for metrics and the log.
//!
//! A caller who hangs up before the end leaves no code on the wire; such a call counts
//! as cancelled.

use http::HeaderMap;
use tonic::{Code, Status};

use super::ConnectCode;

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CallCode(Code);

impl CallCode {
    /// The caller went away before the end.
    pub(crate) const CANCELLED: Self = Self(Code::Cancelled);
    /// The answer ended without saying how.
    pub(crate) const UNKNOWN: Self = Self(Code::Unknown);

    /// The code in headers or trailers, if they hold one.
    pub(crate) fn in_headers(headers: &HeaderMap) -> Option<Self> {
        let value = headers.get(Status::GRPC_STATUS)?;
        Some(Self(Code::from_bytes(value.as_bytes())))
    }

    /// The code of `status`.
    pub(crate) fn of(status: &Status) -> Self {
        Self(status.code())
    }

    /// The code with this number; `UNKNOWN` for one that is none.
    pub(crate) fn from_number(number: i32) -> Self {
        Self(Code::from_i32(number))
    }

    /// Whether the gateway or what stands behind it is out, so that the same call may
    /// succeed later.
    pub(crate) fn is_outage(self) -> bool {
        matches!(self.0, Code::Unavailable | Code::DeadlineExceeded)
    }

    /// Whether the request itself is wrong.
    pub(crate) fn is_invalid(self) -> bool {
        self.0 == Code::InvalidArgument
    }

    /// Whether it is success.
    pub(crate) fn is_ok(self) -> bool {
        self.0 == Code::Ok
    }

    /// How the Connect protocol writes it.
    pub(crate) fn connect(self) -> ConnectCode {
        ConnectCode::of(self.0)
    }

    /// The official name (`INVALID_ARGUMENT`).
    pub(crate) fn name(self) -> &'static str {
        match self.0 {
            Code::Ok => "OK",
            Code::Cancelled => "CANCELLED",
            Code::Unknown => "UNKNOWN",
            Code::InvalidArgument => "INVALID_ARGUMENT",
            Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
            Code::NotFound => "NOT_FOUND",
            Code::AlreadyExists => "ALREADY_EXISTS",
            Code::PermissionDenied => "PERMISSION_DENIED",
            Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
            Code::FailedPrecondition => "FAILED_PRECONDITION",
            Code::Aborted => "ABORTED",
            Code::OutOfRange => "OUT_OF_RANGE",
            Code::Unimplemented => "UNIMPLEMENTED",
            Code::Internal => "INTERNAL",
            Code::Unavailable => "UNAVAILABLE",
            Code::DataLoss => "DATA_LOSS",
            Code::Unauthenticated => "UNAUTHENTICATED",
        }
    }
}
