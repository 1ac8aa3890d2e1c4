//! Kills.

use std::time::Duration;

use anyhow::{Result, bail, ensure};
use lienthong_tests::postgres::Postgres;
use lienthong_tests::process::{Process, Processes, Started};
use lienthong_tests::settings::FILE;
use lienthong_tests::traced::{self, WritePoint};
use tokio::time::timeout;

use super::campaign::{Campaign, Tally, seeded, serve, settings};
use lienthong_tests::random::Random;

/// Kills of one gateway with its outbox in a file, and of two on one PostgreSQL.
const KILLS_ON_SQLITE: u32 = 150;
const KILLS_ON_POSTGRESQL: u32 = 60;

/// A gateway that has not come to its point by then is killed where it is.
const NOT_REACHED: Duration = Duration::from_millis(1_500);

/// Of so many kills one is at a random moment, without a point.
const AT_RANDOM: u32 = 4;

/// The calls of a kind among which the last one is drawn.
fn last_call(point: WritePoint) -> u32 {
    match point {
        WritePoint::LogWrite => 120,
        WritePoint::LogSync => 30,
        WritePoint::FileWrite => 40,
        WritePoint::FileSync => 3,
        WritePoint::NetworkWrite | WritePoint::NetworkRead => 60,
    }
}

/// Starts a gateway that is to die, lets it work, and sees it dead. Tells where it died.
async fn one_kill(
    processes: &Processes,
    campaign: &Campaign,
    number: usize,
    points: &[WritePoint],
    random: &mut Random,
) -> Result<String> {
    if random.between(1, AT_RANDOM) == 1 {
        let gateway = processes.serve().await?;
        campaign.up(number, &gateway)?;
        let moment = Duration::from_millis(random.between(0, 800).into());
        tokio::time::sleep(moment).await;
        campaign.callers.at(number, None);
        gateway.kill().await?;
        return Ok("random moment".to_owned());
    }
    let point = random.one_of(points);
    let nth = random.between(1, last_call(point));
    let arguments = ["serve", "--config", FILE];
    let started = traced::start(
        processes.dir(),
        &arguments,
        processes.settings(),
        point,
        nth,
    )
    .await?;
    Ok(if died(started, campaign, number).await? {
        format!("{point:?}")
    } else {
        "point not reached, random moment".to_owned()
    })
}

/// Whether it died at its point.
async fn died(started: Started, campaign: &Campaign, number: usize) -> Result<bool> {
    use std::os::unix::process::ExitStatusExt as _;
    let mut gateway = match started {
        Started::Serving(gateway) => gateway,
        Started::Ended { status, .. } if status.signal() == Some(9) => return Ok(true),
        Started::Ended { status, log } => bail!("ended with {status}: {log}"),
    };
    campaign.up(number, &gateway)?;
    let ended = timeout(NOT_REACHED, gateway.ended()).await;
    campaign.callers.at(number, None);
    let Ok(status) = ended else {
        gateway.kill().await?;
        return Ok(false);
    };
    let status = status?;
    ensure!(
        status.signal() == Some(9),
        "ended with {status}: {}",
        gateway.log()?
    );
    Ok(true)
}

async fn on_sqlite(random: &mut Random) -> Result<(Tally, usize)> {
    traced::possible().await?;
    let processes = Processes::start(settings()).await?;
    let campaign = Campaign::begin(processes.control()?, 1);
    let mut tally = Tally::default();
    for _ in 0..KILLS_ON_SQLITE {
        tally.add(one_kill(&processes, &campaign, 0, &WritePoint::OF_A_FILE, random).await?);
    }
    let gateway = serve(&processes, &campaign).await?;
    let events = campaign.prove(&gateway).await?;
    Ok((tally, events))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs strace, and minutes"]
async fn kills_at_write_points_and_random_moments_lose_double_and_reorder_nothing() {
    let mut random = Random::told();
    let (tally, events) = seeded(on_sqlite(&mut random).await, random.seed());
    tally.tell("kills on SQLite", events, random.seed());
    assert_eq!(tally.sum(), KILLS_ON_SQLITE);
}

/// A gateway that lives on beside the one that is killed, and takes its turn to die.
async fn on_postgresql(random: &mut Random) -> Result<(Tally, usize)> {
    traced::possible().await?;
    let server = Postgres::start().await?;
    let settings = settings()
        .with("sync.store", "postgresql")
        .with("sync.postgresql_url", server.url());
    let processes = Processes::start(settings).await?;
    let campaign = Campaign::begin(processes.control()?, 2);
    let mut tally = Tally::default();
    let mut living: Process = processes.serve().await?;
    campaign.up(0, &living)?;
    let mut place = 0;
    for kill in 1..=KILLS_ON_POSTGRESQL {
        let other = 1 - place;
        tally.add(
            one_kill(
                &processes,
                &campaign,
                other,
                &WritePoint::OF_A_SERVER,
                random,
            )
            .await?,
        );
        if kill % 6 == 0 {
            let next = processes.serve().await?;
            campaign.up(other, &next)?;
            campaign.callers.at(place, None);
            living.kill().await?;
            tally.add("the other gateway, random moment");
            (living, place) = (next, other);
        }
    }
    let events = campaign.prove(&living).await?;
    Ok((tally, events))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs strace and PostgreSQL's programs, and minutes"]
async fn kills_of_two_gateways_on_one_postgresql_lose_double_and_reorder_nothing() {
    let mut random = Random::told();
    let (tally, events) = seeded(on_postgresql(&mut random).await, random.seed());
    tally.tell("kills of two gateways on PostgreSQL", events, random.seed());
    assert!(tally.sum() >= KILLS_ON_POSTGRESQL);
}
