//! Number and symbol of a document, read from a field or from the middle of a sentence.
//!
//! What a reader would get wrong: spellings differ while the document is the same
//! (`05` and `5`, `QĐ` and `QD`, `-KL/TƯ` and `-KL/TU`), so compare with
//! [`DocumentSymbol::may_be`]. It is no equality: `TƯ` may mean the provincial committee
//! (TU) or the central one (TW), and those two are different documents.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::cursor::{Cursor, composed};
use super::kind::{DocumentKind, fold};

/// Digits of the longest number.
const MAX_DIGITS: usize = 6;
/// Characters of the longest code.
const MAX_CODE: usize = 15;
/// Codes in the longest symbol.
const MAX_CODES: usize = 5;
/// Years that a symbol may carry.
const YEARS: std::ops::RangeInclusive<i16> = 1945..=2099;

/// Số, ký hiệu văn bản: `781/QĐ-UBND`, `118/2025/NĐ-CP`, `453-KL/TU`, or a bare `91`.
///
/// Kept as written but for spaces, dashes and the Unicode form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DocumentSymbol {
    number: String,
    year: Option<i16>,
    style: Style,
    codes: Vec<String>,
}

/// Who writes symbols in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Style {
    /// `781/QĐ-UBND`; also a bare number.
    State,
    /// `453-KL/TU`.
    Party,
}

/// Why a text is not a symbol; never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidSymbol {
    /// It does not begin with a number, behind an optional `Số`.
    #[error("a document symbol begins with a number of at most {MAX_DIGITS} digits")]
    NoNumber,
    /// A number, and then something that is no code of an issuer.
    #[error("a document symbol has the form 781/QĐ-UBND, 118/2025/NĐ-CP or 453-KL/TU")]
    Codes,
}

/// A symbol and the issuer that stands behind it in brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadSymbol {
    /// The symbol.
    pub symbol: DocumentSymbol,
    /// The issuer outside the symbol: VPCP in `4591 (VPCP)`.
    pub issuer: Option<String>,
}

impl DocumentSymbol {
    /// Reads a symbol that fills the whole text, behind an optional `Số` or `Số:`.
    ///
    /// # Errors
    /// [`InvalidSymbol`].
    pub fn parse(text: &str) -> Result<Self, InvalidSymbol> {
        let read = Self::parse_with_issuer(text)?;
        match read.issuer {
            None => Ok(read.symbol),
            Some(_) => Err(InvalidSymbol::Codes),
        }
    }

    /// As [`DocumentSymbol::parse`], and takes an issuer in brackets behind it, as registers
    /// write where the symbol does not tell it: `4591 (VPCP)` (administration.md 1.6).
    ///
    /// # Errors
    /// [`InvalidSymbol`].
    pub fn parse_with_issuer(text: &str) -> Result<ReadSymbol, InvalidSymbol> {
        let text = composed(text);
        let mut cursor = Cursor::new(text.trim(), 0);
        if cursor.eat_words("số") {
            cursor.skip_space();
            cursor.eat(&[':']);
            cursor.skip_space();
        }
        let symbol = read_symbol(&mut cursor).ok_or(InvalidSymbol::NoNumber)?;
        cursor.skip_space();
        let rest = cursor.rest();
        if rest.is_empty() {
            return Ok(ReadSymbol {
                symbol,
                issuer: None,
            });
        }
        let issuer = rest
            .strip_prefix('(')
            .and_then(|rest| rest.strip_suffix(')'))
            .map(str::trim)
            .filter(|issuer| !issuer.is_empty() && !issuer.contains(['(', ')']))
            .ok_or(InvalidSymbol::Codes)?;
        Ok(ReadSymbol {
            symbol,
            issuer: Some(issuer.to_owned()),
        })
    }

    /// The number as written, with its leading zeros: `05`, `66.7`.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The year between number and codes, which texts with legal force carry.
    #[must_use]
    pub fn year(&self) -> Option<i16> {
        self.year
    }

    /// The codes behind the number, in order: `QĐ` and `UBND`; none of a bare number.
    #[must_use]
    pub fn codes(&self) -> &[String] {
        &self.codes
    }

