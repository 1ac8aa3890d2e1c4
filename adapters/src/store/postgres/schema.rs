//! Bringing the schema to the newest version.
//!
//! Forward only, in one transaction, and under a lock of the server: of two gateways that
//! start at once the second finds the work done.

use tokio_postgres::Client;

use super::open::PostgresOpenError;

/// In the order in which they are applied; the first one makes version 1.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("0001_outbox.sql"),
    include_str!("0002_upkeep.sql"),
    include_str!("0003_observations.sql"),
    include_str!("0004_register.sql"),
];

/// Name of what is kept in the schema: tables of something else are left as they are.
const STORE: &str = "lienthong outbox";

/// `LThg` in ASCII; a lock of the whole database, held until the transaction ends.
const LOCK: &str = "SELECT pg_advisory_xact_lock(1280600167)";

// The tables that bear our names but are not ours, if any: a schema that was made for
// something else has no row in schema_version.
const FOREIGN: &str = "
    SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = current_schema()),
           to_regclass('schema_version') IS NOT NULL,
           current_schema() IS NOT DISTINCT FROM $1";

pub(super) const VERSION_TABLE: &str = "
    CREATE TABLE schema_version (
        -- What the schema holds.
        store   TEXT    PRIMARY KEY,
        -- Number of migrations applied.
        version INTEGER NOT NULL
    )";

/// Makes `schema` when it is missing and brings it to the newest version.
pub(super) async fn migrate(client: &mut Client, schema: &str) -> Result<(), PostgresOpenError> {
    let transaction = client.transaction().await?;
    transaction.batch_execute(LOCK).await?;
    // Not "IF NOT EXISTS": that asks for the right to make schemas even where it is there.
    let there = transaction
        .query_one(
            "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1)",
            &[&schema],
        )
        .await?;
    if !there.try_get::<_, bool>(0)? {
        transaction
            .batch_execute(&format!("CREATE SCHEMA {schema}"))
            .await?;
    }
    let row = transaction.query_one(FOREIGN, &[&schema]).await?;
    let (filled, versioned): (bool, bool) = (row.try_get(0)?, row.try_get(1)?);
    if !row.try_get::<_, bool>(2)? {
        // What stands between us and the server keeps one session's settings from it.
        return Err(PostgresOpenError::Database {
            reason: "connections do not keep their options; a pooler has to pass them on"
                .to_owned(),
        });
    }
    let version = match (filled, versioned) {
        (_, true) => {
            let row = transaction
                .query_opt(
                    "SELECT version FROM schema_version WHERE store = $1",
                    &[&STORE],
                )
                .await?;
            let row = row.ok_or(PostgresOpenError::OtherSchema)?;
            usize::try_from(row.try_get::<_, i32>(0)?).unwrap_or(usize::MAX)
        }
        (true, false) => return Err(PostgresOpenError::OtherSchema),
        (false, false) => {
            transaction.batch_execute(VERSION_TABLE).await?;
            transaction
                .execute("INSERT INTO schema_version VALUES ($1, 0)", &[&STORE])
                .await?;
            0
        }
    };
    if version > MIGRATIONS.len() {
        return Err(PostgresOpenError::NewerSchema {
            found: version,
            known: MIGRATIONS.len(),
        });
    }
    for migration in &MIGRATIONS[version..] {
        transaction.batch_execute(migration).await?;
    }
    if version < MIGRATIONS.len() {
        let newest = i32::try_from(MIGRATIONS.len()).unwrap_or(i32::MAX);
        transaction
            .execute("UPDATE schema_version SET version = $1", &[&newest])
            .await?;
    }
    transaction.commit().await?;
    Ok(())
}
