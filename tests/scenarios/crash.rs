//! A gateway that is killed in the middle of its work loses nothing and sends nothing twice.
//!
//! What a reader would get wrong: a recording whose answer was lost in the crash is sent
//! again by its caller under the same event id, as the contract asks; everything else is
//! the gateway's own doing.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use jiff::{SignedDuration, Timestamp};
use lienthong::clock::SystemClock;
use lienthong::demo::messages;
use lienthong::demo::vendor::Vendor;
use lienthong_core::clock::Clock as _;
use lienthong_mocks::SampleCitizen;
use lienthong_proto::v1;
use lienthong_proto::v1::{Cause, PortalStatus, SyncState};
use lienthong_tests::control::Control;
use lienthong_tests::patience::eventually;
use lienthong_tests::process::{Process, Processes};
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::{dossier_in, outline, plain_vendor};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tonic::Code;

const DOSSIERS: u32 = 20;
const STEPS: usize = 8;
/// A state, steps, a state, steps.
const EVENTS: usize = DOSSIERS as usize * (STEPS + 2);

/// Pause before an address is tried again.
const GLANCE: Duration = Duration::from_millis(50);

/// An event of one of the two kinds.
#[derive(Clone)]
enum Event {
    State(Box<v1::RecordDossierRequest>),
    Step(Box<v1::RecordProgressRequest>),
}

fn owner() -> SampleCitizen {
    SampleCitizen {
        personal_number: Some("000185000001".to_owned()),
        old_id_card_number: None,
        full_name: "Trần Thị Mẫu Thử".to_owned(),
        birth_date: Some("1985-02-13".to_owned()),
        birth_year: 1985,
        sex: "female",
        kind: "plain",
    }
}

/// The life of one dossier, a second apart.
fn life(code: &str, end: Timestamp) -> Vec<Event> {
    let mut now = end - SignedDuration::from_mins(1);
    let mut events = Vec::new();
    for (half, status) in [PortalStatus::Received, PortalStatus::Processing]
        .into_iter()
        .enumerate()
    {
        now += SignedDuration::from_secs(1);
        events.push(Event::State(Box::new(messages::state(
            code,
            status,
            &owner(),
            now,
        ))));
        for number in 1..=STEPS / 2 {
            now += SignedDuration::from_secs(1);
            let number = half * STEPS / 2 + number;
            let mut step = messages::step(code, status, &format!("Bước {number}"), now);
            step.event_id = format!("{code}/step/{number}");
            events.push(Event::Step(Box::new(step)));
        }
    }
    events
}

/// Where the gateway is reached at present; `None` while it is down.
type Address = watch::Receiver<Option<String>>;

async fn record(vendor: &mut Vendor, event: Event) -> Result<v1::Receipt, tonic::Status> {
    match event {
        Event::State(state) => vendor.record_state(*state).await,
        Event::Step(step) => vendor.record_step(*step).await,
    }
}

/// Records all events of a dossier in order, through every crash.
async fn live(events: Vec<Event>, mut address: Address, recorded: Arc<AtomicUsize>) -> Result<()> {
    let mut vendor = None;
    for event in events {
        loop {
            if vendor.is_none() {
                let at = address.wait_for(Option::is_some).await?.clone();
                vendor = plain_vendor(&at.context("an address")?).await.ok();
            }
            // Refused: the address is that of a gateway which is gone.
            let Some(mut connected) = vendor.take() else {
                let _ = tokio::time::timeout(GLANCE, address.changed()).await;
                continue;
            };
            match record(&mut connected, event.clone()).await {
                Ok(_) => {
                    recorded.fetch_add(1, Ordering::Relaxed);
                    vendor = Some(connected);
                    break;
                }
                Err(status) => anyhow::ensure!(
                    matches!(
                        status.code(),
                        Code::Unavailable | Code::Unknown | Code::Cancelled
                    ),
                    "{:?}: {}",
                    status.code(),
                    status.message(),
                ),
            }
        }
    }
    Ok(())
}

