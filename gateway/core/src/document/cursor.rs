//! A place in a text from which the next piece is read or not read at all.
//!
//! What a reader would get wrong: a piece that does not fit moves nothing. Callers rely on
//! that when they try one form after the other.

use unicode_normalization::UnicodeNormalization;

/// Reads forward through a text that [`composed`] made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    /// Stands at byte `at` of `text`, which must be the start of a character.
    pub(super) fn new(text: &'t str, at: usize) -> Self {
        Self { text, at }
    }

    /// The byte that is read next.
    pub(super) fn at(self) -> usize {
        self.at
    }

    /// What is not read yet.
    pub(super) fn rest(self) -> &'t str {
        &self.text[self.at..]
    }

    /// What stands before.
    pub(super) fn head(self) -> &'t str {
        &self.text[..self.at]
    }

    /// The next character.
    pub(super) fn peek(self) -> Option<char> {
        self.rest().chars().next()
    }

    /// The character after the next.
    pub(super) fn peek_second(self) -> Option<char> {
        self.rest().chars().nth(1)
    }

    /// Goes forward by `bytes`, which must end between two characters.
    pub(super) fn advance(&mut self, bytes: usize) {
        self.at += bytes;
    }

    /// Leaves out white space; tells whether there was any.
    pub(super) fn skip_space(&mut self) -> bool {
        let trimmed = self.rest().trim_start();
        let skipped = self.rest().len() - trimmed.len();
        self.at += skipped;
        skipped > 0
    }

    /// Reads one of these characters.
    pub(super) fn eat(&mut self, any_of: &[char]) -> Option<char> {
        let next = self.peek().filter(|c| any_of.contains(c))?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// Reads `words` in lower or upper case, with a word boundary behind them.
    pub(super) fn eat_words(&mut self, words: &str) -> bool {
        let mut rest = self.rest().char_indices();
        for expected in words.chars() {
            let fits = rest
                .next()
                .is_some_and(|(_, found)| same_letter(found, expected));
            if !fits {
                return false;
            }
        }
        let (end, boundary) = match rest.next() {
            Some((end, next)) => (end, !next.is_alphanumeric()),
            None => (self.rest().len(), true),
        };
        if boundary {
            self.at += end;
        }
        boundary
    }

    /// Whether `words` stand here, with a word boundary behind them.
    pub(super) fn begins_with(mut self, words: &str) -> bool {
        self.eat_words(words)
    }

    /// Reads as many ASCII digits as there are, if they are 1 to `max`.
    pub(super) fn eat_digits(&mut self, max: usize) -> Option<&'t str> {
        let rest = self.rest();
        let len = rest.bytes().take_while(u8::is_ascii_digit).count();
        if len == 0 || len > max {
            return None;
        }
        self.at += len;
        Some(&rest[..len])
    }
}

/// Whether `found` is the lower-case `expected` in either case; a blank stands for any
/// white space.
fn same_letter(found: char, expected: char) -> bool {
    found == expected
        || (expected == ' ' && found.is_whitespace())
        || found.to_lowercase().eq(std::iter::once(expected))
}

/// The text in composed form (NFC), with one kind of dash, slash and blank, so that `–`,
/// `KH- UBND` and decomposed letters are read like their plain forms (administration.md
/// 1.6). Runs of white space become one blank, or one line feed where there was one.
pub(super) fn composed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfc() {
        let c = match c {
            '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => continue,
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{ff0d}' => '-',
            '\u{2044}' | '\u{2215}' | '\u{ff0f}' => '/',
            '\r' | '\n' | '\u{2028}' | '\u{2029}' => '\n',
            blank if blank.is_whitespace() => ' ',
            other => other,
        };
        match (out.chars().next_back(), c) {
            (Some(' ' | '\n'), ' ') | (Some('\n'), '\n') => {}
            (Some(' '), '\n') => {
                out.pop();
                out.push('\n');
            }
            _ => out.push(c),
        }
    }
    out
}
