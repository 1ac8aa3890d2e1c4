//! The recording of all lives, however often the gateways die under it.
//!
//! What a reader would get wrong: only what may pass is tried again. An event that is refused
//! ends the run at once, with the reason; and so does a stream that never comes to its end.

use std::collections::VecDeque;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;
use lienthong_proto::v1::dossier_service_client::DossierServiceClient;
use lienthong_proto::v1::record_events_response::Result as Answer;
use lienthong_tests::bulk;
use lienthong_tests::lives::Life;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status};

use super::STEPS;

/// Dossiers on one stream, and streams at once.
const PER_STREAM: u32 = 500;
const STREAMS: usize = 4;

/// Longest wait for one stream's receipts.
const STREAM_PATIENCE: Duration = Duration::from_mins(2);

/// How often one stream is begun.
const TRIES: u32 = 400;

/// Addresses of the gateways that are up.
pub(crate) type Addresses = watch::Receiver<Vec<String>>;

/// The recording.
pub(crate) struct Recording {
    task: Option<JoinHandle<Result<()>>>,
}

impl Recording {
    /// Begins to record lives that end at `end`.
    pub(crate) fn begin(dossiers: u32, end: Timestamp, addresses: Addresses) -> Self {
        Self {
            task: Some(tokio::spawn(record(dossiers, end, addresses))),
        }
    }

    /// Whether everything is recorded.
    pub(crate) async fn is_done(&mut self) -> Result<bool> {
        if let Some(task) = self.task.take_if(|task| task.is_finished()) {
            task.await?.context("not everything could be recorded")?;
        }
        Ok(self.task.is_none())
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

async fn record(dossiers: u32, end: Timestamp, addresses: Addresses) -> Result<()> {
    let mut waiting: VecDeque<u32> = (0..dossiers).step_by(PER_STREAM as usize).collect();
    let mut streams = JoinSet::new();
    while !waiting.is_empty() || !streams.is_empty() {
        while streams.len() < STREAMS
            && let Some(first) = waiting.pop_front()
        {
            let last = (first + PER_STREAM).min(dossiers);
            streams.spawn(record_some(first, last, end, addresses.clone()));
        }
        if let Some(ended) = streams.join_next().await {
            ended??;
        }
    }
    Ok(())
}

/// Records the lives of one stream, whole.
async fn record_some(
    first: u32,
    last: u32,
    end: Timestamp,
    mut addresses: Addresses,
) -> Result<()> {
    let mut problem = None;
    for turn in 0..TRIES {
        let up = addresses.wait_for(|up| !up.is_empty()).await?.clone();
        let address = &up[(first / PER_STREAM + turn) as usize % up.len()];
        let endpoint = Endpoint::from_shared(format!("http://{address}"))?;
        if let Ok(channel) = endpoint.connect().await {
            match timeout(STREAM_PATIENCE, once(channel, first, last, end)).await {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(failure)) if may_pass(&failure) => problem = Some(failure),
                Ok(Err(failure)) => return Err(failure),
                Err(_) => problem = None,
            }
        }
        sleep(Duration::from_millis(200)).await;
    }
    let problem = problem.unwrap_or_else(|| anyhow::anyhow!("no answer in time"));
    Err(problem.context(format!("the lives {first} to {last} after {TRIES} tries")))
}

/// An event that was not recorded.
#[derive(Debug)]
struct NotRecorded {
    event: String,
    code: Code,
    reason: String,
}

impl std::fmt::Display for NotRecorded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            event,
            code,
            reason,
        } = self;
        write!(f, "{event} was not recorded: {code:?} {reason}")
    }
}

impl std::error::Error for NotRecorded {}

async fn once(channel: Channel, first: u32, last: u32, end: Timestamp) -> Result<()> {
    let events = (first..last).flat_map(move |number| Life::new(number, STEPS, end).events);
    let mut refused: Option<NotRecorded> = None;
    bulk::record(DossierServiceClient::new(channel), events, |answered| {
        let Answer::Error(error) = &answered.answer else {
            return;
        };
        let seen = NotRecorded {
            event: answered.event_id.clone(),
            code: Code::from_i32(error.code),
            reason: error.reason.clone(),
        };
        // The first that no second try would mend, or else the first.
        let counts = refused
            .as_ref()
            .is_none_or(|known| passes(known.code) && !passes(seen.code));
        if counts {
            refused = Some(seen);
        }
    })
    .await?;
    match refused {
        None => Ok(()),
        Some(refused) => bail!(refused),
    }
}

/// Whether the same may go well another time.
fn may_pass(failure: &anyhow::Error) -> bool {
    if let Some(refused) = failure.downcast_ref::<NotRecorded>() {
        return passes(refused.code);
    }
    // Anything else is a stream that broke.
    failure
        .downcast_ref::<Status>()
        .is_none_or(|status| passes(status.code()))
}

/// Whether a call that ended so may go well another time: the gateway is away, or its store is.
fn passes(code: Code) -> bool {
    match code {
        Code::Unavailable
        | Code::Unknown
        | Code::Cancelled
        | Code::DeadlineExceeded
        | Code::ResourceExhausted
        // How a connection that breaks in the middle of a stream is told.
        | Code::Internal => true,
        Code::Ok
        | Code::InvalidArgument
        | Code::NotFound
        | Code::AlreadyExists
        | Code::PermissionDenied
        | Code::FailedPrecondition
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unimplemented
        | Code::DataLoss
        | Code::Unauthenticated => false,
    }
}
