//! The `google.rpc` details that go with each failure.
//!
//! What a reader would get wrong: `RetryInfo` stands only where the same call may
//! succeed by itself later; its absence tells a caller not to try again unchanged.

use std::collections::HashMap;
use std::time::Duration;

use lienthong_core::ports::audit::AuditError;
use lienthong_core::ports::outbox::{OutboxError, RecordError};
use lienthong_core::ports::population::PopulationError;
use tonic_types::{ErrorDetails, FieldViolation};

use super::{CatalogueFailure, DOMAIN, EssentialFailure, ServerError, Violation, vietnamese};

/// Wait before the next try when an upstream or the store is out.
const RETRY_OUTAGE: Duration = Duration::from_secs(5);
/// Wait before the next try when as many look-ups as allowed are at work.
const RETRY_BUSY: Duration = Duration::from_secs(1);
/// Wait before the next try when the upstream asks to slow down and names no time.
const RETRY_THROTTLED: Duration = Duration::from_secs(30);
/// Wait before the next try when as many operations run as there are places for.
const RETRY_PLACE: Duration = Duration::from_mins(1);
/// Bytes of the violations that are named: clients take 8 KiB of headers in all, and these
/// are written there in base64.
const MOST_BYTES: usize = 4_500;
/// What the law leaves when the population database gives no answer: papers, the VNeID
/// application, or the QR code on the card (NĐ 104/2022; architecture.md 6).
const FALLBACK: &str = "paper,vneid,qr";

/// The details of `error`.
pub(super) fn of(error: &ServerError) -> ErrorDetails {
    let mut details = ErrorDetails::with_error_info(error.reason().name(), DOMAIN, metadata(error));
    if let Some(delay) = retry_delay(error) {
        details.set_retry_info(Some(delay));
    }
    if let ServerError::Invalid(violations) = error {
        details.set_bad_request(bad_fields(violations));
    }
    if let ServerError::Essential(failure) = error {
        details.set_localized_message(vietnamese::LOCALE, vietnamese::of_essential(failure));
    }
    if let ServerError::Catalogue(failure) = error {
        details.set_localized_message(vietnamese::LOCALE, vietnamese::of_catalogue(failure));
    }
    if let ServerError::DossierNotFound { dossier } = error {
        details.set_resource_info(
            "lienthong.v1.Dossier",
            dossier.as_str(),
            "",
            "the calling system has recorded no event of this dossier",
        );
    }
    if let Some((kind, subject, description)) = violated(error) {
        details.add_precondition_failure_violation(kind, subject, description);
    }
    details
}

/// What has to hold first: its kind, of what, and what to do.
fn violated(error: &ServerError) -> Option<(&'static str, &str, &'static str)> {
    match error {
        ServerError::Record(RecordError::DossierNotRecorded { dossier }) => Some((
            "DOSSIER_RECORDED",
            dossier.as_str(),
            "record the dossier's state before its steps",
        )),
        ServerError::ReconciliationRunning => Some((
            "RECONCILIATION_ENDED",
            "reconciliation_id",
            "wait until the reconciliation has ended, or cancel it",
        )),
        ServerError::ReconciliationExpired => Some((
            "RECONCILIATION_KEPT",
            "reconciliation_id",
            "start another reconciliation, and repair what that one finds",
        )),
        ServerError::Unsettled { dossier, why } => why
            .precondition()
            .map(|description| (why.reason().name(), dossier.as_str(), description)),
        ServerError::Essential(failure) => failure.precondition(),
        ServerError::Catalogue(failure) => failure.precondition(),
        ServerError::Population(error) => {
            precondition(error).map(|(kind, description)| (kind, "population", description))
        }
        ServerError::Invalid(_)
        | ServerError::DossierNotFound { .. }
        | ServerError::Record(_)
        | ServerError::Denied(_)
        | ServerError::AuditNotPermitted
        | ServerError::OperatorNotPermitted
        | ServerError::OperationNotFound
        | ServerError::TooManyOperations { .. }
        | ServerError::TooManyWatchers { .. }
        | ServerError::Stopping
        | ServerError::Audit(_)
        | ServerError::Outbox(_)
        | ServerError::UnknownCaller
        | ServerError::Overloaded { .. }
        | ServerError::DeadlineExceeded
        | ServerError::LookupTimedOut
        | ServerError::MalformedMessage { .. }
        | ServerError::MessageTooLarge { .. }
        | ServerError::AnswerTooLarge { .. }
        | ServerError::UnknownMethod
        | ServerError::MethodStreams
        | ServerError::UnsupportedEncoding
        | ServerError::Internal { .. } => None,
    }
}

