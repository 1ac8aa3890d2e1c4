//! Workbooks.
//!
//! What a reader would get wrong: a workbook is a packed archive, and a small one may unpack
//! to more than there is memory, or name a cell a million rows down, or one long text in each
//! of a hundred thousand cells. So it is unpacked and counted first, its cells are read one by
//! one, and what they add up to is bounded before it is copied.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, copy, sink};

use calamine::{DataRef, Reader, SheetVisible, Xlsx, XlsxError};
use jiff::civil::Date;

use super::Options;
use super::cell::{Cell, Value};
use super::problem::{ImportProblem, Reason};
use super::rows::heads;
use super::table::{MOST_COLUMNS, Row, Table, letter};

/// Bytes of all parts together, unpacked.
const MOST_UNPACKED: u64 = 64 * 1024 * 1024;
/// Parts of the archive.
const MOST_PARTS: usize = 2_000;
/// Cells that are read of one sheet.
const MOST_CELLS: usize = 400_000;
/// Bytes of text in the cells of all sheets together. A text that many cells share stands
/// once in the archive, and counts for each of them here.
const MOST_TEXT: usize = 32 * 1024 * 1024;
/// Places of the rows of all sheets together, from their first column on.
const MOST_PLACES: usize = 2_000_000;
/// Merged ranges of a sheet that are told: one alone keeps the file from being used.
const MOST_MERGED: usize = 100;

/// How an archive begins.
const ARCHIVE: [u8; 4] = *b"PK\x03\x04";
/// How a compound file begins: a workbook of before 2007, or one behind a password.
const COMPOUND: [u8; 4] = [0xd0, 0xcf, 0x11, 0xe0];

type Book<'a> = Xlsx<Cursor<&'a [u8]>>;

/// What may still be read of a workbook.
struct Left {
    text: usize,
    places: usize,
}

/// Takes `much` of what is left.
fn take(left: &mut usize, much: usize) -> Result<(), Reason> {
    *left = left.checked_sub(much).ok_or(Reason::TooLargeUnpacked)?;
    Ok(())
}

/// Whether the bytes begin as a workbook does, of the present or the old form.
pub(super) fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(&ARCHIVE) || bytes.starts_with(&COMPOUND)
}

fn of_file(reason: Reason) -> Vec<ImportProblem> {
    vec![ImportProblem::of_file(reason)]
}

/// Reads the table of a workbook.
pub(super) fn read(bytes: &[u8], options: &Options) -> Result<Table, Vec<ImportProblem>> {
    if bytes.starts_with(&COMPOUND) {
        return Err(of_file(Reason::OldWorkbook));
    }
    if !bytes.starts_with(&ARCHIVE) {
        return Err(of_file(Reason::NotXlsx));
    }
    check_size(bytes).map_err(of_file)?;
    let mut book: Book<'_> =
        Xlsx::new(Cursor::new(bytes)).map_err(|error| of_file(told(&error)))?;
    let mut hidden = Vec::new();
    let mut names = Vec::new();
    for sheet in book.sheets_metadata() {
        match sheet.visible {
            SheetVisible::Visible => names.push(sheet.name.clone()),
            SheetVisible::Hidden | SheetVisible::VeryHidden => hidden.push(sheet.name.clone()),
        }
    }
    if let Some(wanted) = &options.sheet {
        let all = names.iter().chain(&hidden);
        let Some(name) = all.clone().find(|name| *name == wanted) else {
            return Err(of_file(Reason::NoSuchSheet));
        };
        names = vec![name.clone()];
        hidden.clear();
    }
    let mut found: Vec<(String, Table)> = Vec::new();
    let mut left = Left {
        text: MOST_TEXT,
        places: MOST_PLACES,
    };
    for name in names {
        if let Some(table) = table(&mut book, &name, options, &mut left).map_err(of_file)? {
            found.push((name, table));
        }
    }
    if found.len() > 1 {
        let names = found.into_iter().map(|(name, _)| name).collect();
        return Err(of_file(Reason::SeveralSheets { names }));
    }
    let Some((_, mut table)) = found.pop() else {
        return Err(of_file(Reason::NoHeaders));
    };
    for name in hidden {
        let reason = Reason::HiddenSheet { name };
        table.warnings.push(ImportProblem::of_file(reason));
    }
    Ok(table)
}

/// Unpacks everything once without keeping it. What an archive says of its own size is not
/// believed.
fn check_size(bytes: &[u8]) -> Result<(), Reason> {
    let mut archive =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| Reason::BrokenWorkbook)?;
    if archive.len() > MOST_PARTS {
        return Err(Reason::TooLargeUnpacked);
    }
    let mut left = MOST_UNPACKED;
    for index in 0..archive.len() {
        let part = archive
            .by_index(index)
            .map_err(|_| Reason::BrokenWorkbook)?;
        let read =
            copy(&mut part.take(left + 1), &mut sink()).map_err(|_| Reason::BrokenWorkbook)?;
        left = left.checked_sub(read).ok_or(Reason::TooLargeUnpacked)?;
    }
    Ok(())
}

fn told(error: &XlsxError) -> Reason {
    match error {
        XlsxError::Password => Reason::OldWorkbook,
        _ => Reason::BrokenWorkbook,
    }
}

