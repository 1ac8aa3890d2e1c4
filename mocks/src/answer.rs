//! An answer on its way out, and what a scripted fault does to it.
//!
//! What a reader would get wrong: when this code runs, the effect has taken place or been
//! prevented already. Here only the bytes suffer.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use hyper::body::Frame;
use tokio::time::Sleep;

use crate::fault::FaultEffect;
use crate::listener::Connection;

/// Bytes that are no text in any encoding that a client expects.
const GARBAGE: &[u8] = &[
    0x00, 0xff, 0xfe, 0x1b, 0x80, 0x3c, 0x7b, 0xc3, 0x28, 0x00, 0xff,
];
/// What a web application firewall says instead of the service.
const FIREWALL_PAGE: &str = "<html><head><title>Request Rejected</title></head><body>\
    The requested URL was rejected. Please consult with your administrator.</body></html>";
/// Size of a piece of padding.
const PADDING_PIECE: usize = 64 * 1024;

/// Status, type and whole body, before any fault.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) content_type: &'static str,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn new(
        status: StatusCode,
        content_type: &'static str,
        body: impl Into<Bytes>,
    ) -> Self {
        Self {
            status,
            content_type,
            body: body.into(),
        }
    }

    fn into_response(self) -> Response {
        let length = self.body.len() as u64;
        self.with_body(Body::from(self.body.clone()), Some(length))
    }

    fn with_body(&self, body: Body, length: Option<u64>) -> Response {
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        if let Some(length) = length {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        response
    }
}

/// Whether the effect of a request still takes place, and what was answered if not.
pub(crate) enum Prelude {
    /// Go on; the answer may still suffer.
    GoOn,
    /// Nothing takes effect: this is the answer.
    Instead(Response),
}

/// Plays what falls before the effect. `refusal` builds the upstream's own form of an error text.
pub(crate) async fn prelude(
    fault: Option<&FaultEffect>,
    connection: &Connection,
    refusal: impl FnOnce(&crate::fault::ErrorCode, &str) -> Answer,
) -> Prelude {
    match fault {
        Some(FaultEffect::Status {
            code,
            body,
            headers,
        }) => {
            let mut response = Response::new(Body::from(body.clone()));
            *response.status_mut() = StatusCode::from_u16(*code).unwrap_or(StatusCode::BAD_GATEWAY);
            for (name, value) in headers {
                if let (Ok(name), Ok(value)) = (
                    HeaderName::try_from(name.as_str()),
                    HeaderValue::try_from(value.as_str()),
                ) {
                    response.headers_mut().append(name, value);
                }
            }
            Prelude::Instead(response)
        }
        Some(FaultEffect::Html) => Prelude::Instead(
            Answer::new(StatusCode::OK, "text/html; charset=utf-8", FIREWALL_PAGE).into_response(),
        ),
        Some(FaultEffect::ErrorText { code, message }) => {
            Prelude::Instead(refusal(code, message).into_response())
        }
        Some(FaultEffect::DropBeforeEffect) => match connection.cut().await {},
        Some(FaultEffect::Delay {
            ms,
            before_effect: true,
        }) => {
            tokio::time::sleep(Duration::from_millis(*ms)).await;
            Prelude::GoOn
        }
        Some(
            FaultEffect::Delay {
                before_effect: false,
                ..
            }
            | FaultEffect::DropAfterEffect
            | FaultEffect::Truncate { .. }
            | FaultEffect::Garbage
            | FaultEffect::HugeBody { .. }
            | FaultEffect::WrongNamespace
            | FaultEffect::ExpireSession
            | FaultEffect::IntegerErrorCode
            | FaultEffect::SlowDrip { .. },
        )
        | None => Prelude::GoOn,
    }
}

/// Whether a fault prevents the effect, so that the journal can say so before it is played.
pub(crate) fn prevents(fault: Option<&FaultEffect>) -> bool {
    matches!(
        fault,
        Some(
            FaultEffect::Status { .. }
                | FaultEffect::Html
                | FaultEffect::ErrorText { .. }
                | FaultEffect::DropBeforeEffect
        )
    )
}

