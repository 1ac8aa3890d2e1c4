//! What a question shows, and what it does not.

use std::time::Duration;

use jiff::Timestamp;

use super::*;
use crate::dossier::samples;
use crate::ports::portal::StepStatus;
use crate::sync::schedule::{Jitter, Schedule};

fn decide(steps: StepsThere, question: Question<'_>) -> Decision {
    let schedule = Schedule::new(vec![Duration::from_secs(10)]).unwrap();
    let situation = Situation {
        attempt: 2,
        spent: 0,
        schedule: &schedule,
        now: Timestamp::UNIX_EPOCH,
        late_effect: Duration::from_secs(30),
        jitter: Jitter::new(0.0),
    };
    let view = PortalView::Present {
        status: None,
        steps,
        details: Box::default(),
    };
    after_question(&Ok(view), question, situation)
}

fn steps(contents: &[&str]) -> Work {
    let step = |content: &&str| samples::step(0, content);
    Work::Steps {
        dossier: samples::number(),
        steps: contents.iter().map(step).collect(),
    }
}

fn marks(contents: &[&str]) -> Vec<StepMark> {
    let mark = |content: &&str| StepMark::of(&samples::step(0, content));
    contents.iter().map(mark).collect()
}

/// How many of the steps `sent` are taken for arrived, behind `earlier` ones that were
/// accepted, by what the portal lists; `None` where it stays unknown.
fn found(earlier: &[&str], sent: &[&str], there: Vec<StepMark>) -> Option<usize> {
    let (work, earlier) = (steps(sent), marks(earlier));
    let question = Question {
        work: &work,
        earlier_steps: &earlier,
        without_list: StepsWithoutList::Person,
    };
    match decide(StepsThere::Listed(there), question).next {
        NextStep::Accepted { events } => Some(events),
        NextStep::SendNow => Some(0),
        NextStep::AskAt(_) => None,
        other @ (NextStep::SendAt(_) | NextStep::Refuse | NextStep::GiveUp) => {
            panic!("{other:?}")
        }
    }
}

#[test]
fn a_mark_of_an_earlier_equal_step_does_not_count_for_a_later_one() {
    assert_eq!(found(&["A"], &["A"], marks(&["A"])), Some(0));
    assert_eq!(found(&["A"], &["A"], marks(&["A", "A"])), Some(1));
    assert_eq!(
        found(&["A", "B"], &["A", "B"], marks(&["A", "B", "A"])),
        Some(1)
    );
    assert_eq!(found(&["A"], &["B", "A"], marks(&["A", "B"])), Some(1));
    assert_eq!(found(&["A", "A"], &["A"], marks(&["A", "A", "A"])), Some(1));
}

#[test]
fn where_earlier_steps_are_lost_an_equal_mark_shows_neither() {
    assert_eq!(found(&["A", "B"], &["A"], marks(&["A"])), None);
    assert_eq!(found(&["A"], &["A"], marks(&[])), None);
    // What is equal to none of them is as clear as ever.
    assert_eq!(found(&["A"], &["C"], marks(&["C"])), Some(1));
    assert_eq!(found(&["A"], &["C"], marks(&[])), Some(0));
}

#[test]
fn a_step_that_may_stand_there_under_an_odd_status_is_neither_sent_nor_accepted() {
    let odd = |content: &str| StepMark {
        status: StepStatus::read("11"),
        ..marks(&[content]).remove(0)
    };
    assert_eq!(found(&[], &["A"], vec![odd("A")]), None);
    assert_eq!(
        found(&[], &["A", "B"], [marks(&["A"]), vec![odd("B")]].concat()),
        None
    );
    assert_eq!(
        found(&[], &["A"], [marks(&["A"]), vec![odd("B")]].concat()),
        Some(1)
    );
    assert_eq!(found(&[], &["A"], vec![odd("B")]), Some(0));
}

#[test]
fn steps_that_are_not_listed_are_sent_again_only_where_that_is_wanted() {
    let work = steps(&["A"]);
    let decided = |steps, without_list| {
        let question = Question {
            work: &work,
            earlier_steps: &[],
            without_list,
        };
        let Decision { outcome, next, .. } = decide(steps, question);
        (outcome, next)
    };
    let by_hand = AttemptOutcome::Unknown(Cause::CannotBeAsked);
    assert_eq!(
        decided(StepsThere::NotCarried, StepsWithoutList::Person),
        (by_hand, NextStep::GiveUp)
    );
    assert_eq!(
        decided(StepsThere::NotCarried, StepsWithoutList::SendAgain),
        (AttemptOutcome::FoundPresent, NextStep::SendNow)
    );
    // A list that nobody can read is no missing list, whatever is wanted.
    for wanted in [StepsWithoutList::Person, StepsWithoutList::SendAgain] {
        let (outcome, next) = decided(StepsThere::Unreadable, wanted);
        assert_eq!(outcome, AttemptOutcome::Unknown(Cause::UpstreamNonsense));
        assert!(matches!(next, NextStep::AskAt(_)), "{next:?}");
    }
}

#[test]
fn only_a_gateway_that_stopped_is_known_to_have_sent_nothing_without_a_number() {
    let reference = PortalReference {
        number: "P4-1".to_owned(),
        id: None,
    };
    for why in [
        AskReason::Interrupted,
        AskReason::LostAnswer,
        AskReason::BeforeRestore,
    ] {
        assert_eq!(without_asking(false, None, false, why), None, "{why:?}");
        assert_eq!(without_asking(true, Some(&reference), true, why), None);
        let answer = without_asking(true, None, false, why).unwrap();
        match why {
            AskReason::Interrupted => assert_eq!(answer, Ok(PortalView::Absent)),
            AskReason::LostAnswer | AskReason::BeforeRestore => {
                assert!(
                    matches!(answer, Err(PortalError::NotOffered { .. })),
                    "{why:?}"
                );
            }
        }
        // What the portal is believed to hold got there by another profile.
        let known = without_asking(true, None, true, why).unwrap();
        assert!(
            matches!(known, Err(PortalError::NotOffered { .. })),
            "{why:?}"
        );
    }
}

#[test]
fn only_a_state_is_sent_in_place_of_a_question_and_only_where_that_changes_nothing() {
    let cannot = Err(PortalError::NotOffered {
        operation: "question",
    });
    let state = Work::State(Box::new(samples::dossier("Khai sinh")));
    assert!(is_sent_unasked(&cannot, &state, true));
    assert!(!is_sent_unasked(&cannot, &state, false));
    assert!(!is_sent_unasked(&cannot, &steps(&["A"]), true));
    assert!(!is_sent_unasked(&Err(PortalError::TimedOut), &state, true));
    assert!(!is_sent_unasked(&Ok(PortalView::Absent), &state, true));
}
