//! The sync as the configuration describes it: the store, the portal, the worker, and what
//! operators start.
//!
//! What a reader would get wrong: everybody asks the portal through one guard, the worker
//! and a reconciliation alike, so that together they keep to one rate and one breaker.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use lienthong_adapters::store::PostgresOutbox;
use lienthong_core::clock::Clock;
use lienthong_core::ports::observations::EventFeed;
use lienthong_core::ports::portal::Portal as _;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::StartError;
use super::catalogue::CatalogueRoute;
use super::parts::Parts;
use super::stores::{Closing, Stores};
use super::upstreams::{self, PortalSides, UpstreamError};
use crate::config::{Config, ReconcileSchedule};
use crate::services::dossier::{DossierParts, Dossiers};
use crate::services::watchers::WatcherPlaces;
use crate::sync::guarded::{GuardSettings, GuardedPortal};
use crate::sync::monitor::SyncMonitor;
use crate::sync::operations::{
    Board, Bounds, Daily, Desk, DeskParts, OperationsRunner, RunnerSettings,
};
use crate::sync::outages::OutageKeeper;
use crate::sync::retention::{Retention, Terms};
use crate::sync::worker::{Worker, WorkerSettings};

/// Everything that brings dossiers to the portal.
pub(super) struct SyncSide {
    pub(super) monitor: Arc<SyncMonitor>,
    pub(super) dossiers: Dossiers,
    pub(super) desk: Desk,
    /// Events in the order in which they were kept.
    pub(super) events: Arc<dyn EventFeed>,
    /// The database that several gateways share, where there is one.
    pub(super) shared: Option<Arc<PostgresOutbox>>,
    /// The portal from the side of the procedure catalogue, where one is kept.
    pub(super) catalogue: Option<CatalogueRoute>,
    worker: Worker,
    runner: OperationsRunner,
    retention: Retention,
    outages: OutageKeeper,
    store: Closing,
    /// Time for the longest attempt and for how it ended.
    patience: Duration,
}

impl SyncSide {
    /// Opens the store and sets up the portal; nothing is sent yet.
    pub(super) async fn start(
        config: &Config,
        clock: Arc<dyn Clock>,
        stopping: CancellationToken,
        settling: Duration,
    ) -> Result<Self, StartError> {
        let (portal, catalogue) = guarded_portal(config, &clock)?;
        let name = Uuid::now_v7().simple().to_string();
        let watchers = WatcherPlaces::for_dossiers();
        let stores = Stores::open(&config.sync.store, Arc::clone(&clock), watchers.most()).await?;
        let board: Arc<Board> = Arc::default();
        let monitor = SyncMonitor::new(
            Arc::clone(&stores.outbox),
            Arc::clone(&clock),
            config.sync.thresholds,
            Arc::clone(&portal),
            Arc::clone(&stores.pace),
        );
        let monitor = Arc::new(monitor.looking_at(Arc::clone(&board)));
        let worker = Worker::new(
            Arc::clone(&stores.outbox),
            Arc::clone(&portal) as _,
            Arc::clone(&clock),
            worker_settings(config, name.clone()),
            Arc::clone(&stores.work),
        );
        let desk = desk(config, &stores, &clock, portal.profile().to_owned(), board);
        let asking = Arc::clone(&portal) as _;
        let runner = OperationsRunner::new(desk.clone(), asking, runner_settings(config, name));
        let retention = Retention::new(
            Arc::clone(&stores.ledger),
            Arc::clone(&stores.operations),
            Arc::clone(&stores.history),
            Arc::clone(&clock),
            terms(config),
        );
        let outages = OutageKeeper::new(Arc::clone(&portal), Arc::clone(&stores.history));
        let store = stores.closing();
        let (events, shared) = (stores.feed(), stores.shared());
        let dossiers = Dossiers::new(DossierParts {
            outbox: stores.outbox,
            clock,
            changes: stores.changes,
            watchers,
            stopping,
            request_bytes: config.listen.limits.request_bytes,
        });
        Ok(Self {
            monitor,
            dossiers,
            desk,
            events,
            shared,
            catalogue,
            worker,
            runner,
            retention,
            outages,
            store,
            patience: config.portal.limits.total + settling,
        })
    }

