//! The tables and how an older file becomes a newer one.
//!
//! Migrations go forward only. A file written by a newer program is refused,
//! because an older one cannot know what it would break.

use rusqlite::{Connection, TransactionBehavior};

use super::open::OpenError;

/// Whose file it is, and what is in it.
#[derive(Clone, Copy)]
pub(in crate::store::sqlite) struct Schema {
    /// Name of the store, also of its threads.
    pub(in crate::store::sqlite) name: &'static str,
    /// Marks the file as one of this store.
    pub(in crate::store::sqlite) application_id: i64,
    /// In order; the schema version of a file is the number of migrations applied.
    /// What has been released here is never changed again, only added to.
    pub(in crate::store::sqlite) migrations: &'static [&'static str],
    /// Pages in the write-ahead log after which it is folded into the file. The log's
    /// file stays at its size and is overwritten in place, which is cheaper than letting
    /// it grow.
    pub(in crate::store::sqlite) log_pages: u32,
    /// Where this is given, another thread folds the log, and the commit that finds it
    /// this long folds what is left; otherwise the commit that reaches `log_pages` does.
    pub(in crate::store::sqlite) log_bound: Option<u32>,
}

/// Brings the file to the newest schema, wholly or not at all.
pub(in crate::store::sqlite) fn migrate(
    conn: &mut Connection,
    schema: &Schema,
) -> Result<(), OpenError> {
    // IMMEDIATE takes the write lock before the version is read, so that two
    // programs that start together do not both migrate.
    let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let application: i64 =
        transaction.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 =
        transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let other_file = || OpenError::OtherFile {
        expected: schema.name,
    };
    if application != schema.application_id && (tables > 0 || found != 0) {
        return Err(other_file());
    }
    let applied = usize::try_from(found).map_err(|_| other_file())?;
    let known = schema.migrations.len();
    if applied > known {
        return Err(OpenError::NewerSchema {
            found: applied,
            known,
        });
    }
    for migration in &schema.migrations[applied..] {
        transaction.execute_batch(migration)?;
    }
    if applied < known {
        transaction.pragma_update(None, "application_id", schema.application_id)?;
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

    use super::{Schema, migrate};
    use crate::store::OpenError;

    const SCHEMA: Schema = Schema {
        name: "notes",
        application_id: 7,
        migrations: &[
            "CREATE TABLE note (text TEXT)",
            "ALTER TABLE note ADD COLUMN author TEXT",
        ],
        log_pages: 1000,
        log_bound: None,
    };

    #[test]
    fn an_empty_file_gets_the_newest_schema_and_a_second_run_changes_nothing() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate(&mut conn, &SCHEMA).unwrap();
        let schema = |conn: &Connection| -> String {
            conn.query_row("SELECT group_concat(sql) FROM sqlite_schema", [], |row| {
                row.get(0)
            })
            .unwrap()
        };
        let first = schema(&conn);
        migrate(&mut conn, &SCHEMA).unwrap();
        assert_eq!(schema(&conn), first);
        let version: u32 = conn
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .unwrap();
        assert_eq!(usize::try_from(version).unwrap(), SCHEMA.migrations.len());
    }

    #[test]
    fn a_newer_schema_is_refused_and_left_alone() {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate(&mut conn, &SCHEMA).unwrap();
        conn.execute_batch("PRAGMA user_version = 99").unwrap();
        let refused = migrate(&mut conn, &SCHEMA).unwrap_err();
        assert!(
            matches!(refused, OpenError::NewerSchema { found: 99, known } if known == SCHEMA.migrations.len())
        );
        let version: i64 = conn
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .unwrap();
        assert_eq!(version, 99);
    }

    #[test]
    fn a_database_of_something_else_is_refused() {
        let mut conn = Connection::open_in_memory().unwrap();
        conn.execute_batch("CREATE TABLE other (text TEXT)")
            .unwrap();
        assert!(matches!(
            migrate(&mut conn, &SCHEMA),
            Err(OpenError::OtherFile { expected: "notes" })
        ));
    }
}
