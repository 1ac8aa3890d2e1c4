//! What holds for every day, moment and pause of the announced years.

use jiff::ToSpan as _;
use proptest::prelude::*;

use super::*;

prop_compose! {
    /// A day that is far enough from the end of the announced years.
    fn day()(days in 0i32..900) -> Date {
        date(2024, 1, 1).checked_add(days.days()).unwrap()
    }
}

prop_compose! {
    fn moment()(minutes in 0i64..(900 * 24 * 60)) -> Timestamp {
        at_the_start() + SignedDuration::from_mins(minutes)
    }
}

fn at_the_start() -> Timestamp {
    hours::moment(date(2024, 1, 1), hm(0, 0)).unwrap()
}

proptest! {
    #[test]
    fn counting_is_the_inverse_of_adding(from in day(), count in 0u32..90) {
        let calendar = shipped();
        let national = calendar.national();
        let reached = national.add_working_days(from, count).unwrap();
        prop_assert_eq!(national.working_days_between(from, reached), Ok(count));
        prop_assert!(count == 0 || national.is_working(reached).unwrap());
    }

    #[test]
    fn working_time_adds_up(one in moment(), two in moment(), three in moment()) {
        let calendar = shipped();
        let national = calendar.national();
        let mut moments = [one, two, three];
        moments.sort();
        let [first, second, third] = moments;
        let between = |from, to| national.working_time_between(from, to).unwrap();
        prop_assert_eq!(between(first, second) + between(second, third), between(first, third));
        prop_assert!(between(first, third) <= third.duration_since(first));
    }

    #[test]
    fn adding_working_time_is_the_inverse_of_measuring_it(from in moment(), minutes in 0i64..9_000) {
        let calendar = shipped();
        let national = calendar.national();
        let time = SignedDuration::from_mins(minutes);
        let reached = national.add_working_time(from, time).unwrap();
        prop_assert!(reached >= from);
        prop_assert_eq!(national.working_time_between(from, reached), Ok(time));
    }

    #[test]
    fn more_time_never_makes_a_result_due_earlier(received in moment(), limit in 0u16..60) {
        let calendar = shipped();
        let national = calendar.national();
        for unit in [TimeLimit::WorkingDays, TimeLimit::CalendarDays, TimeLimit::WorkingHours] {
            let due = |limit| rule(unit(limit)).appointment(received, &national).unwrap().due;
            prop_assert!(due(limit) <= due(limit + 1));
        }
    }

    #[test]
    fn a_pause_never_makes_a_result_due_earlier(
        start in moment(), before in 0i64..9_000, pause in 0i64..40_000, limit in 1u16..30
    ) {
        let calendar = shipped();
        let national = calendar.national();
        let from = start + SignedDuration::from_mins(before);
        let clock = LegalClock::run(&[
            event(ClockStep::Start, start),
            event(ClockStep::Pause(PauseReason::Supplement), from),
            event(ClockStep::Resume, from + SignedDuration::from_mins(pause)),
        ]).unwrap();
        for unit in [TimeLimit::WorkingDays, TimeLimit::CalendarDays, TimeLimit::WorkingHours] {
            let rule = rule(unit(limit));
            let Due::At(paused) = clock.due(&rule, &national).unwrap() else {
                panic!("the pause has ended");
            };
            prop_assert!(paused.due >= rule.appointment(start, &national).unwrap().due);
        }
    }
}
