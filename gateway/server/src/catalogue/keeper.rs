//! The keeper of the catalogue: fetches it on schedule and when an operator asks for it.
//!
//! What a reader would get wrong: a fetch belongs to nobody who waits for it. It runs in a
//! task of its own, so that a caller who hangs up does not waste what was asked so far, and
//! there is never a second one while one runs.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jiff::Timestamp;
use lienthong_core::access::OfficerId;
use lienthong_core::catalogue::{
    CatalogueChange, Change, FetchPlan, LastFetch, Listings, Loss, StepCounts, VanishedCode,
    codes_that_vanished,
};
use lienthong_core::clock::Clock;
use lienthong_core::essential::ServiceList;
use lienthong_core::ports::catalogue::{
    CatalogueSource, CatalogueState, CatalogueStore, CatalogueStoreError, FetchOutcome,
    FetchRecord, NextCatalogue,
};
use lienthong_core::procedure::ProcedureCode;
use lienthong_core::share::Percent;
use thiserror::Error;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio_util::sync::CancellationToken;

use super::fetching::{Brought, Fetch, NotTaken};
use super::held::{Held, Trouble, troubles};
use super::sides::KeptSide;

/// How often it is looked whether a fetch is due.
const LOOK: Duration = Duration::from_secs(20);

/// How the catalogue is fetched.
#[derive(Debug, Clone, Copy)]
pub struct FetchRules {
    /// When.
    pub plan: FetchPlan,
    /// Share of the procedures at whose loss a list is refused.
    pub most_lost: Percent,
    /// Per cent of the procedures that may go without their details.
    pub most_missing: u8,
    /// Questions at the same time.
    pub parallel: NonZeroUsize,
    /// Time for one question.
    pub call_budget: Duration,
    /// Time for the whole fetch.
    pub total: Duration,
}

/// What a keeper works with.
pub struct KeeperParts {
    /// Where the catalogue comes from.
    pub source: Arc<dyn CatalogueSource>,
    /// Where it is kept.
    pub store: Arc<dyn CatalogueStore>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// How it is fetched.
    pub rules: FetchRules,
    /// The essential services, whose codes must be listed.
    pub services: ServiceList,
    /// Cancelled when the gateway begins to stop.
    pub stopping: CancellationToken,
}

/// Who wants a fetch, and how.
#[derive(Debug, Clone)]
pub struct Order {
    /// Mã cán bộ.
    pub by: OfficerId,
    /// Take a catalogue also when it has lost much.
    pub accept_shrink: bool,
}

/// What a fetch brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refreshed {
    /// Which catalogue is held now.
    pub state: CatalogueState,
    /// How much it changed.
    pub counts: StepCounts,
    /// Rows of the source whose code is none.
    pub left_out: u64,
    /// Rows of the source for a code that came before.
    pub repeated: u64,
    /// Codes of essential services that went with it.
    pub vanished: Vec<VanishedCode>,
}

/// Why a fetch that was asked for brought no catalogue; what is held stays.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum RefreshError {
    /// Another fetch is under way.
    #[error("a fetch of the catalogue is under way")]
    Running,
    /// The gateway stops.
    #[error("the gateway is stopping")]
    Stopping,
    /// The source failed.
    #[error("the catalogue did not come: {reason}")]
    Failed {
        /// Why, in our words.
        reason: String,
    },
    /// The catalogue has lost too many procedures.
    #[error("the catalogue has lost {} of {} procedures and is refused", .0.lost, .0.held)]
    Shrunk(Loss),
    /// The catalogue lists nothing.
    #[error("the catalogue lists nothing and is refused")]
    Empty,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] CatalogueStoreError),
}

/// Keeps the catalogue.
pub struct Keeper {
    parts: KeeperParts,
    held: RwLock<Option<Arc<Held>>>,
    last: RwLock<Option<FetchRecord>>,
    /// What was not taken with the catalogue that this process took last.
    kept: RwLock<Vec<KeptSide>>,
    running: Arc<Mutex<()>>,
    fetching: AtomicBool,
}

impl Keeper {
    /// Reads what is held. Nothing is fetched yet.
    ///
    /// # Errors
    /// [`CatalogueStoreError`] of the store.
    pub async fn open(parts: KeeperParts) -> Result<Arc<Self>, CatalogueStoreError> {
        let held = read_held(parts.store.as_ref()).await?;
        let last = parts.store.last_fetch().await?;
        Ok(Arc::new(Self {
            parts,
            held: RwLock::new(held),
            last: RwLock::new(last),
            kept: RwLock::default(),
            running: Arc::default(),
            fetching: AtomicBool::new(false),
        }))
    }

