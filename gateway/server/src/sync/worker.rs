//! The sync worker: claims due work, brings it to the portal, settles it.
//!
//! A claim is committed before the portal is called, and no transaction is open
//! during the call. After a crash nothing is special: the lease runs out, and what
//! was under way comes back as a question. While the portal is left alone
//! ([`Portal::admission`]) nothing is claimed at all, so that an outage costs no dossier
//! an attempt. A lease is measured from before the store was asked for the claim: a slow
//! store shortens the call, and no call outlives its lease. [`Worker::run_due`] does one
//! round, so that tests need no sleeping; [`Worker::run`] calls it in a loop.

mod attempt;
mod said;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use jiff::SignedDuration;
use lienthong_core::clock::Clock;
use lienthong_core::ports::outbox::{ClaimRequest, Outbox, OutboxError};
use lienthong_core::ports::portal::{Admission, Portal};
use lienthong_core::sync::outcome::NextStep;
use lienthong_core::sync::question::StepsWithoutList;
use lienthong_core::sync::schedule::Schedule;
use tokio::sync::Notify;
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use attempt::Time;

/// Longest sleep of the loop: work that another process records is seen after it.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);

/// Shortest pause while the portal is left alone.
const SHORTEST_SLEEP: Duration = Duration::from_millis(1);

/// Pause after the store failed.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// What a call ends before its lease: clocks of several gateways are never quite equal, and
/// the end of the attempt is still to be kept.
const MARGIN: Duration = Duration::from_millis(500);

/// How the worker works.
#[derive(Debug, Clone)]
pub struct WorkerSettings {
    /// When failed attempts are tried again.
    pub schedule: Schedule,
    /// How long a claim holds; a call ends before it, so it is longer than the longest call.
    pub lease: Duration,
    /// Time for one call to the portal.
    pub call_budget: Duration,
    /// Most calls to the portal at once.
    pub parallel: NonZeroUsize,
    /// What happens to steps of unknown effect where the portal lists none.
    pub steps_without_list: StepsWithoutList,
    /// Name of this worker in the attempts.
    pub name: String,
}

/// Brings events to the portal.
#[derive(Clone)]
pub struct Worker {
    outbox: Arc<dyn Outbox>,
    portal: Arc<dyn Portal>,
    clock: Arc<dyn Clock>,
    settings: Arc<WorkerSettings>,
    recorded: Arc<Notify>,
    places: Arc<Places>,
}

/// Places for calls to the portal. An attempt gives its place back as soon as the portal
/// has answered: how it ended is kept while the next one is on its way.
#[derive(Debug, Default)]
struct Places {
    taken: AtomicUsize,
    /// Whether an attempt is under way that shows whether the portal is back.
    probing: AtomicBool,
    freed: Notify,
}

/// A place, until it is dropped.
struct Place {
    places: Arc<Places>,
    probe: bool,
}

/// Attempts under way.
type Attempts = JoinSet<Result<Round, OutboxError>>;

/// What one round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// Claims worked on.
    pub claims: usize,
    /// Claims whose work the portal accepted.
    pub accepted: usize,
    /// Claims that failed without effect and are tried again.
    pub postponed: usize,
    /// Claims with unknown effect, to be asked about.
    pub unknown: usize,
    /// Claims left to a person.
    pub given_up: usize,
    /// Claims that another worker had taken over.
    pub lost: usize,
    /// Claims given back before anything was sent or asked.
    pub put_back: usize,
}

impl Worker {
    /// A worker between `outbox` and `portal` that wakes up when `recorded` is
    /// notified.
    #[must_use]
    pub fn new(
        outbox: Arc<dyn Outbox>,
        portal: Arc<dyn Portal>,
        clock: Arc<dyn Clock>,
        settings: WorkerSettings,
        recorded: Arc<Notify>,
    ) -> Self {
        Self {
            outbox,
            portal,
            clock,
            settings: Arc::new(settings),
            recorded,
            places: Arc::default(),
        }
    }

