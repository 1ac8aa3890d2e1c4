//! Invented records of dossiers and views of the portal, for tests.

use jiff::{SignedDuration, Timestamp};

use crate::access::ClientName;
use crate::dossier::event::EventId;
use crate::dossier::samples;
use crate::portal_status::PortalStatus;
use crate::ports::ledger::RecordedStep;
use crate::ports::outbox::{DossierRecord, EventKind, TimelineEntry};
use crate::ports::portal::{PortalDetails, PortalView, StepMark, StepsThere};
use crate::sync::state::SyncState;

/// An event: what it is, its status, and whether the portal has accepted it.
pub(super) type Told = (EventKind, PortalStatus, SyncState);

/// An accepted state.
pub(super) fn state(status: PortalStatus) -> Told {
    (EventKind::State, status, SyncState::Accepted)
}

/// An accepted step.
pub(super) fn step() -> Told {
    (
        EventKind::Step,
        PortalStatus::Processing,
        SyncState::Accepted,
    )
}

/// The moment of the event with this revision.
pub(super) fn at(revision: u64) -> Timestamp {
    samples::submitted() + SignedDuration::from_secs(i64::try_from(revision).unwrap())
}

/// The mark of the step with this revision.
pub(super) fn mark(revision: u64) -> StepMark {
    StepMark {
        handled_at: at(revision),
        status: PortalStatus::Processing.into(),
        content: format!("Bước {revision}"),
    }
}

/// A dossier with these events.
pub(super) fn record(events: &[Told]) -> DossierRecord {
    let timeline: Vec<TimelineEntry> = (1..)
        .zip(events)
        .map(|(revision, &(kind, status, state))| TimelineEntry {
            event: EventId::parse(&format!("e-{revision}")).unwrap(),
            revision,
            kind,
            occurred_at: at(revision),
            accepted_at: at(revision),
            state,
            status,
            next_attempt_at: None,
            attempts: Vec::new(),
        })
        .collect();
    DossierRecord {
        number: samples::number(),
        recorded_by: ClientName::parse("igate").unwrap(),
        dossier: Some(samples::dossier("Khai sinh")),
        revision: u64::try_from(events.len()).unwrap(),
        state: timeline
            .iter()
            .map(|entry| entry.state)
            .find(|state| *state != SyncState::Accepted)
            .unwrap_or(SyncState::Accepted),
        last_accepted_at: None,
        known_at_portal: timeline
            .iter()
            .any(|entry| entry.state == SyncState::Accepted),
        reference: None,
        timeline,
    }
}

/// The steps of `record` as they were recorded.
pub(super) fn steps(record: &DossierRecord) -> Vec<RecordedStep> {
    record
        .timeline
        .iter()
        .filter(|entry| entry.kind == EventKind::Step)
        .map(|entry| RecordedStep {
            revision: entry.revision,
            mark: mark(entry.revision),
        })
        .collect()
}

/// A view with this status, the marks of the steps with these revisions, and `details`.
pub(super) fn view(
    status: Option<PortalStatus>,
    steps: Option<&[u64]>,
    details: PortalDetails,
) -> PortalView {
    PortalView::Present {
        status,
        steps: steps.map_or(StepsThere::NotCarried, |steps| {
            StepsThere::Listed(steps.iter().copied().map(mark).collect())
        }),
        details: Box::new(details),
    }
}
