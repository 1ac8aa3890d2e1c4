//! Unary calls in the shape of the Connect protocol: a POST with one JSON message.
//!
//! What a reader would get wrong: the JSON is read only when the service asks for its
//! message, so deadline, load shedding and caller identity hold for it as for gRPC. An
//! error in it therefore comes out of the service as a gRPC status, like any other.

use axum::body::Body;
use futures_util::stream;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use super::frames::{framed, only_message};
use super::layers::{Answer, refusal};
use super::methods::{Method, Methods};
use super::request_id::RequestId;
use crate::status::ServerError;

mod error;
mod json;
mod unambiguous;

pub(crate) use unambiguous::gives_each_field_once;

/// How the messages of a call are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Canonical JSON of protobuf.
    Json,
    /// Protobuf.
    Proto,
}

impl Form {
    fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Json => "application/json",
            Self::Proto => "application/proto",
        })
    }
}

/// What is needed to answer one request.
#[derive(Debug)]
pub(super) struct Call<'a> {
    /// How its messages are written.
    pub(super) form: Form,
    /// The methods known.
    pub(super) methods: &'a Methods,
    /// Largest body, in bytes.
    pub(super) request_bytes: usize,
}

/// Headers that belong to the HTTP request itself and mean nothing to a service.
const NOT_METADATA: [HeaderName; 8] = [
    header::CONTENT_LENGTH,
    header::CONTENT_ENCODING,
    header::TRANSFER_ENCODING,
    header::CONNECTION,
    header::ACCEPT_ENCODING,
    header::TE,
    HeaderName::from_static("grpc-encoding"),
    HeaderName::from_static("grpc-timeout"),
];

/// Calls `inner` with gRPC and gives its answer back as the protocol wants it.
pub(super) async fn answer(
    call: &Call<'_>,
    inner: &impl Answer,
    request: Request<Body>,
) -> Response<Body> {
    let method = call.methods.find(request.uri().path()).cloned();
    if method.as_ref().is_some_and(|method| !method.is_unary()) {
        // The protocol's own answer to a unary content type on a streaming method.
        let mut response = error::of(refusal(ServerError::MethodStreams).headers(), call.methods);
        *response.status_mut() = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return response;
    }
    let id = request.extensions().get::<RequestId>().cloned();
    let response = match to_grpc(call, method.as_deref(), request) {
        Ok(request) => inner.answer(request).await,
        Err(problem) => refusal(problem),
    };
    match from_grpc(call.form, method.as_deref(), response).await {
        Ok(response) => response,
        Err(Refused::Status(headers)) => error::of(&headers, call.methods),
        Err(Refused::Broken) => {
            let id = id.as_ref().map_or("", RequestId::as_str);
            error::of(&error::broken(id), call.methods)
        }
    }
}

/// Why a call has no message for an answer.
enum Refused {
    /// It ended with the status in these headers.
    Status(HeaderMap),
    /// What came is not gRPC's answer to a unary call: a fault of ours.
    Broken,
}

/// The same call in gRPC.
fn to_grpc(
    call: &Call<'_>,
    method: Option<&Method>,
    request: Request<Body>,
) -> Result<Request<Body>, ServerError> {
    let (mut parts, body) = request.into_parts();
    let version = parts.headers.remove("connect-protocol-version");
    if version.is_some_and(|version| version != "1") {
        return Err(malformed("connect-protocol-version is not 1"));
    }
    let encoding = parts.headers.get(header::CONTENT_ENCODING);
    if encoding.is_some_and(|encoding| encoding != "identity") {
        return Err(ServerError::UnsupportedEncoding);
    }
    for name in &NOT_METADATA {
        parts.headers.remove(name);
    }
    parts.headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/grpc"),
    );
    parts
        .headers
        .insert(header::TE, HeaderValue::from_static("trailers"));

    let (form, limit) = (call.form, call.request_bytes);
    // A method that is not known is asked all the same, with nothing: the services say
    // that they do not have it, and strangers learn nothing.
    let input = method.map(|method| method.descriptor.input());
    let message = async move {
        let Some(input) = input else {
            return Ok(bytes::Bytes::new());
        };
        let bytes = read(body, limit).await?;
        let message = match form {
            Form::Json => json::to_protobuf(input, &bytes)?.into(),
            Form::Proto => bytes,
        };
        if message.len() > limit {
            return Err(ServerError::MessageTooLarge { limit });
        }
        framed(&message).ok_or(ServerError::MessageTooLarge { limit })
    };
    let message = async move { message.await.map_err(tonic::Status::from) };
    Ok(Request::from_parts(
        parts,
        Body::from_stream(stream::once(message)),
    ))
}

/// All of `body`.
async fn read(body: Body, limit: usize) -> Result<bytes::Bytes, ServerError> {
    match Limited::new(body, limit).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(ServerError::MessageTooLarge { limit }),
        Err(_) => Err(malformed("it ends too early")),
    }
}

fn malformed(problem: &'static str) -> ServerError {
    ServerError::MalformedMessage {
        problem: problem.into(),
    }
}

/// The answer in the protocol's shape.
async fn from_grpc(
    form: Form,
    method: Option<&Method>,
    response: Response<Body>,
) -> Result<Response<Body>, Refused> {
    let (mut parts, body) = response.into_parts();
    if error::is_refusal(&parts.headers) {
        return Err(Refused::Status(parts.headers));
    }
    // What comes here was limited, frame by frame, on its way out of the service.
    let collected = body.collect().await.map_err(|_| Refused::Broken)?;
    let trailers = collected.trailers().cloned().ok_or(Refused::Broken)?;
    if error::is_refusal(&trailers) {
        parts.headers.extend(trailers);
        return Err(Refused::Status(parts.headers));
    }
    let message = only_message(&collected.to_bytes());
    let written = message
        .zip(method)
        .and_then(|(message, method)| match form {
            Form::Json => json::from_protobuf(method.descriptor.output(), message),
            Form::Proto => Some(message.to_vec()),
        });
    let written = written.ok_or(Refused::Broken)?;
    strip_grpc(&mut parts.headers);
    parts
        .headers
        .insert(header::CONTENT_TYPE, form.content_type());
    error::add_trailers(&mut parts.headers, &trailers);
    Ok(Response::from_parts(parts, Body::from(written)))
}

/// Takes what only the gRPC answer had, its length too, out of `headers`.
fn strip_grpc(headers: &mut HeaderMap) {
    for name in [
        "content-length",
        "grpc-status",
        "grpc-message",
        "grpc-status-details-bin",
        "grpc-encoding",
        "grpc-accept-encoding",
        "content-type",
    ] {
        headers.remove(name);
    }
}
