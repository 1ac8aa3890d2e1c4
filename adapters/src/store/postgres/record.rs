//! Keeping events: one transaction for a batch.
//!
//! The rows of all dossiers of the batch are locked first, in the order of their numbers;
//! then everything is decided in memory ([`plan`]) and written at once. Two batches with
//! the same dossiers therefore wait for each other and never in a circle; a race for a new
//! dossier or for an event's name is found by a unique index, and the loser looks again.

mod load;
mod plan;

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use lienthong_core::access::ClientName;
use lienthong_core::dossier::event::{Event, EventBody};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::outbox::{EventKind, OutboxError, Receipt, RecordError};
use lienthong_core::procedure::ProcedureCode;
use lienthong_core::sync::state::SyncState;

use super::column::micros;
use super::failure::Failure;
use super::link::Command;
use super::session::{Purpose, Session, Values};
use crate::store::body::{self, Written};

pub(super) use load::{BATCH, BATCH_BYTES, Lost, batches, keep};
use plan::{HeadRow, Kept, Known, Plan};

/// An event made ready to be kept.
#[derive(Debug, Clone)]
pub(super) struct Prepared {
    client: ClientName,
    event_id: String,
    dossier: DossierNumber,
    kind: EventKind,
    status: PortalStatus,
    /// Mã thủ tục, which only a state tells.
    procedure: Option<ProcedureCode>,
    occurred_at: i64,
    recorded_at: i64,
    hash: Vec<u8>,
    body: Vec<u8>,
}

impl Prepared {
    /// Writes `event` down.
    pub(super) fn new(event: &Event, now: Timestamp) -> Result<Self, OutboxError> {
        let Written { body, hash } = body::write(event).map_err(|_| OutboxError::Unavailable {
            reason: "the event cannot be written as JSON".to_owned(),
        })?;
        let (kind, status, procedure) = match &event.body {
            EventBody::State(dossier) => (
                EventKind::State,
                dossier.status,
                Some(dossier.procedure.clone()),
            ),
            EventBody::Step { step, .. } => (EventKind::Step, step.status, None),
        };
        Ok(Self {
            client: event.client.clone(),
            event_id: event.id.as_str().to_owned(),
            dossier: event.body.dossier().clone(),
            kind,
            status,
            procedure,
            occurred_at: micros(event.occurred_at),
            recorded_at: micros(now),
            hash: hash.to_vec(),
            body,
        })
    }
}

impl Prepared {
    /// What it weighs, in bytes.
    pub(super) fn size(&self) -> usize {
        self.body.len()
    }
}

/// What becomes of one event.
pub(super) type Answer = Result<Receipt, RecordError>;

struct Record(Arc<Vec<Prepared>>);

// The rows of the dossiers, locked in the order of their numbers; what is read is what the
// one that held the lock before has left. It blocks nobody who adds events or attempts.
const HEAD_ROWS: &str = "
    SELECT id, code, client, revision, state_revision, last_occurred_at, status, procedure, state
      FROM dossier
     WHERE code = ANY ($1)
     ORDER BY code
       FOR NO KEY UPDATE";

// The events of these names, by the unique index.
const SAME_NAMES: &str = "
    SELECT e.client, e.event_id, e.dossier, e.revision, e.accepted_at, e.content_hash
      FROM unnest($1::text[], $2::text[]) AS n (client, event_id)
      JOIN event e ON e.client = n.client AND e.event_id = n.event_id";

// Until when the database may not know what reached the portal.
const RESTORED_AT: &str = "SELECT restored_at FROM restore_mark WHERE id = 1";

// New dossiers, with their first head. One that somebody else began meanwhile is missing
// from what is returned.
const NEW_DOSSIERS: &str = r#"
    INSERT INTO dossier (code, client, procedure, status, revision, state_revision,
                         last_occurred_at, first_recorded_at, touched_at, state, due_at, unsent_at)
    SELECT n.code, n.client, n.procedure, n.status, n.revision, n.state_revision, n.occurred_at,
           n.first_at, n.touched_at, n.head_state, n.first_at, n.first_at
      FROM unnest($1::text[], $2::text[], $3::text[], $4::smallint[], $5::bigint[], $6::bigint[],
                  $7::bigint[], $8::bigint[], $9::bigint[], $10::text[])
           AS n (code, client, procedure, status, revision, state_revision, occurred_at,
                 first_at, touched_at, head_state)
     ORDER BY n.code COLLATE "C"
        ON CONFLICT (code) DO NOTHING
    RETURNING id, code"#;

