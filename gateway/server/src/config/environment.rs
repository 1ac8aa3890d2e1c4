//! Environment variables over the file: `LIENTHONG__SECTION__KEY`.
//!
//! Two underscores part the levels, so that a key may contain one. A variable
//! wins over the file; what it holds is read as a TOML value, and as plain text
//! where it is none. A secret is always taken as it stands.

use std::sync::Arc;

use super::reader::Reading;
use super::source::{Entry, Node, Place, Table, Value, parse_variable};

const PREFIX: &str = "LIENTHONG__";

/// The variables of this process that concern the configuration.
///
/// A value that is not UTF-8 arrives with replacement characters.
#[must_use]
pub fn process_environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| {
            let name = name
                .into_string()
                .ok()
                .filter(|name| name.starts_with(PREFIX))?;
            Some((name, value.to_string_lossy().into_owned()))
        })
        .collect()
}

/// Lays the variables over `root`; those without our prefix are left alone.
pub(super) fn overlay(
    root: &mut Table,
    environment: impl IntoIterator<Item = (String, String)>,
    reading: &Reading,
) {
    let mut variables: Vec<(String, String)> = environment
        .into_iter()
        .filter(|(name, _)| name.starts_with(PREFIX))
        .collect();
    // A table before its parts, so that the part is what counts.
    variables.sort();
    for (name, held) in variables {
        let path = name[PREFIX.len()..].to_lowercase();
        let name: Arc<str> = name.into();
        let segments: Vec<&str> = path.split("__").collect();
        if let Err(refusal) = put(root, &segments, parse_variable(&name, held)) {
            reading.report(
                Place::Variable(name),
                &segments.join("."),
                refusal.message(),
                None,
            );
        }
    }
}

/// The variable that sets a key: for messages.
pub(super) fn variable_for(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "__").to_uppercase())
}

enum Refusal {
    EmptyName,
    NotATable,
    SetTwice,
    NoSuchElement,
}

impl Refusal {
    fn message(&self) -> &'static str {
        match self {
            Self::EmptyName => "names no setting: a level between the underscores is empty",
            Self::NotATable => "goes through a setting that has no settings below it",
            Self::SetTwice => "is set by two variables that differ in case only",
            Self::NoSuchElement => "names an element that the file's list does not have",
        }
    }
}

fn put(table: &mut Table, path: &[&str], node: Node) -> Result<(), Refusal> {
    let Some((&first, rest)) = path.split_first() else {
        return Err(Refusal::EmptyName);
    };
    if path.contains(&"") {
        return Err(Refusal::EmptyName);
    }
    if rest.is_empty() {
        let entry = Entry {
            key: node.place.clone(),
            node,
        };
        return match table.insert(first.to_owned(), entry) {
            Some(Entry {
                node: Node {
                    verbatim: Some(_), ..
                },
                ..
            }) => Err(Refusal::SetTwice),
            Some(_) | None => Ok(()),
        };
    }
    let below = table.entry(first.to_owned()).or_insert_with(|| Entry {
        key: node.place.clone(),
        node: Node {
            place: node.place.clone(),
            value: Value::Table(Table::new()),
            verbatim: None,
        },
    });
    match &mut below.node.value {
        Value::Table(table) => put(table, rest, node),
        Value::Array(items) => put_in_element(items, rest, node),
        Value::Text(_) | Value::Integer(_) | Value::Boolean(_) | Value::Unused => {
            Err(Refusal::NotATable)
        }
    }
}

fn put_in_element(items: &mut [Node], path: &[&str], node: Node) -> Result<(), Refusal> {
    let element = path
        .split_first()
        .and_then(|(index, rest)| Some((items.get_mut(index.parse::<usize>().ok()?)?, rest)));
    match element {
        Some((
            Node {
                value: Value::Table(table),
                ..
            },
            rest,
        )) => put(table, rest, node),
        Some(_) => Err(Refusal::NotATable),
        None => Err(Refusal::NoSuchElement),
    }
}
