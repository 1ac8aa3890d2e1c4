//! gRPC's frames: five bytes, flag and length, then the message.
//!
//! What a reader would get wrong: nothing is buffered here. The bodies count what goes
//! through, so an oversized message is refused by its length alone, before it arrives.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use bytes::{BufMut as _, Bytes, BytesMut};
use http::HeaderMap;
use http_body::{Frame, SizeHint};

use crate::status::{self, Placement, ServerError};

/// Bytes before each message.
pub(super) const HEADER: usize = 5;

/// Puts `message` into one uncompressed frame; `None` past 4 GiB.
pub(super) fn framed(message: &[u8]) -> Option<Bytes> {
    let length = u32::try_from(message.len()).ok()?;
    let mut frame = BytesMut::with_capacity(HEADER + message.len());
    frame.put_u8(0);
    frame.put_u32(length);
    frame.put_slice(message);
    Some(frame.freeze())
}

/// The message of the only frame in `bytes`.
pub(super) fn only_message(bytes: &Bytes) -> Option<Bytes> {
    let [0, length @ ..] = *bytes.first_chunk::<HEADER>()? else {
        return None;
    };
    let message = bytes.slice(HEADER..);
    (u32::from_be_bytes(length) as usize == message.len()).then_some(message)
}

/// Where a stream of frames stands.
#[derive(Debug, Default)]
struct Position {
    header: [u8; HEADER],
    /// Bytes of the header seen.
    seen: usize,
    /// Bytes of the message still to come.
    left: usize,
    /// Headers completed.
    messages: usize,
}

/// A header that has just been completed.
struct Opened {
    flag: u8,
    length: usize,
    /// Where its first byte lies in the chunk; `None` when it began in an earlier one.
    start: Option<usize>,
}

impl Position {
    /// Whether a frame has been begun and not ended.
    fn within_frame(&self) -> bool {
        self.seen > 0 || self.left > 0
    }

    /// Walks over `chunk` and tells `check` of each header; stops at its first error.
    fn walk<E>(
        &mut self,
        chunk: &[u8],
        mut check: impl FnMut(&Opened, usize) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut at = 0;
        let mut start = None;
        while at < chunk.len() {
            if self.left > 0 {
                let step = self.left.min(chunk.len() - at);
                self.left -= step;
                at += step;
                continue;
            }
            if self.seen == 0 {
                start = Some(at);
            }
            self.header[self.seen] = chunk[at];
            self.seen += 1;
            at += 1;
            if self.seen == HEADER {
                let [flag, length @ ..] = self.header;
                let length = u32::from_be_bytes(length) as usize;
                self.seen = 0;
                self.left = length;
                self.messages += 1;
                check(
                    &Opened {
                        flag,
                        length,
                        start: start.take(),
                    },
                    self.messages,
                )?;
            }
        }
        Ok(())
    }
}

/// A request body whose frames are checked. Its errors are statuses, which tonic hands
/// on as they are.
#[derive(Debug)]
pub(super) struct RequestFrames {
    inner: Body,
    limit: usize,
    /// Whether the method takes exactly one message.
    one: bool,
    position: Position,
    /// What ends the body after the messages that came before it in the same chunk.
    failing: Option<ServerError>,
    failed: bool,
}

impl RequestFrames {
    /// Checks `inner`: messages of at most `limit` bytes, and just one when `one`.
    pub(super) fn new(inner: Body, limit: usize, one: bool) -> Self {
        Self {
            inner,
            limit,
            one,
            position: Position::default(),
            failing: None,
            failed: false,
        }
    }

    /// What is wrong with `chunk`, and how much of it comes before that.
    fn check(&mut self, chunk: &[u8]) -> Result<(), (ServerError, usize)> {
        let (limit, one) = (self.limit, self.one);
        self.position.walk(chunk, |opened, messages| {
            let error = match opened.flag {
                _ if one && messages > 1 => malformed("the method takes one message"),
                0 if opened.length > limit => ServerError::MessageTooLarge { limit },
                0 => return Ok(()),
                1 => malformed("it is marked as compressed, which was not announced"),
                _ => malformed("its frame has an unknown flag"),
            };
            // Of the only message nothing is wanted when there is a second.
            let before = opened.start.filter(|_| !one);
            Err((error, before.unwrap_or(0)))
        })
    }

