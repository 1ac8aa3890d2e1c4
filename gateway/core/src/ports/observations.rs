//! Where the facts of the dossiers are kept, and where they come from.
//!
//! What a reader would get wrong: facts are derived. They can be made again from the events
//! and the record of look-ups, as far as those are still kept; what retention has removed
//! there stays here.

mod feed;
mod standing;

pub use feed::{
    EventFeed, Fingerprint, FollowedEvent, FollowedLookup, Heard, LookupFeed, LookupSeen,
};
pub use standing::{Anew, Follower, FollowerId, Rebuild, RebuildCause, Rival, Standing};

use async_trait::async_trait;
use jiff::Timestamp;
use thiserror::Error;

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

/// Something to fold in, from one place of a source to another.
#[derive(Debug, Clone, Default)]
pub struct Portion {
    /// Where the source has to stand.
    pub before: u64,
    /// Where it stands then.
    pub after: u64,
    /// What stands at `after` in the source; `None` where that is not known.
    pub fingerprint: Option<Fingerprint>,
    /// Rows between the two that could not be read.
    pub unreadable: u64,
    /// What happened.
    pub happened: Vec<(DossierNumber, Observation)>,
    /// Dossiers of which an event stands there that is not told, because retention took what
    /// it said: their source knows them still.
    pub silent: Vec<DossierNumber>,
}

/// Dossiers in the order of their numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FactsPage {
    /// Their facts.
    pub facts: Vec<DossierFacts>,
    /// Dossiers among them whose facts cannot be read and are not told. That is no sign of
    /// their absence.
    pub unreadable: u64,
    /// Behind which number the next page begins; `None` behind the last one.
    pub next: Option<DossierNumber>,
}

/// Keeps the facts of dossiers.
#[async_trait]
pub trait Observations: Send + Sync {
    /// How every source stands of which anything is known, in the order of the sources.
    async fn standings(&self) -> Result<Vec<Standing>, ObservationError>;

    /// How far a source is folded in; 0 before the first time.
    async fn position(&self, source: &Source) -> Result<u64, ObservationError>;

    /// Notes that `follower` follows the source, in the place of `instead_of`. `false`, and
    /// nothing noted, when somebody else is noted by now.
    async fn follow(
        &self,
        source: &Source,
        follower: &Follower,
        instead_of: Option<&FollowerId>,
    ) -> Result<bool, ObservationError>;

    /// Notes somebody who was refused as a follower of the source ([`Standing::rival`]). It is
    /// noted no more once the same one follows it.
    async fn note_rival(&self, source: &Source, rival: &Follower) -> Result<(), ObservationError>;

    /// Folds a portion into the facts and moves the source, both or neither. `false`, and
    /// nothing done, when the source does not stand where the portion begins (another
    /// gateway was quicker), or its place is that of a store that was
    /// ([`Standing::is_followed`]). What was folded in before changes nothing.
    ///
    /// A dossier that the events' store did not hold when it was put back from a backup has
    /// its events counted from the first on again: they are recorded anew, and fewer.
    async fn observe(&self, source: &Source, portion: Portion) -> Result<bool, ObservationError>;

    /// Notes that everything is folded in that the source's store held at `until`, if it
    /// stands at `position` and was not lost. The moment never moves back, but for a source
    /// that is lost.
    async fn complete(
        &self,
        source: &Source,
        position: u64,
        until: Timestamp,
    ) -> Result<(), ObservationError>;

    /// Begins to have all sources that can be ([`Standing::can_be_told_anew`]), or the one that
    /// was put back, told anew, and records it. One that is being told anew begins again. `None`, and nothing done, when the source
    /// that was put back does not stand where that was found.
    async fn begin_anew(
        &self,
        at: Timestamp,
        cause: &RebuildCause,
    ) -> Result<Option<u64>, ObservationError>;

    /// Folds a portion in beside what is known. `false`, and nothing done, when the source is
    /// not [`Anew::Telling`] where the portion begins.
    ///
    /// Of a dossier whose first events are not told again, what is known stays.
    async fn observe_anew(
        &self,
        source: &Source,
        portion: Portion,
    ) -> Result<bool, ObservationError>;

    /// All is told anew up to `position`: from now on it takes its place
    /// ([`Anew::Taking`]). `false`, and nothing done, unless it is told up to there, and the
    /// source stands there as well or is lost.
    async fn told_anew(&self, source: &Source, position: u64) -> Result<bool, ObservationError>;

    /// Has what was told anew of at most `most` dossiers take its place; whether that was
    /// the last of it, and the source is as any other again. Of look-ups whose record is
    /// gone it stays that there were such: a failure that is forgotten would make lawful
    /// paper a contradiction (administration.md 3.1).
    async fn take_anew(&self, source: &Source, most: u32) -> Result<bool, ObservationError>;

    /// Gives up telling a source anew of which nobody is left who could ([`Anew::Telling`]);
    /// what is known of it stays.
    async fn give_up_anew(&self, source: &Source) -> Result<(), ObservationError>;

    /// What was ever told anew, the newest first, at most `most`.
    async fn rebuilds(&self, most: u32) -> Result<Vec<Rebuild>, ObservationError>;

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
    ) -> Result<FactsPage, ObservationError>;

    /// Removes at most `most` dossiers that came to their end before `before`, and look-ups
    /// before it for dossiers that were never reported. How many.
    async fn forget_ended(&self, before: Timestamp, most: u32) -> Result<u32, ObservationError>;

    /// Looks through at most `most` dossiers for names that no dossier needs any more, and
    /// removes those when all are looked through; whether they are. Nothing is removed while
    /// a source is told anew.
    async fn forget_names(&self, most: u32) -> Result<bool, ObservationError>;
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
