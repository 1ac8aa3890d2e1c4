//! Look-ups for whoever follows them, without whom they were about and who asked.

use async_trait::async_trait;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::audit::{AccessOutcome, AuditError};
use lienthong_core::ports::observations::{
    Fingerprint, FollowedLookup, Heard, LookupFeed, LookupSeen,
};
use rusqlite::{Connection, OptionalExtension, Row};

use super::SqliteAudit;
use super::column::{Failure, known, moment, read_names};
use crate::store::observations::fingerprint;

// Behind a number, by the primary key.
pub(super) const BEHIND: &str = "
    SELECT sequence, dossier, asked_at, outcome, returned
      FROM access
     WHERE sequence > ?1
     ORDER BY sequence
     LIMIT ?2";

const NEWEST: &str = "SELECT coalesce(max(sequence), 0) FROM access";

// Two records of one number in two copies of a log differ in this, whatever was asked.
const STANDS: &str = "
    SELECT asked_at, dossier, outcome, latency, coalesce(request_number, '')
      FROM access
     WHERE sequence = ?1";

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
    ) -> Result<Heard<FollowedLookup>, AuditError> {
        self.engine
            .reader()
            .call(move |conn| behind(conn, position, most))
            .await
    }

    async fn newest_position(&self) -> Result<u64, AuditError> {
        self.engine.reader().call(newest).await
    }

    async fn fingerprint(&self, position: u64) -> Result<Option<Fingerprint>, AuditError> {
        self.engine
            .reader()
            .call(move |conn| stands(conn, position))
            .await
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

fn stands(conn: &Connection, position: u64) -> Result<Option<Fingerprint>, Failure> {
    let sequence = i64::try_from(position).unwrap_or(i64::MAX);
    let row = conn.prepare_cached(STANDS)?.query_row([sequence], |row| {
        let (asked_at, latency): (i64, i64) = (row.get(0)?, row.get(3)?);
        let (dossier, outcome): (String, String) = (row.get(1)?, row.get(2)?);
        let request: String = row.get(4)?;
        Ok(fingerprint(&[
            &asked_at.to_be_bytes(),
            dossier.as_bytes(),
            outcome.as_bytes(),
            &latency.to_be_bytes(),
            request.as_bytes(),
        ]))
    });
    Ok(row.optional()?)
}

fn behind(conn: &Connection, position: u64, most: u32) -> Result<Heard<FollowedLookup>, Failure> {
    let mut heard = Heard {
        told: Vec::new(),
        reached: position,
        unreadable: 0,
        fingerprint: None,
    };
    let after = i64::try_from(position).unwrap_or(i64::MAX);
    let mut statement = conn.prepare_cached(BEHIND)?;
    let mut rows = statement.query([after, i64::from(most)])?;
    while let Some(row) = rows.next()? {
        let sequence: i64 = row.get(0)?;
        heard.reached = known(u64::try_from(sequence).ok(), "the number of a record")?;
        match lookup(row) {
            Ok(lookup) => heard.told.push(lookup),
            // Nobody would get past it otherwise.
            Err(Failure::Corrupt { what }) => {
                tracing::error!(record = sequence, what, "a look-up is not told");
                heard.unreadable += 1;
            }
            Err(failure @ Failure::Database(_)) => return Err(failure),
        }
    }
    if heard.reached > position {
        heard.fingerprint = stands(conn, heard.reached)?;
    }
    Ok(heard)
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
