//! How wide and how high cells are.
//!
//! What a reader would get wrong: a row without a height is not as high as its text. Excel
//! measures such a row when it opens the file, `LibreOffice` shows one line of it; so each
//! row is measured here, by the widths of the letters of the font, a little too high rather
//! than too low.

use lienthong_core::report::Language;

use crate::reports::content::{Column, Kind, Section};
use crate::reports::typography;

/// Height of a line, in points.
const LINE: f64 = 11.0;
/// Lines of the highest row that a spreadsheet has (409 points).
const MOST_LINES: u16 = 36;
/// Characters of the longest text of a cell.
const LONGEST_TEXT: usize = 32_767;
/// Room in one unit of a column's width for a text of the usual size, in thousandths of that
/// size: a unit is 7 of 96 parts of an inch, the size 9 of 72, and a thirtieth is kept back.
const UNIT: u32 = 564;
/// A word that is longer is broken, in thousandths of the size.
const LONGEST_WORD: u32 = 26 * UNIT;

/// Widths of the columns in units: as their kind usually needs, enough for the longest word
/// of the head and of the cells, and for the whole of a code.
pub(super) fn widths(section: &Section, language: Language) -> Vec<u16> {
    let columns = section.columns.iter();
    columns
        .map(|column| {
            let cells = section.rows.iter().filter_map(|row| row.get(&column.name));
            let (mut text, mut word) = (0, 0);
            for cell in cells {
                let shown = typography::cell(cell, language);
                text = text.max(length(&shown));
                word = word.max(longest_word(&shown));
            }
            width(column, text, word)
        })
        .collect()
}

fn width(column: &Column, text: u32, word: u32) -> u16 {
    let (usual, most) = match column.kind {
        Kind::Code => (6, 22),
        Kind::Number => (8, 10),
        Kind::Moment => (11, 17),
        Kind::Text => (10, 20),
        Kind::Prose => (14, 34),
    };
    let head = bold(longest_word(&column.heading));
    let longest = units(word.min(LONGEST_WORD).max(head));
    units(text).clamp(usual, most).max(longest)
}

/// A length in units of a column's width, with the lines at its sides.
fn units(length: u32) -> u16 {
    u16::try_from(length.div_ceil(UNIT) + 1).unwrap_or(u16::MAX)
}

/// Bold letters are wider.
fn bold(length: u32) -> u32 {
    length + length / 10
}

fn longest_word(text: &str) -> u32 {
    text.split_whitespace().map(length).max().unwrap_or(0)
}

/// Height in points of a row of texts, each with the width of its column.
pub(super) fn height<'a>(texts: impl Iterator<Item = (&'a str, u16)>) -> f64 {
    let lines = texts.map(|(text, width)| lines(text, width, length)).max();
    of_lines(lines.unwrap_or(1))
}

/// The same of the head of a table.
pub(super) fn head_height<'a>(texts: impl Iterator<Item = (&'a str, u16)>) -> f64 {
    let wide = |text: &str| bold(length(text));
    let lines = texts.map(|(text, width)| lines(text, width, wide)).max();
    of_lines(lines.unwrap_or(1))
}

fn of_lines(lines: u16) -> f64 {
    LINE * f64::from(lines.clamp(1, MOST_LINES)) + 3.0
}

/// Lines that a text takes in a column of this width.
fn lines(text: &str, width: u16, length: impl Fn(&str) -> u32) -> u16 {
    // At least one letter stands in a line.
    let room = (u32::from(width) * UNIT).saturating_sub(UNIT / 2).max(UNIT);
    let space = length(" ");
    let mut lines: u16 = 0;
    for paragraph in text.split('\n') {
        let mut taken = 0;
        lines = lines.saturating_add(1);
        for word in paragraph.split(' ') {
            let word = length(word);
            let together = if taken > 0 {
                taken + space + word
            } else {
                word
            };
            if taken > 0 && together > room {
                lines = lines.saturating_add(1);
                taken = word;
            } else {
                taken = together;
            }
            // A word that is longer than the column is broken.
            while taken > room {
                lines = lines.saturating_add(1);
                taken -= room;
            }
        }
    }
    lines
}

