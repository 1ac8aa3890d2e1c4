//! A store that keeps an operation which is begun, and whose answer is lost.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use lienthong_adapters::store::SqliteOutbox;
use lienthong_core::access::ClientName;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::operations::{
    FoundCounts, Item, ItemResult, ItemsWanted, KeptDifference, NewOperation, Operation,
    OperationId, OperationKind, OperationState, Operations, Stopped,
};
use lienthong_core::ports::outbox::{OutboxError, Settled};
use lienthong_core::sync::reconcile::Finding;

/// Keeps what is begun, and says that it cannot.
pub(crate) struct LostAnswer {
    /// Where it is kept.
    pub(crate) store: Arc<SqliteOutbox>,
    /// Who begins the operation in place of the caller, if somebody else does.
    pub(crate) instead: Option<ClientName>,
}

#[async_trait]
impl Operations for LostAnswer {
    async fn create(&self, mut operation: NewOperation) -> Result<(), OutboxError> {
        if let Some(other) = &self.instead {
            operation.system = Some(other.clone());
        }
        self.store.create(operation).await?;
        Err(OutboxError::Unavailable {
            reason: "the connection was lost".to_owned(),
        })
    }

    async fn add_items(
        &self,
        id: &OperationId,
        dossiers: Vec<DossierNumber>,
        at: Timestamp,
    ) -> Result<(), OutboxError> {
        self.store.add_items(id, dossiers, at).await
    }

    async fn run(&self, id: &OperationId) -> Result<(), OutboxError> {
        self.store.run(id).await
    }

    async fn operation(&self, id: &OperationId) -> Result<Option<Operation>, OutboxError> {
        self.store.operation(id).await
    }

    async fn open(&self, most: u32) -> Result<Vec<Operation>, OutboxError> {
        self.store.open(most).await
    }

    async fn newest(&self, kind: OperationKind, most: u32) -> Result<Vec<Operation>, OutboxError> {
        self.store.newest(kind, most).await
    }

    async fn scheduled(
        &self,
        kind: OperationKind,
        most: u32,
    ) -> Result<Vec<Operation>, OutboxError> {
        self.store.scheduled(kind, most).await
    }

    async fn repairs(&self, id: &OperationId, most: u32) -> Result<Vec<Operation>, OutboxError> {
        self.store.repairs(id, most).await
    }

    async fn items(
        &self,
        id: &OperationId,
        wanted: ItemsWanted,
        most: u32,
    ) -> Result<Vec<Item>, OutboxError> {
        self.store.items(id, wanted, most).await
    }

    async fn take(
        &self,
        worker: &str,
        kinds: &[OperationKind],
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<Operation>, OutboxError> {
        self.store.take(worker, kinds, now, lease).await
    }

    async fn begin_item(
        &self,
        id: &OperationId,
        worker: &str,
        number: u64,
        revision: Option<u64>,
    ) -> Result<Settled, OutboxError> {
        self.store.begin_item(id, worker, number, revision).await
    }

    async fn end_item(
        &self,
        id: &OperationId,
        worker: &str,
        number: u64,
        result: ItemResult,
        at: Timestamp,
    ) -> Result<Settled, OutboxError> {
        self.store.end_item(id, worker, number, result, at).await
    }

    async fn end(
        &self,
        id: &OperationId,
        state: OperationState,
        failure: &str,
        at: Timestamp,
    ) -> Result<bool, OutboxError> {
        self.store.end(id, state, failure, at).await
    }

    async fn cancel(
        &self,
        id: &OperationId,
        by: &Stopped,
        at: Timestamp,
    ) -> Result<bool, OutboxError> {
        self.store.cancel(id, by, at).await
    }

    async fn found(
        &self,
        id: &OperationId,
        worker: &str,
        number: u64,
        finding: Finding,
        at: Timestamp,
    ) -> Result<Settled, OutboxError> {
        self.store.found(id, worker, number, finding, at).await
    }

    async fn counts(&self, id: &OperationId) -> Result<FoundCounts, OutboxError> {
        self.store.counts(id).await
    }

    async fn differences(
        &self,
        id: &OperationId,
        after: u64,
        most: u32,
    ) -> Result<Vec<KeptDifference>, OutboxError> {
        self.store.differences(id, after, most).await
    }

    async fn forget(&self, before: Timestamp, most: u32) -> Result<u32, OutboxError> {
        self.store.forget(before, most).await
    }
}
