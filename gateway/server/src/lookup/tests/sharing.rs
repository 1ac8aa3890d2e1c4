//! Equal questions at the same time.

use std::sync::Arc;
use std::time::Duration;

use lienthong_core::citizen::Verdict;
use lienthong_core::lookup::keeping::Keeping;
use lienthong_core::name::NameComparison;
use lienthong_core::ports::audit::AccessOutcome;
use lienthong_core::ports::population::{Operation, PopulationError};

use super::fakes::{AMPLE, Desk, RESERVE, Reply, asked, by, fields};
use crate::lookup::Asked;
use crate::status::ServerError;
use lienthong_core::name::FullName;

#[tokio::test(start_paused = true)]
async fn ten_thousand_equal_verifications_make_one_call() {
    let desk = Desk::keeping(Keeping::nothing());
    desk.source.hold();
    let callers: Vec<_> = (0..10_000)
        .map(|_| {
            let lookups = Arc::clone(&desk.lookups);
            tokio::spawn(async move { lookups.verify(asked(), AMPLE).await })
        })
        .collect();
    desk.settle().await;
    desk.source.release();
    let mut sent = 0;
    for caller in callers {
        let answer = caller.await.unwrap().unwrap();
        assert_eq!(answer.answer.verdict, Verdict::Match);
        sent += answer.origin.attempts;
    }
    assert_eq!((desk.source.calls(), sent), (1, 1));
    let records = desk.log.records();
    assert_eq!(records.len(), 10_000);
    let number = desk.source.asked()[0].1.request_number.clone();
    assert!(
        records
            .iter()
            .all(|record| record.request_number.as_ref() == Some(&number))
    );
    assert_eq!(records.iter().map(|record| record.attempts).sum::<u32>(), 1);
}

#[tokio::test(start_paused = true)]
async fn callers_who_hang_up_do_not_end_the_question_and_are_recorded() {
    let desk = Desk::keeping(Keeping::nothing());
    desk.source.hold();
    let mut callers: Vec<_> = (0..20)
        .map(|_| {
            let lookups = Arc::clone(&desk.lookups);
            tokio::spawn(async move { lookups.look_up(asked(), None, AMPLE).await })
        })
        .collect();
    desk.settle().await;
    let last = callers.pop().unwrap();
    for caller in callers {
        caller.abort();
    }
    desk.settle().await;
    desk.source.release();
    assert_eq!(last.await.unwrap().unwrap().answer.verdict, Verdict::Match);
    assert!(desk.lookups.settle(AMPLE).await);
    assert_eq!(desk.source.calls(), 1);
    let records = desk.log.records();
    assert_eq!(records.len(), 20);
    assert!(
        records
            .iter()
            .all(|record| record.outcome == AccessOutcome::Matched)
    );
}

#[tokio::test(start_paused = true)]
async fn a_question_whose_callers_have_all_gone_still_fills_the_cache() {
    let desk = Desk::new();
    desk.source.hold();
    let caller = {
        let lookups = Arc::clone(&desk.lookups);
        tokio::spawn(async move { lookups.verify(asked(), AMPLE).await })
    };
    desk.settle().await;
    caller.abort();
    desk.settle().await;
    desk.source.release();
    desk.settle().await;
    desk.lookups.verify(asked(), AMPLE).await.unwrap();
    assert_eq!(desk.source.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn another_officers_licence_is_not_lent_out() {
    let desk = Desk::new();
    desk.source.hold();
    desk.source
        .will(Reply::Fails(PopulationError::OfficerNotLicensed));
    let ask = |asked: Asked| {
        let lookups = Arc::clone(&desk.lookups);
        tokio::spawn(async move { lookups.verify(asked, AMPLE).await })
    };
    let unlicensed = ask(asked());
    desk.settle().await;
    let licensed = ask(by("000180000010"));
    desk.settle().await;
    desk.source.release();
    let refused = unlicensed.await.unwrap().unwrap_err();
    assert_eq!(refused, PopulationError::OfficerNotLicensed.into());
    assert!(licensed.await.unwrap().is_ok());
    assert_eq!(desk.source.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn each_of_those_who_share_a_record_is_told_of_its_own_spelling() {
    let desk = Desk::new();
    desk.source.hold();
    let ask = |asked: Asked| {
        let lookups = Arc::clone(&desk.lookups);
        let wanted = Some(fields(&["full_name"]));
        tokio::spawn(async move { lookups.look_up(asked, wanted, AMPLE).await })
    };
    let exact = ask(asked());
    desk.settle().await;
    let mut plain = asked();
    plain.query.name = FullName::parse("TRAN THI MAU THU").unwrap();
    let plain = ask(plain);
    desk.settle().await;
    desk.source.release();
    let compared =
        [exact, plain].map(|caller| async { caller.await.unwrap().unwrap().answer.name });
    let [exact, plain] = compared;
    assert_eq!(exact.await, Some(NameComparison::Exact));
    assert_eq!(plain.await, Some(NameComparison::AccentDifference));
    assert_eq!(desk.source.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_source_gets_the_callers_time_less_the_reserve() {
    let desk = Desk::new();
    desk.lookups.verify(asked(), AMPLE).await.unwrap();
    assert_eq!(desk.source.asked()[0].1.budget + RESERVE, AMPLE);
}

#[tokio::test(start_paused = true)]
async fn a_caller_with_more_time_asks_when_the_impatient_one_it_had_joined_gave_up() {
    let desk = Desk::new();
    desk.source.will(Reply::Hangs);
    let ask = |time| {
        let lookups = Arc::clone(&desk.lookups);
        tokio::spawn(async move { lookups.verify(asked(), time).await })
    };
    let impatient = ask(Duration::from_secs(1));
    desk.settle().await;
    let patient = ask(AMPLE);
    let gave_up = impatient.await.unwrap().unwrap_err();
    assert_eq!(gave_up, ServerError::DeadlineExceeded);
    assert_eq!(patient.await.unwrap().unwrap().origin.attempts, 1);
    let operations: Vec<_> = desk
        .source
        .asked()
        .into_iter()
        .map(|(operation, _)| operation)
        .collect();
    assert_eq!(operations, [Operation::LookUp; 2]);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_hangs_costs_a_caller_no_more_than_its_time() {
    let desk = Desk::new();
    desk.source.will(Reply::Hangs);
    let began = tokio::time::Instant::now();
    let error = desk.lookups.verify(asked(), AMPLE).await.unwrap_err();
    assert_eq!(error, ServerError::DeadlineExceeded);
    assert!(began.elapsed() < AMPLE);
    let record = desk.log.record();
    assert_eq!(record.outcome, AccessOutcome::NotAnswered);
    assert_eq!(
        (record.reason.as_str(), record.attempts),
        ("DEADLINE_EXCEEDED", 1)
    );
    assert!(record.request_number.is_some());
}
