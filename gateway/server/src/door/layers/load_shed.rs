//! Refuses what is more than the gateway can do at once.
//!
//! What a reader would get wrong: the count is one for the whole process, and health and
//! reflection have one of their own, so that probes get through in overload and yet are
//! no way around the limit. A refused call is answered at once; queueing it would only
//! make it late.

use std::sync::Arc;

use axum::body::Body;
use http::{Request, Response};
use tokio::sync::Semaphore;

use super::trace::CalledMethod;
use super::wrapped::{next_frame, wrapped};
use super::{Answer, refusal};
use crate::door::limits::DoorLimits;
use crate::status::ServerError;

/// Gives each call a place until its answer has ended or was dropped.
#[derive(Debug)]
pub(super) struct LoadShed<A> {
    inner: A,
    places: Arc<Semaphore>,
    open_places: Arc<Semaphore>,
    limits: Arc<DoorLimits>,
}

impl<A> LoadShed<A> {
    /// Lets through to `inner` what `limits` allow.
    pub(super) fn new(inner: A, limits: Arc<DoorLimits>) -> Self {
        let places = |most: usize| Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS)));
        Self {
            inner,
            places: places(limits.calls),
            open_places: places(limits.open_calls),
            limits,
        }
    }
}

impl<A: Answer> Answer for LoadShed<A> {
    async fn answer(&self, request: Request<Body>) -> Response<Body> {
        let open = request
            .extensions()
            .get::<CalledMethod>()
            .is_some_and(|called| called.0.open);
        let places = if open {
            &self.open_places
        } else {
            &self.places
        };
        let Ok(place) = Arc::clone(places).try_acquire_owned() else {
            let retry_after = self.limits.overload_retry_after;
            return refusal(ServerError::Overloaded { retry_after });
        };
        let response = self.inner.answer(request).await;
        if http_body::Body::is_end_stream(response.body()) {
            return response;
        }
        response.map(|inner| {
            wrapped(inner, move |inner, cx| {
                let _held = &place;
                next_frame(inner, cx)
            })
        })
    }
}
