//! The portal: restarting, answering late, twice, in other words, and not at all.
//!
//! What a reader would get wrong: a portal that applies a call twice by itself, or later than
//! the time of a call after it has cut the connection, is beyond any caller's power. Its own
//! doubles are not counted against the gateway, and late effects are kept within the time of
//! a call.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use lienthong_tests::control::Control;
use lienthong_tests::operator::{Operator, at_rest};
use lienthong_tests::patience::eventually;
use lienthong_tests::process::Processes;
use lienthong_tests::proof::Effects;
use lienthong_tests::random::Random;
use lienthong_tests::stage::plain_vendor;
use lienthong_tests::storm::{kinds, storm};
use serde_json::Value;
use tokio::time::sleep;

use super::campaign::{Campaign, Tally, accepted, seeded, serve, settings};

/// What befalls the portal in a storm of wrong answers, and how often in all.
const BLOWS: [Blow; 3] = [Blow::Restart, Blow::HalfOpen, Blow::Outage];
const BLOWS_IN_ALL: u32 = 12;

/// Restarts without its memory, and effects before each and after the last.
const FORGETTINGS: u32 = 2;
const BETWEEN: u64 = 150;

/// Something that befalls the portal as a whole.
#[derive(Debug, Clone, Copy)]
enum Blow {
    Restart,
    HalfOpen,
    Outage,
}

impl Blow {
    fn name(self) -> &'static str {
        match self {
            Self::Restart => "restart with its memory",
            Self::HalfOpen => "half open",
            Self::Outage => "outage",
        }
    }

    async fn fall(self, control: &Control, random: &mut Random) -> Result<()> {
        match self {
            Self::Restart => {
                let path = "/portal/restart?memory=true";
                return control.post(path, &Value::Null).await;
            }
            Self::HalfOpen => control.post("/portal/stall", &Value::Null).await?,
            Self::Outage => control.pause("portal").await?,
        }
        sleep(Duration::from_millis(random.between(100, 1_500).into())).await;
        control.resume("portal").await
    }
}

/// Waits until every kind of wrong answer was given; how often each was.
async fn all_played(control: &Control, storm: &Value) -> Result<Value> {
    let mut played = Value::Null;
    let all = eventually("every kind of wrong answer", async || {
        let told = control.get("/portal/storm").await?.context("no storm")?;
        played = told["played"].clone();
        let mut kinds = kinds(storm).into_iter();
        Ok(kinds
            .all(|kind| played[kind].as_u64() > Some(0))
            .then_some(()))
    })
    .await;
    all.with_context(|| format!("the storm did {played}"))?;
    Ok(played)
}

async fn stormy(random: &mut Random) -> Result<(Tally, usize)> {
    let processes = Processes::start(settings()).await?;
    let control = processes.control()?;
    let campaign = Campaign::begin(control, 1);
    let gateway = serve(&processes, &campaign).await?;
    let storm = storm(random.seed(), 1.0);
    control.put("/portal/storm", &storm).await?;
    let mut tally = Tally::default();
    for blow in random.deck(&BLOWS, BLOWS_IN_ALL) {
        sleep(Duration::from_millis(random.between(500, 2_500).into())).await;
        blow.fall(&control, random).await?;
        tally.add(blow.name());
    }
    let played = all_played(&control, &storm).await?;
    control.delete("/portal/storm").await?;
    let events = campaign.prove(&gateway).await?;
    for (kind, count) in played.as_object().context("played")? {
        for _ in 0..count.as_u64().unwrap_or(0) {
            tally.add(kind);
        }
    }
    tally.has_each_of(BLOWS.map(Blow::name))?;
    tally.has_each_of(kinds(&storm))?;
    Ok((tally, events))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes a minute"]
async fn a_portal_that_restarts_and_answers_late_twice_or_wrongly_gets_everything_once() {
    let mut random = Random::told();
    let (tally, events) = seeded(stormy(&mut random).await, random.seed());
    tally.tell("portal", events, random.seed());
}

/// The portal loses its memory while dossiers are on their way, and an operator makes both
/// sides agree again.
async fn forgetful() -> Result<(Tally, usize)> {
    let settings = settings()
        .with("sync.operators", "['igate']")
        .with("sync.questions_per_minute", "6000")
        .with("sync.retry_per_minute", "6000");
    let processes = Processes::start(settings).await?;
    let control = processes.control()?;
    let mut campaign = Campaign::begin(control, 1);
    let gateway = serve(&processes, &campaign).await?;
    let mut tally = Tally::default();
    for _ in 0..FORGETTINGS {
        brought(&control, BETWEEN).await?;
        control
            .post("/portal/restart?memory=false", &Value::Null)
            .await?;
        tally.add("restart without its memory");
    }
    brought(&control, BETWEEN).await?;
    campaign.callers.stop();
    let lives = campaign.callers.done().await?;
    let client = plain_vendor(&gateway.address("grpc_plain")?.to_string())
        .await?
        .sync;
    at_rest(&client).await?;
    let before = Effects::read(&control).await?;
    let lost = lives.iter().filter(|life| before.prove_anew(life).is_err());
    let lost = lost.count();
    ensure!(lost > 0, "the portal had lost nothing");
    let mut operator = Operator::through(&client);
    let differences = operator.make_whole().await?;
    at_rest(&client).await?;
    tally.note(format!(
        "{lost} dossiers lost there, {differences} differences repaired"
    ));
    let effects = Effects::read(&control).await?;
    for life in &lives {
        effects.prove_anew(life)?;
    }
    accepted(&gateway, &lives).await?;
    Ok((tally, lives.iter().map(|life| life.events.len()).sum()))
}

/// Waits until the portal has seen this many effects more.
async fn brought(control: &Control, more: u64) -> Result<()> {
    let before = Effects::counted(control).await?;
    eventually("more at the portal", async || {
        let now = Effects::counted(control).await?;
        Ok((now >= before + more).then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes a minute"]
async fn a_portal_that_forgets_everything_is_made_whole_by_reconciliation_and_repair() {
    let (tally, events) = forgetful()
        .await
        .unwrap_or_else(|error| panic!("{error:?}"));
    tally.tell("forgetful portal", events, 0);
    assert_eq!(tally.sum(), FORGETTINGS);
}
