//! Where the facts of the dossiers are kept, and where they come from.
//!
//! What a reader would get wrong: facts are derived. They can be made again from the events
//! and the record of look-ups, as far as those are still kept; what retention has removed
//! there stays here.

use async_trait::async_trait;
use jiff::Timestamp;
use thiserror::Error;

use super::audit::{AccessOutcome, AuditError};
use super::outbox::OutboxError;
use crate::agency::AgencyCode;
use crate::dossier::event::EventBody;
use crate::dossier_number::DossierNumber;
use crate::essential::ServiceNumber;
use crate::observation::{DossierFacts, Window};
use crate::procedure::ProcedureCode;

/// Where observations come from. Each source has a position of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// The outbox, which all gateways on one database share.
    Events,
    /// The record of look-ups of one gateway, by the name of its log.
    Lookups(String),
}

/// Something that happened to a dossier.
#[derive(Debug, Clone)]
pub enum Observation {
    /// An event of the dossier.
    Event {
        /// Its position in the dossier, from 1.
        revision: u64,
        /// When it happened.
        occurred_at: Timestamp,
        /// What it says.
        body: EventBody,
    },
    /// A look-up for the dossier.
    Lookup(LookupSeen),
}

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
    ) -> Result<Vec<FollowedEvent>, OutboxError>;

    /// The position of the newest event; 0 without any. Lower than where a follower stands
    /// once the store was put back from a backup.
    async fn newest_position(&self) -> Result<u64, OutboxError>;
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
    /// Name of the log, which no other one has and which it keeps.
    async fn name(&self) -> Result<String, AuditError>;

    /// At most `most` look-ups behind `position`, each of them once.
    async fn lookups_after(
        &self,
        position: u64,
        most: u32,
    ) -> Result<Vec<FollowedLookup>, AuditError>;

    /// The position of the newest look-up; 0 without any.
    async fn newest_position(&self) -> Result<u64, AuditError>;
}

/// Which dossiers are meant. All conditions that are given must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// In hand on one of these days ([`Window::in_hand`]).
    pub window: Window,
    /// This agency and what is below it; `None`: all.
    pub unit: Option<AgencyCode>,
    /// National codes without an agency's suffix; empty: all.
    pub procedures: Vec<ProcedureCode>,
}

/// Why facts could not be read or kept.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum ObservationError {
    /// The store cannot be used at present.
    #[error("the observations cannot be used: {reason}")]
    Unavailable {
        /// What the store said; holds no stored values.
        reason: String,
    },
}

/// Keeps the facts of dossiers.
#[async_trait]
pub trait Observations: Send + Sync {
    /// How far a source is folded in; 0 before the first time.
    async fn position(&self, source: &Source) -> Result<u64, ObservationError>;

    /// Folds `happened` into the facts and moves the source from `before` to `after`, both
    /// or neither. `false`, and nothing done, when the source does not stand at `before`:
    /// another gateway was quicker. What was folded in before changes nothing.
    async fn observe(
        &self,
        source: &Source,
        before: u64,
        after: u64,
        happened: Vec<(DossierNumber, Observation)>,
    ) -> Result<bool, ObservationError>;

    /// The facts of one dossier.
    async fn dossier(
        &self,
        number: &DossierNumber,
    ) -> Result<Option<DossierFacts>, ObservationError>;

    /// At most `most` dossiers behind `after` in the order of their numbers.
    async fn page(
        &self,
        wanted: &Wanted,
        after: Option<&DossierNumber>,
        most: u32,
    ) -> Result<Vec<DossierFacts>, ObservationError>;

    /// Forgets the positions, so that everything that is still kept is folded in anew: what
    /// a dossier's events told is forgotten when its first event comes again, its look-ups
    /// when the first of them does. Of a dossier whose first events are gone, what was known
    /// stays.
    async fn begin_anew(&self) -> Result<(), ObservationError>;

    /// Removes at most `most` dossiers that came to their end before `before`, and look-ups
    /// before it for dossiers that were never reported. How many.
    async fn forget_ended(&self, before: Timestamp, most: u32) -> Result<u32, ObservationError>;
}

/// How many dossiers a service had in a month, from a source outside the gateway, for the
/// coverage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceTotal {
    /// Which service.
    pub service: ServiceNumber,
    /// For which agency; `None`: the whole province.
    pub unit: Option<AgencyCode>,
    /// Days that the number is about.
    pub window: Window,
    /// All its dossiers that were received in those days.
    pub dossiers: u64,
    /// Where it was read.
    pub source: String,
}
