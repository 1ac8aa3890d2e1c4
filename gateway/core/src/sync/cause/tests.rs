//! The closed list of causes: names, and which of them end a dossier's patience.

use std::collections::BTreeSet;

use super::Cause;

#[test]
fn the_table_says_what_ends_patience() {
    let table: Vec<String> = Cause::ALL
        .iter()
        .map(|cause| {
            let ends = if cause.is_outage() {
                "never ends patience"
            } else {
                "spends the schedule"
            };
            format!("{}: {ends}", cause.name())
        })
        .collect();
    insta::assert_snapshot!(table.join("\n"), @r"
    SESSION: never ends patience
    MAPPING_MISSING: spends the schedule
    FIELD_REJECTED: spends the schedule
    DUPLICATE_NUMBER: spends the schedule
    DOSSIER_NOT_FOUND: spends the schedule
    UPSTREAM_TIMEOUT: never ends patience
    UPSTREAM_UNAVAILABLE: never ends patience
    UPSTREAM_THROTTLED: never ends patience
    UPSTREAM_NONSENSE: never ends patience
    CERTIFICATE: never ends patience
    UNKNOWN_TEXT: spends the schedule
    ACCESS_DENIED: never ends patience
    FILE_UNREACHABLE: spends the schedule
    CANNOT_BE_ASKED: spends the schedule
    INTERRUPTED: never ends patience
    STORED_CONTENT_UNREADABLE: spends the schedule
    ");
}

#[test]
fn every_cause_is_found_by_its_name_and_by_no_other() {
    for cause in Cause::ALL {
        assert_eq!(Cause::from_name(cause.name()), Some(cause));
        assert_eq!(Cause::from_name(&cause.name().to_lowercase()), None);
    }
    assert_eq!(Cause::from_name(""), None);
    assert_eq!(Cause::from_name("OTHER"), None);
}

#[test]
fn every_cause_has_advice_of_its_own_in_both_languages() {
    let vietnamese: BTreeSet<&str> = Cause::ALL.iter().map(|cause| cause.advice_vi()).collect();
    let english: BTreeSet<&str> = Cause::ALL.iter().map(|cause| cause.advice_en()).collect();
    assert_eq!(
        (vietnamese.len(), english.len()),
        (Cause::ALL.len(), Cause::ALL.len())
    );
    for text in vietnamese {
        assert!(!text.is_ascii() && text.ends_with('.'), "{text}");
    }
    for text in english {
        assert!(text.is_ascii() && text.ends_with('.'), "{text}");
    }
}
