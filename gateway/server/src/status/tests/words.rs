//! What a person and a small client are told.

use tonic_types::StatusExt as _;

use super::super::{ServerError, Violation};
use super::{of_essential_services, of_essential_stores, of_the_catalogue};

#[test]
fn failures_about_services_and_the_catalogue_are_told_in_vietnamese_too() {
    let essential = of_essential_services().into_iter();
    let essential = essential
        .chain(of_essential_stores())
        .map(ServerError::from);
    let catalogue = of_the_catalogue().into_iter().map(ServerError::from);
    for error in essential.chain(catalogue) {
        let told = error.to_status().get_details_localized_message();
        let told = told.unwrap_or_else(|| panic!("{error:?}"));
        assert_eq!(told.locale, "vi");
        assert!(!told.message.is_ascii(), "{}", told.message);
        assert!(!told.message.contains("SECRET"), "{}", told.message);
    }
}

#[test]
fn more_violations_than_a_header_holds_are_counted() {
    let violation = |index: usize| {
        let field = format!("pieces[{index}].evidence.issued_on");
        Violation::new(field, "DATE", "the calendar has no such day")
    };
    let told = |many: usize| {
        let all = (0..many).map(violation).collect();
        let status = ServerError::Invalid(all).to_status();
        // In a header each three bytes are written as four.
        assert!(status.details().len() * 4 / 3 < 8_000, "{many}");
        let fields = status.get_details_bad_request().unwrap();
        fields.field_violations
    };
    let all = told(40);
    assert_eq!(all.len(), 40);
    assert_eq!(all[39].field, "pieces[39].evidence.issued_on");
    let some = told(10_000);
    let (last, named) = some.split_last().unwrap();
    assert_eq!(last.reason, "MORE");
    let more = 10_000 - named.len();
    assert_eq!(last.description, format!("and {more} more, not named here"));
}

#[test]
fn a_violation_that_is_too_long_does_not_hide_the_others() {
    let violation = |field: String| Violation::new(field, "DATE", "the calendar has no such day");
    let all = vec![violation("x".repeat(5_000)), violation("title".to_owned())];
    let status = ServerError::Invalid(all).to_status();
    let fields = status.get_details_bad_request().unwrap().field_violations;
    let named: Vec<&str> = fields.iter().map(|it| it.reason.as_str()).collect();
    assert_eq!(named, ["DATE", "MORE"]);
    assert_eq!(fields[0].field, "title");
    assert_eq!(fields[1].description, "and 1 more, not named here");
}
