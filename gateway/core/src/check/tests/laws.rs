//! Criteria that rest on a rule in law, and need no document of the province.

use jiff::civil::date;

use super::samples::{World, at, came_in, dossier, found, number, piece, plain, spoilt, unit};
use crate::check::Verdict::{CannotObserve, Consistent, Contradicted, NotApplicable, Unproven};
use crate::check::{CheckRules, Verdict};
use crate::dossier::{Channel, Reuse};
use crate::evidence::EvidenceClass;
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
fn a_status_may_be_out_of_step_for_the_time_that_is_allowed() {
    let mut world = World::new(Vec::new());
    let dossiers = plain(100);
    world
        .mismatched
        .get_or_insert_default()
        .insert(number(7), at("2026-09-30T00:00:00"));
    assert_eq!(
        world.verdict("C6", &dossiers),
        Consistent,
        "24 hours to the second"
    );
    world
        .mismatched
        .get_or_insert_default()
        .insert(number(7), at("2026-09-29T23:59:59"));
    let finding = world.finding("C6", &dossiers);
    assert_eq!(finding.verdict, Contradicted);
    assert_eq!(finding.examples, [number(7)]);
    assert!(finding.reason_vi.contains("ngưỡng: chậm 24 giờ 00 phút"));
    world.mismatched = Some([(number(999), at("2026-09-01T00:00:00"))].into());
    assert_eq!(
        world.verdict("C6", &dossiers),
        Consistent,
        "not in the window"
    );
}

#[test]
fn a_result_without_a_file_a_reopened_dossier_and_a_date_moved_late_are_untrue() {
    let cases: [fn(&mut DossierFacts); 4] = [
        |it| {
            it.due_moved_late_at = Some(at("2026-09-10T08:00:00"));
            it.apologised_at = Some(at("2026-09-11T08:00:01"));
        },
        |it| it.results[0].has_file = false,
        |it| it.reopened_at = Some(at("2026-09-10T08:00:00")),
        |it| it.due_moved_late_at = Some(at("2026-09-10T08:00:00")),
    ];
    for spoil in cases {
        let finding = World::new(Vec::new()).finding("C6", &spoilt(1, 100, spoil));
        assert_eq!(finding.verdict, Contradicted, "{}", finding.reason_en);
        assert!(finding.reason_en.starts_with("1 of 100 dossiers (1 %)"));
    }
    let near: [fn(&mut DossierFacts); 5] = [
        |it| {
            // A late dossier with Mẫu 04, which states the new date.
            it.due_moved_late_at = Some(at("2026-09-10T08:00:00"));
            it.apologised_at = Some(at("2026-09-11T08:00:00"));
        },
        |it| it.results.clear(),
        |it| it.reopened_at = Some(at("2026-09-30T08:00:00")),
        |it| it.due = Some(at("2026-09-20T17:00:00")),
        |it| {
            it.results[0].has_file = false;
            it.processed = None;
        },
    ];
    for miss in near {
        assert_eq!(verdict("C6", &spoilt(1, 100, miss)), Consistent);
    }
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
fn a_late_dossier_needs_an_apology() {
    let late = |it: &mut DossierFacts| it.processed = Some(at("2026-09-09T17:00:01"));
    let finding = World::new(Vec::new()).finding("C14", &spoilt(1, 100, late));
    assert_eq!(finding.verdict, Contradicted);
    assert_eq!(finding.examples, [number(1)]);
    let in_time = spoilt(1, 100, |it| it.processed = Some(at("2026-09-09T17:00:00")));
    assert_eq!(verdict("C14", &in_time), Consistent, "to the second");
    let apologised = spoilt(1, 100, |it| {
        late(it);
        it.apologised_at = Some(at("2026-09-20T08:00:00"));
    });
    assert_eq!(verdict("C14", &apologised), Consistent);
    let apologised_later = spoilt(1, 100, |it| {
        late(it);
        it.apologised_at = Some(at("2026-10-01T08:00:00"));
    });
    assert_eq!(verdict("C14", &apologised_later), Contradicted);
    let overdue = spoilt(1, 100, |it| it.processed = None);
    assert_eq!(verdict("C14", &overdue), Contradicted);
    let supplemented = spoilt(1, 100, |it| {
        it.processed = Some(at("2026-09-09T22:00:00"));
        it.pauses = vec![supplement(8)];
    });
    assert_eq!(verdict("C14", &supplemented), Consistent, "six hours off");
    let twice_and_not_due = spoilt(1, 100, |it| {
        it.processed = None;
        it.due = Some(at("2026-10-20T17:00:00"));
        let mut open = supplement(20);
        open.until = None;
        it.pauses = vec![supplement(8), open];
    });
    assert_eq!(
        verdict("C14", &twice_and_not_due),
        Consistent,
        "no date has passed"
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
fn where_nothing_was_compared_the_status_is_not_called_true() {
    let mut world = World::new(Vec::new());
    world.mismatched = None;
    let finding = world.finding("C6", &plain(100));
    assert_eq!(finding.verdict, CannotObserve);
    assert!(
        finding.reason_vi.contains("chưa đối soát với Cổng DVCQG"),
        "{}",
        finding.reason_vi
    );
    let reopened = spoilt(1, 100, |it| {
        it.reopened_at = Some(at("2026-09-10T08:00:00"));
    });
    assert_eq!(world.verdict("C6", &reopened), Contradicted);
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

#[test]
fn a_wait_for_a_fee_may_halt_the_clock_so_that_no_apology_is_owed() {
    let waited = |hours: i8| {
        spoilt(1, 100, |it| {
            let mut fee = supplement(8);
            fee.reason = PauseReason::Payment;
            fee.until = Some(at(&format!("2026-09-08T{:02}:00:00", 10 + hours)));
            it.pauses = vec![fee];
            it.processed = Some(at("2026-09-09T19:00:00"));
        })
    };
    let finding = World::new(Vec::new()).finding("C14", &waited(2));
    assert_eq!(
        finding.verdict, Unproven,
        "two hours late, two hours waited"
    );
    assert!(
        finding
            .reason_vi
            .contains("1 hồ sơ khác chưa có văn bản xin lỗi"),
        "{}",
        finding.reason_vi
    );
    assert_eq!(verdict("C14", &waited(1)), Contradicted);
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
