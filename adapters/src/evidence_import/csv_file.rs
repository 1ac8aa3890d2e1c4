//! CSV as spreadsheet programs write it: with semicolons where the comma is the decimal sign.

use super::Options;
use super::cell::{Cell, Value};
use super::encoding::decode;
use super::problem::{ImportProblem, Reason};
use super::rows::heads;
use super::table::{MOST_COLUMNS, Row, Table};

/// What may stand between cells.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];
/// Most rows that are looked at; more than a call records, so that their number is told.
const MOST_ROWS: usize = 20_000;

/// Reads a CSV file.
pub(super) fn read(bytes: &[u8], options: &Options) -> Result<Table, Vec<ImportProblem>> {
    let text = decode(bytes)?;
    if text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1 {
        return Err(vec![ImportProblem::of_file(Reason::OpenQuote)]);
    }
    let all: Vec<Vec<Row>> = DELIMITERS.iter().map(|it| split(&text, *it)).collect();
    // The sign that gives most headers is the one: another leaves them in one cell.
    let headed = all
        .into_iter()
        .filter_map(|rows| heads(&rows, options).map(|(head, known)| (known, head, rows)))
        .max_by_key(|(known, ..)| *known);
    let Some((_, head, rows)) = headed else {
        return Err(vec![ImportProblem::of_file(Reason::NoHeaders)]);
    };
    let mut table = Table::under(&rows, head);
    let headers = table.columns.len();
    for row in &table.rows {
        let filled = row
            .cells
            .iter()
            .rposition(|cell| cell.value != Value::Empty);
        let found = filled.map_or(0, |last| last + 1);
        if found > headers {
            let reason = Reason::TooManyCells { found, headers };
            table
                .problems
                .push(ImportProblem::at_row(row.number, reason));
        }
    }
    Ok(table)
}

fn split(text: &str, delimiter: u8) -> Vec<Row> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let records = reader.records().take(MOST_ROWS).filter_map(Result::ok);
    let mut lines = Lines {
        text: text.as_bytes(),
        at: 0,
        line: 1,
    };
    records
        .map(|record| Row {
            number: lines.of(record.position().map_or(0, csv::Position::byte)),
            cells: record
                .iter()
                .take(MOST_COLUMNS + 1)
                .map(Cell::text)
                .collect(),
        })
        .collect()
}

/// Counts the lines of a text. The reader's own count stands one line too early where lines
/// end with two characters, and before blank lines.
struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    line: u32,
}

impl Lines<'_> {
    /// The line of the record that begins at this byte or behind the line ends that follow.
    fn of(&mut self, byte: u64) -> u32 {
        let begin = usize::try_from(byte).unwrap_or(self.text.len());
        let ends = self.text.get(begin..).unwrap_or_default().iter();
        let ends = ends.take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let begin = begin + ends.count();
        let passed = self.text.get(self.at..begin).unwrap_or_default();
        let passed = passed.split(|byte| *byte == b'\n').skip(1).count();
        self.line = self
            .line
            .saturating_add(u32::try_from(passed).unwrap_or(u32::MAX));
        self.at = begin.max(self.at);
        self.line
    }
}
