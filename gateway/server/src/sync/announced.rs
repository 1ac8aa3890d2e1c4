//! A store that says what changes in it: to the worker that there is work, and to
//! watchers which dossier moved.
//!
//! What a reader would get wrong: only what goes through here is heard of. Another node's
//! changes come by the store's own notice or by asking again after a while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use lienthong_core::dossier::event::Event;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::ledger::{
    DossierFilter, DossierSummary, FailureGroup, Ledger, ListPosition, RecordedStep, Release,
    Released,
};
use lienthong_core::ports::outbox::{
    Claim, ClaimRequest, DossierRecord, Outbox, OutboxError, Receipt, RecordError, Settled,
    Settlement,
};
use lienthong_core::ports::portal::PortalReference;
use lienthong_core::sync::health::SyncFacts;
use lienthong_core::sync::outcome::NextStep;
use tokio::sync::Notify;

use super::changes::Changes;
use super::pace::PaceCounter;

/// Hears of what changes.
#[derive(Clone)]
pub(crate) struct Announcer {
    changes: Arc<Changes>,
    work: Arc<Notify>,
}

impl Announcer {
    /// Tells `changes` which dossier moved, and `work` that there is some.
    pub(crate) fn new(changes: Arc<Changes>, work: Arc<Notify>) -> Self {
        Self { changes, work }
    }
}

/// An outbox that says what changes in it.
pub(crate) struct AnnouncedOutbox {
    inner: Arc<dyn Outbox>,
    announcer: Announcer,
    pace: Arc<PaceCounter>,
    /// Dossiers of the claims that are not settled; a settlement names its task only. A
    /// claim that is lost stays until its task is claimed again, so there are never more
    /// than tasks that were lost that way.
    claimed: Mutex<HashMap<u64, DossierNumber>>,
}

impl AnnouncedOutbox {
    /// Says to `announcer` what changes in `inner`, and counts in `pace` what the portal
    /// accepts.
    pub(crate) fn new(
        inner: Arc<dyn Outbox>,
        announcer: Announcer,
        pace: Arc<PaceCounter>,
    ) -> Self {
        Self {
            inner,
            announcer,
            pace,
            claimed: Mutex::default(),
        }
    }

    fn recorded(&self, receipt: &Receipt) {
        // The same event once more changes nothing.
        if !receipt.duplicate {
            self.announcer.changes.tell(&receipt.dossier);
        }
    }

    fn claimed(&self) -> MutexGuard<'_, HashMap<u64, DossierNumber>> {
        self.claimed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Outbox for AnnouncedOutbox {
    async fn record(&self, event: Event, now: Timestamp) -> Result<Receipt, RecordError> {
        let receipt = self.inner.record(event, now).await?;
        self.recorded(&receipt);
        self.announcer.work.notify_one();
        Ok(receipt)
    }

    async fn record_all(
        &self,
        events: Vec<Event>,
        now: Timestamp,
    ) -> Vec<Result<Receipt, RecordError>> {
        let results = self.inner.record_all(events, now).await;
        for receipt in results.iter().flatten() {
            self.recorded(receipt);
        }
        self.announcer.work.notify_one();
        results
    }

    async fn claim(&self, request: ClaimRequest) -> Result<Vec<Claim>, OutboxError> {
        let claims = self.inner.claim(request).await?;
        for claim in &claims {
            let dossier = claim.work.dossier();
            self.claimed().insert(claim.task, dossier.clone());
            self.announcer.changes.tell(dossier);
        }
        Ok(claims)
    }

    async fn settle(&self, settlement: Settlement) -> Result<Settled, OutboxError> {
        let (task, ended_at, next) = (settlement.task, settlement.ended_at, settlement.next);
        // Before it is settled: afterwards the task may be claimed anew.
        let dossier = self.claimed().remove(&task);
        let settled = self.inner.settle(settlement).await?;
        if let (Settled::Recorded, NextStep::Accepted { events }) = (settled, next) {
            let events = u64::try_from(events).unwrap_or(u64::MAX);
            self.pace.count(events, ended_at);
        }
        if let Some(dossier) = dossier {
            self.announcer.changes.tell(&dossier);
        }
        Ok(settled)
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
        self.inner.dossier(number).await
    }

    async fn facts(&self) -> Result<SyncFacts, OutboxError> {
        self.inner.facts().await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, OutboxError> {
        self.inner.next_due().await
    }
}

/// A ledger that says what an operator changes in it.
pub(crate) struct AnnouncedLedger {
    inner: Arc<dyn Ledger>,
    announcer: Announcer,
}

impl AnnouncedLedger {
    /// Says to `announcer` what changes in `inner`.
    pub(crate) fn new(inner: Arc<dyn Ledger>, announcer: Announcer) -> Self {
        Self { inner, announcer }
    }

    fn released(&self, dossier: &DossierNumber, released: Released) {
        match released {
            Released::Due { .. } => {
                self.announcer.changes.tell(dossier);
                self.announcer.work.notify_one();
            }
            Released::Untouched | Released::Expired | Released::NotRecorded => {}
        }
    }
}

#[async_trait]
impl Ledger for AnnouncedLedger {
    async fn dossiers(
        &self,
        filter: &DossierFilter,
        after: Option<&ListPosition>,
        most: u32,
    ) -> Result<Vec<DossierSummary>, OutboxError> {
        self.inner.dossiers(filter, after, most).await
    }

    async fn failures(&self, filter: &DossierFilter) -> Result<Vec<FailureGroup>, OutboxError> {
        self.inner.failures(filter).await
    }

    async fn release(
        &self,
        dossier: &DossierNumber,
        release: &Release,
    ) -> Result<Released, OutboxError> {
        let released = self.inner.release(dossier, release).await?;
        self.released(dossier, released);
        Ok(released)
    }

    async fn replay(
        &self,
        dossier: &DossierNumber,
        from_revision: u64,
        known_at_portal: bool,
        release: &Release,
    ) -> Result<Released, OutboxError> {
        let released = self
            .inner
            .replay(dossier, from_revision, known_at_portal, release)
            .await?;
        self.released(dossier, released);
        Ok(released)
    }

    async fn recorded_steps(
        &self,
        dossier: &DossierNumber,
    ) -> Result<Option<Vec<RecordedStep>>, OutboxError> {
        self.inner.recorded_steps(dossier).await
    }

    async fn expire(&self, before: Timestamp, most: u32) -> Result<u32, OutboxError> {
        let expired = self.inner.expire(before, most).await?;
        if expired > 0 {
            self.announcer.changes.tell_all();
        }
        Ok(expired)
    }
}
