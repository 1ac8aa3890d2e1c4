//! Takes people out of sentences that somebody else wrote.
//!
//! It is a best effort and no proof: it finds what has a shape (numbers, addresses,
//! names behind a form of address) and what it is told to look for. A name in the
//! middle of a sentence, without either, stays.

use std::collections::HashMap;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::dossier_number::DossierNumber;
use crate::procedure::ProcedureCode;

/// What stands in place of whatever was taken out.
const MASK: &str = "***";

/// Fewest digits that may be somebody's number: the old identity card has nine
/// (population.md 2.2).
const SHORTEST_NUMBER: usize = 9;

/// Behind these a name is expected, in lower case.
const TITLES: &[&[&str]] = &[
    &["công", "dân"],
    &["người", "dân"],
    &["người", "nộp", "hồ", "sơ"],
    &["người", "nộp"],
    &["người", "yêu", "cầu"],
    &["người", "xử", "lý"],
    &["chủ", "hồ", "sơ"],
    &["chủ", "hộ"],
    &["họ", "và", "tên"],
    &["họ", "tên"],
    &["cán", "bộ"],
    &["ông"],
    &["bà"],
    &["anh"],
    &["chị"],
    &["chuhoso"],
    &["hoten"],
    &["nguoixuly"],
];

/// `text` in NFC without what looks personal; `***` stands in its place.
///
/// Masked are numbers of nine digits and more, also with single spaces, dots or
/// dashes inside (a dossier number, Mã hồ sơ, is left as it is); words with an `@`
/// or a web address in them; two or more capitalised words behind a form of address
/// such as "ông" or "chủ hồ sơ". Anything else stays.
#[must_use]
pub fn masked_text(text: &str) -> String {
    masked_text_without(text, &[])
}

/// As [`masked_text`], and without `values`, in whichever case, with or without
/// diacritics, where they stand as whole words. Values of one character are not
/// looked for.
#[must_use]
pub fn masked_text_without(text: &str, values: &[&str]) -> String {
    let text: Vec<char> = text.nfc().collect();
    let mut spans = addresses(&text);
    spans.extend(numbers(&text));
    spans.extend(named_people(&text));
    spans.extend(occurrences(&text, values));
    with_stars(&text, spans)
}

fn with_stars(text: &[char], mut spans: Vec<Range<usize>>) -> String {
    spans.sort_by_key(|span| span.start);
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for span in spans {
        if span.start >= done {
            masked.extend(&text[done..span.start]);
            masked.push_str(MASK);
        }
        done = done.max(span.end);
    }
    masked.extend(&text[done..]);
    masked
}

/// The longest runs of characters that `belongs` takes.
fn runs(text: &[char], belongs: impl Fn(char) -> bool) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = None;
    for (at, &c) in text.iter().enumerate() {
        match (belongs(c), start) {
            (true, None) => start = Some(at),
            (false, Some(begun)) => {
                runs.push(begun..at);
                start = None;
            }
            (true, Some(_)) | (false, None) => {}
        }
    }
    runs.extend(start.map(|begun| begun..text.len()));
    runs
}

fn addresses(text: &[char]) -> Vec<Range<usize>> {
    let mut words = runs(text, |c| !c.is_whitespace());
    words.retain(|word| {
        let word: String = text[word.clone()].iter().collect::<String>().to_lowercase();
        ["@", "://", "www."]
            .into_iter()
            .any(|mark| word.contains(mark))
    });
    words
}

fn numbers(text: &[char]) -> Vec<Range<usize>> {
    let public = public_numbers(text);
    let is_digit = |at: usize| text.get(at).is_some_and(|c| c.is_numeric());
    let goes_on = |at: usize| {
        let joint = text
            .get(at)
            .is_some_and(|c| matches!(c, ' ' | '\u{a0}' | '.' | '-' | '–'));
        joint && is_digit(at + 1) && !public.contains_key(&(at + 1))
    };
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if let Some(&end) = public.get(&at) {
            at = end;
            continue;
        }
        let (start, mut digits) = (at, 0);
        while is_digit(at) || (digits > 0 && goes_on(at)) {
            digits += usize::from(is_digit(at));
            at += 1;
        }
        if digits >= SHORTEST_NUMBER {
            found.push(start..at);
        }
        at = at.max(start + 1);
    }
    found
}

/// Where each dossier number and procedure code starts, and where it ends: neither
/// belongs to a person, and the operator needs both.
fn public_numbers(text: &[char]) -> HashMap<usize, usize> {
    let mut found = HashMap::new();
    for word in runs(text, |c| c.is_ascii_alphanumeric() || c == '.' || c == '-') {
        let whole: String = text[word.clone()].iter().collect();
        let number = whole.trim_end_matches(['.', '-']);
        if DossierNumber::parse(number).is_ok() || ProcedureCode::parse(number).is_ok() {
            found.insert(word.start, word.start + number.len());
        }
    }
    found
}

