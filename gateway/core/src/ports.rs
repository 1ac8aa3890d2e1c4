//! The roles that outside systems play for the gateway.
//!
//! A port stands beside its messages and its error; the implementations live in
//! the `adapters` crate. Nothing of a transport or a database appears here.

pub mod audit;
pub mod catalogue;
pub mod evidence;
pub mod ledger;
pub mod observations;
pub mod operations;
pub mod outbox;
pub mod population;
pub mod portal;
pub mod portal_history;
pub mod reports;
