//! The operators' methods of `lienthong.v1.SyncService`.
//!
//! What a reader would get wrong: an operator sees the dossiers of every system. So the
//! configuration names the systems that may ask, and the answers hold nothing personal.

use lienthong_core::access::ClientName;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::operations::{
    FoundCounts, ItemsWanted, Operation, OperationId, OperationKind,
};
use lienthong_proto::v1;

use crate::convert::ledger::{DossierPage, groups, read_filter};
use crate::convert::operations::{
    OperationPage, ReconciliationAsked, RepairAsked, RetryAsked, RetryStart, difference, item,
    operation, read_cancel, read_reconciliation_id, reconciliation,
};
use crate::status::ServerError;
use crate::sync::operations::Desk;

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
    ) -> Result<v1::StartRetryResponse, ServerError> {
        let bound = self.desk.bounds().retry_per_minute;
        let RetryStart { order, previewed } = RetryStart::read(message, bound, self.desk.now())?;
        let started = self
            .desk
            .start_retry(order, &previewed.filter, previewed.at)
            .await?;
        Ok(v1::StartRetryResponse {
            operation: Some(operation(started)),
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
            operation: Some(operation(found)),
            items: items.iter().map(item).collect(),
            next_page_token,
        })
    }

    pub(super) async fn cancel(
        &self,
        message: &v1::CancelOperationRequest,
    ) -> Result<v1::CancelOperationResponse, ServerError> {
        let (id, by) = read_cancel(message)?;
        let found = self.desk.cancel(&id, &by).await?;
        let found = found.ok_or(ServerError::OperationNotFound)?;
        Ok(v1::CancelOperationResponse {
            operation: Some(operation(found)),
        })
    }

    pub(super) async fn start_reconciliation(
        &self,
        message: &v1::StartReconciliationRequest,
    ) -> Result<v1::StartReconciliationResponse, ServerError> {
        let bound = self.desk.bounds().questions_per_minute;
        let asked = ReconciliationAsked::read(message, bound, self.desk.now())?;
        let started = self
            .desk
            .start_reconciliation(asked.order, asked.filter)
            .await?;
        Ok(v1::StartReconciliationResponse {
            reconciliation: Some(reconciliation(started, FoundCounts::default())),
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
            reconciliation: Some(reconciliation(found, counts)),
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
        let next_page_token = page.cut(&mut differences, |found| found.kept.number);
        Ok(v1::ListDifferencesResponse {
            differences: differences.into_iter().map(difference).collect(),
            next_page_token,
        })
    }

    pub(super) async fn repair(
        &self,
        message: &v1::RepairDifferencesRequest,
    ) -> Result<v1::RepairDifferencesResponse, ServerError> {
        let rate = self.desk.bounds().questions_per_minute;
        let asked = RepairAsked::read(message, rate)?;
        let id = &asked.reconciliation;
        self.find_reconciliation(Some(id)).await?;
        let dossiers = if asked.differences.is_empty() {
            self.desk.repairable(id).await?
        } else {
            self.chosen(&asked).await?
        };
        let started = self
            .desk
            .start_repair(asked.order, asked.reconciliation, dossiers)
            .await?;
        Ok(v1::RepairDifferencesResponse {
            operation: Some(operation(started)),
        })
    }

    /// The dossiers of the differences that were named.
    async fn chosen(&self, asked: &RepairAsked) -> Result<Vec<DossierNumber>, ServerError> {
        let mut dossiers = Vec::new();
        for number in &asked.differences {
            let behind = number.saturating_sub(1);
            let operations = self.desk.operations();
            let found = operations
                .differences(&asked.reconciliation, behind, 1)
                .await?;
            let found = found.into_iter().find(|found| found.number == *number);
            let dossier = found.ok_or_else(|| asked.unknown(*number))?.dossier;
            if !dossiers.contains(&dossier) {
                dossiers.push(dossier);
            }
        }
        Ok(dossiers)
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
