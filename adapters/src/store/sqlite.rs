//! The stores, each in a SQLite file of its own.
//!
//! A file belongs to one store and says so; opened as another one it is refused and
//! left as it was.

mod audit;
mod backup;
mod engine;
mod outbox;

pub use audit::SqliteAudit;
pub use backup::{
    BackupError, BackupReport, Overwrite, RestoreReport, StoreKind, VerifyReport, backup, restore,
    verify,
};
pub use engine::OpenError;
pub use outbox::SqliteOutbox;
