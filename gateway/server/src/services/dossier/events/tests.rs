//! Events in, receipts out.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use lienthong_core::access::ClientName;
use lienthong_proto::v1;
use lienthong_proto::v1::PortalStatus;
use lienthong_proto::v1::record_events_request::Event as Kind;
use lienthong_proto::v1::record_events_response::Result as Outcome;
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status};

use super::{BATCH, Receipts, record};
use crate::demo::messages;
use crate::services::dossier::tests::{Bench, CODE, now, state};

const REQUEST_BYTES: usize = 1024 * 1024;

fn dossier(status: PortalStatus) -> v1::RecordEventsRequest {
    let event = Some(Kind::Dossier(state(status)));
    v1::RecordEventsRequest { event }
}

/// The `number`th step of the dossier, a second after the one before.
fn step(number: i64) -> v1::RecordEventsRequest {
    let at = now() - jiff::SignedDuration::from_secs(100_000 - number);
    let mut step = messages::step(CODE, PortalStatus::Processing, "Xử lý", at);
    step.event_id = format!("step-{number}");
    let event = Some(Kind::Progress(step));
    v1::RecordEventsRequest { event }
}

fn first() -> v1::RecordEventsRequest {
    let mut request = state(PortalStatus::Received);
    let at = now() - jiff::SignedDuration::from_secs(100_001);
    request.occurred_at = Some(prost_types::Timestamp {
        seconds: at.as_second(),
        nanos: 0,
    });
    let event = Some(Kind::Dossier(request));
    v1::RecordEventsRequest { event }
}

fn start(
    bench: &Bench,
    events: impl stream::Stream<Item = Result<v1::RecordEventsRequest, Status>> + Send + Unpin + 'static,
) -> Receipts {
    let client = ClientName::parse("igate").unwrap();
    record(bench.service.clone(), client, events, REQUEST_BYTES)
}

fn revision(response: &v1::RecordEventsResponse) -> i64 {
    match response.result.as_ref().unwrap() {
        Outcome::Receipt(receipt) => receipt.revision,
        Outcome::Error(error) => panic!("{error:?}"),
    }
}

fn error(response: v1::RecordEventsResponse) -> v1::CallError {
    match response.result.unwrap() {
        Outcome::Receipt(receipt) => panic!("{receipt:?}"),
        Outcome::Error(error) => error,
    }
}

#[tokio::test]
async fn each_event_has_one_receipt_in_its_order() {
    const STEPS: i64 = 3_000;
    let dir = TempDir::new().unwrap();
    let bench = Bench::new(&dir);
    let events = std::iter::once(first())
        .chain((1..=STEPS).map(step))
        .map(Ok);
    let receipts: Vec<_> = start(&bench, stream::iter(events)).collect().await;
    assert_eq!(receipts.len(), usize::try_from(STEPS + 1).unwrap());
    for (expected, receipt) in (1..).zip(&receipts) {
        assert_eq!(revision(receipt.as_ref().unwrap()), expected);
    }
    let shown = bench.get("igate", CODE).await.unwrap();
    assert_eq!(shown.sync.unwrap().revision, STEPS + 1);
}

#[tokio::test]
async fn an_event_that_is_refused_ends_nothing() {
    let dir = TempDir::new().unwrap();
    let bench = Bench::new(&dir);
    let mut unnamed = step(2);
    if let Some(Kind::Progress(step)) = &mut unnamed.event {
        step.event_id = "no spaces, please".to_owned();
        step.step.as_mut().unwrap().content.clear();
    }
    let older = step(-9_000);
    let events = [
        first(),
        step(1),
        unnamed,
        v1::RecordEventsRequest { event: None },
        older,
        step(1),
        step(3),
    ];
    let mut receipts: Vec<_> = start(&bench, stream::iter(events.map(Ok)))
        .map(Result::unwrap)
        .collect()
        .await;
    assert_eq!(receipts.len(), 7);
    assert_eq!(revision(&receipts[6]), 3);
    assert_eq!(receipts[6].event_id, "step-3");
    // The same event once more: the same receipt.
    assert_eq!(revision(&receipts[5]), 2);
    let stale = error(receipts.remove(4));
    assert_eq!(stale.reason, "EVENT_STALE");
    let empty = error(receipts.remove(3));
    assert_eq!(empty.violations[0].field, "event");
    let unnamed = error(receipts.remove(2));
    let fields: Vec<_> = unnamed
        .violations
        .iter()
        .map(|v| v.field.as_str())
        .collect();
    assert_eq!(fields, ["progress.event_id", "progress.step.content"]);
}

#[tokio::test]
async fn a_stream_that_breaks_ends_after_the_receipts_of_what_was_read() {
    let dir = TempDir::new().unwrap();
    let bench = Bench::new(&dir);
    let events = [Ok(first()), Err(Status::internal("broken")), Ok(step(1))];
    let mut receipts = start(&bench, stream::iter(events));
    assert_eq!(revision(&receipts.next().await.unwrap().unwrap()), 1);
    let ended = receipts.next().await.unwrap().unwrap_err();
    assert_ne!(ended.code(), Code::Ok);
    assert!(receipts.next().await.is_none());
    assert_eq!(
        bench
            .get("igate", CODE)
            .await
            .unwrap()
            .sync
            .unwrap()
            .revision,
        1
    );
}

#[tokio::test]
async fn a_caller_who_reads_no_receipts_is_read_no_further() {
    let dir = TempDir::new().unwrap();
    let bench = Bench::new(&dir);
    let (sender, receiver) = mpsc::channel(1);
    let mut receipts = start(&bench, ReceiverStream::new(receiver));
    let sending = async {
        for number in 0.. {
            sender.send(Ok(step(number))).await.unwrap();
            assert!(
                number < i64::try_from(4 * BATCH).unwrap(),
                "read without end"
            );
        }
    };
    // It is held back, so it never ends by itself.
    let held = tokio::time::timeout(Duration::from_millis(500), sending).await;
    assert!(held.is_err());
    drop(sender);
    // What was read is answered once somebody listens.
    assert!(receipts.next().await.is_some());
}

#[tokio::test]
async fn a_store_that_is_out_is_told_for_each_event() {
    let dir = TempDir::new().unwrap();
    let bench = Bench::new(&dir);
    bench.store.close().await;
    let events = [first(), step(1)].map(Ok);
    let receipts: Vec<_> = start(&bench, stream::iter(events)).collect().await;
    assert_eq!(receipts.len(), 2);
    for receipt in receipts {
        let error = error(receipt.unwrap());
        assert_eq!(error.reason, "STORE_UNAVAILABLE");
        assert!(error.retry_after.is_some());
    }
}

#[tokio::test]
async fn a_state_of_the_stream_is_shown_like_any_other() {
    let dir = TempDir::new().unwrap();
    let bench = Bench::new(&dir);
    let events = stream::iter([Ok(dossier(PortalStatus::Received))]);
    let receipts: Vec<_> = start(&bench, events).collect().await;
    assert_eq!(revision(receipts[0].as_ref().unwrap()), 1);
    let shown = bench.get("igate", CODE).await.unwrap();
    assert_eq!(shown.dossier.unwrap().dossier_code, CODE);
}
