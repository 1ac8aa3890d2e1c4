use proptest::prelude::*;

use super::super::samples::{at, record, state, step, steps, view};
use super::{ByHand, Repair, plan};
use crate::portal_status::PortalStatus;
use crate::ports::outbox::{AttemptRecord, DossierRecord, EventKind};
use crate::ports::portal::PortalDetails;
use crate::sync::cause::Cause;
use crate::sync::outcome::AttemptOutcome;
use crate::sync::reconcile::{Difference, Finding, compare};
use crate::sync::state::SyncState;

const RECEIVED: PortalStatus = PortalStatus::Received;
const PROCESSED: PortalStatus = PortalStatus::Processed;

const BEHIND: Difference = Difference::StatusBehind {
    ours: PROCESSED,
    theirs: RECEIVED,
};
const AHEAD: Difference = Difference::StatusAhead {
    ours: RECEIVED,
    theirs: PROCESSED,
};

fn from(from_revision: u64) -> Repair {
    Repair::Replay {
        from_revision,
        known_at_portal: true,
    }
}

fn by_hand(why: ByHand) -> Repair {
    Repair::ByHand(why)
}

fn planned(record: &DossierRecord, differences: &[Difference]) -> Repair {
    plan(Some(record), differences).unwrap()
}

#[test]
fn a_dossier_that_the_portal_lost_is_sent_from_the_beginning() {
    let ours = record(&[state(RECEIVED), step(), state(PROCESSED)]);
    assert_eq!(
        planned(&ours, &[Difference::MissingThere]),
        Repair::Replay {
            from_revision: 1,
            known_at_portal: false
        }
    );
}

#[test]
fn a_state_is_sent_again_where_no_step_stands_behind_it() {
    let last = record(&[state(RECEIVED), step(), state(PROCESSED)]);
    let followed = record(&[state(RECEIVED), state(PROCESSED), step()]);
    let missing = Difference::StepsMissing {
        steps: 1,
        first_revision: 3,
    };
    assert_eq!(planned(&last, &[BEHIND]), from(3));
    assert_eq!(planned(&followed, &[BEHIND]), by_hand(ByHand::WouldDouble));
    assert_eq!(planned(&followed, &[BEHIND, missing]), from(2));
}

#[test]
fn a_step_missing_between_others_is_left_to_a_person() {
    let ours = record(&[state(RECEIVED), step(), step()]);
    let gap = Difference::StepsMissing {
        steps: 1,
        first_revision: 0,
    };
    assert_eq!(planned(&ours, &[gap]), by_hand(ByHand::WouldDouble));
}

#[test]
fn what_we_did_not_send_is_not_overwritten() {
    let ours = record(&[state(RECEIVED)]);
    let file = Difference::ResultWithoutFile { papers: 1 };
    assert_eq!(planned(&ours, &[AHEAD, file]), by_hand(ByHand::NotOurs));
}

#[test]
fn nothing_is_sent_before_an_event_that_is_not_accepted_or_without_content() {
    let refused = record(&[
        state(RECEIVED),
        (EventKind::State, PROCESSED, SyncState::Refused),
    ]);
    assert_eq!(
        planned(&refused, &[Difference::MissingThere]),
        by_hand(ByHand::NotAccepted)
    );
    let mut expired = record(&[state(RECEIVED)]);
    expired.dossier = None;
    assert_eq!(
        planned(&expired, &[Difference::MissingThere]),
        by_hand(ByHand::NotKept)
    );
    assert_eq!(
        plan(None, &[Difference::MissingHere]),
        Some(by_hand(ByHand::NeverRecorded))
    );
    assert_eq!(plan(Some(&refused), &[]), None);
}

#[test]
fn what_waits_for_a_dossier_that_the_portal_lost_is_brought_there_with_it() {
    let given_up = |cause| {
        let mut ours = record(&[
            state(RECEIVED),
            step(),
            (EventKind::Step, PROCESSED, SyncState::Dead),
            (EventKind::State, PROCESSED, SyncState::Blocked),
        ]);
        ours.timeline[2].attempts.push(AttemptRecord {
            number: 1,
            started_at: at(3),
            ended_at: Some(at(4)),
            outcome: Some(AttemptOutcome::NotApplied(cause)),
            cause: Some(cause),
            upstream_code: String::new(),
            upstream_text: String::new(),
        });
        ours
    };
    let lost = given_up(Cause::DossierNotFound);
    assert_eq!(
        planned(&lost, &[Difference::MissingThere]),
        Repair::Replay {
            from_revision: 1,
            known_at_portal: false
        }
    );
    assert_eq!(planned(&lost, &[BEHIND]), by_hand(ByHand::NotAccepted));
    assert_eq!(
        planned(&given_up(Cause::FieldRejected), &[Difference::MissingThere]),
        by_hand(ByHand::NotAccepted)
    );
}

proptest! {
    /// Whatever the portal shows of the steps, what is sent again holds none of them.
    #[test]
    fn a_replay_never_carries_a_step_that_stands_there(
        kinds in proptest::collection::vec(any::<bool>(), 0..8),
        shown in proptest::collection::vec(any::<bool>(), 8),
        theirs in 1..=10_u8,
    ) {
        let mut events = vec![state(RECEIVED)];
        events.extend(kinds.iter().map(|is_step| if *is_step { step() } else { state(PROCESSED) }));
        let ours = record(&events);
        let there: Vec<u64> = steps(&ours)
            .iter()
            .zip(&shown)
            .filter(|(_, shown)| **shown)
            .map(|(step, _)| step.revision)
            .collect();
        let status = PortalStatus::try_from(theirs).unwrap();
        let answer = view(Some(status), Some(&there), PortalDetails::default());
        let Finding::Answered { differences, .. } =
            compare(Some(&ours), Some(&steps(&ours)), &answer)
        else {
            unreachable!("the portal answered");
        };
        if let Some(Repair::Replay { from_revision, .. }) = plan(Some(&ours), &differences) {
            prop_assert!(there.iter().all(|revision| *revision < from_revision));
        }
    }
}
