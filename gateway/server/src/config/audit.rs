//! `[audit]`: the record of look-ups (nhật ký khai thác).
//!
//! The section has no default as a whole: a person's number stands in the record as a
//! keyed hash only, and a key that everybody knows would hide nothing.

use std::path::PathBuf;

use lienthong_adapters::keyed_hash::KeyedHash;
use lienthong_core::access::ClientName;
use lienthong_core::ports::audit::KeyId;
use secrecy::{ExposeSecret as _, SecretString};

use super::description::Page;
use super::kinds::{client_name, key_id};
use super::reader::Read;
use super::secret::secret_or_file;
use super::section::Section;

/// The record of look-ups.
#[derive(Debug, Clone)]
pub struct AuditSettings {
    /// Its database file, another one than the outbox's. Its folder exists; the file may
    /// not yet.
    pub database: PathBuf,
    /// Key of the hashes that stand for people; at least 32 characters.
    pub hash_key: SecretString,
    /// Name of that key, so that a record tells by which key it was made.
    pub hash_key_id: KeyId,
    /// Calling systems that may read the record.
    pub readers: Vec<ClientName>,
}

const DATABASE: &str = "audit.sqlite";
const HASH_KEY_ID: &str = "k1";

impl AuditSettings {
    pub(super) fn read(section: &mut Section<'_>) -> Read<Self> {
        let database = section.place_for_file("database", DATABASE);
        let hash_key = read_key(section);
        let hash_key_id = section.optional("hash_key_id", key_id);
        let readers = section.list("readers", client_name);
        let hash_key_id = match hash_key_id? {
            Some(given) => Ok(given),
            None => KeyId::parse(HASH_KEY_ID).ok_or_else(|| section.missing("hash_key_id", None)),
        };
        Ok(Self {
            database: database?,
            hash_key: hash_key?,
            hash_key_id: hash_key_id?,
            readers: readers?.unwrap_or_default(),
        })
    }

    pub(super) fn describe(&self, page: &mut Page) {
        page.section("audit");
        page.set("database", self.database.display().to_string());
        page.hide("hash_key");
        page.set("hash_key_id", self.hash_key_id.as_str());
        page.list("readers", self.readers.iter().map(ClientName::as_str));
    }
}

fn read_key(section: &mut Section<'_>) -> Read<SecretString> {
    let key = secret_or_file(section, "hash_key", "hash_key_file")?;
    let shortest = KeyedHash::MIN_CHARACTERS;
    if key.expose_secret().chars().count() < shortest {
        let message = format!("is shorter than {shortest} characters");
        let help = "make one that nobody can guess: head -c 32 /dev/urandom | base64";
        return Err(section.wrong("hash_key", &message, help));
    }
    Ok(key)
}
