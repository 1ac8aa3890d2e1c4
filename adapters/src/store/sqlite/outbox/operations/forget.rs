//! Removing the items and differences of operations whose time is over.
//!
//! What a reader would get wrong: the operation's own row stays, with its counts. Only who
//! started and stopped it, and why, goes with the items.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::store::sqlite::outbox::column::{Failure, micros};

// The longest ended that is not emptied yet, but for the newest reconciliation that
// finished: by it differences are known again. By the partial index on what has ended.
pub(in crate::store::sqlite::outbox) const OVER: &str = "
    SELECT o.id
      FROM operation o
     WHERE o.ended_at < ?1 AND o.expired < 2
       AND o.id IS NOT (SELECT n.id FROM operation n
                         WHERE n.kind = 'RECONCILIATION' AND n.state = 'FINISHED'
                         ORDER BY n.started_at DESC, n.id DESC
                         LIMIT 1)
     ORDER BY o.ended_at
     LIMIT 1";

// From now on it is told as one whose items are gone, also while they are going.
const BEGUN: &str = "
    UPDATE operation
       SET expired = 1, operator = '-', reason = '-',
           ended_by = iif(ended_by IS NULL, NULL, '-')
     WHERE id = ?1 AND expired = 0";

const ITEMS: &str = "
    DELETE FROM item
     WHERE operation = ?1
       AND number IN (SELECT number FROM item WHERE operation = ?1 ORDER BY number LIMIT ?2)";

const DIFFERENCES: &str = "
    DELETE FROM difference
     WHERE operation = ?1
       AND number IN (SELECT number FROM difference
                       WHERE operation = ?1 ORDER BY number LIMIT ?2)";

const GONE: &str = "UPDATE operation SET expired = 2 WHERE id = ?1";

/// Removes at most `most` items and as many differences of what ended before `before`. How
/// many of both.
pub(super) fn forget(conn: &Connection, before: Timestamp, most: u32) -> Result<u32, Failure> {
    let mut removed: u32 = 0;
    while removed < most {
        let over: Option<i64> = conn
            .prepare_cached(OVER)?
            .query_row([micros(before)], |row| row.get(0))
            .optional()?;
        let Some(operation) = over else {
            break;
        };
        conn.prepare_cached(BEGUN)?.execute([operation])?;
        let room = most - removed;
        let items = delete(conn, ITEMS, operation, room)?;
        let differences = delete(conn, DIFFERENCES, operation, room)?;
        if items < room && differences < room {
            conn.prepare_cached(GONE)?.execute([operation])?;
        }
        removed += items + differences;
    }
    Ok(removed)
}

fn delete(conn: &Connection, sql: &str, operation: i64, most: u32) -> Result<u32, Failure> {
    let deleted = conn
        .prepare_cached(sql)?
        .execute(params![operation, most])?;
    Ok(u32::try_from(deleted).unwrap_or(u32::MAX))
}
