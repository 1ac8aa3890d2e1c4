//! A person's word for what stands at the portal.

use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::ledger::{Found, Release, Resolved};
use lienthong_core::sync::question::may_be_resolved;
use lienthong_core::sync::state::SyncState;

use super::kept::keep;
use super::release::{before_restore, last_outcome, whole};
use crate::store::postgres::column::{TaskRow, micros};
use crate::store::postgres::failure::Failure;
use crate::store::postgres::link::Command;
use crate::store::postgres::session::{Purpose, Session};
use crate::store::postgres::settle::accept_through;

const DOSSIER: &str = "
    SELECT id, accepted_revision + 1, state, claimed
      FROM dossier
     WHERE code = $1
       FOR NO KEY UPDATE";

const SEND: &str = "
    UPDATE dossier
       SET state = 'PENDING', due_at = $2, spent = 0, touched_at = greatest(touched_at, $2)
     WHERE id = $1";

const IS_THERE: &str = "UPDATE dossier SET known_at_portal = true WHERE id = $1";

/// Settles the head of a dossier by what a person found.
pub(super) struct Resolve {
    pub(super) dossier: DossierNumber,
    pub(super) revision: u64,
    pub(super) found: Found,
    pub(super) release: Release,
}

struct Head {
    task: TaskRow,
    /// Its revision.
    first: i64,
    state: SyncState,
    claimed: i64,
}

impl Command for Resolve {
    type Answer = Resolved;

    const PURPOSE: Purpose = Purpose::Write;

    async fn run(&self, session: &Session) -> Result<Resolved, Failure> {
        let code = self.dossier.as_str();
        let Some(row) = session.row(DOSSIER, &[&code]).await? else {
            return Ok(Resolved::NotRecorded);
        };
        let task = TaskRow(row.try_get(0)?);
        let head = Head {
            task,
            first: row.try_get(1)?,
            state: task.state(row.try_get(2)?)?,
            claimed: row.try_get(3)?,
        };
        let is_meant = task.count::<u64>(head.first)? == self.revision;
        let last = last_outcome(session, task, head.first).await?;
        if !is_meant || !may_be_resolved(head.state, last) {
            return Ok(Resolved::Untouched);
        }
        match self.found {
            Found::Arrived { through } => self.arrived(session, &head, through).await,
            Found::Absent => self.absent(session, &head).await,
        }
    }
}

impl Resolve {
    async fn arrived(
        &self,
        session: &Session,
        head: &Head,
        through: Option<u64>,
    ) -> Result<Resolved, Failure> {
        let first: u64 = head.task.count(head.first)?;
        let last: u64 = head.task.count(head.first + head.claimed - 1)?;
        let through = match through {
            Some(named) => named,
            // After a restore the question was also about events that nobody is known to have
            // sent.
            None if before_restore(session, head.task, head.first).await? => first,
            None => last,
        };
        if !(first..=last).contains(&through) {
            return Ok(Resolved::NotSentTogether {
                last_revision: last,
            });
        }
        let events = head.first..=i64::try_from(through).unwrap_or(i64::MAX);
        let at = micros(self.release.at);
        accept_through(session, head.task, head.state, events, at).await?;
        session.execute(IS_THERE, &[&head.task.0]).await?;
        self.keep(session, head).await?;
        Ok(Resolved::Accepted {
            through_revision: through,
        })
    }

    async fn absent(&self, session: &Session, head: &Head) -> Result<Resolved, Failure> {
        if !whole(session, head.task, head.first, head.first).await? {
            return Ok(Resolved::Expired);
        }
        let at = micros(self.release.at);
        session.execute(SEND, &[&head.task.0, &at]).await?;
        session.count(|tally| {
            tally.take(head.state, 1);
            tally.add(SyncState::Pending, 1);
        });
        self.keep(session, head).await?;
        Ok(Resolved::Due {
            revision: head.task.count(head.first)?,
        })
    }

    async fn keep(&self, session: &Session, head: &Head) -> Result<(), Failure> {
        let kind = self.found.name();
        keep(session, head.task, head.first, kind, &self.release).await?;
        session.changed(self.dossier.clone());
        Ok(())
    }
}
