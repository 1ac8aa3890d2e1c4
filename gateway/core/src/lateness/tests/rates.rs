//! The three rates on one office's month, and what holds of any.

use super::*;
use crate::share::{Percent, Share};

/// 100 dossiers: 80 finished (70 in time, 6 late, 4 without any limit) and 20 open (15 in
/// time, 3 overdue, 2 without any limit); 5 more count nowhere.
const MONTH: Tally = Tally {
    finished_in_time: 70,
    finished_late: 6,
    finished_undetermined: 4,
    open_in_time: 15,
    open_overdue: 3,
    open_undetermined: 2,
    not_counted: 5,
};

#[test]
fn the_three_rates_of_one_month_have_three_values() {
    let rate = |kind| MONTH.rate(kind).share;
    assert_eq!(Share::new(6, 80).unwrap(), rate(RateKind::Finished));
    assert_eq!(Share::new(15, 100).unwrap(), rate(RateKind::Portal));
    assert_eq!(Share::new(9, 100).unwrap(), rate(RateKind::Exposure));
    let percent = |kind| rate(kind).percent().unwrap().text_vi();
    assert_eq!(RateKind::ALL.map(percent), ["7,5%", "15%", "9%"]);
    assert_eq!(RateKind::ALL.map(RateKind::code), ["R1", "R2", "R3"]);
}

#[test]
fn one_month_keeps_a_bound_by_one_rate_and_breaks_it_by_another() {
    let ten = Percent::whole(10).unwrap();
    let above = |kind| MONTH.rate(kind).share.compare(ten).unwrap().is_gt();
    assert_eq!(RateKind::ALL.map(above), [false, true, false]);
}

#[test]
fn no_dossier_gives_no_rate() {
    for kind in RateKind::ALL {
        assert_eq!(Tally::default().rate(kind).share.percent(), None);
    }
}

#[test]
fn dossiers_are_counted_where_they_stand() {
    let judged = [
        judge(&processed(9), day(20), LateReading::WhileWaiting),
        judge(&processed(11), day(20), LateReading::WhileWaiting),
        judge(&dossier(), day(9), LateReading::WhileWaiting),
        judge(&dossier(), day(20), LateReading::WhileWaiting),
        judge(&DossierTimes::default(), day(9), LateReading::WhileWaiting),
    ];
    let tally: Tally = judged.iter().collect();
    let expected = Tally {
        finished_in_time: 1,
        finished_late: 1,
        open_in_time: 1,
        open_overdue: 1,
        not_counted: 1,
        ..Tally::default()
    };
    assert_eq!(tally, expected);
}

proptest! {
    #[test]
    fn every_rate_lies_between_none_and_all(dossiers in proptest::collection::vec(times(), 0..30), as_of in moment()) {
        let judged: Vec<_> = dossiers
            .iter()
            .map(|times| judge(times, as_of, LateReading::WhileWaiting))
            .collect();
        let tally: Tally = judged.iter().collect();
        prop_assert_eq!(tally.received_and_handled() + tally.not_counted, judged.len() as u64);
        for kind in RateKind::ALL {
            let share = tally.rate(kind).share;
            prop_assert!(share.part() <= share.whole());
            prop_assert_eq!(share.percent().is_none(), share.whole() == 0);
        }
        // What cannot be judged counts as late in R2 only.
        let part = |kind| tally.rate(kind).share.part();
        prop_assert!(part(RateKind::Finished) <= part(RateKind::Exposure));
        prop_assert!(part(RateKind::Exposure) <= part(RateKind::Portal));
    }

    #[test]
    fn the_tallies_of_two_units_add_up(
        dossiers in proptest::collection::vec(times(), 0..30), split in 0usize..30, as_of in moment()
    ) {
        let judged: Vec<_> = dossiers
            .iter()
            .map(|times| judge(times, as_of, LateReading::WhileWaiting))
            .collect();
        let (one, other) = judged.split_at(split.min(judged.len()));
        let mut sum: Tally = one.iter().collect();
        sum += other.iter().collect();
        prop_assert_eq!(sum, judged.iter().collect());
    }
}
