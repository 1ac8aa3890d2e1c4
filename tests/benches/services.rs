//! A full check of the 25 services over a million dossiers: how long it takes, and what it
//! holds of memory.
//!
//! What a reader would get wrong: the dossiers are invented and folded into the store by
//! this process, through the code that a gateway folds with. The check is then made by the
//! gateway's own desk in a process of its own, so that its peak of memory is its own too.

mod checking;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use jiff::SignedDuration;
use jiff::civil::Date;
use lienthong::clock::SystemClock;
use lienthong::demo::province::{Grounds, Province, SEED, evidence, observed};
use lienthong::essential::{Knowledge, KnowledgeFile};
use lienthong_adapters::store::{SqliteObservations, SqliteRegister};
use lienthong_core::access::{ClientName, OfficerId};
use lienthong_core::clock::Clock as _;
use lienthong_core::dossier::event::EventId;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::observation::ObservationRules;
use lienthong_core::ports::audit::AccessOutcome;
use lienthong_core::ports::evidence::{EvidenceRegister as _, NewEvidence};
use lienthong_core::ports::observations::{
    LookupSeen, Observation, Observations as _, Portion, Source,
};
use lienthong_core::wire_time::local_date;
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::time::Instant;

pub(crate) use checking::check;

use crate::figures::Report;

/// Dossiers, unless the command says otherwise.
pub(crate) const MOST: u32 = 1_000_000;

/// Look-ups of each dossier.
const LOOK_UPS: usize = 3;

/// Observations of one transaction.
const BATCH: usize = 5_000;

const MOST_SECONDS: f64 = 10.0;
const MOST_BYTES: u64 = 500_000_000;

const OBSERVATIONS: &str = "observations.sqlite";
const REGISTER: &str = "register.sqlite";

/// Runs the bench with so many dossiers.
///
/// # Errors
/// When something invented is not valid, or a store refuses.
pub(crate) async fn run(dossiers: u32) -> Result<Report> {
    let mut report = Report::new("services");
    let folder = tempfile::tempdir()?;
    let today = local_date(SystemClock.now());
    let begun = Instant::now();
    let (events, look_ups) = build(folder.path(), today, dossiers).await?;
    let seconds = begun.elapsed().as_secs_f64();
    let bytes = std::fs::metadata(folder.path().join(OBSERVATIONS))?.len();
    report.line(
        "making and folding them in",
        format!("{dossiers} dossiers, {events} events, {look_ups} look-ups in {seconds:.0} s"),
        json!({"dossiers": dossiers, "events": events, "look_ups": look_ups, "seconds": seconds}),
    );
    report.line(
        "file of the observations",
        format!("{:.0} MB", megabytes(bytes)),
        json!(bytes),
    );
    judge(&mut report, &checked(folder.path(), today).await?, dossiers)?;
    Ok(report)
}

/// Has another process check what stands in `folder`.
async fn checked(folder: &Path, today: Date) -> Result<Value> {
    let said = Command::new(std::env::current_exe()?)
        .args(["services-check", "--day", &today.to_string(), "--folder"])
        .arg(folder)
        .stderr(Stdio::inherit())
        .output()
        .await?;
    ensure!(
        said.status.success(),
        "the check ended with {}",
        said.status
    );
    Ok(serde_json::from_slice(&said.stdout)?)
}

fn judge(report: &mut Report, checked: &Value, dossiers: u32) -> Result<()> {
    let runs = checked["seconds"].as_array().context("no seconds")?;
    let seconds: Vec<f64> = runs.iter().filter_map(Value::as_f64).collect();
    let slowest = seconds.iter().copied().fold(0.0, f64::max);
    let peak = checked["peak_bytes"].as_u64().context("no peak")?;
    let seen = checked["dossiers"].as_u64().context("no dossiers")?;
    ensure!(
        seen == u64::from(dossiers),
        "{seen} dossiers were looked at"
    );
    let each: Vec<String> = seconds.iter().map(|it| format!("{it:.2}")).collect();
    report.line(
        "checks of the 25 services, one after another",
        format!(
            "{} s; {} contradictions",
            each.join(" "),
            checked["contradicted"]
        ),
        checked.clone(),
    );
    report.promise(
        "a full check over a year of dossiers takes less than 10 s",
        format!("{slowest:.2} s at most"),
        slowest < MOST_SECONDS,
    );
    report.promise(
        "and holds less than 500 MB",
        format!("{:.0} MB at most", megabytes(peak)),
        peak < MOST_BYTES,
    );
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "bytes, shown in MB")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// What is known in the invented province: its services all have codes.
fn knowledge(today: Date) -> Result<Knowledge> {
    let shipped = told(Knowledge::shipped())?;
    let province = Province::invent(&grounds(&shipped, today, 0))?;
    let files = BTreeMap::from([
        (KnowledgeFile::List, province.list_file()),
        (KnowledgeFile::Agencies, province.agencies_file()),
    ]);
    told(Knowledge::with(&files))
}

