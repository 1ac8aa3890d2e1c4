//! The 25 essential services in a running gateway: what is known, what was seen, and what a
//! check says of the two.
//!
//! What a reader would get wrong: nothing here decides a verdict. The rules are in the core
//! (`check`, `report`); this folder brings them the facts, in pages, and keeps what came out.

mod board;
mod catalogue;
mod daily;
mod desk;
mod figures;
mod following;
mod inspected;
mod judging;
mod knowledge;
mod mismatches;
mod observing;
mod place;
mod question;
mod roles;
mod schedule;
mod turning;
mod warning;

pub(crate) use board::Board;
pub(crate) use daily::Daily;
pub use desk::{DeskParts, EssentialDesk, ListedService};
pub(crate) use figures::{EssentialFigures, EssentialStock};
pub use following::Following;
pub use inspected::Inspected;
pub use knowledge::{Knowledge, KnowledgeFile, KnowledgeProblem};
pub use mismatches::{Mismatches, NothingCompared};
pub use observing::{ObserveError, Observed, Observer, ObserverFigures, ObserverSettings, Reached};
pub use place::Place;
pub use question::{Question, last_days};
pub use roles::{Role, Roles};
pub(crate) use schedule::Schedule;
pub(crate) use turning::Turns;
pub use warning::CheckWarning;

#[cfg(test)]
mod doubles;
