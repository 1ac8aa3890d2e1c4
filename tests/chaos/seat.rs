//! The place of a gateway that is killed and started again: its settings, and the stretches of
//! network that only it uses.
//!
//! What a reader would get wrong: a trap holds everything on its stretch, so two gateways must
//! not share one.

use anyhow::{Context as _, Result};
use lienthong_tests::postgres::Postgres;
use lienthong_tests::process::Processes;
use lienthong_tests::relay::{Moment, Relay, Sprung, Trap, is_call, is_commit};
use lienthong_tests::settings::Settings;

/// A stretch of network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wire {
    /// To the portal.
    Portal,
    /// To the database server.
    Store,
}

/// A seat.
#[derive(Debug)]
pub(crate) struct Seat {
    number: usize,
    settings: Settings,
    portal: Relay,
    store: Option<Relay>,
}

impl Seat {
    /// The only one, with its outbox in a file.
    pub(crate) async fn on_a_file(processes: &Processes) -> Result<Self> {
        let portal = Relay::to(processes.address("mock_portal")?).await?;
        Ok(Self {
            number: 0,
            settings: over(processes.settings(), &portal),
            portal,
            store: None,
        })
    }

    /// One of several on one database server.
    pub(crate) async fn on_a_server(
        processes: &Processes,
        server: &Postgres,
        number: usize,
    ) -> Result<Self> {
        let seat = Self::on_a_file(processes).await?;
        let store = Relay::to_socket(server.socket()).await?;
        let url = Postgres::url_over(&store);
        Ok(Self {
            number,
            settings: seat.settings.with("sync.postgresql_url", url),
            portal: seat.portal,
            store: Some(store),
        })
    }

    pub(crate) fn number(&self) -> usize {
        self.number
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The stretch to the database server.
    pub(crate) fn store(&self) -> Result<&Relay> {
        self.store.as_ref().context("the outbox is in a file")
    }

    /// Holds the line at the next call or commit, letting some pass before.
    pub(crate) fn trap(&self, wire: Wire, moment: Moment, pass_by: u32) -> Result<Sprung> {
        let (relay, trap) = match wire {
            Wire::Portal => (&self.portal, Trap::at(moment, is_call)),
            Wire::Store => (self.store()?, Trap::at(moment, is_commit)),
        };
        Ok(relay.trap(trap.letting_pass(pass_by)))
    }

    /// Drops all that is held or under way, and lets everything pass again.
    pub(crate) async fn clear(&self) {
        self.portal.break_off().await;
        if let Some(store) = &self.store {
            store.break_off().await;
        }
    }
}

fn over(settings: &Settings, portal: &Relay) -> Settings {
    let url = format!("https://{}", portal.address());
    settings.clone().with("portal.base_url", url)
}
