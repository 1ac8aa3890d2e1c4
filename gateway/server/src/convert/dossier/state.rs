//! A dossier's full state as callers hand it over.

use jiff::Timestamp;
use lienthong_core::agency::AgencyCode;
use lienthong_core::dossier::{
    Channel, Dossier, DossierDates, OnlinePayment, ReturnMethod, SubmissionPlace,
};
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::procedure::{FieldCode, ProcedureCode};
use lienthong_core::text::Text;
use lienthong_proto::v1;

use super::owner::read_owner;
use super::papers::read_papers;
use super::{read_status, required_flag};
use crate::convert::access::read_dossier_number;
use crate::convert::{InvalidField, Reader};

/// Reads a dossier, noting every violation.
pub(super) fn read_dossier(
    reader: &mut Reader,
    message: &v1::Dossier,
    now: Timestamp,
) -> Option<Dossier> {
    let number = read_dossier_number(reader, "dossier.dossier_code", &message.dossier_code, now);
    let subject = read_subject(reader, message);
    let wording = read_wording(reader, message);
    let dates = read_dates(reader, message);
    let circumstances = read_circumstances(reader, message);
    let owner = read_owner(reader, message.owner.as_ref());
    let papers = read_papers(reader, message);
    let (subject, wording) = (subject?, wording?);
    let (circumstances, papers) = (circumstances?, papers?);
    Some(Dossier {
        number: number?,
        procedure: subject.procedure,
        procedure_name: subject.procedure_name,
        field: subject.field,
        field_name: subject.field_name,
        receipt_number: subject.receipt_number,
        channel: circumstances.channel,
        owner: owner?,
        summary: wording.summary,
        note: wording.note,
        other_information: wording.other_information,
        dates: dates?,
        status: circumstances.status,
        return_method: circumstances.return_method,
        return_information: wording.return_information,
        receiving_unit: subject.receiving_unit,
        processing_unit_name: subject.processing_unit_name,
        submitted_at_place: circumstances.submitted_at_place,
        has_digitised_components: circumstances.has_digitised_components,
        vneid_verified_account: circumstances.vneid_verified_account,
        online_payment: circumstances.online_payment,
        connected_databases: papers.connected_databases,
        documents: papers.documents,
        fees: papers.fees,
        other_attachments: papers.other_attachments,
        results: papers.results,
    })
}

/// Which procedure the dossier is of, and who handles it.
struct Subject {
    procedure: ProcedureCode,
    procedure_name: Text<1000>,
    field: FieldCode,
    field_name: Text<500>,
    receipt_number: Option<Text<50>>,
    receiving_unit: Option<AgencyCode>,
    processing_unit_name: Text<500>,
}

fn read_subject(reader: &mut Reader, message: &v1::Dossier) -> Option<Subject> {
    let procedure = reader.required(
        "dossier.procedure_code",
        &message.procedure_code,
        ProcedureCode::parse,
    );
    let procedure_name = reader.required(
        "dossier.procedure_name",
        &message.procedure_name,
        Text::parse,
    );
    let field = reader.required("dossier.field_code", &message.field_code, FieldCode::parse);
    let field_name = reader.required("dossier.field_name", &message.field_name, Text::parse);
    let receipt_number = reader.optional(
        "dossier.receipt_number",
        &message.receipt_number,
        Text::parse,
    );
    let receiving_unit = reader.optional(
        "dossier.receiving_unit_code",
        &message.receiving_unit_code,
        AgencyCode::parse,
    );
    let processing_unit_name = reader.required(
        "dossier.processing_unit_name",
        &message.processing_unit_name,
        Text::parse,
    );
    Some(Subject {
        procedure: procedure?,
        procedure_name: procedure_name?,
        field: field?,
        field_name: field_name?,
        receipt_number,
        receiving_unit,
        processing_unit_name: processing_unit_name?,
    })
}

/// Free texts.
struct Wording {
    summary: Text<1000>,
    note: Option<Text<2000>>,
    other_information: Option<Text<2000>>,
    return_information: Option<Text<1000>>,
}

fn read_wording(reader: &mut Reader, message: &v1::Dossier) -> Option<Wording> {
    let summary = reader.required("dossier.summary", &message.summary, Text::parse);
    let note = reader.optional("dossier.note", &message.note, Text::parse);
    let other_information = reader.optional(
        "dossier.other_information",
        &message.other_information,
        Text::parse,
    );
    let return_information = reader.optional(
        "dossier.return_information",
        &message.return_information,
        Text::parse,
    );
    Some(Wording {
        summary: summary?,
        note,
        other_information,
        return_information,
    })
}