    /// Whether it is a number only, as in Kết luận số 91: it names nothing without kind,
    /// date and issuer.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        self.codes.is_empty() && self.year.is_none()
    }

    /// The kind of document that a code tells; `None` where no code does, as for laws and
    /// official letters.
    #[must_use]
    pub fn coded_kind(&self) -> Option<DocumentKind> {
        self.codes
            .first()
            .and_then(|code| DocumentKind::from_code(code))
    }

    /// The kind that the whole symbol tells: [`DocumentSymbol::coded_kind`], or an official
    /// letter where issuer and unit stand without a code of a kind (4247/UBND-KSTT).
    #[must_use]
    pub fn implied_kind(&self) -> Option<DocumentKind> {
        let letter = self.style == Style::State
            && self.year.is_none()
            && !self.codes.is_empty()
            && !self.is_of_assembly();
        self.coded_kind()
            .or(letter.then_some(DocumentKind::OfficialLetter))
    }

    /// Whether the National Assembly (`QH15`) or its committee (`UBTVQH15`) issued it.
    #[must_use]
    pub fn is_of_assembly(&self) -> bool {
        self.codes.last().is_some_and(|code| {
            let term = code.strip_prefix("UBTV").unwrap_or(code).strip_prefix("QH");
            term.is_some_and(|term| {
                !term.is_empty() && term.bytes().all(|byte| byte.is_ascii_digit())
            })
        })
    }

    /// Whether `TƯ` leaves open which committee of the Party issued it.
    #[must_use]
    pub fn is_ambiguous(&self) -> bool {
        self.codes.iter().any(|code| is_open_committee(code))
    }

    /// Whether both may be spellings of one symbol. Leading zeros, case, the marks of Đ and
    /// Ư and the order of slash and hyphen do not count, and `TƯ` may be `TU` or `TW`.
    #[must_use]
    pub fn may_be(&self, other: &Self) -> bool {
        let same_code = |(one, other): (&String, &String)| {
            fold(one) == fold(other)
                || (is_open_committee(one) && fold(other) == "TW")
                || (fold(one) == "TW" && is_open_committee(other))
        };
        self.same_number(other)
            && self.year == other.year
            && self.codes.len() == other.codes.len()
            && self.codes.iter().zip(&other.codes).all(same_code)
    }

    /// Whether one may be a shortened form of the other: a bare number, or number and year
    /// without codes.
    pub(super) fn may_shorten(&self, other: &Self) -> bool {
        let without_codes = self.codes.is_empty() || other.codes.is_empty();
        let shortened = self.is_bare() || other.is_bare();
        self.same_number(other) && (shortened || (without_codes && self.year == other.year))
    }

    /// The number without leading zeros; whatever may be the same symbol, or a shortened form
    /// of it, has the same.
    pub(super) fn significant_number(&self) -> String {
        self.number.trim_start_matches('0').to_lowercase()
    }

    fn same_number(&self, other: &Self) -> bool {
        self.significant_number() == other.significant_number()
    }
}

/// `TƯ`, with its mark: without it, TU is the provincial committee and nothing else.
fn is_open_committee(code: &str) -> bool {
    matches!(code, "TƯ" | "Tư" | "tư")
}

impl fmt::Display for DocumentSymbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.number)?;
        if let Some(year) = self.year {
            write!(f, "/{year}")?;
        }
        let separators = match self.style {
            Style::State => ["/", "-"],
            Style::Party => ["-", "/"],
        };
        let separators = separators.into_iter().chain(std::iter::repeat("-"));
        for (separator, code) in separators.zip(&self.codes) {
            write!(f, "{separator}{code}")?;
        }
        Ok(())
    }
}

