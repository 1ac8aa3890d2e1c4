//! The worker between a real store and a portal that fails on purpose, by a clock that
//! is moved.

mod leases;
mod model;
mod numbers;
mod parking;
mod unlisted;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lienthong_adapters::store::SqliteOutbox;
use lienthong_core::access::ClientName;
use lienthong_core::clock::{Clock, ManualClock};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::outbox::{ClaimRequest, Outbox};
use lienthong_core::ports::portal::{Portal, SubmissionMode};
use lienthong_core::sync::question::StepsWithoutList;
use lienthong_core::sync::schedule::Schedule;
use lienthong_core::sync::state::SyncState;
use lienthong_mocks::SampleCitizen;
use lienthong_proto::v1::PortalStatus;
use tempfile::TempDir;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{Round, Worker, WorkerSettings};
use crate::convert::dossier::{read_progress, read_state};
use crate::demo::messages;
pub(crate) use model::ModelPortal;
use model::Mood;

/// A store and a clock.
struct Parts {
    outbox: Arc<SqliteOutbox>,
    clock: Arc<ManualClock>,
    dir: TempDir,
}

fn parts() -> Parts {
    let dir = TempDir::new().unwrap();
    let outbox = Arc::new(SqliteOutbox::open(dir.path().join("outbox.sqlite")).unwrap());
    let clock = Arc::new(ManualClock::starting_at(
        "2026-10-07T02:00:00Z".parse::<Timestamp>().unwrap(),
    ));
    Parts { outbox, clock, dir }
}

fn settings() -> WorkerSettings {
    let schedule = [5, 30, 300].map(Duration::from_secs).to_vec();
    WorkerSettings {
        schedule: Schedule::new(schedule).unwrap(),
        lease: LEASE,
        call_budget: BUDGET,
        parallel: NonZeroUsize::new(4).unwrap(),
        steps_without_list: StepsWithoutList::Person,
        name: "test".to_owned(),
    }
}

fn worker_with(parts: &Parts, portal: Arc<dyn Portal>) -> Worker {
    let outbox = Arc::clone(&parts.outbox) as _;
    worker_on(outbox, parts, portal, settings())
}

fn worker_on(
    outbox: Arc<dyn Outbox>,
    parts: &Parts,
    portal: Arc<dyn Portal>,
    settings: WorkerSettings,
) -> Worker {
    let clock = Arc::clone(&parts.clock) as _;
    Worker::new(outbox, portal, clock, settings, Arc::new(Notify::new()))
}

/// Records state and step 2, then 4, 9 and 10, each a second after the other.
async fn record_life(parts: &Parts, sequence: u32) -> String {
    let code = messages::dossier_code(parts.clock.now(), sequence);
    let client = ClientName::parse("igate").unwrap();
    for status in [
        PortalStatus::Received,
        PortalStatus::Processing,
        PortalStatus::Processed,
        PortalStatus::Returned,
    ] {
        parts.clock.advance(SignedDuration::from_secs(1));
        let now = parts.clock.now();
        let state = messages::state(&code, status, &citizen(), now);
        let state = read_state(&state, client.clone(), now).unwrap();
        parts.outbox.record(state, now).await.unwrap();
        let step = messages::step(&code, status, "Xử lý", now);
        let step = read_progress(&step, client.clone(), now).unwrap();
        parts.outbox.record(step, now).await.unwrap();
    }
    code
}

struct Bench {
    outbox: Arc<SqliteOutbox>,
    portal: Arc<ModelPortal>,
    clock: Arc<ManualClock>,
    worker: Worker,
    parts: Parts,
}

const LEASE: Duration = Duration::from_mins(1);
const BUDGET: Duration = Duration::from_secs(30);

impl Bench {
    fn new() -> Self {
        let parts = parts();
        let portal = Arc::new(ModelPortal::up());
        let worker = worker_with(&parts, Arc::clone(&portal) as _);
        Self {
            outbox: Arc::clone(&parts.outbox),
            portal,
            clock: Arc::clone(&parts.clock),
            worker,
            parts,
        }
    }

    async fn record_life(&self, sequence: u32) -> String {
        record_life(&self.parts, sequence).await
    }

    async fn state(&self, code: &str) -> SyncState {
        let number = DossierNumber::parse(code).unwrap();
        self.outbox.dossier(&number).await.unwrap().unwrap().state
    }

    /// Moves the clock in steps of `step` for `total`, and lets the worker do a round
    /// after each.
    async fn pass(&self, total: SignedDuration, step: SignedDuration) {
        let end = self.clock.now() + total;
        while self.clock.now() < end {
            self.clock.advance(step);
            self.worker.run_due().await.unwrap();
        }
    }

    fn whole(&self, code: &str) {
        assert_eq!(self.portal.steps(code), [2, 4, 9, 10]);
        assert_eq!(self.portal.creates(code), 1);
    }
}

fn citizen() -> SampleCitizen {
    SampleCitizen {
        personal_number: Some("000185000001".to_owned()),
        old_id_card_number: None,
        full_name: "Trần Thị Mẫu Thử".to_owned(),
        birth_date: Some("1985-02-13".to_owned()),
        birth_year: 1985,
        sex: "female",
        kind: "plain",
    }
}

