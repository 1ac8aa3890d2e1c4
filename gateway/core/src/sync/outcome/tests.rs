//! The promises of the two decisions in sentences; `tables` prints every branch, and
//! `runs` plays whole deliveries against a model portal.

use std::sync::LazyLock;
use std::time::Duration;

use jiff::SignedDuration;

use super::*;
use crate::dossier::{Step, samples};
use crate::portal_status::PortalStatus;
use crate::ports::outbox::Work;
use crate::ports::portal::{PortalView, StepMark, StepsThere};
use crate::sync::question::{Question, StepsWithoutList, after_question};

mod model;
mod runs;
mod scripts;
mod tables;
mod there;
mod world;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// How long a call whose answer was lost may still take effect.
const LATE: Duration = Duration::from_secs(20);
const CREATE: Sent = Sent::State(SubmissionMode::Create);
const UPDATE: Sent = Sent::State(SubmissionMode::Update);

static SCHEDULE: LazyLock<Schedule> = LazyLock::new(|| schedule(&[10, 100, 1_000]));

fn schedule(delays: &[u64]) -> Schedule {
    Schedule::new(delays.iter().copied().map(Duration::from_secs).collect()).unwrap()
}

fn situation(attempt: u32, spent: u32) -> Situation<'static> {
    Situation {
        attempt,
        spent,
        schedule: &SCHEDULE,
        now: NOW,
        late_effect: LATE,
        jitter: Jitter::new(0.0),
    }
}

/// The schedule is used up.
fn exhausted() -> Situation<'static> {
    situation(9, 3)
}

#[expect(clippy::unnecessary_wraps, reason = "the decisions take a result")]
fn says(reading: Reading) -> Result<PortalAnswer, PortalError> {
    Ok(PortalAnswer {
        reading,
        code: String::new(),
        text: String::new(),
        reference: None,
    })
}

fn state() -> Work {
    Work::State(Box::new(samples::dossier("Khai sinh")))
}

fn steps(steps: Vec<Step>) -> Work {
    Work::Steps {
        dossier: samples::number(),
        steps,
    }
}

