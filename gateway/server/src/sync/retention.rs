//! Removes what is personal of dossiers and operations whose time is over.
//!
//! What a reader would get wrong: the dossier itself stays, with its events, states and
//! moments, and an operation stays with its counts. Only what they say is gone, at the
//! gateway; the portal keeps its own.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lienthong_core::clock::Clock;
use lienthong_core::ports::ledger::Ledger;
use lienthong_core::ports::operations::Operations;
use lienthong_core::ports::outbox::OutboxError;
use lienthong_core::ports::portal_history::PortalHistory;
use tokio_util::sync::CancellationToken;

/// Dossiers in one step: few, so that whoever records does not wait for it.
const STEP: u32 = 100;

/// Items of operations in one step, which hold no bodies.
const ITEMS: u32 = 500;

/// Pause between two steps.
const BREATH: Duration = Duration::from_millis(200);

/// Pause when nothing is left to do.
const REST: Duration = Duration::from_mins(10);

/// How long things are kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    /// Contents of dossiers that came to their end; `None`: for ever.
    pub(crate) finished: Option<Duration>,
    /// Contents of dossiers that did not and are left alone; `None`: for ever.
    pub(crate) unfinished: Option<Duration>,
    /// Items and differences of operations that ended.
    pub(crate) operations: Duration,
    /// What was known of the portal's side, which checks of old days ask for.
    pub(crate) portal_side: Duration,
}

/// Removes what is older than its term.
pub(crate) struct Retention {
    ledger: Arc<dyn Ledger>,
    operations: Arc<dyn Operations>,
    history: Arc<dyn PortalHistory>,
    clock: Arc<dyn Clock>,
    terms: Terms,
}

impl Retention {
    /// Removes by `terms` from `ledger`, `operations` and `history`.
    pub(crate) fn new(
        ledger: Arc<dyn Ledger>,
        operations: Arc<dyn Operations>,
        history: Arc<dyn PortalHistory>,
        clock: Arc<dyn Clock>,
        terms: Terms,
    ) -> Self {
        Self {
            ledger,
            operations,
            history,
            clock,
            terms,
        }
    }

    /// One step of each kind; whether there may be more to do. One kind that fails holds up
    /// the others until the next step.
    pub(crate) async fn step(&self) -> Result<bool, OutboxError> {
        let mut more = false;
        if let Some(before) = self.before(self.terms.finished) {
            let expired = self.ledger.expire(before, STEP).await?;
            if expired > 0 {
                tracing::info!(
                    dossiers = expired,
                    "the contents of finished dossiers are past their time and were removed"
                );
            }
            more |= expired >= STEP;
        }
        if let Some(before) = self.before(self.terms.unfinished) {
            let expired = self.ledger.expire_unfinished(before, STEP).await?;
            if expired > 0 {
                tracing::warn!(
                    dossiers = expired,
                    "the contents of unfinished dossiers are past their time and were removed"
                );
            }
            more |= expired >= STEP;
        }
        if let Some(before) = self.before(Some(self.terms.operations)) {
            let removed = self.operations.forget(before, ITEMS).await?;
            if removed > 0 {
                tracing::info!(
                    rows = removed,
                    "items and differences of operations are past their time and were removed"
                );
            }
            more |= removed >= ITEMS;
        }
        if let Some(before) = self.before(Some(self.terms.portal_side)) {
            more |= self.history.forget_side(before, ITEMS).await? >= ITEMS;
        }
        Ok(more)
    }

    /// The moment a term ago; before time began there was nothing.
    fn before(&self, term: Option<Duration>) -> Option<Timestamp> {
        let term = SignedDuration::try_from(term?).unwrap_or(SignedDuration::MAX);
        self.clock.now().checked_sub(term).ok()
    }

    /// Works until `stop` is cancelled.
    pub(crate) async fn run(self, stop: CancellationToken) {
        loop {
            let pause = match self.step().await {
                Ok(true) => BREATH,
                Ok(false) => REST,
                Err(error) => {
                    tracing::warn!(%error, "what is past its time could not be looked through");
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
mod tests;
