//! A door that is open, and how it is closed.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::clients::ClientDirectory;

/// An open door. Dropping it closes the door and cuts its connections.
#[derive(Debug)]
pub struct RunningDoor {
    pub(super) addresses: Vec<SocketAddr>,
    pub(super) stop: CancellationToken,
    pub(super) cut: CancellationToken,
    pub(super) accepting: TaskTracker,
    pub(super) connections: TaskTracker,
    pub(super) drain: Duration,
    pub(super) certificates: Vec<watch::Sender<Arc<ServerConfig>>>,
    pub(super) clients: watch::Sender<Arc<ClientDirectory>>,
}

/// How closing went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrainReport {
    /// Connections whose calls all ended in time.
    pub finished: usize,
    /// Connections that were cut.
    pub cut: usize,
}

impl RunningDoor {
    /// Addresses of the listeners, in the order given to [`super::open`].
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Shakes hands with `config` from the next TLS connection on, on every TLS
    /// listener. Open connections stay as they are.
    pub fn replace_certificates(&self, config: &Arc<ServerConfig>) {
        for sender in &self.certificates {
            sender.send_replace(Arc::clone(config));
        }
    }

    /// Judges by `clients` from the next request on, on open connections too.
    pub fn replace_clients(&self, clients: ClientDirectory) {
        self.clients.send_replace(Arc::new(clients));
    }

    /// Takes no more connections, asks the open ones to end (GOAWAY), waits for their
    /// calls until the drain deadline, and cuts what is left.
    pub async fn drain(self) -> DrainReport {
        self.stop.cancel();
        self.accepting.close();
        self.accepting.wait().await;
        let open = self.connections.len();
        self.connections.close();
        let cut = match timeout(self.drain, self.connections.wait()).await {
            Ok(()) => 0,
            Err(_elapsed) => self.connections.len(),
        };
        self.cut.cancel();
        self.connections.wait().await;
        tracing::info!(finished = open.saturating_sub(cut), cut, "door closed");
        DrainReport {
            finished: open.saturating_sub(cut),
            cut,
        }
    }
}

impl Drop for RunningDoor {
    fn drop(&mut self) {
        self.stop.cancel();
        self.cut.cancel();
    }
}
