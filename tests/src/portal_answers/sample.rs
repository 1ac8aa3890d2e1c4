//! What is sent: one dossier without papers, and one step.

use anyhow::{Result, anyhow};
use lienthong_core::dossier::{
    Channel, Dossier, DossierDates, OnlinePayment, Owner, OwnerKind, ReturnMethod, Step,
    SubmissionPlace,
};
use lienthong_core::identity::PersonalNumber;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::text::Text;

/// The dossier that every answer is about.
pub(super) const NUMBER: &str = "H99.12-250714-0007";

fn text<const MAX: usize>(raw: &str) -> Result<Text<MAX>> {
    Text::parse(raw).map_err(|_| anyhow!("{raw} is no text"))
}

pub(super) fn dossier() -> Result<Dossier> {
    let identity = PersonalNumber::parse("000185000001").map_err(|_| anyhow!("an identity"))?;
    Ok(Dossier {
        number: NUMBER.parse()?,
        procedure: "1.004222".parse()?,
        procedure_name: text("Đăng ký thường trú")?,
        field: "G01-CA05".parse()?,
        field_name: text("Đăng ký, quản lý cư trú")?,
        receipt_number: None,
        channel: Channel::Direct,
        owner: Owner {
            kind: OwnerKind::Citizen,
            name: text("Trần Thị Mẫu Thử")?,
            identities: vec![identity.into()],
            tech_id: None,
            email: None,
            fax: None,
            phone: None,
        },
        summary: text("Đăng ký thường trú")?,
        note: None,
        other_information: None,
        dates: DossierDates {
            submitted: "2025-07-14T01:15:02Z".parse()?,
            received: "2025-07-14T02:30:00Z".parse()?,
            due: None,
            finished: None,
            returned: None,
            refused: None,
        },
        status: PortalStatus::Received,
        return_method: ReturnMethod::Direct,
        return_information: None,
        receiving_unit: None,
        processing_unit_name: text("Trung tâm Phục vụ hành chính công phường Thử")?,
        submitted_at_place: SubmissionPlace::LocalSystem,
        has_digitised_components: false,
        vneid_verified_account: false,
        online_payment: OnlinePayment::None,
        connected_databases: Vec::new(),
        documents: Vec::new(),
        fees: Vec::new(),
        other_attachments: Vec::new(),
        results: Vec::new(),
    })
}

pub(super) fn step() -> Result<Step> {
    Ok(Step {
        handler_name: text("Lê Văn Mẫu")?,
        handler_title: None,
        handled_at: "2025-07-15T03:15:00Z".parse()?,
        department: None,
        content: text("Thẩm định hồ sơ")?,
        status: PortalStatus::Processing,
        started_at: None,
        due_at: None,
    })
}
