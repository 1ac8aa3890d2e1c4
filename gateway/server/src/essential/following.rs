//! Whether all that is kept of dossiers and look-ups is looked at.

use std::time::Duration;

use async_trait::async_trait;

use super::observing::Observer;

/// What an observer that is at work needs for what came since its last round.
const PATIENCE: Duration = Duration::from_secs(3);

/// Tells how far the observations are.
#[async_trait]
pub trait Following: Send + Sync {
    /// Whether all is looked at that is kept when this is asked; it may wait a little for it,
    /// and never for what comes meanwhile. `false` also where that cannot be told.
    async fn caught_up(&self) -> bool;
}

#[async_trait]
impl Following for Observer {
    async fn caught_up(&self) -> bool {
        self.catch_up(PATIENCE).await.unwrap_or(false)
    }
}
