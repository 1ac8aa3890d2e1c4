//! What opens the breaker, what closes it, and what leaves it as it is.

use proptest::prelude::*;

use super::*;

const fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn officer(code: &str) -> OfficerId {
    OfficerId::parse(code).unwrap()
}

fn breaker() -> Breaker {
    Breaker::new(BreakerRule::default())
}

/// One call at `now` by one officer.
fn call(breaker: &mut Breaker, sign: Sign, now: Duration) -> Result<Option<Change>, Duration> {
    let pass = breaker.admit(now)?;
    Ok(breaker.report(&pass, sign, &officer("CB01"), now))
}

fn opened(seconds: u64) -> Change {
    Change::Opened { pause: s(seconds) }
}

/// A breaker that opened at `now` after an outage.
fn opened_at(now: Duration) -> Breaker {
    let mut breaker = breaker();
    for _ in 0..5 {
        call(&mut breaker, Sign::Outage, now).unwrap();
    }
    assert_eq!(breaker.phase(now), Phase::Open { left: s(10) });
    breaker
}

#[test]
fn failures_in_a_row_open_it_and_callers_are_told_for_how_long() {
    let mut breaker = breaker();
    for _ in 0..4 {
        assert_eq!(call(&mut breaker, Sign::Outage, s(1)), Ok(None));
    }
    assert_eq!(call(&mut breaker, Sign::Outage, s(1)), Ok(Some(opened(10))));
    assert_eq!(breaker.admit(s(4)).unwrap_err(), s(7));
}

#[test]
fn an_answer_in_between_begins_the_count_anew() {
    let mut breaker = breaker();
    for _ in 0..20 {
        for _ in 0..4 {
            call(&mut breaker, Sign::Outage, s(1)).unwrap();
        }
        assert_eq!(call(&mut breaker, Sign::Answer, s(1)), Ok(None));
    }
}

#[test]
fn a_probe_that_is_answered_closes_it() {
    let mut breaker = opened_at(s(0));
    assert_eq!(breaker.phase(s(10)), Phase::HalfOpen);
    let probe = breaker.admit(s(10)).unwrap();
    assert!(probe.is_probe());
    let change = breaker.report(&probe, Sign::Answer, &officer("CB01"), s(11));
    assert_eq!(change, Some(Change::Closed));
    assert!(!breaker.admit(s(11)).unwrap().is_probe());
}

#[test]
fn while_one_tries_the_others_are_refused() {
    let mut breaker = opened_at(s(0));
    let probe = breaker.admit(s(10)).unwrap();
    assert_eq!(breaker.check(s(10)), Err(PROBE_PATIENCE));
    assert_eq!(breaker.admit(s(10)).unwrap_err(), PROBE_PATIENCE);
    drop(probe);
}

#[test]
fn a_probe_that_fails_doubles_the_pause_up_to_its_bound() {
    let mut breaker = opened_at(s(0));
    let mut now = s(10);
    for pause in [20, 40, 80, 160, 300, 300] {
        assert_eq!(
            call(&mut breaker, Sign::Outage, now),
            Ok(Some(opened(pause)))
        );
        now += s(pause);
    }
    assert_eq!(
        call(&mut breaker, Sign::Answer, now),
        Ok(Some(Change::Closed))
    );
    // After that it begins small again.
    for _ in 0..4 {
        call(&mut breaker, Sign::Outage, now).unwrap();
    }
    assert_eq!(call(&mut breaker, Sign::Outage, now), Ok(Some(opened(10))));
}

#[test]
fn a_probe_that_is_broken_off_makes_room_for_another() {
    let mut breaker = opened_at(s(0));
    for _ in 0..3 {
        assert_eq!(call(&mut breaker, Sign::Nothing, s(10)), Ok(None));
        assert_eq!(breaker.phase(s(10)), Phase::HalfOpen);
    }
    assert_eq!(
        call(&mut breaker, Sign::Answer, s(10)),
        Ok(Some(Change::Closed))
    );
}

