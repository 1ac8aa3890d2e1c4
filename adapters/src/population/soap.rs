//! SOAP 1.1 as the population database speaks it (population.md 1 to 5).
//!
//! Requests are written element by element, never by joining text: a name is data that a
//! stranger chose.

mod field_order;
mod form;
mod settings;

pub use field_order::{FieldOrder, InvalidFieldOrder, RequestField, UnitElement};
pub use settings::SoapSettings;

#[cfg(test)]
mod tests;
