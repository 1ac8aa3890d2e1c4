//! Worked examples, computed by hand from the announced holidays.

use jiff::civil::{Date, Time, date, time};
use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::agency::AgencyCode;
use crate::places::SourceCertainty;

mod files;
mod properties;

const SHIPPED: &str = include_str!("../../data/working-calendar.toml");

fn shipped() -> WorkCalendar {
    WorkCalendar::parse(SHIPPED).unwrap()
}

/// Clock time in Viet Nam on a day of 2026.
fn at(month: i8, day: i8, clock: Time) -> Timestamp {
    hours::moment(date(2026, month, day), clock).unwrap()
}

fn hm(hour: i8, minute: i8) -> Time {
    time(hour, minute, 0, 0)
}

fn rule(limit: TimeLimit) -> TimeRule {
    TimeRule {
        limit,
        cut_off: None,
        pausing: vec![PauseReason::Supplement],
    }
}

#[test]
fn the_shipped_calendar_holds_the_announced_years() {
    let calendar = shipped();
    assert_eq!(calendar.years().collect::<Vec<_>>(), [2024, 2025, 2026]);
    let national = calendar.national();
    // Counted by hand; 10 and 11 February 2024 and 26 April 2026 fall on days of rest and
    // are listed as well.
    for (year, special_days_off) in [(2024, 14), (2025, 12), (2026, 15)] {
        let mut day = date(year, 1, 1);
        let mut found = 0;
        while day.year() == year {
            let standing = national.day(day).unwrap();
            let special = matches!(standing, DayStanding::Special(_));
            found += u32::from(special && !standing.is_working());
            day = day.tomorrow().unwrap();
        }
        assert_eq!(found, special_days_off, "{year}");
    }
}

#[test]
fn working_days_leave_out_holidays_and_follow_swaps() {
    let calendar = shipped();
    let national = calendar.national();
    for (from, count, expected) in [
        (date(2025, 12, 31), 1, date(2026, 1, 5)),
        (date(2026, 1, 9), 1, date(2026, 1, 10)),
        (date(2026, 2, 13), 1, date(2026, 2, 23)),
        (date(2026, 4, 24), 1, date(2026, 4, 28)),
        (date(2026, 4, 24), 3, date(2026, 5, 4)),
        (date(2026, 8, 21), 1, date(2026, 8, 22)),
        (date(2026, 8, 21), 2, date(2026, 8, 24)),
        (date(2026, 8, 28), 1, date(2026, 9, 3)),
        (date(2026, 11, 23), 1, date(2026, 11, 25)),
        (date(2024, 4, 26), 3, date(2024, 5, 4)),
        (date(2025, 4, 25), 1, date(2025, 4, 26)),
        (date(2026, 10, 5), 0, date(2026, 10, 5)),
    ] {
        assert_eq!(
            national.add_working_days(from, count),
            Ok(expected),
            "{from} + {count}"
        );
        assert_eq!(national.working_days_between(from, expected), Ok(count));
    }
}

#[test]
fn a_year_without_calendar_gives_a_warning_and_no_date() {
    let calendar = shipped();
    let national = calendar.national();
    let gap = CalendarGap::NotAnnounced { year: 2027 };
    assert_eq!(national.add_working_days(date(2026, 12, 31), 1), Err(gap));
    assert_eq!(
        national.working_days_between(date(2026, 12, 30), date(2027, 1, 4)),
        Err(gap)
    );
    assert_eq!(
        national.is_working(date(2023, 12, 29)),
        Err(CalendarGap::Year { year: 2023 })
    );
    let received = at(12, 30, hm(9, 0));
    for limit in [
        TimeLimit::WorkingDays(3),
        TimeLimit::CalendarDays(3),
        TimeLimit::WorkingHours(40),
        TimeLimit::Hours(72),
        TimeLimit::Months(1),
    ] {
        assert_eq!(
            rule(limit).appointment(received, &national),
            Err(gap),
            "{limit:?}"
        );
    }
    assert_eq!(
        gap.to_string(),
        "the holidays of 2027 are not announced in full; no date in it is computed"
    );
}

#[test]
fn working_hours_leave_out_lunch_nights_and_days_off() {
    let calendar = shipped();
    let national = calendar.national();
    for (from, hours, expected) in [
        (at(10, 2, hm(16, 30)), 2, at(10, 5, hm(8, 30))),
        (at(10, 2, hm(10, 30)), 2, at(10, 2, hm(14, 30))),
        (at(10, 5, hm(7, 30)), 8, at(10, 5, hm(17, 30))),
        (at(10, 5, hm(12, 0)), 1, at(10, 5, hm(14, 30))),
        (at(10, 3, hm(9, 0)), 1, at(10, 5, hm(8, 30))),
        (at(2, 13, hm(16, 30)), 2, at(2, 23, hm(8, 30))),
    ] {
        let time = SignedDuration::from_hours(hours);
        assert_eq!(
            national.add_working_time(from, time),
            Ok(expected),
            "{from} + {hours} h"
        );
        assert_eq!(national.working_time_between(from, expected), Ok(time));
    }
}

