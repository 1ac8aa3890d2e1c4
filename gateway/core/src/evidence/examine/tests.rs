//! What new pieces are told before they are recorded.

mod again;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};

use super::{Examination, Examined, NewDraft};
use crate::agency::AgencyCode;
use crate::essential::ServiceList;
use crate::evidence::{Evidence, EvidenceDraft, EvidenceId, EvidenceRules, Register, Weight};
use crate::report::Language;

fn today() -> Date {
    date(2026, 11, 22)
}

fn texts(all: &[&str]) -> Vec<String> {
    all.iter().map(|&text| text.to_owned()).collect()
}

/// A decision on the process of service 3, with nothing to say about it.
fn decision(name: &str, symbol: &str, issued_on: &str) -> EvidenceDraft {
    EvidenceDraft {
        name: name.to_owned(),
        class: "E3".to_owned(),
        services: texts(&["3"]),
        codes: texts(&["1.004222"]),
        symbol: symbol.to_owned(),
        title: "Phê duyệt quy trình".to_owned(),
        issuer: "UBND tỉnh thử nghiệm".to_owned(),
        issued_on: issued_on.to_owned(),
        sha256: "0a".repeat(32),
        ..EvidenceDraft::default()
    }
}

fn recorded(draft: &EvidenceDraft, sequence: u64) -> Evidence {
    let id = EvidenceId::given(sequence);
    let evidence = draft.read(today()).unwrap();
    Evidence { id, ..evidence }
}

fn examined(known: &[Evidence], drafts: &[EvidenceDraft]) -> Vec<Examined> {
    let again: Vec<NewDraft<'_>> = drafts
        .iter()
        .map(|draft| NewDraft {
            draft: draft.clone(),
            recorded: None,
        })
        .collect();
    examine(known, &again)
}

