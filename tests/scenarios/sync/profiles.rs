//! A whole dossier, through every profile of the portal.

use anyhow::{Result, ensure};
use lienthong_proto::v1::SyncState;
use lienthong_tests::bulk;
use lienthong_tests::lives::Life;
use lienthong_tests::portal_profile::PortalProfile;
use lienthong_tests::proof::Effects;
use lienthong_tests::stage::{Stage, dossier_in, outline};

use super::control;

/// More steps than go into one call.
const STEPS: usize = 12;

/// Every life is there, each once. The lives differ in nothing but their numbers, so that
/// any of them stands for a dossier under a number that the portal issued.
fn whole(profile: PortalProfile, effects: &Effects, lives: &[Life]) -> Result<()> {
    if profile.tells_status_apart() {
        for number in effects.numbers() {
            effects.prove_under(number, &lives[0])?;
        }
    } else {
        for life in lives {
            effects.prove(life)?;
        }
    }
    let held = effects.dossiers();
    ensure!(held == lives.len(), "{held} dossiers at the portal");
    Ok(())
}

async fn brings_whole_dossiers(profile: PortalProfile) {
    let stage = Stage::through(profile).await.unwrap();
    let mut vendor = stage.plain_vendor().await.unwrap();
    let lives: Vec<Life> = (0..3)
        .map(|number| Life::new(number, STEPS, stage.now()).without_files())
        .collect();
    let events: Vec<_> = lives.iter().flat_map(|life| life.events.clone()).collect();
    bulk::record_all(vendor.dossiers.clone(), events.into_iter())
        .await
        .unwrap();
    for life in &lives {
        let sync = dossier_in(&mut vendor, &life.code, SyncState::Accepted)
            .await
            .unwrap();
        assert_eq!(sync.timeline.len(), STEPS + 2, "{:#?}", outline(&sync));
    }
    let control = control(&stage);
    // The portal has the last effect before the gateway knows that it was accepted.
    let effects = Effects::read(&control).await.unwrap();
    whole(profile, &effects, &lives).unwrap();
}

#[tokio::test]
async fn p1_brings_whole_dossiers_once_and_in_order() {
    brings_whole_dossiers(PortalProfile::P1).await;
}

#[tokio::test]
async fn p2_brings_whole_dossiers_once_and_in_order() {
    brings_whole_dossiers(PortalProfile::P2).await;
}

#[tokio::test]
async fn p3_with_is_updating_brings_whole_dossiers_once_and_in_order() {
    brings_whole_dossiers(PortalProfile::P3IsUpdating).await;
}

#[tokio::test]
async fn p3_with_three_urls_brings_whole_dossiers_once_and_in_order() {
    brings_whole_dossiers(PortalProfile::P3ThreeUrls).await;
}

#[tokio::test]
async fn p4_brings_whole_dossiers_once_and_in_order() {
    brings_whole_dossiers(PortalProfile::P4).await;
}
