//! Composition of the gateway: configuration, the door, services, conversions,
//! the sync worker and the command line.

pub mod catalogue;
pub mod cli;
mod client;
pub mod clock;
pub mod config;
mod console;
mod convert;
pub mod demo;
pub mod door;
pub mod essential;
pub mod gateway;
pub mod lang;
pub mod lookup;
pub mod pki;
mod reports;
pub mod services;
pub mod status;
pub mod sync;
