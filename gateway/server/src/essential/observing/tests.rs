//! The observer on real files, by a clock that is moved.

mod copies;
mod put_back;
mod steady;

use std::sync::atomic::AtomicBool;

use async_trait::async_trait;
use lienthong_adapters::store::{SqliteAudit, SqliteObservations, SqliteOutbox};
use lienthong_core::access::{AccessContext, ClientName, OfficerId, Purpose};
use lienthong_core::agency::AgencyCode;
use lienthong_core::clock::ManualClock;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::observation::{DossierFacts, ObservationRules};
use lienthong_core::ports::audit::{
    AccessOutcome, AccessRecord, AuditLog as _, KeyId, PersonHash, Question,
};
use lienthong_core::ports::observations::{Fingerprint, FollowedEvent, Heard, Portion};
use lienthong_core::ports::outbox::Outbox as _;
use lienthong_core::procedure::ProcedureCode;
use lienthong_core::text::Text;
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
            retire_after: Duration::from_hours(24 * 7),
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
        let mut step = messages::step(code, PortalStatus::Processing, content, now);
        step.event_id = format!("{}/{}", step.event_id, now.as_second());
        let client = ClientName::parse("igate").unwrap();
        let step = read_progress(&step, client, now).unwrap();
        self.outbox.record(step, now).await.unwrap();
    }

    async fn lookup(&self, code: &str, outcome: AccessOutcome) {
        let access = access(code, outcome, self.clock.now());
        self.audit.record(access).await.unwrap();
    }

    /// How far it is with these days.
    fn window(&self) -> Window {
        let today = lienthong_core::wire_time::local_date(self.clock.now());
        Window::new(today, today).unwrap()
    }

    async fn is_whole(&self, observer: &Observer) -> bool {
        observer.reached(&self.window()).await.unwrap().is_whole()
    }

    async fn facts(&self, code: &str) -> Option<DossierFacts> {
        let number = DossierNumber::parse(code).unwrap();
        self.observations.dossier(&number).await.unwrap()
    }
}

/// That an operator asks for a rebuild.
fn asked() -> RebuildCause {
    RebuildCause::Asked {
        operator: OfficerId::parse("canbo.07").unwrap(),
        client: ClientName::parse("igate").unwrap(),
        reason: Text::parse("Thay đổi quy tắc").unwrap(),
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
    assert!(!ground.is_whole(&observer).await);
    let all = Observed {
        events: 6,
        lookups: 2,
        is_unfinished: false,
    };
    assert_eq!(observer.observe_due().await, Ok(all));
    assert!(ground.is_whole(&observer).await);
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
        is_unfinished: false,
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
    observer.begin_anew(&asked()).await.unwrap();
    let reached = observer.reached(&ground.window()).await.unwrap();
    assert!(reached.is_rebuilding && reached.is_whole());
    let again = observer.observe_due().await.unwrap();
    assert_eq!((again.events, again.lookups), (2, 1));
    assert_eq!(ground.facts(&code).await, before);
    let reached = observer.reached(&ground.window()).await.unwrap();
    assert!(!reached.is_rebuilding);
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
    ) -> Result<Heard<FollowedEvent>, OutboxError> {
        self.check()?;
        self.outbox.events_after(position, most).await
    }

    async fn newest_position(&self) -> Result<u64, OutboxError> {
        self.check()?;
        self.outbox.newest_position().await
    }

    async fn fingerprint(&self, position: u64) -> Result<Option<Fingerprint>, OutboxError> {
        self.check()?;
        self.outbox.fingerprint(position).await
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
    while !ground.is_whole(&observer).await {
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    stop.cancel();
    running.await.unwrap();
    assert!(ground.facts(&code).await.is_some());
}

#[tokio::test]
async fn a_source_that_nobody_goes_on_with_is_followed_by_nobody() {
    let ground = Ground::new();
    let observer = ground.observer();
    let now = ground.clock.now();
    let given = Standing::new(Source::Lookups("given".to_owned()));
    assert!(observer.is_unfollowed(&given, now));
    let seen = |days: i64| Standing {
        follower: Some(Follower {
            id: FollowerId("f".to_owned()),
            seen_at: now - SignedDuration::from_hours(24 * days),
        }),
        ..given.clone()
    };
    assert!(!observer.is_unfollowed(&seen(7), now));
    assert!(observer.is_unfollowed(&seen(8), now));
}
