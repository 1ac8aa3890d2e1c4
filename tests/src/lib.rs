//! Harness of the scenario tests, and what foreign clients are tested against.
//!
//! What a reader would get wrong: nothing here reaches into the gateway. A stage starts it
//! from a configuration file, a process is the real binary, and every call goes through a
//! socket.

pub mod answers;
pub mod auditor;
pub mod control;
pub mod desk;
pub mod eavesdropper;
pub mod figures;
pub mod interop;
pub mod parsers;
pub mod patience;
pub mod process;
pub mod profile;
pub mod raw_http2;
pub mod settings;
pub mod stage;
pub mod wire;
