//! Harness of the scenario tests, and what foreign clients are tested against.
//!
//! What a reader would get wrong: nothing here reaches into the gateway. A stage starts it
//! from a configuration file, a process is the real binary, and every call goes through a
//! socket.

pub mod answers;
pub mod auditor;
pub mod bulk;
pub mod callers;
pub mod control;
pub mod desk;
pub mod eavesdropper;
pub mod figures;
pub mod interop;
pub mod lives;
pub mod operator;
pub mod parsers;
pub mod patience;
pub mod portal_answers;
pub mod portal_profile;
pub mod postgres;
pub mod process;
pub mod profile;
pub mod proof;
pub mod random;
pub mod raw_http2;
pub mod relay;
pub mod settings;
pub mod stage;
pub mod storm;
pub mod traced;
pub mod wire;
