//! `lienthong.v1.SyncService`.

use std::pin::Pin;
use std::sync::Arc;

use lienthong_adapters::population::Guarded;
use lienthong_core::ports::population::PopulationRegistry as _;
use lienthong_proto::v1;
use lienthong_proto::v1::sync_service_server::SyncService;
use tokio_stream::Stream;
use tonic::{Request, Response, Status};

use super::caller;
use crate::convert::sync;
use crate::status::ServerError;
use crate::sync::monitor::SyncMonitor;

/// Tells operators how the sync does.
pub struct Sync {
    monitor: Arc<SyncMonitor>,
    route: Arc<Guarded>,
}

impl Sync {
    /// Reports what `monitor` finds of the portal, and the guard of `route` of the
    /// population database.
    #[must_use]
    pub fn new(monitor: Arc<SyncMonitor>, route: Arc<Guarded>) -> Self {
        Self { monitor, route }
    }
}

#[tonic::async_trait]
impl SyncService for Sync {
    async fn get_sync_health(
        &self,
        request: Request<v1::GetSyncHealthRequest>,
    ) -> Result<Response<v1::GetSyncHealthResponse>, Status> {
        caller(&request)?;
        let health = self.monitor.health().await.map_err(ServerError::from)?;
        let portal = sync::portal(&health, &self.monitor.profile);
        let population = sync::population(&self.route.status(), self.route.profile());
        let health = Some(sync::health(health.observed_at, vec![portal, population]));
        Ok(Response::new(v1::GetSyncHealthResponse { health }))
    }

    type WatchSyncHealthStream =
        Pin<Box<dyn Stream<Item = Result<v1::WatchSyncHealthResponse, Status>> + Send>>;

    async fn watch_sync_health(
        &self,
        _request: Request<v1::WatchSyncHealthRequest>,
    ) -> Result<Response<Self::WatchSyncHealthStream>, Status> {
        Err(ServerError::UnknownMethod.into())
    }

    async fn list_dossiers(
        &self,
        _request: Request<v1::ListDossiersRequest>,
    ) -> Result<Response<v1::ListDossiersResponse>, Status> {
        Err(ServerError::UnknownMethod.into())
    }

    async fn list_failure_causes(
        &self,
        _request: Request<v1::ListFailureCausesRequest>,
    ) -> Result<Response<v1::ListFailureCausesResponse>, Status> {
        Err(ServerError::UnknownMethod.into())
    }

    async fn preview_retry(
        &self,
        _request: Request<v1::PreviewRetryRequest>,
    ) -> Result<Response<v1::PreviewRetryResponse>, Status> {
        Err(ServerError::UnknownMethod.into())
    }

    async fn start_retry(
        &self,
        _request: Request<v1::StartRetryRequest>,
    ) -> Result<Response<v1::StartRetryResponse>, Status> {
        Err(ServerError::UnknownMethod.into())
    }

    async fn get_operation(
        &self,
        _request: Request<v1::GetOperationRequest>,
    ) -> Result<Response<v1::GetOperationResponse>, Status> {
        Err(ServerError::UnknownMethod.into())
    }

    async fn cancel_operation(
        &self,
        _request: Request<v1::CancelOperationRequest>,
    ) -> Result<Response<v1::CancelOperationResponse>, Status> {
        Err(ServerError::UnknownMethod.into())
    }

    async fn start_reconciliation(
        &self,
        _request: Request<v1::StartReconciliationRequest>,
    ) -> Result<Response<v1::StartReconciliationResponse>, Status> {
        Err(ServerError::UnknownMethod.into())
    }

    async fn get_reconciliation(
        &self,
        _request: Request<v1::GetReconciliationRequest>,
    ) -> Result<Response<v1::GetReconciliationResponse>, Status> {
        Err(ServerError::UnknownMethod.into())
    }

    async fn list_differences(
        &self,
        _request: Request<v1::ListDifferencesRequest>,
    ) -> Result<Response<v1::ListDifferencesResponse>, Status> {
        Err(ServerError::UnknownMethod.into())
    }

    async fn repair_differences(
        &self,
        _request: Request<v1::RepairDifferencesRequest>,
    ) -> Result<Response<v1::RepairDifferencesResponse>, Status> {
        Err(ServerError::UnknownMethod.into())
    }
}
