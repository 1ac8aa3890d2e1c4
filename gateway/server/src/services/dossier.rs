//! `lienthong.v1.DossierService`.
//!
//! A dossier is shown to the system that recorded it and to no other. The outbox
//! refuses the events of others by itself, but shows a dossier to whoever asks it, so
//! every method that reads goes through `Dossiers::read` or `Dossiers::glance`.

mod events;
mod watching;

use std::sync::Arc;

use lienthong_core::access::{ClientName, may_use_dossier};
use lienthong_core::clock::Clock;
use lienthong_core::dossier::event::Event;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::outbox::{DossierGlance, DossierRecord, Outbox, Receipt};
use lienthong_proto::v1;
use lienthong_proto::v1::dossier_service_server::DossierService;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};

use super::caller;
use super::watchers::WatcherPlaces;
use crate::convert::{dossier, dossier_reply};
use crate::status::{ServerError, Watching};
use crate::sync::changes::Changes;

/// Takes dossier events and tells how far they have come.
#[derive(Clone)]
pub struct Dossiers {
    outbox: Arc<dyn Outbox>,
    clock: Arc<dyn Clock>,
    changes: Arc<Changes>,
    watchers: Arc<WatcherPlaces>,
    stopping: CancellationToken,
    request_bytes: usize,
}

/// What dossiers are taken and shown with.
pub struct DossierParts {
    /// Keeps the events; says to `changes` and to the worker what it keeps.
    pub outbox: Arc<dyn Outbox>,
    /// Wall time.
    pub clock: Arc<dyn Clock>,
    /// Tells which dossiers have changed.
    pub changes: Arc<Changes>,
    /// Room for those who watch.
    pub watchers: Arc<WatcherPlaces>,
    /// Cancelled as soon as the gateway begins to stop.
    pub stopping: CancellationToken,
    /// Most bytes of a message.
    pub request_bytes: usize,
}

impl Dossiers {
    /// Takes and shows dossiers with `parts`.
    #[must_use]
    pub fn new(parts: DossierParts) -> Self {
        Self {
            outbox: parts.outbox,
            clock: parts.clock,
            changes: parts.changes,
            watchers: parts.watchers,
            stopping: parts.stopping,
            request_bytes: parts.request_bytes,
        }
    }

    async fn record(&self, event: Event) -> Result<Receipt, ServerError> {
        Ok(self.outbox.record(event, self.clock.now()).await?)
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

    /// The dossier at a glance; `None` where `read` finds nothing.
    async fn glance(
        &self,
        client: &ClientName,
        dossier: &DossierNumber,
    ) -> Result<Option<DossierGlance>, ServerError> {
        let glance = self.outbox.glance(dossier).await?;
        Ok(glance.filter(|glance| may_use_dossier(client, &glance.recorded_by)))
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

    type RecordEventsStream = events::Receipts;

    async fn record_events(
        &self,
        request: Request<Streaming<v1::RecordEventsRequest>>,
    ) -> Result<Response<Self::RecordEventsStream>, Status> {
        let client = caller(&request)?;
        let receipts = events::record(
            self.clone(),
            client,
            request.into_inner(),
            self.request_bytes,
        );
        Ok(Response::new(receipts))
    }

    type WatchDossierStream = watching::States;

    async fn watch_dossier(
        &self,
        request: Request<v1::WatchDossierRequest>,
    ) -> Result<Response<Self::WatchDossierStream>, Status> {
        let client = caller(&request)?;
        let number = dossier::read_number(&request.into_inner().dossier_code)?;
        let place = self.watchers.take(&client)?;
        // Bounded like the places, so that it has room whenever they have.
        let full = ServerError::TooManyWatchers {
            watched: Watching::Dossiers,
            own: false,
        };
        let watch = self.changes.watch(number).ok_or(full)?;
        let stopping = self.stopping.clone();
        let states = watching::states(self.clone(), client, watch, place, stopping);
        Ok(Response::new(states))
    }
}

#[cfg(test)]
mod tests;
