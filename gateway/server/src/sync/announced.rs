//! A store that says what changes in it: to the worker that there is work, and to
//! watchers which dossier moved.
//!
//! What a reader would get wrong: only what goes through here is heard of. Another node's
//! changes come by the store's own notice or by asking again after a while.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use lienthong_core::dossier::event::Event;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::ledger::{
    ChoicePosition, ChosenPart, DossierFilter, DossierSummary, FailureGroup, Found, Ledger,
    ListPosition, RecordedStep, Release, Released, Replay, Resolved,
};
use lienthong_core::ports::outbox::{
    Claim, ClaimRequest, DossierGlance, DossierRecord, Outbox, OutboxError, PutBack, Receipt,
    RecordError, Settled, Settlement,
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
        }
    }

    fn recorded(&self, receipt: &Receipt) {
        // The same event once more changes nothing.
        if !receipt.duplicate {
            self.announcer.changes.tell(&receipt.dossier);
        }
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
            self.announcer.changes.tell(claim.work.dossier());
        }
        Ok(claims)
    }

    async fn settle(&self, settlement: Settlement) -> Result<Settled, OutboxError> {
        let (ended_at, next) = (settlement.ended_at, settlement.next);
        let dossier = settlement.dossier.clone();
        let settled = self.inner.settle(settlement).await?;
        if let (Settled::Recorded, NextStep::Accepted { events }) = (settled, next) {
            let events = u64::try_from(events).unwrap_or(u64::MAX);
            self.pace.count(events, ended_at);
        }
        self.announcer.changes.tell(&dossier);
        Ok(settled)
    }

    async fn put_back(&self, put_back: PutBack) -> Result<Settled, OutboxError> {
        let dossier = put_back.dossier.clone();
        let settled = self.inner.put_back(put_back).await?;
        self.announcer.changes.tell(&dossier);
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

    async fn choose(
        &self,
        filter: &DossierFilter,
        after: Option<&ChoicePosition>,
        most: u32,
    ) -> Result<ChosenPart, OutboxError> {
        self.inner.choose(filter, after, most).await
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
        replay: &Replay,
        release: &Release,
    ) -> Result<Released, OutboxError> {
        let released = self.inner.replay(dossier, replay, release).await?;
        self.released(dossier, released);
        Ok(released)
    }

    async fn correct(
        &self,
        dossier: &DossierNumber,
        release: &Release,
    ) -> Result<Released, OutboxError> {
        let released = self.inner.correct(dossier, release).await?;
        self.released(dossier, released);
        Ok(released)
    }

    async fn resolve(
        &self,
        dossier: &DossierNumber,
        revision: u64,
        found: Found,
        release: &Release,
    ) -> Result<Resolved, OutboxError> {
        let resolved = self
            .inner
            .resolve(dossier, revision, found, release)
            .await?;
        match resolved {
            Resolved::Accepted { .. } | Resolved::Due { .. } => {
                self.announcer.changes.tell(dossier);
                self.announcer.work.notify_one();
            }
            Resolved::NotSentTogether { .. }
            | Resolved::Untouched
            | Resolved::Expired
            | Resolved::NotRecorded => {}
        }
        Ok(resolved)
    }

    async fn recorded_steps(
        &self,
        dossier: &DossierNumber,
    ) -> Result<Option<Vec<RecordedStep>>, OutboxError> {
        self.inner.recorded_steps(dossier).await
    }

    // Nobody is told of what retention removes: a watcher looks at what it leaves alone.
    async fn expire(&self, before: Timestamp, most: u32) -> Result<u32, OutboxError> {
        self.inner.expire(before, most).await
    }

    async fn expire_unfinished(&self, before: Timestamp, most: u32) -> Result<u32, OutboxError> {
        self.inner.expire_unfinished(before, most).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::FutureExt as _;
    use lienthong_core::clock::Clock as _;
    use lienthong_core::dossier_number::DossierNumber;
    use lienthong_core::ports::ledger::Ledger as _;
    use lienthong_core::ports::outbox::Outbox as _;
    use lienthong_proto::v1::PortalStatus;
    use tokio::sync::Notify;

    use super::{AnnouncedLedger, Announcer, Changes};
    use crate::sync::operations::ground::Ground;

    #[tokio::test]
    async fn what_retention_removes_is_told_to_nobody() {
        let ground = Ground::new();
        let code = ground.record(1, &[PortalStatus::Received]).await;
        ground.settle().await;
        let number = DossierNumber::parse(&code).unwrap();
        let changes = Changes::new(1);
        let announcer = Announcer::new(Arc::clone(&changes), Arc::new(Notify::new()));
        let ledger = AnnouncedLedger::new(Arc::clone(&ground.store) as _, announcer);
        let mut watch = changes.watch(number.clone()).unwrap();
        let before = ground.store.glance(&number).await.unwrap();
        ground.clock.advance(jiff::SignedDuration::from_secs(1));
        let now = ground.clock.now();
        assert_eq!(ledger.expire_unfinished(now, 9).await.unwrap(), 1);
        assert_eq!(ground.store.glance(&number).await.unwrap(), before);
        assert!(watch.changed().now_or_never().is_none());
    }
}