/// Numbers of recordings after which the gateway is killed.
fn random_moments(kills: usize) -> Vec<usize> {
    let random = |index: usize| {
        let mut hasher = RandomState::new().build_hasher();
        hasher.write_usize(index);
        usize::try_from(hasher.finish() % EVENTS as u64).unwrap()
    };
    let mut moments: Vec<_> = (0..kills).map(random).collect();
    moments.sort_unstable();
    moments
}

fn codes() -> Vec<String> {
    let now = SystemClock.now();
    (1..=DOSSIERS)
        .map(|sequence| messages::dossier_code(now, sequence))
        .collect()
}

/// Records everything while the gateway is killed at `moments`; returns the last gateway.
async fn record_through_crashes(processes: &Processes, moments: &[usize]) -> Process {
    let mut gateway = processes.serve().await.unwrap();
    let plain = |gateway: &Process| Some(gateway.address("grpc_plain").unwrap().to_string());
    let (tell, address) = watch::channel(plain(&gateway));
    let recorded = Arc::new(AtomicUsize::new(0));
    let end = SystemClock.now();
    let mut callers = JoinSet::new();
    for code in codes() {
        callers.spawn(live(
            life(&code, end),
            address.clone(),
            Arc::clone(&recorded),
        ));
    }
    for moment in moments {
        eventually("the moment to kill", async || {
            Ok((recorded.load(Ordering::Relaxed) >= *moment).then_some(()))
        })
        .await
        .unwrap();
        tell.send(None).unwrap();
        gateway.kill().await.unwrap();
        gateway = processes.serve().await.unwrap();
        tell.send(plain(&gateway)).unwrap();
    }
    while let Some(ended) = callers.join_next().await {
        ended.unwrap().unwrap();
    }
    assert_eq!(recorded.load(Ordering::Relaxed), EVENTS);
    gateway
}

/// Every dossier is at the portal, once, with its steps in order and none twice.
async fn all_arrived(gateway: &Process, control: &Control) -> Result<()> {
    let mut vendor = plain_vendor(&gateway.address("grpc_plain")?.to_string()).await?;
    let expected: Vec<_> = (1..=STEPS).map(|number| format!("Bước {number}")).collect();
    for code in codes() {
        let sync = dossier_in(&mut vendor, &code, SyncState::Accepted).await?;
        anyhow::ensure!(
            sync.timeline.len() == STEPS + 2,
            "{code}: {} events",
            sync.timeline.len()
        );
        let dossier = control.get(&format!("/portal/dossiers/{code}")).await?;
        let dossier = dossier.with_context(|| format!("{code} is not at the portal"))?;
        let steps = dossier["steps"].as_array().context("no steps")?;
        let contents: Vec<_> = steps
            .iter()
            .filter_map(|step| step["NoiDungXuLy"].as_str())
            .collect();
        anyhow::ensure!(contents == expected, "{code}: {contents:?}");
        anyhow::ensure!(
            dossier["creates"] == 1,
            "{code}: created {} times",
            dossier["creates"]
        );
        anyhow::ensure!(
            dossier["fields"]["TrangThaiHoSo"] == "4",
            "{code}: another status"
        );
    }
    let dossiers = control
        .get("/portal/dossiers")
        .await?
        .context("no dossiers")?;
    let count = dossiers.as_array().map_or(0, Vec::len);
    anyhow::ensure!(count == DOSSIERS as usize, "{count} dossiers at the portal");
    Ok(())
}

async fn prove(gateway: &Process, control: &Control, moments: &[usize]) {
    if let Err(error) = all_arrived(gateway, control).await {
        let journal = control.journal("portal", 60).await.join("\n");
        let log = gateway.log().unwrap();
        panic!("killed after {moments:?} recordings: {error:#}\n{journal}\n-- the log:\n{log}");
    }
}

#[tokio::test]
async fn two_hundred_events_survive_kills_at_random_moments() {
    let processes = Processes::start(Settings::default().impatient())
        .await
        .unwrap();
    let moments = random_moments(4);
    let gateway = record_through_crashes(&processes, &moments).await;
    prove(&gateway, &processes.control().unwrap(), &moments).await;
}

