//! The record of look-ups in one SQLite file.
//!
//! Rows are only ever added, and the file itself refuses everything else. Somebody who
//! can write the file can also take its triggers away: they are against mistakes, and
//! proof against a person comes with a chain.

mod column;
mod feed;
mod proof;
mod read;
mod record;
#[cfg(test)]
mod tests;

use std::path::Path;

use async_trait::async_trait;
use jiff::Timestamp;
use lienthong_core::ports::audit::{
    AccessFilter, AccessRecord, AuditError, AuditLog, AuditReading, RecordedAccess,
};
use rusqlite::Connection;
use tokio::sync::Mutex;

use column::Failure;
use proof::Proof;
use read::Wanted;
use record::Prepared;

use super::engine::{Engine, OpenError, Schema};

/// The file of a log, marked as `LTha` in ASCII.
pub(super) const SCHEMA: Schema = Schema {
    name: "audit",
    application_id: 0x4C54_6861,
    migrations: &[
        include_str!("audit/0001_audit.sql"),
        include_str!("audit/0002_name.sql"),
    ],
    // A record alone in its group writes about six pages, and folding the log takes some
    // milliseconds, which everybody waits for whose record comes meanwhile. SQLite's own
    // 1,000 pages make that one record in 160, and at 200 a second more than one in a
    // hundred that waits; 4,000 (16 MB) make it one in 650. Folding on another thread is
    // no way out: each commit that comes meanwhile keeps the log from beginning anew, and
    // it was seen to grow to several times its size.
    log_pages: 4000,
    log_bound: None,
};

/// [`AuditLog`] in a SQLite file.
///
/// Moments are kept to the microsecond. What was given to it is kept also when the
/// caller stops waiting. Dropping it does everything that was queued and waits for its
/// threads; [`SqliteAudit::close`] does the same without blocking the runtime.
pub struct SqliteAudit {
    engine: Engine,
    proof: Proof,
    /// Held while a trial is made, so that one that works serves everybody who waits.
    trying: Mutex<()>,
}

impl SqliteAudit {
    /// Opens the log at `path`, in a directory that exists; makes the file, with mode
    /// 0600, when there is none, and brings an older schema to the newest.
    ///
    /// Blocks while it reads and writes the file.
    ///
    /// # Errors
    /// [`OpenError`]; a file that is refused is left as it was, but for its mode and,
    /// where only the write-ahead log is refused, its schema.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Ok(Self {
            engine: Engine::open(path.as_ref(), &SCHEMA)?,
            proof: Proof::none(),
            trying: Mutex::new(()),
        })
    }

    /// Takes nothing more, does everything that was queued, and closes the file.
    /// Calls that come later are answered with [`AuditError::Unavailable`].
    pub async fn close(&self) {
        self.engine.close().await;
        self.proof.failed();
    }

    async fn write<T, F>(&self, work: F) -> Result<T, AuditError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    {
        let failures = self.proof.failures();
        let written = self.engine.writer().call(work).await;
        match &written {
            Ok(_) => self.proof.worked(failures),
            Err(_) => self.proof.failed(),
        }
        written
    }
}

#[async_trait]
impl AuditLog for SqliteAudit {
    async fn record(&self, access: AccessRecord) -> Result<u64, AuditError> {
        // Made ready here and not on the writer's thread, which everybody waits for.
        let prepared = Prepared::new(access)?;
        self.write(move |conn| record::access(conn, &prepared))
            .await
    }

    async fn ready(&self) -> Result<(), AuditError> {
        if self.proof.is_good() {
            return Ok(());
        }
        let _trying = self.trying.lock().await;
        if self.proof.is_good() {
            return Ok(());
        }
        self.write(record::trial).await
    }

    async fn accesses(
        &self,
        filter: &AccessFilter,
        before: Option<u64>,
        most: u32,
    ) -> Result<Vec<RecordedAccess>, AuditError> {
        let wanted = Wanted::new(filter, before, most);
        self.engine
            .reader()
            .call(move |conn| read::accesses(conn, wanted))
            .await
    }

    async fn attempts_since(&self, profile: &str, since: Timestamp) -> Result<u64, AuditError> {
        let profile = profile.to_owned();
        self.engine
            .reader()
            .call(move |conn| read::attempts_since(conn, &profile, since))
            .await
    }

    async fn record_reading(&self, reading: AuditReading) -> Result<(), AuditError> {
        let conditions = column::names(&reading.conditions)?;
        self.write(move |conn| record::reading(conn, &reading, &conditions))
            .await
    }
}
