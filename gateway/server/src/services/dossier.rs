//! `lienthong.v1.DossierService`.
//!
//! A dossier is shown to the system that recorded it and to no other. The outbox
//! refuses the events of others by itself, but shows a dossier to whoever asks it, so
//! every method that reads goes through `Dossiers::read`.

use std::pin::Pin;
use std::sync::Arc;

use lienthong_core::access::{ClientName, may_use_dossier};
use lienthong_core::clock::Clock;
use lienthong_core::dossier::event::Event;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::outbox::{DossierRecord, Outbox, Receipt};
use lienthong_proto::v1;
use lienthong_proto::v1::dossier_service_server::DossierService;
use tokio::sync::Notify;
use tokio_stream::Stream;
use tonic::{Request, Response, Status, Streaming};

use super::caller;
use crate::convert::{dossier, dossier_reply};
use crate::status::ServerError;

/// Takes dossier events and tells how far they have come.
pub struct Dossiers {
    outbox: Arc<dyn Outbox>,
    clock: Arc<dyn Clock>,
    recorded: Arc<Notify>,
}

impl Dossiers {
    /// Records in `outbox` and notifies `recorded` of each new event.
    #[must_use]
    pub fn new(outbox: Arc<dyn Outbox>, clock: Arc<dyn Clock>, recorded: Arc<Notify>) -> Self {
        Self {
            outbox,
            clock,
            recorded,
        }
    }

    async fn record(&self, event: Event) -> Result<Receipt, ServerError> {
        let receipt = self.outbox.record(event, self.clock.now()).await?;
        self.recorded.notify_one();
        Ok(receipt)
    }

    /// The dossier, if `client` may see it; otherwise it is as if there were none.
    async fn read(
        &self,
        client: &ClientName,
        dossier: DossierNumber,
    ) -> Result<DossierRecord, ServerError> {
        self.outbox
            .dossier(&dossier)
            .await?
            .filter(|record| may_use_dossier(client, &record.recorded_by))
            .ok_or(ServerError::DossierNotFound { dossier })
    }
}

#[tonic::async_trait]
impl DossierService for Dossiers {
    async fn record_dossier(
        &self,
        request: Request<v1::RecordDossierRequest>,
    ) -> Result<Response<v1::RecordDossierResponse>, Status> {
        let client = caller(&request)?;
        let event = dossier::read_state(request.get_ref(), client, self.clock.now())?;
        let receipt = self.record(event).await?;
        let receipt = Some(dossier_reply::receipt(&receipt));
        Ok(Response::new(v1::RecordDossierResponse { receipt }))
    }

    async fn record_progress(
        &self,
        request: Request<v1::RecordProgressRequest>,
    ) -> Result<Response<v1::RecordProgressResponse>, Status> {
        let client = caller(&request)?;
        let event = dossier::read_progress(request.get_ref(), client, self.clock.now())?;
        let receipt = self.record(event).await?;
        let receipt = Some(dossier_reply::receipt(&receipt));
        Ok(Response::new(v1::RecordProgressResponse { receipt }))
    }

    async fn get_dossier(
        &self,
        request: Request<v1::GetDossierRequest>,
    ) -> Result<Response<v1::GetDossierResponse>, Status> {
        let client = caller(&request)?;
        let number = dossier::read_number(&request.into_inner().dossier_code)?;
        let record = self.read(&client, number).await?;
        Ok(Response::new(dossier_reply::record(&record)))
    }

    type RecordEventsStream =
        Pin<Box<dyn Stream<Item = Result<v1::RecordEventsResponse, Status>> + Send>>;

    async fn record_events(
        &self,
        _request: Request<Streaming<v1::RecordEventsRequest>>,
    ) -> Result<Response<Self::RecordEventsStream>, Status> {
        Err(ServerError::UnknownMethod.into())
    }

    type WatchDossierStream =
        Pin<Box<dyn Stream<Item = Result<v1::WatchDossierResponse, Status>> + Send>>;

    async fn watch_dossier(
        &self,
        _request: Request<v1::WatchDossierRequest>,
    ) -> Result<Response<Self::WatchDossierStream>, Status> {
        Err(ServerError::UnknownMethod.into())
    }
}

#[cfg(test)]
mod tests;
