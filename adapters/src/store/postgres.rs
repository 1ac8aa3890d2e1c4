//! The outbox in a PostgreSQL database, for several gateways that share the work.
//!
//! The row of a dossier is what everybody locks: a new event, a claim and a settlement of one
//! dossier follow each other, and those of different dossiers do not meet. What a reader
//! would get wrong: leases and due moments go by the gateways' clocks, never by the server's,
//! so the clocks of gateways that share a database must agree to within a lease.

mod changes;
mod claim;
mod column;
mod failure;
mod feed;
mod gather;
mod glance;
mod ledger;
mod link;
mod observations;
mod open;
mod operations;
mod portal_side;
mod read;
mod record;
mod register;
mod restored;
mod schema;
mod session;
mod settings;
mod settle;
mod tally;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use lienthong_core::dossier::event::Event;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::outbox::{
    Claim, ClaimRequest, DossierGlance, DossierRecord, Outbox, OutboxError, PutBack, Receipt,
    RecordError, Settled, Settlement,
};
use lienthong_core::ports::portal::PortalReference;
use lienthong_core::sync::health::SyncFacts;
use tokio::sync::{Notify, broadcast};
use tokio::task::JoinHandle;

use changes::Changes;
use claim::TakeDue;
use feed::Horizon;
use gather::Gather;
use glance::ReadGlance;
use link::Link;
use read::{ReadDossier, ReadFacts, ReadNextDue};
use record::{Answer, Lost, Prepared, batches, keep};
use settle::{GiveBack, KeepReference, Settle};

pub use changes::DossierChange;
pub use observations::PostgresObservations;
pub use open::PostgresOpenError;
pub use restored::RestoredMark;
pub use settings::PostgresSettings;

/// [`Outbox`] in a PostgreSQL database.
///
/// Moments are kept to the microsecond. While the database is away every call is answered
/// with [`OutboxError::Unavailable`] within the time that the settings grant, and the first
/// call after its return finds it again.
pub struct PostgresOutbox {
    link: Arc<Link>,
    gather: Gather,
    horizon: Horizon,
    changes: Arc<Changes>,
    listener: JoinHandle<()>,
}

impl PostgresOutbox {
    /// Connects, and brings the schema to the newest version. Needs a tokio runtime.
    ///
    /// # Errors
    /// [`PostgresOpenError`]; a schema that is refused is left as it was.
    pub async fn open(settings: PostgresSettings) -> Result<Self, PostgresOpenError> {
        let (config, tls) = open::prepare(&settings).await?;
        let changes = Changes::new(&settings.schema);
        let link = Link::new(&settings, config.clone(), tls.clone(), Arc::clone(&changes))?;
        let limit = settings.statement_timeout;
        let listener = tokio::spawn(Arc::clone(&changes).run(config, tls, limit));
        Ok(Self {
            gather: Gather::start(Arc::clone(&link)),
            horizon: Horizon::default(),
            link,
            changes,
            listener,
        })
    }

    /// Connects once and checks the server, without a schema being made or changed.
    ///
    /// # Errors
    /// [`PostgresOpenError`].
    pub async fn reach(settings: &PostgresSettings) -> Result<(), PostgresOpenError> {
        open::reach(settings).await
    }

    /// Says that the database was put back to an earlier moment (a point-in-time recovery, a
    /// dump that was played in): what had happened by `now` may have reached the portal
    /// without this database knowing, and is asked about before it is sent. No gateway may be
    /// running on it.
    ///
    /// # Errors
    /// [`PostgresOpenError`]; nothing was changed.
    pub async fn mark_restored(
        settings: &PostgresSettings,
        now: Timestamp,
    ) -> Result<RestoredMark, PostgresOpenError> {
        restored::mark(settings, now).await
    }

    /// Takes nothing more; what is under way is finished. Calls that come later are answered
    /// with [`OutboxError::Unavailable`].
    pub async fn close(&self) {
        self.link.close().await;
        self.listener.abort();
    }

    /// Wakes `worker` whenever another gateway on this database changed something.
    pub fn wake(&self, worker: Arc<Notify>) {
        self.changes.wake(worker);
    }

    /// What other gateways on this database change from now on; what this one does is not
    /// told. A hint that may be lost: look now and then by yourself too.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<DossierChange> {
        self.changes.subscribe()
    }
}

impl Drop for PostgresOutbox {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

#[async_trait]
impl Outbox for PostgresOutbox {
    async fn record(&self, event: Event, now: Timestamp) -> Result<Receipt, RecordError> {
        self.gather.keep(Prepared::new(&event, now)?).await
    }

    async fn record_all(
        &self,
        events: Vec<Event>,
        now: Timestamp,
    ) -> Vec<Result<Receipt, RecordError>> {
        let mut answers: Vec<Option<Answer>> = Vec::new();
        let mut prepared = Vec::with_capacity(events.len());
        for event in &events {
            match Prepared::new(event, now) {
                Ok(event) => {
                    prepared.push(event);
                    answers.push(None);
                }
                Err(error) => answers.push(Some(Err(error.into()))),
            }
        }
        let mut kept = Vec::with_capacity(prepared.len());
        let mut lost = Lost::default();
        for batch in batches(prepared) {
            kept.extend(keep(&self.link, batch, &mut lost).await);
        }
        let mut kept = kept.into_iter();
        answers
            .into_iter()
            .filter_map(|answer| answer.or_else(|| kept.next()))
            .collect()
    }

    async fn claim(&self, request: ClaimRequest) -> Result<Vec<Claim>, OutboxError> {
        self.link.answer(TakeDue(request)).await
    }

    async fn settle(&self, settlement: Settlement) -> Result<Settled, OutboxError> {
        self.link.answer(Settle(settlement)).await
    }

    async fn put_back(&self, put_back: PutBack) -> Result<Settled, OutboxError> {
        self.link.answer(GiveBack(put_back)).await
    }

    async fn keep_reference(
        &self,
        task: u64,
        fence: u64,
        reference: &PortalReference,
    ) -> Result<Settled, OutboxError> {
        let reference = reference.clone();
        self.link
            .answer(KeepReference {
                task,
                fence,
                reference,
            })
            .await
    }

    async fn dossier(&self, number: &DossierNumber) -> Result<Option<DossierRecord>, OutboxError> {
        self.link.answer(ReadDossier(number.clone())).await
    }

    async fn glance(&self, number: &DossierNumber) -> Result<Option<DossierGlance>, OutboxError> {
        self.link.answer(ReadGlance(number.clone())).await
    }

    async fn facts(&self) -> Result<SyncFacts, OutboxError> {
        self.link.answer(ReadFacts).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, OutboxError> {
        self.link.answer(ReadNextDue).await
    }
}
