//! Whose business a failure is, and so how loudly the log tells it.
//!
//! What a reader would get wrong: what a caller did wrong is no line in the log of a gateway
//! at work. A caller could fill it.

use lienthong_core::ports::audit::AuditError;
use lienthong_core::ports::outbox::{OutboxError, RecordError};

use super::{ServerError, population};

impl ServerError {
    /// Whose business the failure is.
    pub(super) fn concerns(&self) -> Concern {
        match self {
            Self::Internal { .. }
            | Self::Audit(AuditError::Corrupt { .. })
            | Self::Outbox(OutboxError::Corrupt { .. })
            | Self::Record(RecordError::Store(OutboxError::Corrupt { .. })) => Concern::Operator,
            Self::Population(error) => population::concern(error),
            Self::Audit(AuditError::Unavailable { .. })
            | Self::Outbox(OutboxError::Unavailable { .. })
            | Self::Record(RecordError::Store(OutboxError::Unavailable { .. }))
            | Self::AnswerTooLarge { .. } => Concern::Outage,
            Self::Essential(failure) if failure.is_outage() => Concern::Outage,
            Self::Essential(failure) if failure.is_broken() => Concern::Operator,
            Self::Catalogue(failure) if failure.is_outage() => Concern::Outage,
            Self::Catalogue(failure) if failure.is_broken() => Concern::Operator,
            Self::Essential(_)
            | Self::Catalogue(_)
            | Self::Invalid(_)
            | Self::Denied(_)
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
            | Self::UnknownMethod
            | Self::MethodStreams
            | Self::UnsupportedEncoding => Concern::Caller,
        }
    }

    /// Writes the failure to the log, once, where it leaves the gateway.
    pub(crate) fn log(&self) {
        let (code, reason, error) = (self.code(), self.reason(), with_sources(self));
        match self.concerns() {
            Concern::Operator => tracing::error!(?code, %reason, error, "call failed"),
            Concern::Outage => tracing::warn!(?code, %reason, error, "call failed"),
            // Counted by the metrics; a line for each would let a caller fill the log.
            Concern::Caller => tracing::debug!(?code, %reason, error, "call refused"),
        }
    }
}

/// Whose business a failure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Concern {
    /// Someone must mend or set something here.
    Operator,
    /// Something is out; it may come back by itself.
    Outage,
    /// The caller's.
    Caller,
}

/// What an error says, and what each of its sources says.
fn with_sources(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}
