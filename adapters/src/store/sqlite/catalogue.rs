//! The procedure catalogue in one SQLite file.
//!
//! What a reader would get wrong: a procedure never leaves the file. It is withdrawn, and the
//! history of changes and of fetches is only ever added to. A catalogue is replaced in one
//! transaction, so that a crash leaves the old one or the new one.

mod column;
mod read;
mod side;
mod soundness;
#[cfg(test)]
mod tests;
mod write;

use std::path::Path;

use async_trait::async_trait;
use lienthong_core::catalogue::{CatalogueChange, Listing, SideState};
use lienthong_core::ports::catalogue::{
    CatalogueField, CatalogueState, CatalogueStore, CatalogueStoreError, CatalogueUnit,
    ChangeFilter, FetchRecord, KeptProcedure, NextCatalogue,
};
use lienthong_core::procedure::ProcedureCode;
use rusqlite::Connection;

use column::Failure;

use super::engine::{Engine, OpenError, Schema};
pub(super) use soundness::problems;

/// The file of a catalogue, marked as `LThc` in ASCII.
pub(super) const SCHEMA: Schema = Schema {
    name: "catalogue",
    application_id: 0x4C54_6863,
    migrations: &[
        include_str!("catalogue/0001_catalogue.sql"),
        include_str!("catalogue/0002_unchanged.sql"),
        include_str!("catalogue/0003_lists.sql"),
    ],
    log_pages: 1000,
    log_bound: None,
};

/// [`CatalogueStore`] in a SQLite file.
///
/// Moments are kept to the microsecond. What was given to it is kept also when the caller
/// stops waiting. Dropping it does everything that was queued and waits for its threads;
/// [`SqliteCatalogue::close`] does the same without blocking the runtime.
pub struct SqliteCatalogue {
    engine: Engine,
}

impl SqliteCatalogue {
    /// Opens the file at `path`, in a directory that exists; makes it, with mode 0600, when
    /// there is none, and brings an older schema to the newest.
    ///
    /// Blocks while it reads and writes the file.
    ///
    /// # Errors
    /// [`OpenError`]; a file that is refused is left as it was, but for its mode and, where
    /// only the write-ahead log is refused, its schema.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let engine = Engine::open(path.as_ref(), &SCHEMA)?;
        Ok(Self { engine })
    }

    /// Takes nothing more, does everything that was queued, and closes the file. Calls that
    /// come later are answered with [`CatalogueStoreError::Unavailable`].
    pub async fn close(&self) {
        self.engine.close().await;
    }

    async fn read<T, F>(&self, work: F) -> Result<T, CatalogueStoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    {
        self.engine.reader().call(work).await
    }
}

#[async_trait]
impl CatalogueStore for SqliteCatalogue {
    async fn state(&self) -> Result<Option<CatalogueState>, CatalogueStoreError> {
        self.read(read::state).await
    }

    async fn listings(&self) -> Result<Vec<Listing>, CatalogueStoreError> {
        self.read(read::listings).await
    }

    async fn procedure(
        &self,
        code: &ProcedureCode,
    ) -> Result<Option<KeptProcedure>, CatalogueStoreError> {
        let code = code.clone();
        self.read(move |conn| read::procedure(conn, &code)).await
    }

    async fn units(&self) -> Result<Vec<CatalogueUnit>, CatalogueStoreError> {
        self.read(read::units).await
    }

    async fn fields(&self) -> Result<Vec<CatalogueField>, CatalogueStoreError> {
        self.read(read::fields).await
    }

    async fn sides(&self) -> Result<Vec<SideState>, CatalogueStoreError> {
        self.read(side::states).await
    }

    async fn replace(
        &self,
        next: NextCatalogue,
        record: FetchRecord,
    ) -> Result<CatalogueState, CatalogueStoreError> {
        // Made ready here and not on the writer's thread.
        let prepared = write::Prepared::new(next)?;
        let writer = self.engine.writer();
        writer
            .call(move |conn| write::replace(conn, &prepared, &record))
            .await
    }

    async fn note(&self, record: FetchRecord) -> Result<(), CatalogueStoreError> {
        let writer = self.engine.writer();
        writer
            .call(move |conn| write::note(conn, &record, None))
            .await
    }

    async fn last_fetch(&self) -> Result<Option<FetchRecord>, CatalogueStoreError> {
        self.read(read::last_fetch).await
    }

    async fn refusals(&self) -> Result<Vec<FetchRecord>, CatalogueStoreError> {
        self.read(read::refusals).await
    }

    async fn changes(
        &self,
        filter: &ChangeFilter,
        before: Option<u64>,
        most: u32,
    ) -> Result<Vec<(u64, CatalogueChange)>, CatalogueStoreError> {
        let filter = filter.clone();
        self.read(move |conn| read::changes(conn, &filter, before, most))
            .await
    }
}
