//! From the rows of a table to drafts.

use super::cell::{Cell, Value, percent, plain};
use super::encoding::{is_garbled, is_old_font};
use super::header::{Field, fold, is_sample, missing};
use super::problem::{ColumnPlace, ImportProblem, Place, Reason};
use super::statements;
use super::table::{MOST_COLUMNS, Row, Table, letter};
use super::{Imported, ImportedRow, MOST_PIECES, Options, Refused, too_many};

/// Rows among which the headers are looked for: titles and notes may stand above them.
const HEAD_ROWS: usize = 30;
/// Headers that make a row the one with the headers.
const ENOUGH: usize = 3;

/// The row with the headers, and how many of them are known.
pub(super) fn heads(rows: &[Row], options: &Options) -> Option<(usize, usize)> {
    let known = |row: &Row| {
        let sure = |cell: &&Cell| match &cell.value {
            Value::Text(text) => field(text, options).is_some_and(|field| field.is_sure()),
            Value::Empty
            | Value::Number(_)
            | Value::Percent(_)
            | Value::Truth(_)
            | Value::Day(_)
            | Value::Duration
            | Value::Error => false,
        };
        row.cells.iter().filter(sure).count()
    };
    let rows = rows.iter().take(HEAD_ROWS).map(known).enumerate();
    // Of rows that are equally good the first one.
    rows.filter(|(_, known)| *known >= ENOUGH)
        .max_by_key(|(place, known)| (*known, std::cmp::Reverse(*place)))
}

fn field(header: &str, options: &Options) -> Option<Field> {
    let folded = fold(header);
    let mapped = options.columns.iter().find(|(it, _)| fold(it) == folded);
    match mapped {
        Some((_, name)) => Field::of_name(name),
        None => Field::of_header(header),
    }
}

impl Table {
    /// The table below the headers in row `head` of `rows`.
    pub(super) fn under(rows: &[Row], head: usize) -> Self {
        let header = |cell: &Cell| match &cell.value {
            // A header may be broken into lines.
            Value::Text(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
            Value::Number(number) => plain(*number),
            Value::Empty
            | Value::Percent(_)
            | Value::Truth(_)
            | Value::Day(_)
            | Value::Duration
            | Value::Error => String::new(),
        };
        let mut headers: Vec<String> = rows
            .get(head)
            .map(|row| row.cells.iter().map(header).collect())
            .unwrap_or_default();
        while headers.last().is_some_and(String::is_empty) {
            headers.pop();
        }
        let columns = headers.into_iter().enumerate().map(|(column, header)| {
            let letter = Some(letter(column));
            ColumnPlace { letter, header }
        });
        Self {
            columns: columns.collect(),
            rows: rows
                .iter()
                .skip(head + 1)
                .filter(|row| !row.is_blank())
                .cloned()
                .collect(),
            ..Self::default()
        }
    }
}

/// Reads the pieces of a table.
pub(super) fn read(table: Table, options: &Options) -> Result<Imported, Refused> {
    let Table {
        columns,
        rows,
        warnings,
        mut problems,
        mut spoilt,
    } = table;
    for (number, reason) in beyond(&rows, columns.len()) {
        problems.push(ImportProblem::at_row(number, reason));
        spoilt.push(number..=number);
    }
    let mut reading = Reading {
        warnings,
        problems,
        row: 0,
        missing: Vec::new(),
    };
    if columns.len() > MOST_COLUMNS {
        reading.refuse(None, Reason::TooManyColumns);
    }
    let fields = reading.fields(&columns, &rows, options);
    let mut pieces = Vec::with_capacity(rows.len());
    for row in &rows {
        reading.row = row.number;
        let piece = reading.piece(row, &columns, &fields);
        if is_sample(&piece.draft.title) {
            let title = piece.columns.get(&Field::Title.name());
            reading.refuse(title, Reason::SampleRow);
        } else {
            pieces.push(piece);
        }
    }
    reading.problems.extend(too_many(pieces.len()));
    if reading.problems.is_empty() {
        Ok(Imported {
            rows: pieces,
            warnings: reading.warnings,
        })
    } else {
        let sound = |it: &ImportedRow| spoilt.iter().all(|rows| !rows.contains(&it.row));
        pieces.retain(sound);
        pieces.truncate(MOST_PIECES);
        Err(Refused {
            problems: reading.problems,
            rows: pieces,
        })
    }
}

/// Rows in which something stands to the right of the last header, where nobody can tell what
/// it means.
fn beyond(rows: &[Row], headers: usize) -> impl Iterator<Item = (u32, Reason)> {
    rows.iter().filter_map(move |row| {
        let last = row.cells.iter().rposition(|cell| !cell.is_blank())?;
        let found = last + 1;
        (found > headers).then_some((row.number, Reason::TooManyCells { found, headers }))
    })
}

struct Reading {
    warnings: Vec<ImportProblem>,
    problems: Vec<ImportProblem>,
    /// The row that is read; 0 before the first.
    row: u32,
    /// Fields that every piece needs and that have no column.
    missing: Vec<Field>,
}

impl Reading {
    fn place(&self, column: Option<&ColumnPlace>) -> Place {
        Place {
            row: (self.row > 0).then_some(self.row),
            column: column.cloned(),
        }
    }

