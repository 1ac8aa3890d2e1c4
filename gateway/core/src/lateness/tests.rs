//! Worked examples of administration.md 5.3 and 5.6, computed by hand, and properties.
//!
//! All moments are days of October 2026 at 09:00 in Viet Nam, written as the day alone.

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::wire_time::viet_nam;

mod apologies;
mod by_officer;
mod rates;

fn day(day: i8) -> Timestamp {
    let local = date(2026, 10, day).at(9, 0, 0, 0);
    local.to_zoned(viet_nam()).unwrap().timestamp()
}

fn days(count: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * count)
}

fn supplement(requested: i8, completed: Option<i8>) -> Supplement {
    Supplement::new(day(requested), completed.map(day)).unwrap()
}

/// Received on the 1st, due on the 10th.
fn dossier() -> DossierTimes {
    DossierTimes {
        received: Some(day(1)),
        appointment: Some(day(10)),
        ..DossierTimes::default()
    }
}

fn processed(on: i8) -> DossierTimes {
    DossierTimes {
        processed: Some(day(on)),
        ..dossier()
    }
}

fn standing(times: &DossierTimes, as_of: i8) -> (Standing, u8) {
    let judgement = judge(times, day(as_of), LateReading::WhileWaiting);
    (judgement.standing, judgement.point.number())
}

#[test]
fn point_1_the_end_is_the_first_that_is_there_and_not_the_earliest() {
    let all = DossierTimes {
        processed: Some(day(9)),
        returned: Some(day(8)),
        stopped: Some(day(7)),
        refused: Some(day(6)),
        withdrawn: Some(day(5)),
        ..dossier()
    };
    assert_eq!(all.end(), Some(day(9)));
    let returned = DossierTimes {
        processed: None,
        ..all
    };
    assert_eq!(returned.end(), Some(day(8)));
    let stopped = DossierTimes {
        returned: None,
        ..returned
    };
    assert_eq!(stopped.end(), Some(day(6)));
    let withdrawn = DossierTimes {
        stopped: None,
        refused: None,
        ..stopped
    };
    assert_eq!(withdrawn.end(), Some(day(5)));
}

#[test]
fn point_1_a_withdrawal_counts_only_after_receipt() {
    let withdrawn = DossierTimes {
        withdrawn: Some(day(12)),
        ..dossier()
    };
    assert_eq!(standing(&withdrawn, 20), (Standing::FinishedLate, 2));
    let before_receipt = DossierTimes {
        received: None,
        ..withdrawn
    };
    let why = NotCounted::WithdrawnBeforeReceipt;
    assert_eq!(
        standing(&before_receipt, 20),
        (Standing::NotCounted(why), 1)
    );
}

#[test]
fn point_2_the_end_may_be_the_appointment_itself() {
    assert_eq!(standing(&processed(9), 20), (Standing::FinishedInTime, 2));
    assert_eq!(standing(&processed(10), 20), (Standing::FinishedInTime, 2));
    let mut later = processed(10);
    later.processed = Some(day(10) + SignedDuration::from_secs(1));
    assert_eq!(standing(&later, 20), (Standing::FinishedLate, 2));
}

#[test]
fn point_3_the_time_of_supplements_is_taken_off_the_end() {
    // Ended on the 14th, four days late; out for three or four days.
    let mut times = processed(14);
    times.supplements = vec![supplement(3, Some(6))];
    assert_eq!(standing(&times, 20), (Standing::FinishedLate, 3));
    times.supplements = vec![supplement(3, Some(7))];
    assert_eq!(standing(&times, 20), (Standing::FinishedInTime, 3));
    times.supplements = vec![supplement(3, Some(5)), supplement(6, Some(8))];
    assert_eq!(standing(&times, 20), (Standing::FinishedInTime, 3));
}

#[test]
fn point_3_time_that_two_supplements_share_is_taken_off_once() {
    let mut times = processed(14);
    times.supplements = vec![supplement(3, Some(6)), supplement(4, Some(6))];
    assert_eq!(times.supplemented(day(14)), days(3));
    assert_eq!(standing(&times, 20), (Standing::FinishedLate, 3));
}

#[test]
fn point_3_a_supplement_that_outlasts_the_end_is_taken_off_up_to_it() {
    let mut times = processed(14);
    times.supplements = vec![supplement(12, Some(16))];
    assert_eq!(times.supplemented(day(14)), days(2));
    assert_eq!(standing(&times, 20), (Standing::FinishedLate, 3));
}

