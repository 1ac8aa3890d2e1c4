//! The network between gateway and portal: cut, slow, half open, deaf.

use std::time::Duration;

use anyhow::Result;
use lienthong_tests::process::Processes;
use lienthong_tests::relay::{Line, Relay};
use tokio::time::sleep;

use super::campaign::{Campaign, Tally, seeded, serve, settings};
use lienthong_tests::random::Random;

/// Troubles, one after another.
const TROUBLES: u32 = 30;

/// A network on which anything may happen to a call.
async fn troubled(random: &mut Random) -> Result<(Tally, usize)> {
    let mut processes = Processes::start(settings()).await?;
    let relay = Relay::to(processes.address("mock_portal")?).await?;
    processes.set("portal.base_url", &format!("https://{}", relay.address()));
    let campaign = Campaign::begin(processes.control()?, 1);
    let gateway = serve(&processes, &campaign).await?;
    let lines = [
        ("cut", Line::Cut),
        ("slow", Line::Slow(Duration::from_millis(150))),
        (
            "slower than a call may be",
            Line::Slow(Duration::from_millis(700)),
        ),
        ("half open", Line::HalfOpen),
        ("deaf", Line::Deaf),
    ];
    let mut tally = Tally::default();
    for _ in 0..TROUBLES {
        let (name, line) = random.one_of(&lines);
        relay.set(line);
        tally.add(name);
        sleep(Duration::from_millis(random.between(50, 1_200).into())).await;
        relay.set(Line::Open);
        sleep(Duration::from_millis(random.between(50, 500).into())).await;
    }
    let events = campaign.prove(&gateway).await?;
    Ok((tally, events))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes a minute"]
async fn a_network_that_is_cut_slow_half_open_or_deaf_loses_and_doubles_nothing() {
    let mut random = Random::told();
    let (tally, events) = seeded(troubled(&mut random).await, random.seed());
    tally.tell("network", events, random.seed());
    assert_eq!(tally.sum(), TROUBLES);
}
