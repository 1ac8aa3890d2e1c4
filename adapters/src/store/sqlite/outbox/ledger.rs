//! What operators read and change of an outbox.
//!
//! Lists and groups are read on a thread of their own: a list of a million dossiers that
//! wait must hold up nobody who asks how healthy the sync is.

mod choice;
mod condition;
mod expire;
mod failing;
mod list;
mod release;
mod resolve;
mod steps;

#[cfg(test)]
pub(super) use choice::ORDER as CHOICE_ORDER;
#[cfg(test)]
pub(super) use expire::{FINISHED, UNFINISHED};
#[cfg(test)]
pub(super) use failing::counted as counted_failures;
#[cfg(test)]
pub(super) use list::{ACCEPTED_ORDER, CAUSE_ORDER, STATE_ORDER, columns};

use async_trait::async_trait;
use jiff::Timestamp;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::ledger::{
    ChoicePosition, ChosenPart, DossierFilter, DossierSummary, FailureGroup, Found, Ledger,
    ListPosition, RecordedStep, Release, Released, Replay, Resolved,
};
use lienthong_core::ports::outbox::OutboxError;

use super::SqliteOutbox;
use release::Content;

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

    async fn choose(
        &self,
        filter: &DossierFilter,
        after: Option<&ChoicePosition>,
        most: u32,
    ) -> Result<ChosenPart, OutboxError> {
        let (filter, after) = (filter.clone(), after.cloned());
        self.lists
            .call(move |conn| choice::choose(conn, &filter, after.as_ref(), most))
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
            .call(move |conn| release::release(conn, &dossier, Content::Own, &release))
            .await
    }

    async fn correct(
        &self,
        dossier: &DossierNumber,
        release: &Release,
    ) -> Result<Released, OutboxError> {
        let (dossier, release) = (dossier.clone(), release.clone());
        let content = Content::OfNewestState;
        self.engine
            .writer()
            .call(move |conn| release::release(conn, &dossier, content, &release))
            .await
    }

    async fn replay(
        &self,
        dossier: &DossierNumber,
        replay: &Replay,
        release: &Release,
    ) -> Result<Released, OutboxError> {
        let (dossier, replay, release) = (dossier.clone(), *replay, release.clone());
        self.engine
            .writer()
            .call(move |conn| release::replay(conn, &dossier, &replay, &release))
            .await
    }

    async fn resolve(
        &self,
        dossier: &DossierNumber,
        revision: u64,
        found: Found,
        release: &Release,
    ) -> Result<Resolved, OutboxError> {
        let (dossier, release) = (dossier.clone(), release.clone());
        self.engine
            .writer()
            .call(move |conn| resolve::resolve(conn, &dossier, revision, found, &release))
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
            .call(move |conn| expire::finished(conn, before, most))
            .await
    }

    async fn expire_unfinished(&self, before: Timestamp, most: u32) -> Result<u32, OutboxError> {
        self.engine
            .writer()
            .call(move |conn| expire::unfinished(conn, before, most))
            .await
    }
}
