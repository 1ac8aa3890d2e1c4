//! The configuration as a tree in which every value knows where it stands.
//!
//! A value that a variable set is in no line of the file, so a place is either
//! bytes of the file or the name of a variable.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Where a value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// These bytes of the file.
    Bytes(Range<usize>),
    /// This environment variable.
    Variable(Arc<str>),
    /// The file as a whole.
    File,
}

/// A value and its place.
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) value: Value,
    /// What a variable holds, as it is; `None` for a value of the file, and for
    /// the parts of a variable that holds a table or an array.
    pub(super) verbatim: Option<String>,
}

/// A TOML value; kinds that no setting has are not told apart.
pub(super) enum Value {
    Text(String),
    Integer(i64),
    Boolean(bool),
    Array(Vec<Node>),
    Table(Table),
    /// A number with a fraction, one that is too large, or a date.
    Unused,
}

/// A table, by key.
pub(super) type Table = BTreeMap<String, Entry>;

/// A key of a table with what it holds.
pub(super) struct Entry {
    /// Where the key itself is written.
    pub(super) key: Place,
    pub(super) node: Node,
}

/// Why a file is not TOML; holds nothing of the file.
pub(super) struct SyntaxError {
    pub(super) message: String,
    pub(super) at: usize,
}

/// Reads a whole file.
pub(super) fn parse(text: &str) -> Result<Node, SyntaxError> {
    let table = DeTable::parse(text).map_err(|error| SyntaxError {
        message: error.message().to_owned(),
        at: error.span().map_or(text.len(), |span| span.start),
    })?;
    let value = Value::Table(convert_table(table.into_inner(), &Place::Bytes));
    Ok(Node {
        place: Place::File,
        value,
        verbatim: None,
    })
}

/// Reads what a variable holds: a TOML value, or a plain text if it is none.
pub(super) fn parse_variable(name: &Arc<str>, held: String) -> Node {
    let place = |_| Place::Variable(Arc::clone(name));
    let value = match DeValue::parse(&held) {
        Ok(value) => convert(value.into_inner(), &place),
        Err(_) => Value::Text(held.clone()),
    };
    Node {
        place: place(0..0),
        value,
        verbatim: Some(held),
    }
}

fn convert_table(table: DeTable<'_>, place: &impl Fn(Range<usize>) -> Place) -> Table {
    let entry = |(key, value): (Spanned<_>, Spanned<_>)| {
        let entry = Entry {
            key: place(key.span()),
            node: convert_node(value, place),
        };
        (String::from(key.into_inner()), entry)
    };
    table.into_iter().map(entry).collect()
}

fn convert_node(value: Spanned<DeValue<'_>>, place: &impl Fn(Range<usize>) -> Place) -> Node {
    let place_of_value = place(value.span());
    Node {
        place: place_of_value,
        value: convert(value.into_inner(), place),
        verbatim: None,
    }
}

fn convert(value: DeValue<'_>, place: &impl Fn(Range<usize>) -> Place) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Value::Unused, Value::Integer),
        DeValue::Boolean(truth) => Value::Boolean(truth),
        DeValue::Float(_) | DeValue::Datetime(_) => Value::Unused,
        DeValue::Array(items) => Value::Array(
            items
                .into_iter()
                .map(|item| convert_node(item, place))
                .collect(),
        ),
        DeValue::Table(table) => Value::Table(convert_table(table, place)),
    }
}
