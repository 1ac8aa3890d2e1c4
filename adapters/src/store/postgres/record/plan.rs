//! What becomes of the events of a batch, decided in memory while their dossiers are
//! locked: the same answers as if they had come one by one.

use std::collections::HashMap;

use lienthong_core::access::{ClientName, may_use_dossier};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::outbox::{EventKind, OutboxError, Receipt, RecordError};
use lienthong_core::sync::state::SyncState;
use tokio_postgres::Row;

use super::{Answer, Name, Prepared};
use crate::store::postgres::column::TaskRow;
use crate::store::postgres::failure::Failure;

/// What is known before a batch is decided.
pub(super) struct Known {
    pub(super) heads: HashMap<String, HeadRow>,
    pub(super) kept: HashMap<Name, Kept>,
    /// What had happened by then is asked about before it is sent.
    pub(super) restored_at: Option<i64>,
}

/// The row of a dossier, as it stands and as it comes to stand.
pub(super) struct HeadRow {
    /// `None` while it is not there.
    pub(super) id: Option<i64>,
    /// Whether this batch made it.
    pub(super) is_new: bool,
    pub(super) number: DossierNumber,
    pub(super) client: ClientName,
    pub(super) revision: i64,
    pub(super) state_revision: i64,
    /// Moment of the newest event.
    pub(super) newest: i64,
    pub(super) status: i16,
    pub(super) procedure: String,
    /// Whether an event waits before the next one.
    pub(super) blocked: bool,
    /// When the event came that this batch makes the head.
    pub(super) head_at: Option<i64>,
    /// Its state.
    pub(super) head_state: SyncState,
    /// When this batch touched it last.
    pub(super) touched_at: i64,
    /// Whether this batch adds an event.
    pub(super) touched: bool,
}

impl HeadRow {
    pub(super) fn read(row: &Row) -> Result<Self, Failure> {
        let id: i64 = row.try_get(0)?;
        let task = TaskRow(id);
        Ok(Self {
            id: Some(id),
            is_new: false,
            number: task.number(row.try_get(1)?)?,
            client: task.client(row.try_get(2)?)?,
            revision: row.try_get(3)?,
            state_revision: row.try_get(4)?,
            newest: row.try_get(5)?,
            status: row.try_get(6)?,
            procedure: row.try_get(7)?,
            blocked: row.try_get::<_, &str>(8)? != SyncState::Accepted.name(),
            head_at: None,
            head_state: SyncState::Pending,
            touched_at: 0,
            touched: false,
        })
    }

    /// A dossier without any event.
    fn empty(event: &Prepared) -> Self {
        Self {
            id: None,
            is_new: false,
            number: event.dossier.clone(),
            client: event.client.clone(),
            revision: 0,
            state_revision: 0,
            newest: event.occurred_at,
            status: 0,
            procedure: String::new(),
            blocked: false,
            head_at: None,
            head_state: SyncState::Pending,
            touched_at: 0,
            touched: false,
        }
    }

    /// Takes one more event. Its state where it is the head.
    fn add(&mut self, event: &Prepared, restored_at: Option<i64>) -> Option<SyncState> {
        self.revision += 1;
        if event.kind == EventKind::State {
            self.state_revision = self.revision;
        }
        if let Some(procedure) = &event.procedure {
            procedure.as_str().clone_into(&mut self.procedure);
        }
        self.status = event.status.code().into();
        self.newest = event.occurred_at;
        self.touched_at = self.touched_at.max(event.recorded_at);
        self.touched = true;
        if self.blocked {
            return None;
        }
        self.blocked = true;
        self.head_at = Some(event.recorded_at);
        self.head_state = if restored_at.is_some_and(|at| event.occurred_at <= at) {
            SyncState::Unknown
        } else {
            SyncState::Pending
        };
        Some(self.head_state)
    }
}

/// An event that is kept under its name.
pub(super) struct Kept {
    dossier: TaskRow,
    revision: i64,
    accepted_at: i64,
    hash: Vec<u8>,
}

