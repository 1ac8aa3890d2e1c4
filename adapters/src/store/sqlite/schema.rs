//! The tables and how an older file becomes a newer one.
//!
//! Migrations go forward only. A file written by a newer program is refused,
//! because an older one cannot know what it would break.

use rusqlite::{Connection, TransactionBehavior};

use super::open::OpenError;

/// In order; the schema version of a file is the number of migrations applied.
/// What has been released here is never changed again, only added to.
const MIGRATIONS: [&str; 1] = [include_str!("0001_outbox.sql")];

/// Marks the file as an outbox of this program (`LThg` in ASCII).
const APPLICATION_ID: i64 = 0x4C54_6867;

/// Brings the file to the newest schema, wholly or not at all.
pub(super) fn migrate(conn: &mut Connection) -> Result<(), OpenError> {
    // IMMEDIATE takes the write lock before the version is read, so that two
    // programs that start together do not both migrate.
    let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let application: i64 =
        transaction.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 =
        transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application != APPLICATION_ID && (tables > 0 || found != 0) {
        return Err(OpenError::NotAnOutbox);
    }
    let applied = usize::try_from(found).map_err(|_| OpenError::NotAnOutbox)?;
    let known = MIGRATIONS.len();
    if applied > known {
        return Err(OpenError::NewerSchema {
            found: applied,
            known,
        });
    }
    for migration in &MIGRATIONS[applied..] {
        transaction.execute_batch(migration)?;
    }
    if applied < known {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(
            None,
            "user_version",
            i64::try_from(known).unwrap_or(i64::MAX),
        )?;
    }
    Ok(transaction.commit()?)
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::{MIGRATIONS, migrate};
    use crate::store::OpenError;

    #[test]
    fn an_empty_file_gets_the_newest_schema_and_a_second_run_changes_nothing() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate(&mut conn).unwrap();
        let schema = |conn: &Connection| -> String {
            conn.query_row("SELECT group_concat(sql) FROM sqlite_schema", [], |row| {
                row.get(0)
            })
            .unwrap()
        };
        let first = schema(&conn);
        migrate(&mut conn).unwrap();
        assert_eq!(schema(&conn), first);
        let version: u32 = conn
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .unwrap();
        assert_eq!(usize::try_from(version).unwrap(), MIGRATIONS.len());
    }

    #[test]
    fn a_newer_schema_is_refused_and_left_alone() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate(&mut conn).unwrap();
        conn.execute_batch("PRAGMA user_version = 99").unwrap();
        let refused = migrate(&mut conn).unwrap_err();
        assert!(
            matches!(refused, OpenError::NewerSchema { found: 99, known } if known == MIGRATIONS.len())
        );
        let version: i64 = conn
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .unwrap();
        assert_eq!(version, 99);
    }

    #[test]
    fn a_database_of_something_else_is_refused() {
        let mut conn = Connection::open_in_memory().unwrap();
        conn.execute_batch("CREATE TABLE note (text TEXT)").unwrap();
        assert!(matches!(migrate(&mut conn), Err(OpenError::NotAnOutbox)));
    }
}
