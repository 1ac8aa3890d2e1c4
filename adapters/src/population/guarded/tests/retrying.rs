//! What is tried a second time, and what never is.

use std::sync::atomic::{AtomicU64, Ordering};

use lienthong_core::ports::population::{AnswerStructure, TimeLeft};

use super::*;

/// A breaker that stays out of the way.
fn patient(retry: RetryRule) -> GuardSettings {
    GuardSettings {
        breaker: BreakerRule {
            failures: NonZeroU32::MAX,
            ..BreakerRule::default()
        },
        retry,
        ..GuardSettings::default()
    }
}

fn unsent() -> Step {
    Step::Fail(PopulationError::Unreachable, 0)
}

#[tokio::test(start_paused = true)]
async fn a_look_up_that_was_not_sent_is_tried_once_more_under_the_same_number() {
    let ground = ground(GuardSettings::default());
    ground.registry.then([unsent()]);
    assert_eq!(ground.look_up().await, Ok(1));
    let calls = ground.registry.calls();
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0].0.request_number, calls[1].0.request_number);
    let paused = calls[0].1.saturating_sub(calls[1].1);
    assert!((25..=76).contains(&paused.as_millis()), "{paused:?}");
}

#[tokio::test(start_paused = true)]
async fn it_is_never_tried_a_third_time() {
    let ground = ground(GuardSettings::default());
    ground.registry.then([unsent(), unsent(), unsent()]);
    let failed = ground.look_up().await.unwrap_err();
    assert_eq!(failed.error, PopulationError::Unreachable);
    assert_eq!(ground.registry.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_requests_of_both_tries_are_counted() {
    let ground = ground(quota(100));
    // A renewal after a 401 that no longer reached the upstream.
    ground.registry.then([
        Step::Fail(PopulationError::Unreachable, 1),
        Step::Answer { attempts: 2 },
        Step::Fail(PopulationError::Unreachable, 1),
        Step::Fail(PopulationError::Failed { status: 500 }, 1),
    ]);
    assert_eq!(ground.look_up().await, Ok(3));
    assert_eq!(ground.look_up().await.unwrap_err().attempts, 2);
    assert_eq!(ground.guarded.status().quota.unwrap().used, 5);
}

#[tokio::test(start_paused = true)]
async fn what_may_have_arrived_or_was_refused_is_never_tried_again() {
    let errors = [
        PopulationError::Interrupted,
        PopulationError::TimedOut,
        PopulationError::CertificateRejected,
        PopulationError::CredentialsRefused,
        PopulationError::AddressRefused,
        PopulationError::Forbidden,
        PopulationError::ProcedureNotLicensed,
        PopulationError::OfficerNotLicensed,
        PopulationError::StepUpRequired,
        PopulationError::Throttled { retry_after: None },
        PopulationError::Failed { status: 503 },
        PopulationError::Rejected { status: 400 },
        PopulationError::Nonsense(AnswerStructure::default()),
    ];
    for error in errors {
        let ground = ground(patient(RetryRule::default()));
        ground.registry.fails(1, &error);
        assert_eq!(ground.look_up().await.unwrap_err().error, error);
        assert_eq!(ground.registry.count(), 1, "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_time_for_it_there_is_no_second_try() {
    let ground = ground(GuardSettings::default());
    ground.registry.then([unsent()]);
    let hurried = LookupCall {
        budget: counting_down(Duration::from_millis(120)),
        ..call()
    };
    ground.look_up_as(&hurried).await.unwrap_err();
    assert_eq!(ground.registry.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn time_that_somebody_else_brings_meanwhile_allows_a_second_try() {
    let ground = ground(GuardSettings::default());
    ground.registry.then([unsent()]);
    let time = Arc::new(AtomicU64::new(50));
    let told = Arc::clone(&time);
    let joined = LookupCall {
        budget: TimeLeft::told_by(move || {
            Duration::from_millis(told.fetch_add(500, Ordering::SeqCst))
        }),
        ..call()
    };
    assert_eq!(ground.look_up_as(&joined).await, Ok(1));
    assert_eq!(ground.registry.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn second_tries_stay_within_their_share() {
    let retry = RetryRule {
        percent: Percent::new(10).unwrap(),
        floor: 0,
    };
    let ground = ground(patient(retry));
    ground.registry.then(std::iter::repeat_n(unsent(), 500));
    for _ in 0..200 {
        ground.look_up().await.unwrap_err();
    }
    let second = ground.registry.count() - 200;
    assert!((1..=20).contains(&second), "{second}");
}

#[tokio::test(start_paused = true)]
async fn a_share_and_a_floor_of_nothing_allow_no_second_try() {
    let retry = RetryRule {
        percent: Percent::NONE,
        floor: 0,
    };
    let ground = ground(patient(retry));
    ground.registry.then([unsent()]);
    ground.look_up().await.unwrap_err();
    assert_eq!(ground.registry.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_probe_has_no_second_try() {
    let ground = ground(GuardSettings::default());
    ground
        .registry
        .fails(5, &PopulationError::Failed { status: 503 });
    for _ in 0..5 {
        ground.look_up().await.unwrap_err();
    }
    advance(Duration::from_secs(10)).await;
    ground.registry.then([unsent()]);
    ground.look_up().await.unwrap_err();
    assert_eq!(ground.registry.count(), 6);
    assert_eq!(ground.look_up().await, open_for(20));
}

#[tokio::test(start_paused = true)]
async fn a_breaker_that_opened_meanwhile_stops_the_second_try() {
    let ground = ground(GuardSettings::default());
    ground.registry.then([unsent()]);
    let first = ground.spawn();
    ground.settle().await;
    // It waits for its second try while others see the outage.
    ground
        .registry
        .fails(5, &PopulationError::Failed { status: 503 });
    for _ in 0..5 {
        ground.look_up().await.unwrap_err();
    }
    let failed = first.await.unwrap().unwrap_err();
    assert_eq!(failed.error, PopulationError::Unreachable);
    assert_eq!(ground.registry.count(), 6);
}
