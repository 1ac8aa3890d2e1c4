//! The only place where the simulated government reads the system clock.
//!
//! What a reader would get wrong: the clock can be moved forward (never back), so that a token or
//! a session runs out in a test without anybody waiting. Delays of the wire are tokio's and are
//! not moved by it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// System time plus what was added by [`Clock::advance`].
#[derive(Debug, Default)]
pub(crate) struct Clock {
    ahead_ms: AtomicI64,
}

impl Clock {
    /// The time now, on the government's side.
    #[expect(
        clippy::disallowed_methods,
        reason = "the government's side has a clock of its own; this file is the only one that reads it"
    )]
    pub(crate) fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_millis(self.ahead_ms.load(Ordering::SeqCst));
        Timestamp::now()
            .saturating_add(ahead)
            .unwrap_or(Timestamp::MAX)
    }

    /// Moves the clock forward.
    pub(crate) fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        let _previous = self
            .ahead_ms
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |ahead| {
                Some(ahead.saturating_add(by))
            });
    }
}
