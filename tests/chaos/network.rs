//! The network between gateway and portal: cut, slow, half open, deaf, out of order.
//!
//! What a reader would get wrong: that nothing is lost on a dead line would be so without a
//! breaker too. That it opens, and leaves the portal alone, is looked for on its own.

use std::time::Duration;

use anyhow::Result;
use lienthong_proto::v1::BreakerState;
use lienthong_tests::patience::eventually;
use lienthong_tests::process::{Process, Processes};
use lienthong_tests::random::Random;
use lienthong_tests::relay::{Line, Relay};
use lienthong_tests::stage::plain_vendor;
use tokio::time::sleep;

use super::campaign::{Campaign, Tally, seeded, serve, settings};

/// Troubles, one after another.
const TROUBLES: u32 = 30;

/// Pairs of answers that must have changed places.
const SWAPS: usize = 3;

const LINES: [(&str, Line); 6] = [
    ("cut", Line::Cut),
    ("slow", Line::Slow(Duration::from_millis(150))),
    (
        "slower than a call may be",
        Line::Slow(Duration::from_millis(700)),
    ),
    ("half open", Line::HalfOpen),
    ("deaf", Line::Deaf),
    ("out of order", Line::Swapping),
];

/// A network on which anything may happen to a call.
async fn troubled(random: &mut Random) -> Result<(Tally, usize)> {
    let mut processes = Processes::start(settings()).await?;
    let relay = Relay::to(processes.address("mock_portal")?).await?;
    processes.set("portal.base_url", &format!("https://{}", relay.address()));
    let campaign = Campaign::begin(processes.control()?, 1);
    let gateway = serve(&processes, &campaign).await?;
    let mut tally = Tally::default();
    let mut idle = 0;
    for (name, line) in random.deck(&LINES, TROUBLES) {
        let before = relay.troubled();
        relay.set(line);
        sleep(Duration::from_millis(random.between(50, 1_200).into())).await;
        // What nobody met has shown nothing.
        if relay.troubled() > before {
            tally.add(name);
        } else {
            idle += 1;
        }
        relay.set(Line::Open);
        sleep(Duration::from_millis(random.between(50, 500).into())).await;
    }
    tally.has_each_of(LINES.map(|(name, _)| name))?;
    tally.note(format!("{idle} more that nobody met"));
    relay.set(Line::Swapping);
    eventually("answers change places", async || {
        Ok((relay.swapped() >= SWAPS).then_some(()))
    })
    .await?;
    tally.note(format!("{} pairs of answers swapped", relay.swapped()));
    for (name, line) in [("half open", Line::HalfOpen), ("deaf", Line::Deaf)] {
        relay.set(line);
        breaker(&gateway, name, |state| state == BreakerState::Open).await?;
        relay.set(Line::Open);
        breaker(&gateway, "open again", |state| {
            state == BreakerState::Closed
        })
        .await?;
        tally.note(format!("{name}: the breaker opened and closed"));
    }
    let events = campaign.prove(&gateway).await?;
    Ok((tally, events))
}

/// Waits until the breaker of the portal is as `wanted`.
async fn breaker(
    gateway: &Process,
    line: &str,
    wanted: impl Fn(BreakerState) -> bool,
) -> Result<()> {
    let mut vendor = plain_vendor(&gateway.address("grpc_plain")?.to_string()).await?;
    eventually(
        &format!("what the breaker does: the line is {line}"),
        async || {
            let health = vendor.health().await?;
            let portal = health.upstreams.iter().find(|each| each.name == "portal");
            Ok(portal
                .is_some_and(|portal| wanted(portal.breaker()))
                .then_some(()))
        },
    )
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes a minute"]
async fn a_network_that_is_cut_slow_deaf_or_out_of_order_loses_and_doubles_nothing() {
    let mut random = Random::told();
    let (tally, events) = seeded(troubled(&mut random).await, random.seed());
    tally.tell("network", events, random.seed());
}
