//! Events for whoever follows them.
//!
//! What a reader would get wrong: numbers are drawn in one order and committed in another, so
//! that an event may appear behind a follower's back. Nothing is told beyond the highest
//! number below which every number belongs to a transaction that has ended.

mod horizon;

use async_trait::async_trait;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::observations::{EventFeed, Fingerprint, FollowedEvent, Heard};
use lienthong_core::ports::outbox::OutboxError;

use super::PostgresOutbox;
use super::column::{STORE, TaskRow};
use super::failure::Failure;
use super::link::Command;
use super::session::{Purpose, Session};
use crate::store::body;
use crate::store::observations::fingerprint;
pub(super) use horizon::Horizon;

// Behind a number and up to another, by the index; no more bytes than allowed, but at least
// one event.
const BEHIND: &str = "
    SELECT b.sequence, b.revision, b.occurred_at, d.code, b.body
      FROM (SELECT e.*,
                   sum(coalesce(length(e.body), 0)) OVER (ORDER BY e.sequence)
                   - coalesce(length(e.body), 0) AS bytes_before
              FROM (SELECT sequence, dossier, revision, occurred_at, body
                      FROM event
                     WHERE sequence > $1 AND sequence <= $2
                     ORDER BY sequence
                     LIMIT $3) AS e) AS b
      JOIN dossier d ON d.id = b.dossier
     WHERE b.bytes_before <= $4";

const NEWEST: &str = "SELECT coalesce(max(sequence), 0) FROM event";

// Never given twice for two events, wherever the database was put back.
const STANDS: &str = "SELECT client, event_id, accepted_at FROM event WHERE sequence = $1";

/// Most bytes of bodies in one answer; one event more goes along whatever its size.
const MOST_BYTES: i64 = 16 * 1024 * 1024;

#[async_trait]
impl EventFeed for PostgresOutbox {
    async fn events_after(
        &self,
        position: u64,
        most: u32,
    ) -> Result<Heard<FollowedEvent>, OutboxError> {
        let mut heard = Heard {
            told: Vec::new(),
            reached: position,
            unreadable: 0,
            fingerprint: None,
        };
        let position = i64::try_from(position).unwrap_or(i64::MAX);
        let until = self.horizon.settled(&self.link, position).await?;
        if until <= position {
            return Ok(heard);
        }
        let behind = Behind {
            position,
            until,
            most,
        };
        let rows = self.link.answer(behind).await?;
        let Some(last) = rows.last() else {
            return Ok(heard);
        };
        let last = last.sequence;
        // On a thread of its own: others wait for this one.
        let reading = tokio::task::spawn_blocking(move || {
            let (mut told, mut unreadable) = (Vec::with_capacity(rows.len()), 0);
            for row in rows {
                let event = row.event();
                let is_whole = event.as_ref().is_some_and(|(_, is_whole)| *is_whole);
                unreadable += u64::from(!is_whole);
                told.extend(event.map(|(event, _)| event));
            }
            (told, unreadable)
        });
        (heard.told, heard.unreadable) = reading.await.map_err(|_| Failure::Stopped)?;
        heard.reached = TaskRow(last).id()?;
        heard.fingerprint = self.fingerprint(heard.reached).await?;
        Ok(heard)
    }

    async fn newest_position(&self) -> Result<u64, OutboxError> {
        self.link.answer(ReadNewest).await
    }

    async fn fingerprint(&self, position: u64) -> Result<Option<Fingerprint>, OutboxError> {
        let position = i64::try_from(position).unwrap_or(i64::MAX);
        self.link.answer(ReadFingerprint(position)).await
    }
}

struct ReadNewest;

impl Command for ReadNewest {
    type Answer = u64;

    const PURPOSE: Purpose = Purpose::Read;

    async fn run(&self, session: &Session) -> Result<u64, Failure> {
        let row = session.row(NEWEST, &[]).await?;
        let row = row.ok_or_else(|| STORE.corrupt("there is no newest event"))?;
        STORE.count(row.try_get(0)?)
    }
}

struct ReadFingerprint(i64);

impl Command for ReadFingerprint {
    type Answer = Option<Fingerprint>;

    const PURPOSE: Purpose = Purpose::Read;

    async fn run(&self, session: &Session) -> Result<Option<Fingerprint>, Failure> {
        let Some(row) = session.row(STANDS, &[&self.0]).await? else {
            return Ok(None);
        };
        let (client, event): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let accepted_at: i64 = row.try_get(2)?;
        Ok(Some(fingerprint(&[
            client.as_bytes(),
            event.as_bytes(),
            &accepted_at.to_be_bytes(),
        ])))
    }
}

struct Behind {
    position: i64,
    until: i64,
    most: u32,
}

struct FeedRow {
    sequence: i64,
    revision: i64,
    occurred_at: i64,
    code: String,
    body: Option<Vec<u8>>,
}

impl Command for Behind {
    type Answer = Vec<FeedRow>;

    const PURPOSE: Purpose = Purpose::Read;

    async fn run(&self, session: &Session) -> Result<Vec<FeedRow>, Failure> {
        let most = i64::from(self.most);
        let values: [&(dyn tokio_postgres::types::ToSql + Sync); 4] =
            [&self.position, &self.until, &most, &MOST_BYTES];
        let rows = session.query(BEHIND, &values).await?;
        let rows = rows.iter().map(|row| {
            Ok(FeedRow {
                sequence: row.try_get(0)?,
                revision: row.try_get(1)?,
                occurred_at: row.try_get(2)?,
                code: row.try_get(3)?,
                body: row.try_get(4)?,
            })
        });
        let mut rows = rows.collect::<Result<Vec<_>, Failure>>()?;
        rows.sort_unstable_by_key(|row| row.sequence);
        Ok(rows)
    }
}

impl FeedRow {
    /// The event, and whether its body can be read where there is one.
    fn event(self) -> Option<(FollowedEvent, bool)> {
        let task = TaskRow(self.sequence);
        let dossier = DossierNumber::parse(&self.code).ok();
        let numbers = (task.id().ok(), task.count(self.revision).ok());
        let occurred_at = task.moment(self.occurred_at).ok();
        let (Some(dossier), (Some(position), Some(revision)), Some(occurred_at)) =
            (dossier, numbers, occurred_at)
        else {
            tracing::warn!(
                event = self.sequence,
                "an event that cannot be read is not told"
            );
            return None;
        };
        let was_kept = self.body.is_some();
        let body = self.body.and_then(|body| body::read(&body).ok());
        let is_whole = body.is_some() || !was_kept;
        let event = FollowedEvent {
            position,
            revision,
            occurred_at,
            dossier,
            body,
        };
        Some((event, is_whole))
    }
}
