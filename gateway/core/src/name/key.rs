//! The form of a name that the population database compares.
//!
//! It is made by decomposing, not by a table of letters: tables know only the
//! composed letters, and decomposed input leaks its marks through them
//! (population.md Part D 2).

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use crate::masked::Masked;
use crate::name::FullName;

/// What a key keeps besides letters and digits; part of a province's profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum KeyRule {
    /// A to Z and 0 to 9 only, which satisfies all rules seen
    /// (population.md 2.3).
    #[default]
    LettersAndDigits,
    /// Apostrophes and hyphens stay, as OpenCPS v2 sends them: it drops white
    /// space and diacritics only. Typographic forms become `'` and `-`.
    KeepApostrophe,
}

/// A name without diacritics and white space, in upper case.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct NameKey(Masked<String>);

impl NameKey {
    /// The key of a name; never empty.
    #[must_use]
    pub fn of(name: &FullName, rule: KeyRule) -> Self {
        Self(Masked::new(key_text(name.expose(), rule)))
    }

    /// The key, for the wire and the comparison only.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for NameKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Đ and the look-alike Ð (U+00D0) do not decompose, so they are mapped by hand
/// and before anything else.
pub(super) const fn fold_d(c: char) -> char {
    match c {
        'Đ' | 'Ð' => 'D',
        'đ' | 'ð' => 'd',
        other => other,
    }
}

pub(super) fn key_text(text: &str, rule: KeyRule) -> String {
    text.chars()
        .map(fold_d)
        .nfd()
        .filter_map(|c| kept(c, rule))
        .collect()
}

/// Whether a letter of the text would stand in its key.
pub(super) fn keeps_a_letter(text: &str) -> bool {
    text.chars()
        .map(fold_d)
        .nfd()
        .any(|c| c.is_ascii_alphabetic())
}

fn kept(c: char, rule: KeyRule) -> Option<char> {
    if c.is_ascii_alphanumeric() {
        return Some(c.to_ascii_uppercase());
    }
    match (rule, c) {
        (KeyRule::KeepApostrophe, '\'' | '\u{2018}' | '\u{2019}' | '\u{02BC}') => Some('\''),
        (KeyRule::KeepApostrophe, '-' | '\u{2010}' | '\u{2011}') => Some('-'),
        (KeyRule::KeepApostrophe | KeyRule::LettersAndDigits, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(text: &str, rule: KeyRule) -> String {
        NameKey::of(&FullName::parse(text).unwrap(), rule)
            .expose()
            .to_owned()
    }

    #[test]
    fn the_vectors_of_the_interface_description_hold() {
        let decomposed: String = "Nguyễn Thị Hòa".nfd().collect();
        for (name, expected) in [
            ("Nguyễn Văn An", "NGUYENVANAN"),
            ("Nguyễn Thị Hoà", "NGUYENTHIHOA"),
            ("Nguyễn Thị Hòa", "NGUYENTHIHOA"),
            (decomposed.as_str(), "NGUYENTHIHOA"),
            ("H'Hen Niê", "HHENNIE"),
            ("Y Bhăm Niê Kđăm", "YBHAMNIEKDAM"),
            ("\u{00D0}ặng Thủy", "DANGTHUY"),
            ("\u{0110}ặng Thuỷ", "DANGTHUY"),
            ("\u{00F0}ặng thủy", "DANGTHUY"),
            ("\u{0111}ặng thuỷ", "DANGTHUY"),
            ("Trần\u{00A0}Thị  Mẫu   Thử", "TRANTHIMAUTHU"),
        ] {
            assert_eq!(key(name, KeyRule::LettersAndDigits), expected);
        }
    }

    #[test]
    fn the_other_rule_keeps_the_apostrophe() {
        for name in ["H'Hen Niê", "H\u{2019}Hen Niê", "H\u{02BC}HEN NIÊ"] {
            assert_eq!(key(name, KeyRule::KeepApostrophe), "H'HENNIE");
            assert_eq!(key(name, KeyRule::LettersAndDigits), "HHENNIE");
        }
        assert_eq!(key("Ê-Đê Thử", KeyRule::KeepApostrophe), "E-DETHU");
    }

    #[test]
    fn every_vietnamese_letter_leaves_its_base() {
        let vowels = [
            ("aàáảãạăằắẳẵặâầấẩẫậ", 'A'),
            ("eèéẻẽẹêềếểễệ", 'E'),
            ("iìíỉĩị", 'I'),
            ("oòóỏõọôồốổỗộơờớởỡợ", 'O'),
            ("uùúủũụưừứửữự", 'U'),
            ("yỳýỷỹỵ", 'Y'),
            ("dđ", 'D'),
        ];
        for (letters, base) in vowels {
            let both = format!("{letters}{}", letters.to_uppercase());
            let expected = base.to_string().repeat(both.chars().count());
            assert_eq!(key_text(&both, KeyRule::LettersAndDigits), expected);
        }
    }

    #[test]
    fn debug_is_silent_about_the_key() {
        let name = FullName::parse("Trần Thị Mẫu Thử").unwrap();
        assert_eq!(
            format!("{:?}", NameKey::of(&name, KeyRule::default())),
            "***"
        );
    }

    proptest! {
        #[test]
        fn a_key_has_only_capital_letters_and_digits(text in any::<String>()) {
            let key = key_text(&text, KeyRule::LettersAndDigits);
            prop_assert!(key.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()));
        }

        #[test]
        fn a_key_is_its_own_key(text in any::<String>()) {
            for rule in [KeyRule::LettersAndDigits, KeyRule::KeepApostrophe] {
                let key = key_text(&text, rule);
                prop_assert_eq!(key_text(&key, rule), key);
            }
        }

        #[test]
        fn composed_and_decomposed_text_have_the_same_key(text in any::<String>()) {
            for rule in [KeyRule::LettersAndDigits, KeyRule::KeepApostrophe] {
                let composed: String = text.nfc().collect();
                let decomposed: String = text.nfd().collect();
                prop_assert_eq!(key_text(&composed, rule), key_text(&decomposed, rule));
                prop_assert_eq!(key_text(&composed, rule), key_text(&text, rule));
            }
        }

        #[test]
        fn the_key_of_a_name_is_never_empty(text in "\\PC{0,30}") {
            if let Ok(name) = FullName::parse(&text) {
                prop_assert!(!NameKey::of(&name, KeyRule::LettersAndDigits).expose().is_empty());
            }
        }
    }
}
