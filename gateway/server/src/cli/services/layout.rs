//! Tables whose texts are broken into lines.
//!
//! What a reader would get wrong: a name of a service is longer than a terminal is wide, and
//! two names begin alike. So nothing is cut off: a long text goes on in the next line.

use std::fmt;

use super::super::words::{clean, width};

/// How a column is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// As wide as its widest cell.
    Narrow,
    /// The same, set to the right.
    Number,
    /// Broken at words behind so many columns.
    Prose(usize),
}

/// Rows under a head.
#[derive(Debug)]
pub(super) struct Sheet {
    columns: Vec<(Column, String)>,
    rows: Vec<Vec<Vec<String>>>,
}

impl Sheet {
    /// A sheet with these columns.
    pub(super) fn new<const N: usize>(columns: [(Column, &str); N]) -> Self {
        Self {
            columns: columns
                .into_iter()
                .map(|(column, head)| (column, head.to_owned()))
                .collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row; it has as many cells as the head.
    pub(super) fn row<const N: usize>(&mut self, cells: &[String; N]) {
        let laid_out = cells.iter().zip(&self.columns).map(|(cell, (column, _))| {
            let cell = clean(cell);
            match column {
                Column::Narrow | Column::Number => vec![cell],
                Column::Prose(columns) => wrap(&cell, *columns),
            }
        });
        let row = laid_out.collect();
        self.rows.push(row);
    }

    fn widths(&self) -> Vec<usize> {
        let widest = |index: usize| {
            let cells = self.rows.iter().filter_map(move |row| row.get(index));
            cells.flatten().map(|line| width(line)).max().unwrap_or(0)
        };
        let heads = self.columns.iter().enumerate();
        heads
            .map(|(index, (_, head))| width(head).max(widest(index)))
            .collect()
    }
}

impl fmt::Display for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        let heads: Vec<Vec<String>> = self
            .columns
            .iter()
            .map(|(_, head)| vec![head.clone()])
            .collect();
        for (number, row) in std::iter::once(&heads).chain(&self.rows).enumerate() {
            let height = row.iter().map(Vec::len).max().unwrap_or(1).max(1);
            for at in 0..height {
                if number > 0 || at > 0 {
                    f.write_str("\n")?;
                }
                let mut line = String::new();
                for ((cell, wide), (column, _)) in row.iter().zip(&widths).zip(&self.columns) {
                    let text = cell.get(at).map_or("", String::as_str);
                    let padding = " ".repeat(wide.saturating_sub(width(text)));
                    let (before, behind) = match column {
                        Column::Number => (padding.as_str(), ""),
                        Column::Narrow | Column::Prose(_) => ("", padding.as_str()),
                    };
                    line.push_str(before);
                    line.push_str(text);
                    line.push_str(behind);
                    line.push_str("  ");
                }
                f.write_str(line.trim_end())?;
            }
        }
        Ok(())
    }
}

/// `text` in lines of at most `columns`, broken at words; a longer word stands alone.
pub(super) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let more = usize::from(!line.is_empty());
        if !line.is_empty() && width(&line) + more + width(word) > columns {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// `text` in lines, each behind so many blanks.
pub(super) fn indented(text: &str, blanks: usize, columns: usize) -> String {
    let margin = " ".repeat(blanks);
    let lines = wrap(&clean(text), columns.saturating_sub(blanks));
    let lines: Vec<String> = lines.iter().map(|line| format!("{margin}{line}")).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_goes_on_in_the_next_line_and_loses_nothing() {
        let mut sheet = Sheet::new([
            (Column::Number, "số"),
            (Column::Prose(16), "dịch vụ"),
            (Column::Narrow, "mã"),
        ]);
        sheet.row(&["9".into(), "Đăng ký khai sinh".into(), "1.001193".into()]);
        sheet.row(&["10".into(), "Đăng ký khai tử".into(), "1.000656".into()]);
        let lines: Vec<String> = sheet.to_string().lines().map(str::to_owned).collect();
        assert_eq!(
            lines,
            [
                "số  dịch vụ          mã",
                " 9  Đăng ký khai     1.001193",
                "    sinh",
                "10  Đăng ký khai tử  1.000656",
            ]
        );
    }

    #[test]
    fn nothing_is_one_empty_line_and_a_long_word_stands_alone() {
        assert_eq!(wrap("", 10), [""]);
        assert_eq!(wrap("a bcdefghijkl m", 5), ["a", "bcdefghijkl", "m"]);
    }

    #[test]
    fn what_would_steer_a_terminal_is_taken_out() {
        let mut sheet = Sheet::new([(Column::Prose(40), "x")]);
        sheet.row(&["a\u{1b}[2Jb\u{202e}c".into()]);
        assert_eq!(sheet.to_string(), "x\na [2Jb c");
    }
}
