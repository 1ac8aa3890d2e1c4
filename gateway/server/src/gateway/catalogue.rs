//! The procedure catalogue as the configuration describes it.
//!
//! What a reader would get wrong: it shares the portal's session and guard with the sync, and
//! nothing of the sync waits for it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use lienthong_adapters::store::{OpenError, SqliteCatalogue};
use lienthong_core::catalogue::FetchPlan;
use lienthong_core::clock::Clock;
use lienthong_core::ports::catalogue::{CatalogueSource, CatalogueStore, CatalogueStoreError};
use thiserror::Error;
use tokio_util::sync::CancellationToken;

use super::parts::Parts;
use crate::catalogue::{FetchRules, GuardedCatalogue, Keeper, KeeperParts};
use crate::config::{Config, Procedures};
use crate::sync::guarded::GuardedPortal;

/// Time to end a write when the gateway stops; what is being fetched is given up at once.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why the catalogue cannot be kept.
#[derive(Debug, Error)]
pub enum CatalogueStartError {
    /// Its file cannot be used.
    #[error("the procedure catalogue {path} cannot be opened")]
    File {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: OpenError,
    },
    /// What it holds cannot be read.
    #[error("the procedure catalogue {path} cannot be read")]
    Content {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: CatalogueStoreError,
    },
}

/// The portal from the side of the catalogue.
pub(super) struct CatalogueRoute {
    pub(super) source: Arc<dyn CatalogueSource>,
    pub(super) portal: Arc<GuardedPortal>,
}

/// Everything about the catalogue; empty without a section `[procedures]`.
pub(super) struct CatalogueSide {
    pub(super) keeper: Option<Arc<Keeper>>,
    store: Option<Arc<SqliteCatalogue>>,
}

impl CatalogueSide {
    /// Opens the catalogue that is held; nothing is fetched yet.
    pub(super) async fn start(
        config: &Config,
        route: Option<CatalogueRoute>,
        clock: Arc<dyn Clock>,
        stopping: CancellationToken,
    ) -> Result<Self, CatalogueStartError> {
        // Without a source the configuration was refused already.
        let (Some(settings), Some(route)) = (&config.procedures, route) else {
            return Ok(Self {
                keeper: None,
                store: None,
            });
        };
        let store = Arc::new(open(&settings.database)?);
        let calls = settings.calls_per_second;
        let source = GuardedCatalogue::new(route.source, route.portal, calls);
        let keeper = Keeper::open(KeeperParts {
            source: Arc::new(source),
            store: Arc::clone(&store) as Arc<dyn CatalogueStore>,
            clock,
            rules: rules(settings, config.portal.limits.total),
            services: config.services.knowledge.services.clone(),
            stopping,
        });
        let keeper = keeper
            .await
            .map_err(|source| CatalogueStartError::Content {
                path: settings.database.display().to_string(),
                source,
            })?;
        Ok(Self {
            keeper: Some(keeper),
            store: Some(store),
        })
    }

    /// Where the names of agencies stand; `None` without a catalogue.
    pub(super) fn names(&self) -> Option<Arc<dyn CatalogueStore>> {
        let store = self.store.as_ref()?;
        Some(Arc::clone(store) as _)
    }

    /// Begins to fetch on schedule, as a part of the gateway. What closes the file in the end.
    pub(super) fn work(self, parts: Parts) -> (Parts, CatalogueFile) {
        let file = CatalogueFile(self.store);
        let Some(keeper) = self.keeper else {
            return (parts, file);
        };
        let stop = parts.stop.clone();
        (parts.with("catalogue", PATIENCE, keeper.run(stop)), file)
    }
}

/// The file, to be closed when nobody writes any more.
pub(super) struct CatalogueFile(Option<Arc<SqliteCatalogue>>);

impl CatalogueFile {
    /// Nothing more is taken; what was taken is kept.
    pub(super) async fn close(self) {
        if let Some(store) = self.0 {
            store.close().await;
        }
    }
}

fn open(path: &Path) -> Result<SqliteCatalogue, CatalogueStartError> {
    SqliteCatalogue::open(path).map_err(|source| CatalogueStartError::File {
        path: path.display().to_string(),
        source,
    })
}

fn rules(settings: &Procedures, call_budget: Duration) -> FetchRules {
    FetchRules {
        plan: FetchPlan {
            at: settings.refresh_at,
            delay: settings.jitter.mul_f64(rand::random::<f64>()),
            stale_after: settings.stale_after,
            retry_after: settings.retry_after,
        },
        most_lost: settings.most_lost,
        most_missing: settings.most_missing,
        parallel: settings.parallel,
        call_budget,
        list_budget: settings.list_time,
        total: settings.total,
    }
}
