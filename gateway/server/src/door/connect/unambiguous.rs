//! Refuses JSON that gives one field twice.
//!
//! What a reader would get wrong: the library takes the last of the two, a proxy or a
//! log before us may take the first, and then another citizen is looked up than was
//! shown. `full_name` and `fullName` are one field.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Whether every object in `json` gives each field once. Text that is not JSON is
/// judged by whoever reads it next.
pub(crate) fn gives_each_field_once(json: &[u8]) -> bool {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    match Value.deserialize(&mut deserializer) {
        Ok(()) => true,
        Err(error) => !error.is_data(),
    }
}

/// Any value; walks through it and keeps nothing.
struct Value;

impl<'de> DeserializeSeed<'de> for Value {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            if !seen.insert(folded(&name)) {
                return Err(A::Error::custom("a field twice"));
            }
            map.next_value_seed(Self)?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(Self)?.is_some() {}
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// The name in which both spellings of a field are the same.
fn folded(name: &str) -> String {
    name.chars()
        .filter(|c| *c != '_')
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::gives_each_field_once;

    #[test]
    fn a_field_given_twice_is_found_at_any_depth_and_in_both_spellings() {
        assert!(!gives_each_field_once(br#"{"a": 1, "a": 2}"#));
        assert!(!gives_each_field_once(
            br#"{"full_name": "", "fullName": ""}"#
        ));
        assert!(!gives_each_field_once(
            br#"{"a": [{"b": {"c": 1, "c": 1}}]}"#
        ));
    }

    #[test]
    fn the_same_name_in_two_objects_is_no_fault() {
        assert!(gives_each_field_once(
            br#"{"a": {"b": 1}, "c": [{"b": 1}, {"b": 2.5, "d": null}]}"#
        ));
    }

    #[test]
    fn what_is_not_json_is_left_to_the_next_reader() {
        assert!(gives_each_field_once(b"{"));
        assert!(gives_each_field_once(b"\xff"));
    }
}