impl Kept {
    pub(super) fn read(row: &Row) -> Result<Self, Failure> {
        Ok(Self {
            dossier: TaskRow(row.try_get(2)?),
            revision: row.try_get(3)?,
            accepted_at: row.try_get(4)?,
            hash: row.try_get(5)?,
        })
    }
}

/// An event that is added.
pub(super) struct Added {
    /// Its place in the batch.
    pub(super) place: usize,
    pub(super) revision: i64,
    /// Its state where it is the head; it is blocked otherwise.
    pub(super) head: Option<SyncState>,
}

/// What is to be written, and what is to be answered once it is.
pub(super) struct Plan {
    pub(super) heads: HashMap<String, HeadRow>,
    pub(super) added: Vec<Added>,
    pub(super) answers: Vec<Answer>,
    restored_at: Option<i64>,
}

impl Plan {
    /// Decides about `events`, one by one, in their order.
    pub(super) fn make(events: &[Prepared], known: Known) -> Self {
        let Known {
            heads,
            kept,
            restored_at,
        } = known;
        let mut plan = Self {
            heads,
            restored_at,
            added: Vec::new(),
            answers: Vec::with_capacity(events.len()),
        };
        // Names of this batch, by the place of what they were added for.
        let mut names: HashMap<(&str, &str), usize> = HashMap::new();
        for (place, event) in events.iter().enumerate() {
            let name = (event.client.as_str(), event.event_id.as_str());
            let owned = (name.0.to_owned(), name.1.to_owned());
            let answer = if let Some(kept) = kept.get(&owned) {
                repeated(event, kept)
            } else if let Some(added) = names.get(&name).map(|index| &plan.added[*index]) {
                let first = &events[added.place];
                let kept = Kept {
                    dossier: TaskRow(0),
                    revision: added.revision,
                    accepted_at: first.recorded_at,
                    hash: first.hash.clone(),
                };
                repeated(event, &kept)
            } else {
                let answer = plan.add(place, event);
                if answer.is_ok() {
                    names.insert(name, plan.added.len() - 1);
                }
                answer
            };
            plan.answers.push(answer);
        }
        plan
    }

    fn add(&mut self, place: usize, event: &Prepared) -> Answer {
        let dossier = || event.dossier.clone();
        match self.heads.get(event.dossier.as_str()) {
            // First of all: whose dossier it is not, learns nothing of how far it has come.
            Some(head) if !may_use_dossier(&event.client, &head.client) => {
                return Err(RecordError::OtherSystem { dossier: dossier() });
            }
            Some(head) if event.occurred_at < head.newest => {
                let recorded = row(head).moment(head.newest).map_err(OutboxError::from)?;
                return Err(RecordError::Stale {
                    dossier: dossier(),
                    recorded,
                });
            }
            None if event.kind == EventKind::Step => {
                return Err(RecordError::DossierNotRecorded { dossier: dossier() });
            }
            Some(_) | None => {}
        }
        let head = self
            .heads
            .entry(event.dossier.as_str().to_owned())
            .or_insert_with(|| HeadRow::empty(event));
        let as_head = head.add(event, self.restored_at);
        let revision = head.revision;
        self.added.push(Added {
            place,
            revision,
            head: as_head,
        });
        receipt(row(head), event, revision, event.recorded_at, false)
    }
}

fn row(head: &HeadRow) -> TaskRow {
    TaskRow(head.id.unwrap_or_default())
}

/// The answer for an event whose name was used before.
fn repeated(event: &Prepared, kept: &Kept) -> Answer {
    if kept.hash != event.hash {
        return Err(RecordError::OtherContent);
    }
    // The same content names the same dossier.
    receipt(kept.dossier, event, kept.revision, kept.accepted_at, true)
}

fn receipt(
    task: TaskRow,
    event: &Prepared,
    revision: i64,
    accepted_at: i64,
    duplicate: bool,
) -> Answer {
    Ok(Receipt {
        dossier: event.dossier.clone(),
        revision: task.count(revision).map_err(OutboxError::from)?,
        // As it stands in the column, so that both receipts tell the same microsecond.
        accepted_at: task.moment(accepted_at).map_err(OutboxError::from)?,
        duplicate,
    })
}
