//! Many dossiers through random faults, for an hour or a night.
//!
//! What a reader would get wrong: it ends with 0 only when the portal's own account shows
//! every event of every dossier once and in its order. That it ran to its end is not enough.

use std::collections::VecDeque;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use jiff::Timestamp;
use lienthong::clock::SystemClock;
use lienthong_core::clock::Clock as _;
use lienthong_proto::v1::dossier_service_client::DossierServiceClient;
use lienthong_tests::bulk;
use lienthong_tests::control::Control;
use lienthong_tests::lives::Life;
use lienthong_tests::process::{Process, Processes};
use lienthong_tests::proof::Effects;
use lienthong_tests::random::Random;
use lienthong_tests::settings::Settings;
use lienthong_tests::storm::storm;
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use tonic::transport::Endpoint;

const USAGE: &str = "usage: soak [DOSSIERS [SEED]]";

/// Dossiers unless the command says otherwise, and steps of each.
const DOSSIERS: u32 = 100_000;
const STEPS: usize = 3;

/// Dossiers on one stream, and streams at once.
const PER_STREAM: u32 = 500;
const STREAMS: usize = 4;

/// Longest time in which nothing new reaches the portal before the run is given up.
const STANDSTILL: Duration = Duration::from_mins(3);

/// Longest wait for one stream's receipts.
const STREAM_PATIENCE: Duration = Duration::from_mins(2);

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (dossiers, random) = match arguments.as_slice() {
        [] => (DOSSIERS, Random::told()),
        [dossiers] => (dossiers.parse().context(USAGE)?, Random::told()),
        [dossiers, seed] => (
            dossiers.parse().context(USAGE)?,
            Random::seeded(seed.parse().context(USAGE)?),
        ),
        _ => bail!(USAGE),
    };
    tell(&format!(
        "soak: {dossiers} dossiers, seed {}",
        random.seed()
    ));
    match run(dossiers, random).await {
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
        .with("sync.lease", "2s")
        .with("sync.parallel", "32")
        .with("sync.retry_after", format!("[{retry_after}]"))
        .with("sync.breaker.pause", "200ms")
        .with("sync.breaker.longest_pause", "1s")
        .with("log.filter", "error")
}

async fn run(dossiers: u32, mut random: Random) -> Result<()> {
    let begun = Instant::now();
    let processes = Processes::start(settings()).await?;
    let control = processes.control()?;
    control
        .put("/portal/storm", &storm(random.seed(), 0.3))
        .await?;
    let gateway = processes.serve().await?;
    let (address, addresses) = watch::channel(Some(gateway.address("grpc_plain")?.to_string()));
    let done = Arc::new(AtomicBool::new(false));
    let recording = tokio::spawn(record(
        dossiers,
        SystemClock.now(),
        addresses,
        Arc::clone(&done),
    ));
    let mut watching = Watching {
        effects: Effects::default(),
        moved: Instant::now(),
        told: Instant::now(),
        begun,
    };
    let mut faults = Faults {
        processes: &processes,
        control,
        address,
        gateway: Some(gateway),
        kills: 0,
        restarts: 0,
        outages: 0,
    };
    let wanted = u64::from(dossiers) * (STEPS as u64 + 2);
    while !(done.load(Ordering::Relaxed) && watching.effects.last() >= wanted) {
        sleep(Duration::from_millis(random.between(2_000, 8_000).into())).await;
        faults.one(&mut random).await?;
        if watching.look(&control).await? {
            break;
        }
    }
    let end = recording.await??;
    watching.follow_to_the_end(&control, dossiers, end).await?;
    faults.tell(dossiers, begun.elapsed()).await
}

/// Records everything; gives the moment that the lives end at.
async fn record(
    dossiers: u32,
    end: Timestamp,
    addresses: watch::Receiver<Option<String>>,
    done: Arc<AtomicBool>,
) -> Result<Timestamp> {
    let mut waiting: VecDeque<u32> = (0..dossiers).step_by(PER_STREAM as usize).collect();
    let mut streams = JoinSet::new();
    while !waiting.is_empty() || !streams.is_empty() {
        while streams.len() < STREAMS
            && let Some(first) = waiting.pop_front()
        {
            let last = (first + PER_STREAM).min(dossiers);
            streams.spawn(record_some(first, last, end, addresses.clone()));
        }
        if let Some(ended) = streams.join_next().await {
            ended??;
        }
    }
    done.store(true, Ordering::Relaxed);
    Ok(end)
}

