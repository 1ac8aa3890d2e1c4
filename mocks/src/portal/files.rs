//! Files that were uploaded (P4's B3): their ids and hashes, not their bytes.
//!
//! What a reader would get wrong: the kind of hash is not documented; SHA-256 in hexadecimal is an
//! assumption of this project. A client repeats it and need not know how it was made.

use std::collections::HashMap;

use aws_lc_rs::digest::{SHA256, digest};

use super::refusal::Refusal;
use crate::guarded::Guarded;

/// Hashes by id.
#[derive(Debug, Default)]
pub(super) struct Files {
    hashes: Guarded<HashMap<String, String>>,
}

impl Files {
    /// Stores a file and gives its id and hash.
    pub(super) fn store(&self, bytes: &[u8]) -> (String, String) {
        let id = uuid::Builder::from_random_bytes(rand::random())
            .into_uuid()
            .to_string();
        let hash = digest(&SHA256, bytes);
        let (high, low) = hash.as_ref().split_at(16);
        let [high, low] = [high, low].map(|half| {
            half.iter()
                .fold(0_u128, |sum, byte| (sum << 8) | u128::from(*byte))
        });
        let hash = format!("{high:032x}{low:032x}");
        self.hashes.lock().insert(id.clone(), hash.clone());
        (id, hash)
    }

    /// Refuses an id that was not given out, or a hash that is not the file's.
    pub(super) fn check(&self, id: &str, hash: Option<&str>) -> Result<(), Refusal> {
        match (self.hashes.lock().get(id), hash) {
            (None, _) => Err(Refusal::UnknownFile),
            (Some(known), Some(given)) if known != given => Err(Refusal::OtherHash),
            (Some(_), _) => Ok(()),
        }
    }

    pub(super) fn forget(&self) {
        self.hashes.lock().clear();
    }
}
