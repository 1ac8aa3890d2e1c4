//! A credential that all callers share: an LGSP token, a portal session.
//!
//! However many callers want it at once, it is fetched once, by a task of its own
//! that no caller can end by hanging up. A caller whose credential was refused
//! names the *generation* that was refused, so that ten refusals of the same
//! session lead to one log-in and not to ten.
//!
//! A failed fetch is not repeated at once either: for a pause everybody hears of the
//! failure that was. After a refusal the pause doubles while refusals go on, because an
//! account with a wrong password would be locked otherwise; after an outage it stays as
//! short as the owner says, so that work goes on as soon as the upstream is back.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use lienthong_core::clock::Clock;
use tokio::sync::watch;
use tokio::time::Instant;

/// Pause after a first refusal; each further refusal doubles it.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// Longest pause between two fetches that are refused.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// Tells a no from an outage.
pub trait FetchFailure {
    /// Whether the upstream said no to what the gateway logs in with.
    fn is_refusal(&self) -> bool;
}

/// What a fetch brings.
pub struct Fresh<T> {
    /// The credential.
    pub value: T,
    /// For how long it is valid, counted from the start of the fetch.
    pub lifetime: Duration,
}

/// A credential that may be used now. `Debug` shows its generation only.
pub struct Issued<T> {
    /// The credential.
    pub value: Arc<T>,
    /// Which fetch brought it, counted from 1.
    pub generation: u64,
}

impl<T> Clone for Issued<T> {
    fn clone(&self) -> Self {
        Self {
            value: Arc::clone(&self.value),
            generation: self.generation,
        }
    }
}

impl<T> fmt::Debug for Issued<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issued")
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

/// Why there is no credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoCredential<E> {
    /// The fetch failed.
    Failed(E),
    /// The fetch took longer than its limit.
    TimedOut,
    /// The fetching task ended without a result.
    Lost,
}

impl<E: FetchFailure> FetchFailure for NoCredential<E> {
    fn is_refusal(&self) -> bool {
        match self {
            Self::Failed(failure) => failure.is_refusal(),
            Self::TimedOut | Self::Lost => false,
        }
    }
}

/// When a credential is fetched anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renewal {
    /// How long before its end a credential is fetched anew, while the held one is used
    /// on; at most half of its lifetime counts.
    pub margin: Duration,
    /// Time for one fetch.
    pub time_limit: Duration,
    /// Pause after a fetch that failed without a refusal.
    pub outage_pause: Duration,
}

/// One credential for all callers. Cheap to clone; clones share it.
pub struct SharedCredential<T, E> {
    shared: Arc<Shared<T, E>>,
}

struct Shared<T, E> {
    state: Mutex<State<T, E>>,
    renewal: Renewal,
    clock: Arc<dyn Clock>,
    fetch: Box<dyn Fn() -> BoxFuture<'static, Result<Fresh<T>, E>> + Send + Sync>,
}

struct State<T, E> {
    held: Option<Held<T>>,
    generations: u64,
    flight: Option<Flight<T, E>>,
    failure: Option<Failure<E>>,
    /// Pause after the last refusal; an outage in between does not shorten the next.
    refusal_pause: Option<Duration>,
}

/// The last fetch, when it failed.
struct Failure<E> {
    reason: NoCredential<E>,
    until: Instant,
}

struct Held<T> {
    issued: Issued<T>,
    /// From here on another one is fetched.
    fresh_until: Timestamp,
    /// From here on it is not used any more.
    valid_until: Timestamp,
}

type Landing<T, E> = Result<Issued<T>, NoCredential<E>>;
type Flight<T, E> = watch::Receiver<Option<Landing<T, E>>>;

impl<T, E> Clone for SharedCredential<T, E> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<T, E> fmt::Debug for SharedCredential<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedCredential")
            .field("renewal", &self.shared.renewal)
            .finish_non_exhaustive()
    }
}

