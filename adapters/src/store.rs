//! Where dossier events wait until the portal has them.
//!
//! Each store keeps the promises of [`lienthong_core::ports::outbox::Outbox`], and
//! one conformance suite holds every store to them. The files hold personal data
//! for as long as a dossier is kept: whoever can read them can read the dossiers.

mod body;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod samples;
mod sqlite;

pub use sqlite::{OpenError, SqliteOutbox};
