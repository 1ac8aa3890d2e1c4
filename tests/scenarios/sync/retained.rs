//! What is personal goes after its time; what happened stays.

use std::sync::Arc;

use jiff::SignedDuration;
use lienthong::clock::SystemClock;
use lienthong_core::clock::{Clock as _, ManualClock};
use lienthong_proto::v1::SyncState;
use lienthong_tests::callers::record;
use lienthong_tests::lives::Life;
use lienthong_tests::patience::eventually;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::{Stage, dossier_in};

#[tokio::test]
async fn after_the_retention_the_dossier_is_gone_and_its_timeline_stays() {
    let clock = Arc::new(ManualClock::starting_at(SystemClock.now()));
    let settings = Settings::default().with("sync.retention", "24h");
    let mut stage = Stage::by_clock(settings, Arc::clone(&clock) as _)
        .await
        .unwrap();
    let mut vendor = stage.plain_vendor().await.unwrap();
    let life = Life::new(1, 2, stage.now());
    for event in &life.events {
        record(&mut vendor, event).await.unwrap();
    }
    dossier_in(&mut vendor, &life.code, SyncState::Accepted)
        .await
        .unwrap();
    let kept = vendor.dossier(&life.code).await.unwrap();
    assert!(kept.dossier.is_some());
    clock.advance(SignedDuration::from_hours(25));
    // It looks at once when it starts, and every ten minutes from then on.
    stage.stop_gateway().await;
    stage.start_gateway().await.unwrap();
    let mut vendor = stage.plain_vendor().await.unwrap();
    let left = eventually("the dossier's data are gone", async || {
        let answer = vendor.dossier(&life.code).await?;
        Ok(answer.dossier.is_none().then_some(answer))
    })
    .await
    .unwrap();
    let sync = left.sync.unwrap();
    assert_eq!(
        (sync.state(), sync.timeline.len()),
        (SyncState::Accepted, 4)
    );
}
