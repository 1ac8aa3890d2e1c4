//! What a watcher hears, and when.

use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _};
use lienthong_proto::v1;
use lienthong_proto::v1::PortalStatus;
use tempfile::TempDir;
use tokio::time::timeout;
use tonic::Code;

use super::States;
use crate::services::dossier::tests::{Bench, CODE, state};

/// What is told of a dossier of which nothing is recorded.
fn not_recorded() -> v1::DossierSync {
    v1::DossierSync {
        dossier_code: CODE.to_owned(),
        ..v1::DossierSync::default()
    }
}

const PATIENCE: Duration = Duration::from_secs(20);

async fn next(states: &mut States) -> v1::DossierSync {
    let next = timeout(PATIENCE, states.next()).await.unwrap();
    next.unwrap().unwrap().sync.unwrap()
}

#[tokio::test]
async fn the_state_comes_at_once_and_then_after_each_change() {
    let dir = TempDir::new().unwrap();
    let bench = Bench::new(&dir);
    bench
        .record("igate", state(PortalStatus::Received))
        .await
        .unwrap();
    let mut states = bench.watch("igate").await.unwrap();
    assert_eq!(next(&mut states).await.revision, 1);
    bench
        .record("igate", state(PortalStatus::Processing))
        .await
        .unwrap();
    let second = next(&mut states).await;
    assert_eq!((second.revision, second.timeline.len()), (2, 2));
    // The same event once more is no change.
    bench
        .record("igate", state(PortalStatus::Processing))
        .await
        .unwrap();
    assert!(states.next().now_or_never().is_none());
}

#[tokio::test]
async fn that_a_dossier_is_not_recorded_is_told_at_once_and_it_is_waited_for() {
    let dir = TempDir::new().unwrap();
    let bench = Bench::new(&dir);
    let mut states = bench.watch("igate").await.unwrap();
    assert_eq!(next(&mut states).await, not_recorded());
    assert!(states.next().now_or_never().is_none());
    bench
        .record("igate", state(PortalStatus::Received))
        .await
        .unwrap();
    assert_eq!(next(&mut states).await.dossier_code, CODE);
}

#[tokio::test]
async fn another_systems_dossier_stays_unrecorded() {
    let dir = TempDir::new().unwrap();
    let bench = Bench::new(&dir);
    let mut hidden = bench.watch("archive").await.unwrap();
    let mut shown = bench.watch("igate").await.unwrap();
    assert_eq!(next(&mut hidden).await, not_recorded());
    assert_eq!(next(&mut shown).await, not_recorded());
    let life = [
        PortalStatus::Received,
        PortalStatus::Processing,
        PortalStatus::Processed,
    ];
    for (revision, status) in (1..).zip(life) {
        bench.record("igate", state(status)).await.unwrap();
        // Both are told of the change, and each looks at it in its own time.
        tokio::select! {
            biased;
            heard = hidden.next() => panic!("{heard:?}"),
            seen = next(&mut shown) => assert_eq!(seen.revision, revision),
        }
    }
}

#[tokio::test]
async fn a_stopping_gateway_ends_the_stream_and_says_so() {
    let dir = TempDir::new().unwrap();
    let bench = Bench::new(&dir);
    bench
        .record("igate", state(PortalStatus::Received))
        .await
        .unwrap();
    let mut states = bench.watch("igate").await.unwrap();
    next(&mut states).await;
    bench.stopping.cancel();
    let ended = timeout(PATIENCE, states.next()).await.unwrap().unwrap();
    assert_eq!(ended.unwrap_err().code(), Code::Unavailable);
    assert!(states.next().await.is_none());
}

#[tokio::test]
async fn there_are_only_so_many_watchers() {
    let dir = TempDir::new().unwrap();
    let bench = Bench::new(&dir);
    let mut open = Vec::new();
    for _ in 0..Bench::WATCHERS_OF_ONE {
        open.push(bench.watch("igate").await.unwrap());
    }
    let own = bench.watch("igate").await.map(drop).unwrap_err();
    assert_eq!(own.code(), Code::ResourceExhausted);
    assert!(own.message().contains("this system"), "{own:?}");
    for _ in Bench::WATCHERS_OF_ONE..Bench::WATCHERS {
        open.push(bench.watch("archive").await.unwrap());
    }
    let all = bench.watch("archive").await.map(drop).unwrap_err();
    assert_eq!(all.code(), Code::ResourceExhausted);
    assert!(!all.message().contains("this system"), "{all:?}");
    drop(open.remove(0));
    assert!(bench.watch("archive").await.is_ok());
}
