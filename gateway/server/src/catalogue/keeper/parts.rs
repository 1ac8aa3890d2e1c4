//! What a keeper works with, and how it fetches.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use lienthong_core::catalogue::FetchPlan;
use lienthong_core::clock::Clock;
use lienthong_core::essential::ServiceList;
use lienthong_core::ports::catalogue::{CatalogueSource, CatalogueStore};
use lienthong_core::share::Percent;
use tokio_util::sync::CancellationToken;

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
    /// Time for the question for one procedure.
    pub call_budget: Duration,
    /// Time for the question for a whole list.
    pub list_budget: Duration,
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
