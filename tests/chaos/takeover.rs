//! Two gateways on one PostgreSQL, and one of them out of the way: dead in the middle of a
//! call, or frozen between claim and send.
//!
//! What a reader would get wrong: the frozen one is the dangerous one. It wakes up with a claim
//! that somebody else has long brought to its end, and fencing guards the row, not the portal.

use anyhow::{Context as _, Result, ensure};
use lienthong::clock::SystemClock;
use lienthong::demo::vendor::Vendor;
use lienthong_core::clock::Clock as _;
use lienthong_proto::v1::{Attempt, Cause, SyncState};
use lienthong_tests::callers::record;
use lienthong_tests::control::Control;
use lienthong_tests::lives::Life;
use lienthong_tests::patience::{LIMIT, eventually};
use lienthong_tests::postgres::Postgres;
use lienthong_tests::process::{Process, Processes};
use lienthong_tests::proof::Effects;
use lienthong_tests::relay::{Line, Moment, Trap, holds, is_commit};
use lienthong_tests::stage::{dossier_in, outline, plain_vendor};

use super::campaign::settings;
use super::seat::{Seat, Wire};

/// Long enough for the second gateway to start while the first one's claim still holds.
const LEASE: &str = "4s";

/// Claims that are frozen until one of them holds the dossier.
const TRIES: usize = 6;

/// Two seats on one server, and one life.
struct Ground {
    processes: Processes,
    control: Control,
    seats: [Seat; 2],
    life: Life,
    /// Goes last: the gateways use it to their end.
    _server: Postgres,
}

impl Ground {
    async fn new() -> Result<Self> {
        let server = Postgres::start().await?;
        let settings = settings()
            .with("sync.store", "postgresql")
            .with("sync.lease", LEASE);
        let processes = Processes::start(settings).await?;
        let seats = [
            Seat::on_a_server(&processes, &server, 0).await?,
            Seat::on_a_server(&processes, &server, 1).await?,
        ];
        Ok(Self {
            control: processes.control()?,
            processes,
            seats,
            life: Life::new(1, 3, SystemClock.now()),
            _server: server,
        })
    }

    async fn serve(&self, seat: usize) -> Result<(Process, Vendor)> {
        let gateway = self
            .processes
            .serve_with(self.seats[seat].settings())
            .await?;
        let address = gateway.address("grpc_plain")?.to_string();
        let vendor = plain_vendor(&address).await?;
        Ok((gateway, vendor))
    }

    /// Records the first event and waits until it is accepted.
    async fn begin_life(&self, vendor: &mut Vendor) -> Result<()> {
        let first = self.life.events.first().context("an event")?;
        record(vendor, first).await?;
        dossier_in(vendor, &self.life.code, SyncState::Accepted).await?;
        Ok(())
    }

    /// Records the rest of it.
    async fn end_life(&self, vendor: &mut Vendor) -> Result<()> {
        for event in &self.life.events[1..] {
            record(vendor, event).await?;
        }
        Ok(())
    }

    /// All of it is there, once and in order.
    async fn prove(&self) -> Result<()> {
        Effects::read(&self.control).await?.prove(&self.life)
    }
}

/// Every attempt at the dossier.
async fn attempts(vendor: &mut Vendor, code: &str) -> Result<Vec<Attempt>> {
    let sync = vendor.dossier(code).await?.sync.unwrap_or_default();
    let attempts = sync.timeline.into_iter().flat_map(|entry| entry.attempts);
    Ok(attempts.collect())
}

async fn dies_in_the_middle() -> Result<()> {
    let ground = Ground::new().await?;
    let (first, mut vendor) = ground.serve(0).await?;
    ground.begin_life(&mut vendor).await?;
    let mut trap = ground.seats[0].trap(Wire::Portal, Moment::After, 0)?;
    record(&mut vendor, &ground.life.events[1]).await?;
    ensure!(trap.within(LIMIT).await, "no call was made");
    eventually("the portal has the step", async || {
        let effects = Effects::read(&ground.control).await?;
        Ok(effects.prove_first(&ground.life, 2).ok())
    })
    .await?;
    // It has no answer yet, and the other one takes over.
    let (second, mut vendor) = ground.serve(1).await?;
    first.kill().await?;
    for event in &ground.life.events[2..] {
        record(&mut vendor, event).await?;
    }
    let sync = dossier_in(&mut vendor, &ground.life.code, SyncState::Accepted).await?;
    let step = sync.timeline.get(1).context("the step")?;
    ensure!(
        step.attempts
            .iter()
            .any(|each| each.cause() == Cause::Interrupted),
        "{:#?}",
        outline(&sync)
    );
    ground.prove().await?;
    drop(second);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL's programs"]
async fn a_gateway_that_dies_in_the_middle_of_a_call_costs_a_lease_and_nothing_else() {
    dies_in_the_middle()
        .await
        .unwrap_or_else(|error| panic!("{error:?}"));
}

/// Freezes the gateway at the first seat behind a claim, and gives the other gateway. `None`
/// when what it had claimed was nothing.
async fn freeze(ground: &Ground, first: &Process) -> Result<Option<(Process, Vendor)>> {
    let store = ground.seats[0].store()?;
    // A claim's statement is sent in words once on each connection, so these must be new.
    let claim = Trap::at(Moment::After, is_commit).behind(|piece| holds(piece, b"due_at <= $1"));
    let mut trap = store.trap(claim);
    store.break_off().await;
    ensure!(trap.within(LIMIT).await, "nothing was claimed");
    first.signal("STOP").await?;
    // The answer waits for it when it wakes up.
    store.set(Line::Open);
    let (second, mut vendor) = ground.serve(1).await?;
    let sync = vendor.dossier(&ground.life.code).await?.sync;
    if sync.unwrap_or_default().state() == SyncState::Sending {
        return Ok(Some((second, vendor)));
    }
    second.kill().await?;
    first.signal("CONT").await?;
    Ok(None)
}

async fn frozen_behind_a_claim() -> Result<()> {
    let ground = Ground::new().await?;
    let (first, mut vendor) = ground.serve(0).await?;
    ground.begin_life(&mut vendor).await?;
    ground.control.pause("portal").await?;
    ground.end_life(&mut vendor).await?;
    let mut frozen = None;
    for _ in 0..TRIES {
        frozen = freeze(&ground, &first).await?;
        if frozen.is_some() {
            break;
        }
    }
    let (second, mut other) = frozen.context("no claim held the dossier")?;
    ground.control.resume("portal").await?;
    dossier_in(&mut other, &ground.life.code, SyncState::Accepted).await?;
    ground.prove().await?;
    let before = attempts(&mut other, &ground.life.code).await?.len();
    // Alone again, it brings another life to its end; by then it has dropped the old claim.
    second.kill().await?;
    first.signal("CONT").await?;
    let next = Life::new(2, 2, SystemClock.now());
    for event in &next.events {
        record(&mut vendor, event).await?;
    }
    dossier_in(&mut vendor, &next.code, SyncState::Accepted).await?;
    let after = attempts(&mut vendor, &ground.life.code).await?.len();
    ensure!(after == before, "{before} attempts became {after}");
    let effects = Effects::read(&ground.control).await?;
    effects.prove(&ground.life)?;
    effects.prove(&next)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL's programs"]
async fn a_gateway_frozen_between_claim_and_send_sends_nothing_when_its_lease_is_over() {
    frozen_behind_a_claim()
        .await
        .unwrap_or_else(|error| panic!("{error:?}"));
}