/// A question about `work`, of a dossier without earlier steps.
fn question(work: &Work) -> Question<'_> {
    Question {
        work,
        earlier_steps: &[],
        without_list: StepsWithoutList::Person,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the decisions take a result")]
fn present(steps: StepsThere) -> Result<PortalView, PortalError> {
    Ok(PortalView::Present {
        status: None,
        steps,
        details: Box::default(),
    })
}

#[test]
fn a_first_change_is_free_after_any_number_of_outages() {
    let decision = after_send(&says(Reading::AlreadyThere), CREATE, situation(400, 0));
    assert_eq!(decision.next, NextStep::SendNow);
    let back = after_send(&says(Reading::NotThere), UPDATE, situation(401, 1));
    assert_eq!(back.next, NextStep::SendNow);
}

#[test]
fn a_portal_that_contradicts_itself_waits_and_then_is_left_to_a_person() {
    for (reading, sent, known) in [
        (Reading::AlreadyThere, CREATE, true),
        (Reading::NotThere, UPDATE, false),
    ] {
        let waiting = after_send(&says(reading.clone()), sent, situation(3, 2));
        let expected = Decision {
            outcome: AttemptOutcome::NotApplied(Cause::DuplicateNumber),
            next: NextStep::SendAt(NOW + SignedDuration::from_secs(500)),
            known_at_portal: Some(known),
        };
        assert_eq!(waiting, expected);
        assert!(waiting.outcome.spends_patience());
        let last = after_send(&says(reading), sent, situation(4, 3));
        assert_eq!(
            last,
            Decision {
                next: NextStep::GiveUp,
                ..expected
            }
        );
    }
}

#[test]
fn the_portal_may_ask_for_twice_our_delay_and_no_more() {
    for (asked, granted) in [(0, 100), (100, 100), (150, 150), (200, 200), (86_400, 200)] {
        let error = PortalError::Throttled {
            retry_after: Some(Duration::from_secs(asked)),
            said: None,
        };
        let at = NOW + SignedDuration::from_secs(granted);
        let sent = after_send(&Err(error.clone()), CREATE, situation(2, 0));
        assert_eq!(sent.next, NextStep::SendAt(at), "{asked}");
        let asked_about = after_question(&Err(error), question(&state()), situation(2, 0));
        assert_eq!(asked_about.next, NextStep::AskAt(at), "{asked}");
    }
}

#[test]
fn the_schedule_is_counted_by_what_was_spent_and_not_by_attempts() {
    let mumbled = says(Reading::NotUnderstood);
    let first = after_send(&mumbled, CREATE, situation(400, 0));
    assert_eq!(
        first.next,
        NextStep::AskAt(NOW + SignedDuration::from_secs(5))
    );
    let beyond_counting = after_send(&mumbled, CREATE, situation(u32::MAX, u32::MAX));
    assert_eq!(beyond_counting.next, NextStep::GiveUp);
}

#[test]
fn every_refusal_is_left_to_a_person_at_once() {
    for cause in Cause::ALL {
        for sent in [CREATE, UPDATE, Sent::Steps(1)] {
            let decision = after_send(&says(Reading::Refused { cause }), sent, situation(1, 0));
            let expected = Decision {
                outcome: AttemptOutcome::Refused(cause),
                next: NextStep::Refuse,
                known_at_portal: None,
            };
            assert_eq!(decision, expected);
        }
    }
}

/// What the portal lists, and how many of the steps `one`, `two` and `three` are
/// thereby found.
fn found(list: Vec<StepMark>) -> usize {
    let sent = [(0, "Thẩm định"), (60, "Trình ký"), (120, "Trả kết quả")];
    let work = steps(
        sent.map(|(at, content)| samples::step(at, content))
            .to_vec(),
    );
    let view = present(StepsThere::Listed(list));
    match after_question(&view, question(&work), situation(2, 0)).next {
        NextStep::Accepted { events } => events,
        NextStep::SendNow => 0,
        other => panic!("{other:?}"),
    }
}

#[test]
fn only_the_leading_steps_that_stand_there_are_accepted() {
    let one = StepMark::of(&samples::step(0, "Thẩm định"));
    let two = StepMark::of(&samples::step(60, "Trình ký"));
    let three = StepMark::of(&samples::step(120, "Trả kết quả"));
    let foreign = StepMark::of(&samples::step(30, "Bước của hệ thống khác"));
    assert_eq!(found(vec![]), 0);
    assert_eq!(found(vec![foreign.clone()]), 0);
    assert_eq!(found(vec![foreign, one.clone()]), 1);
    assert_eq!(found(vec![two.clone(), one.clone()]), 2);
    assert_eq!(found(vec![one.clone(), three.clone()]), 1);
    assert_eq!(found(vec![two.clone(), three.clone()]), 0);
    assert_eq!(found(vec![one, two, three]), 3);
}

#[test]
fn a_step_is_recognised_by_second_status_and_content_together() {
    let one = StepMark::of(&samples::step(0, "Thẩm định"));
    let fraction = StepMark {
        handled_at: one.handled_at + SignedDuration::from_millis(999),
        ..one.clone()
    };
    assert_eq!(found(vec![fraction]), 1);
    let other_second = StepMark {
        handled_at: one.handled_at + SignedDuration::from_secs(1),
        ..one.clone()
    };
    let other_status = StepMark {
        status: PortalStatus::Processed.into(),
        ..one.clone()
    };
    let other_content = StepMark {
        content: "Tham dinh".to_owned(),
        ..one
    };
    for other in [other_second, other_status, other_content] {
        assert_eq!(found(vec![other.clone()]), 0, "{other:?}");
    }
}

#[test]
fn of_two_equal_steps_the_second_has_arrived_only_when_it_is_there_twice() {
    let step = samples::step(0, "Thẩm định");
    let twice = steps(vec![step.clone(), step.clone()]);
    for (times, expected) in [(1, 1), (2, 2), (3, 2)] {
        let view = present(StepsThere::Listed(vec![StepMark::of(&step); times]));
        let decision = after_question(&view, question(&twice), situation(2, 0));
        assert_eq!(
            decision.next,
            NextStep::Accepted { events: expected },
            "{times}"
        );
    }
}

#[test]
fn only_changes_of_mode_and_faults_of_the_dossier_spend_patience() {
    use AttemptOutcome as Outcome;
    for free in [
        Outcome::Accepted,
        Outcome::FoundDone,
        Outcome::FoundAbsent,
        Outcome::FoundPresent,
    ] {
        assert!(!free.spends_patience(), "{free:?}");
        assert_eq!(free.cause(), None);
    }
    for change in [Outcome::AlreadyThere, Outcome::NotThere] {
        assert!(change.spends_patience(), "{change:?}");
        assert_eq!(change.cause(), None);
    }
    for cause in Cause::ALL {
        for failed in [
            Outcome::NotApplied(cause),
            Outcome::Unknown(cause),
            Outcome::Refused(cause),
        ] {
            assert_eq!(failed.spends_patience(), !cause.is_outage(), "{failed:?}");
            assert_eq!(failed.cause(), Some(cause));
        }
    }
}

#[test]
fn a_dossier_created_without_its_state_is_there_and_goes_by_what_became_of_the_state() {
    let failures = [
        PortalError::TimedOut,
        PortalError::Unreachable,
        PortalError::Throttled {
            retry_after: Some(std::time::Duration::from_secs(7)),
            said: None,
        },
        PortalError::Rejected { status: 413 },
    ];
    for failure in failures {
        let created = says(Reading::CreatedWithoutState {
            failure: Box::new(failure.clone()),
        });
        let decision = after_send(&created, CREATE, situation(1, 0));
        let of_the_state = after_send(&Err(failure), UPDATE, situation(1, 0));
        let expected = Decision {
            known_at_portal: Some(true),
            ..of_the_state
        };
        assert_eq!(decision, expected);
        // Of anything but a create it makes no sense.
        let decision = after_send(&created, UPDATE, situation(1, 0));
        let unknown = AttemptOutcome::Unknown(Cause::UnknownText);
        assert_eq!(decision.outcome, unknown);
    }
}
