//! Copies of a store's file: taken while it is written, checked, and put back.
//!
//! What a reader would get wrong: a file that is put back does not know what was sent
//! after the copy was taken. So everything in it that the portal has not accepted comes
//! back as a question, and so does whatever is recorded later about the time before.
//!
//! Everything here blocks while it reads and writes files.

mod copy;
mod restore;
#[cfg(test)]
mod tests;
mod verify;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use lienthong_core::sync::state::SyncState;
use rusqlite::{Connection, OpenFlags};
use thiserror::Error;

pub use restore::{Overwrite, RestoreReport, restore};
pub use verify::{VerifyReport, verify};

use super::engine::{LaneError, Schema};
use copy::Partial;

/// Which store a file belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StoreKind {
    /// Dossier events ([`crate::store::SqliteOutbox`]).
    Outbox,
    /// The record of look-ups ([`crate::store::SqliteAudit`]).
    Audit,
    /// Evidence and kept reports ([`crate::store::SqliteRegister`]).
    Register,
    /// The procedure catalogue, with its history ([`crate::store::SqliteCatalogue`]).
    Catalogue,
    /// Facts of dossiers ([`crate::store::SqliteObservations`]).
    Observations,
}

impl StoreKind {
    /// Every store that a file may belong to.
    const ALL: [Self; 5] = [
        Self::Outbox,
        Self::Audit,
        Self::Register,
        Self::Catalogue,
        Self::Observations,
    ];

    fn schema(self) -> &'static Schema {
        match self {
            Self::Outbox => &super::outbox::SCHEMA,
            Self::Audit => &super::audit::SCHEMA,
            Self::Register => &super::register::SCHEMA,
            Self::Catalogue => &super::catalogue::SCHEMA,
            Self::Observations => &super::observations::SCHEMA,
        }
    }
}

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupReport {
    /// Which store.
    pub kind: StoreKind,
    /// Schema version of the file.
    pub schema: u32,
    /// Size of the backup, in bytes.
    pub bytes: u64,
    /// When the newest event or record in it was taken; of facts, when the newest dossier was
    /// received.
    pub newest: Option<Timestamp>,
    /// Events by state, of an outbox; states without events may be missing.
    pub events: BTreeMap<SyncState, u64>,
}

/// Why a file was not copied, checked or put back.
#[derive(Debug, Error)]
pub enum BackupError {
    /// There is no such file.
    #[error("there is no file {path}")]
    NotFound {
        /// Path of the file.
        path: PathBuf,
    },
    /// A file is there already, and it is left as it is.
    #[error("the file {path} is there already")]
    Exists {
        /// Path of the file.
        path: PathBuf,
    },
    /// A program has the file open.
    #[error("the file {path} is in use; stop the gateway first")]
    InUse {
        /// Path of the file.
        path: PathBuf,
    },
    /// The file is not one of a store of this program.
    #[error("the file {path} is not one of a store of this program")]
    NotOurs {
        /// Path of the file.
        path: PathBuf,
    },
    /// The file was written by a newer version of this program.
    #[error("the file has schema {found}, this program knows up to {known}")]
    NewerSchema {
        /// Schema version of the file.
        found: u32,
        /// Newest schema version known.
        known: u32,
    },
    /// The file does not hold together.
    #[error("the file does not hold together: {}", problems.join("; "))]
    Unsound {
        /// What is wrong, without stored values.
        problems: Vec<String>,
    },
    /// A file cannot be read, written or renamed.
    #[error("the file {path} cannot be read or written")]
    File {
        /// Path of the file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The database failed.
    #[error("the database failed: {reason}")]
    Database {
        /// What the database said; holds no stored values.
        reason: String,
    },
}

impl From<rusqlite::Error> for BackupError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database {
            reason: LaneError::database(&error).to_string(),
        }
    }
}

/// Copies the file of a store at `live` to `to`, while any program writes it.
///
/// The copy shows one moment, that of the call. Writers are not waited for and need not
/// wait; until it is done, the log of the live file cannot be folded and grows. It is
/// written beside `to`, with mode 0600, and gets its name when it is whole and on the
/// disk.
///
/// # Errors
/// [`BackupError`]; then there is no file `to`, or it is what it was.
pub fn backup(live: &Path, to: &Path) -> Result<BackupReport, BackupError> {
    if to.symlink_metadata().is_ok() {
        return Err(BackupError::Exists {
            path: to.to_owned(),
        });
    }
    let source = open_to_read(live)?;
    identify(&source, live)?;
    let partial = Partial::beside(to)?;
    copy::copy(&source, partial.path())?;
    drop(source);
    let conn = copy::made_one_file(partial.path())?;
    let problems = verify::quick(&conn)?;
    if !problems.is_empty() {
        return Err(BackupError::Unsound { problems });
    }
    let (kind, schema) = identify(&conn, to)?;
    let newest = verify::newest(&conn, kind)?;
    let events = match kind {
        StoreKind::Outbox => verify::counted(&conn)?,
        StoreKind::Audit | StoreKind::Register | StoreKind::Catalogue | StoreKind::Observations => {
            BTreeMap::new()
        }
    };
    drop(conn);
    let bytes = partial.finish(to)?;
    Ok(BackupReport {
        kind,
        schema,
        bytes,
        newest,
        events,
    })
}

/// A connection that changes nothing.
fn open_to_read(path: &Path) -> Result<Connection, BackupError> {
    if !path.is_file() {
        return Err(BackupError::NotFound {
            path: path.to_owned(),
        });
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Ok(Connection::open_with_flags(path, flags)?)
}

/// Which store the file belongs to, and its schema version.
fn identify(conn: &Connection, path: &Path) -> Result<(StoreKind, u32), BackupError> {
    let not_ours = || BackupError::NotOurs {
        path: path.to_owned(),
    };
    let pragma = |name: &str| conn.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let application = match pragma("application_id") {
        Ok(application) => application,
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) => {
            return Err(not_ours());
        }
        Err(error) => return Err(error.into()),
    };
    let kind = StoreKind::ALL
        .into_iter()
        .find(|kind| kind.schema().application_id == application)
        .ok_or_else(not_ours)?;
    let found = u32::try_from(pragma("user_version")?).map_err(|_| not_ours())?;
    let known = u32::try_from(kind.schema().migrations.len()).unwrap_or(u32::MAX);
    if found > known {
        return Err(BackupError::NewerSchema { found, known });
    }
    Ok((kind, found))
}
