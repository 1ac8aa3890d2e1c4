//! Lateness by step, with handovers.

use super::*;
use crate::access::OfficerId;

fn officer(code: &str) -> OfficerId {
    OfficerId::parse(code).unwrap()
}

/// A holding of a step whose limit is the 10th.
fn held(step: u32, code: &str, from: i8, until: Option<i8>) -> Holding {
    Holding {
        step,
        officer: officer(code),
        from: day(from),
        until: until.map(day),
        limit: day(10),
    }
}

fn holders(holdings: &[Holding], as_of: i8) -> Vec<(u32, Option<String>)> {
    late_steps(holdings, day(as_of))
        .into_iter()
        .map(|late| match late.holder {
            Holder::Officer(officer) => (late.step, Some(officer.expose().to_owned())),
            Holder::Nobody => (late.step, None),
        })
        .collect()
}

#[test]
fn whoever_held_the_step_at_its_limit_answers_for_it() {
    let a = || Some(String::from("A"));
    let b = || Some(String::from("B"));
    for (holdings, expected) in [
        (vec![held(1, "A", 1, Some(10))], vec![]),
        (vec![held(1, "A", 1, Some(11))], vec![(1, a())]),
        (
            vec![held(1, "A", 1, Some(12)), held(1, "B", 12, Some(14))],
            vec![(1, a())],
        ),
        (
            vec![held(1, "A", 1, Some(9)), held(1, "B", 9, Some(14))],
            vec![(1, b())],
        ),
        (
            vec![held(1, "A", 1, Some(10)), held(1, "B", 10, Some(14))],
            vec![(1, b())],
        ),
        (
            vec![held(1, "A", 1, Some(9)), held(1, "B", 12, Some(14))],
            vec![(1, None)],
        ),
        (
            vec![held(1, "A", 1, Some(10)), held(1, "B", 12, Some(14))],
            vec![(1, None)],
        ),
        (vec![held(1, "A", 11, Some(12))], vec![(1, None)]),
        (
            vec![held(1, "A", 1, Some(5)), held(2, "B", 5, Some(14))],
            vec![(2, b())],
        ),
        (vec![held(1, "A", 1, None)], vec![(1, a())]),
    ] {
        assert_eq!(holders(&holdings, 20), expected, "{holdings:?}");
    }
}

#[test]
fn an_open_step_is_late_only_after_its_limit() {
    let open = [held(1, "A", 1, None)];
    assert_eq!(holders(&open, 10), []);
    assert_eq!(holders(&open, 11), [(1, Some(String::from("A")))]);
}

#[test]
fn what_a_later_officer_takes_up_after_the_period_does_not_count_in_it() {
    let holdings = [held(1, "A", 1, Some(9)), held(1, "B", 15, None)];
    assert_eq!(holders(&holdings, 12), []);
    assert_eq!(holders(&holdings, 20), [(1, None)]);
}

#[test]
fn officers_stand_in_the_order_of_their_codes() {
    let held_by = |code| held(1, code, 1, Some(2));
    let holdings = ["D", "B", "F", "A", "E", "C"].map(held_by);
    let tally = tally([&holdings[..]], day(20));
    let codes: Vec<&str> = tally
        .officers
        .iter()
        .map(|it| it.officer.expose())
        .collect();
    assert_eq!(codes, ["A", "B", "C", "D", "E", "F"]);
}

#[test]
fn a_handover_does_not_renew_the_limit() {
    let mut later = held(1, "B", 9, Some(14));
    later.limit = day(20);
    assert_eq!(holders(&[held(1, "A", 1, Some(9)), later], 25).len(), 1);
}

#[test]
fn the_share_of_an_officer_counts_dossiers_and_not_steps() {
    let dossiers = [
        vec![
            held(1, "A", 1, Some(11)),
            held(2, "A", 11, Some(12)),
            held(3, "B", 5, Some(6)),
        ],
        vec![held(1, "A", 1, Some(2)), held(2, "B", 2, Some(3))],
        vec![held(1, "B", 11, Some(12))],
    ];
    let tally = tally(dossiers.iter().map(Vec::as_slice), day(20));
    let shares: Vec<_> = tally
        .officers
        .iter()
        .map(|it| (it.officer.expose(), it.late.to_string()))
        .collect();
    assert_eq!(
        shares,
        [("A", String::from("1/2")), ("B", String::from("0/3"))]
    );
    assert_eq!(tally.unheld_steps, 2);
}
