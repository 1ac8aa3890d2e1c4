//! TOML: a table `[[evidence]]` for each piece, with the names of the contract as keys.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::encoding::decode;
use super::header::Field;
use super::problem::{ColumnPlace, ImportProblem, Place, Reason};
use super::rows::{list, services};
use super::{Imported, ImportedRow, MOST_PIECES, Refused, statements, too_many};

/// Reads a TOML file.
pub(super) fn read(bytes: &[u8]) -> Result<Imported, Refused> {
    let text = decode(bytes)?;
    let file: Table = toml::from_str(&text).map_err(|error| {
        let message = error.message().to_owned();
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map(|it| it.bytes().filter(|byte| *byte == b'\n').count() + 1);
        let row = line.and_then(|line| u32::try_from(line).ok());
        let place = Place { row, column: None };
        let reason = Reason::Toml { message };
        vec![ImportProblem { place, reason }]
    })?;
    let mut problems = Vec::new();
    let mut rows = Vec::new();
    for (key, value) in file {
        match value {
            Value::Array(pieces) if key == "evidence" => {
                for (number, piece) in (1..).zip(pieces) {
                    rows.push(read_piece(number, piece, &mut problems));
                }
                names(&mut rows, &mut problems);
            }
            _ => problems.push(at(None, &key, Reason::UnknownKey)),
        }
    }
    problems.extend(too_many(rows.len()));
    if problems.is_empty() {
        let warnings = Vec::new();
        Ok(Imported { rows, warnings })
    } else {
        rows.truncate(MOST_PIECES);
        Err(Refused { problems, rows })
    }
}

/// Tells names that were given before; such a piece keeps its number as its name.
fn names(rows: &mut [ImportedRow], problems: &mut Vec<ImportProblem>) {
    let mut given = BTreeSet::new();
    for row in rows {
        if !given.insert(row.draft.name.clone()) {
            problems.push(at(Some(row.row), "name", Reason::NameAgain));
            row.draft.name = format!("row-{}", row.row);
        }
    }
}

fn at(row: Option<u32>, key: &str, reason: Reason) -> ImportProblem {
    let column = Some(key_place(key));
    let place = Place { row, column };
    ImportProblem { place, reason }
}

fn key_place(key: &str) -> ColumnPlace {
    ColumnPlace {
        letter: None,
        header: key.to_owned(),
    }
}

fn read_piece(number: u32, piece: Value, problems: &mut Vec<ImportProblem>) -> ImportedRow {
    let mut row = ImportedRow::begin(number);
    let Value::Table(piece) = piece else {
        problems.push(at(Some(number), "evidence", Reason::WrongKind));
        return row;
    };
    for (key, value) in piece {
        let put = if key == "name" {
            one(&value).map(|name| name.trim().clone_into(&mut row.draft.name))
        } else {
            let known = Field::of_name(&key).filter(Field::is_sure);
            let Some(field) = known else {
                problems.push(at(Some(number), &key, Reason::UnknownKey));
                continue;
            };
            row.columns.insert(field.name(), key_place(&key));
            let put = put(&mut row, &field, &value);
            if put.is_none() {
                row.unread.insert(field.name());
            }
            put
        };
        if put.is_none() {
            problems.push(at(Some(number), &key, Reason::WrongKind));
        }
    }
    row
}

/// Puts a value where its key says; `None` where it is of another kind.
fn put(row: &mut ImportedRow, field: &Field, value: &Value) -> Option<()> {
    let draft = &mut row.draft;
    match field {
        Field::Class => draft.class = one(value)?,
        Field::Services => draft.services = many(value, services)?,
        Field::Codes => draft.codes = many(value, list)?,
        Field::Units => draft.units = many(value, list)?,
        Field::Symbol => draft.symbol = one(value)?,
        Field::Title => draft.title = one(value)?,
        Field::Issuer => draft.issuer = one(value)?,
        Field::IssuerCode => draft.issuer_code = one(value)?,
        Field::Signer => draft.signer = one(value)?,
        Field::IssuedOn => draft.issued_on = one(value)?,
        Field::ValidFrom => draft.valid_from = one(value)?,
        Field::ValidTo => draft.valid_to = one(value)?,
        Field::Supersedes => draft.supersedes = many(value, list)?,
        Field::Repeals => draft.repeals = many(value, list)?,
        Field::Sha256 => draft.sha256 = one(value)?,
        Field::Address => draft.address = one(value)?,
        Field::ComparedOn => draft.compared_on = one(value)?,
        Field::ComparedBy => draft.compared_by = one(value)?,
        Field::File => row.file = Some(one(value)?),
        Field::Statements => match value {
            Value::Table(table) => {
                for (name, value) in table {
                    draft.statements.insert(name.clone(), one(value)?);
                }
            }
            Value::String(text) => {
                if !statements::read(text, &mut draft.statements).is_empty() {
                    return None;
                }
            }
            Value::Integer(_)
            | Value::Float(_)
            | Value::Boolean(_)
            | Value::Datetime(_)
            | Value::Array(_) => return None,
        },
        Field::Statement(_) => return None,
    }
    Some(())
}

/// A value as a text. A number with a decimal point is none: it has lost its zeros.
fn one(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Boolean(truth) => Some(truth.to_string()),
        Value::Datetime(moment) => moment.date.map(|date| date.to_string()),
        Value::Float(_) | Value::Array(_) | Value::Table(_) => None,
    }
}

/// A list, or a text with its entries.
fn many(value: &Value, split: fn(&str) -> Vec<String>) -> Option<Vec<String>> {
    match value {
        Value::Array(entries) => entries.iter().map(one).collect(),
        Value::String(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::Boolean(_)
        | Value::Datetime(_)
        | Value::Table(_) => one(value).map(|text| split(&text)),
    }
}
