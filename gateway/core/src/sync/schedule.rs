//! When a failed attempt is tried again: a list that a person can read.

use std::time::Duration;

use jiff::Timestamp;

/// Delays before each further attempt, with jitter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    delays: Vec<Duration>,
}

/// A fraction from 0 (inclusive) to 1 (exclusive), drawn by the caller.
#[derive(Debug, Clone, Copy)]
pub struct Jitter(f64);

impl Jitter {
    /// Takes a fraction; anything outside 0..1 counts as 0.
    #[must_use]
    pub fn new(fraction: f64) -> Self {
        Self(if (0.0..1.0).contains(&fraction) {
            fraction
        } else {
            0.0
        })
    }
}

impl Schedule {
    /// Longest wait for an upstream that is away.
    pub const LONGEST_PATIENCE: Duration = Duration::from_mins(10);

    /// A schedule with these delays; `None` when there is none, or one is zero.
    #[must_use]
    pub fn new(delays: Vec<Duration>) -> Option<Self> {
        let usable = !delays.is_empty() && delays.iter().all(|delay| !delay.is_zero());
        usable.then_some(Self { delays })
    }

    /// The delays as they were written.
    #[must_use]
    pub fn delays(&self) -> &[Duration] {
        &self.delays
    }

    /// Number of further attempts that the schedule grants.
    #[must_use]
    pub fn len(&self) -> usize {
        self.delays.len()
    }

    /// Never: a schedule has at least one delay.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        false
    }

    /// When to try after `failures` failed attempts (from 1), or `None` when the
    /// schedule has run out. The delay is at least half of what is written, at
    /// most all of it.
    #[must_use]
    pub fn next(&self, failures: u32, now: Timestamp, jitter: Jitter) -> Option<Timestamp> {
        let index = usize::try_from(failures.saturating_sub(1)).ok()?;
        let delay = *self.delays.get(index)?;
        Some(later(now, spread(delay, jitter)))
    }

    /// As [`Schedule::next`], but without an end, and never later than
    /// [`Schedule::LONGEST_PATIENCE`]: what waits for an upstream to come back goes on
    /// soon after it has, however long it was away.
    #[must_use]
    pub fn next_patient(&self, failures: u32, now: Timestamp, jitter: Jitter) -> Timestamp {
        let last = self.delays.len() - 1;
        let index = usize::try_from(failures.saturating_sub(1))
            .unwrap_or(last)
            .min(last);
        let delay = self.delays[index].min(Self::LONGEST_PATIENCE);
        later(now, spread(delay, jitter))
    }

    /// When to try where the upstream named a time: it may ask us to wait, it may
    /// not rule us, so the wait lies between one and two times our own delay. A
    /// tenth of our own delay at most comes on top, so that those who were asked
    /// together do not come back together.
    #[must_use]
    pub fn next_asked(
        &self,
        failures: u32,
        asked: Duration,
        now: Timestamp,
        jitter: Jitter,
    ) -> Timestamp {
        let last = self.delays.len() - 1;
        let index = usize::try_from(failures.saturating_sub(1))
            .unwrap_or(last)
            .min(last);
        let base = self.delays[index].min(Self::LONGEST_PATIENCE);
        let extra = base.mul_f64(jitter.0 * 0.1);
        let granted = asked.clamp(base, base.saturating_mul(2));
        later(now, granted.saturating_add(extra))
    }
}

fn spread(delay: Duration, jitter: Jitter) -> Duration {
    let half = delay / 2;
    half.saturating_add(delay.saturating_sub(half).mul_f64(jitter.0))
}

fn later(now: Timestamp, delay: Duration) -> Timestamp {
    now.checked_add(delay).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
