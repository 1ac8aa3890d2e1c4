//! Removing what is personal when its time is over.
//!
//! What a reader would get wrong: rows stay. A repeated event is still known by its hash,
//! and the timeline, the counts and the order of revisions are what they were.

use jiff::Timestamp;

use crate::store::postgres::column::micros;
use crate::store::postgres::failure::Failure;
use crate::store::postgres::link::Command;
use crate::store::postgres::session::{Purpose, Session, Values};

// Dossiers whose time is over, the oldest first, by their partial index; one that somebody
// holds has its turn later. The statuses are those that end a dossier (portal.md 8).
const MARK: &str = "
    WITH finished AS (
        SELECT id
          FROM dossier
         WHERE state = 'ACCEPTED' AND NOT expired AND status IN (3, 7, 8, 10)
           AND touched_at < $1
         ORDER BY touched_at
         LIMIT $2
           FOR NO KEY UPDATE SKIP LOCKED)
    UPDATE dossier d SET expired = TRUE FROM finished f WHERE d.id = f.id
    RETURNING d.id";

// Dossiers that did not come to their end and are left alone: nobody touched them, they did
// not fail lately either, and the gateway does nothing with them by itself. By their partial
// index, whose condition is said as there.
const UNFINISHED: &str = "
    WITH unfinished AS (
        SELECT id
          FROM dossier
         WHERE NOT expired
           AND (state IN ('REFUSED', 'DEAD') OR (state = 'ACCEPTED' AND status NOT IN (3, 7, 8, 10)))
           AND touched_at < $1 AND coalesce(failed_at, 0) < $1
         ORDER BY touched_at
         LIMIT $2
           FOR NO KEY UPDATE SKIP LOCKED)
    UPDATE dossier d SET expired = TRUE, upstream_text = '' FROM unfinished u WHERE d.id = u.id
    RETURNING d.id";

const EMPTY_BODIES: &str = "
    UPDATE event SET body = NULL WHERE dossier = ANY ($1) AND body IS NOT NULL";

// What the portal said may repeat what it was sent.
const EMPTY_TEXTS: &str = "
    UPDATE attempt SET upstream_text = '' WHERE dossier = ANY ($1) AND upstream_text <> ''";

// Mã cán bộ names a person, and a reason is free text.
const EMPTY_RELEASES: &str = "
    UPDATE release SET operator = '', reason = '' WHERE dossier = ANY ($1)";

/// Which dossiers are emptied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// Those that came to their end.
    Finished,
    /// Those that did not and are left alone.
    Unfinished,
}

/// Empties dossiers whose time is over.
pub(super) struct Expire {
    pub(super) which: Ended,
    pub(super) before: Timestamp,
    pub(super) most: u32,
}

impl Command for Expire {
    type Answer = u32;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<u32, Failure> {
        let most = i64::from(self.most);
        let mark = match self.which {
            Ended::Finished => MARK,
            Ended::Unfinished => UNFINISHED,
        };
        let rows = session.query(mark, &[&micros(self.before), &most]).await?;
        let ids = rows
            .iter()
            .map(|row| Ok(row.try_get(0)?))
            .collect::<Result<Vec<i64>, Failure>>()?;
        if ids.is_empty() {
            return Ok(0);
        }
        let values: Values<'_> = &[&ids];
        let (bodies, texts, releases) = tokio::join!(biased;
            session.execute(EMPTY_BODIES, values),
            session.execute(EMPTY_TEXTS, values),
            session.execute(EMPTY_RELEASES, values),
        );
        bodies?;
        texts?;
        releases?;
        Ok(u32::try_from(ids.len()).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use lienthong_core::portal_status::PortalStatus;

    use super::{MARK, UNFINISHED};

    #[test]
    fn the_statuses_are_those_that_end_a_dossier() {
        let codes = PortalStatus::ALL.into_iter().filter(|it| it.is_final());
        let codes: Vec<String> = codes.map(|it| it.code().to_string()).collect();
        let list = format!("IN ({})", codes.join(", "));
        assert!(MARK.contains(&list), "{list}");
        assert!(UNFINISHED.contains(&format!("NOT {list}")), "{list}");
        assert!(include_str!("../0002_upkeep.sql").contains(&list), "{list}");
        assert!(include_str!("../0001_outbox.sql").contains(&list), "{list}");
    }
}
