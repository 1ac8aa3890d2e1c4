//! A mutex whose lock cannot fail: the state behind it is a record of what happened, and a panic
//! of one handler must not hide that record from the test that wants to print it.
//!
//! What a reader would get wrong: the guard must never be held across an `.await`.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Mutex that ignores poisoning.
#[derive(Debug, Default)]
pub(crate) struct Guarded<T>(Mutex<T>);

impl<T> Guarded<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    /// Locks for a short, synchronous piece of work.
    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
