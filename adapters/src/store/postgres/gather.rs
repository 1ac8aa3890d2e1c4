//! Events that come one by one, kept together.
//!
//! An event that comes while nothing is being written goes at once; those that come while a
//! few transactions are under way wait for the next and share it. So many callers at once
//! make transactions larger, and not more of them.

use std::sync::Arc;

use lienthong_core::ports::outbox::OutboxError;
use tokio::sync::{Semaphore, mpsc, oneshot};

use super::link::Link;
use super::record::{Answer, BATCH, BATCH_BYTES, Lost, Prepared, keep};

/// Events that may wait; whoever comes then waits to queue.
const QUEUE: usize = 1024;

/// Transactions of gathered events at one time: while the server writes one to its disk,
/// the next are being filled.
const AT_ONCE: usize = 3;

struct Waiting {
    event: Prepared,
    caller: oneshot::Sender<Answer>,
}

/// The queue of events that come one by one.
pub(super) struct Gather {
    queue: mpsc::Sender<Waiting>,
}

impl Gather {
    /// Starts the task that keeps what is queued; it ends when this is dropped.
    pub(super) fn start(link: Arc<Link>) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(serve(link, waiting));
        Self { queue }
    }

    /// Keeps `event`. A caller that stops waiting does not take it back.
    pub(super) async fn keep(&self, event: Prepared) -> Answer {
        let (caller, answer) = oneshot::channel();
        let sent = self.queue.send(Waiting { event, caller }).await;
        if sent.is_err() {
            return Err(stopped().into());
        }
        answer.await.unwrap_or_else(|_| Err(stopped().into()))
    }
}

fn stopped() -> OutboxError {
    OutboxError::Unavailable {
        reason: "the outbox is closed".to_owned(),
    }
}

async fn serve(link: Arc<Link>, mut waiting: mpsc::Receiver<Waiting>) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    while let Some(first) = waiting.recv().await {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let batch = fill(first, &mut waiting);
        let link = Arc::clone(&link);
        tokio::spawn(async move {
            let _place = place;
            let (events, callers): (Vec<_>, Vec<_>) = batch
                .into_iter()
                .map(|waiting| (waiting.event, waiting.caller))
                .unzip();
            let answers = keep(&link, events, &mut Lost::default()).await;
            for (answer, caller) in answers.into_iter().zip(callers) {
                // Who no longer waits needs no answer.
                drop(caller.send(answer));
            }
        });
    }
}

/// What waits by now, as far as one transaction takes it.
fn fill(first: Waiting, waiting: &mut mpsc::Receiver<Waiting>) -> Vec<Waiting> {
    let mut bytes = first.event.size();
    let mut batch = vec![first];
    while batch.len() < BATCH && bytes < BATCH_BYTES {
        let Ok(next) = waiting.try_recv() else {
            break;
        };
        bytes += next.event.size();
        batch.push(next);
    }
    batch
}
