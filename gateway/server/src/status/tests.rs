//! The whole table of failures, as callers see it.

mod words;

use std::fmt::Write as _;
use std::time::Duration;

use lienthong_core::access::AccessDenied;
use lienthong_core::catalogue::Loss;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::evidence::EvidenceId;
use lienthong_core::ports::audit::AuditError;
use lienthong_core::ports::catalogue::CatalogueStoreError;
use lienthong_core::ports::evidence::EvidenceError;
use lienthong_core::ports::observations::ObservationError;
use lienthong_core::ports::outbox::{OutboxError, RecordError};
use lienthong_core::ports::population::{AnswerStructure, PopulationError};
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::essential::Role;

use super::{
    CatalogueFailure, ConnectCode, DOMAIN, EssentialFailure, Reason, ServerError, Unsettled,
    Violation, Watching, Why,
};

fn dossier() -> DossierNumber {
    DossierNumber::parse("000.00.00.H00-260701-0001").unwrap()
}

fn too_many(watched: Watching, own: bool) -> ServerError {
    ServerError::TooManyWatchers { watched, own }
}

fn unsettled(why: Unsettled) -> ServerError {
    let dossier = dossier();
    ServerError::Unsettled { dossier, why }
}

fn population_errors() -> Vec<PopulationError> {
    vec![
        PopulationError::NotOffered,
        PopulationError::Unreachable,
        PopulationError::Interrupted,
        PopulationError::TimedOut,
        PopulationError::CertificateRejected,
        PopulationError::CredentialsRefused,
        PopulationError::AddressRefused,
        PopulationError::Forbidden,
        PopulationError::OfficerNotMapped,
        PopulationError::ProcedureNotLicensed,
        PopulationError::OfficerNotLicensed,
        PopulationError::StepUpRequired,
        PopulationError::Maintenance {
            until: jiff::Timestamp::UNIX_EPOCH,
            retry_after: Duration::from_mins(30),
        },
        PopulationError::BreakerOpen {
            retry_after: Duration::from_secs(9),
        },
        PopulationError::Busy,
        PopulationError::RateLimited {
            retry_after: Duration::from_secs(1),
        },
        PopulationError::QuotaSpent {
            resets_at: jiff::Timestamp::UNIX_EPOCH,
            retry_after: Duration::from_hours(3),
        },
        PopulationError::Throttled { retry_after: None },
        PopulationError::Throttled {
            retry_after: Some(Duration::from_secs(7)),
        },
        PopulationError::Failed { status: 502 },
        PopulationError::Rejected { status: 415 },
        PopulationError::Nonsense(AnswerStructure {
            status: 200,
            media_type: "text/html".to_owned(),
            length: 12,
            problem: "not XML",
            ..AnswerStructure::default()
        }),
    ]
}

fn store_errors() -> [OutboxError; 2] {
    [
        OutboxError::Unavailable {
            reason: "SECRET".to_owned(),
        },
        OutboxError::Corrupt {
            task: 7,
            problem: "SECRET",
        },
    ]
}

