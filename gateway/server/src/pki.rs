//! Certificates and keys for development: one authority, and below it a server,
//! a client and the mocked government side.
//!
//! Never for operation: the authority's key lies beside the certificates, so
//! whoever reads the folder can be any client.

mod client;
mod existing;

#[cfg(test)]
mod tests;

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};

pub use client::{ClientFiles, write_development_client};

const DAY: Duration = Duration::from_hours(24);
/// How long the server's, the client's and the mocks' certificates are valid.
const LEAF_LIFE: Duration = Duration::from_hours(365 * 24);
/// The authority's life, and with it that of whatever it could sign later.
const AUTHORITY_LIFE: Duration = Duration::from_hours(10 * 365 * 24);
/// The last second at which a certificate of ten years still ends in a year that
/// X.509 can write.
const LATEST: i64 = 250_000_000_000;

/// Names that go into the certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PkiNames {
    /// Common name of the client's certificate.
    pub client: String,
    /// Names and addresses under which the server is called.
    pub server: Vec<String>,
}

impl Default for PkiNames {
    fn default() -> Self {
        Self {
            client: String::from("igate"),
            server: loopback_names(),
        }
    }
}

/// The files of a development PKI; certificates and keys are PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PkiFiles {
    /// Certificate of the authority.
    pub ca: PathBuf,
    /// Key of the authority.
    pub ca_key: PathBuf,
    /// Certificate of the gateway.
    pub server_chain: PathBuf,
    /// Key of the gateway.
    pub server_key: PathBuf,
    /// Certificate of a calling system.
    pub client_chain: PathBuf,
    /// Key of a calling system.
    pub client_key: PathBuf,
    /// Certificate of the mocked government side.
    pub mocks_chain: PathBuf,
    /// Key of the mocked government side.
    pub mocks_key: PathBuf,
}

impl PkiFiles {
    /// The files in `dir`, whether they are there or not.
    #[must_use]
    pub fn in_dir(dir: &Path) -> Self {
        Self {
            ca: dir.join("ca.pem"),
            ca_key: dir.join("ca.key"),
            server_chain: dir.join("server.pem"),
            server_key: dir.join("server.key"),
            client_chain: dir.join("client.pem"),
            client_key: dir.join("client.key"),
            mocks_chain: dir.join("mocks.pem"),
            mocks_key: dir.join("mocks.key"),
        }
    }

    /// Every file, each certificate before its key.
    #[must_use]
    pub fn all(&self) -> [&Path; 8] {
        [
            &self.ca,
            &self.ca_key,
            &self.server_chain,
            &self.server_key,
            &self.client_chain,
            &self.client_key,
            &self.mocks_chain,
            &self.mocks_key,
        ]
    }
}

/// Why there is no development PKI.
#[derive(Debug, thiserror::Error)]
pub enum PkiError {
    /// A file or the folder could not be read or written.
    #[error("cannot use {}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Some of the files are there, others are not; nothing was written.
    #[error("{} is missing beside files that are there; empty the folder first", path.display())]
    Incomplete {
        /// The first that is missing.
        path: PathBuf,
    },
    /// All files are there, but they are of no use; nothing was written.
    #[error("{} {flaw}; empty the folder first", path.display())]
    Unusable {
        /// The first that is of no use.
        path: PathBuf,
        /// What is wrong with it.
        flaw: Flaw,
    },
    /// A name cannot stand in a certificate, or the system gave no randomness.
    #[error("cannot make a certificate")]
    Generation(#[source] rcgen::Error),
    /// The time lies before 1970 or too far ahead for a certificate.
    #[error("the clock shows no time at which a certificate could be made")]
    Clock,
}

/// What is wrong with a file that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Not PEM of the right kind.
    #[error("is not what its name says")]
    NotPem,
    /// Expired, not valid yet, signed by another authority or made for another
    /// purpose or name.
    #[error("is not valid now, or not for its use")]
    NotValid,
    /// The key beside it is another certificate's.
    #[error("does not belong to the key beside it")]
    OtherKey,
    /// The client's common name is another one.
    #[error("names another client")]
    OtherClient,
}

