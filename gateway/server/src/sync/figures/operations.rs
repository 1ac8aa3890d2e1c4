//! Figures of what operators started, and of what reconciliations found.
//!
//! What a reader would get wrong: those that ended are counted by the gateway that ended
//! them, since it started; those that are open stand in the store, and every gateway tells
//! the same number.

use std::sync::atomic::AtomicI64;

use jiff::Timestamp;
use lienthong_core::ports::operations::OperationKind;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use crate::sync::operations::{OpenAs, Standing};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OperationLabel {
    kind: &'static str,
    state: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FoundLabel {
    kind: &'static str,
}

/// Figures of operations.
#[derive(Debug, Clone, Default)]
pub(crate) struct OperationFigures {
    open: Family<OperationLabel, Gauge>,
    ended: Family<OperationLabel, Counter>,
    found: Family<FoundLabel, Gauge>,
    left: Gauge,
    last: Gauge<i64, AtomicI64>,
}

impl OperationFigures {
    /// Figures that are read from `registry`.
    pub(crate) fn register(registry: &mut Registry) -> Self {
        let figures = Self::default();
        registry.register(
            "lienthong_sync_operations",
            "Operations that have not ended, by kind and by whether they are chosen, worked on or wait for a place",
            figures.open.clone(),
        );
        registry.register(
            "lienthong_sync_operations_ended",
            "Operations that ended through this gateway, by kind and how they ended",
            figures.ended.clone(),
        );
        registry.register(
            "lienthong_sync_differences",
            "Dossiers of the last reconciliation that came to its end, by what was found: missing, different, unanswered",
            figures.found.clone(),
        );
        registry.register(
            "lienthong_sync_differences_left",
            "Dossiers that differed at the last reconciliation and that no repair has mended",
            figures.left.clone(),
        );
        registry.register_with_unit(
            "lienthong_sync_last_reconciliation_timestamp",
            "When a reconciliation last came to its end; 0 when none ever did",
            Unit::Seconds,
            figures.last.clone(),
        );
        figures
    }

    /// Takes over how the operations stand.
    pub(crate) fn set(&self, standing: &Standing) {
        let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        for kind in OperationKind::ALL {
            for stands in OpenAs::ALL {
                let open = standing.open.get(&(kind, stands)).copied().unwrap_or(0);
                let label = OperationLabel {
                    kind: kind.name(),
                    state: stands.name(),
                };
                self.open.get_or_create(&label).set(whole(open));
            }
        }
        for ((kind, state), ended) in &standing.ended {
            let label = OperationLabel {
                kind: kind.name(),
                state: state.name(),
            };
            let counter = self.ended.get_or_create(&label);
            counter.inc_by(ended.saturating_sub(counter.get()));
        }
        let found = standing.found;
        for (kind, dossiers) in [
            ("missing", found.missing),
            ("different", found.different),
            ("unanswered", found.unanswered),
        ] {
            let label = FoundLabel { kind };
            self.found.get_or_create(&label).set(whole(dossiers));
        }
        self.left.set(whole(standing.comparison.left));
        let last = standing.comparison.finished_at;
        self.last.set(last.map_or(0, Timestamp::as_second));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use lienthong_core::ports::operations::{FoundCounts, OperationState};
    use lienthong_core::sync::health::Comparison;
    use prometheus_client::encoding::text::encode;

    use super::*;

    #[test]
    fn what_failed_and_what_was_found_can_be_watched() {
        let mut registry = Registry::default();
        let figures = OperationFigures::register(&mut registry);
        let kind = OperationKind::Reconciliation;
        let standing = Standing {
            open: HashMap::from([((kind, OpenAs::Waiting), 2)]),
            ended: HashMap::from([((kind, OperationState::Failed), 3)]),
            comparison: Comparison {
                finished_at: Some(Timestamp::from_second(1_790_000_000).unwrap()),
                left: 4,
                ..Comparison::default()
            },
            found: FoundCounts {
                missing: 5,
                ..FoundCounts::default()
            },
        };
        figures.set(&standing);
        // A second look at the same counts nothing twice.
        figures.set(&standing);
        let mut text = String::new();
        encode(&mut text, &registry).unwrap();
        for line in [
            r#"lienthong_sync_operations{kind="RECONCILIATION",state="WAITING"} 2"#,
            r#"lienthong_sync_operations{kind="RETRY",state="RUNNING"} 0"#,
            r#"lienthong_sync_operations_ended_total{kind="RECONCILIATION",state="FAILED"} 3"#,
            r#"lienthong_sync_differences{kind="missing"} 5"#,
            "lienthong_sync_differences_left 4",
            "lienthong_sync_last_reconciliation_timestamp_seconds 1790000000",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}