/// What the indicators are computed from.
struct Circumstances {
    channel: Channel,
    status: PortalStatus,
    return_method: ReturnMethod,
    submitted_at_place: SubmissionPlace,
    has_digitised_components: bool,
    vneid_verified_account: bool,
    online_payment: OnlinePayment,
}

fn read_circumstances(reader: &mut Reader, message: &v1::Dossier) -> Option<Circumstances> {
    let channel = read_channel(reader, message.channel);
    let status = read_status(reader, "dossier.status", message.status);
    let return_method = read_return_method(reader, message.return_method);
    let submitted_at_place = read_place(reader, message.submitted_from);
    let digitised = message.has_digitised_components;
    let has_digitised_components =
        required_flag(reader, "dossier.has_digitised_components", digitised);
    let verified = message.vneid_verified_account;
    let vneid_verified_account = required_flag(reader, "dossier.vneid_verified_account", verified);
    let online_payment = read_payment(reader, message.online_payment);
    Some(Circumstances {
        channel: channel?,
        status: status?,
        return_method: return_method?,
        submitted_at_place: submitted_at_place?,
        has_digitised_components: has_digitised_components?,
        vneid_verified_account: vneid_verified_account?,
        online_payment: online_payment?,
    })
}

fn read_dates(reader: &mut Reader, message: &v1::Dossier) -> Option<DossierDates> {
    let submitted = reader.moment("dossier.submitted_at", message.submitted_at);
    let received = reader.moment("dossier.received_at", message.received_at);
    let due = reader.optional_moment("dossier.due_at", message.due_at);
    let finished = reader.optional_moment("dossier.finished_at", message.finished_at);
    let returned = reader.optional_moment("dossier.returned_at", message.returned_at);
    let refused = reader.optional_moment("dossier.refused_at", message.refused_at);
    Some(DossierDates {
        submitted: submitted?,
        received: received?,
        due,
        finished,
        returned,
        refused,
    })
}

fn read_channel(reader: &mut Reader, raw: i32) -> Option<Channel> {
    let read = match v1::Channel::try_from(raw) {
        Ok(v1::Channel::Unspecified) => Err(InvalidField::Missing),
        Ok(v1::Channel::Direct) => Ok(Channel::Direct),
        Ok(v1::Channel::Online) => Ok(Channel::Online),
        Ok(v1::Channel::Postal) => Ok(Channel::Postal),
        Err(_) => Err(InvalidField::UnknownValue),
    };
    reader.take("dossier.channel", read)
}

fn read_return_method(reader: &mut Reader, raw: i32) -> Option<ReturnMethod> {
    let read = match v1::ReturnMethod::try_from(raw) {
        Ok(v1::ReturnMethod::Unspecified) => Err(InvalidField::Missing),
        Ok(v1::ReturnMethod::ReturnDirect) => Ok(ReturnMethod::Direct),
        Ok(v1::ReturnMethod::ReturnPostal) => Ok(ReturnMethod::Postal),
        Err(_) => Err(InvalidField::UnknownValue),
    };
    reader.take("dossier.return_method", read)
}

fn read_place(reader: &mut Reader, raw: i32) -> Option<SubmissionPlace> {
    let read = match v1::SubmissionPlace::try_from(raw) {
        Ok(v1::SubmissionPlace::Unspecified) => Err(InvalidField::Missing),
        Ok(v1::SubmissionPlace::SubmittedOnNationalPortal) => Ok(SubmissionPlace::NationalPortal),
        Ok(v1::SubmissionPlace::SubmittedOnLocalSystem) => Ok(SubmissionPlace::LocalSystem),
        Err(_) => Err(InvalidField::UnknownValue),
    };
    reader.take("dossier.submitted_from", read)
}

fn read_payment(reader: &mut Reader, raw: i32) -> Option<OnlinePayment> {
    let read = match v1::PaymentChannel::try_from(raw) {
        Ok(v1::PaymentChannel::Unspecified) => Err(InvalidField::Missing),
        Ok(v1::PaymentChannel::NotPaidOnline) => Ok(OnlinePayment::None),
        Ok(v1::PaymentChannel::PaidOnNationalPortal) => Ok(OnlinePayment::NationalPortal),
        Ok(v1::PaymentChannel::PaidOnLocalGateway) => Ok(OnlinePayment::LocalGateway),
        Err(_) => Err(InvalidField::UnknownValue),
    };
    reader.take("dossier.online_payment", read)
}
