//! Removing the items and differences of operations whose time is over.
//!
//! What a reader would get wrong: the operation's own row stays, with its counts. Only who
//! started and stopped it, and why, goes with the items.

use jiff::Timestamp;

use crate::store::postgres::column::micros;
use crate::store::postgres::failure::Failure;
use crate::store::postgres::link::Command;
use crate::store::postgres::session::{Purpose, Session};

// The longest ended that is not emptied yet, but for the newest reconciliation that
// finished: by it differences are known again. By the partial index on what has ended; one
// that another gateway empties at this moment is passed over.
const OVER: &str = "
    SELECT o.id
      FROM operation o
     WHERE o.ended_at IS NOT NULL AND o.ended_at < $1 AND o.expired < 2
       AND o.id IS DISTINCT FROM (SELECT n.id FROM operation n
                                   WHERE n.kind = 'RECONCILIATION' AND n.state = 'FINISHED'
                                   ORDER BY n.started_at DESC, n.id DESC
                                   LIMIT 1)
     ORDER BY o.ended_at
     LIMIT 1
       FOR NO KEY UPDATE SKIP LOCKED";

// From now on it is told as one whose items are gone, also while they are going.
const BEGUN: &str = "
    UPDATE operation
       SET expired = 1, operator = '-', reason = '-',
           ended_by = CASE WHEN ended_by IS NULL THEN NULL ELSE '-' END
     WHERE id = $1 AND expired = 0";

const ITEMS: &str = "
    DELETE FROM item
     WHERE operation = $1
       AND number IN (SELECT number FROM item WHERE operation = $1 ORDER BY number LIMIT $2)";

const DIFFERENCES: &str = "
    DELETE FROM difference
     WHERE operation = $1
       AND number IN (SELECT number FROM difference
                       WHERE operation = $1 ORDER BY number LIMIT $2)";

const GONE: &str = "UPDATE operation SET expired = 2 WHERE id = $1";

/// Removes at most `most` items and as many differences of what ended before `before`. How
/// many of both.
pub(super) struct Forget {
    pub(super) before: Timestamp,
    pub(super) most: u32,
}

impl Command for Forget {
    type Answer = u32;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<u32, Failure> {
        let most = u64::from(self.most);
        let mut removed = 0;
        while removed < most {
            let Some(row) = session.row(OVER, &[&micros(self.before)]).await? else {
                break;
            };
            let operation: i64 = row.try_get(0)?;
            session.execute(BEGUN, &[&operation]).await?;
            let room = most - removed;
            let limit = i64::try_from(room).unwrap_or(i64::MAX);
            let items = session.execute(ITEMS, &[&operation, &limit]).await?;
            let differences = session.execute(DIFFERENCES, &[&operation, &limit]).await?;
            if items < room && differences < room {
                session.execute(GONE, &[&operation]).await?;
            }
            removed += items + differences;
        }
        Ok(u32::try_from(removed).unwrap_or(u32::MAX))
    }
}
