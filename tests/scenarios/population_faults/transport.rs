//! Every way in which an exchange breaks, through every profile.

use std::net::{Ipv4Addr, TcpListener};

use lienthong_mocks::FaultEffect;
use lienthong_tests::profile::Profile;

use super::ground::{
    Ground, NONSENSE, NOT_ADMITTED, REFUSED, REJECTED, THROTTLED, TIMEOUT, Told, UNAVAILABLE, check,
};

/// What the database does instead of answering, and what the caller is told.
#[rustfmt::skip] // A row a line.
fn broken_answers() -> Vec<(&'static str, FaultEffect, Told)> {
    vec![
        ("a firewall's page", FaultEffect::Html, NONSENSE),
        ("garbage", FaultEffect::Garbage, NONSENSE),
        ("another namespace", FaultEffect::WrongNamespace, NONSENSE),
        ("half a document", FaultEffect::TruncatedDocument { bytes: 300 }, NONSENSE),
        ("no document", FaultEffect::TruncatedDocument { bytes: 0 }, NONSENSE),
        ("a bomb of entities", FaultEffect::EntityBomb, NONSENSE),
        ("two megabytes", FaultEffect::HugeBody { bytes: 2 << 20 }, NONSENSE),
        ("a hundred megabytes", FaultEffect::HugeBody { bytes: 100 << 20 }, NONSENSE),
        ("half an answer", FaultEffect::Truncate { bytes: 120 }, UNAVAILABLE),
        ("a reset in the middle", FaultEffect::Reset { bytes: 120 }, UNAVAILABLE),
        ("a reset before the first byte", FaultEffect::Reset { bytes: 0 }, UNAVAILABLE),
        ("no answer, not done", FaultEffect::DropBeforeEffect, UNAVAILABLE),
        ("no answer, done", FaultEffect::DropAfterEffect, UNAVAILABLE),
        ("500", FaultEffect::status(500), UNAVAILABLE),
        ("502", FaultEffect::status(502), UNAVAILABLE),
        ("503", FaultEffect::status(503), UNAVAILABLE),
        ("504", FaultEffect::status(504), UNAVAILABLE),
        ("a redirect", FaultEffect::status(302), NONSENSE),
        ("no content", FaultEffect::status(204), NONSENSE),
        ("400", FaultEffect::status(400), REJECTED),
        ("404", FaultEffect::status(404), REJECTED),
        ("403", FaultEffect::status(403), NOT_ADMITTED),
        ("429", FaultEffect::throttled(None), THROTTLED),
        ("429 with a time", FaultEffect::throttled(Some(7)), THROTTLED),
        ("silence", FaultEffect::Hang, TIMEOUT),
        ("late", FaultEffect::Delay { ms: 2_500, before_effect: false }, TIMEOUT),
        ("a slow drip", FaultEffect::SlowDrip { bytes: 1, every_ms: 200 }, TIMEOUT),
    ]
}

/// Each failure is told as what it is, in time, after exactly one request; and nothing is
/// left of it.
async fn breaks(profile: Profile) {
    let ground = Ground::of(profile).await;
    ground.serves_again("the start").await;
    for (row, effect, expected) in broken_answers() {
        let row = format!("{}: {row}", profile.name());
        ground.script("037", 1, effect);
        let failure = ground.fails_once(&row).await;
        check(&row, &failure.status, expected);
        assert_eq!(failure.sent, 1, "{row}: each request is a logged access");
    }
}

#[tokio::test]
async fn every_broken_answer_of_soap_lgsp_is_a_typed_failure() {
    breaks(Profile::SoapLgsp).await;
}

#[tokio::test]
async fn every_broken_answer_of_soap_esb_is_a_typed_failure() {
    breaks(Profile::SoapEsb).await;
}

#[tokio::test]
async fn every_broken_answer_of_json_wrap_xml_is_a_typed_failure() {
    breaks(Profile::JsonWrapXml).await;
}

#[tokio::test]
async fn every_broken_answer_of_json_flat_is_a_typed_failure() {
    breaks(Profile::JsonFlat).await;
}

#[tokio::test]
async fn a_401_that_no_renewal_mends_ends_after_one_renewal() {
    for profile in Profile::ALL {
        let row = format!("{}: 401", profile.name());
        let ground = Ground::of(profile).await;
        ground.serves_again("the start").await;
        let requests = if profile.has_token_call() { 2 } else { 1 };
        let tokens = ground.token_calls();
        ground.script("037", requests, FaultEffect::status(401));
        let failure = ground.fails_once(&row).await;
        check(&row, &failure.status, REFUSED);
        assert_eq!(failure.sent, requests as usize, "{row}");
        let renewed = usize::from(profile.has_token_call());
        assert_eq!(ground.token_calls() - tokens, renewed, "{row}");
        let asked = ground.stage.asked();
        let numbers: Vec<_> = asked
            .iter()
            .filter(|entry| entry.fault.is_some())
            .map(|entry| entry.key())
            .collect();
        assert_eq!(numbers.len(), requests as usize, "{row}");
        assert!(
            numbers.iter().all(|number| *number == numbers[0]),
            "{row}: another MaYeuCau"
        );
    }
}

#[tokio::test]
async fn a_refused_connection_is_told_at_once_and_nothing_was_sent() {
    for profile in Profile::ALL {
        let row = format!("{}: refused", profile.name());
        let mut ground = Ground::of(profile).await;
        // A port of which nobody listens any more.
        let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = closed.local_addr().unwrap();
        drop(closed);
        ground.stage.stop_gateway().await;
        ground
            .stage
            .set("population.base_url", &format!("https://{address}"));
        ground.stage.start_gateway().await.unwrap();
        ground.desk = ground.stage.desk(1).await.unwrap();
        let failure = ground.fails(&row).await;
        check(&row, &failure.status, UNAVAILABLE);
        assert_eq!(ground.stage.asked(), [], "{row}");
    }
}

#[tokio::test]
async fn an_outage_is_told_at_once_and_ends_with_it() {
    for profile in Profile::ALL {
        let row = format!("{}: an outage", profile.name());
        let ground = Ground::of(profile).await;
        ground.serves_again("the start").await;
        ground.stage.mocks().population().pause();
        for _ in 0..3 {
            let failure = ground.fails(&row).await;
            check(&row, &failure.status, UNAVAILABLE);
            assert_eq!(failure.sent, 0, "{row}");
        }
        ground.stage.mocks().population().resume();
        ground.serves_again(&row).await;
    }
}
