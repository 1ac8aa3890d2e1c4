//! An outbox that remembers whether it could be written.
//!
//! What a reader would get wrong: the memory fades. A gateway that says "not ready" is
//! sent nothing, so only a failure of the last minute counts; the next event then shows
//! whether the store is back.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use lienthong_core::clock::Clock;
use lienthong_core::dossier::event::Event;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::outbox::{
    Claim, ClaimRequest, DossierGlance, DossierRecord, Outbox, OutboxError, PutBack, Receipt,
    RecordError, Settled, Settlement,
};
use lienthong_core::ports::portal::PortalReference;
use lienthong_core::sync::health::SyncFacts;

/// How long a failure is remembered.
const MEMORY: SignedDuration = SignedDuration::from_mins(1);

/// Watches the writes to an outbox.
pub(crate) struct Watched {
    inner: Arc<dyn Outbox>,
    clock: Arc<dyn Clock>,
    failed_at: Mutex<Option<Timestamp>>,
}

impl Watched {
    /// Watches `inner`.
    pub(crate) fn new(inner: Arc<dyn Outbox>, clock: Arc<dyn Clock>) -> Self {
        Self {
            inner,
            clock,
            failed_at: Mutex::new(None),
        }
    }

    fn wrote(&self) {
        *self
            .failed_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn failed(&self, error: &OutboxError) {
        match error {
            OutboxError::Unavailable { .. } => {
                *self
                    .failed_at
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner) = Some(self.clock.now());
            }
            // One row that cannot be read says nothing about writing.
            OutboxError::Corrupt { .. } => {}
        }
    }

    fn recorded(&self, result: &Result<Receipt, RecordError>) {
        match result {
            // A repeated event is answered without a write.
            Ok(receipt) if receipt.duplicate => {}
            Ok(_) => self.wrote(),
            Err(RecordError::Store(error)) => self.failed(error),
            Err(
                RecordError::OtherContent
                | RecordError::OtherSystem { .. }
                | RecordError::Stale { .. }
                | RecordError::DossierNotRecorded { .. },
            ) => {}
        }
    }

    fn is_failing(&self) -> bool {
        let failed_at = *self
            .failed_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        failed_at.is_some_and(|at| self.clock.now().duration_since(at) < MEMORY)
    }
}

#[async_trait]
impl Outbox for Watched {
    async fn record(&self, event: Event, now: Timestamp) -> Result<Receipt, RecordError> {
        let result = self.inner.record(event, now).await;
        self.recorded(&result);
        result
    }

    async fn record_all(
        &self,
        events: Vec<Event>,
        now: Timestamp,
    ) -> Vec<Result<Receipt, RecordError>> {
        let results = self.inner.record_all(events, now).await;
        for result in &results {
            self.recorded(result);
        }
        results
    }

    async fn claim(&self, request: ClaimRequest) -> Result<Vec<Claim>, OutboxError> {
        let result = self.inner.claim(request).await;
        match &result {
            // Nothing due, nothing written.
            Ok(claims) if claims.is_empty() => {}
            Ok(_) => self.wrote(),
            Err(error) => self.failed(error),
        }
        result
    }

    async fn settle(&self, settlement: Settlement) -> Result<Settled, OutboxError> {
        let result = self.inner.settle(settlement).await;
        match &result {
            Ok(Settled::Recorded) => self.wrote(),
            Ok(Settled::LeaseLost) => {}
            Err(error) => self.failed(error),
        }
        result
    }

    async fn put_back(&self, put_back: PutBack) -> Result<Settled, OutboxError> {
        let result = self.inner.put_back(put_back).await;
        match &result {
            Ok(Settled::Recorded) => self.wrote(),
            Ok(Settled::LeaseLost) => {}
            Err(error) => self.failed(error),
        }
        result
    }

    async fn keep_reference(
        &self,
        task: u64,
        fence: u64,
        reference: &PortalReference,
    ) -> Result<Settled, OutboxError> {
        let result = self.inner.keep_reference(task, fence, reference).await;
        match &result {
            Ok(Settled::Recorded) => self.wrote(),
            Ok(Settled::LeaseLost) => {}
            Err(error) => self.failed(error),
        }
        result
    }

    async fn dossier(&self, number: &DossierNumber) -> Result<Option<DossierRecord>, OutboxError> {
        self.inner.dossier(number).await
    }

    async fn glance(&self, number: &DossierNumber) -> Result<Option<DossierGlance>, OutboxError> {
        self.inner.glance(number).await
    }

    async fn facts(&self) -> Result<SyncFacts, OutboxError> {
        let facts = self.inner.facts().await?;
        Ok(SyncFacts {
            store_failing: self.is_failing(),
            ..facts
        })
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, OutboxError> {
        self.inner.next_due().await
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;
    use std::sync::Arc;
    use std::time::Duration;

    use jiff::{SignedDuration, Timestamp};
    use lienthong_adapters::store::SqliteOutbox;
    use lienthong_core::clock::{Clock as _, ManualClock};
    use lienthong_core::ports::outbox::{ClaimRequest, Outbox as _};
    use tempfile::TempDir;

    use super::Watched;

    #[tokio::test]
    async fn a_store_that_fails_is_told_for_a_minute_and_then_given_a_chance() {
        let dir = TempDir::new().unwrap();
        let outbox = Arc::new(SqliteOutbox::open(dir.path().join("outbox.sqlite")).unwrap());
        let clock = Arc::new(ManualClock::starting_at(Timestamp::UNIX_EPOCH));
        let watched = Watched::new(Arc::clone(&outbox) as _, Arc::clone(&clock) as _);
        assert!(!watched.facts().await.unwrap().store_failing);

        outbox.close().await;
        let request = ClaimRequest {
            now: clock.now(),
            lease: Duration::from_secs(1),
            limit: NonZeroUsize::MIN,
            steps_per_call: NonZeroUsize::MIN,
            worker: String::new(),
        };
        assert!(watched.claim(request).await.is_err());
        assert!(watched.is_failing());
        clock.advance(SignedDuration::from_secs(59));
        assert!(watched.is_failing());
        clock.advance(SignedDuration::from_secs(1));
        assert!(!watched.is_failing());
    }
}
