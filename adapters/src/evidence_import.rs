//! Pieces of evidence in a file: CSV, XLSX or TOML, as offices keep such lists.
//!
//! What a reader would get wrong: nothing of a file is mended in silence. A cell whose value
//! its program has changed (a code that became a number, a text that became a date) is read
//! only where it can mean one thing, and that is told; otherwise it is refused with its row
//! and column.

mod cell;
mod csv_file;
mod encoding;
mod header;
mod problem;
mod rows;
mod statements;
mod table;
#[cfg(test)]
mod tests;
mod toml_file;
mod xlsx_file;

use std::collections::{BTreeMap, BTreeSet};

use lienthong_core::evidence::EvidenceDraft;

pub use header::template;
pub use problem::{ColumnPlace, ImportProblem, Place, Reason};

/// Bytes of the largest file that is read.
pub const LARGEST_FILE: u64 = 10 * 1024 * 1024;

/// Most pieces of one file, which are recorded in one call.
pub const MOST_PIECES: usize = 500;

/// How a file is to be read.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Headers of the file and the fields that they mean, where they are not known by
    /// themselves: `Số QĐ` and `symbol`.
    pub columns: BTreeMap<String, String>,
    /// The sheet of a workbook; `None`: the only visible one that holds such a table.
    pub sheet: Option<String>,
    /// Hashes need not stand in the file: they are computed of the files themselves.
    pub hashes_elsewhere: bool,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imported {
    /// Its pieces, in their order.
    pub rows: Vec<ImportedRow>,
    /// What was read, and is worth another look.
    pub warnings: Vec<ImportProblem>,
}

/// A file that is not to be recorded as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Refused {
    /// Everything that is wrong with the file, at least one thing.
    pub problems: Vec<ImportProblem>,
    /// The pieces as far as they can be read: for finding what else is wrong, never for
    /// recording.
    pub rows: Vec<ImportedRow>,
}

impl From<Vec<ImportProblem>> for Refused {
    /// A file of which no row can be read.
    fn from(problems: Vec<ImportProblem>) -> Self {
        let rows = Vec::new();
        Self { problems, rows }
    }
}

/// A piece of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedRow {
    /// Row of the sheet or line of the file; of a TOML file the number of the piece.
    pub row: u32,
    /// The piece.
    pub draft: EvidenceDraft,
    /// Name of the document's own file, where the row tells it.
    pub file: Option<String>,
    /// In which columns the fields stand, by their names in the contract.
    pub columns: BTreeMap<String, ColumnPlace>,
    /// Fields that could not be read, by their names in the contract. Their absence in the
    /// draft is told already.
    pub unread: BTreeSet<String>,
}

impl ImportedRow {
    /// A piece of which nothing is read yet.
    fn begin(row: u32) -> Self {
        Self {
            row,
            draft: EvidenceDraft {
                name: format!("row-{row}"),
                ..EvidenceDraft::default()
            },
            file: None,
            columns: BTreeMap::new(),
            unread: BTreeSet::new(),
        }
    }

    /// Whether it is told already that this field cannot be read, by its name in the
    /// contract.
    #[must_use]
    pub fn is_unread(&self, field: &str) -> bool {
        self.unread.contains(field)
    }

    /// Where a field of the piece stands, by its name in the contract.
    #[must_use]
    pub fn place(&self, field: &str) -> Place {
        let plain = field.split('[').next().unwrap_or(field);
        let column = self.columns.get(field).or_else(|| self.columns.get(plain));
        Place {
            row: Some(self.row),
            column: column.cloned(),
        }
    }
}

/// Reads the file with this name; by its beginning it is known as a workbook, by its name as
/// TOML, and anything else is CSV.
///
/// # Errors
/// Everything that is wrong with the file, in the order of its rows, and what can be read of
/// it. What is wrong with a piece itself comes out when the draft is read.
pub fn read(name: &str, bytes: &[u8], options: &Options) -> Result<Imported, Refused> {
    let refused = |reason| Err(vec![ImportProblem::of_file(reason)].into());
    if u64::try_from(bytes.len()).is_ok_and(|size| size > LARGEST_FILE) {
        return refused(Reason::TooLarge);
    }
    let ends_with = |suffix: &str| name.to_lowercase().ends_with(suffix);
    let imported = if xlsx_file::is_workbook(bytes) || ends_with(".xlsx") || ends_with(".xls") {
        let table = xlsx_file::read(bytes, options)?;
        rows::read(table, options)?
    } else if ends_with(".toml") {
        toml_file::read(bytes)?
    } else {
        let table = csv_file::read(bytes, options)?;
        rows::read(table, options)?
    };
    if imported.rows.is_empty() {
        return refused(Reason::NoRows);
    }
    Ok(imported)
}

/// That a file holds more pieces than one call records, where it does. It is told beside
/// everything else that is wrong; further faults are looked for in the first ones.
fn too_many(found: usize) -> Option<ImportProblem> {
    let reason = Reason::TooManyRows { found };
    (found > MOST_PIECES).then(|| ImportProblem::of_file(reason))
}
