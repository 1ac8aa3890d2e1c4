//! Removes what is personal of dossiers that ended long ago.
//!
//! What a reader would get wrong: the dossier itself stays, with its events, states and
//! moments. Only what they say is gone, at the gateway; the portal keeps its own.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use lienthong_core::clock::Clock;
use lienthong_core::ports::ledger::Ledger;
use lienthong_core::ports::outbox::OutboxError;
use tokio_util::sync::CancellationToken;

/// Dossiers in one step: few, so that whoever records does not wait for it.
const STEP: u32 = 100;

/// Pause between two steps.
const BREATH: Duration = Duration::from_millis(200);

/// Pause when nothing is left to do.
const REST: Duration = Duration::from_mins(10);

/// Removes what is older than a time.
pub(crate) struct Retention {
    ledger: Arc<dyn Ledger>,
    clock: Arc<dyn Clock>,
    keep: Duration,
}

impl Retention {
    /// Removes from `ledger` what was touched last `keep` ago.
    pub(crate) fn new(ledger: Arc<dyn Ledger>, clock: Arc<dyn Clock>, keep: Duration) -> Self {
        Self {
            ledger,
            clock,
            keep,
        }
    }

    /// One step; whether there may be more to do.
    pub(crate) async fn step(&self) -> Result<bool, OutboxError> {
        let keep = SignedDuration::try_from(self.keep).unwrap_or(SignedDuration::MAX);
        // Before time began there was nothing.
        let Ok(before) = self.clock.now().checked_sub(keep) else {
            return Ok(false);
        };
        let expired = self.ledger.expire(before, STEP).await?;
        if expired > 0 {
            tracing::info!(
                dossiers = expired,
                "the contents of finished dossiers are past their time and were removed"
            );
        }
        Ok(expired >= STEP)
    }

    /// Works until `stop` is cancelled.
    pub(crate) async fn run(self, stop: CancellationToken) {
        loop {
            let pause = match self.step().await {
                Ok(true) => BREATH,
                Ok(false) => REST,
                Err(error) => {
                    tracing::warn!(%error, "finished dossiers could not be looked through");
                    REST
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use async_trait::async_trait;
    use jiff::Timestamp;
    use lienthong_core::clock::ManualClock;
    use lienthong_core::dossier_number::DossierNumber;
    use lienthong_core::ports::ledger::{
        DossierFilter, DossierSummary, FailureGroup, ListPosition, Release, Released,
    };

    use super::*;

    /// A ledger with dossiers that were touched last at these moments.
    struct Touched(Mutex<Vec<Timestamp>>);

    #[async_trait]
    impl Ledger for Touched {
        async fn dossiers(
            &self,
            _: &DossierFilter,
            _: Option<&ListPosition>,
            _: u32,
        ) -> Result<Vec<DossierSummary>, OutboxError> {
            Ok(Vec::new())
        }

        async fn failures(&self, _: &DossierFilter) -> Result<Vec<FailureGroup>, OutboxError> {
            Ok(Vec::new())
        }

        async fn release(&self, _: &DossierNumber, _: &Release) -> Result<Released, OutboxError> {
            Ok(Released::NotRecorded)
        }

        async fn replay(
            &self,
            _: &DossierNumber,
            _: u64,
            _: bool,
            _: &Release,
        ) -> Result<Released, OutboxError> {
            Ok(Released::NotRecorded)
        }

        async fn expire(&self, before: Timestamp, most: u32) -> Result<u32, OutboxError> {
            let mut left = most;
            self.0.lock().unwrap().retain(|touched| {
                let goes = *touched < before && left > 0;
                left -= u32::from(goes);
                !goes
            });
            Ok(most - left)
        }
    }

    #[tokio::test]
    async fn only_what_is_past_its_time_goes_in_small_steps() {
        let now: Timestamp = "2026-07-01T01:00:00Z".parse().unwrap();
        let old = vec![now - SignedDuration::from_hours(25); 150];
        let young = vec![now - SignedDuration::from_hours(23); 3];
        let ledger = Arc::new(Touched(Mutex::new([old, young].concat())));
        let clock = Arc::new(ManualClock::starting_at(now));
        let retention = Retention::new(Arc::clone(&ledger) as _, clock, Duration::from_hours(24));
        assert!(retention.step().await.unwrap());
        assert_eq!(ledger.0.lock().unwrap().len(), 53);
        assert!(!retention.step().await.unwrap());
        assert_eq!(ledger.0.lock().unwrap().len(), 3);
        assert!(!retention.step().await.unwrap());
        assert_eq!(ledger.0.lock().unwrap().len(), 3);
    }
}
