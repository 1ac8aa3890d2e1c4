//! Peers that keep to the form of HTTP/2 and not to its purpose.

use bytes::{BufMut as _, Bytes, BytesMut};
use lienthong_tests::raw_http2::{END_HEADERS, Kind, PREFACE, frame, grpc_headers, header_block};

use super::inputs::METHODS;

const STREAMS: u32 = 5_000;
const CANCEL: &[u8] = &[0, 0, 0, 8];

fn opened() -> BytesMut {
    let mut bytes = BytesMut::from(PREFACE);
    bytes.put(frame(Kind::Settings, 0, 0, &[]));
    bytes
}

/// The identifiers of the streams that a client opens.
fn streams() -> impl Iterator<Item = u32> {
    (0..STREAMS).map(|index| 2 * index + 1)
}

/// Streams that are opened and reset at once (CVE-2023-44487).
fn rapid_reset() -> BytesMut {
    let mut bytes = opened();
    let headers = grpc_headers(METHODS[0]);
    for stream in streams() {
        bytes.put(frame(Kind::Headers, END_HEADERS, stream, &headers));
        bytes.put(frame(Kind::ResetStream, 0, stream, CANCEL));
    }
    bytes
}

/// Streams that are opened and left.
fn never_ending_requests() -> BytesMut {
    let mut bytes = opened();
    let headers = grpc_headers(METHODS[0]);
    for stream in streams() {
        bytes.put(frame(Kind::Headers, END_HEADERS, stream, &headers));
    }
    bytes
}

/// Streams whose headers break the rules, so that the gateway resets them (CVE-2025-8671).
fn made_you_reset() -> BytesMut {
    let mut bytes = opened();
    let headers = grpc_headers(METHODS[0]);
    for stream in streams() {
        bytes.put(frame(Kind::Headers, END_HEADERS, stream, &headers));
        // A window that grows by nothing.
        let mut update = BytesMut::from(&frame(Kind::Data, 0, stream, &[0; 4])[..]);
        update[3] = 8;
        bytes.put(update);
    }
    bytes
}

/// A header block that never ends (CVE-2024-27316).
fn endless_continuation() -> BytesMut {
    let mut bytes = opened();
    bytes.put(frame(Kind::Headers, 0, 1, &grpc_headers(METHODS[0])));
    let more = header_block(&[(
        "x-padding",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    )]);
    for _ in 0..50_000 {
        bytes.put(frame(Kind::Continuation, 0, 1, &more));
    }
    bytes
}

/// Many small frames of one kind on the connection itself.
fn many(kind: Kind, payload: &[u8]) -> BytesMut {
    let mut bytes = opened();
    for _ in 0..50_000 {
        bytes.put(frame(kind, 0, 0, payload));
    }
    bytes
}

/// Pieces of a body without a byte in them.
fn empty_data() -> BytesMut {
    let mut bytes = opened();
    bytes.put(frame(
        Kind::Headers,
        END_HEADERS,
        1,
        &grpc_headers(METHODS[0]),
    ));
    for _ in 0..50_000 {
        bytes.put(frame(Kind::Data, 0, 1, &[]));
    }
    bytes
}

/// One entry of the dynamic table, named thousands of times: a small block that becomes a
/// large one.
fn header_bomb() -> BytesMut {
    let mut block = BytesMut::from(&grpc_headers(METHODS[0])[..]);
    // A literal that the table remembers, and then its index again and again.
    block.put_u8(0x40);
    block.put_u8(6);
    block.put_slice(b"x-bomb");
    block.put_slice(&[0x7f, 0xd1, 0x0e]);
    block.put_slice(&[b'b'; 2_000]);
    block.put_bytes(0xbe, 14_000);
    let mut bytes = opened();
    bytes.put(frame(Kind::Headers, END_HEADERS, 1, &block));
    bytes
}

/// Every flood with its name.
pub(super) fn all() -> Vec<(&'static str, Bytes)> {
    let floods = [
        ("rapid reset", rapid_reset()),
        ("requests that never end", never_ending_requests()),
        ("resets that we are made to send", made_you_reset()),
        ("headers that never end", endless_continuation()),
        ("settings", many(Kind::Settings, &[])),
        (
            "settings that change",
            many(Kind::Settings, &[0, 4, 0, 0, 0, 1]),
        ),
        ("pings", many(Kind::Ping, &[0; 8])),
        ("empty data", empty_data()),
        ("a header bomb", header_bomb()),
    ];
    floods
        .into_iter()
        .map(|(name, bytes)| (name, bytes.freeze()))
        .collect()
}
