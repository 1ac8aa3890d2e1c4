//! What there is to say about a file, in the words of both languages.
//!
//! What a reader would get wrong: a text is the end of a sentence that begins with the place,
//! and names no value of a cell.

use super::Reason;

impl Reason {
    #[expect(
        clippy::too_many_lines,
        reason = "a table of texts, one for each reason"
    )]
    pub(super) fn vi(&self) -> String {
        match self {
            Self::TooLarge => "lớn hơn 10 MB".to_owned(),
            Self::TooLargeUnpacked => "giải nén ra quá lớn, không đọc".to_owned(),
            Self::NoRows => "không có minh chứng nào".to_owned(),
            Self::SampleRow => {
                "là dòng mẫu, không phải minh chứng: hãy xóa dòng này hoặc thay bằng văn bản thật"
                    .to_owned()
            }
            Self::TooManyRows { found } => {
                format!("có {found} minh chứng, mỗi lần nhập tối đa 500: hãy chia tệp")
            }
            Self::TooManyLines => {
                "từ dòng này không đọc nữa: tệp có quá 20.000 dòng, kể cả dòng trống".to_owned()
            }
            Self::BrokenLine => "không tách được dòng này; từ đây không đọc nữa".to_owned(),
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
            Self::UnknownKey => "không có tên trường này".to_owned(),
            Self::WrongKind => "giá trị không đúng kiểu".to_owned(),
            Self::NameAgain => "một minh chứng khác trong tệp đã có tên này".to_owned(),
            Self::Told { vi, .. } => vi.clone(),
        }
    }

    #[expect(
        clippy::too_many_lines,
        reason = "a table of texts, one for each reason"
    )]
    pub(super) fn en(&self) -> String {
        match self {
            Self::TooLarge => "larger than 10 MB".to_owned(),
            Self::TooLargeUnpacked => "unpacks to more than is read".to_owned(),
            Self::NoRows => "holds no evidence".to_owned(),
            Self::SampleRow => {
                "is the row of the sample and no evidence: remove it, or write a real document there"
                    .to_owned()
            }
            Self::TooManyRows { found } => {
                format!("holds {found} pieces, 500 are taken at once: divide the file")
            }
            Self::TooManyLines => {
                "not read from here on: there are more than 20,000 rows, blank ones among them"
                    .to_owned()
            }
            Self::BrokenLine => "cannot be taken apart; not read from here on".to_owned(),
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
            Self::NameAgain => "an earlier piece of the file has this name".to_owned(),
            Self::Told { en, .. } => en.clone(),
        }
    }
}
