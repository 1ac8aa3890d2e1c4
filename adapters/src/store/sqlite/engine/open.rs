//! Opening the file: the library's version, the file's mode, the connections.
//!
//! `WAL` with `synchronous = FULL` is what makes a commit durable; with `NORMAL`
//! a power cut loses events that callers were told are kept.

use std::fs::{OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use thiserror::Error;

use super::lane::LaneError;
use super::schema::{Schema, migrate};

/// 3.51.3: every version with WAL before it can corrupt the file when the log is
/// reset while another connection writes.
const OLDEST_SQLITE: i32 = 3_051_003;

/// Only another program that holds the file for a moment (a backup, an operator's
/// shell) is waited for; inside this program nobody competes with the writer.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// More than there are statements, so that each is compiled once.
const STATEMENT_CACHE: usize = 64;

/// Read and written by the owner only: the file holds personal data.
const FILE_MODE: u32 = 0o600;

/// Why the file of a store was not opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The SQLite library that is linked can corrupt files.
    #[error("SQLite {found} is linked, but at least 3.51.3 is needed")]
    SqliteTooOld {
        /// Version linked.
        found: String,
    },
    /// The directory of the file does not exist.
    #[error("the directory of the file {path} does not exist")]
    NoDirectory {
        /// Path of the file.
        path: PathBuf,
    },
    /// The file cannot be made, or its mode cannot be set to 0600.
    #[error("the file {path} cannot be prepared")]
    File {
        /// Path of the file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is a database of something else.
    #[error("the file is a database, but not of the {expected}")]
    OtherFile {
        /// Store that was to be opened.
        expected: &'static str,
    },
    /// The file was written by a newer version of this program.
    #[error("the file has schema {found}, this program knows up to {known}")]
    NewerSchema {
        /// Schema version of the file.
        found: usize,
        /// Newest schema version known.
        known: usize,
    },
    /// The file system does not carry a write-ahead log.
    #[error(
        "the file keeps its journal as \"{mode}\" instead of \"wal\", so it cannot be \
         written and read at once; put the file on a local disk"
    )]
    NoWriteAheadLog {
        /// Journal mode that SQLite stayed with.
        mode: String,
    },
    /// The threads of the store cannot be started.
    #[error("a thread of the store cannot be started")]
    Thread(#[source] io::Error),
    /// The database failed.
    #[error("the database cannot be opened")]
    Database(#[from] rusqlite::Error),
}

impl OpenError {
    /// What went wrong, in one line.
    pub(in crate::store::sqlite) fn reason(&self) -> String {
        match self {
            Self::Database(error) => LaneError::database(error).to_string(),
            Self::SqliteTooOld { .. }
            | Self::NoDirectory { .. }
            | Self::File { .. }
            | Self::OtherFile { .. }
            | Self::NewerSchema { .. }
            | Self::NoWriteAheadLog { .. }
            | Self::Thread(_) => self.to_string(),
        }
    }
}

/// The two connections of a store.
pub(super) struct Connections {
    /// The only one that writes.
    pub(super) writer: Connection,
    /// Sees what is committed; cannot write.
    pub(super) reader: Connection,
}

/// Opens `path`, makes it if need be, and brings it to the newest schema.
pub(super) fn open(path: &Path, schema: &Schema) -> Result<Connections, OpenError> {
    check_version(rusqlite::version_number())?;
    prepare_file(path)?;
    let mut writer = connect(path)?;
    // The fsync of the log happens before COMMIT returns.
    writer.pragma_update(None, "synchronous", "FULL")?;
    // What is removed is overwritten, because removed means personal. `FAST` would leave the
    // pages that a long content gives up as they are.
    writer.pragma_update(None, "secure_delete", "ON")?;
    migrate(&mut writer, schema)?;
    keep_a_log(&writer)?;
    let folded_after = schema.log_bound.unwrap_or(schema.log_pages);
    writer.pragma_update(None, "wal_autocheckpoint", folded_after)?;
    let reader = reader(path)?;
    Ok(Connections { writer, reader })
}

/// A connection that folds the log of a file that is open already, and does nothing else.
pub(super) fn folder(path: &Path) -> Result<Connection, OpenError> {
    let folder = connect(path)?;
    // The file is brought to the disk before the log is given up.
    folder.pragma_update(None, "synchronous", "FULL")?;
    Ok(folder)
}

/// A connection to a file that is open already; it sees what is committed and cannot
/// write.
pub(super) fn reader(path: &Path) -> Result<Connection, OpenError> {
    let reader = connect(path)?;
    reader.pragma_update(None, "query_only", true)?;
    Ok(reader)
}

fn connect(path: &Path) -> Result<Connection, OpenError> {
    // Without CREATE: the file was made with its mode already. Without URI: a path
    // that begins with "file:" is a path. No mutex: each connection has one thread.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(BUSY_TIMEOUT)?;
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    Ok(conn)
}

/// The log can be read while it is written, and one fsync commits a whole group. The
/// mode stays in the file, so this waits until the file is known to be ours.
fn keep_a_log(conn: &Connection) -> Result<(), OpenError> {
    // Where it cannot (no shared memory: a network share), SQLite keeps the mode that
    // it has and calls that an answer, not an error.
    let mode: String =
        conn.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode.eq_ignore_ascii_case("wal") {
        return Ok(());
    }
    Err(OpenError::NoWriteAheadLog { mode })
}

fn check_version(number: i32) -> Result<(), OpenError> {
    if number >= OLDEST_SQLITE {
        return Ok(());
    }
    let (major, minor, patch) = (number / 1_000_000, number / 1_000 % 1_000, number % 1_000);
    Err(OpenError::SqliteTooOld {
        found: format!("{major}.{minor}.{patch}"),
    })
}

/// Makes the file with its mode before SQLite sees it; SQLite gives the log and the
/// shared memory the mode of the file.
fn prepare_file(path: &Path) -> Result<(), OpenError> {
    let directory = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    if directory.is_some_and(|directory| !directory.is_dir()) {
        return Err(OpenError::NoDirectory {
            path: path.to_owned(),
        });
    }
    let failed = |source| OpenError::File {
        path: path.to_owned(),
        source,
    };
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(FILE_MODE)
        .open(path)
        .map_err(failed)?;
    for suffix in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(suffix);
        match std::fs::set_permissions(&file, Permissions::from_mode(FILE_MODE)) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use tempfile::TempDir;

    use rusqlite::{Connection, OpenFlags};

    use super::{Connections, OpenError, Schema, check_version, keep_a_log};

    const SCHEMA: Schema = Schema {
        name: "notes",
        application_id: 7,
        migrations: &["CREATE TABLE note (text TEXT)"],
        log_pages: 123,
        log_bound: None,
    };

    fn open(path: &Path) -> Result<Connections, OpenError> {
        super::open(path, &SCHEMA)
    }

    #[test]
    fn a_library_that_can_corrupt_files_is_refused() {
        check_version(rusqlite::version_number()).unwrap();
        check_version(3_051_003).unwrap();
        let refused = check_version(3_051_002).unwrap_err();
        assert!(matches!(&refused, OpenError::SqliteTooOld { found } if found == "3.51.2"));
    }

    #[test]
    fn every_file_is_for_its_owner_only_even_if_it_was_not() {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("notes.db");
        std::fs::write(&path, b"").unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        let connections = open(&path).unwrap();
        // The log and the shared memory are made by the first write.
        let write = "INSERT INTO note VALUES ('one')";
        connections.writer.execute(write, []).unwrap();
        let mut files = 0;
        for entry in std::fs::read_dir(dir.path()).unwrap() {
            let mode = entry.unwrap().metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            files += 1;
        }
        assert_eq!(files, 3, "database, log and shared memory");
        drop(connections);
    }

    #[test]
    fn a_commit_is_durable_and_the_reader_cannot_write() {
        let dir = TempDir::new().unwrap();
        let connections = open(&dir.path().join("notes.db")).unwrap();
        let pragma = |name: &str| -> String {
            connections
                .writer
                .query_row(
                    &format!("SELECT CAST({name} AS TEXT) FROM pragma_{name}"),
                    [],
                    |row| row.get(0),
                )
                .unwrap()
        };
        assert_eq!(pragma("journal_mode"), "wal");
        assert_eq!(pragma("synchronous"), "2");
        assert_eq!(pragma("foreign_keys"), "1");
        let folded_after =
            connections
                .writer
                .pragma_query_value(None, "wal_autocheckpoint", |row| row.get(0));
        assert_eq!(folded_after, Ok(SCHEMA.log_pages));
        assert!(connections.reader.execute("DELETE FROM note", []).is_err());
    }

    #[test]
    fn a_place_without_a_write_ahead_log_is_refused_and_says_what_to_do() {
        let dir = TempDir::new().unwrap();
        // As on a network share: this way to the disk has no shared memory.
        let path = dir.path().join("notes.db");
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let share = Connection::open_with_flags_and_vfs(path, flags, c"unix-dotfile").unwrap();
        let places = [
            (share, "delete"),
            (Connection::open_in_memory().unwrap(), "memory"),
        ];
        for (conn, stayed) in places {
            let refused = keep_a_log(&conn).unwrap_err();
            assert!(
                matches!(&refused, OpenError::NoWriteAheadLog { mode } if mode == stayed),
                "{refused:?}"
            );
            let text = refused.to_string();
            assert!(text.ends_with("put the file on a local disk"), "{text}");
        }
    }

    #[test]
    fn a_missing_directory_is_named_and_not_made() {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("absent").join("notes.db");
        assert!(matches!(open(&path), Err(OpenError::NoDirectory { .. })));
        assert!(!dir.path().join("absent").exists());
    }

    #[test]
    fn a_database_of_something_else_is_refused_and_left_alone() {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("notes.db");
        let other = rusqlite::Connection::open(&path).unwrap();
        other
            .execute_batch("CREATE TABLE other (text TEXT)")
            .unwrap();
        let before = std::fs::read(&path).unwrap();
        assert!(matches!(open(&path), Err(OpenError::OtherFile { .. })));
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[test]
    fn a_file_that_is_no_database_is_refused_and_left_alone() {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("notes.db");
        let content = b"not a database, but long enough to be taken for one".repeat(20);
        std::fs::write(&path, &content).unwrap();
        assert!(matches!(open(&path), Err(OpenError::Database(_))));
        assert_eq!(std::fs::read(&path).unwrap(), content);
    }
}
