//! The stores, each in a SQLite file of its own.
//!
//! A file belongs to one store and says so; opened as another one it is refused and
//! left as it was.

mod audit;
mod backup;
mod catalogue;
mod engine;
mod observations;
mod outbox;
mod register;

pub use audit::SqliteAudit;
pub use backup::{
    BackupError, BackupReport, Overwrite, RestoreReport, StoreKind, VerifyReport, backup, restore,
    verify,
};
pub use catalogue::SqliteCatalogue;
pub use engine::OpenError;
pub use observations::SqliteObservations;
pub use outbox::SqliteOutbox;
pub use register::SqliteRegister;
