//! What looks like a contradiction of a document and is none.

use jiff::civil::date;

use super::samples::{
    PAPER, World, at, other, other_steps, piece, plain, result, spoilt, states, unit, with_paper,
};
use crate::check::Verdict::{
    CannotObserve, Consistent, Contradicted, EvidenceExpired, NotApplicable, Unproven,
};
use crate::dossier::{OnlinePayment, OwnerKind};
use crate::evidence::EvidenceClass;
use crate::observation::DossierFacts;

fn without_lookup(dossier: &mut DossierFacts) {
    dossier.lookups = crate::observation::LookupFacts::default();
}

#[test]
fn a_paper_that_no_visible_lookup_could_replace_is_not_judged() {
    let carried = spoilt(100, 100, with_paper);
    let verdict = |text: &str, owner| {
        let dossiers = carried.iter().cloned().map(|mut it| {
            it.owner = owner;
            it.lookups = crate::observation::LookupFacts::default();
            it
        });
        let dossiers: Vec<DossierFacts> = dossiers.collect();
        World::new(vec![states("papers_replaced", text)]).verdict("C1", &dossiers)
    };
    let other_source = format!("{PAPER} = CSDL bảo hiểm");
    assert_eq!(verdict(PAPER, OwnerKind::Citizen), Contradicted);
    assert_eq!(verdict(PAPER, OwnerKind::Enterprise), CannotObserve);
    assert_eq!(verdict(&other_source, OwnerKind::Citizen), CannotObserve);
    let cut = World::new(vec![states("papers_cut", PAPER)]);
    let enterprises: Vec<DossierFacts> = carried
        .iter()
        .cloned()
        .map(|mut it| {
            it.owner = OwnerKind::Enterprise;
            it
        })
        .collect();
    assert_eq!(cut.verdict("C1", &enterprises), Contradicted, "cut for all");
}

#[test]
fn a_target_of_one_agency_is_not_held_against_another() {
    let mapping = |id: &str, target: &str, unit_code: &str| {
        let stated = [
            ("fields_from_population", "full_name"),
            ("lookup_target", target),
        ];
        let mut mapping = piece(id, EvidenceClass::DataMapping, &stated);
        mapping.units = [unit(unit_code)].into();
        mapping
    };
    // Ten of a hundred at each of the two were never looked up.
    let dossiers = |one: &str, two: &str| {
        let mut all = spoilt(10, 100, without_lookup);
        all.extend(spoilt(10, 100, without_lookup));
        for (place, dossier) in all.iter_mut().enumerate() {
            dossier.unit = unit(if place < 100 { one } else { two });
        }
        all
    };
    let world = World::new(vec![
        mapping("MC-1", "95%", "H60.201"),
        mapping("MC-2", "60%", "H60.202"),
    ]);
    let both = world.finding("C2", &dossiers("H60.201", "H60.202"));
    assert_eq!(both.verdict, Consistent, "{}", both.reason_en);
    assert!(both.reason_en.contains("bound: at least 60 %"));
    assert!(both.reason_en.contains("of which the lowest is taken"));
    let one = world.finding("C2", &dossiers("H60.201", "H60.201"));
    assert_eq!(one.verdict, Contradicted, "its own target");
    let mut later = mapping("MC-1", "95%", "H60");
    later.valid_from = date(2026, 9, 8);
    let world = World::new(vec![
        later,
        other(states("fields_from_population", "full_name"), "MC-3"),
    ]);
    let before = world.finding("C2", &dossiers("H60.201", "H60.201"));
    assert_eq!(before.verdict, Consistent, "not in force at the receipt");
}

#[test]
fn a_result_that_is_not_electronic_by_its_document_needs_no_file() {
    let stated = [
        ("electronic_result", "không"),
        ("result_codes", "KQ.G01.000001"),
        ("full_online", "có"),
    ];
    let world = World::new(vec![piece(
        "MC-1",
        EvidenceClass::PublicationDecision,
        &stated,
    )]);
    let without = spoilt(100, 100, |it| it.results[0].has_file = false);
    assert_eq!(world.verdict("K7", &without), NotApplicable);
    assert_eq!(world.verdict("K5", &without), Consistent);
    assert_eq!(world.verdict("C3", &without), Consistent);
    assert_eq!(world.verdict("C6", &without), Consistent);
    let promised = World::new(vec![states("electronic_result", "có")]);
    assert_eq!(promised.verdict("C6", &without), Contradicted);
}

#[test]
fn the_dossiers_of_one_agency_do_not_show_that_its_results_are_not_reused() {
    let mut world = World::new(vec![states("result_reuse", "có")]);
    world.unit = Some(unit("H60.201"));
    let finding = world.finding("C8", &plain(100));
    assert_eq!(finding.verdict, CannotObserve);
    assert!(finding.reason_vi.contains("đơn vị khác"));
    let mut used = plain(100);
    used[0].papers[0].replaced_by = Some(result("KQ.G01.000001"));
    assert_eq!(world.verdict("C8", &used), Consistent, "it was seen");
}

