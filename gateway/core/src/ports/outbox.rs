//! The outbox: dossier events between the moment a caller hands them over and the
//! moment the portal has them.
//!
//! Delivery is at least once. An event and the work that it causes are committed
//! together before [`Outbox::record`] returns. Leases save work, they do not give
//! correctness: a claim whose lease ran out may or may not have reached the
//! portal, so it comes back as a question ([`Intent::Ask`]), not as a send.
//!
//! One dossier is worked on at a time, in the order recorded; only the oldest
//! event of a dossier that is not accepted can be claimed, so claiming costs the
//! same with ten events waiting and with ten million.

mod glance;

use std::num::NonZeroUsize;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use thiserror::Error;

use crate::access::ClientName;
use crate::dossier::event::{Event, EventId};
use crate::dossier::{Dossier, Step};
use crate::dossier_number::DossierNumber;
use crate::portal_status::PortalStatus;
use crate::ports::portal::{PortalReference, StepMark};
use crate::sync::cause::Cause;
use crate::sync::health::SyncFacts;
use crate::sync::outcome::{AttemptOutcome, NextStep};
use crate::sync::state::SyncState;
pub use glance::DossierGlance;

/// Most attempts that a [`TimelineEntry`] tells of: the newest.
///
/// An outage does not use an event up, so an event can gather attempts for as long
/// as one lasts. Without an end to it the timeline would grow larger than an answer
/// may be, and the dossier could not be read at all.
pub const ATTEMPTS_TOLD: usize = 50;

/// Proof that an event is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Dossier of the event.
    pub dossier: DossierNumber,
    /// Position of the event in its dossier, from 1.
    pub revision: u64,
    /// When the gateway took it.
    pub accepted_at: Timestamp,
    /// Whether the same event had been recorded before; then this is the receipt
    /// that was given then.
    pub duplicate: bool,
}

/// Why an event was not recorded. Nothing was changed.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum RecordError {
    /// The caller used this event id before, for something else.
    #[error("this event id was used before for another content")]
    OtherContent,
    /// The event is older than what is recorded of the dossier.
    #[error("the event is older than what is recorded of dossier {dossier}")]
    Stale {
        /// Dossier in question.
        dossier: DossierNumber,
        /// Moment of the newest event recorded.
        recorded: Timestamp,
    },
    /// A step for a dossier whose state was never recorded.
    #[error("dossier {dossier} has not been recorded")]
    DossierNotRecorded {
        /// Dossier in question.
        dossier: DossierNumber,
    },
    /// The dossier belongs to another calling system
    /// ([`crate::access::may_use_dossier`]).
    #[error("dossier {dossier} was recorded by another system")]
    OtherSystem {
        /// Dossier in question.
        dossier: DossierNumber,
    },
    /// The store failed; whether the event is kept is not known, and recording it
    /// again is safe.
    #[error("the outbox could not keep the event")]
    Store(#[from] OutboxError),
}

/// Why the store could not do its work.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum OutboxError {
    /// The database cannot be used at present (closed, full, read-only, broken).
    #[error("the outbox database cannot be used: {reason}")]
    Unavailable {
        /// What the database said; holds no stored values.
        reason: String,
    },
    /// A stored row cannot be read back.
    #[error("task {task} cannot be read back: {problem}")]
    Corrupt {
        /// Task in question.
        task: u64,
        /// What is wrong, without the value.
        problem: &'static str,
    },
}

/// Asks for work.
#[derive(Debug, Clone)]
pub struct ClaimRequest {
    /// Present moment.
    pub now: Timestamp,
    /// How long the claims hold.
    pub lease: Duration,
    /// Most claims to hand out.
    pub limit: NonZeroUsize,
    /// Most steps in one claim that is sent ([`Intent::Send`]).
    ///
    /// A question ([`Intent::Ask`]) may carry more: it is about every step of the
    /// earlier claim, which may have been larger.
    pub steps_per_call: NonZeroUsize,
    /// Who claims, for the attempt's row.
    pub worker: String,
}

