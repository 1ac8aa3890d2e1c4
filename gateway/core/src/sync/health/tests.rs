//! The judgement on either side of each threshold.

use proptest::prelude::*;

use super::*;

const LAGGING_AFTER: Duration = Duration::from_mins(10);
const STALLED_AFTER: Duration = Duration::from_mins(30);
const THRESHOLDS: HealthThresholds = HealthThresholds {
    lagging_after: LAGGING_AFTER,
    stalled_after: STALLED_AFTER,
};
const INSTANT: SignedDuration = SignedDuration::from_nanos(1);

fn now() -> Timestamp {
    "2026-11-22T03:00:00Z".parse().unwrap()
}

fn dossier() -> DossierNumber {
    DossierNumber::parse("H22.12-250714-0007").unwrap()
}

fn ago(age: SignedDuration) -> Timestamp {
    now() - age
}

/// Facts with an event that waits since `age`, and a success `success` ago.
fn facts(age: SignedDuration, success: Option<SignedDuration>) -> SyncFacts {
    SyncFacts {
        oldest_unsent: Some(OldestUnsent {
            dossier: dossier(),
            accepted_at: ago(age),
        }),
        last_success: success.map(ago),
        ..SyncFacts::default()
    }
}

fn codes(health: &SyncHealth) -> Vec<&'static str> {
    health.reasons.iter().map(HealthReason::code).collect()
}

fn judged(facts: SyncFacts) -> (Condition, Vec<&'static str>) {
    let health = assess(facts, THRESHOLDS, now());
    (health.condition, codes(&health))
}

#[test]
fn a_gateway_without_events_is_healthy() {
    let health = assess(SyncFacts::default(), THRESHOLDS, now());
    assert_eq!(health.condition, Condition::Healthy);
    assert_eq!(health.reasons, []);
    assert_eq!(health.oldest_unsent_age, None);
    assert_eq!(health.observed_at, now());
}

#[test]
fn a_quiet_weekend_is_healthy() {
    let quiet = SyncFacts {
        counts: BTreeMap::from([(SyncState::Accepted, 9)]),
        last_success: Some(ago(SignedDuration::from_hours(60))),
        ..SyncFacts::default()
    };
    assert_eq!(judged(quiet), (Condition::Healthy, vec![]));
    let monday = facts(
        SignedDuration::from_secs(1),
        Some(SignedDuration::from_hours(60)),
    );
    assert_eq!(judged(monday), (Condition::Healthy, vec![]));
}

#[test]
fn waiting_lags_from_the_threshold_on_and_not_before() {
    let limit = signed(LAGGING_AFTER);
    let lately = Some(SignedDuration::ZERO);
    assert_eq!(
        judged(facts(limit - INSTANT, lately)),
        (Condition::Healthy, vec![])
    );
    assert_eq!(
        judged(facts(limit, lately)),
        (Condition::Lagging, vec!["OLDEST_UNSENT"])
    );
    let health = assess(facts(limit, lately), THRESHOLDS, now());
    assert_eq!(health.oldest_unsent_age, Some(limit));
    assert_eq!(
        health.reasons,
        [HealthReason::OldestUnsent {
            age: limit,
            dossier: dossier()
        }]
    );
}

#[test]
fn stalled_needs_an_old_event_and_as_long_a_silence() {
    let limit = signed(STALLED_AFTER);
    let lagging = (Condition::Lagging, vec!["OLDEST_UNSENT"]);
    let stalled = (Condition::Stalled, vec!["OLDEST_UNSENT", "NO_SUCCESS"]);
    assert_eq!(judged(facts(limit, Some(limit))), stalled);
    assert_eq!(judged(facts(limit - INSTANT, Some(limit))), lagging);
    assert_eq!(judged(facts(limit, Some(limit - INSTANT))), lagging);
    assert_eq!(judged(facts(limit - INSTANT, None)), lagging);
    assert_eq!(judged(facts(limit, None)), stalled);
}

#[test]
fn the_silence_is_told_with_the_last_success() {
    let limit = signed(STALLED_AFTER);
    for success in [None, Some(limit * 2)] {
        let health = assess(facts(limit, success), THRESHOLDS, now());
        let silence = HealthReason::NoSuccess {
            since: success.map(ago),
        };
        assert!(health.reasons.contains(&silence), "{:?}", health.reasons);
    }
}

