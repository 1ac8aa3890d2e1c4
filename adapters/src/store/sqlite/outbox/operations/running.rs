//! Operations as a whole: begun, taken by a worker, ended.

use std::num::NonZeroU32;
use std::time::Duration;

use jiff::Timestamp;
use lienthong_core::access::OfficerId;
use lienthong_core::ports::operations::{
    LONGEST_CHOICE, NewOperation, Operation, OperationId, OperationKind, OperationState,
};
use lienthong_core::text::Text;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::store::sqlite::outbox::column::{Failure, TaskRow, micros};

const CREATE: &str = "
    INSERT INTO operation (name, kind, state, per_minute, operator, reason, started_at,
                           reconciliation, profile)
    VALUES (?1, ?2, 'CHOOSING', ?3, ?4, ?5, ?6, ?7, ?8)";

const RUN: &str = "UPDATE operation SET state = 'RUNNING' WHERE name = ?1 AND state = 'CHOOSING'";

const COLUMNS: &str = "
    SELECT name, kind, state, per_minute, operator, reason, started_at, reconciliation,
           profile, total, succeeded, failed, skipped, ended_at, failure
      FROM operation";

// Left behind while it was chosen, by the index on what is open.
const LEFT_BEHIND: &str = "
    UPDATE operation
       SET state = 'FAILED', failure = 'INTERRUPTED', ended_at = ?1
     WHERE ended_at IS NULL AND state = 'CHOOSING' AND started_at <= ?2";

// The worker's own first, then the one that waits longest and is held by nobody.
const FREE: &str = "
    SELECT id
      FROM operation
     WHERE ended_at IS NULL AND state = 'RUNNING'
       AND (worker = ?1 OR worker IS NULL OR lease_until <= ?2)
     ORDER BY ifnull(worker = ?1, 0) DESC, started_at, id
     LIMIT 1";

const HOLD: &str = "UPDATE operation SET worker = ?2, lease_until = ?3 WHERE id = ?1";

const END: &str = "
    UPDATE operation
       SET state = ?2, failure = ?3, ended_at = ?4, ended_by = ?5,
           worker = NULL, lease_until = NULL
     WHERE name = ?1 AND ended_at IS NULL";

/// The row at fault is no task's.
const NO_TASK: TaskRow = TaskRow(0);

/// Starts an operation.
pub(super) fn create(conn: &Connection, operation: &NewOperation) -> Result<(), Failure> {
    conn.prepare_cached(CREATE)?.execute(params![
        operation.id.as_str(),
        kind_name(operation.kind),
        operation.per_minute.get(),
        OfficerId::expose(&operation.operator),
        Text::as_str(&operation.reason),
        micros(operation.started_at),
        operation.reconciliation.as_ref().map(OperationId::as_str),
        operation.profile,
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
    let mut rows = statement.query(params![kind_name(kind), most])?;
    let mut newest = Vec::new();
    while let Some(row) = rows.next()? {
        newest.push(read(row)?);
    }
    Ok(newest)
}

/// Takes, or takes over, one that runs.
pub(super) fn take(
    conn: &Connection,
    worker: &str,
    now: Timestamp,
    lease: Duration,
) -> Result<Option<Operation>, Failure> {
    let left = now.checked_sub(LONGEST_CHOICE).unwrap_or(Timestamp::MIN);
    conn.prepare_cached(LEFT_BEHIND)?
        .execute([micros(now), micros(left)])?;
    let free: Option<i64> = conn
        .prepare_cached(FREE)?
        .query_row(params![worker, micros(now)], |row| row.get(0))
        .optional()?;
    let Some(id) = free else {
        return Ok(None);
    };
    let until = now.checked_add(lease).unwrap_or(Timestamp::MAX);
    conn.prepare_cached(HOLD)?
        .execute(params![id, worker, micros(until)])?;
    let sql = format!("{COLUMNS} WHERE id = ?1");
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query([id])?;
    rows.next()?.map(read).transpose()
}

/// Ends what has not ended.
pub(super) fn end(
    conn: &Connection,
    id: &OperationId,
    state: OperationState,
    failure: &str,
    by: Option<&OfficerId>,
    at: Timestamp,
) -> Result<bool, Failure> {
    let ended = conn.prepare_cached(END)?.execute(params![
        id.as_str(),
        state_name(state),
        failure,
        micros(at),
        by.map(OfficerId::expose),
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
    Ok(Operation {
        started: NewOperation {
            id: id(&text(0)?)?,
            kind: kind(&text(1)?)?,
            per_minute: NonZeroU32::new(per_minute)
                .ok_or_else(|| NO_TASK.corrupt("the rate of an operation"))?,
            operator: OfficerId::parse(&text(4)?)
                .ok_or_else(|| NO_TASK.corrupt("the operator of an operation"))?,
            reason: Text::parse(&text(5)?)
                .map_err(|_| NO_TASK.corrupt("the reason of an operation"))?,
            started_at: NO_TASK.moment(row.get(6)?)?,
            reconciliation: reconciliation.as_deref().map(id).transpose()?,
            profile: row.get(8)?,
        },
        state: state(&text(2)?)?,
        total: NO_TASK.count(row.get(9)?)?,
        succeeded: NO_TASK.count(row.get(10)?)?,
        failed: NO_TASK.count(row.get(11)?)?,
        skipped: NO_TASK.count(row.get(12)?)?,
        ended_at: ended_at.map(|at| NO_TASK.moment(at)).transpose()?,
        failure: row.get(14)?,
    })
}

fn kind_name(kind: OperationKind) -> &'static str {
    match kind {
        OperationKind::Retry => "RETRY",
        OperationKind::Reconciliation => "RECONCILIATION",
        OperationKind::Repair => "REPAIR",
    }
}

fn kind(name: &str) -> Result<OperationKind, Failure> {
    match name {
        "RETRY" => Ok(OperationKind::Retry),
        "RECONCILIATION" => Ok(OperationKind::Reconciliation),
        "REPAIR" => Ok(OperationKind::Repair),
        _ => Err(NO_TASK.corrupt("the kind of an operation")),
    }
}

fn state_name(state: OperationState) -> &'static str {
    match state {
        OperationState::Choosing => "CHOOSING",
        OperationState::Running => "RUNNING",
        OperationState::Finished => "FINISHED",
        OperationState::Cancelled => "CANCELLED",
        OperationState::Failed => "FAILED",
    }
}

fn state(name: &str) -> Result<OperationState, Failure> {
    match name {
        "CHOOSING" => Ok(OperationState::Choosing),
        "RUNNING" => Ok(OperationState::Running),
        "FINISHED" => Ok(OperationState::Finished),
        "CANCELLED" => Ok(OperationState::Cancelled),
        "FAILED" => Ok(OperationState::Failed),
        _ => Err(NO_TASK.corrupt("the state of an operation")),
    }
}
