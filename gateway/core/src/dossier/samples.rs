//! An invented dossier and its steps, for tests.
//!
//! All people carry the place code 000, which no province has.

use jiff::Timestamp;

use super::{
    Channel, Dossier, DossierDates, OnlinePayment, Owner, OwnerKind, ReturnMethod, Step,
    SubmissionPlace,
};
use crate::dossier_number::DossierNumber;
use crate::identity::PersonalNumber;
use crate::portal_status::PortalStatus;
use crate::procedure::{FieldCode, ProcedureCode};
use crate::text::Text;

/// The moment when the invented dossier was handed in.
pub(crate) fn submitted() -> Timestamp {
    "2025-07-14T01:00:00Z".parse().unwrap()
}

/// Number of the invented dossier.
pub(crate) fn number() -> DossierNumber {
    DossierNumber::parse("H22.12-250714-0007").unwrap()
}

/// A dossier with no more than it must have, told apart by `summary`.
pub(crate) fn dossier(summary: &str) -> Dossier {
    Dossier {
        number: number(),
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
            submitted: submitted(),
            received: submitted(),
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

/// A step that was handled `second` seconds after the dossier was handed in.
pub(crate) fn step(second: i64, content: &str) -> Step {
    Step {
        handler_name: text("Cán bộ thử"),
        handler_title: None,
        handled_at: submitted() + jiff::SignedDuration::from_secs(second),
        department: None,
        content: text(content),
        status: PortalStatus::Processing,
        started_at: None,
        due_at: None,
    }
}

fn text<const MAX: usize>(text: &str) -> Text<MAX> {
    Text::parse(text).unwrap()
}
