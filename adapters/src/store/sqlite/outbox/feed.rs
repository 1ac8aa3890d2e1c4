//! Events for whoever follows them.
//!
//! One thread gives numbers and commits in the same order, so whoever stands behind a number
//! has seen everything up to it.

use async_trait::async_trait;
use jiff::Timestamp;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::observations::{EventFeed, FollowedEvent};
use lienthong_core::ports::outbox::OutboxError;
use rusqlite::{Connection, Row};

use super::SqliteOutbox;
use super::column::{Failure, TaskRow};
use crate::store::body;

// Behind a number, by the primary key.
pub(super) const BEHIND: &str = "
    SELECT e.id, e.revision, e.occurred_at, d.code, e.body
      FROM event e
      JOIN dossier d ON d.id = e.dossier
     WHERE e.id > ?1
     ORDER BY e.id
     LIMIT ?2";

const NEWEST: &str = "SELECT coalesce(max(id), 0) FROM event";

/// Most bytes of bodies in one answer; one event more goes along whatever its size.
const MOST_BYTES: usize = 16 * 1024 * 1024;

#[async_trait]
impl EventFeed for SqliteOutbox {
    async fn events_after(
        &self,
        position: u64,
        most: u32,
    ) -> Result<Vec<FollowedEvent>, OutboxError> {
        self.lists
            .call(move |conn| behind(conn, position, most))
            .await
    }

    async fn newest_position(&self) -> Result<u64, OutboxError> {
        self.lists.call(newest).await
    }
}

fn newest(conn: &Connection) -> Result<u64, Failure> {
    let newest: i64 = conn
        .prepare_cached(NEWEST)?
        .query_row([], |row| row.get(0))?;
    TaskRow(newest).id()
}

fn behind(conn: &Connection, position: u64, most: u32) -> Result<Vec<FollowedEvent>, Failure> {
    let mut position = i64::try_from(position).unwrap_or(i64::MAX);
    let mut statement = conn.prepare_cached(BEHIND)?;
    // Again where there were only rows of which the dossier cannot be told: nobody would get
    // past them otherwise.
    loop {
        let mut events = Vec::new();
        let mut bytes = 0;
        let last = position;
        let mut rows = statement.query([position, i64::from(most)])?;
        while let Some(row) = rows.next()? {
            position = row.get(0)?;
            bytes += row.get_ref(4)?.as_blob().map_or(0, <[u8]>::len);
            events.extend(event(row)?);
            if bytes > MOST_BYTES {
                break;
            }
        }
        if !events.is_empty() || position == last {
            return Ok(events);
        }
    }
}

fn event(row: &Row<'_>) -> Result<Option<FollowedEvent>, Failure> {
    let task = TaskRow(row.get(0)?);
    let code: String = row.get(3)?;
    let Ok(dossier) = DossierNumber::parse(&code) else {
        tracing::warn!(
            task.id = task.0,
            "an event of an unreadable dossier is not told"
        );
        return Ok(None);
    };
    let occurred_at: i64 = row.get(2)?;
    Ok(Some(FollowedEvent {
        position: task.id()?,
        revision: task.count(row.get(1)?)?,
        occurred_at: Timestamp::from_microsecond(occurred_at)
            .map_err(|_| task.corrupt("a moment is outside the calendar"))?,
        dossier,
        body: row
            .get_ref(4)?
            .as_blob()
            .ok()
            .and_then(|body| body::read(body).ok()),
    }))
}
