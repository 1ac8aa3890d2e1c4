//! Gives the answer of a unary call on in one piece.
//!
//! What a reader would get wrong: this is not for speed. A body that waits for a slow
//! reader keeps what is inside it, the call's place among them, for as long as the
//! reader likes; an answer that is complete keeps nothing but its bytes.

use axum::body::Body;
use http::{Request, Response};
use http_body_util::BodyExt as _;

use super::trace::CalledMethod;
use super::{Answer, refusal};
use crate::door::request_id::RequestId;
use crate::status::ServerError;

/// Waits for the whole answer of a unary call; its size was limited further inside.
#[derive(Debug)]
pub(super) struct WholeAnswers<A> {
    pub(super) inner: A,
}

impl<A: Answer> Answer for WholeAnswers<A> {
    async fn answer(&self, request: Request<Body>) -> Response<Body> {
        let unary = request
            .extensions()
            .get::<CalledMethod>()
            .is_some_and(|called| called.0.is_unary());
        let id = request.extensions().get::<RequestId>().cloned();
        let response = self.inner.answer(request).await;
        if !unary || http_body::Body::is_end_stream(response.body()) {
            return response;
        }
        let (parts, body) = response.into_parts();
        match body.collect().await {
            Ok(whole) => Response::from_parts(parts, Body::new(whole)),
            Err(_broken) => refusal(ServerError::Internal {
                request_id: id.map_or_else(String::new, |id| id.as_str().to_owned()),
            }),
        }
    }
}
