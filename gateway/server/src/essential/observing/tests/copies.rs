//! Logs of look-ups of which there is a copy.

use std::path::Path;

use super::*;

/// Two gateways with observations in common, the second with a copy of the first one's log.
struct Copied {
    first: Ground,
    second: Ground,
}

impl Copied {
    /// Both logs hold `common` look-ups of the first dossier.
    async fn new(common: u32) -> Self {
        let first = Ground::new();
        let code = first.code(1);
        first.state(&code, PortalStatus::Received).await;
        for _ in 0..common {
            first.clock.advance(SignedDuration::from_secs(1));
            first.lookup(&code, AccessOutcome::Matched).await;
        }
        first.audit.close().await;
        let dir = TempDir::new().unwrap();
        let of = |dir: &Path| dir.join("audit.sqlite");
        std::fs::copy(of(first.dir.path()), of(dir.path())).unwrap();
        let opened = |dir: &Path| Arc::new(SqliteAudit::open(of(dir)).unwrap());
        let second = Ground {
            outbox: Arc::clone(&first.outbox),
            audit: opened(dir.path()),
            observations: Arc::clone(&first.observations),
            clock: Arc::clone(&first.clock),
            dir,
        };
        let first = Ground {
            audit: opened(first.dir.path()),
            ..first
        };
        Self { first, second }
    }

    async fn matched(&self) -> u32 {
        let facts = self.first.facts(&self.first.code(1)).await;
        facts.unwrap().lookups.matched
    }
}

fn is_rival(round: &Result<Observed, ObserveError>) -> bool {
    matches!(round, Err(ObserveError::Rival { .. }))
}

#[tokio::test]
async fn a_copy_that_went_on_by_itself_is_told_and_folds_nothing_in() {
    let copied = Copied::new(1).await;
    let code = copied.first.code(1);
    let (first, second) = (copied.first.observer(), copied.second.observer());
    copied.first.clock.advance(SignedDuration::from_secs(1));
    copied.first.lookup(&code, AccessOutcome::Matched).await;
    first.observe_due().await.unwrap();
    copied.second.clock.advance(SignedDuration::from_secs(1));
    for _ in 0..3 {
        copied.second.lookup(&code, AccessOutcome::Matched).await;
        assert!(is_rival(&second.observe_due().await));
        first.observe_due().await.unwrap();
        copied.first.clock.advance(SignedDuration::from_secs(60));
    }
    assert!(second.figures().has_rival && !first.figures().has_rival);
    // Nobody's check may say that the second one's dossiers had no look-up.
    let log = second.log().await.unwrap();
    for (ground, observer) in [(&copied.first, &first), (&copied.second, &second)] {
        let reached = observer.reached(&ground.window()).await.unwrap();
        assert!(!reached.is_whole() && reached.lacks(&log), "{reached:?}");
    }
    assert_eq!(copied.matched().await, 2);
    assert!(
        copied
            .first
            .observations
            .rebuilds(9)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn of_two_with_the_same_log_the_one_that_is_passed_over_says_so() {
    let copied = Copied::new(2).await;
    let code = copied.first.code(1);
    let (first, second) = (copied.first.observer(), copied.second.observer());
    first.observe_due().await.unwrap();
    // As if the first had been started anew.
    second.observe_due().await.unwrap();
    copied.first.lookup(&code, AccessOutcome::Matched).await;
    assert!(is_rival(&first.observe_due().await));
    assert!(first.figures().has_rival);
    assert!(!copied.first.is_whole(&first).await && !copied.second.is_whole(&second).await);
    copied.second.lookup(&code, AccessOutcome::Matched).await;
    second.observe_due().await.unwrap();
    assert_eq!(copied.matched().await, 3, "two, and one of the second");
}

#[tokio::test]
async fn a_log_that_was_put_back_and_has_grown_past_is_told_anew() {
    let copied = Copied::new(1).await;
    let code = copied.first.code(1);
    for _ in 0..2 {
        copied.first.clock.advance(SignedDuration::from_secs(1));
        copied.first.lookup(&code, AccessOutcome::NotAnswered).await;
    }
    copied.first.observer().observe_due().await.unwrap();
    // The copy takes its place: the gateway was away, and is asked more than was lost.
    copied.second.clock.advance(SignedDuration::from_mins(6));
    let other = copied.second.code(2);
    copied.second.state(&other, PortalStatus::Received).await;
    for _ in 0..4 {
        copied.second.clock.advance(SignedDuration::from_secs(1));
        copied.second.lookup(&other, AccessOutcome::Matched).await;
    }
    let observer = copied.second.observer();
    assert_eq!(observer.observe_due().await.unwrap().lookups, 5);
    let facts = copied.second.facts(&other).await.unwrap();
    assert_eq!(facts.lookups.matched, 4, "none is left out");
    let facts = copied.second.facts(&code).await.unwrap();
    assert_eq!(facts.lookups.matched, 1);
    assert!(facts.lookups.paper_is_lawful(), "a failure stays known");
    assert!(!observer.figures().has_rival && copied.second.is_whole(&observer).await);
}
