//! The closed list of reasons that callers may branch on.
//!
//! A reason is part of the public contract (contract.md 1): it may be added to, and
//! a name that was given out keeps its meaning.

use std::fmt;

/// Declares the reasons once: variant, name on the wire and meaning.
macro_rules! reasons {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// Why a call failed: `google.rpc.ErrorInfo.reason` in the domain `lienthong`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Reason {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Reason {
            /// Every reason.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name on the wire.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

reasons! {
    /// The message cannot be decoded.
    MalformedMessage = "MALFORMED_MESSAGE",
    /// A request message is larger than the gateway takes.
    MessageTooLarge = "MESSAGE_TOO_LARGE",
    /// The answer is larger than the gateway sends.
    AnswerTooLarge = "ANSWER_TOO_LARGE",
    /// The message is compressed in a way that the gateway does not read.
    UnsupportedEncoding = "UNSUPPORTED_ENCODING",
    /// Fields break their rules; `BadRequest` names each.
    InvalidField = "INVALID_FIELD",
    /// The gateway has no such service or method.
    UnknownMethod = "UNKNOWN_METHOD",
    /// The method streams and cannot be called with one plain message for one answer.
    MethodStreams = "METHOD_STREAMS",
    /// The certificate belongs to no configured system.
    UnknownCaller = "UNKNOWN_CALLER",
    /// No rule of the access policy covers the system.
    NotPermittedClient = "NOT_PERMITTED_CLIENT",
    /// The system may not look up for this procedure.
    NotPermittedProcedure = "NOT_PERMITTED_PROCEDURE",
    /// The system may not look up for this purpose.
    NotPermittedPurpose = "NOT_PERMITTED_PURPOSE",
    /// The system may not look households up.
    NotPermittedHousehold = "NOT_PERMITTED_HOUSEHOLD",
    /// The system may not read the record of look-ups.
    NotPermittedAudit = "NOT_PERMITTED_AUDIT",
    /// The system may not use the operators' methods.
    NotPermittedOperator = "NOT_PERMITTED_OPERATOR",
    /// The system has not the role for it: to record evidence, to decide about reports, or to
    /// have the observations made anew. `role` in the metadata says which.
    NotPermittedRecorder = "NOT_PERMITTED_RECORDER",
    /// The dossier of the event was recorded by another system.
    NotPermittedDossier = "NOT_PERMITTED_DOSSIER",
    /// There is no such operation.
    OperationNotFound = "OPERATION_NOT_FOUND",
    /// The reconciliation whose differences are to be repaired has not ended.
    ReconciliationRunning = "RECONCILIATION_RUNNING",
    /// What the reconciliation found is not kept any more, so it cannot be repaired.
    ReconciliationExpired = "RECONCILIATION_EXPIRED",
    /// As many operations of the kind have not ended as there are places for.
    TooManyOperations = "TOO_MANY_OPERATIONS",
    /// The register holds no such evidence.
    EvidenceNotFound = "EVIDENCE_NOT_FOUND",
    /// The dossiers could not all be looked at in the time of the call.
    CheckTooSlow = "CHECK_TOO_SLOW",
    /// As many checks are at work as there are places for.
    CheckBusy = "CHECK_BUSY",
    /// Not all that is kept of dossiers and look-ups is looked at yet, so nothing was kept.
    ObservationsIncomplete = "OBSERVATIONS_INCOMPLETE",
    /// No dossier of the days and the agency is known, so no report of them is kept.
    ReportNothingSeen = "REPORT_NOTHING_SEEN",
    /// Of the report only its number, days and hash are still kept.
    ReportContentGone = "REPORT_CONTENT_GONE",
    /// No report with this id is kept.
    ReportNotFound = "REPORT_NOT_FOUND",
    /// The report does not stand where this decision could be taken.
    ReportState = "REPORT_STATE",
    /// The report has more rows than the form that was asked for holds.
    ReportTooLarge = "REPORT_TOO_LARGE",
    /// The gateway keeps no procedure catalogue.
    CatalogueNotConfigured = "CATALOGUE_NOT_CONFIGURED",
    /// No procedure catalogue was fetched yet.
    CatalogueNotFetched = "CATALOGUE_NOT_FETCHED",
    /// The procedure catalogue never listed the procedure.
    ProcedureNotFound = "PROCEDURE_NOT_FOUND",
    /// Another fetch of the procedure catalogue is under way.
    CatalogueRefreshRunning = "CATALOGUE_REFRESH_RUNNING",
    /// The procedure catalogue could not be fetched; the one that is held stays.
    CatalogueSourceFailed = "CATALOGUE_SOURCE_FAILED",
    /// The new procedure catalogue has lost too many procedures and was refused.
    CatalogueShrunk = "CATALOGUE_SHRUNK",
    /// The new procedure catalogue lists nothing and was refused.
    CatalogueEmpty = "CATALOGUE_EMPTY",
    /// The gateway has as many requests as it takes.
    Overloaded = "OVERLOADED",
    /// As many callers watch the same as there is room for.
    TooManyWatchers = "TOO_MANY_WATCHERS",
    /// The gateway is stopping.
    GatewayStopping = "GATEWAY_STOPPING",
    /// The caller's deadline passed.
    DeadlineExceeded = "DEADLINE_EXCEEDED",
    /// A fault of the gateway.
    Internal = "INTERNAL",
    /// The population database cannot be reached or failed.
    UpstreamUnavailable = "UPSTREAM_UNAVAILABLE",
    /// The population database did not answer in time.
    UpstreamTimeout = "UPSTREAM_TIMEOUT",
    /// The population database's answer cannot be understood.
    UpstreamNonsense = "UPSTREAM_NONSENSE",
    /// The population database's certificate does not hold.
    UpstreamCertificate = "UPSTREAM_CERTIFICATE",
    /// The population database did not accept the form of the gateway's request.
    UpstreamRejected = "UPSTREAM_REJECTED",
    /// The population database refused the gateway's own credentials.
    UpstreamRefusedCredentials = "UPSTREAM_REFUSED_CREDENTIALS",
    /// The population database does not admit the gateway's address.
    UpstreamRefusedAddress = "UPSTREAM_REFUSED_ADDRESS",
    /// The population database asks to slow down.
    UpstreamThrottled = "UPSTREAM_THROTTLED",
    /// The procedure is not licensed for look-ups (code 004).
    ProcedureNotLicensed = "PROCEDURE_NOT_LICENSED",
    /// The officer is not licensed for look-ups (code 005).
    OfficerNotLicensed = "OFFICER_NOT_LICENSED",
    /// No credential for the population database is mapped to the officer.
    OfficerNotMapped = "OFFICER_NOT_MAPPED",
    /// The route asks the officer for a one-time password.
    StepUpRequired = "STEP_UP_REQUIRED",
    /// The population database is under announced maintenance.
    UpstreamMaintenance = "UPSTREAM_MAINTENANCE",
    /// The population database failed lately and is not asked for a while.
    BreakerOpen = "BREAKER_OPEN",
    /// As many look-ups as allowed are at work.
    UpstreamBusy = "UPSTREAM_BUSY",
    /// The rate of look-ups agreed for the route is used up.
    RateLimited = "RATE_LIMITED",
    /// The day's quota of look-ups is spent.
    QuotaSpent = "QUOTA_SPENT",
    /// The look-up cannot be recorded at present.
    AuditUnavailable = "AUDIT_UNAVAILABLE",
    /// The record of look-ups holds something that cannot be read back.
    AuditCorrupt = "AUDIT_CORRUPT",
    /// The province's profile does not offer the operation.
    OperationNotOffered = "OPERATION_NOT_OFFERED",
    /// The event id was used before for another content.
    EventIdReused = "EVENT_ID_REUSED",
    /// The event is older than what is recorded.
    EventStale = "EVENT_STALE",
    /// A step for a dossier whose state was never recorded.
    DossierNotRecorded = "DOSSIER_NOT_RECORDED",
    /// The calling system recorded no such dossier.
    DossierNotFound = "DOSSIER_NOT_FOUND",
    /// The event is not the oldest unaccepted one, or whether it arrived is known.
    EventNotUnknown = "EVENT_NOT_UNKNOWN",
    /// The dossier has no refused state that a newer one puts right.
    NothingToCorrect = "NOTHING_TO_CORRECT",
    /// What would have to be sent is not kept any more.
    ContentExpired = "CONTENT_EXPIRED",
    /// The gateway's store cannot be used at present.
    StoreUnavailable = "STORE_UNAVAILABLE",
    /// The gateway's store holds something that cannot be read back.
    StoreCorrupt = "STORE_CORRUPT",
    /// A status that a service of another package gave without saying more.
    Unspecified = "UNSPECIFIED",
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
