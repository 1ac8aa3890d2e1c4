//! The steps of a repair: ask about each dossier once more, send again what is safe, and
//! follow it until the portal has it.
//!
//! What a reader would get wrong: what a reconciliation found may be days old. Nothing is
//! sent by it, only by a question asked just before; what the portal has meanwhile needs
//! no send.

use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::ledger::{DossierFilter, Released};
use lienthong_core::ports::operations::{
    Item, ItemResult, ItemsWanted, KeptDifference, Operation, OperationId,
};
use lienthong_core::ports::outbox::OutboxError;
use lienthong_core::sync::reconcile::{Difference, Repair, plan, repair};
use lienthong_core::sync::state::SyncState;

use super::OperationsRunner;
use super::desk::{Desk, PAGE, is_replay};
use super::question::Asked;
use super::reconciling::{CANNOT_BE_ASKED, Questions, Went};
use super::retrying::failed;

/// Most dossiers of one repair under way at once.
const UNDER_WAY: u32 = 100;

/// Most differences of one dossier: its status, its steps, four dates and its results.
const OF_ONE_DOSSIER: u32 = 7;

/// A kept difference, and what may be done about it.
#[derive(Debug)]
pub(crate) struct Mendable {
    /// The difference.
    pub(crate) kept: KeptDifference,
    /// What may be done as the dossier stands now.
    pub(crate) repair: Repair,
}

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
                ended += usize::from(self.follow_repaired(operation, item).await?);
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
        let id = &operation.started.id;
        let mut worked = false;
        for item in items {
            if self.desk.has_ended(id).await? {
                self.memory.forget(id);
                return Ok(worked);
            }
            match self.mend(operation, item).await? {
                Went::On => worked = true,
                Went::Later => return Ok(worked),
                Went::Nowhere => {
                    self.desk.fail(id, CANNOT_BE_ASKED).await?;
                    self.memory.forget(id);
                    return Ok(true);
                }
            }
        }
        Ok(worked)
    }

    /// Asks about the dossier of `item`, and sends again what is safe.
    async fn mend(&self, operation: &Operation, item: &Item) -> Result<Went, OutboxError> {
        let result = match self.ask(&item.dossier).await? {
            Asked::UnderWay => ItemResult::Skipped,
            Asked::NotOffered => return Ok(Went::Nowhere),
            Asked::LeftAlone => {
                self.leave_alone(operation);
                return Ok(Went::Later);
            }
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
                match plan(record.as_deref(), &differences) {
                    None => ItemResult::Succeeded,
                    Some(Repair::ByHand(_)) => ItemResult::Skipped,
                    Some(Repair::Replay {
                        from_revision,
                        known_at_portal,
                    }) => {
                        return self
                            .replay(operation, item, from_revision, known_at_portal)
                            .await;
                    }
                }
            }
        };
        self.end_item(operation, item, result).await?;
        Ok(Went::On)
    }

    async fn replay(
        &self,
        operation: &Operation,
        item: &Item,
        from_revision: u64,
        known_at_portal: bool,
    ) -> Result<Went, OutboxError> {
        let id = &operation.started.id;
        let operations = self.desk.operations();
        // Before the replay, so that after a crash it is known that there may have been one.
        operations.begin_item(id, item.number, None).await?;
        let release = self.desk.release_of(operation);
        let replayed = self
            .desk
            .ledger()
            .replay(&item.dossier, from_revision, known_at_portal, &release)
            .await?;
        match replayed {
            Released::Due { revision } => {
                operations
                    .begin_item(id, item.number, Some(revision))
                    .await?;
            }
            Released::Untouched | Released::Expired | Released::NotRecorded => {
                self.end_item(operation, item, ItemResult::Skipped).await?;
            }
        }
        Ok(Went::On)
    }

    /// Looks at an item under way; whether it has ended.
    async fn follow_repaired(
        &self,
        operation: &Operation,
        item: &Item,
    ) -> Result<bool, OutboxError> {
        let filter = DossierFilter {
            dossiers: vec![item.dossier.clone()],
            ..DossierFilter::default()
        };
        let stands = self.desk.ledger().dossiers(&filter, None, 1).await?.pop();
        let result = match stands {
            None => ItemResult::Skipped,
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
                None => return Ok(false),
            },
        };
        self.end_item(operation, item, result).await?;
        Ok(true)
    }

    async fn mend_again(&self, operation: &Operation, item: &Item) -> Result<bool, OutboxError> {
        let now = self.desk.now();
        let allowed = self
            .memory
            .with(operation, now, |progress| progress.questions(now));
        if allowed > 0 && self.mend(operation, item).await? == Went::Nowhere {
            let id = &operation.started.id;
            self.desk.fail(id, CANNOT_BE_ASKED).await?;
        }
        Ok(false)
    }
}

impl Desk {
    /// The differences of a reconciliation behind number `after`, each with what may be done
    /// about it.
    pub(crate) async fn differences(
        &self,
        reconciliation: &OperationId,
        after: u64,
        most: u32,
    ) -> Result<Vec<Mendable>, OutboxError> {
        // What may be done about one difference depends on the others of its dossier, so
        // those beyond the edges of the page are looked at too.
        let behind = after.saturating_sub(u64::from(OF_ONE_DOSSIER));
        let wanted = most.saturating_add(2 * OF_ONE_DOSSIER);
        let kept = self
            .operations()
            .differences(reconciliation, behind, wanted)
            .await?;
        let mut mendable = Vec::with_capacity(kept.len());
        // Those of one dossier are kept together and stand side by side.
        for kept in kept.chunk_by(|one, next| one.dossier == next.dossier) {
            let Some(first) = kept.first() else {
                continue;
            };
            let record = self.outbox().dossier(&first.dossier).await?;
            let all: Vec<Difference> = kept.iter().map(|kept| kept.difference.clone()).collect();
            mendable.extend(kept.iter().map(|kept| Mendable {
                kept: kept.clone(),
                repair: repair(record.as_ref(), &all, &kept.difference),
            }));
        }
        mendable.retain(|found| found.kept.number > after);
        mendable.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        Ok(mendable)
    }

    /// The dossiers of a reconciliation in which something can be repaired safely.
    pub(crate) async fn repairable(
        &self,
        reconciliation: &OperationId,
    ) -> Result<Vec<DossierNumber>, OutboxError> {
        let mut dossiers: Vec<DossierNumber> = Vec::new();
        let mut after = 0;
        loop {
            let page = self.differences(reconciliation, after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(dossiers);
            };
            after = last.kept.number;
            for mendable in page {
                let dossier = mendable.kept.dossier;
                if is_replay(Some(mendable.repair)) && dossiers.last() != Some(&dossier) {
                    dossiers.push(dossier);
                }
            }
        }
    }
}