#[test]
fn a_failure_counts_only_after_the_last_success_and_while_something_is_late() {
    let late = signed(LAGGING_AFTER);
    let success = SignedDuration::from_secs(60);
    let failing = |age, failure: SignedDuration, success| SyncFacts {
        last_failure: Some((ago(failure), Cause::UpstreamTimeout)),
        ..facts(age, success)
    };
    let both = (Condition::Lagging, vec!["OLDEST_UNSENT", "FAILING"]);
    let late_only = (Condition::Lagging, vec!["OLDEST_UNSENT"]);
    assert_eq!(
        judged(failing(late, success - INSTANT, Some(success))),
        both
    );
    assert_eq!(judged(failing(late, success, Some(success))), late_only);
    assert_eq!(
        judged(failing(late, success + INSTANT, Some(success))),
        late_only
    );
    assert_eq!(judged(failing(late, success, None)), both);
    let early = failing(late - INSTANT, SignedDuration::ZERO, Some(success));
    assert_eq!(judged(early), (Condition::Healthy, vec![]));
    let health = assess(failing(late, success, None), THRESHOLDS, now());
    assert!(health.reasons.contains(&HealthReason::Failing {
        cause: Cause::UpstreamTimeout
    }));
}

#[test]
fn what_waits_for_a_person_lags_and_never_stalls() {
    for (state, reason) in [
        (SyncState::Refused, HealthReason::Refused { events: 1 }),
        (SyncState::Dead, HealthReason::Dead { events: 1 }),
    ] {
        let facts = SyncFacts {
            counts: BTreeMap::from([(state, 1)]),
            ..SyncFacts::default()
        };
        let health = assess(facts, THRESHOLDS, now());
        assert_eq!(health.condition, Condition::Lagging);
        assert_eq!(health.reasons, [reason]);
    }
}

#[test]
fn no_other_state_is_a_reason_by_itself() {
    let harmless = SyncState::ALL
        .into_iter()
        .filter(|state| !matches!(state, SyncState::Refused | SyncState::Dead));
    let mut counts: BTreeMap<SyncState, u64> = harmless.map(|state| (state, 1_000_000)).collect();
    counts.extend([(SyncState::Refused, 0), (SyncState::Dead, 0)]);
    let facts = SyncFacts {
        counts,
        ..SyncFacts::default()
    };
    assert_eq!(judged(facts), (Condition::Healthy, vec![]));
}

#[test]
fn all_reasons_are_told_at_once() {
    let facts = SyncFacts {
        counts: BTreeMap::from([(SyncState::Refused, 2), (SyncState::Dead, 3)]),
        last_failure: Some((now(), Cause::Certificate)),
        ..facts(SignedDuration::from_hours(72), None)
    };
    let expected = vec!["OLDEST_UNSENT", "FAILING", "NO_SUCCESS", "REFUSED", "DEAD"];
    assert_eq!(judged(facts), (Condition::Stalled, expected));
}

#[test]
fn a_clock_that_went_back_makes_nothing_late() {
    let ahead = -SignedDuration::from_hours(1);
    assert_eq!(
        judged(facts(ahead, Some(ahead))),
        (Condition::Healthy, vec![])
    );
}

#[test]
fn a_threshold_beyond_all_time_is_never_reached() {
    let never = HealthThresholds {
        lagging_after: Duration::MAX,
        stalled_after: Duration::MAX,
    };
    let health = assess(
        facts(SignedDuration::from_hours(90_000), None),
        never,
        now(),
    );
    assert_eq!(health.condition, Condition::Healthy);
}

fn any_facts() -> impl Strategy<Value = SyncFacts> {
    let moment = || prop::option::of(-4_000_i64..4_000);
    (moment(), moment(), moment(), 0_u64..2, 0_u64..2).prop_map(
        |(waiting, success, failure, refused, dead)| {
            let ago = |seconds| ago(SignedDuration::from_secs(seconds));
            SyncFacts {
                counts: BTreeMap::from([(SyncState::Refused, refused), (SyncState::Dead, dead)]),
                oldest_unsent: waiting.map(|at| OldestUnsent {
                    dossier: dossier(),
                    accepted_at: ago(at),
                }),
                last_success: success.map(ago),
                last_failure: failure.map(|at| (ago(at), Cause::UpstreamTimeout)),
                store_failing: false,
            }
        },
    )
}

