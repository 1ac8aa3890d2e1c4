//! Criteria that rest on a rule in law, and need no document of the province.

use jiff::civil::date;

use super::samples::{World, at, found, number, plain, spoilt, states};
use crate::check::Verdict::{Consistent, Contradicted, NotApplicable, Unproven};
use crate::check::{CheckRules, Verdict};
use crate::dossier::{Channel, Reuse};
use crate::observation::{DossierFacts, Pause, PauseReason, Window};

fn verdict(id: &str, dossiers: &[DossierFacts]) -> Verdict {
    World::new(Vec::new()).verdict(id, dossiers)
}

fn supplement(day: i8) -> Pause {
    Pause {
        reason: PauseReason::Supplement,
        from: at(&format!("2026-09-{day:02}T10:00:00")),
        until: Some(at(&format!("2026-09-{day:02}T16:00:00"))),
    }
}

#[test]
fn direct_intake_needs_a_reason_since_the_directive() {
    let direct = |it: &mut DossierFacts| it.channel = Channel::Direct;
    assert_eq!(verdict("C3", &spoilt(3, 100, direct)), Contradicted);
    let just = spoilt(2, 100, direct);
    assert_ne!(verdict("C3", &just), Contradicted);
    let finding = World::new(Vec::new()).finding("C3", &spoilt(3, 100, direct));
    assert!(finding.reason_vi.contains("căn cứ: Chỉ thị 24/CT-TTg"));
    assert_eq!(finding.figure, Some("DIRECT_UNEXPLAINED_SHARE"));
    assert_eq!(finding.examples, [number(1), number(2), number(3)]);
}

#[test]
fn before_the_directive_direct_intake_was_in_order() {
    let mut world = World::new(Vec::new());
    world.window = Window::new(date(2025, 9, 1), date(2025, 9, 30)).unwrap();
    world.as_of = at("2025-10-01T00:00:00");
    let dossiers = spoilt(100, 100, |it| {
        it.channel = Channel::Direct;
        it.received = at("2025-09-30T23:59:59");
    });
    assert_eq!(world.verdict("C3", &dossiers), NotApplicable);
    world.window = Window::new(date(2025, 9, 1), date(2025, 10, 31)).unwrap();
    world.as_of = at("2025-11-01T00:00:00");
    assert_eq!(world.verdict("C3", &dossiers), Unproven, "none after it");
    let first_day = spoilt(100, 100, |it| {
        it.channel = Channel::Direct;
        it.received = at("2025-10-01T00:00:00");
    });
    assert_eq!(world.verdict("C3", &first_day), Contradicted);
}

#[test]
fn a_second_request_for_papers_is_one_too_many() {
    let once = spoilt(100, 100, |it| it.pauses = vec![supplement(8)]);
    assert_eq!(verdict("C7", &once), Consistent);
    let twice = |it: &mut DossierFacts| it.pauses = vec![supplement(8), supplement(9)];
    assert_eq!(verdict("C7", &spoilt(1, 100, twice)), Contradicted);
    let other_waits = spoilt(100, 100, |it| {
        let mut fee = supplement(9);
        fee.reason = PauseReason::Payment;
        it.pauses = vec![supplement(8), fee];
    });
    assert_eq!(verdict("C7", &other_waits), Consistent);
}

#[test]
fn one_dossier_proves_a_contradiction_and_few_prove_nothing_good() {
    let twice = |it: &mut DossierFacts| it.pauses = vec![supplement(8), supplement(9)];
    assert_eq!(verdict("C7", &spoilt(1, 1, twice)), Contradicted);
    for id in ["C6", "C7", "C9", "C14", "C15"] {
        assert_eq!(verdict(id, &plain(9)), Unproven, "{id}");
        assert_eq!(verdict(id, &plain(10)), Consistent, "{id}");
        assert_eq!(verdict(id, &[]), Unproven, "{id}");
    }
}

#[test]
fn one_file_for_several_digitised_papers_is_suspicious() {
    let uniform = |it: &mut DossierFacts| it.papers[1].file = 0;
    assert_eq!(verdict("C12", &spoilt(5, 100, uniform)), Consistent);
    assert_eq!(verdict("C12", &spoilt(6, 100, uniform)), Contradicted);
    let single = spoilt(100, 100, |it| it.papers.truncate(1));
    assert_eq!(verdict("C12", &single), NotApplicable);
    let not_all = spoilt(100, 100, |it| {
        it.papers[1].file = 0;
        it.papers[1].digitised = false;
    });
    assert_eq!(verdict("C12", &not_all), NotApplicable);
    assert_eq!(verdict("C12", &spoilt(29, 29, uniform)), Unproven);
}

