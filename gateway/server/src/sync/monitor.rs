//! Judges the sync's health in one place, for everybody who asks.

use std::sync::Arc;

use lienthong_core::clock::Clock;
use lienthong_core::ports::outbox::{Outbox, OutboxError};
use lienthong_core::ports::portal::Portal as _;
use lienthong_core::sync::health::{HealthThresholds, SyncHealth, assess};

use super::guarded::GuardedPortal;
use super::operations::{Board, Standing};
use super::pace::PaceCounter;

/// Reads the facts and judges them.
pub struct SyncMonitor {
    outbox: Arc<dyn Outbox>,
    clock: Arc<dyn Clock>,
    thresholds: HealthThresholds,
    portal: Arc<GuardedPortal>,
    pace: Arc<PaceCounter>,
    board: Arc<Board>,
    profile: String,
}

impl SyncMonitor {
    /// Judges what `outbox` holds, the guard in front of `portal`, and what `pace` counted.
    pub(crate) fn new(
        outbox: Arc<dyn Outbox>,
        clock: Arc<dyn Clock>,
        thresholds: HealthThresholds,
        portal: Arc<GuardedPortal>,
        pace: Arc<PaceCounter>,
    ) -> Self {
        Self {
            profile: portal.profile().to_owned(),
            outbox,
            clock,
            thresholds,
            portal,
            pace,
            board: Arc::default(),
        }
    }

    /// Judges also what `board` shows of operations.
    #[must_use]
    pub(crate) fn looking_at(self, board: Arc<Board>) -> Self {
        Self { board, ..self }
    }

    /// How the operations stand, as last looked at.
    pub(crate) fn operations(&self) -> Standing {
        self.board.standing()
    }

    /// Name of the portal's profile, for the report.
    #[must_use]
    pub fn profile(&self) -> &str {
        &self.profile
    }

    /// The present health.
    ///
    /// # Errors
    /// [`OutboxError`] when the facts cannot be read.
    pub async fn health(&self) -> Result<SyncHealth, OutboxError> {
        let facts = self.outbox.facts().await?;
        let now = self.clock.now();
        let judged = assess(facts, self.thresholds, now);
        let seen = judged.seen_with(Some(self.portal.breaker()), self.pace.pace(now));
        Ok(seen.compared(self.board.standing().comparison))
    }
}
