//! How the portal names a dossier in its answers.
//!
//! The same two things are spelt `maHoSo`, `MaHoSo`, `idHoSo`, `IdHoSo` and `IDHoSo` in one
//! API (portal.md 9).

use lienthong_core::dossier_number::MAX_CHARACTERS;
use lienthong_core::ports::portal::PortalReference;
use serde_json::{Map, Value};

/// `maHoSo` and `idHoSo` where the answer tells them, what is known otherwise.
pub(super) fn reference_in(data: &Value, known: &PortalReference) -> PortalReference {
    let told = |names: [&str; 3]| {
        names
            .iter()
            .find_map(|name| data.get(name).and_then(id_text))
    };
    PortalReference {
        number: told(["maHoSo", "MaHoSo", "mahoso"]).unwrap_or_else(|| known.number.clone()),
        id: told(["idHoSo", "IdHoSo", "IDHoSo"]).or_else(|| known.id.clone()),
    }
}

/// Whether an entry without a number, or with this one.
pub(super) fn is_about(entry: &Map<String, Value>, number: &str) -> bool {
    entry
        .get("MaHoSo")
        .and_then(id_text)
        .is_none_or(|told| told == number)
}

/// The number in the answer to B2, at the top or below `data`.
pub(super) fn number_in(body: &[u8]) -> Option<String> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    ["/value", "/data/value"]
        .iter()
        .find_map(|place| answer.pointer(place).and_then(id_text))
}

/// A number or id that can be kept: some text without white space, at most as long as a
/// dossier number.
fn id_text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    let plain = |c: char| !c.is_whitespace() && !c.is_control();
    let fits = (1..=MAX_CHARACTERS).contains(&text.chars().count()) && text.chars().all(plain);
    fits.then_some(text)
}
