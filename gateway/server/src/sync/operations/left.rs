//! How many dossiers a reconciliation left different.
//!
//! What a reader would get wrong: the counts of repairs do not add up. A second repair takes
//! up what the first one had mended, and finds it so; and a dossier of which something was
//! sent again may differ in something else that needs a person. So dossiers are counted, each
//! once.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::operations::{
    FoundCounts, ItemResult, ItemsWanted, KeptDifference, Operation, OperationId, OperationKind,
};
use lienthong_core::ports::outbox::OutboxError;
use lienthong_core::sync::reconcile::{ByHand, Repair};

use super::daily::is_scheduled;
use super::desk::{Desk, PAGE};

/// Most repairs of one reconciliation that are looked at.
const REPAIRS: u32 = 1000;

/// Scheduled reconciliations among which the last that came to its end is looked for.
const SCHEDULED: u32 = 50;

/// What was counted last, and of what: the rows of an operation that has ended stay as they
/// are, and there may be many.
#[derive(Debug, Default)]
pub(super) struct LastCount(Mutex<Option<(Counted, u64)>>);

/// A reconciliation and its repairs, and whether their items are still there.
type Counted = (OperationId, bool, Vec<(OperationId, bool)>);

impl LastCount {
    fn lock(&self) -> MutexGuard<'_, Option<(Counted, u64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, counted: &Counted) -> Option<u64> {
        let last = self.lock();
        last.as_ref()
            .filter(|(of, _)| of == counted)
            .map(|(_, left)| *left)
    }

    fn keep(&self, counted: Counted, left: u64) {
        *self.lock() = Some((counted, left));
    }
}

/// What repairs did about dossiers.
#[derive(Debug, Default)]
struct Repaired {
    /// The sides were found to agree.
    agreed: HashSet<DossierNumber>,
    /// Something was sent again, and the portal has it.
    sent_again: HashSet<DossierNumber>,
}

impl Desk {
    /// The reconciliations that tell how the sides stand, the newest first. One that an
    /// operator asked for may have been about a single dossier, so those of the schedule
    /// count where there are any.
    pub(super) async fn telling(&self) -> Result<Vec<Operation>, OutboxError> {
        let kind = OperationKind::Reconciliation;
        let mut scheduled = self.operations().scheduled(kind, SCHEDULED).await?;
        scheduled.retain(is_scheduled);
        if scheduled.is_empty() {
            return self.operations().newest(kind, SCHEDULED).await;
        }
        Ok(scheduled)
    }

    /// Dossiers with differences that no repair has mended. While one repairs, none.
    pub(super) async fn left_of(
        &self,
        reconciliation: &Operation,
        found: FoundCounts,
    ) -> Result<u64, OutboxError> {
        let differing = found.different.saturating_add(found.missing);
        if differing == 0 {
            return Ok(0);
        }
        let id = &reconciliation.started.id;
        let repairs = self.operations().repairs(id, REPAIRS).await?;
        if repairs.iter().any(|repair| repair.ended_at.is_none()) {
            return Ok(0);
        }
        let of_repair = |repair: &Operation| (repair.started.id.clone(), repair.expired);
        let counted = (
            id.clone(),
            reconciliation.expired,
            repairs.iter().map(of_repair).collect(),
        );
        if let Some(left) = self.board().last_count().of(&counted) {
            return Ok(left);
        }
        let expired = reconciliation.expired || repairs.iter().any(|repair| repair.expired);
        let mended = if expired {
            // Which dossiers they were is not known any more; so many at least.
            let most = repairs.iter().map(|repair| repair.succeeded).max();
            most.unwrap_or(0)
        } else {
            let mended = self.mended(id, &repairs).await?;
            u64::try_from(mended.len()).unwrap_or(u64::MAX)
        };
        let left = differing.saturating_sub(mended);
        self.board().last_count().keep(counted, left);
        Ok(left)
    }

    /// Dossiers of `reconciliation` that `repairs` have mended wholly.
    async fn mended(
        &self,
        reconciliation: &OperationId,
        repairs: &[Operation],
    ) -> Result<HashSet<DossierNumber>, OutboxError> {
        let mut repaired = Repaired::default();
        for repair in repairs {
            self.repaired_by(&repair.started.id, &mut repaired).await?;
        }
        let Repaired {
            mut agreed,
            mut sent_again,
        } = repaired;
        sent_again.retain(|dossier| !agreed.contains(dossier));
        if !sent_again.is_empty() {
            let by_hand = self.partly_by_hand(reconciliation, &sent_again).await?;
            sent_again.retain(|dossier| !by_hand.contains(dossier));
        }
        agreed.extend(sent_again);
        Ok(agreed)
    }

    async fn repaired_by(
        &self,
        repair: &OperationId,
        repaired: &mut Repaired,
    ) -> Result<(), OutboxError> {
        let mut after = 0;
        loop {
            let wanted = ItemsWanted::All { after };
            let page = self.operations().items(repair, wanted, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = last.number;
            for item in page {
                match (item.result, item.revision) {
                    (Some(ItemResult::Succeeded), None) => repaired.agreed.insert(item.dossier),
                    (Some(ItemResult::Succeeded), Some(_)) => {
                        repaired.sent_again.insert(item.dossier)
                    }
                    (Some(ItemResult::Failed(_) | ItemResult::Skipped) | None, _) => false,
                };
            }
        }
    }

    /// Those of `dossiers` that have also a difference that a person must mend.
    async fn partly_by_hand(
        &self,
        reconciliation: &OperationId,
        dossiers: &HashSet<DossierNumber>,
    ) -> Result<HashSet<DossierNumber>, OutboxError> {
        let mut kept: HashMap<DossierNumber, Vec<KeptDifference>> = HashMap::new();
        let mut after = 0;
        loop {
            let operations = self.operations();
            let page = operations.differences(reconciliation, after, PAGE).await?;
            let Some(last) = page.last() else {
                break;
            };
            after = last.number;
            for one in page {
                if dossiers.contains(&one.dossier) {
                    kept.entry(one.dossier.clone()).or_default().push(one);
                }
            }
        }
        // What was sent again was one of them, so a single one is mended.
        kept.retain(|_, kept| kept.len() > 1);
        let mut by_hand = HashSet::new();
        for (dossier, kept) in kept {
            let found = self.of_one_dossier(&kept).await?;
            if found.iter().any(|found| stays(found.repair)) {
                by_hand.insert(dossier);
            }
        }
        Ok(by_hand)
    }
}

/// Whether a difference stays although something of its dossier was sent again.
fn stays(repair: Repair) -> bool {
    match repair {
        Repair::ByHand(ByHand::NeverRecorded | ByHand::NotOurs | ByHand::WouldDouble) => true,
        // It has become so since: nothing could have been sent again.
        Repair::ByHand(ByHand::NotAccepted | ByHand::NotKept | ByHand::Unreadable)
        | Repair::Replay { .. } => false,
    }
}
