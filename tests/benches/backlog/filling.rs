//! Small dossiers: a state with what it must have, and steps.

use anyhow::{Context as _, Result, anyhow};
use lienthong_core::access::ClientName;
use lienthong_core::dossier::event::{Event, EventBody, EventId};
use lienthong_core::dossier::{
    Channel, Dossier, DossierDates, OnlinePayment, Owner, OwnerKind, ReturnMethod, Step,
    SubmissionPlace,
};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::identity::PersonalNumber;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::procedure::{FieldCode, ProcedureCode};
use lienthong_core::text::Text;
use lienthong_tests::lives;

use super::moment;

/// Events of a dossier: a state, then steps.
const PER_DOSSIER: u32 = 5;

/// `count` events from the one of this number on.
pub(crate) fn events(first: u32, count: u32) -> Result<Vec<Event>> {
    (first..first + count).map(event).collect()
}

fn event(number: u32) -> Result<Event> {
    let code = lives::code(number / PER_DOSSIER);
    let dossier = DossierNumber::parse(&code)?;
    let body = match number % PER_DOSSIER {
        0 => EventBody::State(Box::new(state(dossier, number)?)),
        step => EventBody::Step {
            dossier,
            step: Box::new(a_step(number, step)?),
        },
    };
    Ok(Event {
        client: ClientName::parse("igate").context("a client")?,
        id: EventId::parse(&number.to_string()).context("an event id")?,
        occurred_at: moment(number),
        body,
    })
}

fn a_step(number: u32, step: u32) -> Result<Step> {
    Ok(Step {
        handler_name: text("Trần Văn Mẫu")?,
        handler_title: None,
        handled_at: moment(number),
        department: None,
        content: text(&format!("Bước {step}"))?,
        status: PortalStatus::Processing,
        started_at: None,
        due_at: None,
    })
}

fn state(dossier: DossierNumber, number: u32) -> Result<Dossier> {
    Ok(Dossier {
        number: dossier,
        procedure: ProcedureCode::parse("1.004222")?,
        procedure_name: text("Đăng ký thường trú")?,
        field: FieldCode::parse("G01-CA05")?,
        field_name: text("Đăng ký, quản lý cư trú")?,
        receipt_number: None,
        channel: Channel::Direct,
        owner: Owner {
            kind: OwnerKind::Citizen,
            name: text("TRẦN THỊ MẪU THỬ")?,
            identities: vec![PersonalNumber::parse("000185000001")?.into()],
            tech_id: None,
            email: None,
            fax: None,
            phone: None,
        },
        summary: text("Đăng ký thường trú")?,
        note: None,
        other_information: None,
        dates: DossierDates {
            submitted: moment(number),
            received: moment(number),
            due: None,
            finished: None,
            returned: None,
            refused: None,
        },
        status: PortalStatus::Received,
        return_method: ReturnMethod::Direct,
        return_information: None,
        receiving_unit: None,
        processing_unit_name: text("Bộ phận một cửa")?,
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

fn text<const MOST: usize>(text: &str) -> Result<Text<MOST>> {
    Text::parse(text).map_err(|error| anyhow!("{error}"))
}
