//! Starting an operation: once for each order, and not more of them than there are places.
//!
//! What a reader would get wrong: an operation stands in the store before a single dossier
//! is chosen for it, and choosing goes on when the caller has gone. So a caller who heard
//! nothing gives the same order again and is answered with the same operation.

use std::num::NonZeroU32;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lienthong_core::access::{ClientName, OfficerId};
use lienthong_core::ports::ledger::DossierFilter;
use lienthong_core::ports::operations::{
    NewOperation, Operation, OperationId, OperationKind, OperationState,
};
use lienthong_core::ports::outbox::OutboxError;
use lienthong_core::sync::operation_failure::OperationFailure;
use lienthong_core::sync::retry::brought_back;
use lienthong_core::text::Text;
use thiserror::Error;

use super::choice::Choice;
use super::desk::Desk;
use super::places::Places;

/// How long a caller waits for the dossiers to be chosen; choosing goes on without him.
const CHOOSING_PATIENCE: Duration = Duration::from_secs(2);

/// Most operations that one order may have begun, one after the other.
const BEGUN_ANEW: u32 = 1000;

/// How long a store that failed is given before an order is begun anew by itself: one that
/// comes and goes must not use all of them up within a minute.
const STORE_PAUSE: SignedDuration = SignedDuration::from_mins(10);

/// Who starts an operation, why, and how fast it may go.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    /// Id of the operation. One that exists is not started again, except by `again`.
    pub(crate) id: OperationId,
    /// What becomes of an order whose operation was started before.
    pub(crate) again: Again,
    /// Mã cán bộ.
    pub(crate) operator: OfficerId,
    /// Calling system; `None`: the gateway itself, which is never refused a place.
    pub(crate) system: Option<ClientName>,
    /// Lý do.
    pub(crate) reason: Text<500>,
    /// Most items a minute.
    pub(crate) per_minute: NonZeroU32,
}

/// When an order that was given before starts one more operation; its id is the first one's
/// with a number behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// Never: the order was for exactly one.
    Never,
    /// When the last one has ended: until then it is the same order, repeated.
    OnceEnded,
    /// When the last one was interrupted, or some minutes after the store failed it; at most
    /// so many in all.
    OnceInterrupted {
        /// Most operations of the order.
        most: u32,
    },
}

/// Why an operation is not started.
#[derive(Debug, Error)]
pub(crate) enum OrderError {
    /// As many of its kind as there are places for have not ended.
    #[error("{open} operations of this kind have not ended")]
    NoPlace {
        /// How many.
        open: usize,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] OutboxError),
}

/// What is known of an order.
enum Known {
    /// Its operation was started before.
    Started(Box<Operation>),
    /// It is to be started under this id.
    Free(OperationId),
}

impl Again {
    fn begins_anew(self, last: &Operation, now: Timestamp) -> bool {
        match self {
            Self::Never => false,
            Self::OnceEnded => last.ended_at.is_some(),
            Self::OnceInterrupted { .. } => match OperationFailure::from_name(&last.failure) {
                Some(OperationFailure::Interrupted) => true,
                Some(OperationFailure::StoreUnavailable) => last
                    .ended_at
                    .is_some_and(|ended| now.duration_since(ended) >= STORE_PAUSE),
                Some(OperationFailure::CannotBeAsked | OperationFailure::Unreadable) | None => {
                    false
                }
            },
        }
    }

    fn most(self) -> u32 {
        match self {
            Self::Never => 1,
            Self::OnceEnded => BEGUN_ANEW,
            Self::OnceInterrupted { most } => most,
        }
    }
}

/// Whether `known` is what `new` has begun, and nobody has chosen anything for it yet. The
/// store keeps microseconds.
fn is_just_begun(known: &Operation, new: &NewOperation) -> bool {
    let started = &known.started;
    known.state == OperationState::Choosing
        && known.total == 0
        && started.kind == new.kind
        && started.operator == new.operator
        && started.system == new.system
        && started.started_at.as_microsecond() == new.started_at.as_microsecond()
}

impl Desk {
    /// Starts to bring back what `filter` chooses of what was there at `previewed_at`.
    pub(crate) async fn start_retry(
        &self,
        order: Order,
        filter: &DossierFilter,
        previewed_at: Timestamp,
    ) -> Result<Operation, OrderError> {
        let choice = Choice::Matching {
            filter: brought_back(filter, previewed_at).map(Box::new),
            also_unknown: false,
            besides: Vec::new(),
        };
        self.start(OperationKind::Retry, None, order, choice).await
    }

    /// Starts to compare what `filter` chooses.
    pub(crate) async fn start_reconciliation(
        &self,
        order: Order,
        filter: DossierFilter,
    ) -> Result<Operation, OrderError> {
        let choice = Choice::Matching {
            filter: Some(Box::new(filter)),
            also_unknown: true,
            besides: Vec::new(),
        };
        self.start(OperationKind::Reconciliation, None, order, choice)
            .await
    }

