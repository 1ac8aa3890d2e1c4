//! Copying page by page, and a file that gets its name only when it is whole.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::BackupError;

/// Pages copied between two looks at the disk: 16 MB, so that the writer's own fsync
/// never finds more than that of ours before it.
const PAGES: i32 = 4096;

/// A file under another name, which goes away unless it is finished.
pub(super) struct Partial {
    path: PathBuf,
    finished: bool,
}

impl Partial {
    /// Makes an empty file beside `to`, for its owner only.
    pub(super) fn beside(to: &Path) -> Result<Self, BackupError> {
        let path = with_suffix(to, &format!(".{}.partial", std::process::id()));
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(|source| failed(&path, source))?;
        Ok(Self {
            path,
            finished: false,
        })
    }

    /// Where it is until it is finished.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Brings it to the disk and gives it its name; its size in bytes.
    pub(super) fn finish(mut self, to: &Path) -> Result<u64, BackupError> {
        let on_disk = |path: &Path| {
            let file = File::open(path)?;
            file.sync_all()?;
            file.metadata()
        };
        let written = on_disk(&self.path).map_err(|source| failed(&self.path, source))?;
        std::fs::rename(&self.path, to).map_err(|source| failed(to, source))?;
        self.finished = true;
        sync_directory(to)?;
        Ok(written.len())
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        for suffix in ["", "-journal", "-wal", "-shm"] {
            // What cannot be removed is in nobody's way.
            drop(std::fs::remove_file(with_suffix(&self.path, suffix)));
        }
    }
}

/// Copies all of `source`, as it is at this moment, into the empty file `to`.
pub(super) fn copy(source: &Connection, to: &Path) -> Result<(), BackupError> {
    let mut target = Connection::open(to)?;
    // A copy that breaks off is thrown away, so that it needs no journal.
    target.pragma_update(None, "journal_mode", "OFF")?;
    target.pragma_update(None, "synchronous", "OFF")?;
    // One reading transaction around all steps: without it each write by somebody else
    // would make the copy begin anew.
    source.execute_batch("BEGIN")?;
    source.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    let steps = Backup::new(source, &mut target)?;
    loop {
        let step = steps.step(PAGES)?;
        File::open(to)
            .and_then(|file| file.sync_data())
            .map_err(|source| failed(to, source))?;
        match step {
            StepResult::Done => break,
            StepResult::More => {}
            // Nobody else has the target, and a reader is not kept from reading.
            StepResult::Busy | StepResult::Locked | _ => {
                return Err(BackupError::Database {
                    reason: "the file is locked".to_owned(),
                });
            }
        }
    }
    drop(steps);
    source.execute_batch("ROLLBACK")?;
    Ok(())
}

/// Opens a copy and makes it one file that can be read anywhere: the mode of the live
/// file, with a log beside it, comes along in the copy.
pub(super) fn made_one_file(path: &Path) -> Result<Connection, BackupError> {
    let conn = Connection::open(path)?;
    let mode: String =
        conn.pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get(0))?;
    if mode.eq_ignore_ascii_case("delete") {
        return Ok(conn);
    }
    Err(BackupError::Database {
        reason: "the copy keeps its log".to_owned(),
    })
}

/// `path` with something behind its name.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

/// Brings a new name to the disk.
pub(super) fn sync_directory(path: &Path) -> Result<(), BackupError> {
    let parent = path.parent();
    let directory = parent
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(|source| failed(directory, source))
}

/// The failure of one file.
pub(super) fn failed(path: &Path, source: io::Error) -> BackupError {
    BackupError::File {
        path: path.to_owned(),
        source,
    }
}
