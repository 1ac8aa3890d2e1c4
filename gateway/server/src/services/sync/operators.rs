//! The operators' methods of `lienthong.v1.SyncService`.
//!
//! What a reader would get wrong: an operator sees the dossiers of every system. So the
//! configuration names the systems that may ask, and the answers hold nothing of a citizen.

use lienthong_core::access::ClientName;
use lienthong_core::ports::operations::{ItemsWanted, Operation, OperationId, OperationKind};
use lienthong_proto::v1;

use crate::convert::ledger::{DossierPage, groups, read_filter};
use crate::convert::operations::{
    Caller, OperationPage, ReconciliationAsked, RepairAsked, RetryAsked, RetryStart, difference,
    item, operation, read_cancel, read_reconciliation_id, reconciliation,
};
use crate::status::ServerError;
use crate::sync::operations::{Desk, OrderError};

impl From<OrderError> for ServerError {
    fn from(error: OrderError) -> Self {
        match error {
            OrderError::NoPlace { open } => Self::TooManyOperations { open },
            OrderError::Store(error) => Self::Outbox(error),
        }
    }
}

/// Answers operators.
pub(super) struct Operators {
    desk: Desk,
    clients: Vec<ClientName>,
}

impl Operators {
    /// Answers the systems named by `clients` from `desk`.
    pub(super) fn new(desk: Desk, clients: Vec<ClientName>) -> Self {
        Self { desk, clients }
    }

    /// Where their wishes are taken.
    pub(super) fn desk(&self) -> &Desk {
        &self.desk
    }

    /// Refuses whoever is no operator.
    pub(super) fn admit(&self, client: &ClientName) -> Result<(), ServerError> {
        if self.clients.contains(client) {
            Ok(())
        } else {
            Err(ServerError::OperatorNotPermitted)
        }
    }

    pub(super) async fn dossiers(
        &self,
        message: &v1::ListDossiersRequest,
    ) -> Result<v1::ListDossiersResponse, ServerError> {
        let page = DossierPage::read(message, self.desk.now())?;
        let most = page.most.saturating_add(1);
        let found = self
            .desk
            .ledger()
            .dossiers(&page.filter, page.after.as_ref(), most)
            .await?;
        Ok(page.answer(found))
    }

    pub(super) async fn failures(
        &self,
        message: &v1::ListFailureCausesRequest,
    ) -> Result<v1::ListFailureCausesResponse, ServerError> {
        let filter = read_filter(message.filter.as_ref(), self.desk.now())?;
        let found = self.desk.ledger().failures(&filter).await?;
        Ok(v1::ListFailureCausesResponse {
            groups: groups(found),
        })
    }

    pub(super) async fn preview_retry(
        &self,
        message: &v1::PreviewRetryRequest,
    ) -> Result<v1::PreviewRetryResponse, ServerError> {
        let bound = self.desk.bounds().retry_per_minute;
        let asked = RetryAsked::read(message, bound, self.desk.now())?;
        let preview = self
            .desk
            .preview(&asked.filter, asked.asked_at(), asked.per_minute)
            .await?;
        Ok(asked.answer(preview))
    }

    pub(super) async fn start_retry(
        &self,
        message: &v1::StartRetryRequest,
        system: &ClientName,
    ) -> Result<v1::StartRetryResponse, ServerError> {
        let bound = self.desk.bounds().retry_per_minute;
        let RetryStart { order, previewed } =
            RetryStart::read(message, bound, self.caller(system))?;
        let started = self
            .desk
            .start_retry(order, &previewed.filter, previewed.at)
            .await?;
        Ok(v1::StartRetryResponse {
            operation: Some(operation(started, self.desk.now())),
        })
    }

    pub(super) async fn operation(
        &self,
        message: &v1::GetOperationRequest,
    ) -> Result<v1::GetOperationResponse, ServerError> {
        let page = OperationPage::of_items(message)?;
        let id = page.id.clone().ok_or(ServerError::OperationNotFound)?;
        let found = self.desk.operations().operation(&id).await?;
        let found = found.ok_or(ServerError::OperationNotFound)?;
        let mut items = Vec::new();
        if page.most > 0 {
            let wanted = ItemsWanted::All { after: page.after };
            let most = page.most.saturating_add(1);
            items = self.desk.operations().items(&id, wanted, most).await?;
        }
        let next_page_token = page.cut(&mut items, |item| item.number);
        Ok(v1::GetOperationResponse {
            operation: Some(operation(found, self.desk.now())),
            items: items.iter().map(item).collect(),
            next_page_token,
        })
    }

