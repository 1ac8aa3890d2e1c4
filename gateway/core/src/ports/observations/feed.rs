//! Where observations come from: the events of the outbox and the record of look-ups.
//!
//! What a reader would get wrong: a place in a source is a number that a store gives again
//! once it was put back from a backup. What stood there is known by its [`Fingerprint`].

use async_trait::async_trait;
use jiff::Timestamp;

use crate::dossier::event::EventBody;
use crate::dossier_number::DossierNumber;
use crate::ports::audit::{AccessOutcome, AuditError};
use crate::ports::outbox::OutboxError;

/// Tells what stands at a place of a source from anything else that could stand there. It is a
/// hash, out of which nothing can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

/// A look-up, without whom it was about and who asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupSeen {
    /// Dossier that it served.
    pub dossier: DossierNumber,
    /// When.
    pub asked_at: Timestamp,
    /// How it ended.
    pub outcome: AccessOutcome,
    /// Names of the fields that were handed on.
    pub fields: Vec<String>,
}

/// What a source tells behind a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard<T> {
    /// In the order in which it was kept.
    pub told: Vec<T>,
    /// Where the follower stands after it: also behind rows that cannot be told. The place
    /// that was asked about, where nothing is behind it, or nothing that has settled.
    pub reached: u64,
    /// Rows up to there that cannot be read and are not told.
    pub unreadable: u64,
    /// Of what stands at `reached`; `None` where nothing was passed.
    pub fingerprint: Option<Fingerprint>,
}

/// An event as the outbox tells it to whoever follows it.
#[derive(Debug, Clone)]
pub struct FollowedEvent {
    /// Where the follower stands after it.
    pub position: u64,
    /// Position in its dossier, from 1.
    pub revision: u64,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// The dossier.
    pub dossier: DossierNumber,
    /// What it says; `None` where retention has removed it, or it cannot be read.
    pub body: Option<EventBody>,
}

/// Events in the order in which they were kept, for whoever follows them.
#[async_trait]
pub trait EventFeed: Send + Sync {
    /// At most `most` events behind `position`. An event may be told again; none is left out
    /// for good.
    async fn events_after(
        &self,
        position: u64,
        most: u32,
    ) -> Result<Heard<FollowedEvent>, OutboxError>;

    /// The position of the newest event; 0 without any. Lower than where a follower stands
    /// once the store was put back from a backup, until it has grown past that.
    async fn newest_position(&self) -> Result<u64, OutboxError>;

    /// What stands at `position`; `None` where nothing does.
    async fn fingerprint(&self, position: u64) -> Result<Option<Fingerprint>, OutboxError>;
}

/// A look-up as the record of look-ups tells it to whoever follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowedLookup {
    /// Where the follower stands after it.
    pub position: u64,
    /// What is told of it.
    pub seen: LookupSeen,
}

/// Look-ups in the order in which they were recorded, for whoever follows them. Whom they
/// were about and who asked is not told.
#[async_trait]
pub trait LookupFeed: Send + Sync {
    /// Name of the log, which it keeps. A copy of the file has the same.
    async fn name(&self) -> Result<String, AuditError>;

    /// At most `most` look-ups behind `position`, each of them once.
    async fn lookups_after(
        &self,
        position: u64,
        most: u32,
    ) -> Result<Heard<FollowedLookup>, AuditError>;

    /// The position of the newest look-up; 0 without any.
    async fn newest_position(&self) -> Result<u64, AuditError>;

    /// What stands at `position`; `None` where nothing does.
    async fn fingerprint(&self, position: u64) -> Result<Option<Fingerprint>, AuditError>;
}
