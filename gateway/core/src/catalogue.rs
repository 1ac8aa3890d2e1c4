//! The national procedure catalogue (Cơ sở dữ liệu quốc gia về thủ tục hành chính) as the
//! gateway keeps it.
//!
//! What a reader would get wrong: the source tells neither when something changed nor that a
//! procedure is withdrawn; it just disappears (portal.md 13.3). So the last catalogue is kept
//! and every new one is compared with it, and one that has lost half of its procedures over
//! night is a fault until a person says otherwise.

mod acceptance;
mod change;
mod directory;
mod listing;
mod procedure;
mod schedule;
mod side;
mod step;
mod vanished;
mod words;

pub use acceptance::{Acceptance, Loss, judge};
pub use change::{CatalogueChange, Change, ChangeKind, differences};
pub use directory::{Directory, DirectoryEntry, DirectorySearch};
pub use listing::{DetailStanding, Listing, Listings, Search};
pub use procedure::{
    Component, Fee, FormFile, LegalBasis, Level, Method, NamedCode, OnlineService, Procedure,
    without_repetitions,
};
pub use schedule::{FetchPlan, LastFetch};
pub use side::{NotTakenSide, SideFetch, SideList, SideState};
pub use step::{Detail, NextRow, SourceList, Step, StepCounts, advance};
pub use vanished::{
    CodeUse, UnlistedCode, VanishedCode, code_uses, codes_not_listed, codes_that_vanished,
};
