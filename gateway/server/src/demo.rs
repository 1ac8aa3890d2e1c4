//! The demonstration: the government side, the gateway and a procedure system in one
//! process, over real sockets, TLS and files.
//!
//! Nothing in it is a short cut: the gateway is started from a configuration file as
//! in operation, and every call goes through its door.

pub mod check;
pub mod day;
pub mod first_calls;
pub mod messages;
mod samples;
pub mod vendor;
pub mod world;
