//! The portal: restarting, answering late, twice, in other words, and not at all.
//!
//! What a reader would get wrong: a portal that applies a call twice by itself, or long
//! after it has cut the connection, is beyond any caller's power. Its own doubles are not
//! counted against the gateway, and late effects are kept within the time of a call.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use lienthong_tests::process::Processes;
use lienthong_tests::proof::Effects;
use lienthong_tests::storm::storm;
use serde_json::Value;
use tokio::time::sleep;

use super::campaign::{Campaign, Tally, seeded, serve, settings};
use lienthong_tests::random::Random;

/// Restarts of the portal in a storm of wrong answers.
const RESTARTS: u32 = 12;

async fn stormy(random: &mut Random) -> Result<(Tally, usize)> {
    let processes = Processes::start(settings()).await?;
    let control = processes.control()?;
    let campaign = Campaign::begin(control, 1);
    let gateway = serve(&processes, &campaign).await?;
    control
        .put("/portal/storm", &storm(random.seed(), 1.0))
        .await?;
    let mut tally = Tally::default();
    for _ in 0..RESTARTS {
        sleep(Duration::from_millis(random.between(500, 2_500).into())).await;
        match random.between(1, 3) {
            1 => {
                control
                    .post("/portal/restart?memory=true", &Value::Null)
                    .await?;
                tally.add("restart with its memory");
            }
            2 => {
                control.post("/portal/stall", &Value::Null).await?;
                sleep(Duration::from_millis(random.between(100, 1_500).into())).await;
                control.resume("portal").await?;
                tally.add("half open");
            }
            _ => {
                control.pause("portal").await?;
                sleep(Duration::from_millis(random.between(100, 1_500).into())).await;
                control.resume("portal").await?;
                tally.add("outage");
            }
        }
    }
    let played = control.get("/portal/storm").await?.context("no storm")?;
    control.delete("/portal/storm").await?;
    let events = campaign.prove(&gateway).await?;
    for (kind, count) in played["played"].as_object().context("played")? {
        for _ in 0..count.as_u64().unwrap_or(0) {
            tally.add(kind);
        }
    }
    ensure!(tally.sum() > RESTARTS, "the storm did nothing: {played}");
    Ok((tally, events))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes a minute"]
async fn a_portal_that_restarts_and_answers_late_twice_or_wrongly_gets_everything_once() {
    let mut random = Random::told();
    let (tally, events) = seeded(stormy(&mut random).await, random.seed());
    tally.tell("portal", events, random.seed());
}

/// The portal loses its memory while dossiers are on their way.
async fn forgetful() -> Result<usize> {
    let processes = Processes::start(settings()).await?;
    let control = processes.control()?;
    let mut campaign = Campaign::begin(control, 1);
    let _gateway = serve(&processes, &campaign).await?;
    sleep(Duration::from_secs(3)).await;
    control
        .post("/portal/restart?memory=false", &Value::Null)
        .await?;
    sleep(Duration::from_secs(3)).await;
    campaign.callers.stop();
    let lives = campaign.callers.done().await?;
    // Longer than the schedule: what the portal has forgotten is a person's to repair.
    sleep(Duration::from_secs(12)).await;
    let effects = Effects::read(&control).await?;
    let (mut whole, mut events) = (0, 0);
    for life in &lives {
        // Nothing twice and nothing out of order, also where not all of it came.
        let (seen, wanted) = (effects.of(&life.code)?, life.wanted());
        ensure!(
            wanted.starts_with(&seen) || whole_again(&seen, &wanted),
            "{}: seen {seen:?}, wanted {wanted:?}",
            life.code
        );
        whole += usize::from(seen == wanted);
        events += seen.len();
    }
    ensure!(whole > 0 && !lives.is_empty(), "no life came through");
    Ok(events)
}

/// A state that the portal had forgotten was made again in its place.
fn whole_again<T: PartialEq>(seen: &[T], wanted: &[T]) -> bool {
    let mut rest = wanted.iter();
    seen.iter().all(|each| rest.any(|next| next == each))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes a minute"]
async fn a_portal_that_forgets_everything_gets_nothing_twice_and_nothing_out_of_order() {
    let events = forgetful()
        .await
        .unwrap_or_else(|error| panic!("{error:?}"));
    assert!(events > 0);
}
