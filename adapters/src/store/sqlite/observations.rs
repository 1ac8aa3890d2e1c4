//! The facts of dossiers in one SQLite file.
//!
//! What a reader would get wrong: the file can be made again from the outbox and the record of
//! look-ups, but only as far as those still hold what is old.

mod anew;
mod column;
mod fold;
mod names;
mod page;
mod sources;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::observation::{DossierFacts, ObservationRules};
use lienthong_core::ports::observations::{
    FactsPage, Follower, FollowerId, ObservationError, Observations, Portion, Rebuild,
    RebuildCause, Source, Standing, Wanted,
};

use super::engine::{Engine, OpenError, Schema};
use crate::store::observations::{Scope, source_name};

/// The file of facts, marked as `LTho` in ASCII.
pub(super) const SCHEMA: Schema = Schema {
    name: "observations",
    application_id: 0x4C54_686F,
    migrations: &[
        include_str!("observations/0001_observations.sql"),
        include_str!("observations/0002_sources.sql"),
    ],
    // 32 MB. Nobody waits for a commit of this file but who folds.
    log_pages: 8_000,
    log_bound: None,
};

/// [`Observations`] in a SQLite file.
///
/// Moments are kept to the microsecond. Dropping it does everything that was queued and waits
/// for its threads; [`SqliteObservations::close`] does the same without blocking the runtime.
pub struct SqliteObservations {
    engine: Engine,
    rules: Arc<ObservationRules>,
}

impl SqliteObservations {
    /// Opens the file at `path`, in a directory that exists; makes it, with mode 0600, when
    /// there is none, and brings an older schema to the newest.
    ///
    /// Blocks while it reads and writes the file.
    ///
    /// # Errors
    /// [`OpenError`]; a file that is refused is left as it was, but for its mode and,
    /// where only the write-ahead log is refused, its schema.
    pub fn open(path: impl AsRef<Path>, rules: Arc<ObservationRules>) -> Result<Self, OpenError> {
        Ok(Self {
            engine: Engine::open(path.as_ref(), &SCHEMA)?,
            rules,
        })
    }

    /// Takes nothing more, does everything that was queued, and closes the file.
    /// Calls that come later are answered with [`ObservationError::Unavailable`].
    pub async fn close(&self) {
        self.engine.close().await;
    }
}

#[async_trait]
impl Observations for SqliteObservations {
    async fn standings(&self) -> Result<Vec<Standing>, ObservationError> {
        self.engine.reader().call(sources::standings).await
    }

    async fn position(&self, source: &Source) -> Result<u64, ObservationError> {
        let name = source_name(source);
        self.engine
            .reader()
            .call(move |conn| sources::position(conn, &name))
            .await
    }

    async fn follow(
        &self,
        source: &Source,
        follower: &Follower,
        instead_of: Option<&FollowerId>,
    ) -> Result<bool, ObservationError> {
        let (source, follower) = (source.clone(), follower.clone());
        let instead_of = instead_of.cloned();
        self.engine
            .writer()
            .call(move |conn| sources::follow(conn, &source, &follower, instead_of.as_ref()))
            .await
    }

    async fn note_rival(&self, source: &Source, rival: &Follower) -> Result<(), ObservationError> {
        let (source, rival) = (source.clone(), rival.clone());
        self.engine
            .writer()
            .call(move |conn| sources::note_rival(conn, &source, &rival))
            .await
    }

    async fn observe(&self, source: &Source, portion: Portion) -> Result<bool, ObservationError> {
        let (source, rules) = (source.clone(), Arc::clone(&self.rules));
        self.engine
            .writer()
            .call(move |conn| fold::observe(conn, &source, portion, &rules))
            .await
    }

    async fn complete(
        &self,
        source: &Source,
        position: u64,
        until: Timestamp,
    ) -> Result<(), ObservationError> {
        let source = source.clone();
        self.engine
            .writer()
            .call(move |conn| sources::complete(conn, &source, position, until))
            .await
    }

    async fn begin_anew(
        &self,
        at: Timestamp,
        cause: &RebuildCause,
    ) -> Result<Option<u64>, ObservationError> {
        let cause = cause.clone();
        self.engine
            .writer()
            .call(move |conn| sources::begin_anew(conn, at, &cause))
            .await
    }

    async fn observe_anew(
        &self,
        source: &Source,
        portion: Portion,
    ) -> Result<bool, ObservationError> {
        let (source, rules) = (source.clone(), Arc::clone(&self.rules));
        self.engine
            .writer()
            .call(move |conn| anew::observe(conn, &source, portion, &rules))
            .await
    }

    async fn told_anew(&self, source: &Source, position: u64) -> Result<bool, ObservationError> {
        let source = source.clone();
        self.engine
            .writer()
            .call(move |conn| sources::told_anew(conn, &source, position))
            .await
    }

    async fn take_anew(&self, source: &Source, most: u32) -> Result<bool, ObservationError> {
        let source = source.clone();
        self.engine
            .writer()
            .call(move |conn| anew::take(conn, &source, most))
            .await
    }

    async fn give_up_anew(&self, source: &Source) -> Result<(), ObservationError> {
        let source = source.clone();
        self.engine
            .writer()
            .call(move |conn| sources::give_up(conn, &source))
            .await
    }

    async fn rebuilds(&self, most: u32) -> Result<Vec<Rebuild>, ObservationError> {
        self.engine
            .reader()
            .call(move |conn| sources::rebuilds(conn, most))
            .await
    }

    async fn dossier(
        &self,
        number: &DossierNumber,
    ) -> Result<Option<DossierFacts>, ObservationError> {
        let number = number.clone();
        self.engine
            .reader()
            .call(move |conn| page::dossier(conn, &number))
            .await
    }

    async fn page(
        &self,
        wanted: &Wanted,
        after: Option<&DossierNumber>,
        most: u32,
    ) -> Result<FactsPage, ObservationError> {
        let scope = Scope::of(wanted);
        let after = after.cloned();
        self.engine
            .reader()
            .call(move |conn| page::page(conn, &scope, after.as_ref(), most))
            .await
    }

    async fn forget_ended(&self, before: Timestamp, most: u32) -> Result<u32, ObservationError> {
        let before = before.as_microsecond();
        self.engine
            .writer()
            .call(move |conn| fold::forget_ended(conn, before, most))
            .await
    }

    async fn forget_names(&self, most: u32) -> Result<bool, ObservationError> {
        self.engine
            .writer()
            .call(move |conn| names::forget(conn, most))
            .await
    }
}
