//! A portal that tells presence only, or nothing at all.

use lienthong_core::access::OfficerId;
use lienthong_core::ports::ledger::{Found, Ledger as _, Release, Resolved};
use lienthong_core::sync::cause::Cause;
use lienthong_core::text::Text;

use super::model::Asked;
use super::*;

impl Bench {
    fn sending_again() -> Self {
        let bench = Self::new();
        let settings = WorkerSettings {
            steps_without_list: StepsWithoutList::SendAgain,
            ..settings()
        };
        let outbox = Arc::clone(&bench.outbox) as _;
        let portal = Arc::clone(&bench.portal) as _;
        Self {
            worker: worker_on(outbox, &bench.parts, portal, settings),
            ..bench
        }
    }

    /// One send whose answer is lost, and what follows from it by itself.
    async fn lose_one_answer(&self) {
        self.portal.be(Mood::Deaf);
        self.worker.one_batch().await.unwrap();
        self.portal.be(Mood::Up);
        self.clock.advance(SignedDuration::from_mins(5));
    }

    async fn resolve(&self, code: &str, revision: u64, found: Found) -> Resolved {
        let release = Release {
            operator: OfficerId::parse("CB-01").unwrap(),
            reason: Text::parse("Đã xem trên cổng").unwrap(),
            system: None,
            operation: None,
            at: self.clock.now(),
        };
        let number = DossierNumber::parse(code).unwrap();
        let resolved = self.outbox.resolve(&number, revision, found, &release);
        resolved.await.unwrap()
    }
}

/// A life of which the first state is there, and the answer to the first step is lost.
async fn with_a_lost_step(bench: &Bench) -> String {
    let code = bench.record_life(1).await;
    bench.worker.one_batch().await.unwrap();
    bench.lose_one_answer().await;
    assert_eq!(bench.portal.steps(&code), [2]);
    code
}

#[tokio::test]
async fn a_lost_step_that_no_list_shows_is_a_persons_and_never_sent_again() {
    let bench = Bench::new();
    bench.portal.tell(Asked::Presence);
    let code = with_a_lost_step(&bench).await;
    let day = SignedDuration::from_hours(24);
    bench.pass(day, SignedDuration::from_hours(1)).await;
    assert_eq!(bench.state(&code).await, SyncState::Dead);
    assert_eq!(bench.portal.steps(&code), [2]);
    let number = DossierNumber::parse(&code).unwrap();
    let record = bench.outbox.dossier(&number).await.unwrap().unwrap();
    let last = record.timeline[1].attempts.last().unwrap();
    assert_eq!(last.cause, Some(Cause::CannotBeAsked));
    // The person has looked.
    let found = Found::Arrived { through: None };
    let accepted = Resolved::Accepted {
        through_revision: 2,
    };
    assert_eq!(bench.resolve(&code, 2, found).await, accepted);
    bench.worker.run_due().await.unwrap();
    bench.whole(&code);
    assert_eq!(bench.state(&code).await, SyncState::Accepted);
}

#[tokio::test]
async fn a_lost_step_that_no_list_shows_is_sent_again_where_that_was_chosen() {
    let bench = Bench::sending_again();
    bench.portal.tell(Asked::Presence);
    let code = with_a_lost_step(&bench).await;
    bench.worker.run_due().await.unwrap();
    assert_eq!(bench.portal.steps(&code), [2, 2, 4, 9, 10]);
    assert_eq!(bench.state(&code).await, SyncState::Accepted);
}

#[tokio::test]
async fn a_state_that_nobody_can_ask_about_is_sent_again_and_a_step_is_not() {
    let bench = Bench::new();
    bench.portal.tell(Asked::Nothing);
    let code = bench.record_life(1).await;
    bench.lose_one_answer().await;
    assert_eq!(bench.portal.creates(&code), 1);
    // The second create is answered that the dossier is there, and an update follows.
    bench.worker.run_due().await.unwrap();
    bench.whole(&code);
    let other = bench.record_life(2).await;
    bench.worker.one_batch().await.unwrap();
    bench.lose_one_answer().await;
    bench.worker.run_due().await.unwrap();
    assert_eq!(bench.state(&other).await, SyncState::Dead);
    assert_eq!(bench.portal.steps(&other), [2]);
}

#[tokio::test]
async fn a_worker_that_died_costs_a_state_a_lease_and_no_person() {
    let bench = Bench::new();
    bench.portal.tell(Asked::Nothing);
    let code = bench.record_life(1).await;
    let request = ClaimRequest {
        now: bench.clock.now(),
        lease: LEASE,
        limit: NonZeroUsize::MIN,
        steps_per_call: NonZeroUsize::MIN,
        worker: "dies".to_owned(),
    };
    assert_eq!(bench.outbox.claim(request).await.unwrap().len(), 1);
    bench.clock.advance(SignedDuration::from_secs(61));
    bench.worker.run_due().await.unwrap();
    bench.whole(&code);
}

#[tokio::test]
async fn after_a_lost_answer_the_portal_is_not_asked_before_a_late_effect_would_show() {
    let bench = Bench::new();
    let code = bench.record_life(1).await;
    bench.portal.be(Mood::Deaf);
    bench.worker.one_batch().await.unwrap();
    bench.portal.be(Mood::Up);
    let budget = SignedDuration::try_from(BUDGET).unwrap();
    bench.clock.advance(budget - SignedDuration::from_millis(1));
    assert_eq!(bench.worker.run_due().await.unwrap(), Round::default());
    assert_eq!(bench.state(&code).await, SyncState::Unknown);
    bench.clock.advance(SignedDuration::from_millis(1));
    bench.worker.run_due().await.unwrap();
    bench.whole(&code);
}
