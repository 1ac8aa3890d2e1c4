//! Free text with a limit.
//!
//! The limits are the ones that connected systems cut at themselves (portal.md
//! 21); that the portal refuses more is inferred. Text may name people, so its
//! `Debug` shows a length only.

use std::fmt;

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

/// Text of 1 to `MAX` characters in NFC, trimmed, without control characters
/// other than line feed and tab.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Text<const MAX: usize>(String);

/// Why a text was not taken.
#[derive(Debug, Clone, Copy, Error, PartialEq, Eq)]
pub enum InvalidText {
    /// Nothing but white space.
    #[error("must not be empty")]
    Empty,
    /// Longer than allowed.
    #[error("must have at most {max} characters, has {found}")]
    TooLong {
        /// Limit, in characters.
        max: usize,
        /// Characters found.
        found: usize,
    },
    /// A control character other than line feed or tab.
    #[error("must not contain control characters")]
    ControlCharacter,
}

impl<const MAX: usize> Text<MAX> {
    /// Reads `raw`.
    ///
    /// # Errors
    /// [`InvalidText`], naming the first rule that is broken.
    pub fn parse(raw: &str) -> Result<Self, InvalidText> {
        let text: String = raw.trim().nfc().collect();
        if text.is_empty() {
            return Err(InvalidText::Empty);
        }
        let found = text.chars().count();
        if found > MAX {
            return Err(InvalidText::TooLong { max: MAX, found });
        }
        if text
            .chars()
            .any(|c| c.is_control() && c != '\n' && c != '\t')
        {
            return Err(InvalidText::ControlCharacter);
        }
        Ok(Self(text))
    }

    /// Reads `raw` where an empty text means that there is none.
    ///
    /// # Errors
    /// As [`Text::parse`], but never [`InvalidText::Empty`].
    pub fn parse_optional(raw: &str) -> Result<Option<Self>, InvalidText> {
        match Self::parse(raw) {
            Err(InvalidText::Empty) => Ok(None),
            read => read.map(Some),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> fmt::Debug for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} characters)", self.0.chars().count())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{InvalidText, Text};

    #[test]
    fn a_text_is_trimmed_and_composed() {
        let text = Text::<20>::parse("  Hồ sơ \u{0111}a\u{0323}t ").unwrap();
        assert_eq!(text.as_str(), "Hồ sơ đạt");
    }

    #[test]
    fn the_limit_counts_characters_after_composition() {
        assert!(Text::<1>::parse("a\u{0323}").is_ok());
        assert_eq!(
            Text::<2>::parse("abc"),
            Err(InvalidText::TooLong { max: 2, found: 3 })
        );
    }

    #[test]
    fn control_characters_are_refused_but_line_breaks_are_not() {
        assert!(Text::<9>::parse("a\nb\tc").is_ok());
        assert_eq!(Text::<9>::parse("a\0b"), Err(InvalidText::ControlCharacter));
    }

    #[test]
    fn debug_shows_no_text() {
        let text = Text::<20>::parse("Lý Thị Thử").unwrap();
        assert_eq!(format!("{text:?}"), "Text(10 characters)");
    }

    proptest! {
        #[test]
        fn reading_what_was_read_changes_nothing(raw in "\\PC{0,40}") {
            if let Ok(text) = Text::<30>::parse(&raw) {
                prop_assert_eq!(Text::<30>::parse(text.as_str()), Ok(text));
            }
        }
    }
}
