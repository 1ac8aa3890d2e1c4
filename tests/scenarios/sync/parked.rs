//! A portal that is away parks the queue and spends nobody's attempts.

use std::time::Duration;

use lienthong::demo::vendor::Vendor;
use lienthong_proto::v1::{BreakerState, SyncState};
use lienthong_tests::bulk;
use lienthong_tests::lives::Life;
use lienthong_tests::patience::eventually;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::{Stage, dossier_in, outline};

use super::arrived;

const LIVES: u32 = 40;

/// Attempts at the first event of every life, none of which has been given up.
async fn attempts(vendor: &mut Vendor, lives: &[Life]) -> usize {
    let mut attempts = 0;
    for life in lives {
        let sync = vendor.dossier(&life.code).await.unwrap().sync.unwrap();
        let given_up = matches!(sync.state(), SyncState::Dead | SyncState::Refused);
        assert!(!given_up, "{:#?}", outline(&sync));
        attempts += sync.timeline[0].attempts.len();
    }
    attempts
}

#[tokio::test]
async fn an_outage_parks_the_queue_and_spends_no_attempts() {
    let settings = Settings::default()
        .with("sync.breaker.failures", "4")
        .with("sync.breaker.pause", "300ms")
        .with("sync.breaker.longest_pause", "300ms");
    let stage = Stage::with(settings).await.unwrap();
    stage.mocks().portal().pause();
    let mut vendor = stage.plain_vendor().await.unwrap();
    let lives: Vec<_> = (0..LIVES)
        .map(|number| Life::new(number, 1, stage.now()))
        .collect();
    let events: Vec<_> = lives.iter().flat_map(|life| life.events.clone()).collect();
    bulk::record_all(vendor.dossiers.clone(), events.into_iter())
        .await
        .unwrap();
    eventually("the breaker opens", async || {
        let health = vendor.health().await?;
        let portal = health.upstreams.iter().find(|each| each.name == "portal");
        let open = portal.is_some_and(|portal| portal.breaker() != BreakerState::Closed);
        Ok(open.then_some(()))
    })
    .await
    .unwrap();
    let before = attempts(&mut vendor, &lives).await;
    // Ten pauses: what the queue does while it is parked.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let meanwhile = attempts(&mut vendor, &lives).await - before;
    // Those under way when it opened, and one for each pause.
    assert!(
        meanwhile <= 20,
        "{meanwhile} attempts at a portal that is away"
    );
    stage.mocks().portal().resume();
    arrived(&stage, &lives).await.unwrap();
    for life in &lives {
        dossier_in(&mut vendor, &life.code, SyncState::Accepted)
            .await
            .unwrap();
    }
}