    /// Does all that is due now, until nothing is due any more.
    ///
    /// # Errors
    /// [`OutboxError`] when the store fails; what was claimed comes back by its lease.
    pub async fn run_due(&self) -> Result<Round, OutboxError> {
        let mut total = Round::default();
        loop {
            let round = self.one_batch().await?;
            total.add(round);
            // What was put back is due again at once, and would be put back again.
            if round.claims == round.put_back {
                return Ok(total);
            }
        }
    }

    /// Works until `stop` is cancelled; attempts under way are finished first. A place
    /// is filled again as soon as it is free, so that a slow dossier holds up no other.
    pub async fn run(&self, stop: CancellationToken) {
        let mut running = JoinSet::new();
        while !(stop.is_cancelled() && running.is_empty()) {
            let pause = if stop.is_cancelled() {
                LONGEST_SLEEP
            } else {
                self.fill_and_pause(&mut running).await
            };
            // Told to stop while it was filling: nothing below would wake it.
            if stop.is_cancelled() && running.is_empty() {
                return;
            }
            tokio::select! {
                Some(ended) = running.join_next() => report(ended),
                () = stop.cancelled(), if !stop.is_cancelled() => {}
                () = self.recorded.notified(), if !stop.is_cancelled() => {}
                () = self.places.freed.notified(), if !stop.is_cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
            // One claim for all the places that became free meanwhile.
            while let Some(ended) = running.try_join_next() {
                report(ended);
            }
        }
    }

    /// Fills the free places; how long to sleep when nothing happens by itself.
    async fn fill_and_pause(&self, running: &mut Attempts) -> Duration {
        match self.fill(running).await {
            // Whatever is due waits for a place, and a place becomes free by an event.
            Ok(Filled::Full) => LONGEST_SLEEP,
            Ok(Filled::Parked { left }) => left.clamp(SHORTEST_SLEEP, LONGEST_SLEEP),
            Ok(Filled::Claimed(_)) if self.free(running) == 0 => LONGEST_SLEEP,
            Ok(Filled::Claimed(_)) => self.pause().await,
            Err(error) => {
                tracing::error!(%error, "the sync worker cannot use its store");
                STORE_PAUSE
            }
        }
    }

    /// Places that are free. A store that is slower than the portal holds new attempts
    /// back, so that the ends of old ones do not pile up.
    fn free(&self, running: &Attempts) -> usize {
        let parallel = self.settings.parallel.get();
        let for_calls = parallel.saturating_sub(self.places.taken.load(Ordering::SeqCst));
        let for_attempts = parallel.saturating_mul(2).saturating_sub(running.len());
        for_calls.min(for_attempts)
    }

    /// How long to sleep when nothing is due.
    async fn pause(&self) -> Duration {
        match self.outbox.next_due().await {
            Ok(Some(due)) => {
                let wait = due
                    .duration_since(self.clock.now())
                    .max(SignedDuration::ZERO);
                Duration::try_from(wait)
                    .unwrap_or(LONGEST_SLEEP)
                    .min(LONGEST_SLEEP)
            }
            Ok(None) => LONGEST_SLEEP,
            Err(_) => STORE_PAUSE,
        }
    }

    /// One claim for each place, and waits for all of them.
    async fn one_batch(&self) -> Result<Round, OutboxError> {
        let mut running = JoinSet::new();
        let mut round = Round {
            claims: match self.fill(&mut running).await? {
                Filled::Claimed(claims) => claims,
                Filled::Full | Filled::Parked { .. } => 0,
            },
            ..Round::default()
        };
        let mut failure = None;
        while let Some(ended) = running.join_next().await {
            match finished(ended) {
                Ok(done) => round.add(done),
                Err(error) => failure = Some(error),
            }
        }
        failure.map_or(Ok(round), Err)
    }

    /// Begins an attempt in every free place for which something is due.
    async fn fill(&self, running: &mut Attempts) -> Result<Filled, OutboxError> {
        let free = self.free(running);
        let (places, probe) = match self.portal.admission() {
            Admission::Free => (free, false),
            // The portal may be free again only when that attempt has been answered.
            Admission::Probe if self.places.probing.load(Ordering::SeqCst) => (0, true),
            Admission::Probe => (free.min(1), true),
            Admission::Parked { left } => return Ok(Filled::Parked { left }),
        };
        let Some(limit) = NonZeroUsize::new(places) else {
            return Ok(Filled::Full);
        };
        let asked = Instant::now();
        let claims = self
            .outbox
            .claim(ClaimRequest {
                now: self.clock.now(),
                lease: self.settings.lease,
                limit,
                steps_per_call: NonZeroUsize::new(self.portal.steps_per_call())
                    .unwrap_or(NonZeroUsize::MIN),
                worker: self.settings.name.clone(),
            })
            .await?;
        let taken = claims.len();
        for claim in claims {
            let worker = self.clone();
            let place = Place::take(&self.places, probe);
            let time = self.time_from(asked);
            running.spawn(async move { worker.work(claim, time, place).await });
        }
        Ok(Filled::Claimed(taken))
    }

    /// The time for an attempt at a claim that was asked for at `asked`.
    fn time_from(&self, asked: Instant) -> Time {
        let budget = self.settings.call_budget;
        let held = self.settings.lease.saturating_sub(MARGIN);
        Time {
            until: (Instant::now() + budget).min(asked + held),
            // With less, many an answer would be lost that could have been had.
            least: budget / 2,
        }
    }
}

/// What came of filling the free places.
enum Filled {
    /// There is no place.
    Full,
    /// The portal is left alone.
    Parked {
        /// Time after which to try again.
        left: Duration,
    },
    /// So many claims were begun.
    Claimed(usize),
}

impl Place {
    fn take(places: &Arc<Places>, probe: bool) -> Self {
        places.taken.fetch_add(1, Ordering::SeqCst);
        if probe {
            places.probing.store(true, Ordering::SeqCst);
        }
        Self {
            places: Arc::clone(places),
            probe,
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.taken.fetch_sub(1, Ordering::SeqCst);
        if self.probe {
            self.places.probing.store(false, Ordering::SeqCst);
        }
        self.places.freed.notify_one();
    }
}

type Ended = Result<Result<Round, OutboxError>, JoinError>;

fn report(ended: Ended) {
    if let Err(error) = finished(ended) {
        tracing::error!(%error, "an attempt's end could not be recorded");
    }
}

/// What an attempt did; one that ended in a panic comes back by its lease.
fn finished(ended: Ended) -> Result<Round, OutboxError> {
    ended.unwrap_or_else(|_| {
        tracing::error!("an attempt at the portal ended in a panic");
        Ok(Round::default())
    })
}

impl Round {
    fn of(next: NextStep) -> Self {
        let mut round = Self::default();
        match next {
            NextStep::Accepted { .. } => round.accepted = 1,
            NextStep::SendNow | NextStep::SendAt(_) => round.postponed = 1,
            NextStep::AskAt(_) => round.unknown = 1,
            NextStep::Refuse | NextStep::GiveUp => round.given_up = 1,
        }
        round
    }

    fn lost() -> Self {
        Self {
            lost: 1,
            ..Self::default()
        }
    }

    fn put_back() -> Self {
        Self {
            put_back: 1,
            ..Self::default()
        }
    }

    fn add(&mut self, other: Self) {
        self.claims += other.claims;
        self.accepted += other.accepted;
        self.postponed += other.postponed;
        self.unknown += other.unknown;
        self.given_up += other.given_up;
        self.lost += other.lost;
        self.put_back += other.put_back;
    }
}

#[cfg(test)]
pub(crate) mod tests;