    fn refuse(&mut self, column: Option<&ColumnPlace>, reason: Reason) {
        let place = self.place(column);
        self.problems.push(ImportProblem { place, reason });
    }

    fn warn(&mut self, column: &ColumnPlace, reason: Reason) {
        let place = self.place(Some(column));
        self.warnings.push(ImportProblem { place, reason });
    }

    /// What each column holds; `None` for one that is left out because nothing is in it.
    fn fields(
        &mut self,
        columns: &[ColumnPlace],
        rows: &[Row],
        options: &Options,
    ) -> Vec<Option<Field>> {
        for (header, name) in &options.columns {
            let folded = fold(header);
            if columns.iter().all(|it| fold(&it.header) != folded) {
                let header = header.clone();
                let column = ColumnPlace {
                    letter: None,
                    header,
                };
                self.refuse(Some(&column), Reason::NoSuchHeader);
            }
            if Field::of_name(name).is_none() {
                let header = name.clone();
                let column = ColumnPlace {
                    letter: None,
                    header,
                };
                self.refuse(Some(&column), Reason::NoSuchField);
            }
        }
        let mut fields: Vec<Option<Field>> = Vec::with_capacity(columns.len());
        for (index, column) in columns.iter().enumerate() {
            let filled = rows
                .iter()
                .any(|row| row.cells.get(index).is_some_and(|cell| !cell.is_blank()));
            let found = if column.header.is_empty() {
                None
            } else {
                field(&column.header, options)
            };
            let again = found.is_some() && fields.contains(&found);
            if again {
                self.refuse(Some(column), Reason::ColumnAgain);
            }
            if found.is_none() && filled && !is_row_number(&column.header) {
                self.refuse(Some(column), Reason::UnknownColumn);
            }
            fields.push(found.filter(|_| !again));
        }
        for (field, header) in missing(&fields, options.hashes_elsewhere) {
            self.refuse(None, Reason::NoColumn { header });
            self.missing.push(field);
        }
        fields
    }

    fn piece(
        &mut self,
        row: &Row,
        columns: &[ColumnPlace],
        fields: &[Option<Field>],
    ) -> ImportedRow {
        let mut piece = ImportedRow::begin(row.number);
        piece.unread = self.missing.iter().map(Field::name).collect();
        for ((cell, column), field) in row.cells.iter().zip(columns).zip(fields) {
            let Some(field) = field else { continue };
            piece.columns.insert(field.name(), column.clone());
            if let Some(text) = self.text(cell, column, field) {
                self.put(&mut piece, field, column, &text);
            } else if !cell.is_blank() {
                piece.unread.insert(field.name());
            }
        }
        piece
    }

