//! Many events over one `RecordEvents` stream.
//!
//! What a reader would get wrong: an answer is held against its event by position, as the
//! contract promises; the event id only shows that the promise holds.

use std::collections::VecDeque;

use anyhow::{Context as _, Result, bail, ensure};
use lienthong_proto::v1;
use lienthong_proto::v1::dossier_service_client::DossierServiceClient;
use lienthong_proto::v1::record_events_response::Result as Answer;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Channel;

use crate::lives::Event;

/// Events on their way to the transport.
const AHEAD: usize = 256;

/// What one event got.
#[derive(Debug)]
pub struct Answered {
    /// Name of the event.
    pub event_id: String,
    /// Receipt or error.
    pub answer: Answer,
}

/// Sends `events` as fast as they are taken, and gives `each` every answer; returns how many
/// receipts there were.
///
/// # Errors
/// When the stream ends early, or the answers are not those of the events in order.
pub async fn record(
    mut client: DossierServiceClient<Channel>,
    events: impl Iterator<Item = Event> + Send + 'static,
    mut each: impl FnMut(&Answered),
) -> Result<usize> {
    let (send, items) = mpsc::channel(AHEAD);
    let (name, mut names) = mpsc::unbounded_channel();
    let sending = tokio::spawn(async move {
        for event in events {
            // The name first: its answer can be here before this goes on.
            let told = name.send(event.id().to_owned()).is_ok();
            if !told || send.send(event.into_item()).await.is_err() {
                bail!("the stream ended early");
            }
        }
        Ok(())
    });
    let answers = client.record_events(ReceiverStream::new(items)).await?;
    let mut answers = answers.into_inner();
    let mut receipts = 0;
    while let Some(answer) = answers.message().await? {
        let wanted = names.recv().await.context("more answers than events")?;
        ensure!(
            wanted == answer.event_id,
            "{} instead of {wanted}",
            answer.event_id
        );
        let answered = Answered {
            event_id: answer.event_id,
            answer: answer.result.context("an answer without a result")?,
        };
        receipts += usize::from(matches!(answered.answer, Answer::Receipt(_)));
        each(&answered);
    }
    sending.await??;
    ensure!(names.recv().await.is_none(), "fewer answers than events");
    Ok(receipts)
}

/// Records `events` and wants a receipt for every one.
///
/// # Errors
/// As [`record`]; and the first that was not recorded.
pub async fn record_all(
    client: DossierServiceClient<Channel>,
    events: impl Iterator<Item = Event> + Send + 'static,
) -> Result<usize> {
    let mut refused: VecDeque<(String, v1::CallError)> = VecDeque::new();
    let receipts = record(client, events, |answered| {
        if let Answer::Error(error) = &answered.answer {
            refused.push_back((answered.event_id.clone(), error.clone()));
        }
    })
    .await?;
    if let Some((event, error)) = refused.front() {
        bail!(
            "{} were not recorded; {event}: {} {}",
            refused.len(),
            error.reason,
            error.message
        );
    }
    Ok(receipts)
}