/// Records the lives of one stream, whole, however often the gateway dies under it.
async fn record_some(
    first: u32,
    last: u32,
    end: Timestamp,
    mut addresses: watch::Receiver<Option<String>>,
) -> Result<()> {
    loop {
        let address = addresses.wait_for(Option::is_some).await?.clone();
        let address = address.context("an address")?;
        let endpoint = Endpoint::from_shared(format!("http://{address}"))?;
        if let Ok(channel) = endpoint.connect().await {
            let events = (first..last).flat_map(move |number| Life::new(number, STEPS, end).events);
            let recording = bulk::record_all(DossierServiceClient::new(channel), events);
            if let Ok(Ok(_)) = timeout(STREAM_PATIENCE, recording).await {
                return Ok(());
            }
        }
        sleep(Duration::from_millis(200)).await;
    }
}

/// What the portal is seen to have, as it comes.
struct Watching {
    effects: Effects,
    moved: Instant,
    told: Instant,
    begun: Instant,
}

impl Watching {
    /// Reads on; whether nothing has come for too long.
    async fn look(&mut self, control: &Control) -> Result<bool> {
        let before = self.effects.last();
        self.effects.follow(control).await?;
        if self.effects.last() > before {
            self.moved = Instant::now();
        }
        if self.told.elapsed() > Duration::from_secs(30) {
            self.told = Instant::now();
            tell(&format!(
                "soak: {} s: {} dossiers, {} effects at the portal",
                self.begun.elapsed().as_secs(),
                self.effects.dossiers(),
                self.effects.last()
            ));
        }
        Ok(self.moved.elapsed() > STANDSTILL)
    }

    /// Without faults from here on, until the proof holds or nothing moves any more.
    async fn follow_to_the_end(
        &mut self,
        control: &Control,
        dossiers: u32,
        end: Timestamp,
    ) -> Result<()> {
        control.delete("/portal/storm").await?;
        self.moved = Instant::now();
        let mut whole = 0;
        loop {
            let stands_still = self.look(control).await?;
            // Those that were proved stay proved: what comes twice later is seen at the end.
            while whole < dossiers && self.proves(whole, end).is_ok() {
                whole += 1;
            }
            if whole == dossiers {
                break;
            }
            if stands_still {
                self.proves(whole, end)?;
            }
            sleep(Duration::from_secs(1)).await;
        }
        for number in 0..dossiers {
            self.proves(number, end)?;
        }
        let held = self.effects.dossiers();
        ensure!(held == dossiers as usize, "{held} dossiers at the portal");
        Ok(())
    }

    fn proves(&self, number: u32, end: Timestamp) -> Result<()> {
        self.effects.prove(&Life::new(number, STEPS, end))
    }
}

/// What is done to both sides.
struct Faults<'a> {
    processes: &'a Processes,
    control: Control,
    address: watch::Sender<Option<String>>,
    gateway: Option<Process>,
    kills: u32,
    restarts: u32,
    outages: u32,
}

impl Faults<'_> {
    async fn one(&mut self, random: &mut Random) -> Result<()> {
        match random.between(1, 4) {
            1 => {
                self.control
                    .post("/portal/restart?memory=true", &Value::Null)
                    .await?;
                self.restarts += 1;
            }
            2 => {
                let call = random.one_of(&["/portal/pause", "/portal/stall"]);
                self.control.post(call, &Value::Null).await?;
                sleep(Duration::from_millis(random.between(200, 3_000).into())).await;
                self.control.resume("portal").await?;
                self.outages += 1;
            }
            _ => {
                self.address.send_replace(None);
                // The dead one must be gone before the next opens the outbox.
                if let Some(gateway) = self.gateway.take() {
                    gateway.kill().await?;
                }
                let gateway = self.processes.serve().await?;
                let address = gateway.address("grpc_plain")?.to_string();
                self.address.send_replace(Some(address));
                self.gateway = Some(gateway);
                self.kills += 1;
            }
        }
        Ok(())
    }

    /// The closing lines.
    async fn tell(&self, dossiers: u32, time: Duration) -> Result<()> {
        let page = self.control.get("/portal/effects?after=0&limit=1").await?;
        let counts = page.context("no effects")?["counts"].clone();
        let (kills, restarts, outages) = (self.kills, self.restarts, self.outages);
        let events = u64::from(dossiers) * (STEPS as u64 + 2);
        tell(&format!("soak: effects {counts}"));
        tell(&format!(
            "soak: {events} events of {dossiers} dossiers once and in order in {} s, through {kills} kills, {restarts} restarts and {outages} outages of the portal",
            time.as_secs()
        ));
        Ok(())
    }
}