/// Makes a development PKI in `dir`, which is created when it is not there. The
/// certificates are valid for a year from `now`; keys are readable by their owner
/// only. Where all files are there and of use at `now`, they stay as they are.
///
/// # Errors
/// [`PkiError`]; a file that is there is never overwritten.
pub fn write_development_pki(
    dir: &Path,
    names: &PkiNames,
    now: Timestamp,
) -> Result<PkiFiles, PkiError> {
    let files = PkiFiles::in_dir(dir);
    fs::create_dir_all(dir).map_err(|source| PkiError::File {
        path: dir.to_owned(),
        source,
    })?;
    let missing = files
        .all()
        .into_iter()
        .filter(|path| !path.exists())
        .collect::<Vec<_>>();
    match missing.as_slice() {
        [] => existing::verify(&files, names, now)?,
        all if all.len() == files.all().len() => write(&files, names, now)?,
        [first, ..] => {
            return Err(PkiError::Incomplete {
                path: (*first).to_owned(),
            });
        }
    }
    Ok(files)
}

fn write(files: &PkiFiles, names: &PkiNames, now: Timestamp) -> Result<(), PkiError> {
    let pairs = generate(names, now)?;
    let paths = files.all();
    for (pair, [certificate, key]) in pairs.iter().zip(paths.as_chunks::<2>().0) {
        create(key, &pair.key, 0o600)?;
        create(certificate, &pair.certificate, 0o644)?;
    }
    Ok(())
}

fn create(path: &Path, content: &str, mode: u32) -> Result<(), PkiError> {
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)
        .and_then(|mut file| file.write_all(content.as_bytes()))
        .map_err(|source| PkiError::File {
            path: path.to_owned(),
            source,
        })
}

/// A certificate with its key, both PEM.
struct Pair {
    certificate: String,
    key: String,
}

/// The authority, before anybody has signed it.
fn authority(now: Timestamp) -> Result<CertificateParams, PkiError> {
    let mut authority = params("lienthong development authority", &[], now, AUTHORITY_LIFE)?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(authority)
}

/// A certificate below the authority, with a key of its own.
fn leaf(
    issuer: &Issuer<'_, KeyPair>,
    name: &str,
    alternatives: &[String],
    purpose: ExtendedKeyUsagePurpose,
    now: Timestamp,
) -> Result<Pair, PkiError> {
    let mut params = params(name, alternatives, now, LEAF_LIFE)?;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![purpose];
    params.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate().map_err(PkiError::Generation)?;
    let certificate = params.signed_by(&key, issuer);
    Ok(Pair {
        certificate: certificate.map_err(PkiError::Generation)?.pem(),
        key: key.serialize_pem(),
    })
}

/// Authority, server, client and mocks, in the order of [`PkiFiles::all`].
fn generate(names: &PkiNames, now: Timestamp) -> Result<[Pair; 4], PkiError> {
    let key = KeyPair::generate().map_err(PkiError::Generation)?;
    let authority = authority(now)?;
    let certificate = authority.self_signed(&key).map_err(PkiError::Generation)?;
    let itself = Pair {
        certificate: certificate.pem(),
        key: key.serialize_pem(),
    };
    let issuer = Issuer::new(authority, key);
    let (server, client) = (
        ExtendedKeyUsagePurpose::ServerAuth,
        ExtendedKeyUsagePurpose::ClientAuth,
    );
    Ok([
        itself,
        leaf(&issuer, "lienthong", &names.server, server.clone(), now)?,
        leaf(&issuer, &names.client, &[], client, now)?,
        leaf(&issuer, "lienthong mocks", &loopback_names(), server, now)?,
    ])
}

fn params(
    common_name: &str,
    alternatives: &[String],
    now: Timestamp,
    life: Duration,
) -> Result<CertificateParams, PkiError> {
    let seconds = u64::try_from(now.as_second()).map_err(|_| PkiError::Clock)?;
    if now.as_second() > LATEST {
        return Err(PkiError::Clock);
    }
    let mut params = CertificateParams::new(alternatives.to_vec()).map_err(PkiError::Generation)?;
    let now = rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds);
    // A caller whose clock is behind must not find the certificate in the future.
    params.not_before = now - DAY;
    params.not_after = now + life;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    Ok(params)
}

fn loopback_names() -> Vec<String> {
    ["localhost", "127.0.0.1", "::1"].map(String::from).to_vec()
}
