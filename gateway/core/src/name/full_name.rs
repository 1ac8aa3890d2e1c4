//! A name as a citizen or an officer writes it.
//!
//! Its text is normalised (NFC, single spaces), because the same letters arrive
//! composed from one keyboard and decomposed from another. Nothing else is
//! changed: case, accents and apostrophes stay as given.

use std::fmt;
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;

use crate::masked::Masked;
use crate::name::key::keeps_a_letter;

/// The longest name the population database takes, in characters after
/// normalisation (`HoVaTen`, population.md 2.1).
pub const MAX_CHARACTERS: usize = 100;

/// Input beyond this many characters is not normalised at all: no padding of a
/// real name comes near it, and the work on hostile input stays bounded.
const MAX_RAW_CHARACTERS: usize = 1000;

/// Họ và tên: normalised, 1 to 100 characters, with at least one letter that
/// can be sent.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct FullName(Masked<String>);

/// Why a text is not a name; never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum InvalidName {
    /// Nothing, or nothing but white space.
    #[error("a name must not be empty")]
    Empty,
    /// A tab, line break or other control character, or an invisible formatting
    /// character, anywhere in the text.
    #[error("a name must not hold control or invisible characters")]
    ControlCharacter,
    /// More than [`MAX_CHARACTERS`] after normalisation.
    #[error("a name has at most {MAX_CHARACTERS} characters, found {found}")]
    TooLong {
        /// Characters found after normalisation; for input so long that it is
        /// not normalised, the characters before.
        found: usize,
    },
    /// No letter of the Latin script, so that nothing would be left to send.
    #[error("a name must hold at least one Latin letter")]
    NoLetters,
}

impl FullName {
    /// Reads a name: NFC, trimmed, inner white space (no-break spaces too)
    /// folded to single spaces.
    ///
    /// # Errors
    /// The first of [`FullName::violations`].
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let (normalised, violations) = Self::examine(text);
        match violations.first() {
            Some(violation) => Err(*violation),
            None => Ok(Self(normalised)),
        }
    }

    /// Everything wrong with a text as a name, for an answer that names all
    /// violations at once; empty when [`FullName::parse`] accepts it.
    #[must_use]
    pub fn violations(text: &str) -> Vec<InvalidName> {
        Self::examine(text).1
    }

    /// The normalised name, for the wire and the comparison only.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    fn examine(text: &str) -> (Masked<String>, Vec<InvalidName>) {
        let mut violations = Vec::new();
        if text.chars().any(is_control_or_invisible) {
            violations.push(InvalidName::ControlCharacter);
        }
        let raw = text.chars().take(MAX_RAW_CHARACTERS + 1).count();
        if raw > MAX_RAW_CHARACTERS {
            violations.push(InvalidName::TooLong {
                found: text.chars().count(),
            });
            return (Masked::new(String::new()), violations);
        }
        let composed = Masked::new(text.nfc().collect::<String>());
        let normalised = Masked::new(single_spaces(composed.expose()));
        let found = normalised.expose().chars().count();
        if found == 0 {
            violations.push(InvalidName::Empty);
        } else if !keeps_a_letter(normalised.expose()) {
            violations.push(InvalidName::NoLetters);
        }
        if found > MAX_CHARACTERS {
            violations.push(InvalidName::TooLong { found });
        }
        (normalised, violations)
    }
}

/// The words of a text with one space between them.
pub(super) fn single_spaces(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

/// Control characters, and those that take no space and turn or hide text: two
/// names that look the same would otherwise differ.
fn is_control_or_invisible(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{00AD}'
                | '\u{034F}'
                | '\u{061C}'
                | '\u{180E}'
                | '\u{200B}'..='\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{FE00}'..='\u{FE0F}'
                | '\u{FEFF}'
        )
}

impl FromStr for FullName {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Debug for FullName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn white_space_is_folded_and_nothing_else_is_touched() {
        let name = FullName::parse("  Trần \u{00A0} Thị  Mẫu\u{3000}Thử ").unwrap();
        assert_eq!(name.expose(), "Trần Thị Mẫu Thử");
        assert_eq!(FullName::parse("H'Hen Niê").unwrap().expose(), "H'Hen Niê");
    }

    #[test]
    fn composed_and_decomposed_input_give_the_same_name() {
        let composed = FullName::parse("Nguyễn Thị Hòa").unwrap();
        let decomposed: String = "Nguyễn Thị Hòa".nfd().collect();
        assert_ne!(decomposed, "Nguyễn Thị Hòa");
        assert_eq!(FullName::parse(&decomposed).unwrap(), composed);
    }

    #[test]
    fn each_way_to_be_wrong_is_named() {
        use InvalidName::{ControlCharacter, Empty, NoLetters, TooLong};
        for (text, violations) in [
            ("", vec![Empty]),
            (" \u{00A0} ", vec![Empty]),
            ("\t", vec![ControlCharacter, Empty]),
            ("Trần\nThị Mẫu Thử", vec![ControlCharacter]),
            ("Trần\u{0}Thử", vec![ControlCharacter]),
            ("Trần\u{200B}Thử", vec![ControlCharacter]),
            ("Trần \u{202E}Thử", vec![ControlCharacter]),
            ("000185000001", vec![NoLetters]),
            ("- '", vec![NoLetters]),
            ("李四", vec![NoLetters]),
            (
                "1".repeat(101).as_str(),
                vec![NoLetters, TooLong { found: 101 }],
            ),
        ] {
            assert_eq!(FullName::violations(text), violations, "{text:?}");
            assert_eq!(FullName::parse(text), Err(violations[0]), "{text:?}");
        }
    }

    #[test]
    fn the_length_counts_characters_after_normalisation() {
        let longest: String = "ễ".repeat(MAX_CHARACTERS);
        let decomposed: String = longest.nfd().collect();
        assert!(FullName::parse(&decomposed).is_ok());
        let spaced = format!("{}A{}", " ".repeat(200), " ".repeat(200));
        assert!(FullName::parse(&spaced).is_ok());
        let longer = format!("{longest}n");
        assert_eq!(
            FullName::parse(&longer),
            Err(InvalidName::TooLong { found: 101 })
        );
    }

    #[test]
    fn a_flood_is_refused_without_being_copied() {
        let flood = "Thử ".repeat(1_000_000);
        let error = FullName::parse(&flood).unwrap_err();
        assert_eq!(error, InvalidName::TooLong { found: 4_000_000 });
        assert!(format!("{error} {error:?}").len() < 120);
    }

    #[test]
    fn debug_is_silent_about_the_name() {
        assert_eq!(
            format!("{:?}", FullName::parse("Trần Thị Mẫu Thử").unwrap()),
            "***"
        );
    }

    proptest! {
        #[test]
        fn a_parsed_name_parses_to_itself(text in "[\\PC ]{0,40}") {
            if let Ok(name) = FullName::parse(&text) {
                prop_assert_eq!(FullName::parse(name.expose()), Ok(name.clone()));
            }
        }

        #[test]
        fn any_text_is_answered_without_panic(text in any::<String>()) {
            prop_assert_eq!(FullName::parse(&text).is_ok(), FullName::violations(&text).is_empty());
        }
    }
}
