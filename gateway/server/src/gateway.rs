//! One running gateway: everything that a configuration describes, started and
//! stopped as a whole.
//!
//! The order matters: the store and the upstreams stand before the first listener
//! is bound, and the door is drained before the worker and the store are closed.

mod catalogue;
mod entrance;
mod essential;
mod inspection;
mod lookups;
mod parts;
mod routes;
mod stores;
mod syncing;
mod upstreams;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use lienthong_core::clock::Clock;
use lienthong_core::places::{InvalidPlaceCatalogue, PlaceCatalogue};
use prometheus_client::registry::Registry;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

use crate::catalogue::CatalogueFigures;
use crate::config::Config;
use crate::console::{self, Console};
use crate::door::tls::TlsError;
use crate::door::{self, BindError, DoorMetrics, DoorParts, DrainReport, RunningDoor};
use crate::lookup::Lookups;
use crate::services::audit::Audit;
use crate::services::catalogue::Catalogue;
use crate::services::population::Population;
use crate::services::sync::Sync;
use crate::sync::figures::{OperationFigures, SyncFigures, follow};
pub use catalogue::CatalogueStartError;
use catalogue::{CatalogueFile, CatalogueSide};
pub use essential::EssentialStartError;
pub(crate) use essential::REGISTER;
use essential::{EssentialFiles, EssentialSide, Ground};
pub(crate) use inspection::{Finding, Trouble, inspect, postgres_advice};
use lookups::LookupSide;
pub use lookups::{LookupStartError, ReloadError, Reloaded};
use parts::Parts;
pub(crate) use routes::SYNC_SERVICE;
use routes::Services;
use stores::Closing;
pub use stores::StoreError;
pub(crate) use stores::postgres as postgres_settings;
use syncing::SyncSide;
pub use upstreams::UpstreamError;