proptest! {
    #[test]
    fn a_condition_always_has_its_reasons(facts in any_facts()) {
        let health = assess(facts.clone(), THRESHOLDS, now());
        let codes = codes(&health);
        prop_assert_eq!(health.condition == Condition::Healthy, codes.is_empty());
        prop_assert_eq!(health.condition == Condition::Stalled, codes.contains(&"NO_SUCCESS"));
        prop_assert!(!codes.contains(&"FAILING") || codes.contains(&"OLDEST_UNSENT"));
        prop_assert_eq!(health.facts, facts);
    }

    #[test]
    fn waiting_longer_never_makes_it_healthier(facts in any_facts(), more in 0_i64..10_000) {
        let before = assess(facts.clone(), THRESHOLDS, now());
        let after = assess(facts, THRESHOLDS, now() + SignedDuration::from_secs(more));
        prop_assert!(after.condition >= before.condition);
        prop_assert!(after.reasons.len() >= before.reasons.len());
    }
}

#[test]
fn an_outbox_that_cannot_be_written_is_a_stall_whatever_the_portal_does() {
    let full = SyncFacts {
        last_success: Some(now()),
        store_failing: true,
        ..SyncFacts::default()
    };
    assert_eq!(judged(full), (Condition::Stalled, vec!["STORE"]));
}

#[test]
fn an_open_breaker_is_worth_a_word_at_once() {
    let open = BreakerState::Open { until: now() };
    let idle = assess(SyncFacts::default(), THRESHOLDS, now());
    let seen = idle.clone().seen_with(Some(open), Pace::default());
    assert_eq!(seen.condition, Condition::Lagging);
    assert_eq!(codes(&seen), ["BREAKER_OPEN"]);
    // With nothing to try the portal with, the breaker stays half open for ever.
    let half = Some(BreakerState::HalfOpen);
    let seen = idle.seen_with(half, Pace::default());
    assert_eq!(seen.condition, Condition::Healthy);
    let waiting = assess(facts(INSTANT, None), THRESHOLDS, now());
    let seen = waiting.seen_with(half, Pace::default());
    assert_eq!(codes(&seen), ["BREAKER_HALF_OPEN"]);
}

#[test]
fn a_stalled_sync_stays_stalled_behind_an_open_breaker() {
    let age = SignedDuration::try_from(STALLED_AFTER).unwrap();
    let stalled = assess(facts(age, None), THRESHOLDS, now());
    let open = BreakerState::Open { until: now() };
    let seen = stalled.seen_with(Some(open), Pace::default());
    assert_eq!(seen.condition, Condition::Stalled);
}

#[test]
fn the_queue_needs_as_long_as_the_pace_says() {
    let pace = Pace {
        events: 120,
        over: Duration::from_mins(2),
    };
    assert!((pace.per_minute() - 60.0).abs() < 1e-9);
    assert_eq!(pace.time_for(30), Some(SignedDuration::from_secs(30)));
    assert_eq!(pace.time_for(0), None);
    assert_eq!(Pace::default().time_for(30), None);
    assert!(Pace::default().per_minute().abs() < 1e-9);
}

#[test]
fn what_a_reconciliation_left_behind_is_worth_a_word_and_no_stall() {
    let idle = assess(SyncFacts::default(), THRESHOLDS, now());
    let agreed = Comparison {
        finished_at: Some(now()),
        ..Comparison::default()
    };
    let health = idle.clone().compared(agreed.clone());
    assert_eq!(health.condition, Condition::Healthy);
    assert_eq!(health.comparison, agreed);
    let left = Comparison { left: 3, ..agreed };
    let health = idle.clone().compared(left);
    assert_eq!(health.condition, Condition::Lagging);
    assert_eq!(codes(&health), ["DIFFERENCES_LEFT"]);
    let failed = Comparison {
        failure: Some("CANNOT_BE_ASKED".to_owned()),
        ..Comparison::default()
    };
    let health = idle.compared(failed);
    assert_eq!(health.condition, Condition::Lagging);
    assert_eq!(codes(&health), ["RECONCILIATION_FAILED"]);
}
