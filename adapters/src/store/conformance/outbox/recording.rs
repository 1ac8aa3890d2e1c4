//! Promises about taking events.

use lienthong_core::ports::outbox::{EventKind, Receipt, RecordError};
use lienthong_core::sync::state::SyncState;
use tokio::task::JoinSet;

use super::{Desk, Ground, at};
use crate::store::samples::{event, event_of, number, state, step_body};

pub(crate) async fn an_event_is_kept_with_its_receipt(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    let receipt = desk
        .0
        .record(event("e1", at(0), state(1, "A")), at(5))
        .await
        .unwrap();
    let expected = Receipt {
        dossier: number(1),
        revision: 1,
        accepted_at: at(5),
        duplicate: false,
    };
    assert_eq!(receipt, expected);
    assert_eq!(
        desk.record("e2", 6, step_body(1, "B"))
            .await
            .unwrap()
            .revision,
        2
    );
    let entry = &desk.timeline(1).await[0];
    assert_eq!(entry.event.as_str(), "e1");
    assert_eq!(
        (entry.kind, entry.state),
        (EventKind::State, SyncState::Pending)
    );
    assert_eq!((entry.occurred_at, entry.accepted_at), (at(0), at(5)));
    assert_eq!(entry.next_attempt_at, Some(at(5)));
}

pub(crate) async fn the_same_event_again_gives_the_receipt_of_then(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    // A moment with parts that no store need keep: both receipts must still agree.
    let odd = at(5) + jiff::SignedDuration::from_nanos(123_456_789);
    let first = event("e1", at(0), state(1, "A"));
    let then = desk.0.record(first.clone(), odd).await.unwrap();
    desk.record("e2", 6, state(1, "B")).await.unwrap();
    let claim = desk.claim_one(7).await;
    desk.accept(&claim, 8, 1).await;
    let again = desk.0.record(first, at(900)).await.unwrap();
    assert_eq!(
        again,
        Receipt {
            duplicate: true,
            ..then
        }
    );
    assert_eq!(desk.dossier(1).await.revision, 2);
}

pub(crate) async fn one_name_for_two_contents_is_refused(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    desk.record("e1", 0, state(1, "A")).await.unwrap();
    for other in [
        event("e1", at(0), state(1, "B")),
        event("e1", at(1), state(1, "A")),
        event("e1", at(0), state(2, "A")),
        event("e1", at(0), step_body(1, "A")),
    ] {
        assert_eq!(
            desk.0.record(other, at(2)).await,
            Err(RecordError::OtherContent)
        );
    }
    assert_eq!(desk.dossier(1).await.revision, 1);
    assert!(desk.0.dossier(&number(2)).await.unwrap().is_none());
}

pub(crate) async fn the_same_name_of_another_client_is_another_event(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    desk.record("e1", 0, state(1, "A")).await.unwrap();
    let other = event_of("other", "e1", at(0), state(2, "B"));
    let receipt = desk.0.record(other, at(1)).await.unwrap();
    assert_eq!((receipt.revision, receipt.duplicate), (1, false));
}

pub(crate) async fn events_of_another_system_are_refused_and_change_nothing(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    desk.record("e1", 10, state(1, "A")).await.unwrap();
    let known = async || (desk.timeline(1).await, desk.0.facts().await.unwrap());
    let before = known().await;
    let refused = Err(RecordError::OtherSystem { dossier: number(1) });
    // Also where it is stale, or the very words of the owner: neither is told.
    for event in [
        event_of("other", "o1", at(20), state(1, "B")),
        event_of("other", "o2", at(20), step_body(1, "C")),
        event_of("other", "o3", at(5), state(1, "D")),
        event_of("other", "e1", at(10), state(1, "A")),
    ] {
        assert_eq!(desk.0.record(event, at(20)).await, refused);
    }
    assert_eq!(known().await, before);
    assert_eq!(desk.dossier(1).await.dossier.unwrap().summary.as_str(), "A");
    // The moments of the other system do not make the owner's next event stale, and
    // a name that was refused is free.
    desk.record("e2", 11, step_body(1, "E")).await.unwrap();
    let free = event_of("other", "o1", at(20), state(2, "B"));
    assert!(!desk.0.record(free, at(21)).await.unwrap().duplicate);
}

