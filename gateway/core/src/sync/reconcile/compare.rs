//! Compares one dossier: what the portal has accepted of ours with what it shows.
//!
//! What a reader would get wrong: only accepted events count. What is refused here or has
//! not been sent yet is not expected there, so its absence is no difference.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{DateField, Difference, Finding};
use crate::dossier::{Dossier, DossierDates};
use crate::portal_status::PortalStatus;
use crate::ports::ledger::RecordedStep;
use crate::ports::outbox::{DossierRecord, EventKind, TimelineEntry};
use crate::ports::portal::{PortalDetails, PortalView, StepMark};
use crate::sync::state::SyncState;
use crate::wire_time::{local_date, viet_nam};

/// Compares what is recorded of a dossier (`None`: nothing) with the portal's `view` of it.
/// Without the recorded `steps`, missing ones are counted only.
#[must_use]
pub fn compare(
    record: Option<&DossierRecord>,
    steps: Option<&[RecordedStep]>,
    view: &PortalView,
) -> Finding {
    let PortalView::Present {
        status,
        steps: there,
        details,
    } = view
    else {
        let missing = record.is_some_and(believed_there);
        return presence(missing.then_some(Difference::MissingThere));
    };
    let Some(record) = record else {
        return presence(Some(Difference::MissingHere));
    };
    if !believed_there(record) {
        return presence(Some(Difference::UnexpectedThere));
    }
    let there = there.listed();
    let mut differences = Vec::new();
    differences.extend(status_difference(record, *status, details));
    if let Some(there) = there {
        differences.extend(step_difference(record, steps, there));
    }
    if let Some(dossier) = accepted_state(record) {
        differences.extend(date_differences(&dossier.dates, details));
        differences.extend(result_difference(dossier, details));
    }
    Finding::Answered {
        by_fields: status.is_some() || there.is_some() || **details != PortalDetails::default(),
        differences,
    }
}

fn presence(difference: Option<Difference>) -> Finding {
    Finding::Answered {
        by_fields: false,
        differences: difference.into_iter().collect(),
    }
}

fn believed_there(record: &DossierRecord) -> bool {
    record.known_at_portal || accepted(record).next().is_some()
}

/// The events that the portal has accepted, oldest first.
pub(super) fn accepted(record: &DossierRecord) -> impl Iterator<Item = &TimelineEntry> {
    record
        .timeline
        .iter()
        .filter(|entry| entry.state == SyncState::Accepted)
}

/// The newest state, where the portal has accepted it and it is still kept.
fn accepted_state(record: &DossierRecord) -> Option<&Dossier> {
    let newest = record
        .timeline
        .iter()
        .rfind(|entry| entry.kind == EventKind::State)?;
    let dossier = record.dossier.as_ref()?;
    (newest.state == SyncState::Accepted).then_some(dossier)
}

fn status_difference(
    record: &DossierRecord,
    theirs: Option<PortalStatus>,
    details: &PortalDetails,
) -> Option<Difference> {
    let ours = accepted(record).last()?.status;
    if let Some(raw) = &details.raw_status {
        let theirs = raw.clone();
        return Some(Difference::StatusUnknown { ours, theirs });
    }
    let theirs = theirs?;
    // Whether a step moves the status of its dossier there is not publicly known
    // (portal.md 6), so the newest state's own status agrees as well.
    let of_state = accepted(record)
        .filter(|entry| entry.kind == EventKind::State)
        .last()
        .map(|entry| entry.status);
    if theirs == ours || Some(theirs) == of_state {
        return None;
    }
    Some(if accepted(record).any(|entry| entry.status == theirs) {
        Difference::StatusBehind { ours, theirs }
    } else {
        Difference::StatusAhead { ours, theirs }
    })
}

fn step_difference(
    record: &DossierRecord,
    steps: Option<&[RecordedStep]>,
    there: &[StepMark],
) -> Option<Difference> {
    let ours: BTreeSet<u64> = accepted(record)
        .filter(|entry| entry.kind == EventKind::Step)
        .map(|entry| entry.revision)
        .collect();
    let Some(steps) = steps else {
        let missing = ours.len().saturating_sub(there.len());
        return steps_missing(missing, 0);
    };
    let mut unclaimed: Vec<&StepMark> = there.iter().collect();
    let missing: Vec<u64> = steps
        .iter()
        .filter(|step| ours.contains(&step.revision))
        .filter(|step| !claim(&mut unclaimed, &step.mark))
        .map(|step| step.revision)
        .collect();
    let first = missing.first().copied().unwrap_or(0);
    let all_behind_are_missing = ours.range(first..).count() == missing.len();
    steps_missing(
        missing.len(),
        if all_behind_are_missing { first } else { 0 },
    )
}

fn steps_missing(steps: usize, first_revision: u64) -> Option<Difference> {
    (steps > 0).then(|| Difference::StepsMissing {
        steps: u64::try_from(steps).unwrap_or(u64::MAX),
        first_revision,
    })
}

/// Whether `mark` is there; a mark there shows one step, so it is taken out. One whose
/// status is none of the ten shows the step too: taken for missing, it would be sent again.
fn claim(unclaimed: &mut Vec<&StepMark>, mark: &StepMark) -> bool {
    let found = unclaimed
        .iter()
        .position(|there| there.is_same_step(mark))
        .or_else(|| unclaimed.iter().position(|there| there.may_be(mark)));
    found.map(|index| unclaimed.swap_remove(index)).is_some()
}

fn date_differences(dates: &DossierDates, details: &PortalDetails) -> Vec<Difference> {
    DateField::ALL
        .into_iter()
        .filter_map(|field| {
            let (ours, theirs) = match field {
                DateField::Received => (Some(dates.received), details.received),
                DateField::Due => (dates.due, details.due),
                DateField::Finished => (dates.finished, details.finished),
                DateField::Returned => (dates.returned, details.returned),
            };
            let theirs = theirs?;
            (!same_date(ours, theirs)).then_some(Difference::DateChanged {
                field,
                ours,
                theirs,
            })
        })
        .collect()
}

fn same_date(ours: Option<Timestamp>, theirs: Option<Timestamp>) -> bool {
    match (ours, theirs) {
        (None, None) => true,
        (Some(ours), Some(theirs)) => {
            // P4 carries some dates as a day alone (portal.md 9).
            let day_alone = viet_nam().to_datetime(theirs).time() == jiff::civil::Time::midnight();
            ours.as_second() == theirs.as_second()
                || (day_alone && local_date(ours) == local_date(theirs))
        }
        (Some(_), None) | (None, Some(_)) => false,
    }
}

fn result_difference(dossier: &Dossier, details: &PortalDetails) -> Option<Difference> {
    let there = details.results.as_ref()?.iter().filter(|file| **file);
    let ours = dossier.results.iter().filter(|paper| paper.url.is_some());
    let papers = ours.count().saturating_sub(there.count());
    (papers > 0).then(|| Difference::ResultWithoutFile {
        papers: u64::try_from(papers).unwrap_or(u64::MAX),
    })
}

#[cfg(test)]
mod tests;
