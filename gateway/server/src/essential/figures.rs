//! Figures of the essential services for `/metrics`.
//!
//! What a reader would get wrong: the labels are numbers of the list, criteria and verdicts,
//! all from closed lists. No dossier, agency or person is in one. Of each service and
//! criterion only the present verdict stands there, with the value 1.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64};

use jiff::{Timestamp, ToSpan as _};
use lienthong_core::evidence::{Evidence, Register, Standing as EvidenceStanding};
use lienthong_core::wire_time::local_date;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use super::board::{Board, Standing};
use super::desk::EssentialDesk;
use super::knowledge::Knowledge;
use super::observing::{Observer, ObserverFigures};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct VerdictLabel {
    service: u32,
    criterion: String,
    verdict: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct HorizonLabel {
    within_days: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SourceLabel {
    source: &'static str,
}

/// Where the figures come from.
#[derive(Clone)]
pub(crate) struct EssentialStock {
    pub(crate) figures: EssentialFigures,
    pub(crate) board: Arc<Board>,
    pub(crate) observer: Arc<Observer>,
    pub(crate) desk: EssentialDesk,
}

impl EssentialStock {
    /// Takes over how everything stands now. A register that cannot be read keeps its last
    /// figures.
    pub(crate) async fn take(&self) {
        self.figures.set_checks(&self.board.standing());
        self.figures.set_observer(&self.observer.figures());
        if let Ok(register) = self.desk.register().await {
            let (knowledge, now) = (self.desk.knowledge(), self.desk.now());
            self.figures.set_evidence(&register, knowledge, now);
        }
    }
}

/// Figures of the essential services.
#[derive(Debug, Clone, Default)]
pub(crate) struct EssentialFigures {
    verdicts: Family<VerdictLabel, Gauge>,
    turned: Counter,
    failing: Gauge<i64, AtomicI64>,
    checked_at: Gauge<i64, AtomicI64>,
    took: Gauge<f64, AtomicU64>,
    expiring: Family<HorizonLabel, Gauge>,
    behind: Family<SourceLabel, Gauge>,
    folded_at: Gauge<i64, AtomicI64>,
    following_fails: Gauge<i64, AtomicI64>,
}

impl EssentialFigures {
    /// Figures that are read from `registry`.
    pub(crate) fn register(registry: &mut Registry) -> Self {
        let figures = Self::default();
        figures.register_checks(registry);
        registry.register(
            "lienthong_service_evidence_expiring",
            "Pieces of evidence that are valid today and will not be in so many days",
            figures.expiring.clone(),
        );
        registry.register(
            "lienthong_observation_behind",
            "Events and look-ups that are kept and not observed yet",
            figures.behind.clone(),
        );
        registry.register_with_unit(
            "lienthong_observation_last_timestamp",
            "When something was last observed; 0 when nothing ever was",
            Unit::Seconds,
            figures.folded_at.clone(),
        );
        registry.register(
            "lienthong_observation_failing",
            "1 while events and look-ups cannot be observed",
            figures.following_fails.clone(),
        );
        figures
    }

    fn register_checks(&self, registry: &mut Registry) {
        registry.register(
            "lienthong_service_verdicts",
            "Verdict of the last daily check by service and criterion: 1 for the present one",
            self.verdicts.clone(),
        );
        registry.register(
            "lienthong_service_verdict_turned",
            "Verdicts that turned to CONTRADICTED in a daily check of this gateway",
            self.turned.clone(),
        );
        registry.register(
            "lienthong_service_check_failing",
            "1 while the daily check of the services cannot be made",
            self.failing.clone(),
        );
        registry.register_with_unit(
            "lienthong_service_check_timestamp",
            "When the services were last checked; 0 when they never were",
            Unit::Seconds,
            self.checked_at.clone(),
        );
        registry.register_with_unit(
            "lienthong_service_check_duration",
            "How long the last daily check of this gateway took",
            Unit::Seconds,
            self.took.clone(),
        );
    }

    /// Takes over how the services stand.
    pub(crate) fn set_checks(&self, standing: &Standing) {
        self.verdicts.clear();
        for ((service, criterion), verdict) in &standing.verdicts {
            let label = VerdictLabel {
                service: u32::from(service.get()),
                criterion: criterion.id(),
                verdict: verdict.name(),
            };
            self.verdicts.get_or_create(&label).set(1);
        }
        let more = standing.turned.saturating_sub(self.turned.get());
        self.turned.inc_by(more);
        self.failing.set(i64::from(standing.failing));
        self.checked_at
            .set(standing.checked_at.map_or(0, Timestamp::as_second));
        self.took.set(standing.took.as_secs_f64());
    }

    /// Takes over how far the observer is.
    pub(crate) fn set_observer(&self, observer: &ObserverFigures) {
        let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        for (source, behind) in [
            ("events", observer.events_behind),
            ("lookups", observer.lookups_behind),
        ] {
            let label = SourceLabel { source };
            self.behind.get_or_create(&label).set(whole(behind));
        }
        self.folded_at
            .set(observer.last_folded_at.map_or(0, Timestamp::as_second));
        self.following_fails
            .set(i64::from(observer.failing_since.is_some()));
    }

    /// Takes over which evidence is about to run out.
    pub(crate) fn set_evidence(&self, register: &Register, knowledge: &Knowledge, now: Timestamp) {
        let today = local_date(now);
        let valid_on = |piece: &Evidence, day| {
            piece.standing(day, register, &knowledge.evidence_rules) == EvidenceStanding::Valid
        };
        let valid: Vec<_> = register
            .pieces()
            .iter()
            .filter(|piece| valid_on(piece, today))
            .collect();
        for days in knowledge.report_rules.horizons() {
            let then = today.saturating_add(i32::from(days).days());
            let expiring = valid.iter().filter(|piece| !valid_on(piece, then)).count();
            let within_days = u32::from(days);
            self.expiring
                .get_or_create(&HorizonLabel { within_days })
                .set(i64::try_from(expiring).unwrap_or(i64::MAX));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use lienthong_core::check::{Criterion, Verdict};
    use lienthong_core::essential::ServiceNumber;
    use prometheus_client::encoding::text::encode;

    use super::*;

    fn page(registry: &Registry) -> String {
        let mut text = String::new();
        encode(&mut text, registry).unwrap();
        text
    }

    #[test]
    fn of_each_criterion_the_present_verdict_alone_stands_there() {
        let mut registry = Registry::default();
        let figures = EssentialFigures::register(&mut registry);
        let place = (ServiceNumber::new(9).unwrap(), Criterion::C(3));
        let mut standing = Standing {
            checked_at: Some(Timestamp::from_second(1_790_000_000).unwrap()),
            took: Duration::from_millis(2_500),
            turned: 1,
            ..Standing::default()
        };
        standing.verdicts.insert(place, Verdict::Consistent);
        figures.set_checks(&standing);
        standing.verdicts.insert(place, Verdict::Contradicted);
        figures.set_checks(&standing);
        let text = page(&registry);
        let told =
            r#"lienthong_service_verdicts{service="9",criterion="C3",verdict="CONTRADICTED"} 1"#;
        for line in [
            told,
            "lienthong_service_verdict_turned_total 1",
            "lienthong_service_check_timestamp_seconds 1790000000",
            "lienthong_service_check_duration_seconds 2.5",
            "lienthong_service_check_failing 0",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        assert!(!text.contains("CONSISTENT"), "{text}");
    }

    /// The rules that are shipped for Prometheus.
    const ALERTS: &str = include_str!("../../alerts.yml");

    #[test]
    fn every_alert_goes_by_a_figure_that_there_is() {
        let mut registry = Registry::default();
        let figures = EssentialFigures::register(&mut registry);
        crate::catalogue::CatalogueFigures::register(&mut registry);
        figures
            .expiring
            .get_or_create(&HorizonLabel { within_days: 30 })
            .set(1);
        let page = page(&registry);
        let is_name = |it: char| it.is_ascii_lowercase() || it == '_';
        let figure = |rest: &str| {
            let end = rest.find(|it| !is_name(it)).unwrap_or(rest.len());
            format!("lienthong_{} ", &rest[..end])
        };
        let conditions = ALERTS.lines().filter(|it| it.contains("expr: "));
        let mut named = 0;
        for rest in conditions.flat_map(|it| it.split("lienthong_").skip(1)) {
            named += 1;
            let name = figure(rest);
            let labelled = format!("{}{{within_days=\"30\"}}", name.trim());
            assert!(page.contains(&name) || page.contains(&labelled), "{name}");
            if rest.contains("within_days") {
                assert!(page.contains(&labelled) && ALERTS.contains(&labelled));
            }
        }
        assert!(named >= 7, "{named}");
    }

    #[test]
    fn how_far_the_observer_is_can_be_watched() {
        let mut registry = Registry::default();
        let figures = EssentialFigures::register(&mut registry);
        figures.set_observer(&ObserverFigures {
            events_behind: 7,
            lookups_behind: 3,
            failing_since: Some(Timestamp::UNIX_EPOCH),
            ..ObserverFigures::default()
        });
        let text = page(&registry);
        for line in [
            r#"lienthong_observation_behind{source="events"} 7"#,
            r#"lienthong_observation_behind{source="lookups"} 3"#,
            "lienthong_observation_last_timestamp_seconds 0",
            "lienthong_observation_failing 1",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}
