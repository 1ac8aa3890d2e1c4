//! The conformance suite of the register on PostgreSQL.

use std::sync::Arc;

use async_trait::async_trait;

use super::Fresh;
use crate::store::conformance::register::{Ground, Store, register_conformance};

#[async_trait]
impl Ground for Fresh {
    async fn open(&self) -> Arc<dyn Store> {
        Arc::new(self.outbox().await)
    }

    async fn run(&self, sql: &str) -> bool {
        self.second().await.batch_execute(sql).await.is_ok()
    }
}

register_conformance!([ignore = "needs LIENTHONG_TEST_POSTGRES"] Fresh::new());
