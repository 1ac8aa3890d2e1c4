//! Ends a call when its time is over.
//!
//! tonic's own time-out covers the time to the response headers only. What a reader
//! would get wrong: the answer of a stream is ended with trailers too, so a caller
//! always hears `DEADLINE_EXCEEDED` and never a broken stream.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::{HeaderMap, HeaderValue, Request, Response};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::trace::CalledMethod;
use super::{Answer, refusal};
use crate::door::deadline::Deadline;
use crate::door::limits::DoorLimits;
use crate::door::protocol::Protocol;
use crate::status::ServerError;
use bounded::{Bounds, bounded};

mod bounded;

/// Sets the deadline, tells it to the service, and keeps it.
#[derive(Debug)]
pub(super) struct Deadlines<A> {
    pub(super) inner: A,
    pub(super) limits: Arc<DoorLimits>,
    /// The door stops.
    pub(super) stop: CancellationToken,
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
        let method = request.extensions().get::<CalledMethod>();
        let unary = method.is_some_and(|called| called.0.is_unary());
        let open = method.is_some_and(|called| called.0.open);
        let longest = self.longest(unary, open);
        let told = asked.or(unary.then_some(self.limits.default_deadline));
        let now = Instant::now();
        let Some(deadline) = now.checked_add(told.unwrap_or(longest).min(longest)) else {
            return self.inner.answer(request).await;
        };
        if told.is_some() {
            request.extensions_mut().insert(Deadline(deadline));
        }
        match timeout_at(deadline, self.inner.answer(request)).await {
            // A unary answer is complete by now.
            Ok(response) if unary || http_body::Body::is_end_stream(response.body()) => response,
            Ok(response) => {
                let bounds = Bounds {
                    deadline,
                    stop: open.then(|| self.stop.clone()),
                };
                response.map(|inner| bounded(inner, bounds))
            }
            Err(_elapsed) => refusal(ServerError::DeadlineExceeded),
        }
    }
}

impl<A> Deadlines<A> {
    fn longest(&self, unary: bool, open: bool) -> Duration {
        match (unary, open) {
            (true, _) => self.limits.longest_call,
            (false, false) => self.limits.longest_stream,
            (false, true) => self.limits.longest_open_stream,
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