/// The table of a sheet, where it has the headers of one.
fn table(
    book: &mut Book<'_>,
    name: &str,
    options: &Options,
    left: &mut Left,
) -> Result<Option<Table>, Reason> {
    let rows = rows(book, name, left)?;
    let Some((head, _)) = heads(&rows, options) else {
        return Ok(None);
    };
    let first = rows.get(head).map_or(0, |row| row.number);
    let mut table = Table::under(&rows, head);
    let merged = book.merge_cells_by_sheet_name(name);
    for region in merged.map_err(|error| told(&error))? {
        let ((top, from), (bottom, to)) = (region.start, region.end);
        // Titles above the headers may be merged as they like.
        if bottom + 1 >= first && table.problems.len() < MOST_MERGED {
            let cell = |column: u32, row: u32| {
                format!(
                    "{}{}",
                    letter(usize::try_from(column).unwrap_or(0)),
                    row + 1
                )
            };
            let range = format!("{}:{}", cell(from, top), cell(to, bottom));
            let reason = Reason::Merged { range };
            table.spoilt.push(top + 1..=bottom + 1);
            table.problems.push(ImportProblem::at_row(top + 1, reason));
        }
    }
    Ok(Some(table))
}

/// The rows of a sheet in which something stands.
fn rows(book: &mut Book<'_>, name: &str, left: &mut Left) -> Result<Vec<Row>, Reason> {
    let mut cells: BTreeMap<(u32, u32), Cell> = BTreeMap::new();
    let mut read = 0;
    {
        let mut reader = book.worksheet_cells_reader(name).map_err(|it| told(&it))?;
        while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(|it| told(&it))? {
            read += 1;
            if read > MOST_CELLS {
                return Err(Reason::TooLargeUnpacked);
            }
            let format = reader
                .styles()
                .get(style)
                .and_then(|it| it.number_format.as_ref());
            let percent = format.is_some_and(|it| it.format_code.contains('%'));
            take(&mut left.text, text_length(cell.get_value()))?;
            let value = value(cell.get_value(), percent);
            if value != Value::Empty {
                let formula = false;
                cells.insert(cell.get_position(), Cell { value, formula });
            }
        }
    }
    let mut reader = book.worksheet_cells_reader(name).map_err(|it| told(&it))?;
    while let Some(cell) = reader.next_cell_with_formula().map_err(|it| told(&it))? {
        if cell.formula.is_some() {
            cells.entry(cell.pos).or_default().formula = true;
            if cells.len() > MOST_CELLS {
                return Err(Reason::TooLargeUnpacked);
            }
        }
    }
    in_rows(cells, left)
}

/// The cells of each row, from its first column to the last in which something stands.
fn in_rows(cells: BTreeMap<(u32, u32), Cell>, left: &mut Left) -> Result<Vec<Row>, Reason> {
    let mut rows: BTreeMap<u32, Vec<Cell>> = BTreeMap::new();
    for ((row, column), cell) in cells {
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column > MOST_COLUMNS {
            return Err(Reason::TooManyColumns);
        }
        let row = rows.entry(row).or_default();
        take(&mut left.places, (column + 1).saturating_sub(row.len()))?;
        row.resize(row.len().max(column + 1), Cell::default());
        if let Some(place) = row.get_mut(column) {
            *place = cell;
        }
    }
    let numbered = rows.into_iter().map(|(row, cells)| Row {
        number: row + 1,
        cells,
    });
    Ok(numbered.collect())
}

/// Bytes of the text of a cell.
fn text_length(raw: &DataRef<'_>) -> usize {
    match raw {
        DataRef::String(text) => text.len(),
        DataRef::SharedString(text) => text.len(),
        _ => 0,
    }
}

fn value(raw: &DataRef<'_>, percent: bool) -> Value {
    let number = |number: f64| {
        if percent {
            Value::Percent(number)
        } else {
            Value::Number(number)
        }
    };
    match raw {
        DataRef::Empty => Value::Empty,
        DataRef::String(text) => Cell::text(text).value,
        DataRef::SharedString(text) => Cell::text(text).value,
        // Beyond 2^53 no spreadsheet keeps whole numbers either.
        DataRef::Int(whole) => {
            i32::try_from(*whole).map_or(Value::Error, |whole| number(f64::from(whole)))
        }
        DataRef::Float(float) if float.is_finite() => number(*float),
        DataRef::Float(_) | DataRef::Error(_) => Value::Error,
        DataRef::Bool(truth) => Value::Truth(*truth),
        DataRef::DateTime(moment) if moment.is_duration() => Value::Duration,
        DataRef::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            day_of(year, month, day).map_or(Value::Error, Value::Day)
        }
        DataRef::DateTimeIso(text) => {
            let day = text.get(..10).and_then(|day| day.parse().ok());
            day.map_or(Value::Error, Value::Day)
        }
        DataRef::DurationIso(_) => Value::Duration,
    }
}

fn day_of(year: u16, month: u8, day: u8) -> Option<Date> {
    let year = i16::try_from(year).ok()?;
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    Date::new(year, month, day).ok()
}
