//! The rival: tonic's own server, which answers every look-up with one prepared record and
//! does nothing else. It runs in a process of its own, as the gateway does.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::pin::Pin;

use anyhow::Result;
use lienthong_proto::v1;
use lienthong_proto::v1::population_service_server::{PopulationService, PopulationServiceServer};
use tokio::net::TcpListener;
use tokio_stream::Stream;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use tonic::{Request, Response, Status, Streaming};

/// Serves until it is killed.
///
/// # Errors
/// When it cannot listen.
pub(crate) async fn serve(ready_file: &Path) -> Result<()> {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
    let address = listener.local_addr()?;
    std::fs::write(ready_file, format!("{{\"grpc_plain\": \"{address}\"}}\n"))?;
    Server::builder()
        .tcp_nodelay(true)
        .add_service(PopulationServiceServer::new(Prepared))
        .serve_with_incoming(TcpListenerStream::new(listener))
        .await?;
    Ok(())
}

struct Prepared;

#[tonic::async_trait]
impl PopulationService for Prepared {
    async fn verify_citizen(
        &self,
        _request: Request<v1::VerifyCitizenRequest>,
    ) -> Result<Response<v1::VerifyCitizenResponse>, Status> {
        Ok(Response::new(v1::VerifyCitizenResponse::default()))
    }

    async fn lookup_citizen(
        &self,
        _request: Request<v1::LookupCitizenRequest>,
    ) -> Result<Response<v1::LookupCitizenResponse>, Status> {
        let citizen = v1::Citizen {
            personal_number: "000185000001".to_owned(),
            full_name: "TRẦN THỊ MẪU THỬ".to_owned(),
            ..v1::Citizen::default()
        };
        Ok(Response::new(v1::LookupCitizenResponse {
            verdict: v1::Verdict::Match.into(),
            citizen: Some(citizen),
            ..v1::LookupCitizenResponse::default()
        }))
    }

    async fn lookup_household(
        &self,
        _request: Request<v1::LookupHouseholdRequest>,
    ) -> Result<Response<v1::LookupHouseholdResponse>, Status> {
        Ok(Response::new(v1::LookupHouseholdResponse::default()))
    }

    type VerifyCitizensStream =
        Pin<Box<dyn Stream<Item = Result<v1::VerifyCitizensResponse, Status>> + Send>>;

    async fn verify_citizens(
        &self,
        _request: Request<Streaming<v1::VerifyCitizensRequest>>,
    ) -> Result<Response<Self::VerifyCitizensStream>, Status> {
        Ok(Response::new(Box::pin(tokio_stream::empty())))
    }
}
