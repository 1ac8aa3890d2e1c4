//! The 9-digit number of the old identity card.
//!
//! It is neither stable nor unique, and it has no check digit: about 50 000 of
//! these numbers were issued twice (population.md 7.2).

use std::fmt;
use std::str::FromStr;

use crate::masked::Masked;

const DIGITS: usize = 9;

/// Số chứng minh nhân dân (CMND): 9 ASCII digits. Never identifies a person
/// alone (population.md 7.2).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct OldIdCardNumber(Masked<String>);

/// Why a text is not an old card number; never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidOldIdCardNumber {
    /// Not 9 characters long.
    #[error("an old identity card number has 9 digits, found {found} characters")]
    Length {
        /// Characters found.
        found: usize,
    },
    /// 9 characters, but not all of them are ASCII digits.
    #[error("an old identity card number consists of the digits 0 to 9 only")]
    NotDigits,
}

impl OldIdCardNumber {
    /// Reads a number exactly as given: no trimming, no separators.
    ///
    /// # Errors
    /// [`InvalidOldIdCardNumber`] when it is not 9 ASCII digits.
    pub fn parse(text: &str) -> Result<Self, InvalidOldIdCardNumber> {
        let found = text.chars().count();
        if found != DIGITS {
            return Err(InvalidOldIdCardNumber::Length { found });
        }
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidOldIdCardNumber::NotDigits);
        }
        Ok(Self(Masked::new(text.to_owned())))
    }

    /// The 9 digits, for the wire and for keyed hashes only.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl FromStr for OldIdCardNumber {
    type Err = InvalidOldIdCardNumber;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Debug for OldIdCardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_nine_ascii_digits_are_an_old_card_number() {
        use InvalidOldIdCardNumber::{Length, NotDigits};
        assert!(OldIdCardNumber::parse("000185001").is_ok());
        for (text, error) in [
            ("", Length { found: 0 }),
            ("00018500", Length { found: 8 }),
            ("000185000001", Length { found: 12 }),
            ("00018500x", NotDigits),
            ("０００１８５００１", NotDigits),
        ] {
            assert_eq!(OldIdCardNumber::parse(text), Err(error));
        }
    }

    proptest! {
        #[test]
        fn nine_digits_survive_the_round_trip(text in "[0-9]{9}") {
            let number = OldIdCardNumber::parse(&text).unwrap();
            prop_assert_eq!(number.expose(), &text);
            prop_assert_eq!(format!("{number:?}"), "***");
        }

        #[test]
        fn any_text_is_answered_without_panic(text in any::<String>()) {
            let good = text.len() == 9 && text.bytes().all(|byte| byte.is_ascii_digit());
            prop_assert_eq!(OldIdCardNumber::parse(&text).is_ok(), good);
        }
    }
}
