//! Up to which number every event is told that will ever have one.
//!
//! What a reader would get wrong: what was once settled is not for ever. A server that was put
//! back to an earlier moment draws the same numbers again.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use lienthong_core::ports::outbox::OutboxError;
use tokio::sync::Mutex;

use crate::store::postgres::column::STORE;
use crate::store::postgres::failure::Failure;
use crate::store::postgres::link::{Command, Link};
use crate::store::postgres::session::{Purpose, Session};

// The last number that was drawn. It is read as it is now, whatever the snapshot. And who
// draws: a server that was started anew, or that took another one's place, and a table that was
// played in again count from somewhere else.
const DRAWN: &str = "
    SELECT CASE WHEN is_called THEN last_value ELSE 0 END, tableoid::bigint,
           (extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint
      FROM event_sequence_seq";

// Every transaction with a number below the first has ended; none has one as high as the
// second.
const UNDER_WAY: &str = "
    SELECT pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint
      FROM pg_current_snapshot() AS s";

/// How often it is waited for the transactions that are under way; they take milliseconds.
const LOOKS: u32 = 8;

const BETWEEN_LOOKS: Duration = Duration::from_millis(2);

/// What is known of transactions that drew numbers. Whoever looks holds it, so that no look
/// is overtaken by a later one.
#[derive(Debug, Default)]
pub(in crate::store::postgres) struct Horizon(Mutex<Marks>);

#[derive(Debug, Default)]
struct Marks {
    /// The last look.
    last: Option<Look>,
    /// Everything up to this number has ended.
    settled: i64,
    /// A number that had been drawn, and the transaction before which everybody had begun who
    /// drew one up to it; both rise.
    waiting: VecDeque<(i64, i64)>,
}

/// Whose numbers were looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Drawer {
    /// The sequence, by its number in the database.
    sequence: i64,
    /// When the server was started, in microseconds.
    started_at: i64,
}

/// One look at the server.
#[derive(Debug, Clone, Copy)]
struct Look {
    drawer: Drawer,
    drawn: i64,
    /// Every transaction below this has ended.
    ended_below: i64,
    /// No transaction as high as this has begun.
    begun_below: i64,
}

impl Look {
    /// Whether it follows `earlier` on the same server with the same data. After a recovery
    /// to an earlier moment, or where a standby took over that lacked the end, numbers are
    /// drawn a second time.
    fn goes_on_from(self, earlier: Self) -> bool {
        self.drawer == earlier.drawer
            && self.drawn >= earlier.drawn
            && self.begun_below >= earlier.begun_below
    }
}

impl Marks {
    /// Takes a look in; up to which number everything has ended, and whether that is all that
    /// had been drawn.
    fn learn(&mut self, look: Look) -> (i64, bool) {
        if self.last.is_some_and(|last| !look.goes_on_from(last)) {
            *self = Self::default();
        }
        self.last = Some(look);
        // A transaction has its number before it draws: it locks or adds the dossier first.
        let is_new = self
            .waiting
            .back()
            .is_none_or(|(drawn, _)| *drawn < look.drawn);
        if is_new && self.settled < look.drawn {
            self.waiting.push_back((look.drawn, look.begun_below));
        }
        while let Some(&(drawn, begun_below)) = self.waiting.front() {
            if begun_below > look.ended_below {
                break;
            }
            self.settled = self.settled.max(drawn);
            self.waiting.pop_front();
        }
        (self.settled, self.settled >= look.drawn)
    }
}

impl Horizon {
    /// Up to which number everything has ended, for somebody who stands at `position`.
    /// Somebody who has written for long without an end, in whatever database of the server,
    /// holds it up.
    pub(super) async fn settled(
        &self,
        link: &Arc<Link>,
        position: i64,
    ) -> Result<i64, OutboxError> {
        let mut looks = 1;
        loop {
            let (settled, is_all) = {
                let mut marks = self.0.lock().await;
                let look = link.answer(ReadLook).await?;
                marks.learn(look)
            };
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
        let drawer = Drawer {
            sequence: drawn.try_get(1)?,
            started_at: drawn.try_get(2)?,
        };
        let drawn: i64 = drawn.try_get(0)?;
        let under_way = session.row(UNDER_WAY, &[]).await?;
        let under_way = under_way.ok_or_else(|| STORE.corrupt("there is no snapshot"))?;
        Ok(Look {
            drawer,
            drawn,
            ended_below: under_way.try_get(0)?,
            begun_below: under_way.try_get(1)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Drawer, Look, Marks};

    const DRAWER: Drawer = Drawer {
        sequence: 1,
        started_at: 1,
    };

    fn look(drawn: i64, ended_below: i64, begun_below: i64) -> Look {
        Look {
            drawer: DRAWER,
            drawn,
            ended_below,
            begun_below,
        }
    }

    #[test]
    fn with_nobody_under_way_everything_that_was_drawn_has_ended() {
        let mut marks = Marks::default();
        assert_eq!(marks.learn(look(0, 70, 70)), (0, true));
        assert_eq!(marks.learn(look(12, 75, 75)), (12, true));
    }

    #[test]
    fn nothing_is_told_beyond_somebody_who_may_still_commit() {
        let mut marks = Marks::default();
        // Transaction 70 is under way and may have drawn 12 or anything below.
        assert_eq!(marks.learn(look(12, 70, 75)), (0, false));
        assert_eq!(marks.learn(look(20, 70, 90)), (0, false));
        // 70 has ended, 80 has not: it may have drawn 13, but not 12.
        assert_eq!(marks.learn(look(31, 80, 99)), (12, false));
        assert_eq!(marks.learn(look(31, 99, 99)), (31, true));
        // Somebody new has drawn nothing yet.
        assert_eq!(marks.learn(look(31, 99, 120)), (31, true));
    }

    #[test]
    fn after_a_return_to_an_earlier_moment_numbers_are_waited_for_again() {
        let grown = || {
            let mut marks = Marks::default();
            assert_eq!(marks.learn(look(1_000, 500, 500)), (1_000, true));
            marks
        };
        // Fewer numbers, earlier transactions; somebody is under way with one up to 990 …
        let fewer_numbers = look(990, 700, 710);
        let earlier_transactions = look(1_005, 400, 410);
        // … or both have grown past the old ones before the first look.
        let other_server = Look {
            drawer: Drawer {
                started_at: 2,
                ..DRAWER
            },
            ..look(1_005, 700, 710)
        };
        let other_table = Look {
            drawer: Drawer {
                sequence: 2,
                ..DRAWER
            },
            ..look(1_005, 700, 710)
        };
        for put_back in [
            fewer_numbers,
            earlier_transactions,
            other_server,
            other_table,
        ] {
            let mut marks = grown();
            assert_eq!(marks.learn(put_back), (0, false), "{put_back:?}");
            let ended = Look {
                ended_below: put_back.begun_below,
                ..put_back
            };
            assert_eq!(marks.learn(ended), (put_back.drawn, true), "{put_back:?}");
        }
    }
}
