//! Invented dossiers, steps and events for the tests of the stores.
//!
//! All people carry the place code 000, which no province has.

use jiff::Timestamp;
use lienthong_core::access::ClientName;
use lienthong_core::agency::AgencyCode;
use lienthong_core::dossier::event::{Event, EventBody, EventId};
use lienthong_core::dossier::{
    Channel, Document, Dossier, DossierDates, Fee, FeeCollection, FileUrl, OnlinePayment,
    OtherAttachment, Owner, OwnerKind, ResultPaper, ReturnMethod, Reuse, Step, SubmissionPlace,
};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::identity::{Identity, OldIdCardNumber, PersonalNumber};
use lienthong_core::masked::Masked;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::procedure::{ComponentCode, FieldCode, ProcedureCode, ResultCode};
use lienthong_core::text::Text;

/// Number of the dossier `index`, up to 9,999,999.
pub(crate) fn number(index: u32) -> DossierNumber {
    DossierNumber::parse(&format!("H22.12-250714-{index:04}")).unwrap()
}

/// An event of the client `igate`.
pub(crate) fn event(id: &str, occurred_at: Timestamp, body: EventBody) -> Event {
    event_of("igate", id, occurred_at, body)
}

/// An event of `client`.
pub(crate) fn event_of(client: &str, id: &str, occurred_at: Timestamp, body: EventBody) -> Event {
    Event {
        client: ClientName::parse(client).unwrap(),
        id: EventId::parse(id).unwrap(),
        occurred_at,
        body,
    }
}

/// The state of dossier `index`, told apart by `summary`.
pub(crate) fn state(index: u32, summary: &str) -> EventBody {
    EventBody::State(Box::new(dossier(&number(index), summary)))
}

/// A step of dossier `index`, told apart by `content`.
pub(crate) fn step_body(index: u32, content: &str) -> EventBody {
    EventBody::Step {
        dossier: number(index),
        step: Box::new(step(content)),
    }
}

/// A step.
pub(crate) fn step(content: &str) -> Step {
    let at: Timestamp = "2025-07-14T02:00:00Z".parse().unwrap();
    Step {
        handler_name: text("Cán bộ thử"),
        handler_title: Some(text("Chuyên viên")),
        handled_at: at,
        department: Some(text("Bộ phận một cửa")),
        content: text(content),
        status: PortalStatus::Received,
        started_at: Some(at),
        due_at: None,
    }
}

/// A dossier with no more than it must have.
pub(crate) fn dossier(number: &DossierNumber, summary: &str) -> Dossier {
    Dossier {
        number: number.clone(),
        procedure: ProcedureCode::parse("1.001193").unwrap(),
        procedure_name: text("Đăng ký khai sinh"),
        field: FieldCode::parse("G15-TP07").unwrap(),
        field_name: text("Hộ tịch"),
        receipt_number: None,
        channel: Channel::Direct,
        owner: Owner {
            kind: OwnerKind::Citizen,
            name: text("LÝ THỊ THỬ"),
            identities: vec![PersonalNumber::parse("000185000001").unwrap().into()],
            tech_id: None,
            email: None,
            fax: None,
            phone: None,
        },
        summary: text(summary),
        note: None,
        other_information: None,
        dates: DossierDates {
            submitted: "2025-07-14T01:00:00Z".parse().unwrap(),
            received: "2025-07-14T01:05:00Z".parse().unwrap(),
            due: None,
            finished: None,
            returned: None,
            refused: None,
        },
        status: PortalStatus::Received,
        return_method: ReturnMethod::Direct,
        return_information: None,
        receiving_unit: None,
        processing_unit_name: text("Bộ phận một cửa"),
        submitted_at_place: SubmissionPlace::LocalSystem,
        has_digitised_components: false,
        vneid_verified_account: false,
        online_payment: OnlinePayment::None,
        connected_databases: Vec::new(),
        documents: Vec::new(),
        fees: Vec::new(),
        other_attachments: Vec::new(),
        results: Vec::new(),
    }
}

/// A dossier in which every field is filled.
pub(crate) fn full_dossier(number: &DossierNumber) -> Dossier {
    let later: Timestamp = "2025-07-16T10:11:12.123456789Z".parse().unwrap();
    let mut dossier = dossier(number, "Đăng ký khai sinh cho con");
    dossier.receipt_number = Some(text("BN-0001"));
    dossier.channel = Channel::Postal;
    dossier.owner.kind = OwnerKind::OtherOrganisation;
    dossier.owner.identities.push(Identity::OldIdCard(
        OldIdCardNumber::parse("000185001").unwrap(),
    ));
    dossier.owner.tech_id = Some(text("5f1d7c3a-0000-4000-8000-000000000001"));
    dossier.owner.email = Some(Masked::new("thu@example.invalid".to_owned()));
    dossier.owner.fax = Some(Masked::new("0000000001".to_owned()));
    dossier.owner.phone = Some(Masked::new("0000000002".to_owned()));
    dossier.note = Some(text("Ghi chú\nhai dòng"));
    dossier.other_information = Some(text("Thông tin khác"));
    dossier.dates.due = Some(later);
    dossier.dates.finished = Some(later);
    dossier.dates.returned = Some(later);
    dossier.dates.refused = Some(later);
    dossier.status = PortalStatus::ResultReturned;
    dossier.return_method = ReturnMethod::Postal;
    dossier.return_information = Some(text("Bưu điện trung tâm"));
    dossier.receiving_unit = Some(AgencyCode::parse("H22.14").unwrap());
    dossier.submitted_at_place = SubmissionPlace::NationalPortal;
    dossier.has_digitised_components = true;
    dossier.vneid_verified_account = true;
    dossier.online_payment = OnlinePayment::LocalGateway;
    dossier.connected_databases = vec![text("CSDLQGDC"), text("HTTTHT")];
    fill_papers(&mut dossier);
    dossier
}

fn fill_papers(dossier: &mut Dossier) {
    let component = ComponentCode::parse("000.00.00.G15-KQ004389").unwrap();
    let result = ResultCode::parse("KQ.G07.000122").unwrap();
    let url = FileUrl::parse("https://files.example.invalid/a?key=s3cret").unwrap();
    dossier.documents = vec![Document {
        id: Some(text("T1")),
        name: text("Giấy chứng sinh.pdf"),
        deleted: true,
        component: component.clone(),
        url: url.clone(),
        digitised: true,
        reuse: Reuse::Component,
        from_national_store: true,
        replaced_by_result: Some(result.clone()),
    }];
    dossier.fees = vec![Fee {
        name: text("Lệ phí"),
        code: text("LP01"),
        collected: FeeCollection::AtSupplement,
        amount: 8_000,
        kind: text("2"),
    }];
    dossier.other_attachments = vec![OtherAttachment {
        name: text("Tờ khai"),
        quantity: 2,
        kind: text("1"),
    }];
    dossier.results = vec![ResultPaper {
        name: text("Giấy khai sinh"),
        component: Some(component),
        id: Some(text("G1")),
        result: Some(result),
        url: Some(url),
    }];
}

fn text<const MAX: usize>(raw: &str) -> Text<MAX> {
    Text::parse(raw).unwrap()
}
