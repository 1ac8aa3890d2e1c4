//! The way in: tokens that end, do not come or are refused, a clock that is wrong, and quotas.

use std::time::Duration;

use futures_util::future::join_all;
use lienthong_mocks::{EsbSettings, FaultEffect, Outcome, PopulationSettings};
use lienthong_proto::v1::Verdict;
use lienthong_tests::profile::Profile;
use lienthong_tests::settings::Settings;
use lienthong_tests::wire::reason;
use tonic::Code;
use tonic_types::StatusExt as _;

use super::ground::{Ground, NONSENSE, REFUSED, THROTTLED, Told, UNAVAILABLE, body, check};

fn with_a_token_call() -> impl Iterator<Item = Profile> {
    Profile::ALL.into_iter().filter(|it| it.has_token_call())
}

/// A token call that does not bring a token.
fn no_token() -> Vec<(&'static str, FaultEffect, Told)> {
    let json = |text| body("application/json", text);
    vec![
        ("a firewall's page", FaultEffect::Html, NONSENSE),
        ("cut", FaultEffect::DropBeforeEffect, UNAVAILABLE),
        (
            "an empty token",
            json(
                r#"{"access_token":"","token":"","expires_in":3600,"expiryDate":"2099-01-01T00:00:00Z"}"#,
            ),
            NONSENSE,
        ),
        (
            "half a header",
            json(
                r#"{"access_token":"a\r\nb","token":"a\r\nb","expires_in":60,"expiryDate":"2099-01-01T00:00:00Z"}"#,
            ),
            NONSENSE,
        ),
        ("401", FaultEffect::status(401), REFUSED),
    ]
}

async fn goes_without_a_token(profile: Profile) {
    for (row, effect, expected) in no_token() {
        let row = format!("{}: {row}", profile.name());
        // Anew for each row: a token that has just replaced another is not replaced again.
        let ground = Ground::of(profile).await;
        // Only the first look-up of all has no token that could be refused.
        ground.serves_again("the start").await;
        ground.stage.mocks().population().forget_tokens();
        // The old token is refused once, and the new one does not come.
        ground.script("token", 1, effect);
        let failure = ground.fails(&row).await;
        check(&row, &failure.status, expected);
        assert_eq!(failure.sent, 1, "{row}: the request with the old token");
        if reason(&failure.status) == "UPSTREAM_REFUSED_CREDENTIALS" {
            // For a pause nobody asks again, so that a wrong password locks no account.
            let asked = ground.token_calls();
            for _ in 0..5 {
                let again = ground.fails(&row).await;
                assert_eq!(again.status.code(), Code::Unavailable, "{row}");
            }
            assert_eq!(ground.token_calls(), asked, "{row}");
        }
        ground.serves_again(&row).await;
    }
}

#[tokio::test]
async fn a_token_of_soap_lgsp_that_does_not_come_is_a_typed_failure_too() {
    goes_without_a_token(Profile::SoapLgsp).await;
}

#[tokio::test]
async fn a_token_of_json_flat_that_does_not_come_is_a_typed_failure_too() {
    goes_without_a_token(Profile::JsonFlat).await;
}

#[tokio::test]
async fn a_token_that_ended_at_the_other_side_is_renewed_once_under_the_same_number() {
    for profile in with_a_token_call() {
        let row = profile.name();
        let ground = Ground::of(profile).await;
        ground.serves_again("the start").await;
        // Their clock is ahead: to them the token has ended, and to us it has not.
        ground.stage.mocks().advance(Duration::from_hours(2));
        let before = ground.sent();
        let answer = ground.desk.ask(ground.question()).await.expect(row);
        assert_eq!(answer.verdict(), Verdict::Match, "{row}");
        let provenance = answer.provenance.unwrap();
        assert_eq!(provenance.attempts, 2, "{row}");
        let numbers = ground.stage.asked_under("037").split_off(before);
        let same = [provenance.request_id.clone(), provenance.request_id];
        assert_eq!(numbers, same, "{row}");
        assert_eq!(
            ground.stage.mocks().population().tokens_issued(),
            2,
            "{row}"
        );
    }
}

