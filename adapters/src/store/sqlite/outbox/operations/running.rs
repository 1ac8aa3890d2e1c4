//! Operations as a whole: begun, taken by a worker, ended.

use std::num::NonZeroU32;
use std::time::Duration;

use jiff::Timestamp;
use lienthong_core::access::{ClientName, OfficerId};
use lienthong_core::ports::operations::{
    NewOperation, Operation, OperationId, OperationKind, OperationState, Stopped,
};
use lienthong_core::text::Text;
use rusqlite::{Connection, OptionalExtension, Row, Rows, named_params, params};

use crate::store::sqlite::outbox::column::{Failure, TaskRow, micros};

const CREATE: &str = "
    INSERT INTO operation (name, kind, state, per_minute, operator, reason, started_at,
                           reconciliation, profile, system, touched_at)
    VALUES (?1, ?2, 'CHOOSING', ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?6)";

const RUN: &str = "UPDATE operation SET state = 'RUNNING' WHERE name = ?1 AND state = 'CHOOSING'";

const COLUMNS: &str = "
    SELECT name, kind, state, per_minute, operator, reason, started_at, reconciliation,
           profile, total, succeeded, failed, skipped, ended_at, failure, system, worker,
           lease_until, touched_at, ended_by, ended_by_system, expired, id
      FROM operation";

// The worker's own first, then the one that waits longest and is held by nobody, of the
// kinds that are wanted; by the index on what is open.
const FREE: &str = "
    SELECT id
      FROM operation
     WHERE ended_at IS NULL AND state = 'RUNNING'
       AND (worker = :worker OR worker IS NULL OR lease_until <= :now)
       AND kind IN (SELECT value FROM json_each(:kinds))
     ORDER BY ifnull(worker = :worker, 0) DESC, started_at, id
     LIMIT 1";

const HOLD: &str = "UPDATE operation SET worker = ?2, lease_until = ?3 WHERE id = ?1";

// One whose row cannot be read is of no more use, and would be the first for ever.
const GIVE_UP: &str = "
    UPDATE operation
       SET state = 'FAILED', failure = 'STORED_CONTENT_UNREADABLE', ended_at = ?2,
           worker = NULL, lease_until = NULL
     WHERE id = ?1";

const END: &str = "
    UPDATE operation
       SET state = ?2, failure = ?3, ended_at = ?4, ended_by = ?5, ended_by_system = ?6,
           worker = NULL, lease_until = NULL
     WHERE name = ?1 AND ended_at IS NULL";

/// Place of the row's own number in the columns.
const ID: usize = 22;

/// The row at fault is no task's.
const NO_TASK: TaskRow = TaskRow(0);

/// Starts an operation.
pub(super) fn create(conn: &Connection, operation: &NewOperation) -> Result<(), Failure> {
    conn.prepare_cached(CREATE)?.execute(params![
        operation.id.as_str(),
        operation.kind.name(),
        operation.per_minute.get(),
        OfficerId::expose(&operation.operator),
        Text::as_str(&operation.reason),
        micros(operation.started_at),
        operation.reconciliation.as_ref().map(OperationId::as_str),
        operation.profile,
        operation.system.as_ref().map(ClientName::as_str),
    ])?;
    Ok(())
}

/// It is chosen wholly.
pub(super) fn run(conn: &Connection, id: &OperationId) -> Result<(), Failure> {
    conn.prepare_cached(RUN)?.execute([id.as_str()])?;
    Ok(())
}

/// One operation.
pub(super) fn operation(conn: &Connection, id: &OperationId) -> Result<Option<Operation>, Failure> {
    let sql = format!("{COLUMNS} WHERE name = ?1");
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query([id.as_str()])?;
    rows.next()?.map(read).transpose()
}

/// The newest of a kind.
pub(super) fn newest(
    conn: &Connection,
    kind: OperationKind,
    most: u32,
) -> Result<Vec<Operation>, Failure> {
    let sql = format!("{COLUMNS} WHERE kind = ?1 ORDER BY started_at DESC, id DESC LIMIT ?2");
    let mut statement = conn.prepare_cached(&sql)?;
    readable(statement.query(params![kind.name(), most])?)
}

