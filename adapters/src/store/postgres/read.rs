//! What is known of a dossier, and of the sync as a whole.
//!
//! Each answer is one moment of the database. What it costs does not depend on how much is
//! stored: only a dossier's own timeline grows, with its own events.

use std::collections::HashMap;

use jiff::Timestamp;
use lienthong_core::dossier::Dossier;
use lienthong_core::dossier::event::{EventBody, EventId};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::outbox::{ATTEMPTS_TOLD, AttemptRecord, DossierRecord, TimelineEntry};
use lienthong_core::sync::health::{OldestUnsent, SyncFacts};
use lienthong_core::sync::outcome::AttemptOutcome;
use lienthong_core::sync::state::SyncState;
use tokio_postgres::Row;

use super::column::TaskRow;
use super::failure::Failure;
use super::link::Command;
use super::session::{Purpose, Session, Values};
use super::tally;
use crate::store::body;
use crate::store::reference::reference;

// The row of a dossier with its newest state.
const DOSSIER: &str = "
    SELECT d.id, d.client, d.revision, d.accepted_revision, d.state, d.due_at,
           d.last_accepted_at, d.known_at_portal, d.portal_number, d.portal_id, e.body
      FROM dossier d
      JOIN event e ON e.dossier = d.id AND e.revision = d.state_revision
     WHERE d.code = $1";

// Its events, oldest first.
const EVENTS: &str = "
    SELECT e.revision, e.event_id, e.kind, e.occurred_at, e.accepted_at, e.status
      FROM dossier d
      JOIN event e ON e.dossier = d.id
     WHERE d.code = $1
     ORDER BY e.revision";

// The newest attempts at each event, by the primary key.
const ATTEMPTS: &str = "
    SELECT a.revision, a.number, a.started_at, a.ended_at, a.outcome, a.cause, a.upstream_code,
           a.upstream_text
      FROM dossier d
      JOIN event e ON e.dossier = d.id
     CROSS JOIN LATERAL (
           SELECT n.*
             FROM attempt n
            WHERE n.dossier = e.dossier AND n.revision = e.revision
            ORDER BY n.number DESC
            LIMIT $2) AS a
     WHERE d.code = $1";

// The first of each state that the gateway can still do something about by itself.
pub(super) const OLDEST_UNSENT: &str = "
    SELECT o.id, o.unsent_at, o.code
      FROM unnest(ARRAY['PENDING', 'SENDING', 'UNKNOWN', 'WAITING']) AS s (state)
     CROSS JOIN LATERAL (
           SELECT d.id, d.unsent_at, d.code
             FROM dossier d
            WHERE d.state = s.state
            ORDER BY d.unsent_at, d.code
            LIMIT 1) AS o
     ORDER BY o.unsent_at, o.code
     LIMIT 1";

// The first entry of the partial index on due_at.
pub(super) const NEXT_DUE: &str = "
    SELECT id, due_at FROM dossier WHERE due_at IS NOT NULL ORDER BY due_at, id LIMIT 1";

/// Everything known of one dossier.
pub(super) struct ReadDossier(pub(super) DossierNumber);

impl Command for ReadDossier {
    type Answer = Option<DossierRecord>;

    const PURPOSE: Purpose = Purpose::Read;

    async fn run(&self, session: &Session) -> Result<Option<DossierRecord>, Failure> {
        let code = self.0.as_str();
        let most = i64::try_from(ATTEMPTS_TOLD).unwrap_or(i64::MAX);
        let by_code: Values<'_> = &[&code];
        let by_code_and_most: Values<'_> = &[&code, &most];
        let (row, events, attempts) = tokio::join!(biased;
            session.row(DOSSIER, by_code),
            session.query(EVENTS, by_code),
            session.query(ATTEMPTS, by_code_and_most),
        );
        let (row, events, attempts) = (row?, events?, attempts?);
        let Some(row) = row else {
            return Ok(None);
        };
        let head = HeadState::read(&row)?;
        let body: Option<&[u8]> = row.try_get(10)?;
        let task = head.task;
        Ok(Some(DossierRecord {
            number: self.0.clone(),
            recorded_by: task.client(row.try_get(1)?)?,
            dossier: body.map(|body| newest_state(task, body)).transpose()?,
            revision: task.count(row.try_get(2)?)?,
            state: head.state,
            last_accepted_at: task.moment_if(row.try_get(6)?)?,
            known_at_portal: row.try_get(7)?,
            reference: reference(row.try_get(8)?, row.try_get(9)?),
            timeline: timeline(&head, &events, &attempts)?,
        }))
    }
}

struct HeadState {
    task: TaskRow,
    accepted: i64,
    state: SyncState,
    due_at: Option<Timestamp>,
}