#[test]
fn several_probes_must_all_be_answered() {
    let mut breaker = Breaker::new(BreakerRule {
        probes: NonZeroU32::new(2).unwrap(),
        failures: NonZeroU32::MIN,
        ..BreakerRule::default()
    });
    assert_eq!(call(&mut breaker, Sign::Outage, s(0)), Ok(Some(opened(10))));
    let first = breaker.admit(s(10)).unwrap();
    let second = breaker.admit(s(10)).unwrap();
    assert!(breaker.admit(s(10)).is_err());
    let officer = officer("CB01");
    assert_eq!(breaker.report(&first, Sign::Answer, &officer, s(10)), None);
    assert!(breaker.admit(s(10)).is_err());
    assert_eq!(
        breaker.report(&second, Sign::Answer, &officer, s(10)),
        Some(Change::Closed)
    );
}

#[test]
fn what_began_before_a_decision_does_not_change_it() {
    let mut breaker = breaker();
    let officer = officer("CB01");
    let late_failure = breaker.admit(s(0)).unwrap();
    let late_answer = breaker.admit(s(0)).unwrap();
    for _ in 0..5 {
        call(&mut breaker, Sign::Outage, s(0)).unwrap();
    }
    let report = |breaker: &mut Breaker, pass, sign| breaker.report(pass, sign, &officer, s(9));
    assert_eq!(report(&mut breaker, &late_failure, Sign::Outage), None);
    assert_eq!(report(&mut breaker, &late_answer, Sign::Answer), None);
    assert_eq!(breaker.phase(s(9)), Phase::Open { left: s(1) });
}

#[test]
fn an_address_that_is_not_admitted_opens_it_at_once_and_for_longer() {
    let mut breaker = breaker();
    assert_eq!(
        call(&mut breaker, Sign::AddressRefused, s(0)),
        Ok(Some(opened(60)))
    );
    assert_eq!(
        call(&mut breaker, Sign::AddressRefused, s(60)),
        Ok(Some(opened(120)))
    );
}

#[test]
fn one_officers_bad_credential_does_not_shut_the_others_out() {
    let mut breaker = breaker();
    for _ in 0..100 {
        assert_eq!(call(&mut breaker, Sign::CredentialsRefused, s(0)), Ok(None));
    }
    assert_eq!(breaker.phase(s(0)), Phase::Closed);
}

#[test]
fn credentials_refused_to_two_officers_in_a_row_are_the_gateways() {
    let mut breaker = breaker();
    let refuse = |breaker: &mut Breaker, code: &str, now| {
        let pass = breaker.admit(now).unwrap();
        breaker.report(&pass, Sign::CredentialsRefused, &officer(code), now)
    };
    assert_eq!(refuse(&mut breaker, "CB01", s(0)), None);
    // An answer shows that it was one officer's after all.
    call(&mut breaker, Sign::Answer, s(0)).unwrap();
    assert_eq!(refuse(&mut breaker, "CB02", s(0)), None);
    assert_eq!(refuse(&mut breaker, "CB01", s(0)), Some(opened(60)));
    // A probe that is refused again shows that nothing was mended.
    assert_eq!(refuse(&mut breaker, "CB03", s(60)), Some(opened(120)));
}

#[test]
fn after_an_outage_a_refused_credential_shows_that_the_upstream_is_back() {
    let mut breaker = opened_at(s(0));
    assert_eq!(
        call(&mut breaker, Sign::CredentialsRefused, s(10)),
        Ok(Some(Change::Closed))
    );
}

#[test]
fn an_upstream_that_asks_to_wait_is_given_that_time_within_the_bound() {
    for (asked, pause) in [(None, 1), (Some(0), 1), (Some(30), 30), (Some(86_400), 300)] {
        let mut breaker = breaker();
        let sign = Sign::Throttled(asked.map(s));
        assert_eq!(
            call(&mut breaker, sign, s(0)),
            Ok(Some(opened(pause))),
            "{asked:?}"
        );
    }
}

#[test]
fn without_a_time_the_pause_grows_while_the_upstream_asks_to_wait() {
    let mut breaker = breaker();
    let sign = Sign::Throttled(None);
    assert_eq!(call(&mut breaker, sign, s(0)), Ok(Some(opened(1))));
    assert_eq!(call(&mut breaker, sign, s(1)), Ok(Some(opened(2))));
    assert_eq!(call(&mut breaker, sign, s(3)), Ok(Some(opened(4))));
    // Its own word is taken as it is.
    let asked = Sign::Throttled(Some(s(3)));
    assert_eq!(call(&mut breaker, asked, s(7)), Ok(Some(opened(3))));
}