fn examine(known: &[Evidence], drafts: &[NewDraft<'_>]) -> Vec<Examined> {
    examine_of(known, &[], drafts)
}

fn examine_of(known: &[Evidence], own: &[&Evidence], drafts: &[NewDraft<'_>]) -> Vec<Examined> {
    let unit = |text: &str| AgencyCode::parse(text).unwrap();
    let closed = BTreeMap::from([(unit("H22"), date(2025, 6, 30))]);
    let register = Register::new(known.to_vec(), closed);
    let examination = Examination {
        services: &ServiceList::shipped().unwrap(),
        register: &register,
        own,
        rules: &EvidenceRules::shipped().unwrap(),
        today: today(),
    };
    examination.of(drafts)
}

/// Weight and English text of every remark.
fn told(examined: &Examined) -> Vec<(Weight, String)> {
    let remarks = examined.remarks.iter();
    let told = |it: &super::Remark| (it.note.weight(), it.note.text(Language::English));
    remarks.map(told).collect()
}

fn alone(draft: &EvidenceDraft) -> Vec<(Weight, String)> {
    told(&examined(&[], std::slice::from_ref(draft))[0])
}

fn pair(weight: Weight, text: &str) -> Vec<(Weight, String)> {
    vec![(weight, text.to_owned())]
}

#[test]
fn a_plain_decision_is_told_nothing() {
    let draft = decision("a", "663/QĐ-TTPVHCC", "13/5/2026");
    assert_eq!(alone(&draft), []);
    let vietnamese = examined(&[], &[draft])[0].evidence.clone().unwrap();
    assert_eq!(vietnamese.id.as_str(), "a");
}

#[test]
fn what_is_no_service_or_of_another_one_is_told() {
    let mut draft = decision("a", "663/QĐ-TTPVHCC", "13/5/2026");
    draft.services = texts(&["3", "26"]);
    assert_eq!(
        alone(&draft),
        pair(Weight::Refuses, "the list has no service 26")
    );
    draft.services = texts(&["4"]);
    let text = "the code 1.004222 belongs to service 3";
    assert_eq!(alone(&draft), pair(Weight::Warns, text));
    draft.codes = texts(&["9.000001"]);
    let text = "the list of services does not have 9.000001";
    assert_eq!(alone(&draft), pair(Weight::Warns, text));
}

#[test]
fn a_closed_agency_is_refused_only_where_it_had_closed_before_the_issue() {
    let mut draft = decision("a", "12/QĐ-UBND", "30/6/2025");
    draft.units = texts(&["H22.5"]);
    let text = "the agency has ceased by now, last day 2025-06-30";
    assert_eq!(alone(&draft), pair(Weight::Warns, text));
    draft.issued_on = "01/7/2025".to_owned();
    let text = "the agency had ceased before its issue, last day 2025-06-30";
    assert_eq!(alone(&draft), pair(Weight::Refuses, text));
    draft.units.clear();
    draft.issuer_code = "H22".to_owned();
    assert_eq!(alone(&draft), pair(Weight::Refuses, text));
}

#[test]
fn a_repealed_code_is_refused_only_where_it_was_repealed_before_the_issue() {
    let mut repeal = decision("r", "90/QĐ-UBND", "01/3/2026");
    repeal.class = "E2".to_owned();
    repeal.codes.clear();
    repeal.repeals = texts(&["1.004222"]);
    let known = [recorded(&repeal, 1)];
    let told_of = |issued_on: &str| {
        let draft = decision("a", "663/QĐ-TTPVHCC", issued_on);
        told(&examined(&known, &[draft])[0])
    };
    let text = "the code 1.004222 is repealed by now by MC-000001";
    assert_eq!(told_of("28/02/2026"), pair(Weight::Warns, text));
    let text = "the code 1.004222 was repealed before its issue by MC-000001";
    assert_eq!(told_of("01/3/2026"), pair(Weight::Refuses, text));
}

#[test]
fn symbols_that_do_not_fit_are_told() {
    let mut draft = decision("a", "", "13/5/2026");
    let text = "a decision without number and symbol";
    assert_eq!(alone(&draft), pair(Weight::Warns, text));
    draft.symbol = "91".to_owned();
    let text = "a number without a symbol names no document";
    assert_eq!(alone(&draft), pair(Weight::Warns, text));
    draft.symbol = "85/NQ-CP".to_owned();
    let text = "the symbol is not that of a decision";
    assert_eq!(alone(&draft), pair(Weight::Warns, text));
    draft.symbol = "118/2025/NĐ-CP".to_owned();
    let text = "the symbol carries another year than the day of issue";
    assert_eq!(alone(&draft), pair(Weight::Warns, text));
    draft.class = "E5".to_owned();
    draft.symbol.clear();
    assert_eq!(alone(&draft), [], "a sheet may have none");
}

#[test]
fn two_decisions_of_one_day_about_one_code_need_an_order() {
    let one = decision("a", "663/QĐ-TTPVHCC", "13/5/2026");
    let mut other = decision("b", "664/QĐ-TTPVHCC", "13/5/2026");
    let rival = |other: &str| {
        format!("same day, class and code as {other}: say which takes the place of the other")
    };
    let both = examined(&[], &[one.clone(), other.clone()]);
    assert_eq!(told(&both[0]), [], "the later one is to say it");
    assert_eq!(told(&both[1]), pair(Weight::Refuses, &rival("a")));
    let known = [recorded(&one, 1)];
    let alone = examined(&known, std::slice::from_ref(&other));
    assert_eq!(told(&alone[0]), pair(Weight::Refuses, &rival("MC-000001")));
    assert!(alone[0].is_refused());
    other.supersedes = texts(&["663/QĐ-TTPVHCC"]);
    let said = examined(&known, std::slice::from_ref(&other));
    let text = "MC-000001 counts no more: b took its place";
    assert_eq!(told(&said[0]), pair(Weight::Tells, text));
    let said = examined(&[], &[one, other]);
    let text = "a counts no more: b took its place";
    assert_eq!(told(&said[1]), pair(Weight::Tells, text));
}

#[test]
fn a_symbol_names_what_it_replaces_where_only_one_piece_has_it() {
    let first = decision("a", "05/QĐ-UBND", "13/5/2025");
    let mut second = decision("b", "5/QĐ-UBND", "13/5/2026");
    let known = [recorded(&first, 1)];
    second.supersedes = texts(&["5/QD-UBND"]);
    let ids = |examined: &Examined| examined.evidence.clone().unwrap().supersedes;
    let found = examined(&known, std::slice::from_ref(&second));
    assert_eq!(ids(&found[0]), BTreeSet::from([EvidenceId::given(1)]));
    let mut sheet = first.clone();
    sheet.class = "E4".to_owned();
    let known = [recorded(&first, 1), recorded(&sheet, 2)];
    let several = examined(&known, std::slice::from_ref(&second));
    let text = "entry 1 may be MC-000001, MC-000002: give the id";
    assert_eq!(told(&several[0]), pair(Weight::Refuses, text));
    second.supersedes = texts(&["", "MC-000009"]);
    let absent = examined(&known, &[second]);
    let text = "entry 2 is not in the register, and does not stand earlier in this file";
    assert_eq!(told(&absent[0]), pair(Weight::Refuses, text));
}

#[test]
fn what_ends_because_of_a_piece_is_told() {
    let process = recorded(&decision("a", "663/QĐ-TTPVHCC", "13/5/2026"), 1);
    let mut publication = decision("b", "700/QĐ-UBND", "01/6/2026");
    publication.class = "E2".to_owned();
    publication.valid_from = "01/01/2027".to_owned();
    let anew = examined(std::slice::from_ref(&process), &[publication.clone()]);
    let text = "MC-000001 counts no more: b published the procedure 1.004222 anew";
    assert_eq!(
        told(&anew[0]),
        pair(Weight::Tells, text),
        "also from a later day on"
    );
    publication.codes.clear();
    publication.repeals = texts(&["1.004222"]);
    let repealed = examined(&[process], &[publication]);
    let expected = [
        (Weight::Tells, "repeals 1 codes".to_owned()),
        (
            Weight::Tells,
            "MC-000001 counts no more: b repealed the code 1.004222".to_owned(),
        ),
    ];
    assert_eq!(told(&repealed[0]), expected);
}

#[test]
fn the_same_document_twice_is_told() {
    let one = decision("a", "663/QĐ-TTPVHCC", "13/5/2026");
    let mut sheet = one.clone();
    sheet.class = "E4".to_owned();
    let mut again = sheet.clone();
    again.name = "b".to_owned();
    let told_of = told(&examined(&[recorded(&sheet, 1)], &[again])[0]);
    let text = "may be the same document as MC-000001";
    assert_eq!(told_of, pair(Weight::Warns, text));
}

#[test]
fn statements_that_no_rule_can_read_are_refused_and_unknown_ones_told() {
    let mut draft = decision("a", "663/QĐ-TTPVHCC", "13/5/2026");
    let statement = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    draft.statements = BTreeMap::from([statement("online_target", "120%")]);
    let said = &examined(&[], std::slice::from_ref(&draft))[0];
    assert!(said.is_refused(), "{:?}", told(said));
    assert_eq!(said.remarks.len(), 1);
    let field = said.remarks[0].field.clone().unwrap();
    assert_eq!(field.name(), "statements[online_target]");
    // Finer than a claim takes: refused, and never rounded to 100 %.
    draft.statements = BTreeMap::from([statement("online_target", "99.996%")]);
    let said = &examined(&[], std::slice::from_ref(&draft))[0];
    assert!(said.is_refused(), "{:?}", told(said));
    draft.statements = BTreeMap::from([statement("onlinetarget", "80%")]);
    let text = "no rule reads a statement of this name; look at the name again";
    assert_eq!(alone(&draft), pair(Weight::Warns, text));
}

#[test]
fn what_cannot_be_read_is_told_beside_the_rest() {
    let mut broken = decision("a", "663/QĐ-TTPVHCC", "30/02/2026");
    broken.supersedes = texts(&["MC-000001"]);
    let good = decision("b", "664/QĐ-TTPVHCC", "13/5/2026");
    let both = examined(&[], &[broken, good]);
    let broken: Vec<String> = told(&both[0]).into_iter().map(|it| it.1).collect();
    let expected = [
        "the calendar has no such day",
        "entry 1 is not in the register, and does not stand earlier in this file",
    ];
    assert_eq!(broken, expected);
    assert!(both[0].is_refused() && both[0].evidence.is_none());
    assert_eq!(told(&both[1]), []);
}

/// Field and English text of what refuses.
fn refusing(examined: &Examined) -> Vec<(String, String)> {
    let refusing = examined.remarks.iter().filter(|it| it.refuses());
    let pair = |it: &super::Remark| {
        let field = it.field.as_ref().map(|it| it.name().into_owned());
        (field.unwrap_or_default(), it.note.text(Language::English))
    };
    refusing.map(pair).collect()
}

#[test]
fn what_follows_from_the_rest_is_told_beside_what_cannot_be_read() {
    let known = [recorded(&decision("a", "663/QĐ-TTPVHCC", "13/5/2026"), 1)];
    let mut broken = decision("b", "664/QĐ-TTPVHCC", "13/5/2026");
    broken.title.clear();
    broken.sha256 = "x".to_owned();
    broken.services = texts(&["3", "ba", "26"]);
    broken.issuer_code = "H22".to_owned();
    let statement = ("online_target".to_owned(), "120%".to_owned());
    broken.statements = BTreeMap::from([statement]);
    let told = refusing(&examined(&known, std::slice::from_ref(&broken))[0]);
    let fields: Vec<&str> = told.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "service_numbers",
            "service_numbers",
            "title",
            "issuer_code",
            "supersedes",
            "sha256",
            "statements[online_target]",
        ],
        "{told:?}"
    );
    assert!(told[4].1.contains("MC-000001"), "{told:?}");
}

