//! Work of operators in the file of the outbox.
//!
//! Counts stand in the operation's own row and change together with its items, so that
//! looking at an operation costs the same whatever its size.

mod forget;
mod found;
mod items;
mod mismatch;
mod running;

#[cfg(test)]
pub(super) use forget::OVER;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::operations::{
    FoundCounts, Item, ItemResult, ItemsWanted, KeptDifference, NewOperation, Operation,
    OperationId, OperationKind, OperationState, Operations, Stopped,
};
use lienthong_core::ports::outbox::{OutboxError, Settled};
use lienthong_core::sync::reconcile::Finding;
use rusqlite::Connection;

use super::SqliteOutbox;
use super::column::Failure;

impl SqliteOutbox {
    async fn changed<T, F>(&self, work: F) -> Result<T, OutboxError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    {
        self.engine.writer().call(work).await
    }

    async fn told<T, F>(&self, work: F) -> Result<T, OutboxError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    {
        self.lists.call(work).await
    }
}

#[async_trait]
impl Operations for SqliteOutbox {
    async fn create(&self, operation: NewOperation) -> Result<(), OutboxError> {
        self.changed(move |conn| running::create(conn, &operation))
            .await
    }

    async fn add_items(
        &self,
        id: &OperationId,
        dossiers: Vec<DossierNumber>,
        at: Timestamp,
    ) -> Result<(), OutboxError> {
        let id = id.clone();
        self.changed(move |conn| items::add(conn, &id, &dossiers, at))
            .await
    }

    async fn run(&self, id: &OperationId) -> Result<(), OutboxError> {
        let id = id.clone();
        self.changed(move |conn| running::run(conn, &id)).await
    }

    async fn operation(&self, id: &OperationId) -> Result<Option<Operation>, OutboxError> {
        let id = id.clone();
        self.told(move |conn| running::operation(conn, &id)).await
    }

    async fn open(&self, most: u32) -> Result<Vec<Operation>, OutboxError> {
        self.told(move |conn| running::open(conn, most)).await
    }

    async fn newest(&self, kind: OperationKind, most: u32) -> Result<Vec<Operation>, OutboxError> {
        self.told(move |conn| running::newest(conn, kind, most))
            .await
    }

    async fn scheduled(
        &self,
        kind: OperationKind,
        most: u32,
    ) -> Result<Vec<Operation>, OutboxError> {
        self.told(move |conn| running::scheduled(conn, kind, most))
            .await
    }

    async fn repairs(
        &self,
        reconciliation: &OperationId,
        most: u32,
    ) -> Result<Vec<Operation>, OutboxError> {
        let id = reconciliation.clone();
        self.told(move |conn| running::repairs(conn, &id, most))
            .await
    }

    async fn items(
        &self,
        id: &OperationId,
        wanted: ItemsWanted,
        most: u32,
    ) -> Result<Vec<Item>, OutboxError> {
        let id = id.clone();
        self.told(move |conn| items::read(conn, &id, wanted, most))
            .await
    }

    async fn take(
        &self,
        worker: &str,
        kinds: &[OperationKind],
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<Operation>, OutboxError> {
        let (worker, kinds) = (worker.to_owned(), kinds.to_vec());
        self.changed(move |conn| running::take(conn, &worker, &kinds, now, lease))
            .await
    }

    async fn begin_item(
        &self,
        id: &OperationId,
        worker: &str,
        number: u64,
        revision: Option<u64>,
    ) -> Result<Settled, OutboxError> {
        let (id, worker) = (id.clone(), worker.to_owned());
        self.changed(move |conn| items::begin(conn, &id, &worker, number, revision))
            .await
    }

    async fn end_item(
        &self,
        id: &OperationId,
        worker: &str,
        number: u64,
        result: ItemResult,
        at: Timestamp,
    ) -> Result<Settled, OutboxError> {
        let (id, worker) = (id.clone(), worker.to_owned());
        self.changed(move |conn| items::end(conn, &id, &worker, number, result, at))
            .await
    }

    async fn end(
        &self,
        id: &OperationId,
        state: OperationState,
        failure: &str,
        at: Timestamp,
    ) -> Result<bool, OutboxError> {
        let (id, failure) = (id.clone(), failure.to_owned());
        self.changed(move |conn| running::end(conn, &id, state, &failure, None, at))
            .await
    }

    async fn cancel(
        &self,
        id: &OperationId,
        by: &Stopped,
        at: Timestamp,
    ) -> Result<bool, OutboxError> {
        let (id, by) = (id.clone(), by.clone());
        let cancelled = OperationState::Cancelled;
        self.changed(move |conn| running::end(conn, &id, cancelled, "", Some(&by), at))
            .await
    }

    async fn found(
        &self,
        id: &OperationId,
        worker: &str,
        number: u64,
        finding: Finding,
        at: Timestamp,
    ) -> Result<Settled, OutboxError> {
        let (id, worker) = (id.clone(), worker.to_owned());
        self.changed(move |conn| found::found(conn, &id, &worker, number, &finding, at))
            .await
    }

    async fn counts(&self, id: &OperationId) -> Result<FoundCounts, OutboxError> {
        let id = id.clone();
        self.told(move |conn| found::counts(conn, &id)).await
    }

    async fn differences(
        &self,
        id: &OperationId,
        after: u64,
        most: u32,
    ) -> Result<Vec<KeptDifference>, OutboxError> {
        let id = id.clone();
        self.told(move |conn| found::differences(conn, &id, after, most))
            .await
    }

    async fn forget(&self, before: Timestamp, most: u32) -> Result<u32, OutboxError> {
        self.changed(move |conn| forget::forget(conn, before, most))
            .await
    }
}

/// The names of `kinds`; of every kind where none is given.
fn kinds(kinds: &[OperationKind]) -> Vec<&'static str> {
    OperationKind::ALL
        .into_iter()
        .filter(|kind| kinds.is_empty() || kinds.contains(kind))
        .map(OperationKind::name)
        .collect()
}
