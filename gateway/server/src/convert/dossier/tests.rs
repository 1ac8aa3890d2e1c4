//! What the portal is known to refuse, in one place: each rule is broken alone in a
//! message that is right otherwise, and the field is named at the door (portal.md 5, 6, 8,
//! 12, 21 and D 8 to 17). What only may be refused is let through: a province knows its
//! portal better than any list.

use jiff::Timestamp;
use lienthong_core::access::ClientName;
use lienthong_mocks::SampleCitizen;
use lienthong_proto::v1;
use lienthong_proto::v1::PortalStatus;

use super::{read_progress, read_state};
use crate::demo::messages;
use crate::status::ServerError;

fn now() -> Timestamp {
    "2026-07-01T01:00:00Z".parse().unwrap()
}

fn client() -> ClientName {
    ClientName::parse("igate").unwrap()
}

/// A state with everything that it may hold.
fn whole() -> v1::RecordDossierRequest {
    let owner = SampleCitizen {
        personal_number: Some("000185000001".to_owned()),
        old_id_card_number: None,
        full_name: "Trần Thị Mẫu Thử".to_owned(),
        birth_date: Some("1985-02-13".to_owned()),
        birth_year: 1985,
        sex: "female",
        kind: "plain",
    };
    let code = "000.00.00.H00-260701-0001";
    let mut state = messages::state(code, PortalStatus::Processed, &owner, now());
    let dossier = state.dossier.as_mut().unwrap();
    dossier.fees = vec![v1::Fee {
        name: "Lệ phí".to_owned(),
        code: "1".to_owned(),
        collection_code: "1".to_owned(),
        amount_vnd: Some(0),
        kind_code: "1".to_owned(),
    }];
    dossier.other_attachments = vec![v1::OtherAttachment {
        name: "Giấy ủy quyền".to_owned(),
        quantity: 1,
        kind_code: "1".to_owned(),
    }];
    dossier.results = vec![v1::ResultDocument {
        name: "Giấy xác nhận".to_owned(),
        url: "https://files.h99.example/kq/1.pdf".to_owned(),
        result_code: "KQ.G01.000001".to_owned(),
        ..v1::ResultDocument::default()
    }];
    state
}

fn broken<T: std::fmt::Debug>(read: Result<T, ServerError>) -> Vec<String> {
    match read {
        Ok(read) => panic!("taken: {read:?}"),
        Err(ServerError::Invalid(violations)) => violations
            .iter()
            .map(|violation| format!("{} {}", violation.field, violation.reason))
            .collect(),
        Err(other) => panic!("{other:?}"),
    }
}

