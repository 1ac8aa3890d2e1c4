//! Composition of the gateway: configuration, the door, services, conversions,
//! the sync worker and the command line.

pub mod cli;
mod client;
pub mod clock;
pub mod config;
mod console;
mod convert;
pub mod demo;
pub mod door;
pub mod gateway;
pub mod lang;
pub mod lookup;
pub mod pki;
pub mod services;
pub mod status;
pub mod sync;
