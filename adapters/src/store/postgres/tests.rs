//! The conformance suites on PostgreSQL, and what only a shared server promises.
//!
//! They need a server that may be filled with schemas; `tests/run` starts one and names it in
//! `LIENTHONG_TEST_POSTGRES`.

mod away;
mod observations;
mod register;
mod shared;
mod tls;
mod upkeep;

use std::sync::Arc;

use async_trait::async_trait;
use lienthong_core::ports::outbox::Outbox;
use secrecy::SecretString;
use tokio_postgres::{Client, NoTls};

use super::{PostgresOutbox, PostgresSettings};
use crate::store::conformance;
use crate::store::conformance::outbox::Broken;
use crate::store::samples::number;

/// Where the server is.
#[expect(
    clippy::disallowed_methods,
    reason = "tests/run tells by the environment where the server is"
)]
fn server() -> String {
    std::env::var("LIENTHONG_TEST_POSTGRES").expect("LIENTHONG_TEST_POSTGRES names a server")
}

/// A schema of its own, gone with the test.
struct Fresh {
    schema: String,
}

impl Fresh {
    fn new() -> Self {
        Self {
            schema: format!("test_{:016x}", rand::random::<u64>()),
        }
    }

    fn settings(&self) -> PostgresSettings {
        let mut settings = PostgresSettings::new(SecretString::from(server()));
        settings.schema.clone_from(&self.schema);
        settings
    }

    async fn outbox(&self) -> PostgresOutbox {
        PostgresOutbox::open(self.settings()).await.unwrap()
    }

    /// A second connection, as another program would have it.
    async fn second(&self) -> Client {
        let client = connect().await;
        let path = format!("SET search_path = {}", self.schema);
        client.batch_execute(&path).await.unwrap();
        client
    }
}

async fn connect() -> Client {
    let (client, connection) = tokio_postgres::connect(&server(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

impl Drop for Fresh {
    fn drop(&mut self) {
        let drop_it = format!(
            "SET lock_timeout = '5s'; DROP SCHEMA IF EXISTS {} CASCADE",
            self.schema
        );
        // In a thread of its own: a test's runtime cannot be waited on from within.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async { connect().await.batch_execute(&drop_it).await })
        });
        drop(dropping.join());
    }
}

#[async_trait]
impl conformance::outbox::Ground for Fresh {
    async fn open(&self) -> Arc<dyn Outbox> {
        Arc::new(self.outbox().await)
    }

    async fn refuse(&self, event_id: &str, broken: Broken) {
        let code = match broken {
            Broken::Disk => "53100",
            Broken::Row => "22023",
        };
        let sql = format!(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '{code}'; END $$;
             CREATE TRIGGER refused BEFORE INSERT ON event FOR EACH ROW
                 WHEN (NEW.event_id = '{event_id}') EXECUTE FUNCTION refuse()"
        );
        self.second().await.batch_execute(&sql).await.unwrap();
    }

    async fn mend(&self) {
        let sql = "DROP TRIGGER refused ON event; DROP FUNCTION refuse";
        self.second().await.batch_execute(sql).await.unwrap();
    }

    async fn mark_restored(&self, second: i64) {
        let at = conformance::outbox::at(second).as_microsecond();
        let mark = format!("UPDATE restore_mark SET restored_at = {at} WHERE id = 1");
        let marked = self.second().await.execute(&mark, &[]).await.unwrap();
        assert_eq!(marked, 1);
    }

    async fn spoil(&self, index: u32) {
        let spoilt = format!(
            "UPDATE dossier SET code = 'no number' WHERE code = '{}'",
            number(index)
        );
        self.second().await.batch_execute(&spoilt).await.unwrap();
    }

    async fn spoil_content(&self, event_id: &str) {
        let spoilt = format!("UPDATE event SET body = '\\x00' WHERE event_id = '{event_id}'");
        self.second().await.batch_execute(&spoilt).await.unwrap();
    }

    async fn double_attempt(&self, index: u32) {
        let double = format!(
            "INSERT INTO attempt (dossier, revision, number, started_at, ended_at, outcome, worker)
             SELECT id, accepted_revision + 1, attempts + 1, 0, 0, 'ACCEPTED', 'nobody'
               FROM dossier WHERE code = '{}'",
            number(index)
        );
        self.second().await.batch_execute(&double).await.unwrap();
    }

    async fn spoil_operation(&self, name: &str) {
        let spoilt = format!("UPDATE operation SET reason = '' WHERE name = '{name}'");
        self.second().await.batch_execute(&spoilt).await.unwrap();
    }

    async fn operators_kept(&self) -> u64 {
        let kept = "SELECT count(*) FROM release WHERE operator <> '' OR reason <> ''";
        let row = self.second().await.query_one(kept, &[]).await.unwrap();
        u64::try_from(row.get::<_, i64>(0)).unwrap()
    }

    async fn spoil_cause(&self, index: u32) {
        let spoilt = format!(
            "UPDATE dossier SET cause = 'BAD_WEATHER' WHERE code = '{}'",
            number(index)
        );
        self.second().await.batch_execute(&spoilt).await.unwrap();
    }
}

conformance::outbox::conformance!([ignore = "needs LIENTHONG_TEST_POSTGRES"] Fresh::new());

#[async_trait]
impl conformance::ledger::Ground for Fresh {
    fn outbox(&self) -> &dyn conformance::outbox::Ground {
        self
    }

    async fn open_store(&self) -> Arc<dyn conformance::ledger::Store> {
        Arc::new(self.outbox().await)
    }
}

mod ledger {
    use super::Fresh;
    use crate::store::conformance::ledger::ledger_conformance;

    ledger_conformance!([ignore = "needs LIENTHONG_TEST_POSTGRES"] Fresh::new());
}

mod operations {
    use super::Fresh;
    use crate::store::conformance::operations::operations_conformance;

    operations_conformance!([ignore = "needs LIENTHONG_TEST_POSTGRES"] Fresh::new());
}
