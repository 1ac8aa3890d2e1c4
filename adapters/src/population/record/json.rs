//! A bounded reader of JSON.
//!
//! It gives the same tree as the reader of XML, without namespaces. An object that
//! has the same known key twice is refused: two readers of it would see two people.

use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::error::Category;
use zeroize::Zeroizing;

use super::element::{Element, Problem, Space, Tree};
use super::flaw::Flaw;
use super::names;

/// Reads one object to the end of `bytes`. Its members are the root's children.
///
/// # Errors
/// A [`Flaw`] with the byte at which reading stopped.
pub(in crate::population) fn document(bytes: &[u8]) -> Result<Element, Flaw> {
    let unmarked = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mark = bytes.len() - unmarked.len();
    let mut reading = Reading::default();
    let mut reader = serde_json::Deserializer::from_slice(unmarked);
    let root = Content {
        reading: &mut reading,
        name: None,
        place: Place::Root,
    };
    let outcome = root.deserialize(&mut reader).and_then(|()| reader.end());
    let Reading { tree, problem } = reading;
    let Err(error) = outcome else {
        return tree.into_root().ok_or_else(|| Flaw::of("no JSON"));
    };
    let empty = unmarked.trim_ascii().is_empty();
    let problem = problem.unwrap_or(match error.classify() {
        Category::Eof if empty => "no JSON",
        Category::Eof => "cut off in the middle",
        Category::Syntax | Category::Data | Category::Io => "not well-formed JSON",
    });
    Err(Flaw {
        outline: tree.outline(),
        stopped_at: Some(mark + offset(unmarked, error.line(), error.column())),
        ..Flaw::of(problem)
    })
}

/// The byte at a line, counted from 1, and a column.
fn offset(bytes: &[u8], line: usize, column: usize) -> usize {
    let before: usize = bytes
        .split_inclusive(|byte| *byte == b'\n')
        .take(line.saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    (before + column).min(bytes.len())
}

#[derive(Default)]
struct Reading {
    tree: Tree,
    problem: Option<Problem>,
}

impl Reading {
    /// The parser's own error carries text only; the problem is kept beside it.
    fn refuse<E: Error>(&mut self, problem: Problem) -> E {
        self.problem = Some(problem);
        E::custom(problem)
    }
}

/// Where a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Root,
    Member,
    Item,
}

/// A value that becomes an element of this name, or several if it is an array.
struct Content<'r> {
    reading: &'r mut Reading,
    name: Option<&'static str>,
    place: Place,
}

impl Content<'_> {
    fn leaf<E: Error>(self, text: &str) -> Result<(), E> {
        if self.place == Place::Root {
            return Err(self.reading.refuse("not a JSON object"));
        }
        let tree = &mut self.reading.tree;
        tree.open(Space::Other, self.name)
            .and_then(|()| tree.push(text))
            .and_then(|()| tree.close())
            .map_err(|problem| self.reading.refuse(problem))
    }
}

impl<'de> DeserializeSeed<'de> for Content<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Content<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.leaf(text)
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.leaf("")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.leaf(if value { "true" } else { "false" })
    }

    // A number keeps no leading zeros: a personal number that was sent as one is left as
    // it is, too short, and never padded by guess.
    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.leaf(&Zeroizing::new(number.to_string()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.leaf(&Zeroizing::new(number.to_string()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        self.leaf(&Zeroizing::new(number.to_string()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        match self.place {
            Place::Root => return Err(self.reading.refuse("not a JSON object")),
            Place::Item => return Err(self.reading.refuse("an array in an array")),
            Place::Member => {}
        }
        loop {
            let item = Content {
                reading: &mut *self.reading,
                name: self.name,
                place: Place::Item,
            };
            if items.next_element_seed(item)?.is_none() {
                return Ok(());
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Self { reading, name, .. } = self;
        if let Err(problem) = reading.tree.open(Space::Other, name) {
            return Err(reading.refuse(problem));
        }
        let mut seen = Vec::new();
        while let Some(key) = members.next_key()? {
            let name = match key {
                Key::Attribute => {
                    members.next_value::<IgnoredAny>()?;
                    continue;
                }
                Key::Unknown => None,
                Key::Known(name) if seen.contains(&name) => {
                    return Err(reading.refuse("the same key twice in one object"));
                }
                Key::Known(name) => {
                    seen.push(name);
                    Some(name)
                }
            };
            members.next_value_seed(Content {
                reading: &mut *reading,
                name,
                place: Place::Member,
            })?;
        }
        reading
            .tree
            .close()
            .map_err(|problem| reading.refuse(problem))
    }
}

/// A key of an object. Only a listed name is kept of it.
enum Key {
    Known(&'static str),
    Unknown,
    /// What was an attribute or a namespace in the XML that the object was made from
    /// (population.md 2.4).
    Attribute,
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(KeyVisitor)
    }
}

struct KeyVisitor;

impl Visitor<'_> for KeyVisitor {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Key, E> {
        let (prefix, local) = key.split_once(':').unwrap_or(("", key));
        if prefix == "xmlns" || key == "xmlns" || key.starts_with(['@', '-']) {
            return Ok(Key::Attribute);
        }
        Ok(names::known(local).map_or(Key::Unknown, Key::Known))
    }
}

#[cfg(test)]
mod tests;
