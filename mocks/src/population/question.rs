//! What a request asks, once its profile's form is taken away, and why it may be refused.
//!
//! What a reader would get wrong: a date is read only in the format that the profile agreed on; a
//! right date in the other profile's format is a wrong request.

use jiff::civil::Date;
use thiserror::Error;

use super::DateFormat;
use super::element::Malformed;

/// What can be asked of the population database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    /// `TraCuuThongTinCongDan`, 037.
    Lookup,
    /// `XacThucThongTinCongDan`, 033.
    Verify,
    /// `CungCapThongTinHoGiaDinh`; its service code is not known.
    Household,
    /// `XacMinhThongTinNhanThan`; its service code is not known.
    Relatives,
}

impl Operation {
    /// The name in the journal and in scripted faults: the service code where one is known.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Lookup => "037",
            Self::Verify => "033",
            Self::Household => "household",
            Self::Relatives => "relatives",
        }
    }
}

/// Which number a request goes by.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Number {
    /// Số định danh, 12 digits.
    Personal(String),
    /// Số chứng minh nhân dân, 9 digits.
    OldCard(String),
}

/// The birth that a request claims.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ClaimedBirth {
    Day(Date),
    Year(i16),
}

/// A request that may be answered.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) number: Number,
    pub(super) name: String,
    /// `None` for 033, which does not test the birth date (population.md 3).
    pub(super) birth: Option<ClaimedBirth>,
}

/// Why a request is not answered. No value of the request is ever repeated.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum WrongRequest {
    #[error("{0}")]
    Malformed(#[from] Malformed),
    #[error("the body is not a SOAP 1.1 envelope")]
    NotSoap,
    #[error("the body is not a JSON object")]
    NotJson,
    #[error("the operation is not served at this address")]
    OtherOperation,
    #[error("{0} is missing or not at its place in the sequence")]
    Missing(&'static str),
    #[error("{0} is missing or no text")]
    NoText(&'static str),
    #[error("{0} is not expected here")]
    Unexpected(&'static str),
    #[error("{field} is empty or longer than {most} characters")]
    Length { field: &'static str, most: usize },
    #[error("{field} must be {code}")]
    ServiceCode {
        field: &'static str,
        code: &'static str,
    },
    #[error("{0} is not the agreed value")]
    NotAgreed(&'static str),
    #[error("{field} must have {digits} digits")]
    Digits { field: &'static str, digits: usize },
    #[error("exactly one of SoDinhDanh and SoCMND must be given")]
    OneNumber,
    #[error("NgayThangNamSinh holds neither a year (yyyy) nor a day in the agreed format")]
    Birth,
}

impl Number {
    /// Of two fields exactly one is filled.
    pub(super) fn one_of(personal: &str, old_card: &str) -> Result<Self, WrongRequest> {
        match (personal.is_empty(), old_card.is_empty()) {
            (false, true) => Self::personal(personal),
            (true, false) => Self::old_card(old_card),
            (true, true) | (false, false) => Err(WrongRequest::OneNumber),
        }
    }

    pub(super) fn personal(text: &str) -> Result<Self, WrongRequest> {
        digits("SoDinhDanh", 12, text).map(Self::Personal)
    }

    pub(super) fn old_card(text: &str) -> Result<Self, WrongRequest> {
        digits("SoCMND", 9, text).map(Self::OldCard)
    }
}

impl ClaimedBirth {
    /// `yyyy`.
    pub(super) fn year(text: &str) -> Result<Self, WrongRequest> {
        let year = only_digits(text, 4)
            .then(|| text.parse().ok())
            .flatten()
            .ok_or(WrongRequest::Birth)?;
        Ok(Self::Year(year))
    }

    /// A day that exists, in this format.
    pub(super) fn day(text: &str, format: DateFormat) -> Result<Self, WrongRequest> {
        day(text, format).map(Self::Day).ok_or(WrongRequest::Birth)
    }

    /// A day in this format, or a year.
    pub(super) fn day_or_year(text: &str, format: DateFormat) -> Result<Self, WrongRequest> {
        Self::day(text, format).or_else(|_| Self::year(text))
    }
}

/// A text of 1 to `most` characters.
pub(super) fn bounded(
    field: &'static str,
    most: usize,
    text: &str,
) -> Result<String, WrongRequest> {
    if text.is_empty() || text.chars().count() > most {
        return Err(WrongRequest::Length { field, most });
    }
    Ok(text.to_owned())
}

/// A text of exactly that many ASCII digits.
pub(super) fn digits(
    field: &'static str,
    digits: usize,
    text: &str,
) -> Result<String, WrongRequest> {
    if only_digits(text, digits) {
        Ok(text.to_owned())
    } else {
        Err(WrongRequest::Digits { field, digits })
    }
}

fn only_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn day(text: &str, format: DateFormat) -> Option<Date> {
    let compact = match format {
        DateFormat::Compact => text.to_owned(),
        DateFormat::Dashed => {
            let bytes = text.as_bytes();
            let dashed = bytes.len() == 10 && bytes[4] == b'-' && bytes[7] == b'-';
            dashed.then(|| text.replace('-', ""))?
        }
    };
    if !only_digits(&compact, 8) {
        return None;
    }
    let (year, month_day) = compact.split_at(4);
    let (month, day) = month_day.split_at(2);
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{ClaimedBirth, DateFormat, Number, WrongRequest, day};

    #[test]
    fn a_day_is_read_only_in_the_agreed_format_and_only_if_it_exists() {
        assert_eq!(
            day("1985-02-13", DateFormat::Dashed),
            Some(date(1985, 2, 13))
        );
        assert_eq!(
            day("19850213", DateFormat::Compact),
            Some(date(1985, 2, 13))
        );
        assert_eq!(day("19850213", DateFormat::Dashed), None);
        assert_eq!(day("1985-02-13", DateFormat::Compact), None);
        assert_eq!(day("1985-02-30", DateFormat::Dashed), None);
        assert_eq!(day("1985-2-013", DateFormat::Dashed), None);
        assert!(ClaimedBirth::year("1945").ok() == Some(ClaimedBirth::Year(1945)));
        assert!(ClaimedBirth::year("+945").is_err());
    }

    #[test]
    fn of_two_numbers_exactly_one_is_given_and_has_its_length() {
        let problem = |personal, card| Number::one_of(personal, card).err();
        assert_eq!(problem("000185000001", ""), None);
        assert_eq!(problem("", "000100013"), None);
        assert_eq!(problem("", ""), Some(WrongRequest::OneNumber));
        assert_eq!(
            problem("000185000001", "000100013"),
            Some(WrongRequest::OneNumber)
        );
        let digits = WrongRequest::Digits {
            field: "SoDinhDanh",
            digits: 12,
        };
        assert_eq!(problem("000100013", ""), Some(digits));
    }
}
