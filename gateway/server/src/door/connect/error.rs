//! Errors in the shape of the Connect protocol.

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use http::{HeaderMap, HeaderName, HeaderValue, Response, header};
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage};
use serde::Serialize;
use tonic::Status;

use super::strip_grpc;
use crate::door::methods::Methods;
use crate::status::{CallCode, ServerError};

/// The error as it is written.
#[derive(Debug, Serialize)]
struct ErrorBody<'a> {
    code: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    message: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    details: Vec<Detail>,
}

/// One detail: for programs the bytes, for people the same in JSON.
#[derive(Debug, Serialize)]
struct Detail {
    r#type: String,
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    debug: Option<DynamicMessage>,
}

/// Whether a status other than `OK` stands in `headers`.
pub(super) fn is_refusal(headers: &HeaderMap) -> bool {
    CallCode::in_headers(headers).is_some_and(|code| !code.is_ok())
}

/// What is put in the place of an answer that breaks gRPC's own rules.
pub(super) fn broken(request_id: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let request_id = request_id.to_owned();
    // A status of ours holds nothing that a header value cannot.
    let _written = Status::from(ServerError::Internal { request_id }).add_header(&mut headers);
    headers
}

/// The gRPC refusal in `refused` as the protocol writes it.
pub(super) fn of(refused: &HeaderMap, methods: &Methods) -> Response<Body> {
    let mut headers = refused.clone();
    let code = CallCode::in_headers(&headers)
        .unwrap_or(CallCode::UNKNOWN)
        .connect();
    let status = Status::from_header_map(&headers);
    let body = ErrorBody {
        code: code.name,
        message: status.as_ref().map_or("", Status::message),
        details: details(status.as_ref().map_or(&[], Status::details), methods.pool()),
    };
    // Names, texts and base64 always make JSON.
    let written = serde_json::to_vec(&body).unwrap_or_default();
    strip_grpc(&mut headers);
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    let mut response = Response::new(Body::from(written));
    *response.status_mut() = code.http;
    *response.headers_mut() = headers;
    response
}

fn details(encoded: &[u8], pool: &DescriptorPool) -> Vec<Detail> {
    let Ok(status) = tonic_types::pb::Status::decode(encoded) else {
        return Vec::new();
    };
    status
        .details
        .into_iter()
        .map(|any| {
            let name = any
                .type_url
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .to_owned();
            let debug = pool
                .get_message_by_name(&name)
                .and_then(|found| DynamicMessage::decode(found, any.value.as_slice()).ok());
            Detail {
                r#type: name,
                value: STANDARD_NO_PAD.encode(&any.value),
                debug,
            }
        })
        .collect()
}

/// Puts a service's trailers into `headers`, named as the protocol wants.
pub(super) fn add_trailers(headers: &mut HeaderMap, trailers: &HeaderMap) {
    for (name, value) in trailers {
        if name.as_str().starts_with("grpc-") {
            continue;
        }
        if let Ok(name) = HeaderName::try_from(format!("trailer-{name}")) {
            headers.append(name, value.clone());
        }
    }
}
