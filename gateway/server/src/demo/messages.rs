//! Requests of an invented procedure system about invented people.

use jiff::{SignedDuration, Timestamp};
use lienthong_core::wire_time::local_date;
use lienthong_mocks::SampleCitizen;
use lienthong_proto::v1;
use serde_json::{Value, json};

/// Officer whom the demonstration's configuration knows.
pub const OFFICER: &str = "000180000009";
/// Unit of that officer.
pub const UNIT: &str = "H99.12";
/// Procedure of the invented dossiers: Đăng ký thường trú.
pub const PROCEDURE: &str = "1.004222";
/// Address of the result of an invented dossier.
pub const RESULT_URL: &str = "https://files.h99.example/f/kq-0001.pdf";
/// What the portal is made to say where it shall refuse a dossier.
pub const REFUSAL: &str = "Dữ liệu không hợp lệ: thiếu trường bắt buộc TrichYeuHoSo";

/// A dossier number of the day of `now`.
#[must_use]
pub fn dossier_code(now: Timestamp, sequence: u32) -> String {
    let day = local_date(now);
    format!(
        "{UNIT}-{:02}{:02}{:02}-{sequence:04}",
        day.year() % 100,
        day.month(),
        day.day()
    )
}

/// Who asks, for which dossier.
#[must_use]
pub fn context(dossier_code: &str) -> v1::AccessContext {
    v1::AccessContext {
        officer_id: OFFICER.to_owned(),
        officer_account: "canbo.demo".to_owned(),
        unit_code: UNIT.to_owned(),
        procedure_code: PROCEDURE.to_owned(),
        dossier_code: dossier_code.to_owned(),
        purpose: v1::Purpose::DossierIntake.into(),
        legal_basis: "NĐ 104/2022/NĐ-CP".to_owned(),
    }
}

/// The same as JSON, in the names of the contract.
#[must_use]
pub fn context_json(now: Timestamp) -> Value {
    let context = context(&dossier_code(now, 1));
    json!({
        "officer_id": context.officer_id,
        "officer_account": context.officer_account,
        "unit_code": context.unit_code,
        "procedure_code": context.procedure_code,
        "dossier_code": context.dossier_code,
        "purpose": "DOSSIER_INTAKE",
        "legal_basis": context.legal_basis,
    })
}

/// Asks whether the data of `citizen` belong together.
#[must_use]
pub fn verify(citizen: &SampleCitizen, dossier_code: &str) -> v1::VerifyCitizenRequest {
    v1::VerifyCitizenRequest {
        context: Some(context(dossier_code)),
        identity: Some(identity(citizen)),
        full_name: citizen.full_name.clone(),
        birth: Some(birth(citizen)),
        freshness: None,
    }
}

/// Asks for the record of `citizen`.
#[must_use]
pub fn look_up(citizen: &SampleCitizen, dossier_code: &str) -> v1::LookupCitizenRequest {
    let v1::VerifyCitizenRequest {
        context,
        identity,
        full_name,
        birth,
        freshness,
    } = verify(citizen, dossier_code);
    v1::LookupCitizenRequest {
        context,
        identity,
        full_name,
        birth,
        freshness,
        fields: None,
    }
}

/// Asks for the household of `citizen`.
#[must_use]
pub fn household(citizen: &SampleCitizen, dossier_code: &str) -> v1::LookupHouseholdRequest {
    let v1::VerifyCitizenRequest {
        context,
        identity,
        full_name,
        birth,
        freshness,
    } = verify(citizen, dossier_code);
    v1::LookupHouseholdRequest {
        context,
        identity,
        full_name,
        birth,
        freshness,
    }
}

/// Asks who looked somebody up for a dossier.
#[must_use]
pub fn accesses(dossier_code: &str) -> v1::ListAccessesRequest {
    v1::ListAccessesRequest {
        reader: Some(v1::AuditReader {
            operator_id: OFFICER.to_owned(),
            reason: "Kiểm tra việc khai thác dữ liệu".to_owned(),
        }),
        dossier_code: dossier_code.to_owned(),
        ..v1::ListAccessesRequest::default()
    }
}

fn identity(citizen: &SampleCitizen) -> v1::Identity {
    let number = match (&citizen.personal_number, &citizen.old_id_card_number) {
        (Some(number), _) => Some(v1::identity::Number::PersonalNumber(number.clone())),
        (None, Some(number)) => Some(v1::identity::Number::OldIdCardNumber(number.clone())),
        (None, None) => None,
    };
    v1::Identity { number }
}

