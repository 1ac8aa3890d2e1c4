//! Turns PEM text into the TLS side of a listener.
//!
//! What a reader would get wrong: no client certificate is asked for. Provinces authenticate with
//! headers and sessions; mutual TLS has not been seen on this route (population.md 9.5).

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::config::{MocksError, TlsFiles};

/// A TLS 1.2 and 1.3 acceptor that offers HTTP/2 and HTTP/1.1.
pub(crate) fn acceptor(files: &TlsFiles) -> Result<TlsAcceptor, MocksError> {
    let chain: Vec<_> = CertificateDer::pem_slice_iter(files.certificate_chain.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|_| MocksError::Pem {
            part: "certificate chain",
        })?;
    if chain.is_empty() {
        return Err(MocksError::Pem {
            part: "certificate chain",
        });
    }
    let key = PrivateKeyDer::from_pem_slice(files.private_key.as_bytes()).map_err(|_| {
        MocksError::Pem {
            part: "private key",
        }
    })?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(MocksError::Tls)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(MocksError::Tls)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