#[test]
fn after_the_cut_off_a_same_day_procedure_is_due_on_the_next_working_day() {
    let calendar = shipped();
    let national = calendar.national();
    let same_day = TimeRule {
        cut_off: Some(hm(15, 0)),
        ..rule(TimeLimit::WorkingDays(0))
    };
    for (received, due, moved) in [
        (at(10, 1, hm(15, 0)), at(10, 1, hm(17, 30)), false),
        (at(10, 1, time(15, 0, 1, 0)), at(10, 2, hm(17, 30)), true),
        (at(10, 2, hm(15, 30)), at(10, 5, hm(17, 30)), true),
        (at(2, 13, hm(16, 0)), at(2, 23, hm(17, 30)), true),
        (at(10, 3, hm(16, 0)), at(10, 5, hm(17, 30)), false),
    ] {
        let appointment = same_day.appointment(received, &national).unwrap();
        assert_eq!(appointment.due, due, "{received}");
        assert_eq!(same_day.received(received, &national).unwrap().moved, moved);
    }
}

#[test]
fn limits_of_every_unit_end_where_the_page_says() {
    let calendar = shipped();
    let national = calendar.national();
    for (limit, received, due) in [
        (
            TimeLimit::WorkingDays(5),
            at(10, 5, hm(9, 0)),
            at(10, 12, hm(17, 30)),
        ),
        (
            TimeLimit::WorkingDays(1),
            at(10, 3, hm(9, 0)),
            at(10, 5, hm(17, 30)),
        ),
        (
            TimeLimit::CalendarDays(10),
            at(4, 20, hm(9, 0)),
            at(5, 4, hm(17, 30)),
        ),
        (
            TimeLimit::CalendarDays(1),
            at(10, 5, hm(9, 0)),
            at(10, 6, hm(17, 30)),
        ),
        (
            TimeLimit::Months(1),
            at(1, 31, hm(9, 0)),
            at(3, 2, hm(17, 30)),
        ),
        (
            TimeLimit::WorkingHours(4),
            at(10, 2, hm(16, 30)),
            at(10, 5, hm(10, 30)),
        ),
        (
            TimeLimit::Hours(24),
            at(10, 3, hm(10, 0)),
            at(10, 4, hm(10, 0)),
        ),
    ] {
        let appointment = rule(limit).appointment(received, &national).unwrap();
        assert_eq!(appointment.due, due, "{limit:?}");
        assert_eq!(appointment.calendar, calendar.version());
    }
}

#[test]
fn the_day_in_viet_nam_counts_and_not_the_day_in_utc() {
    let calendar = shipped();
    // 5 October 23:30 in Viet Nam is still 5 October there, and 16:30 UTC.
    let received = at(10, 5, hm(23, 30));
    let appointment = rule(TimeLimit::WorkingDays(1)).appointment(received, &calendar.national());
    assert_eq!(appointment.unwrap().due, at(10, 6, hm(17, 30)));
    let early = at(10, 6, hm(0, 30));
    let appointment = rule(TimeLimit::WorkingDays(1)).appointment(early, &calendar.national());
    assert_eq!(appointment.unwrap().due, at(10, 7, hm(17, 30)));
}

#[test]
fn a_date_is_as_certain_as_the_least_certain_day_in_it() {
    let calendar = shipped();
    let national = calendar.national();
    let between = |first, last| national.certainty_between(first, last).unwrap();
    assert_eq!(
        between(date(2026, 1, 1), date(2026, 3, 1)),
        SourceCertainty::Seen
    );
    assert_eq!(
        between(date(2026, 11, 23), date(2026, 11, 24)),
        SourceCertainty::Unverified
    );
    let limit = rule(TimeLimit::Hours(48));
    let sure = limit.appointment(at(3, 2, hm(9, 0)), &national).unwrap();
    assert_eq!(sure.certainty, SourceCertainty::Seen);
    let in_march = |limit| {
        rule(limit)
            .appointment(at(3, 2, hm(9, 0)), &national)
            .unwrap()
    };
    let by_days = in_march(TimeLimit::WorkingDays(5));
    assert_eq!(by_days.certainty, SourceCertainty::Seen);
    let by_hours = in_march(TimeLimit::WorkingHours(5));
    assert_eq!(by_hours.certainty, SourceCertainty::Unverified);
    assert_eq!(
        between(date(2024, 3, 4), date(2024, 3, 5)),
        SourceCertainty::Unverified
    );
    let unsure = limit.appointment(at(11, 23, hm(9, 0)), &national).unwrap();
    assert_eq!(unsure.certainty, SourceCertainty::Unverified);
}

