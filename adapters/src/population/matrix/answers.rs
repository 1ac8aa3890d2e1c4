use std::collections::BTreeSet;

use lienthong_core::access::OfficerId;
use lienthong_core::citizen::{Verdict, judge};
use lienthong_core::ports::population::{LookupCall, Operation, PopulationError};

use super::grounds::ASKED;
use super::*;
use crate::population::samples::REQUEST_NUMBER;

async fn answer(ground: &Ground, numbers: &[&str]) -> CitizenAnswer {
    let template = said(ground, (ground.people)(numbers));
    let (looked_up, arrived) = look_up_against(ground, template).await;
    let observed = looked_up.unwrap();
    assert_eq!((observed.attempts, arrived), (1, 1), "{}", ground.profile);
    assert_eq!(observed.observed_at, clock_now());
    let shown = format!("{observed:?}");
    assert!(
        !shown.contains("00018") && !shown.contains("MẪU"),
        "{shown}"
    );
    observed.answer
}

fn clock_now() -> jiff::Timestamp {
    port(&clock()).now()
}

#[test]
fn every_profile_has_a_ground_of_its_own() {
    let profiles: BTreeSet<_> = GROUNDS.iter().map(|ground| ground.profile).collect();
    assert_eq!(profiles.len(), GROUNDS.len());
    for ground in GROUNDS {
        let registry = registry(ground, "http://127.0.0.1:1");
        assert_eq!(registry.profile(), ground.profile);
        assert!(registry.offers(Operation::LookUp));
        assert!(!registry.offers(Operation::Household));
    }
}

#[tokio::test]
async fn a_citizen_who_is_found_is_read() {
    for ground in GROUNDS {
        let CitizenAnswer::One(citizen) = answer(ground, &[ASKED]).await else {
            panic!("{}", ground.profile)
        };
        assert_eq!(citizen.personal_number.unwrap().expose(), ASKED);
        assert_eq!(citizen.birth.unwrap(), query().birth);
        assert_eq!(citizen.full_name.unwrap().expose(), grounds::NAME);
    }
}

#[tokio::test]
async fn not_found_and_not_matching_are_an_answer_and_never_a_failure() {
    for ground in GROUNDS {
        let answer = answer(ground, &[]).await;
        assert!(
            matches!(answer, CitizenAnswer::NoMatch),
            "{}",
            ground.profile
        );
    }
}

#[tokio::test]
async fn several_people_are_never_one() {
    for ground in GROUNDS {
        for numbers in [[ASKED, "000185000002"], [ASKED, ASKED]] {
            let answer = answer(ground, &numbers).await;
            assert!(
                matches!(answer, CitizenAnswer::Several),
                "{}",
                ground.profile
            );
        }
    }
}

#[tokio::test]
async fn a_record_about_another_number_comes_with_that_number_and_is_no_match() {
    for ground in GROUNDS {
        let CitizenAnswer::One(citizen) = answer(ground, &["000185000002"]).await else {
            panic!("{}", ground.profile)
        };
        let number = citizen.personal_number.as_ref().unwrap();
        assert_eq!(number.expose(), "000185000002", "{}", ground.profile);
        assert_eq!(judge(&query(), &citizen).verdict, Verdict::NoMatch);
    }
}

#[tokio::test]
async fn the_request_number_goes_out_as_it_is() {
    for ground in GROUNDS {
        let server = upstream(ground).await;
        let template = said(ground, (ground.people)(&[]));
        let look_ups = Mock::given(path("/tracuu")).respond_with(template);
        look_ups.mount(&server).await;
        let registry = registry(ground, &server.uri());
        registry.look_up(&query(), &call()).await.unwrap();
        let requests = server.received_requests().await.unwrap();
        let body = String::from_utf8(requests.last().unwrap().body.clone()).unwrap();
        assert!(body.contains(REQUEST_NUMBER), "{}", ground.profile);
        assert!(body.contains("TRANTHIMAUTHU"), "{}", ground.profile);
        // Part D 10: personal data in the address.
        for request in requests {
            assert_eq!(request.url.query(), None, "{}", ground.profile);
        }
    }
}

#[tokio::test]
async fn what_is_not_offered_sends_nothing() {
    for ground in GROUNDS {
        let server = upstream(ground).await;
        let registry = registry(ground, &server.uri());
        let (query, call) = (query(), call());
        let refused = Unanswered {
            error: PopulationError::NotOffered,
            attempts: 0,
        };
        let not_offered = PopulationError::NotOffered;
        let admitted = registry.admit(Operation::Confirm, &call);
        assert_eq!(admitted.unwrap_err(), not_offered);
        assert_eq!(registry.admit(Operation::LookUp, &call), Ok(()));
        assert_eq!(registry.confirm(&query, &call).await.unwrap_err(), refused);
        assert_eq!(
            registry.household(&query, &call).await.unwrap_err(),
            refused
        );
        assert_eq!(
            registry.relatives(&query, &call).await.unwrap_err(),
            refused
        );
        assert!(server.received_requests().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn an_officer_goes_out_under_their_own_code_where_the_access_knows_no_other() {
    for ground in GROUNDS.iter().filter(|it| it.profile != "soap-lgsp") {
        let server = upstream(ground).await;
        let template = said(ground, (ground.people)(&[]));
        let look_ups = Mock::given(path("/tracuu")).respond_with(template);
        look_ups.mount(&server).await;
        let call = LookupCall {
            officer: OfficerId::parse("canbo-2").unwrap(),
            ..call()
        };
        let registry = registry(ground, &server.uri());
        registry.look_up(&query(), &call).await.unwrap();
        let requests = server.received_requests().await.unwrap();
        let body = String::from_utf8(requests.last().unwrap().body.clone()).unwrap();
        assert!(body.contains("canbo-2"), "{}", ground.profile);
    }
}