#[tokio::test]
async fn one_round_brings_everything_that_is_due_in_order() {
    let bench = Bench::new();
    let mut codes = Vec::new();
    for sequence in 1..=6 {
        codes.push(bench.record_life(sequence).await);
    }
    let round = bench.worker.run_due().await.unwrap();
    assert_eq!(
        (round.postponed, round.unknown, round.given_up, round.lost),
        (0, 0, 0, 0)
    );
    for code in codes {
        bench.whole(&code);
        assert_eq!(bench.state(&code).await, SyncState::Accepted);
    }
    assert_eq!(bench.worker.run_due().await.unwrap(), Round::default());
}

#[tokio::test]
async fn an_outage_of_three_days_strands_nothing_and_doubles_nothing() {
    let bench = Bench::new();
    bench.portal.be(Mood::Down);
    let code = bench.record_life(1).await;
    bench
        .pass(
            SignedDuration::from_hours(72),
            SignedDuration::from_mins(10),
        )
        .await;
    assert_eq!(bench.state(&code).await, SyncState::Waiting);
    bench.portal.be(Mood::Up);
    bench
        .pass(SignedDuration::from_mins(20), SignedDuration::from_mins(5))
        .await;
    bench.whole(&code);
    assert_eq!(bench.state(&code).await, SyncState::Accepted);
}

#[tokio::test]
async fn what_arrived_without_an_answer_is_asked_for_and_not_sent_again() {
    let bench = Bench::new();
    let code = bench.record_life(1).await;
    // One answer after the other is lost; the question, and the send that may follow
    // from it, get through.
    for _ in 0..8 {
        bench.portal.be(Mood::Deaf);
        bench.worker.one_batch().await.unwrap();
        bench.portal.be(Mood::Up);
        bench.clock.advance(SignedDuration::from_mins(5));
        bench.worker.one_batch().await.unwrap();
        bench.worker.one_batch().await.unwrap();
    }
    bench.whole(&code);
    assert_eq!(bench.state(&code).await, SyncState::Accepted);
}

#[tokio::test]
async fn a_refusal_is_left_to_a_person_and_holds_up_nobody_else() {
    let bench = Bench::new();
    bench.portal.be(Mood::Strict);
    let refused = bench.record_life(1).await;
    assert_eq!(bench.worker.run_due().await.unwrap().given_up, 1);
    bench.portal.be(Mood::Up);
    let other = bench.record_life(2).await;
    bench
        .pass(
            SignedDuration::from_hours(24),
            SignedDuration::from_hours(1),
        )
        .await;
    assert_eq!(bench.state(&refused).await, SyncState::Refused);
    assert_eq!(bench.portal.creates(&refused), 0);
    bench.whole(&other);
}

#[tokio::test]
async fn a_text_in_no_table_is_never_taken_for_a_success_and_ends_with_a_person() {
    let bench = Bench::new();
    bench.portal.be(Mood::Babbling);
    let code = bench.record_life(1).await;
    bench.worker.run_due().await.unwrap();
    assert_eq!(bench.state(&code).await, SyncState::Unknown);
    for _ in 0..20 {
        bench.portal.be(Mood::Up);
        bench.clock.advance(SignedDuration::from_mins(10));
        bench.worker.one_batch().await.unwrap();
        bench.portal.be(Mood::Babbling);
        bench.worker.run_due().await.unwrap();
    }
    assert_eq!(bench.state(&code).await, SyncState::Dead);
    assert_eq!(bench.portal.creates(&code), 0);
}

#[tokio::test]
async fn a_claim_whose_worker_died_comes_back_as_a_question() {
    let bench = Bench::new();
    let code = bench.record_life(1).await;
    let claims = bench
        .outbox
        .claim(ClaimRequest {
            now: bench.clock.now(),
            lease: LEASE,
            limit: NonZeroUsize::MIN,
            steps_per_call: NonZeroUsize::MIN,
            worker: "dies".to_owned(),
        })
        .await
        .unwrap();
    let claim = claims.first().unwrap();
    // The dead worker had sent its create.
    let lienthong_core::ports::outbox::Work::State(dossier) = &claim.work else {
        panic!("the first event is a state");
    };
    bench
        .portal
        .submit(dossier, SubmissionMode::Create, None, LEASE)
        .await
        .unwrap();
    assert_eq!(bench.worker.run_due().await.unwrap(), Round::default());
    bench.clock.advance(SignedDuration::from_secs(61));
    bench.worker.run_due().await.unwrap();
    bench.whole(&code);
    assert_eq!(bench.state(&code).await, SyncState::Accepted);
}

#[tokio::test]
async fn a_dossier_whose_call_hangs_holds_up_no_other() {
    let bench = Bench::new();
    let hanging = bench.record_life(1).await;
    bench.portal.hang(&hanging);
    let other = bench.record_life(2).await;
    let worker = bench.worker.clone();
    let running = tokio::spawn(async move { worker.run(CancellationToken::new()).await });
    while bench.portal.steps(&other).len() < 4 {
        bench.portal.stepped.notified().await;
        tokio::task::yield_now().await;
    }
    bench.whole(&other);
    assert_eq!(bench.state(&hanging).await, SyncState::Sending);
    running.abort();
}

#[tokio::test]
async fn a_worker_that_is_stopped_while_it_reads_its_store_ends_at_once() {
    let bench = Bench::new();
    let stop = CancellationToken::new();
    // The store answers from a thread of its own, so the worker is under way by then.
    let stopped = async {
        tokio::join!(bench.worker.run(stop.clone()), async { stop.cancel() });
    };
    let patience = Duration::from_secs(3);
    tokio::time::timeout(patience, stopped).await.unwrap();
}
