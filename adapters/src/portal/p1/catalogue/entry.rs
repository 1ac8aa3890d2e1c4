//! Members of the catalogue's objects.
//!
//! What a reader would get wrong: a text may come as a number, an empty list as null or not
//! at all, and a list of one as the one itself (portal.md 13.1, 13.3). Something else in the
//! place of a list is a broken answer, and never taken for an empty list: the procedure would
//! seem to have lost its papers.

use lienthong_core::catalogue::NamedCode;
use serde_json::{Map, Value};

/// What is wrong with an answer, in our words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Flaw(pub(super) &'static str);

/// An object of an answer.
pub(super) type Object = Map<String, Value>;

/// A text, as it came; a number is written out, and what is not there is empty.
pub(super) fn text(object: &Object, name: &str) -> String {
    match object.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(truth)) => truth.to_string(),
        Some(Value::Null | Value::Array(_) | Value::Object(_)) | None => String::new(),
    }
}

/// A text without the space around it, for codes.
pub(super) fn code(object: &Object, name: &str) -> String {
    text(object, name).trim().to_owned()
}

/// The objects of a list.
pub(super) fn objects<'o>(object: &'o Object, name: &str) -> Result<Vec<&'o Object>, Flaw> {
    object.get(name).map_or_else(|| Ok(Vec::new()), rows)
}

/// The objects of a value that is a list, one object, or nothing.
pub(super) fn rows(value: &Value) -> Result<Vec<&Object>, Flaw> {
    const BROKEN: Flaw = Flaw("something else in the place of a list");
    match value {
        Value::Null => Ok(Vec::new()),
        Value::String(text) if text.trim().is_empty() => Ok(Vec::new()),
        Value::Object(one) => Ok(vec![one]),
        Value::Array(all) => {
            let all = all.iter().filter(|it| !it.is_null());
            all.map(|it| it.as_object().ok_or(BROKEN)).collect()
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => Err(BROKEN),
    }
}

/// The codes and names of a list, each pair once; what has neither is left out.
pub(super) fn named(
    object: &Object,
    list: &str,
    code_name: &str,
    name: &str,
) -> Result<Vec<NamedCode>, Flaw> {
    let mut all = Vec::new();
    for entry in objects(object, list)? {
        let entry = NamedCode {
            code: code(entry, code_name),
            name: text(entry, name),
        };
        let is_empty = entry.code.is_empty() && entry.name.trim().is_empty();
        if !is_empty && !all.contains(&entry) {
            all.push(entry);
        }
    }
    Ok(all)
}
