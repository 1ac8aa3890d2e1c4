//! Receipts, dossiers and their timelines in the words of the contract.

use lienthong_core::dossier::{
    Channel, Document, Dossier, Fee, FeeCollection, FileUrl, OnlinePayment, OtherAttachment, Owner,
    OwnerKind, ResultPaper, ReturnMethod, Reuse, SubmissionPlace,
};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::identity::Identity;
use lienthong_core::masked::Masked;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::outbox::{
    AttemptRecord, DossierRecord, EventKind, Receipt, TimelineEntry,
};
use lienthong_core::sync::outcome::AttemptOutcome;
use lienthong_core::text::Text;
use lienthong_proto::v1;

use super::sync::{cause, state};
use super::to_timestamp;

pub(crate) fn receipt(receipt: &Receipt) -> v1::Receipt {
    v1::Receipt {
        dossier_code: receipt.dossier.as_str().to_owned(),
        revision: i64::try_from(receipt.revision).unwrap_or(i64::MAX),
        accepted_at: Some(to_timestamp(receipt.accepted_at)),
        duplicate: receipt.duplicate,
    }
}

pub(crate) fn record(record: &DossierRecord) -> v1::GetDossierResponse {
    v1::GetDossierResponse {
        dossier: record.dossier.as_ref().map(dossier),
        sync: Some(sync(record)),
    }
}

/// How far the portal has the dossier; nothing of what it holds.
pub(crate) fn sync(record: &DossierRecord) -> v1::DossierSync {
    v1::DossierSync {
        dossier_code: record.number.as_str().to_owned(),
        state: state(record.state).into(),
        revision: i64::try_from(record.revision).unwrap_or(i64::MAX),
        last_accepted_at: record.last_accepted_at.map(to_timestamp),
        timeline: timeline(&record.timeline),
        portal_reference: record
            .reference
            .as_ref()
            .map(|reference| reference.number.clone())
            .unwrap_or_default(),
    }
}

/// What is told of a dossier of which nothing is recorded.
pub(crate) fn not_recorded(number: &DossierNumber) -> v1::DossierSync {
    v1::DossierSync {
        dossier_code: number.as_str().to_owned(),
        ..v1::DossierSync::default()
    }
}

fn timeline(entries: &[TimelineEntry]) -> Vec<v1::TimelineEntry> {
    use lienthong_core::sync::state::SyncState;
    let head = entries
        .iter()
        .find(|entry| entry.state != SyncState::Accepted);
    entries
        .iter()
        .map(|entry| v1::TimelineEntry {
            event_id: entry.event.as_str().to_owned(),
            kind: kind(entry.kind).into(),
            occurred_at: Some(to_timestamp(entry.occurred_at)),
            accepted_at: Some(to_timestamp(entry.accepted_at)),
            state: state(entry.state).into(),
            next_attempt_at: entry.next_attempt_at.map(to_timestamp),
            attempts: entry.attempts.iter().map(attempt).collect(),
            revision: i64::try_from(entry.revision).unwrap_or(i64::MAX),
            status: status(entry.status).into(),
            blocked_by: head
                .filter(|_| entry.state == SyncState::Blocked)
                .map(|head| head.event.as_str().to_owned())
                .unwrap_or_default(),
        })
        .collect()
}

fn kind(kind: EventKind) -> v1::timeline_entry::Kind {
    match kind {
        EventKind::State => v1::timeline_entry::Kind::DossierState,
        EventKind::Step => v1::timeline_entry::Kind::ProcessingStep,
    }
}

fn attempt(attempt: &AttemptRecord) -> v1::Attempt {
    v1::Attempt {
        number: i32::try_from(attempt.number).unwrap_or(i32::MAX),
        started_at: Some(to_timestamp(attempt.started_at)),
        ended_at: attempt.ended_at.map(to_timestamp),
        outcome: attempt.outcome.map_or(0, |value| outcome(value).into()),
        cause: attempt.cause.map_or(0, |value| cause(value).into()),
        upstream_code: attempt.upstream_code.clone(),
        upstream_text: attempt.upstream_text.clone(),
        advice_vi: attempt
            .cause
            .map_or("", |cause| cause.advice_vi())
            .to_owned(),
        advice_en: attempt
            .cause
            .map_or("", |cause| cause.advice_en())
            .to_owned(),
    }
}

