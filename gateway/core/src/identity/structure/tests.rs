//! Each warning alone, all together, and none where there is nothing to doubt.

use proptest::prelude::*;

use super::WarningCode::{
    BirthYearInFuture, BirthYearMismatch, CenturyMismatch, PlaceCodeUnknown, SexMismatch,
};
use super::*;

const ALL: [WarningCode; 5] = [
    PlaceCodeUnknown,
    CenturyMismatch,
    BirthYearMismatch,
    SexMismatch,
    BirthYearInFuture,
];

fn codes(number: &str, birth: Option<&str>, sex: Option<Sex>) -> Vec<WarningCode> {
    let number = PersonalNumber::parse(number).unwrap();
    let birth = birth.map(|text| BirthDate::parse(text).unwrap());
    let places = PlaceCatalogue::shipped().unwrap().with_test_place();
    structural_warnings(&number, birth.as_ref(), sex, &places, Some(2026))
        .into_iter()
        .map(|warning| warning.code)
        .collect()
}

#[test]
fn a_number_that_agrees_gives_no_warning() {
    assert_eq!(
        codes("000185000001", Some("1985-02-13"), Some(Sex::Female)),
        []
    );
    assert_eq!(
        codes("000185000001", Some("1985"), Some(Sex::NotRecorded)),
        []
    );
    assert_eq!(
        codes("000205000001", Some("2005-12-31"), Some(Sex::Male)),
        []
    );
    assert_eq!(codes("000185000001", None, None), []);
}

#[test]
fn the_test_place_is_doubted_with_the_shipped_catalogue() {
    let number = PersonalNumber::parse("000185000001").unwrap();
    let shipped = PlaceCatalogue::shipped().unwrap();
    let warnings = structural_warnings(&number, None, None, &shipped, None);
    let expected = StructuralWarning {
        code: PlaceCodeUnknown,
        field: "identity.personal_number",
    };
    assert_eq!(warnings, [expected]);
}

#[test]
fn each_digit_group_is_doubted_alone() {
    assert_eq!(
        codes("003185000001", Some("1985"), Some(Sex::Female)),
        [PlaceCodeUnknown]
    );
    assert_eq!(
        codes("000185000001", Some("2085"), Some(Sex::Female)),
        [CenturyMismatch]
    );
    assert_eq!(
        codes("000185000001", Some("1986"), Some(Sex::Female)),
        [BirthYearMismatch]
    );
    assert_eq!(
        codes("000185000001", Some("1985"), Some(Sex::Male)),
        [SexMismatch]
    );
    assert_eq!(
        codes("000385000001", Some("2085"), Some(Sex::Female)),
        [BirthYearInFuture]
    );
}

#[test]
fn all_doubts_are_reported_at_once_in_the_order_of_the_digits() {
    let all = codes("999999000001", Some("1985-02-13"), Some(Sex::Male));
    let expected = [
        PlaceCodeUnknown,
        CenturyMismatch,
        SexMismatch,
        BirthYearMismatch,
        BirthYearInFuture,
    ];
    assert_eq!(all, expected);
}

#[test]
fn a_birth_before_the_first_century_digit_is_doubted() {
    assert_eq!(
        codes("000099000001", Some("1899"), Some(Sex::Male)),
        [CenturyMismatch]
    );
}

#[test]
fn without_the_current_year_the_future_is_not_doubted() {
    let number = PersonalNumber::parse("000385000001").unwrap();
    let places = PlaceCatalogue::shipped().unwrap().with_test_place();
    assert_eq!(structural_warnings(&number, None, None, &places, None), []);
    assert_eq!(
        structural_warnings(&number, None, None, &places, Some(2085)),
        []
    );
    assert_eq!(
        structural_warnings(&number, None, None, &places, Some(2084)).len(),
        1
    );
}

#[test]
fn the_public_names_of_the_codes_stay() {
    let names = ALL.map(WarningCode::as_str);
    let expected = [
        "PLACE_CODE_UNKNOWN",
        "CENTURY_MISMATCH",
        "BIRTH_YEAR_MISMATCH",
        "SEX_MISMATCH",
        "BIRTH_YEAR_IN_FUTURE",
    ];
    assert_eq!(names, expected);
}

#[test]
fn every_warning_speaks_both_languages() {
    for code in ALL {
        let warning = StructuralWarning {
            code,
            field: NUMBER_FIELD,
        };
        assert!(warning.message_vi().contains("Đề nghị"), "{code:?}");
        assert!(warning.message_en().contains("Please"), "{code:?}");
    }
}

proptest! {
    #[test]
    fn what_the_number_itself_spells_is_never_doubted(rest in "[0-3][0-9]{8}", place in "00[1248]") {
        let number = PersonalNumber::parse(&format!("{place}{rest}")).unwrap();
        let birth = number.birth_year().map(BirthDate::Year);
        let places = PlaceCatalogue::shipped().unwrap();
        let sex = Some(number.sex());
        prop_assert_eq!(structural_warnings(&number, birth.as_ref(), sex, &places, None), []);
    }
}
