//! Readers that leave no room for an answer.

use std::time::Duration;

use http_body_util::BodyExt as _;
use lienthong_proto::interop::{Empty, SimpleRequest};
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;

use super::harness::{
    EMPTY, HEALTH_WATCH, STREAM, TestDoor, UNARY, frame, plain_door, scripted_stream,
};
use crate::door::DoorLimits;

/// Far longer than anything here takes; it only keeps a broken test from hanging.
const PATIENCE: Duration = Duration::from_secs(30);

const GRPC: [(&str, &str); 2] = [("content-type", "application/grpc"), ("te", "trailers")];

async fn door_for_one() -> TestDoor {
    plain_door(DoorLimits {
        calls: 1,
        ..DoorLimits::default()
    })
    .await
}

#[tokio::test]
async fn a_unary_answer_that_nobody_reads_holds_no_place() {
    let door = door_for_one().await;
    let large = SimpleRequest {
        response_size: 100_000,
        ..SimpleRequest::default()
    };
    let mut slow = door.connect_without_window().await;
    let unread = slow.begin(UNARY, &GRPC, frame(&large)).await;
    let received = door.connect().await.grpc(EMPTY, &[], &Empty {}).await;
    assert_eq!(received.status().code(), Code::Ok);
    drop(unread);
}

#[tokio::test]
async fn a_stream_that_nobody_reads_gives_its_place_back_at_its_deadline() {
    let door = door_for_one().await;
    let mut slow = door.connect_without_window().await;
    let mut headers = GRPC.to_vec();
    headers.push(("grpc-timeout", "200m"));
    let unread = slow
        .begin(STREAM, &headers, frame(&scripted_stream("wait")))
        .await;
    let mut wire = door.connect().await;
    let shed = wire.grpc(EMPTY, &[], &Empty {}).await;
    assert_eq!(shed.status().code(), Code::ResourceExhausted);
    let given_back = async {
        while wire.grpc(EMPTY, &[], &Empty {}).await.status().code() != Code::Ok {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, given_back).await.unwrap();
    drop(unread);
}

#[tokio::test]
async fn a_stream_without_a_deadline_has_a_longest_life() {
    let door = plain_door(DoorLimits {
        longest_stream: Duration::from_millis(20),
        ..DoorLimits::default()
    })
    .await;
    let mut wire = door.connect().await;
    let received = wire.grpc(STREAM, &[], &scripted_stream("wait")).await;
    assert_eq!(received.status().code(), Code::DeadlineExceeded);
}

#[tokio::test]
async fn health_has_places_of_its_own() {
    let door = plain_door(DoorLimits {
        open_calls: 1,
        ..DoorLimits::default()
    })
    .await;
    let mut wire = door.connect().await;
    let request = HealthCheckRequest::default();
    let watching = wire.begin(HEALTH_WATCH, &GRPC, frame(&request)).await;
    let shed = wire.grpc(HEALTH_WATCH, &[], &request).await;
    assert_eq!(shed.status().code(), Code::ResourceExhausted);
    let received = wire.grpc(EMPTY, &[], &Empty {}).await;
    assert_eq!(received.status().code(), Code::Ok);
    drop(watching);
}

#[tokio::test]
async fn watching_health_has_an_end() {
    let door = plain_door(DoorLimits {
        longest_open_stream: Duration::from_millis(20),
        ..DoorLimits::default()
    })
    .await;
    let request = HealthCheckRequest::default();
    let received = door.connect().await.grpc(HEALTH_WATCH, &[], &request).await;
    assert_eq!(received.status().code(), Code::DeadlineExceeded);
    assert!(!received.body.is_empty(), "the state of health came first");
}

#[tokio::test]
async fn watching_health_does_not_hold_up_a_stop() {
    let door = plain_door(DoorLimits {
        drain: PATIENCE,
        ..DoorLimits::default()
    })
    .await;
    let mut wire = door.connect().await;
    let request = frame(&HealthCheckRequest::default());
    let mut watching = wire.begin(HEALTH_WATCH, &GRPC, request).await.into_body();
    watching.frame().await.unwrap().unwrap();
    let report = door.running.drain().await;
    assert_eq!((report.finished, report.cut), (1, 0));
    let end = watching.collect().await.unwrap();
    assert_eq!(end.trailers().unwrap()["grpc-status"], "0");
}
