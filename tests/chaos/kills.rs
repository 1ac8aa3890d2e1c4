//! Kills (SIGKILL) at named points and at random moments.
//!
//! What a reader would get wrong: that a gateway died is no proof that it died where it was to.
//! Each death tells its place, and too few at one of them fail the campaign.

mod deaths;

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use lienthong_tests::postgres::Postgres;
use lienthong_tests::process::{Process, Processes, Started};
use lienthong_tests::random::Random;
use lienthong_tests::relay::Moment;
use lienthong_tests::settings::FILE;
use lienthong_tests::traced::{self, WritePoint};
use tokio::time::timeout;

use super::campaign::{Campaign, seeded, settings};
use super::seat::{Seat, Wire};
use deaths::{Death, Deaths, Place};

/// Kills of one gateway with its outbox in a file, and of two on one PostgreSQL.
const KILLS_ON_SQLITE: u32 = 200;
const KILLS_ON_POSTGRESQL: u32 = 200;

/// Deaths that every named place must have seen.
const AT_EACH_PLACE: u32 = 12;

/// A gateway that has not come to its point by then is killed where it is.
const NOT_REACHED: Duration = Duration::from_secs(3);

/// The same for one that was asked to stop, and first brings to an end what is under way.
const NOT_ENDED: Duration = Duration::from_secs(15);

/// Of so many kills one is at a random moment, without a point.
const AT_RANDOM: u32 = 6;

/// Of so many kills at a point of the system one begins with the start of the gateway.
const FROM_THE_START: u32 = 5;

/// After so many kills the other gateway dies and takes the seat.
const TURN: u32 = 8;

/// The calls of a kind among which the last one is drawn, from the start of the gateway on and
/// while it works.
fn last_call(point: WritePoint, at_work: bool) -> u32 {
    match (point, at_work) {
        (WritePoint::LogWrite, false) => 120,
        (WritePoint::LogWrite, true) => 40,
        (WritePoint::LogSync, _) => 12,
        (WritePoint::FileWrite, _) => 10,
        (WritePoint::FileSync, _) => 1,
        (WritePoint::NetworkWrite | WritePoint::NetworkRead, false) => 60,
        (WritePoint::NetworkWrite | WritePoint::NetworkRead, true) => 25,
    }
}

/// The places of a gateway with its outbox in a file, and of one on PostgreSQL.
const ON_A_FILE: [Place; 8] = [
    Place::Write(WritePoint::LogWrite),
    Place::Wire(Wire::Portal, Moment::Before),
    Place::Write(WritePoint::LogSync),
    Place::Write(WritePoint::NetworkRead),
    Place::Write(WritePoint::FileWrite),
    Place::Wire(Wire::Portal, Moment::After),
    Place::Write(WritePoint::FileSync),
    Place::Write(WritePoint::NetworkWrite),
];
const ON_A_SERVER: [Place; 6] = [
    Place::Wire(Wire::Store, Moment::Before),
    Place::Wire(Wire::Portal, Moment::Before),
    Place::Write(WritePoint::NetworkRead),
    Place::Wire(Wire::Store, Moment::After),
    Place::Wire(Wire::Portal, Moment::After),
    Place::Write(WritePoint::NetworkWrite),
];

/// One kill after another, each planned.
struct Reaper<'a> {
    processes: &'a Processes,
    campaign: &'a Campaign,
    places: &'static [Place],
    deaths: Deaths,
    turn: usize,
    random: &'a mut Random,
}

/// How a gateway went whose death was planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// At its point.
    Killed,
    /// Not at all: it did not come to the point.
    Alive,
    /// In an orderly way, before the point.
    Orderly,
}

