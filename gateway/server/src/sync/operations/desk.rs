//! What operators ask for: the use cases behind the methods of the contract.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use lienthong_core::access::ClientName;
use lienthong_core::clock::Clock;
use lienthong_core::ports::ledger::{
    DossierFilter, DossierSummary, FAILURE_GROUPS, FailureGroup, Ledger, ListPosition, Release,
};
use lienthong_core::ports::operations::{
    Operation, OperationId, OperationKind, OperationState, Operations, Stopped,
};
use lienthong_core::ports::outbox::{Outbox, OutboxError};
use lienthong_core::ports::portal_history::PortalHistory;
use lienthong_core::sync::operation_failure::OperationFailure;
use lienthong_core::sync::retry::{BROUGHT_BACK, brought_back, time_needed};
use lienthong_core::sync::state::SyncState;
use tokio::sync::Notify;

use super::standing::Board;

/// Dossiers read at once.
pub(super) const PAGE: u32 = 500;

/// Most dossiers that a preview counts as untouched.
const UNTOUCHED_COUNTED: u64 = 10_000;

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
    /// What is known of the portal's side.
    pub history: Arc<dyn PortalHistory>,
    /// Wall time.
    pub clock: Arc<dyn Clock>,
    /// Name of the portal's profile.
    pub profile: String,
    /// Bounds of the rates.
    pub bounds: Bounds,
    /// Where it is seen how the operations stand.
    pub board: Arc<Board>,
}

/// Where operators' wishes are taken.
#[derive(Clone)]
pub struct Desk {
    parts: Arc<DeskParts>,
    started: Arc<Notify>,
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

    pub(crate) fn history(&self) -> &dyn PortalHistory {
        &*self.parts.history
    }

    pub(crate) fn bounds(&self) -> Bounds {
        self.parts.bounds
    }

    /// Name of the portal's profile.
    pub(super) fn profile(&self) -> &str {
        &self.parts.profile
    }

    /// Where it is seen how the operations stand.
    pub(crate) fn board(&self) -> &Board {
        &self.parts.board
    }

    /// Ends when an operation is started at this gateway.
    pub(super) async fn started(&self) {
        self.started.notified().await;
    }

    /// An operation may be worked on.
    pub(super) fn tell_started(&self) {
        self.started.notify_waiters();
    }

    /// What a retry of `filter` would do at `per_minute`.
    pub(crate) async fn preview(
        &self,
        filter: &DossierFilter,
        previewed_at: Timestamp,
        per_minute: NonZeroU32,
    ) -> Result<Preview, OutboxError> {
        let (groups, dossiers) = match brought_back(filter, previewed_at) {
            Some(filter) => {
                let groups = self.ledger().failures(&filter).await?;
                let mut dossiers = groups.iter().map(|group| group.dossiers).sum();
                // There may be more groups than are told.
                if groups.len() >= FAILURE_GROUPS {
                    dossiers = self.count(&filter, u64::MAX).await?;
                }
                (groups, dossiers)
            }
            None => (Vec::new(), 0),
        };
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
        // What is accepted waits for nothing and has no failure: a list of all of it would be
        // looked through in vain.
        let of_unsent = filter.unsent_since.is_some()
            || filter.upstream_code.is_some()
            || !filter.causes.is_empty();
        let filter = DossierFilter {
            states: SyncState::ALL
                .into_iter()
                .filter(|state| !BROUGHT_BACK.contains(state))
                .filter(|state| asked.is_empty() || asked.contains(state))
                .filter(|state| !of_unsent || *state != SyncState::Accepted)
                .collect(),
            ..filter.clone()
        };
        // Without states the filter would mean any.
        if filter.states.is_empty() {
            return Ok(0);
        }
        self.count(&filter, UNTOUCHED_COUNTED).await
    }

    /// Dossiers of `filter`, counted up to `most`.
    async fn count(&self, filter: &DossierFilter, most: u64) -> Result<u64, OutboxError> {
        let mut counted = 0;
        let mut after: Option<ListPosition> = None;
        while counted < most {
            let page = self.ledger().dossiers(filter, after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else {
                break;
            };
            counted += u64::try_from(page.len()).unwrap_or(u64::MAX);
            after = Some(position(last));
        }
        Ok(counted.min(most))
    }

    /// Stops an operation for `by`; as it stands then, or `None` without such a one.
    pub(crate) async fn cancel(
        &self,
        id: &OperationId,
        by: &Stopped,
    ) -> Result<Option<Operation>, OutboxError> {
        let Some(found) = self.operations().operation(id).await? else {
            return Ok(None);
        };
        if self.operations().cancel(id, by, self.now()).await? {
            let system = by.system.as_ref().map_or("-", ClientName::as_str);
            tracing::info!(
                operation.id = id.as_str(),
                system,
                "an operation is cancelled"
            );
            self.board()
                .count(found.started.kind, OperationState::Cancelled);
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

    /// Ends an operation all of which is done.
    pub(super) async fn finish(&self, operation: &Operation) -> Result<(), OutboxError> {
        let (id, now) = (&operation.started.id, self.now());
        let state = OperationState::Finished;
        if self.operations().end(id, state, "", now).await? {
            tracing::info!(operation.id = id.as_str(), "an operation is finished");
            self.board().count(operation.started.kind, state);
        }
        Ok(())
    }

    /// Ends an operation that cannot go on.
    pub(super) async fn fail(
        &self,
        id: &OperationId,
        kind: OperationKind,
        failure: OperationFailure,
    ) -> Result<(), OutboxError> {
        let now = self.now();
        let state = OperationState::Failed;
        if self
            .operations()
            .end(id, state, failure.name(), now)
            .await?
        {
            tracing::warn!(
                operation.id = id.as_str(),
                operation.kind = kind.name(),
                reason = failure.name(),
                "an operation cannot go on"
            );
            self.board().count(kind, state);
        }
        Ok(())
    }

    /// What is kept with an event that `operation` brings back.
    pub(super) fn release_of(&self, operation: &Operation) -> Release {
        let started = &operation.started;
        Release {
            operator: started.operator.clone(),
            reason: started.reason.clone(),
            system: started.system.clone(),
            operation: Some(started.id.as_str().to_owned()),
            at: self.now(),
        }
    }
}

/// Where a list goes on behind `dossier`.
pub(super) fn position(dossier: &DossierSummary) -> ListPosition {
    ListPosition {
        oldest_unsent_at: dossier.oldest_unsent_at,
        dossier: dossier.dossier.clone(),
    }
}
