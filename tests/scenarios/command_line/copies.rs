//! `lienthong backup all`: every file of a gateway in one folder, and each of them back in its
//! place.

use std::os::unix::fs::PermissionsExt as _;

use lienthong_proto::v1::PortalStatus;
use lienthong_tests::patience::eventually;
use lienthong_tests::process::{Said, run};
use lienthong_tests::settings::{FILE, Settings};
use lienthong_tests::stage::Stage;
use serde_json::Value;

use super::caller::{json as ask, said as call, state, write};

/// File and kind, in the order in which they are told.
const FILES: [(&str, &str); 5] = [
    ("observations.sqlite", "observations"),
    ("outbox.sqlite", "outbox"),
    ("register.sqlite", "register"),
    ("audit.sqlite", "audit"),
    ("catalogue.sqlite", "catalogue"),
];

/// A gateway that keeps something in each of its files.
async fn stage() -> Stage {
    let settings = Settings::default()
        .with("sync.operators", "['igate']")
        .with("services.recorders", "['igate']")
        .with("services.observe_every", "50ms")
        .with("services.check_at", "off")
        .with("procedures.calls_per_second", "1000");
    let stage = Stage::with(settings).await.unwrap();
    let code = stage.dossier_code(1);
    let event = state(&stage, &code, PortalStatus::Received);
    write(&stage, "event.json", &event.to_string());
    let recorded = call(&stage, &["dossier", "record", "event.json"]).await;
    assert_eq!(recorded.code, Some(0), "{}{}", recorded.out, recorded.err);
    let citizen = stage.citizen("plain").unwrap();
    let desk = stage.desk(1).await.unwrap();
    desk.verify(&citizen).await.unwrap();
    held(&stage).await;
    stage
}

/// Waits until the catalogue is held and the dossier is seen with its look-up.
async fn held(stage: &Stage) {
    eventually("a catalogue and a dossier", async || {
        let held = stage.figure("lienthong_catalogue_procedures").await?;
        let today = day(stage);
        let days = ["--from", &today, "--to", &today];
        let shown = ask(stage, &[&["services", "show", "3"][..], &days].concat()).await;
        let seen = shown["check"]["dossiersSeen"] == "1";
        Ok((held > 0 && seen).then_some(()))
    })
    .await
    .unwrap();
}

fn day(stage: &Stage) -> String {
    lienthong_core::wire_time::local_date(stage.now()).to_string()
}

async fn backup(stage: &Stage, arguments: &[&str]) -> Said {
    let all = [&["--lang", "en", "backup"], arguments].concat();
    // What the gateway itself is told by its environment.
    let settings = Settings::default()
        .with("procedures.database", "catalogue.sqlite")
        .with("population.base_url", "https://population.example")
        .with("portal.base_url", "https://portal.example");
    run(stage.dir(), &all, &settings).await.unwrap()
}

async fn told(stage: &Stage, arguments: &[&str]) -> Value {
    let said = backup(stage, &[arguments, &["--output", "json"]].concat()).await;
    let whole = format!("{arguments:?}: {}{}", said.out, said.err);
    assert_eq!(said.code, Some(0), "{whole}");
    serde_json::from_str(&said.out).expect(&whole)
}

#[tokio::test]
async fn everything_that_a_gateway_keeps_is_copied_at_once_and_comes_back() {
    let mut stage = stage().await;
    let copied = told(&stage, &["all", "--config", FILE, "--to", "copies"]).await;
    let files = copied["files"].as_array().unwrap().iter();
    let kinds: Vec<_> = files.map(|it| it["kind"].as_str()).collect();
    assert_eq!(kinds, FILES.map(|(_, kind)| Some(kind)));
    let folder = stage.dir().join("copies");
    let mode = folder.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    for (file, kind) in FILES {
        let sound = told(&stage, &["verify", &format!("copies/{file}")]).await;
        assert_eq!(
            (&sound["sound"], &sound["kind"]),
            (&true.into(), &kind.into())
        );
    }
    // Facts can be folded anew, so they may be left out; nothing is overwritten.
    let fewer = [
        "all",
        "--config",
        FILE,
        "--to",
        "fewer",
        "--without-observations",
    ];
    let fewer = told(&stage, &fewer).await;
    assert_eq!(fewer["files"].as_array().unwrap().len(), FILES.len() - 1);
    let again = backup(&stage, &["all", "--config", FILE, "--to", "copies"]).await;
    assert_eq!(again.code, Some(1), "{}{}", again.out, again.err);
    for (file, _) in FILES {
        assert!(
            again.err.contains(&format!("copies/{file} is there")),
            "{}",
            again.err
        );
    }

    let before = ask(&stage, &["catalogue", "changes"]).await;
    stage.stop_gateway().await;
    for (file, _) in FILES {
        for name in [
            file.to_owned(),
            format!("{file}-wal"),
            format!("{file}-shm"),
        ] {
            let _gone = std::fs::remove_file(stage.dir().join(name));
        }
        told(
            &stage,
            &["restore", &format!("copies/{file}"), "--to", file],
        )
        .await;
    }
    stage.start_gateway().await.unwrap();
    held(&stage).await;
    let after = ask(&stage, &["catalogue", "changes"]).await;
    assert_eq!(
        after["changes"], before["changes"],
        "the history is what it was"
    );
    let looked = call(&stage, &["dossier", "show", &stage.dossier_code(1)]).await;
    assert_eq!(looked.code, Some(0), "{}{}", looked.out, looked.err);
}
