//! The record of look-ups (nhật ký khai thác) as a port.
//!
//! A look-up that cannot be shown later must not have happened: the record is durable
//! before the answer leaves. It holds names of fields and a keyed hash of the person's
//! number, never a value of the answer (population.md 14, rules 3, 4 and 6). A hash
//! chain and signatures will come behind this port.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use thiserror::Error;

use super::population::{Operation, RequestNumber};
use crate::access::{AccessContext, ClientName, OfficerId, Purpose};
use crate::agency::AgencyCode;
use crate::dossier_number::DossierNumber;
use crate::lookup::AnswerSource;
use crate::procedure::ProcedureCode;
use crate::text::Text;

/// Which question a calling system asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Question {
    /// Whether the citizen's data belong together.
    Verify,
    /// The citizen's record.
    LookUp,
    /// The household.
    Household,
}

impl Question {
    /// Every question.
    pub const ALL: &[Self] = &[Self::Verify, Self::LookUp, Self::Household];

    /// Stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Verify => "VERIFY",
            Self::LookUp => "LOOK_UP",
            Self::Household => "HOUSEHOLD",
        }
    }

    /// The question with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|question| question.name() == name)
    }
}

/// How an access ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AccessOutcome {
    /// Answered, with a match.
    Matched,
    /// Answered, without a match.
    NotMatched,
    /// Refused here; the source was not asked.
    Denied,
    /// Not answered: the source failed, could not be asked, or the time ran out.
    NotAnswered,
}

impl AccessOutcome {
    /// Every outcome.
    pub const ALL: &[Self] = &[
        Self::Matched,
        Self::NotMatched,
        Self::Denied,
        Self::NotAnswered,
    ];

    /// Stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Matched => "MATCHED",
            Self::NotMatched => "NOT_MATCHED",
            Self::Denied => "DENIED",
            Self::NotAnswered => "NOT_ANSWERED",
        }
    }

    /// The outcome with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|outcome| outcome.name() == name)
    }
}

/// Keyed hash of a person's number: the same person has the same hash under the same
/// key, and nobody without the key can tell whose it is.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PersonHash {
    /// Name of the key.
    pub key_id: KeyId,
    /// HMAC-SHA256.
    pub hash: [u8; 32],
}

impl fmt::Debug for PersonHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PersonHash")
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

/// Name of a key of keyed hashes; 1 to 32 lower-case letters, digits and `-`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(String);

impl KeyId {
    /// Takes `text` when it is such a name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=32).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        fits.then(|| Self(text.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One access to a citizen's data, or one that was refused.
#[derive(Debug, Clone)]
pub struct AccessRecord {
    /// When the question came.
    pub asked_at: Timestamp,
    /// Who asked, for which dossier and for what.
    pub context: AccessContext,
    /// What was asked.
    pub question: Question,
    /// Operation of the database that answered, or was to answer; `None` when it did not
    /// come to that.
    pub operation: Option<Operation>,
    /// Fields that were asked for, by name.
    pub requested: Vec<String>,
    /// Fields that were handed on, by name.
    pub returned: Vec<String>,
    /// Fields that were withheld, by name.
    pub withheld: Vec<String>,
    /// How it ended.
    pub outcome: AccessOutcome,
    /// Why it was refused or not answered: a name of the closed list of error reasons;
    /// empty otherwise.
    pub reason: String,
    /// Where the answer came from; `None` without one.
    pub source: Option<AnswerSource>,
    /// When the database gave the answer; `None` without one.
    pub observed_at: Option<Timestamp>,
    /// Number of the request at the database (`MaYeuCau`): of the one that this answer
    /// came from, also when it was kept since or made for another caller.
    pub request_number: Option<RequestNumber>,
    /// Requests that this access itself sent there; zero from the cache, and for whoever
    /// shared another caller's request.
    pub attempts: u32,
    /// Profile of the route.
    pub profile: String,
    /// How long it took, up to this record.
    pub latency: Duration,
    /// The person asked about.
    pub person: PersonHash,
}

/// A record as the log holds it.
#[derive(Debug, Clone)]
pub struct RecordedAccess {
    /// Number in the log, from 1, without gaps.
    pub sequence: u64,
    /// The record.
    pub access: AccessRecord,
}

/// Which records are meant. All conditions that are given must hold.
#[derive(Debug, Clone, Default)]
pub struct AccessFilter {
    /// Asked at this moment or later.
    pub from: Option<Timestamp>,
    /// Asked before this moment.
    pub until: Option<Timestamp>,
    /// Calling system.
    pub client: Option<ClientName>,
    /// Officer.
    pub officer: Option<OfficerId>,
    /// Unit.
    pub unit: Option<AgencyCode>,
    /// Dossier.
    pub dossier: Option<DossierNumber>,
    /// Procedure, in the form in which it was given.
    pub procedure: Option<ProcedureCode>,
    /// Purpose.
    pub purpose: Option<Purpose>,
    /// Outcome.
    pub outcome: Option<AccessOutcome>,
    /// Person.
    pub person: Option<PersonHash>,
}

/// That somebody read the log. Reading it is itself recorded.
#[derive(Debug, Clone)]
pub struct AuditReading {
    /// When.
    pub at: Timestamp,
    /// Calling system.
    pub client: ClientName,
    /// Who read.
    pub reader: OfficerId,
    /// Why.
    pub reason: Text<500>,
    /// Names of the conditions that were set, without their values.
    pub conditions: Vec<&'static str>,
    /// How many records were shown.
    pub shown: u32,
}

/// Why the log could not do its work.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum AuditError {
    /// It cannot be written or read at present.
    #[error("the record of look-ups cannot be used: {reason}")]
    Unavailable {
        /// What the store said; no value of a record.
        reason: String,
    },
    /// It holds something that cannot be read back.
    #[error("the record of look-ups holds something that cannot be read back: {what}")]
    Corrupt {
        /// Which part, without its value.
        what: &'static str,
    },
}

/// The record of look-ups.
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Keeps `access`; durable when it returns. Gives its number in the log.
    async fn record(&self, access: AccessRecord) -> Result<u64, AuditError>;

    /// Whether a record could be kept now. Asked before the database is: `Ok` at once
    /// while records are kept, and tried anew after one that was not.
    async fn ready(&self) -> Result<(), AuditError>;

    /// Records that fulfil `filter`, newest first, at most `most`, of those with a number
    /// below `before`.
    async fn accesses(
        &self,
        filter: &AccessFilter,
        before: Option<u64>,
        most: u32,
    ) -> Result<Vec<RecordedAccess>, AuditError>;

    /// Requests that were sent through `profile` since `since`, for a quota that outlives
    /// a restart.
    async fn attempts_since(&self, profile: &str, since: Timestamp) -> Result<u64, AuditError>;

    /// Keeps that the log was read; durable when it returns.
    async fn record_reading(&self, reading: AuditReading) -> Result<(), AuditError>;
}
