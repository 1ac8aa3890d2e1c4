//! Equal questions at the same time.

use std::sync::Arc;
use std::time::Duration;

use lienthong_core::access::OfficerAccount;
use lienthong_core::citizen::Verdict;
use lienthong_core::lookup::keeping::Keeping;
use lienthong_core::name::{KeyRule, NameComparison};
use lienthong_core::ports::audit::AccessOutcome;
use lienthong_core::ports::population::PopulationError;

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
async fn the_source_has_the_callers_time_less_the_reserve() {
    let desk = Desk::new();
    desk.source.hold();
    let began = tokio::time::Instant::now();
    desk.lookups.verify(asked(), AMPLE).await.unwrap_err();
    assert_eq!(began.elapsed() + RESERVE, AMPLE);
    desk.settle().await;
    assert_eq!(desk.lookups.verdicts.in_flight(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_caller_with_more_time_hears_what_an_impatient_one_had_asked() {
    let desk = Desk::new();
    desk.source.hold();
    let ask = |time| {
        let lookups = Arc::clone(&desk.lookups);
        tokio::spawn(async move { lookups.verify(asked(), time).await })
    };
    let impatient = ask(Duration::from_secs(1));
    desk.settle().await;
    let patient = ask(AMPLE);
    let gave_up = impatient.await.unwrap().unwrap_err();
    assert_eq!(gave_up, ServerError::LookupTimedOut);
    desk.source.release();
    assert_eq!(patient.await.unwrap().unwrap().origin.attempts, 0);
    assert_eq!(desk.source.calls(), 1);
    let sent: u32 = desk.log.records().iter().map(|each| each.attempts).sum();
    assert_eq!(sent, 1);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_hangs_costs_a_caller_no_more_than_its_time() {
    let desk = Desk::new();
    desk.source.will(Reply::Hangs);
    let began = tokio::time::Instant::now();
    let error = desk.lookups.verify(asked(), AMPLE).await.unwrap_err();
    assert_eq!(error, ServerError::LookupTimedOut);
    assert!(began.elapsed() < AMPLE);
    let record = desk.log.record();
    assert_eq!(record.outcome, AccessOutcome::NotAnswered);
    assert_eq!(
        (record.reason.as_str(), record.attempts),
        ("DEADLINE_EXCEEDED", 1)
    );
    assert!(record.request_number.is_some());
}

#[tokio::test(start_paused = true)]
async fn callers_who_hang_up_hold_no_more_than_the_places_there_are() {
    let desk = Desk::with(Keeping::nothing(), KeyRule::default(), 5);
    desk.source.hold();
    let mut turned_away = 0;
    for _ in 0..50 {
        let lookups = Arc::clone(&desk.lookups);
        let caller = tokio::spawn(async move { lookups.verify(asked(), AMPLE).await });
        desk.settle().await;
        if caller.is_finished() {
            let refused = caller.await.unwrap().unwrap_err();
            assert!(matches!(refused, ServerError::Overloaded { .. }));
            turned_away += 1;
        } else {
            caller.abort();
        }
        assert!(desk.lookups.under_way.len() <= 5);
    }
    assert_eq!(turned_away, 45);
    desk.source.release();
    desk.settle().await;
    assert!(desk.lookups.verify(asked(), AMPLE).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn one_of_many_waits_where_a_single_call_is_turned_away() {
    let desk = Desk::new();
    let retry_after = Duration::from_millis(300);
    let full = [
        PopulationError::Busy,
        PopulationError::RateLimited { retry_after },
    ];
    for error in &full {
        desk.source.will(Reply::Fails(error.clone()));
    }
    let began = tokio::time::Instant::now();
    let answer = desk.lookups.verify_in_turn(asked(), AMPLE).await.unwrap();
    assert_eq!(answer.answer.verdict, Verdict::Match);
    assert!(began.elapsed() >= Duration::from_millis(1300));
    assert_eq!(desk.source.calls(), 3);
    assert_eq!(desk.log.record().outcome, AccessOutcome::Matched);
    desk.source.will(Reply::Fails(PopulationError::Busy));
    desk.lookups.clear_cache();
    let refused = desk.lookups.verify(asked(), AMPLE).await.unwrap_err();
    assert_eq!(refused, PopulationError::Busy.into());
}

#[tokio::test(start_paused = true)]
async fn one_of_many_is_told_that_there_is_no_room_before_its_time_is_up() {
    let desk = Desk::new();
    desk.source.will(Reply::Fails(PopulationError::Busy));
    let second = Duration::from_secs(1);
    let refused = desk
        .lookups
        .verify_in_turn(asked(), second)
        .await
        .unwrap_err();
    assert_eq!(refused, PopulationError::Busy.into());
    assert_eq!(desk.log.record().reason, "UPSTREAM_BUSY");
}

#[tokio::test(start_paused = true)]
async fn a_question_that_never_went_out_is_recorded_without_a_request() {
    let desk = Desk::new();
    desk.source.will(Reply::Queues);
    let error = desk.lookups.verify(asked(), AMPLE).await.unwrap_err();
    assert_eq!(error, ServerError::LookupTimedOut);
    let record = desk.log.record();
    assert_eq!((record.attempts, record.request_number), (0, None));
}

#[tokio::test(start_paused = true)]
async fn the_source_is_told_of_the_time_that_a_later_caller_brings() {
    let desk = Desk::new();
    desk.source.hold();
    let ask = |time| {
        let lookups = Arc::clone(&desk.lookups);
        tokio::spawn(async move { lookups.verify(asked(), time).await })
    };
    let impatient = ask(Duration::from_secs(1));
    desk.settle().await;
    let budget = desk.source.asked()[0].1.budget.clone();
    assert_eq!(budget.left() + RESERVE, Duration::from_secs(1));
    let patient = ask(AMPLE);
    desk.settle().await;
    assert_eq!(budget.left() + RESERVE, AMPLE);
    desk.source.release();
    assert!(impatient.await.unwrap().is_ok());
    assert!(patient.await.unwrap().is_ok());
}

#[tokio::test(start_paused = true)]
async fn two_log_in_names_of_one_officer_are_asked_for_apart() {
    let desk = Desk::new();
    desk.source.hold();
    let callers = ["canbo.mau", "canbo.khac"].map(|name| {
        let lookups = Arc::clone(&desk.lookups);
        let mut asked = asked();
        asked.context.officer_account = Some(OfficerAccount::parse(name).unwrap());
        tokio::spawn(async move { lookups.verify(asked, AMPLE).await })
    });
    desk.settle().await;
    desk.source.release();
    for caller in callers {
        assert!(caller.await.unwrap().is_ok());
    }
    let names = desk.source.asked();
    let names: Vec<_> = names
        .iter()
        .map(|(_, call)| &call.officer_account)
        .collect();
    assert_eq!(names.len(), 2);
    assert_ne!(names[0], names[1]);
}
