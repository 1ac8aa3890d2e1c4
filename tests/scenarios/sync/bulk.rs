//! Tens of thousands of events in one go.

use std::collections::HashMap;

use lienthong_proto::v1::SyncState;
use lienthong_proto::v1::record_events_response::Result as Answer;
use lienthong_tests::bulk;
use lienthong_tests::lives::{Event, Life};
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::{Stage, dossier_in};

use super::arrived;

const LIVES: u32 = 4_000;
const STEPS: usize = 3;
const EVENTS: usize = LIVES as usize * (STEPS + 2);

#[tokio::test]
async fn twenty_thousand_events_in_one_go_get_one_receipt_each_and_repeats_get_the_same() {
    let stage = Stage::start().await.unwrap();
    stage.mocks().portal().pause();
    let vendor = stage.plain_vendor().await.unwrap();
    let end = stage.now();
    let events = move || (0..LIVES).flat_map(move |number| Life::new(number, STEPS, end).events);
    let mut receipts = HashMap::new();
    let kept = bulk::record(vendor.dossiers.clone(), events(), |answered| {
        let Answer::Receipt(receipt) = &answered.answer else {
            panic!("{answered:?}")
        };
        assert!(!receipt.duplicate, "{answered:?}");
        receipts.insert(answered.event_id.clone(), receipt.clone());
    })
    .await
    .unwrap();
    assert_eq!((kept, receipts.len()), (EVENTS, EVENTS));
    let again = bulk::record(vendor.dossiers, events(), |answered| {
        let Answer::Receipt(receipt) = &answered.answer else {
            panic!("{answered:?}")
        };
        let first = &receipts[&answered.event_id];
        assert!(receipt.duplicate);
        assert_eq!(
            (
                &receipt.dossier_code,
                receipt.revision,
                &receipt.accepted_at
            ),
            (&first.dossier_code, first.revision, &first.accepted_at)
        );
    })
    .await
    .unwrap();
    assert_eq!(again, EVENTS);
}

#[tokio::test]
async fn a_broken_event_gets_its_error_and_the_stream_goes_on() {
    let stage = Stage::start().await.unwrap();
    let mut vendor = stage.plain_vendor().await.unwrap();
    let life = Life::new(1, 4, stage.now());
    let mut events = life.events.clone();
    let mut nameless = Life::new(2, 0, stage.now()).events.remove(0);
    if let Event::State(state) = &mut nameless {
        state.dossier = None;
    }
    let stray = Life::new(3, 1, stage.now()).events.remove(1);
    events.insert(1, nameless);
    events.insert(3, stray);
    let mut answers = Vec::new();
    bulk::record(vendor.dossiers.clone(), events.into_iter(), |answered| {
        answers.push(match &answered.answer {
            Answer::Receipt(receipt) => Ok(receipt.revision),
            Answer::Error(error) => Err(error.reason.clone()),
        });
    })
    .await
    .unwrap();
    let (good, bad): (Vec<_>, Vec<_>) = answers.iter().cloned().partition(Result::is_ok);
    assert_eq!(good, (1..=6).map(Ok).collect::<Vec<_>>());
    assert_eq!(answers[3], Err("DOSSIER_NOT_RECORDED".to_owned()));
    assert!(answers[1].is_err() && bad.len() == 2, "{answers:?}");
    dossier_in(&mut vendor, &life.code, SyncState::Accepted)
        .await
        .unwrap();
    arrived(&stage, &[life]).await.unwrap();
}

#[tokio::test]
async fn what_was_recorded_in_one_go_arrives_once_and_in_order() {
    let settings = Settings::default().with("sync.parallel", "32");
    let stage = Stage::with(settings).await.unwrap();
    let vendor = stage.plain_vendor().await.unwrap();
    let lives: Vec<_> = (0..300)
        .map(|number| Life::new(number, STEPS, stage.now()))
        .collect();
    let events: Vec<_> = lives.iter().flat_map(|life| life.events.clone()).collect();
    bulk::record_all(vendor.dossiers, events.into_iter())
        .await
        .unwrap();
    let effects = arrived(&stage, &lives).await.unwrap();
    assert_eq!(effects.dossiers(), lives.len());
}
