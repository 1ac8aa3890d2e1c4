//! A stream that ends, against a gateway that does little else.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use clap::Parser;
use futures_util::{Stream, stream};
use lienthong_core::access::ClientName;
use lienthong_proto::v1;
use lienthong_proto::v1::dossier_service_server::{DossierService, DossierServiceServer};
use prometheus_client::registry::Registry;
use prost_reflect::DescriptorPool;
use tonic::Request;
use tonic::service::Routes;

use super::*;
use crate::cli::{FAILED, UPSTREAM_UNAVAILABLE};
use crate::door::{
    ClientDirectory, DoorLimits, DoorListener, DoorMetrics, DoorParts, RunningDoor, Transport, open,
};
use crate::status::ServerError;

#[derive(Debug, Parser)]
struct Command {
    #[command(flatten)]
    target: Target,
}

type States = Pin<Box<dyn Stream<Item = Result<v1::WatchDossierResponse, Status>> + Send>>;

/// What one stream tells: revisions, and how it ends.
type Script = (Vec<i64>, Option<Status>);

/// Answers each call of `WatchDossier` with the next script.
#[derive(Clone, Default)]
struct Scripted(Arc<Mutex<VecDeque<Script>>>);

fn unused<T>() -> Result<Response<T>, Status> {
    Err(ServerError::UnknownMethod.to_status())
}

#[tonic::async_trait]
impl DossierService for Scripted {
    async fn record_dossier(
        &self,
        _: Request<v1::RecordDossierRequest>,
    ) -> Result<Response<v1::RecordDossierResponse>, Status> {
        unused()
    }

    async fn record_progress(
        &self,
        _: Request<v1::RecordProgressRequest>,
    ) -> Result<Response<v1::RecordProgressResponse>, Status> {
        unused()
    }

    type RecordEventsStream =
        Pin<Box<dyn Stream<Item = Result<v1::RecordEventsResponse, Status>> + Send>>;

    async fn record_events(
        &self,
        _: Request<Streaming<v1::RecordEventsRequest>>,
    ) -> Result<Response<Self::RecordEventsStream>, Status> {
        unused()
    }

    async fn get_dossier(
        &self,
        _: Request<v1::GetDossierRequest>,
    ) -> Result<Response<v1::GetDossierResponse>, Status> {
        unused()
    }

    type WatchDossierStream = States;

    async fn watch_dossier(
        &self,
        _: Request<v1::WatchDossierRequest>,
    ) -> Result<Response<States>, Status> {
        let script = self.0.lock().unwrap().pop_front();
        let (revisions, end) = script.unwrap_or_default();
        let state = |revision| {
            let sync = v1::DossierSync {
                revision,
                ..v1::DossierSync::default()
            };
            Ok(v1::WatchDossierResponse { sync: Some(sync) })
        };
        let states: Vec<_> = revisions.into_iter().map(state).collect();
        let end = end.into_iter().map(Err);
        Ok(Response::new(Box::pin(stream::iter(
            states.into_iter().chain(end),
        ))))
    }
}

/// A door with nothing but `scripted` behind it.
async fn door(scripted: Scripted) -> RunningDoor {
    let parts = DoorParts {
        routes: Routes::new(DossierServiceServer::new(scripted)),
        descriptors: DescriptorPool::decode(lienthong_proto::FILE_DESCRIPTOR_SET).unwrap(),
        clients: ClientDirectory::new().with_plain_text(ClientName::parse("igate").unwrap()),
        limits: DoorLimits::default(),
        metrics: Arc::new(DoorMetrics::register(&mut Registry::default())),
    };
    let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
    let listener = DoorListener::bind(loopback, Transport::Plain).await;
    open(parts, vec![listener.unwrap()]).await
}

/// What is heard of `scripts` one after the other, and the failure that ends it; a gateway
/// is waited for that long.
async fn heard(scripts: Vec<Script>, whole: Duration) -> (Vec<i64>, Failure) {
    let door = door(Scripted(Arc::new(Mutex::new(scripts.into())))).await;
    let address = door.addresses()[0].to_string();
    let target = Command::parse_from(["test", "--server", &address]).target;
    let watch = |client: Client| async move {
        let request = v1::WatchDossierRequest::default();
        client.dossiers().watch_dossier(request).await
    };
    let mut states = Reopened::begin(&target, Lang::En, watch).await.unwrap();
    states.patience = Patience {
        whole,
        first: Duration::from_millis(1),
        longest: Duration::from_millis(10),
    };
    let mut revisions = Vec::new();
    loop {
        match states.next().await {
            Ok(answer) => revisions.push(answer.sync.unwrap().revision),
            Err(failure) => {
                door.drain().await;
                return (revisions, failure);
            }
        }
    }
}

#[tokio::test]
async fn a_stream_that_ends_by_itself_goes_on_over_the_next() {
    let scripts = vec![
        (vec![1], Some(ServerError::Stopping.to_status())),
        (vec![1, 2], Some(ServerError::DeadlineExceeded.to_status())),
        (vec![], None),
        (vec![3], Some(ServerError::OperatorNotPermitted.to_status())),
    ];
    let (revisions, failure) = heard(scripts, Duration::from_mins(10)).await;
    assert_eq!(revisions, [1, 1, 2, 3]);
    assert_eq!(failure.exit_code(), FAILED, "a refusal is the end");
}

#[tokio::test]
async fn a_gateway_that_stays_away_is_given_up() {
    // Every further call gets a stream that ends at once.
    let scripts = vec![(vec![1], Some(ServerError::Stopping.to_status()))];
    let (revisions, failure) = heard(scripts, Duration::from_millis(50)).await;
    assert_eq!(revisions, [1]);
    assert_eq!(failure.exit_code(), UPSTREAM_UNAVAILABLE);
}
