//! The health of the sync as it is told: once, or again and again.
//!
//! What a reader would get wrong: ages and rates change all the time and are no change of
//! the health. A watcher is told at once when a condition, a reason or a breaker changes,
//! and of everything else once in its interval. However many watch, the health is judged
//! once for all of them.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use lienthong_adapters::population::Guarded;
use lienthong_core::access::ClientName;
use lienthong_core::ports::population::PopulationRegistry as _;
use lienthong_proto::v1;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};
use tokio_stream::Stream;
use tokio_util::sync::CancellationToken;
use tonic::Status;

use super::watchers::{WatcherPlace, WatcherPlaces};
use crate::convert::{InvalidField, sync};
use crate::status::ServerError;
use crate::sync::monitor::SyncMonitor;

/// How often the health is judged for a watcher.
const LOOK: Duration = Duration::from_secs(1);

/// Longest silence where the caller names none.
const INTERVAL: Duration = Duration::from_secs(10);

/// Longest silence that a caller may name.
const LONGEST_INTERVAL: Duration = Duration::from_hours(1);

/// The healths.
pub(super) type Healths =
    Pin<Box<dyn Stream<Item = Result<v1::WatchSyncHealthResponse, Status>> + Send>>;

/// Tells the health of the portal and of the population database.
#[derive(Clone)]
pub(super) struct HealthReport {
    monitor: Arc<SyncMonitor>,
    route: Arc<Guarded>,
    stopping: CancellationToken,
    watchers: Arc<WatcherPlaces>,
    /// What was judged last for those who watch, and when.
    judged: Arc<Mutex<Option<(v1::SyncHealth, Instant)>>>,
}

impl HealthReport {
    pub(super) fn new(monitor: Arc<SyncMonitor>, route: Arc<Guarded>) -> Self {
        Self {
            monitor,
            route,
            stopping: CancellationToken::new(),
            watchers: WatcherPlaces::for_health(),
            judged: Arc::default(),
        }
    }

    /// Streams end when `stopping` is cancelled.
    pub(super) fn ending_with(self, stopping: CancellationToken) -> Self {
        Self { stopping, ..self }
    }

    /// The present health.
    pub(super) async fn now(&self) -> Result<v1::SyncHealth, ServerError> {
        let health = self.monitor.health().await?;
        let portal = sync::portal(&health, self.monitor.profile());
        let population = sync::population(&self.route.status(), self.route.profile());
        Ok(sync::health(health.observed_at, vec![portal, population]))
    }

    /// The health as it was judged less than [`LOOK`] ago; judged anew where it was not.
    async fn lately(&self) -> Result<v1::SyncHealth, ServerError> {
        let mut judged = self.judged.lock().await;
        if let Some((health, at)) = &*judged
            && at.elapsed() < LOOK
        {
            return Ok(health.clone());
        }
        let health = self.now().await?;
        *judged = Some((health.clone(), Instant::now()));
        Ok(health)
    }

    /// The health at once, after each change, and at least once in `asked`, for `client`.
    pub(super) fn watch(
        &self,
        client: &ClientName,
        asked: Option<prost_types::Duration>,
    ) -> Result<Healths, ServerError> {
        let interval = interval(asked)?;
        let place = self.watchers.take(client)?;
        let watching = Watching {
            report: self.clone(),
            interval,
            told: None,
            _place: place,
        };
        Ok(Box::pin(futures_util::stream::unfold(
            Some(watching),
            |watching| async move {
                let mut watching = watching?;
                match watching.next().await {
                    Ok(health) => {
                        let health = Some(health);
                        let response = v1::WatchSyncHealthResponse { health };
                        Some((Ok(response), Some(watching)))
                    }
                    Err(error) => Some((Err(error.into()), None)),
                }
            },
        )))
    }
}

struct Watching {
    report: HealthReport,
    interval: Duration,
    /// What was told last, and when.
    told: Option<(Vec<Gist>, Instant)>,
    _place: WatcherPlace,
}

/// What of an upstream's health is a change when it differs.
#[derive(Debug, PartialEq, Eq)]
struct Gist {
    condition: i32,
    breaker: i32,
    reasons: Vec<String>,
}

impl Watching {
    async fn next(&mut self) -> Result<v1::SyncHealth, ServerError> {
        loop {
            if self.told.is_some() {
                tokio::select! {
                    biased;
                    () = self.report.stopping.cancelled() => return Err(ServerError::Stopping),
                    () = sleep(LOOK.min(self.interval)) => {}
                }
            }
            let health = self.report.lately().await?;
            let gist: Vec<Gist> = health.upstreams.iter().map(gist).collect();
            let silent = self
                .told
                .as_ref()
                .is_some_and(|(told, at)| *told == gist && at.elapsed() < self.interval);
            if !silent {
                self.told = Some((gist, Instant::now()));
                return Ok(health);
            }
        }
    }
}

fn gist(upstream: &v1::UpstreamHealth) -> Gist {
    Gist {
        condition: upstream.condition,
        breaker: upstream.breaker,
        reasons: upstream
            .reasons
            .iter()
            .map(|reason| reason.code.clone())
            .collect(),
    }
}

fn interval(asked: Option<prost_types::Duration>) -> Result<Duration, ServerError> {
    let Some(asked) = asked else {
        return Ok(INTERVAL);
    };
    Duration::try_from(asked)
        .ok()
        .filter(|interval| (LOOK..=LONGEST_INTERVAL).contains(interval))
        .ok_or_else(|| ServerError::Invalid(vec![InvalidField::Interval.at("interval")]))
}

#[cfg(test)]
mod tests;
