//! Mentions of documents in running text.
//!
//! What a reader would get wrong: most numbers in such a text are no documents (`15/7/2021`,
//! `Đề án 06/CP`, `Kế hoạch 5 năm`, `220/380V`). A number counts only where the name of a
//! kind stands before it or the code of a kind inside it.

use jiff::civil::Date;

use super::cursor::{Cursor, composed};
use super::date::{InvalidVietnameseDate, read_date};
use super::kind::DocumentKind;
use super::symbol::{DocumentSymbol, read_symbol};

mod context;

use context::{Before, Naming, before, issued_on, issuer_in_brackets, read_issuer};

/// One place in a text that names a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Loại văn bản, from the word before the number or the code in the symbol.
    pub kind: Option<DocumentKind>,
    /// Số, ký hiệu.
    pub symbol: DocumentSymbol,
    /// Ngày ban hành; `None` where none is written or it cannot be read.
    pub date: Option<Date>,
    /// Cơ quan ban hành as the text words it, for a person to check.
    pub issuer: Option<String>,
    /// What a person should look at.
    pub doubts: Vec<Doubt>,
}

/// Something in a mention that is told instead of being settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Doubt {
    /// A date stands there and is none.
    Date(InvalidVietnameseDate),
    /// The word before the number and the code in the symbol name different kinds.
    Kind {
        /// What the word says.
        written: DocumentKind,
        /// What the code says.
        coded: DocumentKind,
    },
    /// The symbol carries a year and the date lies in another, so it is not the date of
    /// issue; often it is the day on which a law takes effect.
    Year {
        /// The year in the symbol.
        symbol: i16,
        /// The date that stands there.
        date: Date,
    },
    /// `TƯ`: the provincial or the central committee of the Party.
    Committee,
}

/// Every mention of a document, in the order of the text.
#[must_use]
pub fn find_mentions(text: &str) -> Vec<Mention> {
    let text = composed(text);
    let mut mentions: Vec<Mention> = Vec::new();
    let mut at = 0;
    let mut last_end = 0;
    while let Some(found) = text[at..].find(|c: char| c.is_ascii_digit()) {
        let start = at + found;
        let mut cursor = Cursor::new(&text, start);
        let read = (!continues(&text[..start]))
            .then(|| {
                let kind = mentions.last().and_then(|last| last.kind);
                let last = Last {
                    end: last_end,
                    kind,
                };
                read_mention(&mut cursor, last)
            })
            .flatten();
        if let Some(mention) = read {
            mentions.push(mention);
            at = cursor.at();
            last_end = at;
        } else {
            let digits = text[start..].bytes().take_while(u8::is_ascii_digit);
            at = start + digits.count();
        }
    }
    mentions
}

/// Whether a digit behind `head` belongs to a number or name that began earlier.
fn continues(head: &str) -> bool {
    let mut before = head.chars().rev();
    match before.next() {
        Some('/' | '-' | '.' | ',') => before.next().is_some_and(char::is_alphanumeric),
        Some(c) => c.is_alphanumeric(),
        None => false,
    }
}

/// The mention before the one that is read.
#[derive(Clone, Copy)]
struct Last {
    /// Byte at which it ended.
    end: usize,
    kind: Option<DocumentKind>,
}

impl Last {
    /// Its kind where a list goes on behind it: `Công văn số 529/UBND-KSTT và số
    /// 4247/UBND-KSTT`, `Nghị định 61/2018, 107/2021`.
    fn kind_of_list(self, cursor: Cursor<'_>, before: &Before) -> Option<DocumentKind> {
        let between = cursor.head().get(self.end..before.start)?;
        let joins = [",", ";", "và", ", và", "; và"].contains(&between.trim());
        self.kind
            .filter(|_| before.naming == Naming::Nothing && joins)
    }
}

/// Reads the mention whose number begins at the cursor, with the date and issuer around it.
fn read_mention(cursor: &mut Cursor<'_>, last: Last) -> Option<Mention> {
    let mut ahead = *cursor;
    let symbol = read_symbol(&mut ahead)?;
    let before = before(*cursor);
    let listed = last.kind_of_list(*cursor, &before);
    let kind = kind_of(&symbol, &before, listed, ahead)?;
    let mut mention = Mention {
        doubts: doubts(&symbol, before.kind()),
        kind,
        symbol,
        date: None,
        issuer: None,
    };
    let date = read_around(&mut ahead, &mut mention.issuer)
        .or_else(|| issued_on(*cursor, before.start, last.end));
    match date {
        Some(Ok(date)) => match mention.symbol.year() {
            Some(symbol) if symbol != date.year() => {
                mention.doubts.push(Doubt::Year { symbol, date });
            }
            Some(_) | None => mention.date = Some(date),
        },
        Some(Err(problem)) => mention.doubts.push(Doubt::Date(problem)),
        None => {}
    }
    *cursor = ahead;
    Some(mention)
}

