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
async fn a_dossier_that_is_not_recorded_is_waited_for() {
    let dir = TempDir::new().unwrap();
    let bench = Bench::new(&dir);
    let mut states = bench.watch("igate").await.unwrap();
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
    let mut states = bench.watch("archive").await.unwrap();
    bench
        .record("igate", state(PortalStatus::Received))
        .await
        .unwrap();
    let heard = timeout(Duration::from_millis(300), states.next()).await;
    assert!(heard.is_err(), "{heard:?}");
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
    for _ in 0..Bench::WATCHERS {
        open.push(bench.watch("igate").await.unwrap());
    }
    let refused = bench.watch("igate").await.map(drop).unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    open.pop();
    assert!(bench.watch("igate").await.is_ok());
}
