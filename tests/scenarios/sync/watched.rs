//! A procedure system watches a dossier on its way.

use std::time::Duration;

use lienthong_proto::v1::{SyncState, WatchDossierRequest};
use lienthong_tests::callers::record;
use lienthong_tests::lives::Life;
use lienthong_tests::patience::LIMIT;
use lienthong_tests::stage::Stage;
use tokio::time::timeout;

#[tokio::test]
async fn a_watcher_sees_the_dossier_from_its_first_event_to_the_last_acceptance() {
    let stage = Stage::start().await.unwrap();
    let mut vendor = stage.plain_vendor().await.unwrap();
    let life = Life::new(1, 2, stage.now());
    let request = WatchDossierRequest {
        dossier_code: life.code.clone(),
    };
    let mut client = vendor.dossiers.clone();
    let watching = tokio::spawn(async move {
        let mut watching = client.watch_dossier(request).await?.into_inner();
        let mut seen = Vec::new();
        while let Some(next) = timeout(LIMIT, watching.message()).await?? {
            let sync = next.sync.unwrap_or_default();
            seen.push((sync.state(), sync.timeline.len()));
            if sync.state() == SyncState::Accepted && sync.timeline.len() == 4 {
                break;
            }
        }
        anyhow::Ok(seen)
    });
    // Not recorded yet when the watching begins; the gap lets the stream come first.
    tokio::time::sleep(Duration::from_millis(200)).await;
    for event in &life.events {
        record(&mut vendor, event).await.unwrap();
    }
    let seen = watching.await.unwrap().unwrap();
    assert_eq!(seen.last(), Some(&(SyncState::Accepted, 4)), "{seen:?}");
    assert!(seen.is_sorted_by_key(|(_, events)| *events), "{seen:?}");
    assert!(
        seen.iter().any(|(state, _)| *state != SyncState::Accepted),
        "{seen:?}"
    );
}
