//! CSV as spreadsheet programs write it: with semicolons where the comma is the decimal sign.

use super::Options;
use super::cell::Cell;
use super::encoding::decode;
use super::problem::{ImportProblem, Reason};
use super::rows::heads;
use super::table::{MOST_COLUMNS, Row, Table};

/// What may stand between cells.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];
/// Most rows that are looked at, blank ones among them; more than a call records, so that
/// their number is told.
const MOST_ROWS: usize = 20_000;

/// Reads a CSV file.
pub(super) fn read(bytes: &[u8], options: &Options) -> Result<Table, Vec<ImportProblem>> {
    let text = decode(bytes)?;
    if text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1 {
        return Err(vec![ImportProblem::of_file(Reason::OpenQuote)]);
    }
    let all: Vec<Lines> = DELIMITERS.iter().map(|it| split(&text, *it)).collect();
    // The sign that gives most headers is the one: another leaves them in one cell.
    let headed = all
        .into_iter()
        .filter_map(|it| heads(&it.rows, options).map(|(head, known)| (known, head, it)))
        .max_by_key(|(known, ..)| *known);
    let Some((_, head, Lines { rows, problems })) = headed else {
        return Err(vec![ImportProblem::of_file(Reason::NoHeaders)]);
    };
    let mut table = Table::under(&rows, head);
    table.problems = problems;
    Ok(table)
}

/// The rows of a text, and what could not be read of it.
struct Lines {
    rows: Vec<Row>,
    problems: Vec<ImportProblem>,
}

fn split(text: &str, delimiter: u8) -> Lines {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut counter = Counter {
        text: text.as_bytes(),
        at: 0,
        line: 1,
    };
    let mut lines = Lines {
        rows: Vec::new(),
        problems: Vec::new(),
    };
    for record in reader.records() {
        let place = match &record {
            Ok(record) => record.position(),
            Err(error) => error.position(),
        };
        let number = counter.of(place.map_or(0, csv::Position::byte));
        let reason = match record {
            Ok(_) if lines.rows.len() == MOST_ROWS => Reason::TooManyLines,
            Ok(record) => {
                let cells = record.iter().take(MOST_COLUMNS + 1);
                let cells = cells.map(Cell::text).collect();
                lines.rows.push(Row { number, cells });
                continue;
            }
            Err(_) => Reason::BrokenLine,
        };
        lines.problems.push(ImportProblem::at_row(number, reason));
        // The rest is not looked at, which is told.
        break;
    }
    lines
}

/// Counts the lines of a text. The reader's own count stands one line too early where lines
/// end with two characters, and before blank lines.
struct Counter<'t> {
    text: &'t [u8],
    at: usize,
    line: u32,
}

impl Counter<'_> {
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