    /// What a cell says, as a text.
    fn text(&mut self, cell: &Cell, column: &ColumnPlace, field: &Field) -> Option<String> {
        if cell.formula {
            if cell.value == Value::Empty {
                self.refuse(Some(column), Reason::NoValue);
                return None;
            }
            self.warn(column, Reason::Formula);
        }
        let is_date = matches!(
            field,
            Field::IssuedOn | Field::ValidFrom | Field::ValidTo | Field::ComparedOn
        );
        let refused = match &cell.value {
            Value::Empty => return None,
            Value::Text(text) if is_garbled(text) => Reason::Garbled,
            Value::Text(text) if is_old_font(text) => Reason::OldFont,
            Value::Text(text) => return Some(text.clone()),
            Value::Day(day) if is_date => return Some(day.to_string()),
            Value::Day(_) => Reason::DateForText,
            Value::Number(_) | Value::Percent(_) if is_date => Reason::NumberForDate,
            Value::Number(number) if matches!(field, Field::Codes | Field::Repeals) => {
                return Some(self.code(*number, column));
            }
            Value::Number(number)
                if matches!(field, Field::Statement(_))
                    && (0.0..1.0).contains(&number.abs())
                    && *number != 0.0 =>
            {
                Reason::Fraction
            }
            Value::Number(number) => return Some(plain(*number)),
            Value::Percent(share) => return Some(percent(*share)),
            Value::Truth(true) => return Some("true".to_owned()),
            Value::Truth(false) => return Some("false".to_owned()),
            Value::Duration => Reason::Duration,
            Value::Error => Reason::CellError,
        };
        self.refuse(Some(column), refused);
        None
    }

    /// A code that became a number and lost its zeros at the end: the part behind the point
    /// has six digits, but for one code of seven.
    fn code(&mut self, number: f64, column: &ColumnPlace) -> String {
        let text = plain(number);
        let padded = match text.split_once('.') {
            Some((kind, digits)) => format!("{kind}.{digits:0<6}"),
            None => format!("{text}.000000"),
        };
        let code = padded.clone();
        self.warn(column, Reason::PaddedCode { code });
        padded
    }

    fn put(&mut self, piece: &mut ImportedRow, field: &Field, column: &ColumnPlace, text: &str) {
        let draft = &mut piece.draft;
        let one = text.to_owned();
        match field {
            Field::Class => draft.class = one,
            Field::Services => draft.services = services(text),
            Field::Codes => draft.codes = list(text),
            Field::Units => draft.units = list(text),
            Field::Symbol => draft.symbol = one,
            Field::Title => draft.title = one,
            Field::Issuer => draft.issuer = one,
            Field::IssuerCode => draft.issuer_code = one,
            Field::Signer => draft.signer = one,
            Field::IssuedOn => draft.issued_on = one,
            Field::ValidFrom => draft.valid_from = one,
            Field::ValidTo => draft.valid_to = one,
            Field::Supersedes => draft.supersedes = references(text),
            Field::Repeals => draft.repeals = list(text),
            Field::Sha256 => draft.sha256 = one,
            Field::Address => draft.address = one,
            Field::ComparedOn => draft.compared_on = one,
            Field::ComparedBy => draft.compared_by = one,
            Field::File => piece.file = Some(one),
            Field::Statements => {
                for reason in statements::read(text, &mut draft.statements) {
                    self.refuse(Some(column), reason);
                }
            }
            Field::Statement(name) => {
                if draft.statements.insert(name.clone(), one).is_some() {
                    let name = name.clone();
                    self.refuse(Some(column), Reason::StatementAgain { name });
                }
            }
        }
    }
}

/// A column that counts the rows.
fn is_row_number(header: &str) -> bool {
    ["stt", "tt", "no"].contains(&&*fold(header))
}

/// The entries of a cell.
pub(super) fn list(text: &str) -> Vec<String> {
    let entries = text.split([';', ',', '\n']).map(str::trim);
    entries
        .filter(|entry| !entry.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Numbers of services; `9-11` and `9–11` are three of them.
pub(super) fn services(text: &str) -> Vec<String> {
    let mut numbers = Vec::new();
    for entry in list(text) {
        let ends = entry.split_once(['-', '–']).and_then(|(first, last)| {
            let number = |text: &str| text.trim().parse::<u16>().ok();
            Some((number(first)?, number(last)?))
        });
        match ends {
            Some((first, last)) if first < last && last - first < 100 => {
                numbers.extend((first..=last).map(|number| number.to_string()));
            }
            Some(_) | None => numbers.push(entry),
        }
    }
    numbers
}

/// What a piece takes the place of: ids, symbols, or `dòng 5` for an earlier row.
fn references(text: &str) -> Vec<String> {
    let row = |entry: String| {
        let folded = fold(&entry);
        let number = ["dong ", "hang ", "row "]
            .iter()
            .find_map(|word| folded.strip_prefix(word))
            .and_then(|number| number.parse::<u32>().ok());
        number.map_or(entry, |number| format!("row-{number}"))
    };
    list(text).into_iter().map(row).collect()
}
