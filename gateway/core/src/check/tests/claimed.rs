//! Criteria that need a document: what it takes to contradict one.

use jiff::civil::date;

use super::samples::{
    PAPER, World, at, expired, found, looked_up, other_steps, paper, piece, plain, promised_late,
    result, spoilt, states, unit, with_paper,
};
use crate::check::Verdict::{
    self, CannotObserve, Consistent, Contradicted, EvidenceExpired, NotApplicable, Undocumented,
    Unproven,
};
use crate::dossier::{Channel, OnlinePayment, OwnerKind, Reuse};
use crate::dossier_number::DossierNumber;
use crate::evidence::EvidenceClass;
use crate::observation::DossierFacts;

type Spoil = fn(&mut DossierFacts);

fn on_paper(dossier: &mut DossierFacts) {
    dossier.channel = Channel::Postal;
}

fn without_lookup(dossier: &mut DossierFacts) {
    dossier.lookups = crate::observation::LookupFacts::default();
}

fn looked_up_late(dossier: &mut DossierFacts) {
    dossier.lookups = looked_up(at("2026-09-07T10:00:01"));
}

fn took_long(dossier: &mut DossierFacts) {
    dossier.processed = Some(at("2026-09-10T08:00:00"));
}

fn unpaid(dossier: &mut DossierFacts) {
    dossier.payment = OnlinePayment::None;
}

fn unverified(dossier: &mut DossierFacts) {
    dossier.vneid = false;
}

fn without_file(dossier: &mut DossierFacts) {
    dossier.results.clear();
}

/// The claim, what contradicts it, and how many of 100 dossiers are just allowed.
const TABLE: [(&str, &str, &str, Spoil, u32); 15] = [
    ("C1", "papers_replaced", PAPER, with_paper, 2),
    (
        "C2",
        "fields_from_population",
        "full_name; birth",
        without_lookup,
        20,
    ),
    ("C3", "full_online", "có", on_paper, 10),
    ("C3", "full_online", "có", without_file, 10),
    ("C4", "time_limit", "2 ngày làm việc", promised_late, 50),
    (
        "C5",
        "steps",
        "Một cửa > Cảnh sát khu vực > Lãnh đạo > Một cửa",
        other_steps,
        10,
    ),
    ("C10", "fee_online", "có", unpaid, 20),
    ("C11", "identity_level", "2", unverified, 2),
    ("K1", "papers_replaced", PAPER, with_paper, 50),
    (
        "K2",
        "fields_from_population",
        "full_name",
        looked_up_late,
        50,
    ),
    ("K3", "steps_before", "5", other_steps, 50),
    ("K4", "time_limit", "2 ngày làm việc", took_long, 50),
    ("K5", "full_online", "có", on_paper, 50),
    ("K6", "fee_online", "có", unpaid, 50),
    ("K7", "electronic_result", "có", without_file, 50),
];

#[test]
fn what_is_just_allowed_agrees_and_one_more_contradicts() {
    for (id, name, text, spoil, allowed) in TABLE {
        let world = World::new(vec![states(name, text)]);
        let finding = |some| world.finding(id, &spoilt(some, 100, spoil));
        assert_eq!(
            finding(0).verdict,
            Consistent,
            "{id}: {}",
            finding(0).reason_en
        );
        let just = finding(allowed);
        assert_eq!(just.verdict, Consistent, "{id}: {}", just.reason_en);
        assert!(just.examples.is_empty(), "{id}: nobody is named");
        let more = finding(allowed + 1);
        assert_eq!(more.verdict, Contradicted, "{id}: {}", more.reason_en);
        let numbers: Vec<&str> = more.examples.iter().map(DossierNumber::as_str).collect();
        assert_eq!(numbers[0], "H60.201-20260907-00001", "{id}");
        let shown = usize::try_from(allowed + 1).unwrap().min(5);
        assert_eq!(numbers.len(), shown, "{id}");
        assert!(
            more.documented.contains("MC-1"),
            "{id}: {}",
            more.documented
        );
        assert_eq!(more.evidence.len(), 1, "{id}");
    }
}

#[test]
fn too_few_dossiers_prove_nothing_however_bad_they_are() {
    for (id, name, text, spoil, _) in TABLE {
        let world = World::new(vec![states(name, text)]);
        assert_eq!(world.verdict(id, &spoilt(29, 29, spoil)), Unproven, "{id}");
        assert_eq!(world.verdict(id, &[]), Unproven, "{id}: none at all");
    }
}

#[test]
fn with_nothing_but_an_expired_document_nobody_is_contradicted() {
    for (id, name, text, spoil, _) in TABLE {
        let world = World::new(vec![expired(states(name, text))]);
        for dossiers in [spoilt(100, 100, spoil), plain(100), plain(3)] {
            let finding = world.finding(id, &dossiers);
            // The rule in law behind C11 needs no document, and holds all the same.
            let expected = match (id, dossiers[0].vneid) {
                ("C11", false) => Contradicted,
                (_, _) => EvidenceExpired,
            };
            assert_eq!(finding.verdict, expected, "{id}: {}", finding.reason_en);
            if expected == EvidenceExpired {
                assert!(
                    finding.reason_vi.contains("31/8/2026"),
                    "{}",
                    finding.reason_vi
                );
            }
        }
    }
}

