//! The steps of a repair: ask about each dossier once more, send again what is safe, and
//! follow it until the portal has it.
//!
//! What a reader would get wrong: what a reconciliation found may be days old. Nothing is
//! sent by it, only by a question asked just before; what the portal has meanwhile needs
//! no send.

use lienthong_core::ports::ledger::{DossierFilter, Released, Replay};
use lienthong_core::ports::operations::{Item, ItemResult, ItemsWanted, Operation};
use lienthong_core::ports::outbox::{DossierRecord, OutboxError};
use lienthong_core::sync::reconcile::{Difference, Repair, plan};
use lienthong_core::sync::state::SyncState;

use super::OperationsRunner;
use super::question::Asked;
use super::reconciling::{Questions, Went};
use super::retrying::failed;

/// Most dossiers of one repair under way at once.
const UNDER_WAY: u32 = 100;

impl OperationsRunner {
    /// One step of a repair; whether it did anything.
    pub(super) async fn repair(&self, operation: &Operation) -> Result<bool, OutboxError> {
        let id = &operation.started.id;
        let now = self.desk.now();
        let wanted = ItemsWanted::UnderWay;
        let under_way = self.desk.operations().items(id, wanted, UNDER_WAY).await?;
        let follow = self
            .memory
            .with(operation, now, |progress| progress.may_follow(now));
        let mut ended = 0;
        if follow {
            for item in &under_way {
                let followed = self.follow_repaired(operation, item).await;
                match self.unless_unreadable(operation, item, followed).await? {
                    Went::On => ended += 1,
                    Went::Later => {}
                    Went::Nowhere => return self.cannot_be_asked(operation).await.map(|()| true),
                    Went::Lost => return Ok(ended > 0),
                }
            }
        }
        if u32::try_from(under_way.len()).is_ok_and(|items| items >= UNDER_WAY) {
            return Ok(ended > 0);
        }
        match self.questions(operation).await? {
            Questions::NoneLeft if under_way.len() == ended => {
                self.finish(operation).await?;
                Ok(true)
            }
            Questions::NoneLeft | Questions::NoneNow => Ok(ended > 0),
            Questions::These(items) => Ok(self.mend_all(operation, &items).await? || ended > 0),
        }
    }

    async fn mend_all(&self, operation: &Operation, items: &[Item]) -> Result<bool, OutboxError> {
        let mut worked = false;
        let mut left = u32::try_from(items.len()).unwrap_or(u32::MAX);
        for item in items {
            left = left.saturating_sub(1);
            let went = self.mend(operation, item).await;
            let went = self.unless_unreadable(operation, item, went).await;
            if !matches!(went, Ok(Went::On)) {
                let now = self.desk.now();
                self.memory.give_back_questions(operation, now, left);
            }
            match went? {
                Went::On => worked = true,
                Went::Later => return Ok(worked),
                Went::Nowhere => return self.cannot_be_asked(operation).await.map(|()| true),
                // A cancel stops it at once, not after the batch.
                Went::Lost => {
                    self.memory.forget(&operation.started.id);
                    return Ok(worked);
                }
            }
        }
        Ok(worked)
    }

    /// Asks about the dossier of `item`, and sends again what is safe.
    async fn mend(&self, operation: &Operation, item: &Item) -> Result<Went, OutboxError> {
        let result = match self.ask_by_leave(operation, item).await? {
            Asked::UnderWay => ItemResult::Skipped,
            Asked::NotOffered => return Ok(Went::Nowhere),
            Asked::LeftAlone => {
                self.leave_alone(operation);
                return Ok(Went::Later);
            }
            Asked::NotAskable(cause) => ItemResult::Failed(cause),
            Asked::NotAnswered(cause) => {
                if !self.was_silent(operation, item) {
                    return Ok(Went::Later);
                }
                ItemResult::Failed(cause)
            }
            Asked::Compared {
                record,
                differences,
                ..
            } => {
                self.was_heard(operation, item);
                match safe(record.as_deref(), &differences) {
                    Mend::Nothing => ItemResult::Succeeded,
                    Mend::ByHand => ItemResult::Skipped,
                    Mend::Replay(replay) => return self.replay(operation, item, &replay).await,
                }
            }
        };
        self.end_item(operation, item, result).await
    }

    async fn replay(
        &self,
        operation: &Operation,
        item: &Item,
        replay: &Replay,
    ) -> Result<Went, OutboxError> {
        // Before the replay, so that after a crash it is known that there may have been one.
        if self.begin_item(operation, item, None).await? == Went::Lost {
            return Ok(Went::Lost);
        }
        let release = self.desk.release_of(operation);
        let ledger = self.desk.ledger();
        match ledger.replay(&item.dossier, replay, &release).await? {
            Released::Due { revision } => self.begin_item(operation, item, Some(revision)).await,
            Released::Untouched | Released::Expired | Released::NotRecorded => {
                self.end_item(operation, item, ItemResult::Skipped).await
            }
        }
    }

    /// Looks at an item under way: [`Went::On`] when it has ended.
    async fn follow_repaired(
        &self,
        operation: &Operation,
        item: &Item,
    ) -> Result<Went, OutboxError> {
        let filter = DossierFilter {
            dossiers: vec![item.dossier.clone()],
            ..DossierFilter::default()
        };
        let stands = self.desk.ledger().dossiers(&filter, None, 1).await?.pop();
        let result = match stands {
            None => {
                // One that no list shows is either gone or cannot be read back.
                self.desk.outbox().dossier(&item.dossier).await?;
                ItemResult::Skipped
            }
            Some(stands) if stands.state == SyncState::Accepted => {
                if item.revision.is_some() {
                    ItemResult::Succeeded
                } else {
                    // The gateway stopped in the middle of the replay: whether there was
                    // one shows when the portal is asked again.
                    return self.mend_again(operation, item).await;
                }
            }
            Some(stands) => match failed(&stands) {
                Some(cause) => ItemResult::Failed(cause),
                None => return Ok(Went::Later),
            },
        };
        self.end_item(operation, item, result).await
    }

    async fn mend_again(&self, operation: &Operation, item: &Item) -> Result<Went, OutboxError> {
        let now = self.desk.now();
        if self.memory.take_questions(operation, now, 1) == 0 {
            return Ok(Went::Later);
        }
        match self.mend(operation, item).await? {
            // It may have ended or been begun: the next look tells.
            Went::On | Went::Later => Ok(Went::Later),
            Went::Nowhere => Ok(Went::Nowhere),
            Went::Lost => Ok(Went::Lost),
        }
    }
}

/// What is safe to do about a dossier.
enum Mend {
    /// The sides agree.
    Nothing,
    /// A person must look.
    ByHand,
    /// This is sent again, if the dossier still stands as it did at the question.
    Replay(Replay),
}

fn safe(record: Option<&DossierRecord>, differences: &[Difference]) -> Mend {
    match (plan(record, differences), record) {
        (None, _) => Mend::Nothing,
        (
            Some(Repair::Replay {
                from_revision,
                known_at_portal,
            }),
            Some(record),
        ) => Mend::Replay(Replay::of(record, from_revision, known_at_portal)),
        // Without a record there is nothing to send.
        (Some(Repair::Replay { .. }), None) | (Some(Repair::ByHand(_)), _) => Mend::ByHand,
    }
}
