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
    /// A schedule with these delays; `None` when there is none, or one is zero.
    #[must_use]
    pub fn new(delays: Vec<Duration>) -> Option<Self> {
        let usable = !delays.is_empty() && delays.iter().all(|delay| !delay.is_zero());
        usable.then_some(Self { delays })
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

    /// As [`Schedule::next`], but without an end: the last delay is repeated.
    #[must_use]
    pub fn next_patient(&self, failures: u32, now: Timestamp, jitter: Jitter) -> Timestamp {
        let last = self.delays.len() - 1;
        let index = usize::try_from(failures.saturating_sub(1))
            .unwrap_or(last)
            .min(last);
        later(now, spread(self.delays[index], jitter))
    }

    /// When to try where the upstream named a time: it may ask us to wait, it may
    /// not rule us, so the wait lies between one and two times our own delay.
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
        let base = self.delays[index];
        let extra = base.mul_f64(jitter.0 * 0.1);
        later(now, asked.clamp(base, base * 2) + extra)
    }
}

fn spread(delay: Duration, jitter: Jitter) -> Duration {
    delay.mul_f64(0.5 + jitter.0 / 2.0)
}

fn later(now: Timestamp, delay: Duration) -> Timestamp {
    now.checked_add(delay).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::{SignedDuration, Timestamp};
    use proptest::prelude::*;

    use super::{Jitter, Schedule};

    fn schedule() -> Schedule {
        Schedule::new([5, 30, 300].map(Duration::from_secs).to_vec()).unwrap()
    }

    #[test]
    fn a_schedule_without_delays_is_not_one() {
        assert_eq!(Schedule::new(vec![]), None);
        assert_eq!(Schedule::new(vec![Duration::ZERO]), None);
    }

    #[test]
    fn the_schedule_ends_but_patience_does_not() {
        let now = Timestamp::UNIX_EPOCH;
        assert!(schedule().next(3, now, Jitter::new(0.0)).is_some());
        assert_eq!(schedule().next(4, now, Jitter::new(0.0)), None);
        let wait = schedule()
            .next_patient(400, now, Jitter::new(0.0))
            .duration_since(now);
        assert_eq!(wait, SignedDuration::from_secs(150));
    }

    #[test]
    fn an_upstream_may_ask_for_twice_our_delay_and_no_more() {
        let now = Timestamp::UNIX_EPOCH;
        let day = Duration::from_hours(24);
        let wait = schedule()
            .next_asked(1, day, now, Jitter::new(0.0))
            .duration_since(now);
        assert_eq!(wait, SignedDuration::from_secs(10));
    }

    proptest! {
        #[test]
        fn a_delay_lies_between_half_and_all_of_what_is_written(
            failures in 1_u32..4, fraction in 0.0_f64..1.0,
        ) {
            let now = Timestamp::UNIX_EPOCH;
            let written = [5, 30, 300][failures as usize - 1];
            let at = schedule().next(failures, now, Jitter::new(fraction)).unwrap();
            let wait = at.duration_since(now);
            prop_assert!(wait >= SignedDuration::from_millis(written * 500));
            prop_assert!(wait <= SignedDuration::from_secs(written));
        }
    }
}
