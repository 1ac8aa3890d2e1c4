//! The queue behind a portal that is left alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::SignedDuration;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::guard::breaker::BreakerRule;
use lienthong_core::ports::outbox::Outbox as _;
use lienthong_core::ports::portal::Admission;
use lienthong_core::ports::portal::Portal as _;
use lienthong_core::sync::state::SyncState;
use tokio_util::sync::CancellationToken;

use super::{ModelPortal, Mood, Parts, Round, Worker, parts, record_life, worker_with};
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
        let parts = parts();
        let portal = Arc::new(ModelPortal::up());
        let settings = GuardSettings {
            breaker: BreakerRule {
                pause,
                longest_pause: pause,
                burst: Duration::ZERO,
                ..BreakerRule::default()
            },
            calls_per_second: None,
        };
        let clock = Arc::clone(&parts.clock) as _;
        let guarded = Arc::new(GuardedPortal::new(
            Arc::clone(&portal) as _,
            clock,
            settings,
        ));
        let worker = worker_with(&parts, Arc::clone(&guarded) as _);
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
    // Four at once: the breaker opens during the second batch.
    let round = bench.worker.run_due().await.unwrap();
    assert_eq!((round.postponed, round.given_up), (8, 0));
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
    assert_eq!(attempts, 8);
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
                tokio::time::sleep(Duration::from_millis(5)).await;
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

#[tokio::test]
async fn only_one_dossier_tries_whether_the_portal_is_back() {
    let bench = Bench::new(Duration::from_millis(20));
    bench.portal.be(Mood::Down);
    for sequence in 1..=12 {
        record_life(&bench.parts, sequence).await;
    }
    bench.worker.run_due().await.unwrap();
    let parked = AtomicBool::new(true);
    while parked.load(Ordering::SeqCst) {
        tokio::time::sleep(Duration::from_millis(5)).await;
        parked.store(
            bench.guarded.admission() != Admission::Probe,
            Ordering::SeqCst,
        );
    }
    // Four untouched dossiers are due and there are four places.
    let round = bench.worker.run_due().await.unwrap();
    assert_eq!((round.claims, round.postponed), (1, 1));
}
