//! Messages that break the rules, and statuses that are put into our words.

use lienthong_proto::interop::{EchoStatus, Empty, SimpleRequest};
use prost::Message as _;
use tonic::Code;
use tonic_types::StatusExt as _;

use super::harness::{DUPLEX, EMPTY, Received, STREAM, UNARY, frame, plain_door, scripted_stream};
use crate::door::DoorLimits;

fn refused(received: &Received, reason: &str) {
    assert_eq!(
        received.status().code(),
        Code::InvalidArgument,
        "{:?}",
        received.status()
    );
    assert_eq!(received.reason(), reason);
}

#[tokio::test]
async fn a_message_that_cannot_be_decoded_is_the_callers_fault() {
    let door = plain_door(DoorLimits::default()).await;
    let mut wire = door.connect().await;
    let whole = frame(&SimpleRequest {
        response_size: 7,
        ..SimpleRequest::default()
    });
    let bodies: [(&str, Vec<u8>); 8] = [
        ("no message", vec![]),
        ("half a header", vec![0, 0, 0]),
        ("half a message", whole[..6].to_vec()),
        ("compressed, unannounced", [&[1], &whole[1..]].concat()),
        ("unknown flag", [&[7], &whole[1..]].concat()),
        ("not protobuf", vec![0, 0, 0, 0, 2, 0xff, 0xff]),
        // Field 7.2 is a string; 0xc3 0x28 is not UTF-8.
        (
            "not UTF-8",
            vec![0, 0, 0, 0, 6, 0x3a, 4, 0x12, 2, 0xc3, 0x28],
        ),
        ("two messages", [whole.as_ref(), whole.as_ref()].concat()),
    ];
    for (what, body) in bodies {
        let received = wire.grpc_bytes(UNARY, &[], body).await;
        assert_eq!(received.status().code(), Code::InvalidArgument, "{what}");
        refused(&received, "MALFORMED_MESSAGE");
    }
}

#[tokio::test]
async fn a_broken_message_within_a_stream_is_the_callers_fault_too() {
    let door = plain_door(DoorLimits::default()).await;
    let mut wire = door.connect().await;
    let whole = frame(&scripted_stream(""));
    for broken in [
        vec![0, 0, 0, 0, 2, 0xff, 0xff],
        vec![9, 0, 0, 0, 0],
        vec![0, 0, 0],
    ] {
        let body = [whole.as_ref(), broken.as_ref()].concat();
        refused(
            &wire.grpc_bytes(DUPLEX, &[], body).await,
            "MALFORMED_MESSAGE",
        );
    }
}

#[tokio::test]
async fn an_oversized_message_is_refused_by_its_length_alone() {
    let limits = DoorLimits {
        request_bytes: 1000,
        ..DoorLimits::default()
    };
    let door = plain_door(limits).await;
    let mut wire = door.connect().await;
    // The announced message never comes.
    let received = wire.grpc_bytes(UNARY, &[], vec![0, 0, 0, 0x03, 0xe9]).await;
    refused(&received, "MESSAGE_TOO_LARGE");
    let details = received.status().get_details_error_info().unwrap();
    assert_eq!(details.metadata["limit_bytes"], "1000");

    let message = "x".repeat(990);
    let fitting = SimpleRequest {
        response_status: Some(EchoStatus { code: 0, message }),
        ..SimpleRequest::default()
    };
    assert!(fitting.encoded_len() <= 1000);
    assert_eq!(
        wire.grpc(UNARY, &[], &fitting).await.status().code(),
        Code::Ok
    );
}

#[tokio::test]
async fn an_oversized_answer_is_not_sent() {
    let limits = DoorLimits {
        answer_bytes: 1000,
        ..DoorLimits::default()
    };
    let door = plain_door(limits).await;
    let mut wire = door.connect().await;
    let request = SimpleRequest {
        response_size: 2000,
        ..SimpleRequest::default()
    };
    let received = wire.grpc(UNARY, &[], &request).await;
    assert_eq!(received.status().code(), Code::ResourceExhausted);
    assert_eq!(received.reason(), "ANSWER_TOO_LARGE");
    assert!(received.body.is_empty());

    let request = SimpleRequest {
        response_size: 900,
        ..SimpleRequest::default()
    };
    assert_eq!(
        wire.grpc(UNARY, &[], &request).await.status().code(),
        Code::Ok
    );
}

#[tokio::test]
async fn a_compression_that_is_not_read_is_named() {
    let door = plain_door(DoorLimits::default()).await;
    let received = door
        .connect()
        .await
        .grpc(EMPTY, &[("grpc-encoding", "gzip")], &Empty {})
        .await;
    assert_eq!(received.status().code(), Code::Unimplemented);
    assert_eq!(received.reason(), "UNSUPPORTED_ENCODING");
    assert_eq!(received.headers["grpc-accept-encoding"], "identity");
}

#[tokio::test]
async fn unknown_services_and_methods_are_unimplemented() {
    let door = plain_door(DoorLimits::default()).await;
    let mut wire = door.connect().await;
    for path in [
        "/grpc.testing.TestService/Nothing",
        "/no.such.Service/Nothing",
        "/",
    ] {
        let received = wire.grpc(path, &[], &Empty {}).await;
        assert_eq!(received.status().code(), Code::Unimplemented, "{path}");
        assert_eq!(received.reason(), "UNKNOWN_METHOD", "{path}");
    }
}

#[tokio::test]
async fn a_services_own_status_keeps_its_code_and_message() {
    let door = plain_door(DoorLimits::default()).await;
    let mut wire = door.connect().await;
    let message = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n";
    let request = SimpleRequest {
        response_status: Some(EchoStatus {
            code: 2,
            message: message.to_owned(),
        }),
        ..SimpleRequest::default()
    };
    let received = wire.grpc(UNARY, &[], &request).await;
    assert_eq!(
        (received.status().code(), received.status().message()),
        (Code::Unknown, message)
    );
    assert_eq!(received.reason(), "UNSPECIFIED");
}

#[tokio::test]
async fn a_stream_goes_through_frame_by_frame() {
    let door = plain_door(DoorLimits::default()).await;
    let received = door
        .connect()
        .await
        .grpc(STREAM, &[], &scripted_stream(""))
        .await;
    assert_eq!(received.status().code(), Code::Ok);
    assert!(!received.body.is_empty());
}
