//! Putting a backup back in the place of a store's file.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use lienthong_core::sync::state::SyncState;
use rusqlite::{Connection, ErrorCode, OpenFlags, params};

use super::copy::{Partial, copy, failed, made_one_file, sync_directory, with_suffix};
use super::{BackupError, StoreKind, VerifyReport, open_to_read, verify};
use crate::store::sqlite::engine::migrate;

/// What to do where a file is in the place already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overwrite {
    /// Leave everything as it is.
    Never,
    /// Set the old file aside, unless a program has it open.
    Replace,
}

/// What was put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreReport {
    /// Which store.
    pub kind: StoreKind,
    /// Schema version of the file now.
    pub schema: u32,
    /// When the newest event or record in it was taken; of facts, when the newest dossier was
    /// received. Events that were taken later are lost, and callers have to send them again.
    pub newest: Option<Timestamp>,
    /// Events by state, of an outbox.
    pub events: BTreeMap<SyncState, u64>,
    /// Events that the portal is asked about before they are sent.
    pub questions: u64,
    /// Where the old file is now.
    pub kept_old: Option<PathBuf>,
}

// The newest moment that the callers' clocks told; they may be ahead of ours.
const NEWEST_TOLD: &str = "SELECT max(last_occurred_at) FROM dossier";

// From now on what had happened by then is asked about before it is sent …
const MARK: &str = "UPDATE sync_mark SET restored_at = max(?1, ifnull(restored_at, ?1))";

// … beginning with what would be sent next. What was being sent is asked about as it is.
const ASK_EVENTS: &str = "
    UPDATE event SET state = 'UNKNOWN', due_at = ?1 WHERE state IN ('PENDING', 'WAITING')";
const ASK_DOSSIERS: &str = "
    UPDATE dossier SET head_state = 'UNKNOWN' WHERE head_state IN ('PENDING', 'WAITING')";

// Refused and dead ones wait for a person, and nobody asks about them, or about what is
// behind them, before.
const QUESTIONS: &str = "
    SELECT ifnull(sum(revision - accepted_revision), 0)
      FROM dossier
     WHERE unsent_at IS NOT NULL AND head_state NOT IN ('REFUSED', 'DEAD')";

/// Puts the backup at `backup` in the place `to`; `now` is the present moment.
///
/// The backup is checked first, and stays as it is. An older schema is brought to the
/// newest. No gateway may be running on `to`.
///
/// # Errors
/// [`BackupError`]; the file in the place is what it was.
pub fn restore(
    backup: &Path,
    to: &Path,
    overwrite: Overwrite,
    now: Timestamp,
) -> Result<RestoreReport, BackupError> {
    let VerifyReport { problems, kind, .. } = verify(backup)?;
    if !problems.is_empty() {
        return Err(BackupError::Unsound { problems });
    }
    let occupied = to.symlink_metadata().is_ok();
    if occupied && overwrite == Overwrite::Never {
        return Err(BackupError::Exists {
            path: to.to_owned(),
        });
    }
    let partial = Partial::beside(to)?;
    copy(&open_to_read(backup)?, partial.path())?;
    let mut conn = made_one_file(partial.path())?;
    migrate(&mut conn, kind.schema()).map_err(|error| BackupError::Database {
        reason: error.reason(),
    })?;
    if kind == StoreKind::Outbox {
        ask_first(&mut conn, now)?;
    }
    drop(conn);
    let restored = verify(partial.path())?;
    if !restored.is_sound() {
        let problems = restored.problems;
        return Err(BackupError::Unsound { problems });
    }
    let questions = questions(partial.path(), kind)?;
    let kept_old = if occupied { Some(set_aside(to)?) } else { None };
    remove_leftovers(to)?;
    partial.finish(to)?;
    Ok(RestoreReport {
        kind,
        schema: restored.schema,
        newest: restored.newest,
        events: restored.events,
        questions,
        kept_old,
    })
}

/// Has everything that may have been sent since asked about.
fn ask_first(conn: &mut Connection, now: Timestamp) -> Result<(), BackupError> {
    let now = now.as_microsecond();
    let transaction = conn.transaction()?;
    let newest: Option<i64> = transaction.query_row(NEWEST_TOLD, [], |row| row.get(0))?;
    let mark = newest.map_or(now, |newest| newest.max(now));
    transaction.execute(MARK, [mark])?;
    transaction.execute(ASK_EVENTS, params![now])?;
    transaction.execute(ASK_DOSSIERS, [])?;
    transaction.commit()?;
    Ok(())
}

fn questions(path: &Path, kind: StoreKind) -> Result<u64, BackupError> {
    match kind {
        StoreKind::Outbox => {
            let conn = open_to_read(path)?;
            let questions: i64 = conn.query_row(QUESTIONS, [], |row| row.get(0))?;
            Ok(u64::try_from(questions).unwrap_or(0))
        }
        StoreKind::Audit | StoreKind::Register | StoreKind::Catalogue | StoreKind::Observations => {
            Ok(0)
        }
    }
}

/// Gives the old file, with its log, one more name. It keeps its own until the new one takes
/// it: whoever starts a gateway meanwhile must find one of the two, and not make an empty one.
fn set_aside(to: &Path) -> Result<PathBuf, BackupError> {
    fold_unless_open(to)?;
    let mut kept = with_suffix(to, ".before-restore");
    for n in 2.. {
        if kept.symlink_metadata().is_err() {
            break;
        }
        kept = with_suffix(to, &format!(".before-restore-{n}"));
    }
    for suffix in ["-wal", "-shm", "-journal", ""] {
        let from = with_suffix(to, suffix);
        match one_more_name(&from, &with_suffix(&kept, suffix)) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(&from, error)),
        }
    }
    sync_directory(to)?;
    Ok(kept)
}

/// Gives a file one more name, or a copy of it where the file system knows one name only.
fn one_more_name(from: &Path, name: &Path) -> io::Result<()> {
    match std::fs::hard_link(from, name) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(error),
        Err(_) => {
            std::fs::copy(from, name)?;
            std::fs::File::open(name)?.sync_all()
        }
    }
}

/// Folds the old file's log into it. That needs the file for itself alone, which is how a
/// program that has it open is found.
fn fold_unless_open(to: &Path) -> Result<(), BackupError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let folded = Connection::open_with_flags(to, flags)
        .and_then(|conn| conn.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(())));
    match folded {
        Err(error)
            if matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
            ) =>
        {
            Err(BackupError::InUse {
                path: to.to_owned(),
            })
        }
        // A file that is no database any more is set aside as it is.
        Ok(()) | Err(_) => Ok(()),
    }
}

/// A log that is left of another file must not become that of this one.
fn remove_leftovers(to: &Path) -> Result<(), BackupError> {
    for suffix in ["-wal", "-shm", "-journal"] {
        let path = with_suffix(to, suffix);
        match std::fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(&path, error)),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::set_aside;

    #[test]
    fn the_old_file_keeps_its_place_until_the_new_one_takes_it() {
        let place = tempfile::tempdir().unwrap();
        let live = place.path().join("live.db");
        let conn = Connection::open(&live).unwrap();
        conn.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE note (text TEXT)")
            .unwrap();
        drop(conn);
        let kept = set_aside(&live).unwrap();
        assert_ne!(kept, live);
        for path in [&live, &kept] {
            let conn = Connection::open(path).unwrap();
            conn.execute_batch("SELECT count(*) FROM note").unwrap();
        }
    }
}
