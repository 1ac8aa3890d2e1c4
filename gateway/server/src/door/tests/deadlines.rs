//! Deadlines, from the header to the end of a stream.

use std::time::Duration;

use lienthong_proto::interop::SimpleResponse;
use tonic::Code;

use super::harness::{STREAM, UNARY, plain_door, scripted, scripted_stream};
use crate::door::DoorLimits;

#[tokio::test]
async fn a_unary_call_ends_at_its_callers_deadline() {
    let door = plain_door(DoorLimits::default()).await;
    let mut wire = door.connect().await;
    let received = wire
        .grpc(UNARY, &[("grpc-timeout", "20m")], &scripted("wait"))
        .await;
    assert_eq!(received.status().code(), Code::DeadlineExceeded);
    assert_eq!(received.reason(), "DEADLINE_EXCEEDED");
}

#[tokio::test]
async fn a_unary_call_without_a_deadline_gets_the_default() {
    let limits = DoorLimits {
        default_deadline: Duration::from_millis(20),
        ..DoorLimits::default()
    };
    let door = plain_door(limits).await;
    let received = door
        .connect()
        .await
        .grpc(UNARY, &[], &scripted("wait"))
        .await;
    assert_eq!(received.status().code(), Code::DeadlineExceeded);
}

#[tokio::test]
async fn no_deadline_is_longer_than_the_longest_call() {
    let limits = DoorLimits {
        longest_call: Duration::from_millis(20),
        ..DoorLimits::default()
    };
    let door = plain_door(limits).await;
    let mut wire = door.connect().await;
    let received = wire
        .grpc(UNARY, &[("grpc-timeout", "99999999H")], &scripted("wait"))
        .await;
    assert_eq!(received.status().code(), Code::DeadlineExceeded);
}

#[tokio::test]
async fn a_stream_ends_at_its_deadline_after_what_it_had_to_say() {
    let door = plain_door(DoorLimits::default()).await;
    let mut wire = door.connect().await;
    let headers = [("grpc-timeout", "100m")];
    let received = wire.grpc(STREAM, &headers, &scripted_stream("wait")).await;
    assert_eq!(received.status().code(), Code::DeadlineExceeded);
    assert_eq!(received.reason(), "DEADLINE_EXCEEDED");
    assert!(
        !received.body.is_empty(),
        "the message before the deadline arrives"
    );
}

#[tokio::test]
async fn a_service_is_told_the_deadline() {
    let door = plain_door(DoorLimits::default()).await;
    let received = door.connect().await.grpc(UNARY, &[], &scripted("")).await;
    assert_eq!(received.message::<SimpleResponse>().hostname, "deadline");
}

#[tokio::test]
async fn a_timeout_that_is_none_is_refused() {
    let door = plain_door(DoorLimits::default()).await;
    let mut wire = door.connect().await;
    let received = wire
        .grpc(UNARY, &[("grpc-timeout", "soon")], &scripted(""))
        .await;
    assert_eq!(received.status().code(), Code::InvalidArgument);
    assert_eq!(received.reason(), "MALFORMED_MESSAGE");
}
