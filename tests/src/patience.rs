//! Waiting for something that happens by itself.
//!
//! What a reader would get wrong: the limit is no promise of the gateway. It is long enough
//! for a busy machine, and only ends a test that would wait for ever.

use std::time::Duration;

use anyhow::{Result, bail};
use tokio::time::{Instant, sleep};

/// Longest wait; generous.
pub const LIMIT: Duration = Duration::from_mins(1);

/// Pause between two looks.
const GLANCE: Duration = Duration::from_millis(25);

/// Looks again and again until there is something to see.
///
/// # Errors
/// What `look` fails with; or that `what` did not come within [`LIMIT`].
pub async fn eventually<T>(
    what: &str,
    mut look: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let end = Instant::now() + LIMIT;
    loop {
        if let Some(seen) = look().await? {
            return Ok(seen);
        }
        if Instant::now() >= end {
            bail!("not within {} s: {what}", LIMIT.as_secs());
        }
        sleep(GLANCE).await;
    }
}
