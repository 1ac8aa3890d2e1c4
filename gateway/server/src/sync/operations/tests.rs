//! Retries, reconciliations and repairs between a real store and a portal in memory.

mod reconciliation;
mod repair;
mod retry;
