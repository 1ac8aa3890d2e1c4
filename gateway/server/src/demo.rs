//! The demonstration: the government side, the gateway and a procedure system in one
//! process, over real sockets, TLS and files.
//!
//! One thing in it is a short cut: a year of invented dossiers is put into the stores before
//! the gateway starts. The gateway is started from a configuration file as in operation, and
//! every call goes through its door.

pub mod check;
pub mod day;
pub mod first_calls;
pub mod messages;
pub mod province;
mod samples;
pub mod vendor;
pub mod world;
pub mod year;
