//! Random scripts of replies, crashes and outages against the world of [`super::world`].

use std::collections::HashSet;

use proptest::prelude::*;

use super::model::{Fate, Recorded};
use super::runs::{effect, events, fate};
use super::schedule;
use super::world::{End, Happened, Move, Setting, WORKERS, World};

/// Most moves of a script.
const MOVES: usize = 60;

fn worker() -> impl Strategy<Value = usize> {
    0..WORKERS
}

/// A call that goes wrong half the time; the rest of a script goes well often enough to get
/// somewhere.
fn a_fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        3 => Just(Fate::Truthful),
        2 => fate(),
        1 => effect().prop_map(Fate::Crash),
    ]
}

fn any_move() -> impl Strategy<Value = Move> {
    prop_oneof![
        3 => Just(Move::Record),
        12 => (worker(), a_fate()).prop_map(|(worker, fate)| Move::Advance { worker, fate }),
        1 => worker().prop_map(|worker| Move::Kill { worker }),
        // Less than a call, a lease and more, the longest patience.
        3 => prop::sample::select(vec![1, 20, 40, 61, 600]).prop_map(Move::Time),
    ]
}

fn setting() -> impl Strategy<Value = Setting> {
    (any::<bool>(), any::<bool>(), 1_usize..4, 0.0_f64..1.0).prop_map(
        |(lists_steps, issues_numbers, steps_per_call, jitter)| Setting {
            lists_steps,
            issues_numbers,
            steps_per_call,
            jitter,
        },
    )
}

/// What happened, with steps that were sent again where no list could show them.
fn once(setting: &Setting, log: &[Happened]) -> Vec<Happened> {
    let mut seen = HashSet::new();
    let fresh = |happened: &&Happened| match happened {
        Happened::Step(step) if !setting.lists_steps => seen.insert(step.clone()),
        Happened::Step(_) | Happened::State(_) => true,
    };
    log.iter().filter(fresh).cloned().collect()
}

/// Every event has had its effect once and in its order; `log` may end early.
fn in_order(setting: &Setting, log: &[Happened], wanted: &[Happened]) -> Result<(), TestCaseError> {
    let log = once(setting, log);
    prop_assert!(
        wanted.starts_with(&log),
        "happened {:#?}\nwanted {:#?}",
        log,
        wanted
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn two_workers_crashes_and_lost_answers_leave_every_event_once_and_in_order(
        events in events(),
        script in prop::collection::vec(any_move(), 0..MOVES),
        setting in setting(),
    ) {
        // A false answer costs two places in the schedule at most.
        let schedule = schedule(&[7; 2 * MOVES + 4]);
        let mut world = World::new(setting.clone(), &schedule, events);

        let end = world.play(script);

        prop_assert_eq!(end, End::Accepted);
        prop_assert!(world.most_held == 1, "{} records of one dossier", world.most_held);
        prop_assert_eq!(once(&setting, &world.log), world.wanted());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn a_portal_that_forgets_gets_nothing_twice_and_nothing_out_of_order(
        events in events(),
        before in prop::collection::vec(any_move(), 0..MOVES / 2),
        after in prop::collection::vec(any_move(), 0..MOVES / 2),
        setting in setting(),
    ) {
        // What the portal lost is a person's to repair; what is sent stays in order.
        let schedule = schedule(&[7; MOVES]);
        let script = before.into_iter().chain([Move::Forget]).chain(after).collect();
        let mut world = World::new(setting.clone(), &schedule, events);

        let end = world.play(script);

        prop_assert_ne!(end, End::Endless);
        prop_assert!(world.forgot && world.most_held <= 1);
        in_order(&setting, &world.log, &world.wanted())?;
        if end == End::Accepted {
            prop_assert_eq!(once(&setting, &world.log), world.wanted());
        }
    }
}

#[test]
fn a_worker_that_wakes_up_after_its_lease_settles_nothing() {
    let schedule = schedule(&[7]);
    let setting = Setting {
        lists_steps: true,
        issues_numbers: true,
        steps_per_call: 10,
        jitter: 0.0,
    };
    let advance = |worker| Move::Advance {
        worker,
        fate: Fate::Truthful,
    };
    let events = vec![Recorded::State("Khai sinh".to_owned())];
    let mut world = World::new(setting, &schedule, events);
    // The first claims, takes a number, sends, and sleeps on the answer; the second asks,
    // finds the dossier, and brings it up to date under the same number.
    let script = vec![
        Move::Record,
        advance(0),
        advance(0),
        advance(0),
        Move::Time(61),
        advance(1),
        advance(1),
        advance(1),
        advance(0),
    ];
    assert_eq!(world.play(script), End::Accepted);
    assert_eq!((world.most_held, world.log.len()), (1, 1));
}
