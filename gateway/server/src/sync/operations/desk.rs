//! What operators ask for: the use cases behind the methods of the contract.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use lienthong_core::access::OfficerId;
use lienthong_core::clock::Clock;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::ledger::{DossierFilter, FailureGroup, Ledger, ListPosition, Release};
use lienthong_core::ports::operations::{
    NewOperation, Operation, OperationId, OperationKind, OperationState, Operations,
};
use lienthong_core::ports::outbox::{Outbox, OutboxError};
use lienthong_core::sync::reconcile::Repair;
use lienthong_core::sync::retry::{BROUGHT_BACK, brought_back, time_needed};
use lienthong_core::sync::state::SyncState;
use lienthong_core::text::Text;
use tokio::sync::Notify;

use super::choice::Choice;

/// Dossiers read at once.
pub(super) const PAGE: u32 = 500;

/// Most dossiers that a preview counts as untouched.
const UNTOUCHED_COUNTED: u64 = 10_000;

/// How long a caller waits for the dossiers to be chosen; choosing goes on without him.
const CHOOSING_PATIENCE: Duration = Duration::from_secs(2);

/// Highest rates that operators may ask for, and the usual ones.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Dossiers that a retry brings back in a minute.
    pub retry_per_minute: NonZeroU32,
    /// Questions to the portal in a minute.
    pub questions_per_minute: NonZeroU32,
}

/// What a desk works with.
pub struct DeskParts {
    /// Events.
    pub outbox: Arc<dyn Outbox>,
    /// The same as operators see them.
    pub ledger: Arc<dyn Ledger>,
    /// Operations.
    pub operations: Arc<dyn Operations>,
    /// Wall time.
    pub clock: Arc<dyn Clock>,
    /// Name of the portal's profile.
    pub profile: String,
    /// Bounds of the rates.
    pub bounds: Bounds,
}

/// Where operators' wishes are taken.
#[derive(Clone)]
pub struct Desk {
    parts: Arc<DeskParts>,
    started: Arc<Notify>,
}

/// Who starts an operation, why, and how fast it may go.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    /// Id of the operation. One that exists is not started again.
    pub(crate) id: OperationId,
    /// Mã cán bộ.
    pub(crate) operator: OfficerId,
    /// Lý do.
    pub(crate) reason: Text<500>,
    /// Most items a minute.
    pub(crate) per_minute: NonZeroU32,
}

/// What a retry would do.
#[derive(Debug)]
pub(crate) struct Preview {
    /// Why they failed.
    pub(crate) groups: Vec<FailureGroup>,
    /// Dossiers that would be brought back: one event of each.
    pub(crate) dossiers: u64,
    /// Events that would follow.
    pub(crate) blocked: u64,
    /// Chosen dossiers that would not be touched, counted up to a bound.
    pub(crate) untouched: u64,
    /// How long it would take.
    pub(crate) duration: Duration,
}

