//! The observer on real files, by a clock that is moved.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use lienthong_adapters::store::{SqliteAudit, SqliteObservations, SqliteOutbox};
use lienthong_core::access::{AccessContext, ClientName, OfficerId, Purpose};
use lienthong_core::agency::AgencyCode;
use lienthong_core::clock::ManualClock;
use lienthong_core::observation::{DossierFacts, ObservationRules};
use lienthong_core::ports::audit::{
    AccessOutcome, AccessRecord, AuditLog as _, KeyId, PersonHash, Question,
};
use lienthong_core::ports::observations::FollowedEvent;
use lienthong_core::ports::outbox::Outbox as _;
use lienthong_core::procedure::ProcedureCode;
use lienthong_mocks::SampleCitizen;
use lienthong_proto::v1::PortalStatus;
use tempfile::TempDir;

use super::*;
use crate::convert::dossier::{read_progress, read_state};
use crate::demo::messages;

/// A gateway's files and a clock.
struct Ground {
    outbox: Arc<SqliteOutbox>,
    audit: Arc<SqliteAudit>,
    observations: Arc<SqliteObservations>,
    clock: Arc<ManualClock>,
    dir: TempDir,
}

impl Ground {
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let start: Timestamp = "2026-10-07T02:00:00Z".parse().unwrap();
        let rules = Arc::new(ObservationRules::shipped().unwrap());
        let path = |name: &str| dir.path().join(name);
        Self {
            outbox: Arc::new(SqliteOutbox::open(path("outbox.sqlite")).unwrap()),
            audit: Arc::new(SqliteAudit::open(path("audit.sqlite")).unwrap()),
            observations: Arc::new(
                SqliteObservations::open(path("observations.sqlite"), rules).unwrap(),
            ),
            clock: Arc::new(ManualClock::starting_at(start)),
            dir,
        }
    }

    fn observer(&self) -> Observer {
        self.observer_of(Arc::clone(&self.outbox) as _, 3)
    }

    fn observer_of(&self, events: Arc<dyn EventFeed>, batch: u32) -> Observer {
        let settings = ObserverSettings {
            every: Duration::from_secs(5),
            batch: NonZeroU32::new(batch).unwrap(),
            keep: Duration::from_hours(24 * 30),
        };
        Observer::new(
            events,
            Arc::clone(&self.audit) as _,
            Arc::clone(&self.observations) as _,
            Arc::clone(&self.clock) as _,
            settings,
        )
    }

    fn code(&self, sequence: u32) -> String {
        messages::dossier_code(self.clock.now(), sequence)
    }

    async fn state(&self, code: &str, status: PortalStatus) {
        self.clock.advance(SignedDuration::from_secs(1));
        let now = self.clock.now();
        let state = messages::state(code, status, &citizen(), now);
        let client = ClientName::parse("igate").unwrap();
        let state = read_state(&state, client, now).unwrap();
        self.outbox.record(state, now).await.unwrap();
    }

    async fn step(&self, code: &str, content: &str) {
        self.clock.advance(SignedDuration::from_secs(1));
        let now = self.clock.now();
        let step = messages::step(code, PortalStatus::Processing, content, now);
        let client = ClientName::parse("igate").unwrap();
        let step = read_progress(&step, client, now).unwrap();
        self.outbox.record(step, now).await.unwrap();
    }

    async fn lookup(&self, code: &str, outcome: AccessOutcome) {
        let access = access(code, outcome, self.clock.now());
        self.audit.record(access).await.unwrap();
    }

    async fn facts(&self, code: &str) -> Option<DossierFacts> {
        let number = DossierNumber::parse(code).unwrap();
        self.observations.dossier(&number).await.unwrap()
    }
}

/// An invented person; 000 is the place of no one.
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

