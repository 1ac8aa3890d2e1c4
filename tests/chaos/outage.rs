//! Three days without the portal, by a clock that is moved.
//!
//! What a reader would get wrong: nothing here waits for the three days. The clock of the
//! gateway is moved hour by hour, and the worker is told to do what is due.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use jiff::SignedDuration;
use lienthong::clock::SystemClock;
use lienthong_core::clock::{Clock as _, ManualClock};
use lienthong_proto::v1::{Condition, SyncState};
use lienthong_tests::callers::record;
use lienthong_tests::control::Control;
use lienthong_tests::lives::Life;
use lienthong_tests::patience::eventually;
use lienthong_tests::proof::Effects;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::{Stage, dossier_in};

const HOURS: i64 = 72;
const LIVES: NonZeroUsize = NonZeroUsize::MIN.saturating_add(39);

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
        if hour % 2 == 0 && lives.len() < LIVES.get() {
            let number = u32::try_from(lives.len())?;
            let life = Life::new(number, 5, clock.now());
            for event in &life.events {
                record(&mut vendor, event).await?;
            }
            lives.push(life);
        }
        clock.advance(SignedDuration::from_hours(1));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let health = vendor.health().await?;
    ensure!(
        health.condition() == Condition::Stalled,
        "three days without the portal are {:?}",
        health.condition()
    );
    stage.mocks().portal().resume();
    let control = Control::at(stage.mocks().control_addr());
    let last = lives.last().context("no lives")?;
    eventually("the portal has everything", async || {
        // Waits that were planned before the portal came back end when the clock says so.
        clock.advance(SignedDuration::from_mins(1));
        let effects = Effects::read(&control).await?;
        let missing = lives.iter().filter(|life| effects.prove(life).is_err());
        Ok((missing.count() == 0).then_some(()))
    })
    .await?;
    dossier_in(&mut vendor, &last.code, SyncState::Accepted).await?;
    Ok(())
}

#[tokio::test]
#[ignore = "takes a minute"]
async fn three_days_of_outage_strand_nothing_and_everything_arrives_in_order() {
    three_days()
        .await
        .unwrap_or_else(|error| panic!("{error:?}"));
}
