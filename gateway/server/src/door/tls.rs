//! The TLS side of a listener.
//!
//! What a reader would get wrong: a client certificate is not optional, and whoever
//! the named authority signed gets through the handshake; which of them may call is
//! settled by [`super::ClientDirectory`] on each request.

use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::server::{VerifierBuilderError, WebPkiClientVerifier};
use rustls::{RootCertStore, ServerConfig};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use thiserror::Error;

/// Why no TLS configuration could be made. Never holds key material.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A PEM text has no usable entry.
    #[error("the {part} holds no readable PEM entry")]
    Pem {
        /// Which text.
        part: &'static str,
    },
    /// An authority's certificate cannot be used.
    #[error("a certificate of the client authority cannot be used")]
    Authority(#[source] rustls::Error),
    /// Client certificates cannot be checked against these authorities.
    #[error("client certificates cannot be checked")]
    Verifier(#[source] VerifierBuilderError),
    /// Key and certificate do not go together, or are not supported.
    #[error("the server's certificate and key cannot be used")]
    Identity(#[source] rustls::Error),
}

/// TLS 1.2 and 1.3 with a mandatory client certificate, offering HTTP/2 and HTTP/1.1.
/// All three texts are PEM.
///
/// # Errors
/// [`TlsError`].
pub fn server_config(
    certificate_chain: &[u8],
    private_key: &[u8],
    client_authorities: &[u8],
) -> Result<Arc<ServerConfig>, TlsError> {
    let chain = certificates(certificate_chain, "certificate chain")?;
    let key = PrivateKeyDer::from_pem_slice(private_key).map_err(|_| TlsError::Pem {
        part: "private key",
    })?;
    let mut roots = RootCertStore::empty();
    for authority in certificates(client_authorities, "client authorities")? {
        roots.add(authority).map_err(TlsError::Authority)?;
    }
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .build()
            .map_err(TlsError::Verifier)?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(TlsError::Identity)?
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)
        .map_err(TlsError::Identity)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn certificates(pem: &[u8], part: &'static str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|_| TlsError::Pem { part })?;
    if found.is_empty() {
        Err(TlsError::Pem { part })
    } else {
        Ok(found)
    }
}
