//! JSON over HTTP in the shape of the Connect protocol, and gRPC-Web.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use lienthong_proto::interop::{Empty, SimpleRequest, SimpleResponse};
use prost::Message as _;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::harness::{
    EMPTY, HEALTH, Received, STREAM, UNARY, client, door, frame, plain_door, scripted,
};
use crate::door::{ClientDirectory, DoorLimits, Transport};

/// Checks an error and its first detail.
fn refused(received: &Received, http: u16, code: &str, reason: &str) {
    let body = received.as_json();
    assert_eq!(
        (received.http.as_u16(), body["code"].as_str()),
        (http, Some(code)),
        "{body}"
    );
    let detail = &body["details"][0];
    assert_eq!(detail["type"], "google.rpc.ErrorInfo");
    assert_eq!(detail["debug"]["reason"], reason, "{body}");
    let value = STANDARD_NO_PAD
        .decode(detail["value"].as_str().unwrap())
        .unwrap();
    let info = tonic_types::pb::ErrorInfo::decode(value.as_slice()).unwrap();
    assert_eq!(
        (info.reason.as_str(), info.domain.as_str()),
        (reason, "lienthong")
    );
}

#[tokio::test]
async fn a_unary_method_answers_json() {
    let door = plain_door(DoorLimits::default()).await;
    let mut wire = door.connect().await;
    let headers = [("x-request-id", "r-1"), ("connect-protocol-version", "1")];
    for body in [r#"{"responseSize": 3}"#, r#"{"response_size": "3"}"#] {
        let received = wire.json(UNARY, &headers, body).await;
        assert_eq!(received.http, 200);
        assert_eq!(received.headers["x-request-id"], "r-1");
        assert!(
            received
                .headers
                .keys()
                .all(|name| !name.as_str().starts_with("grpc-"))
        );
        assert_eq!(
            received.as_json(),
            json!({"payload": {"body": "AAAA"}, "username": "local", "serverId": "r-1",
                   "hostname": "deadline"}),
        );
    }
    let utf8 = [("content-type", "application/json; charset=UTF-8")];
    let received = wire.send(EMPTY, &utf8, "{}").await;
    assert_eq!(received.as_json(), json!({}));
    assert_eq!(received.headers["x-leading"], "1");
}

#[tokio::test]
async fn a_unary_method_answers_protobuf_without_frames() {
    let door = plain_door(DoorLimits::default()).await;
    let request = SimpleRequest {
        response_size: 3,
        ..SimpleRequest::default()
    };
    let headers = [("content-type", "application/proto")];
    let received = door
        .connect()
        .await
        .send(UNARY, &headers, request.encode_to_vec())
        .await;
    assert_eq!(
        (received.http.as_u16(), &received.headers["content-type"]),
        (200, &http::HeaderValue::from_static("application/proto"),)
    );
    let answer = SimpleResponse::decode(received.body).unwrap();
    assert_eq!(answer.payload.unwrap().body, [0; 3]);
}