#[tokio::test]
async fn many_look_ups_without_a_token_fetch_one() {
    for profile in with_a_token_call() {
        let row = profile.name();
        let ground = Ground::of(profile).await;
        let asked = (1..=40).map(|sequence| {
            let desk = ground.desk.at(ground.stage.dossier_code(sequence));
            let plain = ground.stage.citizen("plain").unwrap();
            async move { desk.verify(&plain).await }
        });
        for answer in join_all(asked).await {
            assert_eq!(answer.expect(row).verdict(), Verdict::Match, "{row}");
        }
        assert_eq!(ground.token_calls(), 1, "{row}");
        assert_eq!(ground.sent(), 40, "{row}");
    }
}

#[tokio::test]
async fn a_wrong_clock_on_soap_esb_is_refused_and_no_look_up_is_sent_twice() {
    let ground = Ground::of(Profile::SoapEsb).await;
    ground.serves_again("the start").await;
    ground.stage.mocks().advance(Duration::from_mins(4));
    ground.serves_again("four minutes, which are allowed").await;
    ground.stage.mocks().advance(Duration::from_mins(2));
    for _ in 0..3 {
        let failure = ground.fails("a wrong clock").await;
        check("a wrong clock", &failure.status, REFUSED);
        assert_eq!(failure.sent, 1, "nothing that is computed anew helps");
    }
    let last = ground.stage.asked().pop().unwrap();
    assert!(
        matches!(last.outcome, Outcome::Unauthenticated(_)),
        "{:?}",
        last.outcome
    );
}

#[tokio::test]
async fn a_hash_over_something_else_is_refused_and_no_look_up_is_sent_twice() {
    let wrong = [
        ("seconds", ("population.esb.timestamp_unit", "seconds")),
        (
            "another secret",
            ("population.esb.secret_key", "another-secret"),
        ),
        (
            "the path that is called",
            ("population.esb.service_url", "/esb/dancu/tracuu"),
        ),
        (
            "another account",
            ("population.esb.user_name", "another_user"),
        ),
    ];
    for (row, (key, value)) in wrong {
        let settings = Settings::for_profile(Profile::SoapEsb).with(key, value);
        let agreed = PopulationSettings::default();
        let ground = Ground::with(agreed, Profile::SoapEsb, settings).await;
        let failure = ground.fails(row).await;
        check(row, &failure.status, REFUSED);
        assert_eq!(failure.sent, 1, "{row}");
    }
    let strict = PopulationSettings {
        esb: EsbSettings {
            api_key: Some("demo-api-key".to_owned()),
            ..EsbSettings::default()
        },
        ..PopulationSettings::default()
    };
    let ground = Ground::against(strict, Profile::SoapEsb).await;
    check("no key", &ground.fails("no key").await.status, REFUSED);
}

#[tokio::test]
async fn a_quota_that_the_database_counts_is_told_with_its_time() {
    for profile in Profile::ALL {
        let row = profile.name();
        let agreed = PopulationSettings {
            calls_per_day: Some(2),
            ..PopulationSettings::default()
        };
        let ground = Ground::against(agreed, profile).await;
        for _ in 0..2 {
            let answer = ground.desk.ask(ground.question()).await.expect(row);
            assert_eq!(answer.verdict(), Verdict::Match, "{row}");
        }
        let failure = ground.fails(row).await;
        check(row, &failure.status, THROTTLED);
        assert_eq!(failure.sent, 1, "{row}");
        let wait = failure.status.get_details_retry_info().unwrap().retry_delay;
        // The window of a day has just begun.
        assert!(wait.unwrap() > Duration::from_hours(23), "{row}: {wait:?}");
    }
}

#[tokio::test]
async fn our_own_quota_is_kept_before_the_database_has_to_refuse() {
    for profile in Profile::ALL {
        let row = profile.name();
        let settings =
            Settings::for_profile(profile).with("population.protection.daily_quota", "3");
        let ground = Ground::with(PopulationSettings::default(), profile, settings).await;
        for _ in 0..3 {
            ground.desk.ask(ground.question()).await.expect(row);
        }
        let failure = ground.fails(row).await;
        check(
            row,
            &failure.status,
            (Code::ResourceExhausted, "QUOTA_SPENT"),
        );
        assert_eq!((failure.sent, ground.sent()), (0, 3), "{row}");
        let wait = failure.status.get_details_retry_info().unwrap().retry_delay;
        assert!(wait.unwrap() <= Duration::from_hours(24), "{row}: {wait:?}");
    }
}
