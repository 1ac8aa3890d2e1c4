//! The conformance suites on PostgreSQL, and what only a shared server promises.
//!
//! They need a server that may be filled with schemas; `tests/run` starts one and names it in
//! `LIENTHONG_TEST_POSTGRES`.

mod away;
mod shared;

use std::sync::Arc;

use async_trait::async_trait;
use lienthong_core::ports::outbox::Outbox;
use secrecy::SecretString;
use tokio_postgres::{Client, NoTls};

use super::{PostgresOutbox, PostgresSettings};
use crate::store::conformance;

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
}

conformance::outbox::conformance!([ignore = "needs LIENTHONG_TEST_POSTGRES"] Fresh::new());

#[async_trait]
impl conformance::ledger::Ground for Fresh {
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
