//! The outbox as operators see it: lists, failures by cause, and the few things that a
//! person may change.
//!
//! What a reader would get wrong: nothing here sends. A dossier that is released or
//! replayed becomes work like any other, and goes out in its order.

mod resolve;

use std::collections::BTreeSet;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::access::{ClientName, OfficerId};
use crate::agency::AgencyCode;
use crate::dossier_number::DossierNumber;
use crate::portal_status::PortalStatus;
use crate::ports::outbox::{DossierRecord, OutboxError};
use crate::ports::portal::StepMark;
use crate::procedure::ProcedureCode;
use crate::sync::cause::Cause;
use crate::sync::state::SyncState;
use crate::text::Text;
pub use resolve::{Found, Resolved};

/// Most dossiers that a filter may name one by one.
pub const DOSSIERS_NAMED: usize = 1000;

/// Most groups of failures that are told ([`Ledger::failures`]): a portal that puts a new
/// code into every answer must not make a list as long as the backlog.
pub const FAILURE_GROUPS: usize = 200;

/// Which dossiers are meant; all conditions that are given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DossierFilter {
    /// Sync states of the dossier; empty means any.
    pub states: BTreeSet<SyncState>,
    /// Causes of the last failed attempt of its oldest unaccepted event; empty means any.
    pub causes: BTreeSet<Cause>,
    /// Mã đơn vị: agency part of the dossier number, units below it included.
    pub unit: Option<AgencyCode>,
    /// Mã thủ tục of the newest state.
    pub procedure: Option<ProcedureCode>,
    /// Its oldest unaccepted event was recorded at or before this moment.
    pub unsent_since: Option<Timestamp>,
    /// Its first event was recorded at or after this moment.
    pub recorded_from: Option<Timestamp>,
    /// Its first event was recorded before this moment.
    pub recorded_before: Option<Timestamp>,
    /// Something of it was recorded, accepted or released at or after this moment.
    pub touched_from: Option<Timestamp>,
    /// Only these, at most [`DOSSIERS_NAMED`]; empty means any.
    pub dossiers: Vec<DossierNumber>,
    /// The portal's code at the last failed attempt, exactly as it came.
    pub upstream_code: Option<String>,
}

impl DossierFilter {
    /// Whether nothing is asked for, so that every dossier is meant.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether only dossiers are meant of which something is not accepted: what it asks for
    /// is told of nothing else.
    #[must_use]
    pub fn is_about_unsent(&self) -> bool {
        !self.causes.is_empty() || self.upstream_code.is_some() || self.unsent_since.is_some()
    }
}

/// One dossier in a list; holds no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DossierSummary {
    /// Mã hồ sơ.
    pub dossier: DossierNumber,
    /// Mã thủ tục of the newest state.
    pub procedure: ProcedureCode,
    /// State of the oldest event that is not accepted, or [`SyncState::Accepted`].
    pub state: SyncState,
    /// Cause of the last failed attempt of that event.
    pub cause: Option<Cause>,
    /// Number of events recorded.
    pub revision: u64,
    /// Revision of the newest event that the portal accepted; 0 when there is none.
    pub accepted_revision: u64,
    /// When the oldest unaccepted event was recorded.
    pub oldest_unsent_at: Option<Timestamp>,
    /// When the portal last accepted something.
    pub last_accepted_at: Option<Timestamp>,
    /// When the oldest unaccepted event is tried next.
    pub next_attempt_at: Option<Timestamp>,
    /// How often that event was tried.
    pub attempts: u32,
    /// Trạng thái of the newest event.
    pub status: PortalStatus,
    /// Number that the portal issued for it, where the profile issues one (portal.md 9).
    pub portal_number: Option<String>,
}

/// Where a list goes on: behind the last dossier of the page before.
///
/// Lists are ordered by the moment of the oldest unaccepted event, the oldest first and
/// dossiers without one last, and then by dossier number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListPosition {
    /// Moment of its oldest unaccepted event.
    pub oldest_unsent_at: Option<Timestamp>,
    /// Its number.
    pub dossier: DossierNumber,
}

/// Where a choice of dossiers goes on: behind this one. They are chosen in the order of the
/// moment of their first event, which never changes, and of their number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoicePosition {
    /// When its first event was recorded.
    pub recorded_at: Timestamp,
    /// Its number.
    pub dossier: DossierNumber,
}

/// A part of a choice ([`Ledger::choose`]).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChosenPart {
    /// Dossiers that are meant; there may be none although the choice goes on.
    pub dossiers: Vec<DossierNumber>,
    /// Where it goes on; `None` at its end.
    pub next: Option<ChoicePosition>,
}

/// Failures with one cause and one code of the portal. Counted are dossiers whose oldest
/// unaccepted event is refused, dead, waiting or of unknown outcome after a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureGroup {
    /// The cause.
    pub cause: Cause,
    /// The portal's code.
    pub upstream_code: String,
    /// The portal's text at the latest failure, cut and masked when it was kept.
    pub upstream_text: String,
    /// Dossiers held up.
    pub dossiers: u64,
    /// Events waiting behind the failed ones.
    pub blocked_events: u64,
    /// First and latest of the failures that hold them up now.
    pub first_failed_at: Timestamp,
    /// See [`FailureGroup::first_failed_at`].
    pub last_failed_at: Timestamp,
    /// At most [`FailureGroup::EXAMPLES`] dossiers of the group, those that failed first.
    pub examples: Vec<DossierNumber>,
}

impl FailureGroup {
    /// Most examples of a group.
    pub const EXAMPLES: usize = 5;
}

