//! Bringing recorded events to the portal.

pub(crate) mod figures;
pub mod monitor;
pub mod worker;
