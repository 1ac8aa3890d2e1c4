//! What is wrong with a file, and where.

mod words;

use std::fmt;

use lienthong_core::report::Language;

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ColumnPlace {
    /// Its letter in a sheet; `None` in a file without columns.
    pub letter: Option<String>,
    /// Its header, or the name of the key.
    pub header: String,
}

impl fmt::Display for ColumnPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.letter {
            Some(letter) => write!(f, "{letter} \"{}\"", self.header),
            None => write!(f, "{}", self.header),
        }
    }
}

/// A place in a file; without row and column the file as a whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// Row of the sheet, line of the file or number of the piece.
    pub row: Option<u32>,
    /// The column.
    pub column: Option<ColumnPlace>,
}

impl Place {
    /// The place in words: `dòng 12, cột C "Ngày ban hành"`.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let (row, column) = match language {
            Language::Vietnamese => ("dòng", "cột"),
            Language::English => ("row", "column"),
        };
        let row = self.row.map(|number| format!("{row} {number}"));
        let column = self
            .column
            .as_ref()
            .map(|place| format!("{column} {place}"));
        let parts: Vec<String> = [row, column].into_iter().flatten().collect();
        if parts.is_empty() {
            let file = match language {
                Language::Vietnamese => "tệp",
                Language::English => "file",
            };
            return file.to_owned();
        }
        parts.join(", ")
    }
}

/// One thing about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportProblem {
    /// Where.
    pub place: Place,
    /// What.
    pub reason: Reason,
}

impl ImportProblem {
    pub(super) fn of_file(reason: Reason) -> Self {
        let place = Place::default();
        Self { place, reason }
    }

    pub(super) fn at_row(row: u32, reason: Reason) -> Self {
        let (row, column) = (Some(row), None);
        let place = Place { row, column };
        Self { place, reason }
    }

    /// Place and reason in one line.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        format!(
            "{}: {}",
            self.place.text(language),
            self.reason.text(language)
        )
    }
}

/// What there is to say about a file; never holds what stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// More bytes than are read.
    TooLarge,
    /// More unpacked than is read.
    TooLargeUnpacked,
    /// No piece at all.
    NoRows,
    /// The row of the sample, which is no piece.
    SampleRow,
    /// More pieces than one call records.
    TooManyRows {
        /// How many there are.
        found: usize,
    },
    /// More lines than are read, blank ones among them.
    TooManyLines,
    /// A line that cannot be taken apart.
    BrokenLine,
    /// More columns than are read.
    TooManyColumns,
    /// Letters that are no UTF-8.
    NotUtf8 {
        /// What they probably are.
        probably: &'static str,
    },
    /// UTF-16 that does not say so, or is broken.
    Utf16,
    /// Letters that were read in a wrong encoding before, or lost.
    Garbled,
    /// Letters of an old Vietnamese font (TCVN3).
    OldFont,
    /// A quotation mark that is not closed.
    OpenQuote,
    /// More cells than there are headers.
    TooManyCells {
        /// Cells found.
        found: usize,
        /// Headers.
        headers: usize,
    },
    /// No row with the headers of such a table.
    NoHeaders,
    /// A field that every piece needs has no column.
    NoColumn {
        /// Its usual header.
        header: &'static str,
    },
    /// A column with cells whose header means nothing here.
    UnknownColumn,
    /// Two columns for one field.
    ColumnAgain,
    /// An option names a header that is not there.
    NoSuchHeader,
    /// An option names a field that there is not.
    NoSuchField,
    /// No workbook in the form of XLSX.
    NotXlsx,
    /// A workbook of an old form, or behind a password.
    OldWorkbook,
    /// A workbook whose parts cannot be read.
    BrokenWorkbook,
    /// No sheet with this name.
    NoSuchSheet,
    /// Several visible sheets hold such a table.
    SeveralSheets {
        /// Their names.
        names: Vec<String>,
    },
    /// A sheet that is hidden was left out.
    HiddenSheet {
        /// Its name.
        name: String,
    },
    /// Cells that are joined.
    Merged {
        /// Which: `B3:B5`.
        range: String,
    },
    /// A formula whose value is not stored.
    NoValue,
    /// The stored value of a formula was read.
    Formula,
    /// An error in place of a value.
    CellError,
    /// A number where a day is expected.
    NumberForDate,
    /// A date where none is expected: the program has changed what was typed.
    DateForText,
    /// A length of time where a day is expected.
    Duration,
    /// A number that lost its zeros at the end was read as this code.
    PaddedCode {
        /// As it was read.
        code: String,
    },
    /// A number below one that may be a percentage.
    Fraction,
    /// A line among the statements that is no name and value.
    StatementLine {
        /// Which, from 1.
        line: usize,
    },
    /// A statement that stands there twice.
    StatementAgain {
        /// Its name.
        name: String,
    },
    /// No TOML; the text says where.
    Toml {
        /// What the reader says, without the file's text.
        message: String,
    },
    /// A key that means nothing here.
    UnknownKey,
    /// A value of another kind than the key takes.
    WrongKind,
    /// A name that an earlier piece has.
    NameAgain,
    /// What a draft or the register says, in both languages.
    Told {
        /// In Vietnamese.
        vi: String,
        /// In English.
        en: String,
    },
}

impl Reason {
    /// The reason in words.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        match language {
            Language::Vietnamese => self.vi(),
            Language::English => self.en(),
        }
    }
}
