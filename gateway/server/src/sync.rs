//! Bringing recorded events to the portal.

pub(crate) mod announced;
pub mod changes;
pub(crate) mod figures;
pub mod guarded;
pub mod monitor;
pub mod operations;
pub(crate) mod outages;
pub(crate) mod pace;
pub(crate) mod retention;
pub(crate) mod watched;
pub mod worker;
