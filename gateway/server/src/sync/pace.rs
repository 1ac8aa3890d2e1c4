//! How many events the portal accepted lately, through this gateway.
//!
//! Counted minute by minute on wall time. What a reader would get wrong: the present
//! minute is not over, so it counts for the part that has passed.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use lienthong_core::sync::health::Pace;

/// Whole minutes that are looked back on.
const MINUTES: i64 = 5;

/// Counts accepted events.
#[derive(Debug, Default)]
pub(crate) struct PaceCounter {
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    /// When counting began, in seconds.
    since: Option<i64>,
    /// Of each of the last minutes, its number and its events.
    minutes: Vec<(i64, u64)>,
}

impl PaceCounter {
    /// `events` were accepted.
    pub(crate) fn count(&self, events: u64, now: Timestamp) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.since.get_or_insert(now.as_second());
        let minute = now.as_second().div_euclid(60);
        counts
            .minutes
            .retain(|(counted, _)| *counted > minute - MINUTES && *counted <= minute);
        match counts.minutes.iter_mut().find(|(at, _)| *at == minute) {
            Some((_, count)) => *count += events,
            None => counts.minutes.push((minute, events)),
        }
    }

    /// What was accepted lately.
    pub(crate) fn pace(&self, now: Timestamp) -> Pace {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(since) = counts.since else {
            return Pace::default();
        };
        let second = now.as_second();
        let minute = second.div_euclid(60);
        let first = (minute - MINUTES + 1) * 60;
        let over = (second - first.max(since)).max(1);
        let events = counts
            .minutes
            .iter()
            .filter(|(counted, _)| *counted > minute - MINUTES && *counted <= minute)
            .map(|(_, events)| events)
            .sum();
        Pace {
            events,
            over: Duration::from_secs(over.unsigned_abs()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::{SignedDuration, Timestamp};
    use lienthong_core::sync::health::Pace;

    use super::PaceCounter;

    #[test]
    fn only_the_last_minutes_count() {
        let counter = PaceCounter::default();
        let start: Timestamp = "2026-07-01T01:00:30Z".parse().unwrap();
        assert_eq!(counter.pace(start), Pace::default());
        counter.count(100, start);
        let later = start + SignedDuration::from_secs(30);
        counter.count(20, later);
        let pace = counter.pace(later);
        assert_eq!((pace.events, pace.over), (120, Duration::from_secs(30)));
        let hour = start + SignedDuration::from_hours(1);
        assert_eq!(counter.pace(hour).events, 0);
        counter.count(7, hour);
        let pace = counter.pace(hour);
        assert_eq!(pace.events, 7);
        assert_eq!(pace.over, Duration::from_secs(4 * 60 + 30));
    }
}