    /// The same with every dossier that is known to differ, whenever that was found: only an
    /// answer of the portal tells that somebody has mended it.
    pub(super) async fn start_whole_reconciliation(
        &self,
        order: Order,
        filter: DossierFilter,
    ) -> Result<Operation, OrderError> {
        let known = self.history().side(self.now()).await?;
        let choice = Choice::Matching {
            filter: Some(Box::new(filter)),
            also_unknown: true,
            besides: known.differing.into_keys().collect(),
        };
        self.start(OperationKind::Reconciliation, None, order, choice)
            .await
    }

    /// Starts to repair what `reconciliation` found: the differences with these numbers, or,
    /// without any, every one that can be repaired safely.
    pub(crate) async fn start_repair(
        &self,
        order: Order,
        reconciliation: OperationId,
        differences: Vec<u64>,
    ) -> Result<Operation, OrderError> {
        let choice = if differences.is_empty() {
            Choice::Repairable(reconciliation.clone())
        } else {
            Choice::Differing {
                reconciliation: reconciliation.clone(),
                differences,
            }
        };
        self.start(OperationKind::Repair, Some(reconciliation), order, choice)
            .await
    }

    /// The operation that `order` has started and does not start anew.
    pub(super) async fn started_by(&self, order: &Order) -> Result<Option<Operation>, OutboxError> {
        Ok(match self.known(order).await? {
            Known::Started(operation) => Some(*operation),
            Known::Free(_) => None,
        })
    }

    async fn known(&self, order: &Order) -> Result<Known, OutboxError> {
        let mut id = order.id.clone();
        let mut number = 1;
        loop {
            let Some(found) = self.operations().operation(&id).await? else {
                return Ok(Known::Free(id));
            };
            number += 1;
            let next = OperationId::parse(&format!("{}-{number}", order.id.as_str()));
            match next {
                Some(next)
                    if number <= order.again.most()
                        && order.again.begins_anew(&found, self.now()) =>
                {
                    id = next;
                }
                Some(_) | None => return Ok(Known::Started(Box::new(found))),
            }
        }
    }

    async fn start(
        &self,
        kind: OperationKind,
        reconciliation: Option<OperationId>,
        order: Order,
        choice: Choice,
    ) -> Result<Operation, OrderError> {
        let id = match self.known(&order).await? {
            Known::Started(operation) => return Ok(*operation),
            Known::Free(id) => id,
        };
        if order.system.is_some() {
            self.has_place(kind).await?;
        }
        let profile = match kind {
            OperationKind::Retry => None,
            OperationKind::Reconciliation | OperationKind::Repair => {
                Some(self.profile().to_owned())
            }
        };
        let new = NewOperation {
            id: id.clone(),
            kind,
            per_minute: order.per_minute,
            operator: order.operator,
            system: order.system,
            reason: order.reason,
            started_at: self.now(),
            reconciliation,
            profile,
        };
        if let Err(error) = self.operations().create(new.clone()).await {
            let known = self.operations().operation(&id).await?;
            let known = known.ok_or(error)?;
            if !is_just_begun(&known, &new) {
                // Somebody else started it in between.
                return Ok(known);
            }
            // It is our own, and only the store's answer was lost.
        }
        let system = new.system.as_ref().map_or("-", ClientName::as_str);
        tracing::info!(
            operation.id = id.as_str(),
            operation.kind = kind.name(),
            system,
            per_minute = new.per_minute,
            "an operation is started",
        );
        self.choose(&id, kind, choice).await?;
        let kept = self.operations().operation(&id).await?;
        Ok(kept.ok_or_else(|| OutboxError::Unavailable {
            reason: "an operation that was just started is not there".to_owned(),
        })?)
    }

    /// Whether an operation of `kind` finds a place to be worked on.
    async fn has_place(&self, kind: OperationKind) -> Result<(), OrderError> {
        let places = Places::of(kind);
        let open = self.operations().open(super::standing::OPEN).await?;
        let open = open
            .iter()
            .filter(|operation| places.kinds().contains(&operation.started.kind))
            .count();
        if open < places.count() {
            Ok(())
        } else {
            Err(OrderError::NoPlace { open })
        }
    }

    /// Chooses in a task of its own: a caller who hangs up must not leave half a choice.
    async fn choose(
        &self,
        id: &OperationId,
        kind: OperationKind,
        choice: Choice,
    ) -> Result<(), OutboxError> {
        let (desk, id) = (self.clone(), id.clone());
        let choosing = tokio::spawn(async move {
            let chosen = choice.choose(&desk, &id).await;
            if let Err(error) = &chosen {
                tracing::error!(
                    operation.id = id.as_str(),
                    %error,
                    "an operation's dossiers could not be chosen"
                );
                let failure = match error {
                    OutboxError::Unavailable { .. } => OperationFailure::StoreUnavailable,
                    OutboxError::Corrupt { .. } => OperationFailure::Unreadable,
                };
                // Where this fails too, it ends as interrupted after a while.
                desk.fail(&id, kind, failure).await.ok();
            }
            desk.tell_started();
            chosen
        });
        match tokio::time::timeout(CHOOSING_PATIENCE, choosing).await {
            Ok(Ok(chosen)) => chosen,
            Ok(Err(panicked)) => Err(OutboxError::Unavailable {
                reason: panicked.to_string(),
            }),
            // It goes on; the operation tells how far it is.
            Err(_) => Ok(()),
        }
    }
}
