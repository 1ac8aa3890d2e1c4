//! The span of a call.
//!
//! What a reader would get wrong: it holds who called which method, and nothing that a
//! caller wrote freely; a path that names no method of ours is not repeated. The fields
//! that begin empty are filled by whoever comes to know them.

use std::sync::Arc;

use axum::body::Body;
use http::{Request, Response};
use tracing::Instrument as _;
use tracing::field::Empty;

use super::Answer;
use super::wrapped::{next_frame, wrapped};
use crate::door::methods::{Method, Methods};
use crate::door::peer::Peer;
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
            peer = request
                .extensions()
                .get::<Arc<Peer>>()
                .map(|peer| tracing::field::display(peer.address.ip())),
            client = Empty,
            certificate = Empty,
            reason = Empty,
        );
        if let Some(method) = method {
            request.extensions_mut().insert(CalledMethod(method));
        }
        let response = self.inner.answer(request).instrument(span.clone()).await;
        if span.is_disabled() {
            return response;
        }
        response.map(|inner| {
            wrapped(inner, move |inner, cx| {
                span.in_scope(|| next_frame(inner, cx))
            })
        })
    }
}