#[test]
fn a_reuse_flag_needs_a_lookup_or_a_source_result() {
    let flag = |it: &mut DossierFacts| it.papers[0].reuse = Reuse::Component;
    let unfounded = |it: &mut DossierFacts| {
        flag(it);
        it.lookups = crate::observation::LookupFacts::default();
    };
    let flagged = |some| {
        spoilt(100, 100, flag)
            .into_iter()
            .zip(spoilt(some, 100, unfounded))
            .map(|(good, bad)| if bad.lookups.asked() { good } else { bad })
            .collect::<Vec<_>>()
    };
    assert_eq!(verdict("C13", &flagged(5)), Consistent);
    assert_eq!(verdict("C13", &flagged(6)), Contradicted);
    assert_eq!(verdict("C13", &plain(100)), NotApplicable, "no flag at all");
    let sourced = spoilt(100, 100, |it| {
        unfounded(it);
        it.papers[0].replaced_by = Some(super::samples::result("KQ.G01.000005"));
    });
    assert_eq!(verdict("C13", &sourced), Consistent);
    let stored = spoilt(100, 100, |it| {
        unfounded(it);
        it.papers[0].from_store = true;
    });
    assert_eq!(verdict("C13", &stored), Consistent);
}

#[test]
fn accounts_are_verified_since_the_new_rules_of_the_portal() {
    let mut world = World::new(Vec::new());
    let unverified = |it: &mut DossierFacts| it.vneid = false;
    assert_eq!(
        world.verdict("C11", &spoilt(3, 100, unverified)),
        Contradicted
    );
    let just = world.verdict("C11", &spoilt(2, 100, unverified));
    assert_ne!(just, Contradicted);
    world.window = Window::new(date(2026, 7, 1), date(2026, 7, 31)).unwrap();
    world.as_of = at("2026-08-01T00:00:00");
    let before = spoilt(100, 100, |it| {
        unverified(it);
        it.received = at("2026-07-19T23:59:59");
    });
    let finding = world.finding("C11", &before);
    assert_eq!(finding.verdict, NotApplicable, "none under the rule");
}

#[test]
fn what_law_and_document_say_alike_is_said_once() {
    let world = World::new(vec![states("identity_level", "2")]);
    let finding = world.finding("C11", &spoilt(3, 100, |it| it.vneid = false));
    assert_eq!(finding.verdict, Contradicted);
    for reason in [&finding.reason_vi, &finding.reason_en] {
        let mut parts: Vec<&str> = reason.split("; ").collect();
        let all = parts.len();
        parts.sort_unstable();
        parts.dedup();
        assert_eq!(parts.len(), all, "{reason}");
    }
}

#[test]
fn a_rule_in_law_ends_where_its_days_end() {
    let mut world = World::new(Vec::new());
    let own = "version = \"t\"\n[[criterion]]\nid = \"C7\"\nsource = \"x\"\n[criterion.law]\n\
               document = \"x\"\nto = \"2026-08-31\"\ncertainty = \"seen\"";
    world.rules = CheckRules::shipped().unwrap().extended_by(own).unwrap();
    let twice = |it: &mut DossierFacts| it.pauses = vec![supplement(8), supplement(9)];
    let check = world.check(&spoilt(100, 100, twice));
    assert_eq!(found(&check, "C7").verdict, NotApplicable);
}

#[test]
fn a_text_that_nobody_verified_and_a_bound_of_the_province_are_told_as_such() {
    let world = World::new(Vec::new());
    let late = spoilt(1, 100, |it| it.processed = Some(at("2026-09-20T08:00:00")));
    let apology = world.finding("C14", &late);
    assert!(
        apology.reason_vi.contains("(chưa kiểm chứng văn bản)"),
        "{}",
        apology.reason_vi
    );
    let direct = world.finding("C3", &spoilt(3, 100, |it| it.channel = Channel::Direct));
    assert!(
        direct
            .reason_vi
            .contains("ngưỡng không phải của văn bản đó"),
        "{}",
        direct.reason_vi
    );
    assert!(!direct.reason_vi.contains("cho phép"));
}
