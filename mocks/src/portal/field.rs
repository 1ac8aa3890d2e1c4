//! Checks a JSON object against a table of fields.
//!
//! What a reader would get wrong: in P1 to P3 every scalar must be a JSON string, also numbers and
//! booleans, and an absent date is the empty string, not `null` (portal.md 5). Only P4 has types.

use std::collections::BTreeMap;

use serde_json::Value;
use thiserror::Error;

use crate::config::PortalGeneration;

/// Whose rules an object is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rules {
    /// Only what was required in 2019.
    P1,
    /// With the fields of QĐ 766.
    P2,
    /// Typed values; a member that need not be filled may also be `null`.
    P4,
}

impl From<PortalGeneration> for Rules {
    fn from(generation: PortalGeneration) -> Self {
        match generation {
            PortalGeneration::P1 => Self::P1,
            PortalGeneration::P2 => Self::P2,
        }
    }
}

/// When a field must be filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Always,
    /// Required since the fields of QĐ 766.
    InP2,
    Optional,
}

/// What a filled field looks like.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// Any text.
    Text,
    /// Text of at most so many characters.
    AtMost(usize),
    /// One of a few codes.
    OneOf(&'static [&'static str]),
    /// Text that a grammar accepts.
    Grammar(fn(&str) -> bool),
    /// An array of objects, each checked against a table.
    List(&'static [Field]),
    /// An array of objects whose fields are not documented; scalars must still be strings.
    LooseList,
    /// A JSON number that is one of a few codes.
    Code(&'static [i64]),
    /// A JSON number from 0 on.
    Count,
    /// Digits, as text or as a JSON number: the type is not documented.
    Amount,
    /// An object, checked against a table.
    Object(&'static [Field]),
    /// Any object.
    LooseObject,
}

/// A row of a table.
#[derive(Clone, Copy)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) need: Need,
    pub(super) form: Form,
}

/// A field that must always be filled.
pub(super) const fn always(name: &'static str, form: Form) -> Field {
    Field {
        name,
        need: Need::Always,
        form,
    }
}

/// A field that must be filled in P2.
pub(super) const fn in_p2(name: &'static str, form: Form) -> Field {
    Field {
        name,
        need: Need::InP2,
        form,
    }
}

/// A field that may be empty or left out.
pub(super) const fn optional(name: &'static str, form: Form) -> Field {
    Field {
        name,
        need: Need::Optional,
        form,
    }
}

/// Why an object is refused: the field, never its value.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum FieldProblem {
    #[error("dữ liệu không phải đối tượng JSON")]
    NotAnObject,
    #[error("thiếu trường bắt buộc {0}")]
    Missing(&'static str),
    #[error("trường {0} không phải chuỗi")]
    NotAString(&'static str),
    #[error("trường {0} không phải số nguyên")]
    NotANumber(&'static str),
    #[error("trường {0} không phải danh sách")]
    NotAList(&'static str),
    #[error("trường {0} dài quá {1} ký tự")]
    TooLong(&'static str, usize),
    #[error("trường {0} không đúng định dạng")]
    WrongForm(&'static str),
    #[error("có trường không được quy định trong {0}")]
    Unknown(&'static str),
}

/// An object that a table accepted.
pub(super) type Fields = BTreeMap<String, Value>;

/// Checks an object and returns its fields.
///
/// A field that the table does not name is refused. The real portal may ignore it; here a
/// misspelt optional field must not pass unseen.
pub(super) fn check(
    value: &Value,
    of: &'static str,
    table: &[Field],
    rules: Rules,
) -> Result<Fields, FieldProblem> {
    let object = value.as_object().ok_or(FieldProblem::NotAnObject)?;
    if object
        .keys()
        .any(|key| table.iter().all(|field| field.name != key))
    {
        return Err(FieldProblem::Unknown(of));
    }
    for field in table {
        check_field(object.get(field.name), field, rules)?;
    }
    Ok(object
        .iter()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect())
}

/// The fields of a table that must be filled and that an object does not have filled.
pub(super) fn missing(value: &Value, table: &[Field]) -> Vec<&'static str> {
    let is_filled = |field: &&Field| match value.get(field.name) {
        None | Some(Value::Null) => false,
        Some(Value::String(text)) => !text.trim().is_empty(),
        Some(Value::Array(items)) => !items.is_empty(),
        Some(Value::Bool(_) | Value::Number(_) | Value::Object(_)) => true,
    };
    let needed = table.iter().filter(|field| field.need == Need::Always);
    needed
        .filter(|field| !is_filled(field))
        .map(|field| field.name)
        .collect()
}

fn check_field(value: Option<&Value>, field: &Field, rules: Rules) -> Result<(), FieldProblem> {
    let needed = match (field.need, rules) {
        (Need::Always, _) | (Need::InP2, Rules::P2) => true,
        (Need::InP2, Rules::P1 | Rules::P4) | (Need::Optional, _) => false,
    };
    let absent = match value {
        None => true,
        Some(value) => value.is_null() && rules == Rules::P4,
    };
    let Some(value) = value.filter(|_| !absent) else {
        return if needed {
            Err(FieldProblem::Missing(field.name))
        } else {
            Ok(())
        };
    };
    match field.form {
        Form::List(table) => {
            let items = list(value, field.name, needed)?;
            items
                .iter()
                .try_for_each(|item| check(item, field.name, table, rules).map(drop))
        }
        Form::LooseList => {
            let items = list(value, field.name, needed)?;
            items.iter().try_for_each(|item| loose(item, field.name))
        }
        Form::Object(table) => check(value, field.name, table, rules).map(drop),
        Form::LooseObject if value.is_object() => Ok(()),
        Form::LooseObject => Err(FieldProblem::WrongForm(field.name)),
        Form::Code(_) | Form::Count => number(value, field),
        Form::Amount if value.is_u64() => Ok(()),
        Form::Text | Form::AtMost(_) | Form::OneOf(_) | Form::Grammar(_) | Form::Amount => {
            scalar(value, field, needed)
        }
    }
}

fn number(value: &Value, field: &Field) -> Result<(), FieldProblem> {
    let number = value.as_i64().ok_or(FieldProblem::NotANumber(field.name))?;
    let fits = match field.form {
        Form::Code(codes) => codes.contains(&number),
        _ => number >= 0,
    };
    if fits {
        Ok(())
    } else {
        Err(FieldProblem::WrongForm(field.name))
    }
}

fn list<'a>(
    value: &'a Value,
    name: &'static str,
    needed: bool,
) -> Result<&'a [Value], FieldProblem> {
    let items = value.as_array().ok_or(FieldProblem::NotAList(name))?;
    if needed && items.is_empty() {
        return Err(FieldProblem::Missing(name));
    }
    Ok(items)
}

fn scalar(value: &Value, field: &Field, needed: bool) -> Result<(), FieldProblem> {
    let name = field.name;
    let text = value.as_str().ok_or(FieldProblem::NotAString(name))?;
    if text.trim().is_empty() {
        return match (needed, text.is_empty()) {
            (true, _) => Err(FieldProblem::Missing(name)),
            (false, true) => Ok(()),
            (false, false) => Err(FieldProblem::WrongForm(name)),
        };
    }
    let fits = match field.form {
        Form::AtMost(most) if text.chars().count() > most => {
            return Err(FieldProblem::TooLong(name, most));
        }
        Form::OneOf(codes) => codes.contains(&text),
        Form::Grammar(accepts) => accepts(text),
        Form::Amount => super::grammar::amount(text),
        Form::Text
        | Form::AtMost(_)
        | Form::List(_)
        | Form::LooseList
        | Form::Code(_)
        | Form::Count
        | Form::Object(_)
        | Form::LooseObject => true,
    };
    if fits {
        Ok(())
    } else {
        Err(FieldProblem::WrongForm(name))
    }
}

fn loose(value: &Value, name: &'static str) -> Result<(), FieldProblem> {
    match value {
        Value::String(_) => Ok(()),
        Value::Array(items) => items.iter().try_for_each(|item| loose(item, name)),
        Value::Object(object) => object.values().try_for_each(|item| loose(item, name)),
        Value::Null | Value::Bool(_) | Value::Number(_) => Err(FieldProblem::NotAString(name)),
    }
}