#[test]
fn without_a_document_good_behaviour_is_undocumented_and_bad_behaviour_claims_nothing() {
    let world = World::new(Vec::new());
    for (id, good, spoil, bad) in [
        ("C2", Undocumented, without_lookup as Spoil, NotApplicable),
        ("C3", Undocumented, on_paper, Consistent),
        ("C10", Undocumented, unpaid, NotApplicable),
        ("K2", Undocumented, looked_up_late, NotApplicable),
        ("K5", Undocumented, on_paper, NotApplicable),
        ("K6", Undocumented, unpaid, NotApplicable),
        ("K7", Undocumented, without_file, NotApplicable),
        ("K9", Undocumented, unverified, NotApplicable),
        ("C1", NotApplicable, with_paper, NotApplicable),
        ("C4", NotApplicable, promised_late, NotApplicable),
        ("C5", NotApplicable, other_steps, NotApplicable),
        ("K1", NotApplicable, with_paper, NotApplicable),
        ("K3", NotApplicable, other_steps, NotApplicable),
        ("K4", NotApplicable, took_long, NotApplicable),
    ] {
        assert_eq!(world.verdict(id, &plain(100)), good, "{id}");
        assert_eq!(world.verdict(id, &spoilt(100, 100, spoil)), bad, "{id}");
    }
}

#[test]
fn a_document_that_says_no_is_not_held_against_anybody() {
    for (id, name, spoil) in [
        ("C10", "fee_online", unpaid as Spoil),
        ("K5", "full_online", on_paper),
        ("K6", "fee_online", unpaid),
    ] {
        let world = World::new(vec![states(name, "không")]);
        assert_eq!(
            world.verdict(id, &spoilt(100, 100, spoil)),
            NotApplicable,
            "{id}"
        );
    }
}

#[test]
fn a_document_holds_for_what_was_received_from_its_first_day_on() {
    let mut decision = states("papers_replaced", PAPER);
    decision.valid_from = date(2026, 9, 8);
    let world = World::new(vec![decision]);
    let before = spoilt(100, 100, with_paper);
    assert_eq!(world.verdict("C1", &before), Unproven, "no covered dossier");
    let after = spoilt(100, 100, |it| {
        with_paper(it);
        it.received = at("2026-09-08T00:00:00");
    });
    assert_eq!(world.verdict("C1", &after), Contradicted);
}

#[test]
fn a_document_about_one_agency_or_code_is_held_against_its_dossiers_only() {
    let mut decision = states("papers_replaced", PAPER);
    decision.units = [unit("H60.201")].into();
    let mut world = World::new(vec![decision]);
    let elsewhere = spoilt(100, 100, |it| {
        with_paper(it);
        it.unit = unit("H60.202");
    });
    assert_eq!(world.verdict("C1", &elsewhere), Unproven);
    let mut dossiers = spoilt(100, 100, with_paper);
    dossiers.extend(elsewhere);
    let finding = world.finding("C1", &dossiers);
    assert_eq!(finding.verdict, Contradicted);
    assert!(finding.reason_en.starts_with("100 of 100 dossiers"));
    world.unit = Some(unit("H60.202"));
    assert_eq!(
        world.verdict("C1", &dossiers),
        NotApplicable,
        "not its document"
    );
    world.unit = Some(unit("H60.201"));
    assert_eq!(world.verdict("C1", &dossiers), Contradicted);
    world.evidence[0].units.clear();
    let other = crate::procedure::ProcedureCode::parse("1.004194").unwrap();
    world.evidence[0].codes = [other].into();
    assert_eq!(
        world.verdict("C1", &dossiers),
        NotApplicable,
        "another code"
    );
}

#[test]
fn a_target_of_a_document_takes_the_place_of_the_shipped_bound() {
    let stated = [
        ("fields_from_population", "full_name"),
        ("lookup_target", "95%"),
    ];
    let mapping = piece("MC-1", EvidenceClass::DataMapping, &stated);
    let world = World::new(vec![mapping]);
    assert_eq!(
        world.verdict("C2", &spoilt(5, 100, without_lookup)),
        Consistent
    );
    let finding = world.finding("C2", &spoilt(6, 100, without_lookup));
    assert_eq!(finding.verdict, Contradicted);
    assert!(finding.reason_en.contains("bound: at least 95 %"));
}

#[test]
fn documented_fields_that_no_lookup_brought_are_told() {
    let world = World::new(vec![states("fields_from_population", "full_name; spouse")]);
    let finding = world.finding("C2", &plain(100));
    assert_eq!(finding.verdict, Consistent);
    assert!(
        finding
            .reason_en
            .contains("documented fields that no look-up brought: spouse;"),
        "{}",
        finding.reason_en
    );
}

#[test]
fn a_dossier_of_an_enterprise_is_not_looked_up() {
    let world = World::new(vec![states("fields_from_population", "full_name")]);
    let enterprises = spoilt(100, 100, |it| {
        it.owner = OwnerKind::Enterprise;
        without_lookup(it);
    });
    assert_eq!(world.verdict("C2", &enterprises), NotApplicable);
}

