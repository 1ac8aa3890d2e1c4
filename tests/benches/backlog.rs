//! Millions of events waiting: what a claim costs then, and what the gateway holds of memory.
//!
//! What a reader would get wrong: the events are put into the store without the gateway,
//! through the same code that it records with, or it would take an hour to get there.

use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use lienthong::clock::SystemClock;
use lienthong_adapters::store::SqliteOutbox;
use lienthong_core::clock::Clock as _;
use lienthong_core::ports::outbox::{Claim, ClaimRequest, Outbox, Settled, Settlement, Work};
use lienthong_core::sync::outcome::{AttemptOutcome, NextStep};
use lienthong_tests::process::Processes;
use lienthong_tests::settings::Settings;
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::figures::{Report, Sample};

pub(crate) mod filling;

/// Events at the end, unless the command says otherwise.
pub(crate) const MOST: u32 = 5_000_000;

/// Where the curve is measured, up to the end.
const SIZES: [u32; 4] = [10_000, 100_000, 1_000_000, MOST];

/// Events of one transaction while the store is filled.
const CHUNK: u32 = 2_000;

/// Claims measured at each size, and dossiers of one claim: what the worker asks for.
const CLAIMS: usize = 200;
const DOSSIERS: usize = 8;

/// How long the gateway works on the backlog while its memory is watched.
const WATCHED: Duration = Duration::from_secs(30);

/// Most memory, and most that a claim may cost of what it costs with the fewest waiting.
const MOST_BYTES: u64 = 300_000_000;
const MOST_GROWTH: f64 = 2.0;

/// Runs the bench up to `most` events.
///
/// # Errors
/// When something does not start, or the store refuses.
pub(crate) async fn run(most: u32) -> Result<Report> {
    let mut report = Report::new("backlog");
    let settings = Settings::default()
        .with("sync.breaker.pause", "1s")
        .with("sync.breaker.longest_pause", "1s");
    let processes = Processes::start(settings).await?;
    let file = processes.dir().join("outbox.sqlite");
    let sizes = SIZES.into_iter().filter(|size| *size < most).chain([most]);
    let curve = fill(&mut report, &file, sizes).await?;
    let growth = curve.last().context("no size")?.1 / curve.first().context("no size")?.1;
    report.promise(
        "a claim costs the same with any number of events waiting",
        format!("{growth:.2} times as much at the end of the curve"),
        growth <= MOST_GROWTH,
    );
    watch(&mut report, &processes, most).await?;
    Ok(report)
}

/// Fills the store up to each size, and measures claims there.
async fn fill(
    report: &mut Report,
    file: &Path,
    sizes: impl Iterator<Item = u32>,
) -> Result<Vec<(u32, f64)>> {
    let outbox = SqliteOutbox::open(file)?;
    let (mut filled, mut curve) = (0, Vec::new());
    for size in sizes {
        let begun = Instant::now();
        let from = filled;
        while filled < size {
            let events = filling::events(filled, CHUNK.min(size - filled))?;
            filled += u32::try_from(events.len())?;
            for receipt in outbox.record_all(events, SystemClock.now()).await {
                receipt?;
            }
        }
        let filling = f64::from(filled - from) / begun.elapsed().as_secs_f64();
        let claims = claims(&outbox).await?;
        let [median, p99] = [0.5, 0.99].map(|share| claims.quantile(share));
        report.line(
            format!("{size} events waiting"),
            format!(
                "a claim of {DOSSIERS} dossiers: median {median:.3} ms, p99 {p99:.3} ms ({} claims; filled at {filling:.0}/s)",
                claims.len()
            ),
            json!({"events": size, "median_ms": median, "p99_ms": p99, "filled_per_second": filling}),
        );
        curve.push((size, median));
    }
    outbox.close().await;
    Ok(curve)
}

async fn claims(outbox: &SqliteOutbox) -> Result<Sample> {
    let mut durations = Vec::with_capacity(CLAIMS);
    for _ in 0..CLAIMS {
        let request = ClaimRequest {
            now: SystemClock.now(),
            lease: Duration::from_mins(1),
            limit: NonZeroUsize::new(DOSSIERS).context("no dossiers")?,
            steps_per_call: NonZeroUsize::new(10).context("no steps")?,
            worker: "bench".to_owned(),
        };
        let begun = Instant::now();
        let claimed = outbox.claim(request).await?;
        durations.push(begun.elapsed());
        ensure!(claimed.len() == DOSSIERS, "{} claimed", claimed.len());
        // The next claim finds others, as if the portal had taken these.
        for claim in claimed {
            let settled = outbox.settle(accepted(&claim, SystemClock.now())).await?;
            ensure!(settled == Settled::Recorded, "a lease was lost");
        }
    }
    Ok(Sample::of(durations))
}

fn accepted(claim: &Claim, now: Timestamp) -> Settlement {
    let events = match &claim.work {
        Work::State(_) => 1,
        Work::Steps { steps, .. } => steps.len(),
    };
    Settlement {
        task: claim.task,
        fence: claim.fence,
        dossier: claim.work.dossier().clone(),
        ended_at: now,
        outcome: AttemptOutcome::Accepted,
        upstream_code: "0".to_owned(),
        upstream_text: String::new(),
        next: NextStep::Accepted { events },
        known_at_portal: Some(true),
        reference: None,
    }
}

/// Memory of a gateway that works on the whole backlog.
async fn watch(report: &mut Report, processes: &Processes, waiting: u32) -> Result<()> {
    let begun = Instant::now();
    let gateway = processes.serve().await?;
    let started = begun.elapsed();
    let (mut most, end) = (0, Instant::now() + WATCHED);
    while Instant::now() < end {
        most = most.max(gateway.memory()?);
        sleep(Duration::from_millis(100)).await;
    }
    let health = processes.control()?.get("/portal/effects?limit=1").await?;
    let counts = health.context("no effects")?["counts"].clone();
    let taken = counts["created"].as_u64().unwrap_or(0);
    let taken = taken + counts["steps"].as_u64().unwrap_or(0);
    ensure!(
        taken > 0,
        "the gateway brought nothing to the portal: {counts}"
    );
    let megabytes = most / 1_000_000;
    report.line(
        "gateway on the backlog",
        format!(
            "{megabytes} MB at most; ready after {:.2} s; {taken} events brought to the portal in {} s",
            started.as_secs_f64(),
            WATCHED.as_secs()
        ),
        json!({"bytes": most, "ready_s": started.as_secs_f64(), "events": taken}),
    );
    report.promise(
        "a backlog of 5,000,000 events keeps the gateway under 300 MB",
        format!("{megabytes} MB with {waiting} events"),
        most < MOST_BYTES && waiting >= MOST,
    );
    Ok(())
}

/// The moment of an event of this number: later ones come later.
fn moment(number: u32) -> Timestamp {
    Timestamp::UNIX_EPOCH
        + SignedDuration::from_hours(24 * 20_000)
        + SignedDuration::from_secs(i64::from(number))
}
