//! Telling the store that its database was put back to an earlier moment.
//!
//! What a reader would get wrong: the server cannot know it. A database after a
//! point-in-time recovery looks like any other, and what it shows as waiting may have reached
//! the portal long ago.

use jiff::Timestamp;
use tokio_postgres::Transaction;

use super::column::micros;
use super::open::{self, PostgresOpenError};
use super::settings::PostgresSettings;

/// What was marked ([`super::PostgresOutbox::mark_restored`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RestoredMark {
    /// Dossiers that the portal is asked about before anything of them is sent.
    pub questions: u64,
}

// Nobody may claim or record meanwhile.
const LOCK: &str = "LOCK TABLE dossier, event, tally IN EXCLUSIVE MODE";

// The newest moment that the callers' clocks told; they may be ahead of ours.
const MARK: &str = "
    UPDATE restore_mark
       SET restored_at = greatest(restored_at, $1, (SELECT max(last_occurred_at) FROM dossier))
     WHERE id = 1";

// What would be sent next. What was being sent is asked about as it is.
const ASK: &str = "
    UPDATE dossier SET state = 'UNKNOWN', due_at = $1 WHERE state IN ('PENDING', 'WAITING')";

// The counts of it, all on one row: what is true is the sum.
const COUNT: &str = "
    UPDATE tally t
       SET pending = t.pending - s.pending, waiting = t.waiting - s.waiting,
           unknown = t.unknown + s.pending + s.waiting
      FROM (SELECT sum(pending) AS pending, sum(waiting) AS waiting FROM tally) AS s
     WHERE t.shard = 0";

const QUESTIONS: &str = "SELECT count(*) FROM dossier WHERE state IN ('UNKNOWN', 'SENDING')";

/// Marks the database of `settings` as put back at `now`.
pub(super) async fn mark(
    settings: &PostgresSettings,
    now: Timestamp,
) -> Result<RestoredMark, PostgresOpenError> {
    let (config, tls) = open::prepare(settings).await?;
    let (mut client, driven) = open::connect(settings, &config, &tls).await?;
    let marked = marked(&mut client, now).await;
    drop(client);
    drop(driven.await);
    marked
}

async fn marked(
    client: &mut tokio_postgres::Client,
    now: Timestamp,
) -> Result<RestoredMark, PostgresOpenError> {
    let transaction = client.transaction().await?;
    // A backlog of millions takes its time.
    transaction
        .batch_execute("SET LOCAL statement_timeout = 0")
        .await?;
    let mark = all_asked(&transaction, micros(now)).await?;
    transaction.commit().await?;
    Ok(mark)
}

async fn all_asked(
    transaction: &Transaction<'_>,
    now: i64,
) -> Result<RestoredMark, PostgresOpenError> {
    transaction.batch_execute(LOCK).await?;
    transaction.execute(MARK, &[&now]).await?;
    transaction.execute(ASK, &[&now]).await?;
    transaction.execute(COUNT, &[]).await?;
    let row = transaction.query_one(QUESTIONS, &[]).await?;
    let questions: i64 = row.try_get(0)?;
    Ok(RestoredMark {
        questions: u64::try_from(questions).unwrap_or(0),
    })
}
