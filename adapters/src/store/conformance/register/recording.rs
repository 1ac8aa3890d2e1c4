//! Promises about recording evidence.

use std::collections::BTreeSet;
use std::sync::Arc;

use lienthong_core::evidence::{Evidence, EvidenceId};
use lienthong_core::ports::evidence::{EvidenceError, NewEvidence, RecordedEvidence};

use super::{Ground, Store, new, piece, sheet};
use crate::store::conformance::outbox::at;

async fn recorded(store: &Arc<dyn Store>, pieces: Vec<NewEvidence>) -> Vec<RecordedEvidence> {
    store.record(pieces).await.unwrap()
}

fn ids(recorded: &[RecordedEvidence]) -> Vec<String> {
    recorded
        .iter()
        .map(|it| it.evidence.id.to_string())
        .collect()
}

/// Everything that a piece says, also what its `Debug` hides.
fn whole(piece: &Evidence) -> String {
    let compared = piece.compared.as_ref().map(|it| (it.on, it.by.clone()));
    format!(
        "{piece:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        piece.title,
        piece.issuer,
        piece.issuer_code,
        piece.signer,
        piece.address,
        compared,
        piece.sha256.to_string(),
    )
}

pub(crate) async fn a_piece_comes_back_whole_and_one_with_little_too(ground: &impl Ground) {
    let store = ground.open().await;
    let given = [piece(1), sheet(2)];
    let pieces = vec![
        new(given[0].clone(), "igate", "e1", 5),
        new(given[1].clone(), "igate", "e2", 6),
    ];
    recorded(&store, pieces).await;
    let history = store.history().await.unwrap();
    assert_eq!(history.len(), 2);
    for ((entry, mut given), (sequence, second)) in history.iter().zip(given).zip([(1, 5), (2, 6)])
    {
        given.id = EvidenceId::given(sequence);
        assert_eq!(whole(&entry.evidence), whole(&given));
        assert_eq!(entry.evidence, given);
        assert_eq!(entry.sequence, sequence);
        assert_eq!(entry.recorded_at, at(second));
        assert_eq!(entry.client.as_str(), "igate");
        assert_eq!(entry.operator.expose(), "CB-07");
        assert_eq!(entry.event.as_str(), format!("e{sequence}"));
    }
    let all: Vec<Evidence> = history.into_iter().map(|it| it.evidence).collect();
    assert_eq!(store.all().await.unwrap(), all);
}

pub(crate) async fn ids_follow_the_order_of_recording_without_gaps(ground: &impl Ground) {
    let store = ground.open().await;
    assert_eq!(store.version().await.unwrap(), 0);
    let first = vec![
        new(piece(1), "igate", "e1", 1),
        new(piece(2), "igate", "e2", 1),
    ];
    assert_eq!(
        ids(&recorded(&store, first).await),
        ["MC-000001", "MC-000002"]
    );
    let refused = store.record(vec![new(piece(9), "igate", "e1", 2)]).await;
    assert_eq!(refused, Err(EvidenceError::OtherContent));
    let next = vec![new(piece(3), "igate", "e3", 3)];
    assert_eq!(ids(&recorded(&store, next).await), ["MC-000003"]);
    assert_eq!(store.version().await.unwrap(), 3);
    assert_eq!(recorded(&store, Vec::new()).await, []);
}

pub(crate) async fn the_same_event_records_once_and_another_content_is_refused(
    ground: &impl Ground,
) {
    let store = ground.open().await;
    recorded(&store, vec![new(piece(1), "igate", "e1", 1)]).await;
    let again = recorded(&store, vec![new(piece(1), "igate", "e1", 9)]).await;
    assert!(again[0].duplicate);
    assert_eq!(ids(&again), ["MC-000001"]);
    let mut other = piece(1);
    other.signer = None;
    let refused = store.record(vec![new(other, "igate", "e1", 9)]).await;
    assert_eq!(refused, Err(EvidenceError::OtherContent));
    let history = store.history().await.unwrap();
    assert_eq!(history.len(), 1);
    assert_eq!(history[0].recorded_at, at(1), "the first recording stays");
}

pub(crate) async fn another_system_may_use_the_same_event_id(ground: &impl Ground) {
    let store = ground.open().await;
    recorded(&store, vec![new(piece(1), "igate", "e1", 1)]).await;
    let other = recorded(&store, vec![new(piece(2), "portal", "e1", 1)]).await;
    assert!(!other[0].duplicate);
    assert_eq!(ids(&other), ["MC-000002"]);
}

pub(crate) async fn of_two_who_examined_the_same_register_one_records(ground: &impl Ground) {
    let store = ground.open().await;
    recorded(&store, vec![new(piece(1), "igate", "e1", 1)]).await;
    let seen = Some(store.version().await.unwrap());
    let first = store.record_on(seen, vec![new(piece(2), "igate", "e2", 2)]);
    assert_eq!(ids(&first.await.unwrap().unwrap()), ["MC-000002"]);
    let rival = vec![new(piece(3), "portal", "e1", 2)];
    let second = store.record_on(seen, rival.clone()).await;
    assert_eq!(second, Ok(None));
    assert_eq!(store.version().await.unwrap(), 2, "nothing was recorded");
    let again = store.record_on(Some(2), rival).await.unwrap().unwrap();
    assert_eq!(ids(&again), ["MC-000003"]);
}

