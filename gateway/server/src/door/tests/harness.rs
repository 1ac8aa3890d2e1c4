//! A door with a test service behind it, and callers for it.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http2::{Builder, SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use lienthong_core::access::ClientName;
use lienthong_proto::interop::test_service_server::{TestService, TestServiceServer};
use lienthong_proto::interop::{
    Empty, Payload, SimpleRequest, SimpleResponse, StreamingInputCallRequest,
    StreamingInputCallResponse, StreamingOutputCallRequest, StreamingOutputCallResponse,
};
use prometheus_client::registry::Registry;
use prost::Message;
use prost_reflect::DescriptorPool;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tonic::service::Routes;
use tonic::{Response, Status, Streaming};
use tonic_types::StatusExt as _;

use crate::door::{
    Caller, ClientDirectory, Deadline, DoorLimits, DoorListener, DoorMetrics, DoorParts, RequestId,
    RunningDoor, Transport, open,
};
use crate::status::of_incoming_stream;

pub(super) const UNARY: &str = "/grpc.testing.TestService/UnaryCall";
pub(super) const EMPTY: &str = "/grpc.testing.TestService/EmptyCall";
pub(super) const STREAM: &str = "/grpc.testing.TestService/StreamingOutputCall";
pub(super) const DUPLEX: &str = "/grpc.testing.TestService/FullDuplexCall";
pub(super) const HEALTH: &str = "/grpc.health.v1.Health/Check";
pub(super) const HEALTH_WATCH: &str = "/grpc.health.v1.Health/Watch";

/// A service that does what the payload of its request says: `panic`, `wait` for ever,
/// `gate` (wait until it is opened), or answer.
#[derive(Clone, Default)]
pub(super) struct Scripted {
    pub(super) gate: Arc<Notify>,
    /// Told when a call has arrived at the gate.
    pub(super) arrived: Arc<Notify>,
}

type Answers = Pin<Box<dyn Stream<Item = Result<StreamingOutputCallResponse, Status>> + Send>>;

