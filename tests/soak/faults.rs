//! What is done to both sides, and to the database server between them.
//!
//! What a reader would get wrong: the storm of wrong answers goes on beside all of this, and
//! its own account is in the closing line.

use std::time::Duration;

use anyhow::{Context as _, Result};
use lienthong_proto::v1::sync_service_client::SyncServiceClient;
use lienthong_tests::control::Control;
use lienthong_tests::postgres::Postgres;
use lienthong_tests::process::{Process, Processes};
use lienthong_tests::random::Random;
use lienthong_tests::stage::plain_vendor;
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::sleep;
use tonic::transport::Channel;

use super::{EVENTS, tell};

/// The gateways, and what befalls them.
pub(crate) struct Faults<'a> {
    processes: &'a Processes,
    server: Option<&'a Postgres>,
    control: Control,
    addresses: watch::Sender<Vec<String>>,
    gateways: Vec<Option<Process>>,
    played: Value,
    kills: u32,
    restarts: u32,
    outages: u32,
    stops: u32,
}

impl<'a> Faults<'a> {
    /// Starts the gateways: two where they share a database server.
    pub(crate) async fn begin(
        processes: &'a Processes,
        server: Option<&'a Postgres>,
        addresses: watch::Sender<Vec<String>>,
    ) -> Result<Self> {
        let mut faults = Self {
            processes,
            server,
            control: processes.control()?,
            addresses,
            gateways: Vec::new(),
            played: Value::Null,
            kills: 0,
            restarts: 0,
            outages: 0,
            stops: 0,
        };
        for _ in 0..=usize::from(server.is_some()) {
            faults.gateways.push(Some(processes.serve().await?));
        }
        faults.tell_addresses()?;
        Ok(faults)
    }

    fn tell_addresses(&self) -> Result<()> {
        let up = self.gateways.iter().flatten();
        let up: Result<Vec<String>> = up
            .map(|gateway| Ok(gateway.address("grpc_plain")?.to_string()))
            .collect();
        self.addresses.send_replace(up?);
        Ok(())
    }

    /// Some time in which nothing happens.
    pub(crate) async fn pause(&self, random: &mut Random) {
        sleep(Duration::from_millis(random.between(2_000, 8_000).into())).await;
    }

    /// A shorter time, for the end.
    pub(crate) async fn breathe(&self) {
        sleep(Duration::from_secs(1)).await;
    }

    /// One fault.
    pub(crate) async fn one(&mut self, random: &mut Random) -> Result<()> {
        let kinds = 4 + u32::from(self.server.is_some());
        match random.between(1, kinds) {
            1 => {
                self.control
                    .post("/portal/restart?memory=true", &Value::Null)
                    .await?;
                self.restarts += 1;
            }
            2 => {
                let call = random.one_of(&["/portal/pause", "/portal/stall"]);
                self.control.post(call, &Value::Null).await?;
                sleep(Duration::from_millis(random.between(200, 3_000).into())).await;
                self.control.resume("portal").await?;
                self.outages += 1;
            }
            5 => {
                let server = self.server.context("no database server")?;
                server.stop().await?;
                sleep(Duration::from_millis(random.between(0, 2_000).into())).await;
                server.resume().await?;
                self.stops += 1;
            }
            _ => self.kill(random).await?,
        }
        Ok(())
    }

    async fn kill(&mut self, random: &mut Random) -> Result<()> {
        let last = u32::try_from(self.gateways.len().saturating_sub(1))?;
        let place = random.between(0, last) as usize;
        let gateway = self.gateways[place].take();
        self.tell_addresses()?;
        // The dead one must be gone before the next opens the outbox.
        if let Some(gateway) = gateway {
            gateway.kill().await?;
        }
        self.gateways[place] = Some(self.processes.serve().await?);
        self.tell_addresses()?;
        self.kills += 1;
        Ok(())
    }

    /// Ends the storm of wrong answers, and keeps its account.
    pub(crate) async fn end_the_storm(&mut self) -> Result<()> {
        let storm = self.control.get("/portal/storm").await?;
        self.played = storm.context("no storm")?["played"].clone();
        self.control.delete("/portal/storm").await
    }

    /// A client of a gateway that is up.
    pub(crate) async fn client(&self) -> Result<SyncServiceClient<Channel>> {
        let gateway = self.gateways.iter().flatten().next();
        let gateway = gateway.context("no gateway is up")?;
        let address = gateway.address("grpc_plain")?.to_string();
        Ok(plain_vendor(&address).await?.sync)
    }

    /// The closing lines.
    pub(crate) async fn tell(&self, dossiers: u32, time: Duration) -> Result<()> {
        let page = self.control.get("/portal/effects?after=0&limit=1").await?;
        let counts = page.context("no effects")?["counts"].clone();
        let played = self.played.as_object().context("no account of the storm")?;
        let faults: u64 = played.values().filter_map(Value::as_u64).sum();
        let (kills, restarts, outages) = (self.kills, self.restarts, self.outages);
        let events = u64::from(dossiers) * EVENTS;
        let stops = match self.server {
            Some(_) => format!(", {} stops of the database server", self.stops),
            None => String::new(),
        };
        tell(&format!("soak: effects {counts}"));
        tell(&format!("soak: storm {}", self.played));
        tell(&format!(
            "soak: {events} events of {dossiers} dossiers once and in order in {} s, through {kills} kills, {restarts} restarts and {outages} outages of the portal{stops}, and {faults} wrong answers",
            time.as_secs()
        ));
        Ok(())
    }
}
