//! Whole runs of one dossier, and what holds for every single decision.

use std::time::Duration;

use proptest::prelude::*;

use super::super::*;
use super::model::{
    Effect, Ended, Fate, ModelPortal, Recorded, Worker, marks, with_unknown_effect, without_effect,
};
use super::{LATE, schedule};
use crate::dossier::samples;
use crate::ports::outbox::Work;
use crate::ports::portal::{PortalView, StepMark, StepsThere};
use crate::sync::question::{Question, StepsWithoutList, after_question};

/// Most fates that a run is given before the portal turns truthful.
const FATES: usize = 16;

fn worker(schedule: &Schedule, most_calls: usize) -> Worker<'_> {
    Worker {
        schedule,
        steps_per_call: 10,
        known_at_portal: false,
        jitter: 0.0,
        without_list: StepsWithoutList::Person,
        most_calls,
        calls: 0,
    }
}

fn one_state() -> Vec<Recorded> {
    vec![Recorded::State("Khai sinh".to_owned())]
}

pub(super) fn effect() -> impl Strategy<Value = Effect> {
    prop_oneof![
        Just(Effect::None),
        (0_usize..4).prop_map(Effect::FirstSteps),
        Just(Effect::Whole),
    ]
}

pub(super) fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        1 => Just(Fate::Truthful),
        2 => prop::sample::select(without_effect()).prop_map(Fate::TurnedAway),
        4 => (prop::sample::select(with_unknown_effect()), effect())
            .prop_map(|(error, effect)| Fate::Lost(error, effect)),
        2 => effect().prop_map(Fate::Mumbles),
        1 => Just(Fate::Contradicts),
        1 => effect().prop_map(Fate::Crash),
    ]
}

/// A state, then states and steps in any order. Every state differs; steps may be equal, in
/// one call and in several.
pub(super) fn events() -> impl Strategy<Value = Vec<Recorded>> {
    let kind = (prop::bool::weighted(0.75), 0_i64..2, "[AB]");
    prop::collection::vec(kind, 0..8).prop_map(|kinds| {
        let later = kinds
            .into_iter()
            .zip(1_i64..)
            .map(|((is_step, second, content), index)| {
                if is_step {
                    Recorded::Step(samples::step(second, &content))
                } else {
                    Recorded::State(format!("Khai sinh {index}"))
                }
            });
        one_state().into_iter().chain(later).collect()
    })
}

pub(super) fn without_list() -> impl Strategy<Value = StepsWithoutList> {
    prop::sample::select(vec![StepsWithoutList::Person, StepsWithoutList::SendAgain])
}

/// Whether all of `wanted` stand in `there` in their order, whatever stands between them.
fn holds_in_order<T: PartialEq>(there: &[T], wanted: &[T]) -> bool {
    let mut there = there.iter();
    wanted.iter().all(|each| there.any(|other| other == each))
}

