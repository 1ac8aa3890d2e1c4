//! Composition of the gateway.

pub mod door;
pub mod status;
