//! The door over real sockets, with the official interoperability service behind it.
//!
//! Nothing here asserts on elapsed time: short limits only make a test short.

mod connect;
mod deadlines;
mod harness;
mod layers;
mod limits;
mod pki;
mod slow_readers;
mod strictness;
mod tls;
