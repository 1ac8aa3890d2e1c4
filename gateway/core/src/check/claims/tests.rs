use std::collections::BTreeMap;

use jiff::civil::time;
use proptest::prelude::*;

use super::{ClaimProblem, ClaimValue, Claims, Statement};
use crate::calendar::TimeLimit;
use crate::citizen::CitizenField;
use crate::evidence::EvidenceClass;
use crate::share::Percent;

fn read(class: EvidenceClass, name: &str, text: &str) -> Result<ClaimValue, Vec<ClaimProblem>> {
    let statements = BTreeMap::from([(name.to_owned(), text.to_owned())]);
    let claims = Claims::read(class, &statements)?;
    let statement = Statement::from_name(name).unwrap();
    Ok(claims.get(statement).unwrap().value.clone())
}

/// Read by a class that may state it.
fn value(name: &str, text: &str) -> Result<ClaimValue, Vec<ClaimProblem>> {
    let statement = Statement::from_name(name).unwrap();
    read(statement.classes()[0], name, text)
}

/// The problems in English.
fn told(name: &str, text: &str) -> Vec<String> {
    let problems = value(name, text).unwrap_err();
    problems.iter().map(ClaimProblem::to_string).collect()
}

#[test]
fn time_limits_are_read_in_every_unit_in_which_they_are_published() {
    for (text, limit) in [
        ("16 giờ làm việc", TimeLimit::WorkingHours(16)),
        ("2 ngày làm việc", TimeLimit::WorkingDays(2)),
        (" 2  Ngày   làm việc ", TimeLimit::WorkingDays(2)),
        ("10 ngày", TimeLimit::CalendarDays(10)),
        ("24 giờ", TimeLimit::Hours(24)),
        ("1 tháng", TimeLimit::Months(1)),
        ("trong ngày", TimeLimit::WorkingDays(0)),
        ("Trong ngày làm việc", TimeLimit::WorkingDays(0)),
        ("3 working days", TimeLimit::WorkingDays(3)),
    ] {
        assert_eq!(value("time_limit", text), Ok(ClaimValue::Limit(limit)));
    }
    for text in ["16", "16 giờ hành chính", "hai ngày", "1,5 ngày", "-2 ngày"] {
        assert!(
            matches!(
                value("time_limit", text).unwrap_err()[..],
                [ClaimProblem::Form { .. }]
            ),
            "{text}"
        );
    }
    assert_eq!(
        told("time_limit", "0 giờ làm việc"),
        ["time_limit: 0 is not from 1 to 2000"]
    );
    assert_eq!(
        told("time_limit", "9999 giờ làm việc"),
        ["time_limit: 9999 is not from 1 to 2000"]
    );
}

#[test]
fn papers_fields_and_results_are_read_as_lists() {
    let papers = value(
        "papers_replaced",
        "000.00.00.G01-KQ000001 = CSDLQGDC;\n000.00.00.G01-KQ000002; ",
    );
    let Ok(ClaimValue::Papers(papers)) = papers else {
        panic!("{papers:?}");
    };
    let papers: Vec<(&str, Option<&str>)> = papers
        .iter()
        .map(|it| (it.component.as_str(), it.source.as_deref()))
        .collect();
    assert_eq!(
        papers,
        [
            ("000.00.00.G01-KQ000001", Some("CSDLQGDC")),
            ("000.00.00.G01-KQ000002", None)
        ]
    );
    let fields = value(
        "fields_from_population",
        "Họ và tên = full_name; birth; Ngày sinh = birth",
    );
    let both = [CitizenField::FullName, CitizenField::Birth].into();
    assert_eq!(fields, Ok(ClaimValue::Fields(both)));
    assert!(value("result_codes", "KQ.G01.000001; KQ.G01.000002").is_ok());
}

#[test]
fn unknown_codes_and_fields_are_refused_with_what_stands_there() {
    assert_eq!(
        told("papers_cut", "000.00.00.G01-KQ1; x"),
        [
            "papers_cut: \"000.00.00.G01-KQ1\" is no code of that kind; expected is component codes \
          separated by semicolons, each with or without its source: 000.00.00.G01-KQ000001 = CSDLQGDC"
        ]
    );
    assert_eq!(
        told(
            "papers_cut",
            "000.00.00.G01-KQ000001; 000.00.00.G01-KQ000001"
        ),
        ["papers_cut: \"000.00.00.G01-KQ000001\" stands there twice"]
    );
    assert_eq!(
        told("fields_from_population", "full_name; so_thich"),
        ["fields_from_population: the population database has no field \"so_thich\""]
    );
    assert!(value("result_codes", "KQ.G01.1").is_err());
    assert!(value("papers_cut", " ; ").is_err());
}

#[test]
fn a_percentage_above_a_hundred_is_refused() {
    let eighty = ClaimValue::Percent(Percent::whole(80).unwrap());
    assert_eq!(value("lookup_target", "80%"), Ok(eighty));
    assert_eq!(
        told("lookup_target", "120%"),
        ["lookup_target: \"120%\" is more than 100 %"]
    );
    let problems = value("lookup_target", "120%").unwrap_err();
    assert_eq!(problems[0].text_vi(), "“120%” vượt quá 100%");
    assert_eq!(problems[0].statement(), Statement::LookupTarget);
}