fn newest_state(events: &[Recorded]) -> Option<&String> {
    events.iter().rev().find_map(|event| match event {
        Recorded::State(summary) => Some(summary),
        Recorded::Step(_) => None,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_portal_that_is_truthful_in_the_end_has_everything_once_and_in_order(
        events in events(),
        fates in prop::collection::vec(fate(), 0..FATES),
        known_at_portal: bool, held_before: bool, lists_steps: bool,
        steps_per_call in 1_usize..4, jitter in 0.0_f64..1.0,
        without_list in without_list(),
    ) {
        // Each false answer costs two places in the schedule at most: the answer
        // itself and the change of mode that it leads to.
        let schedule = schedule(&[7; 2 * FATES + 4]);
        let mut portal = ModelPortal {
            held: held_before.then(|| "Từ hệ thống cũ".to_owned()),
            lists_steps,
            ..ModelPortal::default()
        };
        let mut worker = Worker {
            steps_per_call, known_at_portal, jitter, without_list, ..worker(&schedule, 1_000)
        };

        let ended = worker.run(&events, &mut portal, fates);

        prop_assert_eq!(ended, Ended::Accepted);
        prop_assert_eq!(portal.held.as_ref(), newest_state(&events));
        prop_assert_eq!(portal.creates, usize::from(!held_before));
        let (there, wanted) = (portal.steps, marks(&events));
        if lists_steps || without_list == StepsWithoutList::Person {
            prop_assert_eq!(there, wanted);
        } else {
            // The price that was chosen: what a lost answer left there may be there once
            // more, but nothing is lost or overtaken.
            prop_assert!(there.len() <= wanted.len() + portal.lost_steps, "{:?}", there);
            prop_assert!(holds_in_order(&there, &wanted), "{:?}", there);
        }
    }

    #[test]
    fn a_short_schedule_may_end_a_run_but_never_falsely(
        events in events(),
        fates in prop::collection::vec(fate(), 0..FATES),
        known_at_portal: bool, lists_steps: bool,
    ) {
        let schedule = schedule(&[7]);
        let mut portal = ModelPortal { lists_steps, ..ModelPortal::default() };
        let mut worker = Worker { known_at_portal, ..worker(&schedule, 1_000) };
        let ended = worker.run(&events, &mut portal, fates);
        prop_assert_ne!(ended, Ended::Endless);
        prop_assert!(portal.creates <= 1);
        if ended == Ended::Accepted {
            prop_assert_eq!(portal.held.as_ref(), newest_state(&events));
        }
    }
}

#[test]
fn an_outage_of_any_length_ends_nothing() {
    let outages = without_effect().into_iter().map(Fate::TurnedAway).chain([
        Fate::Lost(PortalError::TimedOut, Effect::None),
        Fate::Lost(PortalError::Interrupted, Effect::Whole),
        Fate::Lost(PortalError::OutOfService { said: None }, Effect::None),
        Fate::Lost(PortalError::Failed { status: 503 }, Effect::None),
        Fate::Crash(Effect::Whole),
    ]);
    let schedule = schedule(&[5]);
    for outage in outages {
        let mut portal = ModelPortal::default();
        let mut worker = worker(&schedule, 2_000);
        let ended = worker.run(&one_state(), &mut portal, vec![outage.clone(); 1_000]);
        assert_eq!((ended, portal.creates), (Ended::Accepted, 1), "{outage:?}");
    }
}

#[test]
fn a_dossier_that_is_never_understood_ends_when_the_schedule_is_spent() {
    for (delays, sends) in [(vec![5], 2), (vec![5, 30, 300], 4)] {
        let schedule = schedule(&delays);
        // Each send is followed by a truthful "absent", so that it is sent again.
        let fates = vec![[Fate::Mumbles(Effect::None), Fate::Truthful]; 100].concat();
        let mut portal = ModelPortal::default();
        let mut worker = worker(&schedule, 200);
        assert_eq!(worker.run(&one_state(), &mut portal, fates), Ended::Dead);
        assert_eq!(worker.calls, 2 * sends - 1);
    }
}

#[test]
fn a_call_that_is_rejected_each_time_ends_when_the_schedule_is_spent() {
    let schedule = schedule(&[5, 30, 300]);
    let rejected = Fate::TurnedAway(PortalError::Rejected { status: 413 });
    let mut portal = ModelPortal::default();
    let mut worker = worker(&schedule, 200);
    let ended = worker.run(&one_state(), &mut portal, vec![rejected; 100]);
    assert_eq!((ended, worker.calls), (Ended::Dead, 4));
}

#[test]
fn a_maintenance_page_in_place_of_answers_strands_nothing() {
    let schedule = schedule(&[5, 30, 300]);
    let page = Fate::Lost(
        PortalError::Nonsense {
            problem: "HTML",
            said: None,
        },
        Effect::Whole,
    );
    let mut portal = ModelPortal::default();
    let mut worker = worker(&schedule, 2_000);
    let ended = worker.run(&one_state(), &mut portal, vec![page; 1_000]);
    assert_eq!((ended, portal.creates), (Ended::Accepted, 1));
}

#[test]
fn steps_of_a_dossier_that_the_portal_has_lost_end_when_the_schedule_is_spent() {
    let schedule = schedule(&[5, 30, 300]);
    let mut portal = ModelPortal::default();
    let mut worker = Worker {
        known_at_portal: true,
        ..worker(&schedule, 200)
    };
    let steps = [Recorded::Step(samples::step(0, "Thẩm định"))];
    assert_eq!(worker.run(&steps, &mut portal, vec![]), Ended::Dead);
    assert_eq!((worker.calls, worker.known_at_portal), (4, false));
}

#[test]
fn changes_between_create_and_update_are_bounded() {
    for (delays, calls) in [(vec![5], 3), (vec![5, 30], 3), (vec![5, 30, 300, 300], 5)] {
        let schedule = schedule(&delays);
        let mut portal = ModelPortal::default();
        let mut worker = worker(&schedule, 200);
        let ended = worker.run(&one_state(), &mut portal, vec![Fate::Contradicts; 100]);
        assert_eq!((ended, worker.calls), (Ended::Dead, calls), "{delays:?}");
    }
}

fn any_error() -> impl Strategy<Value = PortalError> {
    prop_oneof![
        Just(PortalError::Unreachable),
        Just(PortalError::Interrupted),
        Just(PortalError::TimedOut),
        Just(PortalError::CertificateRejected),
        Just(PortalError::SessionRefused { said: None }),
        Just(PortalError::OutOfService { said: None }),
        (400_u16..500).prop_map(|status| PortalError::Rejected { status }),
        prop::option::of((0_u64..1_000_000).prop_map(Duration::from_secs)).prop_map(
            |retry_after| PortalError::Throttled {
                retry_after,
                said: None
            }
        ),
        (100_u16..600).prop_map(|status| PortalError::Failed { status }),
        Just(PortalError::Nonsense {
            problem: "no JSON",
            said: None
        }),
    ]
}

fn any_answer() -> impl Strategy<Value = Result<PortalAnswer, PortalError>> {
    let reading = prop_oneof![
        Just(Reading::Accepted),
        Just(Reading::AlreadyThere),
        Just(Reading::NotThere),
        prop::sample::select(Cause::ALL.to_vec()).prop_map(|cause| Reading::Refused { cause }),
        Just(Reading::NotUnderstood),
    ];
    let answer = (reading, any::<String>()).prop_map(|(reading, text)| PortalAnswer {
        reading,
        code: String::new(),
        text,
        reference: None,
    });
    prop_oneof![answer.prop_map(Ok), any_error().prop_map(Err)]
}

fn any_view() -> impl Strategy<Value = Result<PortalView, PortalError>> {
    let steps = prop::collection::vec((0_i64..4, "[ab]"), 0..4);
    let mark = |(second, content): (i64, String)| StepMark::of(&samples::step(second, &content));
    let listed = steps.prop_map(move |steps| steps.into_iter().map(mark).collect());
    let steps = prop_oneof![
        1 => Just(StepsThere::NotCarried),
        1 => Just(StepsThere::Unreadable),
        4 => listed.prop_map(StepsThere::Listed),
    ];
    prop_oneof![
        1 => Just(Ok(PortalView::Absent)),
        3 => steps.prop_map(|steps| Ok(PortalView::Present {
            status: None,
            steps,
            details: Box::default(),
        })),
        1 => any_error().prop_map(Err),
    ]
}

fn any_work() -> impl Strategy<Value = Work> {
    let steps = prop::collection::vec((0_i64..4, "[ab]"), 1..4).prop_map(|steps| Work::Steps {
        dossier: samples::number(),
        steps: steps
            .iter()
            .map(|(second, content)| samples::step(*second, content))
            .collect(),
    });
    prop_oneof![
        Just(Work::State(Box::new(samples::dossier("Khai sinh")))),
        steps
    ]
}

fn any_sent() -> impl Strategy<Value = Sent> {
    prop_oneof![
        Just(Sent::State(SubmissionMode::Create)),
        Just(Sent::State(SubmissionMode::Update)),
        (1_usize..11).prop_map(Sent::Steps),
    ]
}

/// What holds for each decision, whatever led to it.
fn is_sound(decision: Decision, now: Timestamp) -> Result<(), TestCaseError> {
    let Decision { outcome, next, .. } = decision;
    match outcome {
        AttemptOutcome::Accepted | AttemptOutcome::FoundDone => {
            let accepted = matches!(next, NextStep::Accepted { events: 1.. });
            prop_assert!(accepted, "{:?}", next);
        }
        AttemptOutcome::Unknown(_) => {
            prop_assert!(matches!(next, NextStep::AskAt(_) | NextStep::GiveUp));
        }
        AttemptOutcome::NotApplied(_) => {
            prop_assert!(matches!(next, NextStep::SendAt(_) | NextStep::GiveUp));
        }
        AttemptOutcome::Refused(_) => prop_assert_eq!(next, NextStep::Refuse),
        AttemptOutcome::AlreadyThere
        | AttemptOutcome::NotThere
        | AttemptOutcome::FoundAbsent
        | AttemptOutcome::FoundPresent => prop_assert_eq!(next, NextStep::SendNow),
    }
    if let NextStep::SendAt(at) | NextStep::AskAt(at) = next {
        prop_assert!(at > now);
    }
    if next == NextStep::GiveUp {
        let cause = outcome.cause();
        prop_assert!(cause.is_some_and(|cause| !cause.is_outage()), "{:?}", cause);
    }
    Ok(())
}

proptest! {
    #[test]
    fn every_decision_about_a_send_is_sound(
        answer in any_answer(), sent in any_sent(),
        attempt: u32, spent in prop_oneof![0_u32..6, any::<u32>()], jitter: f64,
    ) {
        let schedule = schedule(&[5, 30, 300]);
        let now = samples::submitted();
        let jitter = Jitter::new(jitter);
        let situation = Situation {
            attempt, spent, schedule: &schedule, now, late_effect: LATE, jitter,
        };
        let decision = after_send(&answer, sent, situation);
        is_sound(decision, now)?;
        let accepted = matches!(&answer, Ok(answer) if answer.reading == Reading::Accepted);
        prop_assert_eq!(matches!(decision.next, NextStep::Accepted { .. }), accepted);
    }

    #[test]
    fn every_decision_about_a_question_is_sound(
        view in any_view(), work in any_work(),
        earlier in prop::collection::vec((0_i64..4, "[ab]"), 0..3),
        without_list in without_list(),
        attempt: u32, spent in prop_oneof![0_u32..6, any::<u32>()], jitter: f64,
    ) {
        let schedule = schedule(&[5, 30, 300]);
        let now = samples::submitted();
        let jitter = Jitter::new(jitter);
        let situation = Situation {
            attempt, spent, schedule: &schedule, now, late_effect: LATE, jitter,
        };
        let earlier: Vec<StepMark> = earlier
            .iter()
            .map(|(second, content)| StepMark::of(&samples::step(*second, content)))
            .collect();
        let question = Question { work: &work, earlier_steps: &earlier, without_list };
        let decision = after_question(&view, question, situation);
        is_sound(decision, now)?;
        if let NextStep::Accepted { events } = decision.next {
            let Work::Steps { steps, .. } = &work else {
                return Err(TestCaseError::fail("a look-up never shows that a state arrived"));
            };
            let Ok(PortalView::Present { steps: StepsThere::Listed(there), .. }) = &view else {
                return Err(TestCaseError::fail("nothing was listed"));
            };
            prop_assert!(events <= steps.len());
            // Each mark there was counted once, and those of earlier steps for those.
            let accepted: Vec<StepMark> = steps[..events].iter().map(StepMark::of).collect();
            let times = |marks: &[StepMark], mark: &StepMark| {
                marks.iter().filter(|other| *other == mark).count()
            };
            for mark in &accepted {
                let needed = times(&accepted, mark) + times(&earlier, mark);
                prop_assert!(times(there, mark) >= needed, "{:?}", mark);
            }
        }
    }
}
