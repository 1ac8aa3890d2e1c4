//! The 12-digit personal number, without any judgement on its digits.
//!
//! It has no check digit; a parsed number may still belong to nobody. It is
//! also not a key for ever: a corrected birth year or sex gives a new number
//! (population.md 7.1).

use std::fmt;
use std::str::FromStr;

use crate::identity::Sex;
use crate::masked::Masked;

const DIGITS: usize = 12;

/// Số định danh cá nhân (the number on a CCCD or căn cước card): 12 ASCII digits
/// `PPP G YY NNNNNN`, place, century and sex, birth year, random
/// (population.md 7.1).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PersonalNumber(Masked<String>);

/// Why a text is not a personal number; never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPersonalNumber {
    /// Not 12 characters long.
    #[error("a personal number has 12 digits, found {found} characters")]
    Length {
        /// Characters found.
        found: usize,
    },
    /// 12 characters, but not all of them are ASCII digits.
    #[error("a personal number consists of the digits 0 to 9 only")]
    NotDigits,
}

impl PersonalNumber {
    /// Reads a number exactly as given: no trimming, no separators.
    ///
    /// # Errors
    /// [`InvalidPersonalNumber`] when it is not 12 ASCII digits.
    pub fn parse(text: &str) -> Result<Self, InvalidPersonalNumber> {
        let found = text.chars().count();
        if found != DIGITS {
            return Err(InvalidPersonalNumber::Length { found });
        }
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidPersonalNumber::NotDigits);
        }
        Ok(Self(Masked::new(text.to_owned())))
    }

    /// The 12 digits, for the wire and for keyed hashes only.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Digits 1 to 3: province or country of birth registration.
    #[must_use]
    pub fn place_code(&self) -> &str {
        &self.expose()[..3]
    }

    /// Digit 4 as a value 0 to 9: century and sex.
    #[must_use]
    pub fn century_sex_digit(&self) -> u8 {
        self.digit(3)
    }

    /// The birth year that digits 4 to 6 spell, 1900 to 2399.
    ///
    /// `Some` for every number of the present structure. The structure is no
    /// longer promised by law (population.md 7.1), so callers must be able to
    /// live without it.
    #[must_use]
    pub fn birth_year(&self) -> Option<i16> {
        let century = 1900 + 100 * i16::from(self.century_sex_digit() / 2);
        Some(century + i16::from(self.digit(4)) * 10 + i16::from(self.digit(5)))
    }

    /// The sex that digit 4 spells; never [`Sex::NotRecorded`].
    #[must_use]
    pub fn sex(&self) -> Sex {
        if self.century_sex_digit().is_multiple_of(2) {
            Sex::Male
        } else {
            Sex::Female
        }
    }

    fn digit(&self, index: usize) -> u8 {
        self.expose().as_bytes()[index] - b'0'
    }
}

impl FromStr for PersonalNumber {
    type Err = InvalidPersonalNumber;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Debug for PersonalNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_digits_fall_into_place_century_sex_and_year() {
        let number = PersonalNumber::parse("000185000001").unwrap();
        assert_eq!(number.place_code(), "000");
        assert_eq!(number.century_sex_digit(), 1);
        assert_eq!(number.birth_year(), Some(1985));
        assert_eq!(number.sex(), Sex::Female);
    }

    #[test]
    fn the_century_and_sex_digit_follows_the_table() {
        let table = [
            ('0', 1999, Sex::Male),
            ('1', 1999, Sex::Female),
            ('2', 2099, Sex::Male),
            ('3', 2099, Sex::Female),
            ('4', 2199, Sex::Male),
            ('5', 2199, Sex::Female),
            ('6', 2299, Sex::Male),
            ('7', 2299, Sex::Female),
            ('8', 2399, Sex::Male),
            ('9', 2399, Sex::Female),
        ];
        for (digit, year, sex) in table {
            let number = PersonalNumber::parse(&format!("000{digit}99000001")).unwrap();
            assert_eq!(
                (number.birth_year(), number.sex()),
                (Some(year), sex),
                "digit {digit}"
            );
        }
    }

    #[test]
    fn only_twelve_ascii_digits_are_a_personal_number() {
        use InvalidPersonalNumber::{Length, NotDigits};
        let refused = [
            ("", Length { found: 0 }),
            ("00018500001", Length { found: 11 }),
            ("0001850000011", Length { found: 13 }),
            ("000185001", Length { found: 9 }),
            (" 000185000001", Length { found: 13 }),
            ("000185000001\n", Length { found: 13 }),
            ("00018500000A", NotDigits),
            ("000-185-0001", NotDigits),
            ("٠٠٠١٨٥٠٠٠٠٠١", NotDigits),
            ("０００１８５０００００１", NotDigits),
        ];
        for (text, error) in refused {
            assert_eq!(PersonalNumber::parse(text), Err(error));
        }
    }

    #[test]
    fn debug_and_errors_are_silent_about_the_number() {
        let number = PersonalNumber::parse("000185000001").unwrap();
        assert_eq!(format!("{number:?}"), "***");
        let error = PersonalNumber::parse("00018500000X").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("0001"));
    }

    proptest! {
        #[test]
        fn twelve_digits_survive_the_round_trip(text in "[0-9]{12}") {
            let number = PersonalNumber::parse(&text).unwrap();
            prop_assert_eq!(number.expose(), &text);
            prop_assert!(matches!(number.birth_year(), Some(1900..=2399)));
        }

        #[test]
        fn any_text_is_answered_without_panic(text in any::<String>()) {
            let good = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
            prop_assert_eq!(PersonalNumber::parse(&text).is_ok(), good);
        }
    }
}
