//! How much the portal takes: a ceiling that a bench knows, beyond which calls are refused or wait.
//!
//! What a reader would get wrong: with a queue the ceiling is `at_once` calls a `service_ms`, less
//! what the timer's whole milliseconds take; evenly spaced calls keep theirs on the average. A
//! caller who hangs up leaves the queue, and the place that its call had is free at once.

use std::sync::Arc;
use std::time::Duration;

use rand::RngExt as _;
use serde::{Deserialize, Serialize};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::guarded::Guarded;

/// What the portal takes. Login and token calls count too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pace {
    /// Most calls begun in a second; any number when absent. At least 1.
    #[serde(default)]
    pub calls_per_second: Option<u32>,
    /// Most calls at work at the same time; any number when absent. At least 1.
    #[serde(default)]
    pub at_once: Option<u32>,
    /// Milliseconds of real time that each call takes, after its effect and before its answer.
    #[serde(default)]
    pub service_ms: u64,
    /// Up to so many milliseconds more, by chance.
    #[serde(default)]
    pub jitter_ms: u64,
    /// What becomes of a call too many. Default: it waits.
    #[serde(default)]
    pub over: Over,
}

/// What becomes of a call too many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Over {
    /// It waits for its turn.
    #[default]
    Queue,
    /// HTTP 429, without effect.
    Refuse {
        /// `Retry-After` in seconds.
        retry_after: Option<u64>,
    },
}

impl Pace {
    /// So many calls at once, each so long, the others waiting: `at_once * 1000 / service_ms`
    /// calls a second.
    #[must_use]
    pub const fn queue(at_once: u32, service_ms: u64) -> Self {
        Self {
            calls_per_second: None,
            at_once: Some(at_once),
            service_ms,
            jitter_ms: 0,
            over: Over::Queue,
        }
    }

    /// So many calls a second, evenly spaced, the others waiting. The most exact ceiling.
    #[must_use]
    pub const fn even(calls_per_second: u32) -> Self {
        Self {
            calls_per_second: Some(calls_per_second),
            at_once: None,
            service_ms: 0,
            jitter_ms: 0,
            over: Over::Queue,
        }
    }

    /// At most so many calls a second, the others refused with this `Retry-After`.
    #[must_use]
    pub const fn refuse(calls_per_second: u32, retry_after: Option<u64>) -> Self {
        Self {
            calls_per_second: Some(calls_per_second),
            at_once: None,
            service_ms: 0,
            jitter_ms: 0,
            over: Over::Refuse { retry_after },
        }
    }

    /// Every problem, in words.
    pub(crate) fn problems(&self) -> Vec<String> {
        let limits = [
            ("calls_per_second", self.calls_per_second),
            ("at_once", self.at_once),
        ];
        limits
            .iter()
            .filter(|(_, limit)| *limit == Some(0))
            .map(|(name, _)| format!("{name}: at least 1"))
            .collect()
    }
}

/// A call too many, and when to come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooMany(pub(super) Option<u64>);

/// A call's place at the counter, until it is dropped.
#[derive(Debug, Default)]
pub(super) struct Place {
    work: Duration,
    _slot: Option<OwnedSemaphorePermit>,
}

impl Place {
    /// The time that the call takes.
    pub(super) async fn work(self) {
        if !self.work.is_zero() {
            tokio::time::sleep(self.work).await;
        }
    }
}

/// The pace at present.
#[derive(Debug, Default)]
pub(super) struct Turnstile {
    present: Guarded<Option<Arc<Present>>>,
}

#[derive(Debug)]
struct Present {
    pace: Pace,
    slots: Option<Arc<Semaphore>>,
    second: Guarded<Option<(Instant, u32)>>,
    next: Guarded<Option<Instant>>,
}

