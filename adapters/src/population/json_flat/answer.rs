//! The record with the element names of the SOAP answer as keys:
//! `{"CongdanCollection":{"CongDan":{…}}}`, or the same under `Body` (population.md 8,
//! an assumption of this project).
//!
//! An object without a `CongdanCollection` is never "not found": that is
//! `{"CongdanCollection":{}}`.

use lienthong_core::ports::population::CitizenAnswer;

use crate::population::record::outcome_code::is_success;
use crate::population::record::{Element, Flaw, json, read_collection};

/// Reads the answer of the look-up.
///
/// # Errors
/// A [`Flaw`] when it is not such an answer, or has a code beside it that says that
/// it failed.
pub(in crate::population) fn read_look_up(bytes: &[u8]) -> Result<CitizenAnswer, Flaw> {
    let root = json::document(bytes)?;
    let failed = ["error_code", "errorCode"]
        .into_iter()
        .flat_map(|name| root.all(name))
        .filter_map(Element::text)
        .any(|code| !is_success(code));
    if failed {
        return Err(Flaw::within(&root, "an answer that says that it failed"));
    }
    collection(&root)
        .and_then(read_collection)
        .map_err(|problem| Flaw::within(&root, problem))
}

/// The one collection, at the top or one level deeper.
fn collection(root: &Element) -> Result<&Element, &'static str> {
    let mut collections = std::iter::once(root)
        .chain(root.all("Body"))
        .flat_map(|element| element.all("CongdanCollection"));
    match (collections.next(), collections.next()) {
        (Some(collection), None) => Ok(collection),
        (Some(_), Some(_)) => Err("more than one CongdanCollection"),
        (None, _) => Err("no CongdanCollection"),
    }
}

#[cfg(test)]
mod tests;
