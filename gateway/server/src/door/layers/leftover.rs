//! Reads what a refused request still has to say.
//!
//! What a reader would get wrong: an answer that goes out before the request's body was
//! read makes hyper close an HTTP/1.1 connection under a client that is still writing,
//! which then sees a broken pipe in place of the answer (RFC 9112 9.3). Over HTTP/2 the
//! lawful reset behind the answer (RFC 9113 8.1) makes the libcurl of Debian 12 drop the
//! answer. gRPC's own clients know the reset, and a refused stream of theirs may never
//! end, so they are not waited for.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, Version, header};
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt as _;

use super::Answer;

/// Most bytes that are read and dropped.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// Time for them.
const LONGEST: Duration = Duration::from_secs(5);

/// Reads to the end what the layers inside have left of a request that is not gRPC.
#[derive(Debug)]
pub(super) struct Leftovers<A> {
    pub(super) inner: A,
}

impl<A: Answer> Answer for Leftovers<A> {
    async fn answer(&self, request: Request<Body>) -> Response<Body> {
        if is_grpc(&request) {
            return self.inner.answer(request).await;
        }
        let left = Arc::new(Mutex::new(None));
        let request = request.map(|inner| {
            Body::new(Watched {
                inner: Some(inner),
                left: Arc::clone(&left),
            })
        });
        let over_http1 = request.version() < Version::HTTP_2;
        let mut response = self.inner.answer(request).await;
        let leftover = left.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(body) = leftover
            && !read_to_end(body).await
            && over_http1
        {
            response
                .headers_mut()
                .insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

/// Whether `request` speaks gRPC itself, which needs HTTP/2.
fn is_grpc(request: &Request<Body>) -> bool {
    let content_type = request.headers().get(header::CONTENT_TYPE);
    let media_type = content_type.map_or(&b""[..], HeaderValue::as_bytes);
    request.version() >= Version::HTTP_2
        && media_type.starts_with(b"application/grpc")
        && !media_type.starts_with(b"application/grpc-web")
}

/// Whether all of `body` came within the bounds.
async fn read_to_end(mut body: Body) -> bool {
    let reading = async {
        let mut read = 0;
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else {
                return false;
            };
            read += frame.data_ref().map_or(0, Bytes::len);
            if read > MOST_BYTES {
                return false;
            }
        }
        true
    };
    tokio::time::timeout(LONGEST, reading)
        .await
        .unwrap_or(false)
}

/// A body that is handed back when it is dropped before its end.
struct Watched {
    inner: Option<Body>,
    left: Arc<Mutex<Option<Body>>>,
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Some(inner) = &mut self.inner else {
            return Poll::Ready(None);
        };
        let frame = Pin::new(inner).poll_frame(cx);
        if matches!(frame, Poll::Ready(None | Some(Err(_)))) {
            self.inner = None;
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.inner
            .as_ref()
            .is_none_or(http_body::Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.inner
            .as_ref()
            .map_or_else(SizeHint::default, http_body::Body::size_hint)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if let Some(body) = self.inner.take()
            && !http_body::Body::is_end_stream(&body)
        {
            *self.left.lock().unwrap_or_else(PoisonError::into_inner) = Some(body);
        }
    }
}
