//! What stands around a number: the name of a kind before it, the issuer behind it, and
//! the date at the head of its sentence.
//!
//! What a reader would get wrong: the issuer is read by the shape of the sentence, not
//! from a list of agencies, and is what the text says, right or wrong.

use jiff::civil::Date;

use crate::document::cursor::Cursor;
use crate::document::date::{InvalidVietnameseDate, read_date};
use crate::document::kind::DocumentKind;

/// Characters that are looked at before a number.
const REACH: usize = 160;
/// Characters of the longest sentence whose head is looked for.
const SENTENCE: usize = 600;
/// Words of the longest issuer.
const MAX_ISSUER_WORDS: usize = 14;

/// Short names of kinds that stand before a full symbol or before number and year.
const SHORT_NAMES: [(&str, DocumentKind); 10] = [
    ("QĐ", DocumentKind::Decision),
    ("NĐ", DocumentKind::Decree),
    ("NQ", DocumentKind::Resolution),
    ("TT", DocumentKind::Circular),
    ("CV", DocumentKind::OfficialLetter),
    ("KH", DocumentKind::Plan),
    ("CT", DocumentKind::Directive),
    ("KL", DocumentKind::Conclusion),
    ("BC", DocumentKind::Report),
    ("TB", DocumentKind::Notice),
];

/// Words that end the name of an issuer.
const AFTER_ISSUER: &[&str] = &[
    "về", "trong", "trên", "nhằm", "có", "đã", "đang", "được", "để", "do", "theo", "tại", "là",
    "chủ", "lồng", "ngày", "năm", "ký", "yêu", "với", "từ", "đến", "khi", "cho", "thì", "mà", "ở",
    "bằng", "gửi",
];

/// How the words directly before a number call what it numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    /// By the full name of a kind.
    Full(DocumentKind),
    /// By a short form such as QĐ.
    Short(DocumentKind),
    /// A document only (`văn bản`).
    Document,
    /// Not a document.
    Nothing,
}

/// What stands before a number.
#[derive(Debug, Clone)]
pub(super) struct Before {
    /// What the number is called.
    pub(super) naming: Naming,
    /// Whether `số` stands between.
    pub(super) numbered: bool,
    /// Whether the name begins with a capital letter.
    pub(super) capital: bool,
    /// The nearest act of the National Assembly that the same clause names, for `Luật Căn
    /// cước số 26/2023/QH15`.
    pub(super) act: Option<DocumentKind>,
    /// Digits that the number begins with.
    pub(super) digits: usize,
    /// Byte at which the naming begins.
    pub(super) start: usize,
}

impl Before {
    /// The kind that is named.
    pub(super) fn kind(&self) -> Option<DocumentKind> {
        match self.naming {
            Naming::Full(kind) | Naming::Short(kind) => Some(kind),
            Naming::Document | Naming::Nothing => None,
        }
    }

    /// Whether a kind is named, and in full.
    pub(super) fn is_full_name(&self) -> bool {
        match self.naming {
            Naming::Full(_) => true,
            Naming::Short(_) | Naming::Document | Naming::Nothing => false,
        }
    }
}

/// Looks at what stands before the number at `cursor`.
pub(super) fn before(cursor: Cursor<'_>) -> Before {
    let head = cursor.head();
    let reach = head.char_indices().rev().nth(REACH - 1);
    let tail = &head[reach.map_or(0, |(at, _)| at)..];
    let mut left = tail.trim_end();
    left = left.strip_suffix(':').unwrap_or(left).trim_end();
    let unnumbered = without_word(left, "số");
    let numbered = unnumbered.is_some();
    left = unnumbered.unwrap_or(left).trim_end();

    let (naming, named) = naming(left);
    Before {
        naming,
        numbered,
        capital: left[named.len()..]
            .chars()
            .next()
            .is_some_and(char::is_uppercase),
        act: nearest_act(left),
        digits: cursor.rest().bytes().take_while(u8::is_ascii_digit).count(),
        start: head.len() - tail.len() + named.len(),
    }
}

/// How `text` calls what comes next, and what stands before that.
fn naming(text: &str) -> (Naming, &str) {
    if let Some((kind, rest)) = longest_name(text) {
        return (Naming::Full(kind), rest);
    }
    let short = SHORT_NAMES.into_iter().find_map(|(name, kind)| {
        let rest = text.strip_suffix(name).filter(|rest| ends_word(rest))?;
        Some((Naming::Short(kind), rest))
    });
    let document = || without_word(text, "văn bản").map(|rest| (Naming::Document, rest));
    short.or_else(document).unwrap_or((Naming::Nothing, text))
}

/// The longest name of a kind that ends `text`, and what stands before it.
fn longest_name(text: &str) -> Option<(DocumentKind, &str)> {
    DocumentKind::ALL
        .into_iter()
        .filter_map(|kind| without_word(text, kind.name_vi()).map(|rest| (kind, rest)))
        .min_by_key(|(_, rest)| rest.len())
}

