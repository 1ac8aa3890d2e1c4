//! The source of the catalogue behind the portal's guard and a rate of its own.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use std::collections::BTreeMap;
use std::future::Future;

use async_trait::async_trait;
use lienthong_core::catalogue::{OnlineService, Procedure, SourceList};
use lienthong_core::guard::rate::{Rate, RateRule};
use lienthong_core::ports::catalogue::{CatalogueField, CatalogueSource, CatalogueUnit};
use lienthong_core::ports::portal::PortalError;
use lienthong_core::procedure::ProcedureCode;
use tokio::time::{Instant, sleep};

use crate::sync::guarded::GuardedPortal;

/// A source that never asks faster than its rate, nor while the portal is left alone.
pub struct GuardedCatalogue {
    inner: Arc<dyn CatalogueSource>,
    portal: Arc<GuardedPortal>,
    origin: Instant,
    rate: Mutex<Rate>,
}

impl GuardedCatalogue {
    /// Guards `inner` by `portal`, with at most `calls_per_second`.
    #[must_use]
    pub fn new(
        inner: Arc<dyn CatalogueSource>,
        portal: Arc<GuardedPortal>,
        calls_per_second: NonZeroU32,
    ) -> Self {
        let rule = RateRule {
            per_second: calls_per_second,
            burst: NonZeroU32::MIN,
        };
        Self {
            inner,
            portal,
            origin: Instant::now(),
            rate: Mutex::new(Rate::new(rule)),
        }
    }

    /// Waits for the turn by the own rate, which counts for no call's time; then for the
    /// portal's.
    async fn ask<T, Asking>(
        &self,
        budget: Duration,
        ask: impl FnOnce(Duration) -> Asking + Send,
    ) -> Result<T, PortalError>
    where
        T: Send,
        Asking: Future<Output = Result<T, PortalError>> + Send,
    {
        while let Err(wait) = self.take() {
            sleep(wait).await;
        }
        self.portal.beside(budget, ask).await
    }

    fn take(&self) -> Result<(), Duration> {
        let now = self.origin.elapsed();
        let mut rate = self.rate.lock().unwrap_or_else(PoisonError::into_inner);
        rate.take(now)
    }
}

#[async_trait]
impl CatalogueSource for GuardedCatalogue {
    fn profile(&self) -> &str {
        self.inner.profile()
    }

    async fn list(&self, budget: Duration) -> Result<SourceList, PortalError> {
        self.ask(budget, |left| self.inner.list(left)).await
    }

    async fn procedure(
        &self,
        code: &ProcedureCode,
        budget: Duration,
    ) -> Result<Option<Procedure>, PortalError> {
        self.ask(budget, |left| self.inner.procedure(code, left))
            .await
    }

    async fn online_services(
        &self,
        budget: Duration,
    ) -> Result<BTreeMap<ProcedureCode, Vec<OnlineService>>, PortalError> {
        self.ask(budget, |left| self.inner.online_services(left))
            .await
    }

    async fn units(&self, budget: Duration) -> Result<Vec<CatalogueUnit>, PortalError> {
        self.ask(budget, |left| self.inner.units(left)).await
    }

    async fn fields(&self, budget: Duration) -> Result<Vec<CatalogueField>, PortalError> {
        self.ask(budget, |left| self.inner.fields(left)).await
    }
}
