//! Stores that were put back from a backup, and observations that are made anew.

use super::*;

/// The same gateway with another outbox in the place of its own, as from a backup.
fn with_other_outbox(ground: &Ground) -> Ground {
    let path = ground.dir.path().join("backup.sqlite");
    Ground {
        outbox: Arc::new(SqliteOutbox::open(path).unwrap()),
        audit: Arc::clone(&ground.audit),
        observations: Arc::clone(&ground.observations),
        clock: Arc::clone(&ground.clock),
        dir: TempDir::new().unwrap(),
    }
}

#[tokio::test]
async fn an_outbox_that_was_put_back_is_observed_anew_and_no_look_up_is() {
    let ground = Ground::new();
    let (first, second) = (ground.code(1), ground.code(2));
    for code in [&first, &second] {
        ground.state(code, PortalStatus::Received).await;
        ground.lookup(code, AccessOutcome::Matched).await;
    }
    ground.observer().observe_due().await.unwrap();
    // The backup holds one event: another dossier has its number now.
    let put_back = with_other_outbox(&ground);
    put_back.state(&first, PortalStatus::Processed).await;
    put_back.clock.advance(SignedDuration::from_secs(20));
    let observer = put_back.observer();
    let round = observer.observe_due().await.unwrap();
    assert_eq!((round.events, round.lookups), (1, 0));
    let facts = ground.facts(&first).await.unwrap();
    assert!(facts.processed.is_some());
    assert_eq!(facts.lookups.matched, 1);
    assert!(
        ground.facts(&second).await.is_some(),
        "it is only known here"
    );
    assert!(put_back.is_whole(&observer).await);
    // It is sent again, and what it says counts.
    put_back.state(&second, PortalStatus::Processed).await;
    observer.observe_due().await.unwrap();
    let facts = ground.facts(&second).await.unwrap();
    assert!(facts.processed.is_some());
    assert_eq!(facts.lookups.matched, 1);
}

/// Events that are held back, as what is in flight is.
struct Holding {
    outbox: Arc<SqliteOutbox>,
    holds: AtomicBool,
}

#[async_trait]
impl EventFeed for Holding {
    async fn events_after(
        &self,
        position: u64,
        most: u32,
    ) -> Result<Heard<FollowedEvent>, OutboxError> {
        if self.holds.load(Ordering::SeqCst) {
            return Ok(Heard {
                told: Vec::new(),
                reached: position,
                unreadable: 0,
                fingerprint: None,
            });
        }
        self.outbox.events_after(position, most).await
    }

    async fn newest_position(&self) -> Result<u64, OutboxError> {
        self.outbox.newest_position().await
    }

    async fn fingerprint(&self, position: u64) -> Result<Option<Fingerprint>, OutboxError> {
        self.outbox.fingerprint(position).await
    }
}

#[tokio::test]
async fn an_outbox_that_was_put_back_is_not_over_while_it_holds_something_back() {
    let ground = Ground::new();
    let code = ground.code(1);
    for status in [PortalStatus::Received, PortalStatus::Processing] {
        ground.state(&code, status).await;
    }
    ground.observer().observe_due().await.unwrap();
    let put_back = with_other_outbox(&ground);
    put_back.state(&code, PortalStatus::Processed).await;
    let events = Arc::new(Holding {
        outbox: Arc::clone(&put_back.outbox),
        holds: AtomicBool::new(true),
    });
    let observer = put_back.observer_of(Arc::clone(&events) as _, 9);
    observer.observe_due().await.unwrap();
    assert!(observer.standing(&Source::Events).await.unwrap().is_lost);
    events.holds.store(false, Ordering::SeqCst);
    observer.observe_due().await.unwrap();
    assert!(ground.facts(&code).await.unwrap().processed.is_some());
    assert!(!observer.standing(&Source::Events).await.unwrap().is_lost);
}

#[tokio::test]
async fn facts_that_were_copied_before_what_they_are_made_of_go_on() {
    let ground = Ground::new();
    let (first, second) = (ground.code(1), ground.code(2));
    ground.state(&first, PortalStatus::Received).await;
    ground.lookup(&first, AccessOutcome::Matched).await;
    ground.observer().observe_due().await.unwrap();
    let folder = TempDir::new().unwrap();
    for (sequence, name) in [
        (2, "observations.sqlite"),
        (3, "outbox.sqlite"),
        (4, "audit.sqlite"),
    ] {
        let (from, to) = (ground.dir.path().join(name), folder.path().join(name));
        lienthong_adapters::store::backup(&from, &to).unwrap();
        // Work goes on between the copies.
        let code = ground.code(sequence);
        ground.state(&code, PortalStatus::Received).await;
        ground.lookup(&second, AccessOutcome::Matched).await;
        ground.observer().observe_due().await.unwrap();
    }
    let rules = Arc::new(ObservationRules::shipped().unwrap());
    let path = |name: &str| folder.path().join(name);
    let restored = Ground {
        outbox: Arc::new(SqliteOutbox::open(path("outbox.sqlite")).unwrap()),
        audit: Arc::new(SqliteAudit::open(path("audit.sqlite")).unwrap()),
        observations: Arc::new(
            SqliteObservations::open(path("observations.sqlite"), rules).unwrap(),
        ),
        clock: Arc::clone(&ground.clock),
        dir: TempDir::new().unwrap(),
    };
    restored.clock.advance(SignedDuration::from_mins(6));
    let observer = restored.observer();
    observer.observe_due().await.unwrap();
    assert_eq!(restored.observations.rebuilds(9).await, Ok(Vec::new()));
    assert_eq!(restored.facts(&second).await.unwrap().lookups.matched, 2);
    let reached = observer.reached(&restored.window()).await.unwrap();
    assert!(reached.is_whole(), "{reached:?}");
}