#[tokio::test]
async fn json_works_over_http1() {
    let door = plain_door(DoorLimits::default()).await;
    let mut socket = TcpStream::connect(door.address()).await.unwrap();
    let call = "POST /grpc.testing.TestService/UnaryCall HTTP/1.1\r\nhost: x\r\n\
                connection: close\r\ncontent-type: application/json\r\n\
                content-length: 18\r\n\r\n{\"responseSize\":1}";
    socket.write_all(call.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains(r#""username":"local""#), "{answer}");
}

#[tokio::test]
async fn what_is_not_the_message_is_refused_without_repeating_it() {
    let door = plain_door(DoorLimits::default()).await;
    let mut wire = door.connect().await;
    let secret = "000099000001";
    let bodies: [Vec<u8>; 10] = [
        b"".to_vec(),
        b"{".to_vec(),
        b"nonsense 000099000001".to_vec(),
        b"[]".to_vec(),
        br#"{"000099000001": 1}"#.to_vec(),
        br#"{"responseSize": "000099000001x"}"#.to_vec(),
        br#"{"responseSize": 99999999999}"#.to_vec(),
        br#"{"responseType": "000099000001"}"#.to_vec(),
        br#"{"responseSize": 1} {"000099000001": 2}"#.to_vec(),
        b"{\"responseStatus\": {\"message\": \"000099000001\xc3\x28\"}}".to_vec(),
    ];
    for body in bodies {
        let shown = String::from_utf8_lossy(&body).into_owned();
        let received = wire.json(UNARY, &[], body).await;
        assert_eq!(received.http, 400, "{shown}");
        refused(&received, 400, "invalid_argument", "MALFORMED_MESSAGE");
        assert!(
            !String::from_utf8_lossy(&received.body).contains(secret),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn deep_json_is_refused() {
    let door = plain_door(DoorLimits::default()).await;
    let body = format!("{{\"payload\": {}", "[".repeat(100_000));
    let received = door.connect().await.json(UNARY, &[], body).await;
    refused(&received, 400, "invalid_argument", "MALFORMED_MESSAGE");
}

#[tokio::test]
async fn an_oversized_body_is_refused() {
    let limits = DoorLimits {
        request_bytes: 100,
        ..DoorLimits::default()
    };
    let door = plain_door(limits).await;
    let mut wire = door.connect().await;
    let body = format!("{{{}}}", " ".repeat(200));
    let received = wire.json(UNARY, &[], body).await;
    refused(&received, 400, "invalid_argument", "MESSAGE_TOO_LARGE");
    assert_eq!(
        received.as_json()["details"][0]["debug"]["metadata"]["limit_bytes"],
        "100"
    );
}

#[tokio::test]
async fn errors_have_the_protocols_codes_and_http_statuses() {
    let door = plain_door(DoorLimits::default()).await;
    let mut wire = door.connect().await;
    let late = wire
        .json(
            UNARY,
            &[("connect-timeout-ms", "20")],
            r#"{"payload": {"body": "d2FpdA=="}}"#,
        )
        .await;
    refused(&late, 504, "deadline_exceeded", "DEADLINE_EXCEEDED");
    let unknown = wire.json("/no.such.Service/Nothing", &[], "{}").await;
    refused(&unknown, 501, "unimplemented", "UNKNOWN_METHOD");
    let packed = wire
        .json(UNARY, &[("content-encoding", "gzip")], "{}")
        .await;
    refused(&packed, 501, "unimplemented", "UNSUPPORTED_ENCODING");
    let version = wire
        .json(UNARY, &[("connect-protocol-version", "2")], "{}")
        .await;
    refused(&version, 400, "invalid_argument", "MALFORMED_MESSAGE");
    let timeout = wire
        .json(UNARY, &[("connect-timeout-ms", "soon")], "{}")
        .await;
    refused(&timeout, 400, "invalid_argument", "MALFORMED_MESSAGE");
    let own = wire
        .json(
            UNARY,
            &[],
            r#"{"responseStatus": {"code": 9, "message": "as it was given"}}"#,
        )
        .await;
    refused(&own, 400, "failed_precondition", "UNSPECIFIED");
    assert_eq!(own.as_json()["message"], "as it was given");
    let panic = wire
        .json(
            UNARY,
            &[("x-request-id", "p-1")],
            r#"{"payload": {"body": "cGFuaWM="}}"#,
        )
        .await;
    refused(&panic, 500, "internal", "INTERNAL");
    assert_eq!(panic.as_json()["message"], "internal error, request p-1");
}

#[tokio::test]
async fn a_stranger_with_json_is_unauthenticated() {
    let door = door(
        DoorLimits::default(),
        ClientDirectory::new(),
        Transport::Plain,
    )
    .await;
    let mut wire = door.connect().await;
    refused(
        &wire.json(UNARY, &[], "{}").await,
        401,
        "unauthenticated",
        "UNKNOWN_CALLER",
    );
    let health = wire.json(HEALTH, &[], "{}").await;
    assert_eq!(health.as_json(), json!({"status": "SERVING"}));
    door.running
        .replace_clients(ClientDirectory::new().with_plain_text(client("x")));
}

#[tokio::test]
async fn what_speaks_no_protocol_is_told_which_ones_there_are() {
    let door = plain_door(DoorLimits::default()).await;
    let mut wire = door.connect().await;
    for content_type in [
        "text/plain",
        "application/json; charset=latin1",
        "application/grpc+json",
    ] {
        let received = wire
            .send(UNARY, &[("content-type", content_type)], "{}")
            .await;
        assert_eq!(received.http, 415, "{content_type}");
        assert!(
            received.headers["accept-post"]
                .to_str()
                .unwrap()
                .contains("application/json")
        );
    }
    assert_eq!(wire.send(UNARY, &[], "{}").await.http, 415);
    let stream = wire.json(STREAM, &[], "{}").await;
    refused(&stream, 415, "unimplemented", "METHOD_STREAMS");

    let mut socket = TcpStream::connect(door.address()).await.unwrap();
    socket
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 405"), "{answer}");
    assert!(answer.contains("allow: POST"), "{answer}");
}

#[tokio::test]
async fn grpc_web_carries_its_trailers_in_the_body() {
    let door = plain_door(DoorLimits::default()).await;
    let mut wire = door.connect().await;
    let headers = [("content-type", "application/grpc-web+proto")];
    let received = wire.send(EMPTY, &headers, frame(&Empty {})).await;
    assert_eq!(received.http, 200);
    assert_eq!(&received.body[..5], [0; 5]);
    assert_eq!(received.body[5], 0x80);
    assert!(
        received.body[10..].starts_with(b"grpc-status:0"),
        "{:?}",
        received.body
    );

    let broken = wire.send(UNARY, &headers, vec![0, 0, 0]).await;
    assert_eq!(broken.reason(), "MALFORMED_MESSAGE");
    let panic = wire.send(UNARY, &headers, frame(&scripted("panic"))).await;
    assert_eq!(panic.reason(), "INTERNAL");
}

#[tokio::test]
async fn an_early_refusal_over_http1_reaches_a_caller_who_is_still_writing() {
    let door = plain_door(DoorLimits::default()).await;
    let mut socket = TcpStream::connect(door.address()).await.unwrap();
    let read = async |socket: &mut TcpStream, until: &str| {
        let mut text = String::new();
        while !text.contains(until) {
            let mut part = [0; 4096];
            let count = socket.read(&mut part).await.unwrap();
            assert_ne!(count, 0, "closed after {text}");
            text.push_str(&String::from_utf8_lossy(&part[..count]));
        }
        text
    };
    let head = "POST /grpc.testing.TestService/NoSuchMethod HTTP/1.1\r\nhost: x\r\n\
                content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(b"2\r\n{}\r\n0\r\n\r\n").await.unwrap();
    let refused = read(&mut socket, "UNKNOWN_METHOD").await;
    assert!(refused.starts_with("HTTP/1.1 501"), "{refused}");
    assert!(!refused.contains("connection: close"), "{refused}");

    let next = format!(
        "POST {EMPTY} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
         content-length: 2\r\n\r\n{{}}"
    );
    socket.write_all(next.as_bytes()).await.unwrap();
    let answered = read(&mut socket, "\r\n\r\n{}").await;
    assert!(answered.starts_with("HTTP/1.1 200"), "{answered}");
}

#[tokio::test]
async fn json_that_gives_a_field_twice_is_refused() {
    let door = plain_door(DoorLimits::default()).await;
    let mut wire = door.connect().await;
    let twice = r#"{"responseSize": 3, "response_size": 4}"#;
    let received = wire.json(UNARY, &[], twice).await;
    refused(&received, 400, "invalid_argument", "MALFORMED_MESSAGE");
}
