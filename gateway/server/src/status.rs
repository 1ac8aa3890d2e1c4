//! Status codes: what each failure means to a caller.
//!
//! This file and its folder alone name the codes of gRPC. What a reader would get
//! wrong: the messages are ours and hold no value that a caller or an upstream sent;
//! what the store or an upstream said goes to the log when an error is turned into a
//! [`tonic::Status`] by `?` or `into()`, and nowhere else.

use std::borrow::Cow;
use std::time::Duration;

use lienthong_core::access::AccessDenied;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::audit::AuditError;
use lienthong_core::ports::outbox::{OutboxError, RecordError};
use lienthong_core::ports::population::PopulationError;
use thiserror::Error;
use tonic::Code;

mod call_code;
mod catalogue;
mod concern;
mod connect;
mod details;
mod essential;
mod population;
mod reason;
mod strict;
mod unsettled;
mod vietnamese;
mod watching;

pub(crate) use call_code::CallCode;
pub use catalogue::CatalogueFailure;
pub(crate) use connect::ConnectCode;
pub use essential::{EssentialFailure, Why};
pub use reason::Reason;
pub use strict::of_incoming_stream;
pub(crate) use strict::{Placement, complete};
pub use unsettled::Unsettled;
pub use watching::Watching;

/// `google.rpc.ErrorInfo.domain` of every error.
pub const DOMAIN: &str = "lienthong";

/// One field that breaks its rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Path of the field in the request, in the names of the `.proto` file
    /// (`identity.personal_number`, `fees[2].amount`).
    pub field: String,
    /// Which rule, as a name in capitals (`WRONG_LENGTH`).
    pub reason: &'static str,
    /// The rule in words, without the value.
    pub message: Cow<'static, str>,
}

impl Violation {
    /// A violation of the rule `reason` by `field`.
    pub fn new(
        field: impl Into<String>,
        reason: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            field: field.into(),
            reason,
            message: message.into(),
        }
    }
}

