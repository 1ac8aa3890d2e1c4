//! `grpc.testing.TestService`, the service that the official interoperability client
//! calls, mounted behind the gateway's full door.
//!
//! Its behaviour is fixed by gRPC's interop test descriptions. It knows nothing of the
//! gateway: what the client sees of codes, metadata and streams is the door's doing.

mod echo;

use std::pin::Pin;
use std::time::Duration;

use lienthong_proto::interop as wire;
use lienthong_proto::interop::test_service_server::TestService;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt as _};
use tonic::{Code, Request, Response, Status, Streaming};

pub use echo::echo_metadata;

/// Largest payload that is made on request.
const MOST: i32 = 16 * 1024 * 1024;

/// The service.
#[derive(Debug, Clone, Copy, Default)]
pub struct Interop;

type Outputs =
    Pin<Box<dyn Stream<Item = Result<wire::StreamingOutputCallResponse, Status>> + Send>>;

fn payload(size: i32) -> Result<wire::Payload, Status> {
    if !(0..=MOST).contains(&size) {
        return Err(Status::invalid_argument("size out of range"));
    }
    let body = vec![0; usize::try_from(size).unwrap_or(0)];
    Ok(wire::Payload {
        body,
        ..wire::Payload::default()
    })
}

/// Answers with the status that the request asks for.
fn asked_status(status: Option<wire::EchoStatus>) -> Result<(), Status> {
    match status {
        Some(status) => Err(Status::new(Code::from_i32(status.code), status.message)),
        None => Ok(()),
    }
}

/// Sends the outputs that one request asks for; false when the client has gone.
async fn send_outputs(
    request: wire::StreamingOutputCallRequest,
    outputs: &mpsc::Sender<Result<wire::StreamingOutputCallResponse, Status>>,
) -> bool {
    if let Err(status) = asked_status(request.response_status) {
        let _ = outputs.send(Err(status)).await;
        return false;
    }
    for parameters in request.response_parameters {
        let wait = u64::try_from(parameters.interval_us).unwrap_or(0);
        tokio::time::sleep(Duration::from_micros(wait)).await;
        let output = payload(parameters.size).map(|payload| wire::StreamingOutputCallResponse {
            payload: Some(payload),
            ..wire::StreamingOutputCallResponse::default()
        });
        if outputs.send(output).await.is_err() {
            return false;
        }
    }
    true
}

#[tonic::async_trait]
impl TestService for Interop {
    async fn empty_call(&self, _: Request<wire::Empty>) -> Result<Response<wire::Empty>, Status> {
        Ok(Response::new(wire::Empty {}))
    }

    async fn unary_call(
        &self,
        request: Request<wire::SimpleRequest>,
    ) -> Result<Response<wire::SimpleResponse>, Status> {
        let request = request.into_inner();
        asked_status(request.response_status)?;
        let payload = Some(payload(request.response_size)?);
        Ok(Response::new(wire::SimpleResponse {
            payload,
            ..wire::SimpleResponse::default()
        }))
    }

    async fn cacheable_unary_call(
        &self,
        request: Request<wire::SimpleRequest>,
    ) -> Result<Response<wire::SimpleResponse>, Status> {
        self.unary_call(request).await
    }

    type StreamingOutputCallStream = Outputs;

    async fn streaming_output_call(
        &self,
        request: Request<wire::StreamingOutputCallRequest>,
    ) -> Result<Response<Outputs>, Status> {
        let (sender, outputs) = mpsc::channel(4);
        let request = request.into_inner();
        tokio::spawn(async move { send_outputs(request, &sender).await });
        Ok(Response::new(Box::pin(ReceiverStream::new(outputs))))
    }

    async fn streaming_input_call(
        &self,
        request: Request<Streaming<wire::StreamingInputCallRequest>>,
    ) -> Result<Response<wire::StreamingInputCallResponse>, Status> {
        let mut inputs = request.into_inner();
        let mut total = 0;
        while let Some(input) = inputs.next().await {
            total += input?.payload.map_or(0, |payload| payload.body.len());
        }
        let aggregated_payload_size = i32::try_from(total).unwrap_or(i32::MAX);
        Ok(Response::new(wire::StreamingInputCallResponse {
            aggregated_payload_size,
        }))
    }

    type FullDuplexCallStream = Outputs;

    async fn full_duplex_call(
        &self,
        request: Request<Streaming<wire::StreamingOutputCallRequest>>,
    ) -> Result<Response<Outputs>, Status> {
        let (sender, outputs) = mpsc::channel(4);
        let mut inputs = request.into_inner();
        tokio::spawn(async move {
            while let Some(Ok(request)) = inputs.next().await {
                if !send_outputs(request, &sender).await {
                    break;
                }
            }
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(outputs))))
    }

    type HalfDuplexCallStream = Outputs;

    async fn half_duplex_call(
        &self,
        _: Request<Streaming<wire::StreamingOutputCallRequest>>,
    ) -> Result<Response<Outputs>, Status> {
        Err(Status::unimplemented("no interop case calls this"))
    }

    async fn unimplemented_call(
        &self,
        _: Request<wire::Empty>,
    ) -> Result<Response<wire::Empty>, Status> {
        Err(Status::unimplemented("on purpose"))
    }
}
