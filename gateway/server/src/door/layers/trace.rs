//! The span of a call.
//!
//! What a reader would get wrong: it holds the method and the request id and nothing
//! that a caller wrote freely; a path that names no method of ours is not repeated.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::Bytes;
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use tracing::{Instrument as _, Span};

use super::Answer;
use crate::door::methods::{Method, Methods};
use crate::door::request_id::RequestId;

/// The method that a request is for; stands in its extensions when it is a known one.
#[derive(Debug, Clone)]
pub(in crate::door) struct CalledMethod(pub(in crate::door) Arc<Method>);

/// Finds the method and opens the span.
#[derive(Debug)]
pub(super) struct Traced<A> {
    pub(super) inner: A,
    pub(super) methods: Arc<Methods>,
}

impl<A: Answer> Answer for Traced<A> {
    async fn answer(&self, mut request: Request<Body>) -> Response<Body> {
        let method = self.methods.find(request.uri().path()).cloned();
        let span = tracing::info_span!(
            "call",
            service = method.as_ref().map_or("unknown", |method| &method.service),
            method = method.as_ref().map_or("unknown", |method| &method.name),
            request_id = request
                .extensions()
                .get::<RequestId>()
                .map_or("", RequestId::as_str),
        );
        if let Some(method) = method {
            request.extensions_mut().insert(CalledMethod(method));
        }
        let response = self.inner.answer(request).instrument(span.clone()).await;
        if span.is_disabled() {
            return response;
        }
        response.map(|inner| Body::new(SpanBody { inner, span }))
    }
}

/// A body that is produced within the span of its call.
struct SpanBody {
    inner: Body,
    span: Span,
}

impl http_body::Body for SpanBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        let _entered = this.span.enter();
        Pin::new(&mut this.inner).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
