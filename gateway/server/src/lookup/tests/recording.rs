//! The record of a look-up: always there, and there first.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use lienthong_core::lookup::AnswerSource;
use lienthong_core::ports::audit::{AccessOutcome, Question};
use lienthong_core::ports::population::{Operation, PopulationError};
use tokio::sync::Semaphore;

use super::fakes::{AMPLE, BREAKING, Desk, RESERVE, Reply, asked, by, fields, unmapped};
use crate::status::ServerError;

#[tokio::test]
async fn a_look_up_is_recorded_by_names_and_a_hash_only() {
    let desk = Desk::new();
    let asked_for = Some(fields(&["full_name", "permanent_address", "spouse"]));
    let found = desk
        .lookups
        .look_up(asked(), asked_for, AMPLE)
        .await
        .unwrap();
    assert_eq!(found.answer.withheld, ["permanent_address", "spouse"]);
    let record = desk.log.record();
    assert_eq!(record.question, Question::LookUp);
    assert_eq!(record.operation, Some(Operation::LookUp));
    assert_eq!(
        record.requested,
        ["full_name", "permanent_address", "spouse"]
    );
    assert_eq!(record.returned, ["full_name"]);
    assert_eq!(record.withheld, ["permanent_address", "spouse"]);
    assert_eq!(record.outcome, AccessOutcome::Matched);
    assert_eq!((record.reason.as_str(), record.attempts), ("", 1));
    assert_eq!(record.source, Some(AnswerSource::Live));
    assert_eq!(record.profile, "fake");
    assert_eq!(record.request_number, Some(found.origin.request));
    let shown = format!("{record:?}");
    for value in ["000185000001", "MẪU", "Mẫu", "1985"] {
        assert!(!shown.contains(value), "{value}");
    }
}

#[tokio::test]
async fn one_person_has_one_hash_whatever_is_asked() {
    let desk = Desk::new();
    desk.lookups.verify(asked(), AMPLE).await.unwrap();
    desk.lookups.household(asked(), AMPLE).await.unwrap();
    let [verified, household] = desk.log.records().try_into().unwrap();
    assert_eq!(verified.person, household.person);
}

#[tokio::test]
async fn a_hit_is_recorded_like_a_miss() {
    let desk = Desk::new();
    for _ in 0..2 {
        desk.lookups.verify(asked(), AMPLE).await.unwrap();
    }
    let [miss, hit] = desk.log.records().try_into().unwrap();
    assert_eq!(hit.source, Some(AnswerSource::Cache));
    assert_eq!(hit.request_number, miss.request_number);
    assert_eq!((miss.attempts, hit.attempts), (1, 0));
    assert_eq!(hit.observed_at, miss.observed_at);
}

#[tokio::test]
async fn nothing_leaves_before_the_record_is_durable() {
    let desk = Desk::new();
    let gate = Arc::new(Semaphore::new(0));
    *desk.log.slow.lock().unwrap() = Some(Arc::clone(&gate));
    let lookups = Arc::clone(&desk.lookups);
    let caller = tokio::spawn(async move { lookups.verify(asked(), AMPLE).await });
    while !desk.log.is_waiting() {
        tokio::task::yield_now().await;
    }
    desk.settle().await;
    assert!(!caller.is_finished());
    gate.add_permits(1);
    assert!(caller.await.unwrap().is_ok());
}

#[tokio::test]
async fn a_caller_who_goes_away_leaves_a_record() {
    let desk = Desk::new();
    desk.source.hold();
    let lookups = Arc::clone(&desk.lookups);
    let caller = tokio::spawn(async move { lookups.look_up(asked(), None, AMPLE).await });
    desk.settle().await;
    caller.abort();
    desk.source.release();
    assert!(desk.lookups.settle(AMPLE).await);
    assert_eq!(desk.log.record().outcome, AccessOutcome::Matched);
}

