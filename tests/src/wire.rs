//! Callers that send what they are told to, byte by byte.
//!
//! What a reader would get wrong: a gRPC client keeps the rules of frames, of UTF-8 and of
//! deadlines by itself, so it cannot show what the gateway does with those who do not.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::{BufMut as _, Bytes, BytesMut};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tonic::Status;
use tonic_types::StatusExt as _;

/// Everything that came back.
#[derive(Debug)]
pub struct Received {
    /// HTTP status.
    pub http: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
    /// Trailers; empty when there were none.
    pub trailers: HeaderMap,
}

impl Received {
    async fn whole(response: http::Response<Incoming>) -> Result<Self> {
        let (parts, body) = response.into_parts();
        let body = body.collect().await?;
        let trailers = body.trailers().cloned().unwrap_or_default();
        let (http, headers) = (parts.status, parts.headers);
        Ok(Self {
            http,
            headers,
            body: body.to_bytes(),
            trailers,
        })
    }

    /// The gRPC status, wherever it stands.
    ///
    /// # Errors
    /// When there is none.
    pub fn status(&self) -> Result<Status> {
        Status::from_header_map(&self.trailers)
            .or_else(|| Status::from_header_map(&self.headers))
            .with_context(|| format!("no gRPC status in a {} answer", self.http))
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// When it is none.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_slice(&self.body).with_context(|| {
            format!(
                "HTTP {}: {}",
                self.http,
                String::from_utf8_lossy(&self.body)
            )
        })
    }

    /// The error of a Connect answer as a gRPC status with the same details.
    ///
    /// # Errors
    /// When the answer is no error in that shape.
    pub fn connect_status(&self) -> Result<Status> {
        ensure!(!self.http.is_success(), "HTTP {}", self.http);
        let body = self.json()?;
        let name = body["code"].as_str().context("no code")?;
        let code = connect_code(name).with_context(|| format!("code {name}"))?;
        let message = body["message"].as_str().unwrap_or_default().to_owned();
        let entries = body["details"].as_array().cloned().unwrap_or_default();
        let details = entries
            .iter()
            .map(|entry| {
                let kind = entry["type"].as_str().context("a detail without a type")?;
                let value = entry["value"]
                    .as_str()
                    .context("a detail without a value")?;
                let type_url = format!("type.googleapis.com/{kind}");
                Ok(prost_types::Any {
                    type_url,
                    value: STANDARD_NO_PAD.decode(value)?,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        let whole = tonic_types::pb::Status {
            code: code.into(),
            message,
            details,
        };
        let encoded = whole.encode_to_vec().into();
        Ok(Status::with_details(code, whole.message, encoded))
    }

    /// The only message of a gRPC answer.
    ///
    /// # Errors
    /// When there is none, or the call failed.
    pub fn message<M: Message + Default>(&self) -> Result<M> {
        let status = self.status()?;
        ensure!(
            status.code() == tonic::Code::Ok,
            "{:?}: {}",
            status.code(),
            status.message()
        );
        Ok(M::decode(self.body.get(5..).context("no frame")?)?)
    }
}

/// One HTTP/2 connection.
#[derive(Debug, Clone)]
pub struct Wire(http2::SendRequest<Full<Bytes>>);

impl Wire {
    /// Connects in plain text.
    ///
    /// # Errors
    /// When no connection comes about.
    pub async fn plain(address: SocketAddr) -> Result<Self> {
        let socket = TcpStream::connect(address).await?;
        // Otherwise each call waits for a delayed acknowledgement.
        socket.set_nodelay(true)?;
        let (sender, connection) =
            http2::handshake(TokioExecutor::new(), TokioIo::new(socket)).await?;
        tokio::spawn(connection);
        Ok(Self(sender))
    }

    /// Connects over TLS, with a client's certificate and key (PEM) if there are any.
    ///
    /// # Errors
    /// When no connection comes about. In TLS 1.3 a client that is turned away learns of
    /// it only with its first exchange.
    pub async fn secured(
        address: SocketAddr,
        ca: &Path,
        identity: Option<(&Path, &Path)>,
    ) -> Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(ca)?)?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots);
        let mut config = match identity {
            None => config.with_no_client_auth(),
            Some((chain, key)) => {
                let chain = CertificateDer::pem_file_iter(chain)?.collect::<Result<_, _>>()?;
                config.with_client_auth_cert(chain, PrivateKeyDer::from_pem_file(key)?)?
            }
        };
        config.alpn_protocols = vec![b"h2".to_vec()];
        let socket = TcpStream::connect(address).await?;
        let name = ServerName::try_from("localhost")?;
        let tls = TlsConnector::from(Arc::new(config))
            .connect(name, socket)
            .await?;
        let (sender, connection) =
            http2::handshake(TokioExecutor::new(), TokioIo::new(tls)).await?;
        tokio::spawn(connection);
        Ok(Self(sender))
    }

    /// Posts the bytes and waits for the whole answer.
    ///
    /// # Errors
    /// When the connection or the stream is cut.
    pub async fn post(
        &mut self,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<Received> {
        let request = request(
            &format!("http://localhost{path}"),
            Method::POST,
            headers,
            body,
        )?;
        self.0.ready().await?;
        Received::whole(self.0.send_request(request).await?).await
    }

    /// A gRPC call with these bytes as its body.
    ///
    /// # Errors
    /// As [`Wire::post`].
    pub async fn grpc(
        &mut self,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<Received> {
        let mut all = vec![("content-type", "application/grpc"), ("te", "trailers")];
        all.extend_from_slice(headers);
        self.post(path, &all, body).await
    }

    /// A call with JSON.
    ///
    /// # Errors
    /// As [`Wire::post`].
    pub async fn json(&mut self, path: &str, body: impl Into<Bytes>) -> Result<Received> {
        self.post(path, &[("content-type", "application/json")], body)
            .await
    }
}

/// One exchange over HTTP/1.1 on a connection of its own.
///
/// # Errors
/// When the connection is refused or cut.
pub async fn http1(
    address: SocketAddr,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Bytes>,
) -> Result<Received> {
    let socket = TcpStream::connect(address).await?;
    socket.set_nodelay(true)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(socket)).await?;
    tokio::spawn(connection);
    let mut all = vec![("host", "localhost"), ("connection", "close")];
    all.extend_from_slice(headers);
    let request = request(path, method, &all, body)?;
    Received::whole(sender.send_request(request).await?).await
}

/// A call with JSON over HTTP/1.1.
///
/// # Errors
/// As [`http1()`].
pub async fn post_json(
    address: SocketAddr,
    path: &str,
    body: impl Into<Bytes>,
) -> Result<Received> {
    http1(
        address,
        Method::POST,
        path,
        &[("content-type", "application/json")],
        body,
    )
    .await
}

/// The gRPC code that Connect writes as `name`.
fn connect_code(name: &str) -> Option<tonic::Code> {
    let mut codes = (1..=16).map(tonic::Code::from_i32);
    codes.find(|code| connect_name(*code) == name)
}

/// How Connect writes a gRPC code.
#[must_use]
pub fn connect_name(code: tonic::Code) -> String {
    if code == tonic::Code::Cancelled {
        return "canceled".to_owned();
    }
    let mut name = String::new();
    for letter in format!("{code:?}").chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

/// `message` as JSON in the names of the contract; `name` is its full protobuf name.
///
/// # Errors
/// When the contract has no such message.
pub fn json_of(name: &str, message: &impl Message) -> Result<Value> {
    Ok(serde_json::to_value(dynamic(name, message)?)?)
}

/// `message` with its descriptor.
///
/// # Errors
/// When the contract has no such message.
pub fn dynamic(name: &str, message: &impl Message) -> Result<DynamicMessage> {
    let pool = DescriptorPool::decode(lienthong_proto::FILE_DESCRIPTOR_SET)?;
    let descriptor = pool
        .get_message_by_name(name)
        .with_context(|| format!("no {name}"))?;
    Ok(DynamicMessage::decode(
        descriptor,
        message.encode_to_vec().as_slice(),
    )?)
}

fn request(
    uri: &str,
    method: Method,
    headers: &[(&str, &str)],
    body: impl Into<Bytes>,
) -> Result<Request<Full<Bytes>>> {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Ok(request.body(Full::new(body.into()))?)
}

/// A gRPC frame with this flag and length, whatever the message is.
#[must_use]
pub fn frame_as(flag: u8, length: u32, message: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(5 + message.len());
    frame.put_u8(flag);
    frame.put_u32(length);
    frame.put_slice(message);
    frame.freeze()
}

/// A message in its gRPC frame.
#[must_use]
pub fn frame(message: &impl Message) -> Bytes {
    frame_bytes(&message.encode_to_vec())
}

/// Bytes in a gRPC frame of their length.
#[must_use]
pub fn frame_bytes(message: &[u8]) -> Bytes {
    frame_as(0, u32::try_from(message.len()).unwrap_or(u32::MAX), message)
}

/// `ErrorInfo.reason` of a status; empty when it has none.
#[must_use]
pub fn reason(status: &Status) -> String {
    status
        .get_details_error_info()
        .map(|info| info.reason)
        .unwrap_or_default()
}

/// `ErrorInfo.metadata` under `key`.
#[must_use]
pub fn metadata(status: &Status, key: &str) -> Option<String> {
    status
        .get_details_error_info()
        .and_then(|info| info.metadata.get(key).cloned())
}

/// The fields that a status's `BadRequest` names, in order.
#[must_use]
pub fn violated(status: &Status) -> Vec<String> {
    let fields = |details: tonic_types::BadRequest| {
        details
            .field_violations
            .into_iter()
            .map(|violation| violation.field)
            .collect()
    };
    status
        .get_details_bad_request()
        .map(fields)
        .unwrap_or_default()
}
