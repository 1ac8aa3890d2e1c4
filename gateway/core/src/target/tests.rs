//! The targets of administration.md 1.1, on either side of each bound.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;
use crate::share::{Percent, Share};

const SHIPPED: &str = include_str!("../../data/targets.toml");

fn register() -> TargetRegister {
    TargetRegister::parse(SHIPPED).unwrap()
}

fn share(part: u64, whole: u64) -> Measured {
    Measured::Share(Share::new(part, whole).unwrap())
}

fn percent(text: &str) -> Percent {
    Percent::parse(text).unwrap()
}

fn outcome(id: &str, measured: &Measured) -> Outcome {
    register().target(id).unwrap().evaluate(measured)
}

#[test]
fn the_shipped_register_holds_t1_to_t13() {
    let register = register();
    let ids: Vec<&str> = register.targets().iter().map(|it| it.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "T1",
            "T2",
            "T3",
            "T4",
            "T5",
            "T6",
            "T7",
            "T8",
            "T9",
            "T10",
            "T11/province",
            "T11/district",
            "T11/commune",
            "T12/province",
            "T12/district",
            "T12/commune",
            "T13"
        ]
    );
}

#[test]
fn operators_include_the_bound_where_the_text_does() {
    use Outcome::{ConsequenceFollows, Met, Missed, NoConsequence, NothingDemanded};
    for (id, part, of_ten_thousand) in [
        ("T1", 499, NoConsequence),
        ("T1", 500, ConsequenceFollows),
        ("T2", 8_000, ConsequenceFollows),
        ("T2", 8_001, NoConsequence),
        ("T3", 999, NoConsequence),
        ("T3", 1_000, ConsequenceFollows),
        ("T7", 200, Met),
        ("T7", 201, Missed),
        ("T8", 9_000, Missed),
        ("T8", 9_001, Met),
        ("T9", 9_999, Missed),
        ("T9", 10_000, Met),
        ("T10", 7_000, NothingDemanded),
        ("T11/province", 3_000, Met),
        ("T11/district", 1_999, Missed),
        ("T11/commune", 1_500, Met),
        ("T13", 1_999, Missed),
        ("T13", 2_000, Met),
    ] {
        let expected = of_ten_thousand;
        assert_eq!(outcome(id, &share(part, 10_000)), expected, "{id}: {part}");
    }
    assert_eq!(
        outcome("T2", &Measured::Percent(percent("80"))),
        ConsequenceFollows
    );
}

#[test]
fn growth_is_counted_in_points_until_all_is_done() {
    let grown = |from, to| {
        let (from, to) = (percent(from), percent(to));
        outcome("T12/province", &Measured::Growth { from, to })
    };
    assert_eq!(grown("30", "50"), Outcome::Met);
    assert_eq!(grown("30", "49.99"), Outcome::Missed);
    assert_eq!(grown("50", "30"), Outcome::Missed);
    assert_eq!(grown("90", "100"), Outcome::Met);
    assert_eq!(grown("100", "100"), Outcome::Met);
}

#[test]
fn ranks_count_in_consecutive_years() {
    use Rank::{Average, Excellent, Fair, Good, Weak};
    let ranked = |id: &str, ranks: &[(i16, Rank)]| {
        let ranks = ranks.iter().map(|&(year, rank)| YearRank { year, rank });
        outcome(id, &Measured::Ranks(ranks.collect()))
    };
    let (follows, nothing) = (Outcome::ConsequenceFollows, Outcome::NoConsequence);
    assert_eq!(ranked("T4", &[(2024, Average), (2025, Average)]), follows);
    assert_eq!(ranked("T4", &[(2025, Average), (2024, Fair)]), nothing);
    assert_eq!(
        ranked("T4", &[(2023, Average), (2025, Average)]),
        Outcome::NoData
    );
    assert_eq!(ranked("T4", &[(2025, Fair)]), nothing);
    assert_eq!(ranked("T4", &[]), Outcome::NoData);
    assert_eq!(ranked("T5", &[(2024, Good), (2025, Weak)]), follows);
    assert_eq!(ranked("T5", &[(2024, Weak), (2025, Average)]), nothing);
    for (rank, expected) in [
        (Fair, Outcome::Missed),
        (Good, Outcome::Met),
        (Excellent, Outcome::Met),
    ] {
        assert_eq!(ranked("T6", &[(2025, rank)]), expected);
    }
}

#[test]
fn nothing_measured_and_another_figure_settle_nothing() {
    assert_eq!(outcome("T1", &share(0, 0)), Outcome::NoData);
    assert_eq!(
        outcome("T1", &Measured::Ranks(Vec::new())),
        Outcome::OtherFigure
    );
    assert_eq!(outcome("T4", &share(1, 2)), Outcome::OtherFigure);
    assert_eq!(outcome("T12/commune", &share(1, 2)), Outcome::OtherFigure);
}

