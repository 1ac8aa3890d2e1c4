//! The government side as a whole: it starts, tells its addresses, and stops.
//!
//! What a reader would get wrong: dropping a [`Mocks`] stops it too, but only
//! [`Mocks::shutdown`] waits until every socket is closed.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::backstage::Backstage;
use crate::clock::Clock;
use crate::config::{MocksConfig, MocksError};
use crate::control;
use crate::listener::Listener;
use crate::population::PopulationMock;
use crate::portal::PortalMock;
use crate::tls;

/// Population database, portal and control API, serving.
#[derive(Debug)]
pub struct Mocks {
    population: PopulationMock,
    portal: PortalMock,
    population_addr: SocketAddr,
    portal_addr: SocketAddr,
    control_addr: SocketAddr,
    scheme: &'static str,
    clock: Arc<Clock>,
    tasks: TaskTracker,
    stop: DropGuard,
}

impl Mocks {
    /// Opens the three sockets and serves on them. When this returns, calls are answered.
    ///
    /// # Errors
    /// [`MocksError::Config`] lists every problem of the configuration; [`MocksError::Listen`],
    /// [`MocksError::Pem`] and [`MocksError::Tls`] say what could not be opened.
    pub async fn start(config: MocksConfig) -> Result<Self, MocksError> {
        let problems = config.problems();
        if !problems.is_empty() {
            return Err(MocksError::Config { problems });
        }
        let acceptor = config.tls.as_ref().map(tls::acceptor).transpose()?;
        let clock = Arc::new(Clock::default());
        let population = PopulationMock::new(
            config.population_settings,
            config.seed,
            config.citizens,
            Arc::clone(&clock),
        );
        let portal = PortalMock::new(config.portal_settings, Arc::clone(&clock));
        let doors = Doors {
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
        };
        let stop = doors.stop.clone().drop_guard();

        let (population_socket, population_addr) = listen("population", config.population).await?;
        let (portal_socket, portal_addr) = listen("portal", config.portal).await?;
        let (control_socket, control_addr) = listen("control", config.control).await?;
        doors.open(
            population_socket,
            population.router(),
            acceptor.clone(),
            Some(population.backstage()),
        );
        doors.open(
            portal_socket,
            portal.router(),
            acceptor.clone(),
            Some(portal.backstage()),
        );
        doors.open(
            control_socket,
            control::router(population.clone(), portal.clone()),
            None,
            None,
        );

        Ok(Self {
            population,
            portal,
            population_addr,
            portal_addr,
            control_addr,
            scheme: if acceptor.is_some() { "https" } else { "http" },
            clock,
            tasks: doors.tasks,
            stop,
        })
    }

    /// Where the population database listens.
    #[must_use]
    pub const fn population_addr(&self) -> SocketAddr {
        self.population_addr
    }

    /// Where the portal listens.
    #[must_use]
    pub const fn portal_addr(&self) -> SocketAddr {
        self.portal_addr
    }

    /// Where the control API listens.
    #[must_use]
    pub const fn control_addr(&self) -> SocketAddr {
        self.control_addr
    }

    /// Base URL of the population database, without a trailing slash.
    #[must_use]
    pub fn population_url(&self) -> String {
        format!("{}://{}", self.scheme, self.population_addr)
    }

    /// Base URL of the portal, without a trailing slash.
    #[must_use]
    pub fn portal_url(&self) -> String {
        format!("{}://{}", self.scheme, self.portal_addr)
    }

    /// Base URL of the control API, without a trailing slash.
    #[must_use]
    pub fn control_url(&self) -> String {
        format!("http://{}", self.control_addr)
    }

    /// The population database's backstage.
    #[must_use]
    pub const fn population(&self) -> &PopulationMock {
        &self.population
    }

    /// The portal's backstage.
    #[must_use]
    pub const fn portal(&self) -> &PortalMock {
        &self.portal
    }

    /// Moves the government side's clock forward, so that tokens and sessions grow old.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// Stops listening, cuts every connection and waits until all of it is gone.
    pub async fn shutdown(self) {
        let Self { tasks, stop, .. } = self;
        drop(stop);
        tasks.close();
        tasks.wait().await;
    }
}

struct Doors {
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Doors {
    fn open(
        &self,
        socket: TcpListener,
        router: Router,
        tls: Option<TlsAcceptor>,
        upstream: Option<Arc<Backstage>>,
    ) {
        let (stop, tasks) = (self.stop.clone(), self.tasks.clone());
        self.tasks.spawn(
            Listener {
                socket,
                router,
                tls,
                upstream,
                stop,
                tasks,
            }
            .run(),
        );
    }
}

async fn listen(
    server: &'static str,
    address: SocketAddr,
) -> Result<(TcpListener, SocketAddr), MocksError> {
    let failed = |source| MocksError::Listen {
        server,
        address,
        source,
    };
    let socket = TcpListener::bind(address).await.map_err(failed)?;
    let bound = socket.local_addr().map_err(failed)?;
    Ok((socket, bound))
}