fn told<T, E: std::fmt::Debug>(read: Result<T, E>) -> Result<T> {
    read.map_err(|problems| anyhow::anyhow!("{problems:?}"))
}

fn grounds(knowledge: &Knowledge, today: Date, dossiers: u32) -> Grounds<'_> {
    Grounds {
        today,
        calendar: &knowledge.calendar,
        seed: SEED,
        dossiers,
    }
}

/// Fills both stores; how many events and look-ups went in.
async fn build(folder: &Path, today: Date, dossiers: u32) -> Result<(u64, u64)> {
    let knowledge = knowledge(today)?;
    let province = Province::invent(&grounds(&knowledge, today, dossiers))?;
    record_evidence(folder, &province).await?;
    let rules = Arc::new(told(ObservationRules::shipped())?);
    let store = SqliteObservations::open(folder.join(OBSERVATIONS), rules)?;
    let source = Source::Events;
    let (mut events, mut look_ups, mut position) = (0, 0, 0);
    let mut batch = Vec::with_capacity(BATCH + 16);
    for life in province.lives() {
        let mut happened = observed(&life?, province.until())?;
        let asked = with_look_ups(&mut happened);
        look_ups += asked;
        events += u64::try_from(happened.len())? - asked;
        batch.append(&mut happened);
        if batch.len() >= BATCH {
            let happened = std::mem::replace(&mut batch, Vec::with_capacity(BATCH + 16));
            store.observe(&source, portion(position, happened)).await?;
            position += 1;
        }
    }
    store.observe(&source, portion(position, batch)).await?;
    store.close().await;
    Ok((events, look_ups))
}

/// A batch at its place.
fn portion(position: u64, happened: Vec<(DossierNumber, Observation)>) -> Portion {
    Portion {
        before: position,
        after: position + 1,
        happened,
        ..Portion::default()
    }
}

/// Gives a dossier as many look-ups as are wanted; how many those are.
fn with_look_ups(happened: &mut Vec<(DossierNumber, Observation)>) -> u64 {
    let is_look_up = |it: &&(DossierNumber, Observation)| matches!(it.1, Observation::Lookup(_));
    let asked = happened.iter().filter(is_look_up).count();
    let Some((number, Observation::Event { occurred_at, .. })) = happened.first() else {
        return 0;
    };
    let (dossier, at) = (number.clone(), *occurred_at);
    for more in asked..LOOK_UPS {
        let minutes = i64::try_from(more).unwrap_or(0);
        let seen = LookupSeen {
            dossier: dossier.clone(),
            asked_at: at + SignedDuration::from_mins(minutes),
            outcome: AccessOutcome::Matched,
            fields: vec!["full_name".to_owned()],
        };
        happened.push((dossier.clone(), Observation::Lookup(seen)));
    }
    asked.max(LOOK_UPS) as u64
}

async fn record_evidence(folder: &Path, province: &Province<'_>) -> Result<()> {
    let register = SqliteRegister::open(folder.join(REGISTER))?;
    let client = ClientName::parse("igate").context("a client")?;
    let operator = OfficerId::parse("000180000009").context("an officer")?;
    let mut pieces = Vec::new();
    for evidence in evidence(province)? {
        let event = EventId::parse(evidence.id.as_str()).context("an event")?;
        pieces.push(NewEvidence {
            evidence,
            event,
            client: client.clone(),
            operator: operator.clone(),
            at: province.until(),
        });
    }
    register.record(pieces).await?;
    register.close().await;
    Ok(())
}