#[test]
fn nothing_is_told_that_only_follows_from_what_cannot_be_read() {
    let mut broken = decision("a", "khong so", "30/02/2026");
    broken.class = "E10".to_owned();
    broken.services = texts(&["ba"]);
    broken.valid_from = "31/04/2026".to_owned();
    broken.valid_to = "01/01/2027".to_owned();
    let mut after = decision("b", "664/QĐ-TTPVHCC", "13/5/2026");
    after.supersedes = texts(&["a"]);
    let both = examined(&[], &[broken, after]);
    let fields: Vec<String> = refusing(&both[0]).into_iter().map(|it| it.0).collect();
    assert_eq!(
        fields,
        [
            "class",
            "service_numbers",
            "symbol",
            "issued_on",
            "valid_from"
        ]
    );
    assert_eq!(both[0].remarks.len(), 5, "{:?}", told(&both[0]));
    assert_eq!(told(&both[1]), [], "what it takes the place of is there");
}

#[test]
fn a_draft_that_cannot_be_read_is_still_a_rival_of_the_next() {
    let mut broken = decision("a", "663/QĐ-TTPVHCC", "13/5/2026");
    broken.issuer.clear();
    let other = decision("b", "664/QĐ-TTPVHCC", "13/5/2026");
    let both = examined(&[], &[broken, other]);
    let text = "same day, class and code as a: say which takes the place of the other";
    assert_eq!(told(&both[1]), pair(Weight::Refuses, text));
}
