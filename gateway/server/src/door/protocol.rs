//! Which protocol a request speaks.
//!
//! What a reader would get wrong: the services answer gRPC only. Other protocols are
//! put into gRPC on the way in and taken out of it on the way out, around all layers
//! that know gRPC.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use http::{HeaderValue, Method as HttpMethod, Request, Response, StatusCode, Version, header};
use tonic_web::GrpcWebLayer;
use tower::{Layer as _, Service};

use super::connect;
use super::layers::Answer;
use super::methods::Methods;

/// A protocol of the door; stands in each request's extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    /// gRPC over HTTP/2.
    Grpc,
    /// gRPC-Web.
    GrpcWeb,
    /// Connect's unary calls with JSON.
    ConnectJson,
    /// Connect's unary calls with protobuf.
    ConnectProto,
}

impl Protocol {
    /// Name in metrics.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Grpc => "grpc",
            Self::GrpcWeb => "grpc_web",
            Self::ConnectJson => "connect_json",
            Self::ConnectProto => "connect_proto",
        }
    }
}

/// Why a request speaks no protocol of the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Foreign {
    /// Not `POST`.
    HttpMethod,
    /// A content type of no protocol.
    ContentType,
    /// gRPC, which needs HTTP/2, over HTTP/1.1.
    HttpVersion,
}

/// The protocol of `request`.
fn spoken(request: &Request<Body>) -> Result<Protocol, Foreign> {
    if request.method() != HttpMethod::POST {
        return Err(Foreign::HttpMethod);
    }
    let content_type = request
        .headers()
        .get(header::CONTENT_TYPE)
        .map(HeaderValue::to_str);
    let Some(Ok(content_type)) = content_type else {
        return Err(Foreign::ContentType);
    };
    let (media_type, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    match media_type.trim().to_ascii_lowercase().as_str() {
        "application/grpc" | "application/grpc+proto" => {
            if request.version() == Version::HTTP_2 {
                Ok(Protocol::Grpc)
            } else {
                Err(Foreign::HttpVersion)
            }
        }
        "application/grpc-web"
        | "application/grpc-web+proto"
        | "application/grpc-web-text"
        | "application/grpc-web-text+proto" => Ok(Protocol::GrpcWeb),
        "application/json" if is_utf8(parameters) => Ok(Protocol::ConnectJson),
        "application/proto" => Ok(Protocol::ConnectProto),
        _ => Err(Foreign::ContentType),
    }
}

fn is_utf8(parameters: &str) -> bool {
    parameters
        .split(';')
        .filter_map(|parameter| parameter.split_once('='))
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
        .all(|(_, value)| value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8"))
}

/// The answer to what speaks no protocol of the door.
fn turned_away(foreign: Foreign) -> Response<Body> {
    let (status, name, value, text) = match foreign {
        Foreign::HttpMethod => (
            StatusCode::METHOD_NOT_ALLOWED,
            header::ALLOW,
            "POST",
            "Methods are called with POST.\n",
        ),
        Foreign::ContentType => (
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            header::HeaderName::from_static("accept-post"),
            "application/json, application/proto, application/grpc, application/grpc-web",
            "Send the request with Content-Type: application/json.\n",
        ),
        Foreign::HttpVersion => (
            StatusCode::HTTP_VERSION_NOT_SUPPORTED,
            header::UPGRADE,
            "h2c",
            "gRPC needs HTTP/2.\n",
        ),
    };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(name, HeaderValue::from_static(value));
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}

/// Puts every protocol into gRPC.
#[derive(Debug)]
pub(super) struct Protocols<A> {
    pub(super) inner: Arc<A>,
    pub(super) methods: Arc<Methods>,
    pub(super) request_bytes: usize,
}

impl<A: Answer> Answer for Protocols<A> {
    async fn answer(&self, mut request: Request<Body>) -> Response<Body> {
        let protocol = match spoken(&request) {
            Ok(protocol) => protocol,
            Err(foreign) => return turned_away(foreign),
        };
        request.extensions_mut().insert(protocol);
        match protocol {
            Protocol::Grpc => self.inner.answer(request).await,
            Protocol::GrpcWeb => {
                let mut web = GrpcWebLayer::new().layer(AsService(Arc::clone(&self.inner)));
                match web.call(request).await {
                    Ok(response) => response.map(Body::new),
                    Err(never) => match never {},
                }
            }
            Protocol::ConnectJson => {
                let call = connect::Call {
                    form: connect::Form::Json,
                    methods: &self.methods,
                    request_bytes: self.request_bytes,
                };
                connect::answer(&call, self.inner.as_ref(), request).await
            }
            Protocol::ConnectProto => {
                let call = connect::Call {
                    form: connect::Form::Proto,
                    methods: &self.methods,
                    request_bytes: self.request_bytes,
                };
                connect::answer(&call, self.inner.as_ref(), request).await
            }
        }
    }
}

/// A layer in the form that tower's middleware wants.
struct AsService<A>(Arc<A>);

impl<A: Answer> Service<Request<tonic::body::Body>> for AsService<A> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<tonic::body::Body>) -> Self::Future {
        let inner = Arc::clone(&self.0);
        Box::pin(async move { Ok(inner.answer(request.map(Body::new)).await) })
    }
}
