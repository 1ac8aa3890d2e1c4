//! Follows what the gateway keeps of dossiers and look-ups, and folds it into facts.
//!
//! What a reader would get wrong: positions and facts move together or not at all, so a round
//! that breaks off anywhere is simply taken up again. Several gateways on one database follow
//! the same events; whoever comes second leaves the round to the first.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lienthong_core::clock::Clock;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::audit::AuditError;
use lienthong_core::ports::observations::{
    EventFeed, LookupFeed, Observation, ObservationError, Observations, Source,
};
use lienthong_core::ports::outbox::OutboxError;
use thiserror::Error;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Dossiers that are forgotten in one step.
const FORGOTTEN_AT_ONCE: u32 = 5_000;

/// How often it is looked for what is to be forgotten.
const FORGET_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// Longest pause between two rounds that fail.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// How often it is looked whether all is folded in, while somebody waits for it.
const CATCH_UP_STEP: Duration = Duration::from_millis(50);

/// How an [`Observer`] works.
#[derive(Debug, Clone, Copy)]
pub struct ObserverSettings {
    /// Pause between two rounds.
    pub every: Duration,
    /// Most events or look-ups that are folded in at once.
    pub batch: NonZeroU32,
    /// How long the facts of dossiers that came to their end are kept.
    pub keep: Duration,
}

