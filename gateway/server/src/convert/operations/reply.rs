//! Operations, their items and what a reconciliation found, as they are answered.
//!
//! What a reader would get wrong: nothing of a citizen is in them. The values of a
//! difference are states, dates and counts; the only person named is the operator who
//! started or stopped an operation, and operators alone read it.

use jiff::Timestamp;
use lienthong_core::access::{ClientName, OfficerId};
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::operations::{
    FoundCounts, Item, ItemResult, Operation, OperationKind, OperationState,
};
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::operation_failure::OperationFailure;
use lienthong_core::sync::reconcile::{DateField, Difference, Repair};
use lienthong_proto::v1;

use super::super::sync::cause;
use super::super::{to_timestamp, whole};
use crate::sync::operations::{Mendable, OpenAs};

/// Longest status of the portal that is shown, in characters; a true one has two.
const RAW_STATUS: usize = 50;

/// Paths in `Dossier` that are compared where the portal's answer carries them.
const COMPARED: [&str; 6] = [
    "status",
    "received_at",
    "due_at",
    "finished_at",
    "returned_at",
    "results",
];

/// How far an operation is at `now`.
pub(crate) fn operation(operation: Operation, now: Timestamp) -> v1::Operation {
    let waiting = OpenAs::of(&operation, now) == Some(OpenAs::Waiting);
    let failure = OperationFailure::from_name(&operation.failure);
    let system = |system: Option<&ClientName>| system.map_or("", ClientName::as_str).to_owned();
    let stopped = operation.stopped_by.as_ref();
    let started = operation.started;
    v1::Operation {
        operation_id: started.id.as_str().to_owned(),
        kind: kind(started.kind).into(),
        state: state(operation.state).into(),
        total_items: whole(operation.total),
        done_items: whole(
            operation
                .succeeded
                .saturating_add(operation.failed)
                .saturating_add(operation.skipped),
        ),
        succeeded_items: whole(operation.succeeded),
        failed_items: whole(operation.failed),
        started_at: Some(to_timestamp(started.started_at)),
        ended_at: operation.ended_at.map(to_timestamp),
        reason: started.reason.as_str().to_owned(),
        failure_reason: operation.failure,
        items_per_minute: i32::try_from(started.per_minute.get()).unwrap_or(i32::MAX),
        skipped_items: whole(operation.skipped),
        started_by_system: system(started.system.as_ref()),
        started_by_operator: OfficerId::expose(&started.operator).to_owned(),
        stopped_by_system: system(stopped.and_then(|by| by.system.as_ref())),
        stopped_by_operator: stopped
            .map_or("", |by| OfficerId::expose(&by.operator))
            .to_owned(),
        failure_advice_vi: failure.map_or("", OperationFailure::advice_vi).to_owned(),
        failure_advice_en: failure.map_or("", OperationFailure::advice_en).to_owned(),
        waiting,
        expired: operation.expired,
    }
}

fn kind(kind: OperationKind) -> v1::operation::Kind {
    match kind {
        OperationKind::Retry => v1::operation::Kind::Retry,
        OperationKind::Reconciliation => v1::operation::Kind::Reconciliation,
        OperationKind::Repair => v1::operation::Kind::Repair,
    }
}

fn state(state: OperationState) -> v1::operation::State {
    match state {
        OperationState::Choosing | OperationState::Running => v1::operation::State::Running,
        OperationState::Finished => v1::operation::State::Finished,
        OperationState::Cancelled => v1::operation::State::Cancelled,
        OperationState::Failed => v1::operation::State::Failed,
    }
}

/// One item of an operation.
pub(crate) fn item(item: &Item) -> v1::OperationItem {
    use v1::operation_item::Result;
    let (result, why) = match item.result {
        None => (Result::Unspecified, None),
        Some(ItemResult::Succeeded) => (Result::Succeeded, None),
        Some(ItemResult::Failed(cause)) => (Result::ItemFailed, Some(cause)),
        Some(ItemResult::Skipped) => (Result::Skipped, None),
    };
    v1::OperationItem {
        dossier_code: item.dossier.as_str().to_owned(),
        event_id: String::new(),
        result: result.into(),
        cause: why.map_or(0, |why| cause(why).into()),
        ended_at: item.ended_at.map(to_timestamp),
        revision: whole(item.revision.unwrap_or(0)),
        advice_vi: why.map_or("", Cause::advice_vi).to_owned(),
        advice_en: why.map_or("", Cause::advice_en).to_owned(),
    }
}

