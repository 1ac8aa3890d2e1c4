//! Dates as official documents and spreadsheets write them.
//!
//! What a reader would get wrong: the day always comes first, and a date that the calendar
//! does not have is told and never bent: 30/02 is neither 28/02 nor 02/3, and 05/27/2023
//! is not the 27th of May.

use jiff::civil::Date;
use thiserror::Error;

use super::cursor::{Cursor, composed};
use crate::wire_time::civil_date;

/// The first year of the present state; earlier "dates" are empty cells of some system.
const FIRST_YEAR: i16 = 1945;

/// Why a text is not a date; never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum InvalidVietnameseDate {
    /// None of the known forms.
    #[error("a date has the form 09/7/2022, 9-7-2022 or ngày 09 tháng 7 năm 2022")]
    Format,
    /// A year of two digits, which may belong to either century.
    #[error("the year must have four digits")]
    ShortYear,
    /// A year before 1945, such as the 01/01/0001 that systems write for an empty cell.
    #[error("the year is before {FIRST_YEAR}")]
    TooEarly,
    /// The right form, but the calendar has no such day.
    #[error("the calendar has no such day")]
    NoSuchDay,
}

/// Reads a date that fills the whole text: `04/11/2024`, `15-5-2017`, `15.5.2017`,
/// `ngày 9 tháng 7 năm 2022` with or without the first word, or `2022-07-09`, which
/// spreadsheets write (administration.md 1.6).
///
/// # Errors
/// [`InvalidVietnameseDate`].
pub fn parse_date(text: &str) -> Result<Date, InvalidVietnameseDate> {
    let text = composed(text);
    let mut cursor = Cursor::new(text.trim(), 0);
    let read = read_date(&mut cursor).unwrap_or(Err(InvalidVietnameseDate::Format));
    if cursor.rest().is_empty() {
        read
    } else {
        Err(InvalidVietnameseDate::Format)
    }
}

/// `09/7/2022`: the day and the months 1 and 2 with two digits, as documents are written.
#[must_use]
pub fn short_date(date: Date) -> String {
    let (day, month) = parts(date);
    format!("{day}/{month}/{:04}", date.year())
}

/// `ngày 09 tháng 7 năm 2022`.
#[must_use]
pub fn long_date(date: Date) -> String {
    let (day, month) = parts(date);
    format!("ngày {day} tháng {month} năm {:04}", date.year())
}

fn parts(date: Date) -> (String, String) {
    let month = if date.month() < 3 {
        format!("{:02}", date.month())
    } else {
        date.month().to_string()
    };
    (format!("{:02}", date.day()), month)
}

/// Reads a date that begins here; `None`, and nothing read, where none does. After the word
/// `ngày` a number that is no complete date is an error, so that it is told.
pub(super) fn read_date(cursor: &mut Cursor<'_>) -> Option<Result<Date, InvalidVietnameseDate>> {
    let mut ahead = *cursor;
    let named = ahead.eat_words("ngày");
    ahead.skip_space();
    if !ahead.peek().is_some_and(|c| c.is_ascii_digit()) {
        return None;
    }
    let (digits_end, read) = match iso(ahead).or_else(|| day_first(ahead)) {
        Some((after, read)) => (after, read),
        None if named => (past_number(ahead), Err(InvalidVietnameseDate::Format)),
        None => return None,
    };
    *cursor = digits_end;
    Some(read)
}

/// A date and the place behind it.
type Read<'t> = (Cursor<'t>, Result<Date, InvalidVietnameseDate>);

fn iso(mut cursor: Cursor<'_>) -> Option<Read<'_>> {
    let year = cursor.eat_digits(4).filter(|digits| digits.len() == 4)?;
    cursor.eat(&['-'])?;
    let month = cursor.eat_digits(2)?;
    cursor.eat(&['-'])?;
    let day = cursor.eat_digits(2)?;
    ends(cursor).then(|| (cursor, compose(day, month, year)))
}

fn day_first(mut cursor: Cursor<'_>) -> Option<Read<'_>> {
    let day = cursor.eat_digits(2)?;
    cursor.skip_space();
    let (month, year) = if cursor.eat_words("tháng") {
        cursor.skip_space();
        let month = cursor.eat_digits(2)?;
        cursor.skip_space();
        if !cursor.eat_words("năm") {
            return None;
        }
        cursor.skip_space();
        (month, cursor.eat_digits(4)?)
    } else {
        let separator = cursor.eat(&['/', '-', '.'])?;
        cursor.skip_space();
        let month = cursor.eat_digits(2)?;
        cursor.skip_space();
        cursor.eat(&[separator])?;
        cursor.skip_space();
        (month, cursor.eat_digits(4)?)
    };
    ends(cursor).then(|| (cursor, compose(day, month, year)))
}

/// Whether what was read is not the beginning of a longer number.
fn ends(cursor: Cursor<'_>) -> bool {
    let next = cursor.peek();
    let number_goes_on = matches!(next, Some('/' | '-' | '.'))
        && cursor.peek_second().is_some_and(|c| c.is_ascii_digit());
    !number_goes_on && !next.is_some_and(char::is_alphanumeric)
}

/// The place behind the digits and separators that begin here.
fn past_number(mut cursor: Cursor<'_>) -> Cursor<'_> {
    let part = |c: &char| c.is_ascii_digit() || matches!(c, '/' | '-');
    let len = cursor.rest().chars().take_while(part).count();
    cursor.advance(len);
    cursor
}

fn compose(day: &str, month: &str, year: &str) -> Result<Date, InvalidVietnameseDate> {
    if year.len() < 4 {
        return Err(InvalidVietnameseDate::ShortYear);
    }
    let number = |digits: &str| digits.parse::<i16>().unwrap_or_default();
    let date = civil_date(number(year), number(month), number(day))
        .ok_or(InvalidVietnameseDate::NoSuchDay)?;
    if date.year() < FIRST_YEAR {
        return Err(InvalidVietnameseDate::TooEarly);
    }
    Ok(date)
}
