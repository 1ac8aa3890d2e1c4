//! From the confirmation's element to yes or no (population.md 3).
//!
//! `false` covers "no such person" and "the data do not match"; anything that is not
//! a boolean is neither.

use super::element::{Element, Problem};

/// Reads `KetQuaXacThucResponse`.
pub(super) fn read(result: &Element) -> Result<bool, Problem> {
    if result.repeats("TonTai") {
        return Err("a KetQuaXacThuc with more than one TonTai");
    }
    match result.text_of("TonTai") {
        Some("true" | "1") => Ok(true),
        Some("false" | "0") => Ok(false),
        Some(_) | None => Err("a KetQuaXacThuc without a boolean TonTai"),
    }
}
