//! Every limit of the door, with its default.
//!
//! The defaults suit one province on two cores, and the configuration takes them from
//! here. What a reader would get wrong: a deadline that a caller asks for can only
//! shorten [`DoorLimits::longest_call`] and [`DoorLimits::longest_stream`], and the
//! longest life of a stream is not a deadline that its service is told.

use std::time::Duration;

/// What one door lets in, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoorLimits {
    /// Most open connections over all listeners; the next one waits in the kernel's
    /// queue. 1024.
    pub connections: usize,
    /// Time for a TLS handshake, and for the first bytes that tell HTTP/1.1 from
    /// HTTP/2. 10 s.
    pub handshake: Duration,
    /// Most open streams in one HTTP/2 connection, announced in SETTINGS. 200.
    pub streams_per_connection: u32,
    /// Most streams that a peer may have reset while the gateway still holds them;
    /// then the connection is closed (RUSTSEC-2024-0003). 1024.
    pub resets_by_us: usize,
    /// Most streams that a peer may open and reset before they are looked at; then the
    /// connection is closed (CVE-2023-44487). 20.
    pub pending_resets: usize,
    /// Largest header list of a request, in bytes. 16 KiB.
    pub header_bytes: u32,
    /// Time for the headers of an HTTP/1.1 request. 10 s.
    pub header_read: Duration,
    /// Window of one stream, in bytes: what a peer may send before its service reads. It
    /// only costs round trips to messages that are larger. 256 KiB.
    pub stream_window: u32,
    /// Window of one connection, in bytes. A peer may make the gateway hold this much
    /// unread, so all connections together hold 1 GiB at most. 1 MiB.
    pub connection_window: u32,
    /// Silence after which an HTTP/2 peer is pinged. 30 s.
    pub keep_alive_interval: Duration,
    /// Time for the answer to that ping. 20 s.
    pub keep_alive_timeout: Duration,
    /// Age at which a connection is asked to end (GOAWAY), varied by a tenth either
    /// way so that clients do not all come back at once; `None`: never. 1 h.
    pub connection_age: Option<Duration>,
    /// Time that such a connection has for its open calls. 5 min.
    pub connection_age_grace: Duration,
    /// Largest request message, in bytes, in protobuf and in JSON. 1 MiB; the
    /// codec's own default is 4 MiB: a service that is to take more must be told so too.
    pub request_bytes: usize,
    /// Largest answer message, in bytes. 4 MiB.
    pub answer_bytes: usize,
    /// Most calls at work at once, over all connections. A unary call counts until its
    /// answer is complete, a stream until it has ended; how fast the caller reads plays
    /// no part. Health and reflection have [`DoorLimits::open_calls`]. 1024.
    pub calls: usize,
    /// Most calls of health and reflection at work at once, over all connections: they
    /// are answered to strangers and in overload. 64.
    pub open_calls: usize,
    /// What a refused caller is told to wait. 1 s.
    pub overload_retry_after: Duration,
    /// Deadline of a unary call whose caller set none. 30 s.
    pub default_deadline: Duration,
    /// Longest deadline that a caller gets for a unary call. 5 min.
    pub longest_call: Duration,
    /// Longest life of a stream, whatever its caller sets; as long as that of its
    /// connection. 1 h.
    pub longest_stream: Duration,
    /// Longest life of a stream of health or reflection, which also ends when the
    /// gateway begins to stop. 5 min.
    pub longest_open_stream: Duration,
    /// Time that open calls have when the gateway stops. 20 s.
    pub drain: Duration,
}

impl Default for DoorLimits {
    fn default() -> Self {
        Self {
            connections: 1024,
            handshake: Duration::from_secs(10),
            streams_per_connection: 200,
            resets_by_us: 1024,
            pending_resets: 20,
            header_bytes: 16 * 1024,
            header_read: Duration::from_secs(10),
            stream_window: 256 * 1024,
            connection_window: 1024 * 1024,
            keep_alive_interval: Duration::from_secs(30),
            keep_alive_timeout: Duration::from_secs(20),
            connection_age: Some(Duration::from_hours(1)),
            connection_age_grace: Duration::from_mins(5),
            request_bytes: 1024 * 1024,
            answer_bytes: 4 * 1024 * 1024,
            calls: 1024,
            open_calls: 64,
            overload_retry_after: Duration::from_secs(1),
            default_deadline: Duration::from_secs(30),
            longest_call: Duration::from_mins(5),
            longest_stream: Duration::from_hours(1),
            longest_open_stream: Duration::from_mins(5),
            drain: Duration::from_secs(20),
        }
    }
}
