//! The outbox as operators see it: lists, failures by cause, and the few things that a
//! person may change.
//!
//! What a reader would get wrong: nothing here sends. A dossier that is released or
//! replayed becomes work like any other, and goes out in its order.

use std::collections::BTreeSet;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::access::OfficerId;
use crate::agency::AgencyCode;
use crate::dossier_number::DossierNumber;
use crate::portal_status::PortalStatus;
use crate::ports::outbox::OutboxError;
use crate::ports::portal::StepMark;
use crate::procedure::ProcedureCode;
use crate::sync::cause::Cause;
use crate::sync::state::SyncState;
use crate::text::Text;

/// Most dossiers that a filter may name one by one.
pub const DOSSIERS_NAMED: usize = 1000;

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
    /// At most five dossiers of the group.
    pub examples: Vec<DossierNumber>,
}

/// Why a person changed something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Mã cán bộ.
    pub operator: OfficerId,
    /// Lý do.
    pub reason: Text<500>,
    /// Operation that it belongs to.
    pub operation: Option<String>,
    /// When.
    pub at: Timestamp,
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

    /// Failures by cause and code, the largest group first.
    async fn failures(&self, filter: &DossierFilter) -> Result<Vec<FailureGroup>, OutboxError>;

    /// Brings a dossier's refused or dead event back, due at once, with its patience
    /// unspent. An event whose last attempt had an unknown effect comes back as a
    /// question, unless there is no way to ask ([`Cause::CannotBeAsked`]): then the person
    /// has looked. Who did it and why is kept with the event.
    async fn release(
        &self,
        dossier: &DossierNumber,
        release: &Release,
    ) -> Result<Released, OutboxError>;

    /// Has the accepted events of a dossier sent again, in their order, from the one at
    /// `from_revision` on; untouched unless every event of it is accepted.
    /// `known_at_portal` is what a question has just taught.
    async fn replay(
        &self,
        dossier: &DossierNumber,
        from_revision: u64,
        known_at_portal: bool,
        release: &Release,
    ) -> Result<Released, OutboxError>;

    /// Every step of a dossier, by revision; `None` where a body is not kept any more, for a
    /// dossier that is not recorded, and from a store that cannot tell.
    async fn recorded_steps(
        &self,
        _dossier: &DossierNumber,
    ) -> Result<Option<Vec<RecordedStep>>, OutboxError> {
        Ok(None)
    }

    /// Removes what is personal (bodies of events, the portal's texts) from at most `most`
    /// dossiers that are wholly accepted, ended in a final state, and were last touched
    /// before `before`; numbers, states, moments and counts stay. How many dossiers.
    async fn expire(&self, before: Timestamp, most: u32) -> Result<u32, OutboxError>;
}