fn access(code: &str, outcome: AccessOutcome, asked_at: Timestamp) -> AccessRecord {
    AccessRecord {
        asked_at,
        context: AccessContext {
            client: ClientName::parse("igate").unwrap(),
            officer: OfficerId::parse("canbo.01").unwrap(),
            officer_account: None,
            unit: AgencyCode::parse("H60.12").unwrap(),
            procedure: ProcedureCode::parse("1.001193").unwrap(),
            dossier: DossierNumber::parse(code).unwrap(),
            purpose: Purpose::DossierIntake,
            legal_basis: None,
        },
        question: Question::LookUp,
        operation: None,
        requested: Vec::new(),
        returned: vec!["full_name".to_owned()],
        withheld: Vec::new(),
        outcome,
        reason: String::new(),
        source: None,
        observed_at: None,
        request_number: None,
        attempts: 1,
        profile: "soap-lgsp".to_owned(),
        latency: Duration::from_millis(3),
        person: PersonHash {
            key_id: KeyId::parse("k1").unwrap(),
            hash: [7; 32],
        },
    }
}

#[tokio::test]
async fn a_round_folds_in_everything_that_is_kept() {
    let ground = Ground::new();
    let (first, second) = (ground.code(1), ground.code(2));
    ground.lookup(&second, AccessOutcome::NotAnswered).await;
    for code in [&first, &second] {
        ground.state(code, PortalStatus::Received).await;
        ground.step(code, "Ban hành văn bản xin lỗi").await;
        ground.state(code, PortalStatus::Processed).await;
    }
    ground.lookup(&first, AccessOutcome::Matched).await;
    let observer = ground.observer();
    assert_eq!(observer.caught_up().await, Ok(false));
    let all = Observed {
        events: 6,
        lookups: 2,
    };
    assert_eq!(observer.observe_due().await, Ok(all));
    assert_eq!(observer.caught_up().await, Ok(true));
    let facts = ground.facts(&first).await.unwrap();
    assert_eq!((facts.revision, facts.lookups.matched), (3, 1));
    assert!(facts.processed.is_some() && facts.apologised_at.is_some());
    assert_eq!(ground.facts(&second).await.unwrap().lookups.failed, 1);
    let figures = observer.figures();
    assert_eq!((figures.events_behind, figures.lookups_behind), (0, 0));
    assert_eq!(figures.last_folded_at, Some(ground.clock.now()));
    assert_eq!(observer.observe_due().await, Ok(Observed::default()));
}

#[tokio::test]
async fn what_comes_later_is_added_also_by_another_observer() {
    let ground = Ground::new();
    let code = ground.code(1);
    ground.state(&code, PortalStatus::Received).await;
    ground.lookup(&code, AccessOutcome::Matched).await;
    ground.observer().observe_due().await.unwrap();
    ground.state(&code, PortalStatus::SupplementRequested).await;
    ground.lookup(&code, AccessOutcome::Matched).await;
    let later = ground.observer().observe_due().await;
    let expected = Observed {
        events: 1,
        lookups: 1,
    };
    assert_eq!(later, Ok(expected));
    let facts = ground.facts(&code).await.unwrap();
    assert_eq!((facts.pauses.len(), facts.lookups.matched), (1, 2));
}

#[tokio::test]
async fn everything_is_folded_in_anew_and_nothing_twice() {
    let ground = Ground::new();
    let code = ground.code(1);
    ground.state(&code, PortalStatus::Received).await;
    ground.step(&code, "Chuyển xử lý").await;
    ground.lookup(&code, AccessOutcome::Matched).await;
    let observer = ground.observer();
    observer.observe_due().await.unwrap();
    let before = ground.facts(&code).await;
    observer.begin_anew().await.unwrap();
    assert_eq!(observer.caught_up().await, Ok(false));
    let again = observer.observe_due().await.unwrap();
    assert_eq!((again.events, again.lookups), (2, 1));
    assert_eq!(ground.facts(&code).await, before);
}

