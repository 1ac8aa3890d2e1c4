//! How an item of an operation ends.
//!
//! What a reader would get wrong: what cannot be read back of one dossier is the end of that
//! item alone. Only a store that cannot be used at all keeps an operation from going on.

use lienthong_core::ports::operations::{Item, ItemResult, Operation, OperationKind};
use lienthong_core::ports::outbox::OutboxError;
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::operation_failure::OperationFailure;
use lienthong_core::sync::reconcile::Finding;

use super::OperationsRunner;
use super::reconciling::Went;

impl OperationsRunner {
    /// Gives an item its result.
    pub(super) async fn end_item(
        &self,
        operation: &Operation,
        item: &Item,
        result: ItemResult,
    ) -> Result<Went, OutboxError> {
        let (id, worker) = (&operation.started.id, &operation.held_by);
        let now = self.desk.now();
        let operations = self.desk.operations();
        let ended = operations.end_item(id, worker, item.number, result, now);
        Ok(ended.await?.into())
    }

    /// Notes that an item is begun, and which event was made due by it.
    pub(super) async fn begin_item(
        &self,
        operation: &Operation,
        item: &Item,
        revision: Option<u64>,
    ) -> Result<Went, OutboxError> {
        let (id, worker) = (&operation.started.id, &operation.held_by);
        let operations = self.desk.operations();
        let begun = operations.begin_item(id, worker, item.number, revision);
        Ok(begun.await?.into())
    }

    /// How an item `went`; one whose dossier cannot be read back here ends with that.
    pub(super) async fn unless_unreadable(
        &self,
        operation: &Operation,
        item: &Item,
        went: Result<Went, OutboxError>,
    ) -> Result<Went, OutboxError> {
        let problem = match went {
            Err(OutboxError::Corrupt { problem, .. }) => problem,
            Ok(_) | Err(OutboxError::Unavailable { .. }) => return went,
        };
        tracing::error!(
            operation.id = operation.started.id.as_str(),
            dossier.code = item.dossier.as_str(),
            problem,
            "a dossier of an operation cannot be read back"
        );
        let cause = Cause::StoredUnreadable;
        match operation.started.kind {
            OperationKind::Reconciliation => {
                let finding = Finding::Unanswered(cause);
                self.keep_finding(operation, item, finding).await
            }
            OperationKind::Retry | OperationKind::Repair => {
                self.end_item(operation, item, ItemResult::Failed(cause))
                    .await
            }
        }
    }

    /// Ends an operation all of which is done.
    pub(super) async fn finish(&self, operation: &Operation) -> Result<(), OutboxError> {
        self.memory.forget(&operation.started.id);
        self.desk.finish(operation).await
    }

    /// Ends an operation that cannot go on.
    pub(super) async fn fail(
        &self,
        operation: &Operation,
        failure: OperationFailure,
    ) -> Result<(), OutboxError> {
        let started = &operation.started;
        self.memory.forget(&started.id);
        self.desk.fail(&started.id, started.kind, failure).await
    }
}
