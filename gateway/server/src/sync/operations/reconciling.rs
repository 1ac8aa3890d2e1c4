//! The steps of a reconciliation: ask about dossier after dossier, and keep what differs.
//!
//! While the portal is silent a reconciliation waits. It goes on without a dossier only
//! when that one was asked about several times in vain, cannot be asked about, or cannot be
//! read back here.

use futures_util::future::join_all;
use lienthong_core::ports::operations::{Item, ItemResult, ItemsWanted, Operation};
use lienthong_core::ports::outbox::{OutboxError, Settled};
use lienthong_core::sync::operation_failure::OperationFailure;
use lienthong_core::sync::reconcile::Finding;

use super::OperationsRunner;
use super::daily::is_scheduled;
use super::question::Asked;

/// Questions of one operation on their way at once; of a repair, in a row.
pub(super) const AT_ONCE: u32 = 4;

/// How one item went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Went {
    /// It has ended, or was begun.
    On,
    /// The portal gave no answer; it is asked again later.
    Later,
    /// The operation itself cannot go on.
    Nowhere,
    /// Another gateway has taken the operation over, or somebody has ended it.
    Lost,
}

impl From<Settled> for Went {
    fn from(settled: Settled) -> Self {
        match settled {
            Settled::Recorded => Self::On,
            Settled::LeaseLost => Self::Lost,
        }
    }
}

impl OperationsRunner {
    /// One step of a reconciliation; whether it did anything.
    pub(super) async fn reconcile(&self, operation: &Operation) -> Result<bool, OutboxError> {
        let items = match self.questions(operation).await? {
            Questions::These(items) => items,
            Questions::NoneNow => return Ok(false),
            Questions::NoneLeft => {
                if is_scheduled(operation) {
                    self.repair_found(operation).await?;
                }
                self.finish(operation).await?;
                return Ok(true);
            }
        };
        // All of them to their end, whatever one says: an answer that the portal gave is not
        // asked for a second time because of another dossier.
        let asked = items.iter().map(|item| async move {
            let went = self.compare_one(operation, item).await;
            self.unless_unreadable(operation, item, went).await
        });
        let went = join_all(asked)
            .await
            .into_iter()
            .collect::<Result<Vec<_>, _>>()?;
        if went.contains(&Went::Nowhere) {
            self.cannot_be_asked(operation).await?;
        }
        if went.contains(&Went::Lost) {
            self.memory.forget(&operation.started.id);
        }
        Ok(went.contains(&Went::On))
    }

    /// Items that may be asked about now; leave is taken for each of them.
    pub(super) async fn questions(&self, operation: &Operation) -> Result<Questions, OutboxError> {
        let id = &operation.started.id;
        let now = self.desk.now();
        let allowed = self.memory.take_questions(operation, now, AT_ONCE);
        // One is looked for in any case, to know whether any is left.
        let wanted = ItemsWanted::Untouched;
        let items = self
            .desk
            .operations()
            .items(id, wanted, allowed.max(1))
            .await;
        let found = items.as_ref().map_or(0, Vec::len);
        let unused = allowed.saturating_sub(u32::try_from(found).unwrap_or(u32::MAX));
        self.memory.give_back_questions(operation, now, unused);
        let items = items?;
        Ok(match (items.is_empty(), allowed) {
            (true, _) => Questions::NoneLeft,
            (false, 0) => Questions::NoneNow,
            (false, _) => Questions::These(items),
        })
    }

    /// Asks about the dossier of `item`; leave for a question that is not asked is given
    /// back.
    pub(super) async fn ask_by_leave(
        &self,
        operation: &Operation,
        item: &Item,
    ) -> Result<Asked, OutboxError> {
        let asked = self.ask(&item.dossier).await;
        let cost = asked.as_ref().map_or(true, Asked::cost_a_question);
        if !cost {
            let now = self.desk.now();
            self.memory.give_back_questions(operation, now, 1);
        }
        asked
    }

    async fn compare_one(&self, operation: &Operation, item: &Item) -> Result<Went, OutboxError> {
        let finding = match self.ask_by_leave(operation, item).await? {
            Asked::UnderWay => {
                return self.end_item(operation, item, ItemResult::Skipped).await;
            }
            Asked::NotOffered => return Ok(Went::Nowhere),
            Asked::LeftAlone => {
                self.leave_alone(operation);
                return Ok(Went::Later);
            }
            Asked::NotAskable(cause) => Finding::Unanswered(cause),
            Asked::NotAnswered(cause) => {
                if !self.was_silent(operation, item) {
                    return Ok(Went::Later);
                }
                Finding::Unanswered(cause)
            }
            Asked::Compared {
                by_fields,
                differences,
                ..
            } => {
                self.was_heard(operation, item);
                Finding::Answered {
                    by_fields,
                    differences,
                }
            }
        };
        self.keep_finding(operation, item, finding).await
    }

    /// Keeps what was found of an item.
    pub(super) async fn keep_finding(
        &self,
        operation: &Operation,
        item: &Item,
        finding: Finding,
    ) -> Result<Went, OutboxError> {
        let (id, worker) = (&operation.started.id, &operation.held_by);
        let now = self.desk.now();
        let operations = self.desk.operations();
        let kept = operations.found(id, worker, item.number, finding, now);
        Ok(kept.await?.into())
    }

    /// Ends an operation whose profile cannot be asked.
    pub(super) async fn cannot_be_asked(&self, operation: &Operation) -> Result<(), OutboxError> {
        self.fail(operation, OperationFailure::CannotBeAsked).await
    }

    pub(super) fn was_heard(&self, operation: &Operation, item: &Item) {
        let now = self.desk.now();
        self.memory
            .with(operation, now, |progress| progress.heard(item.number));
    }

    /// Notes that the portal did not answer; whether to give the item up.
    pub(super) fn was_silent(&self, operation: &Operation, item: &Item) -> bool {
        let now = self.desk.now();
        self.memory
            .with(operation, now, |progress| progress.silent(item.number, now))
    }

    pub(super) fn leave_alone(&self, operation: &Operation) {
        let now = self.desk.now();
        let left = self.left_alone_for();
        self.memory
            .with(operation, now, |progress| progress.left_alone(left, now));
    }
}

/// Items to ask about.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Questions {
    /// These.
    These(Vec<Item>),
    /// Some are left; the pace or the portal's silence does not allow any now.
    NoneNow,
    /// Every item was asked about.
    NoneLeft,
}
