//! What the government side received, in order, for tests and for the control API.
//!
//! What a reader would get wrong: an entry names headers but never shows their values, and holds
//! request and dossier numbers but never a person. It is safe to print when a test fails.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::guarded::Guarded;

/// Entries kept; older ones are forgotten.
const CAPACITY: usize = 10_000;

/// Headers whose presence is worth knowing; all others are left out.
const WATCHED_HEADERS: [&str; 16] = [
    "accept",
    "apikey",
    "auth",
    "authhash",
    "authorization",
    "charset",
    "content-type",
    "dstcode",
    "lgspaccesstoken",
    "receiver_code",
    "sender_code",
    "soapaction",
    "timestamp",
    "tran_code",
    "x-request-id",
    "x-road-client",
];

/// One request as the government side saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Counts from 1 within one upstream, and goes on counting after entries are forgotten.
    pub sequence: u64,
    /// When it was answered, by the government side's own clock. RFC 3339 in JSON.
    #[serde(serialize_with = "as_text")]
    pub at: Timestamp,
    /// Which profile it came through: of the population database (population.md 8), `ngsp` for
    /// the ministry platform's token call, or of the portal (portal.md 1): `p1`, `p2`,
    /// `p3_is_updating`, `p3_three_urls`, `p4`.
    pub profile: Option<&'static str>,
    /// `token`, `037`, `033`, `household`, `relatives`; `login`, the portal's `service`, or an
    /// operation of P4.
    pub operation: String,
    /// Path of the request.
    pub path: String,
    /// What came of it, whether or not the answer reached the caller.
    pub outcome: Outcome,
    /// The numbers it was about: `MaYeuCau` (Mã yêu cầu) for the population database, each
    /// `MaHoSo` (Mã hồ sơ) once for the portal.
    pub keys: Vec<String>,
    /// Names of the watched headers that were present.
    pub headers: Vec<String>,
    /// Kind of the scripted fault that was played, if any.
    pub fault: Option<&'static str>,
}

fn as_text<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

impl Entry {
    /// The first number it was about.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.keys.first().map(String::as_str)
    }

    /// Whether the request was about this `MaYeuCau` or `MaHoSo`.
    #[must_use]
    pub fn concerns(&self, key: &str) -> bool {
        self.keys.iter().any(|own| own == key)
    }
}

/// What a request did on the government's side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "reason", rename_all = "snake_case")]
pub enum Outcome {
    /// An access token was issued.
    TokenIssued,
    /// The portal issued a session.
    SessionIssued,
    /// The person exists and the data agree.
    Matched,
    /// No such person, or the data differ: one answer for both.
    NotMatched,
    /// The portal issued a dossier number.
    NumberIssued,
    /// Files were stored.
    FilesStored,
    /// A dossier was stored.
    Created,
    /// A stored dossier was replaced.
    Updated,
    /// Steps were added.
    ProgressAdded,
    /// A dossier was asked for and is there.
    Found,
    /// A dossier was asked for and is not there.
    Absent,
    /// A create for a dossier that is there; nothing changed.
    AlreadyExists,
    /// One call too many for the limit that was agreed.
    Throttled,
    /// The caller did not show who it is; with the reason.
    Unauthenticated(String),
    /// The request broke a rule; with the rule.
    Refused(String),
    /// A scripted fault came first: nothing changed.
    NotApplied,
}

/// What is known of a request before its outcome.
#[derive(Debug, Clone, Default)]
pub(crate) struct Received {
    pub(crate) profile: Option<&'static str>,
    pub(crate) operation: String,
    /// What the operation is for, in words that every profile of the portal shares; else empty.
    pub(crate) role: &'static str,
    pub(crate) path: String,
    pub(crate) keys: Vec<String>,
    pub(crate) headers: Vec<String>,
}

/// Names of the watched headers in a request, sorted.
pub(crate) fn watched(headers: &axum::http::HeaderMap) -> Vec<String> {
    WATCHED_HEADERS
        .iter()
        .filter(|name| headers.contains_key(**name))
        .map(|name| (*name).to_owned())
        .collect()
}

/// The bounded journal of one upstream.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    inner: Guarded<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    written: u64,
    entries: VecDeque<Entry>,
}

impl Journal {
    /// Writes an entry and forgets the oldest when full.
    pub(crate) fn write(
        &self,
        at: Timestamp,
        received: Received,
        outcome: Outcome,
        fault: Option<&'static str>,
    ) {
        let mut inner = self.inner.lock();
        inner.written += 1;
        if inner.entries.len() == CAPACITY {
            inner.entries.pop_front();
        }
        let Received {
            profile,
            operation,
            role: _,
            path,
            keys,
            headers,
        } = received;
        let sequence = inner.written;
        inner.entries.push_back(Entry {
            sequence,
            at,
            profile,
            operation,
            path,
            outcome,
            keys,
            headers,
            fault,
        });
    }

    /// The entries kept, oldest first.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.inner.lock().entries.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{CAPACITY, Journal, Outcome, Received};
    use jiff::Timestamp;

    #[test]
    fn a_full_journal_forgets_the_oldest_and_goes_on_counting() {
        let journal = Journal::default();
        for _ in 0..=CAPACITY {
            journal.write(
                Timestamp::UNIX_EPOCH,
                Received::default(),
                Outcome::Absent,
                None,
            );
        }
        let entries = journal.entries();
        assert_eq!(entries.len(), CAPACITY);
        assert_eq!(entries[0].sequence, 2);
        assert_eq!(entries[CAPACITY - 1].sequence, CAPACITY as u64 + 1);
    }
}