    /// The catalogue that is held; `None` while none was taken.
    #[must_use]
    pub fn held(&self) -> Option<Arc<Held>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.clone()
    }

    /// The last fetch, whatever came of it.
    #[must_use]
    pub fn last(&self) -> Option<FetchRecord> {
        let last = self.last.read().unwrap_or_else(PoisonError::into_inner);
        last.clone()
    }

    /// Whether a fetch is under way.
    #[must_use]
    pub fn is_fetching(&self) -> bool {
        self.fetching.load(Ordering::Relaxed)
    }

    /// Where it is kept.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn CatalogueStore> {
        &self.parts.store
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }

    /// How it is fetched.
    #[must_use]
    pub fn rules(&self) -> &FetchRules {
        &self.parts.rules
    }

    /// Everything that is wrong with the catalogue, the worst first.
    #[must_use]
    pub fn troubles(&self) -> Vec<Trouble> {
        let (held, last) = (self.held(), self.last());
        let parts = &self.parts;
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        troubles(
            held.as_deref(),
            last.as_ref(),
            &kept,
            &parts.rules,
            &parts.services,
            self.now(),
        )
    }

    /// Fetches the catalogue now. A caller who stops waiting does not end the fetch.
    ///
    /// # Errors
    /// [`RefreshError`]; what is held stays.
    pub async fn refresh(self: &Arc<Self>, order: Order) -> Result<Refreshed, RefreshError> {
        let Ok(turn) = Arc::clone(&self.running).try_lock_owned() else {
            return Err(RefreshError::Running);
        };
        let task = tokio::spawn(Arc::clone(self).fetch_unless_stopped(order, turn));
        task.await.unwrap_or(Err(RefreshError::Stopping))
    }

    async fn fetch_unless_stopped(
        self: Arc<Self>,
        order: Order,
        _turn: OwnedMutexGuard<()>,
    ) -> Result<Refreshed, RefreshError> {
        let _shown = Shown::on(&self.fetching);
        let stopping = self.parts.stopping.clone();
        tokio::select! {
            biased;
            () = stopping.cancelled() => Err(RefreshError::Stopping),
            fetched = self.fetch(order) => fetched,
        }
    }

    async fn fetch(&self, order: Order) -> Result<Refreshed, RefreshError> {
        let parts = &self.parts;
        let fetch = Fetch {
            source: parts.source.as_ref(),
            store: parts.store.as_ref(),
            rules: &parts.rules,
            accept_shrink: order.accept_shrink,
            now: self.now(),
        };
        match fetch.run().await {
            Ok(brought) => self.take(brought, order).await,
            Err(not_taken) => Err(self.refuse(not_taken, order).await),
        }
    }

    async fn take(&self, brought: Brought, order: Order) -> Result<Refreshed, RefreshError> {
        let Brought {
            step,
            list,
            units,
            fields,
            kept,
        } = brought;
        let counts = step.counts;
        let record = self.record(order, FetchOutcome::Taken { counts });
        let next = NextCatalogue {
            profile: self.parts.source.profile().to_owned(),
            rows: step.rows,
            changes: step.changes,
            units,
            fields,
        };
        let vanished = self.vanished(&next.changes);
        let store = &self.parts.store;
        let state = store.replace(next, record.clone()).await?;
        let held = read_held(store.as_ref()).await?;
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = held;
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = kept;
        self.remember(record);
        tracing::info!(
            version = state.version,
            procedures = state.procedures,
            added = counts.added,
            changed = counts.changed,
            withdrawn = counts.withdrawn,
            restored = counts.restored,
            details_not_fetched = counts.not_fetched,
            "the procedure catalogue was taken"
        );
        warn_of_vanished(&vanished);
        self.warn_of_services();
        Ok(Refreshed {
            state,
            counts,
            left_out: list.unreadable,
            repeated: list.repeated,
            vanished,
        })
    }

    /// Records why nothing was taken, and says so loudly where a person must decide.
    async fn refuse(&self, not_taken: NotTaken, order: Order) -> RefreshError {
        let outcome = match &not_taken {
            NotTaken::Shrunk(loss) => FetchOutcome::Shrunk(*loss),
            NotTaken::Empty => FetchOutcome::Empty,
            NotTaken::Source { .. }
            | NotTaken::Details { .. }
            | NotTaken::TooSlow { .. }
            | NotTaken::Store(_) => FetchOutcome::Failed {
                reason: not_taken.to_string(),
            },
        };
        match &not_taken {
            NotTaken::Shrunk(loss) => tracing::error!(
                held = loss.held,
                offered = loss.offered,
                lost = loss.lost,
                "the procedure catalogue has lost too many procedures and is refused; the one \
                 that is held stays until an operator takes it"
            ),
            NotTaken::Empty => tracing::error!(
                "the procedure catalogue lists nothing and is refused; the one that is held stays"
            ),
            NotTaken::Source { .. }
            | NotTaken::Details { .. }
            | NotTaken::TooSlow { .. }
            | NotTaken::Store(_) => {
                tracing::warn!(error = %not_taken, "the procedure catalogue was not fetched");
            }
        }
        let record = self.record(order, outcome);
        if let Err(error) = self.parts.store.note(record.clone()).await {
            tracing::warn!(%error, "a fetch of the procedure catalogue is not recorded");
        }
        self.remember(record);
        match not_taken {
            NotTaken::Shrunk(loss) => RefreshError::Shrunk(loss),
            NotTaken::Empty => RefreshError::Empty,
            NotTaken::Store(error) => RefreshError::Store(error),
            NotTaken::Source { .. } | NotTaken::Details { .. } | NotTaken::TooSlow { .. } => {
                RefreshError::Failed {
                    reason: not_taken.to_string(),
                }
            }
        }
    }

    fn record(&self, order: Order, outcome: FetchOutcome) -> FetchRecord {
        FetchRecord {
            at: self.now(),
            by: order.by,
            accept_shrink: order.accept_shrink,
            outcome,
        }
    }

    fn remember(&self, record: FetchRecord) {
        *self.last.write().unwrap_or_else(PoisonError::into_inner) = Some(record);
    }

    /// The codes of essential services that go with `changes`.
    fn vanished(&self, changes: &[Change]) -> Vec<VanishedCode> {
        let now = self.now();
        let changes = changes.iter().cloned().map(|change| CatalogueChange {
            code: change.code,
            name: change.name,
            kind: change.kind,
            fields: change.fields,
            seen_at: now,
            version: String::new(),
        });
        let changes: Vec<CatalogueChange> = changes.collect();
        codes_that_vanished(&changes, &self.parts.services)
    }

    fn warn_of_services(&self) {
        for trouble in self.troubles() {
            if let Trouble::NotListed(codes) = trouble {
                let codes: Vec<&str> = codes.iter().map(|it| it.code.as_str()).collect();
                tracing::warn!(
                    codes = codes.join(", "),
                    "codes of essential services are not listed in the procedure catalogue"
                );
            }
        }
    }

    /// Fetches the catalogue when that is due; whether it was.
    pub async fn run_due(self: &Arc<Self>) -> bool {
        let last = self.last().map(|record| LastFetch {
            at: record.at,
            failed: matches!(record.outcome, FetchOutcome::Failed { .. }),
        });
        let fetched_at = self.held().map(|held| held.state.fetched_at);
        if !self.parts.rules.plan.is_due(self.now(), last, fetched_at) {
            return false;
        }
        let order = Order {
            by: OfficerId::gateway(),
            accept_shrink: false,
        };
        // What came of it is recorded and logged already.
        drop(self.refresh(order).await);
        true
    }

    /// Looks after the catalogue until `stop` is cancelled.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = self.run_due() => {}
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }
}

/// A flag that is up as long as this lives, also through a panic.
struct Shown<'f>(&'f AtomicBool);

impl<'f> Shown<'f> {
    fn on(flag: &'f AtomicBool) -> Self {
        flag.store(true, Ordering::Relaxed);
        Self(flag)
    }
}

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

async fn read_held(store: &dyn CatalogueStore) -> Result<Option<Arc<Held>>, CatalogueStoreError> {
    let Some(state) = store.state().await? else {
        return Ok(None);
    };
    let listings = Listings::new(store.listings().await?);
    Ok(Some(Arc::new(Held { state, listings })))
}

/// Says once, when it happens, which services a code is missing from.
fn warn_of_vanished(vanished: &[VanishedCode]) {
    for gone in vanished {
        let services = gone.services.iter().map(|(number, _)| number.to_string());
        let services: Vec<String> = services.collect();
        tracing::warn!(
            code = gone.code.as_str(),
            services = services.join(", "),
            replaced_by = gone.replaced_by.as_ref().map_or("-", ProcedureCode::as_str),
            "a code of essential services vanished from the procedure catalogue; look for the \
             document that repeals it"
        );
    }
}
