//! A word at most once a second, for what strangers can cause at will.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Time between two words.
const INTERVAL: Duration = Duration::from_secs(1);

/// Says when it is time for a word.
#[derive(Debug, Default)]
pub(super) struct Sparse(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    last: Option<Instant>,
    passed_over: u64,
}

impl Sparse {
    /// Whether to speak at `now`, and how often nothing was said since the last time.
    pub(super) fn admit(&self, now: Instant) -> Option<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state
            .last
            .is_some_and(|last| now.duration_since(last) < INTERVAL)
        {
            state.passed_over += 1;
            return None;
        }
        state.last = Some(now);
        Some(std::mem::take(&mut state.passed_over))
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::{INTERVAL, Sparse};

    #[test]
    fn what_was_not_said_is_counted() {
        let sparse = Sparse::default();
        let now = Instant::now();
        assert_eq!(sparse.admit(now), Some(0));
        assert_eq!((sparse.admit(now), sparse.admit(now)), (None, None));
        assert_eq!(sparse.admit(now + INTERVAL), Some(2));
    }
}
