//! No call outlives its lease, however slow the store was with the claim.

use std::sync::Mutex;

use async_trait::async_trait;
use lienthong_core::dossier::event::Event;
use lienthong_core::ports::outbox::{
    Claim, DossierRecord, OutboxError, PutBack, Receipt, RecordError, Settled, Settlement,
};
use lienthong_core::ports::portal::PortalReference;
use lienthong_core::sync::health::SyncFacts;

use super::*;

/// A store whose claims come after this time.
struct Slow {
    inner: Arc<SqliteOutbox>,
    takes: Mutex<Duration>,
}

#[async_trait]
impl Outbox for Slow {
    async fn record(&self, event: Event, now: Timestamp) -> Result<Receipt, RecordError> {
        self.inner.record(event, now).await
    }

    async fn record_all(
        &self,
        events: Vec<Event>,
        now: Timestamp,
    ) -> Vec<Result<Receipt, RecordError>> {
        self.inner.record_all(events, now).await
    }

    async fn claim(&self, request: ClaimRequest) -> Result<Vec<Claim>, OutboxError> {
        let claims = self.inner.claim(request).await;
        let takes = *self.takes.lock().unwrap();
        tokio::time::advance(takes).await;
        claims
    }

    async fn settle(&self, settlement: Settlement) -> Result<Settled, OutboxError> {
        self.inner.settle(settlement).await
    }

    async fn put_back(&self, put_back: PutBack) -> Result<Settled, OutboxError> {
        self.inner.put_back(put_back).await
    }

    async fn keep_reference(
        &self,
        task: u64,
        fence: u64,
        reference: &PortalReference,
    ) -> Result<Settled, OutboxError> {
        self.inner.keep_reference(task, fence, reference).await
    }

    async fn dossier(&self, number: &DossierNumber) -> Result<Option<DossierRecord>, OutboxError> {
        self.inner.dossier(number).await
    }

    async fn facts(&self) -> Result<SyncFacts, OutboxError> {
        self.inner.facts().await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, OutboxError> {
        self.inner.next_due().await
    }
}

struct SlowBench {
    store: Arc<Slow>,
    portal: Arc<ModelPortal>,
    worker: Worker,
    parts: Parts,
}

impl SlowBench {
    fn new(takes: Duration) -> Self {
        let parts = parts();
        let portal = Arc::new(ModelPortal::up());
        let store = Arc::new(Slow {
            inner: Arc::clone(&parts.outbox),
            takes: Mutex::new(takes),
        });
        let outbox = Arc::clone(&store) as _;
        let worker = worker_on(outbox, &parts, Arc::clone(&portal) as _, settings());
        Self {
            store,
            portal,
            worker,
            parts,
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_claim_that_came_too_late_sends_nothing_and_costs_no_attempt() {
    // Half of a call's time would be left of the lease, less the margin.
    let bench = SlowBench::new(Duration::from_secs(45));
    let code = record_life(&bench.parts, 1).await;
    let round = bench.worker.run_due().await.unwrap();
    assert_eq!((round.claims, round.put_back), (1, 1));
    assert!(bench.portal.budgets().is_empty());
    let number = DossierNumber::parse(&code).unwrap();
    let record = bench.parts.outbox.dossier(&number).await.unwrap().unwrap();
    assert_eq!(record.state, SyncState::Pending);
    assert_eq!(record.timeline[0].attempts, []);
    *bench.store.takes.lock().unwrap() = Duration::ZERO;
    bench.parts.clock.advance(SignedDuration::from_secs(1));
    bench.worker.run_due().await.unwrap();
    assert_eq!(bench.portal.steps(&code), [2, 4, 9, 10]);
    assert_eq!(bench.portal.creates(&code), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_ends_before_its_lease() {
    let took = Duration::from_secs(40);
    let bench = SlowBench::new(took);
    record_life(&bench.parts, 1).await;
    bench.worker.one_batch().await.unwrap();
    let [given] = bench.portal.budgets()[..] else {
        panic!("{:?}", bench.portal.budgets());
    };
    assert!(took + given < LEASE, "{given:?}");
    assert!(given >= BUDGET / 2, "{given:?}");
}

#[tokio::test(start_paused = true)]
async fn a_quick_store_leaves_a_call_all_of_its_time() {
    let bench = SlowBench::new(Duration::from_millis(100));
    record_life(&bench.parts, 1).await;
    bench.worker.one_batch().await.unwrap();
    assert_eq!(bench.portal.budgets(), [BUDGET]);
}
