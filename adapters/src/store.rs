//! What the gateway keeps: dossier events until the portal has them, and who looked up
//! which citizen.
//!
//! Each store keeps the promises of its port ([`lienthong_core::ports::outbox::Outbox`],
//! [`lienthong_core::ports::audit::AuditLog`]), and one conformance suite for each port
//! holds every store to them. The files hold personal data: whoever can read the outbox
//! can read the dossiers, and whoever can read the log knows the officers.

mod body;
mod choice;
#[cfg(test)]
mod conformance;
mod difference;
mod observations;
mod postgres;
mod reference;
mod register;
#[cfg(test)]
mod samples;
mod sqlite;
mod unit;

pub use postgres::{
    DossierChange, PostgresObservations, PostgresOpenError, PostgresOutbox, PostgresSettings,
    RestoredMark,
};
pub use sqlite::{
    BackupError, BackupReport, OpenError, Overwrite, RestoreReport, SqliteAudit, SqliteCatalogue,
    SqliteObservations, SqliteOutbox, SqliteRegister, StoreKind, VerifyReport, backup, restore,
    verify,
};
