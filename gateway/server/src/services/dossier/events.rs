//! A stream of events: one receipt or error for each, in the order of the events.
//!
//! What has arrived by the time the store is ready for more is kept in one go. What a
//! reader would get wrong: nothing waits for a batch to become full, and a caller who does
//! not read the receipts is read no further, so neither a fast sender nor a slow reader
//! fills the memory.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::stream::{self, StreamExt as _};
use lienthong_core::access::ClientName;
use lienthong_core::dossier::event::Event;
use lienthong_core::ports::outbox::{OutboxError, Receipt, RecordError};
use lienthong_proto::v1;
use prost::Message as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::Dossiers;
use crate::convert::call_error::{call_error, told};
use crate::convert::{dossier, dossier_reply};
use crate::status::{ServerError, of_incoming_stream};

/// Most events that are kept in one go.
const BATCH: usize = 512;

/// Room for events of one stream that are read and not kept yet, in units of [`UNIT`].
const ROOM: u32 = 4096;

/// Bytes of a message that take one unit of the room.
const UNIT: usize = 1024;

/// Longest event id that is repeated in an answer, in characters.
const LONGEST_ID: usize = 64;

/// The answers.
pub(super) type Receipts =
    Pin<Box<dyn Stream<Item = Result<v1::RecordEventsResponse, Status>> + Send>>;

/// An event of the stream, read.
struct Incoming {
    event_id: String,
    event: Result<Event, ServerError>,
    /// Its place in the room, until it is kept.
    place: Option<OwnedSemaphorePermit>,
}

/// Records the `events` of `client`. What breaks the stream of events ends that of the
/// receipts too, after the receipts of what had been read.
pub(super) fn record(
    dossiers: Dossiers,
    client: ClientName,
    events: impl Stream<Item = Result<v1::RecordEventsRequest, Status>> + Send + Unpin + 'static,
    request_bytes: usize,
) -> Receipts {
    let broken: Arc<Mutex<Option<Status>>> = Arc::default();
    let (sender, receiver) = mpsc::channel(BATCH);
    let reading = read(
        dossiers.clone(),
        client,
        events,
        sender,
        Arc::clone(&broken),
        request_bytes,
    );
    // Apart, so that events are read and checked while others are being kept. It ends with
    // the stream of events, or when nobody reads the receipts any more.
    tokio::spawn(reading);
    let receipts = ReceiverStream::new(receiver)
        .ready_chunks(BATCH)
        .then(move |batch| {
            let dossiers = dossiers.clone();
            async move { keep(&dossiers, batch).await }
        })
        .flat_map(stream::iter)
        .map(Ok);
    let end = stream::once(async move { lock(&broken).take() })
        .filter_map(|broken| std::future::ready(broken.map(Err)));
    Box::pin(receipts.chain(end))
}

/// Reads events until there are no more, or nobody takes them.
async fn read(
    dossiers: Dossiers,
    client: ClientName,
    mut events: impl Stream<Item = Result<v1::RecordEventsRequest, Status>> + Send + Unpin,
    sender: mpsc::Sender<Incoming>,
    broken: Arc<Mutex<Option<Status>>>,
    request_bytes: usize,
) {
    let room = Arc::new(Semaphore::new(ROOM as usize));
    loop {
        let message = tokio::select! {
            message = events.next() => message,
            () = sender.closed() => return,
        };
        let message = match message {
            None => return,
            Some(Ok(message)) => message,
            Some(Err(status)) => {
                *lock(&broken) = Some(of_incoming_stream(status, request_bytes));
                return;
            }
        };
        let units = u32::try_from(message.encoded_len() / UNIT + 1).unwrap_or(ROOM);
        let place = tokio::select! {
            place = Arc::clone(&room).acquire_many_owned(units.min(ROOM)) => place.ok(),
            () = sender.closed() => return,
        };
        let mut incoming = convert(&dossiers, &client, &message);
        incoming.place = place;
        if sender.send(incoming).await.is_err() {
            return;
        }
    }
}

fn convert(
    dossiers: &Dossiers,
    client: &ClientName,
    message: &v1::RecordEventsRequest,
) -> Incoming {
    use v1::record_events_request::Event as Kind;
    let now = dossiers.clock.now();
    let (event_id, event) = match &message.event {
        Some(Kind::Dossier(request)) => {
            let event = dossier::read_state(request, client.clone(), now);
            (request.event_id.as_str(), below("dossier", event))
        }
        Some(Kind::Progress(request)) => {
            let event = dossier::read_progress(request, client.clone(), now);
            (request.event_id.as_str(), below("progress", event))
        }
        None => ("", Err(dossier::without_event())),
    };
    Incoming {
        // Of one that is too long, what the caller may recognise it by.
        event_id: event_id.chars().take(LONGEST_ID).collect(),
        event,
        place: None,
    }
}

/// Names the fields of a violation from the message of the stream on.
fn below(part: &str, event: Result<Event, ServerError>) -> Result<Event, ServerError> {
    event.map_err(|error| match error {
        ServerError::Invalid(mut violations) => {
            for violation in &mut violations {
                violation.field = format!("{part}.{}", violation.field);
            }
            ServerError::Invalid(violations)
        }
        other => other,
    })
}

/// Keeps the events of `batch` that can be kept; an answer for each of all.
async fn keep(dossiers: &Dossiers, batch: Vec<Incoming>) -> Vec<v1::RecordEventsResponse> {
    let mut events = Vec::with_capacity(batch.len());
    let mut places = Vec::with_capacity(batch.len());
    let mut outcomes = Vec::with_capacity(batch.len());
    for incoming in batch {
        let refused = match incoming.event {
            Ok(event) => {
                events.push(event);
                None
            }
            Err(error) => Some(error),
        };
        places.push(incoming.place);
        outcomes.push((incoming.event_id, refused));
    }
    let mut kept = if events.is_empty() {
        Vec::new()
    } else {
        dossiers
            .outbox
            .record_all(events, dossiers.clock.now())
            .await
    }
    .into_iter();
    drop(places);
    // A store that is out fails every event of the batch alike: that is one line.
    let mut logged = false;
    outcomes
        .into_iter()
        .map(|(event_id, refused)| {
            let result = match refused {
                Some(error) => Err(call_error(&error)),
                None => kept
                    .next()
                    .map_or_else(
                        || Err(ServerError::Outbox(unanswered())),
                        |result| result.map_err(ServerError::from),
                    )
                    .map_err(|error| {
                        if !(is_store(&error) && std::mem::replace(&mut logged, true)) {
                            error.log();
                        }
                        told(&error)
                    }),
            };
            answer(event_id, result)
        })
        .collect()
}

fn is_store(error: &ServerError) -> bool {
    matches!(
        error,
        ServerError::Outbox(_) | ServerError::Record(RecordError::Store(_))
    )
}

/// A store that gives fewer answers than it was given events has not said that it kept
/// them; to send them again is safe.
fn unanswered() -> OutboxError {
    OutboxError::Unavailable {
        reason: "the store gave no answer for an event".to_owned(),
    }
}

fn answer(event_id: String, result: Result<Receipt, v1::CallError>) -> v1::RecordEventsResponse {
    use v1::record_events_response::Result as Outcome;
    let result = match result {
        Ok(receipt) => Outcome::Receipt(dossier_reply::receipt(&receipt)),
        Err(error) => Outcome::Error(error),
    };
    v1::RecordEventsResponse {
        event_id,
        result: Some(result),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
