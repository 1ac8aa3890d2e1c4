//! Random scripts of replies, crashes and outages against the world of [`super::world`].

use proptest::prelude::*;

use super::model::{Fate, Recorded};
use super::runs::{effect, events, fate, without_list};
use super::schedule;
use super::there::Happened;
use super::world::{End, Move, Setting, WORKERS, World};
use crate::sync::question::StepsWithoutList;

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
    let kinds = (any::<bool>(), without_list(), any::<bool>());
    (kinds, 1_usize..4, 0.0_f64..1.0).prop_map(
        |((lists_steps, without_list, issues_numbers), steps_per_call, jitter)| Setting {
            lists_steps,
            without_list,
            issues_numbers,
            steps_per_call,
            jitter,
        },
    )
}

/// Whether a step may be sent a second time: only where that was chosen, and no list shows
/// the first.
fn may_repeat(setting: &Setting) -> bool {
    !setting.lists_steps && setting.without_list == StepsWithoutList::SendAgain
}

/// Every event has had its effect in its order, and once where nothing may be repeated;
/// `log` may end early. How many of the wanted have happened.
fn in_order(
    setting: &Setting,
    log: &[Happened],
    wanted: &[Happened],
) -> Result<usize, TestCaseError> {
    let mut happened = 0;
    for (index, each) in log.iter().enumerate() {
        if wanted.get(happened) == Some(each) {
            happened += 1;
            continue;
        }
        let repeats = may_repeat(setting) && log[..index].contains(each);
        prop_assert!(repeats, "happened {log:#?}\nwanted {wanted:#?}");
    }
    Ok(happened)
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
        prop_assert!(world.portal.most_held == 1, "{} records of one dossier", world.portal.most_held);
        let wanted = world.wanted();
        prop_assert_eq!(in_order(&setting, &world.portal.log, &wanted)?, wanted.len());
        if may_repeat(&setting) {
            // The price that was chosen: a lost answer may leave its steps there once more.
            let most = wanted.len() + world.unheard();
            prop_assert!(world.portal.log.len() <= most, "{:#?}", world.portal.log);
        } else {
            prop_assert_eq!(&world.portal.log, &wanted);
        }
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
        prop_assert!(world.portal.forgot && world.portal.most_held <= 1);
        let wanted = world.wanted();
        let happened = in_order(&setting, &world.portal.log, &wanted)?;
        if end == End::Accepted {
            prop_assert_eq!(happened, wanted.len());
        }
    }
}

#[test]
fn a_worker_that_wakes_up_after_its_lease_settles_nothing() {
    let schedule = schedule(&[7]);
    let setting = Setting {
        lists_steps: true,
        without_list: StepsWithoutList::Person,
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
    assert_eq!((world.portal.most_held, world.portal.log.len()), (1, 1));
}
