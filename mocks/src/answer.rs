//! An answer on its way out, and what a scripted fault does to it.
//!
//! What a reader would get wrong: when this code runs, the effect has taken place or been
//! prevented already. Here only the bytes suffer.

mod pieces;
mod spoilt;

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;

use crate::fault::FaultEffect;
use crate::listener::Connection;
use pieces::{End, Pieces};
pub(crate) use spoilt::spoilt;

/// Bytes that are no text in any encoding that a client expects.
const GARBAGE: &[u8] = &[
    0x00, 0xff, 0xfe, 0x1b, 0x80, 0x3c, 0x7b, 0xc3, 0x28, 0x00, 0xff,
];
/// What a web application firewall says instead of the service.
const FIREWALL_PAGE: &str = "<html><head><title>Request Rejected</title></head><body>\
    The requested URL was rejected. Please consult with your administrator.</body></html>";
/// Answers in JSON.
pub(crate) const JSON: &str = "application/json; charset=utf-8";
/// Answers in XML.
pub(crate) const XML: &str = "application/xml; charset=utf-8";

/// Status, type and whole body, before any fault.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) content_type: &'static str,
    pub(crate) body: Bytes,
    /// Seconds.
    retry_after: Option<u64>,
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
            retry_after: None,
        }
    }

    /// The same with `Retry-After`.
    pub(crate) const fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    fn into_response(self) -> Response {
        let length = self.body.len() as u64;
        self.with_body(Body::from(self.body.clone()), Some(length))
    }

    /// Announces the whole answer and breaks off after this many bytes.
    fn cut_short(&self, bytes: usize) -> Response {
        let part = self.body.slice(..bytes.min(self.body.len()));
        let body = Pieces {
            rest: part,
            end: End::BrokenAfterFlush,
            ..Pieces::default()
        };
        self.with_body(Body::new(body), Some(self.body.len() as u64))
    }

    /// White space follows up to this size; no length is announced.
    fn padded_to(&self, bytes: u64) -> Response {
        let body = Pieces {
            rest: self.body.clone(),
            padding: bytes.saturating_sub(self.body.len() as u64),
            ..Pieces::default()
        };
        self.with_body(Body::new(body), None)
    }

    /// A few bytes at a time.
    fn dripping(&self, bytes: usize, every_ms: u64) -> Response {
        let body = Pieces {
            rest: self.body.clone(),
            piece: Some(bytes.max(1)),
            pause: Duration::from_millis(every_ms),
            ..Pieces::default()
        };
        self.with_body(Body::new(body), Some(self.body.len() as u64))
    }

    fn with_body(&self, body: Body, length: Option<u64>) -> Response {
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
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
        Some(FaultEffect::HangBeforeEffect) => std::future::pending().await,
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
            | FaultEffect::Hang
            | FaultEffect::DropAfterEffect
            | FaultEffect::Truncate { .. }
            | FaultEffect::Reset { .. }
            | FaultEffect::TruncatedDocument { .. }
            | FaultEffect::EntityBomb
            | FaultEffect::Garbage
            | FaultEffect::HugeBody { .. }
            | FaultEffect::WrongNamespace
            | FaultEffect::ExpireSession
            | FaultEffect::IntegerErrorCode
            | FaultEffect::OtherWords { .. }
            | FaultEffect::AnsweredTwice
            | FaultEffect::ApplyTwice
            | FaultEffect::LateEffect { .. }
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
                | FaultEffect::HangBeforeEffect
        )
    )
}

/// Sends a true answer the way the fault wants it.
pub(crate) async fn send(
    answer: Answer,
    fault: Option<&FaultEffect>,
    connection: &Connection,
) -> Response {
    match fault {
        Some(FaultEffect::Delay {
            ms,
            before_effect: false,
        }) => {
            tokio::time::sleep(Duration::from_millis(*ms)).await;
            answer.into_response()
        }
        Some(FaultEffect::Hang) => std::future::pending().await,
        Some(FaultEffect::DropAfterEffect) => match connection.cut().await {},
        Some(FaultEffect::Truncate { bytes }) => answer.cut_short(*bytes),
        Some(FaultEffect::Reset { bytes }) => {
            connection.end_with_reset();
            answer.cut_short(*bytes)
        }
        Some(FaultEffect::Garbage) => Answer {
            body: Bytes::from_static(GARBAGE),
            ..answer
        }
        .into_response(),
        Some(fault @ (FaultEffect::TruncatedDocument { .. } | FaultEffect::EntityBomb)) => {
            let is_xml = answer.content_type == XML;
            let body = spoilt(answer.body.clone(), is_xml, fault);
            Answer { body, ..answer }.into_response()
        }
        Some(FaultEffect::AnsweredTwice) => {
            let body = Bytes::from([&answer.body[..], &answer.body[..]].concat());
            Answer { body, ..answer }.into_response()
        }
        Some(FaultEffect::HugeBody { bytes }) => answer.padded_to(*bytes),
        Some(FaultEffect::SlowDrip { bytes, every_ms }) => answer.dripping(*bytes, *every_ms),
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
            | FaultEffect::HangBeforeEffect
            | FaultEffect::ExpireSession
            | FaultEffect::OtherWords { .. }
            | FaultEffect::ApplyTwice
            | FaultEffect::LateEffect { .. }
            | FaultEffect::IntegerErrorCode,
        )
        | None => answer.into_response(),
    }
}
