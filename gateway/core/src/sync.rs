//! Rules of bringing dossiers to the portal.
//!
//! Delivery is at least once; the dossier number and the order within a dossier
//! make it effectively once. An attempt ends in one of three ways: accepted,
//! certainly not applied, or unknown. Unknown is resolved by asking the portal
//! before anything is sent again, and a question that fails stays unknown.

pub mod cause;
pub mod health;
pub mod operation_failure;
pub mod outage;
pub mod outcome;
pub mod question;
pub mod reconcile;
pub mod retry;
pub mod schedule;
pub mod state;
