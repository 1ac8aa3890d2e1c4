//! What is kept, for whom and for how long.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use lienthong_core::access::Purpose;
use lienthong_core::citizen::Verdict;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::lookup::keeping::{ClassRule, Keeping};
use lienthong_core::lookup::{AnswerSource, Freshness};
use lienthong_core::name::{FullName, KeyRule};
use lienthong_core::ports::audit::AccessOutcome;
use lienthong_core::ports::population::{CitizenAnswer, PopulationError};

use super::fakes::{
    AMPLE, Desk, PLACES, RESERVE, Reply, afresh, asked, by, client, fields, policy, rules,
};
use crate::lookup::Asked;
use crate::status::ServerError;

fn no_older_than(seconds: u64) -> Asked {
    Asked {
        freshness: Freshness {
            max_age: Some(Duration::from_secs(seconds)),
            refresh: false,
        },
        ..asked()
    }
}

#[tokio::test]
async fn a_kept_answer_tells_its_age_and_the_request_that_brought_it() {
    let desk = Desk::new();
    let live = desk.lookups.look_up(asked(), None, AMPLE).await.unwrap();
    assert_eq!(
        (live.origin.source, live.origin.attempts),
        (AnswerSource::Live, 1)
    );
    desk.clock.advance(SignedDuration::from_secs(7));
    let kept = desk.lookups.look_up(asked(), None, AMPLE).await.unwrap();
    assert_eq!(
        (kept.origin.source, kept.origin.attempts),
        (AnswerSource::Cache, 0)
    );
    assert_eq!(kept.origin.age, Duration::from_secs(7));
    assert_eq!(kept.origin.request, live.origin.request);
    assert_eq!(
        kept.answer.citizen.unwrap().filled(),
        live.answer.citizen.unwrap().filled()
    );
    assert_eq!(kept.answer.name, live.answer.name);
    assert_eq!(desk.source.calls(), 1);
}

#[tokio::test]
async fn a_look_up_answers_later_verifications() {
    let desk = Desk::new();
    desk.lookups
        .look_up(asked(), Some(fields(&["permanent_address"])), AMPLE)
        .await
        .unwrap();
    let verified = desk.lookups.verify(asked(), AMPLE).await.unwrap();
    assert_eq!(verified.origin.source, AnswerSource::Cache);
    assert_eq!(desk.source.calls(), 1);
}

#[tokio::test]
async fn a_verification_leaves_no_record_for_a_look_up() {
    let desk = Desk::new();
    desk.lookups.verify(asked(), AMPLE).await.unwrap();
    let found = desk.lookups.look_up(asked(), None, AMPLE).await.unwrap();
    assert_eq!(found.origin.source, AnswerSource::Live);
}

#[tokio::test]
async fn a_caller_may_ask_again_and_what_comes_replaces_what_was_kept() {
    let desk = Desk::new();
    desk.lookups.verify(asked(), AMPLE).await.unwrap();
    desk.source.will(Reply::Citizen(CitizenAnswer::NoMatch));
    let again = desk.lookups.verify(afresh(), AMPLE).await.unwrap();
    assert_eq!(again.answer.verdict, Verdict::NoMatch);
    assert_eq!(again.origin.source, AnswerSource::Live);
    let kept = desk.lookups.verify(asked(), AMPLE).await.unwrap();
    assert_eq!(kept.answer.verdict, Verdict::NoMatch);
    assert_eq!(kept.origin.source, AnswerSource::Cache);
}

#[tokio::test]
async fn a_caller_may_refuse_an_old_answer() {
    let desk = Desk::new();
    desk.lookups.verify(asked(), AMPLE).await.unwrap();
    desk.clock.advance(SignedDuration::from_secs(10));
    let kept = desk.lookups.verify(no_older_than(10), AMPLE).await.unwrap();
    assert_eq!(kept.origin.source, AnswerSource::Cache);
    let fresh = desk.lookups.verify(no_older_than(9), AMPLE).await.unwrap();
    assert_eq!(fresh.origin.source, AnswerSource::Live);
}

