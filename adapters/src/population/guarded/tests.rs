//! The wrapper against a scripted database, on paused time and without sockets.

mod log;
mod retrying;
mod scripted;

use std::num::{NonZeroU32, NonZeroU64};

use jiff::SignedDuration;
use jiff::Timestamp;
use lienthong_core::access::OfficerId;
use lienthong_core::clock::ManualClock;
use lienthong_core::guard::Percent;
use lienthong_core::guard::breaker::BreakerRule;
use lienthong_core::guard::maintenance::{OneOff, Window};
use lienthong_core::guard::quota::QuotaRule;
use lienthong_core::guard::rate::RateRule;
use lienthong_core::guard::status::{BreakerState, GuardAlert};
use tokio::time::advance;

use self::scripted::{Scripted, Step, call, counting_down, query};
use super::*;

/// 10:00 in Viet Nam.
const MORNING: &str = "2026-11-21T03:00:00Z";

struct Ground {
    registry: Arc<Scripted>,
    clock: Arc<ManualClock>,
    guarded: Arc<Guarded>,
}

fn ground(settings: GuardSettings) -> Ground {
    ground_with(Scripted::default(), settings)
}

fn ground_with(registry: Scripted, settings: GuardSettings) -> Ground {
    let registry = Arc::new(registry);
    let clock = Arc::new(ManualClock::starting_at(MORNING.parse().unwrap()));
    let guarded = Arc::new(Guarded::new(
        Arc::clone(&registry) as Arc<dyn PopulationRegistry>,
        Arc::clone(&clock) as Arc<dyn Clock>,
        settings,
    ));
    Ground {
        registry,
        clock,
        guarded,
    }
}

impl Ground {
    async fn look_up(&self) -> Result<u32, Unanswered> {
        self.look_up_as(&call()).await
    }

    /// The attempts of one look-up, or why it failed.
    async fn look_up_as(&self, call: &LookupCall) -> Result<u32, Unanswered> {
        let observed = self.guarded.look_up(&query(), call).await?;
        Ok(observed.attempts)
    }

    fn spawn(&self) -> tokio::task::JoinHandle<Result<u32, Unanswered>> {
        let guarded = Arc::clone(&self.guarded);
        tokio::spawn(async move {
            let observed = guarded.look_up(&query(), &call()).await?;
            Ok(observed.attempts)
        })
    }

    /// Lets the tasks that can run do so until they wait.
    async fn settle(&self) {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }
}

fn parallel(places: u32) -> GuardSettings {
    GuardSettings {
        parallel: NonZeroU32::new(places).unwrap(),
        ..GuardSettings::default()
    }
}

fn quota(limit: u64) -> GuardSettings {
    GuardSettings {
        quota: Some(QuotaRule {
            limit: NonZeroU64::new(limit).unwrap(),
            warn_at: Percent::new(80).unwrap(),
        }),
        ..GuardSettings::default()
    }
}

fn refused(error: PopulationError) -> Result<u32, Unanswered> {
    Err(error.into())
}

fn open_for(seconds: u64) -> Result<u32, Unanswered> {
    refused(PopulationError::BreakerOpen {
        retry_after: Duration::from_secs(seconds),
    })
}

#[tokio::test(start_paused = true)]
async fn an_upstream_that_fails_is_left_alone_and_callers_hear_so_at_once() {
    let ground = ground(GuardSettings::default());
    ground
        .registry
        .fails(5, &PopulationError::Failed { status: 503 });
    for _ in 0..5 {
        assert_eq!(ground.look_up().await.unwrap_err().attempts, 1);
    }
    let before = Instant::now();
    assert_eq!(ground.look_up().await, open_for(10));
    assert_eq!(before.elapsed(), Duration::ZERO);
    assert_eq!(ground.registry.count(), 5);

    let status = ground.guarded.status();
    let now: Timestamp = MORNING.parse().unwrap();
    let until = now + SignedDuration::from_secs(10);
    assert_eq!(status.breaker, BreakerState::Open { until });
    assert_eq!(status.last_failure, Some((now, "FAILED")));
    assert_eq!(status.last_success, None);
}