fn errors() -> Vec<ServerError> {
    let stale = RecordError::Stale {
        dossier: dossier(),
        recorded: jiff::Timestamp::UNIX_EPOCH,
    };
    let not_recorded = RecordError::DossierNotRecorded { dossier: dossier() };
    let of_another = RecordError::OtherSystem { dossier: dossier() };
    let refusals = [RecordError::OtherContent, stale, not_recorded, of_another];
    let mut errors = vec![
        ServerError::Invalid(vec![
            Violation::new(
                "identity.personal_number",
                "WRONG_LENGTH",
                "it has 12 digits",
            ),
            Violation::new("full_name", "MISSING", "it must be given"),
        ]),
        ServerError::Denied(AccessDenied::Client),
        ServerError::Denied(AccessDenied::Procedure),
        ServerError::Denied(AccessDenied::Purpose),
        ServerError::Denied(AccessDenied::Household),
        ServerError::AuditNotPermitted,
        ServerError::OperatorNotPermitted,
        ServerError::OperationNotFound,
        ServerError::ReconciliationRunning,
        ServerError::ReconciliationExpired,
        ServerError::TooManyOperations { open: 8 },
        too_many(Watching::Dossiers, true),
        too_many(Watching::Dossiers, false),
        too_many(Watching::Health, true),
        too_many(Watching::Health, false),
        unsettled(Unsettled::NotUnknown),
        unsettled(Unsettled::NothingToCorrect),
        unsettled(Unsettled::Expired),
        unsettled(Unsettled::NotRecorded),
        ServerError::Stopping,
        ServerError::Audit(AuditError::Unavailable {
            reason: "SECRET".to_owned(),
        }),
        ServerError::Audit(AuditError::Corrupt { what: "SECRET" }),
    ];
    errors.extend(population_errors().into_iter().map(ServerError::Population));
    errors.extend(refusals.map(ServerError::Record));
    errors.extend(
        store_errors()
            .map(RecordError::Store)
            .map(ServerError::Record),
    );
    errors.extend(store_errors().map(ServerError::Outbox));
    let roles = Role::ALL.map(EssentialFailure::RoleNotPermitted);
    errors.extend(roles.map(ServerError::Essential));
    errors.extend(of_essential_services().map(ServerError::Essential));
    errors.extend(of_essential_stores().map(ServerError::Essential));
    errors.extend(of_the_catalogue().map(ServerError::Catalogue));
    errors.extend(of_calls());
    errors
}

/// Those of checks and reports.
fn of_essential_services() -> [EssentialFailure; 8] {
    [
        EssentialFailure::TooSlow,
        EssentialFailure::Busy,
        EssentialFailure::Incomplete,
        EssentialFailure::NothingSeen,
        EssentialFailure::ReportNotFound,
        EssentialFailure::ReportContentGone,
        EssentialFailure::ReportEventReused,
        EssentialFailure::ReportTooLarge,
    ]
}

/// Those of what is kept about the essential services.
fn of_essential_stores() -> [EssentialFailure; 7] {
    let reason = || "SECRET".to_owned();
    [
        ObservationError::Unavailable { reason: reason() }.into(),
        EvidenceError::Unavailable { reason: reason() }.into(),
        EssentialFailure::ArchiveUnavailable { reason: reason() },
        EssentialFailure::ArchiveCorrupt { what: reason() },
        EvidenceError::OtherContent.into(),
        EvidenceError::NotThere {
            id: EvidenceId::parse("MC-000001").unwrap(),
        }
        .into(),
        EssentialFailure::ReportState {
            why: Why {
                vi: "báo cáo chưa được duyệt",
                en: "it was not approved",
            },
        },
    ]
}

/// Those of the procedure catalogue.
fn of_the_catalogue() -> [CatalogueFailure; 9] {
    let reason = || "SECRET".to_owned();
    [
        CatalogueFailure::NotConfigured,
        CatalogueFailure::NotFetched,
        CatalogueFailure::ProcedureNotFound,
        CatalogueFailure::Running,
        CatalogueFailure::SourceFailed {
            reason: "the portal cannot be reached".to_owned(),
        },
        CatalogueFailure::Shrunk(Loss {
            held: 120,
            offered: 60,
            lost: 60,
        }),
        CatalogueFailure::Empty,
        CatalogueStoreError::Unavailable { reason: reason() }.into(),
        CatalogueStoreError::Corrupt { what: "SECRET" }.into(),
    ]
}

/// Those that concern the call, whatever it asks.
fn of_calls() -> [ServerError; 12] {
    [
        ServerError::DossierNotFound { dossier: dossier() },
        ServerError::UnknownCaller,
        ServerError::Overloaded {
            retry_after: Duration::from_secs(1),
        },
        ServerError::DeadlineExceeded,
        ServerError::LookupTimedOut,
        ServerError::MalformedMessage {
            problem: "it ends too early".into(),
        },
        ServerError::MessageTooLarge { limit: 4096 },
        ServerError::AnswerTooLarge { limit: 4096 },
        ServerError::UnknownMethod,
        ServerError::MethodStreams,
        ServerError::UnsupportedEncoding,
        ServerError::Internal {
            request_id: "r-1".to_owned(),
        },
    ]
}

