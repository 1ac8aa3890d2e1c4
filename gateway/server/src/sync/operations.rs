//! Work that operators start and that goes on without them: bulk retries,
//! reconciliations and repairs.
//!
//! What a reader would get wrong: an operation sends nothing. It makes events due at a
//! bounded pace, and the sync worker brings them to the portal like any others; only the
//! questions of a reconciliation go to the portal from here. All that an operation knows
//! stands in rows, so it goes on where it stopped, on whichever gateway takes it next.

mod choice;
mod daily;
mod desk;
#[cfg(test)]
pub(crate) mod ground;
mod progress;
mod question;
mod reconciling;
mod repairing;
mod retrying;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use lienthong_core::ports::operations::{Operation, OperationKind};
use lienthong_core::ports::outbox::OutboxError;
use lienthong_core::ports::portal::Portal;
use tokio_util::sync::CancellationToken;

pub use daily::Daily;
pub use desk::{Bounds, Desk, DeskParts};
pub(crate) use desk::{Order, Preview};
use progress::Memory;
pub(crate) use repairing::Mendable;

/// How many operations one gateway works on at the same time: a reconciliation of weeks
/// must not hold up a retry.
const PLACES: usize = 4;

/// Pause after a step that did something.
const SHORT: Duration = Duration::from_millis(20);
/// Pause while an operation waits for its pace or for the portal.
const PACED: Duration = Duration::from_secs(1);
/// Pause without any operation: one that another gateway left is seen after it.
const IDLE: Duration = Duration::from_secs(5);

/// How the runner works.
#[derive(Debug, Clone)]
pub struct RunnerSettings {
    /// Name of this gateway, by which it holds operations.
    pub name: String,
    /// Time for one question to the portal.
    pub call_budget: Duration,
    /// The reconciliation of every day; `None`: only on demand.
    pub daily: Option<Daily>,
}

/// Works on the operations that were started.
#[derive(Clone)]
pub struct OperationsRunner {
    desk: Desk,
    portal: Arc<dyn Portal>,
    settings: Arc<RunnerSettings>,
    memory: Arc<Memory>,
}

/// What one step of an operation did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stepped {
    /// There is no operation to work on.
    Nothing,
    /// There is one, and it waits for its pace, for the portal or for the worker.
    Waited,
    /// Something was done.
    Worked,
}

impl OperationsRunner {
    /// A runner of the operations of `desk` that asks `portal`.
    #[must_use]
    pub fn new(desk: Desk, portal: Arc<dyn Portal>, settings: RunnerSettings) -> Self {
        Self {
            desk,
            portal,
            settings: Arc::new(settings),
            memory: Arc::default(),
        }
    }

    /// Does one round: starts the daily reconciliation when it is due, and takes one step in
    /// each operation that it can have. Whether anything was done.
    ///
    /// # Errors
    /// [`OutboxError`] when the store fails; the next round goes on.
    pub async fn run_due(&self) -> Result<bool, OutboxError> {
        let mut worked = self.start_daily().await?;
        for place in 1..=PLACES {
            worked |= self.step(place).await? == Stepped::Worked;
        }
        Ok(worked)
    }

    /// Works until `stop` is cancelled.
    pub async fn run(&self, stop: CancellationToken) {
        let places = (1..=PLACES).map(|place| self.keep_stepping(place, stop.clone()));
        tokio::join!(join_all(places), self.keep_days(stop.clone()));
    }

    async fn keep_stepping(&self, place: usize, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let pause = match self.step(place).await {
                Ok(Stepped::Worked) => SHORT,
                Ok(Stepped::Waited) => PACED,
                Ok(Stepped::Nothing) => IDLE,
                Err(error) => {
                    tracing::error!(%error, "an operation cannot go on; it is tried again");
                    IDLE
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.desk.started() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    async fn keep_days(&self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if let Err(error) = self.start_daily().await {
                tracing::error!(%error, "the daily reconciliation could not be started");
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(daily::LOOKED_AT_EVERY) => {}
            }
        }
    }

    /// One step in the operation of this place.
    async fn step(&self, place: usize) -> Result<Stepped, OutboxError> {
        let worker = format!("{}/{place}", self.settings.name);
        // Longer than a step can take, so that nobody else takes over what goes on.
        let lease = self.settings.call_budget * 2 + Duration::from_mins(1);
        let now = self.desk.now();
        let taken = self.desk.operations().take(&worker, now, lease).await?;
        let Some(operation) = taken else {
            return Ok(Stepped::Nothing);
        };
        let did_something = match operation.started.kind {
            OperationKind::Retry => self.retry(&operation).await?,
            OperationKind::Reconciliation => self.reconcile(&operation).await?,
            OperationKind::Repair => self.repair(&operation).await?,
        };
        Ok(if did_something {
            Stepped::Worked
        } else {
            Stepped::Waited
        })
    }

    /// Ends `operation`: all of it is done.
    async fn finish(&self, operation: &Operation) -> Result<(), OutboxError> {
        self.memory.forget(&operation.started.id);
        self.desk.finish(&operation.started.id).await
    }
}

#[cfg(test)]
mod tests;
