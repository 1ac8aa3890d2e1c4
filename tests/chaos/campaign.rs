//! A stretch of time in which procedure systems record and things go wrong.
//!
//! What a reader would get wrong: the proof is the portal's own account of its effects. That
//! the gateway calls everything accepted is wanted as well, and proves nothing by itself.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use lienthong::clock::SystemClock;
use lienthong_core::clock::Clock as _;
use lienthong_proto::v1::SyncState;
use lienthong_tests::callers::{Callers, record};
use lienthong_tests::control::Control;
use lienthong_tests::lives::Life;
use lienthong_tests::patience::eventually;
use lienthong_tests::process::{Process, Processes};
use lienthong_tests::proof::Effects;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::{dossier_in, outline, plain_vendor};
use tokio::time::{Instant, sleep};

/// Callers at once, steps of a life, and the pause between two events of a caller.
const CALLERS: u32 = 4;
const STEPS: usize = 4;
const PAUSE: Duration = Duration::from_millis(30);

/// Events after which the callers are seen to be at work.
const AT_WORK: usize = 3;

/// Lives that a caller may begin: more than it ever does.
const LIVES: u32 = 100_000;

/// Longest wait until the last event is there.
const PATIENCE: Duration = Duration::from_mins(2);

/// Longest time after which a call that nobody waits for any more has had its effect.
const LAST_CALL: Duration = Duration::from_secs(2);

/// Settings under which a crash or an outage is over within seconds, and a wrong text is
/// asked about for long.
pub(crate) fn settings() -> Settings {
    let retry_after = vec!["'200ms'"; 40].join(", ");
    Settings::default()
        .with("portal.limits.connect", "500ms")
        .with("portal.limits.read", "1s")
        .with("portal.limits.total", "1s")
        // A call that hangs takes all of its second, and has to count against the portal.
        .with("sync.breaker.patience", "200ms")
        .with("sync.lease", "2s")
        .with("sync.retry_after", format!("[{retry_after}]"))
        .with("sync.breaker.pause", "200ms")
        .with("sync.breaker.longest_pause", "500ms")
        .with("log.filter", "error")
}

/// Callers at work, and the portal that all of it must reach.
pub(crate) struct Campaign {
    pub(crate) callers: Callers,
    pub(crate) control: Control,
}

impl Campaign {
    /// Callers of this many gateways begin.
    pub(crate) fn begin(control: Control, gateways: usize) -> Self {
        let mut callers = Callers::of(gateways);
        let end = SystemClock.now();
        for caller in 0..CALLERS {
            callers.spawn(lives(caller, end), PAUSE);
        }
        Self { callers, control }
    }

    /// A gateway is up.
    pub(crate) fn up(&self, gateway: usize, process: &Process) -> Result<()> {
        let address = process.address("grpc_plain")?.to_string();
        self.callers.at(gateway, Some(address));
        Ok(())
    }

    /// Waits until the callers have recorded something more, so that there is something under
    /// way.
    pub(crate) async fn at_work(&self) -> Result<()> {
        let before = self.callers.recorded();
        eventually("the callers record", async || {
            Ok((self.callers.recorded() >= before + AT_WORK).then_some(()))
        })
        .await
    }

    /// Records the last lives to their end, and waits until the portal has seen all of them
    /// once and in order, and no more than that when the gateway is done with them; returns
    /// how many events that were.
    pub(crate) async fn prove(self, gateway: &Process) -> Result<usize> {
        let whole = self.whole(gateway).await?;
        whole.and_nothing_more(gateway).await?;
        Ok(whole.lives.iter().map(|life| life.events.len()).sum())
    }

    /// Records the last lives to their end, and waits until the portal has seen them.
    async fn whole(mut self, gateway: &Process) -> Result<Whole> {
        self.callers.stop();
        let lives = self.callers.done().await?;
        ensure!(!lives.is_empty(), "nothing was recorded");
        let end = Instant::now() + PATIENCE;
        loop {
            let effects = Effects::read(&self.control).await?;
            let Err(missing) = all(&lives, &effects) else {
                let control = self.control;
                return Ok(Whole { control, lives });
            };
            if Instant::now() >= end {
                return Err(missing.context(told(gateway, &lives, &effects).await));
            }
            sleep(Duration::from_millis(200)).await;
        }
    }
}

/// Lives that the portal has seen whole.
struct Whole {
    control: Control,
    lives: Vec<Life>,
}

impl Whole {
    /// The gateway has brought everything to its end, and the portal has still seen nothing
    /// twice: what is sent a second time comes after the life was whole.
    async fn and_nothing_more(&self, gateway: &Process) -> Result<()> {
        accepted(gateway, &self.lives).await?;
        sleep(LAST_CALL).await;
        let effects = Effects::read(&self.control).await?;
        match all(&self.lives, &effects) {
            Ok(()) => Ok(()),
            Err(doubled) => Err(doubled.context(told(gateway, &self.lives, &effects).await)),
        }
    }
}

/// The portal has seen these lives, each whole, once and in order, and no other.
fn all(lives: &[Life], effects: &Effects) -> Result<()> {
    for life in lives {
        effects.prove(life)?;
    }
    ensure!(
        effects.dossiers() == lives.len(),
        "{} dossiers at the portal, {} recorded",
        effects.dossiers(),
        lives.len()
    );
    Ok(())
}

