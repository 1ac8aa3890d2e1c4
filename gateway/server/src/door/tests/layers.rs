//! What the layers promise to a caller.

use lienthong_proto::interop::{Empty, SimpleResponse};
use prometheus_client::encoding::text::encode;
use tonic::Code;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};
use tonic_types::StatusExt as _;

use super::harness::{
    EMPTY, HEALTH, STREAM, UNARY, client, door, frame, plain_door, scripted, scripted_stream,
};
use crate::door::{ClientDirectory, DoorLimits, Transport};

#[tokio::test]
async fn a_request_id_is_kept_when_it_is_one_and_replaced_otherwise() {
    let door = plain_door(DoorLimits::default()).await;
    let mut wire = door.connect().await;
    let kept = wire
        .grpc(UNARY, &[("x-request-id", "dossier-7.1")], &scripted(""))
        .await;
    assert_eq!(kept.headers["x-request-id"], "dossier-7.1");
    assert_eq!(kept.message::<SimpleResponse>().server_id, "dossier-7.1");

    let long = "x".repeat(65);
    for bad in ["with space", long.as_str(), ""] {
        let replaced = wire
            .grpc(UNARY, &[("x-request-id", bad)], &scripted(""))
            .await;
        let id = replaced.headers["x-request-id"]
            .to_str()
            .unwrap()
            .to_owned();
        assert_eq!(uuid::Uuid::parse_str(&id).unwrap().get_version_num(), 7);
        assert_eq!(replaced.message::<SimpleResponse>().server_id, id);
    }
}

#[tokio::test]
async fn a_panic_is_internal_and_tells_the_request_id_alone() {
    let door = plain_door(DoorLimits::default()).await;
    let mut wire = door.connect().await;
    for (path, body) in [
        (UNARY, frame(&scripted("panic"))),
        (STREAM, frame(&scripted_stream("panic"))),
    ] {
        let received = wire
            .grpc_bytes(path, &[("x-request-id", "abc")], body)
            .await;
        let status = received.status();
        assert_eq!(status.code(), Code::Internal);
        assert_eq!(status.message(), "internal error, request abc");
        assert_eq!(received.reason(), "INTERNAL");
        assert!(!format!("{received:?}").contains("000000000001"));
    }
    assert_eq!(
        wire.grpc(UNARY, &[], &scripted("")).await.status().code(),
        Code::Ok
    );
}

#[tokio::test]
async fn overload_says_when_to_come_back_and_leaves_health_alone() {
    let limits = DoorLimits {
        calls: 1,
        ..DoorLimits::default()
    };
    let door = plain_door(limits).await;
    let mut wire = door.connect().await;
    let headers = [("content-type", "application/grpc"), ("te", "trailers")];
    let open = wire
        .begin(STREAM, &headers, frame(&scripted_stream("wait")))
        .await;

    let shed = wire.grpc(EMPTY, &[], &Empty {}).await;
    assert_eq!(shed.status().code(), Code::ResourceExhausted);
    assert_eq!(shed.reason(), "OVERLOADED");
    let retry = shed.status().get_details_retry_info().unwrap();
    assert_eq!(
        retry.retry_delay,
        Some(DoorLimits::default().overload_retry_after)
    );

    let health = wire.grpc(HEALTH, &[], &HealthCheckRequest::default()).await;
    assert_eq!(health.message::<HealthCheckResponse>().status, 1);

    drop(open);
    let mut tries = 0;
    while wire.grpc(EMPTY, &[], &Empty {}).await.status().code() != Code::Ok {
        tries += 1;
        assert!(
            tries < 10_000,
            "the place of an ended call was not given back"
        );
    }
}

#[tokio::test]
async fn a_stranger_may_ask_for_health_and_nothing_else() {
    let door = door(
        DoorLimits::default(),
        ClientDirectory::new(),
        Transport::Plain,
    )
    .await;
    let mut wire = door.connect().await;
    let received = wire.grpc(UNARY, &[], &scripted("panic")).await;
    assert_eq!(received.status().code(), Code::Unauthenticated);
    assert_eq!(received.reason(), "UNKNOWN_CALLER");
    let unknown = wire.grpc("/no.such.Service/Nothing", &[], &Empty {}).await;
    assert_eq!(unknown.status().code(), Code::Unauthenticated);
    let health = wire.grpc(HEALTH, &[], &HealthCheckRequest::default()).await;
    assert_eq!(health.message::<HealthCheckResponse>().status, 1);
}

#[tokio::test]
async fn a_new_directory_counts_on_open_connections() {
    let door = door(
        DoorLimits::default(),
        ClientDirectory::new(),
        Transport::Plain,
    )
    .await;
    let mut wire = door.connect().await;
    assert_eq!(
        wire.grpc(UNARY, &[], &scripted("")).await.reason(),
        "UNKNOWN_CALLER"
    );
    door.running
        .replace_clients(ClientDirectory::new().with_plain_text(client("north")));
    let received = wire.grpc(UNARY, &[], &scripted("")).await;
    assert_eq!(received.message::<SimpleResponse>().username, "north");
}

#[tokio::test]
async fn calls_are_counted_by_names_that_no_caller_can_invent() {
    let door = plain_door(DoorLimits::default()).await;
    let mut wire = door.connect().await;
    wire.grpc(EMPTY, &[], &Empty {}).await;
    wire.json(EMPTY, &[], "{}").await;
    wire.grpc("/a.b.C/Invented", &[], &Empty {}).await;
    let mut text = String::new();
    encode(&mut text, &door.registry).unwrap();
    let count = |method: &str, code: &str, protocol: &str| {
        text.lines().any(|line| {
            line.starts_with("lienthong_door_calls_total{")
                && line.contains(&format!("method=\"{method}\""))
                && line.contains(&format!("code=\"{code}\""))
                && line.contains(&format!("protocol=\"{protocol}\""))
                && line.ends_with(" 1")
        })
    };
    assert!(count("EmptyCall", "OK", "grpc"), "{text}");
    assert!(count("EmptyCall", "OK", "connect_json"), "{text}");
    assert!(count("other", "UNIMPLEMENTED", "grpc"), "{text}");
    assert!(!text.contains("Invented"), "{text}");
    assert!(text.contains("lienthong_door_calls_in_flight 0"), "{text}");
    assert!(text.contains("lienthong_door_connections 1"), "{text}");
}
