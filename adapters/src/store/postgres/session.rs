//! One transaction on one connection.
//!
//! Statements that are awaited together travel together. A connection whose transaction was
//! not ended properly is closed and not given back: nobody may find half a transaction on
//! it.

use std::sync::{Mutex, PoisonError};

use deadpool_postgres::Object;
use lienthong_core::dossier_number::DossierNumber;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::failure::Failure;
use super::tally::{self, Tally};

/// Values of a statement.
pub(super) type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Every statement sees what was committed before it.
    Write,
    /// All statements see one moment.
    Read,
    /// As [`Purpose::Read`], for questions with conditions of which no index knows the
    /// answer in its order: the planner may choose.
    Browse,
}

impl Purpose {
    fn begin(self) -> &'static str {
        match self {
            Self::Write => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
            Self::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            Self::Browse => {
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
                 SET LOCAL enable_sort = on; SET LOCAL enable_bitmapscan = on"
            }
        }
    }
}

#[derive(Default)]
struct Written {
    tally: Tally,
    changed: Vec<DossierNumber>,
}

/// A transaction.
pub(super) struct Session {
    /// `None` once it is given back or closed.
    connection: Option<Object>,
    written: Mutex<Written>,
}

impl Session {
    /// A session on `connection`; [`Session::begin`] comes first.
    pub(super) fn new(connection: Object) -> Self {
        Self {
            connection: Some(connection),
            written: Mutex::default(),
        }
    }

    fn connection(&self) -> Result<&Object, Failure> {
        self.connection.as_ref().ok_or(Failure::Stopped)
    }

    /// Begins. May be awaited together with the first statements.
    pub(super) async fn begin(&self, purpose: Purpose) -> Result<(), Failure> {
        let connection = self.connection()?;
        Ok(connection.batch_execute(purpose.begin()).await?)
    }

    /// Prepares statements that this connection does not know yet. What is awaited together
    /// runs in its order only when all of it is prepared: a statement that has to be
    /// prepared first comes behind the others, even behind the commit.
    pub(super) async fn prepare(&self, statements: &[&str]) -> Result<(), Failure> {
        let connection = self.connection()?;
        for sql in statements {
            connection.prepare_cached(sql).await?;
        }
        Ok(())
    }

    /// Runs a statement that is prepared once on each connection; its rows.
    pub(super) async fn query(&self, sql: &str, values: Values<'_>) -> Result<Vec<Row>, Failure> {
        let connection = self.connection()?;
        let statement = connection.prepare_cached(sql).await?;
        Ok(connection.query(&statement, values).await?)
    }

    /// The only row of a statement, if there is one.
    pub(super) async fn row(&self, sql: &str, values: Values<'_>) -> Result<Option<Row>, Failure> {
        let connection = self.connection()?;
        let statement = connection.prepare_cached(sql).await?;
        Ok(connection.query_opt(&statement, values).await?)
    }

    /// Runs a statement; how many rows it changed.
    pub(super) async fn execute(&self, sql: &str, values: Values<'_>) -> Result<u64, Failure> {
        let connection = self.connection()?;
        let statement = connection.prepare_cached(sql).await?;
        Ok(connection.execute(&statement, values).await?)
    }

    /// Notes what the transaction changes in the counts.
    pub(super) fn count(&self, note: impl FnOnce(&mut Tally)) {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        note(&mut written.tally);
    }

    /// Notes that the transaction changes a dossier.
    pub(super) fn changed(&self, dossier: DossierNumber) {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.changed.push(dossier);
    }

    /// Writes the counts, commits, and gives the connection back. The dossiers changed.
    pub(super) async fn commit(mut self) -> Result<Vec<DossierNumber>, Failure> {
        let Written { tally, changed } = std::mem::take(
            self.written
                .get_mut()
                .unwrap_or_else(PoisonError::into_inner),
        );
        if !tally.is_empty() {
            self.prepare(&[tally::ADD]).await?;
        }
        let connection = self.connection()?;
        let (counted, committed) = tokio::join!(biased;
            self.add(&tally),
            connection.batch_execute("COMMIT"),
        );
        match counted {
            Ok(()) => {}
            // The commit was on its way when the connection was lost.
            Err(Failure::Database(error)) if error.code().is_none() => {
                return Err(Failure::Unsure(error));
            }
            Err(failure) if failure.spoils_the_connection() => return Err(failure),
            // The commit of a transaction that failed has ended it without effect.
            Err(failure) => {
                drop(self.connection.take());
                return Err(failure);
            }
        }
        committed.map_err(Failure::Unsure)?;
        drop(self.connection.take());
        Ok(changed)
    }

    async fn add(&self, tally: &Tally) -> Result<(), Failure> {
        if tally.is_empty() {
            return Ok(());
        }
        let [
            pending,
            sending,
            accepted,
            unknown,
            waiting,
            refused,
            dead,
            blocked,
        ] = tally.moved();
        let (failed_at, cause) = tally.failure();
        let values: Values<'_> = &[
            pending,
            sending,
            accepted,
            unknown,
            waiting,
            refused,
            dead,
            blocked,
            &tally.success(),
            &failed_at,
            &cause,
        ];
        self.execute(tally::ADD, values).await.map(drop)
    }

    /// Takes everything back after `failure`, and gives the connection back where it is
    /// still of use.
    pub(super) async fn roll_back(mut self, failure: &Failure) {
        if failure.spoils_the_connection() {
            return;
        }
        let Ok(connection) = self.connection() else {
            return;
        };
        if connection.batch_execute("ROLLBACK").await.is_ok() {
            drop(self.connection.take());
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            drop(Object::take(connection));
        }
    }
}
