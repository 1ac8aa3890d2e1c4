//! Plain tables for a terminal.
//!
//! What a reader would get wrong: a cell may hold what an upstream wrote, so everything is
//! cleaned here of what would steer a terminal.

use std::fmt;

use super::words::{clean, width};

/// Rows under a head, aligned; numbers to the right.
#[derive(Debug, Default)]
pub(super) struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns.
    pub(super) fn new<const N: usize>(head: [&str; N]) -> Self {
        Self {
            head: head.map(str::to_owned).to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row; it has as many cells as the head.
    pub(super) fn row<const N: usize>(&mut self, cells: &[String; N]) {
        self.rows
            .push(cells.iter().map(|cell| clean(cell)).collect());
    }

    /// Adds a column behind the others, with a cell for each row.
    pub(super) fn column(&mut self, head: &str, cells: impl Iterator<Item = String>) {
        self.head.push(head.to_owned());
        for (row, cell) in self.rows.iter_mut().zip(cells) {
            row.push(clean(&cell));
        }
    }

    /// Whether there is nothing under the head.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn widths(&self) -> Vec<usize> {
        let column = |index: usize| {
            let cells = self.rows.iter().filter_map(move |row| row.get(index));
            cells.map(|cell| width(cell)).max().unwrap_or(0)
        };
        let heads = self.head.iter().enumerate();
        heads
            .map(|(index, head)| width(head).max(column(index)))
            .collect()
    }

    fn is_numeric(&self, index: usize) -> bool {
        let mut cells = self.rows.iter().filter_map(|row| row.get(index));
        let number = |cell: &String| {
            cell == "-" || (!cell.is_empty() && cell.bytes().all(|b| b.is_ascii_digit()))
        };
        !self.rows.is_empty() && cells.all(number)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        let numeric: Vec<bool> = (0..widths.len()).map(|i| self.is_numeric(i)).collect();
        for (number, row) in std::iter::once(&self.head).chain(&self.rows).enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            let mut line = String::new();
            for ((cell, wide), numeric) in row.iter().zip(&widths).zip(&numeric) {
                let padding = " ".repeat(wide.saturating_sub(width(cell)));
                if *numeric {
                    line.push_str(&padding);
                    line.push_str(cell);
                } else {
                    line.push_str(cell);
                    line.push_str(&padding);
                }
                line.push_str("  ");
            }
            f.write_str(line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn columns_are_aligned_by_what_is_seen_and_numbers_stand_right() {
        let mut table = Table::new(["mã hồ sơ", "lần", "trạng thái"]);
        table.row(&["H99.12-1".to_owned(), "7".to_owned(), "đã nhận".to_owned()]);
        table.row(&["x".to_owned(), "120".to_owned(), "chờ".to_owned()]);
        let lines: Vec<String> = table.to_string().lines().map(str::to_owned).collect();
        assert_eq!(
            lines,
            [
                "mã hồ sơ  lần  trạng thái",
                "H99.12-1    7  đã nhận",
                "x         120  chờ",
            ]
        );
    }

    #[test]
    fn what_would_steer_a_terminal_is_taken_out() {
        let mut table = Table::new(["text"]);
        table.row(&["a\u{1b}[2Jb\nc\u{202e}d".to_owned()]);
        assert_eq!(table.to_string(), "text\na [2Jb c d");
    }
}