#[tokio::test]
async fn no_match_is_kept_too_and_for_its_own_shorter_time() {
    let desk = Desk::new();
    desk.source.will(Reply::Citizen(CitizenAnswer::NoMatch));
    for _ in 0..2 {
        let answer = desk.lookups.verify(asked(), AMPLE).await.unwrap();
        assert_eq!(answer.answer.verdict, Verdict::NoMatch);
    }
    assert_eq!(desk.source.calls(), 1);
    assert_eq!(desk.log.last().outcome, AccessOutcome::NotMatched);
    desk.clock.advance(SignedDuration::from_secs(31));
    let answer = desk.lookups.verify(asked(), AMPLE).await.unwrap();
    assert_eq!(answer.answer.verdict, Verdict::Match);
}

#[tokio::test]
async fn another_dossier_and_another_system_are_not_served() {
    let desk = Desk::new();
    desk.lookups.verify(asked(), AMPLE).await.unwrap();
    let mut other = asked();
    other.context.dossier = DossierNumber::parse("000.00.01.H42-261122-0002").unwrap();
    desk.lookups.verify(other, AMPLE).await.unwrap();
    let mut other = asked();
    other.context.client = client("archive");
    desk.lookups.verify(other, AMPLE).await.unwrap();
    assert_eq!(desk.source.calls(), 3);
    desk.lookups
        .verify(by("000180000010"), AMPLE)
        .await
        .unwrap();
    assert_eq!(
        desk.source.calls(),
        3,
        "another officer of the same dossier is served"
    );
}

#[tokio::test]
async fn a_caller_who_may_see_less_is_not_served_what_another_may() {
    let desk = Desk::new();
    let mut inspector = asked();
    inspector.context.purpose = Purpose::Inspection;
    desk.lookups.look_up(inspector, None, AMPLE).await.unwrap();
    let found = desk.lookups.look_up(asked(), None, AMPLE).await.unwrap();
    assert_eq!(found.origin.source, AnswerSource::Live);
    assert!(found.answer.citizen.unwrap().permanent_address.is_none());
}

#[tokio::test]
async fn new_rules_and_an_operator_empty_the_cache() {
    let desk = Desk::new();
    desk.lookups.verify(asked(), AMPLE).await.unwrap();
    desk.lookups.clear_cache();
    desk.lookups.verify(asked(), AMPLE).await.unwrap();
    assert_eq!(desk.source.calls(), 2);
    desk.lookups.replace_rules(rules(policy()));
    desk.lookups.verify(asked(), AMPLE).await.unwrap();
    assert_eq!(desk.source.calls(), 3);
    desk.lookups.replace_keeping(Keeping::nothing());
    for _ in 0..2 {
        desk.lookups.verify(asked(), AMPLE).await.unwrap();
    }
    assert_eq!(desk.source.calls(), 5);
}

fn with_stale_verdicts() -> Desk {
    Desk::keeping(Keeping {
        verdict: Some(ClassRule {
            keep: Duration::from_mins(1),
            stale: Duration::from_mins(10),
            size: 1 << 20,
        }),
        ..Keeping::nothing()
    })
}

async fn past_its_time(desk: &Desk) {
    desk.lookups.verify(asked(), AMPLE).await.unwrap();
    desk.clock.advance(SignedDuration::from_mins(2));
}

#[tokio::test]
async fn a_verdict_past_its_time_bridges_an_outage_and_says_so() {
    let desk = with_stale_verdicts();
    past_its_time(&desk).await;
    desk.source.will(Reply::Fails(PopulationError::Interrupted));
    let answer = desk.lookups.verify(asked(), AMPLE).await.unwrap();
    assert_eq!(answer.answer.verdict, Verdict::Match);
    assert_eq!(answer.origin.source, AnswerSource::Stale);
    assert_eq!(answer.origin.age, Duration::from_mins(2));
    let record = desk.log.last();
    assert_eq!(record.source, Some(AnswerSource::Stale));
    assert_eq!(record.attempts, 1, "the one that was interrupted");
    let [kept, interrupted] = desk.source.asked().try_into().unwrap();
    assert_eq!(record.request_number, Some(interrupted.1.request_number));
    assert_eq!(answer.origin.request, kept.1.request_number);
    assert_eq!(record.outcome, AccessOutcome::Matched);
}