#[test]
fn point_4_while_a_dossier_waits_its_request_is_the_end() {
    let mut times = dossier();
    times.supplements = vec![supplement(9, None)];
    for as_of in [9, 10, 30] {
        assert_eq!(
            standing(&times, as_of),
            (Standing::OpenInTime, 4),
            "{as_of}"
        );
    }
    times.supplements = vec![supplement(11, None)];
    assert_eq!(standing(&times, 30), (Standing::OpenOverdue, 4));
}

#[test]
fn point_4_a_second_request_makes_a_waiting_dossier_late() {
    let mut times = dossier();
    times.supplements = vec![supplement(2, Some(3)), supplement(4, None)];
    assert_eq!(standing(&times, 5), (Standing::OpenOverdue, 4));
    // Once the second is complete too, the first reading goes back to points 3 and 5.
    times.supplements = vec![supplement(2, Some(3)), supplement(4, Some(5))];
    assert_eq!(standing(&times, 6), (Standing::OpenInTime, 5));
    times.processed = Some(day(7));
    assert_eq!(standing(&times, 8), (Standing::FinishedInTime, 3));
}

#[test]
fn point_4_read_for_good_stays_late() {
    let mut times = processed(7);
    times.supplements = vec![supplement(2, Some(3)), supplement(4, Some(5))];
    let judgement = judge(&times, day(8), LateReading::ForGood);
    assert_eq!(
        (judgement.standing, judgement.point),
        (Standing::FinishedLate, Point::Waiting)
    );
    times.supplements.pop();
    let judgement = judge(&times, day(8), LateReading::ForGood);
    assert_eq!(judgement.standing, Standing::FinishedInTime);
}

#[test]
fn point_5_an_open_dossier_is_in_time_only_before_its_appointment() {
    let open = dossier();
    assert_eq!(standing(&open, 9), (Standing::OpenInTime, 5));
    assert_eq!(standing(&open, 10), (Standing::OpenOverdue, 5));
    assert_eq!(standing(&open, 11), (Standing::OpenOverdue, 5));
}

#[test]
fn point_5_the_time_of_supplements_is_taken_off_now_as_well() {
    let mut open = dossier();
    open.supplements = vec![supplement(3, Some(5))];
    assert_eq!(standing(&open, 11), (Standing::OpenInTime, 5));
    assert_eq!(standing(&open, 12), (Standing::OpenOverdue, 5));
}

#[test]
fn point_6_without_an_appointment_the_maximum_time_counts_from_receipt() {
    let mut times = DossierTimes {
        appointment: None,
        maximum: Some(days(9)),
        ..processed(10)
    };
    assert_eq!(standing(&times, 20), (Standing::FinishedInTime, 6));
    times.processed = Some(day(11));
    assert_eq!(standing(&times, 20), (Standing::FinishedLate, 6));
    times.supplements = vec![supplement(3, Some(4))];
    assert_eq!(standing(&times, 20), (Standing::FinishedInTime, 6));
    times.processed = None;
    assert_eq!(standing(&times, 11), (Standing::OpenInTime, 6));
    assert_eq!(standing(&times, 12), (Standing::OpenOverdue, 6));
    times.maximum = None;
    let unknown = |finished| Standing::Undetermined {
        finished,
        why: Undetermined::NoLimit,
    };
    assert_eq!(standing(&times, 12), (unknown(false), 6));
    times.returned = Some(day(12));
    assert_eq!(standing(&times, 12), (unknown(true), 6));
}

#[test]
fn point_7_early_and_on_the_day_are_told_apart_by_the_day_in_viet_nam() {
    let earliness = |processed| {
        let times = DossierTimes {
            processed: Some(processed),
            ..dossier()
        };
        judge(&times, day(20), LateReading::WhileWaiting).earliness()
    };
    let midnight = day(10) - SignedDuration::from_hours(9);
    assert_eq!(earliness(midnight), Some(Earliness::OnTheDay));
    let before = midnight - SignedDuration::from_secs(1);
    assert_eq!(earliness(before), Some(Earliness::Early));
    assert_eq!(earliness(day(11)), None);
}

