//! A page that prints well: one file, no script, nothing fetched.
//!
//! What a reader would get wrong: every text goes through the template's escaping, those of
//! our own words too; nothing is marked as safe.

use askama::Template;
use lienthong_core::check::Verdict;
use lienthong_core::report::Language;

use super::{DrawError, Drawing};
use crate::reports::content::{Cell, Column, Content, Kind, Section, verdict_text};
use crate::reports::typography::polish;
use crate::reports::{typography, words};

/// Widest table that is printed upright, in characters.
const UPRIGHT: u32 = 84;
/// Most rows of a table that is kept on one page.
const SHORT: usize = 8;
/// Most columns of verdicts that are written in words.
const DENSE: usize = 6;

/// The page.
#[derive(Debug, Template)]
#[template(path = "report.html")]
struct Page {
    lang: &'static str,
    title: String,
    wide: bool,
    footer: Footer,
    state: Option<StateBox>,
    facts: Vec<(String, String)>,
    rules_heading: &'static str,
    rules: Vec<(String, String)>,
    hash_name: &'static str,
    hash: String,
    remarks: Vec<String>,
    sections: Vec<Table>,
    no_rows: &'static str,
}

/// What stands in the margins of a printed page. Only words of this program and hexadecimal
/// digits: a style sheet has no escaping of its own here.
#[derive(Debug)]
struct Footer {
    name: &'static str,
    page: &'static str,
    hash: String,
}

/// How far the report came.
#[derive(Debug)]
struct StateBox {
    headline: String,
    is_void: bool,
    lines: Vec<(String, String)>,
}

/// A table.
#[derive(Debug)]
struct Table {
    id: String,
    heading: String,
    columns: Vec<Head>,
    rows: Vec<Vec<Data>>,
    remarks: Vec<String>,
    /// So short that it stands on one page.
    is_short: bool,
    /// What the signs of a dense table mean.
    legend: Vec<(&'static str, String)>,
}

/// Head of a column.
#[derive(Debug)]
struct Head {
    class: &'static str,
    text: String,
}

/// A cell.
#[derive(Debug)]
struct Data {
    class: &'static str,
    /// It names its row.
    is_name: bool,
    pieces: Vec<Piece>,
    verdict: Option<Badge>,
}

/// A piece of a text.
#[derive(Debug, PartialEq, Eq)]
struct Piece {
    text: String,
    /// It is a number of a dossier or of a document, which is not broken at its hyphens.
    is_whole: bool,
}

/// How a verdict looks, besides its words.
#[derive(Debug)]
struct Badge {
    class: &'static str,
    sign: &'static str,
    /// Only the sign is seen; the words are there for who cannot see it.
    is_dense: bool,
}

/// The file.
pub(super) fn draw(drawing: &Drawing) -> Result<Vec<u8>, DrawError> {
    let page = page(drawing);
    let text = page
        .render()
        .map_err(|error| DrawError::Broken(error.to_string()))?;
    Ok(text.into_bytes())
}

fn page(drawing: &Drawing) -> Page {
    let content = &drawing.content;
    let language = content.language();
    let hash = content.sha256().to_string();
    let state = drawing.state.as_ref().map(|state| StateBox {
        headline: state.headline.clone(),
        is_void: state.is_void,
        lines: state.lines.clone(),
    });
    let facts = words::facts(content).into_iter();
    let rules = content.rules.iter();
    Page {
        lang: language.of("vi", "en"),
        title: polish(&content.title),
        wide: content.sections.iter().any(|it| width(it) > UPRIGHT),
        footer: Footer {
            name: words::short_name(content.kind(), language),
            page: language.of("Trang", "Page"),
            hash: hash.get(..16).unwrap_or_default().to_owned(),
        },
        state,
        facts: facts.map(|fact| (fact.name, fact.value)).collect(),
        rules_heading: words::rules_heading(language),
        rules: rules
            .map(|rule| (rule.name.clone(), rule.version.clone()))
            .collect(),
        hash_name: words::hash_name(language),
        hash,
        remarks: content.remarks.iter().map(|it| polish(it)).collect(),
        sections: content
            .sections
            .iter()
            .map(|it| table(it, content))
            .collect(),
        no_rows: words::no_rows(language),
    }
}

fn table(section: &Section, content: &Content) -> Table {
    let language = content.language();
    let name = name_column(section);
    let dense = is_dense(section);
    let row = |row| -> Vec<Data> {
        let cells = section.cells(row).enumerate();
        cells
            .map(|(index, (column, cell))| Data {
                is_name: name == Some(index),
                ..data(cell, column, dense, language)
            })
            .collect()
    };
    Table {
        id: section.name.clone(),
        heading: polish(&section.heading),
        columns: section
            .columns
            .iter()
            .map(|column| head(section, column, dense))
            .collect(),
        rows: section.rows.iter().map(row).collect(),
        remarks: section.remarks.iter().map(|it| polish(it)).collect(),
        is_short: section.rows.len() <= SHORT,
        legend: if dense { legend(language) } else { Vec::new() },
    }
}

/// Whether a table has so many columns of verdicts that words do not fit in them.
fn is_dense(section: &Section) -> bool {
    let columns = section.columns.iter();
    columns
        .filter(|column| has_verdicts(section, column))
        .count()
        > DENSE
}

fn has_verdicts(section: &Section, column: &Column) -> bool {
    let mut cells = section.rows.iter().filter_map(|row| row.get(&column.name));
    cells.any(|cell| matches!(cell, Cell::Verdict { .. }))
}

fn legend(language: Language) -> Vec<(&'static str, String)> {
    let all = Verdict::ALL.into_iter();
    all.map(|verdict| {
        let name = verdict.name();
        (badge(name, true).sign, verdict_text(name, language))
    })
    .collect()
}

fn head(section: &Section, column: &Column, dense: bool) -> Head {
    Head {
        class: if dense && has_verdicts(section, column) {
            "sign"
        } else {
            class(column.kind)
        },
        text: polish(&column.heading),
    }
}

fn data(cell: &Cell, column: &Column, dense: bool, language: Language) -> Data {
    let text = typography::cell(cell, language);
    let is_text = matches!(cell, Cell::Text(_));
    // A text in a column of numbers, "N/A" perhaps, stays on its side.
    let class = match (cell, column.kind) {
        (Cell::FewerThan { .. } | Cell::Withheld { .. }, _) => "number",
        (Cell::Verdict { .. }, _) if dense => "sign",
        (Cell::Verdict { .. }, _) => "judged",
        (Cell::Text(_), Kind::Code) if long(&text) => "codes",
        _ => class(column.kind),
    };
    Data {
        class,
        is_name: false,
        pieces: pieces(&if is_text { polish(&text) } else { text }),
        verdict: match cell {
            Cell::Verdict { verdict } => Some(badge(verdict, dense)),
            Cell::Empty
            | Cell::Text(_)
            | Cell::Count(_)
            | Cell::FewerThan { .. }
            | Cell::Withheld { .. }
            | Cell::Share { .. }
            | Cell::Value { .. }
            | Cell::Day { .. }
            | Cell::Moment { .. } => None,
        },
    }
}

/// Longest number that is kept in one line.
const LONGEST_WHOLE: usize = 28;

/// A text in pieces, so that numbers with hyphens are kept in one line each.
fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for part in text.split_inclusive([' ', '\n']) {
        // A line is broken at the space behind a number, so the space is no part of it.
        let word = part.trim_end_matches([' ', '\n']);
        let (_, space) = part.split_at(word.len());
        let is_number = word.contains('-') && word.contains(|c: char| c.is_ascii_digit());
        let is_whole = is_number && word.chars().count() <= LONGEST_WHOLE;
        push(&mut pieces, word, is_whole);
        push(&mut pieces, space, false);
    }
    pieces
}

