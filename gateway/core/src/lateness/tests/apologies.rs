//! Who is owed an apology.

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::lateness::{ApologyDuty, owes_apology};

const NONE: SignedDuration = SignedDuration::ZERO;

fn hours(hours: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + hours * 3600).unwrap()
}

fn wait(from: i64, until: Option<i64>) -> Supplement {
    Supplement::new(hours(from), until.map(hours)).unwrap()
}

/// Received at hour 0 and due at hour 100.
fn times(processed: Option<i64>, supplements: &[Supplement]) -> DossierTimes {
    DossierTimes {
        received: Some(hours(0)),
        appointment: Some(hours(100)),
        processed: processed.map(hours),
        supplements: supplements.to_vec(),
        ..DossierTimes::default()
    }
}

#[test]
fn it_is_owed_once_the_limit_and_the_allowance_have_passed() {
    let open = times(None, &[]);
    let duty = |allowance, now| {
        owes_apology(
            &open,
            &[],
            SignedDuration::from_hours(allowance),
            hours(now),
        )
    };
    assert_eq!(duty(0, 100), ApologyDuty::NotOwed);
    assert_eq!(duty(0, 101), ApologyDuty::Owed);
    assert_eq!(duty(24, 123), ApologyDuty::NotOwed);
    assert_eq!(duty(24, 124), ApologyDuty::Owed);
}

#[test]
fn a_second_request_before_the_limit_owes_none_by_any_reading() {
    let again = [wait(10, Some(12)), wait(20, None)];
    let waits = times(None, &again);
    for reading in [LateReading::WhileWaiting, LateReading::ForGood] {
        let judged = judge(&waits, hours(500), reading);
        assert_eq!(judged.standing, Standing::OpenOverdue);
    }
    let duty = owes_apology(&waits, &[], NONE, hours(500));
    assert_eq!(duty, ApologyDuty::NotOwed);
}

#[test]
fn a_wait_for_the_fee_leaves_it_open() {
    let late = times(Some(110), &[]);
    let fee = |hours: i64| [wait(20, Some(20 + hours))];
    let duty = |hours_of_fee| owes_apology(&late, &fee(hours_of_fee), NONE, hours(200));
    assert_eq!(duty(10), ApologyDuty::Unsettled);
    assert_eq!(duty(9), ApologyDuty::Owed);
}

#[test]
fn without_a_limit_none_is_owed() {
    let mut open = times(None, &[]);
    open.appointment = None;
    let duty = owes_apology(&open, &[], NONE, hours(500));
    assert_eq!(duty, ApologyDuty::NotOwed);
}

fn waits() -> impl Strategy<Value = Vec<Supplement>> {
    let one = (0i64..150, prop::option::of(0i64..60));
    prop::collection::vec(one, 0..4).prop_map(|drawn| {
        let drawn = drawn.into_iter();
        drawn
            .map(|(from, length)| wait(from, length.map(|length| from + length)))
            .collect()
    })
}

proptest! {
    #[test]
    fn whoever_is_owed_one_has_a_late_dossier(
        processed in prop::option::of(1i64..200),
        supplements in waits(),
        others in waits(),
        now in 1i64..250,
    ) {
        let times = times(processed, &supplements);
        let duty = owes_apology(&times, &others, NONE, hours(now));
        for reading in [LateReading::WhileWaiting, LateReading::ForGood] {
            let judged = judge(&times, hours(now), reading);
            let is_late =
                matches!(judged.standing, Standing::FinishedLate | Standing::OpenOverdue);
            prop_assert!(is_late || duty == ApologyDuty::NotOwed, "{judged:?} {duty:?}");
        }
        let with_fewer = owes_apology(&times, &[], NONE, hours(now));
        prop_assert!(duty <= with_fewer, "waits never make an apology owed");
    }
}
