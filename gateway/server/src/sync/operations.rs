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
mod differences;
mod items;
mod left;
mod places;
mod progress;
mod question;
mod reconciling;
mod repairing;
mod retrying;
mod standing;
mod starting;
mod turns;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::SignedDuration;
use lienthong_core::ports::operations::{
    LONGEST_CHOICE, Operation, OperationId, OperationKind, OperationState,
};
use lienthong_core::ports::outbox::OutboxError;
use lienthong_core::ports::portal::Portal;
use lienthong_core::sync::operation_failure::OperationFailure;
use tokio_util::sync::CancellationToken;

pub use daily::Daily;
pub(crate) use desk::Preview;
pub use desk::{Bounds, Desk, DeskParts};
pub(crate) use differences::Mendable;
use places::{Place, Taken};
use progress::Memory;
use reconciling::AT_ONCE;
pub use standing::{Board, OpenAs, Standing};
pub(crate) use starting::{Again, Order, OrderError};

/// Pause after a step that did something.
const SHORT: Duration = Duration::from_millis(20);
/// Pause while an operation waits for its pace or for the portal.
const PACED: Duration = Duration::from_secs(1);
/// Pause without any operation: one that another gateway left is seen after it.
const IDLE: Duration = Duration::from_secs(5);
/// How often it is looked how the operations stand, and whether the daily one is due.
const LOOKED_AT_EVERY: Duration = Duration::from_secs(10);

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
    taken: Arc<Taken>,
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
    /// There is one, and the store failed it; the log tells.
    Failed,
}

impl OperationsRunner {
    /// A runner of the operations of `desk` that asks `portal`.
    #[must_use]
    pub fn new(desk: Desk, portal: Arc<dyn Portal>, settings: RunnerSettings) -> Self {
        Self {
            memory: Arc::new(Memory::new(desk.bounds().questions_per_minute)),
            desk,
            portal,
            settings: Arc::new(settings),
            taken: Arc::new(Taken::none()),
        }
    }

    /// Does one round: ends what was left behind, starts the daily reconciliation when it is
    /// due, and takes one step in each operation that it can have. Whether anything was done.
    ///
    /// # Errors
    /// [`OutboxError`] when the store fails; the next round goes on.
    pub async fn run_due(&self) -> Result<bool, OutboxError> {
        let mut worked = self.look_after().await?;
        for place in Place::all() {
            worked |= self.step(place).await? == Stepped::Worked;
        }
        Ok(worked)
    }

    /// Works until `stop` is cancelled.
    pub async fn run(&self, stop: CancellationToken) {
        let places = Place::all().map(|place| self.keep_stepping(place, stop.clone()));
        tokio::join!(join_all(places), self.keep_looking(stop.clone()));
    }

    async fn keep_stepping(&self, place: Place, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let pause = match self.step(place).await {
                Ok(Stepped::Worked) => SHORT,
                Ok(Stepped::Waited) => PACED,
                Ok(Stepped::Nothing | Stepped::Failed) => IDLE,
                Err(error) => {
                    tracing::error!(%error, "no operation can be taken; it is tried again");
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

    async fn keep_looking(&self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if let Err(error) = self.look_after().await {
                tracing::error!(%error, "the operations cannot be looked after");
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(LOOKED_AT_EVERY) => {}
            }
        }
    }

    /// Looks how the operations stand, ends what was left behind, and starts the daily
    /// reconciliation when it is due; whether it started one.
    async fn look_after(&self) -> Result<bool, OutboxError> {
        let mut open = self.desk.look().await?;
        let ids: HashSet<&OperationId> = open.iter().map(|open| &open.started.id).collect();
        self.memory.keep_only(&ids);
        let now = self.desk.now();
        let longest = SignedDuration::try_from(LONGEST_CHOICE).unwrap_or(SignedDuration::MAX);
        let left_behind = |operation: &Operation| {
            operation.state == OperationState::Choosing
                && now.duration_since(operation.touched_at) >= longest
        };
        for operation in open.iter().filter(|open| left_behind(open)) {
            self.fail(operation, OperationFailure::Interrupted).await?;
        }
        open.retain(|operation| !left_behind(operation));
        self.start_daily(&open).await
    }

    /// One step in the operation of this place.
    async fn step(&self, place: Place) -> Result<Stepped, OutboxError> {
        if !self.taken.may_look(place) {
            return Ok(Stepped::Nothing);
        }
        let worker = place.worker(&self.settings.name);
        // Longer than a step can take, so that nobody else takes over what goes on: a repair
        // asks its questions one after the other.
        let lease = self.settings.call_budget * (AT_ONCE + 1) + Duration::from_mins(1);
        let now = self.desk.now();
        let operations = self.desk.operations();
        let taken = operations
            .take(&worker, place.group.kinds(), now, lease)
            .await?;
        if self.taken.note(place, taken.is_some()) {
            self.desk.tell_started();
        }
        let Some(operation) = taken else {
            return Ok(Stepped::Nothing);
        };
        let did_something = match operation.started.kind {
            OperationKind::Retry => self.retry(&operation).await,
            OperationKind::Reconciliation => self.reconcile(&operation).await,
            OperationKind::Repair => self.repair(&operation).await,
        };
        Ok(match did_something {
            Ok(true) => Stepped::Worked,
            Ok(false) => Stepped::Waited,
            Err(error) => {
                self.failed(&operation, &error).await?;
                Stepped::Failed
            }
        })
    }

    /// A step of `operation` failed: one that cannot be read back ends, everything else is
    /// tried again.
    async fn failed(&self, operation: &Operation, error: &OutboxError) -> Result<(), OutboxError> {
        tracing::error!(
            operation.id = operation.started.id.as_str(),
            operation.kind = operation.started.kind.name(),
            %error,
            "an operation cannot go on"
        );
        match error {
            OutboxError::Corrupt { .. } => self.fail(operation, OperationFailure::Unreadable).await,
            OutboxError::Unavailable { .. } => Ok(()),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
#[cfg(test)]
pub(crate) use tests::ground;
