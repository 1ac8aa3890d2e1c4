//! Counts every call and writes one line when it has ended.
//!
//! What a reader would get wrong: a call ends with its trailers, not with its headers,
//! and a caller who goes away ends it as `CANCELLED`.

use std::sync::Arc;
use std::task::Poll;

use axum::body::Body;
use http::{Request, Response};
use tokio::time::Instant;

use super::Answer;
use super::trace::CalledMethod;
use super::wrapped::{Polled, next_frame, wrapped};
use crate::door::observe::{CallLabels, DoorMetrics};
use crate::door::protocol::Protocol;
use crate::status::CallCode;

/// Name of methods that are not ours.
const OTHER: &str = "other";

/// Counts calls by method, code and protocol, and their time.
#[derive(Debug)]
pub(super) struct Measured<A> {
    pub(super) inner: A,
    pub(super) metrics: Arc<DoorMetrics>,
}

impl<A: Answer> Answer for Measured<A> {
    async fn answer(&self, request: Request<Body>) -> Response<Body> {
        let mut call = OpenCall::begin(Arc::clone(&self.metrics), &request);
        let response = self.inner.answer(request).await;
        if let Some(code) = CallCode::in_headers(response.headers()) {
            call.end(code);
            return response;
        }
        response.map(|inner| {
            wrapped(inner, move |inner, cx| {
                let polled = next_frame(inner, cx);
                call.look_at(&polled);
                polled
            })
        })
    }
}

/// A call that has not ended. Dropping it ends it as cancelled.
struct OpenCall {
    metrics: Arc<DoorMetrics>,
    method: Option<CalledMethod>,
    protocol: Protocol,
    began: Instant,
    ended: bool,
}

impl OpenCall {
    fn begin(metrics: Arc<DoorMetrics>, request: &Request<Body>) -> Self {
        metrics.calls_in_flight.inc();
        Self {
            metrics,
            method: request.extensions().get::<CalledMethod>().cloned(),
            protocol: request
                .extensions()
                .get()
                .copied()
                .unwrap_or(Protocol::Grpc),
            began: Instant::now(),
            ended: false,
        }
    }

    /// Ends it with its trailers, or with the end that came without any.
    fn look_at(&mut self, polled: &Polled) {
        match polled {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(trailers) = frame.trailers_ref() {
                    self.end(CallCode::in_headers(trailers).unwrap_or(CallCode::UNKNOWN));
                }
            }
            Poll::Ready(Some(Err(_)) | None) => self.end(CallCode::UNKNOWN),
            Poll::Pending => {}
        }
    }

    fn end(&mut self, code: CallCode) {
        if self.ended {
            return;
        }
        self.ended = true;
        let took = self.began.elapsed();
        let (service, method) = match &self.method {
            Some(CalledMethod(method)) => (Arc::clone(&method.service), Arc::clone(&method.name)),
            None => (OTHER.into(), OTHER.into()),
        };
        self.metrics.calls_in_flight.dec();
        self.metrics.call_ended(
            &CallLabels {
                service,
                method,
                code: code.name(),
                protocol: self.protocol.label(),
            },
            took,
        );
        let (code, duration_ms) = (code.name(), took.as_secs_f64() * 1000.0);
        if code == "OK" {
            tracing::debug!(code, duration_ms, "call ended");
        } else {
            tracing::info!(code, duration_ms, "call ended");
        }
    }
}

impl Drop for OpenCall {
    fn drop(&mut self) {
        self.end(CallCode::CANCELLED);
    }
}
