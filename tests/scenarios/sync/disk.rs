//! A disk without room: what is not kept is not acknowledged, and it goes on by itself.
//!
//! What a reader would get wrong: the room ends for the gateway's files alone, by the limit
//! that the system sets to a file's size. To a program that is the same as a full disk, but
//! for the signal, which is ignored here as a full disk sends none.

use std::path::Path;

use lienthong::clock::SystemClock;
use lienthong_core::clock::Clock as _;
use lienthong_proto::v1::SyncState;
use lienthong_tests::callers::record;
use lienthong_tests::lives::Life;
use lienthong_tests::patience::eventually;
use lienthong_tests::process::{Process, Processes, binary};
use lienthong_tests::proof::Effects;
use lienthong_tests::settings::{FILE, Settings};
use lienthong_tests::stage::{dossier_in, plain_vendor};
use tokio::process::Command;
use tonic::Code;

async fn limit(gateway: &Process, bytes: &str) {
    let pid = gateway.pid().unwrap().to_string();
    let limited = Command::new("prlimit")
        .args(["--pid", &pid, &format!("--fsize={bytes}:unlimited")])
        .status()
        .await
        .unwrap();
    assert!(limited.success(), "{limited}");
}

#[tokio::test]
async fn a_full_disk_is_unavailable_loses_nothing_and_is_over_when_there_is_room() {
    let processes = Processes::start(Settings::default()).await.unwrap();
    let shell = Path::new("/bin/sh");
    let binary = binary().unwrap().display().to_string();
    let script = "trap '' XFSZ; exec \"$0\" \"$@\"";
    let arguments = ["-c", script, &binary, "serve", "--config", FILE];
    let settings = processes.settings();
    let gateway = Process::start_program(shell, processes.dir(), &arguments, settings)
        .await
        .unwrap();
    let address = gateway.address("grpc_plain").unwrap().to_string();
    let mut vendor = plain_vendor(&address).await.unwrap();
    let life = Life::new(1, 3, SystemClock.now());
    let (first, rest) = life.events.split_first().unwrap();
    record(&mut vendor, first).await.unwrap();
    dossier_in(&mut vendor, &life.code, SyncState::Accepted)
        .await
        .unwrap();

    limit(&gateway, "4096").await;
    let refused = record(&mut vendor, &rest[0]).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable, "{refused:?}");
    let kept = vendor.dossier(&life.code).await.unwrap().sync.unwrap();
    assert_eq!(kept.timeline.len(), 1);

    limit(&gateway, "unlimited").await;
    eventually("there is room again", async || {
        Ok(record(&mut vendor, &rest[0]).await.ok())
    })
    .await
    .unwrap();
    for event in &rest[1..] {
        record(&mut vendor, event).await.unwrap();
    }
    dossier_in(&mut vendor, &life.code, SyncState::Accepted)
        .await
        .unwrap();
    let effects = Effects::read(&processes.control().unwrap()).await.unwrap();
    effects.prove(&life).unwrap();
}
