//! Comma-separated values: RFC 4180, UTF-8 with a byte order mark.
//!
//! What a reader would get wrong: the values are in one form whatever the language, because a
//! program reads them: days `yyyy-MM-dd`, shares `68.7%`, verdicts by their name. A text that
//! a spreadsheet would take for a formula has an apostrophe before it. Where one table alone is
//! wanted, what the report is about stands behind each of its rows.

use std::collections::BTreeMap;

use csv::{QuoteStyle, Terminator, Writer, WriterBuilder};
use lienthong_core::wire_time::viet_nam;

use super::{DrawError, Drawing};
use crate::reports::content::{Cell, Content, Section};
use crate::reports::words;

/// Tells programs that the file is UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";
/// Name of the table about the report itself.
const ABOUT: &str = "report";

/// The file.
pub(super) fn draw(drawing: &Drawing) -> Result<Vec<u8>, DrawError> {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .quote_style(QuoteStyle::Necessary)
        .from_writer(MARK.to_vec());
    match &drawing.section {
        Some(name) => {
            let mut sections = drawing.content.sections.iter();
            let section = sections
                .find(|section| section.name == *name)
                .ok_or(DrawError::NoSuchSection)?;
            one(&mut writer, section, &drawing.content)
        }
        None => all(&mut writer, drawing),
    }
    .map_err(|error| DrawError::Broken(error.to_string()))?;
    writer
        .into_inner()
        .map_err(|error| DrawError::Broken(error.to_string()))
}

/// One table: its columns, and behind them what the report is about and its hash, the same in
/// each row.
fn one(writer: &mut Writer<Vec<u8>>, section: &Section, content: &Content) -> csv::Result<()> {
    let names = section.columns.iter().map(|column| column.name.as_str());
    let about = [
        ("report_first_day", content.first_day.to_string()),
        ("report_last_day", content.last_day.to_string()),
        ("report_as_of", moment(content.as_of)),
        ("report_unit", content.unit.clone().unwrap_or_default()),
        ("report_dossiers_seen", plain(&content.dossiers_seen)),
        ("report_coverage", plain(&content.coverage)),
        ("report_rule_versions", guarded(&versions(content))),
        ("content_sha256", content.sha256().to_string()),
    ];
    writer.write_record(names.chain(about.iter().map(|(name, _)| *name)))?;
    for row in &section.rows {
        let cells = section.cells(row).map(|(_, cell)| plain(cell));
        writer.write_record(cells.chain(about.iter().map(|(_, value)| value.clone())))?;
    }
    Ok(())
}

/// The versions of the rules, one after another.
fn versions(content: &Content) -> String {
    let rules = content.rules.iter();
    let versions = rules.map(|rule| format!("{}: {}", rule.name, rule.version));
    versions.collect::<Vec<_>>().join("; ")
}

/// All tables, one after the other: the name of the table, then every column that one of them
/// has. The first table is about the report.
fn all(writer: &mut Writer<Vec<u8>>, drawing: &Drawing) -> csv::Result<()> {
    let content = &drawing.content;
    let mut columns: Vec<&str> = Vec::new();
    for column in content.sections.iter().flat_map(|it| &it.columns) {
        if !columns.contains(&column.name.as_str()) {
            columns.push(&column.name);
        }
    }
    let head = ["section", "property", "property_value"];
    writer.write_record(head.iter().chain(&columns))?;
    let nothing = columns.iter().map(|_| String::new());
    for (property, value) in about(drawing) {
        let first = [ABOUT.to_owned(), property, value];
        writer.write_record(first.into_iter().chain(nothing.clone()))?;
    }
    for section in &content.sections {
        for row in &section.rows {
            let first = [section.name.clone(), String::new(), String::new()];
            writer.write_record(first.into_iter().chain(in_columns(row, &columns)))?;
        }
    }
    Ok(())
}

fn in_columns(row: &BTreeMap<String, Cell>, columns: &[&str]) -> Vec<String> {
    let cells = columns.iter().map(|name| row.get(*name));
    cells
        .map(|cell| cell.map_or_else(String::new, plain))
        .collect()
}

/// What is said of the report itself.
fn about(drawing: &Drawing) -> Vec<(String, String)> {
    let content = &drawing.content;
    let named = |name: &str, value: String| (name.to_owned(), value);
    let mut rows = vec![
        named("kind", content.kind.clone()),
        named("title", guarded(&content.title)),
        named("first_day", content.first_day.to_string()),
        named("last_day", content.last_day.to_string()),
        named("as_of", moment(content.as_of)),
        named("unit", content.unit.clone().unwrap_or_default()),
        named("dossiers_seen", plain(&content.dossiers_seen)),
        named("coverage", plain(&content.coverage)),
        named("content_sha256", content.sha256().to_string()),
    ];
    let rules = content.rules.iter();
    rows.extend(rules.map(|rule| {
        let both = format!("{}: {}", rule.name, rule.version);
        named("rule_version", guarded(&both))
    }));
    let remarks = content.remarks.iter();
    rows.extend(remarks.map(|remark| named("remark", guarded(remark))));
    if let Some(state) = &drawing.state {
        rows.push(named("state", guarded(&state.headline)));
        let lines = state.lines.iter();
        rows.extend(lines.map(|(name, value)| {
            let both = format!("{name}: {value}");
            named("state_line", guarded(&both))
        }));
    }
    for section in &content.sections {
        let remarks = section.remarks.iter();
        rows.extend(remarks.map(|remark| {
            let heading = words::remarks_heading(content.language());
            let both = format!("{} ({}): {remark}", section.heading, heading.to_lowercase());
            named("section_remark", guarded(&both))
        }));
    }
    rows
}

/// A cell as a program reads it.
fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => guarded(text),
        Cell::Count(count) => count.to_string(),
        Cell::FewerThan { fewer_than } => format!("<{fewer_than}"),
        Cell::Withheld { .. } => "\u{2013}".to_owned(),
        Cell::Share { percent, .. } => percent
            .as_ref()
            .map(|percent| format!("{percent}%"))
            .unwrap_or_default(),
        Cell::Value { value, unit } => guarded(format!("{value} {unit}").trim_end()),
        Cell::Day { day } => day.to_string(),
        Cell::Moment { moment: at } => moment(*at),
        Cell::Verdict { verdict } => verdict.clone(),
    }
}

/// A moment in Việt Nam with its offset.
fn moment(at: jiff::Timestamp) -> String {
    let local = at.to_zoned(viet_nam());
    local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// `text` so that no spreadsheet takes it for a formula.
fn guarded(text: &str) -> String {
    if super::looks_like_formula(text) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
