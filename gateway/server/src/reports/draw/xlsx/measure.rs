//! How wide and how high cells are.
//!
//! What a reader would get wrong: a row without a height is not as high as its text. Excel
//! measures such a row when it opens the file, `LibreOffice` shows one line of it; so each
//! row is measured here, a little too high rather than too low.

use lienthong_core::report::Language;

use crate::reports::content::{Column, Kind, Section};
use crate::reports::typography;

/// Height of a line, in points.
const LINE: f64 = 12.0;
/// Lines of the highest row that a spreadsheet has (409 points).
const MOST_LINES: u16 = 33;
/// Characters of the longest text of a cell.
const LONGEST_TEXT: usize = 32_767;

/// Widths of the columns in characters: as their kind usually needs, enough for the longest
/// word of the head, and for the whole of a code.
pub(super) fn widths(section: &Section, language: Language) -> Vec<f64> {
    let columns = section.columns.iter();
    columns
        .map(|column| {
            let cells = section.rows.iter().filter_map(|row| row.get(&column.name));
            let texts = cells.map(|cell| typography::cell(cell, language).chars().count() + 1);
            let width = width(column, texts.max().unwrap_or(0));
            f64::from(u8::try_from(width).unwrap_or(u8::MAX))
        })
        .collect()
}

fn width(column: &Column, longest: usize) -> usize {
    let (usual, most) = match column.kind {
        Kind::Code => (6, 22),
        Kind::Number => (8, 10),
        Kind::Moment => (11, 17),
        Kind::Text => (10, 18),
        Kind::Prose => (14, 34),
    };
    let words = column.heading.split_whitespace();
    // Bold letters are wider.
    let head = words.map(|word| word.chars().count() + 2).max();
    longest.clamp(usual, most).max(head.unwrap_or(0).min(40))
}

/// Height in points of a row of texts, each with the width of its column.
pub(super) fn height<'a>(texts: impl Iterator<Item = (&'a str, f64)>) -> f64 {
    let lines = texts.map(|(text, width)| lines(text, width)).max();
    LINE * f64::from(lines.unwrap_or(1).clamp(1, MOST_LINES)) + 3.0
}

/// Lines that a text takes in a column of this width.
fn lines(text: &str, width: f64) -> u16 {
    let room = room(width);
    let mut lines: u16 = 0;
    for paragraph in text.split('\n') {
        let mut taken = 0;
        lines = lines.saturating_add(1);
        for word in paragraph.split(' ') {
            let word = word.chars().count();
            let together = taken + usize::from(taken > 0) + word;
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

/// Characters that fit in a column; at least one. Its width is in digits of the usual size, and
/// cells are written smaller.
fn room(width: f64) -> usize {
    let digits = format!("{:.0}", (width * 1.12).floor().max(1.0));
    digits.parse().unwrap_or(1)
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
    use super::{LONGEST_TEXT, height, lines, within};

    #[test]
    fn a_text_takes_the_lines_that_its_words_need() {
        for (text, width, wanted) in [
            ("", 10.0, 1),
            ("Bộ Công an", 20.0, 1),
            ("Bộ Công an", 8.0, 2),
            ("một\nhai", 20.0, 2),
            ("aaaaaaaaaaaaaaaaaaaa", 10.0, 2),
            ("a", 0.1, 1),
        ] {
            assert_eq!(lines(text, width), wanted, "{text:?} in {width}");
        }
    }

    #[test]
    fn a_row_is_as_high_as_its_highest_cell_and_as_a_spreadsheet_allows() {
        let low = height([("a", 10.0), ("a b c", 1.0)].into_iter());
        assert!((low - 39.0).abs() < f64::EPSILON, "{low}");
        let long = "từ ".repeat(10_000);
        assert!(height(std::iter::once((long.as_str(), 5.0))) <= 409.0);
    }

    #[test]
    fn a_text_is_cut_where_a_cell_ends() {
        let long = "ữ".repeat(LONGEST_TEXT + 1);
        assert_eq!(within(&long).chars().count(), LONGEST_TEXT);
        assert_eq!(within("ngắn"), "ngắn");
    }
}
