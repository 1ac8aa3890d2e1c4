//! What runs beside the door, and how it is ended.
//!
//! What a reader would get wrong: a part that ends in a panic must not go unnoticed.
//! The gateway would go on handing out receipts while nothing is delivered.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// The running parts.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// Cancelled as soon as the gateway begins to stop.
    pub(super) stopping: CancellationToken,
    /// Cancelled when the door is closed: the parts are to end.
    pub(super) stop: CancellationToken,
    /// Cancelled when a part has ended in a panic.
    pub(super) broken: CancellationToken,
    running: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    name: &'static str,
    patience: Duration,
    task: JoinHandle<()>,
}

impl Parts {
    /// Starts a part that has `patience` to end once it is told to.
    pub(super) fn with(
        mut self,
        name: &'static str,
        patience: Duration,
        work: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        let broken = self.broken.clone();
        let task = tokio::spawn(async move {
            if AssertUnwindSafe(work).catch_unwind().await.is_err() {
                tracing::error!(part = name, "a part of the gateway ended in a panic");
                broken.cancel();
            }
        });
        self.running.push(Part {
            name,
            patience,
            task,
        });
        self
    }

    /// Ends every part; one that does not end within its time is cut.
    pub(super) async fn stop(self) {
        self.stop.cancel();
        for Part {
            name,
            patience,
            mut task,
        } in self.running
        {
            if timeout(patience, &mut task).await.is_err() {
                tracing::warn!(
                    part = name,
                    "a part of the gateway did not end in time and is cut"
                );
                task.abort();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Parts;

    #[tokio::test]
    async fn a_part_that_panics_is_noticed() {
        let parts = Parts::default().with("fragile", Duration::from_secs(1), async {
            panic!("on purpose");
        });
        parts.broken.cancelled().await;
        parts.stop().await;
    }

    #[tokio::test]
    async fn a_part_that_does_not_end_is_cut() {
        let parts =
            Parts::default().with("stubborn", Duration::from_millis(1), std::future::pending());
        parts.stop().await;
    }
}