fn push(pieces: &mut Vec<Piece>, text: &str, is_whole: bool) {
    match pieces.last_mut() {
        _ if text.is_empty() => {}
        Some(last) if !last.is_whole && !is_whole => last.text.push_str(text),
        Some(_) | None => pieces.push(Piece {
            text: text.to_owned(),
            is_whole,
        }),
    }
}

/// Whether a code is so long that it must be broken.
fn long(text: &str) -> bool {
    text.chars().count() > 14
}

fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Code => "code",
        Kind::Text => "text",
        Kind::Prose => "prose",
        Kind::Number => "number",
        Kind::Moment => "moment",
    }
}

/// A sign beside the words of a verdict, so that nothing depends on colour.
fn badge(verdict: &str, is_dense: bool) -> Badge {
    let (class, sign) = match verdict {
        "CONSISTENT" => ("good", "\u{2713}"),
        "CONTRADICTED" => ("bad", "\u{2717}"),
        "UNDOCUMENTED" => ("open", "\u{25a1}"),
        "UNPROVEN" => ("open", "?"),
        "EVIDENCE_EXPIRED" => ("warn", "!"),
        "NOT_APPLICABLE" => ("none", "\u{2013}"),
        _ => ("none", "\u{25cb}"),
    };
    Badge {
        class,
        sign,
        is_dense,
    }
}

/// The column that names a row: the first text, else the first column.
fn name_column(section: &Section) -> Option<usize> {
    let texts = |column: &Column| column.kind == Kind::Text;
    let first = section.columns.iter().position(texts);
    first.or((!section.columns.is_empty()).then_some(0))
}

/// Width of a table in characters, as far as its columns tell.
fn width(section: &Section) -> u32 {
    let one = |column: &Column| match column.kind {
        Kind::Code => 6,
        Kind::Number => 9,
        Kind::Moment => 11,
        Kind::Text => 20,
        Kind::Prose => 32,
    };
    section.columns.iter().map(one).sum()
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn a_number_of_a_dossier_is_not_broken_and_no_word_is_lost() {
        let text = "xem H60.201-251202-00724, hồ sơ giấy - bản in";
        let found = pieces(text);
        let whole: Vec<&str> = found
            .iter()
            .filter(|piece| piece.is_whole)
            .map(|piece| piece.text.as_str())
            .collect();
        assert_eq!(whole, ["H60.201-251202-00724,"]);
        let again: String = found.into_iter().map(|piece| piece.text).collect();
        assert_eq!(again, text);
        // What is longer than a column must be broken somewhere.
        let long = "1-".repeat(40);
        assert!(pieces(&long).iter().all(|piece| !piece.is_whole));
    }
}
