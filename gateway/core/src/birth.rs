//! When a citizen was born: a day, or only a year.
//!
//! A year alone is a complete answer, not a damaged date: many older citizens
//! have no day on record (population.md Part D 4). Nothing here turns it into
//! the first of January.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use crate::wire_time::civil_date;

/// The earliest birth year that is taken for a person and not for a slip.
pub const EARLIEST_YEAR: i16 = 1850;

/// Ngày tháng năm sinh; `Debug` shows nothing of it.
///
/// Values built by hand are not checked; the parsing functions are.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum BirthDate {
    /// The full day (`NgayThangNam`).
    Date(Date),
    /// Only the year (`Nam`).
    Year(i16),
}

/// Why a text is not a birth date; never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBirthDate {
    /// Not in one of the accepted forms.
    #[error("a birth date is written yyyy-MM-dd, or yyyy when only the year is known")]
    Format,
    /// The right form, but the calendar has no such day.
    #[error("the calendar has no such day")]
    NoSuchDay,
    /// Before [`EARLIEST_YEAR`].
    #[error("the birth year lies before {EARLIEST_YEAR}")]
    TooEarly,
    /// After the day given as today.
    #[error("the birth date lies in the future")]
    InFuture,
}

impl BirthDate {
    /// Reads `yyyy-MM-dd` or `yyyy`, the forms of the public contract.
    ///
    /// The future is not looked at; see [`BirthDate::not_after`].
    ///
    /// # Errors
    /// [`InvalidBirthDate`] for another form, an impossible day or a year before
    /// [`EARLIEST_YEAR`].
    pub fn parse(text: &str) -> Result<Self, InvalidBirthDate> {
        match text.as_bytes() {
            [y @ .., b'-', m1, m2, b'-', d1, d2] if y.len() == 4 => {
                Self::from_digits(y, &[*m1, *m2, *d1, *d2])
            }
            year if year.len() == 4 => Self::from_digits(year, &[]),
            _ => Err(InvalidBirthDate::Format),
        }
    }

    /// Reads what an upstream may answer: `yyyyMMdd` besides the forms of
    /// [`BirthDate::parse`] (population.md 2.4).
    ///
    /// # Errors
    /// As [`BirthDate::parse`].
    pub fn from_wire(text: &str) -> Result<Self, InvalidBirthDate> {
        match text.as_bytes().split_at_checked(4) {
            Some((year, rest)) if rest.len() == 4 => Self::from_digits(year, rest),
            _ => Self::parse(text),
        }
    }

    fn from_digits(year: &[u8], month_day: &[u8]) -> Result<Self, InvalidBirthDate> {
        if !year.iter().chain(month_day).all(u8::is_ascii_digit) {
            return Err(InvalidBirthDate::Format);
        }
        let number = |digits: &[u8]| digits.iter().fold(0, |n, d| n * 10 + i16::from(d - b'0'));
        let birth = match month_day.split_at_checked(2) {
            Some((month, day)) => civil_date(number(year), number(month), number(day))
                .map(Self::Date)
                .ok_or(InvalidBirthDate::NoSuchDay)?,
            None => Self::Year(number(year)),
        };
        if birth.year() < EARLIEST_YEAR {
            return Err(InvalidBirthDate::TooEarly);
        }
        Ok(birth)
    }

    /// Checks the date against today in Viet Nam. Being born today is possible.
    ///
    /// # Errors
    /// [`InvalidBirthDate::InFuture`].
    pub fn not_after(&self, today: Date) -> Result<(), InvalidBirthDate> {
        let in_future = match self {
            Self::Date(date) => *date > today,
            Self::Year(year) => *year > today.year(),
        };
        if in_future {
            Err(InvalidBirthDate::InFuture)
        } else {
            Ok(())
        }
    }

    /// The birth year, which is known in both forms.
    #[must_use]
    pub fn year(&self) -> i16 {
        match self {
            Self::Date(date) => date.year(),
            Self::Year(year) => *year,
        }
    }

    /// Whether both can be the birth of one person: the same day, or the same
    /// year where one side knows only the year.
    #[must_use]
    pub fn agrees_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Date(one), Self::Date(two)) => one == two,
            (Self::Year(_), Self::Date(_) | Self::Year(_)) | (Self::Date(_), Self::Year(_)) => {
                self.year() == other.year()
            }
        }
    }

    /// `yyyy-MM-dd`, or `yyyy`; the inverse of [`BirthDate::parse`].
    #[must_use]
    pub fn to_iso(&self) -> String {
        match self {
            Self::Date(date) => {
                format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
            }
            Self::Year(year) => format!("{year:04}"),
        }
    }

    /// `yyyyMMdd`, or `yyyy`, for the routes that want no hyphens
    /// (population.md 2.1).
    #[must_use]
    pub fn to_compact(&self) -> String {
        match self {
            Self::Date(date) => format!("{:04}{:02}{:02}", date.year(), date.month(), date.day()),
            Self::Year(year) => format!("{year:04}"),
        }
    }
}

