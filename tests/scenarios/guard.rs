//! The population database is asked no more than was agreed, and not at all while it is out:
//! callers hear at once, with what the law leaves.
//!
//! What a reader would get wrong: what the gateway refuses by itself never reaches the
//! database, so each of these tests counts what arrived there.

use std::time::Duration;

use lienthong_mocks::{Fault, FaultEffect, SampleCitizen};
use lienthong_proto::v1;
use lienthong_proto::v1::{BreakerState, Condition, Verdict};
use lienthong_tests::desk::Desk;
use lienthong_tests::patience::eventually;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::Stage;
use lienthong_tests::wire::{metadata, reason};
use tokio::time::Instant;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

mod agreed;
mod breaker;
mod retry;

/// Nothing is answered from memory, so that each question would go out.
fn forgetful() -> Settings {
    ["verdict", "person", "household", "negative"]
        .into_iter()
        .fold(Settings::default(), |settings, class| {
            settings.with(&format!("cache.{class}.cached"), "false")
        })
}

fn asked(stage: &Stage) -> usize {
    stage.asked_under("037").len()
}

fn script(stage: &Stage, effect: FaultEffect, times: u32) {
    let fault = Fault::new(effect).on("037").times(times);
    stage.mocks().population().script(fault).unwrap();
}

fn late(ms: u64) -> FaultEffect {
    FaultEffect::Delay {
        ms,
        before_effect: false,
    }
}

/// The code in JSON that some routes put before the SOAP (population.md 11).
fn not_licensed() -> FaultEffect {
    let headers = [("Content-Type".to_owned(), "application/json".to_owned())];
    FaultEffect::Status {
        code: 200,
        body: r#"{"errorCode":"005","message":"Tài khoản cán bộ không có quyền"}"#.to_owned(),
        headers: headers.into(),
    }
}

/// Checks that `status` is such a refusal, and says what to do meanwhile; gives the wait
/// that it names.
fn check(status: &Status, expected: (Code, &str)) -> Duration {
    let got = (status.code(), reason(status));
    assert_eq!((got.0, got.1.as_str()), expected, "{}", status.message());
    assert_eq!(metadata(status, "upstream").as_deref(), Some("population"));
    assert_eq!(
        metadata(status, "fallback").as_deref(),
        Some("paper,vneid,qr")
    );
    let retry = status.get_details_retry_info();
    retry
        .and_then(|retry| retry.retry_delay)
        .unwrap_or_default()
}

/// A refusal that must come at once.
async fn refused_at_once(desk: &Desk, citizen: &SampleCitizen) -> Status {
    let started = Instant::now();
    let status = desk.verify(citizen).await.unwrap_err();
    assert!(
        started.elapsed() < Duration::from_secs(2),
        "{:?}",
        started.elapsed()
    );
    status
}

/// Health of the population database.
async fn health(stage: &Stage) -> v1::UpstreamHealth {
    let health = stage.vendor().await.unwrap().health().await.unwrap();
    let mut upstreams = health.upstreams.into_iter();
    upstreams.find(|each| each.name == "population").unwrap()
}

fn reasons(health: &v1::UpstreamHealth) -> Vec<&str> {
    health
        .reasons
        .iter()
        .map(|reason| reason.code.as_str())
        .collect()
}

#[tokio::test]
async fn health_tells_of_the_population_database_too() {
    let stage = Stage::with(forgetful()).await.unwrap();
    let before = health(&stage).await;
    assert_eq!(
        (before.profile.as_str(), before.condition()),
        ("soap-lgsp", Condition::Healthy)
    );
    assert_eq!(before.breaker(), BreakerState::Closed);
    assert_eq!((before.last_success, before.quota_limit), (None, 0));
    let plain = stage.citizen("plain").unwrap();
    stage.desk(1).await.unwrap().verify(&plain).await.unwrap();
    let after = health(&stage).await;
    assert_eq!(after.condition(), Condition::Healthy);
    assert!(after.last_success.is_some());
}

#[tokio::test]
async fn the_figures_tell_how_look_ups_ended_and_where_answers_came_from() {
    let stage = Stage::start().await.unwrap();
    let desk = stage.desk(1).await.unwrap();
    let plain = stage.citizen("plain").unwrap();
    desk.verify(&plain).await.unwrap();
    desk.verify(&plain).await.unwrap();
    script(&stage, FaultEffect::status(500), 1);
    desk.look_up(&plain, &[]).await.unwrap_err();
    let rows = [
        ("question=\"VERIFY\",outcome=\"MATCHED\",source=\"LIVE\"", 1),
        (
            "question=\"VERIFY\",outcome=\"MATCHED\",source=\"CACHE\"",
            1,
        ),
        (
            "question=\"LOOK_UP\",outcome=\"NOT_ANSWERED\",source=\"NONE\"",
            1,
        ),
        ("", 3),
    ];
    for (labels, expected) in rows {
        let series = format!("lienthong_lookups_total{{{labels}");
        let counted = stage.figure(&series).await.unwrap();
        assert_eq!(counted, expected, "{series}");
    }
    let hits = "lienthong_cache_hits{class=\"verdict\"}";
    let figures = [
        (hits, 1),
        ("lienthong_cache_entries{class=\"verdict\"}", 1),
        ("lienthong_population_breaker", 0),
    ];
    for (series, expected) in figures {
        let counted = stage.figure(series).await.unwrap();
        assert_eq!(counted, expected, "{series}");
    }
    assert!(stage.figure("lienthong_cache_bytes").await.unwrap() > 1);
}
