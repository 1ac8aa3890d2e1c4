//! Bytes that are no message of the contract are refused by their shape, and go nowhere.

use bytes::Bytes;
use lienthong::demo::messages;
use lienthong_proto::v1;
use lienthong_tests::stage::Stage;
use lienthong_tests::wire::{Received, frame, frame_as, frame_bytes, json_of, post_json, reason};
use prost::Message as _;
use serde_json::{Value, json};
use tonic::Code;

const VERIFY: &str = "/lienthong.v1.PopulationService/VerifyCitizen";
const RECORD: &str = "/lienthong.v1.DossierService/RecordDossier";

/// Most bytes of a request under the usual settings.
const LIMIT: usize = 1 << 20;

/// The name in every message below; no error text may show it.
const NAME: &str = "Trần Thị Mẫu Thử";

fn verify(stage: &Stage) -> v1::VerifyCitizenRequest {
    messages::verify(&stage.citizen("plain").unwrap(), &stage.dossier_code(1))
}

/// Bodies that hold no message, with the reason of their refusal.
#[rustfmt::skip] // A row a line.
fn broken_bodies(good: &[u8]) -> Vec<(&'static str, Bytes, &'static str)> {
    let length = u32::try_from(good.len()).unwrap();
    let twice = [frame_bytes(good), frame_bytes(good)].concat();
    // Field 3, a text, of two bytes that are no UTF-8.
    let not_utf8 = [good, &[0x1a, 2, 0xc3, 0x28]].concat();
    // Field 3 as a number.
    let other_type = [good, &[0x18, 1]].concat();
    let deep = (0..200).fold(Vec::new(), |inner: Vec<u8>, _| {
        let mut outer = vec![0x0a];
        prost::encoding::encode_varint(inner.len() as u64, &mut outer);
        outer.extend(inner);
        outer
    });
    vec![
        ("nothing at all", Bytes::new(), "MALFORMED_MESSAGE"),
        ("half a frame header", Bytes::from_static(&[0, 0, 0]), "MALFORMED_MESSAGE"),
        ("less than announced", frame_as(0, length + 9, good), "MALFORMED_MESSAGE"),
        ("more than announced", frame_as(0, length - 9, good), "MALFORMED_MESSAGE"),
        ("marked as compressed", frame_as(1, length, good), "MALFORMED_MESSAGE"),
        ("an unknown flag", frame_as(7, length, good), "MALFORMED_MESSAGE"),
        ("two messages", twice.into(), "MALFORMED_MESSAGE"),
        ("a text that is no UTF-8", frame_bytes(&not_utf8), "MALFORMED_MESSAGE"),
        ("a number for a text", frame_bytes(&other_type), "MALFORMED_MESSAGE"),
        ("a field cut off", frame_bytes(&good[..good.len() - 1]), "MALFORMED_MESSAGE"),
        ("noise", frame_bytes(&[0xff; 64]), "MALFORMED_MESSAGE"),
        ("200 levels", frame_bytes(&deep), "MALFORMED_MESSAGE"),
        ("one byte too many", frame_bytes(&vec![0; LIMIT + 1]), "MESSAGE_TOO_LARGE"),
        ("four gigabytes announced", frame_as(0, u32::MAX, good), "MESSAGE_TOO_LARGE"),
    ]
}

#[tokio::test]
async fn broken_grpc_messages_are_refused_by_their_shape() {
    let stage = Stage::start().await.unwrap();
    let mut wire = stage.wire().await.unwrap();
    let rows = broken_bodies(&verify(&stage).encode_to_vec());
    for path in [VERIFY, RECORD] {
        for (row, body, expected) in &rows {
            let answer = wire.grpc(path, &[], body.clone()).await.unwrap();
            let status = answer.status().unwrap();
            assert_eq!(
                status.code(),
                Code::InvalidArgument,
                "{row}: {}",
                status.message()
            );
            assert_eq!(reason(&status), *expected, "{row}");
            assert!(!status.message().contains(NAME), "{row}");
        }
    }
    assert_eq!((stage.asked(), stage.delivered()), (vec![], vec![]));
    let answer = wire
        .grpc(VERIFY, &[], frame(&verify(&stage)))
        .await
        .unwrap();
    let answer: v1::VerifyCitizenResponse = answer.message().unwrap();
    assert_eq!(
        answer.verdict(),
        v1::Verdict::Match,
        "the same connection still serves"
    );
}

/// `{"a":{"a":…}}` of `levels` levels.
fn nested(name: &str, levels: usize) -> String {
    format!(
        "{}1{}",
        format!("{{\"{name}\":").repeat(levels),
        "}".repeat(levels)
    )
}

fn without_last(text: &str) -> String {
    text[..text.len() - 1].to_owned()
}

fn spoiled(good: &Value, key: &str, value: Value) -> String {
    let mut spoiled = good.clone();
    spoiled[key] = value;
    spoiled.to_string()
}

