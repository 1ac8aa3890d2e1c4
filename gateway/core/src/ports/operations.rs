//! Work that an operator starts and that outlives the call: bulk retries, reconciliations
//! and repairs.
//!
//! An operation and its items are rows, so that it goes on where it stopped after a
//! restart, on whichever gateway takes it next. It is taken for a lease, and one that is
//! not renewed in time is taken over.

use std::num::NonZeroU32;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::access::OfficerId;
use crate::dossier_number::DossierNumber;
use crate::ports::outbox::OutboxError;
use crate::sync::cause::Cause;
use crate::sync::reconcile::{Difference, Finding};
use crate::text::Text;

/// Longest time in which the items of an operation are chosen; one that is still being
/// chosen then was left behind by its gateway ([`Operations::take`]).
pub const LONGEST_CHOICE: Duration = Duration::from_mins(15);

/// Id of an operation: made by the gateway, unique, visible ASCII, at most 40 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OperationId(String);

impl OperationId {
    /// Takes `text` when it is 1 to 40 visible ASCII characters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits =
            (1..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(text.to_owned()))
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OperationKind {
    /// Brings refused and dead events back.
    Retry,
    /// Compares our ledger with the portal's view.
    Reconciliation,
    /// Sends again what a reconciliation found to be missing.
    Repair,
}

/// How far an operation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OperationState {
    /// Its items are still being chosen.
    Choosing,
    /// It works, or waits to be taken.
    Running,
    /// Every item has its result.
    Finished,
    /// An operator stopped it.
    Cancelled,
    /// It could not go on.
    Failed,
}

/// An operation as it is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOperation {
    /// Its id.
    pub id: OperationId,
    /// What it does.
    pub kind: OperationKind,
    /// Most items a minute.
    pub per_minute: NonZeroU32,
    /// Who starts it; the gateway itself for one on a schedule.
    pub operator: OfficerId,
    /// Lý do.
    pub reason: Text<500>,
    /// When.
    pub started_at: Timestamp,
    /// For a repair: the reconciliation whose differences it mends.
    pub reconciliation: Option<OperationId>,
    /// For a reconciliation: name of the portal profile that is asked.
    pub profile: Option<String>,
}

/// An operation as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// As it was started.
    pub started: NewOperation,
    /// How far it is.
    pub state: OperationState,
    /// Items chosen.
    pub total: u64,
    /// Items with a result of each kind.
    pub succeeded: u64,
    /// See [`ItemResult::Failed`].
    pub failed: u64,
    /// See [`ItemResult::Skipped`].
    pub skipped: u64,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Why it could not go on, from a closed list; empty otherwise.
    pub failure: String,
}

/// One item: a dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Number within its operation, from 1.
    pub number: u64,
    /// Mã hồ sơ.
    pub dossier: DossierNumber,
    /// Revision of the event that was made due by it.
    pub revision: Option<u64>,
    /// How it ended; `None` while it did not.
    pub result: Option<ItemResult>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// How an item ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemResult {
    /// The portal has it; or, of a reconciliation, the question was answered.
    Succeeded,
    /// Tried, and failed again.
    Failed(Cause),
    /// Not touched, because its state had changed since it was chosen.
    Skipped,
}

/// Which items to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemsWanted {
    /// All, behind this number.
    All {
        /// Number of the last one known; 0 for the first page.
        after: u64,
    },
    /// Those that nobody has begun.
    Untouched,
    /// Those that are begun and have no result.
    UnderWay,
}

/// Dossiers of a reconciliation by what was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FoundCounts {
    /// They agree.
    pub equal: u64,
    /// The portal has other values, or has what we thought it had not.
    pub different: u64,
    /// The portal does not know them.
    pub missing: u64,
    /// The portal gave no answer.
    pub unanswered: u64,
    /// Compared field by field, not by presence alone.
    pub by_fields: u64,
}

/// A difference as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptDifference {
    /// Number within its reconciliation, from 1.
    pub number: u64,
    /// Mã hồ sơ.
    pub dossier: DossierNumber,
    /// What differs.
    pub difference: Difference,
    /// When this reconciliation found it.
    pub found_at: Timestamp,
    /// Since when it is known: the first reconciliation in an unbroken row that found the
    /// same difference of the same dossier.
    pub known_since: Timestamp,
}

/// Keeps operations.
#[async_trait]
pub trait Operations: Send + Sync {
    /// Starts one, in [`OperationState::Choosing`].
    async fn create(&self, operation: NewOperation) -> Result<(), OutboxError>;

    /// Adds items while it is being chosen; a dossier that is there already is not added
    /// again.
    async fn add_items(
        &self,
        id: &OperationId,
        dossiers: Vec<DossierNumber>,
    ) -> Result<(), OutboxError>;

    /// Everything is chosen: it may be worked on.
    async fn run(&self, id: &OperationId) -> Result<(), OutboxError>;

    /// The operation, if there is one.
    async fn operation(&self, id: &OperationId) -> Result<Option<Operation>, OutboxError>;

    /// The newest operations of a kind, newest first.
    async fn newest(&self, kind: OperationKind, most: u32) -> Result<Vec<Operation>, OutboxError>;

    /// At most `most` items, by number.
    async fn items(
        &self,
        id: &OperationId,
        wanted: ItemsWanted,
        most: u32,
    ) -> Result<Vec<Item>, OutboxError>;

    /// Takes, or takes over, one running operation for `lease`; the same worker may take
    /// what it holds again. One that is still being chosen [`LONGEST_CHOICE`] after it was
    /// started (its gateway went away) ends as failed with `INTERRUPTED` instead.
    async fn take(
        &self,
        worker: &str,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<Operation>, OutboxError>;

    /// An item is begun: the event of this revision was made due.
    async fn begin_item(
        &self,
        id: &OperationId,
        number: u64,
        revision: Option<u64>,
    ) -> Result<(), OutboxError>;

    /// An item has its result; a second result of one item changes nothing.
    async fn end_item(
        &self,
        id: &OperationId,
        number: u64,
        result: ItemResult,
        at: Timestamp,
    ) -> Result<(), OutboxError>;

    /// Ends a running operation; `failure` is empty unless it failed. Whether it ran.
    async fn end(
        &self,
        id: &OperationId,
        state: OperationState,
        failure: &str,
        at: Timestamp,
    ) -> Result<bool, OutboxError>;

    /// Ends an operation that runs or is still being chosen because `by` wants it, and keeps
    /// who that was. Whether it had not ended before.
    async fn cancel(
        &self,
        id: &OperationId,
        by: &OfficerId,
        at: Timestamp,
    ) -> Result<bool, OutboxError> {
        let _ = by;
        self.end(id, OperationState::Cancelled, "", at).await
    }

    /// What a reconciliation found of one of its items: its finding, its differences and
    /// the item's result, kept together.
    async fn found(
        &self,
        id: &OperationId,
        number: u64,
        finding: Finding,
        at: Timestamp,
    ) -> Result<(), OutboxError>;

    /// Counts of a reconciliation.
    async fn counts(&self, id: &OperationId) -> Result<FoundCounts, OutboxError>;

    /// Differences behind number `after`, by number.
    async fn differences(
        &self,
        id: &OperationId,
        after: u64,
        most: u32,
    ) -> Result<Vec<KeptDifference>, OutboxError>;
}
