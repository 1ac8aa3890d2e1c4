//! Follows what the gateway keeps of dossiers and look-ups, and folds it into facts.
//!
//! What a reader would get wrong: positions and facts move together or not at all, so a round
//! that breaks off anywhere is simply taken up again. Several gateways on one database follow
//! the same events; whoever comes second leaves the round to the first.

mod follow;
mod forget;
mod reached;
mod source;

pub use reached::Reached;

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lienthong_core::clock::Clock;
use lienthong_core::observation::Window;
use lienthong_core::ports::audit::AuditError;
use lienthong_core::ports::observations::{
    EventFeed, Follower, FollowerId, LookupFeed, ObservationError, Observations, RebuildCause,
    Source, Standing,
};
use lienthong_core::ports::outbox::OutboxError;
use thiserror::Error;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use forget::Forgotten;
use reached::Days;
use source::{Events, Lookups};

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
    /// How long a log is waited for that nobody follows any more.
    pub retire_after: Duration,
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
    /// Another gateway follows a record of look-ups of this name: one of the two is a copy.
    /// Neither is mistaken for the other, and the look-ups of this one are not observed until
    /// the other has been silent for some minutes.
    #[error("another gateway follows a copy of the record of look-ups {log}")]
    Rival {
        /// The name of the log, which says nothing.
        log: String,
    },
}

/// What a round looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Observed {
    /// Events.
    pub events: u64,
    /// Look-ups.
    pub lookups: u64,
    /// Whether there is more to do at once.
    pub is_unfinished: bool,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ObserverFigures {
    /// Events that are kept and not observed yet, when it was last looked.
    pub events_behind: u64,
    /// The same of look-ups.
    pub lookups_behind: u64,
    /// When nothing was last left to be folded in.
    pub last_folded_at: Option<Timestamp>,
    /// Since when every round has broken off.
    pub failing_since: Option<Timestamp>,
    /// Whether another gateway follows a copy of this one's record of look-ups.
    pub has_rival: bool,
    /// Whether a source is told anew.
    pub is_rebuilding: bool,
    /// Rows of all sources that could not be read.
    pub unreadable: u64,
}