pub(crate) async fn one_dossier_begun_by_two_systems_at_once_belongs_to_one(ground: &dyn Ground) {
    const EACH: usize = 16;
    let desk = Desk::open(ground).await;
    let mut calls = JoinSet::new();
    for n in 0..EACH {
        for client in ["igate", "other"] {
            let outbox = desk.0.clone();
            let event = event_of(client, &format!("e{n}"), at(0), state(1, client));
            calls.spawn(async move { (client, outbox.record(event, at(1)).await) });
        }
    }
    let answers = calls.join_all().await;
    let record = desk.dossier(1).await;
    let owner = record.recorded_by.as_str();
    assert_eq!(record.dossier.unwrap().summary.as_str(), owner);
    assert_eq!(record.timeline.len(), EACH);
    for (client, answer) in answers {
        match answer {
            Ok(_) => assert_eq!(client, owner),
            Err(error) => {
                assert_ne!(client, owner);
                assert_eq!(error, RecordError::OtherSystem { dossier: number(1) });
            }
        }
    }
}

pub(crate) async fn an_event_older_than_the_newest_is_stale(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    desk.record("e1", 10, state(1, "A")).await.unwrap();
    desk.record("e2", 20, step_body(1, "B")).await.unwrap();
    let stale = RecordError::Stale {
        dossier: number(1),
        recorded: at(20),
    };
    assert_eq!(
        desk.record("e3", 19, step_body(1, "C")).await,
        Err(stale.clone())
    );
    assert_eq!(desk.record("e4", 11, state(1, "D")).await, Err(stale));
    // The same moment is not older, and other dossiers have their own time.
    assert_eq!(
        desk.record("e5", 20, state(1, "E")).await.unwrap().revision,
        3
    );
    desk.record("e6", 1, state(2, "F")).await.unwrap();
    // A refused name is free: the event was not recorded.
    assert_eq!(
        desk.record("e3", 21, step_body(1, "C"))
            .await
            .unwrap()
            .revision,
        4
    );
}

pub(crate) async fn a_step_needs_a_recorded_dossier(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    let refused = desk.record("e1", 0, step_body(1, "A")).await;
    assert_eq!(
        refused,
        Err(RecordError::DossierNotRecorded { dossier: number(1) })
    );
    desk.record("e2", 0, state(1, "B")).await.unwrap();
    assert_eq!(
        desk.record("e1", 0, step_body(1, "A"))
            .await
            .unwrap()
            .revision,
        2
    );
}

pub(crate) async fn two_equal_requests_at_once_are_one_event(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    let mut calls = JoinSet::new();
    for _ in 0..32 {
        let outbox = desk.0.clone();
        calls.spawn(async move {
            outbox
                .record(event("e1", at(0), state(1, "A")), at(1))
                .await
                .unwrap()
        });
    }
    let receipts = calls.join_all().await;
    assert_eq!(
        receipts.iter().filter(|receipt| !receipt.duplicate).count(),
        1
    );
    assert!(receipts.iter().all(|receipt| receipt.revision == 1));
    assert_eq!(desk.timeline(1).await.len(), 1);
}

pub(crate) async fn eight_recorders_at_once_keep_their_own_order(ground: &dyn Ground) {
    const EACH: usize = 40;
    let desk = Desk::open(ground).await;
    desk.record("e0", 0, state(1, "A")).await.unwrap();
    let mut recorders = JoinSet::new();
    for recorder in 0..8 {
        let outbox = desk.0.clone();
        recorders.spawn(async move {
            let mut revisions = Vec::new();
            for index in 0..EACH {
                let name = format!("r{recorder}-{index}");
                let event = event(&name, at(1), step_body(1, &name));
                revisions.push(outbox.record(event, at(1)).await.unwrap().revision);
            }
            revisions
        });
    }
    let mut all = Vec::new();
    while let Some(revisions) = recorders.join_next().await {
        let revisions = revisions.unwrap();
        assert!(revisions.is_sorted());
        all.extend(revisions);
    }
    all.sort_unstable();
    assert_eq!(all, (2..=8 * EACH as u64 + 1).collect::<Vec<_>>());
}

pub(crate) async fn what_was_recorded_survives_a_restart(ground: &dyn Ground) {
    let desk = Desk::open(ground).await;
    desk.record_all(
        "e",
        0,
        vec![state(1, "A"), step_body(1, "B"), state(2, "C")],
    )
    .await;
    let before = (
        desk.timeline(1).await,
        desk.timeline(2).await,
        desk.0.facts().await.unwrap(),
    );
    drop(desk);
    let desk = Desk::open(ground).await;
    let after = (
        desk.timeline(1).await,
        desk.timeline(2).await,
        desk.0.facts().await.unwrap(),
    );
    assert_eq!(after, before);
    assert!(desk.record("e1", 0, state(1, "A")).await.unwrap().duplicate);
}
