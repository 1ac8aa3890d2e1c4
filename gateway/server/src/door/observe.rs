//! Figures about the door, for `/metrics`.
//!
//! What a reader would get wrong: labels take only names of methods that the gateway
//! has, so that no caller can make the number of series grow.

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// Upper bounds of the latency buckets, in seconds: a cached look-up takes about a
/// millisecond, the population database up to tens of seconds.
const BUCKETS: [f64; 14] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0,
];

/// What a finished call is counted under.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct CallLabels {
    pub(super) service: Arc<str>,
    pub(super) method: Arc<str>,
    pub(super) code: &'static str,
    pub(super) protocol: &'static str,
}

/// What a call's time is kept under.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct MethodLabels {
    service: Arc<str>,
    method: Arc<str>,
}

/// Figures about the door.
#[derive(Debug)]
pub struct DoorMetrics {
    calls: Family<CallLabels, Counter>,
    call_duration: Family<MethodLabels, Histogram, fn() -> Histogram>,
    pub(super) calls_in_flight: Gauge,
    pub(super) connections: Gauge,
    pub(super) handshake_failures: Counter,
    pub(super) accept_failures: Counter,
}

impl Default for DoorMetrics {
    fn default() -> Self {
        Self {
            calls: Family::default(),
            call_duration: Family::new_with_constructor(histogram),
            calls_in_flight: Gauge::default(),
            connections: Gauge::default(),
            handshake_failures: Counter::default(),
            accept_failures: Counter::default(),
        }
    }
}

fn histogram() -> Histogram {
    Histogram::new(BUCKETS)
}

impl DoorMetrics {
    /// Figures that `registry` shows.
    #[must_use]
    pub fn register(registry: &mut Registry) -> Self {
        let this = Self::default();
        let door = registry.sub_registry_with_prefix("lienthong_door");
        door.register("calls", "Calls that have ended", this.calls.clone());
        door.register_with_unit(
            "call_duration",
            "Time from a call's headers to the end of its answer",
            Unit::Seconds,
            this.call_duration.clone(),
        );
        door.register(
            "calls_in_flight",
            "Calls that have not ended",
            this.calls_in_flight.clone(),
        );
        door.register("connections", "Open connections", this.connections.clone());
        door.register(
            "handshake_failures",
            "TLS handshakes that failed or took too long",
            this.handshake_failures.clone(),
        );
        door.register(
            "accept_failures",
            "Connections that the system could not hand over",
            this.accept_failures.clone(),
        );
        this
    }

    /// Counts a call that ended after `took`.
    pub(super) fn call_ended(&self, labels: &CallLabels, took: Duration) {
        let method = MethodLabels {
            service: Arc::clone(&labels.service),
            method: Arc::clone(&labels.method),
        };
        self.call_duration
            .get_or_create(&method)
            .observe(took.as_secs_f64());
        self.calls.get_or_create(labels).inc();
    }
}