#[test]
fn what_came_after_the_period_changes_nothing_in_it() {
    let mut times = processed(12);
    times.supplements = vec![supplement(11, Some(12))];
    assert_eq!(standing(&times, 9), standing(&dossier(), 9));
    times.supplements = vec![supplement(8, Some(12))];
    assert_eq!(standing(&times, 10), (Standing::OpenInTime, 4));
}

#[test]
fn a_dossier_that_is_not_received_yet_is_in_no_rate() {
    let registered = DossierTimes::default();
    let why = NotCounted::NotReceived;
    assert_eq!(standing(&registered, 5), (Standing::NotCounted(why), 1));
}

#[test]
fn a_supplement_that_is_complete_before_it_is_requested_is_refused() {
    assert_eq!(
        Supplement::new(day(3), Some(day(2))),
        Err(InvalidSupplement)
    );
    assert!(Supplement::new(day(3), Some(day(3))).is_ok());
}

prop_compose! {
    fn moment()(minutes in 0i64..(28 * 24 * 60)) -> Timestamp {
        day(1) + SignedDuration::from_mins(minutes)
    }
}

prop_compose! {
    pub(super) fn times()(
        received in proptest::option::weighted(0.9, moment()),
        appointment in proptest::option::weighted(0.8, moment()),
        processed in proptest::option::of(moment()),
        returned in proptest::option::weighted(0.2, moment()),
        stopped in proptest::option::weighted(0.1, moment()),
        withdrawn in proptest::option::weighted(0.1, moment()),
        supplements in proptest::collection::vec((moment(), proptest::option::of(0i64..20_000)), 0..4),
        maximum in proptest::option::of(0i64..40_000),
    ) -> DossierTimes {
        let supplements = supplements.into_iter().map(|(requested, lasted)| {
            let completed = lasted.map(|lasted| requested + SignedDuration::from_mins(lasted));
            Supplement::new(requested, completed).unwrap()
        });
        DossierTimes {
            received, appointment, processed, returned, stopped, withdrawn,
            refused: None,
            supplements: supplements.collect(),
            maximum: maximum.map(SignedDuration::from_mins),
        }
    }
}

fn is_late(standing: Standing) -> bool {
    matches!(standing, Standing::FinishedLate | Standing::OpenOverdue)
}

proptest! {
    #[test]
    fn a_completed_supplement_never_makes_a_dossier_late(
        times in times(), as_of in moment(), requested in moment(), lasted in 0i64..20_000
    ) {
        let reading = LateReading::WhileWaiting;
        let mut before = times;
        before.supplements.retain(|it| it.completed().is_some_and(|done| done <= as_of));
        let mut after = before.clone();
        let completed = requested + SignedDuration::from_mins(lasted);
        prop_assume!(completed <= as_of);
        after.supplements.push(Supplement::new(requested, Some(completed)).unwrap());
        let late = |times| is_late(judge(times, as_of, reading).standing);
        prop_assert!(!late(&after) || late(&before));
    }

    #[test]
    fn a_later_end_never_makes_a_dossier_less_late(times in times(), later in 0i64..20_000) {
        let as_of = day(30);
        let Some(processed) = times.processed else { return Ok(()) };
        let mut after = times.clone();
        after.processed = Some((processed + SignedDuration::from_mins(later)).min(as_of));
        // Requests that outlast the end are taken off up to the end only.
        let late = |times| is_late(judge(times, as_of, LateReading::WhileWaiting).standing);
        prop_assert!(late(&after) || !late(&times));
    }

    #[test]
    fn the_stricter_reading_never_makes_a_dossier_less_late(times in times(), as_of in moment()) {
        let late = |reading| is_late(judge(&times, as_of, reading).standing);
        prop_assert!(late(LateReading::ForGood) || !late(LateReading::WhileWaiting));
    }

    #[test]
    fn every_judgement_says_what_it_compared(times in times(), as_of in moment()) {
        let judgement = judge(&times, as_of, LateReading::WhileWaiting);
        match judgement.standing {
            Standing::FinishedInTime | Standing::OpenInTime => {
                prop_assert!(judgement.measured <= judgement.limit);
            }
            Standing::FinishedLate => prop_assert!(judgement.measured > judgement.limit),
            Standing::OpenOverdue => prop_assert!(judgement.measured.is_some()),
            Standing::Undetermined { .. } | Standing::NotCounted(_) => {
                prop_assert!(judgement.limit.is_none());
            }
        }
    }
}
