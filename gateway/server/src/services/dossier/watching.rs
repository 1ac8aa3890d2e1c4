//! A dossier's sync state as a stream: at once, and after each change.
//!
//! What a reader would get wrong: a change is read again and sent only if something of it
//! shows, and changes that come closely one after the other are sent as one. What another
//! node does to the dossier is seen by asking again after a while.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use lienthong_core::access::ClientName;
use lienthong_proto::v1;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_stream::Stream;
use tokio_util::sync::CancellationToken;
use tonic::Status;

use super::Dossiers;
use crate::convert::dossier_reply;
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
    stopping: CancellationToken,
    /// What was sent last.
    sent: Option<Arc<v1::DossierSync>>,
    looked_at: Option<Instant>,
}

/// The states of the dossier of `watch`, for `client`; nothing while it is not recorded,
/// or recorded by another system. Ends with an error when the store fails, and when
/// `stopping` is cancelled.
pub(super) fn states(
    dossiers: Dossiers,
    client: ClientName,
    watch: Watch,
    stopping: CancellationToken,
) -> States {
    let watching = Watching {
        dossiers,
        client,
        watch,
        stopping,
        sent: None,
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
            let number = self.watch.number().clone();
            let sync = match self.dossiers.read(&self.client, number).await {
                Ok(record) => dossier_reply::sync(&record),
                Err(ServerError::DossierNotFound { .. }) => continue,
                Err(error) => return Err(error),
            };
            if self.sent.as_deref() != Some(&sync) {
                self.sent = Some(Arc::new(sync.clone()));
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
