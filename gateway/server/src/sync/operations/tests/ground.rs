//! A real store, a worker, a runner and a portal in memory, by a clock that is moved: the
//! ground on which operators' methods are tested.

mod lost;
mod portal;
mod spoilt;

use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lienthong_adapters::store::SqliteOutbox;
use lienthong_core::access::{ClientName, OfficerId};
use lienthong_core::clock::{Clock as _, ManualClock};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::ledger::{DossierFilter, DossierSummary, Ledger as _};
use lienthong_core::ports::operations::{
    Item, ItemsWanted, NewOperation, Operation, OperationId, OperationKind, OperationState,
    Operations,
};
use lienthong_core::ports::outbox::{Outbox as _, Settled};
use lienthong_core::sync::question::StepsWithoutList;
use lienthong_core::sync::schedule::Schedule;
use lienthong_core::text::Text;
use lienthong_mocks::SampleCitizen;
use lienthong_proto::v1;
use tempfile::TempDir;
use tokio::sync::Notify;

pub(crate) use lost::LostAnswer;
pub(crate) use portal::{ModelPortal, Mood};
use spoilt::SpoiltOutbox;

use crate::convert::dossier::{read_progress, read_state};
use crate::demo::messages;
use crate::sync::operations::{
    Again, Bounds, Daily, Desk, DeskParts, OperationsRunner, Order, RunnerSettings,
};
use crate::sync::worker::{Worker, WorkerSettings};

/// Everything that an operation needs.
pub(crate) struct Ground {
    pub(crate) store: Arc<SqliteOutbox>,
    pub(crate) portal: Arc<ModelPortal>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) worker: Worker,
    pub(crate) desk: Desk,
    pub(crate) runner: OperationsRunner,
    daily: Option<Daily>,
    spoilt: Arc<SpoiltOutbox>,
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
        let spoilt = Arc::new(SpoiltOutbox::of(Arc::clone(&store)));
        let desk = desk(&spoilt, &store, Arc::clone(&store) as _, &clock);
        let runner = runner(&desk, &portal, daily, "one");
        Self {
            store,
            portal,
            clock,
            worker,
            desk,
            runner,
            daily,
            spoilt,
            _dir: dir,
        }
    }

    /// A desk that keeps its operations in `operations`.
    pub(crate) fn desk_on(&self, operations: Arc<dyn Operations>) -> Desk {
        desk(&self.spoilt, &self.store, operations, &self.clock)
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
            if !worked && round.claims == round.put_back {
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
                system: order.system,
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
            touched_at: Timestamp::UNIX_EPOCH,
            held_by: String::new(),
            held_until: None,
            stopped_by: None,
            expired: false,
        }
    }

    /// Makes what is stored of a dossier unreadable.
    pub(crate) fn spoil(&self, code: &str) {
        self.spoilt.spoil(code);
    }

    /// Begins an item as a gateway does that then goes away.
    pub(crate) async fn begun(&self, id: &OperationId, number: u64) {
        let (now, lease) = (self.clock.now(), Duration::ZERO);
        let taken = self.store.take("gone", &[], now, lease).await.unwrap();
        assert_eq!(taken.unwrap().started.id, *id);
        let begun = self.store.begin_item(id, "gone", number, None).await;
        assert_eq!(begun.unwrap(), Settled::Recorded);
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

fn desk(
    outbox: &Arc<SpoiltOutbox>,
    ledger: &Arc<SqliteOutbox>,
    operations: Arc<dyn Operations>,
    clock: &Arc<ManualClock>,
) -> Desk {
    Desk::new(DeskParts {
        outbox: Arc::clone(outbox) as _,
        ledger: Arc::clone(ledger) as _,
        operations,
        history: Arc::clone(ledger) as _,
        clock: Arc::clone(clock) as _,
        profile: "model".to_owned(),
        bounds: Bounds {
            retry_per_minute: rate(600),
            questions_per_minute: rate(120),
        },
        board: Arc::default(),
    })
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
        steps_without_list: StepsWithoutList::Person,
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
        again: Again::Never,
        operator: OfficerId::parse("CB-01").unwrap(),
        system: Some(client("console")),
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
