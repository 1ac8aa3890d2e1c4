//! A dossier at a glance: little enough to be read again and again.

use jiff::Timestamp;

use super::DossierRecord;
use crate::access::ClientName;
use crate::sync::state::SyncState;

/// What of a dossier changes whenever something of its timeline does, and whose it is.
///
/// Whoever waits for a change compares two of them, and reads the [`DossierRecord`] only
/// where they differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DossierGlance {
    /// Calling system that recorded it first.
    pub recorded_by: ClientName,
    /// Number of events recorded.
    pub revision: u64,
    /// Revision of the newest event that the portal accepted; 0 when there is none.
    pub accepted_revision: u64,
    /// State of the oldest event that is not accepted, or [`SyncState::Accepted`].
    pub state: SyncState,
    /// How often that event was tried.
    pub attempts: u32,
    /// When a claim may take that event.
    pub due_at: Option<Timestamp>,
    /// When the portal last accepted something of it.
    pub last_accepted_at: Option<Timestamp>,
}

impl DossierGlance {
    /// The glance at what was read as a whole. While an event is sent, a store may know
    /// another [`DossierGlance::due_at`] than its timeline tells.
    #[must_use]
    pub fn of(record: &DossierRecord) -> Self {
        let accepted = |state| state == SyncState::Accepted;
        let head = record.timeline.iter().find(|entry| !accepted(entry.state));
        let last = head.and_then(|head| head.attempts.last());
        let newest = record.timeline.iter().rfind(|entry| accepted(entry.state));
        Self {
            recorded_by: record.recorded_by.clone(),
            revision: record.revision,
            accepted_revision: newest.map_or(0, |entry| entry.revision),
            state: record.state,
            attempts: last.map_or(0, |attempt| attempt.number),
            due_at: head.and_then(|head| head.next_attempt_at),
            last_accepted_at: record.last_accepted_at,
        }
    }
}
