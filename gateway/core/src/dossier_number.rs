//! Dossier numbers, read but never rewritten.
//!
//! The rule is wider than the law on purpose: the law has a date of six digits
//! and a sequence of four, systems in use write eight and up to seven
//! (portal.md 12.1 and 12.2). A number is the key under which the portal knows
//! the dossier, so it is kept letter for letter.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::agency::{AgencyCode, InvalidAgencyCode, is_digits};
use crate::wire_time::date_from_portal_text;

/// The longest number the portal's clients store, in characters
/// (portal.md 12.3).
pub const MAX_CHARACTERS: usize = 50;

/// Mã hồ sơ: `{agency}-{date}-{sequence}`, for example `H22.12-250714-0007`
/// (TT 01/2018 Điều 19, portal.md 12.2).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DossierNumber {
    text: String,
    agency: AgencyCode,
    date: Date,
}

impl fmt::Debug for DossierNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DossierNumber").field(&self.text).finish()
    }
}

/// Why a text is not a dossier number; never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDossierNumber {
    /// More than [`MAX_CHARACTERS`].
    #[error("a dossier number has at most {MAX_CHARACTERS} characters, found {found}")]
    TooLong {
        /// Characters found.
        found: usize,
    },
    /// Not agency, date and sequence, joined by hyphens.
    #[error("a dossier number has the form H22.12-250714-0007")]
    Format,
    /// The agency part is not an agency code.
    #[error("the agency part of the dossier number is not an agency code")]
    Agency(#[source] InvalidAgencyCode),
    /// The date part has the right form, but the calendar has no such day.
    #[error("the date in the dossier number is not a day of the calendar")]
    NoSuchDay,
    /// The date lies after the day given as today.
    #[error("the date in the dossier number lies in the future")]
    InFuture,
}

impl DossierNumber {
    /// Reads a number exactly as given (portal.md 12.3).
    ///
    /// The future is not looked at; see [`DossierNumber::not_after`].
    ///
    /// # Errors
    /// [`InvalidDossierNumber`] with the first thing wrong.
    pub fn parse(text: &str) -> Result<Self, InvalidDossierNumber> {
        let found = text.chars().count();
        if found > MAX_CHARACTERS {
            return Err(InvalidDossierNumber::TooLong { found });
        }
        let mut parts = text.split('-');
        let (Some(agency), Some(date), Some(sequence), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(InvalidDossierNumber::Format);
        };
        let well_formed = (is_digits(date, 6) || is_digits(date, 8))
            && (4..=7).any(|width| is_digits(sequence, width));
        if !well_formed {
            return Err(InvalidDossierNumber::Format);
        }
        let agency = AgencyCode::parse(agency).map_err(InvalidDossierNumber::Agency)?;
        let date = day(date).ok_or(InvalidDossierNumber::NoSuchDay)?;
        Ok(Self {
            text: text.to_owned(),
            agency,
            date,
        })
    }

    /// Checks the date in the number against today in Viet Nam.
    ///
    /// # Errors
    /// [`InvalidDossierNumber::InFuture`].
    pub fn not_after(&self, today: Date) -> Result<(), InvalidDossierNumber> {
        if self.date > today {
            Err(InvalidDossierNumber::InFuture)
        } else {
            Ok(())
        }
    }

    /// The number as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The agency that issued the number.
    #[must_use]
    pub const fn agency(&self) -> &AgencyCode {
        &self.agency
    }

    /// The day in the number: of receipt or of issue, depending on the system
    /// (portal.md 12.1). A two-digit year is of this century.
    #[must_use]
    pub const fn date(&self) -> Date {
        self.date
    }
}

fn day(digits: &str) -> Option<Date> {
    let full = if digits.len() == 6 {
        format!("20{digits}")
    } else {
        digits.to_owned()
    };
    date_from_portal_text(&full).ok()
}