fn birth(citizen: &SampleCitizen) -> v1::BirthDate {
    let value = match &citizen.birth_date {
        Some(date) => v1::birth_date::Value::Date(date.clone()),
        None => v1::birth_date::Value::Year(citizen.birth_year.into()),
    };
    v1::BirthDate { value: Some(value) }
}

/// A moment as the contract carries it.
#[must_use]
pub fn timestamp(moment: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: moment.as_second(),
        nanos: moment.subsec_nanosecond(),
    }
}

/// The state of a dossier that `owner` handed in.
#[must_use]
pub fn state(
    code: &str,
    status: v1::PortalStatus,
    owner: &SampleCitizen,
    now: Timestamp,
) -> v1::RecordDossierRequest {
    let dossier = v1::Dossier {
        dossier_code: code.to_owned(),
        procedure_code: PROCEDURE.to_owned(),
        procedure_name: "Đăng ký thường trú".to_owned(),
        field_code: "G01-CA05".to_owned(),
        field_name: "Đăng ký, quản lý cư trú".to_owned(),
        channel: v1::Channel::Online.into(),
        owner: Some(dossier_owner(owner)),
        summary: "Đăng ký thường trú vào chỗ ở hợp pháp".to_owned(),
        submitted_at: Some(timestamp(now)),
        received_at: Some(timestamp(now)),
        due_at: Some(timestamp(now + SignedDuration::from_hours(7 * 24))),
        status: status.into(),
        return_method: v1::ReturnMethod::ReturnDirect.into(),
        processing_unit_name: "Trung tâm Phục vụ hành chính công phường Thử".to_owned(),
        submitted_from: v1::SubmissionPlace::SubmittedOnLocalSystem.into(),
        has_digitised_components: Some(true),
        vneid_verified_account: Some(true),
        online_payment: v1::PaymentChannel::NotPaidOnline.into(),
        connected_databases: vec!["1".to_owned()],
        documents: vec![document()],
        ..v1::Dossier::default()
    };
    v1::RecordDossierRequest {
        event_id: format!("{code}/state/{}", i32::from(status)),
        occurred_at: Some(timestamp(now)),
        dossier: Some(dossier),
    }
}

fn dossier_owner(owner: &SampleCitizen) -> v1::Owner {
    let (kind, number) = match (&owner.personal_number, &owner.old_id_card_number) {
        (Some(number), _) => (v1::owner_identity::Kind::PersonalNumber, number.clone()),
        (None, number) => (
            v1::owner_identity::Kind::OldIdCard,
            number.clone().unwrap_or_default(),
        ),
    };
    v1::Owner {
        kind: v1::owner::Kind::Citizen.into(),
        full_name: owner.full_name.clone(),
        identities: vec![v1::OwnerIdentity {
            kind: kind.into(),
            number,
        }],
        tech_id: "00000000-1111-4222-8333-444444444444".to_owned(),
        email: "thu.nghiem@example.com".to_owned(),
        phone: "0900000001".to_owned(),
        ..v1::Owner::default()
    }
}

fn document() -> v1::SubmittedDocument {
    v1::SubmittedDocument {
        file_name: "CT01.pdf".to_owned(),
        component_code: "000.00.00.G01-KQ000001".to_owned(),
        url: "https://files.h99.example/f/ct01.pdf".to_owned(),
        digitised: Some(true),
        reuse: v1::Reuse::NotReused.into(),
        from_national_repository: Some(false),
        ..v1::SubmittedDocument::default()
    }
}

/// Giấy tờ kết quả: what the dossier ended with.
#[must_use]
pub fn result_paper() -> v1::ResultDocument {
    v1::ResultDocument {
        name: "Thông báo kết quả đăng ký cư trú".to_owned(),
        component_code: "000.00.00.G01-KQ000001".to_owned(),
        document_id: "kq-0001".to_owned(),
        url: RESULT_URL.to_owned(),
        result_code: "KQ.G01.000001".to_owned(),
    }
}

/// A processing step that led to `status`.
#[must_use]
pub fn step(
    code: &str,
    status: v1::PortalStatus,
    content: &str,
    now: Timestamp,
) -> v1::RecordProgressRequest {
    v1::RecordProgressRequest {
        event_id: format!("{code}/step/{}", i32::from(status)),
        occurred_at: Some(timestamp(now)),
        dossier_code: code.to_owned(),
        step: Some(v1::Step {
            handler_name: "Trần Văn Mẫu".to_owned(),
            handler_title: "Chuyên viên".to_owned(),
            department: "Bộ phận chuyên môn".to_owned(),
            handled_at: Some(timestamp(now)),
            content: content.to_owned(),
            status: status.into(),
            ..v1::Step::default()
        }),
    }
}
