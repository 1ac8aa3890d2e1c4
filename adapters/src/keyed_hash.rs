//! Whose record it was, for those who hold the key and for nobody else.
//!
//! Without the key a hash of a number of twelve digits is no protection: all numbers
//! can be tried in minutes. So the hash is keyed, the key is no shorter than the hash
//! deserves, and it is never the key of anything else.

use std::fmt;

use aws_lc_rs::hmac::{Context, HMAC_SHA256, Key};
use lienthong_core::identity::Identity;
use lienthong_core::ports::audit::{KeyId, PersonHash};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

/// A key is shorter than [`KeyedHash::MIN_CHARACTERS`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "the key \"{}\" of keyed hashes has fewer than {} characters",
    .key_id.as_str(),
    KeyedHash::MIN_CHARACTERS
)]
pub struct WeakKey {
    /// Name of the key.
    pub key_id: KeyId,
}

/// HMAC-SHA256 of a person's number (population.md 14, rule 4). `Debug` shows the name
/// of the key only.
#[derive(Clone)]
pub struct KeyedHash {
    key_id: KeyId,
    key: Key,
}

impl KeyedHash {
    /// Fewest characters of a key: a short one is found by trying.
    pub const MIN_CHARACTERS: usize = 32;

    /// Hashes under `key`, which every hash names by `key_id`. A new key needs a new
    /// name, or two hashes of one person look like two people.
    ///
    /// # Errors
    /// [`WeakKey`].
    pub fn new(key_id: KeyId, key: &SecretString) -> Result<Self, WeakKey> {
        let key = key.expose_secret();
        if key.chars().count() < Self::MIN_CHARACTERS {
            return Err(WeakKey { key_id });
        }
        Ok(Self {
            key_id,
            key: Key::new(HMAC_SHA256, key.as_bytes()),
        })
    }

    /// Name of the key.
    #[must_use]
    pub fn key_id(&self) -> &KeyId {
        &self.key_id
    }

    /// The hash of a person's number. The two kinds of number never share a hash; that
    /// an old and a new number are one person cannot be told from theirs.
    #[must_use]
    pub fn person(&self, identity: &Identity) -> PersonHash {
        // Số định danh cá nhân, and số chứng minh nhân dân of nine digits.
        let kind = match identity {
            Identity::PersonalNumber(_) => "so-dinh-danh:",
            Identity::OldIdCard(_) => "cmnd:",
        };
        let mut context = Context::with_key(&self.key);
        context.update(kind.as_bytes());
        context.update(identity.expose().as_bytes());
        let mut hash = [0; 32];
        hash.copy_from_slice(context.sign().as_ref());
        PersonHash {
            key_id: self.key_id.clone(),
            hash,
        }
    }
}

impl fmt::Debug for KeyedHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyedHash")
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use lienthong_core::identity::{Identity, OldIdCardNumber, PersonalNumber};
    use lienthong_core::ports::audit::KeyId;
    use secrecy::SecretString;

    use super::{KeyedHash, WeakKey};

    const KEY: &str = "an invented key that only tests may use";

    fn hash(key_id: &str, key: &str) -> Result<KeyedHash, WeakKey> {
        KeyedHash::new(KeyId::parse(key_id).unwrap(), &SecretString::from(key))
    }

    fn new_number() -> Identity {
        PersonalNumber::parse("000185000001").unwrap().into()
    }

    fn old_number() -> Identity {
        OldIdCardNumber::parse("000185001").unwrap().into()
    }

    fn hex(bytes: &[u8]) -> String {
        use std::fmt::Write;
        bytes.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
    }

    #[test]
    fn the_hash_is_the_one_that_another_program_computes() {
        // Python: hmac.new(KEY, b"so-dinh-danh:000185000001", "sha256").hexdigest()
        let hashes = hash("k1", KEY).unwrap();
        assert_eq!(
            hex(&hashes.person(&new_number()).hash),
            "97022166baef522e16afb29bd130ef2b9e1b09116c867752e38be095a1cd4a5f"
        );
        // The same with b"cmnd:000185001".
        assert_eq!(
            hex(&hashes.person(&old_number()).hash),
            "7b225eafeb99e1cfc3db48112245feff7c601a138f3c8fafa3f40b62b73a96d9"
        );
    }

    #[test]
    fn another_key_gives_another_hash_and_names_itself() {
        let first = hash("k1", KEY).unwrap().person(&new_number());
        let second = hash("k2", &KEY.replace('a', "b")).unwrap();
        let second = second.person(&new_number());
        assert_ne!(first.hash, second.hash);
        assert_eq!(
            (first.key_id.as_str(), second.key_id.as_str()),
            ("k1", "k2")
        );
        assert_ne!(first, second);
    }

    #[test]
    fn a_short_key_is_refused_by_its_name() {
        let refused = hash("k1", &KEY[..31]).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the key \"k1\" of keyed hashes has fewer than 32 characters"
        );
        assert!(hash("k1", &KEY[..32]).is_ok());
        // Characters, not bytes: each of these takes three.
        assert!(hash("k1", &"ệ".repeat(31)).is_err());
    }

    #[test]
    fn neither_key_nor_number_is_ever_shown() {
        let hashes = hash("k1", KEY).unwrap();
        let shown = format!("{hashes:?} {:?}", hashes.person(&new_number()));
        assert!(shown.contains("k1"), "{shown}");
        assert!(
            !shown.contains("invented") && !shown.contains("000185"),
            "{shown}"
        );
    }
}