#[tokio::test]
async fn an_answer_that_cannot_be_recorded_is_not_given() {
    let desk = Desk::new();
    desk.log.failing.store(true, Ordering::SeqCst);
    let error = desk.lookups.verify(asked(), AMPLE).await.unwrap_err();
    assert!(matches!(error, ServerError::Audit(_)), "{error:?}");
    // Kept meanwhile, and given no more than before.
    let error = desk.lookups.verify(asked(), AMPLE).await.unwrap_err();
    assert!(matches!(error, ServerError::Audit(_)), "{error:?}");
}

#[tokio::test]
async fn nothing_is_asked_while_nothing_can_be_recorded() {
    let desk = Desk::new();
    desk.log.unready.store(true, Ordering::SeqCst);
    let error = desk.lookups.verify(asked(), AMPLE).await.unwrap_err();
    assert!(matches!(error, ServerError::Audit(_)), "{error:?}");
    assert_eq!(desk.source.calls(), 0);
}

#[tokio::test]
async fn a_failure_is_recorded_with_its_reason_and_what_was_sent() {
    let desk = Desk::new();
    desk.source
        .will(Reply::Fails(PopulationError::Failed { status: 502 }));
    desk.lookups.verify(asked(), AMPLE).await.unwrap_err();
    let record = desk.log.record();
    assert_eq!(record.outcome, AccessOutcome::NotAnswered);
    assert_eq!(
        (record.reason.as_str(), record.attempts),
        ("UPSTREAM_UNAVAILABLE", 1)
    );
    assert_eq!(record.operation, Some(Operation::LookUp));
    assert!(record.request_number.is_some());
    assert_eq!((record.source, record.observed_at), (None, None));
}

#[tokio::test]
async fn what_was_never_sent_has_no_number() {
    let desk = Desk::new();
    let retry_after = Duration::from_secs(9);
    desk.source
        .will(Reply::Fails(PopulationError::BreakerOpen { retry_after }));
    desk.lookups.verify(asked(), AMPLE).await.unwrap_err();
    let record = desk.log.record();
    assert_eq!(
        (record.reason.as_str(), record.attempts),
        ("BREAKER_OPEN", 0)
    );
    assert_eq!(record.request_number, None);
}

#[tokio::test]
async fn a_caller_without_time_is_recorded_and_nothing_is_sent() {
    let desk = Desk::new();
    let error = desk.lookups.verify(asked(), RESERVE).await.unwrap_err();
    assert_eq!(error, ServerError::LookupTimedOut);
    assert_eq!(desk.log.record().reason, "DEADLINE_EXCEEDED");
    assert_eq!(desk.source.calls(), 0);
}

#[tokio::test]
async fn an_officer_without_a_credential_is_refused_also_when_the_answer_is_kept() {
    let desk = Desk::new();
    desk.lookups.verify(asked(), AMPLE).await.unwrap();
    let error = desk.lookups.verify(unmapped(), AMPLE).await.unwrap_err();
    assert_eq!(error, PopulationError::OfficerNotMapped.into());
    let record = desk.log.last();
    assert_eq!(record.outcome, AccessOutcome::Denied);
    assert_eq!(record.reason, "OFFICER_NOT_MAPPED");
}

#[tokio::test]
async fn a_look_up_that_breaks_down_is_recorded_and_the_next_starts_anew() {
    let desk = Desk::new();
    desk.source.will(Reply::Panics);
    let error = desk.lookups.verify(asked(), AMPLE).await.unwrap_err();
    assert!(matches!(error, ServerError::Internal { .. }), "{error:?}");
    assert_eq!(desk.log.record().reason, "INTERNAL");
    assert!(desk.lookups.verify(asked(), AMPLE).await.is_ok());
}

#[tokio::test]
async fn a_look_up_that_breaks_down_before_it_asks_is_recorded_too() {
    let desk = Desk::new();
    let lookups = Arc::clone(&desk.lookups);
    let caller = tokio::spawn(async move { lookups.verify(by(BREAKING), AMPLE).await });
    // The panic goes on to the door.
    assert!(caller.await.unwrap_err().is_panic());
    let record = desk.log.record();
    assert_eq!(record.outcome, AccessOutcome::NotAnswered);
    assert_eq!((record.reason.as_str(), record.attempts), ("INTERNAL", 0));
}
