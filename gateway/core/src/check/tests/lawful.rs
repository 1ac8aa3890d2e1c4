//! An outage of the population database is never turned against anybody.

use proptest::prelude::*;

use super::samples::{PAPER, World, looked_up, other, outage, plain, spoilt, states, with_paper};
use crate::check::Verdict::{self, Consistent, Contradicted, Unproven};
use crate::dossier::Channel;
use crate::observation::{DossierFacts, LookupFacts};

fn not_found(dossier: &mut DossierFacts) {
    dossier.lookups = LookupFacts {
        not_matched: 1,
        first_asked_at: Some(dossier.received),
        ..LookupFacts::default()
    };
}

fn cut_off(dossier: &mut DossierFacts) {
    dossier.lookups = outage(dossier.received);
}

#[test]
fn a_paper_is_lawful_where_a_lookup_failed_or_found_nothing() {
    let world = World::new(vec![states("papers_replaced", PAPER)]);
    for excuse in [cut_off, not_found] {
        let dossiers = spoilt(90, 100, |it| {
            with_paper(it);
            excuse(it);
        });
        assert_eq!(world.verdict("C1", &dossiers), Consistent);
    }
    let then_answered = spoilt(90, 100, |it| {
        with_paper(it);
        it.lookups.failed = 1;
    });
    assert_eq!(
        world.verdict("C1", &then_answered),
        Consistent,
        "one of two failed"
    );
    assert_eq!(
        world.verdict("C1", &spoilt(90, 100, with_paper)),
        Contradicted
    );
}

#[test]
fn a_dossier_whose_every_lookup_failed_is_not_without_a_lookup() {
    let world = World::new(vec![states("fields_from_population", "full_name")]);
    let finding = world.finding("C2", &spoilt(60, 100, cut_off));
    assert_eq!(finding.verdict, Consistent);
    assert!(finding.reason_en.starts_with("40 of 40 dossiers"));
    assert_eq!(world.verdict("C2", &spoilt(100, 100, cut_off)), Unproven);
    assert_eq!(world.verdict("K2", &spoilt(100, 100, cut_off)), Unproven);
    let check = world.check(&spoilt(60, 100, cut_off));
    let failed = check
        .figures
        .iter()
        .find(|it| it.code == "LOOKUP_FAILED_SHARE");
    assert_eq!(
        failed.map(|it| (it.numerator, it.denominator)),
        Some((60, 100))
    );
}

#[test]
fn a_lookup_that_the_gateway_refused_excuses_nothing() {
    let world = World::new(vec![states("fields_from_population", "full_name")]);
    let denied = spoilt(60, 100, |it| {
        it.lookups = LookupFacts {
            denied: 1,
            first_asked_at: Some(it.received),
            ..LookupFacts::default()
        };
    });
    assert_eq!(world.verdict("C2", &denied), Contradicted);
}

#[test]
fn direct_intake_during_an_outage_is_in_order() {
    let direct = spoilt(100, 100, |it| {
        it.channel = Channel::Direct;
        cut_off(it);
    });
    let world = World::new(vec![states("full_online", "có")]);
    assert_eq!(world.verdict("C3", &direct), Consistent);
    let finding = world.finding("K5", &direct);
    assert_eq!(finding.verdict, Unproven, "{}", finding.reason_en);
    let mostly = spoilt(60, 100, |it| {
        it.channel = Channel::Direct;
        cut_off(it);
    });
    assert_eq!(world.verdict("K5", &mostly), Consistent, "forty of forty");
    let mut without_excuse = mostly;
    for dossier in &mut without_excuse {
        dossier.lookups = looked_up(dossier.received);
    }
    assert_eq!(world.verdict("K5", &without_excuse), Contradicted);
}

/// A look-up that failed at the counter and matched three hours later.
fn answered_late(dossier: &mut DossierFacts) {
    let later = dossier.received + jiff::SignedDuration::from_hours(3);
    dossier.lookups = LookupFacts {
        failed: 1,
        first_asked_at: Some(dossier.received),
        last_failed_at: Some(dossier.received),
        ..looked_up(later)
    };
    dossier.lookups.first_asked_at = Some(dossier.received);
}