#[test]
fn a_later_document_takes_back_what_an_earlier_one_said() {
    let mut taken_back = other(states("fee_online", "không"), "MC-2");
    taken_back.issued_on = date(2026, 8, 1);
    taken_back.valid_from = date(2026, 8, 1);
    let world = |later: &crate::evidence::Evidence| {
        World::new(vec![states("fee_online", "có"), later.clone()])
    };
    let dossiers = spoilt(100, 100, |it| it.payment = OnlinePayment::None);
    assert_eq!(world(&taken_back).verdict("C10", &dossiers), NotApplicable);
    let mut elsewhere = taken_back.clone();
    elsewhere.units = [unit("H60.202")].into();
    assert_eq!(world(&elsewhere).verdict("C10", &dossiers), Contradicted);
    let mut afterwards = taken_back;
    afterwards.valid_from = date(2026, 9, 20);
    assert_eq!(world(&afterwards).verdict("C10", &dossiers), Contradicted);
}

#[test]
fn the_first_level_of_identity_asks_for_no_verified_account() {
    let dossiers = spoilt(100, 100, |it| {
        it.vneid = false;
        it.submitted = at("2026-07-10T09:00:00");
    });
    let verdict = |level: &str| {
        let world = World::new(vec![states("identity_level", level)]);
        (
            world.verdict("C11", &dossiers),
            world.verdict("K9", &dossiers),
        )
    };
    assert_eq!(verdict("1"), (NotApplicable, NotApplicable));
    assert_eq!(verdict("2"), (Contradicted, Contradicted));
}

#[test]
fn without_the_steps_of_before_nothing_is_known_of_fewer_steps() {
    let steps = "Một cửa > Cảnh sát khu vực > Lãnh đạo > Một cửa";
    let world = World::new(vec![states("steps", steps)]);
    let longer = spoilt(100, 100, other_steps);
    assert_eq!(world.verdict("K3", &longer), NotApplicable);
}

#[test]
fn planned_hours_and_agencies_are_printed_as_planned_and_never_measured() {
    let steps = piece(
        "MC-7",
        EvidenceClass::ProcessDecision,
        &[
            ("steps", "Một cửa > Cảnh sát khu vực > Lãnh đạo > Một cửa"),
            ("step_hours", "1; 2; 1; 1"),
            ("steps_before", "6"),
            ("agencies", "1"),
            ("agencies_before", "3"),
        ],
    );
    let world = World::new(vec![steps]);
    for (id, name, planned) in [
        ("C5", "1; 2; 1; 1", "số giờ từng bước là dự kiến"),
        ("K3", "3", "số cơ quan tham gia là dự kiến"),
    ] {
        let finding = world.finding(id, &plain(100));
        assert_eq!(finding.verdict, Consistent, "{id}");
        assert!(finding.documented.contains(name), "{}", finding.documented);
        assert!(finding.reason_vi.contains(planned), "{}", finding.reason_vi);
    }
}

#[test]
fn planned_costs_are_printed_with_their_document_and_never_measured() {
    let stated = [("cost_before", "1.024.000 đ"), ("cost_after", "231.000 đ")];
    let world = World::new(vec![piece("MC-8", EvidenceClass::CostSheet, &stated)]);
    let finding = world.finding("K8", &plain(100));
    assert_eq!(finding.verdict, CannotObserve);
    assert!(
        finding.documented.contains("(dự kiến): 231.000 đ (MC-8)"),
        "{}",
        finding.documented
    );
    assert_eq!(finding.evidence.len(), 1);
    assert!(finding.reason_vi.contains("dự kiến"));
}

#[test]
fn a_code_that_is_gone_does_not_end_a_document_for_the_other_codes() {
    let national = |text: &str| crate::procedure::ProcedureCode::parse(text).unwrap();
    let mut decision = states("papers_replaced", PAPER);
    decision.codes = [national("1.004222"), national("1.004194")].into();
    decision.services = [3, 4]
        .map(|it| crate::essential::ServiceNumber::new(it).unwrap())
        .into();
    let repeals = |code: &str| {
        let mut repeal = piece("MC-9", EvidenceClass::PublicationDecision, &[]);
        repeal.repeals = [national(code)].into();
        repeal
    };
    let dossiers = spoilt(100, 100, with_paper);
    let verdict = |code: &str| {
        let world = World::new(vec![decision.clone(), repeals(code)]);
        world.verdict("C1", &dossiers)
    };
    assert_eq!(verdict("1.004194"), Contradicted, "the other code is gone");
    assert_eq!(verdict("1.004222"), EvidenceExpired);
}

#[test]
fn an_agency_that_is_gone_does_not_end_a_document_for_the_others() {
    let mut decision = states("papers_replaced", PAPER);
    decision.units = [unit("H60.201"), unit("H60.299")].into();
    let mut world = World::new(vec![decision]);
    world.closed = [(unit("H60.299"), date(2026, 8, 31))].into();
    let dossiers = spoilt(100, 100, with_paper);
    assert_eq!(world.verdict("C1", &dossiers), Contradicted);
    let gone = spoilt(100, 100, |it| {
        with_paper(it);
        it.unit = unit("H60.299");
    });
    assert_eq!(
        world.verdict("C1", &gone),
        Unproven,
        "it speaks of nobody there"
    );
    world.closed.insert(unit("H60.201"), date(2026, 9, 1));
    assert_eq!(world.verdict("C1", &dossiers), EvidenceExpired);
}