#[tokio::test(start_paused = true)]
async fn after_the_pause_one_look_up_tries_and_the_others_wait_for_its_answer() {
    let ground = ground(GuardSettings::default());
    ground
        .registry
        .fails(5, &PopulationError::Failed { status: 503 });
    for _ in 0..5 {
        ground.look_up().await.unwrap_err();
    }
    advance(Duration::from_secs(10)).await;
    assert_eq!(ground.guarded.status().breaker, BreakerState::HalfOpen);
    ground.registry.then([Step::Slow(Duration::from_secs(2))]);
    let probe = ground.spawn();
    ground.settle().await;
    assert_eq!(ground.look_up().await, open_for(1));
    assert_eq!(probe.await.unwrap(), Ok(1));
    assert_eq!(ground.guarded.status().breaker, BreakerState::Closed);
    assert_eq!(ground.look_up().await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_hangs_up_gives_the_probe_and_the_place_back() {
    let ground = ground(parallel(1));
    ground
        .registry
        .fails(5, &PopulationError::Failed { status: 503 });
    for _ in 0..5 {
        ground.look_up().await.unwrap_err();
    }
    advance(Duration::from_secs(10)).await;
    for _ in 0..3 {
        ground.registry.then([Step::Hang(1)]);
        let probe = ground.spawn();
        ground.settle().await;
        assert_eq!(ground.look_up().await, open_for(1));
        probe.abort();
        assert!(probe.await.unwrap_err().is_cancelled());
    }
    assert_eq!(ground.look_up().await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_hangs_up_while_waiting_takes_no_place() {
    let ground = ground(parallel(1));
    ground.registry.then([Step::Hang(1)]);
    let at_work = ground.spawn();
    ground.settle().await;
    let waiting = ground.spawn();
    ground.settle().await;
    waiting.abort();
    at_work.abort();
    ground.settle().await;
    assert_eq!(ground.look_up().await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn no_more_look_ups_are_at_work_than_allowed_and_the_rest_wait_a_moment() {
    let ground = ground(parallel(2));
    ground.registry.then([Step::Hang(1), Step::Hang(1)]);
    let hanging = [ground.spawn(), ground.spawn()];
    ground.settle().await;
    let before = Instant::now();
    assert_eq!(ground.look_up().await, refused(PopulationError::Busy));
    assert_eq!(before.elapsed(), Duration::from_secs(1));
    assert_eq!(ground.registry.count(), 2);
    drop(hanging);
}

#[tokio::test(start_paused = true)]
async fn the_wait_for_a_place_is_taken_off_the_budget_and_bounded_by_it() {
    let ground = ground(parallel(1));
    let slow = Step::Slow(Duration::from_millis(600));
    ground.registry.then([slow, Step::Answer { attempts: 1 }]);
    let first = ground.spawn();
    ground.settle().await;
    let hurried = LookupCall {
        budget: counting_down(Duration::from_millis(200)),
        ..call()
    };
    assert_eq!(
        ground.look_up_as(&hurried).await,
        refused(PopulationError::Busy)
    );
    assert_eq!(ground.look_up().await, Ok(1));
    assert_eq!(first.await.unwrap(), Ok(1));
    let calls = ground.registry.calls();
    assert_eq!(calls[0].1, Duration::from_secs(10));
    let waited = calls[0].1.saturating_sub(calls[1].1);
    assert_eq!(waited.as_millis(), 400);
}

#[tokio::test(start_paused = true)]
async fn who_would_be_refused_does_not_wait_for_a_place_first() {
    let ground = ground(parallel(1));
    ground
        .registry
        .fails(5, &PopulationError::Failed { status: 500 });
    for _ in 0..5 {
        ground.look_up().await.unwrap_err();
    }
    let place = ground.guarded.places.acquire().await.unwrap();
    let before = Instant::now();
    assert_eq!(ground.look_up().await, open_for(10));
    assert_eq!(before.elapsed(), Duration::ZERO);
    drop(place);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_during_announced_maintenance() {
    let from: Timestamp = MORNING.parse().unwrap();
    let until = from + SignedDuration::from_hours(2);
    let ground = ground(GuardSettings {
        maintenance: vec![Window::Once(OneOff::new(from, until).unwrap())],
        ..GuardSettings::default()
    });
    ground.clock.advance(SignedDuration::from_mins(30));
    assert_eq!(
        ground.look_up().await,
        refused(PopulationError::Maintenance {
            until,
            retry_after: Duration::from_mins(90),
        })
    );
    assert_eq!(ground.guarded.status().maintenance_until, Some(until));
    assert_eq!(ground.registry.count(), 0);
    ground.clock.advance(SignedDuration::from_mins(90));
    assert_eq!(ground.look_up().await, Ok(1));
    assert_eq!(ground.guarded.status().maintenance_until, None);
}

#[tokio::test(start_paused = true)]
async fn the_quota_counts_requests_and_ends_with_the_day() {
    let ground = ground(quota(3));
    ground.registry.then([
        Step::Answer { attempts: 2 },
        // Never sent: no token was to be had.
        Step::Fail(PopulationError::CredentialsRefused, 0),
        Step::Answer { attempts: 1 },
    ]);
    assert_eq!(ground.look_up().await, Ok(2));
    ground.look_up().await.unwrap_err();
    assert_eq!(ground.look_up().await, Ok(1));
    let midnight: Timestamp = "2026-11-21T17:00:00Z".parse().unwrap();
    assert_eq!(
        ground.look_up().await,
        refused(PopulationError::QuotaSpent {
            resets_at: midnight,
            retry_after: Duration::from_hours(14),
        })
    );
    assert_eq!(ground.registry.count(), 3);
    assert_eq!(ground.guarded.status().quota.unwrap().used, 3);
    ground.clock.advance(SignedDuration::from_hours(14));
    assert_eq!(ground.look_up().await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn a_restart_and_a_hang_up_do_not_win_quota() {
    let ground = ground(quota(3));
    ground.guarded.seed_quota(1);
    ground.registry.then([Step::Hang(1)]);
    let hanging = ground.spawn();
    ground.settle().await;
    hanging.abort();
    ground.settle().await;
    assert_eq!(ground.guarded.status().quota.unwrap().used, 2);
    assert_eq!(ground.look_up().await, Ok(1));
    let error = ground.look_up().await.unwrap_err().error;
    assert!(matches!(error, PopulationError::QuotaSpent { .. }));
}

#[tokio::test(start_paused = true)]
async fn a_look_up_that_is_dropped_costs_the_quota_what_it_had_sent() {
    for sent in [0, 1, 2] {
        let ground = ground(quota(10));
        ground.registry.then([Step::Hang(sent)]);
        let dropped = ground.spawn();
        ground.settle().await;
        dropped.abort();
        ground.settle().await;
        let used = ground.guarded.status().quota.unwrap().used;
        assert_eq!(used, u64::from(sent));
    }
}

#[tokio::test(start_paused = true)]
async fn the_rate_is_held_without_waiting() {
    let ground = ground(GuardSettings {
        rate: Some(RateRule {
            per_second: NonZeroU32::new(10).unwrap(),
            burst: NonZeroU32::new(2).unwrap(),
        }),
        ..quota(1000)
    });
    assert_eq!(ground.look_up().await, Ok(1));
    assert_eq!(ground.look_up().await, Ok(1));
    assert_eq!(
        ground.look_up().await,
        refused(PopulationError::RateLimited {
            retry_after: Duration::from_millis(100),
        })
    );
    advance(Duration::from_millis(100)).await;
    assert_eq!(ground.look_up().await, Ok(1));
    // Who was refused used nothing up.
    assert_eq!(ground.guarded.status().quota.unwrap().used, 3);
}

#[tokio::test(start_paused = true)]
async fn a_look_up_that_the_rate_refuses_uses_up_no_probe() {
    let ground = ground(GuardSettings {
        rate: Some(RateRule {
            per_second: NonZeroU32::MIN,
            burst: NonZeroU32::MIN,
        }),
        breaker: BreakerRule {
            failures: NonZeroU32::MIN,
            pause: Duration::from_millis(100),
            ..BreakerRule::default()
        },
        ..GuardSettings::default()
    });
    ground
        .registry
        .fails(1, &PopulationError::Failed { status: 500 });
    ground.look_up().await.unwrap_err();
    advance(Duration::from_millis(500)).await;
    for _ in 0..3 {
        let error = ground.look_up().await.unwrap_err().error;
        assert!(matches!(error, PopulationError::RateLimited { .. }));
    }
    advance(Duration::from_millis(500)).await;
    assert_eq!(ground.look_up().await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn an_address_that_is_not_admitted_is_an_alert_and_not_a_retry() {
    let ground = ground(GuardSettings::default());
    ground.registry.fails(1, &PopulationError::AddressRefused);
    ground.look_up().await.unwrap_err();
    assert_eq!(ground.registry.count(), 1);
    assert_eq!(ground.look_up().await, open_for(60));
    let alert = || ground.guarded.status().alert;
    assert_eq!(alert(), Some(GuardAlert::AddressRefused));
    advance(Duration::from_mins(1)).await;
    assert_eq!(ground.look_up().await, Ok(1));
    assert_eq!(alert(), None);
}

#[tokio::test(start_paused = true)]
async fn one_officers_refused_credential_is_an_alert_but_shuts_nobody_out() {
    let ground = ground(GuardSettings::default());
    ground
        .registry
        .fails(20, &PopulationError::CredentialsRefused);
    for _ in 0..20 {
        ground.look_up().await.unwrap_err();
    }
    let status = ground.guarded.status();
    assert_eq!(status.alert, Some(GuardAlert::CredentialsRefused));
    assert_eq!(status.breaker, BreakerState::Closed);
    assert_eq!(ground.look_up().await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn a_403_to_one_officer_is_an_alert_but_only_another_officers_shuts_out() {
    let ground = ground(GuardSettings::default());
    ground.registry.fails(21, &PopulationError::Forbidden);
    for _ in 0..20 {
        ground.look_up().await.unwrap_err();
    }
    let status = ground.guarded.status();
    assert_eq!(status.alert, Some(GuardAlert::AddressRefused));
    assert_eq!(status.breaker, BreakerState::Closed);
    let other = LookupCall {
        officer: OfficerId::parse("000180000010").unwrap(),
        ..call()
    };
    ground.look_up_as(&other).await.unwrap_err();
    assert_eq!(ground.look_up().await, open_for(60));
}

#[tokio::test(start_paused = true)]
async fn callers_with_tiny_deadlines_do_not_shut_the_others_out() {
    let ground = ground(GuardSettings::default());
    ground.registry.fails(20, &PopulationError::TimedOut);
    let hurried = LookupCall {
        budget: counting_down(Duration::from_millis(5)),
        ..call()
    };
    for _ in 0..20 {
        ground.look_up_as(&hurried).await.unwrap_err();
    }
    assert_eq!(ground.guarded.status().breaker, BreakerState::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_request_to_slow_down_holds_for_everybody() {
    let ground = ground(GuardSettings::default());
    let retry_after = Some(Duration::from_secs(30));
    ground
        .registry
        .fails(1, &PopulationError::Throttled { retry_after });
    ground.look_up().await.unwrap_err();
    assert_eq!(ground.look_up().await, open_for(30));
    advance(Duration::from_secs(30)).await;
    assert_eq!(ground.look_up().await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn what_the_profile_refuses_uses_nothing_up() {
    let from: Timestamp = MORNING.parse().unwrap();
    let until = from + SignedDuration::from_hours(2);
    let ground = ground_with(
        Scripted::without_licence(),
        GuardSettings {
            // Its own reason comes before the guard's.
            maintenance: vec![Window::Once(OneOff::new(from, until).unwrap())],
            ..quota(10)
        },
    );
    assert_eq!(ground.look_up().await, refused(PopulationError::NotOffered));
    assert_eq!(
        ground.guarded.admit(Operation::LookUp, &call()),
        Err(PopulationError::NotOffered)
    );
    assert_eq!(ground.guarded.status().quota.unwrap().used, 0);
}

#[tokio::test(start_paused = true)]
async fn every_operation_is_protected() {
    let ground = ground(quota(4));
    let guarded = &ground.guarded;
    let (query, call) = (query(), call());
    assert!(guarded.confirm(&query, &call).await.unwrap().answer);
    guarded.look_up(&query, &call).await.unwrap();
    guarded.household(&query, &call).await.unwrap();
    guarded.relatives(&query, &call).await.unwrap();
    assert!(guarded.confirm(&query, &call).await.is_err());
    assert!(guarded.look_up(&query, &call).await.is_err());
    assert!(guarded.household(&query, &call).await.is_err());
    assert!(guarded.relatives(&query, &call).await.is_err());
    assert_eq!(ground.registry.count(), 4);
    assert!(guarded.offers(Operation::Household));
    assert_eq!(guarded.profile(), "scripted");
}
