//! Faults of the population database that the portal does not share, and its limits.

use std::time::Duration;

use lienthong_mocks::{
    Fault, FaultEffect, Mocks, MocksConfig, Outcome, PopulationSettings, ScriptProblem,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::caller::{ask, mocks, plain_lookup, try_post};

async fn scripted(effect: FaultEffect) -> Mocks {
    let mocks = mocks().await;
    let fault = Fault::new(effect).on("037").through("soap-lgsp");
    mocks.population().script(fault).unwrap();
    mocks
}

async fn asked(mocks: &Mocks) -> (u16, String) {
    let answer = ask(mocks, "/tracuu", &plain_lookup()).await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_truncated_document_comes_in_a_whole_answer() {
    let mocks = scripted(FaultEffect::TruncatedDocument { bytes: 300 }).await;
    let answer = ask(&mocks, "/tracuu", &plain_lookup()).await.unwrap();
    assert_eq!(answer.content_length(), Some(300));
    assert_eq!(answer.bytes().await.unwrap().len(), 300);
    let entry = mocks.population().journal().pop().unwrap();
    assert_eq!(
        (entry.outcome, entry.fault),
        (Outcome::Matched, Some("truncated_document"))
    );
}

#[tokio::test]
async fn an_entity_bomb_is_small_and_declares_entities_of_entities() {
    let mocks = scripted(FaultEffect::EntityBomb).await;
    let (status, body) = asked(&mocks).await;
    assert_eq!(status, 200);
    assert!(body.len() < 2000 && body.contains("&e8;&e8;"), "{body}");
}

#[tokio::test]
async fn a_reset_comes_in_the_middle_of_the_body_and_is_a_reset() {
    let mocks = mocks().await;
    let reset = Fault::new(FaultEffect::Reset { bytes: 10 });
    mocks.population().script(reset).unwrap();
    let mut stream = TcpStream::connect(mocks.population_addr()).await.unwrap();
    let path = "/apiCSDLDanCu/ChiaSeThongTinCongDan";
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: mock\r\nContent-Type: application/json\r\n\
         Content-Length: 2\r\n\r\n{{}}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut seen = Vec::new();
    let ended = stream.read_to_end(&mut seen).await;
    let seen = String::from_utf8_lossy(&seen).into_owned();
    assert!(
        seen.starts_with("HTTP/1.1 200") && seen.ends_with("{\"error_co"),
        "{seen}"
    );
    assert_eq!(
        ended.unwrap_err().kind(),
        std::io::ErrorKind::ConnectionReset
    );
}

#[tokio::test]
async fn a_hanging_call_has_taken_effect_and_ends_only_when_somebody_hangs_up() {
    let mocks = scripted(FaultEffect::Hang).await;
    let population = mocks.population().clone();
    let journal = || population.journal();
    let operation = plain_lookup();
    let asking = ask(&mocks, "/tracuu", &operation);
    let hung = async {
        while !journal().iter().any(|entry| entry.operation == "037") {
            tokio::task::yield_now().await;
        }
        population.pause();
    };
    let (answer, ()) = tokio::join!(asking, hung);
    assert!(answer.is_err());
    assert_eq!(journal().pop().unwrap().outcome, Outcome::Matched);
}

#[tokio::test]
async fn ready_made_refusals_have_their_status_and_their_words() {
    for (effect, status, words) in [
        (FaultEffect::status(403), 403, ""),
        (FaultEffect::throttled(None), 429, "900802"),
        (FaultEffect::ip_disallowed(), 403, "IP_DISALLOWED"),
        (FaultEffect::otp_needed(), 400, r#"{"message":"00"}"#),
        (FaultEffect::otp_wrong(), 403, r#"{"message":"01"}"#),
        (FaultEffect::procedure_not_licensed(), 500, "004"),
        (FaultEffect::officer_not_licensed(), 500, "005"),
    ] {
        let mocks = scripted(effect).await;
        let (code, body) = asked(&mocks).await;
        assert!(code == status && body.contains(words), "{code} {body}");
    }
    let mocks = scripted(FaultEffect::throttled(Some(7))).await;
    let answer = ask(&mocks, "/tracuu", &plain_lookup()).await.unwrap();
    assert_eq!(answer.headers()["retry-after"], "7");
    let fault_type = "Server.ServerProxy.NetworkError";
    let mocks = scripted(FaultEffect::x_road(fault_type)).await;
    let answer = ask(&mocks, "/tracuu", &plain_lookup()).await.unwrap();
    assert_eq!(answer.headers()["x-road-error"], fault_type);
    assert!(answer.text().await.unwrap().contains(fault_type));
}

#[tokio::test]
async fn a_fault_of_one_profile_leaves_the_others_alone() {
    let mocks = mocks().await;
    let fault = Fault::new(FaultEffect::status(500)).through("soap-esb");
    mocks.population().script(fault).unwrap();
    assert_eq!(asked(&mocks).await.0, 200);
    assert_eq!(mocks.population().waiting_faults().len(), 1);
    let unknown = Fault::new(FaultEffect::Html).through("ndop");
    let upstream = "population";
    assert_eq!(
        mocks.population().script(unknown).unwrap_err(),
        [ScriptProblem::UnknownProfile { upstream }]
    );
    let upstream = "portal";
    let elsewhere = Fault::new(FaultEffect::Html).through("soap-esb");
    assert_eq!(
        mocks.portal().script(elsewhere).unwrap_err(),
        [ScriptProblem::UnknownProfile { upstream }]
    );
}

async fn limited(per_minute: Option<u32>, per_day: Option<u32>) -> Mocks {
    let config = MocksConfig {
        population_settings: PopulationSettings {
            calls_per_minute: per_minute,
            calls_per_day: per_day,
            ..PopulationSettings::default()
        },
        ..MocksConfig::on_free_ports()
    };
    Mocks::start(config).await.unwrap()
}

#[tokio::test]
async fn one_call_too_many_is_throttled_until_the_minute_is_over() {
    let mocks = limited(Some(2), None).await;
    assert_eq!(asked(&mocks).await.0, 200);
    assert_eq!(asked(&mocks).await.0, 200);
    let refused = ask(&mocks, "/tracuu", &plain_lookup()).await.unwrap();
    assert_eq!(refused.status(), 429);
    let wait = refused.headers()["retry-after"].to_str().unwrap();
    let wait: u64 = wait.parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    let entry = mocks.population().journal().pop().unwrap();
    assert_eq!(entry.outcome, Outcome::Throttled);
    mocks.advance(Duration::from_secs(wait));
    assert_eq!(asked(&mocks).await.0, 200);
}

#[tokio::test]
async fn a_days_quota_is_counted_for_each_profile_and_spares_token_calls() {
    let mocks = limited(None, Some(1)).await;
    assert_eq!(asked(&mocks).await.0, 200);
    mocks.advance(Duration::from_hours(1));
    assert_eq!(asked(&mocks).await.0, 429, "the token before it was issued");
    let path = "/apiCSDLDanCu/ChiaSeThongTinCongDan";
    let url = format!("{}{path}", mocks.population_url());
    let other = crate::caller::client().post(url).body("{}").send();
    assert_eq!(other.await.unwrap().status(), 415, "another profile");
    mocks.advance(Duration::from_hours(24));
    assert_eq!(asked(&mocks).await.0, 200);
}

#[tokio::test]
async fn the_portal_plays_the_document_faults_too() {
    let mocks = mocks().await;
    let bomb = Fault::new(FaultEffect::EntityBomb).on("login");
    mocks.portal().script(bomb).unwrap();
    let body = serde_json::json!({"username": "h99_motcua", "password": "demo-only"});
    let answer = try_post(&mocks, "/mapi/login", &body).await.unwrap();
    assert!(answer.text().await.unwrap().starts_with("[[[["));
}
