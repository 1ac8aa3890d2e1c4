//! Canonical JSON: one text for one value.
//!
//! What a reader would get wrong: the order of members is that of their names, whatever order
//! the JSON library keeps, so `jq -cS` writes the same bytes.

use lienthong_core::ports::reports::ContentHash;
use serde_json::Value;

/// SHA-256 of a canonical text.
pub(super) fn hash(canonical: &str) -> ContentHash {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, canonical.as_bytes());
    let mut hash = [0; 32];
    for (to, from) in hash.iter_mut().zip(digest.as_ref()) {
        *to = *from;
    }
    ContentHash(hash)
}

/// `value` without white space, with members in the order of their names.
pub(super) fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            text.push_str(&value.to_string());
        }
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        Value::Object(members) => {
            let mut names: Vec<&String> = members.keys().collect();
            names.sort();
            text.push('{');
            for (index, name) in names.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                text.push_str(&Value::String(name.clone()).to_string());
                text.push(':');
                write(members.get(name).unwrap_or(&Value::Null), text);
            }
            text.push('}');
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::canonical;

    #[test]
    fn members_stand_in_the_order_of_their_names() {
        let value = json!({"b": [1, null, {"d": "\u{1}\"", "c": true}], "a": "Đăng ký"});
        assert_eq!(
            canonical(&value),
            r#"{"a":"Đăng ký","b":[1,null,{"c":true,"d":"\u0001\""}]}"#
        );
    }
}
