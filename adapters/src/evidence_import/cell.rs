//! One cell, as a table holds it.

use jiff::civil::Date;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) enum Value {
    /// Nothing, or spaces.
    #[default]
    Empty,
    /// A text, composed (NFC) and trimmed.
    Text(String),
    /// A number that its program keeps as one.
    Number(f64),
    /// A number that is shown with a percent sign; the number is the share.
    Percent(f64),
    /// Yes or no.
    Truth(bool),
    /// A day; the time of day is left out.
    Day(Date),
    /// A length of time.
    Duration,
    /// An error such as #N/A.
    Error,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Cell {
    pub(super) value: Value,
    /// A formula gave the value.
    pub(super) formula: bool,
}

impl Cell {
    /// A cell with a text.
    pub(super) fn text(text: &str) -> Self {
        use unicode_normalization::UnicodeNormalization as _;
        let text: String = text.trim().nfc().collect();
        let value = if text.is_empty() {
            Value::Empty
        } else {
            Value::Text(text)
        };
        Self {
            value,
            formula: false,
        }
    }

    /// Whether there is nothing in it, and no formula that should have given something.
    pub(super) fn is_blank(&self) -> bool {
        self.value == Value::Empty && !self.formula
    }
}

/// A number as a person would write it: without a decimal point where it is whole.
pub(super) fn plain(number: f64) -> String {
    // `Display` gives the shortest digits that mean this number, and no exponent.
    format!("{number}")
}

/// A share as a percentage, with every digit of the share: the decimal point is moved in its
/// shortest digits. A multiplication would leave others, and a rounding would make 100 % of
/// 99.996 %; a percentage with more digits than a claim takes is refused where it is read.
pub(super) fn percent(share: f64) -> String {
    let digits = plain(share);
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", digits.as_str()),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let moved = format!("{decimals:0<2}");
    let (hundredfold, decimals) = moved.split_at_checked(2).unwrap_or((&moved, ""));
    let whole = format!("{whole}{hundredfold}");
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    let point = if decimals.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{decimals}%")
}

#[cfg(test)]
mod tests {
    use super::{percent, plain};

    #[test]
    fn numbers_are_written_as_people_write_them() {
        assert_eq!(plain(3.0), "3");
        assert_eq!(plain(1.004_222), "1.004222");
        assert_eq!(plain(1_024_000.0), "1024000");
        assert_eq!(percent(0.687), "68.7%");
        assert_eq!(percent(0.07), "7%");
        assert_eq!(percent(1.0), "100%");
        assert_eq!(percent(0.0), "0%");
        assert_eq!(percent(0.5), "50%");
        assert_eq!(percent(-0.05), "-5%");
        assert_eq!(percent(12.0), "1200%");
        assert_eq!(percent(1.25), "125%");
    }

    #[test]
    fn a_percentage_keeps_every_digit() {
        assert_eq!(percent(0.999_96), "99.996%");
        assert_eq!(percent(0.687_45), "68.745%");
        assert_eq!(percent(0.000_01), "0.001%");
        assert_eq!(percent(1.0 - f64::EPSILON), "99.99999999999998%");
    }
}
