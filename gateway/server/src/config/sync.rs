//! `[sync]`: the outbox, the worker that empties it, and what operators may do.
//!
//! The lease must outlast one call to the portal: a lease that ran out during a
//! call would let a second worker send the same event.

mod breaker;
mod keeping;
mod store;

use std::num::NonZeroU32;
use std::time::Duration;

use jiff::civil::Time;
use lienthong_core::access::ClientName;
use lienthong_core::guard::breaker::BreakerRule;
use lienthong_core::sync::health::HealthThresholds;
use lienthong_core::sync::question::StepsWithoutList;
use lienthong_core::sync::schedule::Schedule;

use super::description::Page;
use super::kinds::{choice, client_name, count, duration, long_duration, name_of, time_of_day};
use super::quantity::duration_text;
use super::reader::{Read, Reading};
use super::section::Section;
pub use store::{PostgresqlSettings, StoreSettings};

/// The outbox and its worker.
#[derive(Debug, Clone)]
pub struct SyncSettings {
    /// Where the outbox is.
    pub store: StoreSettings,
    /// When a failed attempt is tried again.
    pub retry_after: Schedule,
    /// How long a claimed event is kept from other workers.
    pub lease: Duration,
    /// Calls to the portal at the same time.
    pub parallel: usize,
    /// Calls to the portal a second in the long run, over all of this gateway's work;
    /// `None`: as many as come. No public figure is known, so it has no default.
    pub calls_per_second: Option<NonZeroU32>,
    /// When the portal is left alone after failures.
    pub breaker: BreakerRule,
    /// From when on waiting is worth a word.
    pub thresholds: HealthThresholds,
    /// What happens to steps whose answer was lost, at a portal that lists none.
    pub steps_without_list: StepsWithoutList,
    /// How long the contents of a finished dossier are kept; `None`: for ever.
    pub retention: Option<Duration>,
    /// How long the contents of a dossier are kept that nothing happens to any more without
    /// its having come to its end: processed and not handed over, refused, or dead. `None`:
    /// for ever. What was refused cannot be sent any more then.
    pub unfinished_retention: Option<Duration>,
    /// How long the items and differences of an operation that ended are kept.
    pub operations_kept: Duration,
    /// The clients that may use the operators' methods.
    pub operators: Vec<ClientName>,
    /// Most events that a bulk retry brings back in a minute.
    pub retry_per_minute: NonZeroU32,
    /// Most questions to the portal that a reconciliation asks in a minute.
    pub questions_per_minute: NonZeroU32,
    /// When the ledger is compared with the portal by itself; `None`: never.
    pub reconcile: Option<ReconcileSchedule>,
}

/// A comparison with the portal each day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReconcileSchedule {
    /// When it begins, in the time of Viet Nam.
    pub at: Time,
    /// Dossiers that were touched in so many days before are compared.
    pub window_days: u32,
}

const LEASE: Duration = Duration::from_mins(1);
const PARALLEL: usize = 8;
const LAGGING_AFTER: Duration = Duration::from_mins(10);
const STALLED_AFTER: Duration = Duration::from_mins(30);
const RETRY_PER_MINUTE: u32 = 600;
const QUESTIONS_PER_MINUTE: u32 = 120;
const RECONCILE_WINDOW: u32 = 7;
const OPERATIONS_KEPT: Duration = Duration::from_hours(90 * 24);
const WITHOUT_LIST: [(&str, StepsWithoutList); 2] = [
    ("person", StepsWithoutList::Person),
    ("send_again", StepsWithoutList::SendAgain),
];

/// Delays before each further attempt, in seconds.
const RETRY_AFTER: [u64; 5] = [5, 30, 300, 1_800, 7_200];

