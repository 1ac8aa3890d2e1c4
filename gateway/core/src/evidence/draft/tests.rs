//! Drafts with one thing wrong after another.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};

use super::{DraftField, DraftProblem, EvidenceDraft, Wrong};
use crate::evidence::{Evidence, EvidenceClass};
use crate::report::Language;

fn today() -> Date {
    date(2026, 11, 22)
}

fn texts(all: &[&str]) -> Vec<String> {
    all.iter().map(|&text| text.to_owned()).collect()
}

fn draft() -> EvidenceDraft {
    EvidenceDraft {
        name: "row-2".to_owned(),
        class: "E3".to_owned(),
        services: texts(&["3"]),
        codes: texts(&["1.004222"]),
        units: texts(&["H60.12"]),
        symbol: "663/QĐ-TTPVHCC".to_owned(),
        title: "Phê duyệt quy trình nội bộ".to_owned(),
        issuer: "UBND tỉnh thử nghiệm".to_owned(),
        issuer_code: "H60".to_owned(),
        signer: "Nguyễn Văn Thử".to_owned(),
        issued_on: "13/5/2026".to_owned(),
        valid_from: "2026-06-01".to_owned(),
        valid_to: "ngày 31 tháng 12 năm 2026".to_owned(),
        supersedes: texts(&["MC-000001"]),
        repeals: Vec::new(),
        sha256: "0a".repeat(32),
        address: "https://vanban.example/663".to_owned(),
        compared_on: "01/6/2026".to_owned(),
        compared_by: "CB-01".to_owned(),
        statements: BTreeMap::from([("steps_before".to_owned(), "7".to_owned())]),
    }
}

fn problems(draft: &EvidenceDraft) -> Vec<(String, String)> {
    let pair = |it: DraftProblem| {
        (
            it.field.name().into_owned(),
            it.wrong.text(Language::English),
        )
    };
    match draft.read(today()) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.into_iter().map(pair).collect(),
    }
}

fn only(draft: &EvidenceDraft) -> (String, String) {
    let mut problems = problems(draft);
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems.remove(0)
}

#[test]
fn a_whole_draft_is_read_in_every_form_of_a_date() {
    let Ok(Evidence {
        class,
        issued_on,
        valid_from,
        valid_to,
        symbol,
        compared,
        ..
    }) = draft().read(today())
    else {
        panic!("nothing is wrong with it");
    };
    assert_eq!(class, EvidenceClass::ProcessDecision);
    assert_eq!(issued_on, date(2026, 5, 13));
    assert_eq!(valid_from, date(2026, 6, 1));
    assert_eq!(valid_to, Some(date(2026, 12, 31)));
    assert_eq!(symbol.unwrap().to_string(), "663/QĐ-TTPVHCC");
    assert_eq!(compared.unwrap().on, date(2026, 6, 1));
}

#[test]
fn without_a_first_day_it_counts_from_its_issue_and_a_later_one_is_fine() {
    let mut draft = draft();
    draft.valid_from.clear();
    assert_eq!(draft.read(today()).unwrap().valid_from, date(2026, 5, 13));
    draft.valid_to.clear();
    draft.valid_from = "01/01/2027".to_owned();
    assert_eq!(draft.read(today()).unwrap().valid_from, date(2027, 1, 1));
}

#[test]
fn nothing_that_is_needed_may_be_missing() {
    let missing: Vec<String> = problems(&EvidenceDraft::default())
        .into_iter()
        .map(|(field, why)| {
            assert_eq!(why, "is required");
            field
        })
        .collect();
    let needed = [
        "class",
        "service_numbers",
        "title",
        "issuer",
        "issued_on",
        "sha256",
    ];
    assert_eq!(missing, needed);
}

#[test]
fn no_date_is_bent() {
    let told = |text: &str| {
        let mut draft = draft();
        text.clone_into(&mut draft.issued_on);
        only(&draft).1
    };
    assert_eq!(told("30/02/2026"), "the calendar has no such day");
    assert_eq!(told("13/5/26"), "the year must have four digits");
    assert_eq!(told("05/27/2026"), "the calendar has no such day");
    assert!(told("tháng 5 năm 2026").starts_with("a date has the form"));
    assert_eq!(told("01/01/1900"), "the year is before 1945");
}

#[test]
fn nothing_was_issued_or_compared_after_today() {
    let mut late = draft();
    late.issued_on = "23/11/2026".to_owned();
    late.valid_from.clear();
    late.compared_on = "23/11/2026".to_owned();
    let after = "is after the present day (2026-11-22)".to_owned();
    let both = [
        ("issued_on".to_owned(), after.clone()),
        ("checked_on".to_owned(), after),
    ];
    assert_eq!(problems(&late), both);
    late.issued_on = "22/11/2026".to_owned();
    late.compared_on = "22/11/2026".to_owned();
    assert_eq!(problems(&late), [], "today is not the future");
}

