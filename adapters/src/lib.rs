//! One room per outside system: population profiles, portal profiles, the access
//! layer in front of them, and the stores.

pub mod store;
