//! Holds what is documented about a service against what its traffic shows.
//!
//! What a reader would get wrong: a contradiction needs both sides. Without a valid document
//! nothing is contradicted, without enough dossiers nothing is proved, and an outage of the
//! population database is never turned against anybody (administration.md 3.2, 3.5, 3.6).

mod finding;

pub use finding::{Criterion, Figure, Finding, ServiceCheck, Verdict};
