//! `grpc.testing.TestService` behind the gateway's full door, for the official
//! interoperability client: `interop-server --ready-file F` writes `{"plain": "host:port"}`
//! and serves until it is killed.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use lienthong::door::{
    self, ClientDirectory, DoorLimits, DoorListener, DoorMetrics, DoorParts, Transport,
};
use lienthong_core::access::ClientName;
use lienthong_proto::interop::test_service_server::TestServiceServer;
use lienthong_tests::interop::{Interop, echo_metadata};
use prometheus_client::registry::Registry;
use prost_reflect::DescriptorPool;
use tonic::service::Routes;

#[tokio::main]
async fn main() -> Result<()> {
    let ready_file = ready_file()?;
    let client = ClientName::parse("interop").context("a client's name")?;
    let routes = Routes::new(TestServiceServer::new(Interop)).into_axum_router();
    let routes = routes.layer(axum::middleware::from_fn(echo_metadata));
    let parts = DoorParts {
        routes: Routes::from(routes),
        descriptors: DescriptorPool::decode(lienthong_proto::INTEROP_FILE_DESCRIPTOR_SET)?,
        clients: ClientDirectory::new().with_plain_text(client),
        limits: DoorLimits::default(),
        metrics: Arc::new(DoorMetrics::register(&mut Registry::default())),
    };
    let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let listener = DoorListener::bind(loopback, Transport::Plain).await?;
    let running = door::open(parts, vec![listener]).await;
    let address = running.addresses().first().context("one listener")?;
    std::fs::write(&ready_file, format!("{{\"plain\": \"{address}\"}}\n"))?;
    tokio::signal::ctrl_c().await?;
    running.drain().await;
    Ok(())
}

fn ready_file() -> Result<PathBuf> {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("--ready-file"), Some(path)) => Ok(PathBuf::from(path)),
        _ => bail!("usage: interop-server --ready-file FILE"),
    }
}
