//! A dossier that is due, and what of it is handed out.

use lienthong_core::dossier::Step;
use lienthong_core::dossier::event::EventBody;
use lienthong_core::ports::outbox::{AskReason, Claim, ClaimRequest, Intent, Work};
use lienthong_core::ports::portal::PortalReference;
use lienthong_core::sync::state::SyncState;
use tokio_postgres::Row;

use super::INTERRUPTED;
use crate::store::body;
use crate::store::postgres::column::TaskRow;
use crate::store::postgres::failure::Failure;
use crate::store::reference::reference;

/// A dossier that is due, by its oldest unaccepted event.
pub(super) struct Head {
    pub(super) task: TaskRow,
    pub(super) code: String,
    pub(super) first: i64,
    pub(super) revision: i64,
    pub(super) state: String,
    pub(super) due_at: i64,
    pub(super) fence: i64,
    pub(super) attempts: i64,
    pub(super) spent: i64,
    pub(super) claimed: i64,
    pub(super) known_at_portal: bool,
    pub(super) reference: Option<PortalReference>,
    /// Whether the head had happened before the database was put back.
    pub(super) before_restore: bool,
    /// The head and what is behind it, oldest first; `None` is a body that retention took.
    pub(super) bodies: Vec<(i64, Option<Vec<u8>>)>,
}

/// A head that is handed out.
pub(super) struct Taken {
    pub(super) claim: Claim,
    pub(super) events: i64,
    pub(super) interrupted_at: Option<i64>,
}

impl Head {
    pub(super) fn read(row: &Row) -> Result<Self, Failure> {
        Ok(Self {
            task: TaskRow(row.try_get(0)?),
            code: row.try_get(1)?,
            first: row.try_get(2)?,
            revision: row.try_get(3)?,
            state: row.try_get(4)?,
            due_at: row.try_get(5)?,
            fence: row.try_get(6)?,
            attempts: row.try_get(7)?,
            spent: row.try_get(8)?,
            claimed: row.try_get(9)?,
            known_at_portal: row.try_get(10)?,
            reference: reference(row.try_get(11)?, row.try_get(12)?),
            before_restore: false,
            bodies: Vec::new(),
        })
    }

    /// Most events whose content a claim of it may need.
    pub(super) fn most(&self, request: &ClaimRequest) -> i64 {
        let limit = i64::try_from(request.steps_per_call.get()).unwrap_or(i64::MAX);
        let limit = match self.intent() {
            Ok(Intent::Send) | Err(_) => limit,
            // Whether the database was put back is not known before the content is read.
            Ok(Intent::Ask(_)) => limit.max(self.claimed),
        };
        limit.min(self.revision - self.first + 1)
    }

    fn intent(&self) -> Result<Intent, Failure> {
        match self.task.state(&self.state)? {
            SyncState::Pending | SyncState::Waiting => Ok(Intent::Send),
            SyncState::Unknown => Ok(self.ask(AskReason::LostAnswer)),
            SyncState::Sending => Ok(self.ask(AskReason::Interrupted)),
            SyncState::Accepted | SyncState::Refused | SyncState::Dead | SyncState::Blocked => {
                Err(self.task.corrupt("its state does not go with being due"))
            }
        }
    }

    fn ask(&self, why: AskReason) -> Intent {
        Intent::Ask(if self.before_restore {
            AskReason::BeforeRestore
        } else {
            why
        })
    }

    pub(super) fn is_interrupted(&self) -> bool {
        self.state == SyncState::Sending.name()
    }

    pub(super) fn take(&self) -> Result<Taken, Failure> {
        let task = self.task;
        let intent = self.intent()?;
        let (work, events) = self.work(intent)?;
        let interrupted = self.is_interrupted();
        let spent = self.spent + i64::from(interrupted && INTERRUPTED.spends_patience());
        Ok(Taken {
            claim: Claim {
                task: task.id()?,
                fence: task.count(self.fence + 1)?,
                attempt: task.count(self.attempts + 1)?,
                spent: task.count(spent)?,
                known_at_portal: self.known_at_portal,
                reference: self.reference.clone(),
                intent,
                work,
                earlier_steps: Vec::new(),
            },
            events,
            interrupted_at: interrupted.then_some(self.due_at),
        })
    }

    /// What the head brings to the portal, and of how many events that consists.
    fn work(&self, intent: Intent) -> Result<(Work, i64), Failure> {
        let task = self.task;
        let number = task.number(&self.code)?;
        let head = match self.bodies.first() {
            Some((revision, Some(body))) if *revision == self.first => body,
            Some(_) | None => return Err(task.corrupt("its body is missing")),
        };
        let body = body::read(head).map_err(|problem| task.corrupt(problem))?;
        if *body.dossier() != number {
            return Err(task.corrupt("its body is about another dossier"));
        }
        match body {
            EventBody::State(dossier) => Ok((Work::State(dossier), 1)),
            EventBody::Step { step, .. } => {
                let mut steps = vec![*step];
                steps.extend(self.steps_behind(intent));
                let events = i64::try_from(steps.len()).unwrap_or(i64::MAX);
                Ok((
                    Work::Steps {
                        dossier: number,
                        steps,
                    },
                    events,
                ))
            }
        }
    }

    /// The steps that go along.
    fn steps_behind(&self, intent: Intent) -> impl Iterator<Item = Step> {
        let most = match intent {
            // The question is about everything that may have been sent and nothing else,
            // however many steps go into one call by now.
            Intent::Ask(AskReason::LostAnswer | AskReason::Interrupted) => {
                usize::try_from(self.claimed).unwrap_or(usize::MAX)
            }
            // Which attempts were lost with the disk, nobody knows.
            Intent::Send | Intent::Ask(AskReason::BeforeRestore) => usize::MAX,
        };
        let bodies = self.bodies.iter().take(most).skip(1);
        bodies.map_while(|(_, body)| body::read_along(body.as_ref()?))
    }
}