/// Lives of one caller, told apart from those of the others.
fn lives(caller: u32, end: Timestamp) -> impl Iterator<Item = Life> + Send + 'static {
    (0..LIVES).map(move |life| Life::new(life * CALLERS + caller, STEPS, end))
}

/// Every life is accepted whole, by the gateway's own account.
pub(crate) async fn accepted(gateway: &Process, lives: &[Life]) -> Result<()> {
    let mut vendor = plain_vendor(&gateway.address("grpc_plain")?.to_string()).await?;
    for life in lives {
        // The portal may have the last event before the gateway has recorded its answer.
        let sync = dossier_in(&mut vendor, &life.code, SyncState::Accepted).await?;
        ensure!(
            sync.timeline.len() == life.events.len(),
            "{}: {} events of {}",
            life.code,
            sync.timeline.len(),
            life.events.len()
        );
    }
    Ok(())
}

/// What a failing run has to tell: the timelines of what is missing.
async fn told(gateway: &Process, lives: &[Life], effects: &Effects) -> String {
    let mut told = Vec::new();
    let address = gateway
        .address("grpc_plain")
        .map(|address| address.to_string());
    let vendor = match address {
        Ok(address) => plain_vendor(&address).await.ok(),
        Err(_) => None,
    };
    let missing = lives.iter().filter(|life| effects.prove(life).is_err());
    if let Some(mut vendor) = vendor {
        for life in missing.take(3) {
            let timeline = match vendor.dossier(&life.code).await {
                Ok(answer) => outline(&answer.sync.unwrap_or_default()),
                Err(status) => vec![status.to_string()],
            };
            told.push(format!("{}: {timeline:#?}", life.code));
        }
    }
    let log = gateway.log().unwrap_or_default();
    told.push(log.lines().rev().take(20).collect::<Vec<_>>().join("\n"));
    told.join("\n")
}

/// The only gateway of `processes`, started and known to the callers.
pub(crate) async fn serve(processes: &Processes, campaign: &Campaign) -> Result<Process> {
    let gateway = processes.serve().await?;
    campaign.up(0, &gateway)?;
    Ok(gateway)
}

/// How often each thing was done, for the closing line.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    done: BTreeMap<String, u32>,
    notes: Vec<String>,
}

impl Tally {
    pub(crate) fn add(&mut self, what: impl Into<String>) {
        *self.done.entry(what.into()).or_default() += 1;
    }

    /// Adds words to the closing line that count nothing.
    pub(crate) fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    /// Fails unless each of `wanted` was done at least once.
    pub(crate) fn has_each_of<'a>(&self, wanted: impl IntoIterator<Item = &'a str>) -> Result<()> {
        for what in wanted {
            ensure!(self.done.contains_key(what), "no {what}: {self:?}");
        }
        Ok(())
    }

    pub(crate) fn sum(&self) -> u32 {
        self.done.values().sum()
    }

    /// The closing line, on standard output whether the test is caught or not.
    pub(crate) fn tell(&self, campaign: &str, events: usize, seed: u64) {
        let counted = self.done.iter();
        let counted = counted.map(|(what, count)| format!("{what} {count}"));
        let parts: Vec<String> = counted.chain(self.notes.iter().cloned()).collect();
        println!(
            "chaos {campaign}: {} ({}); {events} events, each at the portal once and in order (seed {seed})",
            self.sum(),
            parts.join(", ")
        );
    }
}

/// The seed beside an error, so that the run can be repeated.
pub(crate) fn seeded<T>(result: Result<T>, seed: u64) -> T {
    result
        .with_context(|| format!("LIENTHONG_CHAOS_SEED={seed}"))
        .unwrap_or_else(|error| panic!("{error:?}"))
}

/// What a worker that thinks itself alone would do at the very end: a gateway that knows
/// nothing of the first one sends a life again, after all of them were whole.
async fn doubled_at_the_tail() -> Result<anyhow::Error> {
    let processes = Processes::start(settings()).await?;
    let campaign = Campaign::begin(processes.control()?, 1);
    let gateway = serve(&processes, &campaign).await?;
    campaign.at_work().await?;
    let whole = campaign.whole(&gateway).await?;
    whole.and_nothing_more(&gateway).await?;
    let other = processes.settings().clone();
    let other = other.with("sync.database", "second.sqlite");
    let second = processes.serve_with(&other).await?;
    let mut vendor = plain_vendor(&second.address("grpc_plain")?.to_string()).await?;
    let life = whole.lives.first().context("a life")?;
    for event in &life.events {
        record(&mut vendor, event).await?;
    }
    dossier_in(&mut vendor, &life.code, SyncState::Accepted).await?;
    let seen = whole.and_nothing_more(&gateway).await;
    seen.err().context("the second send was not seen")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes seconds"]
async fn a_step_that_is_sent_twice_after_its_life_was_whole_fails_the_campaign() {
    let seen = doubled_at_the_tail()
        .await
        .unwrap_or_else(|error| panic!("{error:?}"));
    assert!(seen.root_cause().to_string().contains("twice"), "{seen:?}");
}
