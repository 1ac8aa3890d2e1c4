//! The door: everything between a socket and a service.
//!
//! tonic's own server leaves streams, resets, handshakes, descriptors and drain
//! unbounded, so the accept loop is ours. What a reader would get wrong: a service
//! finds [`Caller`], [`Deadline`] and [`RequestId`] in its request's extensions and
//! needs no other knowledge of the transport; the same service answers gRPC, gRPC-Web
//! and JSON.

use std::sync::Arc;

use prost_reflect::DescriptorPool;
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tonic::service::Routes;

mod accept;
mod clients;
mod connect;
mod connection;
mod deadline;
mod first_bytes;
mod frames;
mod layers;
mod limits;
mod listener;
mod methods;
mod observe;
mod peer;
mod protocol;
mod request_id;
mod running;
mod sparse;
#[cfg(test)]
mod tests;
pub mod tls;

pub(crate) use connect::gives_each_field_once;

pub use clients::{Caller, ClientDirectory, KeyFingerprint};
pub use deadline::Deadline;
pub use layers::install_panic_hook;
pub use limits::DoorLimits;
pub use listener::{BindError, DoorListener, Transport};
pub use observe::DoorMetrics;
pub use request_id::RequestId;
pub use running::{DrainReport, RunningDoor};

/// What a door is made of.
#[derive(Debug)]
pub struct DoorParts {
    /// The services.
    pub routes: Routes,
    /// Descriptors of all methods that may be called with JSON. Health and reflection
    /// need not be among them.
    pub descriptors: DescriptorPool,
    /// Who may call.
    pub clients: ClientDirectory,
    /// Limits.
    pub limits: DoorLimits,
    /// Where calls are counted.
    pub metrics: Arc<DoorMetrics>,
}

/// Serves on `listeners` until [`RunningDoor::drain`]. Callers can connect when it
/// returns.
#[cfg_attr(
    not(test),
    expect(
        clippy::unused_async,
        reason = "it spawns tasks, and only a future is sure to run within a runtime"
    )
)]
pub async fn open(parts: DoorParts, listeners: Vec<DoorListener>) -> RunningDoor {
    let limits = Arc::new(parts.limits);
    let (clients, known) = watch::channel(Arc::new(parts.clients));
    let stop = CancellationToken::new();
    let chain = layers::chain(layers::ChainParts {
        routes: parts.routes.prepare(),
        methods: Arc::new(methods::Methods::new(parts.descriptors)),
        clients: known,
        limits: Arc::clone(&limits),
        metrics: Arc::clone(&parts.metrics),
        stop: stop.clone(),
    });
    let hall = Arc::new(connection::Hall {
        handshakes_told: sparse::Sparse::default(),
        chain: Arc::new(chain),
        builder: connection::http_builder(&limits),
        limits: Arc::clone(&limits),
        metrics: parts.metrics,
        stop,
        cut: CancellationToken::new(),
    });
    let mut running = RunningDoor {
        addresses: Vec::new(),
        stop: hall.stop.clone(),
        cut: hall.cut.clone(),
        accepting: TaskTracker::new(),
        connections: TaskTracker::new(),
        drain: limits.drain,
        certificates: Vec::new(),
        clients,
    };
    let places = Arc::new(Semaphore::new(
        limits.connections.min(Semaphore::MAX_PERMITS),
    ));
    for DoorListener {
        socket,
        address,
        transport,
    } in listeners
    {
        running.addresses.push(address);
        let spoken = match transport {
            Transport::Plain => accept::Spoken::Plain,
            Transport::Tls(config) => {
                let (sender, current) = watch::channel(config);
                running.certificates.push(sender);
                accept::Spoken::Tls(current)
            }
        };
        running.accepting.spawn(accept::accept(
            socket,
            spoken,
            Arc::clone(&hall),
            Arc::clone(&places),
            running.connections.clone(),
        ));
    }
    running
}