#[test]
fn a_lookup_that_an_outage_put_off_is_not_one_that_was_forgotten_at_the_intake() {
    let world = World::new(vec![states("fields_from_population", "full_name")]);
    let put_off = spoilt(60, 100, answered_late);
    let finding = world.finding("K2", &put_off);
    assert_eq!(finding.verdict, Consistent, "{}", finding.reason_en);
    assert!(finding.reason_en.starts_with("40 of 40 dossiers"));
    assert_eq!(world.verdict("C2", &put_off), Consistent);
    let asked_late = spoilt(60, 100, |it| {
        answered_late(it);
        it.lookups.first_asked_at = it.lookups.first_matched_at;
    });
    assert_eq!(world.verdict("K2", &asked_late), Contradicted, "not asked");
}

#[test]
fn a_lookup_of_later_than_the_judging_is_not_looked_at() {
    let world = World::new(vec![states("fields_from_population", "full_name")]);
    let later = spoilt(60, 100, |it| {
        it.lookups = looked_up(super::samples::at("2026-10-02T09:00:00"));
    });
    assert_eq!(world.verdict("C2", &later), Contradicted);
}

#[test]
fn a_failure_of_later_than_the_judging_excuses_nothing() {
    let world = World::new(vec![states("papers_replaced", PAPER)]);
    let failed = |moment: &str| {
        let moment = super::samples::at(moment);
        spoilt(90, 100, move |it| {
            with_paper(it);
            it.lookups.failed = 1;
            it.lookups.first_unserved_at = Some(moment);
        })
    };
    let by_then = failed("2026-09-30T23:59:59");
    assert_eq!(world.verdict("C1", &by_then), Consistent);
    let later = failed("2026-10-02T09:00:00");
    assert_eq!(world.verdict("C1", &later), Contradicted);
}

#[test]
fn what_an_outage_left_open_claims_nothing_where_no_document_does() {
    let world = World::new(Vec::new());
    let mut dossiers = spoilt(40, 100, |it| it.lookups = LookupFacts::default());
    for dossier in dossiers.iter_mut().skip(40).take(50) {
        cut_off(dossier);
    }
    assert_eq!(world.verdict("C2", &dossiers), Verdict::NotApplicable);
}

#[test]
fn dossiers_that_an_outage_took_out_of_the_count_turn_no_share() {
    let world = World::new(vec![states("fields_from_population", "full_name")]);
    // Twenty never asked, which is just allowed; then fifty of the others lose their answer.
    let finding = |cut: usize| {
        let mut dossiers = spoilt(20, 100, |it| it.lookups = LookupFacts::default());
        for dossier in dossiers.iter_mut().skip(20).take(cut) {
            cut_off(dossier);
        }
        world.finding("C2", &dossiers)
    };
    assert_eq!(finding(0).verdict, Consistent);
    let cut = finding(50);
    assert_eq!(cut.verdict, Unproven);
    assert!(
        cut.reason_en.contains("50 dossiers left out"),
        "{}",
        cut.reason_en
    );
    let mut many = spoilt(30, 100, |it| it.lookups = LookupFacts::default());
    for dossier in many.iter_mut().skip(30).take(40) {
        cut_off(dossier);
    }
    assert_eq!(
        world.verdict("C2", &many),
        Contradicted,
        "bad with all of them good"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn failed_lookups_add_no_contradiction(
        kinds in prop::collection::vec(0u8..4, 30..80),
        failed in prop::collection::vec(0u8..3, 80),
    ) {
        let evidence = vec![
            states("papers_replaced", PAPER),
            other(states("fields_from_population", "full_name"), "MC-2"),
            other(states("full_online", "có"), "MC-3"),
        ];
        let world = World::new(evidence);
        let mut dossiers = plain(u32::try_from(kinds.len()).unwrap());
        for (dossier, kind) in dossiers.iter_mut().zip(&kinds) {
            match kind {
                0 => with_paper(dossier),
                1 => dossier.channel = Channel::Direct,
                2 => dossier.lookups = LookupFacts::default(),
                _ => {}
            }
        }
        let contradicted = |dossiers: &[DossierFacts]| -> Vec<String> {
            let check = world.check(dossiers);
            let bad = check.findings.iter().filter(|it| it.verdict == Verdict::Contradicted);
            bad.map(|it| it.criterion.id()).collect()
        };
        let before = contradicted(&dossiers);
        for (dossier, failed) in dossiers.iter_mut().zip(&failed) {
            match failed {
                0 => dossier.lookups = outage(dossier.received),
                // Whoever was not asked at all is not asked in an outage either.
                1 if dossier.lookups.asked() => answered_late(dossier),
                _ => {}
            }
        }
        let after = contradicted(&dossiers);
        prop_assert!(after.iter().all(|id| before.contains(id)), "{:?} after {:?}", after, before);
    }
}