/// Length of a text in thousandths of its size.
fn length(text: &str) -> u32 {
    text.chars().map(letter).fold(0, u32::saturating_add)
}

/// Width of a letter of Arial, and of the fonts that have its measures.
fn letter(letter: char) -> u32 {
    match letter {
        'i' | 'j' | 'l' | '\'' | 'ì' | 'í' | 'ỉ' | 'ĩ' | 'ị' => 222,
        ' ' | '\u{a0}' | 'f' | 't' | 'I' | '.' | ',' | ':' | ';' | '/' | '\\' | '!' | '|' | 'Ì'
        | 'Í' | 'Ỉ' | 'Ĩ' | 'Ị' => 278,
        'r' | '-' | '(' | ')' | '[' | ']' | '\u{201c}' | '\u{201d}' => 333,
        'c' | 'k' | 's' | 'v' | 'x' | 'y' | 'z' | 'J' | 'ỳ' | 'ý' | 'ỷ' | 'ỹ' | 'ỵ' => 500,
        'w' | 'C' | 'D' | 'H' | 'N' | 'R' | 'U' => 722,
        'G' | 'O' | 'Q' => 778,
        'm' | 'M' => 833,
        '%' => 889,
        'W' => 944,
        '@' | '\u{2026}' | '\u{2014}' => 1_015,
        'a'..='z' | '0'..='9' | 'L' | '\u{2013}' => 556,
        'A'..='Z' => 667,
        'ư' | 'ừ' | 'ứ' | 'ử' | 'ữ' | 'ự' | 'ơ' | 'ờ' | 'ớ' | 'ở' | 'ỡ' | 'ợ' => {
            640
        }
        other if other.is_uppercase() => 800,
        other if other.is_ascii() || (other.is_alphabetic() && other < '\u{2000}') => 584,
        // Letters as wide as their size, such as those of East Asia.
        _ => 1_000,
    }
}

/// As much of a text as a cell holds.
pub(super) fn within(text: &str) -> &str {
    match text.char_indices().nth(LONGEST_TEXT) {
        Some((end, _)) => text.get(..end).unwrap_or_default(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::{LINE, LONGEST_TEXT, height, length, lines, units, within};

    #[test]
    fn a_text_takes_the_lines_that_its_words_need() {
        for (text, width, wanted) in [
            ("", 10, 1),
            ("Bộ Công an", 20, 1),
            ("Bộ Công an", 8, 2),
            ("một\nhai", 20, 2),
            ("aaaaaaaaaaaaaaaaaaaa", 12, 2),
            ("a", 0, 1),
            // Narrow letters need less room than wide ones.
            ("iiiiiiiiiiiiiiiiiiii", 10, 1),
            ("WWWWWWWWWWWWWWWWWWWW", 18, 2),
        ] {
            assert_eq!(lines(text, width, length), wanted, "{text:?} in {width}");
        }
    }

    #[test]
    fn numbers_of_dossiers_stand_one_in_a_line() {
        let number = "H60.201-251210-04722,";
        let width = units(length(number));
        let five = [number; 5].join(" ");
        assert_eq!(lines(&five, width, length), 5);
    }

    #[test]
    fn a_row_is_as_high_as_its_highest_cell_and_as_a_spreadsheet_allows() {
        let low = height([("a", 10), ("a b c", 1)].into_iter());
        assert!((low - 3.0 * LINE - 3.0).abs() < f64::EPSILON, "{low}");
        let long = "từ ".repeat(10_000);
        assert!(height(std::iter::once((long.as_str(), 5))) <= 409.0);
    }

    #[test]
    fn a_text_is_cut_where_a_cell_ends() {
        let long = "ữ".repeat(LONGEST_TEXT + 1);
        assert_eq!(within(&long).chars().count(), LONGEST_TEXT);
        assert_eq!(within("ngắn"), "ngắn");
    }
}
