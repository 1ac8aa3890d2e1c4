//! Work of operators, on PostgreSQL.
//!
//! Counts stand in the operation's own row and change together with its items, so that
//! looking at an operation costs the same whatever its size. Whoever changes an item locks
//! that row first.

mod found;
mod items;
mod running;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use lienthong_core::access::OfficerId;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::operations::{
    FoundCounts, Item, ItemResult, ItemsWanted, KeptDifference, NewOperation, Operation,
    OperationId, OperationKind, OperationState, Operations,
};
use lienthong_core::ports::outbox::OutboxError;
use lienthong_core::sync::reconcile::Finding;

use super::PostgresOutbox;
use found::{KeepFinding, ReadCounts, ReadDifferences};
use items::{AddItems, BeginItem, EndItem, ReadItems};
use running::{Create, End, ReadNewest, ReadOperation, Run, Take};

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
    ) -> Result<(), OutboxError> {
        let id = id.clone();
        self.link.answer(AddItems { id, dossiers }).await
    }

    async fn run(&self, id: &OperationId) -> Result<(), OutboxError> {
        self.link.answer(Run(id.clone())).await
    }

    async fn operation(&self, id: &OperationId) -> Result<Option<Operation>, OutboxError> {
        self.link.answer(ReadOperation(id.clone())).await
    }

    async fn newest(&self, kind: OperationKind, most: u32) -> Result<Vec<Operation>, OutboxError> {
        self.link.answer(ReadNewest { kind, most }).await
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
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<Operation>, OutboxError> {
        let worker = worker.to_owned();
        self.link.answer(Take { worker, now, lease }).await
    }

    async fn begin_item(
        &self,
        id: &OperationId,
        number: u64,
        revision: Option<u64>,
    ) -> Result<(), OutboxError> {
        let id = id.clone();
        let begin = BeginItem {
            id,
            number,
            revision,
        };
        self.link.answer(begin).await
    }

    async fn end_item(
        &self,
        id: &OperationId,
        number: u64,
        result: ItemResult,
        at: Timestamp,
    ) -> Result<(), OutboxError> {
        let id = id.clone();
        let end = EndItem {
            id,
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
        by: &OfficerId,
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
        number: u64,
        finding: Finding,
        at: Timestamp,
    ) -> Result<(), OutboxError> {
        let id = id.clone();
        let keep = KeepFinding {
            id,
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
}

/// A number as it stands in a column; one that no column can hold is in none.
fn column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
