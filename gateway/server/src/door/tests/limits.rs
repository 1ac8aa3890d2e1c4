//! Limits of sockets and connections, and the drain.

use std::time::Duration;

use lienthong_proto::interop::Empty;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tonic::Code;

use super::harness::{EMPTY, STREAM, UNARY, frame, plain_door, scripted, scripted_stream};
use crate::door::{BindError, DoorLimits, DoorListener, DrainReport, Transport};

/// Far longer than anything here takes; it only keeps a broken test from hanging.
const PATIENCE: Duration = Duration::from_secs(30);

const GRPC: [(&str, &str); 2] = [("content-type", "application/grpc"), ("te", "trailers")];

/// A whole HTTP/1.1 call with JSON.
const HTTP1_CALL: &str = "POST /grpc.testing.TestService/EmptyCall HTTP/1.1\r\nhost: x\r\n\
     content-type: application/json\r\ncontent-length: 2\r\n\r\n{}";

async fn ended(mut socket: TcpStream) -> bool {
    let mut bytes = Vec::new();
    tokio::time::timeout(PATIENCE, socket.read_to_end(&mut bytes))
        .await
        .is_ok()
}

#[tokio::test]
async fn plain_text_is_not_bound_beyond_loopback() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let bound = DoorListener::bind(address.parse().unwrap(), Transport::Plain).await;
        assert!(
            matches!(bound, Err(BindError::PlainTextBeyondLoopback { .. })),
            "{address}"
        );
    }
}

#[tokio::test]
async fn a_peer_that_says_nothing_is_cut() {
    let limits = DoorLimits {
        handshake: Duration::from_millis(20),
        ..DoorLimits::default()
    };
    let door = plain_door(limits).await;
    assert!(ended(TcpStream::connect(door.address()).await.unwrap()).await);
    // A beginning that fits both versions of HTTP gains nothing.
    let mut socket = TcpStream::connect(door.address()).await.unwrap();
    socket.write_all(b"P").await.unwrap();
    assert!(ended(socket).await);
}

#[tokio::test]
async fn unfinished_http1_headers_are_cut() {
    let limits = DoorLimits {
        header_read: Duration::from_millis(20),
        ..DoorLimits::default()
    };
    let door = plain_door(limits).await;
    let mut socket = TcpStream::connect(door.address()).await.unwrap();
    socket
        .write_all(b"POST / HTTP/1.1\r\nhost: x\r\n")
        .await
        .unwrap();
    assert!(ended(socket).await);
}

#[tokio::test]
async fn the_stream_limit_is_announced() {
    let limits = DoorLimits {
        streams_per_connection: 77,
        ..DoorLimits::default()
    };
    let door = plain_door(limits).await;
    let mut socket = TcpStream::connect(door.address()).await.unwrap();
    socket
        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        .await
        .unwrap();
    socket
        .write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0])
        .await
        .unwrap();
    let mut header = [0; 9];
    socket.read_exact(&mut header).await.unwrap();
    assert_eq!(header[3], 4, "the first frame is SETTINGS");
    let length = u32::from_be_bytes([0, header[0], header[1], header[2]]) as usize;
    let mut settings = vec![0; length];
    socket.read_exact(&mut settings).await.unwrap();
    assert!(
        settings
            .chunks(6)
            .any(|setting| setting == [0, 3, 0, 0, 0, 77]),
        "{settings:?}"
    );
}

#[tokio::test]
async fn a_flood_of_resets_ends_the_connection() {
    let door = plain_door(DoorLimits::default()).await;
    let mut socket = TcpStream::connect(door.address()).await.unwrap();
    let mut flood = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
    for stream in (1..4000_u32).step_by(2) {
        // HEADERS with `POST http /`, then RST_STREAM with CANCEL.
        flood.extend([0, 0, 3, 1, 4]);
        flood.extend(stream.to_be_bytes());
        flood.extend([0x83, 0x86, 0x84, 0, 0, 4, 3, 0]);
        flood.extend(stream.to_be_bytes());
        flood.extend([0, 0, 0, 8]);
    }
    // The door may close while the flood is still being written.
    let _closed = socket.write_all(&flood).await;
    let mut answer = Vec::new();
    let read = tokio::time::timeout(PATIENCE, socket.read_to_end(&mut answer)).await;
    assert!(read.is_ok(), "the connection is still open");
    drop(socket);
    assert_eq!(
        door.connect()
            .await
            .grpc(EMPTY, &[], &Empty {})
            .await
            .status()
            .code(),
        Code::Ok
    );
}