/// Why a person changed something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Mã cán bộ.
    pub operator: OfficerId,
    /// Lý do.
    pub reason: Text<500>,
    /// Calling system by which the person did it; `None` where the gateway did it by itself.
    pub system: Option<ClientName>,
    /// Operation that it belongs to.
    pub operation: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// What is to be sent again, and how the dossier stood when that was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replay {
    /// The first event to be sent again, from 1.
    pub from_revision: u64,
    /// What a question has just taught about the dossier being at the portal.
    pub known_at_portal: bool,
    /// Number of events that were recorded.
    pub newest_revision: u64,
    /// When the portal had last accepted something of it.
    pub last_accepted_at: Option<Timestamp>,
}

impl Replay {
    /// The replay from `from_revision` on that was decided by `record`.
    #[must_use]
    pub fn of(record: &DossierRecord, from_revision: u64, known_at_portal: bool) -> Self {
        Self {
            from_revision,
            known_at_portal,
            newest_revision: record.revision,
            last_accepted_at: record.last_accepted_at,
        }
    }
}

/// What came of a release or a replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Released {
    /// The event of this revision is due again.
    Due {
        /// Its revision.
        revision: u64,
    },
    /// Its state had changed meanwhile (accepted, under way, waiting for its time);
    /// nothing was done.
    Untouched,
    /// What would have to be sent is not kept any more.
    Expired,
    /// There is no such dossier.
    NotRecorded,
}

/// A step as it was recorded: by what the portal's list shows it, and where it stands in
/// its dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedStep {
    /// Position of its event in the dossier, from 1.
    pub revision: u64,
    /// By what it is recognised.
    pub mark: StepMark,
}

/// What operators read and change.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// Dossiers in the order of [`ListPosition`], behind `after`.
    async fn dossiers(
        &self,
        filter: &DossierFilter,
        after: Option<&ListPosition>,
        most: u32,
    ) -> Result<Vec<DossierSummary>, OutboxError>;

    /// A part of the dossiers of `filter`, at most `most`, behind `after`: for whoever needs
    /// them all, whatever becomes of them meanwhile. However few are meant, a part costs no
    /// more than a few thousand rows.
    async fn choose(
        &self,
        filter: &DossierFilter,
        after: Option<&ChoicePosition>,
        most: u32,
    ) -> Result<ChosenPart, OutboxError>;

    /// The [`FAILURE_GROUPS`] largest groups of failures by cause and code, the largest
    /// first, and of two equally large ones by the names of cause and code.
    async fn failures(&self, filter: &DossierFilter) -> Result<Vec<FailureGroup>, OutboxError>;

    /// Brings a dossier's refused or dead event back, due at once, with its patience
    /// unspent and its own content. An event whose last attempt had an unknown effect comes
    /// back as a question. Where there is no way to ask ([`Cause::CannotBeAsked`]), a state is
    /// sent, and steps are untouched: whoever has looked says so by [`Ledger::resolve`]. Who
    /// did it and why is kept with the event.
    async fn release(
        &self,
        dossier: &DossierNumber,
        release: &Release,
    ) -> Result<Released, OutboxError>;

    /// Brings a dossier's refused or dead state back as [`Ledger::release`] does, with the
    /// content of the newest state of the dossier in place of its own, which would be refused
    /// again. The newest one is sent once more in its own place, where it changes nothing.
    /// Untouched where the oldest unaccepted event is no such state, where its effect is
    /// unknown, and where no newer state is recorded.
    async fn correct(
        &self,
        dossier: &DossierNumber,
        release: &Release,
    ) -> Result<Released, OutboxError>;

    /// Has the accepted events of a dossier sent again, in their order, from one of them on.
    /// Untouched unless every event of it is accepted, or the oldest that is not was given up
    /// without effect (it goes along behind the others), and unless it stands as when the
    /// replay was decided: nothing was recorded since, and nothing was accepted, which another
    /// replay may have brought.
    async fn replay(
        &self,
        dossier: &DossierNumber,
        replay: &Replay,
        release: &Release,
    ) -> Result<Released, OutboxError>;

    /// Takes a person's word for what stands at the portal of the dossier's oldest
    /// unaccepted event, the one at `revision`, whose effect is unknown: it waits for a
    /// question, or ended dead after an attempt of unknown effect. Where it arrived, exactly
    /// the events named become accepted; where it did not, it is due again, to be sent and
    /// not to be asked about, with its patience unspent. Who did it and why is kept with the
    /// event.
    async fn resolve(
        &self,
        dossier: &DossierNumber,
        revision: u64,
        found: Found,
        release: &Release,
    ) -> Result<Resolved, OutboxError>;

    /// Every step of a dossier, by revision; `None` where a body is not kept any more, and
    /// for a dossier that is not recorded.
    async fn recorded_steps(
        &self,
        dossier: &DossierNumber,
    ) -> Result<Option<Vec<RecordedStep>>, OutboxError>;

    /// Removes what is personal (bodies of events, the portal's texts, who released it and
    /// why) from at most `most` dossiers that are wholly accepted, ended in a final state,
    /// and were last touched before `before`; numbers, states, moments and counts stay. How
    /// many dossiers.
    async fn expire(&self, before: Timestamp, most: u32) -> Result<u32, OutboxError>;

    /// Removes the same from at most `most` dossiers that were last touched and last failed
    /// before `before` and did not come to their end: wholly accepted in another state,
    /// refused, or dead. What was refused cannot be sent any more then
    /// ([`Released::Expired`]). How many dossiers.
    async fn expire_unfinished(&self, before: Timestamp, most: u32) -> Result<u32, OutboxError>;
}
