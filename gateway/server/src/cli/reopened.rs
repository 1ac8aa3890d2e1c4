//! A stream of the gateway that is opened again where it ends.
//!
//! What a reader would get wrong: a stream ends at the longest life that the gateway grants
//! and whenever the gateway restarts. Neither is the end of what is watched: to watch again
//! begins with the state at once. Only a gateway that stays away is.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use tonic::{Response, Status, Streaming};

use super::failure::Failure;
use super::print::Progress;
use super::target::Target;
use crate::client::refusal::Refusal;
use crate::client::{Client, ConnectError};
use crate::lang::Lang;

/// How long a gateway is waited for, and how often it is tried.
#[derive(Debug, Clone, Copy)]
struct Patience {
    /// Longest time without a message that was lost to the gateway's absence.
    whole: Duration,
    /// Pause before the first try; each further one is twice as long.
    first: Duration,
    /// Longest pause.
    longest: Duration,
}

const PATIENCE: Patience = Patience {
    whole: Duration::from_mins(10),
    first: Duration::from_millis(500),
    longest: Duration::from_secs(10),
};

/// A stream of `M`.
pub(super) struct Reopened<'t, M, Open> {
    target: &'t Target,
    lang: Lang,
    open: Open,
    stream: Streaming<M>,
    patience: Patience,
}

impl<'t, M, Open, Opening> Reopened<'t, M, Open>
where
    Open: Fn(Client) -> Opening,
    Opening: Future<Output = Result<Response<Streaming<M>>, Status>>,
{
    /// Opens the stream for the first time; a gateway that is not there now is not waited
    /// for.
    pub(super) async fn begin(target: &'t Target, lang: Lang, open: Open) -> Result<Self, Failure> {
        let stream = open(target.connect(lang).await?).await?.into_inner();
        Ok(Self {
            target,
            lang,
            open,
            stream,
            patience: PATIENCE,
        })
    }

    /// The next message, over whichever connection.
    ///
    /// # Errors
    /// What the gateway refused, or why it could not be reached for too long.
    pub(super) async fn next(&mut self) -> Result<M, Failure> {
        let mut lost: Option<Lost> = None;
        loop {
            let mut ended = match self.stream.message().await {
                Ok(Some(message)) => return Ok(message),
                Ok(None) => self.without_a_word(),
                Err(status) => Failure::from(status),
            };
            let lost = lost.get_or_insert_with(|| Lost::now(self.patience, self.lang));
            self.stream = loop {
                if !may_pass(&ended) || lost.is_over() {
                    return Err(ended);
                }
                lost.pause().await;
                match self.try_again().await {
                    Ok(stream) => break stream,
                    Err(failure) => ended = failure,
                }
            };
        }
    }

    async fn try_again(&self) -> Result<Streaming<M>, Failure> {
        let client = self.target.connect(self.lang).await?;
        Ok((self.open)(client).await?.into_inner())
    }

    /// What is said where the gateway ended a stream that has no end of its own.
    fn without_a_word(&self) -> Failure {
        Failure::from(Refusal::cut(self.lang.pick(
            "Cổng kết nối đóng luồng mà không nói lý do.",
            "The gateway ended the stream without a word.",
        )))
    }
}

/// Whether the same may succeed later by itself.
fn may_pass(failure: &Failure) -> bool {
    match failure {
        Failure::Refused(refusal) => is_absence(refusal),
        Failure::Connect(ConnectError::Unreachable { .. }) => true,
        Failure::Connect(ConnectError::File { .. } | ConnectError::Unusable(_))
        | Failure::Usage(_)
        | Failure::Local(_)
        | Failure::Json(_) => false,
    }
}

fn is_absence(refusal: &Refusal) -> bool {
    refusal.is_outage() || refusal.retry_after.is_some()
}

/// A connection that is lost since a while.
struct Lost {
    since: Instant,
    pause: Duration,
    patience: Patience,
    shown: Progress,
}

impl Lost {
    fn now(patience: Patience, lang: Lang) -> Self {
        let mut shown = Progress::new();
        shown.show(lang.pick(
            "Mất liên lạc với cổng kết nối; đang nối lại…",
            "The connection to the gateway is lost; connecting again…",
        ));
        Self {
            since: Instant::now(),
            pause: patience.first,
            patience,
            shown,
        }
    }

    async fn pause(&mut self) {
        sleep(self.pause).await;
        self.pause = (self.pause * 2).min(self.patience.longest);
    }

    fn is_over(&mut self) -> bool {
        let over = self.since.elapsed() >= self.patience.whole;
        if over {
            self.shown.clear();
        }
        over
    }
}

#[cfg(test)]
mod tests;