#[tokio::test(start_paused = true)]
async fn a_verdict_past_its_time_bridges_a_source_that_hangs() {
    let desk = with_stale_verdicts();
    past_its_time(&desk).await;
    desk.source.will(Reply::Hangs);
    let answer = desk.lookups.verify(asked(), AMPLE).await.unwrap();
    assert_eq!(answer.origin.source, AnswerSource::Stale);
}

#[tokio::test]
async fn a_verdict_past_its_time_stands_against_no_refusal_and_no_wish() {
    let desk = with_stale_verdicts();
    past_its_time(&desk).await;
    for refusal in [
        PopulationError::OfficerNotLicensed,
        PopulationError::ProcedureNotLicensed,
        PopulationError::StepUpRequired,
        PopulationError::CredentialsRefused,
        PopulationError::AddressRefused,
        PopulationError::Forbidden,
        PopulationError::Rejected { status: 415 },
    ] {
        desk.source.will(Reply::Fails(refusal.clone()));
        let error = desk.lookups.verify(asked(), AMPLE).await.unwrap_err();
        assert_eq!(error, ServerError::from(refusal));
    }
    for picky in [afresh(), no_older_than(119)] {
        desk.source.will(Reply::Fails(PopulationError::Unreachable));
        let error = desk.lookups.verify(picky, AMPLE).await.unwrap_err();
        assert_eq!(error, PopulationError::Unreachable.into());
    }
}

#[tokio::test]
async fn nothing_past_its_time_is_given_unless_it_is_configured() {
    let desk = Desk::new();
    desk.lookups.verify(asked(), AMPLE).await.unwrap();
    desk.clock.advance(SignedDuration::from_secs(601));
    desk.source.will(Reply::Fails(PopulationError::Unreachable));
    let error = desk.lookups.verify(asked(), AMPLE).await.unwrap_err();
    assert_eq!(error, PopulationError::Unreachable.into());
}

#[tokio::test]
async fn what_is_kept_is_given_while_somebody_asks_again() {
    let desk = Desk::new();
    desk.lookups.verify(asked(), AMPLE).await.unwrap();
    desk.source.hold();
    let lookups = Arc::clone(&desk.lookups);
    let again = tokio::spawn(async move { lookups.verify(afresh(), AMPLE).await });
    desk.settle().await;
    let kept = desk.lookups.verify(asked(), AMPLE).await.unwrap();
    assert_eq!(kept.origin.source, AnswerSource::Cache);
    desk.source.release();
    assert!(again.await.unwrap().is_ok());
}

#[tokio::test]
async fn names_that_the_profile_tells_apart_are_two_questions() {
    for (rule, asked_twice) in [
        (KeyRule::KeepApostrophe, true),
        (KeyRule::LettersAndDigits, false),
    ] {
        let desk = Desk::with(Keeping::default(), rule, PLACES);
        let named = |name: &str| {
            let mut asked = asked();
            asked.query.name = FullName::parse(name).unwrap();
            asked
        };
        desk.source.will(Reply::Citizen(CitizenAnswer::NoMatch));
        desk.lookups.verify(named("HHen Nie"), AMPLE).await.unwrap();
        let corrected = desk
            .lookups
            .verify(named("H'Hen Nie"), AMPLE)
            .await
            .unwrap();
        let asked_anew = corrected.origin.source == AnswerSource::Live;
        assert_eq!(asked_anew, asked_twice, "{rule:?}");
    }
}

#[tokio::test]
async fn a_caller_without_time_is_still_given_what_is_kept() {
    let desk = Desk::new();
    desk.lookups.verify(asked(), AMPLE).await.unwrap();
    let kept = desk.lookups.verify(asked(), RESERVE).await.unwrap();
    assert_eq!(kept.origin.source, AnswerSource::Cache);
}
