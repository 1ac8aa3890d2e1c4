//! The keeper of the catalogue: fetches it on schedule and when an operator asks for it.
//!
//! What a reader would get wrong: a fetch belongs to nobody who waits for it. It runs in a
//! task of its own, so that a caller who hangs up does not waste what was asked so far, and
//! there is never a second one while one runs.

mod order;
mod parts;
mod taking;

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use futures_util::FutureExt as _;
use jiff::Timestamp;
use lienthong_core::access::OfficerId;
use lienthong_core::catalogue::LastFetch;
use lienthong_core::essential::ServiceList;
use lienthong_core::ports::catalogue::{
    CatalogueStore, CatalogueStoreError, FetchOutcome, FetchRecord,
};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio_util::sync::CancellationToken;

pub use order::{Order, RefreshError, Refreshed};
pub use parts::{FetchRules, KeeperParts};

use super::fetching::{Fetch, NotTaken};
use super::held::{Held, Trouble, read_held, troubles};

/// How often it is looked whether a fetch is due.
const LOOK: Duration = Duration::from_secs(20);

/// Fetches that matter for what is held.
#[derive(Debug, Default)]
pub(super) struct Fetches {
    /// The last one, whatever came of it.
    pub(super) last: Option<FetchRecord>,
    /// Those that were refused since a catalogue was last taken.
    pub(super) refusals: Vec<FetchRecord>,
}

/// Keeps the catalogue.
pub struct Keeper {
    parts: KeeperParts,
    held: RwLock<Option<Arc<Held>>>,
    fetches: RwLock<Fetches>,
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
        let fetches = Fetches {
            last: parts.store.last_fetch().await?,
            refusals: parts.store.refusals().await?,
        };
        Ok(Arc::new(Self {
            parts,
            held: RwLock::new(held),
            fetches: RwLock::new(fetches),
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
        let fetches = self.fetches.read().unwrap_or_else(PoisonError::into_inner);
        fetches.last.clone()
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

    /// The essential services, whose codes must be listed.
    #[must_use]
    pub fn services(&self) -> &ServiceList {
        &self.parts.services
    }

    /// How it is fetched.
    #[must_use]
    pub fn rules(&self) -> &FetchRules {
        &self.parts.rules
    }

    /// Everything that is wrong with the catalogue, the worst first.
    #[must_use]
    pub fn troubles(&self) -> Vec<Trouble> {
        let fetches = self.fetches.read().unwrap_or_else(PoisonError::into_inner);
        let parts = &self.parts;
        troubles(
            self.held().as_deref(),
            &fetches,
            &parts.rules.plan,
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
            fetched = AssertUnwindSafe(self.fetch(order.clone())).catch_unwind() => match fetched {
                Ok(fetched) => fetched,
                // Else the next fetch would be due at once, and end in the same way.
                Err(_) => Err(self.refuse(NotTaken::Broken, order).await),
            },
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
