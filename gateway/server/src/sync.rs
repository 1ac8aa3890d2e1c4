//! Bringing recorded events to the portal.

pub(crate) mod figures;
pub mod monitor;
pub(crate) mod watched;
pub mod worker;
