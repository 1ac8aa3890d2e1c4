use jiff::civil::date;

use super::*;

const TABLE: &str = r#"
catalogue = "2026-07-01"
complete = ["result"]

[[entries]]
kind = "procedure"
local = "1.004222.H22"
national = "1.004222"
valid_from = "2025-07-01"
valid_to = "2025-12-31"

[[entries]]
kind = "procedure"
local = "1.004222.H22"
national = "3.000181"
valid_from = "2026-01-01"

[[entries]]
kind = "result"
local = "KQ.G07.000122"
national = "KQ.G07.000122"
valid_from = "2025-07-01"
"#;

fn problems(text: &str) -> String {
    let found = MappingTable::parse(text).expect_err("the table was taken");
    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

#[test]
fn a_code_is_what_the_portal_calls_it_on_the_day_of_sending() {
    let table = MappingTable::parse(TABLE).unwrap();
    let on = |day| table.translate(CodeKind::Procedure, "1.004222.H22", day);
    assert_eq!(on(date(2025, 6, 30)), Translation::Same);
    assert_eq!(on(date(2025, 7, 1)), Translation::To("1.004222"));
    assert_eq!(on(date(2025, 12, 31)), Translation::To("1.004222"));
    assert_eq!(on(date(2026, 1, 1)), Translation::To("3.000181"));
    assert_eq!(table.catalogue(), Some(date(2026, 7, 1)));
    assert_eq!((table.len(), table.is_empty()), (3, false));
}

#[test]
fn a_code_that_is_not_in_the_table_is_missing_only_where_the_table_is_complete() {
    let table = MappingTable::parse(TABLE).unwrap();
    let day = date(2026, 7, 2);
    for (kind, code, expected) in [
        (CodeKind::Procedure, "2.000815", Translation::Same),
        (CodeKind::Result, "KQ.G07.000122", Translation::Same),
        (CodeKind::Result, "KQ.G07.000123", Translation::Missing),
        // The same text as a code of another kind.
        (CodeKind::Component, "1.004222.H22", Translation::Same),
    ] {
        assert_eq!(table.translate(kind, code, day), expected, "{code}");
    }
}

#[test]
fn no_table_changes_nothing() {
    let table = MappingTable::default();
    assert!(table.is_idle());
    assert_eq!(table.catalogue(), None);
    for kind in CodeKind::ALL {
        let same = table.translate(kind, "1.004222", date(2026, 7, 2));
        assert_eq!(same, Translation::Same);
    }
}

#[test]
fn every_problem_is_reported_at_once() {
    let text = r#"
catalogue = "July"
complete = ["procedures", "agency"]

[[entries]]
kind = "procedur"
local = "1.004222"
national = "anything"
valid_from = "2025-07-01"

[[entries]]
kind = "field"
local = "G01"
national = "G01-CA5"
valid_from = "2025-02-30"
valid_to = "never"

[[entries]]
local = "H22.1"

[[entries]]
kind = "agency"
local = "000.00.01.H22"
national = "H22.1"
valid_from = "2025-07-01"
valid_to = "2025-06-30"
"#;
    insta::assert_snapshot!(problems(text), @r#"
    `catalogue` is not a day such as 2026-07-01
    `complete` names the unknown kind "procedures"; known are procedure, field, agency, component, result
    entry 1 is of the unknown kind "procedur"; known are procedure, field, agency, component, result
    entry 2: `local` is not a field code
    entry 2: `national` is not a field code
    entry 2: `valid_from` is not a day such as 2026-07-01
    entry 2: `valid_to` is not a day such as 2026-07-01
    entry 3 has no `kind`
    entry 3 has no `national`
    entry 3 has no `valid_from`
    entry 4 ends before it begins
    "#);
}

/// Two entries for one code, the second with these days.
fn two_entries(national: &str, days: &str) -> String {
    format!(
        r#"
catalogue = "2026-07-01"
[[entries]]
kind = "agency"
local = "000.00.01.H22"
national = "H22.1"
valid_from = "2025-07-01"
valid_to = "2025-12-31"
[[entries]]
kind = "agency"
local = "000.00.01.H22"
national = "{national}"
{days}
"#
    )
}

#[test]
fn two_answers_for_one_code_and_day_are_refused() {
    for days in [
        "valid_from = \"2025-12-31\"",
        "valid_from = \"2025-01-01\"\nvalid_to = \"2025-07-01\"",
        "valid_from = \"2025-08-01\"\nvalid_to = \"2025-08-02\"",
        "valid_from = \"2025-01-01\"",
    ] {
        assert_eq!(
            problems(&two_entries("H22.2", days)),
            "entry 2 and entry 1 are for one code and count on the same days",
            "{days}"
        );
    }
    for days in [
        "valid_from = \"2026-01-01\"",
        "valid_from = \"2025-01-01\"\nvalid_to = \"2025-06-30\"",
    ] {
        assert!(MappingTable::parse(&two_entries("H22.2", days)).is_ok());
    }
    let same = two_entries(
        "H22.1",
        "valid_from = \"2025-07-01\"\nvalid_to = \"2025-12-31\"",
    );
    assert_eq!(problems(&same), "entry 2 is the same as entry 1");
}

#[test]
fn what_is_no_table_says_so() {
    for text in ["", "catalogue = ", "catalogue = \"2026-07-01\"\nentry = 1"] {
        let found = MappingTable::parse(text).expect_err(text);
        assert!(
            matches!(found.as_slice(), [MappingProblem::Syntax(_)]),
            "{text}: {found:?}"
        );
    }
}