#[test]
fn a_paper_that_was_not_asked_of_the_citizen_is_no_paper() {
    let world = World::new(vec![states("papers_replaced", PAPER)]);
    let verdict = |change: fn(&mut crate::observation::PaperFact)| {
        let dossiers = spoilt(100, 100, |it| {
            let mut taken = paper(PAPER, 9);
            change(&mut taken);
            it.papers.push(taken);
        });
        world.verdict("C1", &dossiers)
    };
    assert_eq!(verdict(|it| it.from_store = true), Consistent);
    assert_eq!(
        verdict(|it| it.replaced_by = Some(result("KQ.G01.000009"))),
        Consistent
    );
    assert_eq!(
        verdict(|it| it.reuse = Reuse::Component),
        Consistent,
        "looked up"
    );
    let dossiers = spoilt(100, 100, |it| {
        let mut flagged = paper(PAPER, 9);
        flagged.reuse = Reuse::Component;
        it.papers.push(flagged);
        without_lookup(it);
    });
    let finding = world.finding("C1", &dossiers);
    assert_eq!(finding.verdict, Unproven, "C13 judges the flag");
    assert!(
        finding
            .reason_en
            .contains("100 others carry one with a reuse flag"),
        "{}",
        finding.reason_en
    );
}

#[test]
fn data_of_another_database_are_not_held_against_lookups() {
    let quiet = spoilt(100, 100, without_lookup);
    let verdict =
        |text: &str| World::new(vec![states("papers_replaced", text)]).verdict("K1", &quiet);
    assert_eq!(verdict(PAPER), Contradicted);
    assert_eq!(verdict(&format!("{PAPER} = csdlqgdc")), Contradicted);
    assert_eq!(verdict(&format!("{PAPER} = CSDL bảo hiểm")), Consistent);
}

#[test]
fn a_service_without_fees_or_online_dossiers_has_nothing_to_judge() {
    let world = World::new(vec![states("fee_online", "có"), {
        let mut identity = states("identity_level", "2");
        identity.id = crate::evidence::EvidenceId::parse("MC-2").unwrap();
        identity
    }]);
    let free = spoilt(100, 100, |it| it.fee = 0);
    assert_eq!(world.verdict("C10", &free), NotApplicable);
    assert_eq!(world.verdict("K6", &free), NotApplicable);
    let by_post = spoilt(100, 100, on_paper);
    assert_eq!(world.verdict("C11", &by_post), NotApplicable);
    assert_eq!(world.verdict("K9", &by_post), NotApplicable);
}

#[test]
fn an_open_dossier_has_not_failed_to_pay_or_to_be_answered() {
    let world = World::new(vec![states("fee_online", "có")]);
    let open = spoilt(60, 100, |it| {
        it.processed = None;
        unpaid(it);
    });
    assert_eq!(world.verdict("C10", &open), Consistent);
}

#[test]
fn identity_at_log_in_is_a_positive_share() {
    let world = World::new(vec![states("identity_level", "2")]);
    assert_eq!(
        world.verdict("K9", &spoilt(20, 100, unverified)),
        Consistent
    );
    assert_eq!(
        world.verdict("K9", &spoilt(21, 100, unverified)),
        Contradicted
    );
}

#[test]
fn reasons_tell_the_numbers_the_bound_the_coverage_and_the_rules() {
    let world = World::new(vec![states("papers_replaced", PAPER)]);
    let finding = world.finding("C1", &spoilt(12, 340, with_paper));
    assert_eq!(
        finding.reason_vi,
        "12/340 hồ sơ (3,53%) vẫn có giấy tờ đã cắt giảm hoặc thay thế mà không có tra cứu không \
         thành công hay không khớp; ngưỡng: tối đa 2%; chưa xác định được độ bao phủ; quy tắc 2026-11-1"
    );
    assert_eq!(
        finding.reason_en,
        "12 of 340 dossiers (3.53 %) carry a paper that was cut or replaced although no look-up \
         failed or found no match; bound: at most 2 %; coverage unknown; rules 2026-11-1"
    );
    assert_eq!(
        finding.documented,
        format!("giấy tờ thay bằng dữ liệu: {PAPER} (MC-1)")
    );
    assert_eq!(finding.figure, Some("PAPERS_STILL_ASKED_SHARE"));
}

#[test]
fn the_verdicts_of_one_service_are_all_there_in_their_order() {
    let check = World::new(Vec::new()).check(&plain(40));
    let ids: Vec<String> = check.findings.iter().map(|it| it.criterion.id()).collect();
    let expected: Vec<String> = crate::check::Criterion::all()
        .map(crate::check::Criterion::id)
        .collect();
    assert_eq!(ids, expected);
    assert_eq!(found(&check, "K8").verdict, CannotObserve);
    let contradicted = |it: &&crate::check::Finding| it.verdict == Verdict::Contradicted;
    assert_eq!(check.findings.iter().find(contradicted), None);
}
