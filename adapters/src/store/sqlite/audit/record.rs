//! Adding to the log: an access, a reading, and the trial whether either could be added.
//!
//! The number of a row is the highest one plus one, given by SQLite within the group's
//! transaction. AUTOINCREMENT would only promise that no number comes twice; here no
//! row can be deleted, so the plain row id promises that and leaves no gap as well.

use lienthong_core::lookup::AnswerSource;
use lienthong_core::ports::audit::{AccessRecord, AuditError, AuditReading, Question};
use lienthong_core::ports::population::{Operation, RequestNumber};
use lienthong_core::text::Text;
use rusqlite::{Connection, params};

use super::column::{Failure, known, micros, names, purpose_name};

const NEW_ACCESS: &str = "
    INSERT INTO access (asked_at, client, officer, officer_account, unit, procedure, dossier,
                        purpose, legal_basis, question, operation, requested, returned,
                        withheld, outcome, reason, source, observed_at, request_number,
                        attempts, profile, latency, person_key, person_hash)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,
            ?19, ?20, ?21, ?22, ?23, ?24)";

const NEW_READING: &str = "
    INSERT INTO reading (at, client, reader, reason, conditions, shown)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

// New room is asked for before the old is given back: an overwritten row would find its
// place also where there is none for a new one. What is given back serves the next
// records.
const TRY_ROOM: &str = "INSERT INTO trial (filling) VALUES (zeroblob(?1))";
const GIVE_ROOM_BACK: &str = "DELETE FROM trial WHERE id <> last_insert_rowid()";

/// Bytes that a trial writes: more than a record with all its entries in the indices.
const TRIAL: u32 = 64 * 1024;

/// An access made ready outside the writer's thread.
pub(super) struct Prepared {
    access: AccessRecord,
    requested: String,
    returned: String,
    withheld: String,
}

impl Prepared {
    /// Writes down what a column cannot hold as it is.
    pub(super) fn new(access: AccessRecord) -> Result<Self, AuditError> {
        Ok(Self {
            requested: names(&access.requested)?,
            returned: names(&access.returned)?,
            withheld: names(&access.withheld)?,
            access,
        })
    }
}

/// Adds an access. Gives its number.
pub(super) fn access(conn: &Connection, prepared: &Prepared) -> Result<u64, Failure> {
    let access = &prepared.access;
    let context = &access.context;
    conn.prepare_cached(NEW_ACCESS)?.execute(params![
        micros(access.asked_at),
        context.client.as_str(),
        context.officer.expose(),
        context.officer_account.as_ref().map(Text::as_str),
        context.unit.as_str(),
        context.procedure.as_str(),
        context.dossier.as_str(),
        purpose_name(context.purpose),
        context.legal_basis.as_ref().map(Text::as_str),
        Question::name(access.question),
        access.operation.map(Operation::name),
        prepared.requested,
        prepared.returned,
        prepared.withheld,
        access.outcome.name(),
        access.reason,
        access.source.map(AnswerSource::name),
        access.observed_at.map(micros),
        access.request_number.as_ref().map(RequestNumber::as_str),
        access.attempts,
        access.profile,
        i64::try_from(access.latency.as_micros()).unwrap_or(i64::MAX),
        access.person.key_id.as_str(),
        access.person.hash,
    ])?;
    let number = u64::try_from(conn.last_insert_rowid()).ok();
    known(number, "the number of a record")
}

/// Adds that the log was read.
pub(super) fn reading(
    conn: &Connection,
    reading: &AuditReading,
    conditions: &str,
) -> Result<(), Failure> {
    conn.prepare_cached(NEW_READING)?.execute(params![
        micros(reading.at),
        reading.client.as_str(),
        reading.reader.expose(),
        reading.reason.as_str(),
        conditions,
        reading.shown,
    ])?;
    Ok(())
}

/// Tries whether there is room for a record, and whether the disk takes it.
pub(super) fn trial(conn: &Connection) -> Result<(), Failure> {
    conn.prepare_cached(TRY_ROOM)?.execute([TRIAL])?;
    conn.prepare_cached(GIVE_ROOM_BACK)?.execute([])?;
    Ok(())
}
