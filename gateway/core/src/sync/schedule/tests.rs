//! The schedule as a person reads it, and its bounds.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::{Jitter, Schedule};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn schedule() -> Schedule {
    Schedule::new([5, 30, 300].map(Duration::from_secs).to_vec()).unwrap()
}

fn wait(at: Timestamp) -> SignedDuration {
    at.duration_since(NOW)
}

#[test]
fn a_schedule_without_delays_is_not_one() {
    assert_eq!(Schedule::new(vec![]), None);
    assert_eq!(Schedule::new(vec![Duration::ZERO]), None);
    assert_eq!(
        Schedule::new(vec![Duration::from_secs(5), Duration::ZERO]),
        None
    );
    assert_eq!((schedule().len(), schedule().is_empty()), (3, false));
}

#[test]
fn a_fraction_outside_its_range_counts_as_zero() {
    for fraction in [-0.1, 1.0, 7.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let at = schedule().next_patient(1, NOW, Jitter::new(fraction));
        assert_eq!(wait(at), SignedDuration::from_millis(2_500), "{fraction}");
    }
}

#[test]
fn the_schedule_ends_but_patience_does_not() {
    assert!(schedule().next(3, NOW, Jitter::new(0.0)).is_some());
    assert_eq!(schedule().next(4, NOW, Jitter::new(0.0)), None);
    for failures in [4, 400, u32::MAX] {
        let at = schedule().next_patient(failures, NOW, Jitter::new(0.0));
        assert_eq!(wait(at), SignedDuration::from_secs(150));
    }
}

#[test]
fn an_upstream_that_is_away_is_tried_again_within_ten_minutes() {
    let slow = Schedule::new(vec![Duration::from_hours(2)]).unwrap();
    let at = slow.next_patient(400, NOW, Jitter::new(0.0));
    assert_eq!(wait(at), SignedDuration::from_mins(5));
    let at = slow.next(1, NOW, Jitter::new(0.0)).unwrap();
    assert_eq!(wait(at), SignedDuration::from_hours(1));
}

#[test]
fn an_upstream_may_ask_for_twice_our_delay_and_no_more() {
    for (asked, granted) in [(0, 5), (5, 5), (7, 7), (10, 10), (11, 10), (86_400, 10)] {
        let asked = Duration::from_secs(asked);
        let at = schedule().next_asked(1, asked, NOW, Jitter::new(0.0));
        assert_eq!(wait(at), SignedDuration::from_secs(granted), "{asked:?}");
    }
}

#[test]
fn a_wait_past_the_end_of_time_ends_there() {
    let endless = Schedule::new(vec![Duration::MAX]).unwrap();
    for jitter in [Jitter::new(0.0), Jitter::new(1.0_f64.next_down())] {
        assert_eq!(endless.next(1, NOW, jitter), Some(Timestamp::MAX));
    }
}

proptest! {
    #[test]
    fn a_delay_lies_between_half_and_all_of_what_is_written(
        failures in 1_u32..4, fraction in 0.0_f64..1.0,
    ) {
        let written = [5, 30, 300][failures as usize - 1];
        let at = schedule().next(failures, NOW, Jitter::new(fraction)).unwrap();
        prop_assert!(wait(at) >= SignedDuration::from_millis(written * 500));
        prop_assert!(wait(at) <= SignedDuration::from_secs(written));
        prop_assert_eq!(schedule().next_patient(failures, NOW, Jitter::new(fraction)), at);
    }

    #[test]
    fn an_upstream_never_shortens_our_delay_nor_more_than_doubles_it(
        failures in 0_u32..9, asked in 0_u64..10_000, fraction in 0.0_f64..1.0,
    ) {
        let ours = [5_i64, 5, 30, 300][(failures as usize).min(3)];
        let asked = Duration::from_secs(asked);
        let at = schedule().next_asked(failures, asked, NOW, Jitter::new(fraction));
        prop_assert!(wait(at) >= SignedDuration::from_secs(ours));
        prop_assert!(wait(at) <= SignedDuration::from_millis(ours * 2_100));
    }

    #[test]
    fn no_schedule_panics(
        delays in prop::collection::vec(any::<Duration>(), 1..4),
        failures: u32, asked: Duration, fraction: f64,
        now in (Timestamp::MIN.as_second()..=Timestamp::MAX.as_second()),
    ) {
        prop_assume!(delays.iter().all(|delay| *delay > Duration::from_nanos(1)));
        let now = Timestamp::from_second(now).unwrap();
        let jitter = Jitter::new(fraction);
        let schedule = Schedule::new(delays).unwrap();
        prop_assert!(schedule.next(failures, now, jitter).is_none_or(|at| at >= now));
        prop_assert!(schedule.next_patient(failures, now, jitter) >= now);
        prop_assert!(schedule.next_asked(failures, asked, now, jitter) >= now);
    }
}
