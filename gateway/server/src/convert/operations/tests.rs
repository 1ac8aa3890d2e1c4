use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};
use lienthong_core::access::ClientName;
use lienthong_core::ports::operations::FoundCounts;
use lienthong_core::sync::reconcile::Difference;
use lienthong_proto::v1;

use super::{Caller, ReconciliationAsked, RepairAsked, RetryAsked, RetryStart};
use crate::status::ServerError;
use crate::sync::operations::Preview;
use crate::sync::operations::ground::{client, rate};

fn now() -> Timestamp {
    "2026-10-07T02:00:00Z".parse().unwrap()
}

fn by(system: &ClientName, now: Timestamp) -> Caller<'_> {
    Caller { system, now }
}

fn violations<T: std::fmt::Debug>(read: Result<T, ServerError>) -> Vec<(String, &'static str)> {
    let Err(ServerError::Invalid(violations)) = read else {
        unreachable!("it must be refused");
    };
    violations
        .into_iter()
        .map(|violation| (violation.field, violation.reason))
        .collect()
}

fn preview() -> v1::PreviewRetryRequest {
    v1::PreviewRetryRequest {
        filter: Some(v1::DossierFilter {
            causes: vec![v1::Cause::FieldRejected.into()],
            older_than: Some(prost_types::Duration {
                seconds: 60,
                nanos: 0,
            }),
            ..v1::DossierFilter::default()
        }),
        events_per_minute: 30,
    }
}

fn token() -> String {
    let asked = RetryAsked::read(&preview(), rate(600), now()).unwrap();
    let nothing = Preview {
        groups: Vec::new(),
        dossiers: 0,
        blocked: 0,
        untouched: 0,
        duration: std::time::Duration::ZERO,
    };
    asked.answer(nothing).preview_token
}

fn start(token: &str) -> v1::StartRetryRequest {
    v1::StartRetryRequest {
        preview_token: token.to_owned(),
        reason: "Đã sửa trường bị từ chối".to_owned(),
        operator_id: "CB-01".to_owned(),
    }
}

#[test]
fn what_starts_is_what_was_shown() {
    let (token, system) = (token(), client("console"));
    let later = now() + SignedDuration::from_mins(10);
    let started = RetryStart::read(&start(&token), rate(600), by(&system, later)).unwrap();
    let shown = RetryAsked::read(&preview(), rate(600), now()).unwrap();
    assert_eq!(started.previewed.filter, shown.filter);
    assert_eq!(started.previewed.at, now());
    assert_eq!(started.order.per_minute, rate(30));
    // Another gateway, with a lower bound.
    let bounded = RetryStart::read(&start(&token), rate(10), by(&system, later)).unwrap();
    assert_eq!(bounded.order.per_minute, rate(10));
    assert_eq!(bounded.order.id, started.order.id);
}

#[test]
fn two_equal_previews_start_two_operations() {
    let system = client("console");
    let id = |token: &str| {
        let started = RetryStart::read(&start(token), rate(600), by(&system, now())).unwrap();
        started.order.id
    };
    assert_ne!(id(&token()), id(&token()));
}

#[test]
fn a_token_that_is_old_or_damaged_starts_nothing() {
    let (token, system) = (token(), client("console"));
    let refused = [("preview_token".to_owned(), "PREVIEW_TOKEN")];
    let old = now() + SignedDuration::from_mins(15) + SignedDuration::from_secs(1);
    let read = |token: &str, at| RetryStart::read(&start(token), rate(600), by(&system, at));
    assert_eq!(violations(read(&token, old)), refused);
    assert_eq!(violations(read(&token[1..], now())), refused);
    assert_eq!(violations(read(&token[..token.len() - 4], now())), refused);
    let early = now() - SignedDuration::from_mins(2);
    assert_eq!(violations(read(&token, early)), refused);
}

#[test]
fn everything_wrong_with_a_start_is_told_at_once() {
    let nobody = v1::StartRetryRequest {
        preview_token: String::new(),
        reason: "vì".to_owned(),
        operator_id: "ai đó".to_owned(),
    };
    let expected = [
        ("preview_token".to_owned(), "REQUIRED"),
        ("reason".to_owned(), "REASON"),
        ("operator_id".to_owned(), "OFFICER_ID"),
    ];
    assert_eq!(
        violations(RetryStart::read(
            &nobody,
            rate(600),
            by(&client("console"), now())
        )),
        expected
    );
}

#[test]
fn a_retry_of_everything_must_be_meant() {
    let everything = v1::PreviewRetryRequest {
        filter: None,
        events_per_minute: 601,
    };
    let expected = [
        ("filter".to_owned(), "REQUIRED"),
        ("events_per_minute".to_owned(), "OUT_OF_RANGE"),
    ];
    assert_eq!(
        violations(RetryAsked::read(&everything, rate(600), now())),
        expected
    );
}

