//! The door as the configuration describes it.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use super::{Addresses, StartError};
use crate::config::{ClientCertificate, Config, Listen, ServerCertificate};
use crate::door::tls::server_config;
use crate::door::{ClientDirectory, DoorListener, Transport};

/// Who may call.
pub(super) fn clients(config: &Config) -> ClientDirectory {
    let mut directory = ClientDirectory::new();
    for client in &config.clients {
        directory = match &client.certificate {
            None => directory,
            Some(ClientCertificate::CommonName(name)) => {
                directory.with_common_name(name, client.name.clone())
            }
            Some(ClientCertificate::Fingerprint(key)) => {
                directory.with_key(*key, client.name.clone())
            }
        };
    }
    match &config.listen.plain_client {
        Some(client) => directory.with_plain_text(client.clone()),
        None => directory,
    }
}

/// The bound listeners, TLS before plain text.
pub(super) struct Listeners(Vec<DoorListener>);

impl Listeners {
    pub(super) fn into_listeners(self) -> Vec<DoorListener> {
        self.0
    }
}

/// Binds what is configured.
pub(super) async fn listeners(listen: &Listen) -> Result<Listeners, StartError> {
    let mut listeners = Vec::new();
    if let (Some(address), Some(tls)) = (listen.tls, certificate(listen)?) {
        listeners.push(DoorListener::bind(address, Transport::Tls(tls)).await?);
    }
    if let Some(address) = listen.plain {
        listeners.push(DoorListener::bind(address, Transport::Plain).await?);
    }
    Ok(Listeners(listeners))
}

/// The TLS side of the door; `None` when it has none.
pub(super) fn certificate(
    listen: &Listen,
) -> Result<Option<Arc<rustls::ServerConfig>>, StartError> {
    listen.certificate.as_ref().map(server_side).transpose()
}

/// Which address is whose, by the order of [`listeners`].
pub(super) fn addresses(listen: &Listen, bound: &[SocketAddr], console: SocketAddr) -> Addresses {
    let mut bound = bound.iter().copied();
    let tls = listen.tls.and_then(|_| bound.next());
    let plain = listen.plain.and_then(|_| bound.next());
    Addresses {
        tls,
        plain,
        console,
    }
}

fn server_side(files: &ServerCertificate) -> Result<Arc<rustls::ServerConfig>, StartError> {
    let chain = read(&files.chain_file)?;
    let key = read(&files.key_file)?;
    let client_ca = read(&files.client_ca_file)?;
    server_config(&chain, &key, &client_ca).map_err(StartError::Certificate)
}

fn read(path: &Path) -> Result<Vec<u8>, StartError> {
    fs::read(path).map_err(|source| StartError::CertificateFile {
        path: path.display().to_string(),
        source,
    })
}
