//! Three days without the portal, by a clock that is moved.
//!
//! What a reader would get wrong: nothing here waits for the three days. The clock of the
//! gateway is moved hour by hour, and the worker is told to do what is due.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use lienthong::clock::SystemClock;
use lienthong::demo::vendor::Vendor;
use lienthong_core::clock::{Clock as _, ManualClock};
use lienthong_proto::v1::{Attempt, Condition, SyncState};
use lienthong_tests::callers::record;
use lienthong_tests::control::Control;
use lienthong_tests::lives::Life;
use lienthong_tests::patience::eventually;
use lienthong_tests::proof::Effects;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::{Stage, dossier_in, outline};

/// Hours, with a new dossier in each.
const HOURS: u32 = 72;

/// Delays of the schedule: an event that an outage used up would be given up behind these.
const SCHEDULE: usize = 5;

async fn three_days() -> Result<()> {
    let clock = Arc::new(ManualClock::starting_at(SystemClock.now()));
    let settings = Settings::default()
        .with("sync.breaker.pause", "10ms")
        .with("sync.breaker.longest_pause", "20ms")
        // As in the field: five delays, two hours at most.
        .with("sync.retry_after", "['5s', '30s', '5m', '30m', '2h']");
    let stage = Stage::by_clock(settings, Arc::clone(&clock) as _).await?;
    stage.mocks().portal().pause();
    let mut vendor = stage.plain_vendor().await?;
    let mut lives = Vec::new();
    for hour in 0..HOURS {
        clock.advance(SignedDuration::from_hours(1));
        let life = Life::new(hour, 5, clock.now());
        for event in &life.events {
            record(&mut vendor, event).await?;
        }
        lives.push(life);
        // Every hour somebody looks whether the portal is back.
        tried_since(&mut vendor, &lives, clock.now()).await?;
    }
    let health = vendor.health().await?;
    ensure!(
        health.condition() == Condition::Stalled,
        "three days without the portal are {:?}",
        health.condition()
    );
    let tries = attempts(&mut vendor, &lives[0]).await?.len();
    ensure!(tries > SCHEDULE, "{tries} tries in three days");
    stage.mocks().portal().resume();
    let control = Control::at(stage.mocks().control_addr());
    eventually("the portal has everything", async || {
        // Waits that were planned before the portal came back end when the clock says so.
        clock.advance(SignedDuration::from_mins(1));
        let effects = Effects::read(&control).await?;
        let missing = lives.iter().filter(|life| effects.prove(life).is_err());
        Ok((missing.count() == 0).then_some(()))
    })
    .await?;
    for life in &lives {
        dossier_in(&mut vendor, &life.code, SyncState::Accepted).await?;
    }
    Ok(())
}

/// Attempts at the first event of a life, which is not given up.
async fn attempts(vendor: &mut Vendor, life: &Life) -> Result<Vec<Attempt>> {
    let sync = vendor.dossier(&life.code).await?.sync.unwrap_or_default();
    let given_up = matches!(sync.state(), SyncState::Dead | SyncState::Refused);
    ensure!(!given_up, "given up: {:#?}", outline(&sync));
    let first = sync.timeline.into_iter().next().context("no event")?;
    Ok(first.attempts)
}

/// Waits until one of `lives` was tried at `moment` or later.
async fn tried_since(vendor: &mut Vendor, lives: &[Life], moment: Timestamp) -> Result<()> {
    eventually("a try", async || {
        for life in lives {
            let tried = attempts(vendor, life).await?;
            let newest = tried.last().and_then(|attempt| attempt.started_at);
            if newest.is_some_and(|at| at.seconds >= moment.as_second()) {
                return Ok(Some(()));
            }
        }
        Ok(None)
    })
    .await
}

#[tokio::test]
#[ignore = "takes a minute"]
async fn three_days_of_outage_strand_nothing_and_everything_arrives_in_order() {
    three_days()
        .await
        .unwrap_or_else(|error| panic!("{error:?}"));
}