impl FromStr for BirthDate {
    type Err = InvalidBirthDate;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(_) => f.write_str("Date(***)"),
            Self::Year(_) => f.write_str("Year(***)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_day_and_a_year_are_both_complete() {
        assert_eq!(
            BirthDate::parse("1985-02-13"),
            Ok(BirthDate::Date(date(1985, 2, 13)))
        );
        assert_eq!(BirthDate::parse("1940"), Ok(BirthDate::Year(1940)));
        assert_eq!(
            BirthDate::from_wire("19850213"),
            BirthDate::parse("1985-02-13")
        );
        assert_eq!(
            BirthDate::from_wire("1985-02-13"),
            BirthDate::parse("1985-02-13")
        );
        assert_eq!(BirthDate::from_wire("1940"), Ok(BirthDate::Year(1940)));
    }

    #[test]
    fn other_forms_and_impossible_days_are_refused() {
        use InvalidBirthDate::{Format, NoSuchDay, TooEarly};
        for (text, error) in [
            ("", Format),
            ("13021985", NoSuchDay),
            ("13/02/1985", Format),
            ("02/1985", Format),
            ("1985-2-13", Format),
            ("1985-02-13T00:00:00", Format),
            (" 1985", Format),
            ("198x", Format),
            ("+985", Format),
            ("-985", Format),
            ("１９８５", Format),
            ("1985-02-30", NoSuchDay),
            ("1900-02-29", NoSuchDay),
            ("1985-00-00", NoSuchDay),
            ("19850000", NoSuchDay),
            ("1985-13-01", NoSuchDay),
            ("1849", TooEarly),
            ("1849-12-31", TooEarly),
            ("0000", TooEarly),
        ] {
            assert_eq!(BirthDate::from_wire(text), Err(error), "{text:?}");
        }
        assert_eq!(
            BirthDate::parse("19850213"),
            Err(Format),
            "the contract wants hyphens"
        );
        assert!(BirthDate::parse("1850-01-01").is_ok());
        assert!(BirthDate::parse("2000-02-29").is_ok());
    }

    #[test]
    fn a_year_agrees_with_every_day_in_it() {
        let [day, other_day, year, other_year] = ["1985-02-13", "1985-02-14", "1985", "1986"]
            .map(|text| BirthDate::parse(text).unwrap());
        assert!(day.agrees_with(&day) && year.agrees_with(&year));
        assert!(day.agrees_with(&year) && year.agrees_with(&other_day));
        assert!(!day.agrees_with(&other_day));
        assert!(!day.agrees_with(&other_year) && !other_year.agrees_with(&day));
        assert!(!year.agrees_with(&other_year));
    }

    #[test]
    fn nobody_is_born_tomorrow() {
        let today = date(2026, 11, 22);
        for good in ["2026-11-22", "2026", "1985-02-13"] {
            assert_eq!(BirthDate::parse(good).unwrap().not_after(today), Ok(()));
        }
        for bad in ["2026-11-23", "2027"] {
            let late = BirthDate::parse(bad).unwrap().not_after(today);
            assert_eq!(late, Err(InvalidBirthDate::InFuture));
        }
    }

    #[test]
    fn debug_is_silent_about_the_day() {
        let shown = format!(
            "{:?} {:?}",
            BirthDate::Date(date(1985, 2, 13)),
            BirthDate::Year(1940)
        );
        assert_eq!(shown, "Date(***) Year(***)");
    }

    proptest! {
        #[test]
        fn every_day_survives_both_forms(year in 1850i16..=9999, month in 1i8..=12, day in 1i8..=28) {
            let birth = BirthDate::Date(date(year, month, day));
            prop_assert_eq!(BirthDate::parse(&birth.to_iso()), Ok(birth));
            prop_assert_eq!(BirthDate::from_wire(&birth.to_compact()), Ok(birth));
        }

        #[test]
        fn every_year_survives_both_forms(year in 1850i16..=9999) {
            let birth = BirthDate::Year(year);
            prop_assert_eq!(BirthDate::parse(&birth.to_iso()), Ok(birth));
            prop_assert_eq!(BirthDate::from_wire(&birth.to_compact()), Ok(birth));
        }

        #[test]
        fn any_text_is_answered_without_panic(text in prop_oneof![any::<String>(), "[0-9-]{4,10}"]) {
            if let Ok(birth) = BirthDate::parse(&text) {
                prop_assert_eq!(birth.to_iso(), text.clone());
            }
            if let Ok(birth) = BirthDate::from_wire(&text) {
                prop_assert!(birth.year() >= EARLIEST_YEAR);
            }
        }
    }
}
