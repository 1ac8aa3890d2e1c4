//! Look-ups for whoever follows them, without whom they were about and who asked.

use async_trait::async_trait;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::audit::{AccessOutcome, AuditError};
use lienthong_core::ports::observations::{FollowedLookup, LookupFeed, LookupSeen};
use rusqlite::{Connection, Row};

use super::SqliteAudit;
use super::column::{Failure, known, moment, read_names};

// Behind a number, by the primary key.
pub(super) const BEHIND: &str = "
    SELECT sequence, dossier, asked_at, outcome, returned
      FROM access
     WHERE sequence > ?1
     ORDER BY sequence
     LIMIT ?2";

const NEWEST: &str = "SELECT coalesce(max(sequence), 0) FROM access";

const NAME: &str = "SELECT name FROM log_name WHERE id = 1";

#[async_trait]
impl LookupFeed for SqliteAudit {
    async fn name(&self) -> Result<String, AuditError> {
        self.engine.reader().call(name).await
    }

    async fn lookups_after(
        &self,
        position: u64,
        most: u32,
    ) -> Result<Vec<FollowedLookup>, AuditError> {
        self.engine
            .reader()
            .call(move |conn| behind(conn, position, most))
            .await
    }

    async fn newest_position(&self) -> Result<u64, AuditError> {
        self.engine.reader().call(newest).await
    }
}

fn name(conn: &Connection) -> Result<String, Failure> {
    Ok(conn.prepare_cached(NAME)?.query_row([], |row| row.get(0))?)
}

fn newest(conn: &Connection) -> Result<u64, Failure> {
    let newest: i64 = conn
        .prepare_cached(NEWEST)?
        .query_row([], |row| row.get(0))?;
    known(u64::try_from(newest).ok(), "the number of a record")
}

fn behind(conn: &Connection, position: u64, most: u32) -> Result<Vec<FollowedLookup>, Failure> {
    let mut position = i64::try_from(position).unwrap_or(i64::MAX);
    let mut statement = conn.prepare_cached(BEHIND)?;
    // Again where there were only records that cannot be read: nobody would get past them
    // otherwise.
    loop {
        let last = position;
        let mut lookups = Vec::new();
        let mut rows = statement.query([position, i64::from(most)])?;
        while let Some(row) = rows.next()? {
            position = row.get(0)?;
            match lookup(row) {
                Ok(lookup) => lookups.push(lookup),
                Err(Failure::Corrupt { what }) => {
                    tracing::error!(record = position, what, "a look-up is not told");
                }
                Err(failure @ Failure::Database(_)) => return Err(failure),
            }
        }
        if !lookups.is_empty() || position == last {
            return Ok(lookups);
        }
    }
}

fn lookup(row: &Row<'_>) -> Result<FollowedLookup, Failure> {
    let sequence: i64 = row.get(0)?;
    let dossier: String = row.get(1)?;
    let outcome: String = row.get(3)?;
    let returned: String = row.get(4)?;
    Ok(FollowedLookup {
        position: known(u64::try_from(sequence).ok(), "the number of a record")?,
        seen: LookupSeen {
            dossier: known(DossierNumber::parse(&dossier).ok(), "a dossier number")?,
            asked_at: moment(row.get(2)?, "the moment of a question")?,
            outcome: known(AccessOutcome::from_name(&outcome), "an outcome")?,
            fields: read_names(&returned, "the fields handed on")?,
        },
    })
}
