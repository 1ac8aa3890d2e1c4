//! A real store, a worker, a runner and a portal in memory, by a clock that is moved: the
//! ground on which operators' methods are tested.

use std::collections::BTreeMap;
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use lienthong_adapters::store::SqliteOutbox;
use lienthong_core::access::{ClientName, OfficerId};
use lienthong_core::clock::{Clock as _, ManualClock};
use lienthong_core::dossier::{Dossier, Step};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::ledger::{DossierFilter, DossierSummary, Ledger as _};
use lienthong_core::ports::operations::{
    Item, ItemsWanted, NewOperation, Operation, OperationId, OperationKind, OperationState,
    Operations as _,
};
use lienthong_core::ports::outbox::Outbox as _;
use lienthong_core::ports::portal::{
    Portal, PortalAnswer, PortalDetails, PortalError, PortalReference, PortalView, Reading,
    StepMark, SubmissionMode,
};
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::schedule::Schedule;
use lienthong_core::text::Text;
use lienthong_mocks::SampleCitizen;
use lienthong_proto::v1;
use tempfile::TempDir;
use tokio::sync::Notify;

use super::{Bounds, Daily, Desk, DeskParts, OperationsRunner, Order, RunnerSettings};
use crate::convert::dossier::{read_progress, read_state};
use crate::demo::messages;
use crate::sync::worker::{Worker, WorkerSettings};

/// How the portal behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// It does what it is asked.
    Up,
    /// It cannot be reached.
    Down,
    /// It refuses every create for a field.
    Strict,
    /// It does what it is asked, but has no question.
    Mute,
    /// The guard in front of it leaves it alone.
    Parked,
}

/// A dossier at the portal.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    /// Its status.
    pub(crate) status: PortalStatus,
    /// Ngày hẹn trả.
    pub(crate) due: Option<Timestamp>,
    /// Its steps.
    pub(crate) steps: Vec<StepMark>,
}

/// A portal in memory.
#[derive(Debug)]
pub(crate) struct ModelPortal {
    mood: Mutex<Mood>,
    held: Mutex<BTreeMap<String, Held>>,
    questions: Mutex<Vec<String>>,
    sends: Mutex<usize>,
    presence_only: bool,
}

impl ModelPortal {
    fn new(presence_only: bool) -> Self {
        Self {
            mood: Mutex::new(Mood::Up),
            held: Mutex::default(),
            questions: Mutex::default(),
            sends: Mutex::default(),
            presence_only,
        }
    }

