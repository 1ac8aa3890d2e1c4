//! Answers of the population database, read once for XML and JSON.
//!
//! An answer is a citizen's only if all of it was understood. One that was cut off,
//! is an error page or says something unknown is a [`Flaw`]: never a match, and never
//! "no match" either, which would be a statement about a citizen.

mod citizen;
mod confirmation;
mod element;
mod envelope;
mod flaw;
mod household;
pub(in crate::population) mod json;
mod names;
pub(in crate::population) mod outcome_code;
#[cfg(test)]
pub(in crate::population) mod samples;
mod xml;

pub(in crate::population) use citizen::read as read_collection;
pub(in crate::population) use element::Element;
pub(in crate::population) use envelope::{
    read_confirmation, read_household, read_look_up, read_relatives,
};
pub(in crate::population) use flaw::Flaw;

/// The names of a request's elements with their depth, in order.
#[cfg(test)]
pub(in crate::population) fn tree_of_request(bytes: &[u8]) -> Vec<(usize, String)> {
    let root = xml::document(bytes).unwrap();
    let outline = root.outline().into_iter();
    outline
        .map(|element| (element.depth, element.name.unwrap_or("?").to_owned()))
        .collect()
}