/// Everything that a call can fail with, from the door to the stores.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum ServerError {
    /// Fields break their rules: all of them at once.
    #[error("the request breaks {} rule(s)", .0.len())]
    Invalid(Vec<Violation>),
    /// The access policy does not permit the look-up.
    #[error(transparent)]
    Denied(#[from] AccessDenied),
    /// The population database gave no answer.
    #[error(transparent)]
    Population(#[from] PopulationError),
    /// The look-up cannot be recorded, so it is not made or its answer not given.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// The calling system may not read the record of look-ups.
    #[error("this system may not read the record of look-ups")]
    AuditNotPermitted,
    /// The calling system may not use the operators' methods.
    #[error("this system may not use the operators' methods")]
    OperatorNotPermitted,
    /// There is no such operation.
    #[error("there is no such operation")]
    OperationNotFound,
    /// The reconciliation whose differences are to be repaired has not ended.
    #[error("the reconciliation has not ended; repair what it found when it has")]
    ReconciliationRunning,
    /// What the reconciliation found was removed because its time was over.
    #[error("what the reconciliation found is not kept any more; compare anew")]
    ReconciliationExpired,
    /// As many operations of the kind have not ended as there are places for.
    #[error("{open} operations of this kind have not ended; wait for one, or cancel it")]
    TooManyOperations {
        /// How many.
        open: usize,
    },
    /// As many callers watch the same as there is room for.
    #[error("{}", watched.too_many(*own))]
    TooManyWatchers {
        /// What is watched.
        watched: Watching,
        /// Whether the calling system itself has as many as it may; otherwise all
        /// systems together have.
        own: bool,
    },
    /// What a person saw at the portal cannot be taken for this dossier.
    #[error("dossier {dossier}: {why}")]
    Unsettled {
        /// Dossier in question.
        dossier: DossierNumber,
        /// Why.
        why: Unsettled,
    },
    /// A call about the essential services failed.
    #[error(transparent)]
    Essential(#[from] EssentialFailure),
    /// A call about the procedure catalogue failed.
    #[error(transparent)]
    Catalogue(#[from] CatalogueFailure),
    /// The gateway stops, so a stream without an end of its own ends.
    #[error("the gateway is stopping")]
    Stopping,
    /// The event was not recorded.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The store could not do its work.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
    /// The calling system recorded no such dossier; whether another one did is not
    /// told.
    #[error("this system has not recorded dossier {dossier}")]
    DossierNotFound {
        /// Dossier asked for.
        dossier: DossierNumber,
    },
    /// The certificate, or plain text, belongs to no configured system.
    #[error("the calling system is not known")]
    UnknownCaller,
    /// The gateway has as many requests as it takes.
    #[error("the gateway has as many requests as it takes")]
    Overloaded {
        /// Time to wait before the next try.
        retry_after: Duration,
    },
    /// The caller's deadline passed. What was begun may have had its effect.
    #[error("the deadline of the call has passed")]
    DeadlineExceeded,
    /// The caller's deadline passed before the population database had answered.
    #[error("the population database did not answer before the deadline of the call")]
    LookupTimedOut,
    /// The message cannot be decoded.
    #[error("the message cannot be decoded: {problem}")]
    MalformedMessage {
        /// What is wrong, without the content.
        problem: Cow<'static, str>,
    },
    /// A request message is too large.
    #[error("the message is larger than {limit} bytes")]
    MessageTooLarge {
        /// Most bytes that are taken.
        limit: usize,
    },
    /// The answer is too large to be sent.
    #[error("the answer is larger than {limit} bytes")]
    AnswerTooLarge {
        /// Most bytes that are sent.
        limit: usize,
    },
    /// The gateway has no such service or method.
    #[error("this gateway does not serve this method")]
    UnknownMethod,
    /// The method streams, and was called with one message and for one answer.
    #[error(
        "this method streams, so it takes no plain JSON or protobuf POST: call it with gRPC or \
         gRPC-Web, for example with grpcurl or this program's own commands"
    )]
    MethodStreams,
    /// The message is compressed; the gateway reads only uncompressed messages.
    #[error("the gateway reads only uncompressed messages")]
    UnsupportedEncoding,
    /// A fault of the gateway, found in the log under the request id.
    #[error("internal error, request {request_id}")]
    Internal {
        /// Request id of the call ([`crate::door::RequestId`]).
        request_id: String,
    },
}

impl ServerError {
    /// The gRPC code (architecture.md 6, population.md 12).
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Invalid(_) | Self::MalformedMessage { .. } | Self::MessageTooLarge { .. } => {
                Code::InvalidArgument
            }
            Self::Denied(_) | Self::AuditNotPermitted | Self::OperatorNotPermitted => {
                Code::PermissionDenied
            }
            Self::Population(error) => population::code(error),
            Self::Audit(AuditError::Unavailable { .. }) | Self::Stopping => Code::Unavailable,
            Self::Record(error) => record_code(error),
            Self::Outbox(error) => outbox_code(error),
            Self::DossierNotFound { .. } | Self::OperationNotFound => Code::NotFound,
            Self::Unsettled { why, .. } => why.code(),
            Self::Essential(failure) => failure.code(),
            Self::Catalogue(failure) => failure.code(),
            Self::UnknownCaller => Code::Unauthenticated,
            Self::Overloaded { .. }
            | Self::AnswerTooLarge { .. }
            | Self::TooManyOperations { .. }
            | Self::TooManyWatchers { .. } => Code::ResourceExhausted,
            Self::ReconciliationRunning | Self::ReconciliationExpired => Code::FailedPrecondition,
            Self::DeadlineExceeded | Self::LookupTimedOut => Code::DeadlineExceeded,
            Self::UnknownMethod | Self::MethodStreams | Self::UnsupportedEncoding => {
                Code::Unimplemented
            }
            Self::Internal { .. } | Self::Audit(AuditError::Corrupt { .. }) => Code::Internal,
        }
    }

    /// The reason on which callers may branch.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self {
            Self::Invalid(_) => Reason::InvalidField,
            Self::Denied(AccessDenied::Client) => Reason::NotPermittedClient,
            Self::Denied(AccessDenied::Procedure) => Reason::NotPermittedProcedure,
            Self::Denied(AccessDenied::Purpose) => Reason::NotPermittedPurpose,
            Self::Denied(AccessDenied::Household) => Reason::NotPermittedHousehold,
            Self::AuditNotPermitted => Reason::NotPermittedAudit,
            Self::OperatorNotPermitted => Reason::NotPermittedOperator,
            Self::OperationNotFound => Reason::OperationNotFound,
            Self::ReconciliationRunning => Reason::ReconciliationRunning,
            Self::ReconciliationExpired => Reason::ReconciliationExpired,
            Self::TooManyOperations { .. } => Reason::TooManyOperations,
            Self::TooManyWatchers { .. } => Reason::TooManyWatchers,
            Self::Unsettled { why, .. } => why.reason(),
            Self::Essential(failure) => failure.reason(),
            Self::Catalogue(failure) => failure.reason(),
            Self::Stopping => Reason::GatewayStopping,
            Self::Audit(AuditError::Unavailable { .. }) => Reason::AuditUnavailable,
            Self::Audit(AuditError::Corrupt { .. }) => Reason::AuditCorrupt,
            Self::Population(error) => population::reason(error),
            Self::Record(RecordError::OtherContent) => Reason::EventIdReused,
            Self::Record(RecordError::Stale { .. }) => Reason::EventStale,
            Self::Record(RecordError::DossierNotRecorded { .. }) => Reason::DossierNotRecorded,
            Self::Record(RecordError::OtherSystem { .. }) => Reason::NotPermittedDossier,
            Self::Record(RecordError::Store(error)) | Self::Outbox(error) => outbox_reason(error),
            Self::DossierNotFound { .. } => Reason::DossierNotFound,
            Self::UnknownCaller => Reason::UnknownCaller,
            Self::Overloaded { .. } => Reason::Overloaded,
            Self::DeadlineExceeded | Self::LookupTimedOut => Reason::DeadlineExceeded,
            Self::MalformedMessage { .. } => Reason::MalformedMessage,
            Self::MessageTooLarge { .. } => Reason::MessageTooLarge,
            Self::AnswerTooLarge { .. } => Reason::AnswerTooLarge,
            Self::UnknownMethod => Reason::UnknownMethod,
            Self::MethodStreams => Reason::MethodStreams,
            Self::UnsupportedEncoding => Reason::UnsupportedEncoding,
            Self::Internal { .. } => Reason::Internal,
        }
    }

    /// The status with its details, for a caller. Nothing is logged.
    #[must_use]
    pub fn to_status(&self) -> tonic::Status {
        use tonic_types::StatusExt as _;
        tonic::Status::with_error_details(self.code(), self.message(), details::of(self))
    }

    /// When the same call may be tried again; `None` where that would not help.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        details::retry_delay(self)
    }

    /// What a program can read of it besides its reason.
    pub(crate) fn metadata(&self) -> std::collections::HashMap<String, String> {
        details::metadata(self)
    }

    /// What the caller is told in words: `Display`, but for the store, whose own
    /// words stay inside.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::Outbox(error) | Self::Record(RecordError::Store(error)) => match error {
                OutboxError::Unavailable { .. } => {
                    "the gateway's store cannot be used at present".to_owned()
                }
                OutboxError::Corrupt { .. } => {
                    "the gateway's store holds something that cannot be read back".to_owned()
                }
            },
            Self::Audit(AuditError::Unavailable { .. }) => {
                "the gateway cannot record look-ups at present".to_owned()
            }
            Self::Audit(AuditError::Corrupt { .. }) => {
                "the gateway's record of look-ups holds something that cannot be read back"
                    .to_owned()
            }
            Self::Essential(failure) => failure.message(),
            Self::Catalogue(failure) => failure.message(),
            Self::Invalid(_)
            | Self::Denied(_)
            | Self::Population(_)
            | Self::AuditNotPermitted
            | Self::OperatorNotPermitted
            | Self::OperationNotFound
            | Self::ReconciliationRunning
            | Self::ReconciliationExpired
            | Self::TooManyOperations { .. }
            | Self::TooManyWatchers { .. }
            | Self::Unsettled { .. }
            | Self::Stopping
            | Self::Record(_)
            | Self::DossierNotFound { .. }
            | Self::UnknownCaller
            | Self::Overloaded { .. }
            | Self::DeadlineExceeded
            | Self::LookupTimedOut
            | Self::MalformedMessage { .. }
            | Self::MessageTooLarge { .. }
            | Self::AnswerTooLarge { .. }
            | Self::UnknownMethod
            | Self::MethodStreams
            | Self::UnsupportedEncoding
            | Self::Internal { .. } => self.to_string(),
        }
    }
}

impl From<ServerError> for tonic::Status {
    /// The status for the caller; the error itself is logged here.
    fn from(error: ServerError) -> Self {
        tracing::Span::current().record("reason", error.reason().name());
        error.log();
        error.to_status()
    }
}

fn record_code(error: &RecordError) -> Code {
    match error {
        RecordError::OtherContent => Code::AlreadyExists,
        RecordError::Stale { .. } => Code::Aborted,
        RecordError::DossierNotRecorded { .. } => Code::FailedPrecondition,
        RecordError::OtherSystem { .. } => Code::PermissionDenied,
        RecordError::Store(error) => outbox_code(error),
    }
}

fn outbox_code(error: &OutboxError) -> Code {
    match error {
        OutboxError::Unavailable { .. } => Code::Unavailable,
        OutboxError::Corrupt { .. } => Code::Internal,
    }
}

fn outbox_reason(error: &OutboxError) -> Reason {
    match error {
        OutboxError::Unavailable { .. } => Reason::StoreUnavailable,
        OutboxError::Corrupt { .. } => Reason::StoreCorrupt,
    }
}

#[cfg(test)]
mod tests;
