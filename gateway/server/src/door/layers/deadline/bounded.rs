//! The answer of a stream with an end that it cannot put off.
//!
//! What a reader would get wrong: a timer within the body would be of no use. hyper does
//! not ask a body for anything while its reader leaves no room, so a reader that never
//! reads would keep the stream, and its place among the calls, for ever. A task of its
//! own takes the stream away.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use axum::body::Body;
use bytes::Bytes;
use http::HeaderMap;
use http_body::{Frame, SizeHint};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::super::trailers_of;
use super::super::wrapped::{Polled, next_frame};
use crate::status::ServerError;

/// When a stream ends at the latest.
pub(super) struct Bounds {
    /// By this moment, as `DEADLINE_EXCEEDED`.
    pub(super) deadline: Instant,
    /// With this, as `OK`, after what it has ready; `None`: it goes on.
    pub(super) stop: Option<CancellationToken>,
}

/// `inner`, which ends within `bounds`.
pub(super) fn bounded(inner: Body, bounds: Bounds) -> Body {
    let shared = Arc::new(Mutex::new(Stream {
        inner: Some(inner),
        end: None,
        reader: None,
    }));
    let watched = Arc::clone(&shared);
    let watch = tokio::spawn(async move {
        let end = bounds.reached().await;
        let (taken, reader) = lock(&watched).end_with(end);
        // What the stream holds is dropped without the lock.
        drop(taken);
        if let Some(reader) = reader {
            reader.wake();
        }
    });
    Body::new(BoundedBody {
        shared,
        _watch: AbortOnDropHandle::new(watch),
    })
}

impl Bounds {
    async fn reached(self) -> End {
        let stopped = async {
            match &self.stop {
                Some(stop) => stop.cancelled().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = sleep_until(self.deadline) => End::TimeIsUp,
            () = stopped => End::Stopped,
        }
    }
}

/// Why a stream ends early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    TimeIsUp,
    Stopped,
}

impl End {
    fn trailers(self) -> HeaderMap {
        match self {
            Self::TimeIsUp => trailers_of(ServerError::DeadlineExceeded),
            Self::Stopped => {
                let mut trailers = HeaderMap::new();
                // OK without a message holds nothing that a header value cannot.
                let _written = tonic::Status::ok("").add_header(&mut trailers);
                trailers
            }
        }
    }
}

/// A stream that one task reads and another may end.
struct Stream {
    /// `None` once it has ended or was taken away.
    inner: Option<Body>,
    /// What is still to be told to the reader.
    end: Option<End>,
    /// Who waits for the next frame.
    reader: Option<Waker>,
}

impl Stream {
    /// Ends it unless it has ended; gives what there is to drop, and to wake.
    fn end_with(&mut self, end: End) -> (Option<Body>, Option<Waker>) {
        if self.inner.is_none() {
            return (None, None);
        }
        self.end = Some(end);
        let taken = match end {
            End::TimeIsUp => self.inner.take(),
            End::Stopped => None,
        };
        (taken, self.reader.take())
    }

    fn next(&mut self, cx: &mut Context<'_>) -> Polled {
        let polled = match &mut self.inner {
            Some(inner) => next_frame(inner, cx),
            None => return self.last_word(),
        };
        match &polled {
            Poll::Ready(Some(Ok(frame))) if !frame.is_trailers() => {}
            Poll::Ready(_) => {
                self.inner = None;
                self.end = None;
            }
            Poll::Pending if self.end.is_some() => return self.last_word(),
            Poll::Pending => self.reader = Some(cx.waker().clone()),
        }
        polled
    }

    fn last_word(&mut self) -> Polled {
        self.inner = None;
        let end = self.end.take();
        Poll::Ready(end.map(|end| Ok(Frame::trailers(end.trailers()))))
    }
}

fn lock(shared: &Mutex<Stream>) -> MutexGuard<'_, Stream> {
    // A stream that panicked is replaced further out and not read again.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

struct BoundedBody {
    shared: Arc<Mutex<Stream>>,
    _watch: AbortOnDropHandle<()>,
}

impl http_body::Body for BoundedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled {
        lock(&self.shared).next(cx)
    }

    fn is_end_stream(&self) -> bool {
        let stream = lock(&self.shared);
        match &stream.inner {
            Some(inner) => stream.end.is_none() && inner.is_end_stream(),
            None => stream.end.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}
