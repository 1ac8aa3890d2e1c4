//! Which terms remove what, and in how large steps.

use std::num::NonZeroU32;
use std::sync::Mutex;

use async_trait::async_trait;
use lienthong_adapters::store::SqliteOutbox;
use lienthong_core::access::OfficerId;
use lienthong_core::clock::ManualClock;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::ledger::{
    ChoicePosition, ChosenPart, DossierFilter, DossierSummary, FailureGroup, Found, ListPosition,
    RecordedStep, Release, Released, Replay, Resolved,
};
use lienthong_core::ports::operations::{
    ItemsWanted, NewOperation, OperationId, OperationKind, OperationState,
};
use lienthong_core::text::Text;
use tempfile::TempDir;

use super::*;

const DAY: Duration = Duration::from_hours(24);

fn now() -> Timestamp {
    "2026-07-01T01:00:00Z".parse().unwrap()
}

/// A ledger with finished and with unfinished dossiers that were touched last at these
/// moments.
struct Touched {
    finished: Mutex<Vec<Timestamp>>,
    unfinished: Mutex<Vec<Timestamp>>,
}

impl Touched {
    fn new(finished: Vec<Timestamp>, unfinished: Vec<Timestamp>) -> Arc<Self> {
        Arc::new(Self {
            finished: Mutex::new(finished),
            unfinished: Mutex::new(unfinished),
        })
    }

    fn left(&self) -> (usize, usize) {
        let finished = self.finished.lock().unwrap().len();
        (finished, self.unfinished.lock().unwrap().len())
    }
}

fn expire(dossiers: &Mutex<Vec<Timestamp>>, before: Timestamp, most: u32) -> u32 {
    let mut left = most;
    dossiers.lock().unwrap().retain(|touched| {
        let goes = *touched < before && left > 0;
        left -= u32::from(goes);
        !goes
    });
    most - left
}

#[async_trait]
impl Ledger for Touched {
    async fn dossiers(
        &self,
        _: &DossierFilter,
        _: Option<&ListPosition>,
        _: u32,
    ) -> Result<Vec<DossierSummary>, OutboxError> {
        Ok(Vec::new())
    }

    async fn choose(
        &self,
        _: &DossierFilter,
        _: Option<&ChoicePosition>,
        _: u32,
    ) -> Result<ChosenPart, OutboxError> {
        Ok(ChosenPart::default())
    }

    async fn failures(&self, _: &DossierFilter) -> Result<Vec<FailureGroup>, OutboxError> {
        Ok(Vec::new())
    }

    async fn release(&self, _: &DossierNumber, _: &Release) -> Result<Released, OutboxError> {
        Ok(Released::NotRecorded)
    }

    async fn replay(
        &self,
        _: &DossierNumber,
        _: &Replay,
        _: &Release,
    ) -> Result<Released, OutboxError> {
        Ok(Released::NotRecorded)
    }

    async fn correct(&self, _: &DossierNumber, _: &Release) -> Result<Released, OutboxError> {
        Ok(Released::NotRecorded)
    }

    async fn resolve(
        &self,
        _: &DossierNumber,
        _: u64,
        _: Found,
        _: &Release,
    ) -> Result<Resolved, OutboxError> {
        Ok(Resolved::NotRecorded)
    }

    async fn recorded_steps(
        &self,
        _: &DossierNumber,
    ) -> Result<Option<Vec<RecordedStep>>, OutboxError> {
        Ok(None)
    }

    async fn expire(&self, before: Timestamp, most: u32) -> Result<u32, OutboxError> {
        Ok(expire(&self.finished, before, most))
    }

    async fn expire_unfinished(&self, before: Timestamp, most: u32) -> Result<u32, OutboxError> {
        Ok(expire(&self.unfinished, before, most))
    }
}

