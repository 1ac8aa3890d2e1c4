//! Recording evidence and reading it, on PostgreSQL.

use lienthong_core::access::{ClientName, OfficerId};
use lienthong_core::dossier::event::EventId;
use lienthong_core::evidence::EvidenceId;
use lienthong_core::ports::evidence::{
    EvidenceError, NewEvidence, RecordedEvidence, RegisteredEvidence,
};
use tokio_postgres::Row;

use crate::store::postgres::column::{STORE, micros};
use crate::store::postgres::failure::Failure;
use crate::store::postgres::link::Command;
use crate::store::postgres::session::{Purpose, Session};
use crate::store::register::{Names, body};

// Whoever records waits for whoever is recording; readers wait for nobody.
const LOCK: &str = "LOCK TABLE evidence IN SHARE ROW EXCLUSIVE MODE";

const BEFORE: &str = "SELECT sequence, body FROM evidence WHERE client = $1 AND event_id = $2";

const ADD: &str = "
    INSERT INTO evidence (sequence, client, event_id, operator, recorded_at, body)
    VALUES ($1, $2, $3, $4, $5, $6)";

const COUNT: &str = "SELECT coalesce(max(sequence), 0) FROM evidence";

const ALL: &str = "
    SELECT sequence, client, event_id, operator, recorded_at, body
      FROM evidence
     ORDER BY sequence";

/// Records pieces in their order, all or none; none on a register of another version.
pub(super) struct Record {
    pub(super) version: Option<u64>,
    pub(super) pieces: Vec<NewEvidence>,
}

impl Command for Record {
    type Answer = Result<Option<Vec<RecordedEvidence>>, EvidenceError>;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<Self::Answer, Failure> {
        session.execute(LOCK, &[]).await?;
        let mut highest = count(session).await?;
        if self.version.is_some_and(|version| version != highest) {
            return Ok(Ok(None));
        }
        // Everything is settled before the first row is written, so that a refusal may end
        // the transaction like any other answer.
        let mut names = Names::default();
        let mut recorded = Vec::with_capacity(self.pieces.len());
        let mut rows: Vec<(u64, &NewEvidence, String)> = Vec::new();
        for new in &self.pieces {
            let mut evidence = match names.put_in(new.evidence.clone(), highest) {
                Ok(evidence) => evidence,
                Err(refused) => return Ok(Err(refused)),
            };
            let written = body::write(&evidence).map_err(|what| STORE.corrupt(what))?;
            let (client, event) = (new.client.as_str(), new.event.as_str());
            let in_call = rows
                .iter()
                .find(|(_, row, _)| row.client == new.client && row.event == new.event)
                .map(|(sequence, _, body)| (*sequence, body.clone()));
            let before = match in_call {
                Some(before) => Some(before),
                None => match session.row(BEFORE, &[&client, &event]).await? {
                    Some(row) => Some((STORE.count(row.try_get(0)?)?, row.try_get(1)?)),
                    None => None,
                },
            };
            let duplicate = before.is_some();
            let sequence = match before {
                Some((sequence, body)) if body == written => sequence,
                Some(_) => return Ok(Err(EvidenceError::OtherContent)),
                None => {
                    highest += 1;
                    rows.push((highest, new, written));
                    highest
                }
            };
            evidence.id = EvidenceId::given(sequence);
            names.give(new.evidence.id.clone(), evidence.id.clone());
            recorded.push(RecordedEvidence {
                evidence,
                duplicate,
            });
        }
        for (sequence, new, written) in &rows {
            add(session, *sequence, new, written).await?;
        }
        Ok(Ok(Some(recorded)))
    }
}

async fn add(
    session: &Session,
    sequence: u64,
    new: &NewEvidence,
    written: &str,
) -> Result<(), Failure> {
    let sequence = i64::try_from(sequence).map_err(|_| STORE.corrupt("too many pieces"))?;
    let (client, event) = (new.client.as_str(), new.event.as_str());
    let (operator, at) = (new.operator.expose(), micros(new.at));
    session
        .execute(ADD, &[&sequence, &client, &event, &operator, &at, &written])
        .await
        .map(drop)
}

async fn count(session: &Session) -> Result<u64, Failure> {
    let row = session.row(COUNT, &[]).await?;
    let row = row.ok_or_else(|| STORE.corrupt("a count is missing"))?;
    STORE.count(row.try_get(0)?)
}

/// How many pieces there are.
pub(super) struct Count;

impl Command for Count {
    type Answer = u64;

    const PURPOSE: Purpose = Purpose::Read;

    async fn run(&self, session: &Session) -> Result<u64, Failure> {
        count(session).await
    }
}

/// Everything, in the order of recording.
pub(super) struct ReadHistory;

impl Command for ReadHistory {
    type Answer = Vec<RegisteredEvidence>;

    const PURPOSE: Purpose = Purpose::Read;

    async fn run(&self, session: &Session) -> Result<Self::Answer, Failure> {
        let rows = session.query(ALL, &[]).await?;
        rows.iter().map(registered).collect()
    }
}

fn registered(row: &Row) -> Result<RegisteredEvidence, Failure> {
    let sequence = STORE.count(row.try_get(0)?)?;
    let evidence = body::read(sequence, row.try_get(5)?);
    let event = EventId::parse(row.try_get(2)?);
    let operator = OfficerId::parse(row.try_get(3)?);
    Ok(RegisteredEvidence {
        sequence,
        evidence: evidence.map_err(|what| STORE.corrupt(what))?,
        recorded_at: STORE.moment(row.try_get(4)?)?,
        client: ClientName::parse(row.try_get(1)?)
            .ok_or_else(|| STORE.corrupt("a calling system"))?,
        operator: operator.ok_or_else(|| STORE.corrupt("an officer"))?,
        event: event.ok_or_else(|| STORE.corrupt("an event id"))?,
    })
}
