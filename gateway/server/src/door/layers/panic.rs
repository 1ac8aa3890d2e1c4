//! Turns a panic into `INTERNAL`.
//!
//! What a reader would get wrong: what a panic says may hold anything, a citizen's
//! name among it, so it reaches neither the caller nor the log. The hook writes the
//! place, this layer the request id, and together they find the fault.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{Request, Response};
use http_body::{Frame, SizeHint};

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
                response.map(|inner| Body::new(CatchBody { inner, id }))
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

/// A body whose panics become trailers.
struct CatchBody {
    inner: Body,
    id: Option<RequestId>,
}

impl http_body::Body for CatchBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        let inner = Pin::new(&mut this.inner);
        catch_unwind(AssertUnwindSafe(move || inner.poll_frame(cx))).unwrap_or_else(|_payload| {
            this.inner = Body::empty();
            let trailers = trailers_of(internal(this.id.as_ref()));
            Poll::Ready(Some(Ok(Frame::trailers(trailers))))
        })
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
