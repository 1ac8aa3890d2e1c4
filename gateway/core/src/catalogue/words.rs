//! Looking for an entry by words of its name or by its code.
//!
//! What a reader would get wrong: accents, case and the order of the words do not count, since
//! officers type without accents.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// A name without what does not count in a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Folded(String);

impl Folded {
    pub(super) fn of(name: &str) -> Self {
        Self(folded(name))
    }
}

/// What somebody looks for; nothing fits everything.
#[derive(Debug, Clone)]
pub(super) struct Query {
    whole: String,
}

impl Query {
    pub(super) fn of(text: &str) -> Self {
        Self {
            whole: folded(text),
        }
    }

    /// Whether every word stands in the name.
    pub(super) fn is_in(&self, name: &Folded) -> bool {
        self.whole.split(' ').all(|word| name.0.contains(word))
    }

    /// Whether the code begins so.
    pub(super) fn begins(&self, code: &str) -> bool {
        code.to_lowercase().starts_with(&self.whole)
    }

    /// Whether the code has it somewhere.
    pub(super) fn is_part_of(&self, code: &str) -> bool {
        code.to_lowercase().contains(&self.whole)
    }
}

/// The text without accents, in lower case, with single spaces. Đ does not decompose, so it
/// is mapped by hand.
fn folded(text: &str) -> String {
    let letters = text.nfd().filter(|c| !is_combining_mark(*c));
    let plain: String = letters
        .map(|c| match c {
            'Đ' | 'Ð' | 'đ' | 'ð' => 'd',
            other => other,
        })
        .collect();
    let words = plain.to_lowercase();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}
