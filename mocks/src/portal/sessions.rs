//! Sessions of the portal (Phiên làm việc): issued by a login, ended by time or by a fault.
//!
//! What a reader would get wrong: using a session does not prolong it. The real rule is unknown
//! (portal.md 3); a fixed life is the harder case for a client.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::guarded::Guarded;

/// The sessions that were issued, with their ends.
pub(super) struct Sessions {
    life: SignedDuration,
    ends: Guarded<HashMap<String, Timestamp>>,
    issued: AtomicU64,
}

impl Sessions {
    pub(super) fn new(life: Duration) -> Self {
        Self {
            life: SignedDuration::try_from(life).unwrap_or(SignedDuration::MAX),
            ends: Guarded::default(),
            issued: AtomicU64::new(0),
        }
    }

    pub(super) fn issue(&self, now: Timestamp) -> String {
        let session = uuid::Builder::from_random_bytes(rand::random())
            .into_uuid()
            .to_string();
        let end = now.saturating_add(self.life).unwrap_or(Timestamp::MAX);
        let mut ends = self.ends.lock();
        ends.retain(|_, end| *end > now);
        ends.insert(session.clone(), end);
        self.issued.fetch_add(1, Ordering::SeqCst);
        session
    }

    pub(super) fn is_valid(&self, session: &str, now: Timestamp) -> bool {
        self.ends.lock().get(session).is_some_and(|end| *end > now)
    }

    pub(super) fn end(&self, session: &str) {
        self.ends.lock().remove(session);
    }

    pub(super) fn forget(&self) {
        self.ends.lock().clear();
    }

    pub(super) fn issued(&self) -> u64 {
        self.issued.load(Ordering::SeqCst)
    }
}
