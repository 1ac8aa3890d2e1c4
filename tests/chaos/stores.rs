//! The database server is gone and comes back. A full disk is a scenario of its own.
//!
//! What a reader would get wrong: the server is stopped as a crash would stop it, so that
//! transactions end in the middle; that it answers with an error would be the easier case.

use std::time::Duration;

use anyhow::Result;
use lienthong_tests::postgres::Postgres;
use lienthong_tests::process::Processes;
use tokio::time::sleep;

use super::campaign::{Campaign, Tally, seeded, serve, settings};
use lienthong_tests::random::Random;

/// Times that the database server goes away.
const STOPS: u32 = 8;

async fn server_goes_away(random: &mut Random) -> Result<(Tally, usize)> {
    let server = Postgres::start().await?;
    let settings = settings()
        .with("sync.store", "postgresql")
        .with("sync.postgresql_url", server.url());
    let processes = Processes::start(settings).await?;
    let campaign = Campaign::begin(processes.control()?, 2);
    let first = serve(&processes, &campaign).await?;
    let second = processes.serve().await?;
    campaign.up(1, &second)?;
    let mut tally = Tally::default();
    for _ in 0..STOPS {
        sleep(Duration::from_millis(random.between(300, 1_500).into())).await;
        server.stop().await?;
        sleep(Duration::from_millis(random.between(0, 1_500).into())).await;
        server.resume().await?;
        tally.add("server stopped");
    }
    let events = campaign.prove(&first).await?;
    Ok((tally, events))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL's programs, and a minute"]
async fn a_database_server_that_goes_away_and_comes_back_costs_nothing_but_time() {
    let mut random = Random::told();
    let (tally, events) = seeded(server_goes_away(&mut random).await, random.seed());
    tally.tell("PostgreSQL away", events, random.seed());
    assert_eq!(tally.sum(), STOPS);
}