    pub(super) async fn cancel(
        &self,
        message: &v1::CancelOperationRequest,
        system: &ClientName,
    ) -> Result<v1::CancelOperationResponse, ServerError> {
        let (id, by) = read_cancel(message, system)?;
        let found = self.desk.cancel(&id, &by).await?;
        let found = found.ok_or(ServerError::OperationNotFound)?;
        Ok(v1::CancelOperationResponse {
            operation: Some(operation(found, self.desk.now())),
        })
    }

    pub(super) async fn start_reconciliation(
        &self,
        message: &v1::StartReconciliationRequest,
        system: &ClientName,
    ) -> Result<v1::StartReconciliationResponse, ServerError> {
        let bound = self.desk.bounds().questions_per_minute;
        let asked = ReconciliationAsked::read(message, bound, self.caller(system))?;
        let started = self
            .desk
            .start_reconciliation(asked.order, asked.filter)
            .await?;
        // One that was started by the same wish before may have found something.
        let counts = self.desk.operations().counts(&started.started.id).await?;
        Ok(v1::StartReconciliationResponse {
            reconciliation: Some(reconciliation(started, counts, self.desk.now())),
        })
    }

    pub(super) async fn reconciliation(
        &self,
        message: &v1::GetReconciliationRequest,
    ) -> Result<v1::GetReconciliationResponse, ServerError> {
        let id = read_reconciliation_id(&message.reconciliation_id)?;
        let found = self.find_reconciliation(id.as_ref()).await?;
        let counts = self.desk.operations().counts(&found.started.id).await?;
        Ok(v1::GetReconciliationResponse {
            reconciliation: Some(reconciliation(found, counts, self.desk.now())),
        })
    }

    pub(super) async fn differences(
        &self,
        message: &v1::ListDifferencesRequest,
    ) -> Result<v1::ListDifferencesResponse, ServerError> {
        let page = OperationPage::of_differences(message)?;
        let found = self.find_reconciliation(page.id.as_ref()).await?;
        let most = page.most.saturating_add(1);
        let id = &found.started.id;
        let mut differences = self.desk.differences(id, page.after, most).await?;
        let next_page_token = page.cut_of(id, &mut differences, |found| found.kept.number);
        Ok(v1::ListDifferencesResponse {
            differences: differences.into_iter().map(difference).collect(),
            next_page_token,
            reconciliation_id: id.as_str().to_owned(),
        })
    }

    pub(super) async fn repair(
        &self,
        message: &v1::RepairDifferencesRequest,
        system: &ClientName,
    ) -> Result<v1::RepairDifferencesResponse, ServerError> {
        let rate = self.desk.bounds().questions_per_minute;
        let asked = RepairAsked::read(message, rate, self.caller(system))?;
        let id = &asked.reconciliation;
        let found_by = self.find_reconciliation(Some(id)).await?;
        if found_by.ended_at.is_none() {
            return Err(ServerError::ReconciliationRunning);
        }
        // Without its differences it would succeed with nothing.
        if found_by.expired {
            return Err(ServerError::ReconciliationExpired);
        }
        let missing = self.desk.not_among_differences(id, &asked.differences);
        let missing = missing.await?;
        if !missing.is_empty() {
            return Err(asked.unknown(&missing));
        }
        let started = self
            .desk
            .start_repair(asked.order, asked.reconciliation, asked.differences)
            .await?;
        Ok(v1::RepairDifferencesResponse {
            operation: Some(operation(started, self.desk.now())),
        })
    }

    fn caller<'a>(&self, system: &'a ClientName) -> Caller<'a> {
        let now = self.desk.now();
        Caller { system, now }
    }

    async fn find_reconciliation(
        &self,
        id: Option<&OperationId>,
    ) -> Result<Operation, ServerError> {
        let kind = OperationKind::Reconciliation;
        let found = self.desk.operation_of(id, kind).await?;
        found.ok_or(ServerError::OperationNotFound)
    }
}