impl Desk {
    /// A desk that works with `parts`.
    #[must_use]
    pub fn new(parts: DeskParts) -> Self {
        Self {
            parts: Arc::new(parts),
            started: Arc::default(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }

    pub(crate) fn outbox(&self) -> &dyn Outbox {
        &*self.parts.outbox
    }

    pub(crate) fn ledger(&self) -> &dyn Ledger {
        &*self.parts.ledger
    }

    pub(crate) fn operations(&self) -> &dyn Operations {
        &*self.parts.operations
    }

    pub(crate) fn bounds(&self) -> Bounds {
        self.parts.bounds
    }

    /// Ends when an operation is started at this gateway.
    pub(super) async fn started(&self) {
        self.started.notified().await;
    }

    /// What a retry of `filter` would do at `per_minute`.
    pub(crate) async fn preview(
        &self,
        filter: &DossierFilter,
        previewed_at: Timestamp,
        per_minute: NonZeroU32,
    ) -> Result<Preview, OutboxError> {
        let groups = match brought_back(filter, previewed_at) {
            Some(filter) => self.ledger().failures(&filter).await?,
            None => Vec::new(),
        };
        let dossiers = groups.iter().map(|group| group.dossiers).sum();
        Ok(Preview {
            dossiers,
            blocked: groups.iter().map(|group| group.blocked_events).sum(),
            untouched: self.untouched(filter).await?,
            duration: time_needed(dossiers, per_minute),
            groups,
        })
    }

    /// Chosen dossiers that a retry leaves alone, counted up to a bound.
    async fn untouched(&self, filter: &DossierFilter) -> Result<u64, OutboxError> {
        let asked = &filter.states;
        let filter = DossierFilter {
            states: SyncState::ALL
                .into_iter()
                .filter(|state| !BROUGHT_BACK.contains(state))
                .filter(|state| asked.is_empty() || asked.contains(state))
                .collect(),
            ..filter.clone()
        };
        let mut untouched = 0;
        let mut after: Option<ListPosition> = None;
        // Without states the filter would mean any.
        while !filter.states.is_empty() && untouched < UNTOUCHED_COUNTED {
            let page = self
                .ledger()
                .dossiers(&filter, after.as_ref(), PAGE)
                .await?;
            let Some(last) = page.last() else {
                break;
            };
            untouched += u64::try_from(page.len()).unwrap_or(u64::MAX);
            after = Some(position(last));
        }
        Ok(untouched.min(UNTOUCHED_COUNTED))
    }

    /// Starts to bring back what `filter` chooses of what was there at `previewed_at`.
    pub(crate) async fn start_retry(
        &self,
        order: Order,
        filter: &DossierFilter,
        previewed_at: Timestamp,
    ) -> Result<Operation, OutboxError> {
        let choice = Choice::Matching {
            filter: brought_back(filter, previewed_at),
            also_unknown: false,
        };
        self.start(OperationKind::Retry, None, order, choice).await
    }

    /// Starts to compare what `filter` chooses.
    pub(crate) async fn start_reconciliation(
        &self,
        order: Order,
        filter: DossierFilter,
    ) -> Result<Operation, OutboxError> {
        let choice = Choice::Matching {
            filter: Some(filter),
            also_unknown: true,
        };
        self.start(OperationKind::Reconciliation, None, order, choice)
            .await
    }

    /// Starts to repair `dossiers`, in which `reconciliation` found differences.
    pub(crate) async fn start_repair(
        &self,
        order: Order,
        reconciliation: OperationId,
        dossiers: Vec<DossierNumber>,
    ) -> Result<Operation, OutboxError> {
        let choice = Choice::These(dossiers);
        self.start(OperationKind::Repair, Some(reconciliation), order, choice)
            .await
    }

    async fn start(
        &self,
        kind: OperationKind,
        reconciliation: Option<OperationId>,
        order: Order,
        choice: Choice,
    ) -> Result<Operation, OutboxError> {
        let id = order.id;
        let operations = self.operations();
        if let Some(known) = operations.operation(&id).await? {
            return Ok(known);
        }
        let profile = match kind {
            OperationKind::Retry => None,
            OperationKind::Reconciliation | OperationKind::Repair => {
                Some(self.parts.profile.clone())
            }
        };
        let new = NewOperation {
            id: id.clone(),
            kind,
            per_minute: order.per_minute,
            operator: order.operator,
            reason: order.reason,
            started_at: self.now(),
            reconciliation,
            profile,
        };
        if let Err(error) = operations.create(new.clone()).await {
            // Somebody else started it in between.
            return operations.operation(&id).await?.ok_or(error);
        }
        tracing::info!(
            operation.id = id.as_str(), kind = ?kind, per_minute = new.per_minute,
            "an operation is started",
        );
        self.choose(&id, choice).await?;
        Ok(operations.operation(&id).await?.unwrap_or(Operation {
            started: new,
            state: OperationState::Choosing,
            total: 0,
            succeeded: 0,
            failed: 0,
            skipped: 0,
            ended_at: None,
            failure: String::new(),
        }))
    }

    /// Chooses in a task of its own: a caller who hangs up must not leave half a choice.
    async fn choose(&self, id: &OperationId, choice: Choice) -> Result<(), OutboxError> {
        let (desk, id) = (self.clone(), id.clone());
        let choosing = tokio::spawn(async move {
            let chosen = choice.choose(&desk, &id).await;
            if let Err(error) = &chosen {
                tracing::error!(operation.id = id.as_str(), %error, "an operation's dossiers could not be chosen");
                desk.fail(&id, "STORE_UNAVAILABLE").await.ok();
            }
            desk.started.notify_waiters();
            chosen
        });
        match tokio::time::timeout(CHOOSING_PATIENCE, choosing).await {
            Ok(Ok(chosen)) => chosen,
            Ok(Err(panicked)) => Err(OutboxError::Unavailable {
                reason: panicked.to_string(),
            }),
            // It goes on; the operation tells how far it is.
            Err(_) => Ok(()),
        }
    }

    /// Stops an operation for `by`; as it stands then, or `None` without such a one.
    pub(crate) async fn cancel(
        &self,
        id: &OperationId,
        by: &OfficerId,
    ) -> Result<Option<Operation>, OutboxError> {
        if self.operations().operation(id).await?.is_none() {
            return Ok(None);
        }
        if self.operations().cancel(id, by, self.now()).await? {
            tracing::info!(operation.id = id.as_str(), "an operation is cancelled");
        }
        self.operations().operation(id).await
    }

    /// The operation, if there is one of this kind.
    pub(crate) async fn operation_of(
        &self,
        id: Option<&OperationId>,
        kind: OperationKind,
    ) -> Result<Option<Operation>, OutboxError> {
        let found = match id {
            Some(id) => self.operations().operation(id).await?,
            None => self.operations().newest(kind, 1).await?.pop(),
        };
        Ok(found.filter(|operation| operation.started.kind == kind))
    }

    /// Whether somebody has ended the operation since it was taken.
    pub(super) async fn has_ended(&self, id: &OperationId) -> Result<bool, OutboxError> {
        let operation = self.operations().operation(id).await?;
        Ok(operation.is_none_or(|operation| match operation.state {
            OperationState::Choosing | OperationState::Running => false,
            OperationState::Finished | OperationState::Cancelled | OperationState::Failed => true,
        }))
    }

    pub(super) async fn finish(&self, id: &OperationId) -> Result<(), OutboxError> {
        let now = self.now();
        let state = OperationState::Finished;
        if self.operations().end(id, state, "", now).await? {
            tracing::info!(operation.id = id.as_str(), "an operation is finished");
        }
        Ok(())
    }

    /// Ends an operation that cannot go on, for a reason from a closed list.
    pub(super) async fn fail(
        &self,
        id: &OperationId,
        reason: &'static str,
    ) -> Result<(), OutboxError> {
        let now = self.now();
        let state = OperationState::Failed;
        if self.operations().end(id, state, reason, now).await? {
            tracing::warn!(
                operation.id = id.as_str(),
                reason,
                "an operation cannot go on"
            );
        }
        Ok(())
    }

    /// What is kept with an event that `operation` brings back.
    pub(super) fn release_of(&self, operation: &Operation) -> Release {
        let started = &operation.started;
        Release {
            operator: started.operator.clone(),
            reason: started.reason.clone(),
            operation: Some(started.id.as_str().to_owned()),
            at: self.now(),
        }
    }
}

/// Where a list goes on behind `dossier`.
pub(crate) fn position(dossier: &lienthong_core::ports::ledger::DossierSummary) -> ListPosition {
    ListPosition {
        oldest_unsent_at: dossier.oldest_unsent_at,
        dossier: dossier.dossier.clone(),
    }
}

/// Whether `plan` needs no person.
pub(super) fn is_replay(plan: Option<Repair>) -> bool {
    matches!(plan, Some(Repair::Replay { .. }))
}