#[rustfmt::skip] // A row a line.
fn bad_json(good: &Value) -> Vec<(&'static str, Bytes)> {
    let text = good.to_string();
    let mut not_utf8 = text.clone().into_bytes();
    let at = text.find("Mẫu").unwrap();
    not_utf8[at + 1] = 0xff;
    let rows: Vec<(&str, String)> = vec![
        ("nothing at all", String::new()),
        ("white space", " \n".to_owned()),
        ("null", "null".to_owned()),
        ("a list", "[]".to_owned()),
        ("a text", "\"{}\"".to_owned()),
        ("cut off", without_last(&text)),
        ("something behind it", format!("{text}{{}}")),
        ("a comment", format!("/* */{text}")),
        ("an unknown field", spoiled(good, "hoTen", json!(NAME))),
        ("a number for a text", spoiled(good, "fullName", json!(1))),
        ("a text for a message", spoiled(good, "birth", json!("1985-02-13"))),
        ("both of a choice", spoiled(good, "birth", json!({"date": "1985-02-13", "year": 1985}))),
        ("a year beyond 32 bits", spoiled(good, "birth", json!({"year": 4_294_967_296_u64}))),
        ("half a year", spoiled(good, "birth", json!({"year": 1985.5}))),
        ("a purpose of no name", spoiled(good, "context", json!({"purpose": "CURIOSITY"}))),
        ("a duration in words", spoiled(good, "freshness", json!({"maxAge": "an hour"}))),
        ("a huge number", text.replace("\"fullName\"", "\"birth\":{\"year\":1e999},\"fullName\"")),
        ("digits without end", format!("{{\"birth\":{{\"year\":{}}}}}", "9".repeat(100_000))),
        ("unknown nesting", nested("a", 10_000)),
        ("known nesting", nested("context", 10_000)),
        ("lists without end", "[".repeat(100_000)),
        ("more than is taken", format!("{{\"fullName\":\"{}\"}}", "a".repeat(LIMIT))),
    ];
    let mut rows: Vec<(&str, Bytes)> =
        rows.into_iter().map(|(row, text)| (row, Bytes::from(text))).collect();
    rows.push(("a text that is no UTF-8", not_utf8.into()));
    rows.push(("half a surrogate", text.replace(NAME, "\\ud83d").into()));
    rows
}

fn refused_as_no_message(row: &str, answer: &Received) {
    assert_eq!(answer.http, 400, "{row}: {:?}", answer.body);
    let status = answer.connect_status().unwrap();
    assert_eq!(status.code(), Code::InvalidArgument, "{row}");
    let expected = ["MALFORMED_MESSAGE", "MESSAGE_TOO_LARGE"];
    assert!(
        expected.contains(&reason(&status).as_str()),
        "{row}: {}",
        reason(&status)
    );
    assert!(
        !status.message().contains(NAME),
        "{row}: {}",
        status.message()
    );
}

#[tokio::test]
async fn json_that_gives_a_field_twice_is_refused_because_it_has_two_meanings() {
    let stage = Stage::start().await.unwrap();
    let mut wire = stage.wire().await.unwrap();
    let good = json_of("lienthong.v1.VerifyCitizenRequest", &verify(&stage)).unwrap();
    let text = good.to_string();
    let inner = text.replacen("\"birth\":{", "\"birth\":{\"date\":\"1985-02-13\",", 1);
    let rows = [
        (
            "a field twice",
            format!("{},\"fullName\":\"{NAME}\"}}", without_last(&text)),
        ),
        (
            "both its names",
            format!("{},\"full_name\":\"{NAME}\"}}", without_last(&text)),
        ),
        ("an inner field twice", inner),
    ];
    for (row, body) in rows {
        refused_as_no_message(row, &wire.json(VERIFY, body).await.unwrap());
    }
    assert_eq!(stage.asked(), []);
}

#[tokio::test]
async fn broken_json_is_refused_with_400_and_asks_nobody() {
    let stage = Stage::start().await.unwrap();
    let mut wire = stage.wire().await.unwrap();
    let address = stage.addresses().unwrap().plain.unwrap();
    let good = json_of("lienthong.v1.VerifyCitizenRequest", &verify(&stage)).unwrap();
    for (row, body) in bad_json(&good) {
        let over_http2 = wire.json(VERIFY, body.clone()).await.unwrap();
        let over_http1 = post_json(address, VERIFY, body).await.unwrap();
        for answer in [over_http2, over_http1] {
            refused_as_no_message(row, &answer);
        }
    }
    assert_eq!(stage.asked(), []);
    let answer = wire.json(VERIFY, good.to_string()).await.unwrap();
    assert_eq!(answer.json().unwrap()["verdict"], "MATCH");
}

#[tokio::test]
async fn a_request_that_names_what_the_gateway_does_not_have_is_told_so() {
    let stage = Stage::start().await.unwrap();
    let mut wire = stage.wire().await.unwrap();
    let body = frame(&verify(&stage));
    for path in [
        "/lienthong.v1.PopulationService/NoSuchMethod",
        "/no.such.Service/Method",
    ] {
        let answer = wire.grpc(path, &[], body.clone()).await.unwrap();
        assert_eq!(
            answer.status().unwrap().code(),
            Code::Unimplemented,
            "{path}"
        );
        let answer = wire.json(path, "{}").await.unwrap();
        assert_eq!(
            answer.connect_status().unwrap().code(),
            Code::Unimplemented,
            "{path}"
        );
    }
    let compressed = [("grpc-encoding", "gzip")];
    let answer = wire
        .grpc(VERIFY, &compressed, frame_as(1, 3, b"abc"))
        .await
        .unwrap();
    assert_eq!(answer.status().unwrap().code(), Code::Unimplemented);
    let foreign = [("content-type", "text/xml")];
    assert_eq!(wire.post(VERIFY, &foreign, "<a/>").await.unwrap().http, 415);
}
