//! Since when dossiers are known to differ at the portal, kept with what was found of them.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::found::NO_TASK;
use crate::store::sqlite::outbox::column::{Failure, micros};

// What the latest answer does not show any more; one that tells only whether a dossier is
// there mends nothing else. A clock that went back makes no time that ends before it began.
const MENDED: &str = "
    UPDATE mismatch
       SET mended_at = max(since, ?2)
     WHERE dossier = ?1 AND mended_at IS NULL
       AND aspect NOT IN (SELECT value FROM json_each(?3))
       AND (?4 OR aspect IN ('missing_there', 'missing_here', 'unexpected_there'))";

// What stands already keeps its moment.
const BEGUN: &str = "
    INSERT INTO mismatch (dossier, aspect, since) VALUES (?1, ?2, ?3)
    ON CONFLICT (dossier, aspect) WHERE mended_at IS NULL DO NOTHING";

// A repair without anything to send again has found the sides equal. What one sent again is
// mended once an answer shows it: it may have sent a part only.
const REPAIRED: &str = "
    UPDATE mismatch
       SET mended_at = max(since, ?3)
     WHERE mended_at IS NULL
       AND dossier = (SELECT i.dossier
                        FROM operation o
                        JOIN item i ON i.operation = o.id
                       WHERE o.id = ?1 AND o.kind = 'REPAIR' AND i.number = ?2
                         AND i.revision IS NULL)";

/// Keeps that these aspects of `dossier` differ at `at`, and no others of those that were
/// looked at: all, or with `by_fields` unset only whether it is there.
pub(super) fn answered(
    conn: &Connection,
    dossier: &str,
    aspects: &[String],
    by_fields: bool,
    at: Timestamp,
) -> Result<(), Failure> {
    let listed = serde_json::to_string(aspects)
        .map_err(|_| NO_TASK.corrupt("a difference cannot be written"))?;
    conn.prepare_cached(MENDED)?
        .execute(params![dossier, micros(at), listed, by_fields])?;
    for aspect in aspects {
        conn.prepare_cached(BEGUN)?
            .execute(params![dossier, aspect, micros(at)])?;
    }
    Ok(())
}

/// Keeps that an item of an operation succeeded: of a repair that had nothing to send again,
/// nothing differs any more.
pub(super) fn repaired(
    conn: &Connection,
    operation: i64,
    number: i64,
    at: Timestamp,
) -> Result<(), Failure> {
    conn.prepare_cached(REPAIRED)?
        .execute(params![operation, number, micros(at)])?;
    Ok(())
}
