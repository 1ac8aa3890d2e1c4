//! `lienthong.v1.SyncService`.

mod correcting;
mod operators;
mod resolving;

use std::sync::Arc;

use lienthong_adapters::population::Guarded;
use lienthong_core::access::ClientName;
use lienthong_proto::v1;
use lienthong_proto::v1::sync_service_server::SyncService;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use super::caller;
use super::sync_health::{HealthReport, Healths};
use crate::status::ServerError;
use crate::sync::monitor::SyncMonitor;
use crate::sync::operations::Desk;
use operators::Operators;

/// Tells operators how the sync does.
pub struct Sync {
    report: HealthReport,
    operators: Operators,
}

impl Sync {
    /// Reports what `monitor` finds of the portal, and the guard of `route` of the
    /// population database; serves the operators' methods from `desk`, for the systems
    /// named by `clients` alone.
    #[must_use]
    pub fn new(
        monitor: Arc<SyncMonitor>,
        route: Arc<Guarded>,
        desk: Desk,
        clients: Vec<ClientName>,
    ) -> Self {
        Self {
            report: HealthReport::new(monitor, route),
            operators: Operators::new(desk, clients),
        }
    }

    /// The operators' methods, for a caller who may use them.
    fn operators<T>(&self, request: &Request<T>) -> Result<&Operators, ServerError> {
        self.operators.admit(&caller(request)?)?;
        Ok(&self.operators)
    }

    /// Streams end when `stopping` is cancelled.
    #[must_use]
    pub fn ending_with(self, stopping: CancellationToken) -> Self {
        Self {
            report: self.report.ending_with(stopping),
            ..self
        }
    }
}

#[tonic::async_trait]
impl SyncService for Sync {
    async fn get_sync_health(
        &self,
        request: Request<v1::GetSyncHealthRequest>,
    ) -> Result<Response<v1::GetSyncHealthResponse>, Status> {
        caller(&request)?;
        let health = Some(self.report.now().await?);
        Ok(Response::new(v1::GetSyncHealthResponse { health }))
    }

    type WatchSyncHealthStream = Healths;

    async fn watch_sync_health(
        &self,
        request: Request<v1::WatchSyncHealthRequest>,
    ) -> Result<Response<Self::WatchSyncHealthStream>, Status> {
        let client = caller(&request)?;
        let healths = self.report.watch(&client, request.into_inner().interval)?;
        Ok(Response::new(healths))
    }

    async fn list_dossiers(
        &self,
        request: Request<v1::ListDossiersRequest>,
    ) -> Result<Response<v1::ListDossiersResponse>, Status> {
        let operators = self.operators(&request)?;
        Ok(Response::new(operators.dossiers(request.get_ref()).await?))
    }

    async fn list_failure_causes(
        &self,
        request: Request<v1::ListFailureCausesRequest>,
    ) -> Result<Response<v1::ListFailureCausesResponse>, Status> {
        let operators = self.operators(&request)?;
        Ok(Response::new(operators.failures(request.get_ref()).await?))
    }

    async fn preview_retry(
        &self,
        request: Request<v1::PreviewRetryRequest>,
    ) -> Result<Response<v1::PreviewRetryResponse>, Status> {
        let operators = self.operators(&request)?;
        Ok(Response::new(
            operators.preview_retry(request.get_ref()).await?,
        ))
    }

    async fn start_retry(
        &self,
        request: Request<v1::StartRetryRequest>,
    ) -> Result<Response<v1::StartRetryResponse>, Status> {
        let operators = self.operators(&request)?;
        Ok(Response::new(
            operators
                .start_retry(request.get_ref(), &caller(&request)?)
                .await?,
        ))
    }

    async fn resolve_unknown(
        &self,
        request: Request<v1::ResolveUnknownRequest>,
    ) -> Result<Response<v1::ResolveUnknownResponse>, Status> {
        let desk = self.operators(&request)?.desk();
        let system = caller(&request)?;
        let answer = resolving::resolve(desk, request.get_ref(), system).await?;
        Ok(Response::new(answer))
    }

    async fn correct_dossier(
        &self,
        request: Request<v1::CorrectDossierRequest>,
    ) -> Result<Response<v1::CorrectDossierResponse>, Status> {
        let desk = self.operators(&request)?.desk();
        let system = caller(&request)?;
        let answer = correcting::correct(desk, request.get_ref(), system).await?;
        Ok(Response::new(answer))
    }

    async fn get_operation(
        &self,
        request: Request<v1::GetOperationRequest>,
    ) -> Result<Response<v1::GetOperationResponse>, Status> {
        let operators = self.operators(&request)?;
        Ok(Response::new(operators.operation(request.get_ref()).await?))
    }

    async fn cancel_operation(
        &self,
        request: Request<v1::CancelOperationRequest>,
    ) -> Result<Response<v1::CancelOperationResponse>, Status> {
        let operators = self.operators(&request)?;
        Ok(Response::new(
            operators
                .cancel(request.get_ref(), &caller(&request)?)
                .await?,
        ))
    }

    async fn start_reconciliation(
        &self,
        request: Request<v1::StartReconciliationRequest>,
    ) -> Result<Response<v1::StartReconciliationResponse>, Status> {
        let operators = self.operators(&request)?;
        Ok(Response::new(
            operators
                .start_reconciliation(request.get_ref(), &caller(&request)?)
                .await?,
        ))
    }

    async fn get_reconciliation(
        &self,
        request: Request<v1::GetReconciliationRequest>,
    ) -> Result<Response<v1::GetReconciliationResponse>, Status> {
        let operators = self.operators(&request)?;
        Ok(Response::new(
            operators.reconciliation(request.get_ref()).await?,
        ))
    }

    async fn list_differences(
        &self,
        request: Request<v1::ListDifferencesRequest>,
    ) -> Result<Response<v1::ListDifferencesResponse>, Status> {
        let operators = self.operators(&request)?;
        Ok(Response::new(
            operators.differences(request.get_ref()).await?,
        ))
    }

    async fn repair_differences(
        &self,
        request: Request<v1::RepairDifferencesRequest>,
    ) -> Result<Response<v1::RepairDifferencesResponse>, Status> {
        let operators = self.operators(&request)?;
        Ok(Response::new(
            operators
                .repair(request.get_ref(), &caller(&request)?)
                .await?,
        ))
    }
}

#[cfg(test)]
mod tests;
