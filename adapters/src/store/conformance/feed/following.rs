//! Promises about what a follower hears.

use std::collections::BTreeMap;
use std::sync::Arc;

use lienthong_core::dossier::event::EventBody;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::outbox::Outbox;
use lienthong_core::sync::outcome::AttemptOutcome;
use lienthong_core::sync::outcome::NextStep;

use super::{Follower, Ground};
use crate::store::conformance::outbox::{Desk, at};
use crate::store::samples::{dossier, event, number, state, step_body};

pub(crate) async fn events_are_told_in_the_order_of_their_dossiers_and_pages_join(
    ground: &dyn Ground,
) {
    let store = ground.open_followed().await;
    let desk = Desk(Arc::clone(&store) as Arc<dyn Outbox>);
    let bodies = vec![
        state(1, "A"),
        state(2, "B"),
        step_body(1, "C"),
        step_body(2, "D"),
        step_body(1, "E"),
    ];
    desk.record_all("e", 1, bodies.clone()).await;
    for most in [1, 2, 5, 100] {
        let mut follower = Follower::new(&store);
        follower.hear_all(most).await;
        let heard: Vec<EventBody> = follower
            .heard
            .iter()
            .map(|event| event.body.clone().unwrap())
            .collect();
        assert_eq!(heard, bodies, "{most}");
        let revisions: Vec<u64> = follower.heard.iter().map(|it| it.revision).collect();
        assert_eq!(revisions, [1, 1, 2, 2, 3]);
        assert!(follower.heard.iter().all(|it| it.occurred_at == at(1)));
    }
}

pub(crate) async fn nothing_is_behind_the_newest(ground: &dyn Ground) {
    let store = ground.open_followed().await;
    assert_eq!(store.newest_position().await, Ok(0));
    assert_eq!(store.events_after(0, 10).await.unwrap().reached, 0);
    let desk = Desk(Arc::clone(&store) as Arc<dyn Outbox>);
    desk.record_all("e", 1, vec![state(1, "A"), step_body(1, "B")])
        .await;
    let mut follower = Follower::new(&store);
    follower.hear_all(10).await;
    assert_eq!(store.newest_position().await, Ok(follower.position));
    for behind in [follower.position, u64::MAX] {
        let heard = store.events_after(behind, 10).await.unwrap();
        assert!(heard.told.is_empty());
        assert_eq!((heard.reached, heard.fingerprint), (behind, None));
    }
}

pub(crate) async fn a_body_that_retention_took_is_told_without_it(ground: &dyn Ground) {
    let store = ground.open_followed().await;
    let desk = Desk(Arc::clone(&store) as Arc<dyn Outbox>);
    let mut ended = dossier(&number(1), "A");
    ended.status = PortalStatus::ResultReturned;
    let ended = EventBody::State(Box::new(ended));
    desk.record_all("e", 1, vec![ended, state(2, "B")]).await;
    for claim in desk.claim(2).await {
        let next = NextStep::Accepted { events: 1 };
        desk.settle(&claim, 2, AttemptOutcome::Accepted, next).await;
    }
    assert_eq!(store.expire(at(9), 9).await, Ok(1));
    let mut follower = Follower::new(&store);
    follower.hear_all(10).await;
    let bodies: Vec<bool> = follower.heard.iter().map(|it| it.body.is_some()).collect();
    assert_eq!(bodies, [false, true]);
    assert_eq!(follower.unreadable, 0, "it is gone, not spoilt");
    assert_eq!(follower.heard[0].dossier, number(1));
}

