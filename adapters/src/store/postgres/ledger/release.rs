//! What a person has sent again.
//!
//! What a reader would get wrong: nothing is sent here, and nothing that is under way is
//! touched. An event that is brought back becomes work like any other, in its order.

use lienthong_core::access::OfficerId;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::ledger::{Release, Released};
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::state::SyncState;
use lienthong_core::text::Text;

use crate::store::postgres::column::{TaskRow, micros, storable};
use crate::store::postgres::failure::Failure;
use crate::store::postgres::link::Command;
use crate::store::postgres::session::{Purpose, Session};

/// Longest name of an operation that is kept.
const OPERATION_NAME: usize = 40;

const DOSSIER: &str = "
    SELECT id, revision, accepted_revision, state
      FROM dossier
     WHERE code = $1
       FOR NO KEY UPDATE";

// Whether every body from revision $2 to $3 is still there.
const WHOLE: &str = "
    SELECT NOT EXISTS (SELECT 1 FROM event
                        WHERE dossier = $1 AND revision BETWEEN $2 AND $3 AND body IS NULL)";

// How the last attempt that ended came out.
const LAST_ATTEMPT: &str = "
    SELECT outcome, cause
      FROM attempt
     WHERE dossier = $1 AND revision = $2 AND outcome IS NOT NULL
     ORDER BY number DESC
     LIMIT 1";

const BRING_BACK: &str = "
    UPDATE dossier
       SET state = $2, due_at = $3, spent = 0, touched_at = greatest(touched_at, $3)
     WHERE id = $1";

// The event at $2 becomes the head again. Attempts at it go on counting.
const AGAIN: &str = "
    UPDATE dossier d
       SET accepted_revision = $2::bigint - 1, state = 'PENDING', due_at = $3,
           unsent_at = (SELECT e.accepted_at FROM event e
                         WHERE e.dossier = d.id AND e.revision = $2),
           attempts = coalesce((SELECT max(a.number) FROM attempt a
                                 WHERE a.dossier = d.id AND a.revision = $2), 0),
           spent = 0, claimed = 1, known_at_portal = $4,
           cause = NULL, upstream_code = '', upstream_text = '', failed_at = NULL,
           touched_at = greatest(d.touched_at, $3)
     WHERE d.id = $1";

const KEEP: &str = "
    INSERT INTO release (dossier, revision, kind, operator, reason, operation, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";

/// What is brought back.
pub(super) enum BringBack {
    /// The refused or dead head.
    Head,
    /// The accepted events from `revision` on.
    From {
        revision: i64,
        known_at_portal: bool,
    },
}

/// Brings something back.
pub(super) struct Bring {
    pub(super) dossier: DossierNumber,
    pub(super) release: Release,
    pub(super) what: BringBack,
}

struct Found {
    task: TaskRow,
    revision: i64,
    accepted: i64,
    state: SyncState,
}

impl Command for Bring {
    type Answer = Released;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<Released, Failure> {
        let code = self.dossier.as_str();
        let Some(row) = session.row(DOSSIER, &[&code]).await? else {
            return Ok(Released::NotRecorded);
        };
        let task = TaskRow(row.try_get(0)?);
        let found = Found {
            task,
            revision: row.try_get(1)?,
            accepted: row.try_get(2)?,
            state: task.state(row.try_get(3)?)?,
        };
        match self.what {
            BringBack::Head => self.head(session, &found).await,
            BringBack::From {
                revision,
                known_at_portal,
            } => self.from(session, &found, revision, known_at_portal).await,
        }
    }
}

impl Bring {
    async fn head(&self, session: &Session, found: &Found) -> Result<Released, Failure> {
        match found.state {
            SyncState::Refused | SyncState::Dead => {}
            SyncState::Pending
            | SyncState::Sending
            | SyncState::Accepted
            | SyncState::Unknown
            | SyncState::Waiting
            | SyncState::Blocked => return Ok(Released::Untouched),
        }
        let head = found.accepted + 1;
        if !whole(session, found.task, head, head).await? {
            return Ok(Released::Expired);
        }
        let state = comes_back_as(session, found.task, head).await?;
        let at = micros(self.release.at);
        session
            .execute(BRING_BACK, &[&found.task.0, &state.name(), &at])
            .await?;
        session.count(|tally| {
            tally.take(found.state, 1);
            tally.add(state, 1);
        });
        self.keep(session, found.task, head, "RELEASE").await
    }

    async fn from(
        &self,
        session: &Session,
        found: &Found,
        revision: i64,
        known_at_portal: bool,
    ) -> Result<Released, Failure> {
        if found.state != SyncState::Accepted || revision > found.revision {
            return Ok(Released::Untouched);
        }
        if !whole(session, found.task, revision, found.revision).await? {
            return Ok(Released::Expired);
        }
        let at = micros(self.release.at);
        session
            .execute(AGAIN, &[&found.task.0, &revision, &at, &known_at_portal])
            .await?;
        session.count(|tally| {
            let behind = found.revision - revision;
            tally.take(SyncState::Accepted, behind + 1);
            tally.add(SyncState::Pending, 1);
            tally.add(SyncState::Blocked, behind);
        });
        self.keep(session, found.task, revision, "REPLAY").await
    }

    /// Who did it, and why.
    async fn keep(
        &self,
        session: &Session,
        task: TaskRow,
        revision: i64,
        kind: &str,
    ) -> Result<Released, Failure> {
        let operation = self.release.operation.as_deref();
        let operation = operation.map(|name| storable(name, OPERATION_NAME));
        session
            .execute(
                KEEP,
                &[
                    &task.0,
                    &revision,
                    &kind,
                    &OfficerId::expose(&self.release.operator),
                    &Text::as_str(&self.release.reason),
                    &operation,
                    &micros(self.release.at),
                ],
            )
            .await?;
        session.changed(self.dossier.clone());
        Ok(Released::Due {
            revision: task.count(revision)?,
        })
    }
}

async fn whole(session: &Session, task: TaskRow, from: i64, to: i64) -> Result<bool, Failure> {
    let row = session.row(WHOLE, &[&task.0, &from, &to]).await?;
    row.map_or(Ok(false), |row| Ok(row.try_get(0)?))
}

/// Whether the portal is asked first.
async fn comes_back_as(session: &Session, task: TaskRow, head: i64) -> Result<SyncState, Failure> {
    let Some(row) = session.row(LAST_ATTEMPT, &[&task.0, &head]).await? else {
        return Ok(SyncState::Pending);
    };
    let (outcome, cause): (&str, Option<&str>) = (row.try_get(0)?, row.try_get(1)?);
    // Where there is no way to ask, the person has looked.
    let vain = cause == Some(Cause::CannotBeAsked.name());
    Ok(if outcome == "UNKNOWN" && !vain {
        SyncState::Unknown
    } else {
        SyncState::Pending
    })
}
