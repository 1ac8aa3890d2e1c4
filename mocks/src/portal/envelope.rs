//! The answer of P1 to P3: `{error_code, message[, result][, session]}` (portal.md 21).
//!
//! What a reader would get wrong: `error_code` is text in some answers and a number in others.

use serde_json::{Map, Value};

use super::refusal::Refusal;
use crate::config::PortalSettings;
use crate::fault::ErrorCode;

/// Done.
pub(super) const SUCCESS: &str = "0";
/// Every refusal that has no code of its own.
const GENERAL_ERROR: &str = "-1";

/// An answer with a code.
pub(super) struct Coded(Map<String, Value>);

impl Coded {
    pub(super) fn new(code: &str, message: &str, integer: bool) -> Self {
        let number = code.parse::<i64>().ok().filter(|_| integer);
        let code = number.map_or_else(|| Value::from(code), Value::from);
        Self::of(code, message)
    }

    pub(super) fn refusal(refusal: &Refusal, settings: &PortalSettings, integer: bool) -> Self {
        let code = match refusal {
            Refusal::Duplicate(_) => settings.duplicate_code.as_str(),
            _ => GENERAL_ERROR,
        };
        Self::new(code, &refusal.to_string(), integer)
    }

    pub(super) fn words(code: &ErrorCode, message: &str) -> Self {
        Self::of(code.to_json(), message)
    }

    fn of(code: Value, message: &str) -> Self {
        Self(Map::from_iter([
            ("error_code".to_owned(), code),
            ("message".to_owned(), Value::from(message)),
        ]))
    }

    pub(super) fn with(mut self, name: &str, value: Value) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }

    pub(super) fn text(self) -> String {
        Value::Object(self.0).to_string()
    }
}
