//! Commands on the pool: one transaction each, tried again where it lost a race or its
//! connection, within a bounded time.
//!
//! A command runs in a task of its own, so a caller that stops waiting does not leave it
//! half done. Nothing is tried again once its commit was asked for: then nobody knows.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use lienthong_core::ports::outbox::OutboxError;
use tokio::sync::RwLock;
use tokio_postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::changes::Changes;
use super::failure::Failure;
use super::open::{self, PostgresOpenError};
use super::session::{Purpose, Session};
use super::settings::PostgresSettings;

/// How often a command that lost a race begins afresh: more than there are connections
/// that a restart of the server can have broken.
const TRIES: u32 = 20;

/// A pause before a command begins afresh, times the number of its tries.
const PAUSE: Duration = Duration::from_millis(3);

// What begins a transaction travels together with its first statements. Where it alone fails
// (the server was too slow for it), they stand for themselves, and must then change nothing.
// And a receipt promises that the event survives a power cut, whatever this server's own
// setting says: after a change of servers it may be another one.
const MAKE_READY: &str = "
    SET default_transaction_read_only = on;
    SELECT set_config('synchronous_commit', 'on', false)
     WHERE current_setting('synchronous_commit') IN ('off', 'local')";

/// Makes a new connection ready; `several` says that another server may be in charge by now.
async fn make_ready(client: &Client, several: bool) -> Result<(), tokio_postgres::Error> {
    client.batch_execute(MAKE_READY).await?;
    if several && !open::waits_for_a_standby(client).await? {
        tracing::warn!(
            "the database server that is in charge now waits for no standby: one more change of \
             servers would lose events that were acknowledged"
        );
    }
    Ok(())
}

/// Something to do in one transaction. It may be run several times; only the last run
/// counts.
pub(super) trait Command: Send + Sync + 'static {
    /// What comes of it.
    type Answer: Send + 'static;

    /// What it does with the database.
    const PURPOSE: Purpose;

    /// Does it. The transaction is begun before and ended after it.
    fn run(&self, session: &Session) -> impl Future<Output = Result<Self::Answer, Failure>> + Send;
}

/// The pool.
pub(super) struct Link {
    pool: Pool,
    patience: Duration,
    changes: Arc<Changes>,
    /// Read by whatever is under way.
    under_way: Arc<RwLock<()>>,
}

impl Link {
    /// A pool of connections that are opened when they are needed.
    pub(super) fn new(
        settings: &PostgresSettings,
        config: Config,
        tls: MakeRustlsConnect,
        changes: Arc<Changes>,
    ) -> Result<Arc<Self>, PostgresOpenError> {
        let several = open::is_of_several(&config);
        let manager = Manager::from_config(
            config,
            tls,
            ManagerConfig {
                // A broken connection is found by its first statement, which is run again
                // on another; asking each time would cost every command a round trip.
                recycling_method: RecyclingMethod::Fast,
            },
        );
        let pool = Pool::builder(manager)
            .max_size(settings.connections.get())
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(settings.statement_timeout))
            .create_timeout(Some(settings.connect_timeout))
            .post_create(Hook::async_fn(move |connection, _| {
                Box::pin(async move {
                    let ready = make_ready(connection, several).await;
                    ready.map_err(HookError::Backend)
                })
            }))
            .build()
            .map_err(|_| PostgresOpenError::Database {
                reason: "no pool could be made".to_owned(),
            })?;
        Ok(Arc::new(Self {
            pool,
            patience: settings
                .connect_timeout
                .saturating_add(settings.statement_timeout.saturating_mul(2)),
            changes,
            under_way: Arc::default(),
        }))
    }

    /// Does `command` and waits for it.
    pub(super) async fn run<C: Command>(
        self: &Arc<Self>,
        command: C,
    ) -> Result<C::Answer, Failure> {
        let link = Arc::clone(self);
        let task = tokio::spawn(async move {
            let _under_way = link.under_way.read().await;
            tokio::time::timeout(link.patience, link.insist(&command))
                .await
                .unwrap_or(Err(Failure::TimedOut))
        });
        task.await.unwrap_or(Err(Failure::Stopped))
    }

    /// As [`Link::run`], with the error of the port.
    pub(super) async fn answer<C: Command>(
        self: &Arc<Self>,
        command: C,
    ) -> Result<C::Answer, OutboxError> {
        Ok(self.run(command).await?)
    }

    async fn insist<C: Command>(&self, command: &C) -> Result<C::Answer, Failure> {
        let mut tries = 1;
        loop {
            match self.attempt(command).await {
                Err(failure) if failure.may_be_tried_again() && tries < TRIES => {
                    tracing::debug!(tries, "a command of the outbox begins afresh");
                    tokio::time::sleep(PAUSE * tries).await;
                    tries += 1;
                }
                ended => return ended,
            }
        }
    }

    async fn attempt<C: Command>(&self, command: &C) -> Result<C::Answer, Failure> {
        let connection = self.pool.get().await.map_err(Failure::NoConnection)?;
        let session = Session::new(connection);
        // Sent together: what comes first is not waited for.
        let (begun, done) = tokio::join!(biased;
            session.begin(C::PURPOSE),
            command.run(&session),
        );
        match begun.and(done) {
            Ok(answer) => {
                let changed = session.commit().await?;
                self.changes.tell(changed);
                Ok(answer)
            }
            Err(failure) => {
                session.roll_back(&failure).await;
                Err(failure)
            }
        }
    }

    /// A connection on which no transaction was begun.
    #[cfg(test)]
    pub(super) async fn bare(&self) -> deadpool_postgres::Object {
        self.pool.get().await.unwrap()
    }

    /// Begins nothing more, and waits for what is under way.
    pub(super) async fn close(&self) {
        drop(self.under_way.write().await);
        self.pool.close();
    }
}