pub(crate) async fn all_pieces_of_a_call_are_recorded_or_none(ground: &impl Ground) {
    let store = ground.open().await;
    recorded(&store, vec![new(piece(1), "igate", "e1", 1)]).await;
    let pieces = vec![
        new(piece(2), "igate", "e2", 2),
        new(piece(3), "igate", "e1", 2),
    ];
    assert_eq!(store.record(pieces).await, Err(EvidenceError::OtherContent));
    assert_eq!(store.version().await.unwrap(), 1);
    let mixed = vec![
        new(piece(1), "igate", "e1", 3),
        new(piece(2), "igate", "e2", 3),
    ];
    let mixed = recorded(&store, mixed).await;
    assert_eq!(ids(&mixed), ["MC-000001", "MC-000002"]);
    assert_eq!(
        mixed.iter().map(|it| it.duplicate).collect::<Vec<_>>(),
        [true, false]
    );
    let twice = vec![
        new(piece(4), "igate", "e4", 4),
        new(piece(4), "igate", "e4", 4),
    ];
    assert_eq!(
        ids(&recorded(&store, twice).await),
        ["MC-000003", "MC-000003"]
    );
}

pub(crate) async fn a_piece_may_name_an_earlier_one_of_its_call(ground: &impl Ground) {
    let store = ground.open().await;
    recorded(&store, vec![new(piece(1), "igate", "e1", 1)]).await;
    let call = || {
        let mut newest = piece(3);
        newest.supersedes = ["row-2", "MC-000001"]
            .map(|id| EvidenceId::parse(id).unwrap())
            .into();
        vec![
            new(piece(2), "igate", "e2", 2),
            new(newest, "igate", "e3", 2),
        ]
    };
    let given = BTreeSet::from([EvidenceId::given(1), EvidenceId::given(2)]);
    for duplicate in [false, true] {
        let recorded = recorded(&store, call()).await;
        assert_eq!(recorded[1].evidence.supersedes, given);
        assert_eq!(recorded[1].duplicate, duplicate, "also when it is repeated");
    }
    assert_eq!(store.all().await.unwrap()[2].supersedes, given);
}

pub(crate) async fn nothing_takes_the_place_of_what_is_not_there(ground: &impl Ground) {
    let store = ground.open().await;
    recorded(&store, vec![new(piece(1), "igate", "e1", 1)]).await;
    let itself = "row-2";
    let later = "row-3";
    let unknown = "MC-000002";
    for absent in [itself, later, unknown] {
        let id = EvidenceId::parse(absent).unwrap();
        let mut one = piece(2);
        one.supersedes = BTreeSet::from([id.clone()]);
        let pieces = vec![new(one, "igate", "e2", 2), new(piece(3), "igate", "e3", 2)];
        let refused = store.record(pieces).await;
        assert_eq!(refused, Err(EvidenceError::NotThere { id }));
    }
    assert_eq!(store.version().await.unwrap(), 1);
}

pub(crate) async fn what_was_recorded_survives_a_restart_and_nothing_changes_it(
    ground: &impl Ground,
) {
    let store = ground.open().await;
    recorded(&store, vec![new(piece(1), "igate", "e1", 1)]).await;
    let before = store.history().await.unwrap();
    drop(store);
    for statement in [
        "UPDATE evidence SET body = '{}'",
        "DELETE FROM evidence",
        "INSERT INTO evidence (sequence, client, event_id, operator, recorded_at, body)
         VALUES (3, 'igate', 'e3', 'CB-07', 0, '{}')",
    ] {
        assert!(!ground.run(statement).await, "{statement}");
    }
    let store = ground.open().await;
    assert_eq!(store.history().await.unwrap(), before);
    let again = recorded(&store, vec![new(piece(1), "igate", "e1", 9)]).await;
    assert!(again[0].duplicate);
}

pub(crate) async fn many_at_once_leave_no_gap(ground: &impl Ground) {
    let store = ground.open().await;
    let mut callers = Vec::new();
    for index in 0..40_u8 {
        let store = Arc::clone(&store);
        callers.push(tokio::spawn(async move {
            // Two callers for each event.
            let event = format!("e{}", index / 2);
            let piece = new(piece(index / 2), "igate", &event, 1);
            store.record(vec![piece]).await.unwrap()
        }));
    }
    let mut new_ones = BTreeSet::new();
    for caller in callers {
        for recorded in caller.await.unwrap() {
            if !recorded.duplicate {
                assert!(new_ones.insert(recorded.evidence.id));
            }
        }
    }
    let expected: BTreeSet<EvidenceId> = (1..=20).map(EvidenceId::given).collect();
    assert_eq!(new_ones, expected);
    assert_eq!(store.version().await.unwrap(), 20);
}
