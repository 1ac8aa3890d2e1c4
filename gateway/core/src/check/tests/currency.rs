//! C9 and C15: codes and agencies that are over.

use jiff::civil::date;

use super::samples::{World, at, came_in, dossier, number, piece, plain, spoilt, unit};
use crate::check::Verdict::{Consistent, Contradicted, NotApplicable, Unproven};
use crate::evidence::EvidenceClass;
use crate::observation::Window;

#[test]
fn a_repealed_code_is_a_contradiction_from_the_first_day_of_the_repeal() {
    let mut repeal = piece("MC-9", EvidenceClass::PublicationDecision, &[]);
    repeal.repeals = [dossier(1).procedure].into();
    repeal.valid_from = date(2026, 9, 8);
    let world = World::new(vec![repeal]);
    let last_valid_day = spoilt(100, 100, |it| came_in(it, at("2026-09-07T23:59:59")));
    assert_eq!(world.verdict("C9", &last_valid_day), Consistent);
    let dossiers = spoilt(1, 100, |it| came_in(it, at("2026-09-08T00:00:00")));
    let finding = world.finding("C9", &dossiers);
    assert_eq!(finding.verdict, Contradicted);
    assert_eq!(finding.evidence[0].as_str(), "MC-9");
    assert_eq!(finding.examples, [number(1)]);
}

#[test]
fn a_code_whose_days_are_over_is_a_contradiction() {
    let mut world = World::new(Vec::new());
    let own = "version = \"t\"\n[[service]]\nnumber = 3\ncodes = [{ code = \"9.000003\", \
               role = \"predecessor\", valid_to = \"2026-09-07\", certainty = \"seen\" }]";
    world.services = world.services.extended_by(own).unwrap();
    let old = crate::procedure::ProcedureCode::parse("9.000003.H60").unwrap();
    let received = |moment: &str| {
        let (old, moment) = (old.clone(), at(moment));
        spoilt(1, 100, move |it| {
            it.procedure = old.clone();
            came_in(it, moment);
        })
    };
    assert_eq!(
        world.verdict("C9", &received("2026-09-07T23:59:59")),
        Consistent
    );
    assert_eq!(
        world.verdict("C9", &received("2026-09-08T00:00:00")),
        Contradicted
    );
}

#[test]
fn a_dossier_to_a_closed_unit_is_a_contradiction_unless_it_came_before() {
    let mut world = World::new(Vec::new());
    let to = |unit_code: &str, moment: &str| {
        let (unit_code, moment) = (unit(unit_code), at(moment));
        spoilt(1, 100, move |it| {
            it.unit = unit_code.clone();
            came_in(it, moment);
        })
    };
    let finding = world.finding("C15", &to("H22.12", "2026-09-07T09:00:00"));
    assert_eq!(
        finding.verdict, Unproven,
        "nobody has verified whose code H22 was"
    );
    assert!(finding.examples.is_empty());
    assert_eq!(
        world.verdict("C15", &to("H60.12", "2026-09-07T09:00:00")),
        Consistent
    );
    world.closed = [(unit("H60.299"), date(2026, 9, 7))].into();
    let before = to("H60.299.1", "2026-09-07T23:59:59");
    assert_eq!(world.verdict("C15", &before), Consistent, "its last day");
    let after = to("H60.299.1", "2026-09-08T00:00:00");
    assert_eq!(world.verdict("C15", &after), Contradicted);
}

#[test]
fn a_dossier_of_the_last_evening_is_in_order_when_it_is_received_on_the_next_morning() {
    let overnight = |unit_code: &str| {
        let unit_code = unit(unit_code);
        spoilt(100, 100, move |it| {
            it.unit = unit_code.clone();
            it.submitted = at("2026-09-07T23:30:00");
            it.received = at("2026-09-08T08:00:00");
        })
    };
    let mut repeal = piece("MC-9", EvidenceClass::PublicationDecision, &[]);
    repeal.repeals = [dossier(1).procedure].into();
    repeal.valid_from = date(2026, 9, 8);
    let mut world = World::new(vec![repeal]);
    assert_eq!(world.verdict("C9", &overnight("H60.201")), Consistent);
    world.closed = [(unit("H60.299"), date(2026, 9, 7))].into();
    assert_eq!(world.verdict("C15", &overnight("H60.299")), Consistent);
    world.window = Window::new(date(2026, 7, 1), date(2026, 7, 31)).unwrap();
    world.as_of = at("2026-08-01T00:00:00");
    let log_in_before = spoilt(100, 100, |it| {
        it.vneid = false;
        it.submitted = at("2026-07-19T23:59:59");
        it.received = at("2026-07-20T08:00:00");
    });
    assert_eq!(world.verdict("C11", &log_in_before), NotApplicable);
}

#[test]
fn a_repeal_that_was_taken_back_or_followed_by_a_publication_contradicts_nobody() {
    let mut repeal = piece("MC-9", EvidenceClass::PublicationDecision, &[]);
    repeal.repeals = [dossier(1).procedure].into();
    let verdict = |others: Vec<crate::evidence::Evidence>| {
        let mut evidence = vec![repeal.clone()];
        evidence.extend(others);
        World::new(evidence).finding("C9", &plain(100))
    };
    assert_eq!(verdict(Vec::new()).verdict, Contradicted);
    assert_eq!(verdict(Vec::new()).evidence.len(), 1);
    let mut mended = piece("MC-10", EvidenceClass::PublicationDecision, &[]);
    mended.supersedes = [repeal.id.clone()].into();
    mended.issued_on = date(2026, 4, 1);
    let finding = verdict(vec![mended]);
    assert_eq!(finding.verdict, Consistent, "a wrong entry is mended");
    assert!(finding.evidence.is_empty());
    let mut again = piece("MC-11", EvidenceClass::PublicationDecision, &[]);
    again.codes = [dossier(1).procedure].into();
    again.issued_on = date(2026, 4, 1);
    again.valid_from = date(2026, 9, 7);
    assert_eq!(verdict(vec![again.clone()]).verdict, Consistent);
    again.valid_from = date(2026, 9, 8);
    assert_eq!(verdict(vec![again]).verdict, Contradicted, "not yet again");
}

#[test]
fn a_closing_that_an_operator_confirmed_contradicts_and_is_told_with_its_source() {
    let mut world = World::new(Vec::new());
    let to_closed = spoilt(1, 100, |it| it.unit = unit("H22.12"));
    let doubtful = world.finding("C15", &to_closed);
    assert_eq!(doubtful.verdict, Unproven);
    let own = "version = \"t\"\n[[agency]]\ncode = \"H22\"\nname = \"Hà Giang\"\n\
               last_day = \"2025-06-30\"\nsuccessor = \"H60\"\nsource = \"phụ lục\"\n\
               certainty = \"seen\"";
    world.agencies = world.agencies.extended_by(own).unwrap();
    let finding = world.finding("C15", &to_closed);
    assert_eq!(finding.verdict, Contradicted);
    assert!(
        finding
            .reason_vi
            .contains("H22 (Hà Giang) đến hết ngày 30/6/2025, kế thừa bởi H60; nguồn: phụ lục"),
        "{}",
        finding.reason_vi
    );
}
