//! A bounded reader of XML.
//!
//! Namespaces are resolved, prefixes are not looked at. Document types and entities
//! of an answer's own are refused before anything can expand. Attributes are not read,
//! but for the two that count the citizens of a collection: these become its children.

use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::{NsReader, XmlVersion};

use super::element::{Element, Problem, Space, Tree};
use super::flaw::Flaw;
use super::names;

/// Namespace of the SOAP 1.1 envelope (population.md 1.1).
const ENVELOPE_NS: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// Namespace of the confirmation's answer (population.md 1.1).
const QUERY_NS: &str = "http://dancuquocgia.bca";
/// Namespace of citizen data (QCVN 109:2017).
const CITIZEN_NS: &str = "http://www.mic.gov.vn/dancu/1.0";

/// The attributes that say how many citizens a collection holds (population.md 2.4, 4).
const COUNTS: [&str; 2] = ["SoCongDan", "SoLuongCongDan"];

const NOT_WELL_FORMED: Problem = "not well-formed XML";

/// Reads a document to its end and gives its root.
///
/// # Errors
/// A [`Flaw`] with the byte at which reading stopped.
pub(super) fn document(bytes: &[u8]) -> Result<Element, Flaw> {
    let text = std::str::from_utf8(bytes).map_err(|error| Flaw {
        stopped_at: Some(error.valid_up_to()),
        ..Flaw::of("not UTF-8")
    })?;
    let unmarked = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mark = text.len() - unmarked.len();
    let mut tree = Tree::default();
    let stopped = fill(&mut tree, unmarked).err();
    let outline = stopped.map(|_| tree.outline()).unwrap_or_default();
    match (tree.into_root(), stopped) {
        (Some(root), None) => Ok(root),
        (_, stopped) => {
            let (problem, position) = stopped.unwrap_or((NOT_WELL_FORMED, 0));
            Err(Flaw {
                outline,
                stopped_at: usize::try_from(position).ok().map(|at| at + mark),
                ..Flaw::of(problem)
            })
        }
    }
}

/// Reads all of `text` into `tree`; what is wrong and where otherwise.
fn fill(tree: &mut Tree, text: &str) -> Result<(), (Problem, u64)> {
    let mut reader = NsReader::from_str(text);
    loop {
        let event = reader
            .read_event()
            .map_err(|_| (NOT_WELL_FORMED, reader.error_position()))?;
        if matches!(event, Event::Eof) {
            return tree
                .is_whole()
                .map_err(|problem| (problem, reader.buffer_position()));
        }
        take(tree, &reader, event).map_err(|problem| (problem, reader.buffer_position()))?;
    }
}

fn take(tree: &mut Tree, reader: &NsReader<&[u8]>, event: Event<'_>) -> Result<(), Problem> {
    match event {
        Event::Start(start) => open(tree, reader, &start),
        Event::Empty(start) => {
            open(tree, reader, &start)?;
            tree.close()
        }
        Event::End(_) => tree.close(),
        Event::Text(text) => tree.push(&text.xml10_content()),
        Event::CData(text) => tree.push(&text.xml10_content()),
        Event::GeneralRef(reference) => tree.push(resolve(&reference)?.encode_utf8(&mut [0; 4])),
        Event::Decl(declaration) => check_encoding(&declaration),
        Event::DocType(_) => Err("a document type"),
        Event::Comment(_) | Event::PI(_) | Event::Eof => Ok(()),
    }
}

fn open(tree: &mut Tree, reader: &NsReader<&[u8]>, start: &BytesStart<'_>) -> Result<(), Problem> {
    let (space, name) = reader.resolver().resolve_element(start.name());
    let (space, name) = (space_of(&space), names::known(name.as_ref()));
    tree.open(space, name)?;
    if space == Space::Citizen && name == Some("CongdanCollection") {
        read_counts(tree, start)?;
    }
    Ok(())
}

fn read_counts(tree: &mut Tree, start: &BytesStart<'_>) -> Result<(), Problem> {
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| NOT_WELL_FORMED)?;
        let Some(name) = COUNTS.into_iter().find(|it| *it == attribute.key.as_ref()) else {
            continue;
        };
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|_| NOT_WELL_FORMED)?;
        tree.open(Space::Citizen, Some(name))?;
        tree.push(&value)?;
        tree.close()?;
    }
    Ok(())
}

fn space_of(resolved: &ResolveResult<'_>) -> Space {
    match resolved {
        ResolveResult::Bound(Namespace(ENVELOPE_NS)) => Space::Envelope,
        ResolveResult::Bound(Namespace(QUERY_NS)) => Space::Query,
        ResolveResult::Bound(Namespace(CITIZEN_NS)) => Space::Citizen,
        ResolveResult::Bound(_) | ResolveResult::Unbound | ResolveResult::Unknown(_) => {
            Space::Other
        }
    }
}

/// The five entities of XML and character references; no others exist, since a
/// document type is refused.
fn resolve(reference: &BytesRef<'_>) -> Result<char, Problem> {
    if let Some(found) = reference
        .resolve_char_ref()
        .map_err(|_| "a bad character reference")?
    {
        return Ok(found);
    }
    match &**reference {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        _ => Err("an undefined entity"),
    }
}

fn check_encoding(declaration: &BytesDecl<'_>) -> Result<(), Problem> {
    match declaration.encoding() {
        None => Ok(()),
        Some(Ok(name)) if name.eq_ignore_ascii_case("utf-8") => Ok(()),
        Some(_) => Err("an encoding other than UTF-8"),
    }
}

#[cfg(test)]
mod tests;
