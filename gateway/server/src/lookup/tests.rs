//! The course of a look-up, with a source and a record that do as they are told.

pub(crate) mod fakes;
mod freshness;
mod permission;
mod recording;
mod sharing;
mod source;
