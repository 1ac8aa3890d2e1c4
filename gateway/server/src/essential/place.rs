//! Places for what keeps a core busy: scans, and the drawing of reports.
//!
//! What a reader would get wrong: a place belongs to the work and not to the call. Where a
//! caller hangs up, the place is free when the work that was begun has ended.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::status::EssentialFailure;

/// Calls at the same time: each keeps a core or two busy.
const AT_ONCE: usize = 2;

/// A place; it is free again when the last copy is dropped.
#[derive(Debug, Clone)]
pub struct Place {
    /// Held for its end.
    _permit: Arc<OwnedSemaphorePermit>,
}

/// The places of a desk.
#[derive(Debug, Clone)]
pub(super) struct Places {
    calls: Arc<Semaphore>,
    /// The daily check waits for no caller.
    daily: Arc<Semaphore>,
}

/// Who wants a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// A calling system.
    Call,
    /// The daily check.
    Daily,
}

impl Default for Places {
    fn default() -> Self {
        Self {
            calls: Arc::new(Semaphore::new(AT_ONCE)),
            daily: Arc::new(Semaphore::new(1)),
        }
    }
}

impl Places {
    /// A place, as soon as there is one.
    ///
    /// # Errors
    /// [`EssentialFailure::Busy`] where there is none in this time.
    pub(super) async fn take(
        &self,
        whose: Whose,
        within: Duration,
    ) -> Result<Place, EssentialFailure> {
        let places = match whose {
            Whose::Call => &self.calls,
            Whose::Daily => &self.daily,
        };
        // The semaphores are never closed.
        let Ok(Ok(permit)) = timeout(within, Arc::clone(places).acquire_owned()).await else {
            return Err(EssentialFailure::Busy);
        };
        Ok(Place {
            _permit: Arc::new(permit),
        })
    }
}
