//! The request with its camel-case keys (population.md 8).
//!
//! There is no key for a year alone. The birth goes out as `yyyy` then, as the NDXP
//! description has it for its plain string (population.md 2.1); that this route takes
//! it is an assumption of this project.

use serde::Serialize;

/// Room for a request; the longest name key has 100 characters.
const ROOM: usize = 512;

/// The values of a look-up, as they go out. A number that is not used is an empty
/// string.
#[derive(Serialize)]
pub(in crate::population) struct RequestFields<'a> {
    /// `maYeuCau`.
    #[serde(rename = "maYeuCau")]
    pub(in crate::population) request_number: &'a str,
    /// `maDVC`.
    #[serde(rename = "maDVC")]
    pub(in crate::population) procedure: &'a str,
    /// `maCanBo`.
    #[serde(rename = "maCanBo")]
    pub(in crate::population) officer: &'a str,
    /// `soDinhDanh`; empty unless asked by it.
    #[serde(rename = "soDinhDanh")]
    pub(in crate::population) personal_number: &'a str,
    /// `soCMND`; empty unless asked by it.
    #[serde(rename = "soCMND")]
    pub(in crate::population) old_id_card_number: &'a str,
    /// `hoVaTen`.
    #[serde(rename = "hoVaTen")]
    pub(in crate::population) name_key: &'a str,
    /// `ngayThangNam`: the day in the form of the route, or `yyyy`.
    #[serde(rename = "ngayThangNam")]
    pub(in crate::population) birth: &'a str,
    /// `userNameService`: the account of the province.
    #[serde(rename = "userNameService")]
    pub(in crate::population) user_name_service: &'a str,
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
