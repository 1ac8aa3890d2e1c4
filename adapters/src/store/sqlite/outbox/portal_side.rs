//! What was known of the portal's side at a moment.

use async_trait::async_trait;
use jiff::Timestamp;
use lienthong_core::ports::outbox::OutboxError;
use lienthong_core::ports::portal_history::{Compared, PortalHistory, PortalSide};
use lienthong_core::sync::outage::{Outage, Outages};
use rusqlite::{Connection, OptionalExtension, params};

use super::SqliteOutbox;
use super::column::{Failure, TaskRow, micros};

// The last of those of the gateway itself, or of those that an operator asked for. Few rows:
// one for each reconciliation. None of days of which what was mended is not known.
const COMPARED: &str = "
    SELECT ended_at, found_by_fields > 0
      FROM operation
     WHERE kind = 'RECONCILIATION' AND state = 'FINISHED' AND ended_at <= ?1
       AND found_equal + found_different + found_missing > 0
       AND (system IS NULL) = ?2
       AND NOT EXISTS (SELECT 1 FROM mismatch_begin WHERE at > ?1)
     ORDER BY ended_at DESC, id DESC
     LIMIT 1";

const DIFFERING: &str = "
    SELECT dossier, min(since)
      FROM mismatch
     WHERE since <= ?1 AND (mended_at IS NULL OR mended_at > ?1)
     GROUP BY dossier";

const OUTAGES: &str = "
    SELECT began, min(until, ?1) FROM portal_outage WHERE began <= ?1 ORDER BY began";

const KEEP_OUTAGE: &str = "
    INSERT INTO portal_outage (began, until) VALUES (?1, ?2)
    ON CONFLICT (began) DO UPDATE SET until = max(until, excluded.until)";

const FORGET_MENDED: &str = "
    DELETE FROM mismatch
     WHERE id IN (SELECT id FROM mismatch
                   WHERE mended_at IS NOT NULL AND mended_at < ?1
                   ORDER BY mended_at
                   LIMIT ?2)";

const FORGET_OUTAGES: &str = "
    DELETE FROM portal_outage
     WHERE began IN (SELECT began FROM portal_outage
                      WHERE until < ?1
                      ORDER BY began
                      LIMIT ?2)";

/// The row at fault is no task's.
const NO_TASK: TaskRow = TaskRow(0);

#[async_trait]
impl PortalHistory for SqliteOutbox {
    async fn side(&self, as_of: Timestamp) -> Result<PortalSide, OutboxError> {
        self.lists.call(move |conn| side(conn, as_of)).await
    }

    async fn keep_outage(&self, outage: Outage) -> Result<(), OutboxError> {
        let work = move |conn: &Connection| keep_outage(conn, outage);
        self.engine.writer().call(work).await
    }

    async fn forget_side(&self, before: Timestamp, most: u32) -> Result<u32, OutboxError> {
        let work = move |conn: &Connection| forget(conn, before, most);
        self.engine.writer().call(work).await
    }
}

fn side(conn: &Connection, as_of: Timestamp) -> Result<PortalSide, Failure> {
    let mut side = PortalSide {
        own: compared(conn, as_of, true)?,
        asked: compared(conn, as_of, false)?,
        ..PortalSide::default()
    };
    let mut statement = conn.prepare_cached(DIFFERING)?;
    let mut rows = statement.query([micros(as_of)])?;
    while let Some(row) = rows.next()? {
        let dossier: String = row.get(0)?;
        let since = NO_TASK.moment(row.get(1)?)?;
        side.differing.insert(NO_TASK.dossier(&dossier)?, since);
    }
    side.outages = outages(conn, as_of)?;
    Ok(side)
}

fn compared(conn: &Connection, as_of: Timestamp, own: bool) -> Result<Option<Compared>, Failure> {
    let found: Option<(i64, bool)> = conn
        .prepare_cached(COMPARED)?
        .query_row(params![micros(as_of), own], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    found
        .map(|(at, by_fields)| {
            let at = NO_TASK.moment(at)?;
            Ok(Compared { at, by_fields })
        })
        .transpose()
}

fn outages(conn: &Connection, as_of: Timestamp) -> Result<Outages, Failure> {
    let mut statement = conn.prepare_cached(OUTAGES)?;
    let mut rows = statement.query([micros(as_of)])?;
    let mut outages = Vec::new();
    while let Some(row) = rows.next()? {
        let (began, until) = (NO_TASK.moment(row.get(0)?)?, NO_TASK.moment(row.get(1)?)?);
        outages.extend(Outage::new(began, until));
    }
    Ok(outages.into_iter().collect())
}

fn keep_outage(conn: &Connection, outage: Outage) -> Result<(), Failure> {
    let moments = params![micros(outage.from()), micros(outage.until())];
    conn.prepare_cached(KEEP_OUTAGE)?.execute(moments)?;
    Ok(())
}

fn forget(conn: &Connection, before: Timestamp, most: u32) -> Result<u32, Failure> {
    let mut removed = 0;
    for sql in [FORGET_MENDED, FORGET_OUTAGES] {
        let values = params![micros(before), most];
        removed += conn.prepare_cached(sql)?.execute(values)?;
    }
    Ok(u32::try_from(removed).unwrap_or(u32::MAX))
}
