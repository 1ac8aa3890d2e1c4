//! The plan, held against the checks without any store or wire.

use std::collections::{BTreeMap, BTreeSet};

use lienthong_core::check::{CheckRules, Checker, Criterion, Ground, ServiceCheck, Verdict};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::evidence::Register;
use lienthong_core::observation::{DossierFacts, DossierKept, ObservationRules};

use super::*;

/// Every dossier's facts, by the fold that the stores use.
fn facts(province: &Province<'_>) -> Vec<DossierFacts> {
    let rules = ObservationRules::shipped().unwrap();
    let fold = |life: Life| {
        let mut kept = DossierKept::default();
        for (_, observation) in observed(&life, province.until()).unwrap() {
            kept.observe(&observation, &rules);
        }
        kept.told().unwrap()
    };
    province.lives().map(|life| fold(life.unwrap())).collect()
}

fn register(province: &Province<'_>, knowledge: &Knowledge) -> Register {
    let closed = knowledge.agencies.closed_by_last_day();
    Register::new(evidence(province).unwrap(), closed)
}

fn check(window: Window, province: &Province<'_>, knowledge: &Knowledge) -> Vec<ServiceCheck> {
    let register = register(province, knowledge);
    let rules = CheckRules::shipped().unwrap();
    let portal = province.portal_side().unwrap();
    let ground = Ground {
        services: &knowledge.services,
        register: &register,
        evidence_rules: &knowledge.evidence_rules,
        rules: &rules,
        calendar: &knowledge.calendar,
        agencies: &knowledge.agencies,
        totals: &knowledge.totals,
        portal: &portal,
        late_reading: knowledge.report_rules.reading(),
        as_of: province.until(),
    };
    let mut checker = Checker::new(ground, &[], window, None);
    for facts in facts(province) {
        checker.look(&facts);
    }
    checker.conclude()
}

/// What a check found contradicted, with the reason and the examples.
fn contradicted(checks: &[ServiceCheck]) -> BTreeMap<Spot, (String, Vec<DossierNumber>)> {
    let findings = checks.iter().flat_map(|check| {
        let findings = check.findings.iter();
        findings.map(|finding| (check.service, finding))
    });
    findings
        .filter(|(_, finding)| finding.verdict == Verdict::Contradicted)
        .map(|(service, finding)| {
            let told = (finding.reason_en.clone(), finding.examples.clone());
            ((service, finding.criterion), told)
        })
        .collect()
}

fn verdict(checks: &[ServiceCheck], service: u16, criterion: Criterion) -> Verdict {
    let check = checks.iter().find(|it| it.service.get() == service);
    let findings = check.unwrap().findings.iter();
    let mut found = findings.filter(|it| it.criterion == criterion);
    found.next().unwrap().verdict
}

#[test]
fn a_check_of_the_year_finds_what_is_planted_and_nothing_else() {
    let knowledge = knowledge();
    let province = province(&knowledge);
    let plan = province.plan().unwrap();
    let checks = check(province.window(), &province, &knowledge);
    let found = contradicted(&checks);
    let spots: BTreeSet<Spot> = found.keys().copied().collect();
    let missed: Vec<_> = plan.spots().difference(&spots).copied().collect();
    let invented: Vec<_> = found
        .iter()
        .filter(|(spot, _)| !plan.planted.contains_key(spot))
        .collect();
    assert!(
        missed.is_empty() && invented.is_empty(),
        "not found: {missed:?}\nnot planted: {invented:#?}"
    );
    for (spot, (reason, examples)) in &found {
        let first: Vec<_> = plan.planted[spot].iter().take(5).cloned().collect();
        assert_eq!(*examples, first, "{spot:?}: {reason}");
    }
}

#[test]
fn a_check_of_the_last_days_invents_no_contradiction() {
    use Criterion::C;
    let knowledge = knowledge();
    let province = province(&knowledge);
    let plan = province.plan().unwrap();
    let last = province.window().last();
    let first = last.checked_sub(jiff::ToSpan::days(29)).unwrap();
    let checks = check(Window::new(first, last).unwrap(), &province, &knowledge);
    let found = contradicted(&checks);
    let invented: Vec<_> = found
        .iter()
        .filter(|(spot, _)| !plan.planted.contains_key(spot))
        .collect();
    assert!(invented.is_empty(), "not planted: {invented:#?}");
    for (service, criterion, wanted) in [
        // One use that was seen is enough.
        (9, C(8), Verdict::Consistent),
        // That nobody used the results within days says nothing.
        (12, C(8), Verdict::CannotObserve),
        // The gateway sees a fifth of the dossiers.
        (17, C(1), Verdict::Unproven),
    ] {
        let seen = verdict(&checks, service, criterion);
        assert_eq!(seen, wanted, "service {service}, {criterion:?}");
    }
}

#[test]
fn each_check_has_something_planted_and_something_that_must_not_fire() {
    let knowledge = knowledge();
    let plan = province(&knowledge).plan().unwrap();
    for criterion in (1..=15).map(Criterion::C) {
        let planted = plan.planted.keys().any(|spot| spot.1 == criterion);
        assert!(planted, "nothing planted for {criterion:?}");
        let near = plan.near.keys();
        let mut quiet = near.filter(|spot| !plan.planted.contains_key(spot));
        assert!(
            quiet.any(|spot| spot.1 == criterion),
            "no near miss for {criterion:?}"
        );
    }
}

#[test]
fn what_is_not_contradicted_says_why() {
    use Criterion::{C, K};
    let knowledge = knowledge();
    let province = province(&knowledge);
    let checks = check(province.window(), &province, &knowledge);
    for (service, criterion, wanted) in [
        // The paper was brought while the database was away, or within what is tolerated.
        (10, C(1), Verdict::Consistent),
        // The sheet that cut the paper has run out.
        (5, C(1), Verdict::EvidenceExpired),
        // The gateway sees a fifth of the dossiers.
        (17, C(1), Verdict::Unproven),
        // Exactly as many look-ups as are wanted.
        (4, C(2), Verdict::Consistent),
        // Fewer than half are promised a later day.
        (12, C(4), Verdict::Consistent),
        // Those that waited or took another way are few.
        (10, C(5), Verdict::Consistent),
        // Mended at the portal, younger than the allowance, or standing while it was away.
        (13, C(6), Verdict::Consistent),
        (21, C(6), Verdict::Consistent),
        (14, C(6), Verdict::Unproven),
        // Nobody has verified that the commune closed.
        (10, C(15), Verdict::Unproven),
        // Costs can only be asked about.
        (9, K(8), Verdict::CannotObserve),
        // No procedure under the law.
        (24, C(14), Verdict::NotApplicable),
    ] {
        let seen = verdict(&checks, service, criterion);
        assert_eq!(seen, wanted, "service {service}, {criterion:?}");
    }
}
