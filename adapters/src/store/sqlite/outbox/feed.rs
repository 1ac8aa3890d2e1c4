//! Events for whoever follows them.
//!
//! One thread gives numbers and commits in the same order, so whoever stands behind a number
//! has seen everything up to it.

use async_trait::async_trait;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::observations::{EventFeed, Fingerprint, FollowedEvent, Heard};
use lienthong_core::ports::outbox::OutboxError;
use rusqlite::{Connection, OptionalExtension, Row};

use super::SqliteOutbox;
use super::column::{Failure, TaskRow};
use crate::store::body;
use crate::store::observations::fingerprint;

// Behind a number, by the primary key.
pub(super) const BEHIND: &str = "
    SELECT e.id, e.revision, e.occurred_at, d.code, e.body
      FROM event e
      JOIN dossier d ON d.id = e.dossier
     WHERE e.id > ?1
     ORDER BY e.id
     LIMIT ?2";

const NEWEST: &str = "SELECT coalesce(max(id), 0) FROM event";

// Never given twice for two events, wherever the store was put back.
const STANDS: &str = "SELECT client, event_id, accepted_at FROM event WHERE id = ?1";

/// Most bytes of bodies in one answer; one event more goes along whatever its size.
const MOST_BYTES: usize = 16 * 1024 * 1024;

#[async_trait]
impl EventFeed for SqliteOutbox {
    async fn events_after(
        &self,
        position: u64,
        most: u32,
    ) -> Result<Heard<FollowedEvent>, OutboxError> {
        self.lists
            .call(move |conn| behind(conn, position, most))
            .await
    }

    async fn newest_position(&self) -> Result<u64, OutboxError> {
        self.lists.call(newest).await
    }

    async fn fingerprint(&self, position: u64) -> Result<Option<Fingerprint>, OutboxError> {
        self.lists.call(move |conn| stands(conn, position)).await
    }
}

fn newest(conn: &Connection) -> Result<u64, Failure> {
    let newest: i64 = conn
        .prepare_cached(NEWEST)?
        .query_row([], |row| row.get(0))?;
    TaskRow(newest).id()
}

fn stands(conn: &Connection, position: u64) -> Result<Option<Fingerprint>, Failure> {
    let id = i64::try_from(position).unwrap_or(i64::MAX);
    let row = conn.prepare_cached(STANDS)?.query_row([id], |row| {
        let (client, event): (String, String) = (row.get(0)?, row.get(1)?);
        let accepted_at: i64 = row.get(2)?;
        Ok(fingerprint(&[
            client.as_bytes(),
            event.as_bytes(),
            &accepted_at.to_be_bytes(),
        ]))
    });
    Ok(row.optional()?)
}

fn behind(conn: &Connection, position: u64, most: u32) -> Result<Heard<FollowedEvent>, Failure> {
    let mut heard = Heard {
        told: Vec::new(),
        reached: position,
        unreadable: 0,
        fingerprint: None,
    };
    let after = i64::try_from(position).unwrap_or(i64::MAX);
    let mut statement = conn.prepare_cached(BEHIND)?;
    let mut rows = statement.query([after, i64::from(most)])?;
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        let task = TaskRow(row.get(0)?);
        heard.reached = task.id()?;
        bytes += row.get_ref(4)?.as_blob().map_or(0, <[u8]>::len);
        match event(task, row) {
            Ok((event, is_whole)) => {
                heard.told.push(event);
                heard.unreadable += u64::from(!is_whole);
            }
            // Nobody would get past it otherwise.
            Err(Failure::Corrupt { .. }) => {
                tracing::warn!(task.id = task.0, "an event that cannot be read is not told");
                heard.unreadable += 1;
            }
            Err(failure) => return Err(failure),
        }
        if bytes > MOST_BYTES {
            break;
        }
    }
    if heard.reached > position {
        heard.fingerprint = stands(conn, heard.reached)?;
    }
    Ok(heard)
}

/// An event, and whether its body can be read where there is one.
fn event(task: TaskRow, row: &Row<'_>) -> Result<(FollowedEvent, bool), Failure> {
    let code: String = row.get(3)?;
    let dossier = DossierNumber::parse(&code);
    let stored = row.get_ref(4)?.as_blob().unwrap_or_default();
    let body = body::read(stored).ok();
    // Retention leaves no byte of it.
    let is_whole = body.is_some() || stored.is_empty();
    let event = FollowedEvent {
        position: task.id()?,
        revision: task.count(row.get(1)?)?,
        occurred_at: task.moment(row.get(2)?)?,
        dossier: dossier.map_err(|_| task.corrupt("its dossier does not parse"))?,
        body,
    };
    Ok((event, is_whole))
}
