//! When the catalogue is fetched by itself.
//!
//! What a reader would get wrong: the hour of the day is not the only reason. A gateway that
//! holds none, or one that has become stale, fetches at once, whatever the hour; and one that
//! was away at the hour leaves it alone when the day's work has begun.

use std::time::Duration;

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp};

use crate::wire_time::viet_nam;

/// A fetch of the day is begun so long after its hour, and not later.
const LATEST: SignedDuration = SignedDuration::from_hours(6);

/// When the catalogue is fetched by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FetchPlan {
    /// Clock time in Viet Nam at which the fetch of the day begins.
    pub at: Time,
    /// How much later this gateway begins, so that not all provinces ask at once.
    pub delay: Duration,
    /// From this age on a catalogue is stale.
    pub stale_after: Duration,
    /// Pause after a fetch that failed.
    pub retry_after: Duration,
}

/// The last fetch, whatever came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastFetch {
    /// When it ended.
    pub at: Timestamp,
    /// Whether it failed, so that another one soon may do better. One that was refused did
    /// not fail: the source would say the same again.
    pub failed: bool,
}

impl FetchPlan {
    /// Whether a catalogue that was fetched at `fetched_at` is stale at `now`.
    #[must_use]
    pub fn is_stale(&self, fetched_at: Timestamp, now: Timestamp) -> bool {
        now.duration_since(fetched_at) >= signed(self.stale_after)
    }

    /// Whether a fetch is due at `now`, where the last one was `last` and the catalogue that
    /// is held was fetched at `fetched_at`.
    #[must_use]
    pub fn is_due(
        &self,
        now: Timestamp,
        last: Option<LastFetch>,
        fetched_at: Option<Timestamp>,
    ) -> bool {
        let rested = |last: LastFetch| now.duration_since(last.at) >= signed(self.retry_after);
        if last.is_some_and(|last| last.failed && !rested(last)) {
            return false;
        }
        let wanted = fetched_at.is_none_or(|fetched_at| self.is_stale(fetched_at, now));
        if wanted && last.is_none_or(rested) {
            return true;
        }
        self.begun(now)
            .is_some_and(|begun| last.is_none_or(|last| last.failed || last.at < begun))
    }

    /// When the fetch of the day that may be begun at `now` was due first; `None` outside its
    /// hours.
    fn begun(&self, now: Timestamp) -> Option<Timestamp> {
        let today = viet_nam().to_datetime(now).date();
        let days = [Some(today), today.yesterday().ok()];
        let mut hours = days.into_iter().flatten().filter_map(|day| self.hour(day));
        hours.find(|begun| {
            let since = now.duration_since(*begun);
            !since.is_negative() && since < LATEST
        })
    }

    fn hour(&self, day: Date) -> Option<Timestamp> {
        let hour = day.to_datetime(self.at).to_zoned(viet_nam()).ok()?;
        hour.timestamp().checked_add(signed(self.delay)).ok()
    }
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;

    fn plan() -> FetchPlan {
        FetchPlan {
            at: time(1, 0, 0, 0),
            delay: Duration::from_mins(7),
            stale_after: Duration::from_hours(72),
            retry_after: Duration::from_mins(30),
        }
    }

    fn at(text: &str) -> Timestamp {
        format!("{text}:00+07:00").parse().unwrap()
    }

    fn ended(text: &str, failed: bool) -> LastFetch {
        LastFetch {
            at: at(text),
            failed,
        }
    }

    #[test]
    fn without_a_catalogue_it_is_fetched_at_once_at_any_hour() {
        assert!(plan().is_due(at("2026-11-02T10:00"), None, None));
    }

    #[test]
    fn a_fetch_that_failed_is_tried_again_after_its_pause() {
        let failed = Some(ended("2026-11-02T10:00", true));
        assert!(!plan().is_due(at("2026-11-02T10:29"), failed, None));
        assert!(plan().is_due(at("2026-11-02T10:30"), failed, None));
    }

    #[test]
    fn a_fresh_catalogue_is_fetched_once_a_day_after_the_hour_and_the_delay() {
        let held = Some(at("2026-11-01T01:10"));
        let last = Some(ended("2026-11-01T01:10", false));
        assert!(!plan().is_due(at("2026-11-02T01:06"), last, held));
        assert!(plan().is_due(at("2026-11-02T01:07"), last, held));
        let today = Some(ended("2026-11-02T01:09", false));
        assert!(!plan().is_due(at("2026-11-02T01:10"), today, Some(at("2026-11-02T01:09"))));
    }

    #[test]
    fn in_the_middle_of_the_day_it_waits_unless_it_is_stale() {
        let held = Some(at("2026-11-01T01:10"));
        let last = Some(ended("2026-11-01T01:10", false));
        assert!(!plan().is_due(at("2026-11-02T10:00"), last, held));
        assert!(plan().is_due(at("2026-11-04T10:00"), last, held));
    }

    #[test]
    fn an_hour_before_midnight_still_counts_after_it() {
        let late = FetchPlan {
            at: time(23, 30, 0, 0),
            ..plan()
        };
        let held = Some(at("2026-11-01T23:40"));
        let last = Some(ended("2026-11-01T23:40", false));
        assert!(late.is_due(at("2026-11-03T02:00"), last, held));
        assert!(!late.is_due(at("2026-11-03T06:00"), last, held));
    }

    #[test]
    fn a_refused_catalogue_is_not_asked_for_again_before_the_next_day() {
        let held = Some(at("2026-11-01T01:10"));
        let refused = Some(ended("2026-11-02T01:10", false));
        assert!(!plan().is_due(at("2026-11-02T03:00"), refused, held));
        assert!(plan().is_due(at("2026-11-03T01:07"), refused, held));
    }

    #[test]
    fn a_failed_fetch_of_the_day_is_tried_again_within_its_hours() {
        let held = Some(at("2026-11-01T01:10"));
        let failed = Some(ended("2026-11-02T01:10", true));
        assert!(!plan().is_due(at("2026-11-02T01:39"), failed, held));
        assert!(plan().is_due(at("2026-11-02T01:40"), failed, held));
        assert!(!plan().is_due(at("2026-11-02T07:30"), failed, held));
    }
}
