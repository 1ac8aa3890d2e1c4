//! The queue behind a portal that is left alone.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::guard::breaker::BreakerRule;
use lienthong_core::ports::outbox::Outbox as _;
use lienthong_core::ports::portal::Admission;
use lienthong_core::ports::portal::Portal as _;
use lienthong_core::sync::state::SyncState;
use tokio_util::sync::CancellationToken;

use super::{
    BUDGET, ModelPortal, Mood, Parts, Round, Worker, WorkerSettings, parts, record_life, settings,
    worker_on,
};
use crate::sync::guarded::{GuardSettings, GuardedPortal};

const PAUSE: Duration = Duration::from_secs(10);

struct Bench {
    portal: Arc<ModelPortal>,
    guarded: Arc<GuardedPortal>,
    worker: Worker,
    parts: Parts,
}

impl Bench {
    fn new(pause: Duration) -> Self {
        Self::with(pause, None, BUDGET)
    }

    fn with(pause: Duration, rate: Option<NonZeroU32>, call_budget: Duration) -> Self {
        let parts = parts();
        let portal = Arc::new(ModelPortal::up());
        let guard = GuardSettings {
            breaker: BreakerRule {
                pause,
                longest_pause: pause,
                burst: Duration::ZERO,
                ..BreakerRule::default()
            },
            calls_per_second: rate,
        };
        let clock = Arc::clone(&parts.clock) as _;
        let guarded = Arc::new(GuardedPortal::new(Arc::clone(&portal) as _, clock, guard));
        let settings = WorkerSettings {
            call_budget,
            ..settings()
        };
        let outbox = Arc::clone(&parts.outbox) as _;
        let worker = worker_on(outbox, &parts, Arc::clone(&guarded) as _, settings);
        Self {
            portal,
            guarded,
            worker,
            parts,
        }
    }

    async fn attempts(&self, code: &str) -> usize {
        let number = DossierNumber::parse(code).unwrap();
        let record = self.parts.outbox.dossier(&number).await.unwrap().unwrap();
        record
            .timeline
            .iter()
            .map(|entry| entry.attempts.len())
            .sum()
    }

    async fn state(&self, code: &str) -> SyncState {
        let number = DossierNumber::parse(code).unwrap();
        let record = self.parts.outbox.dossier(&number).await.unwrap().unwrap();
        record.state
    }
}

#[tokio::test]
async fn while_the_portal_is_left_alone_nothing_is_claimed() {
    let bench = Bench::new(PAUSE);
    bench.portal.be(Mood::Down);
    let mut codes = Vec::new();
    for sequence in 1..=12 {
        codes.push(record_life(&bench.parts, sequence).await);
    }
    // Four at once: the breaker opens during the second batch, and what it held back had
    // not begun.
    let round = bench.worker.run_due().await.unwrap();
    assert_eq!((round.postponed, round.put_back, round.given_up), (5, 3, 0));
    assert!(matches!(
        bench.guarded.admission(),
        Admission::Parked { .. }
    ));
    bench.parts.clock.advance(SignedDuration::from_hours(72));
    assert_eq!(bench.worker.run_due().await.unwrap(), Round::default());
    let mut attempts = 0;
    for code in &codes {
        attempts += bench.attempts(code).await;
    }
    assert_eq!(attempts, 5);
    let untouched = codes.last().unwrap();
    assert_eq!(bench.state(untouched).await, SyncState::Pending);
}

#[tokio::test]
async fn the_queue_goes_on_by_itself_when_the_portal_is_back() {
    let bench = Bench::new(Duration::from_millis(20));
    bench.portal.be(Mood::Down);
    let mut codes = Vec::new();
    for sequence in 1..=6 {
        codes.push(record_life(&bench.parts, sequence).await);
    }
    bench.worker.run_due().await.unwrap();
    bench.portal.be(Mood::Up);
    // What failed has its own time; what was never tried is tried first.
    bench.parts.clock.advance(SignedDuration::from_mins(10));
    let stop = CancellationToken::new();
    let running = {
        let (worker, stop) = (bench.worker.clone(), stop.clone());
        tokio::spawn(async move { worker.run(stop).await })
    };
    let patience = Duration::from_secs(20);
    let drained = tokio::time::timeout(patience, async {
        for code in &codes {
            while bench.portal.steps(code).len() < 4 {
                bench.portal.stepped.notified().await;
                tokio::task::yield_now().await;
            }
        }
    });
    drained.await.unwrap();
    stop.cancel();
    running.await.unwrap();
    for code in &codes {
        assert_eq!(bench.portal.steps(code), [2, 4, 9, 10]);
        assert_eq!(bench.portal.creates(code), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn only_one_dossier_tries_whether_the_portal_is_back() {
    let bench = Bench::new(PAUSE);
    bench.portal.be(Mood::Down);
    for sequence in 1..=12 {
        record_life(&bench.parts, sequence).await;
    }
    bench.worker.run_due().await.unwrap();
    tokio::time::advance(PAUSE).await;
    assert_eq!(bench.guarded.admission(), Admission::Probe);
    // Seven untouched dossiers are due and there are four places.
    let round = bench.worker.run_due().await.unwrap();
    assert_eq!((round.claims, round.postponed), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn what_our_own_rate_holds_back_loses_no_attempt_and_goes_on() {
    let one = NonZeroU32::MIN;
    let bench = Bench::with(PAUSE, Some(one), Duration::from_secs(1));
    let mut codes = Vec::new();
    for sequence in 1..=4 {
        codes.push(record_life(&bench.parts, sequence).await);
    }
    // One call goes out; the three others go back, and so does what follows the first.
    let round = bench.worker.run_due().await.unwrap();
    assert_eq!((round.accepted, round.put_back, round.postponed), (1, 4, 0));
    let mut attempts = 0;
    for code in &codes {
        attempts += bench.attempts(code).await;
    }
    assert_eq!(attempts, 1);
    assert_eq!(bench.guarded.admission(), Admission::Free);
    for _ in 0..40 {
        bench.parts.clock.advance(SignedDuration::from_secs(2));
        tokio::time::advance(Duration::from_secs(2)).await;
        bench.worker.run_due().await.unwrap();
    }
    for code in &codes {
        assert_eq!(bench.portal.steps(code), [2, 4, 9, 10]);
        assert_eq!(bench.state(code).await, SyncState::Accepted);
    }
}
