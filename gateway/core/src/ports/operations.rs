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

use crate::access::{ClientName, OfficerId};
use crate::dossier_number::DossierNumber;
use crate::ports::outbox::{OutboxError, Settled};
use crate::sync::cause::Cause;
use crate::sync::reconcile::{Difference, Finding};
use crate::text::Text;

/// Longest time between two additions while the items of an operation are chosen; one that
/// waits longer was left behind by its gateway ([`Operation::touched_at`]). Whoever runs
/// operations ends it as failed; no store does.
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

impl OperationKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Retry, Self::Reconciliation, Self::Repair];

    /// Its name, as stores keep it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Retry => "RETRY",
            Self::Reconciliation => "RECONCILIATION",
            Self::Repair => "REPAIR",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
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

impl OperationState {
    /// Every state.
    pub const ALL: [Self; 5] = [
        Self::Choosing,
        Self::Running,
        Self::Finished,
        Self::Cancelled,
        Self::Failed,
    ];

    /// Its name, as stores keep it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Choosing => "CHOOSING",
            Self::Running => "RUNNING",
            Self::Finished => "FINISHED",
            Self::Cancelled => "CANCELLED",
            Self::Failed => "FAILED",
        }
    }

    /// The state with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
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
    /// Calling system by which it is started; `None` for one on a schedule.
    pub system: Option<ClientName>,
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
    /// Worker that holds it ([`Operations::take`]); empty where nobody does.
    pub held_by: String,
    /// Until when nobody else takes it.
    pub held_until: Option<Timestamp>,
    /// When it was started or items were last added ([`Operations::add_items`]).
    pub touched_at: Timestamp,
    /// Who stopped it.
    pub stopped_by: Option<Stopped>,
    /// Whether its items and differences were removed because their time was over
    /// ([`Operations::forget`]). Its counts are what they were; who started it and why is
    /// not told any more, and stands as `-`.
    pub expired: bool,
}

/// Who stopped an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    /// Mã cán bộ.
    pub operator: OfficerId,
    /// Calling system by which the person did it.
    pub system: Option<ClientName>,
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

impl ItemResult {
    /// Its name, as stores keep it, without its cause.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Succeeded => "SUCCEEDED",
            Self::Failed(_) => "FAILED",
            Self::Skipped => "SKIPPED",
        }
    }

    /// Why it failed.
    #[must_use]
    pub fn cause(self) -> Option<Cause> {
        match self {
            Self::Failed(cause) => Some(cause),
            Self::Succeeded | Self::Skipped => None,
        }
    }

    /// The result with this name and cause; `None` also where the one does not go with the
    /// other.
    #[must_use]
    pub fn from_name(name: &str, cause: Option<Cause>) -> Option<Self> {
        let all = [
            Some(Self::Succeeded),
            Some(Self::Skipped),
            cause.map(Self::Failed),
        ];
        all.into_iter()
            .flatten()
            .find(|result| result.name() == name && result.cause() == cause)
    }
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
///
/// What a worker does with an item counts only while it holds the operation: one that was
/// slow finds it taken over, and what it brings changes nothing ([`Settled::LeaseLost`]). A
/// lease that is over but was taken over by nobody still counts.
#[async_trait]
pub trait Operations: Send + Sync {
    /// Starts one, in [`OperationState::Choosing`].
    async fn create(&self, operation: NewOperation) -> Result<(), OutboxError>;

    /// Adds items at `at` while it is being chosen; a dossier that is there already is not
    /// added again. A sign of life also without any.
    async fn add_items(
        &self,
        id: &OperationId,
        dossiers: Vec<DossierNumber>,
        at: Timestamp,
    ) -> Result<(), OutboxError>;

    /// Everything is chosen: it may be worked on.
    async fn run(&self, id: &OperationId) -> Result<(), OutboxError>;

    /// The operation, if there is one.
    async fn operation(&self, id: &OperationId) -> Result<Option<Operation>, OutboxError>;

    /// At most `most` operations that have not ended, the oldest first. One that cannot be
    /// read is left out, and logged.
    async fn open(&self, most: u32) -> Result<Vec<Operation>, OutboxError>;

    /// The newest operations of a kind, newest first. One that cannot be read is left out,
    /// and logged.
    async fn newest(&self, kind: OperationKind, most: u32) -> Result<Vec<Operation>, OutboxError>;

    /// The newest operations of a kind that the gateway started by itself, newest first. One
    /// that cannot be read is left out, and logged.
    async fn scheduled(
        &self,
        kind: OperationKind,
        most: u32,
    ) -> Result<Vec<Operation>, OutboxError>;