#[test]
fn targets_count_for_their_days_and_their_tier() {
    let register = register();
    let counting = |metric, scope, day: Date| -> Vec<&str> {
        let targets = register.counting(metric, scope, day);
        targets.map(|it| it.id.as_str()).collect()
    };
    let late = Metric::LateDossiers;
    assert_eq!(counting(late, Scope::Unit, date(2026, 10, 1)), ["T1"]);
    assert!(counting(late, Scope::Unit, date(2022, 10, 26)).is_empty());
    assert_eq!(counting(late, Scope::OneStop, date(2025, 6, 30)), ["T7"]);
    assert!(counting(late, Scope::OneStop, date(2025, 7, 1)).is_empty());
    let plan = Metric::PlanCompletion;
    assert_eq!(counting(plan, Scope::Unit, date(2022, 12, 31)), ["T9"]);
    assert!(counting(plan, Scope::Unit, date(2023, 1, 1)).is_empty());
}

#[test]
fn the_schedule_is_the_table_of_the_page() {
    let schedule = DigitisationSchedule::implied_by(&register()).unwrap();
    for (level, row) in [
        (Scope::Province, [30, 50, 70, 90, 100, 100].map(Some)),
        (
            Scope::District,
            [Some(20), Some(40), Some(60), Some(80), Some(100), None],
        ),
        (Scope::Commune, [15, 35, 55, 75, 95, 100].map(Some)),
    ] {
        for (year, expected) in (2021..).zip(row) {
            let expected = expected.and_then(Percent::whole);
            assert_eq!(schedule.required(level, year), expected, "{level:?} {year}");
        }
        assert_eq!(schedule.required(level, 2020), None);
    }
    assert_eq!(schedule.required(Scope::Officer, 2022), None);
}

#[test]
fn everything_wrong_is_told_at_once() {
    let text = "version = \"1\"\n\
        [[target]]\nid = \"T1\"\nmetric = \"late-dossiers\"\noperator = \"about\"\n\
        value = \"105%\"\nrank = \"tốt\"\nsense = \"bars\"\nscope = \"unit\"\n\
        consequence = \"c\"\nauthority = \"a\"\nunit = \"Hà Nội\"\ndocument = \"d\"\n\
        valid_from = \"2022-02-30\"\nsource = \"s\"\ncertainty = \"seen\"\n\
        validity_certainty = \"sure\"\n\
        [[target]]\nid = \"T1\"\nmetric = \"reform-rank\"\noperator = \"exactly\"\n\
        value = \"5%\"\nrank = \"giỏi\"\nyears = 0\nsense = \"bars\"\nscope = \"head\"\n\
        consequence = \"c\"\nauthority = \" \"\ndocument = \"d\"\n\
        valid_from = \"2022-10-27\"\nvalid_to = \"2022-10-26\"\nsource = \"s\"\n\
        certainty = \"seen\"\nvalidity_certainty = \"seen\"\n\
        [[target]]\nmetric = \"late-dossiers\"\n";
    let problems = TargetRegister::parse(text).unwrap_err();
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "target 1: `operator` is \"about\"; known are at-least, more-than, at-most, \
             less-than, exactly",
            "target 1 has `rank`, which does not go with its metric",
            "target 1: \"105%\" is not a percentage from 0 to 100",
            "target 1: `unit` is not an agency code",
            "target 1: `valid_from` is \"2022-02-30\", not a day such as 2026-07-01",
            "target 1: `validity_certainty` is \"sure\"; known are seen, inferred, unverified",
            "target 2 has the `id` of target 1",
            "target 2 has `value`, which does not go with its metric",
            "target 2: `rank` is \"giỏi\"; known are yếu, trung bình, khá, tốt, xuất sắc",
            "target 2: 0 is not a number of years from 1 to 10",
            "target 2 ends before it begins",
            "target 2 has no `authority`",
            "target 3 has no `operator`",
            "target 3 has no `value`",
            "target 3 has no `sense`",
            "target 3 has no `scope`",
            "target 3 has no `valid_from`",
            "target 3 has no `certainty`",
            "target 3 has no `validity_certainty`",
            "target 3 has no `id`",
            "target 3 has no `consequence`",
            "target 3 has no `authority`",
            "target 3 has no `document`",
            "target 3 has no `source`",
        ]
    );
    assert_eq!(
        TargetRegister::parse("version = \"1\""),
        Err(vec![TargetProblem::Empty])
    );
    assert!(matches!(
        TargetRegister::parse("bounds = 1").unwrap_err()[..],
        [TargetProblem::Syntax(_)]
    ));
}

proptest! {
    #[test]
    fn a_higher_share_never_takes_a_consequence_of_lateness_away(
        part in 0u64..1_000, more in 0u64..1_000, whole in 2_000u64..4_000
    ) {
        let follows = |part| outcome("T1", &share(part, whole)) == Outcome::ConsequenceFollows;
        prop_assert!(follows(part + more) || !follows(part));
    }

    #[test]
    fn any_text_is_answered_without_panic(text in any::<String>()) {
        prop_assert!(TargetRegister::parse(&text).is_err());
    }
}
