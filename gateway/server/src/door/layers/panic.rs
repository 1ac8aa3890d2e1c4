//! Turns a panic into `INTERNAL`.
//!
//! What a reader would get wrong: what a panic says may hold anything, a citizen's
//! name among it, so it reaches neither the caller nor the log. The hook writes the
//! place, this layer the request id, and together they find the fault.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;

use axum::body::Body;
use futures_util::FutureExt as _;
use http::{Request, Response};
use http_body::Frame;

use super::wrapped::{next_frame, wrapped};
use super::{Answer, refusal, trailers_of};
use crate::door::request_id::RequestId;
use crate::status::ServerError;

/// Makes every panic of this process log its place in the source and nothing else.
pub fn install_panic_hook() {
    std::panic::set_hook(Box::new(|info| {
        let (file, line) = info
            .location()
            .map_or(("unknown", 0), |place| (place.file(), place.line()));
        tracing::error!(file, line, "panic");
    }));
}

/// Catches panics of the answer and of its body.
#[derive(Debug)]
pub(super) struct CatchPanic<A> {
    pub(super) inner: A,
}

impl<A: Answer> Answer for CatchPanic<A> {
    async fn answer(&self, request: Request<Body>) -> Response<Body> {
        let id = request.extensions().get::<RequestId>().cloned();
        // What a panicking service leaves behind is dropped with its call; shared state
        // is guarded by locks that the services must not hold across a panic.
        match AssertUnwindSafe(self.inner.answer(request))
            .catch_unwind()
            .await
        {
            Ok(response) => {
                if http_body::Body::is_end_stream(response.body()) {
                    return response;
                }
                response.map(|inner| {
                    wrapped(inner, move |inner, cx| {
                        catch_unwind(AssertUnwindSafe(|| next_frame(inner, cx))).unwrap_or_else(
                            |_payload| {
                                *inner = Body::empty();
                                let trailers = trailers_of(internal(id.as_ref()));
                                Poll::Ready(Some(Ok(Frame::trailers(trailers))))
                            },
                        )
                    })
                })
            }
            Err(_payload) => refusal(internal(id.as_ref())),
        }
    }
}

fn internal(id: Option<&RequestId>) -> ServerError {
    ServerError::Internal {
        request_id: id.map_or_else(String::new, |id| id.as_str().to_owned()),
    }
}