/// Of every rule of a dossier: how it is broken, and what is told.
type Rule = (fn(&mut v1::Dossier), &'static str);

fn owner(dossier: &mut v1::Dossier) -> &mut v1::Owner {
    dossier.owner.as_mut().unwrap()
}

#[rustfmt::skip]
const RULES: &[Rule] = &[
    // portal.md 12: the number is never altered, so it must be one.
    (|d| d.dossier_code = "12345".into(), "dossier.dossier_code DOSSIER_NUMBER"),
    (|d| d.dossier_code = String::new(), "dossier.dossier_code REQUIRED"),
    (|d| d.dossier_code = format!("H99.12-260701-{}", "1".repeat(40)), "dossier.dossier_code DOSSIER_NUMBER"),
    (|d| d.procedure_code = "một".into(), "dossier.procedure_code CODE"),
    (|d| d.procedure_name = " ".into(), "dossier.procedure_name REQUIRED"),
    (|d| d.field_code = String::new(), "dossier.field_code REQUIRED"),
    (|d| d.field_name = String::new(), "dossier.field_name REQUIRED"),
    (|d| d.channel = 0, "dossier.channel REQUIRED"),
    (|d| d.channel = 9, "dossier.channel UNKNOWN_VALUE"),
    // portal.md 8: 0 and 11 are invented by systems in the field.
    (|d| d.status = 0, "dossier.status REQUIRED"),
    (|d| d.status = 11, "dossier.status UNKNOWN_VALUE"),
    (|d| d.return_method = 0, "dossier.return_method REQUIRED"),
    (|d| d.submitted_from = 0, "dossier.submitted_from REQUIRED"),
    // portal.md D 12: paid at the desk is not paid online, and 3 does not exist.
    (|d| d.online_payment = 0, "dossier.online_payment REQUIRED"),
    (|d| d.online_payment = 4, "dossier.online_payment UNKNOWN_VALUE"),
    // Not known is not "no".
    (|d| d.has_digitised_components = None, "dossier.has_digitised_components REQUIRED"),
    (|d| d.vneid_verified_account = None, "dossier.vneid_verified_account REQUIRED"),
    (|d| d.submitted_at = None, "dossier.submitted_at REQUIRED"),
    (|d| d.received_at = None, "dossier.received_at REQUIRED"),
    (|d| d.processing_unit_name = String::new(), "dossier.processing_unit_name REQUIRED"),
    (|d| d.receiving_unit_code = "đơn vị".into(), "dossier.receiving_unit_code AGENCY_CODE"),
    // portal.md 21: lengths at which clients cut; here nothing is cut.
    (|d| d.summary = "a".repeat(1001), "dossier.summary TEXT"),
    (|d| d.note = "a".repeat(2001), "dossier.note TEXT"),
    (|d| d.documents[0].file_name = "a".repeat(4001), "dossier.documents[0].file_name TEXT"),
    (|d| d.results[0].name = "a".repeat(2001), "dossier.results[0].name TEXT"),
    // portal.md D 9: a missing identity is refused and never faked.
    (|d| owner(d).identities.clear(), "dossier.owner.identities REQUIRED"),
    (|d| owner(d).identities[0].kind = 0, "dossier.owner.identities[0].kind REQUIRED"),
    (|d| owner(d).identities[0].number = "1".into(), "dossier.owner.identities[0].number PERSONAL_NUMBER"),
    (|d| owner(d).kind = 0, "dossier.owner.kind REQUIRED"),
    (|d| owner(d).full_name = String::new(), "dossier.owner.full_name REQUIRED"),
    (|d| d.owner = None, "dossier.owner REQUIRED"),
    // portal.md 5.2.
    (|d| d.documents[0].component_code = String::new(), "dossier.documents[0].component_code REQUIRED"),
    (|d| d.documents[0].url = "ct01.pdf".into(), "dossier.documents[0].url FILE_URL"),
    (|d| d.documents[0].digitised = None, "dossier.documents[0].digitised REQUIRED"),
    (|d| d.documents[0].reuse = 0, "dossier.documents[0].reuse REQUIRED"),
    (|d| d.documents[0].from_national_repository = None, "dossier.documents[0].from_national_repository REQUIRED"),
    // portal.md D 17: several addresses in one.
    (|d| d.results[0].url = "https://a.example/1##https://a.example/2".into(), "dossier.results[0].url FILE_URL"),
    (|d| d.results[0].name = String::new(), "dossier.results[0].name REQUIRED"),
    // portal.md 5.3.
    (|d| d.fees[0].amount_vnd = None, "dossier.fees[0].amount_vnd REQUIRED"),
    (|d| d.fees[0].amount_vnd = Some(-1), "dossier.fees[0].amount_vnd OUT_OF_RANGE"),
    (|d| d.fees[0].collection_code = "3".into(), "dossier.fees[0].collection_code UNKNOWN_VALUE"),
    (|d| d.fees[0].code = String::new(), "dossier.fees[0].code REQUIRED"),
    (|d| d.other_attachments[0].quantity = 0, "dossier.other_attachments[0].quantity OUT_OF_RANGE"),
];

#[test]
fn what_the_portal_is_known_to_refuse_is_refused_at_the_door_with_its_field() {
    read_state(&whole(), client(), now()).unwrap();
    for (break_it, told) in RULES {
        let mut request = whole();
        break_it(request.dossier.as_mut().unwrap());
        assert_eq!(broken(read_state(&request, client(), now())), [*told]);
    }
}

#[test]
fn a_result_without_a_file_is_taken_and_never_given_one() {
    let mut request = whole();
    request.dossier.as_mut().unwrap().results[0].url.clear();
    let event = read_state(&request, client(), now()).unwrap();
    let lienthong_core::dossier::event::EventBody::State(dossier) = event.body else {
        panic!("a state");
    };
    assert_eq!(dossier.results[0].url, None);
}

/// What makes a whole step wrong.
type Slip = fn(&mut v1::Step);

#[test]
fn a_step_is_refused_by_the_rules_of_steps() {
    let code = "000.00.00.H00-260701-0001";
    let whole = || messages::step(code, PortalStatus::Processing, "Thẩm định", now());
    read_progress(&whole(), client(), now()).unwrap();
    let rules: [(Slip, &str); 6] = [
        (|s| s.handler_name.clear(), "step.handler_name REQUIRED"),
        (
            |s| s.handler_name = "a".repeat(51),
            "step.handler_name TEXT",
        ),
        // portal.md 6: an empty content is believed to be refused.
        (|s| s.content = "  ".into(), "step.content REQUIRED"),
        (|s| s.status = 0, "step.status REQUIRED"),
        (|s| s.status = 11, "step.status UNKNOWN_VALUE"),
        (|s| s.handled_at = None, "step.handled_at REQUIRED"),
    ];
    for (break_it, told) in rules {
        let mut request = whole();
        break_it(request.step.as_mut().unwrap());
        assert_eq!(broken(read_progress(&request, client(), now())), [told]);
    }
}
