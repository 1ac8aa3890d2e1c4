//! A sheet or a CSV file as rows of cells.

use std::ops::RangeInclusive;

use super::cell::Cell;
use super::problem::{ColumnPlace, ImportProblem};

/// Most columns that are read.
pub(super) const MOST_COLUMNS: usize = 200;

/// A table whose headers are found.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// The columns with their headers, from the first on; a column without a header has an
    /// empty one.
    pub(super) columns: Vec<ColumnPlace>,
    /// Rows below the headers that are not blank.
    pub(super) rows: Vec<Row>,
    /// What is worth another look.
    pub(super) warnings: Vec<ImportProblem>,
    /// What keeps the table from being used.
    pub(super) problems: Vec<ImportProblem>,
    /// Rows in which values do not stand where they belong, as `problems` tell: nothing more
    /// is looked for in them.
    pub(super) spoilt: Vec<RangeInclusive<u32>>,
}

/// A row.
#[derive(Debug, Default, Clone)]
pub(super) struct Row {
    /// Row of the sheet or line of the file, from 1.
    pub(super) number: u32,
    /// Its cells, from the first column on.
    pub(super) cells: Vec<Cell>,
}

impl Row {
    /// Whether there is nothing in it.
    pub(super) fn is_blank(&self) -> bool {
        self.cells.iter().all(Cell::is_blank)
    }
}

/// The letter of a column, from 0: `A`, `B`, … `Z`, `AA`.
pub(super) fn letter(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::letter;

    #[test]
    fn columns_have_the_letters_of_spreadsheets() {
        let letters: Vec<String> = [0, 1, 25, 26, 27, 51, 52, 701, 702]
            .into_iter()
            .map(letter)
            .collect();
        assert_eq!(
            letters,
            ["A", "B", "Z", "AA", "AB", "AZ", "BA", "ZZ", "AAA"]
        );
    }
}
