//! A bound socket and what is spoken on it.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::ServerConfig;
use thiserror::Error;
use tokio::net::TcpListener;

/// What is spoken on a socket.
#[derive(Debug, Clone)]
pub enum Transport {
    /// TLS with a client certificate.
    Tls(Arc<ServerConfig>),
    /// Plain text, on loopback only.
    Plain,
}

/// A bound socket.
#[derive(Debug)]
pub struct DoorListener {
    pub(super) socket: TcpListener,
    pub(super) address: SocketAddr,
    pub(super) transport: Transport,
}

/// Why a socket could not be bound.
#[derive(Debug, Error)]
pub enum BindError {
    /// Plain text was asked for on an address that others can reach.
    #[error("plain text is served on loopback only, not on {address}")]
    PlainTextBeyondLoopback {
        /// Address asked for.
        address: SocketAddr,
    },
    /// The system refused.
    #[error("cannot listen on {address}")]
    Refused {
        /// Address asked for.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

impl DoorListener {
    /// Listens on `address`; port 0 lets the system choose.
    ///
    /// # Errors
    /// [`BindError`].
    pub async fn bind(address: SocketAddr, transport: Transport) -> Result<Self, BindError> {
        if matches!(transport, Transport::Plain) && !address.ip().is_loopback() {
            return Err(BindError::PlainTextBeyondLoopback { address });
        }
        let refused = |source| BindError::Refused { address, source };
        let socket = TcpListener::bind(address).await.map_err(refused)?;
        let address = socket.local_addr().map_err(refused)?;
        Ok(Self {
            socket,
            address,
            transport,
        })
    }

    /// The address bound.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}