/// As many violations as a caller can take, and how many there are besides. Details travel in
/// a header, and more than it may hold would cost the caller the whole answer.
fn bad_fields(violations: &[Violation]) -> Vec<FieldViolation> {
    let mut left = MOST_BYTES;
    // One that is too long must not hide those behind it.
    let fits = |violation: &&Violation| {
        let bytes = violation.field.len() + violation.reason.len() + violation.message.len() + 10;
        let fits = bytes < left;
        if fits {
            left -= bytes;
        }
        fits
    };
    let mut fields: Vec<_> = violations
        .iter()
        .filter(fits)
        .map(field_violation)
        .collect();
    let more = violations.len() - fields.len();
    if more > 0 {
        let mut rest = FieldViolation::new("", format!("and {more} more, not named here"));
        "MORE".clone_into(&mut rest.reason);
        fields.push(rest);
    }
    fields
}

fn field_violation(violation: &Violation) -> FieldViolation {
    let mut field = FieldViolation::new(&violation.field, violation.message.as_ref());
    violation.reason.clone_into(&mut field.reason);
    field
}

/// What the operator must settle before the population database can be asked: kind and
/// description of the violated precondition.
fn precondition(error: &PopulationError) -> Option<(&'static str, &'static str)> {
    match error {
        PopulationError::NotOffered => Some((
            "OPERATION_LICENCE",
            "the province's profile does not offer this operation",
        )),
        PopulationError::AddressRefused | PopulationError::Forbidden => Some((
            "ADDRESS_ALLOW_LIST",
            "the operator must have this gateway admitted to the population database",
        )),
        PopulationError::Rejected { .. } => Some((
            "PROFILE",
            "the operator must check the profile chosen for the population database",
        )),
        PopulationError::StepUpRequired => Some((
            "ONE_TIME_PASSWORD",
            "the officer must confirm with a one-time password in the province's own screen",
        )),
        PopulationError::Unreachable
        | PopulationError::Interrupted
        | PopulationError::TimedOut
        | PopulationError::CertificateRejected
        | PopulationError::CredentialsRefused
        | PopulationError::OfficerNotMapped
        | PopulationError::ProcedureNotLicensed
        | PopulationError::OfficerNotLicensed
        | PopulationError::Maintenance { .. }
        | PopulationError::BreakerOpen { .. }
        | PopulationError::Busy
        | PopulationError::RateLimited { .. }
        | PopulationError::QuotaSpent { .. }
        | PopulationError::Throttled { .. }
        | PopulationError::Failed { .. }
        | PopulationError::Nonsense(_) => None,
    }
}

/// When the same call may be tried again; `None` where that would not help.
pub(super) fn retry_delay(error: &ServerError) -> Option<Duration> {
    match error {
        ServerError::Overloaded { retry_after } => Some(*retry_after),
        ServerError::Population(error) => population_delay(error),
        ServerError::Audit(AuditError::Unavailable { .. })
        | ServerError::Record(RecordError::Store(OutboxError::Unavailable { .. }))
        | ServerError::Outbox(OutboxError::Unavailable { .. })
        | ServerError::TooManyWatchers { .. }
        | ServerError::Stopping => Some(RETRY_OUTAGE),
        ServerError::Essential(failure) if failure.is_outage() => Some(RETRY_OUTAGE),
        ServerError::Catalogue(failure) if failure.is_outage() => Some(RETRY_OUTAGE),
        ServerError::TooManyOperations { .. }
        | ServerError::Essential(EssentialFailure::Busy)
        | ServerError::Catalogue(CatalogueFailure::Running) => Some(RETRY_PLACE),
        ServerError::Essential(_)
        | ServerError::Catalogue(_)
        | ServerError::Record(_)
        | ServerError::Outbox(OutboxError::Corrupt { .. })
        | ServerError::Audit(AuditError::Corrupt { .. })
        | ServerError::Invalid(_)
        | ServerError::Denied(_)
        | ServerError::AuditNotPermitted
        | ServerError::OperatorNotPermitted
        | ServerError::OperationNotFound
        | ServerError::ReconciliationRunning
        | ServerError::ReconciliationExpired
        | ServerError::DossierNotFound { .. }
        | ServerError::Unsettled { .. }
        | ServerError::UnknownCaller
        | ServerError::DeadlineExceeded
        | ServerError::LookupTimedOut
        | ServerError::MalformedMessage { .. }
        | ServerError::MessageTooLarge { .. }
        | ServerError::AnswerTooLarge { .. }
        | ServerError::UnknownMethod
        | ServerError::MethodStreams
        | ServerError::UnsupportedEncoding
        | ServerError::Internal { .. } => None,
    }
}

