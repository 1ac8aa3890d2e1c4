//! Bad values are refused whole: every violation at once, over gRPC and JSON alike, and
//! nothing is sent upstream or stored.
//!
//! What a reader would get wrong: a row names all the fields that must be complained of, in
//! order, and no other may be.

use lienthong::demo::messages;
use lienthong_proto::v1;
use lienthong_tests::stage::Stage;
use lienthong_tests::wire::{Received, Wire, dynamic, frame, json_of, violated};
use prost::Message;
use prost_reflect::{DynamicMessage, Value};
use tonic::{Code, Status};

/// A number whose appearance in an error text would be seen at once.
const NUMBER: &str = "000185000001";

type Row<M> = (&'static str, fn(&mut M), &'static [&'static str]);

fn context(request: &mut v1::VerifyCitizenRequest) -> &mut v1::AccessContext {
    request.context.as_mut().unwrap()
}

fn personal(number: &str) -> v1::Identity {
    let number = Some(v1::identity::Number::PersonalNumber(number.to_owned()));
    v1::Identity { number }
}

fn old_card(number: &str) -> v1::Identity {
    let number = Some(v1::identity::Number::OldIdCardNumber(number.to_owned()));
    v1::Identity { number }
}

fn born(date: &str) -> v1::BirthDate {
    v1::BirthDate {
        value: Some(v1::birth_date::Value::Date(date.to_owned())),
    }
}

fn born_in(year: i32) -> v1::BirthDate {
    v1::BirthDate {
        value: Some(v1::birth_date::Value::Year(year)),
    }
}

#[rustfmt::skip] // A row a line, as far as it fits.
const LOOKUPS: &[Row<v1::VerifyCitizenRequest>] = &[
    (
        "eleven digits",
        |r| r.identity = Some(personal("00018500000")),
        &["identity.personal_number"],
    ),
    (
        "thirteen digits",
        |r| r.identity = Some(personal("0001850000012")),
        &["identity.personal_number"],
    ),
    ("a letter", |r| r.identity = Some(personal("00018500000A")), &["identity.personal_number"]),
    (
        "other digits",
        |r| r.identity = Some(personal("００0185000001")),
        &["identity.personal_number"],
    ),
    ("no digits at all", |r| r.identity = Some(personal("")), &["identity.personal_number"]),
    (
        "ten thousand digits",
        |r| r.identity = Some(personal(&"0".repeat(10_000))),
        &["identity.personal_number"],
    ),
    (
        "an old card of 8",
        |r| r.identity = Some(old_card("00010001")),
        &["identity.old_id_card_number"],
    ),
    (
        "an old card of 12",
        |r| r.identity = Some(old_card(NUMBER)),
        &["identity.old_id_card_number"],
    ),
    ("no number", |r| r.identity = None, &["identity"]),
    ("an empty choice", |r| r.identity = Some(v1::Identity { number: None }), &["identity"]),
    ("30 February", |r| r.birth = Some(born("1985-02-30")), &["birth.date"]),
    ("29 February of no leap year", |r| r.birth = Some(born("1900-02-29")), &["birth.date"]),
    ("a thirteenth month", |r| r.birth = Some(born("1985-13-01")), &["birth.date"]),
    ("another order", |r| r.birth = Some(born("13/02/1985")), &["birth.date"]),
    ("a time of day", |r| r.birth = Some(born("1985-02-13T00:00:00Z")), &["birth.date"]),
    ("a future date", |r| r.birth = Some(born("2999-01-01")), &["birth.date"]),
    ("an empty date", |r| r.birth = Some(born("")), &["birth.date"]),
    ("a future year", |r| r.birth = Some(born_in(2999)), &["birth.year"]),
    ("a negative year", |r| r.birth = Some(born_in(-1985)), &["birth.year"]),
    ("a year of five digits", |r| r.birth = Some(born_in(19_850)), &["birth.year"]),
    ("no birth", |r| r.birth = None, &["birth"]),
    ("a line break", |r| r.full_name = "Trần Thị\nMẫu Thử".to_owned(), &["full_name"]),
    ("a NUL", |r| r.full_name = "Trần Thị\0Mẫu Thử".to_owned(), &["full_name"]),
    ("an invisible sign", |r| r.full_name = "Trần\u{202e}Thị Thử".to_owned(), &["full_name"]),
    ("10,000 characters", |r| r.full_name = "Trần ".repeat(2_000), &["full_name"]),
    ("10,000 marks", |r| r.full_name = format!("Tran{}", "\u{301}".repeat(9_996)), &["full_name"]),
    ("a number as name", |r| r.full_name = NUMBER.to_owned(), &["full_name"]),
    ("no name", |r| r.full_name = String::new(), &["full_name"]),
    ("white space as name", |r| r.full_name = " \u{a0} ".to_owned(), &["full_name"]),
    ("no context", |r| r.context = None, &["context"]),
    ("no officer", |r| context(r).officer_id = String::new(), &["context.officer_id"]),
    (
        "a forged officer",
        |r| context(r).officer_id = "000180000009\r\nAuthHash: x".to_owned(),
        &["context.officer_id"],
    ),
    (
        "10,000 characters of unit",
        |r| context(r).unit_code = "H".repeat(10_000),
        &["context.unit_code"],
    ),
    ("no unit", |r| context(r).unit_code = String::new(), &["context.unit_code"]),
    (
        "markup as procedure",
        |r| context(r).procedure_code = "<MaTTHC>".to_owned(),
        &["context.procedure_code"],
    ),
    ("no procedure", |r| context(r).procedure_code = String::new(), &["context.procedure_code"]),
    (
        "a day that never was",
        |r| context(r).dossier_code = "H99.12-250230-0001".to_owned(),
        &["context.dossier_code"],
    ),
    (
        "a dossier of the future",
        |r| context(r).dossier_code = "H99.12-991231-0001".to_owned(),
        &["context.dossier_code"],
    ),
    ("no dossier", |r| context(r).dossier_code = String::new(), &["context.dossier_code"]),
    ("no purpose", |r| context(r).purpose = 0, &["context.purpose"]),
    ("an unknown purpose", |r| context(r).purpose = 99, &["context.purpose"]),
    ("a negative purpose", |r| context(r).purpose = -1, &["context.purpose"]),
    (
        "a control character in the legal basis",
        |r| context(r).legal_basis = "NĐ 104\u{7}".to_owned(),
        &["context.legal_basis"],
    ),
    (
        "a negative age",
        |r| {
            let max_age = Some(prost_types::Duration { seconds: -1, nanos: 0 });
            r.freshness = Some(v1::Freshness { max_age, refresh: false });
        },
        &["freshness.max_age"],
    ),
    (
        "everything",
        |r| {
            *r = v1::VerifyCitizenRequest {
                context: Some(v1::AccessContext { purpose: 99, ..Default::default() }),
                identity: Some(personal("12345")),
                full_name: "Trần\u{0}Thử".to_owned(),
                birth: Some(born("1985-02-30")),
                freshness: None,
            };
        },
        &[
            "context.officer_id",
            "context.unit_code",
            "context.procedure_code",
            "context.dossier_code",
            "context.purpose",
            "identity.personal_number",
            "full_name",
            "birth.date",
        ],
    ),
    (
        "nothing",
        |r| *r = v1::VerifyCitizenRequest::default(),
        &["context", "identity", "full_name", "birth"],
    ),
];

fn dossier(request: &mut v1::RecordDossierRequest) -> &mut v1::Dossier {
    request.dossier.as_mut().unwrap()
}

fn owner(request: &mut v1::RecordDossierRequest) -> &mut v1::Owner {
    dossier(request).owner.as_mut().unwrap()
}

const YEAR_1: Option<prost_types::Timestamp> = Some(prost_types::Timestamp {
    seconds: -62_135_596_800,
    nanos: 0,
});

const FAR: Option<prost_types::Timestamp> = Some(prost_types::Timestamp {
    seconds: 253_402_300_799,
    nanos: 0,
});

#[rustfmt::skip] // A row a line, as far as it fits.
const DOSSIERS: &[Row<v1::RecordDossierRequest>] = &[
    ("no event id", |r| r.event_id = String::new(), &["event_id"]),
    ("an event id of 65", |r| r.event_id = "e".repeat(65), &["event_id"]),
    ("a space in the event id", |r| r.event_id = "a b".to_owned(), &["event_id"]),
    ("no moment", |r| r.occurred_at = None, &["occurred_at"]),
    ("a moment to come", |r| r.occurred_at = FAR, &["occurred_at"]),
    (
        "a moment of the year 1",
        |r| r.occurred_at = YEAR_1,
        &["occurred_at"],
    ),
    ("no dossier", |r| r.dossier = None, &["dossier"]),
    ("no number", |r| dossier(r).dossier_code = String::new(), &["dossier.dossier_code"]),
    ("an endless summary", |r| dossier(r).summary = "ồ".repeat(10_000), &["dossier.summary"]),
    ("a NUL in the note", |r| dossier(r).note = "\0".to_owned(), &["dossier.note"]),
    (
        "a procedure of words",
        |r| dossier(r).procedure_code = "thường trú".to_owned(),
        &["dossier.procedure_code"],
    ),
    ("no status", |r| dossier(r).status = 0, &["dossier.status"]),
    ("status 11", |r| dossier(r).status = 11, &["dossier.status"]),
    ("status 258", |r| dossier(r).status = 258, &["dossier.status"]),
    ("an unknown channel", |r| dossier(r).channel = 77, &["dossier.channel"]),
    ("no owner", |r| dossier(r).owner = None, &["dossier.owner"]),
    ("an owner without number", |r| owner(r).identities.clear(), &["dossier.owner.identities"]),
    ("a phone of letters", |r| owner(r).phone = "không có".to_owned(), &["dossier.owner.phone"]),
    (
        "an e-mail without @",
        |r| owner(r).email = "thu.example.com".to_owned(),
        &["dossier.owner.email"],
    ),
    (
        "a number of nine digits as personal number",
        |r| owner(r).identities[0].number = "000100002".to_owned(),
        &["dossier.owner.identities[0].number"],
    ),
    (
        "a script as file address",
        |r| dossier(r).documents[0].url = "javascript:alert(1)".to_owned(),
        &["dossier.documents[0].url"],
    ),
    (
        "501 databases",
        |r| dossier(r).connected_databases = vec!["1".to_owned(); 501],
        &["dossier.connected_databases"],
    ),
    (
        "a negative fee",
        |r| {
            dossier(r).fees = vec![v1::Fee {
                name: "Lệ phí".to_owned(),
                code: "LP".to_owned(),
                collection_code: "3".to_owned(),
                amount_vnd: Some(-1),
                kind_code: "1".to_owned(),
            }];
        },
        &["dossier.fees[0].collection_code", "dossier.fees[0].amount_vnd"],
    ),
    (
        "several things",
        |r| {
            r.event_id = String::new();
            dossier(r).status = 0;
            owner(r).full_name = String::new();
        },
        &["event_id", "dossier.status", "dossier.owner.full_name"],
    ),
];

fn step(request: &mut v1::RecordProgressRequest) -> &mut v1::Step {
    request.step.as_mut().unwrap()
}

#[rustfmt::skip] // A row a line, as far as it fits.
const STEPS: &[Row<v1::RecordProgressRequest>] = &[
    ("no step", |r| r.step = None, &["step"]),
    ("no number", |r| r.dossier_code = String::new(), &["dossier_code"]),
    ("no handler", |r| step(r).handler_name = String::new(), &["step.handler_name"]),
    ("no content", |r| step(r).content = String::new(), &["step.content"]),
    ("no moment", |r| step(r).handled_at = None, &["step.handled_at"]),
    ("an unknown status", |r| step(r).status = i32::MAX, &["step.status"]),
    ("the year 9999", |r| step(r).due_at = FAR, &["step.due_at"]),
];

/// Every text of a message, however deep, that is long enough to be recognised.
fn texts(message: &DynamicMessage, found: &mut Vec<String>) {
    fn of_value(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::String(text) if text.chars().count() >= 5 => {
                found.push(text.chars().take(200).collect());
            }
            Value::Message(message) => texts(message, found),
            Value::List(values) => values.iter().for_each(|value| of_value(value, found)),
            _ => {}
        }
    }
    message
        .fields()
        .for_each(|(_, value)| of_value(value, found));
}

/// The one answer that bad values get.
fn check(row: &str, status: &Status, fields: &[&str], values: &[String]) {
    assert_eq!(
        status.code(),
        Code::InvalidArgument,
        "{row}: {}",
        status.message()
    );
    assert_eq!(violated(status), fields, "{row}");
    assert_eq!(
        lienthong_tests::wire::reason(status),
        "INVALID_FIELD",
        "{row}"
    );
    let said = format!(
        "{} {}",
        status.message(),
        String::from_utf8_lossy(status.details())
    );
    for value in values {
        assert!(
            !said.contains(value.as_str()),
            "{row}: the answer repeats what was sent"
        );
    }
}

async fn both_ways<M: Message>(
    wire: &mut Wire,
    method: &str,
    message: (&str, &M),
    row: (&str, &[&str]),
) {
    let (name, message) = message;
    let (row, fields) = row;
    let mut values = Vec::new();
    texts(&dynamic(name, message).unwrap(), &mut values);
    let path = format!("/lienthong.v1.{method}");
    let grpc = wire.grpc(&path, &[], frame(message)).await.unwrap();
    check(row, &grpc.status().unwrap(), fields, &values);
    let body = json_of(name, message).unwrap().to_string();
    let json: Received = wire.json(&path, body).await.unwrap();
    assert_eq!(json.http, 400, "{row}");
    check(row, &json.connect_status().unwrap(), fields, &values);
}

#[tokio::test]
async fn a_look_up_with_bad_values_is_refused_whole_and_asks_nobody() {
    let stage = Stage::start().await.unwrap();
    let mut wire = stage.wire().await.unwrap();
    let good = messages::verify(&stage.citizen("plain").unwrap(), &stage.dossier_code(1));
    for (row, spoil, fields) in LOOKUPS {
        let mut request = good.clone();
        spoil(&mut request);
        let message = ("lienthong.v1.VerifyCitizenRequest", &request);
        both_ways(
            &mut wire,
            "PopulationService/VerifyCitizen",
            message,
            (row, fields),
        )
        .await;
        let v1::VerifyCitizenRequest {
            context,
            identity,
            full_name,
            birth,
            freshness,
        } = request;
        let request = v1::LookupCitizenRequest {
            context,
            identity,
            full_name,
            birth,
            freshness,
            fields: None,
        };
        let message = ("lienthong.v1.LookupCitizenRequest", &request);
        both_ways(
            &mut wire,
            "PopulationService/LookupCitizen",
            message,
            (row, fields),
        )
        .await;
    }
    assert_eq!(stage.asked(), [], "not even a token was asked for");
}

#[tokio::test]
async fn a_dossier_with_bad_values_is_refused_whole_and_kept_nowhere() {
    let stage = Stage::start().await.unwrap();
    let mut wire = stage.wire().await.unwrap();
    let code = stage.dossier_code(1);
    let owner = stage.citizen("plain").unwrap();
    let good = messages::state(&code, v1::PortalStatus::Received, &owner, stage.now());
    for (row, spoil, fields) in DOSSIERS {
        let mut request = good.clone();
        spoil(&mut request);
        let message = ("lienthong.v1.RecordDossierRequest", &request);
        both_ways(
            &mut wire,
            "DossierService/RecordDossier",
            message,
            (row, fields),
        )
        .await;
    }
    let unknown = stage
        .vendor()
        .await
        .unwrap()
        .dossier(&code)
        .await
        .unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
    assert_eq!(stage.delivered(), []);
}

#[tokio::test]
async fn a_step_with_bad_values_is_refused_whole_and_leaves_the_dossier_as_it_is() {
    let stage = Stage::start().await.unwrap();
    let mut vendor = stage.vendor().await.unwrap();
    let mut wire = stage.wire().await.unwrap();
    let code = stage.dossier_code(1);
    let owner = stage.citizen("plain").unwrap();
    let event = messages::state(&code, v1::PortalStatus::Received, &owner, stage.now());
    vendor.record_state(event).await.unwrap();
    let good = messages::step(&code, v1::PortalStatus::Received, "Tiếp nhận", stage.now());
    for (row, spoil, fields) in STEPS {
        let mut request = good.clone();
        spoil(&mut request);
        let message = ("lienthong.v1.RecordProgressRequest", &request);
        both_ways(
            &mut wire,
            "DossierService/RecordProgress",
            message,
            (row, fields),
        )
        .await;
    }
    let sync = vendor.dossier(&code).await.unwrap().sync.unwrap();
    assert_eq!((sync.revision, sync.timeline.len()), (1, 1));
}

#[tokio::test]
async fn a_question_about_something_that_is_no_dossier_number_is_refused() {
    let stage = Stage::start().await.unwrap();
    let mut wire = stage.wire().await.unwrap();
    for bad in [
        "",
        "H99",
        "H99.12-250230-0001",
        "' OR 1=1 --",
        "../../etc/passwd",
    ] {
        let request = v1::GetDossierRequest {
            dossier_code: bad.to_owned(),
        };
        let message = ("lienthong.v1.GetDossierRequest", &request);
        let row = (bad, &["dossier_code"][..]);
        both_ways(&mut wire, "DossierService/GetDossier", message, row).await;
    }
}