impl Reaper<'_> {
    /// Starts gateways at `seat` that are to die, until one has.
    async fn one_kill(&mut self, seat: &Seat) -> Result<()> {
        for _ in 0..3 {
            if let Some(death) = self.one_try(seat).await? {
                return self.deaths.add(death, &self.campaign.control).await;
            }
        }
        bail!("three gateways in a row ended before they could be killed")
    }

    /// `None` when it ended in an orderly way.
    async fn one_try(&mut self, seat: &Seat) -> Result<Option<Death>> {
        Ok(Some(if self.random.between(1, AT_RANDOM) == 1 {
            self.at_a_random_moment(seat).await?
        } else {
            let place = self.places[self.turn % self.places.len()];
            self.turn += 1;
            match place {
                Place::Write(point) if self.random.between(1, FROM_THE_START) == 1 => {
                    self.at_its_start(seat, point).await?
                }
                Place::Write(point) => return self.at_work(seat, point).await,
                Place::Wire(wire, moment) => self.on_the_wire(seat, wire, moment).await?,
                Place::Anywhere => self.at_a_random_moment(seat).await?,
            }
        }))
    }

    async fn working(&self, seat: &Seat) -> Result<Process> {
        let gateway = self.processes.serve_with(seat.settings()).await?;
        self.campaign.up(seat.number(), &gateway)?;
        self.campaign.at_work().await?;
        Ok(gateway)
    }

    async fn at_a_random_moment(&mut self, seat: &Seat) -> Result<Death> {
        let gateway = self.working(seat).await?;
        let moment = Duration::from_millis(self.random.between(0, 800).into());
        tokio::time::sleep(moment).await;
        self.gone(seat);
        gateway.kill().await?;
        Ok(Death::at_work(Place::Anywhere))
    }

    /// Dies at a point of the system that it may come to before it serves.
    async fn at_its_start(&mut self, seat: &Seat, point: WritePoint) -> Result<Death> {
        let nth = self.random.between(1, last_call(point, false));
        let dir = self.processes.dir();
        let arguments = ["serve", "--config", FILE];
        let started = traced::start(dir, &arguments, seat.settings(), point, nth).await?;
        let mut gateway = match started {
            Started::Serving(gateway) => gateway,
            Started::Ended { status, .. } if killed(status) => {
                return Ok(Death::at_the_start(Place::Write(point)));
            }
            Started::Ended { status, log } => bail!("ended with {status}: {log}"),
        };
        self.campaign.up(seat.number(), &gateway)?;
        let before = self.campaign.callers.recorded();
        let end = self.ends(seat, &mut gateway, NOT_REACHED).await?;
        let at_work = self.campaign.callers.recorded() > before;
        let place = if end == End::Killed {
            Place::Write(point)
        } else {
            gateway.kill().await?;
            Place::Anywhere
        };
        Ok(Death { place, at_work })
    }

    /// Dies at a point of the system while it works; `None` when it ended by itself.
    async fn at_work(&mut self, seat: &Seat, point: WritePoint) -> Result<Option<Death>> {
        let mut gateway = self.working(seat).await?;
        let nth = self.random.between(1, last_call(point, true));
        let mut tracer = traced::attach(self.processes.dir(), &gateway, point, nth).await?;
        let mut patience = NOT_REACHED;
        if point.is_of_the_end() {
            // The log is folded in when it is long, which takes minutes, or at the end.
            gateway.terminate().await?;
            patience = NOT_ENDED;
        }
        let place = match self.ends(seat, &mut gateway, patience).await? {
            End::Killed => Some(Place::Write(point)),
            End::Orderly => None,
            End::Alive => {
                gateway.kill().await?;
                Some(Place::Anywhere)
            }
        };
        let ended = timeout(NOT_REACHED, tracer.wait()).await;
        ended.context("the tracer goes on without its gateway")??;
        Ok(place.map(Death::at_work))
    }

    /// Dies when certain bytes have left it, or have arrived and are not answered.
    async fn on_the_wire(&mut self, seat: &Seat, wire: Wire, moment: Moment) -> Result<Death> {
        let gateway = self.working(seat).await?;
        let pass_by = self.random.between(0, 6);
        let mut trap = seat.trap(wire, moment, pass_by)?;
        let sprung = trap.within(NOT_REACHED).await;
        self.gone(seat);
        gateway.kill().await?;
        // What is still held belongs to the dead.
        seat.clear().await;
        Ok(Death::at_work(if sprung {
            Place::Wire(wire, moment)
        } else {
            Place::Anywhere
        }))
    }

    /// How it ends by itself within that time. Nobody calls it from then on.
    async fn ends(&self, seat: &Seat, gateway: &mut Process, within: Duration) -> Result<End> {
        let ended = timeout(within, gateway.ended()).await;
        self.gone(seat);
        let Ok(status) = ended else {
            return Ok(End::Alive);
        };
        let status = status?;
        if status.success() {
            return Ok(End::Orderly);
        }
        ensure!(killed(status), "ended with {status}: {}", gateway.log()?);
        Ok(End::Killed)
    }

    fn gone(&self, seat: &Seat) {
        self.campaign.callers.at(seat.number(), None);
    }
}

