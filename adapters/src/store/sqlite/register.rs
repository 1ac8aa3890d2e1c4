//! The evidence register and the archive of reports in one SQLite file.
//!
//! Rows are only ever added, and the file itself refuses everything else. Somebody who can
//! write the file can also take its triggers away: they are against mistakes, not against a
//! person.

mod archive;
mod boards;
mod evidence;
mod soundness;
#[cfg(test)]
mod tests;

use std::path::Path;

use async_trait::async_trait;
use jiff::Timestamp;
use lienthong_core::agency::AgencyCode;
use lienthong_core::ports::evidence::{
    EvidenceError, EvidenceRegister, NewEvidence, RecordedEvidence, RegisteredEvidence,
};
use lienthong_core::ports::reports::{
    ArchiveError, ArchiveSize, Kept, KeptReport, NewReport, ReportArchive, ReportContents,
    ReportFilter, ReportId,
};
use lienthong_core::publication::ReportAct;
use lienthong_core::report::ReportKind;
use thiserror::Error;

use super::engine::{Engine, LaneError, OpenError, Schema};
use crate::store::register::body::Unreadable;
pub(super) use soundness::problems;

/// The file of a register, marked as `LTrg` in ASCII.
pub(super) const SCHEMA: Schema = Schema {
    name: "register",
    application_id: 0x4C54_7267,
    migrations: &[
        include_str!("register/0001_register.sql"),
        include_str!("register/0002_archive.sql"),
    ],
    log_pages: 1000,
    log_bound: None,
};

/// [`EvidenceRegister`] and [`ReportArchive`] in a SQLite file.
///
/// Moments are kept to the microsecond. Dropping it does everything that was queued and waits
/// for its threads; [`SqliteRegister::close`] does the same without blocking the runtime.
pub struct SqliteRegister {
    engine: Engine,
}

impl SqliteRegister {
    /// Opens the register at `path`, in a directory that exists; makes the file, with mode
    /// 0600, when there is none, and brings an older schema to the newest.
    ///
    /// Blocks while it reads and writes the file.
    ///
    /// # Errors
    /// [`OpenError`]; a file that is refused is left as it was, but for its mode and, where
    /// only the write-ahead log is refused, its schema.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Ok(Self {
            engine: Engine::open(path.as_ref(), &SCHEMA)?,
        })
    }

    /// Takes nothing more, does everything that was queued, and closes the file. Calls that
    /// come later are answered with an error.
    pub async fn close(&self) {
        self.engine.close().await;
    }
}

#[async_trait]
impl EvidenceRegister for SqliteRegister {
    async fn record_on(
        &self,
        version: Option<u64>,
        pieces: Vec<NewEvidence>,
    ) -> Result<Option<Vec<RecordedEvidence>>, EvidenceError> {
        let writer = self.engine.writer();
        writer
            .call(move |conn| evidence::record(conn, version, pieces))
            .await
    }

    async fn history(&self) -> Result<Vec<RegisteredEvidence>, EvidenceError> {
        self.engine.reader().call(evidence::history).await
    }

    async fn version(&self) -> Result<u64, EvidenceError> {
        self.engine.reader().call(evidence::version).await
    }
}

#[async_trait]
impl ReportArchive for SqliteRegister {
    async fn keep(&self, report: NewReport) -> Result<Kept, ArchiveError> {
        let writer = self.engine.writer();
        writer.call(move |conn| archive::keep(conn, &report)).await
    }

    async fn act(&self, id: ReportId, act: ReportAct) -> Result<Kept, ArchiveError> {
        let writer = self.engine.writer();
        writer.call(move |conn| archive::act(conn, id, &act)).await
    }

    async fn reports(
        &self,
        filter: &ReportFilter,
        before: Option<ReportId>,
        most: u32,
    ) -> Result<Vec<KeptReport>, ArchiveError> {
        let filter = filter.clone();
        let reader = self.engine.reader();
        reader
            .call(move |conn| archive::reports(conn, &filter, before, most))
            .await
    }

    async fn report(
        &self,
        id: ReportId,
    ) -> Result<Option<(KeptReport, ReportContents)>, ArchiveError> {
        let reader = self.engine.reader();
        reader.call(move |conn| archive::report(conn, id)).await
    }

    async fn last_before(
        &self,
        kind: ReportKind,
        unit: Option<&AgencyCode>,
        before: Timestamp,
    ) -> Result<Option<KeptReport>, ArchiveError> {
        let unit = unit.cloned();
        let reader = self.engine.reader();
        reader
            .call(move |conn| boards::last_before(conn, kind, unit.as_ref(), before))
            .await
    }

    async fn tell(&self, id: ReportId, at: Timestamp) -> Result<bool, ArchiveError> {
        let writer = self.engine.writer();
        writer.call(move |conn| boards::tell(conn, id, at)).await
    }

    async fn is_told(&self, id: ReportId) -> Result<bool, ArchiveError> {
        let reader = self.engine.reader();
        reader.call(move |conn| boards::is_told(conn, id)).await
    }

    async fn empty_boards(&self, before: Timestamp, most: u32) -> Result<u32, ArchiveError> {
        let writer = self.engine.writer();
        writer
            .call(move |conn| boards::empty(conn, before, most))
            .await
    }

    async fn size(&self) -> Result<ArchiveSize, ArchiveError> {
        self.engine.reader().call(boards::size).await
    }
}

/// Why a statement, or what it read, was of no use; `E` is the error of the port.
#[derive(Debug, Error)]
enum Failure<E> {
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] rusqlite::Error),
    /// A stored row cannot be read back.
    #[error("a stored row cannot be read back")]
    Corrupt {
        /// Which part, without its value.
        what: Unreadable,
    },
    /// What is asked for cannot be done.
    #[error("it cannot be done")]
    Own(E),
}

impl<E> Failure<E> {
    fn corrupt(what: Unreadable) -> Self {
        Self::Corrupt { what }
    }
}

/// What was read, where it can be understood; `what` names it where it cannot.
fn known<T, E>(read: Option<T>, what: Unreadable) -> Result<T, Failure<E>> {
    read.ok_or(Failure::Corrupt { what })
}

fn unreadable(what: Unreadable) -> String {
    format!("{what} cannot be read back")
}

macro_rules! failing {
    ($error:ident, $corrupt:ident { $what:ident }) => {
        impl From<Failure<$error>> for $error {
            fn from(failure: Failure<$error>) -> Self {
                match failure {
                    Failure::Database(error) => LaneError::database(&error).into(),
                    Failure::Corrupt { what } => Self::$corrupt {
                        $what: unreadable(what),
                    },
                    Failure::Own(error) => error,
                }
            }
        }

        impl From<LaneError> for $error {
            fn from(error: LaneError) -> Self {
                Self::Unavailable {
                    reason: error.reason(),
                }
            }
        }
    };
}

failing!(EvidenceError, Unavailable { reason });
failing!(ArchiveError, Corrupt { what });
