//! Echoes the two metadata keys of the interop case `custom_metadata`.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::BodyExt as _;

const INITIAL: &str = "x-grpc-test-echo-initial";
const TRAILING: &str = "x-grpc-test-echo-trailing-bin";

/// Sends `x-grpc-test-echo-initial` back as a header and
/// `x-grpc-test-echo-trailing-bin` as a trailer.
pub async fn echo_metadata(request: Request, next: Next) -> Response {
    let initial = request.headers().get(INITIAL).cloned();
    let trailing = request.headers().get(TRAILING).cloned();
    let mut response = next.run(request).await;
    if let Some(value) = initial {
        response.headers_mut().insert(INITIAL, value);
    }
    match trailing {
        Some(value) => response.map(|body| Body::new(with_trailer(body, value))),
        None => response,
    }
}

fn with_trailer(
    body: Body,
    value: HeaderValue,
) -> impl http_body::Body<Data = bytes::Bytes, Error = axum::Error> {
    body.map_frame(move |frame| match frame.into_trailers() {
        Ok(trailers) => {
            let mut trailers: HeaderMap = trailers;
            trailers.insert(TRAILING, value.clone());
            http_body::Frame::trailers(trailers)
        }
        Err(frame) => frame,
    })
}
