//! Ends a call when its time is over.
//!
//! tonic's own time-out covers the time to the response headers only. What a reader
//! would get wrong: the answer of a stream is ended with trailers too, so a caller
//! always hears `DEADLINE_EXCEEDED` and never a broken stream.

use std::future::Future as _;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until, timeout_at};

use super::trace::CalledMethod;
use super::{Answer, refusal, trailers_of};
use crate::door::deadline::Deadline;
use crate::door::limits::DoorLimits;
use crate::door::protocol::Protocol;
use crate::status::ServerError;

/// Sets the deadline, tells it to the service, and keeps it.
#[derive(Debug)]
pub(super) struct Deadlines<A> {
    pub(super) inner: A,
    pub(super) limits: Arc<DoorLimits>,
}

impl<A: Answer> Answer for Deadlines<A> {
    async fn answer(&self, mut request: Request<Body>) -> Response<Body> {
        let asked = match asked(&request) {
            Ok(asked) => asked,
            Err(problem) => {
                return refusal(ServerError::MalformedMessage {
                    problem: problem.into(),
                });
            }
        };
        let unary = request
            .extensions()
            .get::<CalledMethod>()
            .is_some_and(|called| called.0.is_unary());
        let time = asked
            .or(unary.then_some(self.limits.default_deadline))
            .map(|time| time.min(self.limits.longest_call));
        let Some(deadline) = time.and_then(|time| Instant::now().checked_add(time)) else {
            return self.inner.answer(request).await;
        };
        request.extensions_mut().insert(Deadline(deadline));
        match timeout_at(deadline, self.inner.answer(request)).await {
            Ok(response) if http_body::Body::is_end_stream(response.body()) => response,
            Ok(response) => response.map(|inner| {
                let timer = Box::pin(sleep_until(deadline));
                Body::new(UntilDeadline {
                    inner,
                    timer,
                    over: false,
                })
            }),
            Err(_elapsed) => refusal(ServerError::DeadlineExceeded),
        }
    }
}

/// The time that the caller gives, in the words of its protocol.
fn asked(request: &Request<Body>) -> Result<Option<Duration>, &'static str> {
    let headers = request.headers();
    match request.extensions().get::<Protocol>() {
        Some(Protocol::ConnectJson | Protocol::ConnectProto) => {
            read(headers, "connect-timeout-ms", parse_connect)
                .map_err(|()| "connect-timeout-ms is not 1 to 10 digits")
        }
        Some(Protocol::Grpc | Protocol::GrpcWeb) | None => {
            read(headers, "grpc-timeout", parse_grpc)
                .map_err(|()| "grpc-timeout is not 1 to 8 digits and a unit")
        }
    }
}

fn read(
    headers: &HeaderMap,
    name: &str,
    parse: fn(&str) -> Option<Duration>,
) -> Result<Option<Duration>, ()> {
    headers
        .get(name)
        .map(|value: &HeaderValue| value.to_str().ok().and_then(parse).ok_or(()))
        .transpose()
}

fn digits(text: &str, most: usize) -> Option<u64> {
    let fits = (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

fn parse_connect(text: &str) -> Option<Duration> {
    digits(text, 10).map(Duration::from_millis)
}

fn parse_grpc(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number = digits(number, 8)?;
    Some(match unit {
        "H" => Duration::from_hours(number),
        "M" => Duration::from_mins(number),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return None,
    })
}

/// A body that ends at the deadline at the latest.
struct UntilDeadline {
    inner: Body,
    timer: Pin<Box<Sleep>>,
    over: bool,
}

impl http_body::Body for UntilDeadline {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.over {
            return Poll::Ready(None);
        }
        // The timer goes first: a stream that always has something to say would
        // otherwise never end.
        if self.timer.as_mut().poll(cx).is_ready() {
            self.over = true;
            self.inner = Body::empty();
            let trailers = trailers_of(ServerError::DeadlineExceeded);
            return Poll::Ready(Some(Ok(Frame::trailers(trailers))));
        }
        let polled = Pin::new(&mut self.inner).poll_frame(cx);
        self.over = match &polled {
            Poll::Ready(Some(Ok(frame))) => frame.is_trailers(),
            Poll::Ready(Some(Err(_)) | None) => true,
            Poll::Pending => false,
        };
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.over || self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grpc_timeout_is_digits_and_a_unit() {
        for (text, time) in [
            ("1H", Duration::from_hours(1)),
            ("2M", Duration::from_mins(2)),
            ("3S", Duration::from_secs(3)),
            ("250m", Duration::from_millis(250)),
            ("7u", Duration::from_micros(7)),
            ("99999999n", Duration::from_nanos(99_999_999)),
            ("99999999H", Duration::from_hours(99_999_999)),
        ] {
            assert_eq!(parse_grpc(text), Some(time), "{text}");
        }
        for text in [
            "",
            "S",
            "1",
            "1s",
            "-1S",
            "+1S",
            " 1S",
            "1 S",
            "123456789S",
            "1ſ",
            "é",
        ] {
            assert_eq!(parse_grpc(text), None, "{text}");
        }
    }

    #[test]
    fn a_connect_timeout_is_milliseconds() {
        assert_eq!(parse_connect("1500"), Some(Duration::from_millis(1500)));
        for text in ["", "1.5", "-1", "12345678901", "1s"] {
            assert_eq!(parse_connect(text), None, "{text}");
        }
    }
}
