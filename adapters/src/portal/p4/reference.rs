//! How the portal names a dossier in its answers.
//!
//! The same two things are spelt `maHoSo`, `MaHoSo`, `idHoSo`, `IdHoSo` and `IDHoSo` in one
//! API (portal.md 9). What a reader would get wrong: an answer never changes the number. It
//! was issued and kept before anything was sent, so one that names another is about another
//! dossier, and its id is a stranger's.

use lienthong_core::dossier_number::MAX_CHARACTERS;
use lienthong_core::ports::portal::PortalReference;
use serde_json::{Map, Value};

const NUMBERS: [&str; 3] = ["MaHoSo", "maHoSo", "mahoso"];
const IDS: [&str; 3] = ["IdHoSo", "idHoSo", "IDHoSo"];

/// The dossier of `known` with the id that an answer to its own submission tells; `None`
/// when the answer is about another one.
pub(super) fn submitted(data: &Value, known: &PortalReference) -> Option<PortalReference> {
    match data {
        Value::Object(entry) if !is_about(entry, &known.number) => None,
        Value::Object(entry) => Some(with_id(entry, known)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Some(known.clone())
        }
    }
}

/// `known` with the id that `entry` tells, which is about it.
pub(super) fn with_id(entry: &Map<String, Value>, known: &PortalReference) -> PortalReference {
    PortalReference {
        number: known.number.clone(),
        id: told(entry, IDS).or_else(|| known.id.clone()),
    }
}

/// The entry about the dossier `number` in what a question has found: an object, or one of
/// a list.
pub(super) fn entry_about<'f>(found: &'f Value, number: &str) -> Option<&'f Map<String, Value>> {
    match found {
        Value::Object(entry) => Some(entry).filter(|entry| is_about(entry, number)),
        Value::Array(entries) => {
            let objects = || entries.iter().filter_map(Value::as_object);
            let named = objects().find(|entry| told(entry, NUMBERS).as_deref() == Some(number));
            let only = objects().next().filter(|_| entries.len() == 1);
            named.or(only.filter(|entry| is_about(entry, number)))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// Whether an entry without a number, or with this one. A number that cannot be read is
/// another.
fn is_about(entry: &Map<String, Value>, number: &str) -> bool {
    let named = NUMBERS.iter().filter_map(|name| entry.get(*name));
    named
        .filter(|value| !value.is_null())
        .all(|value| id_text(value).as_deref() == Some(number))
}

fn told(entry: &Map<String, Value>, names: [&str; 3]) -> Option<String> {
    names
        .iter()
        .find_map(|name| entry.get(*name).and_then(id_text))
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NUMBER: &str = "G09.20-20260609-0092637";
    const OTHER: &str = "G09.20-20260609-0092638";

    fn known() -> PortalReference {
        PortalReference {
            number: NUMBER.to_owned(),
            id: None,
        }
    }

    #[test]
    fn an_id_is_taken_from_an_answer_about_the_dossier_only() {
        for (data, id) in [
            (json!({"idHoSo": 77, "maHoSo": NUMBER}), Some(Some("77"))),
            (json!({"IDHoSo": "77"}), Some(Some("77"))),
            (json!({"MaHoSo": NUMBER}), Some(None)),
            (json!({"MaHoSo": null, "IdHoSo": "77"}), Some(Some("77"))),
            (json!(null), Some(None)),
            (json!([]), Some(None)),
            (json!({"idHoSo": "78", "maHoSo": OTHER}), None),
            (json!({"idHoSo": "78", "MaHoSo": {}}), None),
        ] {
            let read = submitted(&data, &known());
            let expected = id.map(|id| PortalReference {
                id: id.map(str::to_owned),
                ..known()
            });
            assert_eq!(read, expected, "{data}");
        }
    }

    #[test]
    fn of_a_list_the_entry_with_the_number_counts_or_the_only_one_without() {
        let ours = json!({"MaHoSo": NUMBER, "IdHoSo": "77"});
        let other = json!({"MaHoSo": OTHER, "IdHoSo": "78"});
        let nameless = json!({"IdHoSo": "79"});
        for (found, id) in [
            (ours.clone(), Some("77")),
            (other.clone(), None),
            (nameless.clone(), Some("79")),
            (json!([ours]), Some("77")),
            (json!([other, ours]), Some("77")),
            (json!([other]), None),
            (json!([nameless]), Some("79")),
            (json!([nameless, other]), None),
            (json!([1]), None),
            (json!("x"), None),
        ] {
            let entry = entry_about(&found, NUMBER);
            let read = entry.and_then(|entry| with_id(entry, &known()).id);
            assert_eq!(read.as_deref(), id, "{found}");
        }
    }
}