/// Sends a true answer the way the fault wants it.
pub(crate) async fn send(
    answer: Answer,
    fault: Option<&FaultEffect>,
    connection: &Connection,
) -> Response {
    let whole = answer.body.len() as u64;
    match fault {
        Some(FaultEffect::Delay {
            ms,
            before_effect: false,
        }) => {
            tokio::time::sleep(Duration::from_millis(*ms)).await;
            answer.into_response()
        }
        Some(FaultEffect::DropAfterEffect) => match connection.cut().await {},
        Some(FaultEffect::Truncate { bytes }) => {
            let part = answer.body.slice(..(*bytes).min(answer.body.len()));
            let body = Pieces {
                rest: part,
                end: End::BrokenAfterFlush,
                ..Pieces::default()
            };
            answer.with_body(Body::new(body), Some(whole))
        }
        Some(FaultEffect::Garbage) => Answer {
            body: Bytes::from_static(GARBAGE),
            ..answer
        }
        .into_response(),
        Some(FaultEffect::HugeBody { bytes }) => {
            let padding = bytes.saturating_sub(whole);
            let body = Pieces {
                rest: answer.body.clone(),
                padding,
                ..Pieces::default()
            };
            answer.with_body(Body::new(body), None)
        }
        Some(FaultEffect::SlowDrip { bytes, every_ms }) => {
            let body = Pieces {
                rest: answer.body.clone(),
                piece: Some((*bytes).max(1)),
                pause: Duration::from_millis(*every_ms),
                ..Pieces::default()
            };
            answer.with_body(Body::new(body), Some(whole))
        }
        Some(
            FaultEffect::Status { .. }
            | FaultEffect::Html
            | FaultEffect::ErrorText { .. }
            | FaultEffect::DropBeforeEffect
            | FaultEffect::Delay {
                before_effect: true,
                ..
            }
            | FaultEffect::WrongNamespace
            | FaultEffect::ExpireSession
            | FaultEffect::IntegerErrorCode,
        )
        | None => answer.into_response(),
    }
}

/// How a body ends.
#[derive(Default)]
enum End {
    #[default]
    Whole,
    /// With an error before the announced length, once the rest is on its way.
    BrokenAfterFlush,
    Broken,
}

/// A body sent in pieces: cut short, padded or slow.
#[derive(Default)]
struct Pieces {
    rest: Bytes,
    /// Bytes of white space that follow.
    padding: u64,
    end: End,
    /// Bytes in a piece; all at once when absent.
    piece: Option<usize>,
    /// Before each piece.
    pause: Duration,
    sleeping: Option<Pin<Box<Sleep>>>,
}

impl Pieces {
    fn next_piece(&mut self) -> Option<Bytes> {
        if !self.rest.is_empty() {
            let at = self.piece.unwrap_or(self.rest.len()).min(self.rest.len());
            return Some(self.rest.split_to(at));
        }
        let padding = usize::try_from(self.padding)
            .unwrap_or(usize::MAX)
            .min(PADDING_PIECE);
        self.padding -= padding as u64;
        (padding > 0).then(|| Bytes::from(vec![b' '; padding]))
    }
}

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if !self.pause.is_zero() {
            let pause = self.pause;
            let sleeping = self
                .sleeping
                .get_or_insert_with(|| Box::pin(tokio::time::sleep(pause)));
            if sleeping.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            self.sleeping = None;
        }
        if let Some(piece) = self.next_piece() {
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        match self.end {
            End::Whole => Poll::Ready(None),
            End::BrokenAfterFlush => {
                // hyper writes out what it holds only while the body is pending; an error now
                // would take the head of the answer with it.
                self.end = End::Broken;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            End::Broken => {
                self.end = End::Whole;
                let reason = std::io::Error::other("scripted: the answer ends here");
                Poll::Ready(Some(Err(reason)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pieces;
    use bytes::Bytes;

    #[test]
    fn padding_comes_after_the_whole_answer_and_has_the_size_asked_for() {
        let mut pieces = Pieces {
            rest: Bytes::from_static(b"{}"),
            padding: 100_000,
            ..Pieces::default()
        };
        let mut all = Vec::new();
        while let Some(piece) = pieces.next_piece() {
            all.extend_from_slice(&piece);
        }
        assert_eq!(all.len(), 100_002);
        assert_eq!(&all[..3], b"{} ");
    }
}