/// How far a reconciliation is at `now`, and what it found.
pub(crate) fn reconciliation(
    found: Operation,
    counts: FoundCounts,
    now: Timestamp,
) -> v1::Reconciliation {
    use v1::reconciliation::Depth;
    let answered = counts.equal + counts.different + counts.missing;
    let depth = match (counts.by_fields, answered) {
        (1.., _) => Depth::Fields,
        (0, 1..) => Depth::Presence,
        (0, 0) => Depth::Unspecified,
    };
    let compared = COMPARED.iter().filter(|_| depth == Depth::Fields);
    v1::Reconciliation {
        reconciliation_id: found.started.id.as_str().to_owned(),
        profile: found.started.profile.clone().unwrap_or_default(),
        operation: Some(operation(found, now)),
        depth: depth.into(),
        compared_fields: compared.map(|path| (*path).to_owned()).collect(),
        equal_dossiers: whole(counts.equal),
        different_dossiers: whole(counts.different),
        missing_dossiers: whole(counts.missing),
        unanswered_dossiers: whole(counts.unanswered),
    }
}

/// One difference, and what may be done about it.
pub(crate) fn difference(mendable: Mendable) -> v1::Difference {
    let Mendable { kept, repair } = mendable;
    let told = words(kept.difference);
    let (repairable, advice_vi, advice_en) = match repair {
        Repair::Replay { .. } => (true, "", ""),
        Repair::ByHand(why) => (false, why.advice_vi(), why.advice_en()),
    };
    v1::Difference {
        difference_id: kept.number.to_string(),
        dossier_code: kept.dossier.as_str().to_owned(),
        kind: told.kind.into(),
        field: told.field.to_owned(),
        our_value: told.ours,
        portal_value: told.theirs,
        found_at: Some(to_timestamp(kept.found_at)),
        repairable,
        advice_vi: advice_vi.to_owned(),
        advice_en: advice_en.to_owned(),
        known_since: Some(to_timestamp(kept.known_since)),
    }
}

struct Words {
    kind: v1::difference::Kind,
    field: &'static str,
    ours: String,
    theirs: String,
}

fn words(difference: Difference) -> Words {
    use v1::difference::Kind;
    let tell = |kind, field, ours, theirs| Words {
        kind,
        field,
        ours,
        theirs,
    };
    let nothing = String::new;
    match difference {
        Difference::MissingThere => tell(Kind::MissingOnPortal, "", nothing(), nothing()),
        Difference::MissingHere => tell(Kind::MissingHere, "", nothing(), nothing()),
        Difference::UnexpectedThere => tell(Kind::UnexpectedOnPortal, "", nothing(), nothing()),
        Difference::StatusBehind { ours, theirs } => {
            tell(Kind::StatusBehind, "status", name(ours), name(theirs))
        }
        Difference::StatusAhead { ours, theirs } => {
            tell(Kind::StatusAhead, "status", name(ours), name(theirs))
        }
        Difference::StatusUnknown { ours, theirs } => {
            let theirs = theirs.chars().take(RAW_STATUS).collect();
            tell(Kind::StatusUnknown, "status", name(ours), theirs)
        }
        Difference::StepsMissing { steps, .. } => {
            tell(Kind::StepsMissing, "", steps.to_string(), nothing())
        }
        Difference::DateChanged {
            field,
            ours,
            theirs,
        } => {
            let text = |at: Option<jiff::Timestamp>| at.map(|at| at.to_string());
            tell(
                Kind::DateChanged,
                date_path(field),
                text(ours).unwrap_or_default(),
                text(theirs).unwrap_or_default(),
            )
        }
        Difference::ResultWithoutFile { papers } => tell(
            Kind::ResultWithoutFile,
            "results",
            papers.to_string(),
            nothing(),
        ),
    }
}

fn date_path(field: DateField) -> &'static str {
    match field {
        DateField::Received => "received_at",
        DateField::Due => "due_at",
        DateField::Finished => "finished_at",
        DateField::Returned => "returned_at",
    }
}

/// The name of the contract; it numbers the statuses as the portal does.
fn name(status: PortalStatus) -> String {
    let known = v1::PortalStatus::try_from(i32::from(status.code()));
    known.unwrap_or_default().as_str_name().to_owned()
}