#[tokio::test]
async fn a_connection_too_many_waits_for_a_place() {
    let limits = DoorLimits {
        connections: 1,
        ..DoorLimits::default()
    };
    let door = plain_door(limits).await;
    let mut first = door.connect().await;
    first.grpc(EMPTY, &[], &Empty {}).await;
    let mut second = TcpStream::connect(door.address()).await.unwrap();
    second.write_all(HTTP1_CALL.as_bytes()).await.unwrap();
    for _ in 0..200 {
        assert_eq!(
            first.grpc(EMPTY, &[], &Empty {}).await.status().code(),
            Code::Ok
        );
    }
    let waiting = second.try_read(&mut [0; 1]);
    assert_eq!(waiting.unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    drop(first);
    let mut start = [0; 12];
    tokio::time::timeout(PATIENCE, second.read_exact(&mut start))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(&start, b"HTTP/1.1 200");
}

#[tokio::test]
async fn an_old_connection_is_asked_to_end_and_its_calls_are_not_cut() {
    let limits = DoorLimits {
        connection_age: Some(Duration::from_millis(20)),
        connection_age_grace: PATIENCE,
        ..DoorLimits::default()
    };
    let door = plain_door(limits).await;
    let mut socket = TcpStream::connect(door.address()).await.unwrap();
    socket
        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        .await
        .unwrap();
    socket
        .write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0])
        .await
        .unwrap();
    let mut goaway = false;
    let mut header = [0; 9];
    while !goaway {
        let read = tokio::time::timeout(PATIENCE, socket.read_exact(&mut header))
            .await
            .unwrap();
        read.expect("GOAWAY comes before the end");
        goaway = header[3] == 7;
        let length = u32::from_be_bytes([0, header[0], header[1], header[2]]) as usize;
        socket.read_exact(&mut vec![0; length]).await.unwrap();
    }

    // A call that is open when its connection grows old ends as it would have.
    let mut wire = door.connect().await;
    let mut probe = wire.clone();
    let call = tokio::spawn(async move { wire.grpc(UNARY, &[], &scripted("gate")).await });
    door.service.arrived.notified().await;
    while probe
        .try_begin(EMPTY, &GRPC, frame(&Empty {}))
        .await
        .is_ok()
    {}
    door.service.gate.notify_one();
    assert_eq!(call.await.unwrap().status().code(), Code::Ok);
}

#[tokio::test]
async fn a_drain_lets_open_calls_end() {
    let door = plain_door(DoorLimits {
        drain: PATIENCE,
        ..DoorLimits::default()
    })
    .await;
    let mut wire = door.connect().await;
    let call = tokio::spawn(async move { wire.grpc(UNARY, &[], &scripted("gate")).await });
    door.service.arrived.notified().await;
    let address = door.address();
    let drain = tokio::spawn(door.running.drain());
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    door.service.gate.notify_one();
    assert_eq!(call.await.unwrap().status().code(), Code::Ok);
    assert_eq!(
        drain.await.unwrap(),
        DrainReport {
            finished: 1,
            cut: 0
        }
    );
}

#[tokio::test]
async fn a_drain_cuts_what_is_left_at_its_deadline() {
    let limits = DoorLimits {
        drain: Duration::from_millis(20),
        ..DoorLimits::default()
    };
    let door = plain_door(limits).await;
    let mut idle = door.connect().await;
    idle.grpc(EMPTY, &[], &Empty {}).await;
    let mut busy = door.connect().await;
    let open = busy
        .begin(STREAM, &GRPC, frame(&scripted_stream("wait")))
        .await;
    assert_eq!(
        door.running.drain().await,
        DrainReport {
            finished: 1,
            cut: 1
        }
    );
    drop(open);
}
