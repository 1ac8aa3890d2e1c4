//! `lienthong backup`: a copy of a file that is written meanwhile, and the way back.

use std::os::unix::fs::PermissionsExt as _;

use lienthong_proto::v1::{PortalStatus, SyncState};
use lienthong_tests::process::{Said, run};
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::{Stage, dossier_in};
use serde_json::Value;

use super::caller::{json as ask, said as call, stage, state, write};

/// The gateway's outbox in the folder of a stage.
const LIVE: &str = "outbox.sqlite";

async fn said(stage: &Stage, arguments: &[&str]) -> Said {
    let all = [&["--lang", "en", "backup"], arguments].concat();
    let nothing = Settings::default().without("listen.plain_client");
    run(stage.dir(), &all, &nothing).await.unwrap()
}

async fn report(stage: &Stage, arguments: &[&str]) -> Value {
    let said = said(stage, &[arguments, &["--output", "json"]].concat()).await;
    assert_eq!(
        said.code,
        Some(0),
        "{arguments:?}: {}{}",
        said.out,
        said.err
    );
    serde_json::from_str(&said.out).unwrap()
}

async fn record(stage: &Stage, sequence: u32) -> String {
    let code = stage.dossier_code(sequence);
    let event = state(stage, &code, PortalStatus::Received);
    write(stage, "event.json", &event.to_string());
    let recorded = call(stage, &["dossier", "record", "event.json"]).await;
    assert_eq!(recorded.code, Some(0), "{}{}", recorded.out, recorded.err);
    code
}

#[tokio::test]
async fn what_was_accepted_before_a_copy_reaches_the_portal_after_its_return() {
    let mut stage = stage().await;
    let mut vendor = stage.vendor().await.unwrap();
    let delivered = record(&stage, 1).await;
    dossier_in(&mut vendor, &delivered, SyncState::Accepted)
        .await
        .unwrap();
    stage.mocks().portal().pause();
    let waiting = record(&stage, 2).await;
    let copied = report(
        &stage,
        &["create", "--database", LIVE, "--to", "copy.sqlite"],
    )
    .await;
    assert_eq!(copied["kind"], "outbox");
    assert_eq!(copied["events"]["ACCEPTED"], 1, "{copied:#}");
    let mode = std::fs::metadata(stage.dir().join("copy.sqlite"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let sound = report(&stage, &["verify", "copy.sqlite"]).await;
    assert_eq!(sound["sound"], true, "{sound:#}");

    let running = ["restore", "copy.sqlite", "--to", LIVE, "--replace"];
    let refused = said(&stage, &running).await;
    assert_eq!(refused.code, Some(1), "{}{}", refused.out, refused.err);
    assert!(refused.err.contains("Stop the gateway"), "{}", refused.err);

    stage.stop_gateway().await;
    std::fs::remove_file(stage.dir().join(LIVE)).unwrap();
    for rest in ["outbox.sqlite-wal", "outbox.sqlite-shm"] {
        let _gone = std::fs::remove_file(stage.dir().join(rest));
    }
    let restored = report(&stage, &["restore", "copy.sqlite", "--to", LIVE]).await;
    assert_eq!(restored["events"]["ACCEPTED"], 1, "{restored:#}");
    assert!(restored["questions"].as_u64().unwrap() >= 1, "{restored:#}");
    stage.mocks().portal().resume();
    stage.start_gateway().await.unwrap();
    let mut vendor = stage.vendor().await.unwrap();
    for code in [&delivered, &waiting] {
        dossier_in(&mut vendor, code, SyncState::Accepted)
            .await
            .unwrap();
        assert!(stage.mocks().portal().dossier(code).is_some(), "{code}");
        ask(&stage, &["dossier", "show", code]).await;
    }
}

#[tokio::test]
async fn a_copy_overwrites_nothing_that_was_not_given_up() {
    let stage = stage().await;
    record(&stage, 1).await;
    write(&stage, "mine.txt", "nobody's database");
    for arguments in [
        &["create", "--database", LIVE, "--to", "mine.txt"][..],
        &[
            "create",
            "--database",
            "missing.sqlite",
            "--to",
            "new.sqlite",
        ],
        &["create", "--database", "mine.txt", "--to", "new.sqlite"],
        &["verify", "mine.txt"],
        &["verify", "missing.sqlite"],
        &["restore", "mine.txt", "--to", "new.sqlite"],
    ] {
        let said = said(&stage, arguments).await;
        assert_eq!(
            said.code,
            Some(1),
            "{arguments:?}: {}{}",
            said.out,
            said.err
        );
        assert!(said.err.contains('→'), "{arguments:?}: {}", said.err);
    }
    let kept = std::fs::read_to_string(stage.dir().join("mine.txt")).unwrap();
    assert_eq!(kept, "nobody's database");
    assert!(!stage.dir().join("new.sqlite").exists());

    report(
        &stage,
        &["create", "--database", LIVE, "--to", "copy.sqlite"],
    )
    .await;
    report(&stage, &["restore", "copy.sqlite", "--to", "second.sqlite"]).await;
    let again = ["restore", "copy.sqlite", "--to", "second.sqlite"];
    assert_eq!(said(&stage, &again).await.code, Some(1));
    let replaced = report(&stage, &[&again[..], &["--replace"]].concat()).await;
    let kept = replaced["kept_old"].as_str().unwrap();
    assert!(stage.dir().join(kept).exists(), "{kept}");
}

#[tokio::test]
async fn a_copy_that_was_damaged_is_told_and_not_put_back() {
    let stage = stage().await;
    for sequence in 1..=20 {
        record(&stage, sequence).await;
    }
    report(
        &stage,
        &["create", "--database", LIVE, "--to", "copy.sqlite"],
    )
    .await;
    let path = stage.dir().join("copy.sqlite");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    let end = bytes.len().min(middle + 20_000);
    bytes[middle..end].fill(0xa5);
    std::fs::write(&path, bytes).unwrap();
    let verified = said(&stage, &["verify", "copy.sqlite"]).await;
    assert_eq!(verified.code, Some(1), "{}{}", verified.out, verified.err);
    let restored = said(&stage, &["restore", "copy.sqlite", "--to", "new.sqlite"]).await;
    assert_eq!(restored.code, Some(1), "{}{}", restored.out, restored.err);
    assert!(!stage.dir().join("new.sqlite").exists());
}