    /// Begins to work, as parts of the gateway. What closes the store in the end.
    pub(super) fn work(self, parts: Parts) -> (Parts, Closing) {
        let Self {
            worker,
            runner,
            retention,
            outages,
            store,
            patience,
            ..
        } = self;
        let stop = || parts.stop.clone();
        let (for_worker, for_runner, for_retention, for_store) = (stop(), stop(), stop(), stop());
        let for_outages = stop();
        let listening = store.listen(for_store);
        let mut parts = parts
            .with(
                "worker",
                patience,
                async move { worker.run(for_worker).await },
            )
            .with("operations", patience, async move {
                runner.run(for_runner).await;
            })
            .with("retention", patience, retention.run(for_retention))
            .with("outages", patience, outages.run(for_outages));
        if let Some(listening) = listening {
            parts = parts.with("changes", patience, listening);
        }
        (parts, store)
    }
}

fn desk(
    config: &Config,
    stores: &Stores,
    clock: &Arc<dyn Clock>,
    profile: String,
    board: Arc<Board>,
) -> Desk {
    Desk::new(DeskParts {
        outbox: Arc::clone(&stores.outbox),
        ledger: Arc::clone(&stores.ledger),
        operations: Arc::clone(&stores.operations),
        history: Arc::clone(&stores.history),
        clock: Arc::clone(clock),
        profile,
        bounds: Bounds {
            retry_per_minute: config.sync.retry_per_minute,
            questions_per_minute: config.sync.questions_per_minute,
        },
        board,
    })
}

/// Observations of a dossier go so long after its end, and outages so long after theirs. One
/// that excused an intake outlives the dossiers that were then taken in by most of a year.
const BEFORE_THE_END: Duration = Duration::from_hours(366 * 24);

fn terms(config: &Config) -> Terms {
    Terms {
        finished: config.sync.retention,
        unfinished: config.sync.unfinished_retention,
        operations: config.sync.operations_kept,
        portal_side: config
            .services
            .keep_observations
            .saturating_add(BEFORE_THE_END),
    }
}

fn guarded_portal(
    config: &Config,
    clock: &Arc<dyn Clock>,
) -> Result<(Arc<GuardedPortal>, Option<CatalogueRoute>), UpstreamError> {
    let procedures = config.procedures.as_ref();
    let PortalSides { portal, catalogue } =
        upstreams::sides(&config.portal, procedures, Arc::clone(clock))?;
    let settings = GuardSettings {
        breaker: config.sync.breaker,
        calls_per_second: config.sync.calls_per_second,
    };
    let guarded = Arc::new(GuardedPortal::new(portal, Arc::clone(clock), settings));
    let route = catalogue.map(|source| CatalogueRoute {
        source,
        portal: Arc::clone(&guarded),
    });
    Ok((guarded, route))
}

fn worker_settings(config: &Config, name: String) -> WorkerSettings {
    // Whoever waits for the rate holds a place and its lease: more places than calls in a
    // second would only wait.
    let calls = config.sync.calls_per_second.map_or(usize::MAX, |calls| {
        usize::try_from(calls.get()).unwrap_or(usize::MAX)
    });
    let parallel = config.sync.parallel.min(calls);
    WorkerSettings {
        schedule: config.sync.retry_after.clone(),
        lease: config.sync.lease,
        call_budget: config.portal.limits.total,
        parallel: NonZeroUsize::new(parallel).unwrap_or(NonZeroUsize::MIN),
        steps_without_list: config.sync.steps_without_list,
        name,
    }
}

fn runner_settings(config: &Config, name: String) -> RunnerSettings {
    let daily = |ReconcileSchedule { at, window_days }| Daily { at, window_days };
    RunnerSettings {
        name,
        call_budget: config.portal.limits.total,
        daily: config.sync.reconcile.map(daily),
    }
}
