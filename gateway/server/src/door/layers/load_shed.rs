//! Refuses what is more than the gateway can do at once.
//!
//! What a reader would get wrong: the count is one for the whole process. A refused
//! call is answered at once; queueing it would only make it late.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::Bytes;
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::trace::CalledMethod;
use super::{Answer, refusal};
use crate::door::limits::DoorLimits;
use crate::status::ServerError;

/// Gives each call a place until its answer has ended; health and reflection need none.
#[derive(Debug)]
pub(super) struct LoadShed<A> {
    pub(super) inner: A,
    pub(super) places: Arc<Semaphore>,
    pub(super) limits: Arc<DoorLimits>,
}

impl<A: Answer> Answer for LoadShed<A> {
    async fn answer(&self, request: Request<Body>) -> Response<Body> {
        let exempt = request
            .extensions()
            .get::<CalledMethod>()
            .is_some_and(|called| called.0.open);
        if exempt {
            return self.inner.answer(request).await;
        }
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            let retry_after = self.limits.overload_retry_after;
            return refusal(ServerError::Overloaded { retry_after });
        };
        let response = self.inner.answer(request).await;
        if http_body::Body::is_end_stream(response.body()) {
            return response;
        }
        response.map(|inner| {
            Body::new(PlacedBody {
                inner,
                _place: place,
            })
        })
    }
}

/// A body that keeps its call's place.
struct PlacedBody {
    inner: Body,
    _place: OwnedSemaphorePermit,
}

impl http_body::Body for PlacedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.inner).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