#[tokio::test]
async fn an_outbox_that_was_put_back_is_observed_anew() {
    let ground = Ground::new();
    let (first, second) = (ground.code(1), ground.code(2));
    for code in [&first, &second] {
        ground.state(code, PortalStatus::Received).await;
        ground.lookup(code, AccessOutcome::Matched).await;
    }
    ground.observer().observe_due().await.unwrap();
    // As from a backup that holds one event: another dossier has its number now.
    let other = Arc::new(SqliteOutbox::open(ground.dir.path().join("backup.sqlite")).unwrap());
    let put_back = Ground {
        outbox: other,
        audit: Arc::clone(&ground.audit),
        observations: Arc::clone(&ground.observations),
        clock: Arc::clone(&ground.clock),
        dir: TempDir::new().unwrap(),
    };
    put_back.state(&first, PortalStatus::Processed).await;
    let round = put_back.observer().observe_due().await.unwrap();
    assert_eq!((round.events, round.lookups), (1, 2));
    let facts = ground.facts(&first).await.unwrap();
    assert!(facts.processed.is_some());
    assert_eq!(facts.lookups.matched, 1);
    assert!(
        ground.facts(&second).await.is_some(),
        "it is only known here"
    );
}

#[tokio::test]
async fn a_record_of_lookups_that_was_put_back_is_followed_from_its_end() {
    let ground = Ground::new();
    let code = ground.code(1);
    ground.state(&code, PortalStatus::Received).await;
    ground.lookup(&code, AccessOutcome::Matched).await;
    let observer = ground.observer();
    let log = observer.log().await.unwrap();
    // It had three, and two are gone.
    let more = ground.observations.observe(&log, 0, 3, Vec::new()).await;
    assert_eq!(more, Ok(true));
    assert_eq!(observer.observe_due().await.unwrap().lookups, 0);
    ground.lookup(&code, AccessOutcome::Matched).await;
    assert_eq!(observer.observe_due().await.unwrap().lookups, 1);
    assert_eq!(ground.facts(&code).await.unwrap().lookups.matched, 1);
}

#[tokio::test]
async fn what_ended_long_ago_is_forgotten_in_its_time() {
    let ground = Ground::new();
    let (ended, open) = (ground.code(1), ground.code(2));
    ground.state(&ended, PortalStatus::Processed).await;
    ground.state(&open, PortalStatus::Received).await;
    let observer = ground.observer();
    observer.observe_due().await.unwrap();
    ground.clock.advance(SignedDuration::from_hours(24 * 29));
    observer.observe_due().await.unwrap();
    assert!(ground.facts(&ended).await.is_some());
    ground.clock.advance(SignedDuration::from_hours(24 * 2));
    observer.observe_due().await.unwrap();
    assert_eq!(ground.facts(&ended).await, None);
    assert!(ground.facts(&open).await.is_some());
}

/// Events that can be followed only now and then.
struct Unsteady {
    outbox: Arc<SqliteOutbox>,
    out: AtomicBool,
}

impl Unsteady {
    fn check(&self) -> Result<(), OutboxError> {
        if self.out.load(Ordering::SeqCst) {
            return Err(OutboxError::Unavailable {
                reason: "the test says so".to_owned(),
            });
        }
        Ok(())
    }
}

#[async_trait]
impl EventFeed for Unsteady {
    async fn events_after(
        &self,
        position: u64,
        most: u32,
    ) -> Result<Vec<FollowedEvent>, OutboxError> {
        self.check()?;
        self.outbox.events_after(position, most).await
    }

    async fn newest_position(&self) -> Result<u64, OutboxError> {
        self.check()?;
        self.outbox.newest_position().await
    }
}

