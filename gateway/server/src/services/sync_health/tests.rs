//! What whoever watches the health hears, on paused time.

use futures_util::future::join_all;
use futures_util::{FutureExt as _, StreamExt as _};
use jiff::Timestamp;
use lienthong_adapters::population::GuardSettings as PopulationGuard;
use lienthong_core::clock::ManualClock;
use lienthong_core::guard::breaker::BreakerRule;
use lienthong_core::ports::outbox::{
    Claim, ClaimRequest, DossierRecord, Outbox, OutboxError, PutBack, Receipt, RecordError,
    Settled, Settlement,
};
use lienthong_core::ports::portal::PortalReference;
use lienthong_core::sync::health::{HealthThresholds, SyncFacts};
use lienthong_core::sync::state::SyncState;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use tonic::Code;

use super::*;
use crate::lookup::tests::fakes::Desk;
use crate::status::Watching;
use crate::sync::guarded::{GuardSettings, GuardedPortal};
use crate::sync::pace::PaceCounter;
use crate::sync::worker::tests::ModelPortal;
use lienthong_core::dossier::event::Event;
use lienthong_core::dossier_number::DossierNumber;

/// An outbox of which only the facts are asked.
#[derive(Default)]
struct Facts {
    facts: Mutex<SyncFacts>,
    asked: AtomicUsize,
}

#[async_trait::async_trait]
impl Outbox for Facts {
    async fn record(&self, _: Event, _: Timestamp) -> Result<Receipt, RecordError> {
        unreachable!("only the facts are asked")
    }

    async fn record_all(&self, _: Vec<Event>, _: Timestamp) -> Vec<Result<Receipt, RecordError>> {
        unreachable!("only the facts are asked")
    }

    async fn claim(&self, _: ClaimRequest) -> Result<Vec<Claim>, OutboxError> {
        unreachable!("only the facts are asked")
    }

    async fn settle(&self, _: Settlement) -> Result<Settled, OutboxError> {
        unreachable!("only the facts are asked")
    }

    async fn put_back(&self, _: PutBack) -> Result<Settled, OutboxError> {
        unreachable!("only the facts are asked")
    }

    async fn keep_reference(
        &self,
        _: u64,
        _: u64,
        _: &PortalReference,
    ) -> Result<Settled, OutboxError> {
        unreachable!("only the facts are asked")
    }

    async fn dossier(&self, _: &DossierNumber) -> Result<Option<DossierRecord>, OutboxError> {
        unreachable!("only the facts are asked")
    }

    async fn facts(&self) -> Result<SyncFacts, OutboxError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Ok(self.facts.lock().unwrap().clone())
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, OutboxError> {
        unreachable!("only the facts are asked")
    }
}

struct Bench {
    facts: Arc<Facts>,
    report: HealthReport,
    stopping: CancellationToken,
}

fn bench() -> Bench {
    let clock = Arc::new(ManualClock::starting_at(Timestamp::UNIX_EPOCH));
    let guard = GuardSettings {
        breaker: BreakerRule::default(),
        calls_per_second: None,
    };
    let portal = Arc::new(ModelPortal::up());
    let portal = GuardedPortal::new(portal, Arc::clone(&clock) as _, guard);
    let thresholds = HealthThresholds {
        lagging_after: Duration::from_mins(10),
        stalled_after: Duration::from_mins(30),
    };
    let facts = Arc::new(Facts::default());
    let monitor = SyncMonitor::new(
        Arc::clone(&facts) as _,
        Arc::clone(&clock) as _,
        thresholds,
        Arc::new(portal),
        Arc::new(PaceCounter::default()),
    );
    let source = Desk::new().source;
    let route = Guarded::new(source, clock, PopulationGuard::default());
    let stopping = CancellationToken::new();
    let report = HealthReport::new(Arc::new(monitor), Arc::new(route));
    Bench {
        facts,
        report: report.ending_with(stopping.clone()),
        stopping,
    }
}

fn seconds(seconds: i64) -> prost_types::Duration {
    prost_types::Duration { seconds, nanos: 0 }
}

fn watch(bench: &Bench, interval: Option<prost_types::Duration>) -> Result<Healths, ServerError> {
    let client = ClientName::parse("igate").unwrap();
    bench.report.watch(&client, interval)
}

async fn next(healths: &mut Healths) -> v1::SyncHealth {
    healths.next().await.unwrap().unwrap().health.unwrap()
}

#[tokio::test(start_paused = true)]
async fn the_health_comes_at_once_after_a_change_and_after_the_interval() {
    let bench = bench();
    let mut healths = watch(&bench, Some(seconds(30))).unwrap();
    let began = Instant::now();
    assert_eq!(next(&mut healths).await.condition(), v1::Condition::Healthy);
    assert_eq!(began.elapsed(), Duration::ZERO);
    bench.facts.facts.lock().unwrap().counts = [(SyncState::Refused, 1)].into();
    let changed = next(&mut healths).await;
    assert_eq!(changed.condition(), v1::Condition::Lagging);
    assert_eq!(changed.upstreams[0].reasons[0].code, "REFUSED");
    assert!(began.elapsed() <= Duration::from_secs(2));
    let before = Instant::now();
    // More of the same is no change.
    bench.facts.facts.lock().unwrap().counts = [(SyncState::Refused, 2)].into();
    next(&mut healths).await;
    assert!(before.elapsed() >= Duration::from_secs(30));
}

#[tokio::test(start_paused = true)]
async fn a_stopping_gateway_ends_the_stream_and_says_so() {
    let bench = bench();
    let mut healths = watch(&bench, None).unwrap();
    next(&mut healths).await;
    bench.stopping.cancel();
    let ended = healths.next().await.unwrap().unwrap_err();
    assert_eq!(ended.code(), Code::Unavailable);
    assert!(healths.next().await.is_none());
}

#[tokio::test]
async fn an_interval_below_a_second_is_refused() {
    let bench = bench();
    let half = prost_types::Duration {
        seconds: 0,
        nanos: 500_000_000,
    };
    for asked in [half, seconds(0), seconds(-1), seconds(3_601)].map(Some) {
        let refused = watch(&bench, asked).map(drop).unwrap_err();
        assert!(matches!(refused, ServerError::Invalid(_)), "{asked:?}");
    }
    assert!(watch(&bench, Some(seconds(1))).is_ok());
}

#[tokio::test]
async fn no_system_takes_the_place_of_another() {
    let bench = bench();
    let mut held = Vec::new();
    let refused = loop {
        match watch(&bench, None) {
            Ok(healths) => held.push(healths),
            Err(refused) => break refused,
        }
        assert!(held.len() < 1_000, "there is a bound");
    };
    let own = ServerError::TooManyWatchers {
        watched: Watching::Health,
        own: true,
    };
    assert_eq!(refused, own);
    let other = ClientName::parse("archive").unwrap();
    let mut healths = bench.report.watch(&other, None).unwrap();
    assert!(healths.next().now_or_never().is_some());
    held.pop();
    assert!(watch(&bench, None).is_ok());
}

#[tokio::test(start_paused = true)]
async fn however_many_watch_the_health_is_judged_once_a_second() {
    let bench = bench();
    let mut watchers: Vec<_> = (0..10)
        .map(|_| watch(&bench, Some(seconds(1))).unwrap())
        .collect();
    for _ in 0..3 {
        join_all(watchers.iter_mut().map(next)).await;
    }
    assert_eq!(bench.facts.asked.load(Ordering::Relaxed), 3);
}