impl Turnstile {
    pub(super) fn set(&self, pace: Option<Pace>) {
        *self.present.lock() = pace.map(|pace| {
            let slots = pace.at_once.map(|most| most as usize);
            Arc::new(Present {
                slots: slots.map(|most| Arc::new(Semaphore::new(most))),
                pace,
                second: Guarded::default(),
                next: Guarded::default(),
            })
        });
    }

    pub(super) fn pace(&self) -> Option<Pace> {
        let present = self.present.lock();
        present.as_ref().map(|present| present.pace.clone())
    }

    /// Waits for a place or is refused one.
    pub(super) async fn enter(&self) -> Result<Place, TooMany> {
        let present = self.present.lock().clone();
        match present {
            Some(present) => present.enter().await,
            None => Ok(Place::default()),
        }
    }
}

impl Present {
    async fn enter(&self) -> Result<Place, TooMany> {
        let slot = match self.pace.over {
            Over::Queue => {
                if let Some(turn) = self.turn() {
                    tokio::time::sleep_until(turn).await;
                }
                match &self.slots {
                    // Nobody closes it, so that waiting always ends with a place.
                    Some(slots) => Arc::clone(slots).acquire_owned().await.ok(),
                    None => None,
                }
            }
            Over::Refuse { retry_after } => {
                let too_many = || TooMany(retry_after);
                let slot = match &self.slots {
                    Some(slots) => Some(
                        Arc::clone(slots)
                            .try_acquire_owned()
                            .map_err(|_full| too_many())?,
                    ),
                    None => None,
                };
                if !self.fits_into_second() {
                    return Err(too_many());
                }
                slot
            }
        };
        let extra = match self.pace.jitter_ms {
            0 => 0,
            most => rand::rng().random_range(0..=most),
        };
        Ok(Place {
            work: Duration::from_millis(self.pace.service_ms.saturating_add(extra)),
            _slot: slot,
        })
    }

    /// When a waiting call may begin: calls are spaced evenly.
    fn turn(&self) -> Option<Instant> {
        let gap = Duration::from_secs(1) / self.pace.calls_per_second?;
        let now = Instant::now();
        let mut next = self.next.lock();
        let turn = next.map_or(now, |next| next.max(now));
        *next = Some(turn + gap);
        Some(turn)
    }

    /// Counts a call in the present second, unless that is full.
    fn fits_into_second(&self) -> bool {
        let Some(most) = self.pace.calls_per_second else {
            return true;
        };
        let now = Instant::now();
        let mut second = self.second.lock();
        let (since, calls) = second
            .filter(|(since, _)| now.duration_since(*since) < Duration::from_secs(1))
            .unwrap_or((now, 0));
        if calls >= most {
            return false;
        }
        *second = Some((since, calls + 1));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::{Pace, TooMany, Turnstile};
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn a_call_too_many_in_a_second_is_refused_until_the_second_is_over() {
        let turnstile = Turnstile::default();
        turnstile.set(Some(Pace::refuse(2, Some(3))));
        assert!(turnstile.enter().await.is_ok() && turnstile.enter().await.is_ok());
        assert_eq!(turnstile.enter().await.unwrap_err(), TooMany(Some(3)));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(turnstile.enter().await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn evenly_spaced_calls_keep_their_ceiling() {
        let turnstile = Turnstile::default();
        turnstile.set(Some(Pace::even(400)));
        let start = tokio::time::Instant::now();
        for _ in 0..=400 {
            turnstile.enter().await.unwrap().work().await;
        }
        let taken = start.elapsed();
        let second = Duration::from_secs(1);
        assert!(taken >= second && taken < second * 2, "{taken:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_queue_serves_as_many_as_its_places_allow() {
        let turnstile = Turnstile::default();
        turnstile.set(Some(Pace::queue(2, 100)));
        let start = tokio::time::Instant::now();
        let call = || async { turnstile.enter().await.unwrap().work().await };
        tokio::join!(call(), call(), call(), call());
        assert_eq!(start.elapsed(), Duration::from_millis(200));
    }
}