    fn check_end(&self) -> Result<(), ServerError> {
        if self.position.within_frame() {
            return Err(malformed("it ends before its announced length"));
        }
        if self.one && self.position.messages == 0 {
            return Err(malformed("there is none"));
        }
        Ok(())
    }

    fn fail(&mut self, error: ServerError) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.failed = true;
        self.inner = Body::empty();
        Poll::Ready(Some(Err(axum::Error::new(tonic::Status::from(error)))))
    }
}

fn malformed(problem: &'static str) -> ServerError {
    ServerError::MalformedMessage {
        problem: problem.into(),
    }
}

impl http_body::Body for RequestFrames {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        if this.failed {
            return Poll::Ready(None);
        }
        if let Some(error) = this.failing.take() {
            return this.fail(error);
        }
        let polled = ready!(Pin::new(&mut this.inner).poll_frame(cx));
        let chunk = match &polled {
            Some(Ok(frame)) => frame.data_ref(),
            Some(Err(_)) => return Poll::Ready(polled),
            None => None,
        };
        let checked = match chunk {
            Some(chunk) => this.check(chunk),
            None => this.check_end().map_err(|error| (error, 0)),
        };
        match (checked, chunk) {
            (Ok(()), _) => Poll::Ready(polled),
            (Err((error, before)), Some(chunk)) if before > 0 => {
                this.failing = Some(error);
                Poll::Ready(Some(Ok(Frame::data(chunk.slice(..before)))))
            }
            (Err((error, _)), _) => this.fail(error),
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// An answer body whose messages have a limit and whose trailers are completed.
#[derive(Debug)]
pub(super) struct AnswerFrames {
    inner: Body,
    limit: usize,
    request_limit: usize,
    position: Position,
    /// Trailers to send instead of the rest.
    instead: Option<HeaderMap>,
    over: bool,
}

impl AnswerFrames {
    /// Lets messages of at most `limit` bytes through; `request_limit` is told to
    /// callers whose own message was too large.
    pub(super) fn new(inner: Body, limit: usize, request_limit: usize) -> Self {
        Self {
            inner,
            limit,
            request_limit,
            position: Position::default(),
            instead: None,
            over: false,
        }
    }

    /// What of `chunk` may be sent; the rest is replaced by trailers when a message is
    /// too large.
    fn admit(&mut self, chunk: Bytes) -> Option<Bytes> {
        let limit = self.limit;
        let walked = self.position.walk(&chunk, |opened, _| {
            if opened.length > limit {
                Err(opened.start.unwrap_or(0))
            } else {
                Ok(())
            }
        });
        let Err(sent) = walked else {
            return Some(chunk);
        };
        self.inner = Body::empty();
        let mut trailers = HeaderMap::new();
        // A status of ours holds nothing that a header value cannot.
        let _written =
            tonic::Status::from(ServerError::AnswerTooLarge { limit }).add_header(&mut trailers);
        self.instead = Some(trailers);
        (sent > 0).then(|| chunk.slice(..sent))
    }
}

impl http_body::Body for AnswerFrames {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        loop {
            if let Some(trailers) = this.instead.take() {
                this.over = true;
                return Poll::Ready(Some(Ok(Frame::trailers(trailers))));
            }
            if this.over {
                return Poll::Ready(None);
            }
            let frame = match ready!(Pin::new(&mut this.inner).poll_frame(cx)) {
                Some(Ok(frame)) => frame,
                other => return Poll::Ready(other),
            };
            match frame.into_data() {
                Ok(chunk) => {
                    if let Some(chunk) = this.admit(chunk) {
                        return Poll::Ready(Some(Ok(Frame::data(chunk))));
                    }
                }
                Err(frame) => {
                    let Ok(mut trailers) = frame.into_trailers() else {
                        continue;
                    };
                    status::complete(&mut trailers, Placement::AfterHeaders, this.request_limit);
                    return Poll::Ready(Some(Ok(Frame::trailers(trailers))));
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.over || (self.instead.is_none() && self.inner.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}
