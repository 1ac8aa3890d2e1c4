//! Figures of the look-ups, of what is kept and of the route, for `/metrics`.
//!
//! Look-ups are counted as they end; the rest is read when it is asked for. No label
//! takes a value of a caller: only names of closed lists.

use lienthong_adapters::cache::AnswerCache;
use lienthong_core::guard::status::{BreakerState, GuardStatus};
use lienthong_core::lookup::AnswerSource;
use lienthong_core::ports::audit::{AccessOutcome, Question};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// What a look-up that ended is counted under.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LookupLabels {
    question: &'static str,
    outcome: &'static str,
    source: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ClassLabel {
    class: &'static str,
}

/// Outcome of a look-up that could not be recorded and was not answered for that.
const UNRECORDED: &str = "UNRECORDED";
/// Source of a look-up without an answer.
const NO_SOURCE: &str = "NONE";

/// Figures of the look-ups.
#[derive(Debug, Clone, Default)]
pub(super) struct LookupFigures {
    lookups: Family<LookupLabels, Counter>,
    under_way: Gauge,
    kept_entries: Family<ClassLabel, Gauge>,
    kept_bytes: Family<ClassLabel, Gauge>,
    kept_hits: Family<ClassLabel, Gauge>,
    breaker: Gauge,
    quota_limit: Gauge,
    quota_used: Gauge,
}

impl LookupFigures {
    /// Lets `registry` show them.
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "lienthong_lookups",
            "Look-ups that have ended",
            self.lookups.clone(),
        );
        registry.register(
            "lienthong_lookups_under_way",
            "Different questions that the source is asked at this moment",
            self.under_way.clone(),
        );
        registry.register(
            "lienthong_cache_entries",
            "Answers that are kept, by class of data",
            self.kept_entries.clone(),
        );
        registry.register(
            "lienthong_cache_bytes",
            "Memory of the answers that are kept, by class of data",
            self.kept_bytes.clone(),
        );
        registry.register(
            "lienthong_cache_hits",
            "Answers that were given from what is kept since the start, by class of data",
            self.kept_hits.clone(),
        );
        registry.register(
            "lienthong_population_breaker",
            "Circuit breaker of the population database: 0 closed, 1 half open, 2 open",
            self.breaker.clone(),
        );
        registry.register(
            "lienthong_population_quota_limit",
            "Requests to the population database that a day allows; 0 without a quota",
            self.quota_limit.clone(),
        );
        registry.register(
            "lienthong_population_quota_used",
            "Requests to the population database of this day, where there is a quota",
            self.quota_used.clone(),
        );
    }

    /// Counts a look-up that was recorded.
    pub(super) fn ended(
        &self,
        question: Question,
        outcome: AccessOutcome,
        source: Option<AnswerSource>,
    ) {
        self.count(
            question,
            outcome.name(),
            source.map_or(NO_SOURCE, AnswerSource::name),
        );
    }

    /// Counts a look-up that was refused because it could not be recorded.
    pub(super) fn unrecorded(&self, question: Question) {
        self.count(question, UNRECORDED, NO_SOURCE);
    }

    /// Takes over what is kept, what is under way and how the route stands.
    pub(super) fn set(&self, cache: &AnswerCache, under_way: usize, route: &GuardStatus) {
        self.under_way
            .set(i64::try_from(under_way).unwrap_or(i64::MAX));
        for (class, figures) in cache.figures() {
            let label = ClassLabel {
                class: class.name(),
            };
            self.kept_entries
                .get_or_create(&label)
                .set(whole(figures.entries));
            self.kept_bytes
                .get_or_create(&label)
                .set(whole(figures.bytes));
            self.kept_hits
                .get_or_create(&label)
                .set(whole(figures.hits));
        }
        self.breaker.set(match route.breaker {
            BreakerState::Closed => 0,
            BreakerState::HalfOpen => 1,
            BreakerState::Open { .. } => 2,
        });
        let (limit, used) = route
            .quota
            .map_or((0, 0), |quota| (quota.limit, quota.used));
        self.quota_limit.set(whole(limit));
        self.quota_used.set(whole(used));
    }

    fn count(&self, question: Question, outcome: &'static str, source: &'static str) {
        let labels = LookupLabels {
            question: question.name(),
            outcome,
            source,
        };
        self.lookups.get_or_create(&labels).inc();
    }
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
