//! Judges the sync's health in one place, for everybody who asks.

use std::sync::Arc;

use lienthong_core::clock::Clock;
use lienthong_core::ports::outbox::{Outbox, OutboxError};
use lienthong_core::sync::health::{HealthThresholds, SyncHealth, assess};

/// Reads the facts and judges them.
pub struct SyncMonitor {
    /// Where the facts come from.
    pub outbox: Arc<dyn Outbox>,
    /// Wall time.
    pub clock: Arc<dyn Clock>,
    /// From when on waiting counts.
    pub thresholds: HealthThresholds,
    /// Profile of the portal, for the report.
    pub profile: String,
}

impl SyncMonitor {
    /// The present health.
    ///
    /// # Errors
    /// [`OutboxError`] when the facts cannot be read.
    pub async fn health(&self) -> Result<SyncHealth, OutboxError> {
        let facts = self.outbox.facts().await?;
        Ok(assess(facts, self.thresholds, self.clock.now()))
    }
}
