//! Whether a file holds together.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use lienthong_core::sync::state::SyncState;
use rusqlite::{Connection, OptionalExtension};

use super::{BackupError, StoreKind, identify, open_to_read};
use crate::store::sqlite::{catalogue, register};

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyReport {
    /// Which store.
    pub kind: StoreKind,
    /// Schema version of the file.
    pub schema: u32,
    /// When the newest event or record in it was taken; of facts, when the newest dossier was
    /// received.
    pub newest: Option<Timestamp>,
    /// Events by state, of an outbox, counted one by one.
    pub events: BTreeMap<SyncState, u64>,
    /// What is wrong, without stored values; empty when nothing is.
    pub problems: Vec<String>,
}

impl VerifyReport {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }
}

/// Checks of an outbox: a count that must be zero, what it counts, and the schema since
/// which it can be asked.
const CHECKS: [(&str, u32, &str); 5] = [
    (
        "dossiers whose events are not numbered without a gap",
        1,
        "SELECT count(*) FROM dossier d
          WHERE d.revision <> (SELECT count(*) FROM event e WHERE e.dossier = d.id)
             OR d.revision <> (SELECT max(e.revision) FROM event e WHERE e.dossier = d.id)",
    ),
    (
        "states whose count is wrong",
        1,
        "SELECT count(*) FROM state_count s
          WHERE s.events <> (SELECT count(*) FROM event e WHERE e.state = s.state)",
    ),
    (
        "dossiers that show another head than they have",
        2,
        "SELECT count(*) FROM dossier d
           LEFT JOIN event h ON h.dossier = d.id AND h.state NOT IN ('ACCEPTED', 'BLOCKED')
          WHERE d.head_state <> ifnull(h.state, 'ACCEPTED')
             OR d.unsent_at IS NOT h.accepted_at
             OR d.accepted_revision <> ifnull(h.revision - 1, d.revision)",
    ),
    (
        "events that are out of order",
        2,
        "SELECT count(*) FROM event e JOIN dossier d ON d.id = e.dossier
          WHERE (e.state = 'ACCEPTED') <> (e.revision <= d.accepted_revision)",
    ),
    (
        "events whose number of attempts is wrong",
        1,
        "SELECT count(*) FROM event e
          WHERE e.attempts <> ifnull((SELECT max(a.number) FROM attempt a WHERE a.event = e.id), 0)",
    ),
];

/// Checks the file of a store, wherever it is; reads all of it.
///
/// # Errors
/// [`BackupError`] when it cannot be read at all. What is wrong inside is in the report.
pub fn verify(path: &Path) -> Result<VerifyReport, BackupError> {
    let conn = open_to_read(path)?;
    let (kind, schema) = identify(&conn, path)?;
    // One moment for all that is counted, also while somebody writes.
    conn.execute_batch("BEGIN")?;
    let mut problems = lines(&conn, "PRAGMA integrity_check(20)")?;
    problems.retain(|line| line != "ok");
    let strays = lines(
        &conn,
        "SELECT \"table\" FROM pragma_foreign_key_check LIMIT 20",
    )?;
    problems.extend(
        strays
            .iter()
            .map(|table| format!("a row of the table {table} belongs to none")),
    );
    let events = match kind {
        StoreKind::Outbox => {
            for (what, since, sql) in CHECKS {
                let found = if schema >= since {
                    count(&conn, sql)?
                } else {
                    0
                };
                if found > 0 {
                    problems.push(format!("{found} {what}"));
                }
            }
            by_state(&conn, "SELECT state, count(*) FROM event GROUP BY state")?
        }
        // Facts that cannot be read back are begun afresh by whoever folds.
        StoreKind::Audit | StoreKind::Observations => BTreeMap::new(),
        StoreKind::Catalogue => {
            problems.extend(catalogue::problems(&conn)?);
            BTreeMap::new()
        }
        StoreKind::Register => {
            problems.extend(register::problems(&conn)?);
            BTreeMap::new()
        }
    };
    let newest = newest(&conn, kind)?;
    Ok(VerifyReport {
        kind,
        schema,
        newest,
        events,
        problems,
    })
}

/// The quick part of a check: every page can be read and is what it should be.
pub(super) fn quick(conn: &Connection) -> Result<Vec<String>, BackupError> {
    let mut problems = lines(conn, "PRAGMA quick_check(20)")?;
    problems.retain(|line| line != "ok");
    Ok(problems)
}

/// When the newest event or record was taken. Rows are never renumbered, so it is the last.
pub(super) fn newest(conn: &Connection, kind: StoreKind) -> Result<Option<Timestamp>, BackupError> {
    let sql = match kind {
        StoreKind::Outbox => "SELECT accepted_at FROM event ORDER BY id DESC LIMIT 1",
        StoreKind::Audit => "SELECT asked_at FROM access ORDER BY sequence DESC LIMIT 1",
        StoreKind::Register => {
            "SELECT max(at) FROM (SELECT max(recorded_at) AS at FROM evidence
                                  UNION ALL SELECT max(kept_at) FROM report
                                  UNION ALL SELECT max(at) FROM report_act)"
        }
        StoreKind::Catalogue => "SELECT max(at) FROM fetch",
        StoreKind::Observations => "SELECT max(received) FROM dossier",
    };
    let newest: Option<Option<i64>> = conn.query_row(sql, [], |row| row.get(0)).optional()?;
    let newest = newest.flatten();
    // A moment that the calendar does not have is told by nobody.
    Ok(newest.and_then(|at| Timestamp::from_microsecond(at).ok()))
}

/// Events by state, as the file itself has counted them.
pub(super) fn counted(conn: &Connection) -> Result<BTreeMap<SyncState, u64>, BackupError> {
    by_state(
        conn,
        "SELECT state, events FROM state_count WHERE events > 0",
    )
}

fn by_state(conn: &Connection, sql: &str) -> Result<BTreeMap<SyncState, u64>, BackupError> {
    let mut statement = conn.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut events = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let (state, count): (String, i64) = (row.get(0)?, row.get(1)?);
        if let (Some(state), Ok(count)) = (SyncState::from_name(&state), u64::try_from(count)) {
            events.insert(state, count);
        }
    }
    Ok(events)
}

fn count(conn: &Connection, sql: &str) -> Result<i64, BackupError> {
    Ok(conn.query_row(sql, [], |row| row.get(0))?)
}

fn lines(conn: &Connection, sql: &str) -> Result<Vec<String>, BackupError> {
    let mut statement = conn.prepare(sql)?;
    let lines = statement.query_map([], |row| row.get(0))?;
    Ok(lines.collect::<rusqlite::Result<_>>()?)
}