#[test]
fn days_do_not_go_backwards() {
    let mut draft = draft();
    draft.valid_to = "31/5/2026".to_owned();
    assert_eq!(only(&draft).1, "is before the first day (2026-06-01)");
    draft.valid_to = "01/6/2026".to_owned();
    assert_eq!(problems(&draft), [], "one day is enough");
    draft.compared_on = "12/5/2026".to_owned();
    let told = only(&draft);
    assert_eq!(told.0, "checked_on");
    assert_eq!(told.1, "is before the day of issue (2026-05-13)");
}

#[test]
fn who_compared_it_and_when_belong_together() {
    let mut draft = draft();
    draft.compared_by.clear();
    assert_eq!(only(&draft).0, "checked_by");
    draft.compared_by = "CB-01".to_owned();
    draft.compared_on.clear();
    assert_eq!(only(&draft).0, "checked_on");
}

#[test]
fn entries_of_lists_are_counted_and_told_one_by_one() {
    let mut draft = draft();
    draft.services = texts(&["3", "0", "ba"]);
    draft.codes = texts(&["1.004222", "", "1.4222"]);
    draft.units = texts(&["H60!"]);
    draft.repeals = texts(&["x"]);
    let fields: Vec<(String, bool)> = problems(&draft)
        .into_iter()
        .map(|(field, why)| (field, why.starts_with("entry ")))
        .collect();
    let expected = [
        "service_numbers",
        "service_numbers",
        "procedure_codes",
        "unit_codes",
        "repealed_procedure_codes",
    ];
    assert_eq!(fields, expected.map(|field| (field.to_owned(), true)));
    let Err(told) = draft.read(today()) else {
        panic!("much is wrong with it");
    };
    assert_eq!(told[2].wrong, Wrong::Code { entry: 3 });
}

#[test]
fn an_issuer_behind_the_symbol_is_no_part_of_it() {
    let mut draft = draft();
    draft.symbol = "4591 (VPCP)".to_owned();
    assert_eq!(
        draft.read(today()).unwrap().symbol.unwrap().to_string(),
        "4591"
    );
    draft.symbol = "Quyết định".to_owned();
    assert_eq!(only(&draft).0, "symbol");
}

#[test]
fn hashes_and_names_have_their_form() {
    let mut draft = draft();
    draft.sha256 = "0a".repeat(31);
    assert_eq!(only(&draft).1, "a SHA-256 is 64 hexadecimal digits");
    draft.sha256 = "0A".repeat(32);
    assert_eq!(problems(&draft), []);
    draft.name = "mc-000007".to_owned();
    assert_eq!(only(&draft).0, "evidence_id");
}

#[test]
fn a_hash_of_zeros_is_the_hash_of_no_file() {
    let mut draft = draft();
    draft.sha256 = "0".repeat(64);
    let told = "is all zeros and not a real hash: compute it from the file";
    assert_eq!(only(&draft), ("sha256".to_owned(), told.to_owned()));
    draft.sha256 = format!("{}1", "0".repeat(63));
    assert_eq!(problems(&draft), []);
}

#[test]
fn statements_have_names_of_small_letters() {
    let mut draft = draft();
    draft.statements = BTreeMap::from([
        ("Số bước".to_owned(), "7".to_owned()),
        ("hours".to_owned(), "16\u{1b}[2J".to_owned()),
        ("empty".to_owned(), " ".to_owned()),
    ]);
    let told = problems(&draft);
    assert!(told.iter().all(|(_, text)| !text.contains("Số bước")));
    let fields: Vec<String> = told.into_iter().map(|it| it.0).collect();
    assert_eq!(fields, ["statements", "statements[hours]"]);
}

#[test]
fn no_problem_repeats_what_stands_there() {
    let mut draft = draft();
    draft.signer = "Bà Lê Thị Thử\u{7}".to_owned();
    draft.codes = texts(&["001099000001"]);
    draft.units = texts(&["001099000001"]);
    let Err(problems) = draft.read(today()) else {
        panic!("much is wrong with it");
    };
    for DraftProblem { field, wrong } in &problems {
        for language in [Language::Vietnamese, Language::English] {
            let text = format!("{field:?} {wrong:?} {}", wrong.text(language));
            assert!(!text.contains("001099000001"), "{text}");
            assert!(!text.contains("Thử\u{7}"), "{text}");
        }
    }
    assert_eq!(problems.len(), 3);
    assert_eq!(problems[2].field, DraftField::Signer);
    assert!(!format!("{draft:?}").contains("Lê Thị"));
}