fn outcome(outcome: AttemptOutcome) -> v1::attempt::Outcome {
    match outcome {
        AttemptOutcome::Accepted => v1::attempt::Outcome::Delivered,
        AttemptOutcome::AlreadyThere => v1::attempt::Outcome::AlreadyThere,
        AttemptOutcome::NotThere => v1::attempt::Outcome::NotThere,
        AttemptOutcome::NotApplied(_) => v1::attempt::Outcome::NotApplied,
        AttemptOutcome::Unknown(_) => v1::attempt::Outcome::Unknown,
        AttemptOutcome::Refused(_) => v1::attempt::Outcome::RefusedByPortal,
        AttemptOutcome::FoundDone => v1::attempt::Outcome::FoundDelivered,
        AttemptOutcome::FoundAbsent => v1::attempt::Outcome::FoundAbsent,
        AttemptOutcome::FoundPresent => v1::attempt::Outcome::FoundPresent,
    }
}

pub(crate) fn dossier(dossier: &Dossier) -> v1::Dossier {
    let dates = &dossier.dates;
    v1::Dossier {
        dossier_code: dossier.number.as_str().to_owned(),
        procedure_code: dossier.procedure.as_str().to_owned(),
        procedure_name: dossier.procedure_name.as_str().to_owned(),
        field_code: dossier.field.as_str().to_owned(),
        field_name: dossier.field_name.as_str().to_owned(),
        receipt_number: text(dossier.receipt_number.as_ref()),
        channel: channel(dossier.channel).into(),
        owner: Some(owner(&dossier.owner)),
        summary: dossier.summary.as_str().to_owned(),
        note: text(dossier.note.as_ref()),
        other_information: text(dossier.other_information.as_ref()),
        submitted_at: Some(to_timestamp(dates.submitted)),
        received_at: Some(to_timestamp(dates.received)),
        due_at: dates.due.map(to_timestamp),
        finished_at: dates.finished.map(to_timestamp),
        returned_at: dates.returned.map(to_timestamp),
        refused_at: dates.refused.map(to_timestamp),
        status: status(dossier.status).into(),
        return_method: return_method(dossier.return_method).into(),
        return_information: text(dossier.return_information.as_ref()),
        processing_unit_name: dossier.processing_unit_name.as_str().to_owned(),
        submitted_from: place(dossier.submitted_at_place).into(),
        has_digitised_components: Some(dossier.has_digitised_components),
        vneid_verified_account: Some(dossier.vneid_verified_account),
        online_payment: payment(dossier.online_payment).into(),
        connected_databases: dossier
            .connected_databases
            .iter()
            .map(|code| code.as_str().to_owned())
            .collect(),
        documents: dossier.documents.iter().map(document).collect(),
        fees: dossier.fees.iter().map(fee).collect(),
        other_attachments: dossier.other_attachments.iter().map(attachment).collect(),
        results: dossier.results.iter().map(result).collect(),
        receiving_unit_code: dossier
            .receiving_unit
            .as_ref()
            .map(|unit| unit.as_str().to_owned())
            .unwrap_or_default(),
    }
}

fn text<const MAX: usize>(text: Option<&Text<MAX>>) -> String {
    text.map(|text| text.as_str().to_owned())
        .unwrap_or_default()
}

fn masked(value: Option<&Masked<String>>) -> String {
    value
        .map(|value| value.expose().clone())
        .unwrap_or_default()
}

fn url(url: Option<&FileUrl>) -> String {
    url.map(|url| url.as_str().to_owned()).unwrap_or_default()
}

/// The contract numbers the statuses as the portal does.
fn status(status: PortalStatus) -> v1::PortalStatus {
    match status {
        PortalStatus::Registered => v1::PortalStatus::NewlyRegistered,
        PortalStatus::Received => v1::PortalStatus::Received,
        PortalStatus::NotReceived => v1::PortalStatus::NotReceived,
        PortalStatus::Processing => v1::PortalStatus::Processing,
        PortalStatus::SupplementRequired => v1::PortalStatus::SupplementRequested,
        PortalStatus::PaymentRequired => v1::PortalStatus::FinancialDutyRequested,
        PortalStatus::Withdrawn => v1::PortalStatus::WithdrawnByCitizen,
        PortalStatus::Stopped => v1::PortalStatus::Stopped,
        PortalStatus::Processed => v1::PortalStatus::Processed,
        PortalStatus::ResultReturned => v1::PortalStatus::Returned,
    }
}

fn channel(channel: Channel) -> v1::Channel {
    match channel {
        Channel::Direct => v1::Channel::Direct,
        Channel::Online => v1::Channel::Online,
        Channel::Postal => v1::Channel::Postal,
    }
}

