//! Figures of the essential services for `/metrics`.
//!
//! What a reader would get wrong: the labels are numbers of the list, criteria and verdicts,
//! all from closed lists. No dossier, agency or person is in one. Of each service and
//! criterion only the present verdict stands there, with the value 1.

use std::sync::atomic::{AtomicI64, AtomicU64};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{Timestamp, ToSpan as _};
use lienthong_core::check::{Criterion, Verdict};
use lienthong_core::essential::ServiceNumber;
use lienthong_core::evidence::{Evidence, Register, Standing as EvidenceStanding};
use lienthong_core::wire_time::local_date;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use super::board::{Board, Standing, Verdicts};
use super::desk::EssentialDesk;
use super::knowledge::Knowledge;
use super::observing::{Observer, ObserverFigures};
use super::schedule::Schedule;

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
    /// When the daily check is due; `None`: never.
    pub(crate) schedule: Option<Schedule>,
}

impl EssentialStock {
    /// Takes over how everything stands now. A register that cannot be read keeps its last
    /// figures.
    pub(crate) async fn take(&self) {
        let standing = self.board.standing();
        self.figures.set_checks(&standing);
        let schedule = self.schedule;
        let is_overdue = schedule.is_some_and(|it| it.is_overdue(standing.window, self.desk.now()));
        self.figures.overdue.set(i64::from(is_overdue));
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
    /// The verdicts that stand in the family.
    shown: Arc<Mutex<Verdicts>>,
    turned: Counter,
    turned_last: Gauge,
    first_found: Counter,
    first_found_last: Gauge,
    overdue: Gauge,
    archive_reports: Gauge,
    archive_bytes: Gauge,
    failing: Gauge<i64, AtomicI64>,
    checked_at: Gauge<i64, AtomicI64>,
    took: Gauge<f64, AtomicU64>,
    expiring: Family<HorizonLabel, Gauge>,
    behind: Family<SourceLabel, Gauge>,
    folded_at: Gauge<i64, AtomicI64>,
    following_fails: Gauge<i64, AtomicI64>,
    log_rival: Gauge<i64, AtomicI64>,
    rebuilding: Gauge<i64, AtomicI64>,
    unreadable: Gauge<i64, AtomicI64>,
}

impl EssentialFigures {
    /// Figures that are read from `registry`.
    pub(crate) fn register(registry: &mut Registry) -> Self {
        let figures = Self::default();
        figures.register_checks(registry);
        figures.register_keeping(registry);
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
        registry.register(
            "lienthong_observation_log_copied",
            "1 while another gateway follows a copy of this one's record of look-ups",
            figures.log_rival.clone(),
        );
        registry.register(
            "lienthong_observation_rebuilding",
            "1 while observations are made anew",
            figures.rebuilding.clone(),
        );
        registry.register(
            "lienthong_observation_unreadable",
            "Recorded events and look-ups that cannot be read and are in no figure",
            figures.unreadable.clone(),
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
            "Verdicts that turned to CONTRADICTED, as far as this gateway told it since its start",
            self.turned.clone(),
        );
        registry.register(
            "lienthong_service_verdicts_turned_last",
            "Verdicts that turned to CONTRADICTED between the last two daily checks",
            self.turned_last.clone(),
        );
        registry.register(
            "lienthong_service_verdicts_first_found",
            "Contradictions where nothing was judged before, as far as this gateway told them",
            self.first_found.clone(),
        );
        registry.register(
            "lienthong_service_verdicts_first_found_last",
            "Contradictions of the last daily check where nothing was judged before it",
            self.first_found_last.clone(),
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

    fn register_keeping(&self, registry: &mut Registry) {
        registry.register(
            "lienthong_service_check_overdue",
            "1 while the check of the days that are over is not made two hours after its time",
            self.overdue.clone(),
        );
        registry.register(
            "lienthong_report_archive_reports",
            "Reports in the archive, those without content included",
            self.archive_reports.clone(),
        );
        registry.register(
            "lienthong_report_archive_content_bytes",
            "Bytes of the contents of the reports in the archive",
            self.archive_bytes.clone(),
        );
    }

    /// Takes over how the services stand.
    pub(crate) fn set_checks(&self, standing: &Standing) {
        self.show(&standing.verdicts);
        {
            // Two who read at once must not raise a counter twice.
            let _shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
            raise(&self.turned, standing.turned_told);
            raise(&self.first_found, standing.first_told);
        }
        self.turned_last.set(whole(standing.turns.count()));
        self.first_found_last.set(whole(standing.turns.first_found));
        self.archive_reports.set(whole(standing.archive.reports));
        self.archive_bytes.set(whole(standing.archive.bytes));
        self.failing.set(i64::from(standing.failing));
        self.checked_at
            .set(standing.checked_at.map_or(0, Timestamp::as_second));
        self.took.set(standing.took.as_secs_f64());
    }

    /// Shows the present verdicts. A verdict that stays is never taken out meanwhile: whoever
    /// reads the page at that moment would see it gone.
    fn show(&self, verdicts: &Verdicts) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        for (place, verdict) in verdicts {
            self.verdicts.get_or_create(&label(*place, *verdict)).set(1);
        }
        for (place, verdict) in &*shown {
            if verdicts.get(place) != Some(verdict) {
                self.verdicts.remove(&label(*place, *verdict));
            }
        }
        shown.clone_from(verdicts);
    }

    /// Takes over how far the observer is.
    pub(crate) fn set_observer(&self, observer: &ObserverFigures) {
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
        self.log_rival.set(i64::from(observer.has_rival));
        self.rebuilding.set(i64::from(observer.is_rebuilding));
        self.unreadable.set(whole(observer.unreadable));
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

fn label((service, criterion): (ServiceNumber, Criterion), verdict: Verdict) -> VerdictLabel {
    VerdictLabel {
        service: u32::from(service.get()),
        criterion: criterion.id(),
        verdict: verdict.name(),
    }
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A counter only grows.
fn raise(counter: &Counter, to: u64) {
    counter.inc_by(to.saturating_sub(counter.get()));
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
            turned_told: 1,
            first_told: 600,
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
            "lienthong_service_verdicts_first_found_total 600",
            "lienthong_service_verdicts_turned_last 0",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        assert!(!text.contains("CONSISTENT"), "{text}");
    }

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
            has_rival: true,
            is_rebuilding: true,
            unreadable: 5,
            ..ObserverFigures::default()
        });
        let text = page(&registry);
        for line in [
            r#"lienthong_observation_behind{source="events"} 7"#,
            r#"lienthong_observation_behind{source="lookups"} 3"#,
            "lienthong_observation_last_timestamp_seconds 0",
            "lienthong_observation_failing 1",
            "lienthong_observation_log_copied 1",
            "lienthong_observation_rebuilding 1",
            "lienthong_observation_unreadable 5",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}
