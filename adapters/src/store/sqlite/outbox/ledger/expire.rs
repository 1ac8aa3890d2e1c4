//! Removing what is personal when its time is over.
//!
//! What a reader would get wrong: rows stay. A repeated event is still known by its hash,
//! and the timeline, the counts and the order of revisions are what they were.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::store::sqlite::outbox::column::{Failure, micros};

// Dossiers whose time is over, the oldest first, by their partial index. The statuses are
// those that end a dossier (portal.md 8).
pub(in crate::store::sqlite::outbox) const FINISHED: &str = "
    SELECT d.id
      FROM dossier d
     WHERE d.unsent_at IS NULL AND d.newest_status IN (3, 7, 8, 10) AND d.holds_bodies = 1
       AND d.touched_at < ?1
     ORDER BY d.touched_at
     LIMIT ?2";

// Dossiers that did not come to their end and are left alone: nobody touched them, they did
// not fail lately either, and the gateway does nothing with them by itself. Whatever began
// later was touched later, so the index on the beginning holds few that are not meant.
pub(in crate::store::sqlite::outbox) const UNFINISHED: &str = "
    SELECT d.id
      FROM dossier d
     WHERE d.holds_bodies = 1 AND d.recorded_at < ?1 AND d.touched_at < ?1
       AND ifnull(d.head_failed_at, 0) < ?1
       AND (d.head_state IN ('REFUSED', 'DEAD')
            OR (d.head_state = 'ACCEPTED' AND d.newest_status NOT IN (3, 7, 8, 10)))
     ORDER BY d.recorded_at
     LIMIT ?2";

const EMPTY_BODIES: &str = "UPDATE event SET body = x'' WHERE dossier = ?1 AND length(body) > 0";

// What the portal said may repeat what it was sent.
const EMPTY_TEXTS: &str = "
    UPDATE attempt SET upstream_text = ''
     WHERE event IN (SELECT e.id FROM event e WHERE e.dossier = ?1) AND upstream_text <> ''";

// Mã cán bộ names a person, and a reason is free text.
const EMPTY_RELEASES: &str = "
    UPDATE release SET operator = '', reason = ''
     WHERE event IN (SELECT e.id FROM event e WHERE e.dossier = ?1)";

const EMPTIED: &str = "UPDATE dossier SET holds_bodies = 0 WHERE id = ?1";

/// Empties at most `most` finished dossiers last touched before `before`. How many.
pub(super) fn finished(conn: &Connection, before: Timestamp, most: u32) -> Result<u32, Failure> {
    empty(conn, FINISHED, before, most)
}

/// Empties at most `most` unfinished dossiers last touched before `before`. How many.
pub(super) fn unfinished(conn: &Connection, before: Timestamp, most: u32) -> Result<u32, Failure> {
    empty(conn, UNFINISHED, before, most)
}

fn empty(conn: &Connection, which: &str, before: Timestamp, most: u32) -> Result<u32, Failure> {
    let mut over = conn.prepare_cached(which)?;
    let dossiers: Vec<i64> = over
        .query_map(params![micros(before), most], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for dossier in &dossiers {
        for sql in [EMPTY_BODIES, EMPTY_TEXTS, EMPTY_RELEASES, EMPTIED] {
            conn.prepare_cached(sql)?.execute([dossier])?;
        }
    }
    Ok(u32::try_from(dossiers.len()).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use lienthong_core::portal_status::PortalStatus;

    use super::{FINISHED, UNFINISHED};

    #[test]
    fn the_statuses_are_those_that_end_a_dossier() {
        let codes = PortalStatus::ALL.into_iter().filter(|it| it.is_final());
        let codes: Vec<String> = codes.map(|it| it.code().to_string()).collect();
        let list = format!("IN ({})", codes.join(", "));
        assert!(FINISHED.contains(&list), "{list}");
        assert!(UNFINISHED.contains(&format!("NOT {list}")), "{list}");
        assert!(include_str!("../0002_sync.sql").contains(&list), "{list}");
    }
}
