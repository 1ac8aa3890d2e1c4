//! A rate of calls with a burst (the generic cell rate algorithm).
//!
//! It never waits: whoever comes too early is told when to come. It is written here
//! and not taken from a library because it is driven by a time that is passed in, and
//! because one upstream needs no table of keys.

use std::num::NonZeroU32;
use std::time::Duration;

/// What the route allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateRule {
    /// Calls per second in the long run.
    pub per_second: NonZeroU32,
    /// Calls that may come at once after a silence; 1 spaces them evenly.
    pub burst: NonZeroU32,
}

/// How much of the rate is used. Times are monotonic, from any one origin.
#[derive(Debug, Clone)]
pub struct Rate {
    /// Between two calls at the full rate.
    interval: Duration,
    /// How far ahead of the even spacing a burst may run.
    lead: Duration,
    /// When the next call would be due if all were spaced evenly.
    due: Duration,
}

impl Rate {
    /// An unused rate.
    #[must_use]
    pub fn new(rule: RateRule) -> Self {
        // Rounded up, so that the rate is never passed.
        let interval =
            Duration::from_nanos(1_000_000_000_u64.div_ceil(u64::from(rule.per_second.get())));
        Self {
            interval,
            lead: interval * (rule.burst.get() - 1),
            due: Duration::ZERO,
        }
    }

    /// Whether a call may be sent at `now`, without counting it.
    ///
    /// # Errors
    /// The time until one may be sent.
    pub fn check(&self, now: Duration) -> Result<(), Duration> {
        let earliest = self.due.saturating_sub(self.lead);
        if now < earliest {
            return Err(earliest.saturating_sub(now));
        }
        Ok(())
    }

    /// Counts a call at `now`.
    ///
    /// # Errors
    /// The time until it may be sent; then it is not counted.
    pub fn take(&mut self, now: Duration) -> Result<(), Duration> {
        self.check(now)?;
        self.due = self.due.max(now).saturating_add(self.interval);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rate(per_second: u32, burst: u32) -> Rate {
        Rate::new(RateRule {
            per_second: NonZeroU32::new(per_second).unwrap(),
            burst: NonZeroU32::new(burst).unwrap(),
        })
    }

    const fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn a_burst_is_let_through_and_then_the_rate_holds() {
        let mut rate = rate(10, 3);
        for _ in 0..3 {
            assert_eq!(rate.take(ms(5000)), Ok(()));
        }
        assert_eq!(rate.take(ms(5000)), Err(ms(100)));
        assert_eq!(rate.take(ms(5060)), Err(ms(40)));
        assert_eq!(rate.take(ms(5100)), Ok(()));
        assert_eq!(rate.take(ms(5100)), Err(ms(100)));
    }

    #[test]
    fn who_is_refused_is_not_counted() {
        let mut rate = rate(1, 1);
        assert_eq!(rate.take(ms(0)), Ok(()));
        for _ in 0..100 {
            assert!(rate.take(ms(1)).is_err());
        }
        assert_eq!(rate.take(ms(1000)), Ok(()));
    }

    #[test]
    fn a_long_silence_earns_no_more_than_the_burst() {
        let mut rate = rate(1000, 2);
        let day = Duration::from_hours(24);
        let sent = (0..100).filter(|_| rate.take(day).is_ok()).count();
        assert_eq!(sent, 2);
    }

    proptest! {
        #[test]
        fn no_stretch_of_time_holds_more_than_burst_and_rate(
            per_second in 1_u32..500,
            burst in 1_u32..20,
            gaps in prop::collection::vec(0_u64..50, 1..300),
        ) {
            let mut rate = rate(per_second, burst);
            let mut now = Duration::ZERO;
            let mut sent: Vec<Duration> = Vec::new();
            for gap in gaps {
                now += ms(gap);
                if let Err(wait) = rate.take(now) {
                    // The time that was told is the right one.
                    prop_assert!(rate.check(now + wait).is_ok());
                    prop_assert!(rate.check((now + wait).saturating_sub(Duration::from_nanos(1))).is_err());
                } else {
                    sent.push(now);
                }
            }
            for (first, from) in sent.iter().enumerate() {
                for (last, until) in sent.iter().enumerate().skip(first) {
                    let earned = until.saturating_sub(*from).as_secs_f64() * f64::from(per_second);
                    let count = u32::try_from(last - first + 1).unwrap();
                    prop_assert!(f64::from(count) <= f64::from(burst) + earned + 1e-6);
                }
            }
        }
    }
}
