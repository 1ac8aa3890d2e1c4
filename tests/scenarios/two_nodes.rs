//! Two gateways of one province never give two questions one number (`MaYeuCau`), also
//! across a restart.

use std::collections::HashSet;

use lienthong::clock::SystemClock;
use lienthong::demo::messages;
use lienthong_core::clock::Clock as _;
use lienthong_tests::auditor::{Auditor, question};
use lienthong_tests::desk::{Desk, plain};
use lienthong_tests::process::{Process, Processes};
use lienthong_tests::settings::{FILE, Settings};
use tokio::task::JoinSet;

const QUESTIONS: u32 = 250;

/// Starts a gateway with stores of its own.
async fn node(processes: &Processes, name: &str) -> Process {
    let settings = processes
        .settings()
        .clone()
        .with("audit.database", format!("{name}-audit.sqlite"))
        .with("sync.database", format!("{name}-outbox.sqlite"));
    let arguments = ["serve", "--config", FILE];
    Process::start(processes.dir(), &arguments, &settings)
        .await
        .unwrap()
}

/// Asks for as many dossiers, from several connections at once; gives the numbers that the
/// callers were told.
async fn ask(gateway: &Process, turn: u32, asking: &mut JoinSet<Vec<String>>) {
    let now = SystemClock.now();
    for caller in 0..5 {
        let desk = Desk::of(gateway, messages::dossier_code(now, 1))
            .await
            .unwrap();
        asking.spawn(async move {
            let mut told = Vec::new();
            for each in 0..QUESTIONS / 5 {
                let desk = desk.at(messages::dossier_code(
                    now,
                    turn * 1_000 + caller * 100 + each,
                ));
                let answer = desk.verify(&plain()).await.unwrap();
                told.push(answer.provenance.unwrap().request_id);
            }
            told
        });
    }
}

/// Numbers in a gateway's own record.
async fn recorded(gateway: &Process) -> Vec<String> {
    let address = gateway.address("grpc_plain").unwrap();
    let request = lienthong_proto::v1::ListAccessesRequest {
        page_size: 500,
        ..question()
    };
    let accesses = Auditor::at(address)
        .await
        .unwrap()
        .all(request)
        .await
        .unwrap();
    accesses
        .into_iter()
        .map(|access| access.provenance.unwrap().request_id)
        .collect()
}

#[tokio::test]
async fn a_thousand_questions_of_two_nodes_and_a_restart_have_a_thousand_numbers() {
    let processes = Processes::start(Settings::default().with("audit.readers", "[\"igate\"]"))
        .await
        .unwrap();
    let first = node(&processes, "first").await;
    let second = node(&processes, "second").await;
    let mut asking = JoinSet::new();
    ask(&first, 1, &mut asking).await;
    ask(&second, 2, &mut asking).await;
    let mut told = asking.join_all().await.concat();
    // One goes on while the other is killed and comes back.
    let mut asking = JoinSet::new();
    ask(&first, 3, &mut asking).await;
    second.kill().await.unwrap();
    let second = node(&processes, "second").await;
    ask(&second, 4, &mut asking).await;
    told.extend(asking.join_all().await.concat());

    assert_eq!(told.len(), 4 * QUESTIONS as usize);
    let distinct: HashSet<_> = told.iter().collect();
    assert_eq!(distinct.len(), told.len(), "numbers that were given twice");
    assert!(
        told.iter()
            .all(|number| (1..=40).contains(&number.chars().count()))
    );

    let control = processes.control().unwrap();
    let journal = control.get("/population/journal").await.unwrap().unwrap();
    let entries = journal.as_array().unwrap();
    let arrived: HashSet<_> = entries
        .iter()
        .filter(|entry| entry["operation"] == "037")
        .map(|entry| entry["keys"][0].as_str().unwrap().to_owned())
        .collect();
    assert!(
        arrived == told.iter().cloned().collect(),
        "other numbers arrived"
    );
    let kept = [recorded(&first).await, recorded(&second).await].concat();
    let kept: HashSet<_> = kept.into_iter().collect();
    assert!(kept == arrived, "other numbers stand in the records");
}