#[test]
fn hour_figures_are_positive_and_as_many_as_the_steps() {
    let hours = ClaimValue::StepHours(vec![200, 850, 25]);
    assert_eq!(value("step_hours", "2; 8,5; 0.25"), Ok(hours));
    for text in ["0", "2; -1", "2; hai", "1001", "2,555", "2; ,5"] {
        assert!(value("step_hours", text).is_err(), "{text}");
    }
    let statements = |hours: &str| {
        BTreeMap::from([
            ("steps".to_owned(), "Một cửa > Tư pháp → Một cửa".to_owned()),
            ("step_hours".to_owned(), hours.to_owned()),
        ])
    };
    let process = EvidenceClass::ProcessDecision;
    assert!(Claims::read(process, &statements("2; 8; 2")).is_ok());
    let (steps, hours) = (3, 2);
    assert_eq!(
        Claims::read(process, &statements("2; 8")),
        Err(vec![ClaimProblem::StepHours { steps, hours }])
    );
}

#[test]
fn the_other_forms_are_read() {
    let steps = ["Một cửa", "Tư pháp - Hộ tịch", "Lãnh đạo"].map(str::to_owned);
    assert_eq!(
        value("steps", "Một cửa > Tư pháp - Hộ tịch > Lãnh đạo"),
        Ok(ClaimValue::Steps(steps.into()))
    );
    assert!(value("steps", "Một cửa > > Lãnh đạo").is_err());
    for (text, flag) in [("Có", true), ("yes", true), ("KHÔNG", false), ("0", false)] {
        assert_eq!(value("full_online", text), Ok(ClaimValue::Flag(flag)));
    }
    assert!(value("full_online", "một phần").is_err());
    assert_eq!(
        value("cut_off", "15:00"),
        Ok(ClaimValue::CutOff(time(15, 0, 0, 0)))
    );
    assert!(value("cut_off", "25:00").is_err());
    for text in ["2", "mức 2", "VNeID mức độ 2"] {
        assert_eq!(value("identity_level", text), Ok(ClaimValue::Number(2)));
    }
    assert!(value("identity_level", "4").is_err());
    for text in ["1.024.000 đ", "1024000", "1 024 000 đồng", "1,024,000 VND"] {
        assert_eq!(
            value("cost_before", text),
            Ok(ClaimValue::Number(1_024_000))
        );
    }
    assert!(value("cost_before", "1.02.000 đ").is_err());
    assert!(value("cost_before", "-5").is_err());
    assert_eq!(value("steps_before", "7"), Ok(ClaimValue::Number(7)));
    assert!(value("steps_before", "0").is_err());
}

#[test]
fn a_document_states_only_what_its_class_may_state() {
    let problems = read(EvidenceClass::CostSheet, "time_limit", "2 ngày").unwrap_err();
    assert_eq!(
        problems[0].to_string(),
        "time_limit: E8 cannot state it; E1, E2, E3 may"
    );
    assert!(read(EvidenceClass::CostSheet, "cost_before", "1024000 đ").is_ok());
    assert!(read(EvidenceClass::ConnectionMinutes, "steps", "A > B").is_err());
}

#[test]
fn an_unknown_name_is_kept_and_told() {
    let statements = BTreeMap::from([
        ("papers_cutt".to_owned(), "x".to_owned()),
        ("full_online".to_owned(), "có".to_owned()),
    ]);
    let claims = Claims::read(EvidenceClass::OptionDecision, &statements).unwrap();
    assert_eq!(claims.unknown(), ["papers_cutt"]);
    assert_eq!(claims.iter().count(), 1);
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let statements = BTreeMap::from([
        ("full_online".to_owned(), "gần như".to_owned()),
        ("lookup_target".to_owned(), "101".to_owned()),
        ("time_limit".to_owned(), String::new()),
    ]);
    let problems = Claims::read(EvidenceClass::DataMapping, &statements).unwrap_err();
    let told: Vec<(&str, bool)> = problems
        .iter()
        .map(|it| {
            let class = matches!(it, ClaimProblem::Class { .. });
            (it.statement().name(), class)
        })
        .collect();
    assert_eq!(
        told,
        [
            ("full_online", true),
            ("full_online", false),
            ("lookup_target", false),
            ("time_limit", true),
            ("time_limit", false),
        ]
    );
}

#[test]
fn names_are_distinct_and_every_statement_may_be_made_by_somebody() {
    let mut names: Vec<&str> = Statement::ALL.iter().map(|it| it.name()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Statement::ALL.len());
    assert!(Statement::ALL.iter().all(|it| !it.classes().is_empty()));
}

proptest! {
    #[test]
    fn any_text_is_answered_without_panic(place in 0..Statement::ALL.len(), text in any::<String>()) {
        let statement = Statement::ALL[place];
        let read = value(statement.name(), &text);
        if let Err(problems) = read {
            prop_assert!(problems.iter().all(|it| !it.text_vi().is_empty()));
        }
    }
}