/// Why a round broke off. The next one goes on where it stopped.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum ObserveError {
    /// The events cannot be read.
    #[error("the events cannot be followed")]
    Events(#[source] OutboxError),
    /// The record of look-ups cannot be read.
    #[error("the look-ups cannot be followed")]
    Lookups(#[source] AuditError),
    /// The facts cannot be read or kept.
    #[error("the facts cannot be kept")]
    Observations(#[from] ObservationError),
}

/// What a round looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Observed {
    /// Events.
    pub events: u64,
    /// Look-ups.
    pub lookups: u64,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ObserverFigures {
    /// Events that are kept and not observed yet, when it was last looked.
    pub events_behind: u64,
    /// The same of look-ups.
    pub lookups_behind: u64,
    /// When something was last folded in, or nothing was left to be.
    pub last_folded_at: Option<Timestamp>,
    /// Since when every round has broken off.
    pub failing_since: Option<Timestamp>,
}

/// How far it is to come.
struct Goal {
    events: u64,
    lookups: u64,
}

/// Folds events and look-ups into facts.
pub struct Observer {
    events: Arc<dyn EventFeed>,
    lookups: Arc<dyn LookupFeed>,
    observations: Arc<dyn Observations>,
    clock: Arc<dyn Clock>,
    settings: ObserverSettings,
    figures: Mutex<ObserverFigures>,
    forgotten_at: Mutex<Option<Timestamp>>,
    /// Told when a round is to begin at once.
    wanted: Notify,
}

impl Observer {
    /// Follows `events` and `lookups` into `observations`.
    #[must_use]
    pub fn new(
        events: Arc<dyn EventFeed>,
        lookups: Arc<dyn LookupFeed>,
        observations: Arc<dyn Observations>,
        clock: Arc<dyn Clock>,
        settings: ObserverSettings,
    ) -> Self {
        Self {
            events,
            lookups,
            observations,
            clock,
            settings,
            figures: Mutex::default(),
            forgotten_at: Mutex::default(),
            wanted: Notify::new(),
        }
    }

    /// One round: folds in until nothing is left, and forgets what is past its time. Events
    /// that cannot be followed do not hold up the look-ups.
    ///
    /// # Errors
    /// [`ObserveError`], the first of the round.
    pub async fn observe_due(&self) -> Result<Observed, ObserveError> {
        let events = self.follow_events().await;
        let lookups = self.follow_lookups().await;
        let forgotten = self.forget().await;
        let round = events.and_then(|events| {
            let lookups = lookups?;
            forgotten?;
            Ok(Observed { events, lookups })
        });
        let now = self.clock.now();
        self.note(|figures| match &round {
            Ok(_) => {
                figures.last_folded_at = Some(now);
                figures.failing_since = None;
            }
            Err(_) => figures.failing_since = figures.failing_since.or(Some(now)),
        });
        round
    }

    /// Works until `stop` is cancelled.
    pub async fn run(&self, stop: CancellationToken) {
        let mut failures = 0;
        loop {
            let round = tokio::select! {
                () = stop.cancelled() => return,
                round = self.observe_due() => round,
            };
            match round {
                Ok(_) => {
                    if failures > 0 {
                        tracing::info!(failures, "dossiers are observed again");
                    }
                    failures = 0;
                }
                Err(error) => {
                    // Once; the figures tell for how long.
                    if failures == 0 {
                        let reason = std::error::Error::source(&error).map(ToString::to_string);
                        tracing::warn!(%error, reason, "dossiers cannot be observed at present");
                    }
                    failures += 1;
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.wanted.notified() => {}
                () = tokio::time::sleep(self.pause(failures)) => {}
            }
        }
    }

    /// How far it is.
    #[must_use]
    pub fn figures(&self) -> ObserverFigures {
        *self.figures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether everything that is kept is folded in, as far as can be seen now.
    ///
    /// # Errors
    /// [`ObserveError`].
    pub async fn caught_up(&self) -> Result<bool, ObserveError> {
        let goal = self.goal().await?;
        self.reached(&goal).await
    }

    /// Has everything that is kept by now folded in, and waits for it at most so long;
    /// whether it is. What comes meanwhile is not waited for, so that steady traffic does not
    /// put the answer off. Somebody has to be at work ([`Self::run`]).
    ///
    /// # Errors
    /// [`ObserveError`].
    pub async fn catch_up(&self, within: Duration) -> Result<bool, ObserveError> {
        let goal = self.goal().await?;
        let until = tokio::time::Instant::now() + within;
        loop {
            if self.reached(&goal).await? {
                return Ok(true);
            }
            let is_failing = self.figures().failing_since.is_some();
            if is_failing || tokio::time::Instant::now() >= until {
                return Ok(false);
            }
            self.wanted.notify_one();
            tokio::time::sleep(CATCH_UP_STEP).await;
        }
    }

    async fn goal(&self) -> Result<Goal, ObserveError> {
        let events = self.events.newest_position().await;
        let lookups = self.lookups.newest_position().await;
        Ok(Goal {
            events: events.map_err(ObserveError::Events)?,
            lookups: lookups.map_err(ObserveError::Lookups)?,
        })
    }

    async fn reached(&self, goal: &Goal) -> Result<bool, ObserveError> {
        if self.observations.position(&Source::Events).await? < goal.events {
            return Ok(false);
        }
        let log = self.log().await?;
        Ok(self.observations.position(&log).await? >= goal.lookups)
    }

    /// Has everything that is still kept folded in anew, beginning at once.
    ///
    /// # Errors
    /// [`ObservationError`].
    pub async fn begin_anew(&self) -> Result<(), ObservationError> {
        self.observations.begin_anew().await?;
        self.wanted.notify_one();
        Ok(())
    }

    async fn follow_events(&self) -> Result<u64, ObserveError> {
        // The position first: both only rise, also by another gateway's work, so only an outbox
        // that was put back can end below it.
        let mut position = self.observations.position(&Source::Events).await?;
        let newest = self.events.newest_position().await;
        let newest = newest.map_err(ObserveError::Events)?;
        if newest < position {
            tracing::warn!(
                "the outbox holds less than was observed, so it was put back from a backup; \
                 everything is observed anew"
            );
            self.observations.begin_anew().await?;
            position = 0;
        }
        let mut followed = 0;
        loop {
            let behind = newest.saturating_sub(position);
            self.note(|figures| figures.events_behind = behind);
            let events = self
                .events
                .events_after(position, self.settings.batch.get())
                .await
                .map_err(ObserveError::Events)?;
            // Nothing told is not nothing there: a store may hold back what is still in flight.
            let Some(last) = events.last() else {
                return Ok(followed);
            };
            let (after, count) = (last.position, events.len() as u64);
            let happened = events.into_iter().filter_map(|event| {
                let observation = Observation::Event {
                    revision: event.revision,
                    occurred_at: event.occurred_at,
                    body: event.body?,
                };
                Some((event.dossier, observation))
            });
            let happened = happened.collect();
            if !self
                .fold(&Source::Events, position, after, happened)
                .await?
            {
                return Ok(followed);
            }
            followed += count;
            position = after;
        }
    }

    async fn follow_lookups(&self) -> Result<u64, ObserveError> {
        let log = self.log().await?;
        let mut position = self.observations.position(&log).await?;
        let newest = self.lookups.newest_position().await;
        let newest = newest.map_err(ObserveError::Lookups)?;
        if newest < position {
            // What is gone from the log was counted, and is not counted twice.
            tracing::warn!(
                "the record of look-ups holds less than was observed, so it was put back from a \
                 backup; it is followed from its present end"
            );
            if !self.fold(&log, position, newest, Vec::new()).await? {
                return Ok(0);
            }
            position = newest;
        }
        let mut followed = 0;
        loop {
            let behind = newest.saturating_sub(position);
            self.note(|figures| figures.lookups_behind = behind);
            let lookups = self
                .lookups
                .lookups_after(position, self.settings.batch.get())
                .await
                .map_err(ObserveError::Lookups)?;
            let Some(last) = lookups.last() else {
                return Ok(followed);
            };
            let (after, count) = (last.position, lookups.len() as u64);
            let happened = lookups.into_iter().map(|lookup| {
                let dossier = lookup.seen.dossier.clone();
                (dossier, Observation::Lookup(lookup.seen))
            });
            let happened = happened.collect();
            if !self.fold(&log, position, after, happened).await? {
                return Ok(followed);
            }
            followed += count;
            position = after;
        }
    }

    /// Folds in a batch; `false` where another gateway was quicker, who goes on with it.
    async fn fold(
        &self,
        source: &Source,
        before: u64,
        after: u64,
        happened: Vec<(DossierNumber, Observation)>,
    ) -> Result<bool, ObserveError> {
        let folded = self
            .observations
            .observe(source, before, after, happened)
            .await?;
        if folded {
            let now = self.clock.now();
            self.note(|figures| figures.last_folded_at = Some(now));
        }
        Ok(folded)
    }

    /// Forgets what came to its end too long ago, once in a while.
    async fn forget(&self) -> Result<(), ObserveError> {
        let now = self.clock.now();
        let forgotten_at = *self
            .forgotten_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if forgotten_at.is_some_and(|at| now.duration_since(at) < FORGET_EVERY) {
            return Ok(());
        }
        let keep = SignedDuration::try_from(self.settings.keep).unwrap_or(SignedDuration::MAX);
        // Before time began there was nothing.
        if let Ok(before) = now.checked_sub(keep) {
            loop {
                let forgotten = self
                    .observations
                    .forget_ended(before, FORGOTTEN_AT_ONCE)
                    .await?;
                if forgotten > 0 {
                    tracing::info!(
                        dossiers = forgotten,
                        "facts of dossiers past their time were removed"
                    );
                }
                if forgotten < FORGOTTEN_AT_ONCE {
                    break;
                }
            }
        }
        *self
            .forgotten_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(now);
        Ok(())
    }

    async fn log(&self) -> Result<Source, ObserveError> {
        let name = self.lookups.name().await.map_err(ObserveError::Lookups)?;
        Ok(Source::Lookups(name))
    }

    fn note(&self, note: impl FnOnce(&mut ObserverFigures)) {
        note(&mut self.figures.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// The pause after so many failures in a row: twice as long each time.
    fn pause(&self, failures: u32) -> Duration {
        let factor = 1_u32.checked_shl(failures.min(16)).unwrap_or(u32::MAX);
        let longest = LONGEST_PAUSE.max(self.settings.every);
        self.settings.every.saturating_mul(factor).min(longest)
    }
}

#[cfg(test)]
mod tests;
