//! How many events a second become durable.
//!
//! What a reader would get wrong: the portal is away all the time. What is measured is the
//! acceptance, as on the morning after an outage, and not the delivery behind it.

use std::time::Duration;

use anyhow::{Result, ensure};
use jiff::Timestamp;
use lienthong::clock::SystemClock;
use lienthong_core::clock::Clock as _;
use lienthong_proto::v1::dossier_service_client::DossierServiceClient;
use lienthong_tests::bulk;
use lienthong_tests::lives::{Event, Life};
use lienthong_tests::process::{Process, Processes};
use lienthong_tests::settings::Settings;
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tonic::transport::Endpoint;

use crate::figures::Report;

mod rival;

/// Streams at once, lives on each of them in a round, and steps of a life.
const STREAMS: u32 = 4;
const LIVES: u32 = 4_000;
const STEPS: usize = 3;
const ROUNDS: u32 = 3;

/// Least share of the rival's pace, and least pace.
const SHARE: f64 = 0.8;
const PACE: f64 = 10_000.0;

/// Events of a round.
fn events() -> Result<u32> {
    Ok(STREAMS * LIVES * u32::try_from(STEPS + 2)?)
}

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
    let mut paces = Paces::default();
    let callers = usize::try_from(STREAMS)?;
    for round in 1..=ROUNDS {
        let streams = accept(&gateway, round * STREAMS * LIVES, LIVES, end).await?;
        paces.streams.push(streams);
        let [ours, theirs] =
            ["outbox", "rival"].map(|name| processes.dir().join(format!("{name}-{round}.sqlite")));
        paces
            .outbox
            .push(rival::outbox(&ours, events()?, STREAMS).await?);
        let writer = tokio::task::spawn_blocking(move || rival::writer(&ours, &theirs, callers));
        paces.writer.push(writer.await??);
    }
    tell(&mut report, &paces);
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

fn pace(count: usize, time: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a count of events")]
    let count = count as f64;
    count / time.as_secs_f64()
}

/// Events a second, a figure for each round.
#[derive(Default)]
struct Paces {
    /// Through gRPC, on processors shared with the clients.
    streams: Vec<f64>,
    /// The outbox alone.
    outbox: Vec<f64>,
    /// The bare writer.
    writer: Vec<f64>,
}

fn tell(report: &mut Report, paces: &Paces) {
    let whats = [
        (format!("gateway, {STREAMS} gRPC streams"), &paces.streams),
        ("outbox alone".to_owned(), &paces.outbox),
        (
            "bare SQLite writer of the same rows".to_owned(),
            &paces.writer,
        ),
    ];
    for (what, paces) in whats {
        let shown: Vec<String> = paces.iter().map(|pace| format!("{pace:.0}")).collect();
        let figure = format!("{} events/s durable", shown.join(" "));
        report.line(what, figure, json!(paces));
    }
    let share = share(&paces.outbox, &paces.writer);
    report.promise(
        "durable acceptance reaches at least 0.8 of a bare SQLite writer with the same commit rule",
        format!(
            "{share:.2} in the median of {ROUNDS} rounds; {:.2} with gRPC and the clients on the same processors",
            self::share(&paces.streams, &paces.writer)
        ),
        share >= SHARE,
    );
    let least = paces.streams.iter().copied().fold(f64::INFINITY, f64::min);
    report.promise(
        "at least 10,000 events a second become durable through gRPC streams",
        format!("{least:.0} in the slowest round"),
        least >= PACE,
    );
}

/// Median of the shares of the rounds.
fn share(ours: &[f64], theirs: &[f64]) -> f64 {
    let mut shares: Vec<f64> = ours
        .iter()
        .zip(theirs)
        .map(|(own, rival)| own / rival)
        .collect();
    shares.sort_by(f64::total_cmp);
    shares[shares.len() / 2]
}