fn any_sign() -> impl Strategy<Value = Sign> {
    prop_oneof![
        4 => Just(Sign::Answer),
        4 => Just(Sign::Outage),
        2 => Just(Sign::ConnectionLost),
        1 => Just(Sign::AddressRefused),
        2 => Just(Sign::CredentialsRefused),
        1 => (0_u64..400).prop_map(|seconds| Sign::Throttled(Some(s(seconds)))),
        1 => Just(Sign::Throttled(None)),
        2 => Just(Sign::Nothing),
    ]
}

proptest! {
    /// Whatever happens in whatever order: at most the configured number of probes is at
    /// work, no pause is longer than its bound, and once all calls are over and the
    /// pause has passed somebody is let through.
    #[test]
    fn it_never_locks_anybody_out_for_good(
        steps in prop::collection::vec((any_sign(), 0_u64..30, any::<bool>(), 0_usize..4), 0..200),
        probes in 1_u32..4,
    ) {
        let rule = BreakerRule {
            probes: NonZeroU32::new(probes).unwrap(),
            ..BreakerRule::default()
        };
        let mut breaker = Breaker::new(rule);
        let mut flying: Vec<Pass> = Vec::new();
        let mut now = Duration::ZERO;
        for (sign, step, land, who) in steps {
            now += s(step);
            if land && !flying.is_empty() {
                let pass = flying.remove(who % flying.len());
                let officer = officer(["CB01", "CB02", "CB03", "CB04"][who]);
                if let Some(Change::Opened { pause }) =
                    breaker.report(&pass, sign, &officer, now)
                {
                    prop_assert!(pause <= rule.longest_pause);
                }
            } else {
                match breaker.admit(now) {
                    Ok(pass) => flying.push(pass),
                    Err(wait) => prop_assert!(wait <= rule.longest_pause),
                }
            }
            let trying = flying
                .iter()
                .filter(|pass| pass.is_probe() && breaker.stands(pass))
                .count();
            prop_assert!(trying <= usize::try_from(probes).unwrap());
        }
        for pass in flying {
            breaker.report(&pass, Sign::Nothing, &officer("CB01"), now);
        }
        prop_assert!(breaker.admit(now + rule.longest_pause).is_ok());
    }
}

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

#[test]
fn connections_that_are_lost_together_count_once_however_many_calls_there_are() {
    let mut breaker = breaker();
    let passes: Vec<_> = (0..50).map(|_| breaker.admit(s(1)).unwrap()).collect();
    for (late, pass) in (0..).zip(&passes) {
        let now = s(2) + ms(late);
        let change = breaker.report(pass, Sign::ConnectionLost, &officer("CB01"), now);
        assert_eq!(change, None);
    }
    assert_eq!(breaker.phase(s(2)), Phase::Closed);
}

/// A black hole: nothing refuses, every connection times out after three seconds.
#[test]
fn parallel_connections_that_time_out_open_it_soon() {
    let mut breaker = breaker();
    let begun: Vec<_> = (0..50)
        .map(|nth| (ms(nth * 25), breaker.admit(ms(nth * 25)).unwrap()))
        .collect();
    let opened_at = begun.iter().find_map(|(began, pass)| {
        let now = *began + s(3);
        let change = breaker.report(pass, Sign::ConnectionLost, &officer("CB01"), now);
        change.map(|_| now)
    });
    assert_eq!(opened_at, Some(s(3) + ms(400)));
}

#[test]
fn connections_refused_one_after_the_other_count_each() {
    let mut breaker = breaker();
    for nth in 0..4 {
        let lost = call(&mut breaker, Sign::ConnectionLost, ms(nth * 100));
        assert_eq!(lost, Ok(None));
    }
    let fifth = call(&mut breaker, Sign::ConnectionLost, ms(400));
    assert_eq!(fifth, Ok(Some(opened(10))));
}

#[test]
fn without_a_burst_each_lost_connection_counts() {
    let mut breaker = Breaker::new(BreakerRule {
        burst: Duration::ZERO,
        ..BreakerRule::default()
    });
    for _ in 0..4 {
        assert_eq!(call(&mut breaker, Sign::ConnectionLost, s(1)), Ok(None));
    }
    let fifth = call(&mut breaker, Sign::ConnectionLost, s(1));
    assert_eq!(fifth, Ok(Some(opened(10))));
}