// More events of dossiers that were there. head_at is given where the first of them becomes
// the head.
const MORE_EVENTS: &str = "
    UPDATE dossier d
       SET revision = m.revision, state_revision = m.state_revision, procedure = m.procedure,
           status = m.status, last_occurred_at = m.occurred_at,
           touched_at = greatest(d.touched_at, m.touched_at), expired = FALSE,
           state = CASE WHEN m.head_at IS NULL THEN d.state ELSE m.head_state END,
           due_at = CASE WHEN m.head_at IS NULL THEN d.due_at ELSE m.head_at END,
           unsent_at = CASE WHEN m.head_at IS NULL THEN d.unsent_at ELSE m.head_at END
      FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::smallint[],
                  $6::bigint[], $7::bigint[], $8::bigint[], $9::text[])
           AS m (id, revision, state_revision, procedure, status, occurred_at, touched_at, head_at,
                 head_state)
     WHERE d.id = m.id";

const NEW_EVENTS: &str = "
    INSERT INTO event (dossier, revision, client, event_id, kind, status, occurred_at, accepted_at,
                       content_hash, body)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[],
                         $6::smallint[], $7::bigint[], $8::bigint[], $9::bytea[], $10::bytea[])";

impl Command for Record {
    type Answer = Vec<Answer>;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<Vec<Answer>, Failure> {
        let known = self.known(session).await?;
        let plan = Plan::make(&self.0, known);
        if plan.added.is_empty() {
            return Ok(plan.answers);
        }
        self.write(session, plan).await
    }
}

/// An event's name: its client's, and its own.
type Name = (String, String);