    /// Behaves like this from now on.
    pub(crate) fn be(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// Forgets a dossier.
    pub(crate) fn forget(&self, code: &str) {
        self.held.lock().unwrap().remove(code);
    }

    /// Holds what nobody here has sent.
    pub(crate) fn hold(&self, code: &str) {
        let held = Held {
            status: PortalStatus::Received,
            due: None,
            steps: Vec::new(),
        };
        self.held.lock().unwrap().insert(code.to_owned(), held);
    }

    /// Changes what it holds of a dossier behind everybody's back.
    pub(crate) fn change(&self, code: &str, change: impl FnOnce(&mut Held)) {
        change(self.held.lock().unwrap().get_mut(code).unwrap());
    }

    /// What it holds of a dossier.
    pub(crate) fn held(&self, code: &str) -> Option<Held> {
        self.held.lock().unwrap().get(code).cloned()
    }

    /// Questions asked so far.
    pub(crate) fn questions(&self) -> usize {
        self.questions.lock().unwrap().len()
    }

    /// Calls that brought something, so far.
    pub(crate) fn sends(&self) -> usize {
        *self.sends.lock().unwrap()
    }

    fn answer(
        &self,
        create: bool,
        apply: impl FnOnce(&mut BTreeMap<String, Held>) -> Reading,
    ) -> Result<PortalAnswer, PortalError> {
        *self.sends.lock().unwrap() += 1;
        let refused = Reading::Refused {
            cause: Cause::FieldRejected,
        };
        let reading = match *self.mood.lock().unwrap() {
            Mood::Down => return Err(PortalError::Unreachable),
            Mood::Parked => return Err(PortalError::BreakerOpen),
            Mood::Strict if create => refused,
            Mood::Up | Mood::Strict | Mood::Mute => apply(&mut self.held.lock().unwrap()),
        };
        Ok(PortalAnswer {
            reading,
            code: "-1".to_owned(),
            text: String::new(),
            reference: None,
        })
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
        let create = mode == SubmissionMode::Create;
        self.answer(create, |held| match (create, held.get_mut(&code)) {
            (true, Some(_)) => Reading::AlreadyThere,
            (false, None) => Reading::NotThere,
            (true, None) => {
                let fresh = Held {
                    status: dossier.status,
                    due: dossier.dates.due,
                    steps: Vec::new(),
                };
                held.insert(code, fresh);
                Reading::Accepted
            }
            (false, Some(held)) => {
                held.status = dossier.status;
                held.due = dossier.dates.due;
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
        self.answer(false, |held| match held.get_mut(dossier.as_str()) {
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
        self.questions
            .lock()
            .unwrap()
            .push(dossier.as_str().to_owned());
        match *self.mood.lock().unwrap() {
            Mood::Down => return Err(PortalError::Unreachable),
            Mood::Parked => return Err(PortalError::BreakerOpen),
            Mood::Mute => {
                return Err(PortalError::NotOffered {
                    operation: "question",
                });
            }
            Mood::Up | Mood::Strict => {}
        }
        let Some(held) = self.held(dossier.as_str()) else {
            return Ok(PortalView::Absent);
        };
        if self.presence_only {
            return Ok(PortalView::Present {
                status: None,
                steps: None,
                details: Box::default(),
            });
        }
        Ok(PortalView::Present {
            status: Some(held.status),
            steps: Some(held.steps),
            details: Box::new(PortalDetails {
                due: Some(held.due),
                ..PortalDetails::default()
            }),
        })
    }
}

/// Everything that an operation needs.
pub(crate) struct Ground {
    pub(crate) store: Arc<SqliteOutbox>,
    pub(crate) portal: Arc<ModelPortal>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) worker: Worker,
    pub(crate) desk: Desk,
    pub(crate) runner: OperationsRunner,
    daily: Option<Daily>,
    _dir: TempDir,
}

impl Ground {
    /// A portal whose answers carry fields; no daily reconciliation.
    pub(crate) fn new() -> Self {
        Self::with(false, None)
    }

    /// A portal that only says whether it holds a dossier.
    pub(crate) fn with_presence_only() -> Self {
        Self::with(true, None)
    }

    /// A reconciliation every day.
    pub(crate) fn with_daily(daily: Daily) -> Self {
        Self::with(false, Some(daily))
    }

    fn with(presence_only: bool, daily: Option<Daily>) -> Self {
        let dir = TempDir::new().unwrap();
        let store = Arc::new(SqliteOutbox::open(dir.path().join("outbox.sqlite")).unwrap());
        let portal = Arc::new(ModelPortal::new(presence_only));
        let clock = Arc::new(ManualClock::starting_at(
            "2026-10-07T02:00:00Z".parse::<Timestamp>().unwrap(),
        ));
        let worker = Worker::new(
            Arc::clone(&store) as _,
            Arc::clone(&portal) as _,
            Arc::clone(&clock) as _,
            worker_settings(),
            Arc::new(Notify::new()),
        );
        let desk = Desk::new(DeskParts {
            outbox: Arc::clone(&store) as _,
            ledger: Arc::clone(&store) as _,
            operations: Arc::clone(&store) as _,
            clock: Arc::clone(&clock) as _,
            profile: "model".to_owned(),
            bounds: Bounds {
                retry_per_minute: rate(600),
                questions_per_minute: rate(120),
            },
        });
        let runner = runner(&desk, &portal, daily, "one");
        Self {
            store,
            portal,
            clock,
            worker,
            desk,
            runner,
            daily,
            _dir: dir,
        }
    }

    /// Another gateway on the same store, as after a restart.
    pub(crate) fn restarted(&self, name: &str) -> OperationsRunner {
        runner(&self.desk, &self.portal, self.daily, name)
    }

    /// Records state and step of each status, a second apart.
    pub(crate) async fn record(&self, sequence: u32, statuses: &[v1::PortalStatus]) -> String {
        let code = messages::dossier_code(self.clock.now(), sequence);
        for status in statuses {
            self.record_state(&code, *status).await;
            self.record_step(&code, *status).await;
        }
        code
    }

    /// Records a state.
    pub(crate) async fn record_state(&self, code: &str, status: v1::PortalStatus) {
        self.clock.advance(SignedDuration::from_secs(1));
        let now = self.clock.now();
        let mut message = messages::state(code, status, &citizen(), now);
        if let Some(dossier) = &mut message.dossier {
            dossier.received_at = dossier.submitted_at;
        }
        let event = read_state(&message, client("igate"), now).unwrap();
        self.store.record(event, now).await.unwrap();
    }

    /// Records a step.
    pub(crate) async fn record_step(&self, code: &str, status: v1::PortalStatus) {
        self.clock.advance(SignedDuration::from_secs(1));
        let now = self.clock.now();
        let message = messages::step(code, status, "Xử lý", now);
        let event = read_progress(&message, client("igate"), now).unwrap();
        self.store.record(event, now).await.unwrap();
    }

    /// Lets worker and runner do what is due now, until nothing is left.
    pub(crate) async fn settle(&self) {
        loop {
            let worked = self.runner.run_due().await.unwrap();
            let round = self.worker.run_due().await.unwrap();
            if !worked && round.claims == 0 {
                return;
            }
        }
    }

    /// Lets time pass, second by second.
    pub(crate) async fn pass(&self, total: SignedDuration) {
        for _ in 0..total.as_secs() {
            self.clock.advance(SignedDuration::from_secs(1));
            self.settle().await;
        }
    }

    /// A reconciliation with this id that has just begun, and stands in no store.
    pub(crate) fn running(id: &str) -> Operation {
        let order = order(id, 60);
        Operation {
            started: NewOperation {
                id: order.id,
                kind: OperationKind::Reconciliation,
                per_minute: order.per_minute,
                operator: order.operator,
                reason: order.reason,
                started_at: Timestamp::UNIX_EPOCH,
                reconciliation: None,
                profile: Some("model".to_owned()),
            },
            state: OperationState::Running,
            total: 0,
            succeeded: 0,
            failed: 0,
            skipped: 0,
            ended_at: None,
            failure: String::new(),
        }
    }

    /// An operation.
    pub(crate) async fn operation(&self, id: &OperationId) -> Operation {
        self.store.operation(id).await.unwrap().unwrap()
    }

    /// The items of an operation.
    pub(crate) async fn items(&self, id: &OperationId) -> Vec<Item> {
        let wanted = ItemsWanted::All { after: 0 };
        self.store.items(id, wanted, 1000).await.unwrap()
    }

    /// A dossier as operators see it.
    pub(crate) async fn summary(&self, code: &str) -> DossierSummary {
        let found = self.store.dossiers(&only(code), None, 1).await.unwrap();
        found.into_iter().next().unwrap()
    }
}

/// A runner of `desk`.
fn runner(
    desk: &Desk,
    portal: &Arc<ModelPortal>,
    daily: Option<Daily>,
    name: &str,
) -> OperationsRunner {
    let settings = RunnerSettings {
        name: name.to_owned(),
        call_budget: Duration::from_secs(30),
        daily,
    };
    OperationsRunner::new(desk.clone(), Arc::clone(portal) as _, settings)
}

fn worker_settings() -> WorkerSettings {
    let schedule = [5, 30, 300].map(Duration::from_secs).to_vec();
    WorkerSettings {
        schedule: Schedule::new(schedule).unwrap(),
        lease: Duration::from_mins(1),
        call_budget: Duration::from_secs(30),
        parallel: NonZeroUsize::new(4).unwrap(),
        name: "test".to_owned(),
    }
}

/// A calling system.
pub(crate) fn client(name: &str) -> ClientName {
    ClientName::parse(name).unwrap()
}

/// A rate.
pub(crate) fn rate(per_minute: u32) -> NonZeroU32 {
    NonZeroU32::new(per_minute).unwrap()
}

/// An order of an operation with this id.
pub(crate) fn order(id: &str, per_minute: u32) -> Order {
    Order {
        id: OperationId::parse(id).unwrap(),
        operator: OfficerId::parse("CB-01").unwrap(),
        reason: Text::parse("Đã sửa trường bị từ chối").unwrap(),
        per_minute: rate(per_minute),
    }
}

/// This dossier alone.
pub(crate) fn only(code: &str) -> DossierFilter {
    DossierFilter {
        dossiers: vec![DossierNumber::parse(code).unwrap()],
        ..DossierFilter::default()
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
