//! HTTP/2 frames written by hand, for peers that mean harm.
//!
//! What a reader would get wrong: nothing is checked here. A frame may lie about its length
//! or stand where the protocol has no place for it; that is the purpose.

use bytes::{BufMut as _, Bytes, BytesMut};

/// What a client says first.
pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Kinds of frames (RFC 9113 section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A piece of a body.
    Data,
    /// Headers.
    Headers,
    /// The end of a stream by force.
    ResetStream,
    /// Settings of the connection.
    Settings,
    /// Asks for a sign of life.
    Ping,
    /// More of a header block.
    Continuation,
}

impl Kind {
    const fn code(self) -> u8 {
        match self {
            Self::Data => 0,
            Self::Headers => 1,
            Self::ResetStream => 3,
            Self::Settings => 4,
            Self::Ping => 6,
            Self::Continuation => 9,
        }
    }
}

/// The flag `END_HEADERS` of [`Kind::Headers`] and [`Kind::Continuation`].
pub const END_HEADERS: u8 = 0x4;

/// One frame.
#[must_use]
pub fn frame(kind: Kind, flags: u8, stream: u32, payload: &[u8]) -> Bytes {
    let length = u32::try_from(payload.len())
        .unwrap_or(u32::MAX)
        .to_be_bytes();
    let mut frame = BytesMut::with_capacity(9 + payload.len());
    frame.put_slice(&length[1..]);
    frame.put_u8(kind.code());
    frame.put_u8(flags);
    frame.put_u32(stream);
    frame.put_slice(payload);
    frame.freeze()
}

/// A header block of literals that no table remembers; names and values below 127 bytes.
#[must_use]
pub fn header_block(headers: &[(&str, &str)]) -> Bytes {
    let mut block = BytesMut::new();
    for (name, value) in headers {
        block.put_u8(0);
        for text in [name, value] {
            block.put_u8(u8::try_from(text.len()).unwrap_or(126).min(126));
            block.put_slice(&text.as_bytes()[..text.len().min(126)]);
        }
    }
    block.freeze()
}

/// The headers of a gRPC call to `path`.
#[must_use]
pub fn grpc_headers(path: &str) -> Bytes {
    header_block(&[
        (":method", "POST"),
        (":scheme", "http"),
        (":authority", "localhost"),
        (":path", path),
        ("content-type", "application/grpc"),
        ("te", "trailers"),
    ])
}
