//! Composition of the gateway.

pub mod config;
pub mod door;
pub mod pki;
pub mod status;