/// Folds events and look-ups into facts.
pub struct Observer {
    events: Arc<dyn EventFeed>,
    lookups: Arc<dyn LookupFeed>,
    observations: Arc<dyn Observations>,
    clock: Arc<dyn Clock>,
    settings: ObserverSettings,
    /// This process.
    id: FollowerId,
    /// Logs that it has followed.
    followed: Mutex<BTreeSet<String>>,
    figures: Mutex<ObserverFigures>,
    forgotten: Mutex<Forgotten>,
    /// Told when a round is to begin at once.
    wanted: Notify,
    /// How many wait for a round.
    waiting: AtomicU32,
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
            id: FollowerId(Uuid::now_v7().simple().to_string()),
            followed: Mutex::default(),
            figures: Mutex::default(),
            forgotten: Mutex::default(),
            wanted: Notify::new(),
            waiting: AtomicU32::new(0),
        }
    }

    /// One round: folds in what there is, and forgets what is past its time. Events that
    /// cannot be followed do not hold up the look-ups.
    ///
    /// # Errors
    /// [`ObserveError`], the first of the round.
    pub async fn observe_due(&self) -> Result<Observed, ObserveError> {
        let events = self.follow(&Source::Events, &Events(&*self.events)).await;
        let lookups = self.follow_lookups().await;
        let forgotten = self.forget().await;
        self.note_sources().await;
        let has_rival = matches!(lookups, Err(ObserveError::Rival { .. }));
        let now = self.clock.now();
        let round = events.and_then(|events| {
            let lookups = lookups?;
            forgotten?;
            Ok((events, lookups))
        });
        self.note(|figures| {
            figures.has_rival = has_rival;
            match &round {
                Ok((events, lookups)) => {
                    figures.events_behind = events.behind;
                    figures.lookups_behind = lookups.behind;
                    figures.failing_since = None;
                    if events.behind + lookups.behind == 0 {
                        figures.last_folded_at = Some(now);
                    }
                }
                Err(_) => figures.failing_since = figures.failing_since.or(Some(now)),
            }
        });
        round.map(|(events, lookups)| Observed {
            events: events.followed,
            lookups: lookups.followed,
            is_unfinished: events.is_unfinished || lookups.is_unfinished,
        })
    }

    async fn follow_lookups(&self) -> Result<follow::Round, ObserveError> {
        let log = self.log().await?;
        self.follow(&log, &Lookups(&*self.lookups)).await
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
                Ok(observed) => {
                    if failures > 0 {
                        tracing::info!(failures, "dossiers are observed again");
                    }
                    failures = 0;
                    if observed.is_unfinished {
                        continue;
                    }
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

    /// How far the observations of these days are, as far as can be seen now.
    ///
    /// # Errors
    /// [`ObserveError`].
    pub async fn reached(&self, window: &Window) -> Result<Reached, ObserveError> {
        let own = self.log().await?;
        self.reached_of(window, self.clock.now(), &own).await
    }

    /// The same after this gateway's own sources were folded in up to now, for which it waits
    /// at most so long. What comes meanwhile is not waited for, so that steady traffic does
    /// not put the answer off. Somebody has to be at work ([`Self::run`]).
    ///
    /// # Errors
    /// [`ObserveError`].
    pub async fn catch_up(
        &self,
        window: &Window,
        within: Duration,
    ) -> Result<Reached, ObserveError> {
        let _waiting = Waiting::begin(&self.waiting);
        let (own, asked_at) = (self.log().await?, self.clock.now());
        let until = tokio::time::Instant::now() + within;
        loop {
            let reached = self.reached_of(window, asked_at, &own).await?;
            let is_over = self.figures().failing_since.is_some()
                || tokio::time::Instant::now() >= until
                || !reached.lacks(&own);
            if is_over {
                return Ok(reached);
            }
            self.wanted.notify_one();
            tokio::time::sleep(CATCH_UP_STEP).await;
        }
    }

    async fn reached_of(
        &self,
        window: &Window,
        asked_at: Timestamp,
        own: &Source,
    ) -> Result<Reached, ObserveError> {
        let standings = self.observations.standings().await?;
        let retire_after = self.settings.retire_after;
        let days = Days {
            window,
            asked_at,
            own,
            retire_after: SignedDuration::try_from(retire_after).unwrap_or(SignedDuration::MAX),
            has_rival: self.figures().has_rival,
            is_alive: &|follower| self.is_alive(follower, asked_at),
        };
        Ok(days.reached(&standings))
    }

    /// Has everything that is still kept told anew, beginning at once.
    ///
    /// # Errors
    /// [`ObservationError`].
    pub async fn begin_anew(&self, cause: &RebuildCause) -> Result<(), ObservationError> {
        self.observations
            .begin_anew(self.clock.now(), cause)
            .await?;
        self.wanted.notify_one();
        Ok(())
    }

    /// Whether no gateway follows the source: none ever did, or none was seen for so long that
    /// its log is waited for no more.
    #[must_use]
    pub fn is_unfollowed(&self, standing: &Standing, now: Timestamp) -> bool {
        let most = SignedDuration::try_from(self.settings.retire_after);
        let most = most.unwrap_or(SignedDuration::MAX);
        let seen = standing.follower.as_ref().map(|it| it.seen_at);
        seen.is_none_or(|seen| now.duration_since(seen) > most)
    }

    async fn log(&self) -> Result<Source, ObserveError> {
        let name = self.lookups.name().await.map_err(ObserveError::Lookups)?;
        Ok(Source::Lookups(name))
    }

    /// Whether a follower is at work, as far as that is noted.
    fn is_alive(&self, follower: &Follower, now: Timestamp) -> bool {
        let pause = LONGEST_PAUSE.max(self.settings.every);
        let gone = SignedDuration::try_from(pause * 5).unwrap_or(SignedDuration::MAX);
        now.duration_since(follower.seen_at) < gone
    }

    fn has_followed(&self, log: &str) -> bool {
        let followed = self.followed.lock();
        followed
            .unwrap_or_else(PoisonError::into_inner)
            .contains(log)
    }

    fn note_followed(&self, log: &str) {
        let followed = self.followed.lock();
        let mut followed = followed.unwrap_or_else(PoisonError::into_inner);
        followed.insert(log.to_owned());
    }

    fn is_awaited(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }

    fn note(&self, note: impl FnOnce(&mut ObserverFigures)) {
        note(&mut self.figures.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn note_behind(&self, source: &Source, behind: u64) {
        self.note(|figures| match source {
            Source::Events => figures.events_behind = behind,
            Source::Lookups(_) => figures.lookups_behind = behind,
        });
    }

    /// Notes what the figures tell of all sources; one that cannot be read keeps the last.
    async fn note_sources(&self) {
        let Ok(standings) = self.observations.standings().await else {
            return;
        };
        let now = self.clock.now();
        let at_work = |follower: &Follower| self.is_alive(follower, now);
        self.note(|figures| {
            figures.unreadable = standings.iter().map(|it| it.unreadable).sum();
            figures.is_rebuilding = standings
                .iter()
                .any(|it| it.anew.is_some() && it.follower.as_ref().is_some_and(at_work));
        });
    }

    /// The pause after so many failures in a row: twice as long each time.
    fn pause(&self, failures: u32) -> Duration {
        let factor = 1_u32.checked_shl(failures.min(16)).unwrap_or(u32::MAX);
        let longest = LONGEST_PAUSE.max(self.settings.every);
        self.settings.every.saturating_mul(factor).min(longest)
    }
}

/// Somebody who waits, until it is dropped.
struct Waiting<'a>(&'a AtomicU32);

impl<'a> Waiting<'a> {
    fn begin(waiting: &'a AtomicU32) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