#[test]
fn a_reconciliation_needs_an_operator_and_may_do_without_a_reason() {
    let mut message = v1::StartReconciliationRequest {
        operator_id: "CB-01".to_owned(),
        ..v1::StartReconciliationRequest::default()
    };
    let system = client("console");
    let by = by(&system, now());
    let asked = ReconciliationAsked::read(&message, rate(120), by).unwrap();
    assert_eq!(asked.order.system, Some(system.clone()));
    assert_eq!(asked.order.per_minute, rate(120));
    assert!(asked.filter.is_empty());
    message.operator_id.clear();
    message.reason = "x".to_owned();
    let expected = [
        ("operator_id".to_owned(), "REQUIRED"),
        ("reason".to_owned(), "REASON"),
    ];
    let read = ReconciliationAsked::read(&message, rate(120), by);
    assert_eq!(violations(read), expected);
}

#[test]
fn a_repair_names_its_reconciliation_and_differences_by_number() {
    let message = v1::RepairDifferencesRequest {
        reconciliation_id: String::new(),
        difference_ids: vec!["3".to_owned(), "0".to_owned(), "x".to_owned()],
        reason: "Gửi lại phần lệch".to_owned(),
        operator_id: "CB-01".to_owned(),
        request_id: "bảy".to_owned(),
    };
    let expected = [
        ("reconciliation_id".to_owned(), "REQUIRED"),
        ("difference_ids[1]".to_owned(), "DIFFERENCE_ID"),
        ("difference_ids[2]".to_owned(), "DIFFERENCE_ID"),
        ("request_id".to_owned(), "REQUEST_ID"),
    ];
    let system = client("console");
    let read = RepairAsked::read(&message, rate(120), by(&system, now()));
    assert_eq!(violations(read), expected);
}

#[test]
fn every_difference_is_told_without_anything_personal() {
    use lienthong_core::portal_status::PortalStatus;
    use lienthong_core::sync::reconcile::{ByHand, DateField, Repair};

    let (ours, theirs) = (PortalStatus::Processing, PortalStatus::Received);
    let all = [
        Difference::MissingThere,
        Difference::MissingHere,
        Difference::UnexpectedThere,
        Difference::StatusBehind { ours, theirs },
        Difference::StatusAhead { ours, theirs },
        Difference::StatusUnknown {
            ours,
            theirs: "11".to_owned(),
        },
        Difference::StepsMissing {
            steps: 2,
            first_revision: 3,
        },
        Difference::DateChanged {
            field: DateField::Due,
            ours: Some(now()),
            theirs: None,
        },
        Difference::ResultWithoutFile { papers: 1 },
    ];
    let mut table = String::new();
    for (number, difference) in (1..).zip(all) {
        let kept = lienthong_core::ports::operations::KeptDifference {
            number,
            dossier: "000.00.00.H00-260701-0001".parse().unwrap(),
            difference,
            found_at: now(),
            known_since: now(),
        };
        let repair = Repair::ByHand(ByHand::NotOurs);
        let told = super::difference(crate::sync::operations::Mendable { kept, repair });
        let kind = told.kind().as_str_name();
        let (field, ours, theirs) = (told.field, told.our_value, told.portal_value);
        writeln!(table, "{kind} [{field}] [{ours}] [{theirs}]").unwrap();
    }
    insta::assert_snapshot!(table, @r"
    MISSING_ON_PORTAL [] [] []
    MISSING_HERE [] [] []
    UNEXPECTED_ON_PORTAL [] [] []
    STATUS_BEHIND [status] [PROCESSING] [RECEIVED]
    STATUS_AHEAD [status] [PROCESSING] [RECEIVED]
    STATUS_UNKNOWN [status] [PROCESSING] [11]
    STEPS_MISSING [] [2] []
    DATE_CHANGED [due_at] [2026-10-07T02:00:00Z] []
    RESULT_WITHOUT_FILE [results] [1] []
    ");
}

#[test]
fn the_depth_of_a_comparison_is_known_from_its_answers() {
    use crate::sync::operations::ground::Ground;
    use v1::reconciliation::Depth;

    let depth = |counts: FoundCounts| {
        let started = Ground::running("c1");
        let told = super::reconciliation(started, counts, now());
        (told.depth(), told.compared_fields.is_empty())
    };
    let counts = |equal, unanswered, by_fields| FoundCounts {
        equal,
        unanswered,
        by_fields,
        ..FoundCounts::default()
    };
    assert_eq!(depth(counts(0, 3, 0)), (Depth::Unspecified, true));
    assert_eq!(depth(counts(1, 0, 0)), (Depth::Presence, true));
    assert_eq!(depth(counts(1, 0, 1)), (Depth::Fields, false));
}
