//! Whom an upstream's certificate has to come from.
//!
//! Only the configured authorities count, never the platform's list, and there is
//! no switch that turns verification off (population.md 9.5: several systems in
//! use run without it).

use std::fmt;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use thiserror::Error;

/// Certificate authorities that may vouch for an upstream.
#[derive(Clone)]
pub struct CaBundle(RootCertStore);

/// Why a CA bundle was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidCaBundle {
    /// Not PEM.
    #[error("is not PEM")]
    Pem,
    /// PEM without a certificate.
    #[error("holds no certificate")]
    Empty,
    /// A certificate that cannot be an authority.
    #[error("certificate number {position} cannot be read as an authority")]
    Certificate {
        /// Which one, counted from 1.
        position: usize,
    },
}

impl CaBundle {
    /// Reads the certificates of a PEM file.
    ///
    /// # Errors
    /// [`InvalidCaBundle`]; a bundle with one bad certificate is refused whole.
    pub fn from_pem(pem: &[u8]) -> Result<Self, InvalidCaBundle> {
        let mut roots = RootCertStore::empty();
        for (index, certificate) in CertificateDer::pem_slice_iter(pem).enumerate() {
            let certificate = certificate.map_err(|_| InvalidCaBundle::Pem)?;
            roots
                .add(certificate)
                .map_err(|_| InvalidCaBundle::Certificate {
                    position: index + 1,
                })?;
        }
        if roots.is_empty() {
            Err(InvalidCaBundle::Empty)
        } else {
            Ok(Self(roots))
        }
    }

    /// Number of authorities.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Always `false`: an empty bundle is refused when it is read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for CaBundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CaBundle({} authorities)", self.len())
    }
}

/// TLS 1.2 or 1.3 by the named provider; without a bundle no certificate holds.
pub(crate) fn client_config(ca: Option<&CaBundle>) -> Result<ClientConfig, rustls::Error> {
    let roots = ca.map_or_else(RootCertStore::empty, |bundle| bundle.0.clone());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::{CaBundle, InvalidCaBundle};

    #[test]
    fn a_bundle_without_an_authority_is_refused() {
        assert_eq!(CaBundle::from_pem(b"").unwrap_err(), InvalidCaBundle::Empty);
        assert_eq!(
            CaBundle::from_pem(b"no pem at all").unwrap_err(),
            InvalidCaBundle::Empty
        );
        let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let error = CaBundle::from_pem(broken).unwrap_err();
        assert_eq!(error, InvalidCaBundle::Certificate { position: 1 });
    }
}
