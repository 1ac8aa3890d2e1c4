//! Whatever the population database answers, by whatever profile, the caller gets a typed
//! failure that says what the law leaves, in time, and the next call works.
//!
//! What a reader would get wrong: every question here asks for a fresh answer, or the one
//! after a failure would be served from what the one before it left in the cache.

mod access;
mod ground;
mod hostile;
mod transport;
mod words;

use lienthong_mocks::FaultEffect;
use lienthong_proto::v1;
use lienthong_proto::v1::Verdict;
use lienthong_tests::profile::Profile;
use lienthong_tests::wire::{frame, json_of, reason};
use tonic::Code;
use tonic_types::StatusExt as _;

use ground::{Ground, UNAVAILABLE, check};

const VERIFY: &str = "/lienthong.v1.PopulationService/VerifyCitizen";

fn as_json(question: &v1::VerifyCitizenRequest) -> String {
    let json = json_of("lienthong.v1.VerifyCitizenRequest", question);
    json.unwrap().to_string()
}

#[tokio::test]
async fn the_wait_that_the_database_asks_for_is_handed_on() {
    for profile in Profile::ALL {
        let row = profile.name();
        let ground = Ground::of(profile).await;
        ground.script("037", 1, FaultEffect::throttled(Some(7)));
        let failure = ground.fails_once(row).await;
        let wait = failure.status.get_details_retry_info().unwrap().retry_delay;
        assert_eq!(wait.unwrap().as_secs(), 7, "{row}");
    }
}

#[tokio::test]
async fn an_outage_is_told_over_json_too() {
    let ground = Ground::of(Profile::SoapLgsp).await;
    ground.stage.mocks().population().pause();
    let mut wire = ground.stage.wire().await.unwrap();
    let json = as_json(&ground.question());
    let answer = wire.json(VERIFY, json.clone()).await.unwrap();
    assert_eq!(answer.http, 503);
    check("an outage", &answer.connect_status().unwrap(), UNAVAILABLE);
    ground.stage.mocks().population().resume();
    ground.serves_again("an outage").await;
    assert_eq!(wire.json(VERIFY, json).await.unwrap().http, 200);
}

#[tokio::test]
async fn the_callers_deadline_counts_where_it_is_shorter() {
    let ground = Ground::of(Profile::SoapLgsp).await;
    ground.serves_again("the start").await;
    let mut wire = ground.stage.wire().await.unwrap();
    let body = ground.question();
    let late = FaultEffect::Delay {
        ms: 1_200,
        before_effect: false,
    };
    ground.script("037", 2, late);
    let short = [("grpc-timeout", "300m")];
    let answer = wire.grpc(VERIFY, &short, frame(&body)).await.unwrap();
    let status = answer.status().unwrap();
    assert_eq!(
        (status.code(), reason(&status).as_str()),
        (Code::DeadlineExceeded, "DEADLINE_EXCEEDED")
    );
    let json = as_json(&body);
    let headers = [
        ("content-type", "application/json"),
        ("connect-timeout-ms", "300"),
    ];
    let answer = wire.post(VERIFY, &headers, json).await.unwrap();
    assert_eq!(answer.http, 504);
    assert_eq!(answer.json().unwrap()["code"], "deadline_exceeded");
    let answer = wire.grpc(VERIFY, &[], frame(&body)).await.unwrap();
    let answer: v1::VerifyCitizenResponse = answer.message().unwrap();
    assert_eq!(answer.verdict(), Verdict::Match);
}