impl FromStr for DossierNumber {
    type Err = InvalidDossierNumber;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for DossierNumber {
    type Error = InvalidDossierNumber;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<DossierNumber> for String {
    fn from(number: DossierNumber) -> Self {
        number.text
    }
}

impl fmt::Display for DossierNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_numbers_seen_in_the_field_are_read() {
        for (text, agency, day) in [
            ("H22.12-250714-0007", "H22.12", date(2025, 7, 14)),
            (
                "000.00.06.H56-231027-0361",
                "000.00.06.H56",
                date(2023, 10, 27),
            ),
            (
                "000.17.22.H56-210531-0001",
                "000.17.22.H56",
                date(2021, 5, 31),
            ),
            ("G09.20-20260609-0092637", "G09.20", date(2026, 6, 9)),
            ("H22.1.2-250714-0001", "H22.1.2", date(2025, 7, 14)),
            ("H56.14-231027-12345", "H56.14", date(2023, 10, 27)),
            ("H22-240229-0001", "H22", date(2024, 2, 29)),
        ] {
            let number = DossierNumber::parse(text).unwrap();
            assert_eq!((number.agency().as_str(), number.date()), (agency, day));
            assert_eq!(number.to_string(), text);
            assert_eq!(format!("{number:?}"), format!("DossierNumber({text:?})"));
        }
    }

    #[test]
    fn what_breaks_the_grammar_is_refused() {
        use InvalidDossierNumber::{Agency, Format, NoSuchDay};
        let agency = Agency(InvalidAgencyCode::Format);
        for (text, error) in [
            ("", Format),
            ("H22.12-250714-007", Format),
            ("H22.12-250714-00000007", Format),
            ("H22.12-25071-0007", Format),
            ("H22.12-2507140-0007", Format),
            ("H22.12-250714", Format),
            ("H22.12-250714-0007-1", Format),
            ("H22.12-250714-0007 ", Format),
            ("H22.12–250714–0007", Format),
            ("H22.12-25O714-0007", Format),
            ("h22-250714-0007", agency),
            ("-250714-0007", agency),
            (" H22-250714-0007", agency),
            ("000.00.H56-231027-0361", agency),
            ("H22.12-250230-0007", NoSuchDay),
            ("H22.12-250229-0007", NoSuchDay),
            ("H22.12-251301-0007", NoSuchDay),
            ("H22.12-20250631-0007", NoSuchDay),
        ] {
            assert_eq!(DossierNumber::parse(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn fifty_characters_are_the_limit() {
        let agency = "H22.AAAA.AAAA.AAAA.AAAA.AAAA.AAAA";
        let longest = format!("{agency}-20250714-0000007");
        assert_eq!(longest.len(), 50);
        assert!(DossierNumber::parse(&longest).is_ok());
        let longer = format!("{agency}.A-20250714-0000007");
        assert_eq!(
            DossierNumber::parse(&longer),
            Err(InvalidDossierNumber::TooLong { found: 52 })
        );
    }

    #[test]
    fn tomorrow_is_too_late_for_a_number() {
        let number = DossierNumber::parse("H22.12-250714-0007").unwrap();
        assert_eq!(number.not_after(date(2025, 7, 14)), Ok(()));
        assert_eq!(
            number.not_after(date(2025, 7, 13)),
            Err(InvalidDossierNumber::InFuture)
        );
    }

    #[test]
    fn an_error_does_not_repeat_the_number() {
        for text in [
            "h99.77-250714-0007",
            "H99.77-259914-0007",
            "H99.77-2507-0007",
        ] {
            let error = DossierNumber::parse(text).unwrap_err();
            assert!(!format!("{error} {error:?}").to_uppercase().contains("H99"));
        }
    }

    proptest! {
        #[test]
        fn a_number_survives_the_round_trip(
            agency in "([0-9]{3}\\.[0-9]{2}\\.[0-9]{2}\\.[A-Z][0-9]{2}|[A-Z][0-9]{2}(\\.[0-9A-Z]{1,4}){0,4})",
            year in 0i16..100, month in 1i8..=12, day in 1i8..=28, long in any::<bool>(),
            sequence in "[0-9]{4,7}",
        ) {
            let century = if long { "20" } else { "" };
            let text = format!("{agency}-{century}{year:02}{month:02}{day:02}-{sequence}");
            let number = DossierNumber::parse(&text).unwrap();
            prop_assert_eq!(number.as_str(), &text[..]);
            prop_assert_eq!(number.agency().as_str(), &agency[..]);
            prop_assert_eq!(number.date(), date(2000 + year, month, day));
        }

        #[test]
        fn any_text_is_answered_without_panic(
            text in prop_oneof![any::<String>(), "[0-9A-Z.]{0,10}-[0-9]{0,9}-[0-9]{0,8}"]
        ) {
            if let Ok(number) = DossierNumber::parse(&text) {
                prop_assert_eq!(number.to_string(), text);
            }
        }
    }
}
