//! Keeps messages within their form and size, and statuses in our words.
//!
//! tonic calls an undecodable message `INTERNAL`, gives it to no one's account, and
//! leaves answers without a limit. What a reader would get wrong: the code and message
//! of a status that a service gave stay as they are; only the library's own faults are
//! said differently.

use std::sync::Arc;

use axum::body::Body;
use http::{HeaderValue, Request, Response};

use super::trace::CalledMethod;
use super::{Answer, refusal};
use crate::door::frames::{AnswerFrames, RequestFrames};
use crate::door::limits::DoorLimits;
use crate::status::{self, Placement, ServerError};

/// Checks the frames of both directions and completes statuses.
#[derive(Debug)]
pub(super) struct Strict<A> {
    pub(super) inner: A,
    pub(super) limits: Arc<DoorLimits>,
}

impl<A: Answer> Answer for Strict<A> {
    async fn answer(&self, request: Request<Body>) -> Response<Body> {
        let encoding = request
            .headers()
            .get("grpc-encoding")
            .map(HeaderValue::as_bytes);
        if encoding.is_some_and(|encoding| encoding != b"identity") {
            let mut refusal = refusal(ServerError::UnsupportedEncoding);
            refusal
                .headers_mut()
                .insert("grpc-accept-encoding", HeaderValue::from_static("identity"));
            return refusal;
        }
        let one = request
            .extensions()
            .get::<CalledMethod>()
            .is_some_and(|c| c.0.takes_one());
        let limit = self.limits.request_bytes;
        let request = request.map(|body| Body::new(RequestFrames::new(body, limit, one)));
        let mut response = self.inner.answer(request).await;
        status::complete(response.headers_mut(), Placement::Alone, limit);
        if http_body::Body::is_end_stream(response.body()) {
            return response;
        }
        let answer_limit = self.limits.answer_bytes;
        response.map(|body| Body::new(AnswerFrames::new(body, answer_limit, limit)))
    }
}
