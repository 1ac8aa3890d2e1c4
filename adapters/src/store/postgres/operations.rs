//! Work of operators, on PostgreSQL.
//!
//! Counts stand in the operation's own row and change together with its items, so that
//! looking at an operation costs the same whatever its size. Whoever changes an item locks
//! that row first.

mod forget;
mod found;
mod items;
mod mismatch;
mod running;

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

use super::PostgresOutbox;
use forget::Forget;
use found::{KeepFinding, ReadCounts, ReadDifferences};
use items::{AddItems, BeginItem, EndItem, ReadItems};
use running::{
    Create, End, ReadNewest, ReadOpen, ReadOperation, ReadRepairs, ReadScheduled, Run, Take,
};

/// Longest name of a worker that is kept.
const WORKER_NAME: usize = 200;

#[async_trait]
impl Operations for PostgresOutbox {
    async fn create(&self, operation: NewOperation) -> Result<(), OutboxError> {
        if self.link.answer(Create(operation)).await? {
            return Ok(());
        }
        Err(OutboxError::Unavailable {
            reason: "an operation has this id already".to_owned(),
        })
    }

    async fn add_items(
        &self,
        id: &OperationId,
        dossiers: Vec<DossierNumber>,
        at: Timestamp,
    ) -> Result<(), OutboxError> {
        let id = id.clone();
        self.link.answer(AddItems { id, dossiers, at }).await
    }

    async fn run(&self, id: &OperationId) -> Result<(), OutboxError> {
        self.link.answer(Run(id.clone())).await
    }

    async fn operation(&self, id: &OperationId) -> Result<Option<Operation>, OutboxError> {
        self.link.answer(ReadOperation(id.clone())).await
    }

    async fn open(&self, most: u32) -> Result<Vec<Operation>, OutboxError> {
        self.link.answer(ReadOpen(most)).await
    }

    async fn newest(&self, kind: OperationKind, most: u32) -> Result<Vec<Operation>, OutboxError> {
        self.link.answer(ReadNewest { kind, most }).await
    }

    async fn scheduled(
        &self,
        kind: OperationKind,
        most: u32,
    ) -> Result<Vec<Operation>, OutboxError> {
        self.link.answer(ReadScheduled { kind, most }).await
    }

    async fn repairs(
        &self,
        reconciliation: &OperationId,
        most: u32,
    ) -> Result<Vec<Operation>, OutboxError> {
        let reconciliation = reconciliation.clone();
        let read = ReadRepairs {
            reconciliation,
            most,
        };
        self.link.answer(read).await
    }

    async fn items(
        &self,
        id: &OperationId,
        wanted: ItemsWanted,
        most: u32,
    ) -> Result<Vec<Item>, OutboxError> {
        let id = id.clone();
        self.link.answer(ReadItems { id, wanted, most }).await
    }

    async fn take(
        &self,
        worker: &str,
        kinds: &[OperationKind],
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<Operation>, OutboxError> {
        let take = Take {
            worker: worker.to_owned(),
            kinds: kinds.to_vec(),
            now,
            lease,
        };
        self.link.answer(take).await
    }

    async fn begin_item(
        &self,
        id: &OperationId,
        worker: &str,
        number: u64,
        revision: Option<u64>,
    ) -> Result<Settled, OutboxError> {
        let begin = BeginItem {
            id: id.clone(),
            worker: worker.to_owned(),
            number,
            revision,
        };
        self.link.answer(begin).await
    }

    async fn end_item(
        &self,
        id: &OperationId,
        worker: &str,
        number: u64,
        result: ItemResult,
        at: Timestamp,
    ) -> Result<Settled, OutboxError> {
        let end = EndItem {
            id: id.clone(),
            worker: worker.to_owned(),
            number,
            result,
            at,
        };
        self.link.answer(end).await
    }

    async fn end(
        &self,
        id: &OperationId,
        state: OperationState,
        failure: &str,
        at: Timestamp,
    ) -> Result<bool, OutboxError> {
        let end = End {
            id: id.clone(),
            state,
            failure: failure.to_owned(),
            by: None,
            at,
        };
        self.link.answer(end).await
    }

    async fn cancel(
        &self,
        id: &OperationId,
        by: &Stopped,
        at: Timestamp,
    ) -> Result<bool, OutboxError> {
        let end = End {
            id: id.clone(),
            state: OperationState::Cancelled,
            failure: String::new(),
            by: Some(by.clone()),
            at,
        };
        self.link.answer(end).await
    }

    async fn found(
        &self,
        id: &OperationId,
        worker: &str,
        number: u64,
        finding: Finding,
        at: Timestamp,
    ) -> Result<Settled, OutboxError> {
        let keep = KeepFinding {
            id: id.clone(),
            worker: worker.to_owned(),
            number,
            finding,
            at,
        };
        self.link.answer(keep).await
    }

    async fn counts(&self, id: &OperationId) -> Result<FoundCounts, OutboxError> {
        self.link.answer(ReadCounts(id.clone())).await
    }

    async fn differences(
        &self,
        id: &OperationId,
        after: u64,
        most: u32,
    ) -> Result<Vec<KeptDifference>, OutboxError> {
        let id = id.clone();
        self.link.answer(ReadDifferences { id, after, most }).await
    }

    async fn forget(&self, before: Timestamp, most: u32) -> Result<u32, OutboxError> {
        self.link.answer(Forget { before, most }).await
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

/// A number as it stands in a column; one that no column can hold is in none.
fn column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