#[tokio::test]
async fn events_that_cannot_be_followed_do_not_hold_up_the_lookups() {
    let ground = Ground::new();
    let code = ground.code(1);
    ground.state(&code, PortalStatus::Received).await;
    ground.lookup(&code, AccessOutcome::Matched).await;
    let events = Arc::new(Unsteady {
        outbox: Arc::clone(&ground.outbox),
        out: AtomicBool::new(true),
    });
    let observer = ground.observer_of(Arc::clone(&events) as _, 100);
    let error = observer.observe_due().await.unwrap_err();
    assert!(matches!(error, ObserveError::Events(_)), "{error:?}");
    let began = ground.clock.now();
    assert_eq!(observer.figures().failing_since, Some(began));
    ground.clock.advance(SignedDuration::from_secs(60));
    observer.observe_due().await.unwrap_err();
    assert_eq!(observer.figures().failing_since, Some(began));
    events.out.store(false, Ordering::SeqCst);
    let round = observer.observe_due().await.unwrap();
    assert_eq!((round.events, round.lookups), (1, 0), "they were counted");
    assert_eq!(observer.figures().failing_since, None);
    assert_eq!(ground.facts(&code).await.unwrap().lookups.matched, 1);
}

#[tokio::test]
async fn pauses_grow_with_failures_up_to_a_minute() {
    let observer = Ground::new().observer();
    let pauses: Vec<u64> = [0, 1, 2, 3, 4, 100]
        .map(|failures| observer.pause(failures).as_secs())
        .to_vec();
    assert_eq!(pauses, [5, 10, 20, 40, 60, 60]);
}

#[tokio::test(start_paused = true)]
async fn it_works_by_itself_until_it_is_stopped() {
    let ground = Ground::new();
    let code = ground.code(1);
    ground.state(&code, PortalStatus::Received).await;
    let observer = Arc::new(ground.observer());
    let stop = CancellationToken::new();
    let running = tokio::spawn({
        let (observer, stop) = (Arc::clone(&observer), stop.clone());
        async move { observer.run(stop).await }
    });
    while observer.caught_up().await != Ok(true) {
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    stop.cancel();
    running.await.unwrap();
    assert!(ground.facts(&code).await.is_some());
}

/// Events of which there is one more each time somebody asks how many there are.
struct Growing {
    inner: Arc<SqliteOutbox>,
    more: std::sync::atomic::AtomicU64,
}

#[async_trait]
impl EventFeed for Growing {
    async fn events_after(
        &self,
        position: u64,
        most: u32,
    ) -> Result<Vec<FollowedEvent>, OutboxError> {
        self.inner.events_after(position, most).await
    }

    async fn newest_position(&self) -> Result<u64, OutboxError> {
        let more = self.more.fetch_add(1, Ordering::Relaxed);
        let now: Timestamp = "2026-10-07T02:00:00Z".parse().unwrap();
        let code = messages::dossier_code(now, 100 + u32::try_from(more).unwrap());
        let state = messages::state(&code, PortalStatus::Received, &citizen(), now);
        let client = ClientName::parse("igate").unwrap();
        let state = read_state(&state, client, now).unwrap();
        self.inner.record(state, now).await.unwrap();
        self.inner.newest_position().await
    }
}

#[tokio::test]
async fn steady_traffic_does_not_put_the_answer_off() {
    let ground = Ground::new();
    let events = Growing {
        inner: Arc::clone(&ground.outbox),
        more: std::sync::atomic::AtomicU64::new(0),
    };
    let observer = Arc::new(ground.observer_of(Arc::new(events), 3));
    observer.observe_due().await.unwrap();
    assert_eq!(observer.caught_up().await, Ok(false), "one more came");
    let nobody = observer.catch_up(Duration::from_millis(1)).await;
    assert_eq!(nobody, Ok(false), "nobody is at work");
    let stop = CancellationToken::new();
    let (working, stopped) = (Arc::clone(&observer), stop.clone());
    let work = tokio::spawn(async move { working.run(stopped).await });
    assert_eq!(observer.catch_up(Duration::from_mins(1)).await, Ok(true));
    stop.cancel();
    work.await.unwrap();
}
