//! Events for whoever follows them.
//!
//! What a reader would get wrong: numbers are drawn in one order and committed in another, so
//! that an event may appear behind a follower's back. Nothing is told beyond the highest
//! number below which every number belongs to a transaction that has ended.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::observations::{EventFeed, FollowedEvent};
use lienthong_core::ports::outbox::OutboxError;

use super::PostgresOutbox;
use super::column::{STORE, TaskRow};
use super::failure::Failure;
use super::link::Command;
use super::session::{Purpose, Session};
use crate::store::body;

// The last number that was drawn. It is read as it is now, whatever the snapshot.
const DRAWN: &str = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM event_sequence_seq";

// Every transaction with a number below the first has ended; none has one as high as the
// second.
const UNDER_WAY: &str = "
    SELECT pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint
      FROM pg_current_snapshot() AS s";

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

/// Most bytes of bodies in one answer; one event more goes along whatever its size.
const MOST_BYTES: i64 = 16 * 1024 * 1024;

/// How often it is waited for the transactions that are under way; they take milliseconds.
const LOOKS: u32 = 8;

const BETWEEN_LOOKS: Duration = Duration::from_millis(2);

/// What is known of transactions that drew numbers.
#[derive(Debug, Default)]
pub(super) struct Horizon(Mutex<Marks>);

#[derive(Debug, Default)]
struct Marks {
    /// Everything up to this number has ended.
    settled: i64,
    /// A number that had been drawn, and the transaction before which everybody had begun who
    /// drew one up to it; both rise.
    waiting: VecDeque<(i64, i64)>,
}

/// One look at the server.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    drawn: i64,
    /// Every transaction below this has ended.
    ended_below: i64,
    /// No transaction as high as this has begun.
    begun_below: i64,
}

impl Horizon {
    /// Takes a look in; up to which number everything has ended, and whether that is all that
    /// had been drawn.
    fn learn(&self, look: Look) -> (i64, bool) {
        let mut marks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A transaction has its number before it draws: it locks or adds the dossier first.
        let is_new = marks
            .waiting
            .back()
            .is_none_or(|(drawn, _)| *drawn < look.drawn);
        if is_new && marks.settled < look.drawn {
            marks.waiting.push_back((look.drawn, look.begun_below));
        }
        while let Some(&(drawn, begun_below)) = marks.waiting.front() {
            if begun_below > look.ended_below {
                break;
            }
            marks.settled = marks.settled.max(drawn);
            marks.waiting.pop_front();
        }
        (marks.settled, marks.settled >= look.drawn)
    }
}

#[async_trait]
impl EventFeed for PostgresOutbox {
    async fn events_after(
        &self,
        position: u64,
        most: u32,
    ) -> Result<Vec<FollowedEvent>, OutboxError> {
        let mut position = i64::try_from(position).unwrap_or(i64::MAX);
        let until = self.settled(position).await?;
        // Again where there were only rows of which the dossier cannot be told: nobody would
        // get past them otherwise.
        while position < until {
            let behind = Behind {
                position,
                until,
                most,
            };
            let rows = self.link.answer(behind).await?;
            let Some(last) = rows.last() else { break };
            position = last.sequence;
            // On a thread of its own: others wait for this one.
            let events = tokio::task::spawn_blocking(move || {
                rows.into_iter()
                    .filter_map(FeedRow::event)
                    .collect::<Vec<_>>()
            });
            let events = events.await.map_err(|_| Failure::Stopped)?;
            if !events.is_empty() {
                return Ok(events);
            }
        }
        Ok(Vec::new())
    }

    async fn newest_position(&self) -> Result<u64, OutboxError> {
        self.link.answer(ReadNewest).await
    }
}

impl PostgresOutbox {
    /// Up to which number everything has ended. Somebody who has written for long without an
    /// end, in whatever database of the server, holds it up.
    async fn settled(&self, position: i64) -> Result<i64, OutboxError> {
        let mut looks = 1;
        loop {
            let look = self.link.answer(ReadLook).await?;
            let (settled, is_all) = self.horizon.learn(look);
            if is_all || settled > position || looks >= LOOKS {
                return Ok(settled);
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
            looks += 1;
        }
    }
}

struct ReadLook;

impl Command for ReadLook {
    type Answer = Look;

    // Each statement has a snapshot of its own, and the second must be the later one.
    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<Look, Failure> {
        let drawn = session.row(DRAWN, &[]).await?;
        let drawn = drawn.ok_or_else(|| STORE.corrupt("no numbers are drawn"))?;
        let drawn: i64 = drawn.try_get(0)?;
        let under_way = session.row(UNDER_WAY, &[]).await?;
        let under_way = under_way.ok_or_else(|| STORE.corrupt("there is no snapshot"))?;
        Ok(Look {
            drawn,
            ended_below: under_way.try_get(0)?,
            begun_below: under_way.try_get(1)?,
        })
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
    fn event(self) -> Option<FollowedEvent> {
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
        Some(FollowedEvent {
            position,
            revision,
            occurred_at,
            dossier,
            body: self.body.and_then(|body| body::read(&body).ok()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Horizon, Look};

    fn look(drawn: i64, ended_below: i64, begun_below: i64) -> Look {
        Look {
            drawn,
            ended_below,
            begun_below,
        }
    }

    #[test]
    fn with_nobody_under_way_everything_that_was_drawn_has_ended() {
        let horizon = Horizon::default();
        assert_eq!(horizon.learn(look(0, 70, 70)), (0, true));
        assert_eq!(horizon.learn(look(12, 75, 75)), (12, true));
    }

    #[test]
    fn nothing_is_told_beyond_somebody_who_may_still_commit() {
        let horizon = Horizon::default();
        // Transaction 70 is under way and may have drawn 12 or anything below.
        assert_eq!(horizon.learn(look(12, 70, 75)), (0, false));
        assert_eq!(horizon.learn(look(20, 70, 90)), (0, false));
        // 70 has ended, 80 has not: it may have drawn 13, but not 12.
        assert_eq!(horizon.learn(look(31, 80, 99)), (12, false));
        assert_eq!(horizon.learn(look(31, 99, 99)), (31, true));
        assert_eq!(
            horizon.learn(look(31, 70, 75)),
            (31, true),
            "it never falls"
        );
    }
}
