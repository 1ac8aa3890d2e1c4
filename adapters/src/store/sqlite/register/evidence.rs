//! Recording evidence and reading it.
//!
//! The number of a row is the highest one plus one, given by SQLite within the transaction;
//! no row can be deleted, so it leaves no gap.

use jiff::Timestamp;
use lienthong_core::access::{ClientName, OfficerId};
use lienthong_core::dossier::event::EventId;
use lienthong_core::evidence::EvidenceId;
use lienthong_core::ports::evidence::{
    EvidenceError, NewEvidence, RecordedEvidence, RegisteredEvidence,
};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::known;
use crate::store::register::{Names, body};

type Failure = super::Failure<EvidenceError>;

const BEFORE: &str = "SELECT sequence, body FROM evidence WHERE client = ?1 AND event_id = ?2";

const ADD: &str = "
    INSERT INTO evidence (client, event_id, operator, recorded_at, body)
    VALUES (?1, ?2, ?3, ?4, ?5)";

// Numbers have no gaps, so the highest is how many there are.
const COUNT: &str = "SELECT ifnull(max(sequence), 0) FROM evidence";

const ALL: &str = "
    SELECT sequence, client, event_id, operator, recorded_at, body
      FROM evidence
     ORDER BY sequence";

/// Records the pieces in their order; `None` where the register is not of version `on`.
pub(super) fn record(
    conn: &Connection,
    on: Option<u64>,
    pieces: Vec<NewEvidence>,
) -> Result<Option<Vec<RecordedEvidence>>, Failure> {
    let mut names = Names::default();
    let mut known_pieces = version(conn)?;
    if on.is_some_and(|on| on != known_pieces) {
        return Ok(None);
    }
    let mut recorded = Vec::with_capacity(pieces.len());
    for new in pieces {
        let name = new.evidence.id.clone();
        let put_in = names.put_in(new.evidence, known_pieces);
        let mut evidence = put_in.map_err(Failure::Own)?;
        let written = body::write(&evidence).map_err(Failure::corrupt)?;
        let (client, event) = (new.client.as_str(), new.event.as_str());
        let before: Option<(i64, String)> = conn
            .prepare_cached(BEFORE)?
            .query_row([client, event], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let duplicate = before.is_some();
        let sequence = match before {
            Some((sequence, body)) if body == written => number(sequence)?,
            Some(_) => return Err(Failure::Own(EvidenceError::OtherContent)),
            None => {
                let at = new.at.as_microsecond();
                let operator = new.operator.expose();
                conn.prepare_cached(ADD)?
                    .execute(params![client, event, operator, at, written])?;
                known_pieces = number(conn.last_insert_rowid())?;
                known_pieces
            }
        };
        evidence.id = EvidenceId::given(sequence);
        names.give(name, evidence.id.clone());
        recorded.push(RecordedEvidence {
            evidence,
            duplicate,
        });
    }
    Ok(Some(recorded))
}

/// How many pieces there are.
pub(super) fn version(conn: &Connection) -> Result<u64, Failure> {
    number(
        conn.prepare_cached(COUNT)?
            .query_row([], |row| row.get(0))?,
    )
}

/// Everything, in the order of recording.
pub(super) fn history(conn: &Connection) -> Result<Vec<RegisteredEvidence>, Failure> {
    let mut statement = conn.prepare_cached(ALL)?;
    let mut rows = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(registered(row)?);
    }
    Ok(all)
}

fn registered(row: &Row<'_>) -> Result<RegisteredEvidence, Failure> {
    let text = |column| row.get::<_, String>(column);
    let sequence = number(row.get("sequence")?)?;
    let at = Timestamp::from_microsecond(row.get("recorded_at")?);
    Ok(RegisteredEvidence {
        sequence,
        evidence: body::read(sequence, &text("body")?).map_err(Failure::corrupt)?,
        recorded_at: known(at.ok(), "the moment of a recording")?,
        client: known(ClientName::parse(&text("client")?), "a calling system")?,
        operator: known(OfficerId::parse(&text("operator")?), "an officer")?,
        event: known(EventId::parse(&text("event_id")?), "an event id")?,
    })
}

fn number(stored: i64) -> Result<u64, Failure> {
    known(
        u64::try_from(stored).ok(),
        "the number of a piece of evidence",
    )
}
