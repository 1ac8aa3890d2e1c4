//! A population profile behind its protection: maintenance, breaker, quota, rate,
//! bulkhead (vách ngăn) and at most one more try.
//!
//! Whatever refuses does so at once; only for a place among the look-ups at work is
//! there a short wait. A look-up is tried once more only when no connection came about,
//! because each request that arrives is a logged access to a citizen's record
//! (population.md 12): a throttled, broken-off or slow call is never repeated here.

mod gates;
mod journal;
mod settings;

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use lienthong_core::citizen::CitizenQuery;
use lienthong_core::clock::Clock;
use lienthong_core::guard::status::GuardStatus;
use lienthong_core::ports::population::{
    CitizenAnswer, HouseholdAnswer, LookupCall, Observed, Operation, PopulationError,
    PopulationRegistry, Unanswered,
};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep, timeout};
use tower::retry::budget::{Budget as _, TpsBudget};

use self::gates::{Ending, Entry, Gates};
pub use self::settings::{GuardSettings, RetryRule};

/// How long a look-up counts for the share of second tries.
const RETRY_WINDOW: Duration = Duration::from_secs(10);

/// Bounds of the pause before a second try, in milliseconds; drawn by chance, so that
/// callers who failed together do not come back together.
pub(super) const RETRY_PAUSE: std::ops::Range<u64> = 25..75;

/// Time that must be left after the pause for a second try to be worth it.
const RETRY_NEEDS: Duration = Duration::from_millis(100);

/// A profile, protected.
pub struct Guarded {
    inner: Arc<dyn PopulationRegistry>,
    gates: Gates,
    places: Semaphore,
    wait: Duration,
    retries: TpsBudget,
}

impl fmt::Debug for Guarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded")
            .field("profile", &self.inner.profile())
            .field("gates", &self.gates)
            .finish_non_exhaustive()
    }
}

impl Guarded {
    /// Protects `inner`. Nothing is sent.
    #[must_use]
    pub fn new(
        inner: Arc<dyn PopulationRegistry>,
        clock: Arc<dyn Clock>,
        settings: GuardSettings,
    ) -> Self {
        let places = usize::try_from(settings.parallel.get())
            .unwrap_or(Semaphore::MAX_PERMITS)
            .min(Semaphore::MAX_PERMITS);
        let retry = settings.retry;
        let wait = settings.wait;
        let share = f32::from(retry.percent.get()) / 100.0;
        Self {
            gates: Gates::new(inner.profile().to_owned(), clock, settings),
            inner,
            places: Semaphore::new(places),
            wait,
            // The budget takes no greater floor, and none that great has a use.
            retries: TpsBudget::new(RETRY_WINDOW, retry.floor.min(1_000_000), share),
        }
    }

    /// Counts `used` requests as sent on this day already, so that a restart does not
    /// begin the day's quota anew. To be called once, before the first look-up.
    pub fn seed_quota(&self, used: u64) {
        self.gates.seed_quota(used);
    }

    /// What is known of the upstream now.
    #[must_use]
    pub fn status(&self) -> GuardStatus {
        self.gates.status()
    }

    /// Makes one look-up with `ask`, and a second try where that is harmless.
    async fn guard<T, Asking>(
        &self,
        operation: Operation,
        call: &LookupCall,
        ask: impl Fn(LookupCall) -> Asking + Send + Sync,
    ) -> Result<Observed<T>, Unanswered>
    where
        T: Send,
        Asking: Future<Output = Result<Observed<T>, Unanswered>> + Send,
    {
        // What would not be sent anyway must use up neither rate nor probe.
        self.inner.admit(operation, call)?;
        let _place = self.place(call).await?;
        let entry = self.gates.enter(call)?;
        self.retries.deposit();
        let mut begun = Begun::now(call);
        let mut result = ask(call.clone()).await;
        if let Err(failed) = &result
            && failed.error == PopulationError::Unreachable
            && self.pause_before_retry(call, &entry).await
        {
            let before = failed.attempts;
            begun = Begun::now(call);
            result = add(before, ask(call.clone()).await);
        }
        let (failure, sent) = match &result {
            Ok(observed) => (None, observed.attempts),
            Err(failed) => (Some(&failed.error), failed.attempts),
        };
        entry.settle(&Ending::Told {
            failure,
            sent,
            given: begun.given(),
        });
        result
    }