fn payload(size: i32) -> Payload {
    let body = vec![0; usize::try_from(size).unwrap()];
    Payload { r#type: 0, body }
}

impl Scripted {
    async fn obey(&self, payload: Option<&Payload>) {
        match payload.map(|payload| payload.body.as_slice()) {
            Some(b"panic") => panic!("Nguyễn Văn A 000000000001"),
            Some(b"wait") => std::future::pending().await,
            Some(b"gate") => {
                self.arrived.notify_one();
                self.gate.notified().await;
            }
            _ => {}
        }
    }
}

fn named(code: i32, message: &str) -> Status {
    Status::new(code.into(), message)
}

#[tonic::async_trait]
impl TestService for Scripted {
    async fn empty_call(&self, _request: tonic::Request<Empty>) -> Result<Response<Empty>, Status> {
        let mut response = Response::new(Empty {});
        response
            .metadata_mut()
            .insert("x-leading", "1".parse().unwrap());
        Ok(response)
    }

    async fn unary_call(
        &self,
        request: tonic::Request<SimpleRequest>,
    ) -> Result<Response<SimpleResponse>, Status> {
        let (_metadata, extensions, message) = request.into_parts();
        self.obey(message.payload.as_ref()).await;
        if let Some(status) = message.response_status.filter(|status| status.code != 0) {
            return Err(named(status.code, &status.message));
        }
        Ok(Response::new(SimpleResponse {
            payload: Some(payload(message.response_size)),
            username: extensions
                .get::<Caller>()
                .map_or_else(String::new, |caller| caller.client.as_str().to_owned()),
            server_id: extensions.get::<RequestId>().unwrap().as_str().to_owned(),
            hostname: if extensions.get::<Deadline>().is_some() {
                "deadline"
            } else {
                ""
            }
            .into(),
            ..SimpleResponse::default()
        }))
    }

    async fn cacheable_unary_call(
        &self,
        request: tonic::Request<SimpleRequest>,
    ) -> Result<Response<SimpleResponse>, Status> {
        self.unary_call(request).await
    }

    type StreamingOutputCallStream = Answers;

    async fn streaming_output_call(
        &self,
        request: tonic::Request<StreamingOutputCallRequest>,
    ) -> Result<Response<Answers>, Status> {
        let message = request.into_inner();
        let answers: Vec<_> = message
            .response_parameters
            .iter()
            .map(|asked| {
                Ok(StreamingOutputCallResponse {
                    payload: Some(payload(asked.size)),
                    ..StreamingOutputCallResponse::default()
                })
            })
            .collect();
        let this = self.clone();
        let end = stream::once(async move { this.obey(message.payload.as_ref()).await })
            .filter_map(|()| async { None });
        Ok(Response::new(Box::pin(stream::iter(answers).chain(end))))
    }

    async fn streaming_input_call(
        &self,
        _request: tonic::Request<Streaming<StreamingInputCallRequest>>,
    ) -> Result<Response<StreamingInputCallResponse>, Status> {
        Err(Status::unimplemented(""))
    }

    type FullDuplexCallStream = Answers;

    async fn full_duplex_call(
        &self,
        request: tonic::Request<Streaming<StreamingOutputCallRequest>>,
    ) -> Result<Response<Answers>, Status> {
        let answers = request.into_inner().map(|message| match message {
            Ok(_) => Ok(StreamingOutputCallResponse::default()),
            Err(status) => Err(of_incoming_stream(status, 1024)),
        });
        Ok(Response::new(Box::pin(answers)))
    }

    type HalfDuplexCallStream = Answers;

    async fn half_duplex_call(
        &self,
        _request: tonic::Request<Streaming<StreamingOutputCallRequest>>,
    ) -> Result<Response<Answers>, Status> {
        Err(Status::unimplemented(""))
    }

    async fn unimplemented_call(
        &self,
        _request: tonic::Request<Empty>,
    ) -> Result<Response<Empty>, Status> {
        Err(Status::unimplemented(""))
    }
}

/// A door in a test.
pub(super) struct TestDoor {
    pub(super) running: RunningDoor,
    pub(super) service: Scripted,
    pub(super) registry: Registry,
}

/// A system of this name.
pub(super) fn client(name: &str) -> ClientName {
    ClientName::parse(name).unwrap()
}

/// A door in plain text that knows its caller as `local`.
pub(super) async fn plain_door(limits: DoorLimits) -> TestDoor {
    let clients = ClientDirectory::new().with_plain_text(client("local"));
    door(limits, clients, Transport::Plain).await
}

/// A door with one listener on loopback.
pub(super) async fn door(
    limits: DoorLimits,
    clients: ClientDirectory,
    transport: Transport,
) -> TestDoor {
    let service = Scripted::default();
    let (reporter, health) = tonic_health::server::health_reporter();
    reporter
        .set_service_status("", tonic_health::ServingStatus::Serving)
        .await;
    let mut registry = Registry::default();
    let parts = DoorParts {
        routes: Routes::new(TestServiceServer::new(service.clone())).add_service(health),
        descriptors: DescriptorPool::decode(lienthong_proto::INTEROP_FILE_DESCRIPTOR_SET).unwrap(),
        clients,
        limits,
        metrics: Arc::new(DoorMetrics::register(&mut registry)),
    };
    let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
    let listener = DoorListener::bind(loopback, transport).await.unwrap();
    let running = open(parts, vec![listener]).await;
    TestDoor {
        running,
        service,
        registry,
    }
}

impl TestDoor {
    pub(super) fn address(&self) -> SocketAddr {
        self.running.addresses()[0]
    }

    /// A new connection in plain text.
    pub(super) async fn connect(&self) -> Wire {
        let socket = TcpStream::connect(self.address()).await.unwrap();
        // Otherwise each call waits for a delayed acknowledgement.
        socket.set_nodelay(true).unwrap();
        Wire::over(socket).await.unwrap()
    }
}

impl TestDoor {
    /// A new connection whose peer never leaves room for a byte of an answer.
    pub(super) async fn connect_without_window(&self) -> Wire {
        let socket = TcpStream::connect(self.address()).await.unwrap();
        let (sender, connection) = Builder::new(TokioExecutor::new())
            .initial_stream_window_size(0)
            .handshake(TokioIo::new(socket))
            .await
            .unwrap();
        tokio::spawn(connection);
        Wire(sender)
    }
}

/// One HTTP/2 connection to a door. A gRPC client would keep deadlines and the rules of
/// frames by itself; this one sends what it is told to.
#[derive(Clone)]
pub(super) struct Wire(SendRequest<Full<Bytes>>);

/// Everything that came back.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) http: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) trailers: HeaderMap,
}