impl HeadState {
    fn read(row: &Row) -> Result<Self, Failure> {
        let task = TaskRow(row.try_get(0)?);
        Ok(Self {
            task,
            accepted: row.try_get(3)?,
            state: task.state(row.try_get(4)?)?,
            due_at: task.moment_if(row.try_get(5)?)?,
        })
    }

    /// State of the event at `revision`, and when it is tried next. While it is being sent,
    /// the due moment is the end of a lease and no attempt.
    fn of(&self, revision: i64) -> (SyncState, Option<Timestamp>) {
        if revision <= self.accepted {
            (SyncState::Accepted, None)
        } else if revision > self.accepted + 1 {
            (SyncState::Blocked, None)
        } else if self.state == SyncState::Sending {
            (self.state, None)
        } else {
            (self.state, self.due_at)
        }
    }
}

fn newest_state(task: TaskRow, body: &[u8]) -> Result<Dossier, Failure> {
    match body::read(body).map_err(|problem| task.corrupt(problem))? {
        EventBody::State(dossier) => Ok(*dossier),
        EventBody::Step { .. } => Err(task.corrupt("its body is a step, not a state")),
    }
}

fn timeline(
    head: &HeadState,
    events: &[Row],
    attempts: &[Row],
) -> Result<Vec<TimelineEntry>, Failure> {
    let task = head.task;
    let mut by_revision: HashMap<i64, Vec<AttemptRecord>> = HashMap::new();
    for row in attempts {
        by_revision
            .entry(row.try_get(0)?)
            .or_default()
            .push(attempt(task, row)?);
    }
    let mut timeline = Vec::with_capacity(events.len());
    for row in events {
        let revision: i64 = row.try_get(0)?;
        let event = EventId::parse(row.try_get(1)?);
        let (state, next_attempt_at) = head.of(revision);
        let mut attempts = by_revision.remove(&revision).unwrap_or_default();
        attempts.sort_unstable_by_key(|attempt| attempt.number);
        timeline.push(TimelineEntry {
            event: event.ok_or_else(|| task.corrupt("its event id does not parse"))?,
            revision: task.count(revision)?,
            kind: task.kind(row.try_get(2)?)?,
            occurred_at: task.moment(row.try_get(3)?)?,
            accepted_at: task.moment(row.try_get(4)?)?,
            state,
            status: task.status(row.try_get(5)?)?,
            next_attempt_at,
            attempts,
        });
    }
    Ok(timeline)
}

fn attempt(task: TaskRow, row: &Row) -> Result<AttemptRecord, Failure> {
    let outcome: Option<&str> = row.try_get(4)?;
    let cause: Option<&str> = row.try_get(5)?;
    let outcome = outcome.map(|name| task.outcome(name, cause)).transpose()?;
    Ok(AttemptRecord {
        number: task.count(row.try_get(1)?)?,
        started_at: task.moment(row.try_get(2)?)?,
        ended_at: task.moment_if(row.try_get(3)?)?,
        outcome,
        cause: outcome.and_then(AttemptOutcome::cause),
        upstream_code: row.try_get(6)?,
        upstream_text: row.try_get(7)?,
    })
}

/// What sync health is judged by.
pub(super) struct ReadFacts;

impl Command for ReadFacts {
    type Answer = SyncFacts;

    const PURPOSE: Purpose = Purpose::Read;

    async fn run(&self, session: &Session) -> Result<SyncFacts, Failure> {
        let (oldest, sum) = tokio::join!(biased;
            session.row(OLDEST_UNSENT, &[]),
            session.row(tally::SUM, &[]),
        );
        let mut facts = SyncFacts::default();
        if let Some(row) = oldest? {
            let task = TaskRow(row.try_get(0)?);
            let accepted_at = task.moment(row.try_get(1)?)?;
            match task.number(row.try_get(2)?) {
                Ok(dossier) => {
                    facts.oldest_unsent = Some(OldestUnsent {
                        accepted_at,
                        dossier,
                    });
                }
                // One that cannot be read must not hide how all others are.
                Err(Failure::Corrupt { task, problem }) => {
                    tracing::error!(task.id = task, problem, "the oldest dossier is not told");
                }
                Err(failure) => return Err(failure),
            }
        }
        if let Some(row) = sum? {
            tally::read(&row, &mut facts)?;
        }
        Ok(facts)
    }
}

/// When the next work falls due.
pub(super) struct ReadNextDue;

impl Command for ReadNextDue {
    type Answer = Option<Timestamp>;

    const PURPOSE: Purpose = Purpose::Read;

    async fn run(&self, session: &Session) -> Result<Option<Timestamp>, Failure> {
        let row = session.row(NEXT_DUE, &[]).await?;
        row.map(|row| TaskRow(row.try_get(0)?).moment(row.try_get(1)?))
            .transpose()
    }
}