#[tokio::test]
async fn two_hundred_events_survive_kills_during_an_outage_of_the_portal() {
    let processes = Processes::start(Settings::default().impatient())
        .await
        .unwrap();
    let control = processes.control().unwrap();
    control.pause("portal").await.unwrap();
    let moments = random_moments(3);
    let gateway = record_through_crashes(&processes, &moments).await;
    assert_eq!(
        control.get("/portal/dossiers").await.unwrap(),
        Some(Value::Array(vec![]))
    );
    control.resume("portal").await.unwrap();
    prove(&gateway, &control, &moments).await;
}

#[tokio::test]
async fn a_kill_while_the_work_is_being_delivered_repeats_nothing() {
    let processes = Processes::start(Settings::default().impatient())
        .await
        .unwrap();
    let control = processes.control().unwrap();
    control.pause("portal").await.unwrap();
    let mut gateway = record_through_crashes(&processes, &[]).await;
    control.resume("portal").await.unwrap();
    for wanted in [1, DOSSIERS as usize / 2, DOSSIERS as usize] {
        eventually("dossiers at the portal", async || {
            let dossiers = control.get("/portal/dossiers").await?.unwrap_or_default();
            Ok((dossiers.as_array().map_or(0, Vec::len) >= wanted).then_some(()))
        })
        .await
        .unwrap();
        gateway.kill().await.unwrap();
        gateway = processes.serve().await.unwrap();
    }
    prove(&gateway, &control, &[]).await;
}

/// Waits until the portal's journal holds this outcome for `operation`.
async fn seen_at_portal(control: &Control, operation: &str, outcome: &str) {
    eventually(&format!("{operation} {outcome}"), async || {
        let journal = control.get("/portal/journal").await?.unwrap_or_default();
        let entries = journal.as_array().cloned().unwrap_or_default();
        let fits =
            |entry: &Value| entry["operation"] == operation && entry["outcome"]["kind"] == outcome;
        Ok(entries.iter().any(fits).then_some(()))
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_kill_between_effect_and_answer_is_asked_about_and_not_repeated() {
    let processes = Processes::start(Settings::default().impatient())
        .await
        .unwrap();
    let control = processes.control().unwrap();
    let code = messages::dossier_code(SystemClock.now(), 1);
    for operation in ["DongBoHoSoMC", "CapNhatTienDoHoSoMC"] {
        let effect = json!({"kind": "delay", "ms": 1_500});
        let fault = json!({"operation": operation, "key": code, "effect": effect});
        control.script("portal", &fault).await.unwrap();
    }
    let mut gateway = processes.serve().await.unwrap();
    let plain = gateway.address("grpc_plain").unwrap().to_string();
    let mut vendor = plain_vendor(&plain).await.unwrap();
    for event in life(&code, SystemClock.now()).into_iter().take(3) {
        record(&mut vendor, event).await.unwrap();
    }
    for (operation, outcome) in [
        ("DongBoHoSoMC", "created"),
        ("CapNhatTienDoHoSoMC", "progress_added"),
    ] {
        seen_at_portal(&control, operation, outcome).await;
        gateway.kill().await.unwrap();
        gateway = processes.serve().await.unwrap();
    }
    let plain = gateway.address("grpc_plain").unwrap().to_string();
    let mut vendor = plain_vendor(&plain).await.unwrap();
    let sync = dossier_in(&mut vendor, &code, SyncState::Accepted)
        .await
        .unwrap();
    let interrupted = sync
        .timeline
        .iter()
        .filter(|entry| entry.attempts[0].cause() == Cause::Interrupted);
    assert!(interrupted.count() >= 2, "{:#?}", outline(&sync));
    let dossier = control
        .get(&format!("/portal/dossiers/{code}"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(dossier["creates"], 1);
    let steps = dossier["steps"].as_array().unwrap();
    let contents: Vec<_> = steps
        .iter()
        .map(|step| step["NoiDungXuLy"].clone())
        .collect();
    assert_eq!(contents, ["Bước 1", "Bước 2"]);
}
