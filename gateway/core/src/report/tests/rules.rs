//! The data file of the report rules.

use crate::lateness::{LateReading, RateKind};
use crate::report::{ReportRules, ReportRulesProblem};

#[test]
fn the_shipped_rules_are_read() {
    let rules = ReportRules::shipped().unwrap();
    assert_eq!((rules.limit, rules.horizons()), (5, [30, 60, 90]));
    assert_eq!(rules.most_rows, 20_000);
    assert_eq!(rules.version(), "2026-11-2");
}

#[test]
fn everything_wrong_with_the_rules_is_told_at_once() {
    let text = r#"
        version = " "
        [small_cells]
        limit = 2
        source = "s"
        certainty = "seen"
        [tables]
        most_rows = 100
        source = "s"
        certainty = "seen"
        [expiry]
        horizons = [60, 30, 90]
        source = "s"
        certainty = "seen"
        [changes]
        tolerance_points = "101"
        source = "s"
        certainty = "seen"
        [late]
        compared = "R4"
        reading = "never"
        source = "s"
        certainty = "seen"
    "#;
    let problems = ReportRules::parse(text).unwrap_err();
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "`version` is missing",
            "small_cells: `limit` is 2; it is 1, which hides nothing, or 3 to 100",
            "tables: `most_rows` is 100; it is 5000 to 100000",
            "expiry: `horizons` are three growing numbers of days from 1 to 3660",
            "changes: `tolerance_points` is \"101\", not a number of points from 0 to 100",
            "late: `compared` is \"R4\"; known are R1, R2, R3",
            "late: `reading` is \"never\"; known are while-waiting, for-good",
        ]
    );
    assert!(matches!(
        ReportRules::parse("version = 1").unwrap_err()[..],
        [ReportRulesProblem::Syntax(_)]
    ));
}

#[test]
fn a_file_of_the_province_has_only_what_is_otherwise() {
    let shipped = ReportRules::shipped().unwrap();
    let own = "version = \"tỉnh-1\"\n[late]\ncompared = \"R3\"\nreading = \"for-good\"\n\
        source = \"s\"\ncertainty = \"seen\"\n";
    let rules = shipped.extended_by(own).unwrap();
    assert_eq!(rules.version(), "2026-11-2+tỉnh-1");
    assert_eq!(rules.compared, RateKind::Exposure);
    assert_eq!(rules.reading(), LateReading::ForGood);
    assert_eq!((rules.limit, rules.horizons()), (5, [30, 60, 90]));
    let told = |problems: Vec<ReportRulesProblem>| -> Vec<String> {
        problems.iter().map(ToString::to_string).collect()
    };
    let wrong = own.replace("R3", "R9").replace("tỉnh-1", "");
    assert_eq!(
        told(shipped.extended_by(&wrong).unwrap_err()),
        [
            "`version` is missing",
            "late: `compared` is \"R9\"; known are R1, R2, R3"
        ]
    );
    assert_eq!(
        told(ReportRules::parse(own).unwrap_err()),
        [
            "[small_cells] is missing",
            "[tables] is missing",
            "[expiry] is missing",
            "[changes] is missing"
        ]
    );
}
