//! What operators read and change of an outbox.
//!
//! Lists and groups are read on a thread of their own: a list of a million dossiers that
//! wait must hold up nobody who asks how healthy the sync is.

mod condition;
mod expire;
mod failing;
mod list;
mod release;
mod steps;

#[cfg(test)]
pub(super) use expire::FINISHED;
#[cfg(test)]
pub(super) use list::{ACCEPTED_ORDER, CAUSE_ORDER, STATE_ORDER, columns};

use async_trait::async_trait;
use jiff::Timestamp;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::ledger::{
    DossierFilter, DossierSummary, FailureGroup, Ledger, ListPosition, RecordedStep, Release,
    Released,
};
use lienthong_core::ports::outbox::OutboxError;

use super::SqliteOutbox;

#[async_trait]
impl Ledger for SqliteOutbox {
    async fn dossiers(
        &self,
        filter: &DossierFilter,
        after: Option<&ListPosition>,
        most: u32,
    ) -> Result<Vec<DossierSummary>, OutboxError> {
        let (filter, after) = (filter.clone(), after.cloned());
        self.lists
            .call(move |conn| list::dossiers(conn, &filter, after.as_ref(), most))
            .await
    }

    async fn failures(&self, filter: &DossierFilter) -> Result<Vec<FailureGroup>, OutboxError> {
        let filter = filter.clone();
        self.lists
            .call(move |conn| failing::groups(conn, &filter))
            .await
    }

    async fn release(
        &self,
        dossier: &DossierNumber,
        release: &Release,
    ) -> Result<Released, OutboxError> {
        let (dossier, release) = (dossier.clone(), release.clone());
        self.engine
            .writer()
            .call(move |conn| release::release(conn, &dossier, &release))
            .await
    }

    async fn replay(
        &self,
        dossier: &DossierNumber,
        from_revision: u64,
        known_at_portal: bool,
        release: &Release,
    ) -> Result<Released, OutboxError> {
        let (dossier, release) = (dossier.clone(), release.clone());
        self.engine
            .writer()
            .call(move |conn| {
                release::replay(conn, &dossier, from_revision, known_at_portal, &release)
            })
            .await
    }

    async fn recorded_steps(
        &self,
        dossier: &DossierNumber,
    ) -> Result<Option<Vec<RecordedStep>>, OutboxError> {
        let dossier = dossier.clone();
        self.lists
            .call(move |conn| steps::recorded_steps(conn, &dossier))
            .await
    }

    async fn expire(&self, before: Timestamp, most: u32) -> Result<u32, OutboxError> {
        self.engine
            .writer()
            .call(move |conn| expire::expire(conn, before, most))
            .await
    }
}
