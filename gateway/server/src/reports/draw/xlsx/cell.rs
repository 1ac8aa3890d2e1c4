//! One cell, as what it is.
//!
//! What a reader would get wrong: a share is written as the number that is shown, rounded to
//! two decimals of a percent, and not as the quotient: what the report does not show must not
//! be computed back from a cell.

use rust_xlsxwriter::{ExcelDateTime, Format, Worksheet, XlsxError};

use super::measure::within;
use super::style::Styles;
use super::{excel_day, excel_moment, fewer_than, value_format};
use crate::reports::content::{Cell, Content, Kind, verdict_text};
use crate::reports::draw::looks_like_formula;
use crate::reports::typography;

/// Writes a cell as what it is: a number, a percentage, a day or a text.
pub(super) fn write(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    kind: Kind,
    content: &Content,
    styles: &Styles,
) -> Result<(), XlsxError> {
    let language = content.language();
    match cell {
        Cell::Empty => sheet.write_blank(row, column, &styles.text)?,
        Cell::Text(text) => {
            let format = text_format(text, kind, styles);
            sheet.write_string_with_format(row, column, within(text), format)?
        }
        Cell::Count(count) => {
            let format = count_format(kind, styles);
            sheet.write_number_with_format(row, column, exact(*count), format)?
        }
        Cell::FewerThan { fewer_than: bound } => {
            let text = fewer_than(*bound, language);
            sheet.write_string_with_format(row, column, text, &styles.right)?
        }
        Cell::Withheld { .. } => {
            sheet.write_string_with_format(row, column, "\u{2013}", &styles.right)?
        }
        Cell::Share { .. } => match cell.share().and_then(lienthong_core::share::Share::percent) {
            Some(percent) => {
                let number = f64::from(percent.hundredths()) / 10_000.0;
                sheet.write_number_with_format(row, column, number, &styles.percent)?
            }
            None => sheet.write_blank(row, column, &styles.right)?,
        },
        Cell::Value { value, unit } => {
            let format = styles.value(&value_format(unit, value.fract() == 0.0));
            sheet.write_number_with_format(row, column, *value, &format)?
        }
        Cell::Day { day } => {
            let text = typography::day(*day, language);
            return dated(
                sheet,
                (row, column),
                (excel_day(*day), &styles.day),
                &text,
                styles,
            );
        }
        Cell::Moment { moment } => {
            let date = (excel_moment(*moment), &styles.moment);
            let text = typography::moment(*moment, language);
            return dated(sheet, (row, column), date, &text, styles);
        }
        Cell::Verdict { verdict } => {
            let format = verdict_format(verdict, styles);
            let text = verdict_text(verdict, language);
            sheet.write_string_with_format(row, column, text, format)?
        }
    };
    Ok(())
}

fn count_format(kind: Kind, styles: &Styles) -> &Format {
    match kind {
        Kind::Code => &styles.code,
        Kind::Text | Kind::Prose | Kind::Number | Kind::Moment => &styles.count,
    }
}

fn verdict_format<'s>(verdict: &str, styles: &'s Styles) -> &'s Format {
    if verdict == "CONTRADICTED" {
        &styles.alarm
    } else {
        &styles.verdict
    }
}

/// Writes a date in its format, or as a text: a spreadsheet has no day before 1900.
fn dated(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    (date, format): (Result<ExcelDateTime, XlsxError>, &Format),
    text: &str,
    styles: &Styles,
) -> Result<(), XlsxError> {
    if let Ok(date) = date {
        sheet.write_datetime_with_format(row, column, &date, format)?;
    } else {
        sheet.write_string_with_format(row, column, text, &styles.code)?;
    }
    Ok(())
}

fn text_format<'a>(text: &str, kind: Kind, styles: &'a Styles) -> &'a Format {
    if looks_like_formula(text) {
        return &styles.guarded;
    }
    match kind {
        Kind::Code | Kind::Moment => &styles.code,
        Kind::Number => &styles.right,
        Kind::Text | Kind::Prose => &styles.text,
    }
}

/// A count as the number of a spreadsheet, which is exact up to 2⁵³.
fn exact(count: u64) -> f64 {
    let (high, low) = (count >> 32, count & 0xffff_ffff);
    let part = |half: u64| f64::from(u32::try_from(half).unwrap_or(u32::MAX));
    part(high) * 4_294_967_296.0 + part(low)
}
