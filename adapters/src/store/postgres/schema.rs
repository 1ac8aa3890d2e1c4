//! Bringing the schema to the newest version.
//!
//! Forward only, in one transaction, and under a lock of the server: of two gateways that
//! start at once the second finds the work done.
//!
//! What a reader would get wrong: a migration may hold a table for itself alone, for minutes
//! where it is long, and whoever works with the database waits. So an upgrade is told before
//! and after, and is given up where somebody else holds a table: nobody may queue behind a
//! gateway that queues itself.

use std::time::Duration;

use tokio::time::Instant;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Transaction};

use super::open::PostgresOpenError;

/// In the order in which they are applied; the first one makes version 1.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("0001_outbox.sql"),
    include_str!("0002_upkeep.sql"),
    include_str!("0003_observations.sql"),
    include_str!("0004_register.sql"),
    include_str!("0005_portal_side.sql"),
    include_str!("0006_archive.sql"),
    include_str!("0007_sources.sql"),
];

/// Name of what is kept in the schema: tables of something else are left as they are.
const STORE: &str = "lienthong outbox";

/// `LThg` in ASCII; a lock of the whole database, held until the transaction ends.
pub(super) const LOCK: &str = "SELECT pg_advisory_xact_lock(1280600167)";

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

/// Makes `schema` when it is missing and brings it to the newest version. Nobody is waited
/// for longer than `patience`.
pub(super) async fn migrate(
    client: &mut Client,
    schema: &str,
    patience: Duration,
) -> Result<(), PostgresOpenError> {
    let transaction = client.transaction().await?;
    let patience = format!(
        "SET LOCAL lock_timeout = {}; SET LOCAL statement_timeout = 0",
        patience.as_millis()
    );
    transaction.batch_execute(&patience).await?;
    let locked = transaction.batch_execute(LOCK).await;
    locked.map_err(or_held(PostgresOpenError::UpgradeUnderWay))?;
    make(&transaction, schema).await?;
    let version = version(&transaction, schema).await?;
    if version > MIGRATIONS.len() {
        return Err(PostgresOpenError::NewerSchema {
            found: version,
            known: MIGRATIONS.len(),
        });
    }
    if version < MIGRATIONS.len() {
        let begun = Instant::now();
        upgrade(&transaction, version).await?;
        transaction.commit().await?;
        if version > 0 {
            let took = begun.elapsed();
            tracing::warn!(
                ?took,
                "the database has the newest schema; the others go on"
            );
        }
        return Ok(());
    }
    transaction.commit().await?;
    Ok(())
}

/// Makes the schema unless it is there.
async fn make(transaction: &Transaction<'_>, schema: &str) -> Result<(), PostgresOpenError> {
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
    Ok(())
}

/// The version that is there; 0 where nothing is.
async fn version(transaction: &Transaction<'_>, schema: &str) -> Result<usize, PostgresOpenError> {
    let row = transaction.query_one(FOREIGN, &[&schema]).await?;
    let (filled, versioned): (bool, bool) = (row.try_get(0)?, row.try_get(1)?);
    if !row.try_get::<_, bool>(2)? {
        // What stands between us and the server keeps one session's settings from it.
        return Err(PostgresOpenError::Database {
            reason: "connections do not keep their options; a pooler has to pass them on"
                .to_owned(),
        });
    }
    match (filled, versioned) {
        (_, true) => {
            let row = transaction
                .query_opt(
                    "SELECT version FROM schema_version WHERE store = $1",
                    &[&STORE],
                )
                .await?;
            let row = row.ok_or(PostgresOpenError::OtherSchema)?;
            Ok(usize::try_from(row.try_get::<_, i32>(0)?).unwrap_or(usize::MAX))
        }
        (true, false) => Err(PostgresOpenError::OtherSchema),
        (false, false) => {
            transaction.batch_execute(VERSION_TABLE).await?;
            transaction
                .execute("INSERT INTO schema_version VALUES ($1, 0)", &[&STORE])
                .await?;
            Ok(0)
        }
    }
}

/// Applies what is missing, and tells how long each step took.
async fn upgrade(transaction: &Transaction<'_>, version: usize) -> Result<(), PostgresOpenError> {
    if version > 0 {
        tracing::warn!(
            from = version,
            to = MIGRATIONS.len(),
            "the database is brought to a newer schema; every gateway on it waits until that is \
             done"
        );
    }
    for (place, migration) in MIGRATIONS.iter().enumerate().skip(version) {
        let begun = Instant::now();
        let applied = transaction.batch_execute(migration).await;
        applied.map_err(or_held(PostgresOpenError::TablesInUse))?;
        if version > 0 {
            let took = begun.elapsed();
            tracing::warn!(version = place + 1, ?took, "a step of the schema is done");
        }
    }
    let newest = i32::try_from(MIGRATIONS.len()).unwrap_or(i32::MAX);
    transaction
        .execute("UPDATE schema_version SET version = $1", &[&newest])
        .await?;
    Ok(())
}

/// `held` where a lock was not to be had in time, also because the other one waited for this
/// transaction; and what happened elsewhere.
fn or_held(held: PostgresOpenError) -> impl FnOnce(tokio_postgres::Error) -> PostgresOpenError {
    move |error| match error.code() {
        Some(code)
            if [
                SqlState::LOCK_NOT_AVAILABLE,
                SqlState::T_R_DEADLOCK_DETECTED,
            ]
            .contains(code) =>
        {
            held
        }
        Some(_) | None => error.into(),
    }
}
