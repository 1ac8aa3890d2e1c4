//! What is wrong with a file, and where.

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
    /// More pieces than one call records.
    TooManyRows {
        /// How many there are.
        found: usize,
    },
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

    #[expect(
        clippy::too_many_lines,
        reason = "a table of texts, one for each reason"
    )]
    fn vi(&self) -> String {
        match self {
            Self::TooLarge => "lớn hơn 10 MB".to_owned(),
            Self::TooLargeUnpacked => "giải nén ra quá lớn, không đọc".to_owned(),
            Self::NoRows => "không có minh chứng nào".to_owned(),
            Self::TooManyRows { found } => {
                format!("có {found} minh chứng, mỗi lần nhập tối đa 500: hãy chia tệp")
            }
            Self::TooManyColumns => "có quá 200 cột".to_owned(),
            Self::NotUtf8 { probably } => format!(
                "không phải UTF-8 (có lẽ là {probably}): hãy lưu lại dạng \"CSV UTF-8\" hoặc XLSX"
            ),
            Self::Utf16 => {
                "là UTF-16 không đầy đủ: hãy lưu lại dạng \"CSV UTF-8\" hoặc XLSX".to_owned()
            }
            Self::Garbled => {
                "chữ đã bị đọc sai bảng mã trước đó: hãy mở bản gốc và lưu lại dạng UTF-8"
                    .to_owned()
            }
            Self::OldFont => {
                "chữ theo phông cũ (TCVN3): hãy chuyển sang Unicode trước khi nhập".to_owned()
            }
            Self::OpenQuote => "có dấu ngoặc kép không đóng".to_owned(),
            Self::TooManyCells { found, headers } => {
                format!("có {found} ô, tiêu đề chỉ có {headers} cột")
            }
            Self::NoHeaders => {
                "không tìm thấy dòng tiêu đề; xem mẫu: lienthong services evidence template"
                    .to_owned()
            }
            Self::NoColumn { header } => format!("thiếu cột \"{header}\""),
            Self::UnknownColumn => {
                "không rõ là nội dung gì; dùng --map \"TIÊU ĐỀ=tên\" hoặc xóa cột".to_owned()
            }
            Self::ColumnAgain => "đã có một cột khác cho nội dung này".to_owned(),
            Self::NoSuchHeader => "không có tiêu đề như --map nêu".to_owned(),
            Self::NoSuchField => "--map nêu một tên không có".to_owned(),
            Self::NotXlsx => "không phải tệp XLSX".to_owned(),
            Self::OldWorkbook => {
                "là tệp XLS cũ hoặc có mật khẩu: hãy lưu lại dạng XLSX không mật khẩu".to_owned()
            }
            Self::BrokenWorkbook => "tệp XLSX bị hỏng, không đọc được".to_owned(),
            Self::NoSuchSheet => "không có trang tính này".to_owned(),
            Self::SeveralSheets { names } => format!(
                "nhiều trang tính có bảng minh chứng ({}): hãy chọn bằng --sheet",
                names.join(", ")
            ),
            Self::HiddenSheet { name } => format!("trang tính ẩn \"{name}\" không được đọc"),
            Self::Merged { range } => format!("các ô {range} bị gộp: hãy bỏ gộp ô và điền đủ"),
            Self::NoValue => "công thức chưa có giá trị: hãy mở tệp, tính lại và lưu".to_owned(),
            Self::Formula => "là công thức; đã dùng giá trị được lưu".to_owned(),
            Self::CellError => "ô báo lỗi (#N/A, #REF! …)".to_owned(),
            Self::NumberForDate => "là một số, không phải ngày".to_owned(),
            Self::DateForText => {
                "chương trình bảng tính đã đổi thành ngày: hãy nhập lại dạng văn bản".to_owned()
            }
            Self::Duration => "là khoảng thời gian, không phải ngày".to_owned(),
            Self::PaddedCode { code } => {
                format!("ô là số, đã đọc thành {code}; nên nhập dạng văn bản")
            }
            Self::Fraction => {
                "là số nhỏ hơn 1, không rõ có phải phần trăm: hãy ghi rõ, ví dụ 92%".to_owned()
            }
            Self::StatementLine { line } => {
                format!("dòng {line} của ô không có dạng \"tên = giá trị\"")
            }
            Self::StatementAgain { name } => format!("nội dung {name} có hai lần"),
            Self::Toml { message } => format!("không phải TOML: {message}"),
            Self::UnknownKey => "tên không có".to_owned(),
            Self::WrongKind => "giá trị không đúng kiểu".to_owned(),
            Self::Told { vi, .. } => vi.clone(),
        }
    }

    #[expect(
        clippy::too_many_lines,
        reason = "a table of texts, one for each reason"
    )]
    fn en(&self) -> String {
        match self {
            Self::TooLarge => "larger than 10 MB".to_owned(),
            Self::TooLargeUnpacked => "unpacks to more than is read".to_owned(),
            Self::NoRows => "holds no evidence".to_owned(),
            Self::TooManyRows { found } => {
                format!("holds {found} pieces, 500 are taken at once: divide the file")
            }
            Self::TooManyColumns => "has more than 200 columns".to_owned(),
            Self::NotUtf8 { probably } => {
                format!("is not UTF-8 (probably {probably}): save it as \"CSV UTF-8\" or XLSX")
            }
            Self::Utf16 => "is incomplete UTF-16: save it as \"CSV UTF-8\" or XLSX".to_owned(),
            Self::Garbled => {
                "was read in a wrong encoding before: open the original and save it as UTF-8"
                    .to_owned()
            }
            Self::OldFont => {
                "is written for an old font (TCVN3): convert it to Unicode first".to_owned()
            }
            Self::OpenQuote => "a quotation mark is not closed".to_owned(),
            Self::TooManyCells { found, headers } => {
                format!("has {found} cells under {headers} headers")
            }
            Self::NoHeaders => {
                "no row of headers; for a sample: lienthong services evidence template".to_owned()
            }
            Self::NoColumn { header } => format!("the column \"{header}\" is missing"),
            Self::UnknownColumn => {
                "means nothing here; use --map \"HEADER=name\" or remove it".to_owned()
            }
            Self::ColumnAgain => "there is another column for this already".to_owned(),
            Self::NoSuchHeader => "there is no header as --map names it".to_owned(),
            Self::NoSuchField => "--map names a field that there is not".to_owned(),
            Self::NotXlsx => "is no XLSX file".to_owned(),
            Self::OldWorkbook => {
                "is an old XLS file or has a password: save it as XLSX without one".to_owned()
            }
            Self::BrokenWorkbook => "is a broken XLSX file".to_owned(),
            Self::NoSuchSheet => "there is no such sheet".to_owned(),
            Self::SeveralSheets { names } => format!(
                "several sheets hold such a table ({}): choose with --sheet",
                names.join(", ")
            ),
            Self::HiddenSheet { name } => format!("the hidden sheet \"{name}\" was not read"),
            Self::Merged { range } => {
                format!("the cells {range} are merged: unmerge and fill them")
            }
            Self::NoValue => {
                "a formula without a stored value: open, recalculate and save".to_owned()
            }
            Self::Formula => "is a formula; its stored value was read".to_owned(),
            Self::CellError => "the cell holds an error (#N/A, #REF! …)".to_owned(),
            Self::NumberForDate => "is a number and no day".to_owned(),
            Self::DateForText => "the program made a date of it: enter it again as text".to_owned(),
            Self::Duration => "is a length of time and no day".to_owned(),
            Self::PaddedCode { code } => {
                format!("is a number and was read as {code}; better enter it as text")
            }
            Self::Fraction => {
                "is below 1 and may be a percentage: write it out, e.g. 92%".to_owned()
            }
            Self::StatementLine { line } => {
                format!("line {line} of the cell is not \"name = value\"")
            }
            Self::StatementAgain { name } => format!("the statement {name} stands there twice"),
            Self::Toml { message } => format!("is no TOML: {message}"),
            Self::UnknownKey => "there is no such key".to_owned(),
            Self::WrongKind => "a value of another kind".to_owned(),
            Self::Told { en, .. } => en.clone(),
        }
    }
}