/// A retention by `terms` on `ledger`, and the store of its operations.
fn retention(
    ledger: &Arc<Touched>,
    terms: Terms,
) -> (Retention, Arc<SqliteOutbox>, Arc<ManualClock>, TempDir) {
    let dir = TempDir::new().unwrap();
    let store = Arc::new(SqliteOutbox::open(dir.path().join("outbox.db")).unwrap());
    let clock = Arc::new(ManualClock::starting_at(now()));
    let (ledger, operations) = (Arc::clone(ledger) as _, Arc::clone(&store) as _);
    let history = Arc::clone(&store) as _;
    let clock_of = Arc::clone(&clock) as _;
    let retention = Retention::new(ledger, operations, history, clock_of, terms);
    (retention, store, clock, dir)
}

#[tokio::test]
async fn only_what_is_past_its_time_goes_in_small_steps() {
    let old = vec![now() - SignedDuration::from_hours(25); 150];
    let young = vec![now() - SignedDuration::from_hours(23); 3];
    let ledger = Touched::new([old, young].concat(), Vec::new());
    let terms = Terms {
        finished: Some(DAY),
        unfinished: None,
        operations: DAY,
        portal_side: DAY,
    };
    let (retention, _store, _clock, _dir) = retention(&ledger, terms);
    assert!(retention.step().await.unwrap());
    assert_eq!(ledger.left(), (53, 0));
    assert!(!retention.step().await.unwrap());
    assert_eq!(ledger.left(), (3, 0));
    assert!(!retention.step().await.unwrap());
    assert_eq!(ledger.left(), (3, 0));
}

#[tokio::test]
async fn what_did_not_come_to_its_end_has_a_term_of_its_own() {
    let touched = vec![
        now() - SignedDuration::from_hours(25),
        now() - SignedDuration::from_hours(60),
    ];
    let ledger = Touched::new(touched.clone(), touched.clone());
    let without = Terms {
        finished: None,
        unfinished: None,
        operations: DAY,
        portal_side: DAY,
    };
    let (silent, _store, _clock, _dir) = retention(&ledger, without);
    assert!(!silent.step().await.unwrap());
    assert_eq!(ledger.left(), (2, 2));
    let terms = Terms {
        finished: Some(DAY),
        unfinished: Some(DAY * 2),
        ..without
    };
    let (working, _second, _ticking, _place) = retention(&ledger, terms);
    assert!(!working.step().await.unwrap());
    assert_eq!(ledger.left(), (0, 1));
}

#[tokio::test]
async fn operations_keep_their_counts_and_lose_their_items() {
    let ledger = Touched::new(Vec::new(), Vec::new());
    let terms = Terms {
        finished: None,
        unfinished: None,
        operations: DAY,
        portal_side: DAY,
    };
    let (retention, store, clock, _dir) = retention(&ledger, terms);
    let id = OperationId::parse("op-1").unwrap();
    let new = NewOperation {
        id: id.clone(),
        kind: OperationKind::Retry,
        per_minute: NonZeroU32::MIN,
        operator: OfficerId::parse("CB-01").unwrap(),
        system: None,
        reason: Text::parse("Cổng hoạt động lại").unwrap(),
        started_at: now(),
        reconciliation: None,
        profile: None,
    };
    store.create(new).await.unwrap();
    let dossier = DossierNumber::parse("H22.12-250714-0001").unwrap();
    store.add_items(&id, vec![dossier], now()).await.unwrap();
    store.run(&id).await.unwrap();
    let cancelled = OperationState::Cancelled;
    assert!(store.end(&id, cancelled, "", now()).await.unwrap());
    let items = async || {
        let wanted = ItemsWanted::All { after: 0 };
        store.items(&id, wanted, 10).await.unwrap().len()
    };
    assert!(!retention.step().await.unwrap());
    assert_eq!(items().await, 1);
    clock.advance(SignedDuration::from_hours(25));
    assert!(!retention.step().await.unwrap());
    assert_eq!(items().await, 0);
    let kept = store.operation(&id).await.unwrap().unwrap();
    assert_eq!((kept.total, kept.expired), (1, true));
}