/// The newest of a kind that no calling system started.
pub(super) fn scheduled(
    conn: &Connection,
    kind: OperationKind,
    most: u32,
) -> Result<Vec<Operation>, Failure> {
    let sql = format!(
        "{COLUMNS} WHERE kind = ?1 AND system IS NULL ORDER BY started_at DESC, id DESC LIMIT ?2"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    readable(statement.query(params![kind.name(), most])?)
}

/// The newest repairs of a reconciliation.
pub(super) fn repairs(
    conn: &Connection,
    reconciliation: &OperationId,
    most: u32,
) -> Result<Vec<Operation>, Failure> {
    let sql = format!(
        "{COLUMNS} WHERE kind = 'REPAIR' AND reconciliation = ?1
         ORDER BY started_at DESC, id DESC LIMIT ?2"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    readable(statement.query(params![reconciliation.as_str(), most])?)
}

/// What has not ended, the oldest first.
pub(super) fn open(conn: &Connection, most: u32) -> Result<Vec<Operation>, Failure> {
    let sql = format!("{COLUMNS} WHERE ended_at IS NULL ORDER BY started_at, id LIMIT ?1");
    let mut statement = conn.prepare_cached(&sql)?;
    readable(statement.query([most])?)
}

/// The operations that can be read; one that cannot must not hide the others.
fn readable(mut rows: Rows<'_>) -> Result<Vec<Operation>, Failure> {
    let mut operations = Vec::new();
    while let Some(row) = rows.next()? {
        match read(row) {
            Ok(operation) => operations.push(operation),
            Err(Failure::Corrupt { problem, .. }) => {
                let row: i64 = row.get(ID)?;
                tracing::error!(operation.row = row, problem, "an operation is left out");
            }
            Err(failure @ Failure::Database(_)) => return Err(failure),
        }
    }
    Ok(operations)
}

/// Takes, or takes over, one that runs.
pub(super) fn take(
    conn: &Connection,
    worker: &str,
    kinds: &[OperationKind],
    now: Timestamp,
    lease: Duration,
) -> Result<Option<Operation>, Failure> {
    let until = now.checked_add(lease).unwrap_or(Timestamp::MAX);
    let kinds = super::kinds(kinds).join("\",\"");
    let kinds = format!("[\"{kinds}\"]");
    loop {
        let values = named_params! { ":worker": worker, ":now": micros(now), ":kinds": kinds };
        let free: Option<i64> = conn
            .prepare_cached(FREE)?
            .query_row(values, |row| row.get(0))
            .optional()?;
        let Some(id) = free else {
            return Ok(None);
        };
        conn.prepare_cached(HOLD)?
            .execute(params![id, worker, micros(until)])?;
        let sql = format!("{COLUMNS} WHERE id = ?1");
        let mut statement = conn.prepare_cached(&sql)?;
        let mut rows = statement.query([id])?;
        match rows.next()?.map(read).transpose() {
            Err(Failure::Corrupt { problem, .. }) => {
                tracing::error!(operation.row = id, problem, "an operation is given up");
                conn.prepare_cached(GIVE_UP)?.execute([id, micros(now)])?;
            }
            taken => return taken,
        }
    }
}

/// Ends what has not ended.
pub(super) fn end(
    conn: &Connection,
    id: &OperationId,
    state: OperationState,
    failure: &str,
    by: Option<&Stopped>,
    at: Timestamp,
) -> Result<bool, Failure> {
    let ended = conn.prepare_cached(END)?.execute(params![
        id.as_str(),
        state.name(),
        failure,
        micros(at),
        by.map(|by| OfficerId::expose(&by.operator)),
        by.and_then(|by| by.system.as_ref()).map(ClientName::as_str),
    ])?;
    Ok(ended == 1)
}

fn read(row: &Row<'_>) -> Result<Operation, Failure> {
    let text = |column| row.get::<_, String>(column);
    let id = |text: &str| {
        OperationId::parse(text).ok_or_else(|| NO_TASK.corrupt("the id of an operation"))
    };
    let per_minute: u32 = NO_TASK.count(row.get(3)?)?;
    let reconciliation: Option<String> = row.get(7)?;
    let ended_at: Option<i64> = row.get(13)?;
    let held_until: Option<i64> = row.get(17)?;
    Ok(Operation {
        started: NewOperation {
            id: id(&text(0)?)?,
            kind: OperationKind::from_name(&text(1)?)
                .ok_or_else(|| NO_TASK.corrupt("the kind of an operation"))?,
            per_minute: NonZeroU32::new(per_minute)
                .ok_or_else(|| NO_TASK.corrupt("the rate of an operation"))?,
            operator: officer(&text(4)?)?,
            system: row
                .get::<_, Option<String>>(15)?
                .map(|name| system(&name))
                .transpose()?,
            reason: Text::parse(&text(5)?)
                .map_err(|_| NO_TASK.corrupt("the reason of an operation"))?,
            started_at: NO_TASK.moment(row.get(6)?)?,
            reconciliation: reconciliation.as_deref().map(id).transpose()?,
            profile: row.get(8)?,
        },
        state: OperationState::from_name(&text(2)?)
            .ok_or_else(|| NO_TASK.corrupt("the state of an operation"))?,
        total: NO_TASK.count(row.get(9)?)?,
        succeeded: NO_TASK.count(row.get(10)?)?,
        failed: NO_TASK.count(row.get(11)?)?,
        skipped: NO_TASK.count(row.get(12)?)?,
        ended_at: ended_at.map(|at| NO_TASK.moment(at)).transpose()?,
        failure: row.get(14)?,
        held_by: row.get::<_, Option<String>>(16)?.unwrap_or_default(),
        held_until: held_until.map(|at| NO_TASK.moment(at)).transpose()?,
        touched_at: NO_TASK.moment(row.get(18)?)?,
        stopped_by: stopped_by(row)?,
        expired: row.get::<_, i64>(21)? > 0,
    })
}

fn stopped_by(row: &Row<'_>) -> Result<Option<Stopped>, Failure> {
    let (by, through): (Option<String>, Option<String>) = (row.get(19)?, row.get(20)?);
    by.map(|by| {
        Ok(Stopped {
            operator: officer(&by)?,
            system: through.map(|name| system(&name)).transpose()?,
        })
    })
    .transpose()
}

fn officer(id: &str) -> Result<OfficerId, Failure> {
    OfficerId::parse(id).ok_or_else(|| NO_TASK.corrupt("the operator of an operation"))
}

fn system(name: &str) -> Result<ClientName, Failure> {
    NO_TASK.client(name)
}