impl Wire {
    /// Speaks HTTP/2 over `io`.
    pub(super) async fn over<Io>(io: Io) -> hyper::Result<Self>
    where
        Io: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(io)).await?;
        tokio::spawn(connection);
        Ok(Self(sender))
    }

    /// Sends the bytes and waits for the whole answer.
    pub(super) async fn send(
        &mut self,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Received {
        let response = self.begin(path, headers, body).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap();
        let trailers = body.trailers().cloned().unwrap_or_default();
        Received {
            http: parts.status,
            headers: parts.headers,
            body: body.to_bytes(),
            trailers,
        }
    }

    /// Sends the bytes and waits for the headers of the answer.
    pub(super) async fn begin(
        &mut self,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> http::Response<Incoming> {
        self.try_begin(path, headers, body).await.unwrap()
    }

    /// The same, where it may fail.
    pub(super) async fn try_begin(
        &mut self,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> hyper::Result<http::Response<Incoming>> {
        let mut request = Request::post(format!("http://localhost{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.0.ready().await?;
        self.0
            .send_request(request.body(Full::new(body.into())).unwrap())
            .await
    }

    /// A gRPC call with one message.
    pub(super) async fn grpc(
        &mut self,
        path: &str,
        headers: &[(&str, &str)],
        message: &impl Message,
    ) -> Received {
        self.grpc_bytes(path, headers, frame(message)).await
    }

    /// A gRPC call with these bytes as its body.
    pub(super) async fn grpc_bytes(
        &mut self,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Received {
        let mut all = vec![("content-type", "application/grpc"), ("te", "trailers")];
        all.extend_from_slice(headers);
        self.send(path, &all, body).await
    }

    /// A call with JSON.
    pub(super) async fn json(
        &mut self,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Received {
        let mut all = vec![("content-type", "application/json")];
        all.extend_from_slice(headers);
        self.send(path, &all, body).await
    }
}

impl Received {
    /// The status, wherever it stands.
    pub(super) fn status(&self) -> Status {
        Status::from_header_map(&self.trailers)
            .or_else(|| Status::from_header_map(&self.headers))
            .expect("the answer has a status")
    }

    /// The reason in the status's `ErrorInfo`.
    pub(super) fn reason(&self) -> String {
        let info = self
            .status()
            .get_details_error_info()
            .expect("the status has an ErrorInfo");
        assert_eq!(info.domain, "lienthong");
        info.reason
    }

    /// The only message.
    pub(super) fn message<M: Message + Default>(&self) -> M {
        assert_eq!(self.status().code(), tonic::Code::Ok, "{:?}", self.status());
        M::decode(&self.body[5..]).unwrap()
    }

    /// The body as JSON.
    pub(super) fn as_json(&self) -> serde_json::Value {
        assert_eq!(self.headers["content-type"], "application/json");
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// `message` in its frame.
pub(super) fn frame(message: &impl Message) -> Bytes {
    crate::door::frames::framed(&message.encode_to_vec()).unwrap()
}

/// A request whose payload is `script`.
pub(super) fn scripted(script: &str) -> SimpleRequest {
    SimpleRequest {
        payload: Some(Payload {
            r#type: 0,
            body: script.as_bytes().to_vec(),
        }),
        ..SimpleRequest::default()
    }
}

/// A request for one answer of one byte, then `script`.
pub(super) fn scripted_stream(script: &str) -> StreamingOutputCallRequest {
    StreamingOutputCallRequest {
        response_parameters: vec![lienthong_proto::interop::ResponseParameters {
            size: 1,
            ..Default::default()
        }],
        payload: Some(Payload {
            r#type: 0,
            body: script.as_bytes().to_vec(),
        }),
        ..Default::default()
    }
}