impl SyncSettings {
    pub(super) fn read(section: &mut Section<'_>) -> Read<Self> {
        let store = StoreSettings::read(section);
        let retry_after = read_schedule(section);
        let lease = section.or("lease", LEASE, duration);
        let parallel = section.or("parallel", PARALLEL, count(1..=1_000));
        let calls_per_second = section.optional("calls_per_second", count(1..=100_000_u32));
        let breaker = section.section_or_empty("breaker", breaker::read);
        let lagging_after = section.or("lagging_after", LAGGING_AFTER, duration);
        let stalled_after = section.or("stalled_after", STALLED_AFTER, duration);
        let steps_without_list = section.or(
            "steps_without_list",
            StepsWithoutList::default(),
            choice(&WITHOUT_LIST),
        );
        let retention = section.optional("retention", long_duration);
        let unfinished_retention = section.optional("unfinished_retention", long_duration);
        let operations_kept = section.or("operations_kept", OPERATIONS_KEPT, long_duration);
        let operators = section.list("operators", client_name);
        let retry = section.or("retry_per_minute", RETRY_PER_MINUTE, per_minute());
        let questions = section.or("questions_per_minute", QUESTIONS_PER_MINUTE, per_minute());
        let reconcile = read_reconcile(section);
        Ok(Self {
            store: store?,
            retry_after: retry_after?,
            lease: lease?,
            parallel: parallel?,
            calls_per_second: calls_per_second?.and_then(NonZeroU32::new),
            breaker: breaker?,
            thresholds: HealthThresholds {
                lagging_after: lagging_after?,
                stalled_after: stalled_after?,
            },
            steps_without_list: steps_without_list?,
            retention: retention?,
            unfinished_retention: unfinished_retention?,
            operations_kept: operations_kept?,
            operators: operators?.unwrap_or_default(),
            retry_per_minute: at_least_one(retry?),
            questions_per_minute: at_least_one(questions?),
            reconcile: reconcile?,
        })
    }

    /// Reports what settings of this section demand of each other.
    pub(super) fn check(&self, reading: &Reading) {
        if self.thresholds.lagging_after >= self.thresholds.stalled_after {
            let help = "lagging comes before stalled";
            reading.report_at(
                "sync.lagging_after",
                "is not shorter than `sync.stalled_after`",
                help,
            );
        }
        keeping::check(self, reading);
        breaker::check(&self.breaker, reading);
    }

    pub(super) fn describe(&self, page: &mut Page) {
        page.section("sync");
        self.store.describe(page);
        page.list(
            "retry_after",
            self.retry_after.delays().iter().copied().map(duration_text),
        );
        page.set("lease", duration_text(self.lease));
        page.count("parallel", self.parallel);
        let calls = self.calls_per_second.map(|calls| i64::from(calls.get()));
        page.set_if_any("calls_per_second", calls);
        page.set(
            "lagging_after",
            duration_text(self.thresholds.lagging_after),
        );
        page.set(
            "stalled_after",
            duration_text(self.thresholds.stalled_after),
        );
        page.set(
            "steps_without_list",
            name_of(&WITHOUT_LIST, &self.steps_without_list),
        );
        page.set_if_any("retention", self.retention.map(duration_text));
        page.set_if_any(
            "unfinished_retention",
            self.unfinished_retention.map(duration_text),
        );
        page.set("operations_kept", duration_text(self.operations_kept));
        page.list("operators", self.operators.iter().map(ClientName::as_str));
        page.set("retry_per_minute", i64::from(self.retry_per_minute.get()));
        page.set(
            "questions_per_minute",
            i64::from(self.questions_per_minute.get()),
        );
        if let Some(reconcile) = self.reconcile {
            page.set("reconcile_at", reconcile.at.strftime("%H:%M").to_string());
            page.set("reconcile_window", i64::from(reconcile.window_days));
        }
        breaker::describe(&self.breaker, page);
    }
}

fn read_schedule(section: &mut Section<'_>) -> Read<Schedule> {
    let delays = section.list("retry_after", duration)?;
    let delays = delays.unwrap_or_else(|| RETRY_AFTER.map(Duration::from_secs).to_vec());
    Schedule::new(delays).ok_or_else(|| {
        section.wrong(
            "retry_after",
            "must have at least one delay",
            "such as [\"5s\", \"5m\"]",
        )
    })
}

fn read_reconcile(section: &mut Section<'_>) -> Read<Option<ReconcileSchedule>> {
    let at = section.optional("reconcile_at", time_of_day);
    let window = section.optional("reconcile_window", count(1..=3_660_u32));
    let (at, window) = (at?, window?);
    let Some(at) = at else {
        if window.is_some() {
            let help = "set `sync.reconcile_at` or take this out";
            let message = "is of no use without a time";
            return Err(section.wrong("reconcile_window", message, help));
        }
        return Ok(None);
    };
    Ok(Some(ReconcileSchedule {
        at,
        window_days: window.unwrap_or(RECONCILE_WINDOW),
    }))
}

fn per_minute() -> impl Fn(&super::source::Node) -> Result<u32, super::reader::Complaint> {
    count(1..=1_000_000_u32)
}

fn at_least_one(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}