impl FromStr for DocumentSymbol {
    type Err = InvalidSymbol;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// Reads the symbol that begins here, as far as it goes; at least a bare number.
pub(super) fn read_symbol(cursor: &mut Cursor<'_>) -> Option<DocumentSymbol> {
    let number = read_number(cursor)?;
    let bare = DocumentSymbol {
        number,
        year: None,
        style: Style::State,
        codes: Vec::new(),
    };
    let mut ahead = *cursor;
    ahead.skip_space();
    let read = match ahead.peek() {
        Some('/') => read_state(ahead, &bare),
        Some('-') => read_party(ahead, &bare),
        _ => None,
    };
    Some(match read {
        Some((symbol, after)) => {
            *cursor = after;
            symbol
        }
        None => bare,
    })
}

/// Digits, with the part behind a point that resolutions such as 66.7/2025/NQ-CP have, or
/// with the letter of an inserted number (12a/QĐ-UBND).
fn read_number(cursor: &mut Cursor<'_>) -> Option<String> {
    let mut number = cursor.eat_digits(MAX_DIGITS)?.to_owned();
    let mut ahead = *cursor;
    if ahead.eat(&['.']).is_some()
        && let Some(part) = ahead.eat_digits(2)
        && ahead.peek() == Some('/')
    {
        number.push('.');
        number.push_str(part);
        *cursor = ahead;
    } else if let Some(letter) = cursor.peek().filter(|c| c.is_alphabetic())
        && matches!(cursor.peek_second(), Some('/' | '-'))
    {
        number.push(letter);
        cursor.advance(letter.len_utf8());
    }
    Some(number)
}

/// `/2025/NĐ-CP`, `/QĐ-UBND`, `/UBND` or `/2025`.
fn read_state<'t>(
    mut cursor: Cursor<'t>,
    bare: &DocumentSymbol,
) -> Option<(DocumentSymbol, Cursor<'t>)> {
    let mut symbol = bare.clone();
    if let Some((year, after)) = read_year(cursor) {
        symbol.year = Some(year);
        cursor = after;
    }
    let mut separator = '/';
    while symbol.codes.len() < MAX_CODES {
        let loosely = symbol.codes.len() < 2;
        let Some((code, after)) = read_code(cursor, separator, loosely) else {
            break;
        };
        symbol.codes.push(code);
        cursor = after;
        separator = '-';
    }
    (!symbol.is_bare()).then_some((symbol, cursor))
}

/// `-KL/TU`; only with the code of a kind, because a hyphen behind a number has many other
/// meanings.
fn read_party<'t>(
    cursor: Cursor<'t>,
    bare: &DocumentSymbol,
) -> Option<(DocumentSymbol, Cursor<'t>)> {
    let (kind, after_kind) = read_code(cursor, '-', true)?;
    DocumentKind::from_code(&kind)?;
    let (issuer, mut cursor) = read_code(after_kind, '/', true)?;
    let mut symbol = bare.clone();
    symbol.style = Style::Party;
    symbol.codes = vec![kind, issuer];
    while symbol.codes.len() < MAX_CODES
        && let Some((code, after)) = read_code(cursor, '-', false)
    {
        symbol.codes.push(code);
        cursor = after;
    }
    Some((symbol, cursor))
}

/// `/2025` where no fifth digit follows.
fn read_year(mut cursor: Cursor<'_>) -> Option<(i16, Cursor<'_>)> {
    cursor.eat(&['/'])?;
    cursor.skip_space();
    let digits = cursor.eat_digits(4).filter(|digits| digits.len() == 4)?;
    let year = digits.parse().ok().filter(|year| YEARS.contains(year))?;
    let goes_on = cursor.peek().is_some_and(char::is_alphanumeric);
    (!goes_on).then_some((year, cursor))
}

/// A separator and the code behind it. With spaces between them (`KH- UBND`) the code must
/// look like one more clearly, lest the sentence that goes on be taken for it.
fn read_code(
    mut cursor: Cursor<'_>,
    separator: char,
    loosely: bool,
) -> Option<(String, Cursor<'_>)> {
    let mut spaced = cursor.skip_space();
    cursor.eat(&[separator])?;
    spaced |= cursor.skip_space();
    if spaced && !loosely {
        return None;
    }
    let mut code = read_piece(&mut cursor)?;
    let capitals = |piece: &str| piece.chars().filter(|c| c.is_uppercase()).count();
    let short = code.chars().count() <= 4;
    if capitals(&code) < 2 && (spaced || !short) {
        return None;
    }
    loop {
        let mut ahead = cursor;
        let Some(joint) = ahead.eat(&['.', '&']) else {
            break;
        };
        let Some(piece) = read_piece(&mut ahead).filter(|piece| capitals(piece) > 1) else {
            break;
        };
        code.push(joint);
        code.push_str(&piece);
        cursor = ahead;
    }
    (code.chars().count() <= MAX_CODE).then_some((code, cursor))
}

/// A capital letter and the letters and digits behind it.
fn read_piece(cursor: &mut Cursor<'_>) -> Option<String> {
    cursor.peek().filter(|c| c.is_uppercase())?;
    let piece: String = cursor
        .rest()
        .chars()
        .take_while(|c| c.is_alphanumeric())
        .collect();
    cursor.advance(piece.len());
    Some(piece)
}