#[test]
fn a_pause_that_counts_moves_the_date_and_another_does_not() {
    let calendar = shipped();
    let national = calendar.national();
    let run = |reason| {
        LegalClock::run(&[
            event(ClockStep::Start, at(10, 5, hm(9, 0))),
            event(ClockStep::Pause(reason), at(10, 7, hm(10, 0))),
            event(ClockStep::Resume, at(10, 9, hm(10, 0))),
        ])
        .unwrap()
    };
    let due = |limit, reason| match run(reason).due(&rule(limit), &national).unwrap() {
        Due::At(appointment) => appointment.due,
        Due::Paused { .. } => panic!("the clock runs"),
    };
    for (limit, expected) in [
        (TimeLimit::WorkingDays(5), at(10, 14, hm(17, 30))),
        (TimeLimit::CalendarDays(7), at(10, 14, hm(17, 30))),
        (TimeLimit::WorkingHours(20), at(10, 9, hm(15, 0))),
        (TimeLimit::Hours(60), at(10, 9, hm(21, 0))),
    ] {
        assert_eq!(due(limit, PauseReason::Supplement), expected, "{limit:?}");
    }
    let unmoved = due(TimeLimit::WorkingDays(5), PauseReason::FinancialDuty);
    assert_eq!(unmoved, at(10, 12, hm(17, 30)));
}

#[test]
fn elapsed_working_time_stands_still_during_a_pause() {
    let calendar = shipped();
    let national = calendar.national();
    let limit = rule(TimeLimit::WorkingDays(5));
    let mut events = vec![
        event(ClockStep::Start, at(10, 5, hm(9, 0))),
        event(
            ClockStep::Pause(PauseReason::Supplement),
            at(10, 7, hm(10, 0)),
        ),
    ];
    let paused = LegalClock::run(&events).unwrap();
    // Monday 2.5 + 4 hours, Tuesday 8, Wednesday 2.5.
    let seventeen = SignedDuration::from_hours(17);
    for now in [
        at(10, 7, hm(10, 0)),
        at(10, 8, hm(16, 0)),
        at(10, 9, hm(10, 0)),
    ] {
        assert_eq!(paused.elapsed(now, &limit, &national), Ok(seventeen));
    }
    let since = at(10, 7, hm(10, 0));
    let reason = PauseReason::Supplement;
    assert_eq!(
        paused.due(&limit, &national),
        Ok(Due::Paused { reason, since })
    );
    events.push(event(ClockStep::Resume, at(10, 9, hm(10, 0))));
    let resumed = LegalClock::run(&events).unwrap();
    let before = resumed.elapsed(at(10, 8, hm(16, 0)), &limit, &national);
    assert_eq!(before, Ok(seventeen));
    events.push(event(ClockStep::Stop, at(10, 9, hm(11, 0))));
    let stopped = LegalClock::run(&events).unwrap();
    let elapsed = stopped.elapsed(at(10, 30, hm(9, 0)), &limit, &national);
    assert_eq!(elapsed, Ok(SignedDuration::from_hours(18)));
}

#[test]
fn events_that_are_no_run_of_a_clock_are_refused() {
    use ClockStep::{Pause, Resume, Start, Stop};
    let run = |steps: &[(ClockStep, i8)]| {
        let events: Vec<_> = steps
            .iter()
            .map(|&(step, day)| event(step, at(10, day, hm(9, 0))))
            .collect();
        LegalClock::run(&events).map(|_| ())
    };
    let pause = Pause(PauseReason::Supplement);
    let duty = Pause(PauseReason::FinancialDuty);
    assert_eq!(run(&[]), Err(ClockProblem::NotStarted));
    assert_eq!(run(&[(pause, 5)]), Err(ClockProblem::NotStarted));
    assert_eq!(
        run(&[(Start, 5), (Start, 6)]),
        Err(ClockProblem::StartedAgain { event: 2 })
    );
    assert_eq!(
        run(&[(Start, 5), (Resume, 6)]),
        Err(ClockProblem::NotPaused { event: 2 })
    );
    assert_eq!(
        run(&[(Start, 6), (pause, 5)]),
        Err(ClockProblem::Backwards { event: 2 })
    );
    assert_eq!(
        run(&[(Start, 5), (Stop, 6), (pause, 7)]),
        Err(ClockProblem::AfterStop { event: 3 })
    );
    let at_once = [(Start, 5), (pause, 5), (Resume, 5), (Stop, 5)];
    assert_eq!(run(&at_once), Ok(()));
    assert_eq!(
        run(&[(Start, 5), (pause, 6), (duty, 7), (Resume, 8), (Stop, 9)]),
        Ok(())
    );
}

fn event(step: ClockStep, at: Timestamp) -> ClockEvent {
    ClockEvent {
        step,
        at,
        legal_basis: None,
        by: None,
    }
}