fn killed(status: std::process::ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt as _;
    status.signal() == Some(9)
}

async fn on_sqlite(random: &mut Random) -> Result<(Deaths, usize)> {
    traced::possible().await?;
    let processes = Processes::start(settings()).await?;
    let campaign = Campaign::begin(processes.control()?, 1);
    let seat = Seat::on_a_file(&processes).await?;
    let mut reaper = Reaper {
        processes: &processes,
        campaign: &campaign,
        places: &ON_A_FILE,
        deaths: Deaths::default(),
        turn: 0,
        random,
    };
    for _ in 0..KILLS_ON_SQLITE {
        reaper.one_kill(&seat).await?;
    }
    let deaths = reaper.deaths;
    let gateway = processes.serve().await?;
    campaign.up(0, &gateway)?;
    let events = campaign.prove(&gateway).await?;
    deaths.are_what_they_should(&ON_A_FILE, AT_EACH_PLACE)?;
    Ok((deaths, events))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs strace, and minutes"]
async fn kills_at_write_points_and_random_moments_lose_double_and_reorder_nothing() {
    let mut random = Random::told();
    let (deaths, events) = seeded(on_sqlite(&mut random).await, random.seed());
    let tally = deaths.tally();
    tally.tell("kills on SQLite", events, random.seed());
    assert_eq!(tally.sum(), KILLS_ON_SQLITE);
}

/// A gateway that lives on beside the one that is killed, and takes its turn to die.
async fn on_postgresql(random: &mut Random) -> Result<(Deaths, usize)> {
    traced::possible().await?;
    let server = Postgres::start().await?;
    let base = settings().with("sync.store", "postgresql");
    let processes = Processes::start(base).await?;
    let campaign = Campaign::begin(processes.control()?, 2);
    let mut seats = [
        Seat::on_a_server(&processes, &server, 0).await?,
        Seat::on_a_server(&processes, &server, 1).await?,
    ];
    let mut reaper = Reaper {
        processes: &processes,
        campaign: &campaign,
        places: &ON_A_SERVER,
        deaths: Deaths::default(),
        turn: 0,
        random,
    };
    let mut living = processes.serve_with(seats[0].settings()).await?;
    campaign.up(0, &living)?;
    for kill in 1..=KILLS_ON_POSTGRESQL {
        let [of_the_living, of_the_dead] = &seats;
        if kill % TURN == 0 {
            let next = reaper.working(of_the_dead).await?;
            reaper.gone(of_the_living);
            living.kill().await?;
            let death = Death::at_work(Place::Anywhere);
            reaper.deaths.add(death, &campaign.control).await?;
            living = next;
            seats.swap(0, 1);
        } else {
            reaper.one_kill(of_the_dead).await?;
        }
    }
    let deaths = reaper.deaths;
    let events = campaign.prove(&living).await?;
    deaths.are_what_they_should(&ON_A_SERVER, AT_EACH_PLACE)?;
    Ok((deaths, events))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs strace and PostgreSQL's programs, and minutes"]
async fn kills_of_two_gateways_on_one_postgresql_lose_double_and_reorder_nothing() {
    let mut random = Random::told();
    let (deaths, events) = seeded(on_postgresql(&mut random).await, random.seed());
    let tally = deaths.tally();
    tally.tell("kills of two gateways on PostgreSQL", events, random.seed());
    assert_eq!(tally.sum(), KILLS_ON_POSTGRESQL);
}