fn named_people(text: &[char]) -> Vec<Range<usize>> {
    let words = Words::of(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.spans.len() {
        let Some(mut name) = words.after_title(at) else {
            at += 1;
            continue;
        };
        // "công dân ông …", "họ tên là …"
        while let Some(next) = words.introduced(name) {
            name = next;
        }
        let end = words.capitalised_from(name);
        if end >= name + 2 {
            found.push(words.spans[name].start..words.spans[end - 1].end);
        }
        at = end.max(at + 1);
    }
    found
}

/// The words of a text, in lower case and with their places.
struct Words<'a> {
    text: &'a [char],
    spans: Vec<Range<usize>>,
    lower: Vec<String>,
}

impl<'a> Words<'a> {
    fn of(text: &'a [char]) -> Self {
        let spans = runs(text, char::is_alphabetic);
        let lower = |span: &Range<usize>| {
            text[span.clone()]
                .iter()
                .flat_map(|c| c.to_lowercase())
                .collect()
        };
        let lower = spans.iter().map(lower).collect();
        Self { text, spans, lower }
    }

    /// What stands between a word and the one before.
    fn gap(&self, at: usize) -> &[char] {
        &self.text[self.spans[at - 1].end..self.spans[at].start]
    }

    /// The word behind the title that starts at `at`.
    fn after_title(&self, at: usize) -> Option<usize> {
        let words = self.lower.get(at..)?;
        let fits = |title: &&&[&str]| {
            words.len() > title.len()
                && title.iter().zip(words).all(|(one, other)| one == other)
                && (1..title.len()).all(|n| self.gap(at + n).iter().all(|c| c.is_whitespace()))
        };
        let title = TITLES.iter().filter(fits).map(|title| title.len()).max()?;
        self.introduces(at + title).then_some(at + title)
    }

    /// The word behind another introduction that starts at `at`.
    fn introduced(&self, at: usize) -> Option<usize> {
        let is = self.lower.get(at).is_some_and(|word| word == "là");
        if is && at + 1 < self.spans.len() && self.introduces(at + 1) {
            return Some(at + 1);
        }
        self.after_title(at)
    }

    /// Whether the gap before this word still belongs to what introduces it.
    fn introduces(&self, at: usize) -> bool {
        let marks = ":,()/[]\"'“”‘’=-";
        self.gap(at)
            .iter()
            .all(|&c| c.is_whitespace() || marks.contains(c))
    }

    /// End of the capitalised words that begin at `at`.
    fn capitalised_from(&self, at: usize) -> usize {
        let goes_on = |&word: &usize| {
            let capital = self.text[self.spans[word].start].is_uppercase();
            let next_to = word == at || self.gap(word).iter().all(|c| c.is_whitespace());
            capital && next_to
        };
        at + (at..self.spans.len()).take_while(goes_on).count()
    }
}

fn occurrences(text: &[char], values: &[&str]) -> Vec<Range<usize>> {
    let folded = folded(text.iter().copied());
    let letters: Vec<char> = folded.iter().map(|(letter, _)| *letter).collect();
    let inside = |at: Option<usize>| {
        at.and_then(|at| letters.get(at))
            .is_some_and(|letter| letter.is_alphanumeric())
    };
    let mut found = Vec::new();
    for value in values {
        let value = self::folded(value.trim().nfc());
        let value: Vec<char> = value.into_iter().map(|(letter, _)| letter).collect();
        if value.len() < 2 {
            continue;
        }
        for (at, window) in letters.windows(value.len()).enumerate() {
            let end = at + value.len();
            if window == value && !inside(at.checked_sub(1)) && !inside(Some(end)) {
                found.push(folded[at].1..folded[end - 1].1 + 1);
            }
        }
    }
    found
}

/// Letters in lower case without diacritics, each with its place; white space becomes
/// one space.
fn folded(text: impl Iterator<Item = char>) -> Vec<(char, usize)> {
    let mut folded: Vec<(char, usize)> = Vec::new();
    for (at, c) in text.enumerate() {
        if c.is_whitespace() {
            if folded.last().is_none_or(|(last, _)| *last != ' ') {
                folded.push((' ', at));
            }
            continue;
        }
        let plain = std::iter::once(c)
            .nfd()
            .filter(|c| !is_combining_mark(*c))
            .flat_map(char::to_lowercase)
            .map(|c| if c == 'đ' { 'd' } else { c });
        folded.extend(plain.map(|c| (c, at)));
    }
    folded
}

#[cfg(test)]
mod tests;
