use std::sync::Arc;

use lienthong_core::essential::ServiceList;
use lienthong_proto::v1;

use super::service::service;
use super::*;
use crate::status::Violation;

const NOW: &str = "2026-11-22T03:00:00Z";

fn ground(services: &ServiceList) -> Ground<'_> {
    let now = NOW.parse().unwrap();
    Ground {
        services,
        now,
        usual: last_days(now, 30),
        earliest: "2022-01-01".parse().unwrap(),
    }
}

fn days(first: &str, last: &str) -> v1::ObservationWindow {
    v1::ObservationWindow {
        first_day: first.to_owned(),
        last_day: last.to_owned(),
    }
}

fn read(
    numbers: &[i32],
    window: Option<&v1::ObservationWindow>,
    unit: &str,
) -> Result<Question, ServerError> {
    let services = ServiceList::shipped().unwrap();
    question(ground(&services), Asked::Many(numbers), window, unit)
}

fn refused(result: Result<Question, ServerError>) -> Vec<(String, &'static str)> {
    let Err(ServerError::Invalid(violations)) = result else {
        panic!("{result:?}");
    };
    let told = |violation: Violation| (violation.field, violation.reason);
    violations.into_iter().map(told).collect()
}

#[test]
fn without_days_the_last_thirty_that_are_over_are_meant() {
    let question = read(&[], None, "").unwrap();
    assert_eq!(question.window.first().to_string(), "2026-10-23");
    assert_eq!(question.window.last().to_string(), "2026-11-21");
    // Midnight in Việt Nam, so that two calls on one day say the same.
    assert_eq!(question.as_of.to_string(), "2026-11-21T17:00:00Z");
    assert!(question.numbers.is_empty());
    assert_eq!(question.unit, None);
}

#[test]
fn services_are_asked_about_once_and_in_the_order_of_the_list() {
    let question = read(&[9, 3, 9], Some(&days("2026-11-01", "2026-11-22")), "H60").unwrap();
    let numbers: Vec<u16> = question.numbers.iter().map(|it| it.get()).collect();
    assert_eq!(numbers, [3, 9]);
    assert_eq!(question.unit.unwrap().as_str(), "H60");
    // The last day is not over.
    assert_eq!(question.as_of.to_string(), "2026-11-22T03:00:00Z");
}

#[test]
fn everything_wrong_is_told_at_once() {
    let window = days("2026-02-30", "2026-11-23");
    let wrong = refused(read(&[0, 9, 26, -1], Some(&window), "not a unit"));
    assert_eq!(
        wrong,
        [
            ("numbers[0]".to_owned(), "SERVICE_NUMBER"),
            ("numbers[2]".to_owned(), "SERVICE_NUMBER"),
            ("numbers[3]".to_owned(), "SERVICE_NUMBER"),
            ("window.first_day".to_owned(), "DAY"),
            ("window.last_day".to_owned(), "IN_FUTURE"),
            ("unit_code".to_owned(), "AGENCY_CODE"),
        ]
    );
}

#[test]
fn days_stand_in_one_form_and_in_their_order() {
    let reason = |first, last| refused(read(&[], Some(&days(first, last)), ""));
    let of = |field: &str, reason| vec![(field.to_owned(), reason)];
    assert_eq!(
        reason("2026-11-02", "2026-11-01"),
        of("window.last_day", "DAYS_BACKWARDS")
    );
    assert_eq!(reason("", "2026-11-01"), of("window.first_day", "REQUIRED"));
    for other in [
        "01/11/2026",
        "2026-11-1",
        "20261101",
        "2026-W44-1",
        "+2026-11-01",
    ] {
        assert_eq!(reason(other, "2026-11-02"), of("window.first_day", "DAY"));
    }
}

#[test]
fn one_service_has_to_be_named() {
    let services = ServiceList::shipped().unwrap();
    for number in [0, 26] {
        let read = question(ground(&services), Asked::One(number), None, "");
        assert_eq!(refused(read), [("number".to_owned(), "SERVICE_NUMBER")]);
    }
}

#[test]
fn who_rebuilds_and_why_is_required() {
    let message = v1::RebuildObservationsRequest {
        operator_id: String::new(),
        reason: "ok".to_owned(),
    };
    let Err(ServerError::Invalid(wrong)) = read_rebuild(&message) else {
        panic!("taken");
    };
    let fields: Vec<&str> = wrong.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(fields, ["operator_id", "reason"]);
}

#[test]
fn a_code_that_nobody_knows_is_left_out_and_never_guessed() {
    let services = Arc::new(ServiceList::shipped().unwrap());
    let on = "2026-11-22".parse().unwrap();
    let told = |number: u16| {
        let number = ServiceNumber::new(number).unwrap();
        service(services.service(number).unwrap(), on)
    };
    assert!(told(7).procedures.is_empty());
    let birth = told(9);
    assert_eq!(birth.name, "Đăng ký khai sinh");
    assert_eq!(birth.owner, "Bộ Tư pháp");
    assert_eq!(birth.procedures[0].procedure_code, "1.001193");
    assert_eq!(birth.procedures[0].role, "main");
    assert!(told(24).outside_procedure_law);
    assert!(told(15).interlinked);
}
