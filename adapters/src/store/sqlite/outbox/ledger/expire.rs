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

const EMPTY_BODIES: &str = "UPDATE event SET body = x'' WHERE dossier = ?1 AND length(body) > 0";

// What the portal said may repeat what it was sent.
const EMPTY_TEXTS: &str = "
    UPDATE attempt SET upstream_text = ''
     WHERE event IN (SELECT e.id FROM event e WHERE e.dossier = ?1) AND upstream_text <> ''";

const EMPTIED: &str = "UPDATE dossier SET holds_bodies = 0 WHERE id = ?1";

/// Empties at most `most` dossiers last touched before `before`. How many.
pub(super) fn expire(conn: &Connection, before: Timestamp, most: u32) -> Result<u32, Failure> {
    let mut finished = conn.prepare_cached(FINISHED)?;
    let dossiers: Vec<i64> = finished
        .query_map(params![micros(before), most], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for dossier in &dossiers {
        for sql in [EMPTY_BODIES, EMPTY_TEXTS, EMPTIED] {
            conn.prepare_cached(sql)?.execute([dossier])?;
        }
    }
    Ok(u32::try_from(dossiers.len()).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use lienthong_core::portal_status::PortalStatus;

    use super::FINISHED;

    #[test]
    fn the_statuses_are_those_that_end_a_dossier() {
        let codes = PortalStatus::ALL.into_iter().filter(|it| it.is_final());
        let codes: Vec<String> = codes.map(|it| it.code().to_string()).collect();
        let list = format!("IN ({})", codes.join(", "));
        assert!(FINISHED.contains(&list), "{list}");
        assert!(include_str!("../0002_sync.sql").contains(&list), "{list}");
    }
}
