//! The worker between a real store and a portal that fails on purpose, by a clock that
//! is moved.

mod numbers;
mod parking;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use lienthong_adapters::store::SqliteOutbox;
use lienthong_core::access::ClientName;
use lienthong_core::clock::{Clock, ManualClock};
use lienthong_core::dossier::{Dossier, Step};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::outbox::{ClaimRequest, Outbox};
use lienthong_core::ports::portal::{
    Portal, PortalAnswer, PortalError, PortalReference, PortalView, Reading, StepMark,
    SubmissionMode,
};
use lienthong_core::sync::cause::Cause;
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

/// How the portal behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Up,
    Down,
    /// What is sent takes effect, and the answer is lost.
    Deaf,
    /// Every create is refused for a field.
    Strict,
    /// An answer in no table, without effect.
    Babbling,
}

#[derive(Debug, Default)]
struct Held {
    creates: u32,
    steps: Vec<StepMark>,
}

/// A portal in memory that lists its steps.
#[derive(Debug)]
pub(crate) struct ModelPortal {
    mood: Mutex<Mood>,
    held: Mutex<BTreeMap<String, Held>>,
    /// Dossier whose calls are never answered.
    hanging: Mutex<Option<String>>,
    /// Notified when steps have arrived.
    stepped: Notify,
}

impl ModelPortal {
    pub(crate) fn up() -> Self {
        Self {
            mood: Mutex::new(Mood::Up),
            held: Mutex::default(),
            hanging: Mutex::default(),
            stepped: Notify::new(),
        }
    }

    fn be(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// Statuses of the steps of `code`, in order.
    fn steps(&self, code: &str) -> Vec<u8> {
        let held = self.held.lock().unwrap();
        held.get(code).map_or_else(Vec::new, |held| {
            held.steps.iter().map(|step| step.status.code()).collect()
        })
    }

    fn creates(&self, code: &str) -> u32 {
        self.held
            .lock()
            .unwrap()
            .get(code)
            .map_or(0, |held| held.creates)
    }

    fn answer(
        &self,
        apply: impl FnOnce(&mut BTreeMap<String, Held>) -> Reading,
    ) -> Result<PortalAnswer, PortalError> {
        let said = |reading| PortalAnswer {
            reading,
            code: "0".to_owned(),
            text: String::new(),
            reference: None,
        };
        let refusal = Reading::Refused {
            cause: Cause::FieldRejected,
        };
        match *self.mood.lock().unwrap() {
            Mood::Down => Err(PortalError::Unreachable),
            Mood::Strict => Ok(said(refusal)),
            Mood::Babbling => Ok(said(Reading::NotUnderstood)),
            Mood::Up => Ok(said(apply(&mut self.held.lock().unwrap()))),
            Mood::Deaf => {
                apply(&mut self.held.lock().unwrap());
                Err(PortalError::TimedOut)
            }
        }
    }
}

#[async_trait]
impl Portal for ModelPortal {
    fn profile(&self) -> &'static str {
        "model"
    }

    fn steps_per_call(&self) -> usize {
        10
    }

    async fn submit(
        &self,
        dossier: &Dossier,
        mode: SubmissionMode,
        _: Option<&PortalReference>,
        _: Duration,
    ) -> Result<PortalAnswer, PortalError> {
        let code = dossier.number.as_str().to_owned();
        let hangs = self.hanging.lock().unwrap().as_ref() == Some(&code);
        if hangs {
            std::future::pending::<()>().await;
        }
        self.answer(|held| match (mode, held.contains_key(&code)) {
            (SubmissionMode::Create, true) => Reading::AlreadyThere,
            (SubmissionMode::Update, false) => Reading::NotThere,
            (SubmissionMode::Update, true) => Reading::Accepted,
            (SubmissionMode::Create, false) => {
                held.entry(code).or_default().creates += 1;
                Reading::Accepted
            }
        })
    }

    async fn append_steps(
        &self,
        dossier: &DossierNumber,
        steps: &[Step],
        _: Option<&PortalReference>,
        _: Duration,
    ) -> Result<PortalAnswer, PortalError> {
        self.stepped.notify_one();
        self.answer(|held| match held.get_mut(dossier.as_str()) {
            None => Reading::NotThere,
            Some(held) => {
                held.steps.extend(steps.iter().map(|step| StepMark {
                    handled_at: step.handled_at,
                    status: step.status,
                    content: step.content.as_str().to_owned(),
                }));
                Reading::Accepted
            }
        })
    }

    async fn find(
        &self,
        dossier: &DossierNumber,
        _: Option<&PortalReference>,
        _: Duration,
    ) -> Result<PortalView, PortalError> {
        if *self.mood.lock().unwrap() != Mood::Up {
            return Err(PortalError::Unreachable);
        }
        let held = self.held.lock().unwrap();
        Ok(held
            .get(dossier.as_str())
            .map_or(PortalView::Absent, |held| PortalView::Present {
                status: None,
                steps: Some(held.steps.clone()),
                details: Box::default(),
            }))
    }
}

/// A store and a clock.
struct Parts {
    outbox: Arc<SqliteOutbox>,
    clock: Arc<ManualClock>,
    _dir: TempDir,
}

fn parts() -> Parts {
    let dir = TempDir::new().unwrap();
    let outbox = Arc::new(SqliteOutbox::open(dir.path().join("outbox.sqlite")).unwrap());
    let clock = Arc::new(ManualClock::starting_at(
        "2026-10-07T02:00:00Z".parse::<Timestamp>().unwrap(),
    ));
    Parts {
        outbox,
        clock,
        _dir: dir,
    }
}

fn worker_with(parts: &Parts, portal: Arc<dyn Portal>) -> Worker {
    let schedule = [5, 30, 300].map(Duration::from_secs).to_vec();
    let settings = WorkerSettings {
        schedule: Schedule::new(schedule).unwrap(),
        lease: LEASE,
        call_budget: Duration::from_secs(30),
        parallel: NonZeroUsize::new(4).unwrap(),
        name: "test".to_owned(),
    };
    Worker::new(
        Arc::clone(&parts.outbox) as _,
        portal,
        Arc::clone(&parts.clock) as _,
        settings,
        Arc::new(Notify::new()),
    )
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
    *bench.portal.hanging.lock().unwrap() = Some(hanging.clone());
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
