//! Which dossiers differ at the portal, as far as the last reconciliation tells.
//!
//! What a reader would get wrong: a difference that a repair has mended is none any more,
//! although the reconciliation that found it still shows it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::operations::OperationState;
use lienthong_core::ports::outbox::OutboxError;

use super::desk::{Desk, PAGE};
use super::left::REPAIRS;

impl Desk {
    /// Dossiers that differ at the portal, each with the moment since which that is known;
    /// `None` where no reconciliation whose differences are kept came to its end.
    pub(crate) async fn open_differences(
        &self,
    ) -> Result<Option<BTreeMap<DossierNumber, Timestamp>>, OutboxError> {
        let mut telling = self.telling().await?;
        telling.retain(|it| it.state == OperationState::Finished && !it.expired);
        let Some(reconciliation) = telling.first() else {
            return Ok(None);
        };
        let id = &reconciliation.started.id;
        let mut open: BTreeMap<DossierNumber, Timestamp> = BTreeMap::new();
        let mut after = 0;
        loop {
            let page = self.operations().differences(id, after, PAGE).await?;
            let Some(last) = page.last() else {
                break;
            };
            after = last.number;
            for found in page {
                let since = open.entry(found.dossier).or_insert(found.known_since);
                *since = found.known_since.min(*since);
            }
        }
        if !open.is_empty() {
            let repairs = self.operations().repairs(id, REPAIRS).await?;
            for mended in self.mended(id, &repairs).await? {
                open.remove(&mended);
            }
        }
        Ok(Some(open))
    }
}
