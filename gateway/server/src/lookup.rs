//! Looking citizens up: permission, what is kept, the source, the record, the answer,
//! in this order.
//!
//! Each look-up runs in a task of its own. A caller who hangs up ends neither the
//! question that went out nor its record, and nothing leaves before the record is
//! durable: an answer that cannot be recorded is not given.

mod figures;
mod find;
mod flights;
mod flown;
mod household;
mod inquiry;
mod record;
mod verify;

#[cfg(test)]
pub(crate) mod tests;

use std::any::Any;
use std::collections::BTreeSet;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use futures_util::FutureExt as _;
use lienthong_adapters::cache::{AnswerCache, NoRandomness};
use lienthong_adapters::keyed_hash::KeyedHash;
use lienthong_core::access::{AccessContext, AccessPolicy};
use lienthong_core::citizen::{CitizenField, CitizenQuery};
use lienthong_core::clock::Clock;
use lienthong_core::guard::status::GuardStatus;
use lienthong_core::lookup::Freshness;
use lienthong_core::lookup::keeping::Keeping;
use lienthong_core::name::KeyRule;
use lienthong_core::places::PlaceCatalogue;
use lienthong_core::ports::audit::{AuditLog, Question};
use lienthong_core::ports::population::PopulationRegistry;
use prometheus_client::registry::Registry;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use crate::status::ServerError;
use figures::LookupFigures;
use flown::{CitizenFlights, HouseholdFlights, VerdictFlights};
pub(crate) use inquiry::{Answered, Origin};
use inquiry::{Failure, Inquiry, Reached};

pub(crate) use find::Found;
pub(crate) use household::FoundHousehold;
pub(crate) use verify::Verification;

const NO_PLACE: ServerError = ServerError::Overloaded {
    retry_after: Duration::from_secs(1),
};

/// How a look-up ended, or the panic in which it did.
type Ended<T> = Result<Result<Reached<T>, Failure>, Box<dyn Any + Send>>;

/// What a running gateway may be given anew: who may see what, and by which key people
/// stand in the record.
#[derive(Debug, Clone)]
pub struct LookupRules {
    /// Who may see what.
    pub policy: AccessPolicy,
    /// Makes the hashes that stand for people.
    pub hash: KeyedHash,
}

/// What look-ups are made of.
pub struct LookupParts {
    /// The population database.
    pub registry: Arc<dyn PopulationRegistry>,
    /// The record of look-ups.
    pub audit: Arc<dyn AuditLog>,
    /// Wall time.
    pub clock: Arc<dyn Clock>,
    /// Place codes of personal numbers.
    pub places: PlaceCatalogue,
    /// Who may see what.
    pub rules: LookupRules,
    /// How a name becomes the key that the profile sends: names that it tells apart are
    /// two questions.
    pub name_key: KeyRule,
    /// What may be kept.
    pub keeping: Keeping,
    /// Most look-ups of single calls that are under way, those included whose callers
    /// have gone; and as many of streams.
    pub most: usize,
    /// Time that is kept back of a caller's deadline for the gateway's own work.
    pub reserve: Duration,
}

/// Looks citizens up on behalf of the calling systems.
pub struct Lookups {
    registry: Arc<dyn PopulationRegistry>,
    audit: Arc<dyn AuditLog>,
    clock: Arc<dyn Clock>,
    places: PlaceCatalogue,
    rules: RwLock<Arc<LookupRules>>,
    name_key: KeyRule,
    cache: Arc<AnswerCache>,
    reserve: Duration,
    single: Arc<Semaphore>,
    items: Arc<Semaphore>,
    verdicts: VerdictFlights,
    citizens: CitizenFlights,
    households: HouseholdFlights,
    under_way: TaskTracker,
    figures: LookupFigures,
}

/// A checked question.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Who asks, for what.
    pub(crate) context: AccessContext,
    /// About whom.
    pub(crate) query: CitizenQuery,
    /// How fresh the answer must be.
    pub(crate) freshness: Freshness,
}

impl Lookups {
    /// Look-ups made of `parts`.
    ///
    /// # Errors
    /// [`NoRandomness`] when the system gives none for the cache's keys.
    pub fn new(parts: LookupParts) -> Result<Self, NoRandomness> {
        let cache = AnswerCache::new(parts.keeping, Arc::clone(&parts.clock))?;
        Ok(Self {
            registry: parts.registry,
            audit: parts.audit,
            clock: parts.clock,
            places: parts.places,
            rules: RwLock::new(Arc::new(parts.rules)),
            name_key: parts.name_key,
            cache: Arc::new(cache),
            reserve: parts.reserve,
            single: Arc::new(Semaphore::new(parts.most)),
            items: Arc::new(Semaphore::new(parts.most)),
            verdicts: VerdictFlights::new(),
            citizens: CitizenFlights::new(),
            households: HouseholdFlights::new(),
            under_way: TaskTracker::new(),
            figures: LookupFigures::default(),
        })
    }

    /// Whether the citizen's data belong together; to be told within `left`.
    pub(crate) async fn verify(
        self: &Arc<Self>,
        asked: Asked,
        left: Duration,
    ) -> Result<Answered<Verification>, ServerError> {
        let place = self.place()?;
        let inquiry = Inquiry::begin(Arc::clone(self), Question::Verify, asked, left);
        self.detached(place, async move {
            let ended = caught(verify::run(&inquiry)).await;
            inquiry.close(Vec::new(), ended).await
        })
        .await
    }