#[tokio::test]
async fn an_outbox_that_was_put_back_is_noticed_also_when_it_has_grown_past() {
    let ground = Ground::new();
    for sequence in 1..=3 {
        let code = ground.code(sequence);
        ground.state(&code, PortalStatus::Received).await;
    }
    ground.observer().observe_due().await.unwrap();
    let put_back = with_other_outbox(&ground);
    for sequence in 11..=15 {
        let code = ground.code(sequence);
        put_back.state(&code, PortalStatus::Received).await;
    }
    let round = put_back.observer().observe_due().await.unwrap();
    assert_eq!(round.events, 5);
    for sequence in 11..=15 {
        let code = ground.code(sequence);
        assert!(ground.facts(&code).await.is_some(), "{sequence}");
    }
    let rebuilds = ground.observations.rebuilds(9).await.unwrap();
    let cause = RebuildCause::PutBack {
        source: Source::Events,
        position: 3,
    };
    assert_eq!(rebuilds.len(), 1);
    assert_eq!(rebuilds[0].cause, cause);
    assert_eq!(put_back.observer().observe_due().await.unwrap().events, 0);
}

#[tokio::test]
async fn a_record_of_lookups_that_was_put_back_counts_nothing_twice() {
    let ground = Ground::new();
    let code = ground.code(1);
    ground.state(&code, PortalStatus::Received).await;
    ground.lookup(&code, AccessOutcome::Matched).await;
    let observer = ground.observer();
    observer.observe_due().await.unwrap();
    let log = observer.log().await.unwrap();
    // It had three, and two are gone.
    let portion = Portion {
        before: 1,
        after: 3,
        ..Portion::default()
    };
    assert_eq!(ground.observations.observe(&log, portion).await, Ok(true));
    assert_eq!(observer.observe_due().await.unwrap().lookups, 1);
    assert_eq!(ground.facts(&code).await.unwrap().lookups.matched, 1);
    ground.lookup(&code, AccessOutcome::Matched).await;
    assert_eq!(observer.observe_due().await.unwrap().lookups, 1);
    assert_eq!(ground.facts(&code).await.unwrap().lookups.matched, 2);
}

#[tokio::test]
async fn facts_that_are_made_anew_are_never_read_by_halves() {
    let ground = Ground::new();
    let codes: Vec<String> = (1..=4).map(|sequence| ground.code(sequence)).collect();
    for code in &codes {
        ground.lookup(code, AccessOutcome::NotAnswered).await;
        ground.state(code, PortalStatus::Received).await;
    }
    for step in 0..15 {
        for code in &codes {
            ground.step(code, &format!("Bước {step}")).await;
        }
    }
    for code in &codes {
        ground.state(code, PortalStatus::Processed).await;
    }
    let all = async || {
        let mut all = Vec::new();
        for code in &codes {
            all.push(ground.facts(code).await.unwrap());
        }
        all
    };
    let one_by_one = || ground.observer_of(Arc::clone(&ground.outbox) as _, 1);
    one_by_one().observe_due().await.unwrap();
    let before = all().await;
    one_by_one().begin_anew(&asked()).await.unwrap();
    let mut rounds = 0;
    // Each round is that of a gateway that was started anew.
    while one_by_one().observe_due().await.unwrap().is_unfinished {
        rounds += 1;
        assert_eq!(all().await, before, "after {rounds} rounds");
    }
    assert!(rounds >= 1, "it takes more than one round");
    assert_eq!(all().await, before);
    ground.clock.advance(SignedDuration::from_secs(20));
    let observer = one_by_one();
    observer.observe_due().await.unwrap();
    let reached = observer.reached(&ground.window()).await.unwrap();
    assert!(reached.is_whole() && !reached.is_rebuilding);
}

#[tokio::test]
async fn events_that_come_while_facts_are_made_anew_are_seen_at_once() {
    let ground = Ground::new();
    let code = ground.code(1);
    ground.state(&code, PortalStatus::Received).await;
    for step in 0..60 {
        ground.step(&code, &format!("Bước {step}")).await;
    }
    let observer = ground.observer_of(Arc::clone(&ground.outbox) as _, 1);
    observer.observe_due().await.unwrap();
    observer.begin_anew(&asked()).await.unwrap();
    assert!(observer.observe_due().await.unwrap().is_unfinished);
    assert!(observer.figures().is_rebuilding);
    ground.state(&code, PortalStatus::Processed).await;
    observer.observe_due().await.unwrap();
    let facts = ground.facts(&code).await.unwrap();
    assert!(facts.processed.is_some());
    assert_eq!(facts.revision, 62);
    while observer.observe_due().await.unwrap().is_unfinished {}
    assert_eq!(ground.facts(&code).await, Some(facts));
    assert!(!observer.figures().is_rebuilding);
}
