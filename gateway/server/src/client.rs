//! A running gateway, as the command line reaches it.
//!
//! What a reader would get wrong: a call has a deadline and a stream has none; a stream
//! that lies still is kept honest by pings, so that a gateway that went away is noticed.

use std::path::PathBuf;
use std::time::Duration;

use lienthong_proto::v1::catalogue_service_client::CatalogueServiceClient;
use lienthong_proto::v1::dossier_service_client::DossierServiceClient;
use lienthong_proto::v1::essential_services_service_client::EssentialServicesServiceClient;
use lienthong_proto::v1::population_service_client::PopulationServiceClient;
use lienthong_proto::v1::sync_service_client::SyncServiceClient;
use thiserror::Error;
use tonic::Request;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};

pub(crate) mod json;
pub(crate) mod refusal;

/// Time for a connection to come about.
const CONNECTING: Duration = Duration::from_secs(5);
/// Time for one call, from its request to its answer.
const CALL: Duration = Duration::from_secs(30);
/// Time for a call that looks at every dossier of a year.
pub(crate) const LONG_CALL: Duration = Duration::from_mins(5);
/// How often a silent connection is tested, and how long the test may take.
const PING: Duration = Duration::from_secs(20);
/// Largest answer. A gateway sends less; this only bounds what a wrong address may send.
const ANSWER_BYTES: usize = 32 << 20;

/// The files of mutual TLS, as PEM.
#[derive(Debug, Clone)]
pub(crate) struct TlsFiles {
    /// Authority that signed the gateway's certificate.
    pub(crate) ca: PathBuf,
    /// The caller's certificate, with its chain.
    pub(crate) certificate: PathBuf,
    /// Its key.
    pub(crate) key: PathBuf,
}

/// Why there is no connection.
#[derive(Debug, Error)]
pub(crate) enum ConnectError {
    /// A file of the keys cannot be read.
    #[error("{path} cannot be read")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// What the files hold cannot be used.
    #[error("the address or the keys cannot be used")]
    Unusable(#[source] tonic::transport::Error),
    /// Nothing answers there, or it answers something else.
    #[error("no gateway answers at {server}")]
    Unreachable {
        /// Where.
        server: String,
        /// Why.
        #[source]
        source: tonic::transport::Error,
    },
}

/// Clients over one connection.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    channel: Channel,
}

impl Client {
    /// Connects to `server` (`host:port`), in plain text unless `tls` is given.
    pub(crate) async fn connect(
        server: &str,
        tls: Option<&TlsFiles>,
    ) -> Result<Self, ConnectError> {
        let scheme = if tls.is_some() { "https" } else { "http" };
        let mut endpoint = Endpoint::from_shared(format!("{scheme}://{server}"))
            .map_err(ConnectError::Unusable)?
            .connect_timeout(CONNECTING)
            .tcp_nodelay(true)
            .http2_keep_alive_interval(PING)
            .keep_alive_timeout(PING)
            .keep_alive_while_idle(true);
        if let Some(files) = tls {
            endpoint = endpoint
                .tls_config(files.load()?.timeout(CONNECTING))
                .map_err(ConnectError::Unusable)?;
        }
        let channel = endpoint
            .connect()
            .await
            .map_err(|source| ConnectError::Unreachable {
                server: server.to_owned(),
                source,
            })?;
        Ok(Self { channel })
    }

    /// Dossiers.
    pub(crate) fn dossiers(&self) -> DossierServiceClient<Channel> {
        DossierServiceClient::new(self.channel.clone()).max_decoding_message_size(ANSWER_BYTES)
    }

    /// The sync, and what operators may do about it.
    pub(crate) fn sync(&self) -> SyncServiceClient<Channel> {
        SyncServiceClient::new(self.channel.clone()).max_decoding_message_size(ANSWER_BYTES)
    }

    /// The essential services.
    pub(crate) fn services(&self) -> EssentialServicesServiceClient<Channel> {
        EssentialServicesServiceClient::new(self.channel.clone())
            .max_decoding_message_size(ANSWER_BYTES)
    }

    /// The procedure catalogue.
    pub(crate) fn catalogue(&self) -> CatalogueServiceClient<Channel> {
        CatalogueServiceClient::new(self.channel.clone()).max_decoding_message_size(ANSWER_BYTES)
    }

    /// Look-ups.
    pub(crate) fn population(&self) -> PopulationServiceClient<Channel> {
        PopulationServiceClient::new(self.channel.clone()).max_decoding_message_size(ANSWER_BYTES)
    }
}

impl TlsFiles {
    fn load(&self) -> Result<ClientTlsConfig, ConnectError> {
        let read = |path: &PathBuf| {
            std::fs::read(path).map_err(|source| ConnectError::File {
                path: path.clone(),
                source,
            })
        };
        let authority = Certificate::from_pem(read(&self.ca)?);
        let identity = Identity::from_pem(read(&self.certificate)?, read(&self.key)?);
        Ok(ClientTlsConfig::new()
            .ca_certificate(authority)
            .identity(identity))
    }
}

/// `message` as a call that has to be answered in time.
pub(crate) fn call<M>(message: M) -> Request<M> {
    call_within(message, CALL)
}

/// `message` as a call that has to be answered within this time.
pub(crate) fn call_within<M>(message: M, within: Duration) -> Request<M> {
    let mut request = Request::new(message);
    request.set_timeout(within);
    request
}