pub(crate) async fn what_cannot_be_read_holds_up_nothing(ground: &dyn Ground) {
    let store = ground.open_followed().await;
    let desk = Desk(Arc::clone(&store) as Arc<dyn Outbox>);
    let bodies = vec![state(1, "A"), state(2, "B"), state(3, "C"), state(4, "D")];
    desk.record_all("e", 1, bodies).await;
    ground.outbox().spoil(1).await;
    ground.outbox().spoil_content("e3").await;
    for most in [1, 10] {
        let mut follower = Follower::new(&store);
        follower.hear_all(most).await;
        let told: Vec<_> = follower
            .heard
            .iter()
            .map(|it| (it.dossier.clone(), it.body.is_some()))
            .collect();
        let expected = [(number(2), true), (number(3), false), (number(4), true)];
        assert_eq!(told, expected, "{most}");
        assert_eq!(follower.unreadable, 2, "a dossier and a body");
    }
}

pub(crate) async fn whoever_follows_while_eight_record_misses_nothing(ground: &dyn Ground) {
    const EVENTS: u32 = 40;
    let store = ground.open_followed().await;
    let recording: Vec<_> = (1..=8)
        .map(|recorder: u32| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for count in 1..=EVENTS {
                    // Alone and in loads of different sizes, so that commits overlap.
                    let index = recorder * 1_000 + count;
                    let mut events = vec![event(&format!("s{index}"), at(1), state(index, "A"))];
                    for step in 0..(index % 4) {
                        let id = format!("t{index}-{step}");
                        events.push(event(&id, at(1), step_body(index, "B")));
                    }
                    for kept in store.record_all(events, at(1)).await {
                        kept.unwrap();
                    }
                }
            })
        })
        .collect();
    let mut follower = Follower::new(&store);
    while !recording.iter().all(tokio::task::JoinHandle::is_finished) {
        follower.hear(7).await;
    }
    for recorder in recording {
        recorder.await.unwrap();
    }
    follower.hear_all(50).await;
    let mut heard: BTreeMap<String, u64> = BTreeMap::new();
    for (dossier, revision) in follower.told() {
        let last = heard.entry(dossier).or_default();
        assert!(revision <= *last + 1, "no revision is left out");
        *last = (*last).max(revision);
    }
    for recorder in 1..=8 {
        for count in 1..=EVENTS {
            let index = recorder * 1_000 + count;
            let all = u64::from(index % 4) + 1;
            assert_eq!(heard.get(number(index).as_str()), Some(&all), "{index}");
        }
    }
}

pub(crate) async fn positions_survive_a_restart(ground: &dyn Ground) {
    let store = ground.open_followed().await;
    let desk = Desk(Arc::clone(&store) as Arc<dyn Outbox>);
    desk.record_all("e", 1, vec![state(1, "A")]).await;
    let mut follower = Follower::new(&store);
    follower.hear_all(10).await;
    let position = follower.position;
    drop((desk, store, follower));
    let store = ground.open_followed().await;
    let desk = Desk(Arc::clone(&store) as Arc<dyn Outbox>);
    desk.record_all("f", 2, vec![step_body(1, "B")]).await;
    let mut follower = Follower::new(&store);
    follower.position = position;
    follower.hear_all(10).await;
    let revisions: Vec<u64> = follower.heard.iter().map(|it| it.revision).collect();
    assert_eq!(revisions, [2]);
}

pub(crate) async fn what_stands_at_a_position_is_known_again_and_no_other_is_taken_for_it(
    ground: &dyn Ground,
) {
    let store = ground.open_followed().await;
    let desk = Desk(Arc::clone(&store) as Arc<dyn Outbox>);
    desk.record_all("e", 1, vec![state(1, "A"), state(2, "B")])
        .await;
    let mut follower = Follower::new(&store);
    let mut stands = Vec::new();
    follower.hear_all(1).await;
    for event in &follower.heard {
        stands.push(store.fingerprint(event.position).await.unwrap().unwrap());
    }
    assert_eq!(stands.len(), 2);
    assert_ne!(stands[0], stands[1]);
    for nothing in [0, follower.position + 1, u64::MAX] {
        assert_eq!(store.fingerprint(nothing).await, Ok(None), "{nothing}");
    }
    drop((desk, store));
    let store = ground.open_followed().await;
    let again = store.fingerprint(follower.position).await;
    assert_eq!(again, Ok(Some(stands[1])));
}
