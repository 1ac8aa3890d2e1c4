//! Counts every call and writes one line when it has ended.
//!
//! What a reader would get wrong: a call ends with its trailers, not with its headers,
//! and a caller who goes away ends it as `CANCELLED`.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::Bytes;
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use tokio::time::Instant;

use super::Answer;
use super::trace::CalledMethod;
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
        response.map(|inner| Body::new(MeasuredBody { inner, call }))
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

/// A body that ends its call.
struct MeasuredBody {
    inner: Body,
    call: OpenCall,
}

impl http_body::Body for MeasuredBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        let polled = Pin::new(&mut this.inner).poll_frame(cx);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(trailers) = frame.trailers_ref() {
                    this.call
                        .end(CallCode::in_headers(trailers).unwrap_or(CallCode::UNKNOWN));
                }
            }
            Poll::Ready(Some(Err(_)) | None) => this.call.end(CallCode::UNKNOWN),
            Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
