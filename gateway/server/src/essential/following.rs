//! How far the observations are, for whoever judges by them.

use std::time::Duration;

use async_trait::async_trait;
use lienthong_core::observation::Window;

use super::observing::{Observer, Reached};

/// What an observer that is at work needs for what came since its last round.
const PATIENCE: Duration = Duration::from_secs(3);

/// Tells how far the observations are.
#[async_trait]
pub trait Following: Send + Sync {
    /// How far those of these days are; it may wait a little for what is kept when this is
    /// asked, and never for what comes meanwhile. Where that cannot be told, something is
    /// missing.
    async fn reached(&self, window: &Window) -> Reached;
}

#[async_trait]
impl Following for Observer {
    async fn reached(&self, window: &Window) -> Reached {
        let reached = self.catch_up(window, PATIENCE).await;
        reached.unwrap_or_else(|_| Reached::nothing())
    }
}