fn doubts(symbol: &DocumentSymbol, written: Option<DocumentKind>) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    if let (Some(written), Some(coded)) = (written, symbol.coded_kind())
        && !written.agrees_with(coded)
    {
        doubts.push(Doubt::Kind { written, coded });
    }
    if symbol.is_ambiguous() {
        doubts.push(Doubt::Committee);
    }
    doubts
}

/// The kind of the document, if the number names one at all.
#[expect(
    clippy::option_option,
    reason = "whether it is a document, and whether its kind is known, are two questions"
)]
fn kind_of(
    symbol: &DocumentSymbol,
    before: &Before,
    listed: Option<DocumentKind>,
    after: Cursor<'_>,
) -> Option<Option<DocumentKind>> {
    if symbol.is_bare() {
        return is_named_by_number(before, after).then_some(before.kind());
    }
    if symbol.codes().is_empty() {
        let kind = before.kind().or(listed);
        let cited = kind.is_some_and(DocumentKind::is_cited_by_year);
        return (cited || (before.numbered && before.is_full_name())).then_some(kind);
    }
    if before.kind().is_some() {
        return Some(before.kind());
    }
    if listed.is_some() {
        return Some(symbol.coded_kind().or(listed));
    }
    let several = symbol.codes().len() > 1;
    if before.naming == Naming::Document || (before.numbered && several) {
        return Some(symbol.implied_kind());
    }
    if symbol.is_of_assembly() && symbol.year().is_some() {
        return Some(before.act);
    }
    let coded = symbol.coded_kind().filter(|_| several);
    coded.map(Some)
}

/// Whether a bare number behind the name of a kind is the number of a document: `Kết luận
/// số 91`, `Kết luận 91 của`; not `Kế hoạch 5 năm`, `Báo cáo 12 tháng`, `Kế hoạch 2024`.
fn is_named_by_number(before: &Before, after: Cursor<'_>) -> bool {
    if !before.is_full_name() || goes_on(after) {
        return false;
    }
    let rest = after.rest().trim_start();
    if rest.starts_with('%') {
        return false;
    }
    if before.numbered {
        return true;
    }
    let year_like = before.digits == 4;
    let closes = rest.is_empty() || rest.starts_with(['.', ',', ';', ')', '(']);
    let words = [
        "của",
        "ngày",
        "về",
        "và",
        "là",
        "nhằm",
        "được",
        "do",
        "có",
        "ban hành",
    ];
    let goes_on_as_sentence = words
        .iter()
        .any(|words| Cursor::new(rest, 0).begins_with(words));
    before.capital && !year_like && (closes || goes_on_as_sentence)
}

/// Whether the number is the beginning of something longer: `12-10`, `12:30`, `2.149`, `91%`.
fn goes_on(after: Cursor<'_>) -> bool {
    match after.peek() {
        Some('/' | '-' | '.' | ',' | ':') => {
            after.peek_second().is_some_and(|c| c.is_ascii_digit())
                || (after.peek() == Some('/')
                    && after.peek_second().is_some_and(char::is_alphanumeric))
        }
        Some(c) => c.is_alphanumeric() || c == '%',
        None => false,
    }
}

/// Reads the date and the issuer behind a symbol, in either order: `ngày 14/12/2021 của Ban
/// Chấp hành Đảng bộ tỉnh`, `của Thủ tướng Chính phủ ngày 02/9/2021`, `(09/7/2022)`.
fn read_around(
    cursor: &mut Cursor<'_>,
    issuer: &mut Option<String>,
) -> Option<Result<Date, InvalidVietnameseDate>> {
    *issuer = issuer_in_brackets(cursor);
    let date = read_date_behind(cursor);
    if issuer.is_none() {
        *issuer = read_issuer(cursor);
    }
    if date.is_some() || issuer.is_none() {
        return date;
    }
    let mut ahead = *cursor;
    ahead.eat(&[',']);
    ahead.skip_space();
    if !ahead.begins_with("ngày") {
        return None;
    }
    let date = read_date(&mut ahead)?;
    *cursor = ahead;
    Some(date)
}

fn read_date_behind(cursor: &mut Cursor<'_>) -> Option<Result<Date, InvalidVietnameseDate>> {
    let mut ahead = *cursor;
    ahead.skip_space();
    ahead.eat(&[',', '(']);
    ahead.skip_space();
    for words in ["được ban hành", "ban hành", "ký ban hành", "ký"] {
        if ahead.eat_words(words) {
            ahead.skip_space();
        }
    }
    let date = read_date(&mut ahead)?;
    *cursor = ahead;
    Some(date)
}
