//! The record outlives a crash, holds nobody's data, and without it nothing is answered.

use std::path::Path;

use lienthong::clock::SystemClock;
use lienthong_core::clock::Clock as _;
use lienthong_tests::desk::plain;
use lienthong_tests::process::{Process, Processes, binary};
use tokio::process::Command;
use tokio::task::JoinSet;

use super::*;

/// Everything that the record's files hold.
pub(super) fn record_bytes(dir: &Path) -> Vec<u8> {
    let files = ["audit.sqlite", "audit.sqlite-wal"];
    let read = files.map(|file| std::fs::read(dir.join(file)).unwrap_or_default());
    read.concat()
}

pub(super) fn contains(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn the_files_hold_no_number_name_or_birth_of_a_citizen() {
    let stage = stage().await;
    let desk = stage.desk(1).await.unwrap();
    let people = stage.mocks().population().citizens();
    for (sequence, citizen) in (1..).zip(people.iter().take(30)) {
        let desk = desk.at(stage.dossier_code(sequence));
        desk.verify(citizen).await.unwrap();
        desk.look_up(citizen, &[]).await.unwrap();
        let other = SampleCitizen {
            full_name: "Quách Thị Vô Danh".to_owned(),
            ..citizen.clone()
        };
        desk.verify(&other).await.unwrap();
    }
    stage
        .auditor()
        .await
        .unwrap()
        .page(question())
        .await
        .unwrap();
    let bytes = record_bytes(stage.dir());
    assert!(
        contains(&bytes, &stage.dossier_code(30)),
        "the wrong files were read"
    );
    assert!(
        contains(&bytes, messages::OFFICER),
        "the officer stands there"
    );
    let mut looked_for = vec!["Quách Thị Vô Danh".to_owned(), "QUACHTHIVODANH".to_owned()];
    for citizen in &people[..30] {
        looked_for.extend(citizen.personal_number.clone());
        looked_for.extend(citizen.old_id_card_number.clone());
        // A name of one word could stand in any text.
        if citizen.full_name.contains(' ') {
            looked_for.push(citizen.full_name.clone());
            looked_for.push(citizen.full_name.to_uppercase());
        }
        if let Some(date) = &citizen.birth_date {
            looked_for.push(date.clone());
            looked_for.push(date.replace('-', ""));
        }
    }
    let found: Vec<_> = looked_for
        .iter()
        .filter(|text| contains(&bytes, text))
        .collect();
    assert_eq!(found.len(), 0, "{} values stand in the record", found.len());
}

fn audited() -> Settings {
    Settings::default().with("audit.readers", "[\"igate\"]")
}

fn dossier(sequence: u32) -> String {
    messages::dossier_code(SystemClock.now(), sequence)
}

#[tokio::test]
async fn what_was_answered_is_recorded_even_if_the_gateway_is_killed_right_then() {
    const CALLERS: u32 = 40;
    let processes = Processes::start(audited()).await.unwrap();
    let gateway = processes.serve().await.unwrap();
    let desk = Desk::of(&gateway, dossier(1)).await.unwrap();
    let mut asking = JoinSet::new();
    for sequence in 1..=CALLERS {
        let desk = desk.at(dossier(sequence));
        asking.spawn(async move {
            let answer = desk.verify(&plain()).await;
            (desk.dossier().to_owned(), answer)
        });
    }
    let mut answered = Vec::new();
    while let Some(ended) = asking.join_next().await {
        let (code, answer) = ended.unwrap();
        answered.push((code, answer.unwrap().provenance.unwrap().request_id));
        if answered.len() == CALLERS as usize / 2 {
            break;
        }
    }
    gateway.kill().await.unwrap();
    while let Some(ended) = asking.join_next().await {
        let (code, answer) = ended.unwrap();
        // Those that had left before the kill.
        if let Ok(answer) = answer {
            answered.push((code, answer.provenance.unwrap().request_id));
        }
    }

    let gateway = processes.serve().await.unwrap();
    let mut auditor = auditor(&gateway).await;
    for (code, request) in answered {
        let accesses = auditor.of_dossier(&code).await.unwrap();
        let numbers: Vec<_> = accesses
            .iter()
            .map(|access| origin(access).request_id)
            .collect();
        assert_eq!(numbers, [request], "{code}");
    }
    let all = auditor.all(question()).await.unwrap();
    let sequences: Vec<_> = all.iter().rev().map(|access| access.sequence).collect();
    assert!(
        sequences
            .into_iter()
            .eq(1..=i64::try_from(all.len()).unwrap()),
        "gaps"
    );
}

async fn auditor(gateway: &Process) -> Auditor {
    Auditor::at(gateway.address("grpc_plain").unwrap())
        .await
        .unwrap()
}

/// A gateway that a limit on the size of files does not kill, as a full disk would not.
async fn unkillable(processes: &Processes) -> Process {
    let binary = binary().unwrap().display().to_string();
    let script = "trap '' XFSZ; exec \"$0\" \"$@\"";
    let arguments = [
        "-c",
        script,
        &binary,
        "serve",
        "--config",
        lienthong_tests::settings::FILE,
    ];
    Process::start_program(
        Path::new("/bin/sh"),
        processes.dir(),
        &arguments,
        processes.settings(),
    )
    .await
    .unwrap()
}

/// Lets the files of `gateway` grow to this size and no further; a full disk in small.
async fn limit_files(gateway: &Process, size: &str) {
    let pid = gateway.pid().unwrap().to_string();
    let set = Command::new("prlimit")
        .args(["--pid", &pid, &format!("--fsize={size}:")])
        .status()
        .await
        .unwrap();
    assert!(set.success());
}

async fn received(processes: &Processes) -> usize {
    let control = processes.control().unwrap();
    let journal = control.get("/population/journal").await.unwrap().unwrap();
    let entries = journal.as_array().unwrap();
    entries
        .iter()
        .filter(|entry| entry["operation"] == "037")
        .count()
}

#[tokio::test]
async fn a_look_up_that_cannot_be_recorded_is_not_made() {
    let processes = Processes::start(audited()).await.unwrap();
    let gateway = unkillable(&processes).await;
    let desk = Desk::of(&gateway, dossier(1)).await.unwrap();
    desk.verify(&plain()).await.unwrap();

    limit_files(&gateway, "1").await;
    let unavailable = Some((Code::Unavailable, "AUDIT_UNAVAILABLE".to_owned()));
    // The first finds out after it has asked, and gets no answer either.
    let second = desk.at(dossier(2));
    assert_eq!(failure(&second.verify(&plain()).await), unavailable);
    let before = received(&processes).await;
    for sequence in 3..13 {
        let answer = desk.at(dossier(sequence)).verify(&plain()).await;
        assert_eq!(failure(&answer), unavailable);
    }
    // Not from memory either.
    assert_eq!(failure(&desk.verify(&plain()).await), unavailable);
    assert_eq!(received(&processes).await, before, "nothing is asked");

    limit_files(&gateway, "unlimited").await;
    let last = desk.at(dossier(13));
    eventually("an answer", async || Ok(last.verify(&plain()).await.ok()))
        .await
        .unwrap();
    let mut auditor = auditor(&gateway).await;
    let accesses = auditor.of_dossier(last.dossier()).await.unwrap();
    assert_eq!(accesses.last().unwrap().outcome(), Outcome::Matched);
    let refused = auditor.of_dossier(&dossier(5)).await.unwrap();
    assert_eq!(refused, [], "what was not asked left no record");
}