    /// A place among the look-ups at work. Who would be refused afterwards does not wait
    /// for one.
    async fn place(&self, call: &LookupCall) -> Result<SemaphorePermit<'_>, PopulationError> {
        if let Ok(place) = self.places.try_acquire() {
            return Ok(place);
        }
        self.gates.check(call)?;
        let patience = Instant::now() + self.wait;
        let mut place = std::pin::pin!(self.places.acquire());
        loop {
            let wait = patience.saturating_duration_since(Instant::now());
            // The caller's time may have grown since it was last asked for.
            let wait = wait.min(call.budget.left());
            if wait.is_zero() {
                return Err(PopulationError::Busy);
            }
            if let Ok(place) = timeout(wait, place.as_mut()).await {
                return place.map_err(|_| PopulationError::Busy);
            }
        }
    }

    /// Waits a moment if the look-up may be tried once more; says whether it may.
    async fn pause_before_retry(&self, call: &LookupCall, entry: &Entry<'_>) -> bool {
        let pause = Duration::from_millis(rand::random_range(RETRY_PAUSE));
        let worth_it = call.budget.left() >= pause + RETRY_NEEDS && entry.may_try_again();
        if !worth_it || !self.retries.withdraw() {
            return false;
        }
        sleep(pause).await;
        // Others may have opened the breaker meanwhile.
        entry.may_try_again()
    }
}

/// A try under way.
struct Begun {
    at: Instant,
    /// Time that the call had then.
    left: Duration,
}

impl Begun {
    fn now(call: &LookupCall) -> Self {
        Self {
            at: Instant::now(),
            left: call.budget.left(),
        }
    }

    /// Time that the upstream had to answer: what it was granted, or more if the call's
    /// time grew meanwhile.
    fn given(&self) -> Duration {
        self.left.max(self.at.elapsed())
    }
}

/// The result of a second try with the requests of the first counted in.
fn add<T>(before: u32, result: Result<Observed<T>, Unanswered>) -> Result<Observed<T>, Unanswered> {
    match result {
        Ok(observed) => Ok(Observed {
            attempts: observed.attempts.saturating_add(before),
            ..observed
        }),
        Err(failed) => Err(Unanswered {
            attempts: failed.attempts.saturating_add(before),
            ..failed
        }),
    }
}

#[async_trait]
impl PopulationRegistry for Guarded {
    fn profile(&self) -> &str {
        self.inner.profile()
    }

    fn offers(&self, operation: Operation) -> bool {
        self.inner.offers(operation)
    }

    fn admit(&self, operation: Operation, call: &LookupCall) -> Result<(), PopulationError> {
        self.inner.admit(operation, call)
    }

    async fn confirm(
        &self,
        query: &CitizenQuery,
        call: &LookupCall,
    ) -> Result<Observed<bool>, Unanswered> {
        self.guard(Operation::Confirm, call, |call| async move {
            self.inner.confirm(query, &call).await
        })
        .await
    }

    async fn look_up(
        &self,
        query: &CitizenQuery,
        call: &LookupCall,
    ) -> Result<Observed<CitizenAnswer>, Unanswered> {
        self.guard(Operation::LookUp, call, |call| async move {
            self.inner.look_up(query, &call).await
        })
        .await
    }

    async fn household(
        &self,
        query: &CitizenQuery,
        call: &LookupCall,
    ) -> Result<Observed<HouseholdAnswer>, Unanswered> {
        self.guard(Operation::Household, call, |call| async move {
            self.inner.household(query, &call).await
        })
        .await
    }

    async fn relatives(
        &self,
        query: &CitizenQuery,
        call: &LookupCall,
    ) -> Result<Observed<CitizenAnswer>, Unanswered> {
        self.guard(Operation::Relatives, call, |call| async move {
            self.inner.relatives(query, &call).await
        })
        .await
    }
}

#[cfg(test)]
mod tests;
