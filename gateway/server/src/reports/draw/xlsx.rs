//! A spreadsheet: a sheet for each table, and one about the report.
//!
//! What a reader would get wrong: a text is written as a text, so no cell is a formula,
//! whatever it begins with; one that begins like a formula also keeps that mark when somebody
//! edits it. The time of creation in the file is that of the report, so that the same report
//! is the same file.

mod cell;
mod measure;
mod sheet;
mod style;

use jiff::civil::Date;
use lienthong_core::report::Language;
use lienthong_core::wire_time::viet_nam;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use self::style::Styles;
use super::{DrawError, Drawing};
use crate::reports::content::{Content, Section};
use crate::reports::words;

/// Height of a row of the font that columns are measured in.
const ROW_PIXELS: u32 = 17;
/// Width of a usual column in that font, whose digits are 7 wide.
const COLUMN_PIXELS: u32 = 64;
/// Rows of a table that fit on a sheet with its head and its remarks.
const MOST_ROWS: usize = 1_048_000;
/// Longest name of a sheet, in characters.
const LONGEST_NAME: usize = 31;
/// Characters that a name of a sheet may not have.
const NOT_IN_NAMES: [char; 7] = ['[', ']', ':', '*', '?', '/', '\\'];

/// The file.
pub(super) fn draw(drawing: &Drawing) -> Result<Vec<u8>, DrawError> {
    let too_long = |section: &Section| section.rows.len() > MOST_ROWS;
    if drawing.content.sections.iter().any(too_long) {
        return Err(DrawError::TooLarge);
    }
    workbook(drawing).map_err(|error| DrawError::Broken(error.to_string()))
}

fn workbook(drawing: &Drawing) -> Result<Vec<u8>, XlsxError> {
    let content = &drawing.content;
    let styles = Styles::new();
    let mut workbook = Workbook::new();
    // Widths of columns are in digits of this font, and the usual one is not everywhere.
    workbook.set_default_format(&style::measured(), ROW_PIXELS, COLUMN_PIXELS)?;
    workbook.set_properties(&properties(content)?);
    let mut names = Vec::new();
    for section in &content.sections {
        let name = name(&section.heading, &mut names);
        let sheet = workbook.add_worksheet();
        sheet.set_name(&name)?;
        sheet::table(sheet, content, section, &styles)?;
        margins(sheet, content);
    }
    let name = name(words::about_sheet(content.language()), &mut names);
    let sheet = workbook.add_worksheet();
    sheet.set_name(&name)?;
    sheet::about(sheet, drawing, &styles)?;
    margins(sheet, content);
    workbook.save_to_buffer()
}

fn properties(content: &Content) -> Result<DocProperties, XlsxError> {
    Ok(DocProperties::new()
        .set_title(&content.title)
        .set_author("lienthong")
        .set_comment(format!("SHA-256 {}", content.sha256()))
        .set_creation_datetime(&excel_moment(content.as_of)?))
}

/// What stands in the margins of a printed page.
fn margins(sheet: &mut Worksheet, content: &Content) {
    let language = content.language();
    let page = language.of("Trang", "Page");
    let name = words::short_name(content.kind(), language);
    let sha256 = content.sha256().to_string();
    // Of the 64 digits the first 16 tell two files apart on paper.
    let short = sha256.get(..16).unwrap_or_default();
    sheet.set_footer(format!(
        "&L&8{name}&C&8SHA-256 {short}\u{2026}&R&8{page} &P/&N"
    ));
    sheet.set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
}

/// A name for a sheet that no other sheet has.
fn name(heading: &str, taken: &mut Vec<String>) -> String {
    let allowed = |c: char| {
        if NOT_IN_NAMES.contains(&c) || c.is_control() {
            ' '
        } else {
            c
        }
    };
    let heading: String = heading.chars().map(allowed).collect();
    let heading = heading.trim().trim_matches('\'').trim();
    let heading = if heading.is_empty() { "1" } else { heading };
    let mut number = 1;
    loop {
        let end = if number == 1 {
            String::new()
        } else {
            format!(" ({number})")
        };
        let room = LONGEST_NAME - end.chars().count();
        let name = format!("{}{end}", shortened(heading, room));
        let lower = name.to_lowercase();
        if !taken.contains(&lower) {
            taken.push(lower);
            return name;
        }
        number += 1;
    }
}

/// At most `room` characters of `text`, cut between words where that is possible.
fn shortened(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let cut: String = text.chars().take(room - 1).collect();
    let ends_a_word = !text
        .chars()
        .nth(room - 1)
        .is_some_and(char::is_alphanumeric);
    let words = cut.rsplit_once(' ').map(|(words, _)| words);
    let words = words.filter(|words| !ends_a_word && words.chars().count() > room / 2);
    let kept = words
        .unwrap_or(&cut)
        .trim_end_matches([' ', ',', ';', '.', '(', ':']);
    format!("{kept}\u{2026}")
}

fn excel_day(day: Date) -> Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::from_ymd(
        u16::try_from(day.year()).unwrap_or(0),
        day.month().unsigned_abs(),
        day.day().unsigned_abs(),
    )
}

fn excel_moment(moment: jiff::Timestamp) -> Result<ExcelDateTime, XlsxError> {
    let local = moment.to_zoned(viet_nam());
    excel_day(local.date())?.and_hms(
        u16::from(local.hour().unsigned_abs()),
        local.minute().unsigned_abs(),
        f64::from(local.second()),
    )
}

/// The quotation marks in a text of a number format would end it.
fn in_format(unit: &str) -> String {
    unit.replace(['"', '\\'], "")
}

/// The format of a value with its unit.
fn value_format(unit: &str, whole: bool) -> String {
    let number = if whole { "#,##0" } else { "#,##0.0#" };
    if unit.is_empty() {
        number.to_owned()
    } else if unit == "%" {
        format!("{number}\"%\"")
    } else {
        format!("{number}\" {}\"", in_format(unit))
    }
}

/// The words of a language for what a spreadsheet cannot hold as a number.
fn fewer_than(bound: u64, language: Language) -> String {
    language
        .of(&format!("dưới {bound}"), &format!("under {bound}"))
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::{name, value_format};

    #[test]
    fn names_of_sheets_are_short_allowed_and_each_its_own() {
        let mut taken = Vec::new();
        let long = "Bảng 25 dịch vụ công thiết yếu: trạng thái [đủ]";
        let first = name(long, &mut taken);
        assert_eq!(first, "Bảng 25 dịch vụ công thiết yếu…");
        let second = name(&long.to_uppercase(), &mut taken);
        assert_eq!(second, "BẢNG 25 DỊCH VỤ CÔNG THIẾT… (2)");
        assert_eq!(name("a/b", &mut taken), "a b");
        assert_eq!(name("A b", &mut taken), "A b (2)");
        assert_eq!(name("''", &mut taken), "1");
    }

    #[test]
    fn a_unit_cannot_leave_its_format() {
        assert_eq!(value_format("giờ", false), "#,##0.0#\" giờ\"");
        assert_eq!(value_format("a\"b\\", true), "#,##0\" ab\"");
        assert_eq!(value_format("", true), "#,##0");
    }
}