impl Record {
    /// What is known of the dossiers and of the names of the batch.
    async fn known(&self, session: &Session) -> Result<Known, Failure> {
        let mut codes: Vec<&str> = self.0.iter().map(|event| event.dossier.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        let clients: Vec<&str> = self.0.iter().map(|event| event.client.as_str()).collect();
        let ids: Vec<&str> = self.0.iter().map(|event| event.event_id.as_str()).collect();
        // In this order, though they are sent together: once a dossier's row is locked, no
        // event of it can come any more.
        session
            .prepare(&[HEAD_ROWS, SAME_NAMES, RESTORED_AT])
            .await?;
        let dossiers: Values<'_> = &[&codes];
        let events: Values<'_> = &[&clients, &ids];
        let (locked, names, mark) = tokio::join!(biased;
            session.query(HEAD_ROWS, dossiers),
            session.query(SAME_NAMES, events),
            session.row(RESTORED_AT, &[]),
        );
        let mut heads = HashMap::new();
        for row in locked? {
            heads.insert(row.try_get(1)?, HeadRow::read(&row)?);
        }
        let mut kept = HashMap::new();
        for row in names? {
            kept.insert((row.try_get(0)?, row.try_get(1)?), Kept::read(&row)?);
        }
        let restored_at = match mark? {
            Some(row) => row.try_get(0)?,
            None => None,
        };
        Ok(Known {
            heads,
            kept,
            restored_at,
        })
    }

    async fn write(&self, session: &Session, mut plan: Plan) -> Result<Vec<Answer>, Failure> {
        self.begin_dossiers(session, &mut plan).await?;
        let (moved, added) = tokio::join!(biased;
            continue_dossiers(session, &plan),
            self.add_events(session, &plan),
        );
        moved?;
        added?;
        session.count(|tally| {
            for event in &plan.added {
                tally.add(event.head.unwrap_or(SyncState::Blocked), 1);
            }
        });
        for head in plan.heads.values().filter(|head| head.touched) {
            session.changed(head.number.clone());
        }
        Ok(plan.answers)
    }

    /// Makes the rows of new dossiers.
    async fn begin_dossiers(&self, session: &Session, plan: &mut Plan) -> Result<(), Failure> {
        let mut new: Vec<&mut HeadRow> = plan
            .heads
            .values_mut()
            .filter(|head| head.id.is_none() && head.touched)
            .collect();
        if new.is_empty() {
            return Ok(());
        }
        // In the order of their numbers, as everywhere.
        new.sort_unstable_by(|a, b| a.number.as_str().cmp(b.number.as_str()));
        let text = |part: fn(&HeadRow) -> &str| -> Vec<&str> {
            new.iter().map(|head| part(head)).collect()
        };
        let number =
            |part: fn(&HeadRow) -> i64| -> Vec<i64> { new.iter().map(|head| part(head)).collect() };
        let statuses: Vec<i16> = new.iter().map(|head| head.status).collect();
        let rows = session
            .query(
                NEW_DOSSIERS,
                &[
                    &text(|head| head.number.as_str()),
                    &text(|head| head.client.as_str()),
                    &text(|head| &head.procedure),
                    &statuses,
                    &number(|head| head.revision),
                    &number(|head| head.state_revision),
                    &number(|head| head.newest),
                    &number(|head| head.head_at.unwrap_or_default()),
                    &number(|head| head.touched_at),
                    &text(|head| head.head_state.name()),
                ],
            )
            .await?;
        let mut ids = HashMap::new();
        for row in rows {
            ids.insert(row.try_get::<_, String>(1)?, row.try_get::<_, i64>(0)?);
        }
        for head in new {
            let id = ids.get(head.number.as_str()).copied();
            head.id = Some(id.ok_or(Failure::Again)?);
            head.is_new = true;
        }
        Ok(())
    }

    async fn add_events(&self, session: &Session, plan: &Plan) -> Result<(), Failure> {
        let added: Vec<(&Prepared, i64, i64)> = plan
            .added
            .iter()
            .map(|event| {
                let prepared = &self.0[event.place];
                let id = plan.heads[prepared.dossier.as_str()].id;
                (prepared, id.unwrap_or_default(), event.revision)
            })
            .collect();
        let text = |part: fn(&Prepared) -> &str| -> Vec<&str> {
            added.iter().map(|(event, ..)| part(event)).collect()
        };
        let number = |part: fn(&Prepared) -> i64| -> Vec<i64> {
            added.iter().map(|(event, ..)| part(event)).collect()
        };
        let bytes = |part: fn(&Prepared) -> &[u8]| -> Vec<&[u8]> {
            added.iter().map(|(event, ..)| part(event)).collect()
        };
        let ids: Vec<i64> = added.iter().map(|(_, id, _)| *id).collect();
        let revisions: Vec<i64> = added.iter().map(|(.., revision)| *revision).collect();
        let statuses: Vec<i16> = added
            .iter()
            .map(|(event, ..)| event.status.code().into())
            .collect();
        session
            .execute(
                NEW_EVENTS,
                &[
                    &ids,
                    &revisions,
                    &text(|event| event.client.as_str()),
                    &text(|event| &event.event_id),
                    &text(|event| event.kind.name()),
                    &statuses,
                    &number(|event| event.occurred_at),
                    &number(|event| event.recorded_at),
                    &bytes(|event| &event.hash),
                    &bytes(|event| &event.body),
                ],
            )
            .await?;
        Ok(())
    }
}

/// Moves the rows of dossiers on that were there before.
async fn continue_dossiers(session: &Session, plan: &Plan) -> Result<(), Failure> {
    let moved: Vec<(i64, &HeadRow)> = plan
        .heads
        .values()
        .filter(|head| head.touched && !head.is_new)
        .filter_map(|head| head.id.map(|id| (id, head)))
        .collect();
    if moved.is_empty() {
        return Ok(());
    }
    let number = |part: fn(&HeadRow) -> i64| -> Vec<i64> {
        moved.iter().map(|(_, head)| part(head)).collect()
    };
    let ids: Vec<i64> = moved.iter().map(|(id, _)| *id).collect();
    let procedures: Vec<&str> = moved.iter().map(|(_, head)| &*head.procedure).collect();
    let statuses: Vec<i16> = moved.iter().map(|(_, head)| head.status).collect();
    let heads: Vec<Option<i64>> = moved.iter().map(|(_, head)| head.head_at).collect();
    let states: Vec<&str> = moved
        .iter()
        .map(|(_, head)| head.head_state.name())
        .collect();
    session
        .execute(
            MORE_EVENTS,
            &[
                &ids,
                &number(|head| head.revision),
                &number(|head| head.state_revision),
                &procedures,
                &statuses,
                &number(|head| head.newest),
                &number(|head| head.touched_at),
                &heads,
                &states,
            ],
        )
        .await?;
    Ok(())
}