/// When a look-up may be tried again; `None` where that would not help.
fn population_delay(error: &PopulationError) -> Option<Duration> {
    match error {
        PopulationError::Throttled { retry_after } => Some(retry_after.unwrap_or(RETRY_THROTTLED)),
        PopulationError::Maintenance { retry_after, .. }
        | PopulationError::BreakerOpen { retry_after }
        | PopulationError::RateLimited { retry_after }
        | PopulationError::QuotaSpent { retry_after, .. } => Some(*retry_after),
        PopulationError::Busy => Some(RETRY_BUSY),
        PopulationError::Unreachable
        | PopulationError::Interrupted
        | PopulationError::TimedOut
        | PopulationError::CertificateRejected
        | PopulationError::CredentialsRefused
        | PopulationError::Failed { .. }
        | PopulationError::Nonsense(_) => Some(RETRY_OUTAGE),
        PopulationError::NotOffered
        | PopulationError::AddressRefused
        | PopulationError::Forbidden
        | PopulationError::OfficerNotMapped
        | PopulationError::ProcedureNotLicensed
        | PopulationError::OfficerNotLicensed
        | PopulationError::StepUpRequired
        | PopulationError::Rejected { .. } => None,
    }
}

/// What a program can read of the failure besides its reason.
pub(super) fn metadata(error: &ServerError) -> HashMap<String, String> {
    let mut metadata = HashMap::new();
    match error {
        ServerError::Population(error) => {
            metadata.insert("upstream".to_owned(), "population".to_owned());
            if gave_no_answer(error) {
                metadata.insert("fallback".to_owned(), FALLBACK.to_owned());
            }
        }
        ServerError::MessageTooLarge { limit } | ServerError::AnswerTooLarge { limit } => {
            metadata.insert("limit_bytes".to_owned(), limit.to_string());
        }
        ServerError::Internal { request_id } => {
            metadata.insert("request_id".to_owned(), request_id.clone());
        }
        ServerError::LookupTimedOut => {
            metadata.insert("upstream".to_owned(), "population".to_owned());
            metadata.insert("fallback".to_owned(), FALLBACK.to_owned());
        }
        // A look-up that cannot be recorded is as impossible as one without the database.
        ServerError::Audit(_) => {
            metadata.insert("fallback".to_owned(), FALLBACK.to_owned());
        }
        ServerError::Essential(failure) => {
            let role = failure.role();
            metadata.extend(role.map(|role| ("role".to_owned(), role.to_owned())));
        }
        ServerError::Catalogue(_)
        | ServerError::Invalid(_)
        | ServerError::Denied(_)
        | ServerError::AuditNotPermitted
        | ServerError::OperatorNotPermitted
        | ServerError::OperationNotFound
        | ServerError::ReconciliationRunning
        | ServerError::ReconciliationExpired
        | ServerError::TooManyOperations { .. }
        | ServerError::TooManyWatchers { .. }
        | ServerError::Stopping
        | ServerError::Record(_)
        | ServerError::Outbox(_)
        | ServerError::DossierNotFound { .. }
        | ServerError::Unsettled { .. }
        | ServerError::UnknownCaller
        | ServerError::Overloaded { .. }
        | ServerError::DeadlineExceeded
        | ServerError::MalformedMessage { .. }
        | ServerError::UnknownMethod
        | ServerError::MethodStreams
        | ServerError::UnsupportedEncoding => {}
    }
    metadata
}

/// Whether the caller is left with papers: the database gave no answer, and no setting of
/// the caller's would have changed that.
fn gave_no_answer(error: &PopulationError) -> bool {
    match error {
        PopulationError::Unreachable
        | PopulationError::Interrupted
        | PopulationError::TimedOut
        | PopulationError::CertificateRejected
        | PopulationError::CredentialsRefused
        | PopulationError::AddressRefused
        | PopulationError::Forbidden
        | PopulationError::StepUpRequired
        | PopulationError::Maintenance { .. }
        | PopulationError::BreakerOpen { .. }
        | PopulationError::Busy
        | PopulationError::RateLimited { .. }
        | PopulationError::QuotaSpent { .. }
        | PopulationError::Throttled { .. }
        | PopulationError::Failed { .. }
        | PopulationError::Rejected { .. }
        | PopulationError::Nonsense(_) => true,
        PopulationError::NotOffered
        | PopulationError::OfficerNotMapped
        | PopulationError::ProcedureNotLicensed
        | PopulationError::OfficerNotLicensed => false,
    }
}
