//! The items of an operation.

use jiff::Timestamp;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::operations::{Item, ItemResult, ItemsWanted, OperationId};
use lienthong_core::ports::outbox::Settled;
use lienthong_core::sync::cause::Cause;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

use super::mismatch;
use crate::store::sqlite::outbox::column::{Failure, TaskRow, micros};

const CHOOSING: &str = "
    SELECT id, total FROM operation WHERE name = ?1 AND state = 'CHOOSING'";

const ADD: &str = "
    INSERT INTO item (operation, number, dossier) VALUES (?1, ?2, ?3)
    ON CONFLICT (operation, dossier) DO NOTHING";

const TOTAL: &str =
    "UPDATE operation SET total = ?2, touched_at = max(touched_at, ?3) WHERE id = ?1";

// The operation, as long as this worker holds it.
const HELD: &str = "SELECT id FROM operation WHERE name = ?1 AND worker = ?2";

const COLUMNS: &str = "
    SELECT i.number, i.dossier, i.revision, i.result, i.cause, i.ended_at
      FROM operation o
      JOIN item i ON i.operation = o.id
     WHERE o.name = ? AND ";

const BEGIN: &str = "
    UPDATE item
       SET begun = 1, revision = ifnull(?3, revision)
     WHERE operation = ?1 AND number = ?2";

const END: &str = "
    UPDATE item
       SET result = ?3, cause = ?4, ended_at = ?5
     WHERE operation = ?1 AND number = ?2 AND result IS NULL";

const COUNT: &str = "
    UPDATE operation
       SET succeeded = succeeded + (?2 = 'SUCCEEDED'),
           failed = failed + (?2 = 'FAILED'),
           skipped = skipped + (?2 = 'SKIPPED')
     WHERE id = ?1";

/// The row at fault is no task's.
const NO_TASK: TaskRow = TaskRow(0);

/// Adds dossiers to what is being chosen.
pub(super) fn add(
    conn: &Connection,
    id: &OperationId,
    dossiers: &[DossierNumber],
    at: Timestamp,
) -> Result<(), Failure> {
    let choosing: Option<(i64, i64)> = conn
        .prepare_cached(CHOOSING)?
        .query_row([id.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((operation, mut total)) = choosing else {
        return Ok(());
    };
    for dossier in dossiers {
        let added =
            conn.prepare_cached(ADD)?
                .execute(params![operation, total + 1, dossier.as_str()])?;
        total += i64::try_from(added).unwrap_or(0);
    }
    conn.prepare_cached(TOTAL)?
        .execute([operation, total, micros(at)])?;
    Ok(())
}

/// Reads items by number.
pub(super) fn read(
    conn: &Connection,
    id: &OperationId,
    wanted: ItemsWanted,
    most: u32,
) -> Result<Vec<Item>, Failure> {
    let (condition, after) = match wanted {
        ItemsWanted::All { after } => ("i.number > ?", Some(after)),
        ItemsWanted::Untouched => ("i.result IS NULL AND i.begun = 0", None),
        ItemsWanted::UnderWay => ("i.result IS NULL AND i.begun = 1", None),
    };
    let sql = format!("{COLUMNS}{condition} ORDER BY i.number LIMIT ?");
    let mut values = vec![Value::from(id.as_str().to_owned())];
    values.extend(after.map(|after| Value::from(i64::try_from(after).unwrap_or(i64::MAX))));
    values.push(i64::from(most).into());
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(item(row)?);
    }
    Ok(items)
}

/// The operation, as long as `worker` holds it.
pub(super) fn held(
    conn: &Connection,
    id: &OperationId,
    worker: &str,
) -> Result<Option<i64>, Failure> {
    let held = conn
        .prepare_cached(HELD)?
        .query_row([id.as_str(), worker], |row| row.get(0))
        .optional()?;
    Ok(held)
}

/// An item is begun.
pub(super) fn begin(
    conn: &Connection,
    id: &OperationId,
    worker: &str,
    number: u64,
    revision: Option<u64>,
) -> Result<Settled, Failure> {
    let Some(operation) = held(conn, id, worker)? else {
        return Ok(Settled::LeaseLost);
    };
    let revision = revision.and_then(|revision| i64::try_from(revision).ok());
    conn.prepare_cached(BEGIN)?
        .execute(params![operation, column(number), revision])?;
    Ok(Settled::Recorded)
}

/// An item has its result.
pub(super) fn end(
    conn: &Connection,
    id: &OperationId,
    worker: &str,
    number: u64,
    result: ItemResult,
    at: Timestamp,
) -> Result<Settled, Failure> {
    let Some(operation) = held(conn, id, worker)? else {
        return Ok(Settled::LeaseLost);
    };
    if end_one(conn, operation, number, result, at)? && result == ItemResult::Succeeded {
        mismatch::repaired(conn, operation, column(number), at)?;
    }
    Ok(Settled::Recorded)
}

/// Gives an item of an operation that is held its result. Whether it had none before.
pub(super) fn end_one(
    conn: &Connection,
    operation: i64,
    number: u64,
    result: ItemResult,
    at: Timestamp,
) -> Result<bool, Failure> {
    let ended = conn.prepare_cached(END)?.execute(params![
        operation,
        column(number),
        result.name(),
        result.cause().map(Cause::name),
        micros(at)
    ])?;
    if ended == 0 {
        return Ok(false);
    }
    conn.prepare_cached(COUNT)?
        .execute(params![operation, result.name()])?;
    Ok(true)
}

/// A number as it stands in a column; one that no column can hold was never given.
pub(super) fn column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(-1)
}

fn item(row: &Row<'_>) -> Result<Item, Failure> {
    let dossier: String = row.get(1)?;
    let revision: Option<i64> = row.get(2)?;
    let result: Option<String> = row.get(3)?;
    let cause: Option<String> = row.get(4)?;
    let ended_at: Option<i64> = row.get(5)?;
    let cause = cause.map(|name| NO_TASK.cause(&name)).transpose()?;
    let result = result
        .map(|name| {
            ItemResult::from_name(&name, cause)
                .ok_or_else(|| NO_TASK.corrupt("the result of an item"))
        })
        .transpose()?;
    Ok(Item {
        number: NO_TASK.count(row.get(0)?)?,
        dossier: NO_TASK.dossier(&dossier)?,
        revision: revision.map(|it| NO_TASK.count(it)).transpose()?,
        result,
        ended_at: ended_at.map(|at| NO_TASK.moment(at)).transpose()?,
    })
}
