//! Many dossiers through random faults, for an hour or a night.
//!
//! What a reader would get wrong: it ends with 0 only when the portal's own account shows
//! every event of every dossier once and in its order. That it ran to its end is not enough.

mod faults;
mod recording;
mod watching;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use lienthong::clock::SystemClock;
use lienthong_core::clock::Clock as _;
use lienthong_tests::operator::{at_rest, nothing_given_up};
use lienthong_tests::postgres::Postgres;
use lienthong_tests::process::Processes;
use lienthong_tests::random::Random;
use lienthong_tests::settings::Settings;
use lienthong_tests::storm::storm;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use faults::Faults;
use recording::Recording;
use watching::Watching;

const USAGE: &str = "usage: soak [--postgresql] [DOSSIERS [SEED]]";

/// Dossiers unless the command says otherwise, and steps of each.
const DOSSIERS: u32 = 100_000;
const STEPS: usize = 3;

/// Events of one dossier: two states and its steps.
const EVENTS: u64 = STEPS as u64 + 2;

/// Longest time after which a call that nobody waits for any more has had its effect.
const LAST_CALL: Duration = Duration::from_secs(2);

/// What is to be done.
struct Order {
    dossiers: u32,
    random: Random,
    postgresql: bool,
}

impl Order {
    fn read(arguments: &[String]) -> Result<Self> {
        let (postgresql, rest) = match arguments.split_first() {
            Some((first, rest)) if first == "--postgresql" => (true, rest),
            _ => (false, arguments),
        };
        let (dossiers, random) = match rest {
            [] => (DOSSIERS, Random::told()),
            [dossiers] => (dossiers.parse().context(USAGE)?, Random::told()),
            [dossiers, seed] => (
                dossiers.parse().context(USAGE)?,
                Random::seeded(seed.parse().context(USAGE)?),
            ),
            _ => bail!(USAGE),
        };
        Ok(Self {
            dossiers,
            random,
            postgresql,
        })
    }
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let order = Order::read(&arguments)?;
    let store = if order.postgresql {
        "two gateways on PostgreSQL"
    } else {
        "one gateway on SQLite"
    };
    let (dossiers, seed) = (order.dossiers, order.random.seed());
    tell(&format!("soak: {dossiers} dossiers, {store}, seed {seed}"));
    match run(order).await {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => {
            tell(&format!("soak: FAILED: {error:?}"));
            Ok(ExitCode::FAILURE)
        }
    }
}

#[expect(clippy::print_stdout, reason = "what a run did is what it is for")]
fn tell(line: &str) {
    println!("{line}");
}

fn settings() -> Settings {
    let retry_after = vec!["'500ms'"; 60].join(", ");
    Settings::default()
        .with("portal.limits.connect", "500ms")
        .with("portal.limits.read", "1s")
        .with("portal.limits.total", "1s")
        // A call that hangs takes all of its second, and has to count against the portal.
        .with("sync.breaker.patience", "200ms")
        .with("sync.lease", "2s")
        .with("sync.parallel", "32")
        .with("sync.retry_after", format!("[{retry_after}]"))
        .with("sync.breaker.pause", "200ms")
        .with("sync.breaker.longest_pause", "1s")
        .with("log.filter", "error")
}

async fn run(order: Order) -> Result<()> {
    let Order {
        dossiers,
        mut random,
        postgresql,
    } = order;
    let begun = Instant::now();
    let mut settings = settings();
    let mut server = None;
    if postgresql {
        let started = Postgres::start().await?;
        settings = settings
            .with("sync.store", "postgresql")
            .with("sync.postgresql_url", started.url());
        server = Some(started);
    }
    let processes = Processes::start(settings).await?;
    let control = processes.control()?;
    control
        .put("/portal/storm", &storm(random.seed(), 0.3))
        .await?;
    let (tell_addresses, addresses) = watch::channel(Vec::new());
    let mut faults = Faults::begin(&processes, server.as_ref(), tell_addresses).await?;
    let end = SystemClock.now();
    let mut recording = Recording::begin(dossiers, end, addresses);
    let mut watching = Watching::begin(control, dossiers, end, begun);
    while !(recording.is_done().await? && watching.nearly_done()) {
        faults.pause(&mut random).await;
        faults.one(&mut random).await?;
        watching.look().await?;
    }
    faults.end_the_storm().await?;
    while !watching.done() {
        watching.look().await?;
        faults.breathe().await;
    }
    // What is sent a second time comes after its dossier was whole.
    let client = faults.client().await?;
    at_rest(&client).await?;
    nothing_given_up(&client).await?;
    sleep(LAST_CALL).await;
    watching.look().await?;
    let held = watching.prove_all()?;
    ensure!(held == dossiers as usize, "{held} dossiers at the portal");
    faults.tell(dossiers, begun.elapsed()).await
}
