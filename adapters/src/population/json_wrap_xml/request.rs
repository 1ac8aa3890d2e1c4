//! The request with its Pascal-case keys (population.md 8).
//!
//! Every key is always sent: a number or date that is not used stands as an empty
//! string.

use serde::Serialize;

/// Room for a request; the longest name key has 100 characters.
const ROOM: usize = 512;

/// The values of a look-up, as they go out.
#[derive(Serialize)]
pub(in crate::population) struct RequestFields<'a> {
    /// `HoVaTen`.
    #[serde(rename = "HoVaTen")]
    pub(in crate::population) name_key: &'a str,
    /// `SoDinhDanh`; empty unless asked by it.
    #[serde(rename = "SoDinhDanh")]
    pub(in crate::population) personal_number: &'a str,
    /// `SoCMND`; empty unless asked by it.
    #[serde(rename = "SoCMND")]
    pub(in crate::population) old_id_card_number: &'a str,
    /// `NgayThangNam`; empty when only the year is known.
    #[serde(rename = "NgayThangNam")]
    pub(in crate::population) date: &'a str,
    /// `Nam`; empty when the day is known.
    #[serde(rename = "Nam")]
    pub(in crate::population) year: &'a str,
    /// `MaTichHop`.
    #[serde(rename = "MaTichHop")]
    pub(in crate::population) service_code: &'a str,
    /// `MaDVC`.
    #[serde(rename = "MaDVC")]
    pub(in crate::population) procedure: &'a str,
    /// `MaCanBo`.
    #[serde(rename = "MaCanBo")]
    pub(in crate::population) officer: &'a str,
    /// `MaYeuCau`.
    #[serde(rename = "MaYeuCau")]
    pub(in crate::population) request_number: &'a str,
}

/// The body of the request.
///
/// # Errors
/// Only if memory cannot be written, which does not happen.
pub(in crate::population) fn body(fields: &RequestFields<'_>) -> serde_json::Result<Vec<u8>> {
    // Room from the start: a buffer that has to grow leaves copies of the name behind.
    let mut body = Vec::with_capacity(ROOM);
    serde_json::to_writer(&mut body, fields)?;
    Ok(body)
}

#[cfg(test)]
mod tests;
