//! Judges a development PKI that is there already.
//!
//! It is judged as a peer would judge it, by verifying each chain at the given
//! time, so that what is kept will also be accepted.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::WebPkiClientVerifier;
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};

use super::{Flaw, PkiError, PkiFiles, PkiNames, loopback_names};

/// Whether all of `files` are of use at `now` for `names`.
pub(super) fn verify(files: &PkiFiles, names: &PkiNames, now: Timestamp) -> Result<(), PkiError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let seconds = u64::try_from(now.as_second()).map_err(|_| PkiError::Clock)?;
    let now = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    let authority = pair(&files.ca, &files.ca_key, &provider)?;
    let mut roots = RootCertStore::empty();
    roots
        .add(authority)
        .map_err(|_| unusable(&files.ca, Flaw::NotValid))?;
    let peers = Peers {
        roots: Arc::new(roots),
        provider,
        now,
    };
    peers.accept_server(&files.server_chain, &files.server_key, &names.server)?;
    peers.accept_client(&files.client_chain, &files.client_key, &names.client)?;
    peers.accept_server(&files.mocks_chain, &files.mocks_key, &loopback_names())
}

/// What a peer knows that trusts the authority.
struct Peers {
    roots: Arc<RootCertStore>,
    provider: Arc<CryptoProvider>,
    now: UnixTime,
}

impl Peers {
    fn accept_server(&self, chain: &Path, key: &Path, names: &[String]) -> Result<(), PkiError> {
        let leaf = pair(chain, key, &self.provider)?;
        let not_valid = || unusable(chain, Flaw::NotValid);
        let verifier = WebPkiServerVerifier::builder_with_provider(
            Arc::clone(&self.roots),
            Arc::clone(&self.provider),
        )
        .build()
        .map_err(|_| not_valid())?;
        for name in names {
            let name = ServerName::try_from(name.as_str()).map_err(|_| not_valid())?;
            verifier
                .verify_server_cert(&leaf, &[], &name, &[], self.now)
                .map_err(|_| not_valid())?;
        }
        Ok(())
    }

    fn accept_client(&self, chain: &Path, key: &Path, name: &str) -> Result<(), PkiError> {
        let leaf = pair(chain, key, &self.provider)?;
        let not_valid = || unusable(chain, Flaw::NotValid);
        WebPkiClientVerifier::builder_with_provider(
            Arc::clone(&self.roots),
            Arc::clone(&self.provider),
        )
        .build()
        .map_err(|_| not_valid())?
        .verify_client_cert(&leaf, &[], self.now)
        .map_err(|_| not_valid())?;
        if common_name(&leaf).as_deref() == Some(name) {
            Ok(())
        } else {
            Err(unusable(chain, Flaw::OtherClient))
        }
    }
}

/// The certificate in `chain`, which belongs to the key in `key`.
fn pair(
    chain: &Path,
    key: &Path,
    provider: &CryptoProvider,
) -> Result<CertificateDer<'static>, PkiError> {
    let certificate =
        CertificateDer::from_pem_slice(&read(chain)?).map_err(|_| unusable(chain, Flaw::NotPem))?;
    let private =
        PrivateKeyDer::from_pem_slice(&read(key)?).map_err(|_| unusable(key, Flaw::NotPem))?;
    CertifiedKey::from_der(vec![certificate.clone()], private, provider)
        .map_err(|_| unusable(chain, Flaw::OtherKey))?;
    Ok(certificate)
}

fn common_name(certificate: &CertificateDer<'_>) -> Option<String> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate).ok()?;
    let mut names = parsed.subject().iter_common_name();
    let name = names.next()?.as_str().ok()?.to_owned();
    names.next().is_none().then_some(name)
}

fn read(path: &Path) -> Result<Vec<u8>, PkiError> {
    fs::read(path).map_err(|source| PkiError::File {
        path: path.to_owned(),
        source,
    })
}

fn unusable(path: &Path, flaw: Flaw) -> PkiError {
    PkiError::Unusable {
        path: path.to_owned(),
        flaw,
    }
}
