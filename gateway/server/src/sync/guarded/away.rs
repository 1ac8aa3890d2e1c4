//! When the portal is taken to be away.
//!
//! What a reader would get wrong: an outage does not go on until somebody tries again. What is
//! known of it ends with the pause that follows the last try that failed.

use std::time::Duration;

use jiff::Timestamp;
use lienthong_core::guard::breaker::Change;
use lienthong_core::sync::outage::Outage;

use super::State;

/// A try that fails so soon after the portal was to be left alone met the same outage: a call
/// may take a minute until it fails.
const SAME_OUTAGE: Duration = Duration::from_mins(2);

/// A time in which the portal cannot be reached. Nobody knows of it beyond the pause that
/// follows the last try.
#[derive(Debug, Clone, Copy)]
pub(super) struct Away {
    since: Timestamp,
    known_until: Timestamp,
}

impl Away {
    pub(super) fn until(self, now: Timestamp) -> Option<Outage> {
        Outage::new(self.since, self.known_until.min(now))
    }
}

impl State {
    /// Notes whether what the breaker decided means that the portal is away.
    pub(super) fn mark(&mut self, change: Option<Change>, away: bool, now: Timestamp) {
        match change {
            None => {}
            Some(Change::Opened { pause }) if away => {
                let same = self.away.filter(|it| {
                    let next = it.known_until.saturating_add(SAME_OUTAGE);
                    next.is_ok_and(|next| now <= next)
                });
                if same.is_none() {
                    self.end_outage(now);
                }
                self.away = Some(Away {
                    since: same.map_or(now, |it| it.since),
                    known_until: now.saturating_add(pause).unwrap_or(now),
                });
            }
            Some(Change::Opened { .. } | Change::Closed) => self.end_outage(now),
        }
    }

    fn end_outage(&mut self, now: Timestamp) {
        let over = self.away.take();
        self.over.extend(over.and_then(|away| away.until(now)));
    }
}
