//! How many events a second become durable.
//!
//! What a reader would get wrong: the portal is away all the time. What is measured is the
//! acceptance, as on the morning after an outage, and not the delivery behind it.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use lienthong::clock::SystemClock;
use lienthong_core::clock::Clock as _;
use lienthong_proto::v1::dossier_service_client::DossierServiceClient;
use lienthong_tests::bulk;
use lienthong_tests::lives::{Event, Life};
use lienthong_tests::process::{Process, Processes};
use lienthong_tests::settings::Settings;
use rusqlite::{Connection, OpenFlags};
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tonic::transport::Endpoint;

use crate::figures::Report;

/// Streams at once, lives on each of them in a round, and steps of a life.
const STREAMS: u32 = 4;
const LIVES: u32 = 4_000;
const STEPS: usize = 3;
const ROUNDS: u32 = 3;

/// Rows that the rival commits together: as many as the gateway takes of a stream.
const GROUP: usize = 512;

/// Least share of the rival's pace, and least pace.
const SHARE: f64 = 0.8;
const PACE: f64 = 10_000.0;

/// Runs the bench.
///
/// # Errors
/// When something does not start, or an event gets no receipt.
pub(crate) async fn run() -> Result<Report> {
    let processes = Processes::start(Settings::default()).await?;
    processes.control()?.pause("portal").await?;
    let gateway = processes.serve().await?;
    let end = SystemClock.now();
    // Caches, pools and the log have their size after this.
    accept(&gateway, 0, LIVES / 4, end).await?;
    let mut report = Report::new("record");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        ours.push(accept(&gateway, round * STREAMS * LIVES, LIVES, end).await?);
        let rows = rows(&processes.dir().join("outbox.sqlite"))?;
        let file = processes.dir().join(format!("rival-{round}.sqlite"));
        theirs.push(tokio::task::spawn_blocking(move || write(&file, &rows)).await??);
    }
    tell(&mut report, &ours, &theirs);
    Ok(report)
}

/// Events a second over all streams.
async fn accept(gateway: &Process, first: u32, lives: u32, end: Timestamp) -> Result<f64> {
    let address = gateway.address("grpc_plain")?;
    let mut streams = JoinSet::new();
    let mut ready = Vec::new();
    for stream in 0..STREAMS {
        let channel = Endpoint::from_shared(format!("http://{address}"))?
            .tcp_nodelay(true)
            .connect()
            .await?;
        let from = first + stream * lives;
        let events: Vec<Event> = (from..from + lives)
            .flat_map(|number| Life::new(number, STEPS, end).events)
            .collect();
        ready.push((DossierServiceClient::new(channel), events));
    }
    let begun = Instant::now();
    let mut wanted = 0;
    for (client, events) in ready {
        wanted += events.len();
        streams.spawn(bulk::record_all(client, events.into_iter()));
    }
    let mut receipts = 0;
    while let Some(ended) = streams.join_next().await {
        receipts += ended??;
    }
    ensure!(
        receipts == wanted,
        "{receipts} receipts for {wanted} events"
    );
    Ok(pace(receipts, begun.elapsed()))
}

/// One row of the rival: what no store of events can do without.
struct Row {
    client: String,
    event_id: String,
    hash: Vec<u8>,
    body: Vec<u8>,
}

/// The rows of one round, as the gateway keeps them.
fn rows(outbox: &Path) -> Result<Vec<Row>> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let outbox = Connection::open_with_flags(outbox, flags).context("the gateway's file")?;
    let mut rows = outbox.prepare(
        "SELECT client, event_id, content_hash, body FROM event ORDER BY id DESC LIMIT ?1",
    )?;
    let wanted = STREAMS * LIVES * u32::try_from(STEPS + 2)?;
    let rows = rows.query_map([wanted], |row| {
        let body: rusqlite::types::Value = row.get(3)?;
        Ok(Row {
            client: row.get(0)?,
            event_id: row.get(1)?,
            hash: row.get(2)?,
            body: match body {
                rusqlite::types::Value::Text(text) => text.into_bytes(),
                rusqlite::types::Value::Blob(bytes) => bytes,
                _ => Vec::new(),
            },
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Rows a second of a bare writer: the same bytes, unique by the caller's name, and durable
/// by groups.
fn write(file: &Path, rows: &[Row]) -> Result<f64> {
    let mut rival = Connection::open(file)?;
    rival.pragma_update(None, "journal_mode", "WAL")?;
    rival.pragma_update(None, "synchronous", "FULL")?;
    rival.execute_batch(
        "CREATE TABLE event (id INTEGER PRIMARY KEY, client TEXT NOT NULL,
            event_id TEXT NOT NULL, content_hash BLOB NOT NULL, body BLOB NOT NULL,
            UNIQUE (client, event_id))",
    )?;
    let begun = Instant::now();
    for group in rows.chunks(GROUP) {
        let transaction = rival.transaction()?;
        {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO event (client, event_id, content_hash, body) VALUES (?1, ?2, ?3, ?4)",
            )?;
            for row in group {
                insert.execute((&row.client, &row.event_id, &row.hash, &row.body))?;
            }
        }
        transaction.commit()?;
    }
    Ok(pace(rows.len(), begun.elapsed()))
}

fn pace(count: usize, time: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a count of events")]
    let count = count as f64;
    count / time.as_secs_f64()
}

fn tell(report: &mut Report, ours: &[f64], theirs: &[f64]) {
    let mut shares: Vec<f64> = ours
        .iter()
        .zip(theirs)
        .map(|(own, rival)| own / rival)
        .collect();
    shares.sort_by(f64::total_cmp);
    let share = shares[shares.len() / 2];
    let least = ours.iter().copied().fold(f64::INFINITY, f64::min);
    for (what, paces) in [("gateway", ours), ("bare SQLite writer", theirs)] {
        let shown: Vec<String> = paces.iter().map(|pace| format!("{pace:.0}")).collect();
        let figure = format!("{} events/s durable ({STREAMS} streams)", shown.join(" "));
        report.line(what, figure, json!(paces));
    }
    report.promise(
        "durable acceptance reaches at least 0.8 of a bare SQLite writer",
        format!("{share:.2} in the median of {} rounds", shares.len()),
        share >= SHARE,
    );
    report.promise(
        "at least 10,000 events a second become durable",
        format!("{least:.0} in the slowest round"),
        least >= PACE,
    );
}
