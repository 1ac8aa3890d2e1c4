//! Retries, reconciliations and repairs between a real store and a portal in memory.

mod daily;
pub(crate) mod ground;
mod left;
mod lost;
mod places;
mod reconciliation;
mod repair;
mod retry;
mod unreadable;
