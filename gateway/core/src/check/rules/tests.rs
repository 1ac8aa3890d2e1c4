use jiff::SignedDuration;
use jiff::civil::date;

use super::{CheckRules, CheckRulesProblem, ShareBound};
use crate::check::finding::Criterion;
use crate::share::{Percent, Share};
use crate::target::Operator;

fn told(problems: &[CheckRulesProblem]) -> Vec<String> {
    problems.iter().map(CheckRulesProblem::to_string).collect()
}

#[test]
fn the_shipped_rules_have_every_criterion() {
    let rules = CheckRules::shipped().unwrap();
    assert!(Criterion::all().all(|it| rules.rule(it).is_some()));
    assert_eq!(rules.version(), "2026-11-1");
}

#[test]
fn the_rules_in_law_begin_on_their_days() {
    let rules = CheckRules::shipped().unwrap();
    let from = |number| {
        let law = rules.rule(Criterion::C(number))?.law.as_ref()?;
        law.days.from
    };
    assert_eq!(from(3), Some(date(2025, 10, 1)), "Chỉ thị 24/CT-TTg");
    assert_eq!(from(11), Some(date(2026, 7, 20)), "Quyết định 29/2026");
    let lawful: Vec<String> = Criterion::all()
        .filter(|it| rules.rule(*it).unwrap().law.is_some())
        .map(Criterion::id)
        .collect();
    assert_eq!(
        lawful,
        ["C3", "C6", "C7", "C9", "C11", "C12", "C13", "C14", "C15"]
    );
}

#[test]
fn a_province_changes_only_what_it_names() {
    let own = "version = \"H60-1\"\n[[criterion]]\nid = \"C1\"\nbound = \"5%\"\n\
               source = \"Quyết định của tỉnh\"\ncertainty = \"seen\"\n\
               [[criterion]]\nid = \"C6\"\nallowance_minutes = 15\nsource = \"x\"";
    let shipped = CheckRules::shipped().unwrap();
    let rules = shipped.extended_by(own).unwrap();
    assert_eq!(rules.version(), "2026-11-1+H60-1");
    let (rule, before) = (
        rules.rule(Criterion::C(1)).unwrap(),
        shipped.rule(Criterion::C(1)).unwrap(),
    );
    let bound = rule.bound.unwrap();
    assert_eq!(bound.percent, Percent::whole(5).unwrap());
    assert_eq!(bound.operator, before.bound.unwrap().operator);
    assert_eq!(rule.least_sample, before.least_sample);
    let status = rules.rule(Criterion::C(6)).unwrap();
    assert_eq!(status.allowance, SignedDuration::from_mins(15));
    assert_eq!(status.law, shipped.rule(Criterion::C(6)).unwrap().law);
    assert_eq!(rules.rule(Criterion::C(2)), shipped.rule(Criterion::C(2)));
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let own = "[[criterion]]\nid = \"C1\"\nbound = \"200%\"\nleast_sample = 0\nmost = 2\n\
               [[criterion]]\nid = \"C16\"\nsource = \"x\"\n\
               [[criterion]]\nid = \"C3\"\noperator = \"under\"\nsource = \"x\"\n\
               [criterion.law]\ndocument = \"y\"\nfrom = \"2025-02-30\"\n\
               operator = \"at-most\"\nbound = \"2%\"\ncertainty = \"seen\"\n\
               [[criterion]]\nid = \"C1\"\nsource = \"x\"";
    let shipped = CheckRules::shipped().unwrap();
    let problems = shipped.extended_by(own).unwrap_err();
    assert_eq!(
        told(&problems),
        [
            "`version` is missing",
            "C1 has `most`, which nothing reads there",
            "C1: `bound` is \"200%\", not a percentage from 0 to 100",
            "C1: `least_sample` is 0, not 1 to 1000000",
            "C1 has no `source`",
            "criterion 2: \"C16\" is not K1 to K9 or C1 to C15",
            "C3: `operator` is \"under\"; known are at-least, more-than, at-most, less-than, exactly",
            "C3: `law.from` is \"2025-02-30\", not a day such as 2025-10-01",
            "criterion 4: C1 stands there already",
        ]
    );
}

#[test]
fn a_result_is_not_called_unused_before_it_counts() {
    let shipped = CheckRules::shipped().unwrap();
    let never = shipped.rule(Criterion::C(8)).unwrap().least_days_for_never;
    assert_eq!(never, Some(180));
    let changed = |keys: &str| {
        let own = format!("version = \"t\"\n[[criterion]]\nsource = \"x\"\n{keys}");
        shipped.extended_by(&own).map_err(|it| told(&it))
    };
    let days = |days: i64| changed(&format!("id = \"C8\"\nleast_days_for_never = {days}"));
    let rules = days(8).unwrap();
    let rule = rules.rule(Criterion::C(8)).unwrap();
    assert_eq!(rule.least_days_for_never, Some(8));
    let refused = |days: i64| {
        vec![format!(
            "C8: `least_days_for_never` is {days}, not 8 to 3660"
        )]
    };
    for wrong in [-1, 0, 7, 3_661] {
        assert_eq!(
            days(wrong),
            Err(refused(wrong)),
            "within the week that is allowed"
        );
    }
    assert_eq!(
        changed("id = \"C7\"\nleast_days_for_never = 9"),
        Err(vec![
            "C7 has `least_days_for_never`, which nothing reads there".to_owned()
        ])
    );
}

#[test]
fn a_province_names_its_departments_in_its_own_way() {
    let own = "version = \"t\"\n[[department]]\nrole = \"Một cửa\"\n\
               names = [\"Bộ phận Một cửa UBND xã Hòa Thử\"]";
    let rules = CheckRules::shipped().unwrap().extended_by(own).unwrap();
    let role = |name: &str| rules.departments().get(&crate::name::spelling_key(name));
    assert_eq!(
        role("BỘ PHẬN MỘT CỬA  UBND xã Hoà Thử"),
        role("Một cửa"),
        "the place of the tone does not matter"
    );
    assert!(role("Một cửa").is_some());
    assert_eq!(role("Hòa giải"), None);
    let nameless = "version = \"t\"\n[[department]]\nnames = [\"a\"]";
    let problems = CheckRules::shipped().unwrap().extended_by(nameless);
    assert_eq!(told(&problems.unwrap_err()), ["department 1 has no `role`"]);
}

#[test]
fn a_file_without_a_criterion_is_no_set_of_rules() {
    let problems = CheckRules::parse("version = \"1\"").unwrap_err();
    assert_eq!(problems.len(), Criterion::all().count());
    assert_eq!(problems[0].to_string(), "there is no entry for K1");
}

#[test]
fn a_bound_is_met_exactly_at_its_value_where_it_includes_it() {
    let two = Percent::whole(2).unwrap();
    let keeps = |operator, part| {
        let bound = ShareBound {
            operator,
            percent: two,
        };
        bound.keeps(Share::new(part, 100).unwrap())
    };
    assert_eq!(keeps(Operator::AtMost, 2), Some(true));
    assert_eq!(keeps(Operator::AtMost, 3), Some(false));
    assert_eq!(keeps(Operator::LessThan, 2), Some(false));
    assert_eq!(keeps(Operator::AtLeast, 2), Some(true));
    assert_eq!(keeps(Operator::MoreThan, 2), Some(false));
    assert_eq!(keeps(Operator::Exactly, 2), Some(true));
    let nothing = Share::new(0, 0).unwrap();
    let bound = ShareBound {
        operator: Operator::AtMost,
        percent: two,
    };
    assert_eq!(bound.keeps(nothing), None);
}
