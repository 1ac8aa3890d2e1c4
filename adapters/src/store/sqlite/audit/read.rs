//! Finding records again.
//!
//! The conditions that are given become the statement, so that each statement is as
//! narrow as its question; a condition that may be absent (`?1 IS NULL OR …`) would
//! hide every index from the planner. Values only ever go in as parameters.

use std::time::Duration;

use jiff::Timestamp;
use lienthong_core::access::{AccessContext, ClientName, OfficerId};
use lienthong_core::agency::AgencyCode;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::lookup::AnswerSource;
use lienthong_core::ports::audit::{
    AccessFilter, AccessOutcome, AccessRecord, KeyId, PersonHash, Question, RecordedAccess,
};
use lienthong_core::ports::population::{Operation, RequestNumber};
use lienthong_core::procedure::ProcedureCode;
use lienthong_core::text::Text;
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params, params_from_iter};

use super::column::{Failure, known, micros, moment, purpose, purpose_name, read_names};

// By the index on time alone: it holds all three columns.
pub(super) const ATTEMPTS_SINCE: &str = "
    SELECT coalesce(sum(attempts), 0) FROM access WHERE asked_at >= ?1 AND profile = ?2";

/// A statement with its parameters, in order.
pub(super) struct Wanted {
    /// The statement.
    pub(super) sql: String,
    /// Its parameters.
    pub(super) values: Vec<Value>,
}

impl Wanted {
    /// Asks for records that fulfil `filter`, newest first.
    pub(super) fn new(filter: &AccessFilter, before: Option<u64>, most: u32) -> Self {
        let mut wanted = Self {
            sql: "SELECT * FROM access".to_owned(),
            values: Vec::new(),
        };
        // A number that no row can have is not below any bound either.
        let before = before.map(|number| i64::try_from(number).unwrap_or(i64::MAX));
        wanted.only("sequence <", before);
        let text = |value: &str| value.to_owned();
        wanted.only(
            "dossier =",
            filter.dossier.as_ref().map(|it| text(it.as_str())),
        );
        if let Some(person) = &filter.person {
            wanted.only("person_hash =", Some(person.hash.to_vec()));
            wanted.only("person_key =", Some(text(person.key_id.as_str())));
        }
        wanted.only(
            "officer =",
            filter.officer.as_ref().map(|it| text(it.expose())),
        );
        wanted.only("asked_at >=", filter.from.map(micros));
        wanted.only("asked_at <", filter.until.map(micros));
        wanted.only(
            "client =",
            filter.client.as_ref().map(|it| text(it.as_str())),
        );
        wanted.only("unit =", filter.unit.as_ref().map(|it| text(it.as_str())));
        wanted.only(
            "procedure =",
            filter.procedure.as_ref().map(|it| text(it.as_str())),
        );
        wanted.only("purpose =", filter.purpose.map(|it| text(purpose_name(it))));
        wanted.only("outcome =", filter.outcome.map(|it| text(it.name())));
        wanted.sql.push_str(" ORDER BY sequence DESC LIMIT ?");
        wanted.values.push(Value::from(most));
        wanted
    }

    fn only(&mut self, condition: &'static str, value: Option<impl Into<Value>>) {
        let Some(value) = value else { return };
        let joint = if self.values.is_empty() {
            " WHERE "
        } else {
            " AND "
        };
        self.sql.push_str(joint);
        self.sql.push_str(condition);
        self.sql.push_str(" ?");
        self.values.push(value.into());
    }
}

/// Records that are wanted.
pub(super) fn accesses(conn: &Connection, wanted: Wanted) -> Result<Vec<RecordedAccess>, Failure> {
    let mut statement = conn.prepare_cached(&wanted.sql)?;
    let mut rows = statement.query(params_from_iter(wanted.values))?;
    let mut accesses = Vec::new();
    while let Some(row) = rows.next()? {
        accesses.push(recorded(row)?);
    }
    Ok(accesses)
}

/// Requests that were sent through `profile` since `since`.
pub(super) fn attempts_since(
    conn: &Connection,
    profile: &str,
    since: Timestamp,
) -> Result<u64, Failure> {
    let sum: i64 = conn
        .prepare_cached(ATTEMPTS_SINCE)?
        .query_row(params![micros(since), profile], |row| row.get(0))?;
    known(u64::try_from(sum).ok(), "the number of requests")
}

fn recorded(row: &Row<'_>) -> Result<RecordedAccess, Failure> {
    let sequence: i64 = row.get("sequence")?;
    Ok(RecordedAccess {
        sequence: known(u64::try_from(sequence).ok(), "the number of a record")?,
        access: access(row)?,
    })
}

fn access(row: &Row<'_>) -> Result<AccessRecord, Failure> {
    let text = |column| row.get::<_, String>(column);
    let optional = |column| row.get::<_, Option<String>>(column);
    let observed_at: Option<i64> = row.get("observed_at")?;
    let latency: i64 = row.get("latency")?;
    Ok(AccessRecord {
        asked_at: moment(row.get("asked_at")?, "the moment of a question")?,
        context: context(row)?,
        question: known(Question::from_name(&text("question")?), "a question")?,
        operation: optional("operation")?
            .map(|name| known(Operation::from_name(&name), "an operation"))
            .transpose()?,
        requested: read_names(&text("requested")?, "the fields asked for")?,
        returned: read_names(&text("returned")?, "the fields handed on")?,
        withheld: read_names(&text("withheld")?, "the fields withheld")?,
        outcome: known(AccessOutcome::from_name(&text("outcome")?), "an outcome")?,
        reason: text("reason")?,
        source: optional("source")?
            .map(|name| known(AnswerSource::from_name(&name), "the source of an answer"))
            .transpose()?,
        observed_at: observed_at
            .map(|at| moment(at, "the moment of an answer"))
            .transpose()?,
        request_number: optional("request_number")?
            .map(|number| known(RequestNumber::new(number), "the number of a request"))
            .transpose()?,
        attempts: known(
            u32::try_from(row.get::<_, i64>("attempts")?).ok(),
            "the number of requests",
        )?,
        profile: text("profile")?,
        latency: known(
            u64::try_from(latency).ok().map(Duration::from_micros),
            "how long an access took",
        )?,
        person: PersonHash {
            key_id: known(KeyId::parse(&text("person_key")?), "the name of a key")?,
            hash: row.get("person_hash")?,
        },
    })
}

fn context(row: &Row<'_>) -> Result<AccessContext, Failure> {
    let text = |column| row.get::<_, String>(column);
    let optional = |column| row.get::<_, Option<String>>(column);
    Ok(AccessContext {
        client: known(ClientName::parse(&text("client")?), "a calling system")?,
        officer: known(OfficerId::parse(&text("officer")?), "an officer")?,
        officer_account: optional("officer_account")?
            .map(|account| known(Text::parse(&account).ok(), "an officer's login name"))
            .transpose()?,
        unit: known(AgencyCode::parse(&text("unit")?).ok(), "a unit")?,
        procedure: known(
            ProcedureCode::parse(&text("procedure")?).ok(),
            "a procedure",
        )?,
        dossier: known(
            DossierNumber::parse(&text("dossier")?).ok(),
            "a dossier number",
        )?,
        purpose: known(purpose(&text("purpose")?), "a purpose")?,
        legal_basis: optional("legal_basis")?
            .map(|basis| known(Text::parse(&basis).ok(), "a legal basis"))
            .transpose()?,
    })
}
