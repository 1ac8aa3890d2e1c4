//! Case 11: slow, down, or announced to be down.

use std::time::Duration;

use futures_util::future::join_all;
use lienthong_mocks::{Fault, FaultEffect};
use lienthong_proto::v1::Verdict;
use lienthong_tests::desk::failure;
use lienthong_tests::patience::eventually;
use lienthong_tests::profile::Profile;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::Stage;
use lienthong_tests::wire::{metadata, reason};
use tokio::time::Instant;
use tonic::Code;
use tonic_types::StatusExt as _;

#[tokio::test]
async fn case_11_one_token_serves_many_look_ups() {
    for profile in Profile::ALL.into_iter().filter(|it| it.has_token_call()) {
        let stage = Stage::with(Settings::for_profile(profile)).await.unwrap();
        let desk = stage.desk(1).await.unwrap();
        for sequence in 1..=20 {
            let desk = desk.at(stage.dossier_code(sequence));
            let answer = desk.verify(&stage.citizen("plain").unwrap()).await.unwrap();
            assert_eq!(answer.verdict(), Verdict::Match);
        }
        assert_eq!(stage.asked_under("037").len(), 20);
        assert_eq!(
            stage.mocks().population().tokens_issued(),
            1,
            "{}",
            profile.name()
        );
    }
}

#[tokio::test]
async fn case_11_an_outage_is_told_at_once_with_the_lawful_ways_under_the_usual_limits() {
    for profile in Profile::ALL {
        let row = profile.name();
        let stage = Stage::with(Settings::for_profile(profile)).await.unwrap();
        let desk = stage.desk(1).await.unwrap();
        let plain = stage.citizen("plain").unwrap();
        desk.verify(&plain).await.expect(row);
        stage.mocks().population().pause();
        let began = Instant::now();
        for sequence in 2..=11 {
            let refused = desk.at(stage.dossier_code(sequence)).verify(&plain).await;
            let status = refused.expect_err(row);
            assert_eq!(status.code(), Code::Unavailable, "{row}");
            let expected = ["UPSTREAM_UNAVAILABLE", "BREAKER_OPEN"];
            assert!(
                expected.contains(&reason(&status).as_str()),
                "{row}: {}",
                reason(&status)
            );
            assert_eq!(
                metadata(&status, "fallback").as_deref(),
                Some("paper,vneid,qr"),
                "{row}"
            );
            assert!(status.get_details_retry_info().is_some(), "{row}");
        }
        // Ten officers; at the 10 to 30 seconds that clients in use wait it were minutes.
        assert!(began.elapsed() < Duration::from_secs(10), "{row}");
        // What was answered for the dossier before is still known.
        let kept = desk.verify(&plain).await.expect(row);
        assert_eq!(kept.verdict(), Verdict::Match, "{row}");
    }
}

async fn ends_a_silence(profile: Profile) {
    let row = profile.name();
    let settings = Settings::for_profile(profile).with("population.limits.read", "1s");
    let settings = settings.with("population.limits.connect", "1s");
    let stage = Stage::with(settings).await.unwrap();
    let desk = stage.desk(1).await.unwrap();
    let fault = Fault::new(FaultEffect::Hang).on("037").through(row);
    stage.mocks().population().script(fault).unwrap();
    let began = Instant::now();
    let refused = desk.verify(&stage.citizen("plain").unwrap()).await;
    let expected = (Code::Unavailable, "UPSTREAM_TIMEOUT".to_owned());
    assert_eq!(failure(&refused), Some(expected), "{row}");
    assert!(began.elapsed() < Duration::from_secs(5), "{row}");
    assert_eq!(
        stage.asked_under("037").len(),
        1,
        "{row}: each try is an access"
    );
}

#[tokio::test]
async fn case_11_a_silent_database_holds_an_officer_no_longer_than_it_was_given() {
    join_all(Profile::ALL.map(ends_a_silence)).await;
}

#[tokio::test]
async fn case_11_announced_downtime_is_a_setting_and_asks_nobody() {
    let window = "[{ from = '2020-01-01T00:00:00+07:00', until = '2100-01-01T00:00:00+07:00' }]";
    for profile in Profile::ALL {
        let row = profile.name();
        let settings = Settings::for_profile(profile).with("population.maintenance", window);
        let mut stage = Stage::with(settings).await.unwrap();
        let plain = stage.citizen("plain").unwrap();
        let refused = stage.desk(1).await.unwrap().verify(&plain).await;
        let expected = (Code::Unavailable, "UPSTREAM_MAINTENANCE".to_owned());
        assert_eq!(failure(&refused), Some(expected), "{row}");
        let status = refused.unwrap_err();
        assert_eq!(
            metadata(&status, "fallback").as_deref(),
            Some("paper,vneid,qr"),
            "{row}"
        );
        assert_eq!(stage.asked(), [], "{row}");
        stage.stop_gateway().await;
        stage.set("population.maintenance", "[]");
        stage.start_gateway().await.unwrap();
        let desk = stage.desk(1).await.unwrap();
        let answer = eventually("an answer", async || Ok(desk.verify(&plain).await.ok())).await;
        assert_eq!(answer.unwrap().verdict(), Verdict::Match, "{row}");
    }
}
