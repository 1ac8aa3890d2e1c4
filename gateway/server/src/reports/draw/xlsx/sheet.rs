//! One sheet.
//!
//! What a reader would get wrong: the head of a table stands in the fourth row and stays in
//! view; above it stand the title and what the numbers are about, so that a printed sheet says
//! so too.

use lienthong_core::report::Language;
use rust_xlsxwriter::{Format, Worksheet, XlsxError};

use super::cell::write;
use super::measure::{head_height, height, widths, within};
use super::style::Styles;
use crate::reports::content::{Content, Kind, Section};
use crate::reports::draw::{Drawing, looks_like_formula};
use crate::reports::{typography, words};

/// ISO A4 among the paper sizes of a spreadsheet.
const A4: u8 = 9;
/// Row of the head of a table, from 0.
const HEAD: u32 = 3;
/// Widest table that is printed upright, in characters.
const UPRIGHT: u16 = 100;
/// Widest table that is printed on one page across, in characters.
const ONE_PAGE: u16 = 260;
/// Width of the names on the sheet about the report.
const LABEL: u16 = 38;
/// Width of the values beside them.
const FACT: u16 = 90;

/// A table with its heading.
pub(super) fn table(
    sheet: &mut Worksheet,
    content: &Content,
    section: &Section,
    styles: &Styles,
) -> Result<(), XlsxError> {
    let language = content.language();
    let widths = widths(section, language);
    sheet.write_string_with_format(0, 0, within(&content.title), &styles.title)?;
    sheet.write_string_with_format(1, 0, within(&section.heading), &styles.heading)?;
    across(sheet, 2, &widths, &subtitle(content), &styles.note)?;
    for ((column, width), number) in section.columns.iter().zip(&widths).zip(0..) {
        sheet.set_column_width(number, f64::from(*width))?;
        sheet.write_string_with_format(HEAD, number, &column.heading, &styles.head)?;
    }
    let heads = section.columns.iter().map(|it| it.heading.as_str());
    let heads = heads.zip(widths.iter().copied());
    sheet.set_row_height(HEAD, head_height(heads))?;
    let mut line = HEAD + 1;
    for row in &section.rows {
        let mut texts = Vec::with_capacity(widths.len());
        for ((column, cell), number) in section.cells(row).zip(0..) {
            write(sheet, (line, number), cell, column.kind, content, styles)?;
            texts.push(typography::cell(cell, language));
        }
        let texts = texts.iter().map(String::as_str).zip(widths.iter().copied());
        sheet.set_row_height(line, height(texts))?;
        line += 1;
    }
    for (text, row) in below(section, language).iter().zip(line..) {
        across(sheet, row, &widths, text, &styles.note)?;
    }
    let frozen = frozen(section);
    sheet.set_freeze_panes(HEAD + 1, frozen)?;
    sheet.set_repeat_rows(HEAD, HEAD)?;
    if frozen > 0 {
        sheet.set_repeat_columns(0, frozen - 1)?;
    }
    paper(sheet, all(&widths));
    Ok(())
}

/// What stands under the rows.
fn below(section: &Section, language: Language) -> Vec<String> {
    let mut texts = Vec::new();
    if section.rows.is_empty() {
        texts.push(words::no_rows(language).to_owned());
    }
    texts.extend(section.remarks.iter().cloned());
    texts
}

/// The sheet about the report.
pub(super) fn about(
    sheet: &mut Worksheet,
    drawing: &Drawing,
    styles: &Styles,
) -> Result<(), XlsxError> {
    let content = &drawing.content;
    let language = content.language();
    sheet.set_column_width(0, f64::from(LABEL))?;
    sheet.set_column_width(1, f64::from(FACT))?;
    sheet.write_string_with_format(0, 0, &content.title, &styles.title)?;
    let mut lines: Vec<(String, String)> = Vec::new();
    if let Some(state) = &drawing.state {
        let name = language.of("Trạng thái", "State").to_owned();
        lines.push((name, state.headline.clone()));
        lines.extend(state.lines.iter().cloned());
    }
    let facts = words::facts(content).into_iter();
    lines.extend(facts.map(|fact| (fact.name, fact.value)));
    let hash = words::hash_name(language).to_owned();
    lines.push((hash, content.sha256().to_string()));
    let rules = content.rules.iter();
    lines.extend(rules.map(|rule| {
        let heading = words::rules_heading(language);
        (format!("{heading}: {}", rule.name), rule.version.clone())
    }));
    let remarks = content.remarks.iter();
    let heading = words::remarks_heading(language);
    lines.extend(remarks.map(|remark| (heading.to_owned(), remark.clone())));
    for ((name, value), row) in lines.iter().zip(2..) {
        sheet.write_string_with_format(row, 0, within(name), &styles.label)?;
        let format = if looks_like_formula(value) {
            &styles.guarded
        } else {
            &styles.fact
        };
        let value = within(value);
        sheet.write_string_with_format(row, 1, value, format)?;
        let texts = [(name.as_str(), LABEL - 3), (value, FACT)];
        sheet.set_row_height(row, height(texts.into_iter()))?;
    }
    paper(sheet, LABEL + FACT);
    Ok(())
}

/// A4, as wide as the table, across where it is wide, and over two pages where one would make
/// it too small to be read.
fn paper(sheet: &mut Worksheet, width: u16) {
    sheet.set_paper_size(A4);
    sheet.set_print_fit_to_pages(if width > ONE_PAGE { 2 } else { 1 }, 0);
    if width > UPRIGHT {
        sheet.set_landscape();
    }
}

/// Days, moment and agency in one line.
fn subtitle(content: &Content) -> String {
    let facts = words::facts(content).into_iter();
    let told: Vec<String> = facts
        .map(|fact| format!("{}: {}", fact.name, fact.value))
        .collect();
    told.join(" \u{b7} ")
}

/// Columns on the left that stay in view: the codes, and the first text behind them.
fn frozen(section: &Section) -> u16 {
    let codes = section
        .columns
        .iter()
        .take_while(|column| column.kind == Kind::Code)
        .count();
    let named = section.columns.get(codes).map(|column| column.kind) == Some(Kind::Text);
    let frozen = codes + usize::from(named);
    // With all of them frozen nothing could be scrolled.
    if frozen < section.columns.len() {
        u16::try_from(frozen.min(2)).unwrap_or(0)
    } else {
        0
    }
}

/// A text across all columns, as high as it needs.
fn across(
    sheet: &mut Worksheet,
    row: u32,
    widths: &[u16],
    text: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    let text = within(text);
    match u16::try_from(widths.len()).unwrap_or(u16::MAX) {
        0 | 1 => sheet.write_string_with_format(row, 0, text, format)?,
        columns => sheet.merge_range(row, 0, row, columns - 1, text, format)?,
    };
    sheet.set_row_height(row, height(std::iter::once((text, all(widths)))))?;
    Ok(())
}

/// All columns together.
fn all(widths: &[u16]) -> u16 {
    widths.iter().copied().fold(0, u16::saturating_add)
}