/// Work on one dossier, held until the lease runs out.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Oldest task of the claim; with [`Claim::fence`] it proves the claim.
    pub task: u64,
    /// Changes each time that the task is claimed.
    pub fence: u64,
    /// Number of this attempt at the task, from 1.
    pub attempt: u32,
    /// How many of the earlier attempts count against the schedule
    /// ([`AttemptOutcome::spends_patience`]).
    pub spent: u32,
    /// Whether the portal is believed to hold the dossier.
    pub known_at_portal: bool,
    /// How the portal names the dossier, where it issued a number of its own.
    pub reference: Option<PortalReference>,
    /// Whether to send, or to ask first.
    pub intent: Intent,
    /// What to bring to the portal.
    pub work: Work,
    /// Of a question about steps: marks of the dossier's earlier steps that the portal has
    /// accepted, oldest first, as far as they are still kept and can be read. Otherwise empty.
    pub earlier_steps: Vec<StepMark>,
}

/// What a claim is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// Send.
    Send,
    /// An earlier attempt may have had its effect: ask the portal first, about all
    /// of the work, also where it is more than [`ClaimRequest::steps_per_call`].
    Ask(AskReason),
}

/// Why the portal is asked before anything is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AskReason {
    /// The gateway stopped during the attempt, or did not end it within its lease.
    Interrupted,
    /// An attempt ended, and whether it had its effect is unknown.
    LostAnswer,
    /// The event had happened before the store was put back from a backup, so it may have
    /// been sent by an attempt that the backup does not hold. Comes before the other two.
    BeforeRestore,
}

/// What is to be brought to the portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// A dossier's state.
    State(Box<Dossier>),
    /// Consecutive steps of one dossier, oldest first, at least one.
    Steps {
        /// Dossier of the steps.
        dossier: DossierNumber,
        /// The steps.
        steps: Vec<Step>,
    },
}

impl Work {
    /// The dossier that the work is about.
    #[must_use]
    pub fn dossier(&self) -> &DossierNumber {
        match self {
            Self::State(dossier) => &dossier.number,
            Self::Steps { dossier, .. } => dossier,
        }
    }
}

/// How an attempt at a claim ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// Task of the claim.
    pub task: u64,
    /// Fence of the claim.
    pub fence: u64,
    /// Dossier of the claim, for whoever tells others that it moved.
    pub dossier: DossierNumber,
    /// When the attempt ended.
    pub ended_at: Timestamp,
    /// What came of it, for the attempt's row.
    pub outcome: AttemptOutcome,
    /// What the portal said, for the operator.
    pub upstream_code: String,
    /// What the portal said, for the operator.
    pub upstream_text: String,
    /// What happens next.
    pub next: NextStep,
    /// What the attempt taught about the dossier being at the portal.
    pub known_at_portal: Option<bool>,
    /// How the portal names the dossier from now on; `None` leaves it as it is.
    pub reference: Option<PortalReference>,
}

/// A claim given back before anything was sent or asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutBack {
    /// Task of the claim.
    pub task: u64,
    /// Fence of the claim.
    pub fence: u64,
    /// Dossier of the claim, for whoever tells others that it moved.
    pub dossier: DossierNumber,
    /// What the claim was for; it is for the same again.
    pub intent: Intent,
    /// When it is due again.
    pub due_at: Timestamp,
}

/// Answer to a settlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// Recorded.
    Recorded,
    /// The claim had been taken over by another worker; nothing was recorded.
    LeaseLost,
}

/// Everything that is known of one dossier.
#[derive(Debug, Clone)]
pub struct DossierRecord {
    /// Mã hồ sơ.
    pub number: DossierNumber,
    /// Calling system that recorded it first. The store shows it to whoever asks;
    /// whoever answers a system decides by [`crate::access::may_use_dossier`].
    pub recorded_by: ClientName,
    /// The newest state recorded; `None` where retention has removed it.
    pub dossier: Option<Dossier>,
    /// Number of events recorded.
    pub revision: u64,
    /// State of the oldest event that is not accepted, or [`SyncState::Accepted`].
    pub state: SyncState,
    /// When the portal last accepted something of it.
    pub last_accepted_at: Option<Timestamp>,
    /// Whether the portal is believed to hold it.
    pub known_at_portal: bool,
    /// How the portal names it, where it issued a number of its own.
    pub reference: Option<PortalReference>,
    /// Every event with its newest attempts, oldest first.
    pub timeline: Vec<TimelineEntry>,
}

