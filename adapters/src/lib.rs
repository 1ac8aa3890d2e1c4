//! One room per outside system: population profiles, portal profiles, the access
//! layer in front of them, and the stores.
//!
//! This crate knows nothing of gRPC. No SQL stands outside [`store`], and nothing
//! of an HTTP client or a wire format leaves it: what goes out are the ports of
//! `lienthong-core`.

pub mod access;
pub mod cache;
pub mod evidence_import;
pub mod http;
pub mod keyed_hash;
pub mod population;
pub mod portal;
pub mod store;
