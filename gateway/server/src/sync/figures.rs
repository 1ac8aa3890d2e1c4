//! Figures of the sync for `/metrics`, and its entry in the gRPC health service.
//!
//! Both read the same judgement; the figures are made when they are asked for. A
//! stalled sync marks only its own service, so that look-ups stay in rotation.

mod operations;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64};
use std::time::Duration;

use lienthong_core::guard::status::BreakerState;
use lienthong_core::sync::health::{Condition, SyncHealth};
use lienthong_core::sync::state::SyncState;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use tokio_util::sync::CancellationToken;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

pub(crate) use operations::OperationFigures;

use super::monitor::SyncMonitor;
use crate::gateway::SYNC_SERVICE;

/// How often the judgement is made anew.
const INTERVAL: Duration = Duration::from_secs(5);

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StateLabel {
    state: &'static str,
}

/// Figures of the sync.
#[derive(Debug, Clone, Default)]
pub(crate) struct SyncFigures {
    events: Family<StateLabel, Gauge>,
    oldest_unsent: Gauge<i64, AtomicI64>,
    condition: Gauge<i64, AtomicI64>,
    breaker: Gauge<i64, AtomicI64>,
    accepted_per_minute: Gauge<f64, AtomicU64>,
}

impl SyncFigures {
    /// Figures that are read from `registry`.
    pub(crate) fn register(registry: &mut Registry) -> Self {
        let figures = Self::default();
        registry.register(
            "lienthong_sync_events",
            "Events in the outbox by sync state",
            figures.events.clone(),
        );
        registry.register_with_unit(
            "lienthong_sync_oldest_unsent",
            "Age of the oldest event that the portal does not have",
            Unit::Seconds,
            figures.oldest_unsent.clone(),
        );
        registry.register(
            "lienthong_sync_condition",
            "Condition of the sync: 0 healthy, 1 lagging, 2 stalled",
            figures.condition.clone(),
        );
        registry.register(
            "lienthong_sync_breaker",
            "Circuit breaker of the portal: 0 closed, 1 half open, 2 open",
            figures.breaker.clone(),
        );
        registry.register(
            "lienthong_sync_accepted_per_minute",
            "Events that the portal accepted a minute, over the last minutes",
            figures.accepted_per_minute.clone(),
        );
        figures
    }

    /// Takes over a judgement.
    pub(crate) fn set(&self, health: &SyncHealth) {
        for state in SyncState::ALL {
            let count = health.facts.counts.get(&state).copied().unwrap_or(0);
            self.events
                .get_or_create(&StateLabel {
                    state: state.name(),
                })
                .set(i64::try_from(count).unwrap_or(i64::MAX));
        }
        self.oldest_unsent
            .set(health.oldest_unsent_age.map_or(0, |age| age.as_secs()));
        self.condition.set(match health.condition {
            Condition::Healthy => 0,
            Condition::Lagging => 1,
            Condition::Stalled => 2,
        });
        self.breaker.set(match health.breaker {
            None | Some(BreakerState::Closed) => 0,
            Some(BreakerState::HalfOpen) => 1,
            Some(BreakerState::Open { .. }) => 2,
        });
        self.accepted_per_minute.set(health.pace.per_minute());
    }
}

/// Keeps the sync's entry in the health service true until `stop` is cancelled.
pub(crate) async fn follow(
    monitor: Arc<SyncMonitor>,
    reporter: HealthReporter,
    stop: CancellationToken,
) {
    loop {
        let serving = match monitor.health().await {
            Ok(health) => health.condition != Condition::Stalled,
            Err(error) => {
                tracing::error!(%error, "the sync's health cannot be judged");
                false
            }
        };
        let status = if serving {
            ServingStatus::Serving
        } else {
            ServingStatus::NotServing
        };
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            () = reporter.set_service_status(SYNC_SERVICE, status) => {}
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(INTERVAL) => {}
        }
    }
}
