//! A store in which some dossiers cannot be read back.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::Timestamp;
use lienthong_adapters::store::SqliteOutbox;
use lienthong_core::dossier::event::Event;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::outbox::{
    Claim, ClaimRequest, DossierGlance, DossierRecord, Outbox, OutboxError, PutBack, Receipt,
    RecordError, Settled, Settlement,
};
use lienthong_core::ports::portal::PortalReference;
use lienthong_core::sync::health::SyncFacts;

/// A store as operators' work reads it.
pub(super) struct SpoiltOutbox {
    inner: Arc<SqliteOutbox>,
    spoilt: Mutex<BTreeSet<String>>,
}

impl SpoiltOutbox {
    pub(super) fn of(inner: Arc<SqliteOutbox>) -> Self {
        Self {
            inner,
            spoilt: Mutex::default(),
        }
    }

    pub(super) fn spoil(&self, code: &str) {
        self.spoilt.lock().unwrap().insert(code.to_owned());
    }

    fn read(&self, number: &DossierNumber) -> Result<(), OutboxError> {
        if self.spoilt.lock().unwrap().contains(number.as_str()) {
            let (task, problem) = (1, "its body");
            return Err(OutboxError::Corrupt { task, problem });
        }
        Ok(())
    }
}

#[async_trait]
impl Outbox for SpoiltOutbox {
    async fn record(&self, event: Event, now: Timestamp) -> Result<Receipt, RecordError> {
        self.inner.record(event, now).await
    }

    async fn record_all(
        &self,
        events: Vec<Event>,
        now: Timestamp,
    ) -> Vec<Result<Receipt, RecordError>> {
        self.inner.record_all(events, now).await
    }

    async fn claim(&self, request: ClaimRequest) -> Result<Vec<Claim>, OutboxError> {
        self.inner.claim(request).await
    }

    async fn settle(&self, settlement: Settlement) -> Result<Settled, OutboxError> {
        self.inner.settle(settlement).await
    }

    async fn put_back(&self, put_back: PutBack) -> Result<Settled, OutboxError> {
        self.inner.put_back(put_back).await
    }

    async fn keep_reference(
        &self,
        task: u64,
        fence: u64,
        reference: &PortalReference,
    ) -> Result<Settled, OutboxError> {
        self.inner.keep_reference(task, fence, reference).await
    }

    async fn dossier(&self, number: &DossierNumber) -> Result<Option<DossierRecord>, OutboxError> {
        self.read(number)?;
        self.inner.dossier(number).await
    }

    async fn glance(&self, number: &DossierNumber) -> Result<Option<DossierGlance>, OutboxError> {
        self.inner.glance(number).await
    }

    async fn facts(&self) -> Result<SyncFacts, OutboxError> {
        self.inner.facts().await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, OutboxError> {
        self.inner.next_due().await
    }
}