/// One event in a dossier's timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineEntry {
    /// The caller's name for the event.
    pub event: EventId,
    /// Position in the dossier, from 1.
    pub revision: u64,
    /// Whether it is a state or a step.
    pub kind: EventKind,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When the gateway took it.
    pub accepted_at: Timestamp,
    /// Its state.
    pub state: SyncState,
    /// Portal status that the event carries.
    pub status: PortalStatus,
    /// When it is tried next, while it waits.
    pub next_attempt_at: Option<Timestamp>,
    /// The newest [`ATTEMPTS_TOLD`] attempts, oldest first. Where the first has a
    /// number above 1, there were earlier ones.
    pub attempts: Vec<AttemptRecord>,
}

/// Kind of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// A dossier's full state.
    State,
    /// A processing step.
    Step,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::State, Self::Step];

    /// Its name, as stores keep it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::State => "STATE",
            Self::Step => "STEP",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One attempt to bring an event to the portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRecord {
    /// Number, from 1.
    pub number: u32,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; `None` while it runs.
    pub ended_at: Option<Timestamp>,
    /// What came of it; `None` while it runs.
    pub outcome: Option<AttemptOutcome>,
    /// Why it failed.
    pub cause: Option<Cause>,
    /// The portal's code.
    pub upstream_code: String,
    /// The portal's text, cut.
    pub upstream_text: String,
}

/// Keeps events until the portal has them.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Keeps `event` and the work that it causes; durable when it returns.
    ///
    /// Whose dossier it is, is decided together with the keeping: of two systems
    /// that begin one dossier at once, one is refused.
    async fn record(&self, event: Event, now: Timestamp) -> Result<Receipt, RecordError>;

    /// Keeps many events at once, as [`Outbox::record`] does each of them; one answer for
    /// each, in their order. Events of one dossier are kept in the order given. All are
    /// durable when it returns.
    async fn record_all(
        &self,
        events: Vec<Event>,
        now: Timestamp,
    ) -> Vec<Result<Receipt, RecordError>>;

    /// Hands out due work, at most one claim for a dossier. Each claim opens an
    /// attempt.
    async fn claim(&self, request: ClaimRequest) -> Result<Vec<Claim>, OutboxError>;

    /// Closes the attempt of a claim and decides what happens next with its task.
    async fn settle(&self, settlement: Settlement) -> Result<Settled, OutboxError>;

    /// Takes a claim back as if it had never been handed out: its attempt is not told of and
    /// not counted. Only the fence changes.
    async fn put_back(&self, put_back: PutBack) -> Result<Settled, OutboxError>;

    /// Keeps, durably and before anything is sent under it, how the portal names the
    /// dossier of a claim that still holds.
    async fn keep_reference(
        &self,
        task: u64,
        fence: u64,
        reference: &PortalReference,
    ) -> Result<Settled, OutboxError>;

    /// Everything known of one dossier.
    async fn dossier(&self, number: &DossierNumber) -> Result<Option<DossierRecord>, OutboxError>;

    /// The same at a glance. A store reads it for far less than the whole; one that does
    /// not is only slower.
    async fn glance(&self, number: &DossierNumber) -> Result<Option<DossierGlance>, OutboxError> {
        let whole = self.dossier(number).await?;
        Ok(whole.as_ref().map(DossierGlance::of))
    }

    /// What sync health is judged by.
    async fn facts(&self) -> Result<SyncFacts, OutboxError>;

    /// When the next work falls due (also the end of a lease); `None` without any.
    async fn next_due(&self) -> Result<Option<Timestamp>, OutboxError>;
}
