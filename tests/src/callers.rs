//! Procedure systems that record lives through every crash of the gateway.
//!
//! What a reader would get wrong: a recording whose answer did not come is repeated under
//! its own event id, to whichever gateway answers, as the contract asks. Nothing else is
//! done for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Result, ensure};
use lienthong::demo::vendor::Vendor;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};
use tonic::{Code, Status};

use crate::lives::{Event, Life};
use crate::stage::plain_vendor;

/// Pause before an address is tried again.
const GLANCE: Duration = Duration::from_millis(50);

/// Longest wait for one answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Longest time in which one event is tried again and again.
const INSISTENCE: Duration = Duration::from_mins(2);

/// Callers at work.
#[derive(Debug)]
pub struct Callers {
    addresses: watch::Sender<Vec<Option<String>>>,
    recorded: Arc<AtomicUsize>,
    stop: watch::Sender<bool>,
    tasks: JoinSet<Result<Vec<Life>>>,
}

impl Callers {
    /// Callers of this many gateways, none of which is up yet.
    #[must_use]
    pub fn of(gateways: usize) -> Self {
        Self {
            addresses: watch::Sender::new(vec![None; gateways]),
            recorded: Arc::default(),
            stop: watch::Sender::new(false),
            tasks: JoinSet::new(),
        }
    }

    /// Where a gateway is from now on; `None` while it is down.
    pub fn at(&self, gateway: usize, address: Option<String>) {
        self.addresses
            .send_modify(|addresses| addresses[gateway] = address);
    }

    /// Events recorded so far.
    #[must_use]
    pub fn recorded(&self) -> usize {
        self.recorded.load(Ordering::Relaxed)
    }

    /// A caller that records lives one after another, with `pause` between events, until
    /// there are no more or it is told to stop.
    pub fn spawn(&mut self, lives: impl Iterator<Item = Life> + Send + 'static, pause: Duration) {
        let (addresses, recorded) = (self.addresses.subscribe(), Arc::clone(&self.recorded));
        let stop = self.stop.subscribe();
        self.tasks.spawn(async move {
            let mut caller = Caller {
                addresses,
                connected: None,
                turn: 0,
            };
            let mut whole = Vec::new();
            for life in lives {
                for event in &life.events {
                    caller.record(event).await?;
                    recorded.fetch_add(1, Ordering::Relaxed);
                    if !*stop.borrow() {
                        tokio::time::sleep(pause).await;
                    }
                }
                whole.push(life);
                if *stop.borrow() {
                    break;
                }
            }
            Ok(whole)
        });
    }

    /// Has every caller end with the life at hand.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Waits until everything is recorded; gives what was.
    ///
    /// # Errors
    /// What was refused, or not taken for minutes.
    pub async fn done(&mut self) -> Result<Vec<Life>> {
        let mut whole = Vec::new();
        while let Some(ended) = self.tasks.join_next().await {
            whole.extend(ended??);
        }
        Ok(whole)
    }
}

struct Caller {
    addresses: watch::Receiver<Vec<Option<String>>>,
    connected: Option<Vendor>,
    turn: usize,
}

impl Caller {
    async fn record(&mut self, event: &Event) -> Result<()> {
        let end = Instant::now() + INSISTENCE;
        let mut last = "no connection".to_owned();
        loop {
            ensure!(
                Instant::now() < end,
                "{} was not recorded within {} s; the last try: {last}",
                event.id(),
                INSISTENCE.as_secs()
            );
            let Some(mut vendor) = self.connected.take() else {
                self.connect().await;
                continue;
            };
            match timeout(PATIENCE, record(&mut vendor, event)).await {
                Ok(Ok(())) => {
                    self.connected = Some(vendor);
                    return Ok(());
                }
                Ok(Err(status)) => {
                    last = format!("{:?}: {}", status.code(), status.message());
                    ensure!(comes_back(status.code()), "{}: {last}", event.id());
                    tokio::time::sleep(GLANCE).await;
                }
                Err(_) => "no answer".clone_into(&mut last),
            }
        }
    }

    async fn connect(&mut self) {
        let up: Vec<String> = self
            .addresses
            .borrow_and_update()
            .iter()
            .flatten()
            .cloned()
            .collect();
        self.turn += 1;
        if let Some(address) = up.get(self.turn % up.len().max(1)) {
            self.connected = plain_vendor(address).await.ok();
        }
        if self.connected.is_none() {
            let _ = timeout(GLANCE, self.addresses.changed()).await;
        }
    }
}

/// Whether a call that ended so may be repeated: the gateway is away, or its store is.
#[must_use]
pub fn comes_back(code: Code) -> bool {
    matches!(
        code,
        Code::Unavailable | Code::Unknown | Code::Cancelled | Code::DeadlineExceeded
    )
}

/// Records one event.
///
/// # Errors
/// The gateway's status.
pub async fn record(vendor: &mut Vendor, event: &Event) -> Result<(), Status> {
    match event.clone() {
        Event::State(state) => vendor.record_state(*state).await.map(drop),
        Event::Step(step) => vendor.record_step(*step).await.map(drop),
    }
}