fn describe(details: &ErrorDetails) -> String {
    let mut text = String::new();
    let info = details.error_info().unwrap();
    let mut metadata: Vec<_> = info.metadata.iter().collect();
    metadata.sort();
    for (key, value) in metadata {
        writeln!(text, "    {key} = {value}").unwrap();
    }
    if let Some(retry) = details.retry_info() {
        writeln!(text, "    retry after {:?}", retry.retry_delay.unwrap()).unwrap();
    }
    for field in details
        .bad_request()
        .iter()
        .flat_map(|bad| &bad.field_violations)
    {
        writeln!(
            text,
            "    {}: {} ({})",
            field.field, field.reason, field.description
        )
        .unwrap();
    }
    for violation in details
        .precondition_failure()
        .iter()
        .flat_map(|failed| &failed.violations)
    {
        let (kind, subject) = (&violation.r#type, &violation.subject);
        writeln!(text, "    {kind} of {subject}: {}", violation.description).unwrap();
    }
    if let Some(resource) = details.resource_info() {
        writeln!(
            text,
            "    {} {}",
            resource.resource_type, resource.resource_name
        )
        .unwrap();
    }
    text
}

#[test]
fn every_failure_has_its_code_reason_and_details() {
    let mut table = String::new();
    for error in errors() {
        let status = error.to_status();
        let details = status.get_error_details();
        let info = details.error_info().unwrap();
        assert_eq!(
            (info.domain.as_str(), info.reason.as_str()),
            (DOMAIN, error.reason().name())
        );
        assert_eq!(status.code(), error.code());
        let connect = ConnectCode::of(status.code());
        let (code, http) = (status.code(), connect.http.as_u16());
        writeln!(
            table,
            "{} {code:?} ({} {http})",
            error.reason(),
            connect.name
        )
        .unwrap();
        writeln!(table, "    \"{}\"", status.message()).unwrap();
        table.push_str(&describe(&details));
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("every_failure", table);
    });
}

#[test]
fn what_the_store_said_stays_inside() {
    for error in errors() {
        let status = error.to_status();
        assert!(!format!("{status:?}").contains("SECRET"), "{error:?}");
    }
}

#[test]
fn every_reason_is_given_by_some_failure() {
    let mut missing: Vec<Reason> = Reason::ALL.to_vec();
    for error in errors() {
        missing.retain(|reason| *reason != error.reason());
    }
    assert_eq!(
        missing,
        [Reason::Unspecified],
        "the one reason for statuses of others"
    );
}

#[test]
fn reasons_are_names_in_capitals_and_differ() {
    let names: std::collections::BTreeSet<_> = Reason::ALL.iter().map(|r| r.name()).collect();
    assert_eq!(names.len(), Reason::ALL.len());
    for name in names {
        assert!(
            name.bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte == b'_'),
            "{name}"
        );
    }
}

#[test]
fn what_the_guard_tells_by_itself_is_no_line_for_each_call() {
    let told = [
        PopulationError::CredentialsRefused,
        PopulationError::AddressRefused,
        PopulationError::Forbidden,
        PopulationError::QuotaSpent {
            resets_at: jiff::Timestamp::UNIX_EPOCH,
            retry_after: Duration::from_hours(3),
        },
    ];
    for error in told {
        assert_eq!(
            super::population::concern(&error),
            super::concern::Concern::Caller
        );
    }
}

#[test]
fn a_look_up_whose_time_ran_out_names_the_lawful_fallback() {
    let (look_up, other) = (ServerError::LookupTimedOut, ServerError::DeadlineExceeded);
    assert_eq!(
        (look_up.code(), look_up.reason()),
        (other.code(), other.reason())
    );
    assert_eq!(look_up.metadata()["fallback"], "paper,vneid,qr");
    assert_eq!(look_up.metadata()["upstream"], "population");
    assert!(other.metadata().is_empty());
}