    /// The newest repairs of what `reconciliation` found, newest first. One that cannot be
    /// read is left out, and logged.
    async fn repairs(
        &self,
        reconciliation: &OperationId,
        most: u32,
    ) -> Result<Vec<Operation>, OutboxError>;

    /// At most `most` items, by number.
    async fn items(
        &self,
        id: &OperationId,
        wanted: ItemsWanted,
        most: u32,
    ) -> Result<Vec<Item>, OutboxError>;

    /// Takes, or takes over, one running operation of one of `kinds` (none: of any) for
    /// `lease`; the same worker may take what it holds again. One that cannot be read ends as
    /// failed, so that it holds up no other.
    async fn take(
        &self,
        worker: &str,
        kinds: &[OperationKind],
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<Operation>, OutboxError>;

    /// An item is begun: the event of this revision was made due.
    async fn begin_item(
        &self,
        id: &OperationId,
        worker: &str,
        number: u64,
        revision: Option<u64>,
    ) -> Result<Settled, OutboxError>;

    /// An item has its result; a second result of one item changes nothing.
    async fn end_item(
        &self,
        id: &OperationId,
        worker: &str,
        number: u64,
        result: ItemResult,
        at: Timestamp,
    ) -> Result<Settled, OutboxError>;

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
        by: &Stopped,
        at: Timestamp,
    ) -> Result<bool, OutboxError>;

    /// What a reconciliation found of one of its items: its finding, its differences and
    /// the item's result, kept together.
    async fn found(
        &self,
        id: &OperationId,
        worker: &str,
        number: u64,
        finding: Finding,
        at: Timestamp,
    ) -> Result<Settled, OutboxError>;

    /// Counts of a reconciliation.
    async fn counts(&self, id: &OperationId) -> Result<FoundCounts, OutboxError>;

    /// Differences behind number `after`, by number.
    async fn differences(
        &self,
        id: &OperationId,
        after: u64,
        most: u32,
    ) -> Result<Vec<KeptDifference>, OutboxError>;

    /// Removes the items and differences of operations that ended before `before`, and who
    /// started and stopped them and why; at most `most` items and as many differences, the
    /// oldest operation first. How many of both. Counts stay, and the newest reconciliation
    /// that finished stays whole: what is known by it keeps its age.
    async fn forget(&self, before: Timestamp, most: u32) -> Result<u32, OutboxError>;
}

#[cfg(test)]
mod tests {
    use super::{ItemResult, OperationKind, OperationState};
    use crate::ports::outbox::EventKind;
    use crate::sync::cause::Cause;
    use crate::sync::outcome::AttemptOutcome;

    #[test]
    fn everything_that_stores_name_is_known_again_by_its_name() {
        for kind in EventKind::ALL {
            assert_eq!(EventKind::from_name(kind.name()), Some(kind));
        }
        for kind in OperationKind::ALL {
            assert_eq!(OperationKind::from_name(kind.name()), Some(kind));
        }
        for state in OperationState::ALL {
            assert_eq!(OperationState::from_name(state.name()), Some(state));
        }
        let plain = [ItemResult::Succeeded, ItemResult::Skipped];
        for result in plain.into_iter().chain(Cause::ALL.map(ItemResult::Failed)) {
            let again = ItemResult::from_name(result.name(), result.cause());
            assert_eq!(again, Some(result));
        }
        let plain = [
            AttemptOutcome::Accepted,
            AttemptOutcome::AlreadyThere,
            AttemptOutcome::NotThere,
            AttemptOutcome::FoundDone,
            AttemptOutcome::FoundAbsent,
            AttemptOutcome::FoundPresent,
        ];
        let failed = Cause::ALL.into_iter().flat_map(|cause| {
            [
                AttemptOutcome::NotApplied(cause),
                AttemptOutcome::Unknown(cause),
                AttemptOutcome::Refused(cause),
            ]
        });
        for outcome in plain.into_iter().chain(failed) {
            let again = AttemptOutcome::from_name(outcome.name(), outcome.cause());
            assert_eq!(again, Some(outcome));
        }
    }

    #[test]
    fn a_name_with_a_cause_that_does_not_belong_to_it_is_nothing() {
        let session = Some(Cause::Session);
        assert_eq!(AttemptOutcome::from_name("ACCEPTED", session), None);
        assert_eq!(AttemptOutcome::from_name("REFUSED", None), None);
        assert_eq!(AttemptOutcome::from_name("BAD_WEATHER", None), None);
        assert_eq!(ItemResult::from_name("SKIPPED", session), None);
        assert_eq!(ItemResult::from_name("FAILED", None), None);
        assert_eq!(EventKind::from_name("STORM"), None);
        assert_eq!(OperationState::from_name("STATE"), None);
    }
}
