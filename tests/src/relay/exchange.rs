//! Answers of two connections that change places.
//!
//! What a reader would get wrong: an answer waits for another one only so long. Where nobody
//! else is answered it comes late and in its place.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// Longest wait of an answer for one that overtakes it: less than a call may take.
const WAIT: Duration = Duration::from_millis(400);

/// Where an answer waits for the next.
#[derive(Debug, Default)]
pub(super) struct Exchange {
    waiting: Mutex<Option<oneshot::Sender<()>>>,
    swapped: AtomicUsize,
}

impl Exchange {
    /// Passes an answer on, behind the next one if none waits yet.
    pub(super) async fn pass(
        &self,
        piece: &[u8],
        to: &mut (impl AsyncWrite + Unpin),
    ) -> io::Result<()> {
        let mut overtaken = None;
        let mut turn = None;
        {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            match waiting.take() {
                // One whose wait is over has gone by itself.
                Some(earlier) if !earlier.is_closed() => overtaken = Some(earlier),
                Some(_) | None => {
                    let (tell, told) = oneshot::channel();
                    *waiting = Some(tell);
                    turn = Some(told);
                }
            }
        }
        if let Some(turn) = turn {
            drop(timeout(WAIT, turn).await);
        }
        to.write_all(piece).await?;
        if let Some(earlier) = overtaken
            && earlier.send(()).is_ok()
        {
            self.swapped.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Pairs that changed places.
    pub(super) fn swapped(&self) -> usize {
        self.swapped.load(Ordering::Relaxed)
    }
}