impl<T, E> SharedCredential<T, E>
where
    T: Send + Sync + 'static,
    E: Clone + FetchFailure + Send + Sync + 'static,
{
    /// A credential that `fetch` brings. Nothing is fetched yet.
    pub fn new<F, Fut>(renewal: Renewal, clock: Arc<dyn Clock>, fetch: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Fresh<T>, E>> + Send + 'static,
    {
        let state = State {
            held: None,
            generations: 0,
            flight: None,
            failure: None,
            refusal_pause: None,
        };
        let shared = Shared {
            state: Mutex::new(state),
            renewal,
            clock,
            fetch: Box::new(move || Box::pin(fetch())),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// The credential; waits for one to be fetched only when there is none that is still
    /// valid. Shortly before its end another is fetched behind the caller's back.
    ///
    /// # Errors
    /// [`NoCredential`] when the fetch that this call joined or began failed, or an
    /// earlier one so short a time ago that none is begun yet.
    pub async fn get(&self) -> Landing<T, E> {
        self.other_than(0).await
    }

    /// A credential of another generation than `refused`, which the upstream did
    /// not take. Fetches anew only when nobody has yet.
    ///
    /// # Errors
    /// As [`SharedCredential::get`].
    pub async fn renew(&self, refused: u64) -> Landing<T, E> {
        self.other_than(refused).await
    }

    async fn other_than(&self, refused: u64) -> Landing<T, E> {
        let mut flight = {
            let now = self.shared.clock.now();
            let mut state = self.shared.lock();
            let usable = state
                .held
                .as_ref()
                .filter(|held| held.issued.generation != refused && now < held.valid_until)
                .map(|held| (held.issued.clone(), now < held.fresh_until));
            if let Some((issued, true)) = usable {
                return Ok(issued);
            }
            let failure = state.failure.as_ref().filter(|it| it.is_recent());
            let failure = failure.map(|failure| failure.reason.clone());
            match (usable, failure) {
                (Some((issued, _)), failure) => {
                    if failure.is_none() {
                        self.join(&mut state);
                    }
                    return Ok(issued);
                }
                (None, Some(reason)) => return Err(reason),
                (None, None) => self.join(&mut state),
            }
        };
        match flight.wait_for(Option::is_some).await {
            Ok(landed) => landed.clone().unwrap_or(Err(NoCredential::Lost)),
            Err(_) => Err(NoCredential::Lost),
        }
    }

    /// The fetch under way, or a new one.
    fn join(&self, state: &mut State<T, E>) -> Flight<T, E> {
        // A closed channel belongs to a fetch that panicked.
        if let Some(flight) = state
            .flight
            .as_ref()
            .filter(|flight| flight.has_changed().is_ok())
        {
            return flight.clone();
        }
        let (landing, flight) = watch::channel(None);
        state.flight = Some(flight.clone());
        tokio::spawn(fly(Arc::clone(&self.shared), landing));
        flight
    }
}

impl<T, E> Shared<T, E> {
    fn lock(&self) -> MutexGuard<'_, State<T, E>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn fly<T, E: Clone + FetchFailure>(
    shared: Arc<Shared<T, E>>,
    landing: watch::Sender<Option<Landing<T, E>>>,
) {
    let started = shared.clock.now();
    let landed = match tokio::time::timeout(shared.renewal.time_limit, (shared.fetch)()).await {
        Ok(Ok(fresh)) => Ok(fresh),
        Ok(Err(error)) => Err(NoCredential::Failed(error)),
        Err(_) => Err(NoCredential::TimedOut),
    };
    let landed = {
        let mut state = shared.lock();
        state.flight = None;
        match landed {
            Ok(fresh) => Ok(state.hold(fresh, started, shared.renewal.margin)),
            Err(reason) => Err(state.fail(reason, shared.renewal.outage_pause)),
        }
    };
    landing.send_replace(Some(landed));
}

impl<T, E> State<T, E> {
    fn hold(&mut self, fresh: Fresh<T>, started: Timestamp, margin: Duration) -> Issued<T> {
        self.generations += 1;
        let issued = Issued {
            value: Arc::new(fresh.value),
            generation: self.generations,
        };
        // A short-lived credential must not be fetched anew at once, hence the half.
        let margin = margin.min(fresh.lifetime / 2);
        let after = |time: Duration| {
            let time = SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX);
            started.saturating_add(time).unwrap_or(Timestamp::MAX)
        };
        self.held = Some(Held {
            issued: issued.clone(),
            fresh_until: after(fresh.lifetime.saturating_sub(margin)),
            valid_until: after(fresh.lifetime),
        });
        self.failure = None;
        self.refusal_pause = None;
        issued
    }
}

impl<T, E: Clone + FetchFailure> State<T, E> {
    fn fail(&mut self, reason: NoCredential<E>, outage_pause: Duration) -> NoCredential<E> {
        let pause = if reason.is_refusal() {
            let longer = self
                .refusal_pause
                .map(|before| (before * 2).min(LONGEST_PAUSE));
            *self.refusal_pause.insert(longer.unwrap_or(FIRST_PAUSE))
        } else {
            outage_pause
        };
        self.failure = Some(Failure {
            reason: reason.clone(),
            until: Instant::now() + pause,
        });
        reason
    }
}

impl<E> Failure<E> {
    fn is_recent(&self) -> bool {
        Instant::now() < self.until
    }
}

#[cfg(test)]
mod tests;
