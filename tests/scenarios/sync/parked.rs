//! A portal that is away parks the queue and spends nobody's attempts.

use jiff::{SignedDuration, Timestamp};
use lienthong::demo::vendor::Vendor;
use lienthong_proto::v1::{BreakerState, SyncState};
use lienthong_tests::bulk;
use lienthong_tests::lives::Life;
use lienthong_tests::patience::eventually;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::{Stage, dossier_in, outline};

use super::arrived;

const LIVES: u32 = 40;

/// Attempts that are watched while the queue is parked.
const TRIES: usize = 6;

/// The breaker's pause, and what a claim takes of it: it is looked for a little earlier.
const PAUSE: &str = "300ms";
const APART: SignedDuration = SignedDuration::from_millis(200);

/// When the attempts at the first event of every life began, in order. None of the lives has
/// been given up.
async fn attempts(vendor: &mut Vendor, lives: &[Life]) -> Vec<Timestamp> {
    let mut all = Vec::new();
    for life in lives {
        let sync = vendor.dossier(&life.code).await.unwrap().sync.unwrap();
        let given_up = matches!(sync.state(), SyncState::Dead | SyncState::Refused);
        assert!(!given_up, "{:#?}", outline(&sync));
        let began = sync.timeline[0].attempts.iter().map(|attempt| {
            let at = attempt.started_at.unwrap();
            Timestamp::new(at.seconds, at.nanos).unwrap()
        });
        all.extend(began);
    }
    all.sort_unstable();
    all
}

#[tokio::test]
async fn an_outage_parks_the_queue_and_spends_no_attempts() {
    let settings = Settings::default()
        .with("sync.breaker.failures", "4")
        .with("sync.breaker.pause", PAUSE)
        .with("sync.breaker.longest_pause", PAUSE);
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
    // Those under way when it opened have begun by now.
    let parked = stage.now();
    let tries = eventually("tries while the queue is parked", async || {
        let mut tries = attempts(&mut vendor, &lives).await;
        tries.retain(|began| *began > parked);
        Ok((tries.len() >= TRIES).then_some(tries))
    })
    .await
    .unwrap();
    // One at a time, however many wait and are due.
    for pair in tries.windows(2) {
        let apart = pair[1].duration_since(pair[0]);
        assert!(apart >= APART, "{apart} between two tries of {tries:?}");
    }
    stage.mocks().portal().resume();
    arrived(&stage, &lives).await.unwrap();
    for life in &lives {
        dossier_in(&mut vendor, &life.code, SyncState::Accepted)
            .await
            .unwrap();
    }
}
