//! C8: a result that is used again.

use super::samples::{World, at, dossier, expired, number, plain, result, spoilt, states};
use crate::check::Verdict::{
    CannotObserve, Consistent, Contradicted, EvidenceExpired, NotApplicable, Undocumented, Unproven,
};

/// A world that claims reuse and is looked at when the results are this old.
fn claimed(as_of: &str) -> World {
    let mut world = World::new(vec![states("result_reuse", "có")]);
    world.as_of = at(as_of);
    world
}

/// 180 days after the dossiers were finished.
const RIPE: &str = "2027-03-07T15:00:00";

#[test]
fn a_result_that_nobody_uses_for_half_a_year_contradicts_the_claim_of_reuse() {
    let world = claimed(RIPE);
    let finding = world.finding("C8", &plain(30));
    assert_eq!(finding.verdict, Contradicted, "{}", finding.reason_vi);
    assert_eq!(finding.examples.len(), 5);
    assert_eq!(world.verdict("C8", &plain(29)), Unproven);
    let younger = claimed("2027-03-07T14:59:59");
    assert_eq!(younger.verdict("C8", &plain(30)), CannotObserve);
}

#[test]
fn of_a_month_nobody_knows_that_results_are_never_used() {
    let world = World::new(vec![states("result_reuse", "có")]);
    let finding = world.finding("C8", &plain(100));
    assert_eq!(finding.verdict, CannotObserve);
    assert!(
        finding
            .reason_vi
            .contains("chỉ 0/100 hồ sơ đã trả kết quả từ 180 ngày trở lên, cần ít nhất 30"),
        "{}",
        finding.reason_vi
    );
    let silent = World::new(Vec::new());
    assert_eq!(silent.verdict("C8", &plain(100)), NotApplicable);
    let lapsed = World::new(vec![expired(states("result_reuse", "có"))]);
    assert_eq!(lapsed.verdict("C8", &plain(100)), EvidenceExpired);
}

#[test]
fn one_use_that_was_seen_is_enough_at_any_age_but_of_a_week() {
    let mut dossiers = plain(30);
    dossiers[0].papers[0].replaced_by = Some(result("KQ.G01.000001"));
    let verdict = |as_of: &str| claimed(as_of).verdict("C8", &dossiers);
    assert_eq!(verdict("2026-09-15T15:00:00"), Unproven, "not a week old");
    assert_eq!(verdict("2026-09-15T15:00:01"), Consistent);
    assert_eq!(verdict(RIPE), Consistent);
}

#[test]
fn only_results_that_had_the_time_decide_that_nobody_uses_them() {
    let later = |some: u32| {
        spoilt(some, 60, |it| {
            it.processed = Some(at("2026-09-08T15:00:01"));
            it.results[0].code = Some(result("KQ.G01.000002"));
        })
    };
    let world = claimed(RIPE);
    assert_eq!(world.verdict("C8", &later(31)), CannotObserve, "29 are old");
    let finding = world.finding("C8", &later(30));
    assert_eq!(finding.verdict, Contradicted, "{}", finding.reason_vi);
    assert_eq!(finding.examples[0], number(31), "young ones are not named");
    let mut used = later(30);
    used[59].papers[0].replaced_by = Some(result("KQ.G01.000002"));
    assert_eq!(world.verdict("C8", &used), Consistent);
}

#[test]
fn a_result_is_used_again_by_a_dossier_of_any_procedure() {
    let mut reuser = dossier(900);
    reuser.procedure = crate::procedure::ProcedureCode::parse("9.999999").unwrap();
    reuser.received = at("2026-08-20T09:00:00");
    reuser.papers[0].replaced_by = Some(result("KQ.G01.000001"));
    let mut dossiers = plain(30);
    dossiers.push(reuser);
    let verdict = |evidence| World::new(evidence).verdict("C8", &dossiers);
    assert_eq!(verdict(vec![states("result_reuse", "có")]), Consistent);
    assert_eq!(verdict(Vec::new()), Undocumented);
    assert_eq!(
        verdict(vec![expired(states("result_reuse", "có"))]),
        EvidenceExpired
    );
    assert_eq!(
        verdict(vec![states("result_reuse", "không")]),
        NotApplicable
    );
    let uncoded = spoilt(30, 30, |it| it.results[0].code = None);
    let world = World::new(vec![states("result_reuse", "có")]);
    assert_eq!(world.verdict("C8", &uncoded), CannotObserve);
}
