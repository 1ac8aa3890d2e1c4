//! How the operations stand, for the health and the figures.
//!
//! What a reader would get wrong: the board shows the last look, a few seconds old. Whoever
//! asks for the health does not wait for lists of the store, which may be long.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use lienthong_core::ports::operations::{FoundCounts, Operation, OperationKind, OperationState};
use lienthong_core::ports::outbox::OutboxError;
use lienthong_core::sync::health::Comparison;

use super::desk::Desk;
use super::left::LastCount;

/// Most open operations that are looked at; more are not taken.
pub(super) const OPEN: u32 = 200;

/// How an operation that has not ended stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OpenAs {
    /// Its dossiers are being chosen.
    Choosing,
    /// It is worked on.
    Running,
    /// It runs, and no gateway has a place for it.
    Waiting,
}

impl OpenAs {
    /// Every one.
    pub(crate) const ALL: [Self; 3] = [Self::Choosing, Self::Running, Self::Waiting];

    /// Its name in figures.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Choosing => "CHOOSING",
            Self::Running => "RUNNING",
            Self::Waiting => "WAITING",
        }
    }

    /// How `operation` stands at `now`; `None` when it has ended.
    pub(crate) fn of(operation: &Operation, now: Timestamp) -> Option<Self> {
        match operation.state {
            OperationState::Choosing => Some(Self::Choosing),
            OperationState::Running => {
                let held = operation.held_until.is_some_and(|until| now < until);
                Some(if held { Self::Running } else { Self::Waiting })
            }
            OperationState::Finished | OperationState::Cancelled | OperationState::Failed => None,
        }
    }
}

/// How the operations stand.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// Those that have not ended.
    pub(crate) open: HashMap<(OperationKind, OpenAs), u64>,
    /// Those that ended through this gateway since it started.
    pub(crate) ended: HashMap<(OperationKind, OperationState), u64>,
    /// What the last reconciliation left behind.
    pub(crate) comparison: Comparison,
    /// What the last one that came to its end had found.
    pub(crate) found: FoundCounts,
}

/// Where the last look is shown.
#[derive(Debug, Default)]
pub struct Board {
    standing: Mutex<Standing>,
    last_count: LastCount,
}

impl Board {
    fn lock(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was counted as left behind.
    pub(super) fn last_count(&self) -> &LastCount {
        &self.last_count
    }

    /// The last look.
    pub(crate) fn standing(&self) -> Standing {
        self.lock().clone()
    }

    /// Counts an operation that has ended.
    pub(super) fn count(&self, kind: OperationKind, state: OperationState) {
        *self.lock().ended.entry((kind, state)).or_default() += 1;
    }

    fn show(&self, looked: Standing) {
        let mut standing = self.lock();
        let ended = std::mem::take(&mut standing.ended);
        *standing = Standing { ended, ..looked };
    }
}

impl Desk {
    /// Looks how the operations stand and shows it on the board. Those that have not ended.
    pub(super) async fn look(&self) -> Result<Vec<Operation>, OutboxError> {
        let now = self.now();
        let open = self.operations().open(OPEN).await?;
        let mut counted: HashMap<_, u64> = HashMap::new();
        for operation in &open {
            if let Some(stands) = OpenAs::of(operation, now) {
                *counted.entry((operation.started.kind, stands)).or_default() += 1;
            }
        }
        let (comparison, found) = self.last_comparison().await?;
        self.board().show(Standing {
            open: counted,
            ended: HashMap::new(),
            comparison,
            found,
        });
        Ok(open)
    }

    /// What the last reconciliation left behind, and what the last one that came to its end
    /// had found.
    async fn last_comparison(&self) -> Result<(Comparison, FoundCounts), OutboxError> {
        let newest = self.telling().await?;
        let last = newest.iter().find(|operation| match operation.state {
            OperationState::Finished | OperationState::Failed => true,
            OperationState::Choosing | OperationState::Running | OperationState::Cancelled => false,
        });
        let failed = last.filter(|operation| operation.state == OperationState::Failed);
        let finished = newest
            .iter()
            .find(|operation| operation.state == OperationState::Finished);
        let (left, found) = match finished {
            None => (0, FoundCounts::default()),
            Some(finished) => {
                let found = self.operations().counts(&finished.started.id).await?;
                (self.left_of(finished, found).await?, found)
            }
        };
        let comparison = Comparison {
            finished_at: finished.and_then(|operation| operation.ended_at),
            reconciliation: finished.map(|operation| operation.started.id.clone()),
            failure: failed.map(|operation| operation.failure.clone()),
            left,
        };
        Ok((comparison, found))
    }
}
