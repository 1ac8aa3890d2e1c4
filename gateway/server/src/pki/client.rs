//! One more client below a development authority that is there.
//!
//! What a reader would get wrong: the authority's certificate is not read. Whatever its key
//! signs under its name is accepted by whoever trusts it.

use jiff::Timestamp;
use rcgen::{ExtendedKeyUsagePurpose, Issuer, KeyPair};

use super::{PkiError, PkiFiles, authority, create, leaf};

/// Certificate and key of a calling system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientFiles {
    /// Its certificate.
    pub chain: std::path::PathBuf,
    /// Its key.
    pub key: std::path::PathBuf,
}

/// Makes a certificate of a calling system with this common name, beside `files` and below
/// their authority; its files bear the name. Where they are there, they stay as they are.
///
/// # Errors
/// [`PkiError`]; a file that is there is never overwritten.
pub fn write_development_client(
    files: &PkiFiles,
    name: &str,
    now: Timestamp,
) -> Result<ClientFiles, PkiError> {
    let beside = |end: &str| files.ca.with_file_name(format!("{name}.{end}"));
    let client = ClientFiles {
        chain: beside("pem"),
        key: beside("key"),
    };
    if client.chain.exists() && client.key.exists() {
        return Ok(client);
    }
    let key = std::fs::read_to_string(&files.ca_key).map_err(|source| PkiError::File {
        path: files.ca_key.clone(),
        source,
    })?;
    let key = KeyPair::from_pem(&key).map_err(PkiError::Generation)?;
    let issuer = Issuer::new(authority(now)?, key);
    let pair = leaf(&issuer, name, &[], ExtendedKeyUsagePurpose::ClientAuth, now)?;
    create(&client.key, &pair.key, 0o600)?;
    create(&client.chain, &pair.certificate, 0o644)?;
    Ok(client)
}
