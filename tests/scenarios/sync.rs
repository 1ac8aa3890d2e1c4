//! What is recorded stands at the portal, and where it does not, somebody sees why and can
//! do something about it.

mod bulk;
mod disk;
mod failures;
mod files;
mod operators;
mod parked;
mod presence;
mod profiles;
mod reconciled;
mod retained;
mod watched;

use anyhow::Result;
use lienthong_tests::control::Control;
use lienthong_tests::lives::Life;
use lienthong_tests::patience::eventually;
use lienthong_tests::proof::Effects;
use lienthong_tests::stage::Stage;

/// The control interface of the stage's own government side.
fn control(stage: &Stage) -> Control {
    Control::at(stage.mocks().control_addr())
}

/// Waits until the portal has seen each life whole, once and in order.
async fn arrived(stage: &Stage, lives: &[Life]) -> Result<Effects> {
    let control = control(stage);
    let mut last = None;
    let all = eventually("everything at the portal", async || {
        let effects = Effects::read(&control).await?;
        last = lives.iter().find_map(|life| effects.prove(life).err());
        Ok(last.is_none().then_some(effects))
    })
    .await;
    all.map_err(|error| match last {
        Some(missing) => missing.context(error),
        None => error,
    })
}
