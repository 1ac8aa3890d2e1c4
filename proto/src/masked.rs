//! `Debug` for messages that carry personal data: it shows the fields named here and no others.
//!
//! A new field of such a message is hidden until it is named here. The messages are listed in
//! `masked_messages.txt`, which keeps the generated `Debug` away from them; a message that is listed
//! there and not here does not compile where another message contains it.

use std::fmt;

use crate::v1;

/// Writes `Debug` for messages, showing only the named fields.
macro_rules! masked {
    ($($message:ident { $($shown:ident),* })*) => {
        $(impl fmt::Debug for v1::$message {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($message))
                    $(.field(stringify!($shown), &self.$shown))*
                    .finish_non_exhaustive()
            }
        })*
    };
}

masked! {
    // common.proto
    AccessContext { unit_code, procedure_code, dossier_code, purpose, legal_basis }
    Identity {}
    BirthDate {}

    // population.proto
    VerifyCitizenRequest { context, freshness }
    LookupCitizenRequest { context, freshness, fields }
    LookupHouseholdRequest { context, freshness }
    HouseholdMember {}
    Citizen {}
    CodedName {}
    Address {}
    Relative {}
    HouseholdHead {}

    // dossier.proto
    Dossier { dossier_code, procedure_code, channel, status }
    Owner { kind }
    OwnerIdentity { kind }
    SubmittedDocument { document_id, component_code }
    OtherAttachment { quantity, kind_code }
    ResultDocument { document_id, component_code, result_code }
    Step { handled_at, status }

    // sync.proto; a reason is free text
    StartRetryRequest { preview_token }
    CancelOperationRequest { operation_id }
    StartReconciliationRequest { filter, questions_per_minute }
    RepairDifferencesRequest { reconciliation_id, difference_ids }
    Operation { operation_id, kind, state, total_items, done_items, failure_reason }

    // catalogue.proto
    RefreshCatalogueRequest {}

    // intake.proto
    IncomingDossier { national_dossier_code, procedure_code, update }
    FormField { name }
    IncomingFile {}
    LandTaxReceipt { dossier_code }
    LandTaxNotice { dossier_code }
    LandTaxItem {}

    // essential_services.proto
    Evidence { evidence_id, class, service_numbers, symbol, issued_on }
    RecordEvidenceRequest { evidence, event_id }
    ImportEvidenceRequest { pieces, preview }
    ReportAct { deed, client, recorded_at, published_on }
    ApproveReportRequest { report_id, content_sha256, event_id }
    RecordPublicationRequest { report_id, place, published_on, event_id }
    WithdrawReportRequest { report_id, event_id }
    RebuildObservationsRequest {}
    Rebuild { number, started_at, source, client }

    // audit.proto
    AuditReader {}
    ListAccessesRequest { unit_code, dossier_code, procedure_code, purpose, outcome, client }
}

impl fmt::Debug for v1::identity::Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PersonalNumber(_) => "PersonalNumber(..)",
            Self::OldIdCardNumber(_) => "OldIdCardNumber(..)",
        })
    }
}

impl fmt::Debug for v1::birth_date::Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Date(_) => "Date(..)",
            Self::Year(_) => "Year(..)",
        })
    }
}
