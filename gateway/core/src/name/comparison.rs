//! How far a name on record agrees with the name in a dossier.
//!
//! Only the place of the tone mark in open oa, oe and uy is a matter of
//! spelling school; i and y are different letters in a name (Mỹ is not Mĩ), and
//! after q the u belongs to the consonant, so nothing moves there
//! (population.md Part D 3).

use unicode_normalization::UnicodeNormalization;

use crate::masked::Masked;
use crate::name::FullName;
use crate::name::full_name::single_spaces;
use crate::name::key::{KeyRule, key_text};

/// How far two spellings of a name agree, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NameComparison {
    /// The same letters and accents; case and spacing aside.
    Exact,
    /// The same but for where the tone mark stands: Hoà and Hòa.
    TonePlacement,
    /// The same name key, other accents: an officer must look.
    AccentDifference,
    /// Another name.
    Different,
}

/// Compares the name in a dossier with the name that came back.
///
/// `returned` is any text, because a record may hold what no dossier may.
#[must_use]
pub fn compare(given: &FullName, returned: &str) -> NameComparison {
    let (given_folded, returned_folded) = (folded(given.expose()), folded(returned));
    if given_folded == returned_folded {
        return NameComparison::Exact;
    }
    if unified_tones(given_folded.expose()) == unified_tones(returned_folded.expose()) {
        return NameComparison::TonePlacement;
    }
    let key = |text| Masked::new(key_text(text, KeyRule::LettersAndDigits));
    if key(given.expose()) == key(returned) {
        NameComparison::AccentDifference
    } else {
        NameComparison::Different
    }
}

impl FullName {
    /// [`compare`] with a name on record that is well-formed itself.
    #[must_use]
    pub fn compare(&self, returned: &Self) -> NameComparison {
        compare(self, returned.expose())
    }
}

/// A key under which two spellings of any name are the same whose letters and tones are:
/// case, spaces, the form of the letters and the place of the tone mark aside
/// (administration.md 6.1).
pub(crate) fn spelling_key(text: &str) -> String {
    let folded = folded(text);
    unified_tones(folded.expose()).expose().clone()
}

/// NFC, lower case, single spaces, and one đ for the two code points that look
/// alike.
fn folded(text: &str) -> Masked<String> {
    let composed = Masked::new(text.nfc().collect::<String>());
    let fold_d = |c| if c == 'ð' { 'đ' } else { c };
    let lower = composed
        .expose()
        .chars()
        .flat_map(char::to_lowercase)
        .map(fold_d);
    let lower = Masked::new(lower.nfc().collect::<String>());
    Masked::new(single_spaces(lower.expose()))
}

fn unified_tones(folded: &str) -> Masked<String> {
    let words = Masked::new(folded.split(' ').map(unified_tone).collect::<Vec<String>>());
    Masked::new(words.expose().join(" "))
}

/// Puts the tone of an open oa, oe or uy on its last letter; any other word
/// comes back unchanged.
fn unified_tone(word: &str) -> String {
    let mut letters = String::new();
    let mut tone = None;
    for c in word.nfd() {
        if is_tone(c) {
            if tone.replace((letters.clone(), c)).is_some() {
                return word.to_owned();
            }
        } else {
            letters.push(c);
        }
    }
    let Some((before_tone, mark)) = tone else {
        return word.to_owned();
    };
    let Some(onset) = open_glide_onset(&letters) else {
        return word.to_owned();
    };
    if before_tone.len() <= onset.len() {
        return word.to_owned();
    }
    letters.push(mark);
    letters.nfc().collect()
}

/// The consonants before an open oa, oe or uy that are the whole rest of the
/// word, given without its tone. A vowel mark (ô, ơ, ă…) makes another vowel.
fn open_glide_onset(letters: &str) -> Option<&str> {
    let onset = ["oa", "oe", "uy"]
        .iter()
        .find_map(|rhyme| letters.strip_suffix(rhyme))?;
    let consonant = |c: char| c == 'đ' || (c.is_ascii_lowercase() && !"aeiouy".contains(c));
    (onset.chars().all(consonant) && !onset.ends_with('q')).then_some(onset)
}

/// Huyền, sắc, hỏi, ngã and nặng as combining marks.
const fn is_tone(c: char) -> bool {
    matches!(
        c,
        '\u{0300}' | '\u{0301}' | '\u{0309}' | '\u{0303}' | '\u{0323}'
    )
}

#[cfg(test)]
mod tests;