/// What stands before `word`, if `text` ends with it in any case and as a whole word.
fn without_word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let count = word.chars().count();
    let (start, _) = text.char_indices().rev().nth(count.checked_sub(1)?)?;
    let ends = Cursor::new(&text[start..], 0).eat_words(&word.to_lowercase());
    (ends && ends_word(&text[..start])).then(|| &text[..start])
}

/// Whether a new word may begin behind `head`.
fn ends_word(head: &str) -> bool {
    !head.chars().next_back().is_some_and(char::is_alphanumeric)
}

fn nearest_act(text: &str) -> Option<DocumentKind> {
    let clause = text
        .rfind(['.', ';', '\n'])
        .map_or(text, |end| &text[end + 1..]);
    let lower = clause.to_lowercase();
    let acts = [
        DocumentKind::Code,
        DocumentKind::Law,
        DocumentKind::Resolution,
        DocumentKind::Ordinance,
    ];
    acts.into_iter()
        .filter_map(|kind| {
            let name = kind.name_vi().to_lowercase();
            lower.rfind(&name).map(|at| (at + name.len(), kind))
        })
        .max_by_key(|&(end, kind)| (end, kind == DocumentKind::Code))
        .map(|(_, kind)| kind)
}

/// `(VPCP)`: an issuer that stands outside the symbol.
pub(super) fn issuer_in_brackets(cursor: &mut Cursor<'_>) -> Option<String> {
    let mut ahead = *cursor;
    ahead.skip_space();
    ahead.eat(&['('])?;
    let (issuer, _) = ahead.rest().split_once(')')?;
    let is_code = (2..=15).contains(&issuer.chars().count())
        && issuer.chars().all(|c| c.is_uppercase() || c == '-');
    if !is_code {
        return None;
    }
    ahead.advance(issuer.len() + 1);
    *cursor = ahead;
    Some(issuer.to_owned())
}

/// `của Ban Thường vụ Tỉnh ủy`: words behind `của`, from a capital letter up to a mark, a
/// word that goes on with the sentence, or the next document.
pub(super) fn read_issuer(cursor: &mut Cursor<'_>) -> Option<String> {
    let mut ahead = *cursor;
    ahead.eat(&[',']);
    ahead.skip_space();
    if !ahead.eat_words("của") {
        return None;
    }
    ahead.skip_space();
    ahead.peek().filter(|c| c.is_uppercase())?;
    let mut words: Vec<&str> = Vec::new();
    while words.len() < MAX_ISSUER_WORDS {
        let rest = ahead.rest();
        let len = rest
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '&' | '/')))
            .unwrap_or(rest.len());
        let word = &rest[..len];
        if word.is_empty() || AFTER_ISSUER.contains(&word) || ends_issuer(ahead) {
            break;
        }
        words.push(word);
        ahead.advance(len);
        *cursor = ahead;
        if ahead.eat(&[' ']).is_none() {
            break;
        }
    }
    (!words.is_empty()).then(|| words.join(" "))
}

/// Whether the sentence goes on here: with "ban hành", or with an "and" that joins no part of
/// a name but something else or the next document.
fn ends_issuer(cursor: Cursor<'_>) -> bool {
    let mut ahead = cursor;
    if !ahead.eat_words("và") {
        return ahead.eat_words("ban hành");
    }
    ahead.skip_space();
    let names_kind = |kind: DocumentKind| ahead.begins_with(&kind.name_vi().to_lowercase());
    !ahead.peek().is_some_and(char::is_uppercase) || DocumentKind::ALL.into_iter().any(names_kind)
}

/// The date at the head of the sentence where the sentence tells that the document was
/// issued: `Ngày 27 tháng 7 năm 2022, Ủy ban nhân dân tỉnh có Công văn số 4247/UBND-KSTT`.
/// `last_end` is where the mention before this one ended.
pub(super) fn issued_on(
    cursor: Cursor<'_>,
    start: usize,
    last_end: usize,
) -> Option<Result<Date, InvalidVietnameseDate>> {
    let head = cursor.head().get(..start)?.trim_end();
    let issues = ["có", "ban hành", "ra", "ký"];
    issues.iter().find_map(|word| without_word(head, word))?;
    let reach = head.char_indices().rev().nth(SENTENCE - 1);
    let from = reach.map_or(0, |(at, _)| at);
    let begin = [". ", "; ", "! ", "? ", "\n"]
        .into_iter()
        .filter_map(|end| head[from..].rfind(end).map(|at| from + at + end.len()))
        .max()
        .unwrap_or(from);
    if begin < last_end {
        return None;
    }
    let sentence = head.get(begin..)?.trim_start();
    let mut ahead = Cursor::new(sentence, 0);
    if !ahead.begins_with("ngày") {
        return None;
    }
    read_date(&mut ahead)
}
