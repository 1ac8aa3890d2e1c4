//! Which operation is used, and what its answer is taken for.

use std::collections::BTreeSet;

use lienthong_core::birth::BirthDate;
use lienthong_core::citizen::{Checked, Verdict};
use lienthong_core::household::Household;
use lienthong_core::identity::PersonalNumber;
use lienthong_core::ports::population::{
    CitizenAnswer, HouseholdAnswer, Operation, PopulationError,
};

use super::fakes::{AMPLE, Desk, Reply, asked, citizen, fields, household};

fn offering(operations: &[Operation]) -> Desk {
    let desk = Desk::new();
    *desk.source.offers.lock().unwrap() = operations.iter().copied().collect::<BTreeSet<_>>();
    desk
}

#[tokio::test]
async fn a_verification_by_the_record_compares_the_birth() {
    let desk = Desk::new();
    let answer = desk.lookups.verify(asked(), AMPLE).await.unwrap();
    let all = [Checked::Number, Checked::Name, Checked::Birth];
    assert_eq!(answer.answer.checked, all);
    assert_eq!(desk.source.asked()[0].0, Operation::LookUp);
}

#[tokio::test]
async fn a_verification_where_only_033_is_licensed_says_that_birth_was_not_compared() {
    let desk = offering(&[Operation::Confirm]);
    desk.source.will(Reply::Yes(true));
    let answer = desk.lookups.verify(asked(), AMPLE).await.unwrap();
    assert_eq!(answer.answer.verdict, Verdict::Match);
    assert_eq!(answer.answer.checked, [Checked::Number, Checked::Name]);
    let kept = desk.lookups.verify(asked(), AMPLE).await.unwrap();
    assert_eq!(kept.answer.checked, [Checked::Number, Checked::Name]);
    assert_eq!(desk.source.calls(), 1);
}

#[tokio::test]
async fn what_is_not_licensed_is_not_asked() {
    let desk = offering(&[]);
    let verified = desk.lookups.verify(asked(), AMPLE).await.unwrap_err();
    let found = desk
        .lookups
        .look_up(asked(), None, AMPLE)
        .await
        .unwrap_err();
    let household = desk.lookups.household(asked(), AMPLE).await.unwrap_err();
    for error in [verified, found, household] {
        assert_eq!(error, PopulationError::NotOffered.into());
    }
    assert_eq!((desk.source.calls(), desk.log.records().len()), (0, 3));
}

#[tokio::test]
async fn parents_alone_are_fetched_by_the_narrower_operation_where_there_is_one() {
    let desk = Desk::new();
    let parents = || Some(fields(&["father", "mother"]));
    desk.lookups
        .look_up(asked(), parents(), AMPLE)
        .await
        .unwrap();
    desk.lookups
        .look_up(asked(), parents(), AMPLE)
        .await
        .unwrap();
    let with_more = Some(fields(&["father", "nationality", "full_name"]));
    // Nationality is withheld, so nothing more than parents and name is needed.
    desk.lookups
        .look_up(asked(), with_more, AMPLE)
        .await
        .unwrap();
    assert_eq!(desk.source.asked()[0].0, Operation::Relatives);
    assert_eq!(desk.source.calls(), 1);

    let desk = offering(&[Operation::LookUp]);
    desk.lookups
        .look_up(asked(), parents(), AMPLE)
        .await
        .unwrap();
    assert_eq!(desk.source.asked()[0].0, Operation::LookUp);
}

#[tokio::test]
async fn a_record_of_somebody_else_or_of_several_people_is_never_a_match() {
    let mut somebody = citizen();
    somebody.personal_number = PersonalNumber::parse("000185000002").ok();
    for answer in [CitizenAnswer::One(somebody.into()), CitizenAnswer::Several] {
        let desk = Desk::new();
        desk.source.will(Reply::Citizen(answer.clone()));
        desk.source.will(Reply::Citizen(answer));
        let verified = desk.lookups.verify(asked(), AMPLE).await.unwrap();
        assert_eq!(verified.answer.verdict, Verdict::NoMatch);
        desk.lookups.clear_cache();
        let found = desk
            .lookups
            .look_up(asked(), None, AMPLE)
            .await
            .unwrap()
            .answer;
        assert_eq!(found.verdict, Verdict::NoMatch);
        assert!(found.citizen.is_none() && found.name.is_none() && found.withheld.is_empty());
        assert!(desk.log.last().returned.is_empty());
    }
}

#[tokio::test]
async fn the_household_of_somebody_else_is_never_a_match() {
    let strangers = Household {
        members: Vec::new(),
        ..household()
    };
    let desk = Desk::new();
    desk.source
        .will(Reply::Household(HouseholdAnswer::One(strangers.into())));
    let found = desk.lookups.household(asked(), AMPLE).await.unwrap().answer;
    assert_eq!(found.verdict, Verdict::NoMatch);
    assert!(found.household.is_none());
}

#[tokio::test]
async fn another_try_by_year_is_offered_and_never_made() {
    let desk = Desk::new();
    desk.source.will(Reply::Citizen(CitizenAnswer::NoMatch));
    let answer = desk.lookups.verify(asked(), AMPLE).await.unwrap();
    assert!(answer.answer.offer_year);
    assert_eq!(desk.source.calls(), 1);
    let mut by_year = asked();
    by_year.query.birth = BirthDate::parse("1985").unwrap();
    desk.source.will(Reply::Citizen(CitizenAnswer::NoMatch));
    let answer = desk.lookups.verify(by_year, AMPLE).await.unwrap();
    assert!(!answer.answer.offer_year);
}

#[tokio::test]
async fn the_year_alone_is_offered_for_a_household_too() {
    let desk = Desk::new();
    desk.source.will(Reply::Household(HouseholdAnswer::NoMatch));
    let found = desk.lookups.household(asked(), AMPLE).await.unwrap();
    assert!(found.answer.offer_year);
    let mut by_year = asked();
    by_year.query.birth = BirthDate::parse("1985").unwrap();
    desk.source.will(Reply::Household(HouseholdAnswer::NoMatch));
    let found = desk.lookups.household(by_year, AMPLE).await.unwrap();
    assert!(!found.answer.offer_year);
}
