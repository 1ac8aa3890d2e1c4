//! Headers in Vietnamese and English, and the sample that shows them.
//!
//! What a reader would get wrong: marks, case and punctuation do not count ("Số, ký hiệu" and
//! "SO KY HIEU" are one header), but nothing else is guessed: a header that is not known is
//! told and not taken for the nearest one.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Field {
    Class,
    Services,
    Codes,
    Units,
    Symbol,
    Title,
    Issuer,
    IssuerCode,
    Signer,
    IssuedOn,
    ValidFrom,
    ValidTo,
    Supersedes,
    Repeals,
    Sha256,
    Address,
    ComparedOn,
    ComparedBy,
    /// Name of the document's own file.
    File,
    /// Statements, a name and a value on each line.
    Statements,
    /// The statement with this name.
    Statement(String),
}

/// A field, its name in the contract, its usual header, and further headers without marks.
struct Known {
    field: Field,
    name: &'static str,
    header: &'static str,
    others: &'static [&'static str],
    sample: &'static str,
}

macro_rules! known {
    ($($field:ident $name:literal $header:literal $others:tt $sample:literal)*) => {
        &[$(Known {
            field: Field::$field,
            name: $name,
            header: $header,
            others: &$others,
            sample: $sample,
        }),*]
    };
}

/// Every field that has a header of its own, in the order of the sample.
const KNOWN: &[Known] = known! {
    Class "class" "Loại" ["loai minh chung", "lop", "evidence class"] "E3"
    Symbol "symbol" "Số, ký hiệu" ["so hieu", "so va ky hieu", "so ky hieu van ban"] "663/QĐ-TTPVHCC"
    Title "title" "Trích yếu" ["trich yeu noi dung", "ten van ban"]
        "[DÒNG MẪU - XÓA TRƯỚC KHI NHẬP] Phê duyệt quy trình nội bộ, quy trình điện tử"
    IssuedOn "issued_on" "Ngày ban hành" ["ngay", "ngay van ban", "date of issue"] "13/5/2026"
    Issuer "issuer" "Cơ quan ban hành" ["noi ban hanh", "don vi ban hanh"]
        "Trung tâm Phục vụ hành chính công"
    IssuerCode "issuer_code" "Mã cơ quan ban hành" ["ma noi ban hanh"] ""
    Signer "signer" "Người ký" ["nguoi ky van ban"] ""
    Services "service_numbers" "Dịch vụ"
        ["dich vu so", "so thu tu dich vu", "service", "services", "service number"] "3; 4"
    Codes "procedure_codes" "Mã thủ tục" ["ma tthc", "procedure code"] "1.004222; 1.004194"
    Units "unit_codes" "Mã đơn vị" ["don vi", "don vi ap dung", "unit", "units", "unit code"] ""
    ValidFrom "valid_from" "Hiệu lực từ" ["tu ngay", "ngay hieu luc", "hieu luc tu ngay"] "01/6/2026"
    ValidTo "valid_to" "Hiệu lực đến"
        ["den ngay", "het hieu luc", "hieu luc den ngay", "ngay het hieu luc"] ""
    Supersedes "supersedes" "Thay thế" ["thay the van ban", "thay the cho"] ""
    Repeals "repealed_procedure_codes" "Bãi bỏ" ["ma bai bo", "bai bo ma thu tuc", "repeals"] ""
    Sha256 "sha256" "SHA-256" ["sha 256", "ma bam", "hash"]
        "0000000000000000000000000000000000000000000000000000000000000000"
    File "file" "Tệp" ["ten tep", "file name", "filename"] ""
    Address "address" "Địa chỉ" ["duong dan", "dia chi tep", "link", "url"] ""
    ComparedOn "checked_on" "Ngày đối chiếu" ["compared on"] ""
    ComparedBy "checked_by" "Người đối chiếu" ["compared by"] ""
    Statements "statements" "Nội dung" ["noi dung minh chung", "statement"]
        "time_limit = 16 giờ làm việc\nsteps = Một cửa > Tư pháp - Hộ tịch > Lãnh đạo > Một cửa"
};

/// Fields that every piece needs.
const NEEDED: [Field; 5] = [
    Field::Class,
    Field::Services,
    Field::Title,
    Field::Issuer,
    Field::IssuedOn,
];

/// Letters and digits of a text without marks and case, with single spaces between words.
pub(super) fn fold(text: &str) -> String {
    let plain = text
        .nfd()
        .filter(|letter| !is_combining_mark(*letter))
        .flat_map(char::to_lowercase)
        .map(|letter| match letter {
            'đ' => 'd',
            letter if letter.is_alphanumeric() => letter,
            _ => ' ',
        });
    let plain: String = plain.collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Field {
    /// The field that a header means.
    pub(super) fn of_header(header: &str) -> Option<Self> {
        let folded = fold(header);
        let known = KNOWN.iter().find(|it| {
            fold(it.header) == folded || fold(it.name) == folded || it.others.contains(&&*folded)
        });
        known
            .map(|it| it.field.clone())
            .or_else(|| Self::statement(header.trim()))
    }

    /// The field with this name in the contract, or the statement with this name.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        let known = KNOWN.iter().find(|it| it.name == name);
        known
            .map(|it| it.field.clone())
            .or_else(|| Self::statement(name))
    }

    fn statement(name: &str) -> Option<Self> {
        let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let fits = name.starts_with(|first: char| first.is_ascii_lowercase())
            && name.bytes().all(letter)
            && name.len() <= 60;
        fits.then(|| Self::Statement(name.to_owned()))
    }

    /// Whether it is one of those that have a header of their own: a statement's name may
    /// also be any word.
    pub(super) fn is_sure(&self) -> bool {
        !matches!(self, Self::Statement(_))
    }

    /// Its name in the contract.
    pub(super) fn name(&self) -> String {
        if let Self::Statement(name) = self {
            return format!("statements[{name}]");
        }
        let known = KNOWN.iter().find(|it| it.field == *self);
        known.map_or_else(String::new, |it| it.name.to_owned())
    }
}

/// Needed fields that are not among `found`, with their usual headers.
pub(super) fn missing(
    found: &[Option<Field>],
    hashes_elsewhere: bool,
) -> Vec<(Field, &'static str)> {
    let has = |field: &Field| found.iter().flatten().any(|it| it == field);
    let hash = (!hashes_elsewhere).then_some(Field::Sha256);
    let needed = NEEDED.iter().chain(&hash);
    needed
        .filter(|field| !has(field))
        .filter_map(|field| KNOWN.iter().find(|it| it.field == *field))
        .map(|it| (it.field.clone(), it.header))
        .collect()
}

/// How the title of the sample's row begins, without marks, case and punctuation.
const SAMPLE_MARK: &str = "dong mau xoa truoc khi nhap";

/// Whether this title marks the row of the sample, which shows how a piece is written and is
/// none itself.
pub(super) fn is_sample(title: &str) -> bool {
    fold(title).starts_with(SAMPLE_MARK)
}

/// A sample file: the usual headers and one row that shows them, as CSV with a byte order
/// mark, which spreadsheet programs need to read Vietnamese. The row is marked in its title
/// and refused by every import: the register never forgets what it took.
#[must_use]
pub fn template() -> Vec<u8> {
    let line = |cell: fn(&Known) -> &'static str| {
        let cells: Vec<String> = KNOWN.iter().map(|it| quoted(cell(it))).collect();
        cells.join(",")
    };
    let (headers, sample) = (line(|it| it.header), line(|it| it.sample));
    format!("\u{feff}{headers}\r\n{sample}\r\n").into_bytes()
}

fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', ';', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}
