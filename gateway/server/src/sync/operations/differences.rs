//! What a reconciliation found, each with what may be done about it as the dossier stands
//! now.

use lienthong_core::ports::operations::{KeptDifference, OperationId};
use lienthong_core::ports::outbox::OutboxError;
use lienthong_core::sync::reconcile::{ByHand, Difference, Repair, repair};

use super::desk::Desk;

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
            mendable.extend(self.of_one_dossier(kept).await?);
        }
        mendable.retain(|found| found.kept.number > after);
        mendable.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        Ok(mendable)
    }

    /// All the differences `kept` of one dossier, each with what may be done about it.
    pub(super) async fn of_one_dossier(
        &self,
        kept: &[KeptDifference],
    ) -> Result<Vec<Mendable>, OutboxError> {
        let Some(first) = kept.first() else {
            return Ok(Vec::new());
        };
        let all: Vec<Difference> = kept.iter().map(|kept| kept.difference.clone()).collect();
        let repairs: Vec<Repair> = match self.outbox().dossier(&first.dossier).await {
            Ok(record) => all
                .iter()
                .map(|difference| repair(record.as_ref(), &all, difference))
                .collect(),
            // One such dossier must not hide the differences of all others.
            Err(OutboxError::Corrupt { problem, .. }) => {
                tracing::error!(
                    dossier.code = first.dossier.as_str(),
                    problem,
                    "a dossier with differences cannot be read back"
                );
                vec![Repair::ByHand(ByHand::Unreadable); all.len()]
            }
            Err(unavailable @ OutboxError::Unavailable { .. }) => return Err(unavailable),
        };
        let kept = kept.iter().cloned().zip(repairs);
        Ok(kept
            .map(|(kept, repair)| Mendable { kept, repair })
            .collect())
    }

    /// Those of `numbers` under which the reconciliation keeps no difference.
    pub(crate) async fn not_among_differences(
        &self,
        reconciliation: &OperationId,
        numbers: &[u64],
    ) -> Result<Vec<u64>, OutboxError> {
        // They are numbered without a gap, so the largest answers for all.
        let mut numbers = numbers.to_vec();
        numbers.sort_unstable();
        let mut missing = Vec::new();
        for number in numbers.into_iter().rev() {
            let behind = number.saturating_sub(1);
            let found = self
                .operations()
                .differences(reconciliation, behind, 1)
                .await?;
            if found.iter().any(|kept| kept.number == number) {
                break;
            }
            missing.push(number);
        }
        Ok(missing)
    }
}