    /// The same as one of many: where a single call is turned away because too much is
    /// asked at once, it waits for its turn.
    pub(crate) async fn verify_in_turn(
        self: &Arc<Self>,
        asked: Asked,
        left: Duration,
    ) -> Result<Answered<Verification>, ServerError> {
        let began = Instant::now();
        let place = tokio::time::timeout(left, Arc::clone(&self.items).acquire_owned());
        let Ok(Ok(place)) = place.await else {
            return Err(NO_PLACE);
        };
        let left = left.saturating_sub(began.elapsed());
        let inquiry = Inquiry::begin(Arc::clone(self), Question::Verify, asked, left);
        self.detached(place, async move {
            let ended = caught(verify::run_in_turn(&inquiry)).await;
            inquiry.close(Vec::new(), ended).await
        })
        .await
    }

    /// The citizen's record, limited to the `fields` asked for and to what the caller may
    /// see; all that it may see without `fields`.
    pub(crate) async fn look_up(
        self: &Arc<Self>,
        asked: Asked,
        fields: Option<BTreeSet<CitizenField>>,
        left: Duration,
    ) -> Result<Answered<Found>, ServerError> {
        let place = self.place()?;
        let inquiry = Inquiry::begin(Arc::clone(self), Question::LookUp, asked, left);
        self.detached(place, async move {
            let asked = fields.unwrap_or_else(|| CitizenField::ALL.iter().copied().collect());
            let ended = caught(find::run(&inquiry, &asked)).await;
            inquiry.close(find::names(&asked), ended).await
        })
        .await
    }

    /// The citizen's household, limited to what the caller may see.
    pub(crate) async fn household(
        self: &Arc<Self>,
        asked: Asked,
        left: Duration,
    ) -> Result<Answered<FoundHousehold>, ServerError> {
        let place = self.place()?;
        let inquiry = Inquiry::begin(Arc::clone(self), Question::Household, asked, left);
        self.detached(place, async move {
            let ended = caught(household::run(&inquiry)).await;
            inquiry.close(household::names(), ended).await
        })
        .await
    }

    /// Goes by other rules from now on; what was kept under the old ones is forgotten.
    pub fn replace_rules(&self, rules: LookupRules) {
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(rules);
        self.cache.clear();
    }

    /// Keeps answers by other rules from now on; what was kept is forgotten.
    pub fn replace_keeping(&self, keeping: Keeping) {
        self.cache.replace(keeping);
    }

    /// Forgets every answer that is kept.
    pub fn clear_cache(&self) {
        self.cache.clear();
    }

    /// What is kept.
    pub(crate) fn cache(&self) -> &AnswerCache {
        &self.cache
    }

    /// Name of the profile that answers.
    pub(crate) fn profile(&self) -> &str {
        self.registry.profile()
    }

    /// Wall time.
    pub(crate) fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    /// Lets `registry` show the figures.
    pub(crate) fn register(&self, registry: &mut Registry) {
        self.figures.register(registry);
    }

    /// Brings the figures up to now; `route` is how the way to the source stands.
    pub(crate) fn take_stock(&self, route: &GuardStatus) {
        let under_way = [
            self.verdicts.in_flight(),
            self.citizens.in_flight(),
            self.households.in_flight(),
        ];
        self.figures
            .set(&self.cache, under_way.into_iter().sum(), route);
    }

    /// Waits until every look-up that has begun is recorded, for `patience` at most;
    /// `false` when some were not.
    pub(crate) async fn settle(&self, patience: Duration) -> bool {
        self.under_way.close();
        tokio::time::timeout(patience, self.under_way.wait())
            .await
            .is_ok()
    }

    fn rules(&self) -> Arc<LookupRules> {
        Arc::clone(&self.rules.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// A place for a single call. The door's own ends with the caller's stream, and a
    /// look-up does not.
    fn place(&self) -> Result<OwnedSemaphorePermit, ServerError> {
        let place = Arc::clone(&self.single).try_acquire_owned();
        place.map_err(|_taken| NO_PLACE)
    }

    /// Runs `work` to its end even if the caller goes away, and gives `place` back then.
    async fn detached<T: Send + 'static>(
        &self,
        place: OwnedSemaphorePermit,
        work: impl Future<Output = Result<T, ServerError>> + Send + 'static,
    ) -> Result<T, ServerError> {
        let work = work.map(move |ended| {
            drop(place);
            ended
        });
        match self.under_way.spawn(work.in_current_span()).await {
            Ok(ended) => ended,
            Err(error) => match error.try_into_panic() {
                // The door answers for panics, with the request's id.
                Ok(panic) => std::panic::resume_unwind(panic),
                // Only a runtime that stops cancels the task, and with it this one.
                Err(_cancelled) => std::future::pending().await,
            },
        }
    }
}

/// Runs `work` so that it can be recorded even if it breaks down.
async fn caught<T>(work: impl Future<Output = Result<Reached<T>, Failure>>) -> Ended<T> {
    AssertUnwindSafe(work).catch_unwind().await
}
