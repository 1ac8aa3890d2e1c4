//! What a reconciliation found.

use jiff::Timestamp;
use lienthong_core::ports::operations::{FoundCounts, ItemResult, KeptDifference, OperationId};
use lienthong_core::ports::outbox::Settled;
use lienthong_core::sync::reconcile::{Difference, Finding};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{items, mismatch};
use crate::store::difference::{self, FoundAs};
use crate::store::sqlite::outbox::column::{Failure, TaskRow, micros};

const ITEM: &str = "
    SELECT i.dossier, o.differences
      FROM operation o
      JOIN item i ON i.operation = o.id AND i.number = ?2
     WHERE o.id = ?1";

// The reconciliation that had the latest answer about the dossier.
const BEFORE: &str = "
    SELECT operation
      FROM item
     WHERE dossier = ?1 AND found IN ('EQUAL', 'DIFFERENT', 'MISSING') AND operation <> ?2
     ORDER BY ended_at DESC, operation DESC
     LIMIT 1";

const KNOWN_SINCE: &str = "
    SELECT min(known_since)
      FROM difference
     WHERE operation = ?1 AND dossier = ?2 AND aspect = ?3";

const KEEP: &str = "
    INSERT INTO difference (operation, number, dossier, aspect, body, found_at, known_since)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

const FOUND: &str = "UPDATE item SET found = ?3 WHERE operation = ?1 AND number = ?2";

const COUNT: &str = "
    UPDATE operation
       SET found_equal = found_equal + (?2 = 'EQUAL'),
           found_different = found_different + (?2 = 'DIFFERENT'),
           found_missing = found_missing + (?2 = 'MISSING'),
           found_unanswered = found_unanswered + (?2 = 'UNANSWERED'),
           found_by_fields = found_by_fields + ?3,
           differences = ?4
     WHERE id = ?1";

const COUNTS: &str = "
    SELECT found_equal, found_different, found_missing, found_unanswered, found_by_fields
      FROM operation
     WHERE name = ?1";

const DIFFERENCES: &str = "
    SELECT d.number, d.dossier, d.body, d.found_at, d.known_since
      FROM operation o
      JOIN difference d ON d.operation = o.id
     WHERE o.name = ?1 AND d.number > ?2
     ORDER BY d.number
     LIMIT ?3";

/// The row at fault is no task's.
pub(super) const NO_TASK: TaskRow = TaskRow(0);

/// Keeps what was found of an item that has no result yet.
pub(super) fn found(
    conn: &Connection,
    id: &OperationId,
    worker: &str,
    number: u64,
    finding: &Finding,
    at: Timestamp,
) -> Result<Settled, Failure> {
    let Some(operation) = items::held(conn, id, worker)? else {
        return Ok(Settled::LeaseLost);
    };
    let (result, by_fields, differences): (_, _, &[Difference]) = match finding {
        Finding::Unanswered(cause) => (ItemResult::Failed(*cause), false, &[]),
        Finding::Answered {
            by_fields,
            differences,
        } => (ItemResult::Succeeded, *by_fields, differences),
    };
    if !items::end_one(conn, operation, number, result, at)? {
        return Ok(Settled::Recorded);
    }
    let (dossier, mut last): (String, i64) = conn
        .prepare_cached(ITEM)?
        .query_row([operation, items::column(number)], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let before: Option<i64> = conn
        .prepare_cached(BEFORE)?
        .query_row(params![dossier, operation], |row| row.get(0))
        .optional()?;
    let mut aspects = Vec::with_capacity(differences.len());
    for difference in differences {
        let written = difference::write(difference)
            .map_err(|_| NO_TASK.corrupt("a difference cannot be written"))?;
        let known_since: Option<i64> = match before {
            None => None,
            Some(before) => conn
                .prepare_cached(KNOWN_SINCE)?
                .query_row(params![before, dossier, written.aspect], |row| row.get(0))?,
        };
        last += 1;
        conn.prepare_cached(KEEP)?.execute(params![
            operation,
            last,
            dossier,
            written.aspect,
            written.body,
            micros(at),
            known_since.unwrap_or(micros(at)),
        ])?;
        aspects.push(written.aspect);
    }
    match finding {
        Finding::Answered { .. } => mismatch::answered(conn, &dossier, &aspects, by_fields, at)?,
        Finding::Unanswered(_) => {}
    }
    let counted = FoundAs::of(finding).name();
    conn.prepare_cached(FOUND)?
        .execute(params![operation, items::column(number), counted])?;
    conn.prepare_cached(COUNT)?
        .execute(params![operation, counted, by_fields, last])?;
    Ok(Settled::Recorded)
}

/// Counts of a reconciliation; none at all for one that there is not.
pub(super) fn counts(conn: &Connection, id: &OperationId) -> Result<FoundCounts, Failure> {
    let mut statement = conn.prepare_cached(COUNTS)?;
    let mut rows = statement.query([id.as_str()])?;
    let Some(row) = rows.next()? else {
        return Ok(FoundCounts::default());
    };
    Ok(FoundCounts {
        equal: NO_TASK.count(row.get(0)?)?,
        different: NO_TASK.count(row.get(1)?)?,
        missing: NO_TASK.count(row.get(2)?)?,
        unanswered: NO_TASK.count(row.get(3)?)?,
        by_fields: NO_TASK.count(row.get(4)?)?,
    })
}

/// Differences behind a number.
pub(super) fn differences(
    conn: &Connection,
    id: &OperationId,
    after: u64,
    most: u32,
) -> Result<Vec<KeptDifference>, Failure> {
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let mut statement = conn.prepare_cached(DIFFERENCES)?;
    let mut rows = statement.query(params![id.as_str(), after, most])?;
    let mut differences = Vec::new();
    while let Some(row) = rows.next()? {
        differences.push(kept(row)?);
    }
    Ok(differences)
}

fn kept(row: &Row<'_>) -> Result<KeptDifference, Failure> {
    let (dossier, body): (String, String) = (row.get(1)?, row.get(2)?);
    Ok(KeptDifference {
        number: NO_TASK.count(row.get(0)?)?,
        dossier: NO_TASK.dossier(&dossier)?,
        difference: difference::read(&body).map_err(|problem| NO_TASK.corrupt(problem))?,
        found_at: NO_TASK.moment(row.get(3)?)?,
        known_since: NO_TASK.moment(row.get(4)?)?,
    })
}
