//! The steps of a bulk retry: bring back, at a pace, and follow each dossier until the
//! portal has it or it has failed again.

use lienthong_core::ports::ledger::{DossierFilter, DossierSummary, Released};
use lienthong_core::ports::operations::{Item, ItemResult, ItemsWanted, Operation};
use lienthong_core::ports::outbox::OutboxError;
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::state::SyncState;

use super::OperationsRunner;
use super::desk::PAGE;
use super::reconciling::Went;

/// Most dossiers of one operation under way at once. More would only fill the queue in
/// front of a portal that does not keep up.
const UNDER_WAY: u32 = 1_000;

impl OperationsRunner {
    /// One step of a retry; whether it did anything.
    pub(super) async fn retry(&self, operation: &Operation) -> Result<bool, OutboxError> {
        let now = self.desk.now();
        let under_way = self.under_way(operation).await?;
        let follow = self
            .memory
            .with(operation, now, |progress| progress.may_follow(now));
        let mut ended = 0;
        if follow {
            for under_way in &under_way {
                let item = &under_way.item;
                let followed = self.follow_retried(operation, under_way).await;
                match self.unless_unreadable(operation, item, followed).await? {
                    Went::On => ended += 1,
                    Went::Later | Went::Nowhere => {}
                    Went::Lost => return Ok(ended > 0),
                }
            }
        }
        let room = UNDER_WAY.saturating_sub(u32::try_from(under_way.len() - ended).unwrap_or(0));
        let brought_back = self.bring_back(operation, room).await?;
        if under_way.len() == ended && brought_back == Brought::NothingLeft {
            self.finish(operation).await?;
            return Ok(true);
        }
        Ok(ended > 0 || brought_back == Brought::Some)
    }

    /// The items under way, each with its dossier as it stands.
    async fn under_way(&self, operation: &Operation) -> Result<Vec<UnderWay>, OutboxError> {
        let id = &operation.started.id;
        let wanted = ItemsWanted::UnderWay;
        let items = self.desk.operations().items(id, wanted, UNDER_WAY).await?;
        let mut under_way = Vec::with_capacity(items.len());
        for items in items.chunks(usize::try_from(PAGE).unwrap_or(usize::MAX)) {
            let filter = DossierFilter {
                dossiers: items.iter().map(|item| item.dossier.clone()).collect(),
                ..DossierFilter::default()
            };
            let found = self.desk.ledger().dossiers(&filter, None, PAGE).await?;
            under_way.extend(items.iter().map(|item| {
                UnderWay {
                    item: item.clone(),
                    stands: found
                        .iter()
                        .find(|dossier| dossier.dossier == item.dossier)
                        .cloned(),
                }
            }));
        }
        Ok(under_way)
    }

    /// Looks at an item under way: [`Went::On`] when it has ended.
    async fn follow_retried(
        &self,
        operation: &Operation,
        under_way: &UnderWay,
    ) -> Result<Went, OutboxError> {
        let UnderWay { item, stands } = under_way;
        let Some(stands) = stands else {
            // One that no list shows is either gone or cannot be read back.
            self.desk.outbox().dossier(&item.dossier).await?;
            return self.end_item(operation, item, ItemResult::Skipped).await;
        };
        // Without a revision the gateway stopped in the middle of bringing it back.
        let Some(revision) = item.revision else {
            return self.bring_back_again(operation, item, stands).await;
        };
        let result = if stands.accepted_revision >= revision {
            ItemResult::Succeeded
        } else {
            match failed(stands) {
                Some(cause) => ItemResult::Failed(cause),
                None => return Ok(Went::Later),
            }
        };
        self.end_item(operation, item, result).await
    }

    async fn bring_back_again(
        &self,
        operation: &Operation,
        item: &Item,
        stands: &DossierSummary,
    ) -> Result<Went, OutboxError> {
        if stands.state == SyncState::Accepted {
            return self.end_item(operation, item, ItemResult::Succeeded).await;
        }
        let release = self.desk.release_of(operation);
        let revision = match self.desk.ledger().release(&item.dossier, &release).await? {
            Released::Due { revision } => revision,
            // It was brought back before the gateway stopped.
            Released::Untouched => stands.accepted_revision.saturating_add(1),
            Released::Expired | Released::NotRecorded => {
                return self.end_item(operation, item, ItemResult::Skipped).await;
            }
        };
        match self.begin_item(operation, item, Some(revision)).await? {
            Went::Lost => Ok(Went::Lost),
            // It is begun, and has not ended.
            Went::On | Went::Later | Went::Nowhere => Ok(Went::Later),
        }
    }

    /// Brings back as many dossiers as the pace allows, at most `room`.
    async fn bring_back(&self, operation: &Operation, room: u32) -> Result<Brought, OutboxError> {
        let id = &operation.started.id;
        let now = self.desk.now();
        let allowed = self
            .memory
            .with(operation, now, |progress| progress.pace.allowance(now));
        // One is looked for in any case, to know whether any is left.
        let most = allowed.min(room).max(1);
        let wanted = ItemsWanted::Untouched;
        let items = self.desk.operations().items(id, wanted, most).await?;
        if items.is_empty() {
            return Ok(Brought::NothingLeft);
        }
        if allowed.min(room) == 0 {
            return Ok(Brought::NoneNow);
        }
        for item in items {
            self.memory
                .with(operation, now, |progress| progress.pace.spend());
            let went = self.bring_one_back(operation, &item).await;
            match self.unless_unreadable(operation, &item, went).await? {
                Went::On | Went::Later | Went::Nowhere => {}
                // A cancel stops it at once, not after the batch.
                Went::Lost => {
                    self.memory.forget(id);
                    return Ok(Brought::NoneNow);
                }
            }
        }
        Ok(Brought::Some)
    }

    async fn bring_one_back(
        &self,
        operation: &Operation,
        item: &Item,
    ) -> Result<Went, OutboxError> {
        // Before the release, so that after a crash it is known that there may have been one.
        if self.begin_item(operation, item, None).await? == Went::Lost {
            return Ok(Went::Lost);
        }
        let release = self.desk.release_of(operation);
        match self.desk.ledger().release(&item.dossier, &release).await? {
            Released::Due { revision } => self.begin_item(operation, item, Some(revision)).await,
            Released::Untouched | Released::Expired | Released::NotRecorded => {
                self.end_item(operation, item, ItemResult::Skipped).await
            }
        }
    }
}

/// An item that is begun.
#[derive(Debug)]
struct UnderWay {
    item: Item,
    /// Its dossier; `None` where it is not recorded any more.
    stands: Option<DossierSummary>,
}

/// What was brought back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Brought {
    /// Every item was begun before.
    NothingLeft,
    /// The pace, the room or an operator's cancel did not allow any.
    NoneNow,
    /// At least one.
    Some,
}

/// Why a dossier waits for a person again; `None` where it does not.
pub(super) fn failed(dossier: &DossierSummary) -> Option<Cause> {
    match dossier.state {
        SyncState::Refused | SyncState::Dead => Some(dossier.cause.unwrap_or(Cause::Interrupted)),
        SyncState::Pending
        | SyncState::Sending
        | SyncState::Accepted
        | SyncState::Unknown
        | SyncState::Waiting
        | SyncState::Blocked => None,
    }
}