fn return_method(method: ReturnMethod) -> v1::ReturnMethod {
    match method {
        ReturnMethod::Direct => v1::ReturnMethod::ReturnDirect,
        ReturnMethod::Postal => v1::ReturnMethod::ReturnPostal,
    }
}

fn place(place: SubmissionPlace) -> v1::SubmissionPlace {
    match place {
        SubmissionPlace::NationalPortal => v1::SubmissionPlace::SubmittedOnNationalPortal,
        SubmissionPlace::LocalSystem => v1::SubmissionPlace::SubmittedOnLocalSystem,
    }
}

fn payment(payment: OnlinePayment) -> v1::PaymentChannel {
    match payment {
        OnlinePayment::None => v1::PaymentChannel::NotPaidOnline,
        OnlinePayment::NationalPortal => v1::PaymentChannel::PaidOnNationalPortal,
        OnlinePayment::LocalGateway => v1::PaymentChannel::PaidOnLocalGateway,
    }
}

fn owner(owner: &Owner) -> v1::Owner {
    let kind = match owner.kind {
        OwnerKind::Citizen => v1::owner::Kind::Citizen,
        OwnerKind::Enterprise => v1::owner::Kind::Enterprise,
        OwnerKind::StateAgency => v1::owner::Kind::StateAgency,
        OwnerKind::OtherOrganisation => v1::owner::Kind::OtherOrganisation,
    };
    v1::Owner {
        kind: kind.into(),
        full_name: owner.name.as_str().to_owned(),
        identities: owner.identities.iter().map(identity).collect(),
        tech_id: text(owner.tech_id.as_ref()),
        email: masked(owner.email.as_ref()),
        fax: masked(owner.fax.as_ref()),
        phone: masked(owner.phone.as_ref()),
    }
}

fn identity(identity: &Identity) -> v1::OwnerIdentity {
    let kind = match identity {
        Identity::PersonalNumber(_) => v1::owner_identity::Kind::PersonalNumber,
        Identity::OldIdCard(_) => v1::owner_identity::Kind::OldIdCard,
    };
    v1::OwnerIdentity {
        kind: kind.into(),
        number: identity.expose().to_owned(),
    }
}

fn document(document: &Document) -> v1::SubmittedDocument {
    let reuse = match document.reuse {
        Reuse::None => v1::Reuse::NotReused,
        Reuse::Component => v1::Reuse::ComponentReused,
        Reuse::Result => v1::Reuse::ResultReused,
    };
    v1::SubmittedDocument {
        document_id: text(document.id.as_ref()),
        file_name: document.name.as_str().to_owned(),
        deleted: document.deleted,
        component_code: document.component.as_str().to_owned(),
        url: document.url.as_str().to_owned(),
        digitised: Some(document.digitised),
        reuse: reuse.into(),
        from_national_repository: Some(document.from_national_store),
        replacing_result_code: document
            .replaced_by_result
            .as_ref()
            .map(|code| code.as_str().to_owned())
            .unwrap_or_default(),
    }
}

fn fee(fee: &Fee) -> v1::Fee {
    let collection = match fee.collected {
        FeeCollection::AtIntake => "1",
        FeeCollection::AtSupplement => "2",
        FeeCollection::AtReturn => "4",
    };
    v1::Fee {
        name: fee.name.as_str().to_owned(),
        code: fee.code.as_str().to_owned(),
        collection_code: collection.to_owned(),
        amount_vnd: i64::try_from(fee.amount).ok(),
        kind_code: fee.kind.as_str().to_owned(),
    }
}

fn attachment(attachment: &OtherAttachment) -> v1::OtherAttachment {
    v1::OtherAttachment {
        name: attachment.name.as_str().to_owned(),
        quantity: i32::try_from(attachment.quantity).unwrap_or(i32::MAX),
        kind_code: attachment.kind.as_str().to_owned(),
    }
}

fn result(paper: &ResultPaper) -> v1::ResultDocument {
    v1::ResultDocument {
        name: paper.name.as_str().to_owned(),
        component_code: paper
            .component
            .as_ref()
            .map(|code| code.as_str().to_owned())
            .unwrap_or_default(),
        document_id: text(paper.id.as_ref()),
        url: url(paper.url.as_ref()),
        result_code: paper
            .result
            .as_ref()
            .map(|code| code.as_str().to_owned())
            .unwrap_or_default(),
    }
}
