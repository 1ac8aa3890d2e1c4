use jiff::{SignedDuration, Timestamp};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::ledger::DossierSummary;
use lienthong_core::procedure::ProcedureCode;
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::state::SyncState;
use lienthong_proto::v1;

use super::{DossierPage, read_filter};
use crate::status::ServerError;

fn now() -> Timestamp {
    "2026-10-07T02:00:00Z".parse().unwrap()
}

fn violations(error: ServerError) -> Vec<(String, &'static str)> {
    let ServerError::Invalid(violations) = error else {
        unreachable!("only fields can be wrong");
    };
    violations
        .into_iter()
        .map(|violation| (violation.field, violation.reason))
        .collect()
}

fn found(dossiers: u32) -> Vec<DossierSummary> {
    (1..=dossiers)
        .map(|sequence| DossierSummary {
            dossier: DossierNumber::parse(&format!("000.00.00.H00-260701-{sequence:04}")).unwrap(),
            procedure: ProcedureCode::parse("1.001193").unwrap(),
            state: SyncState::Refused,
            cause: Some(Cause::FieldRejected),
            revision: 3,
            accepted_revision: 1,
            oldest_unsent_at: Some(now()),
            last_accepted_at: None,
            next_attempt_at: None,
            attempts: 2,
            status: PortalStatus::Processing,
            portal_number: None,
        })
        .collect()
}

#[test]
fn a_filter_names_every_field_that_is_wrong() {
    let message = v1::DossierFilter {
        states: vec![v1::SyncState::Dead.into(), 0, 99],
        causes: vec![77],
        unit_code: "?".to_owned(),
        procedure_code: "?".to_owned(),
        older_than: Some(prost_types::Duration {
            seconds: -1,
            nanos: 0,
        }),
        dossier_codes: vec!["000.00.00.H00-260701-0001".to_owned(), "x".to_owned()],
        recorded_from: Some(prost_types::Timestamp {
            seconds: i64::MAX,
            nanos: 0,
        }),
        ..v1::DossierFilter::default()
    };
    let error = read_filter(Some(&message), now()).unwrap_err();
    let expected = [
        ("filter.recorded_from", "NO_SUCH_MOMENT"),
        ("filter.states[1]", "UNKNOWN_VALUE"),
        ("filter.states[2]", "UNKNOWN_VALUE"),
        ("filter.causes[0]", "UNKNOWN_VALUE"),
        ("filter.unit_code", "AGENCY_CODE"),
        ("filter.procedure_code", "CODE"),
        ("filter.older_than", "NOT_A_DURATION"),
        ("filter.dossier_codes[1]", "DOSSIER_NUMBER"),
    ];
    let expected = expected.map(|(field, rule)| (field.to_owned(), rule));
    assert_eq!(violations(error), expected);
}

#[test]
fn a_range_that_holds_nothing_is_refused() {
    let range = |from: i64, until: i64| {
        let at = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
        let message = v1::DossierFilter {
            recorded_from: at(from),
            recorded_until: at(until),
            ..v1::DossierFilter::default()
        };
        read_filter(Some(&message), now())
    };
    assert!(range(1_782_864_000, 1_782_864_001).is_ok());
    for until in [1_782_864_000, 1_782_863_999] {
        let error = range(1_782_864_000, until).unwrap_err();
        let expected = [("filter.recorded_until".to_owned(), "EMPTY_RANGE")];
        assert_eq!(violations(error), expected);
    }
}

#[test]
fn a_code_of_the_portal_has_an_end() {
    let of = |code: String| v1::DossierFilter {
        upstream_code: code,
        ..v1::DossierFilter::default()
    };
    let longest = "ế".repeat(300);
    let filter = read_filter(Some(&of(longest.clone())), now()).unwrap();
    assert_eq!(filter.upstream_code.as_ref(), Some(&longest));
    let error = read_filter(Some(&of(longest + "1")), now()).unwrap_err();
    let expected = [("filter.upstream_code".to_owned(), "TOO_LONG")];
    assert_eq!(violations(error), expected);
}

#[test]
fn an_age_counts_back_from_now() {
    let message = v1::DossierFilter {
        older_than: Some(prost_types::Duration {
            seconds: 3600,
            nanos: 0,
        }),
        ..v1::DossierFilter::default()
    };
    let filter = read_filter(Some(&message), now()).unwrap();
    assert_eq!(
        filter.unsent_since,
        Some(now() - SignedDuration::from_hours(1))
    );
    assert!(read_filter(None, now()).unwrap().is_empty());
}

#[test]
fn every_state_and_cause_of_the_contract_can_be_asked_for() {
    let message = v1::DossierFilter {
        states: (1..=8).collect(),
        causes: (1..=16).collect(),
        ..v1::DossierFilter::default()
    };
    let filter = read_filter(Some(&message), now()).unwrap();
    assert_eq!(filter.states.len(), SyncState::ALL.len());
    assert_eq!(filter.causes.len(), Cause::ALL.len());
}

#[test]
fn a_page_goes_on_behind_its_last_dossier_under_the_same_conditions_only() {
    let ask = |page_token: &str, unit: &str| {
        let message = v1::ListDossiersRequest {
            filter: Some(v1::DossierFilter {
                unit_code: unit.to_owned(),
                ..v1::DossierFilter::default()
            }),
            page_size: 2,
            page_token: page_token.to_owned(),
        };
        DossierPage::read(&message, now())
    };
    let first = ask("", "H00").unwrap();
    assert!(first.after.is_none());
    let answer = first.answer(found(3));
    assert_eq!(answer.dossiers.len(), 2);
    let next = ask(&answer.next_page_token, "H00").unwrap();
    let after = next.after.as_ref().unwrap();
    assert_eq!(after.dossier.as_str(), "000.00.00.H00-260701-0002");
    assert_eq!(after.oldest_unsent_at, Some(now()));
    assert_eq!(next.answer(found(1)).next_page_token, "");

    let other = ask(&answer.next_page_token, "H42").unwrap_err();
    let expected = [("page_token".to_owned(), "PAGE_TOKEN")];
    assert_eq!(violations(other), expected);
    assert_eq!(violations(ask("!", "H00").unwrap_err()), expected);
}
