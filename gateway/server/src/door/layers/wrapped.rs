//! A body with something around it.
//!
//! What a reader would get wrong: hyper asks a body for its next frame only while the
//! peer leaves room for it. Whatever must happen in time cannot wait for that.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Frame, SizeHint};

/// What asking a body for its next frame brings.
pub(super) type Polled = Poll<Option<Result<Frame<Bytes>, axum::Error>>>;

/// Asks `body` for its next frame.
pub(super) fn next_frame(body: &mut Body, cx: &mut Context<'_>) -> Polled {
    http_body::Body::poll_frame(Pin::new(body), cx)
}

/// A body whose frames are those that `next` makes of `inner`. What `next` holds is
/// dropped with the body.
pub(super) fn wrapped<F>(inner: Body, next: F) -> Body
where
    F: FnMut(&mut Body, &mut Context<'_>) -> Polled + Send + Unpin + 'static,
{
    Body::new(Wrapped { inner, next })
}

struct Wrapped<F> {
    inner: Body,
    next: F,
}

impl<F> http_body::Body for Wrapped<F>
where
    F: FnMut(&mut Body, &mut Context<'_>) -> Polled + Unpin,
{
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled {
        let this = &mut *self;
        (this.next)(&mut this.inner, cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
