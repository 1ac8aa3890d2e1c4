//! The published examples of portal.md 5.6 and 6.

use lienthong_core::agency::AgencyCode;
use lienthong_core::dossier::{
    Channel, Document, Dossier, DossierDates, FileUrl, OnlinePayment, Owner, OwnerKind,
    ReturnMethod, Reuse, Step, SubmissionPlace,
};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::identity::PersonalNumber;
use lienthong_core::masked::Masked;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::text::Text;

pub(in crate::portal) fn text<const MAX: usize>(raw: &str) -> Text<MAX> {
    Text::parse(raw).unwrap()
}

pub(in crate::portal) fn url(name: &str) -> FileUrl {
    FileUrl::parse(&format!("https://files.h22.example/f/{name}")).unwrap()
}

/// The dossier of portal.md 5.6.
pub(in crate::portal) fn dossier() -> Dossier {
    Dossier {
        number: DossierNumber::parse("H22.12-250714-0007").unwrap(),
        procedure: "1.004222".parse().unwrap(),
        procedure_name: text("Đăng ký thường trú"),
        field: "G01-CA05".parse().unwrap(),
        field_name: text("Đăng ký, quản lý cư trú"),
        receipt_number: None,
        channel: Channel::Online,
        owner: Owner {
            kind: OwnerKind::Citizen,
            name: text("Lý Thị Thử Nghiệm"),
            identities: vec![PersonalNumber::parse("000199000001").unwrap().into()],
            tech_id: Some(text("00000000-1111-4222-8333-444444444444")),
            email: Some(Masked::new("thu.nghiem@example.com".to_owned())),
            fax: None,
            phone: Some(Masked::new("0900000001".to_owned())),
        },
        summary: text("Đăng ký thường trú vào chỗ ở hợp pháp"),
        note: None,
        other_information: None,
        dates: DossierDates {
            submitted: "2025-07-14T01:15:02Z".parse().unwrap(),
            received: "2025-07-14T02:30:00Z".parse().unwrap(),
            due: Some("2025-07-23T10:00:00Z".parse().unwrap()),
            finished: None,
            returned: None,
            refused: None,
        },
        status: PortalStatus::Received,
        return_method: ReturnMethod::Direct,
        return_information: None,
        receiving_unit: Some(AgencyCode::parse("H22.12").unwrap()),
        processing_unit_name: text("Trung tâm Phục vụ hành chính công phường Thử"),
        submitted_at_place: SubmissionPlace::LocalSystem,
        has_digitised_components: true,
        vneid_verified_account: true,
        online_payment: OnlinePayment::None,
        connected_databases: vec![text("1")],
        documents: vec![Document {
            id: None,
            name: text("CT01.pdf"),
            deleted: false,
            component: "000.00.00.G01-KQ000001".parse().unwrap(),
            url: url("0d0d"),
            digitised: true,
            reuse: Reuse::None,
            from_national_store: false,
            replaced_by_result: None,
        }],
        fees: Vec::new(),
        other_attachments: Vec::new(),
        results: Vec::new(),
    }
}

/// The step of portal.md 6.
pub(in crate::portal) fn step() -> Step {
    Step {
        handler_name: text("Trần Văn Mẫu"),
        handler_title: Some(text("Chuyên viên")),
        handled_at: "2025-07-15T03:15:00Z".parse().unwrap(),
        department: Some(text("Bộ phận chuyên môn")),
        content: text("Thẩm định hồ sơ"),
        status: PortalStatus::Processing,
        started_at: Some("2025-07-14T07:00:00Z".parse().unwrap()),
        due_at: Some("2025-07-18T10:00:00Z".parse().unwrap()),
    }
}
