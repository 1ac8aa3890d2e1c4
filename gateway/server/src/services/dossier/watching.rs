//! A dossier's sync state as a stream: at once, and after each change.
//!
//! What a reader would get wrong: a dossier is looked at far more often than it changes, so
//! a look is a glance, and the whole is read only where the glance shows something new.
//! Changes that come closely one after the other are sent as one. What another node does
//! to the dossier is seen by looking again after a while.

use std::pin::Pin;
use std::time::Duration;

use lienthong_core::access::ClientName;
use lienthong_core::ports::outbox::DossierGlance;
use lienthong_proto::v1;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_stream::Stream;
use tokio_util::sync::CancellationToken;
use tonic::Status;

use super::Dossiers;
use crate::convert::dossier_reply;
use crate::services::watchers::WatcherPlace;
use crate::status::ServerError;
use crate::sync::changes::Watch;

/// How often a dossier is looked at without a notice.
const POLL: Duration = Duration::from_secs(5);

/// Shortest time between two looks at one dossier.
const CALM: Duration = Duration::from_millis(50);

/// The states.
pub(super) type States =
    Pin<Box<dyn Stream<Item = Result<v1::WatchDossierResponse, Status>> + Send>>;

struct Watching {
    dossiers: Dossiers,
    client: ClientName,
    watch: Watch,
    _place: WatcherPlace,
    stopping: CancellationToken,
    /// What was sent last.
    sent: Option<v1::DossierSync>,
    /// How it stood when it was read last.
    seen: Option<Stood>,
    looked_at: Option<Instant>,
}

/// How a dossier stood when it was looked at.
#[derive(Debug, PartialEq, Eq)]
enum Stood {
    /// Nothing of it was recorded by this system.
    NotRecorded,
    /// Like this.
    At(DossierGlance),
}

/// The states of the dossier of `watch`, for `client`; one that is not recorded, or
/// recorded by another system, has none. Ends with an error when the store fails, and when
/// `stopping` is cancelled; `place` is held as long.
pub(super) fn states(
    dossiers: Dossiers,
    client: ClientName,
    watch: Watch,
    place: WatcherPlace,
    stopping: CancellationToken,
) -> States {
    let watching = Watching {
        dossiers,
        client,
        watch,
        _place: place,
        stopping,
        sent: None,
        seen: None,
        looked_at: None,
    };
    Box::pin(futures_util::stream::unfold(
        Some(watching),
        |watching| async move {
            let mut watching = watching?;
            match watching.next().await {
                Ok(sync) => {
                    let response = v1::WatchDossierResponse { sync: Some(sync) };
                    Some((Ok(response), Some(watching)))
                }
                Err(error) => Some((Err(error.into()), None)),
            }
        },
    ))
}

impl Watching {
    /// The next state that differs from the one that was sent last.
    async fn next(&mut self) -> Result<v1::DossierSync, ServerError> {
        loop {
            self.wait().await?;
            self.looked_at = Some(Instant::now());
            let number = self.watch.number();
            let glance = self.dossiers.glance(&self.client, number).await?;
            let stood = glance.map_or(Stood::NotRecorded, Stood::At);
            if self.seen.as_ref() == Some(&stood) {
                continue;
            }
            let sync = match &stood {
                Stood::At(_) => {
                    let record = self.dossiers.read(&self.client, number.clone()).await?;
                    dossier_reply::sync(&record)
                }
                Stood::NotRecorded => dossier_reply::not_recorded(number),
            };
            self.seen = Some(stood);
            if self.sent.as_ref() != Some(&sync) {
                self.sent = Some(sync.clone());
                return Ok(sync);
            }
        }
    }

    /// Until the dossier is to be looked at: at once at first, then after a notice, or
    /// after a while.
    async fn wait(&mut self) -> Result<(), ServerError> {
        let Some(looked_at) = self.looked_at else {
            return Ok(());
        };
        let noticed = async {
            // A notice that never comes is no matter: the time is what it ends with.
            let _ = timeout(POLL, self.watch.changed()).await;
            sleep_until(looked_at + CALM).await;
        };
        tokio::select! {
            biased;
            () = self.stopping.cancelled() => Err(ServerError::Stopping),
            () = noticed => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
