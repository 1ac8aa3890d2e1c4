//! What is true without a wire: values, rules and ports of the gateway.
//!
//! This crate knows no socket, file, SQL or wall clock. Every decision with a
//! rule in it is a function of values and of a time that is passed in.

pub mod access;
pub mod agencies;
pub mod agency;
pub mod birth;
pub mod calendar;
pub mod catalogue;
pub mod certainty;
pub mod check;
pub mod checked_days;
pub mod citizen;
pub mod clock;
pub mod document;
pub mod dossier;
pub mod dossier_number;
pub mod essential;
pub mod evidence;
pub mod guard;
pub mod household;
pub mod identity;
pub mod lateness;
pub mod lookup;
pub mod mapping;
pub mod masked;
pub mod name;
pub mod observation;
pub mod places;
pub mod portal_status;
pub mod ports;
pub mod procedure;
pub mod publication;
pub mod report;
pub mod service_index;
pub mod share;
pub mod sync;
pub mod target;
pub mod text;
pub mod unit_names;
pub mod wire_time;
