//! Gives every request an id, or keeps the one that it came with.

use axum::body::Body;
use http::{HeaderName, HeaderValue, Request, Response};

use super::Answer;
use crate::door::request_id::RequestId;

/// Header of the id, in and out (contract.md 1).
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Puts the id into the request's extensions and headers, and into the answer. An id
/// that is not one is replaced.
#[derive(Debug)]
pub(super) struct RequestIds<A> {
    pub(super) inner: A,
}

impl<A: Answer> Answer for RequestIds<A> {
    async fn answer(&self, mut request: Request<Body>) -> Response<Body> {
        let given = request
            .headers()
            .get(X_REQUEST_ID)
            .and_then(RequestId::from_header);
        let id = given.unwrap_or_else(RequestId::generate);
        let value = HeaderValue::from_str(id.as_str()).ok();
        if let Some(value) = &value {
            request.headers_mut().insert(X_REQUEST_ID, value.clone());
        }
        request.extensions_mut().insert(id);
        let mut response = self.inner.answer(request).await;
        if let Some(value) = value {
            response.headers_mut().insert(X_REQUEST_ID, value);
        }
        response
    }
}