/// Why a gateway did not start. Nothing is left running.
#[derive(Debug, Error)]
pub enum StartError {
    /// The outbox cannot be opened.
    #[error(transparent)]
    Outbox(#[from] StoreError),
    /// The portal cannot be set up.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    /// The procedure catalogue cannot be kept.
    #[error(transparent)]
    Catalogue(#[from] CatalogueStartError),
    /// Citizens cannot be looked up.
    #[error(transparent)]
    Lookups(#[from] LookupStartError),
    /// The essential services cannot be served.
    #[error(transparent)]
    Essential(#[from] EssentialStartError),
    /// The shipped place codes cannot be read.
    #[error("the catalogue of place codes cannot be read")]
    Places(#[from] InvalidPlaceCatalogue),
    /// A file of the server's certificate cannot be read.
    #[error("{path} cannot be read")]
    CertificateFile {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The server's certificate cannot be used.
    #[error("the server's certificate cannot be used")]
    Certificate(#[source] TlsError),
    /// A listener cannot be bound.
    #[error("a listener cannot be bound")]
    Bind(#[from] BindError),
    /// The console's listener cannot be bound.
    #[error("the console cannot be bound to {address}")]
    Console {
        /// Its address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The reflection service cannot be built from the descriptors.
    #[error("the reflection service cannot be built")]
    Reflection(#[source] tonic_reflection::server::Error),
    /// The descriptors of the contract cannot be read.
    #[error("the descriptors of the contract cannot be read")]
    Descriptors(#[source] prost_reflect::DescriptorError),
}

/// Time that a scraper at the console has for its request when the gateway stops.
const CONSOLE_PATIENCE: Duration = Duration::from_secs(2);

/// Time to record how the last attempts and look-ups ended, after the longest exchange.
const SETTLE_PATIENCE: Duration = Duration::from_secs(5);

/// How often answers past their time are wiped from an idle cache.
const SWEEP_INTERVAL: Duration = Duration::from_secs(5);

/// Where a running gateway is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addresses {
    /// Mutual TLS.
    pub tls: Option<SocketAddr>,
    /// Plain text, loopback only.
    pub plain: Option<SocketAddr>,
    /// Console and `/metrics`.
    pub console: SocketAddr,
}

/// A running gateway.
pub struct Gateway {
    addresses: Addresses,
    door: RunningDoor,
    store: Closing,
    files: EssentialFiles,
    catalogue: CatalogueFile,
    looking: LookupSide,
    reporter: HealthReporter,
    parts: Parts,
    /// Time that look-ups under way have when the gateway stops.
    settling: Duration,
}

/// What stands before the first listener is bound.
struct Built {
    looking: LookupSide,
    syncing: SyncSide,
    essential: EssentialSide,
    catalogue: CatalogueSide,
    services: Services,
    parts: Parts,
}

impl Gateway {
    /// Starts what `config` describes.
    ///
    /// # Errors
    /// [`StartError`], naming what did not start.
    pub async fn start(config: Config, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        let built = Self::build(&config, clock).await?;
        Self::open(&config, built).await
    }

    async fn build(config: &Config, clock: Arc<dyn Clock>) -> Result<Built, StartError> {
        let parts = Parts::default();
        let stopping = parts.stopping.clone();
        let mut syncing = SyncSide::start(
            config,
            Arc::clone(&clock),
            stopping.clone(),
            SETTLE_PATIENCE,
        )
        .await?;
        let catalogue = CatalogueSide::start(
            config,
            syncing.catalogue.take(),
            Arc::clone(&clock),
            stopping.clone(),
        )
        .await?;
        let looking = LookupSide::start(config, places(config)?, Arc::clone(&clock)).await?;
        let ground = Ground {
            events: Arc::clone(&syncing.events),
            shared: syncing.shared.clone(),
            lookups: Arc::clone(&looking.audit),
            mismatches: Arc::new(syncing.desk.clone()),
            names: catalogue.names(),
        };
        let essential = EssentialSide::start(&config.services, ground, &clock)?;
        let most = config.listen.limits.request_bytes;
        let services = Services {
            audit: Audit::new(
                Arc::clone(&looking.audit) as _,
                clock,
                config.audit.readers.clone(),
            ),
            catalogue: Catalogue::new(catalogue.keeper.clone(), config.sync.operators.clone()),
            population: Population::new(Arc::clone(&looking.lookups), most),
            dossier: syncing.dossiers.clone(),
            essential: essential.service(),
            sync: Sync::new(
                Arc::clone(&syncing.monitor),
                Arc::clone(&looking.route),
                syncing.desk.clone(),
                config.sync.operators.clone(),
            )
            .ending_with(stopping),
        };
        Ok(Built {
            looking,
            syncing,
            essential,
            catalogue,
            services,
            parts,
        })
    }

    async fn open(config: &Config, built: Built) -> Result<Self, StartError> {
        let mut registry = Registry::default();
        let metrics = Arc::new(DoorMetrics::register(&mut registry));
        let figures = SyncFigures::register(&mut registry);
        let operations = OperationFigures::register(&mut registry);
        let keeper = built.catalogue.keeper.clone();
        let catalogue = keeper.map(|it| (it, CatalogueFigures::register(&mut registry)));
        let lookups = Arc::clone(&built.looking.lookups);
        let monitor = Arc::clone(&built.syncing.monitor);
        lookups.register(&mut registry);
        let essential = built.essential.stock(&mut registry);
        let limits = config.listen.limits.clone();
        let (routes, reporter) = routes::build(built.services, &limits).await?;
        let listeners = entrance::listeners(&config.listen).await?;
        let (console, console_address) = console_listener(config.listen.console).await?;
        let door_parts = DoorParts {
            routes,
            descriptors: routes::descriptors()?,
            clients: entrance::clients(config),
            limits,
            metrics,
        };
        let door = door::open(door_parts, listeners.into_listeners()).await;
        let addresses = entrance::addresses(&config.listen, door.addresses(), console_address);
        let parts = built.parts;
        let page = Console {
            registry: Arc::new(registry),
            monitor: Arc::clone(&monitor),
            figures,
            operations,
            catalogue,
            lookups: Arc::clone(&lookups),
            route: Arc::clone(&built.looking.route),
            essential,
            stopping: parts.stopping.clone(),
        };
        let judging = follow(monitor, reporter.clone(), parts.stopping.clone());
        let stop = parts.stop.clone();
        let parts = parts
            .with("health", CONSOLE_PATIENCE, judging)
            .with("cache", CONSOLE_PATIENCE, sweep(lookups, stop.clone()))
            .with("console", CONSOLE_PATIENCE, page.serve(console, stop));
        let (parts, catalogue) = built.catalogue.work(parts);
        let (parts, files) = built.essential.work(parts);
        let (parts, store) = built.syncing.work(parts);
        Ok(Self {
            addresses,
            door,
            store,
            files,
            catalogue,
            looking: built.looking,
            reporter,
            parts,
            settling: config.population.limits.total + SETTLE_PATIENCE,
        })
    }

    /// Where the gateway is reached.
    #[must_use]
    pub fn addresses(&self) -> Addresses {
        self.addresses
    }

    /// Ends when a part of the gateway has ended in a panic; what it did is not done any
    /// more, so the gateway should be stopped and started anew.
    pub async fn broken(&self) {
        self.parts.broken.cancelled().await;
    }

    /// Goes by the access policy, the rules of the cache and the hash key of `config` from
    /// now on; everything else of it needs a restart. What was kept under other rules is
    /// forgotten.
    ///
    /// # Errors
    /// [`ReloadError`]; nothing is changed then.
    pub async fn reload(&self, config: Config) -> Result<Reloaded, ReloadError> {
        let standing = Arc::clone(&self.looking.standing);
        // To forget what is kept takes its time, which is none of the calls'.
        tokio::task::spawn_blocking(move || standing.replace(&config)).await?
    }

    /// Says that it is not serving, takes no more calls, lets open ones end within the
    /// drain time and attempts at the portal within theirs, and closes the store.
    pub async fn stop(self) -> DrainReport {
        self.parts.stopping.cancel();
        routes::announce(&self.reporter, ServingStatus::NotServing).await;
        let report = self.door.drain().await;
        if !self.looking.lookups.settle(self.settling).await {
            tracing::warn!("look-ups did not end in time; they are not recorded");
        }
        self.parts.stop().await;
        self.files.close().await;
        self.looking.audit.close().await;
        self.catalogue.close().await;
        self.store.close().await;
        report
    }
}

async fn console_listener(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Console { address, source };
    let listener = console::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

/// Wipes what is past its time until `stop` is cancelled: nobody else would while no
/// look-up comes.
async fn sweep(lookups: Arc<Lookups>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(SWEEP_INTERVAL) => lookups.cache().sweep(),
        }
    }
}

fn places(config: &Config) -> Result<PlaceCatalogue, InvalidPlaceCatalogue> {
    let places = PlaceCatalogue::shipped()?;
    Ok(if config.catalogue.test_place {
        places.with_test_place()
    } else {
        places
    })
}
