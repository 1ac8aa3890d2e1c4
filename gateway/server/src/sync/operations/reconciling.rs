//! The steps of a reconciliation: a few questions at once, at a pace, each answer kept
//! with its differences.
//!
//! While the portal is silent a reconciliation waits. It goes on without a dossier only
//! when that one was asked about several times in vain.

use futures_util::future::try_join_all;
use lienthong_core::ports::operations::{Item, ItemResult, ItemsWanted, Operation};
use lienthong_core::ports::outbox::OutboxError;
use lienthong_core::sync::reconcile::Finding;

use super::OperationsRunner;
use super::daily::is_scheduled;
use super::question::Asked;

/// Why an operation ends that the profile cannot answer.
pub(super) const CANNOT_BE_ASKED: &str = "CANNOT_BE_ASKED";

/// Questions of one operation on their way at once.
const AT_ONCE: u32 = 4;

/// How one item went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Went {
    /// It has ended, or was begun.
    On,
    /// The portal gave no answer; it is asked again later.
    Later,
    /// The operation itself cannot go on.
    Nowhere,
}

impl OperationsRunner {
    /// One step of a reconciliation; whether it did anything.
    pub(super) async fn reconcile(&self, operation: &Operation) -> Result<bool, OutboxError> {
        let id = &operation.started.id;
        let items = self.questions(operation).await?;
        let Questions::These(items) = items else {
            if items == Questions::NoneLeft {
                if is_scheduled(operation) {
                    self.repair_found(operation).await?;
                }
                self.finish(operation).await?;
            }
            return Ok(items == Questions::NoneLeft);
        };
        let asked = items.iter().map(|item| self.compare_one(operation, item));
        let went = try_join_all(asked).await?;
        if went.contains(&Went::Nowhere) {
            self.desk.fail(id, CANNOT_BE_ASKED).await?;
            self.memory.forget(id);
        }
        Ok(went.contains(&Went::On))
    }

    /// Items that may be asked about now.
    pub(super) async fn questions(&self, operation: &Operation) -> Result<Questions, OutboxError> {
        let id = &operation.started.id;
        self.memory.keep_only(super::PLACES * 4, id);
        let now = self.desk.now();
        let allowed = self
            .memory
            .with(operation, now, |progress| progress.questions(now))
            .min(AT_ONCE);
        // One is looked for in any case, to know whether any is left.
        let wanted = ItemsWanted::Untouched;
        let items = self
            .desk
            .operations()
            .items(id, wanted, allowed.max(1))
            .await?;
        Ok(match (items.is_empty(), allowed) {
            (true, _) => Questions::NoneLeft,
            (false, 0) => Questions::NoneNow,
            (false, _) => Questions::These(items),
        })
    }

    async fn compare_one(&self, operation: &Operation, item: &Item) -> Result<Went, OutboxError> {
        let id = &operation.started.id;
        let asked = self.ask(&item.dossier).await?;
        let now = self.desk.now();
        let finding = match asked {
            Asked::UnderWay => {
                self.end_item(operation, item, ItemResult::Skipped).await?;
                return Ok(Went::On);
            }
            Asked::NotOffered => return Ok(Went::Nowhere),
            Asked::LeftAlone => {
                self.leave_alone(operation);
                return Ok(Went::Later);
            }
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
        self.desk
            .operations()
            .found(id, item.number, finding, now)
            .await?;
        Ok(Went::On)
    }

    pub(super) fn was_heard(&self, operation: &Operation, item: &Item) {
        let now = self.desk.now();
        self.memory.with(operation, now, |progress| {
            progress.pace.spend();
            progress.heard(item.number);
        });
    }

    /// Notes that the portal did not answer; whether to give the item up.
    pub(super) fn was_silent(&self, operation: &Operation, item: &Item) -> bool {
        let now = self.desk.now();
        self.memory.with(operation, now, |progress| {
            progress.pace.spend();
            progress.silent(item.number, now)
        })
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
